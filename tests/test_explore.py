"""What helps to explore: a notebook of examples, copies to work in, what a name or a figure is."""

import ast
from datetime import date
from functools import cache
from types import SimpleNamespace

import nbformat
import pytest

from conftest import AS_OF, KEYS, write_notebook
from helpers import data, paths
from helpers.data import DataError
from helpers.data.explained import explained
from helpers.methods import oxide
from helpers.outlook import customs
from helpers.report import explain
from helpers.report.page.html import origins
from helpers.report.shelf import inputs, notebooks

EXPLORE = paths.NOTEBOOKS / "explore.ipynb"


@pytest.fixture(scope="module")
def explore():
    return nbformat.read(EXPLORE, as_version=4)


def test_the_notebook_to_explore_with_is_stored_and_tested_but_no_chapter():
    assert EXPLORE in inputs.tracked() and EXPLORE not in inputs.chapters()
    assert EXPLORE.name not in inputs.inputs()["notebooks"], "a report does not become another by it"
    assert notebooks.problems(EXPLORE) == [] and EXPLORE.stat().st_size < 60_000


def test_its_examples_use_each_library_for_what_it_is_there_for(explore):
    code = "\n".join(cell.source for cell in explore.cells if cell.cell_type == "code")
    called = {node.attr for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Attribute)}
    assert {"groupby", "relplot", "displot", "lmplot", "ols", "series", "adding", "assuming", "on"} <= called


def test_its_cells_are_short_and_its_figures_leave_text(explore):
    for cell in explore.cells:
        assert cell.cell_type == "markdown" or len(cell.source.splitlines()) <= 10
    shown = [output for cell in explore.cells for output in cell.get("outputs", [])]
    assert sum(output.get("data", {}).get("text/plain", "").startswith("<Figure size") for output in shown) >= 4


@pytest.fixture
def copies(notebooks, tmp_path):
    """A notebook, and where its copy goes."""
    return write_notebook(notebooks / "1-one.ipynb", "1"), tmp_path / "lab/1-one.ipynb"


def rewritten(path, source):
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[2].source = source
    nbformat.write(notebook, path)


def test_an_untouched_copy_follows_its_notebook(copies):
    path, copy = copies
    assert notebooks.copied(copy.parent) == [] and nbformat.read(copy, as_version=4).cells[2].source == "1"
    ran = nbformat.read(copy, as_version=4)
    ran.cells[2].outputs, ran.cells[2].execution_count = [nbformat.v4.new_output("stream", text="1")], 7
    nbformat.write(ran, copy)
    rewritten(path, "2")
    assert notebooks.copied(copy.parent) == [], "to run it is no change"
    assert nbformat.read(copy, as_version=4).cells[2].source == "2"


def test_a_copy_that_somebody_has_changed_stays_and_the_notebook_too(copies):
    path, copy = copies
    notebooks.copied(copy.parent)
    before = path.read_bytes()
    rewritten(copy, "india.figure('mine')")
    assert notebooks.copied(copy.parent) == [] and path.read_bytes() == before
    rewritten(path, "2")
    theirs = copy.read_bytes()
    (said,) = notebooks.copied(copy.parent)
    assert "is as you left it" in said and copy.read_bytes() == theirs
    copy.write_text("{")
    (said,) = notebooks.copied(copy.parent)
    assert "is as you left it" in said and copy.read_text() == "{"


def notebook_of(*sources):
    cells = [nbformat.v4.new_code_cell(source, id=f"c{n}") for n, source in enumerate(sources)]
    return nbformat.v4.new_notebook(cells=cells)


def test_what_made_a_cell_is_read_from_its_code():
    found = origins(
        notebook_of(
            "from helpers.chapters.trade import figures\nfrom helpers.outlook import customs as c\nimport pandas as pd",
            "from helpers.chapters.outputs import Table\nTable(c.halves(india).head(), pd.concat([]))",
            "figures.monthly_rates(c.periods(india), india=india)",
            "no python",
        )
    )
    assert found == {
        "c0": [],
        "c1": ["helpers.outlook.customs.halves"],
        "c2": ["helpers.chapters.trade.figures.monthly_rates", "helpers.outlook.customs.periods"],
    }


def test_every_figure_of_every_chapter_leads_to_functions_that_are_there():
    for path in inputs.chapters():
        notebook = nbformat.read(path, as_version=4)
        made = origins(notebook)
        for cell in notebook.cells:
            if any("Figure: " in str(output.get("data", {}).get("text/plain")) for output in cell.get("outputs", [])):
                assert made[cell.id], f"{path.name} {cell.id}"
                assert all("(src/helpers/" in explain.function(name) for name in made[cell.id]), made[cell.id]


FY25 = "trade/IND/world/850511/weight/FY25"


def test_a_figure_of_the_data_tells_its_range_its_day_its_source_and_the_rule_that_made_it(india):
    table, _, name = FY25.partition("/")
    said = "\n".join(explained(india, table, name))
    assert "53,748 t (53,700 to 53,748), reported, public since 2025-06-30" in said and "S02: " in said
    assert "computed" not in said and f"magnets history trade import/{name}" in said
    said = "\n".join(explained(india, table, f"{name}-H1"))
    assert "37,002 t" in said and "computed by the rule 'before growth'" in said
    assert "from trade/import/IND/world/850511/weight" in said
    said = "\n".join(explained(india, table, name.replace("FY25", "2025-05/2025-09")))
    assert "computed by the rule 'remainder'" in said, "of a period with a stroke, and without the figure itself"
    what_if = india.adding("trade", {**KEYS, "period": "FY26", "value": 36000})
    assert "36,000 t" in "\n".join(explained(what_if, table, name.replace("25", "26")))


def test_a_figure_that_has_no_value_or_is_not_verified_is_explained_too(india):
    rows = india.table("production")
    for status, row in {
        "unverified": rows[rows["status"] == "unverified"],
        "no value": rows[rows["value"].isna()],
    }.items():
        key = "/".join(row.iloc[0][[*india.written["production"].keys, "period"]])
        said = "\n".join(explained(india, "production", key))
        assert status in said and "computed" not in said


def test_of_many_figures_names_are_told_and_a_name_that_fits_none_is_an_error(india):
    many = explained(india, "trade", "IND/world")
    assert "figures fit; name one" in many[0] and len(many) == 31
    for table, figure, said in (
        ("trade", "FY99", "no figure of trade public on 2026-11-22 has FY99"),
        ("sources", "S02", "no table 'sources' of figures"),
    ):
        with pytest.raises(ValueError, match=said) as wrong:
            explained(india, table, figure)
        assert not isinstance(wrong.value, DataError), "what is asked is wrong, not the data"


SHOWS = """from helpers import data
from helpers.chapters.trade import figures
from helpers.outlook import customs
india = data.vintage(as_of)
figures.monthly_rates(customs.periods(india), india=india)"""


def test_what_a_page_shows_tells_its_functions_rows_and_sources(notebooks, monkeypatch):
    monkeypatch.setattr(explain, "run_chapter", cache(explain.run_chapter))
    path = write_notebook(notebooks / "1-one.ipynb", SHOWS)
    stored = nbformat.read(path, as_version=4)
    stored.cells[2].outputs = [nbformat.v4.new_output("display_data", {"text/plain": "Figure: busiest\nin 7,073 t"})]
    nbformat.write(stored, path)
    day = date.fromisoformat(AS_OF)
    lines = explain.explain("7,073 t", day)
    assert lines == explain.explain("monthly_rates", day) == explain.explain("1-one c02", day)
    said = "\n".join(lines)
    assert "figures.monthly_rates (src/helpers/chapters/trade/figures.py, line " in said
    assert "period,start,end,months,tonnes" in said and "S04: " in said and "figure: " in said
    with pytest.raises(ValueError, match="no notebook shows '073 t'"):
        explain.explain("073 t", day)
    stored.cells += [nbformat.v4.new_code_cell("1", id=f"d{n}", outputs=stored.cells[2].outputs) for n in range(3)]
    nbformat.write(stored, path)
    first, *named = explain.explain("busiest", day)
    assert first.startswith("4 cells show 'busiest'") and named[1].startswith("  1-one d0: Figure: busiest")


@pytest.fixture
def ran(india, monkeypatch):
    """What some cells of a chapter leave behind, on the frozen tables."""
    monkeypatch.setattr(data, "vintage", lambda day: india)

    def run(chapter, *ids):
        cells = {cell.id: cell.source for cell in nbformat.read(paths.NOTEBOOKS / chapter, as_version=4).cells}
        names = {"as_of": AS_OF}
        for one in ids:
            exec(cells[one], names)
        return SimpleNamespace(**names)

    return run


def test_the_lines_by_hand_are_those_of_the_helper(ran, india):
    seen = ran("1-trade.ipynb", "c02", "c07", "c17")
    helper = customs.lines(india, seen.year)["tonnes"]
    assert seen.tonnes.loc[seen.year, [name[:8] for name in helper.index]].to_numpy() == pytest.approx(helper.array)


def test_the_magnets_of_a_tonne_by_hand_are_those_of_the_helper(ran):
    seen = ran("2-production.ipynb", "c02", "c04", "c10", "c25")
    chain = seen.supply.magnet_chain(seen.india)
    assert len(seen.meanings) == len(seen.tonne) > 1
    by_helper = [oxide.magnet_from_oxide(share, chain) for share in seen.meanings["oxide"]]
    assert (seen.meanings["oxide"] * seen.per_oxide).tolist() == pytest.approx(by_helper)


def test_the_total_by_hand_is_that_of_the_helper_and_its_interval_is_the_narrower(ran):
    seen = ran("3-demand.ipynb", "c02", "c04", "c10", "hand")
    whole, both = seen.made.at(seen.year, bounds=False), seen.both
    assert both["each draw summed"].tolist() == pytest.approx([whole.low, whole.value, whole.high])
    assert both["quantiles summed"].iloc[0] < whole.low and both["quantiles summed"].iloc[-1] > whole.high


@pytest.mark.parametrize("path", [path for path in inputs.chapters() if path.stem[0] in "123"], ids=lambda p: p.stem)
def test_a_chapter_ends_with_a_what_if_to_try_that_says_it_is_assumed(path):
    told, code = nbformat.read(path, as_version=4).cells[-2:]
    assert told.source.startswith("### Try it\n") and len(code.source.splitlines()) == 2
    assert "(assumed)" in code.outputs[0].data["text/plain"]
