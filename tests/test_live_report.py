"""Reports with figures of live sources: as of their day, marked where made up, within the terms, also offline."""

import io
import json
import os
import re
import zipfile
from datetime import UTC, date, datetime

import nbformat
import pandas as pd
import pytest
from handmade import bars, executed
from typer.testing import CliRunner

from conftest import AS_OF, FROZEN, Page, contents, write_notebook
from helpers import data, paths
from helpers.chapters import canvas, words
from helpers.chapters.outputs import Download, Table, sentence
from helpers.cli import app
from helpers.data import DataError, kept, rules
from helpers.data.archive import versions
from helpers.data.archive.store import Shelf
from helpers.data.identities import identities
from helpers.data.sources import protocol, visit
from helpers.data.sources.protocol import Answer, Request
from helpers.outlook import customs
from helpers.report import gate, live, parameters, pipeline
from helpers.report.job import Chapter, End
from helpers.report.page import offered
from helpers.report.parameters import Parameters
from helpers.report.shelf import archive, inputs, notebooks, record, verify

WORLD, CHINA = "import/IND/world/850511/weight", "import/IND/CHN/850511/weight"
MONTHS = [str(month) for month in pd.period_range("2025-05", "2026-08", freq="M")]
BETWEEN = date.fromisoformat(AS_OF)


def at(day):
    return datetime(2026, 11, day, 9, 30, tzinfo=UTC)


def fetched(folder, day, figures, feed="comtrade", synthetic=False):
    """Keep an answer of a day in November 2026 and take its figures: tonnes by key and period."""
    shelf = Shelf(folder / feed, feed, synthetic)
    request = Request(f"asked on {day}", "/")
    rows = [{"key": key, "period": period, "unit": "t", "value": value} for (key, period), value in figures.items()]
    shelf.keep(Answer(request, json.dumps(rows).encode(), fetched=at(day)))
    ((name, _),) = shelf.pending()
    shelf.take({name: (request, protocol.figures("trade", rows))}, at(day))


def months(tonnes=7_101.0, key=WORLD):
    return {(key, month): tonnes + place for place, month in enumerate(MONTHS)}


@pytest.fixture
def place(tmp_path, monkeypatch):
    """The frozen tables in the place of the project's, and an archive beside them that has nothing yet."""
    monkeypatch.setattr(paths, "DATA", FROZEN)
    monkeypatch.setenv("MAGNETS_ARCHIVE", str(tmp_path / "archive"))
    return tmp_path / "archive"


def shown(india):
    """What a chapter shows of imports: an answer, a drawing, a table and a file, months of live sources among them."""
    series = india.series("trade", flow="import", reporter="IND", partner="world", hs="850511", measure="weight")
    year = data.from_row(customs.imports(india).iloc[-1])
    return [sentence("India imported {year} of magnets.", year=year, answer=True), bars(india),
            Table(series[["value", "source"]].tail(3), "The newest three, tonnes"),
            Table(series[["value", "source"]], "Imports of magnets, tonnes"),
            Download("imports.csv", series)]  # fmt: skip


@pytest.fixture
def at_once(place, notebooks, unasked, monkeypatch):
    """Reports of one chapter that runs in this process."""
    write_notebook(notebooks / "1-trade.ipynb", "1")

    def run(path, asked, timeout):
        return Chapter(path.stem, End.OK, executed(*shown(data.vintage(asked.as_of))), 0.1)

    monkeypatch.setattr("helpers.report.pipeline.run_chapter", run)
    monkeypatch.setattr("helpers.report.pipeline.wake", lambda: None)
    return place


def reported(root, day=AS_OF, end=End.OK, **options):
    (outcome,) = pipeline.reports([Parameters(as_of=day)], root, **options)
    assert outcome.end is end, outcome.text
    return outcome.text


def pages(folder):
    return {path: content for path, content in contents(folder).items() if path.name != record.NAME}


# As of its day.


def test_a_report_holds_the_parts_known_by_its_day_and_no_later_one(place):
    fetched(place, 18, months())
    fetched(place, 23, months(8_101.0))
    for day in (date(2026, 11, 17), BETWEEN, date(2026, 11, 24)):
        view = versions.held(place, day)
        assert inputs.archived(day) == (view.fingerprint if view else {})
    assert [len(inputs.archived(date(2026, 11, day))) for day in (17, 18, 22, 23)] == [0, 1, 1, 2]


def test_a_later_fetch_changes_no_byte_of_a_report_of_an_earlier_day(at_once, tmp_path):
    fetched(at_once, 18, months())
    reported(tmp_path / "before")
    known = record.read(tmp_path / "before" / AS_OF / record.NAME)
    assert list(known["archive"]) == [path.relative_to(at_once).as_posix() for path in at_once.rglob("*.parquet")]
    fetched(at_once, 23, months(8_101.0))
    assert reported(tmp_path / "before").startswith("unchanged: ")
    assert verify.differences(tmp_path / "before" / AS_OF) == []
    reported(tmp_path / "after")
    before, after = (pages(tmp_path / name / AS_OF) for name in ("before", "after"))
    assert before == after and b"7,116" in before[next(path for path in before if path.name == "1-trade.html")]
    reported(tmp_path / "after", "2026-11-23")
    newer = (tmp_path / "after/2026-11-23/1-trade.html").read_text(encoding="utf-8")
    assert "8,116" in newer and "7,116" not in newer, "what was fetched later is in the reports from that day on"


def test_what_is_gone_or_new_in_the_archive_of_that_day_is_seen(at_once, tmp_path):
    fetched(at_once, 18, months())
    reported(tmp_path)
    fetched(at_once, 19, months(8_101.0))
    (line,) = verify.differences(tmp_path / AS_OF)
    assert line.startswith("archive/comtrade/parts/20261119") and line.endswith("new since the report was made")
    assert reported(tmp_path).endswith(f"{AS_OF}-r2/index.html")


def test_an_archive_that_cannot_be_understood_is_wrong_data_and_told_by_name(at_once, tmp_path):
    fetched(at_once, 18, months())
    reported(tmp_path)
    (part,) = at_once.glob("*/parts/*.json")
    part.write_text("{")
    text = reported(tmp_path, "2026-11-21", End.BAD_DATA)
    assert part.name in text and "magnets verify --archive" in text
    (line,) = verify.differences(tmp_path / AS_OF)
    assert part.name in line
    with pytest.raises(DataError, match=f"^{re.escape(str(part))} cannot be understood .*; see `magnets verify"):
        gate.opened()


READS = """from helpers import data
from helpers.outlook import customs
india = data.vintage(as_of)
imports = customs.imports(india)"""
SHOWS = """from helpers.chapters.outputs import Download, sentence
sentence("India imported {year} of magnets.", year=data.from_row(imports.iloc[-1]), answer=True)"""


def test_kernels_read_the_archive_as_of_the_day_and_with_nothing_to_do_no_reader_of_figures_is_loaded(
    workshop, tmp_path
):
    workshop.write_notebooks(trade=[READS, SHOWS, "Download('imports.csv', imports)"])
    place, words_ = tmp_path / "archive", ["report", "--as-of", AS_OF, "--quiet", "--output"]
    fetched(place, 18, {(WORLD, "FY26"): 33_500.0})
    workshop.magnets(*words_, "one", MAGNETS_ARCHIVE=str(place))
    fetched(place, 23, {(WORLD, "FY26"): 34_500.0})
    workshop.magnets(*words_, "other", MAGNETS_ARCHIVE=str(place), TZ="Asia/Tokyo")
    one, other = (pages(workshop.root / name / AS_OF) for name in ("one", "other"))
    assert one == other and any(b"33500" in content for path, content in one.items() if path.suffix == ".csv")
    code = (
        "import sys; from pathlib import Path; from helpers.report import grid, pipeline; "
        "from helpers.report.parameters import Parameters; "
        f"print(pipeline.reports([Parameters(as_of='{AS_OF}')], Path('one'))[0].text); "
        "print({'pandas', 'numpy', 'duckdb', 'httpx', 'nbformat', 'papermill', 'matplotlib'} & set(sys.modules))"
    )
    said = workshop.run("-c", code, MAGNETS_ARCHIVE=str(place)).stdout.splitlines()
    assert said[0].startswith("unchanged: ") and said[1] == "set()"


def test_an_archive_beside_the_working_folder_is_that_of_the_kernels_too(at_once, tmp_path, monkeypatch):
    seen = []
    made = pipeline.run_chapter

    def run(*asked):
        seen.append(paths.archive())
        return made(*asked)

    monkeypatch.setattr("helpers.report.pipeline.run_chapter", run)
    monkeypatch.chdir(tmp_path)
    for given in ("archive", None):
        monkeypatch.delenv("MAGNETS_ARCHIVE")
        if given:
            monkeypatch.setenv("MAGNETS_ARCHIVE", given)
        reported(tmp_path / f"reports of {given}")
        assert os.environ.get("MAGNETS_ARCHIVE") == given
    assert seen == [tmp_path / "archive", FROZEN / "archive"]


# What live sources contradict.


def test_a_live_figure_that_contradicts_others_stops_no_report_and_a_curated_one_does(place, monkeypatch):
    fetched(place, 16, {(WORLD, "2017-01"): 1.0})
    fetched(place, 18, {(CHINA, "2024"): 60_000.0})
    india = data.vintage(BETWEEN)
    failed = (~identities(india)["holds"]).sum()
    assert failed
    monkeypatch.setattr(gate, "opened", lambda: india)
    told = list(gate.told(BETWEEN))
    assert f"Disagreements of live figures with others, shown in a report and no reason to stop it: {failed}." in told
    assert "identities hold" in told[-1]
    row = dict(zip(("flow", "reporter", "partner", "hs", "measure"), CHINA.split("/"), strict=True))
    curated = data.vintage(date(2026, 11, 17)).adding(
        "trade", row | {"period": "2024", "value": 60_000.0, "status": "reported", "source": "S66"}
    )
    with pytest.raises(DataError, match="all partners are at most the world"):
        rules.require_valid(curated)


# Made-up figures.


def marked(path, content):
    """Whether a file of a report says that its figures are made up."""
    if path.suffix == ".csv":
        return path.name.startswith(offered.PREFIX)
    if path.name == kept.NAME:  # the project's own tables, nothing that was fetched
        return b"archive" not in content
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            first, strings = book.read("xl/worksheets/sheet1.xml").decode(), book.read("xl/sharedStrings.xml").decode()
        (place,) = [n for n, text in enumerate(strings.split("<si>")[1:]) if canvas.SYNTHETIC + "</t>" in text]
        return f'<c r="A1" s="1" t="s"><v>{place}</v></c>' in first
    if path.name == record.NAME:
        return json.loads(content)["synthetic"] is True
    if path.suffix == ".html":
        page, title = Page(content.decode()), content.decode().partition("<title>")[2].partition("</title>")[0]
        names = [link["download"] for link in page.all("a") if (link.get("download") or "").endswith(".csv")]
        drawn = [svg.partition("</svg>")[0] for svg in page.source.split("<svg")[1:]]
        return (
            canvas.SYNTHETIC in page.text
            and title.startswith("SYNTHETIC · ")
            and page.source.index("<aside") < page.source.index("<header")
            and all(name.startswith(offered.PREFIX) for name in names)
            and all("SYNTHETIC" in one for one in drawn)
        )
    return b"SYNTHETIC" in content


def test_nothing_made_up_reaches_a_report_that_does_not_say_so(at_once, tmp_path):
    fetched(at_once, 18, {(WORLD, "FY26"): 33_500.0}, synthetic=True)
    reported(tmp_path / "reports")
    found = contents(tmp_path / "reports")
    kinds = {".html", ".svg", ".xlsx", ".csv", ".json", ".xml", ".zip"}
    assert {path.suffix for path in found if path.name != ".lock"} == kinds
    assert [str(path) for path, content in found.items() if path.name != ".lock" and not marked(path, content)] == []
    assert "SYNTHETIC: India imported" in Page(tmp_path / "reports/index.html").text.partition("Newest first")[2]
    assert verify.differences(tmp_path / "reports" / AS_OF) == []


def test_validate_says_that_figures_are_made_up(place, unasked):
    assert not any(canvas.SYNTHETIC in line for line in gate.told(BETWEEN))
    fetched(place, 18, {(WORLD, "FY26"): 33_500.0}, synthetic=True)
    assert any(canvas.SYNTHETIC in line for line in gate.told(BETWEEN))


def test_a_notebook_that_is_run_by_hand_says_so_above_all_that_it_shows(place, capsys):
    names = {"as_of": AS_OF, "target": "customs", "baseline_t": None, "horizon": 10}
    fetched(place, 23, {(WORLD, "FY26"): 33_500.0}, synthetic=True)
    parameters.check(names)
    assert capsys.readouterr().out == ""
    fetched(place, 22, {(WORLD, "2025-05"): 2_700.0}, feed="tradestat", synthetic=True)
    parameters.check(names)
    assert capsys.readouterr().out == f"{canvas.SYNTHETIC}\n"


def test_a_report_of_real_figures_says_nothing_of_the_kind(at_once, tmp_path):
    fetched(at_once, 18, {(WORLD, "FY26"): 33_500.0})
    reported(tmp_path)
    found = {path: text for path, text in contents(tmp_path).items() if path.name != ".lock" and path.suffix != ".xlsx"}
    assert not any(b"SYNTHETIC" in text or b"synthetic-" in text for text in found.values())
    assert [path.name for path in found if path.suffix == ".csv"] == ["imports.csv"]


def test_a_part_copied_by_hand_from_a_made_up_archive_marks_the_report(at_once, tmp_path):
    fetched(at_once, 18, {(WORLD, "2025-05"): 2_700.0})
    fetched(tmp_path / "demo", 19, {(WORLD, "2025-06"): 9_999.0}, synthetic=True)
    for path in (tmp_path / "demo/comtrade/parts").iterdir():
        path.rename(at_once / "comtrade/parts" / path.name)
    reported(tmp_path / "reports")
    found = contents(tmp_path / "reports")
    assert all(marked(path, content) for path, content in found.items() if path.name != ".lock")
    reported(tmp_path / "earlier", "2026-11-18")
    assert not record.read(tmp_path / "earlier/2026-11-18/run.json")["synthetic"], "nothing made up was known by then"


@pytest.mark.parametrize("first", [False, True])
def test_real_and_made_up_reports_never_lie_in_one_folder(at_once, tmp_path, monkeypatch, first):
    for synthetic in (first, not first):
        monkeypatch.setenv("MAGNETS_ARCHIVE", str(tmp_path / f"archive-{synthetic}"))
        fetched(tmp_path / f"archive-{synthetic}", 18, {(WORLD, "FY26"): 33_500.0}, synthetic=synthetic)
        if synthetic == first:
            reported(tmp_path / "reports")
            before = contents(tmp_path / "reports")
        else:
            text = reported(tmp_path / "reports", end=End.NOT_WRITTEN)
    assert "reports holds reports of" in text and "another folder with --output" in text
    assert contents(tmp_path / "reports") == before


def test_a_grid_publishes_the_first_kind_only(at_once, tmp_path):
    fetched(at_once, 18, {(WORLD, "FY26"): 33_500.0}, synthetic=True)
    wanted = [Parameters(as_of=day) for day in ("2026-11-17", AS_OF)]
    assert [one.end for one in pipeline.reports(wanted, tmp_path / "reports")] == [End.OK, End.NOT_WRITTEN]


def test_a_failed_run_of_made_up_figures_says_so_too(at_once, tmp_path, monkeypatch):
    fetched(at_once, 18, {(WORLD, "FY26"): 33_500.0}, synthetic=True)

    def run(path, asked, timeout):
        notebook = executed(*shown(data.vintage(asked.as_of)))
        return Chapter(path.stem, End.CELL_ERROR, notebook, 0.1, error="E: x", cell={"number": 2, "id": "c1"})

    monkeypatch.setattr("helpers.report.pipeline.run_chapter", run)
    reported(tmp_path / "reports", end=End.CELL_ERROR)
    found = contents(tmp_path / "reports/failed")
    assert {path.name for path in found} >= {"index.html", "1-trade.html", "run.json", "synthetic-imports.csv"}
    assert [path for path, text in found.items() if not marked(path, text)] == []


def test_a_drawing_that_does_not_say_that_it_is_made_up_fails_its_chapter(at_once, tmp_path, monkeypatch):
    fetched(at_once, 18, {(WORLD, "FY26"): 33_500.0}, synthetic=True)
    bare = executed(*shown(data.vintage("2026-11-17")))
    monkeypatch.setattr("helpers.report.pipeline.run_chapter", lambda path, *_: Chapter(path.stem, End.OK, bare, 0.1))
    reported(tmp_path / "reports", end=End.CELL_ERROR)
    (page,) = (tmp_path / "reports/failed").glob("*/index.html")
    assert "does not say that its data are made up" in Page(page).text and not (tmp_path / "reports" / AS_OF).exists()


# Terms.


def test_more_than_single_figures_of_a_source_that_forbids_it_are_drawn_and_not_handed_on(at_once, tmp_path):
    fetched(at_once, 18, months())
    reported(tmp_path)
    folder = tmp_path / AS_OF
    page = Page(folder / "1-trade.html")
    reason = "the terms of UN Comtrade do not allow it; fetch it yourself with magnets fetch comtrade"
    assert page.text.count(reason) == 2 and "The newest three, tonnes" in page.text and page.all("svg")
    assert re.search(r"Data not offered \((1[6-9]|2\d) of \d\d rows\)", page.text)
    (file,) = folder.glob("*.csv")
    assert "S250" not in (text := file.read_text(encoding="utf-8")) and "S02" in text and "53748.0" in text
    with zipfile.ZipFile(folder / "tables.xlsx") as book:
        text = book.read("xl/sharedStrings.xml").decode()
    assert "imports.csv Data not offered" in text and [month for month in MONTHS if f">{month}<" in text] == MONTHS[-3:]
    rows = [month for month in MONTHS if f">{month}<" in page.source or f"{month}," in page.source]
    assert rows == MONTHS[-3:], "single figures are cited"
    for name in ("index.html", "1-trade.html"):
        text = (folder / name).read_text(encoding="utf-8")
        assert not any(f"{tonnes:,.0f}" in text or f"{tonnes:.1f}" in text for tonnes in list(months().values())[:-3])


@pytest.mark.parametrize(("rows", "kept"), [(offered.MOST_ROWS, True), (offered.MOST_ROWS + 1, False)])
def test_a_year_of_months_may_be_cited_and_no_more(place, rows, kept):
    fetched(place, 18, months())
    india = data.vintage(BETWEEN)
    series = india.series("trade", flow="import", reporter="IND", partner="world", hs="850511", measure="weight")
    live_ = series[series["source"] == "S250"].head(rows)
    cells = [Table(live_[["value", "source"]], "Months"),
             Table(live_[["value"]], "Months without their source", uses=live_["source"]),
             Download("months.csv", live_), live_[["value", "source"]].to_string()]  # fmt: skip
    made = offered.offered(executed(*cells, stdout=live_.to_csv()), india)
    payloads = [
        json.dumps([output.get("data"), output.get("text")]) for c in made.cells for output in c.get("outputs", [])
    ]
    assert [MONTHS[1] in text for text in payloads] == [kept] * 5
    assert ["not offered" in text for text in payloads] == [not kept] * 5


def test_what_may_be_passed_on_stays_whole(place):
    fetched(place, 18, months())
    india = data.vintage(date(2026, 11, 17))
    notebook = executed(*shown(india))
    made = offered.offered(notebook, india)
    assert made == notebook
    free = [one for one in india.feeds if india.sources["may_redistribute"].get(one) == "yes"]
    assert free and not set(free) & offered.restricted(india).keys()


def test_committed_notebooks_hold_curated_figures_only(place, tmp_path, monkeypatch):
    fetched(place, 18, {(WORLD, "FY26"): 33_500.0})
    (tmp_path / "notebooks").mkdir()
    monkeypatch.setattr(paths, "NOTEBOOKS", tmp_path / "notebooks")
    path = write_notebook(
        tmp_path / "notebooks/1-x.ipynb", "from helpers import data\ndata.vintage(as_of).live is None"
    )
    notebooks.refresh(BETWEEN)
    (output,) = nbformat.read(path, as_version=4).cells[2].outputs
    assert output["data"]["text/plain"] == "True" and versions.held(paths.archive()) is not None


# Fetch first.


def stub(monkeypatch, results=(), error=None):
    """A `fetch` that ends as it is told."""

    def fetch(*_, **__):
        if error:
            raise error
        return [visit.Result(feed, ended, problems=said) for feed, ended, said in results]

    monkeypatch.setattr("helpers.data.sources.fetch.fetch", fetch)


AWAY = [("comtrade", "offline", ("comtradeapi.un.org cannot be reached",)),
        ("tradestat", "offline", ("tradestat.commerce.gov.in cannot be reached",)),
        ("worldbank", "offline", ("api.worldbank.org cannot be reached",)),
        ("pinksheet", "offline", ("www.worldbank.org cannot be reached",)), ("usgs", "quota", ("asked too often",)),
        ("ecb", "failed", ("HTML came",)), ("frankfurter", "nothing new", ())]  # fmt: skip


def test_each_way_of_not_answering_is_said_with_its_day(place, monkeypatch, capsys):
    stub(monkeypatch, AWAY)
    day = words.day(parameters.today())
    assert live.notices() == (
        f"UN Comtrade, TradeStat and World Bank could not be reached on {day}; figures are those known before.",
        f"USGS took no more questions on {day}; figures are those known before.",
        f"ECB did not answer as expected on {day}; figures are those known before.",
    )
    assert capsys.readouterr().err.endswith("ecb          failed\n  HTML came\nfrankfurter  nothing new\n")
    stub(monkeypatch, [("comtrade", "new", ())])
    assert live.notices(quiet=True) == () and capsys.readouterr().err == ""
    stub(monkeypatch, error=RuntimeError("another run fetches"))
    assert live.notices() == (f"Live sources were not asked on {day}; figures are those known before.",)
    assert capsys.readouterr().err == "nothing was fetched: another run fetches\n"


def test_a_report_goes_on_without_a_network_says_so_and_says_it_no_more_when_it_is_over(at_once, tmp_path, monkeypatch):
    day = str(parameters.today())
    fetched(at_once, 18, {(WORLD, "FY26"): 33_500.0})

    def magnets(*more):
        done = CliRunner().invoke(app, ["report", "--output", str(tmp_path / "reports"), *more])
        assert done.exit_code == 0, done.output
        return done

    stub(monkeypatch, AWAY[:1])
    done = magnets("--fetch")
    assert done.stdout.endswith(f"{day}/index.html\n") and "cannot be reached" in done.stderr
    folder = tmp_path / "reports" / day
    said = f"UN Comtrade could not be reached on {words.day(parameters.today())}; figures are those known before."
    notices = [Page(folder / name).text.count(said) for name in ("index.html", "1-trade.html")]
    assert notices == [1, 1] and record.read(folder / "run.json")["notices"] == [said]
    assert verify.differences(folder) == []
    assert magnets("--fetch").stdout.startswith("unchanged: ")
    stub(monkeypatch, [("comtrade", "nothing new", ())])
    assert magnets("--fetch").stdout.endswith(f"{day}-r2/index.html\n")
    assert said not in Page(tmp_path / f"reports/{day}-r2/index.html").text
    stub(monkeypatch, AWAY[:1])
    magnets("--fetch", "--as-of", AS_OF)
    assert "could not be reached" not in Page(tmp_path / f"reports/{AS_OF}/index.html").text, (
        "nothing new could be in it"
    )
    assert len(archive.records(tmp_path / "reports")) == 3


# The archive itself.


def test_verify_names_what_of_the_archive_is_not_as_it_was_kept(place):
    asked = CliRunner()
    assert "`magnets fetch` begins one" in asked.invoke(app, ["verify", "--archive"]).stderr
    fetched(place, 18, months())
    done = asked.invoke(app, ["verify", "--archive"])
    assert done.exit_code == 0 and "as it was kept" in done.stdout
    (part,) = place.glob("*/parts/*.parquet")
    part.write_bytes(part.read_bytes() + b"x")
    done = asked.invoke(app, ["verify", "--archive", str(place)])
    assert done.exit_code == 1 and part.name in done.stderr
    assert asked.invoke(app, ["verify"]).exit_code == 2
