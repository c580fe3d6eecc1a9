"""What a newcomer does first, as CONTRIBUTING says: a chapter, a figure with its source, a live source; in one go."""

import inspect
import json
import re
import textwrap
import zipfile
from datetime import date

import nbformat
import pytest
import test_notebooks
from pytest_httpserver import HTTPServer

from conftest import AS_OF, Page, Project
from helpers import paths

CONTENT = '''
"""A sentence, a table and a figure of one series."""

import pandas as pd

from helpers.chapters.canvas import BLUE, canvas, finish
from helpers.chapters.outputs import Figure, Sentence, Table, sentence
from helpers.data import Vintage, from_row


def exports(india: Vintage) -> pd.DataFrame:
    """China's exports of rare-earth magnets, a row a month."""
    rows = india.series("trade", flow="export", reporter="CHN", partner="world", hs="85051110", measure="weight")
    return rows[rows.index.str.match(r"\\d{4}-\\d\\d$")]


def answer(rows: pd.DataFrame) -> Sentence:
    """The newest month."""
    last = rows.iloc[-1]
    return sentence("China exported {last} of magnets in {month}.", last=from_row(last), month=last.name, answer=True)


def table(rows: pd.DataFrame) -> Table:
    """All months."""
    return Table(rows[["value", "source"]], "Exports of rare-earth magnets, tonnes a month", 0)


def figure(rows: pd.DataFrame, india: Vintage) -> Figure:
    """The months as dots."""
    drawing, (ax,) = canvas("tonnes a month")
    ax.plot(pd.PeriodIndex(rows.index, freq="M").to_timestamp(), rows["value"], "o", color=BLUE)
    last = from_row(rows.iloc[-1])
    title = sentence("The newest month had {last}", last=last)
    alt = sentence("A dot for each month of China's exports of magnets; the last one stands at {last}.", last=last)
    return finish(drawing, title, alt, rows, india=india)
'''

CELLS = [
    "# How many magnets does China export?\nOne series says it. Read on if you want to add a chapter.",
    f'as_of: str = "{AS_OF}"  # day as of which the data are read',
    "from helpers.report import parameters\nparameters.check(globals())\nfrom helpers import data\n"
    "from helpers.chapters.hello import content\n\nindia = data.vintage(as_of)\nrows = content.exports(india)",
    "## The answer",
    "content.answer(rows)",
    "## What we know",
    "content.table(rows)",
    "content.figure(rows, india)",
    "## Data and caveats\nGaps were not found in print.",
]

SOURCE = "S998,A month more,Customs of China,GACC,2026-11,2026-11-20,https://example.org,full,press\n"
ROW = "export,CHN,world,85051110,weight,2026-10,t,4321,,,reported,2026-11-20,S998,\n"

YEAR = date.today().year - 1
COMMANDS = f"""
import json, sys
from typer.testing import CliRunner
from helpers import data
from helpers.cli import app
from helpers.report import parameters
done = [CliRunner().invoke(app, words.split()) for words in sys.argv[1:]]
assert not any(one.exit_code for one in done), [one.output for one in done]
india = data.vintage(parameters.today())
keys = {{"flow": "import", "reporter": "IND", "partner": "world", "hs": "850511", "measure": "weight"}}
print(json.dumps([*(one.stdout for one in done), india.figure("trade", "{YEAR}-12", **keys).value, india.synthetic]))
"""
"""Commands that follow each other in one process, which imports everything once; then what the next vintage has."""


def blocks(recipe: str, kind: str) -> list[str]:
    """The code that the README gives in a recipe, as it stands."""
    text = (paths.ROOT / "README.md").read_text(encoding="utf-8").partition(f"**{recipe}**")[2].partition("\n**Add ")[0]
    return re.findall(rf"```{kind}\n(.*?)```", text, re.S)


def published(server) -> str:
    """The address of a publisher who has the months of last year."""
    months = "".join(f"{YEAR}-{month:02d},{month}000000\n" for month in range(1, 13))
    asked = server.expect_request("/landed/850511", query_string={"year": str(YEAR)})
    asked.respond_with_data(f"month,kg\n{months}", content_type="text/csv")
    server.expect_request("/landed/850511").respond_with_data("month,kg\n", content_type="text/csv")
    return server.url_for("").rstrip("/")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A project with a chapter, a source, a month and a lever of its own, and a live source; what its commands said."""
    place = tmp_path_factory.mktemp("recipes") / "project"
    with HTTPServer(host="127.0.0.1", port=0) as server, Project.copied(place) as project:
        project.write_notebooks()
        folder = project.root / "src/helpers/chapters/hello"
        folder.mkdir()
        (folder / "__init__.py").write_text('"""Chapter 5, hello: what it says and shows."""\n')
        (folder / "content.py").write_text(textwrap.dedent(CONTENT).lstrip())
        notebook = nbformat.v4.new_notebook()
        for number, text in enumerate(CELLS):
            new = nbformat.v4.new_markdown_cell if text.startswith("#") else nbformat.v4.new_code_cell
            notebook.cells.append(new(text, id=f"c{number:02}"))
        notebook.cells[1].metadata["tags"] = ["parameters"]
        nbformat.write(notebook, project.root / "notebooks/5-hello.ipynb")
        (lever,), first = blocks("Add a lever.", "csv"), '"composition_prior",'
        project.edit("data/datapackage.json", first, f'{first} "{lever.partition(",")[0]}",')
        for file, line in (("sources", SOURCE), ("trade", ROW), ("assumptions", lever)):
            with (project.root / f"data/{file}.csv").open("a", encoding="utf-8", newline="") as table:
                table.write(line)
        (source, feed), (module,) = blocks("Add a live source.", "csv"), blocks("Add a live source.", "python")
        assert len(module.splitlines()) < 60
        project.edit("data/sources.csv", "\nM0,", f"\n{source}M0,")
        project.edit("data/feeds.csv", "\nfrankfurter,", f"\n{feed}frankfurter,")
        (project.root / "src/helpers/data/sources/harbour.py").write_text(module, encoding="utf-8")
        words = [f"validate --as-of {AS_OF}", f"report --as-of {AS_OF} --output reports", "notebooks"]
        words += ["fetch harbour --dry-run", "fetch harbour", f"history trade IND/world/850511/{YEAR}-12"]
        given = {"MAGNETS_HARBOUR_URL": published(server), "MAGNETS_ARCHIVE": str(project.root / "archive")}
        yield project, json.loads(project.run("-c", COMMANDS, *words, **given).stdout)


def test_a_month_and_its_source_are_valid_and_said_by_the_chapter(made):
    project, (valid, *_) = made
    assert "data/ is valid" in valid
    page = Page(project.root / f"reports/{AS_OF}/5-hello.html")
    assert "China exported 4,321\N{NO-BREAK SPACE}t of magnets in 2026-10." in page.source
    assert "A month more" in page.text, "the source stands at the foot"


def test_a_chapter_of_two_files_has_its_page_its_answer_on_the_first_page_and_its_table_in_the_workbook(made):
    folder = made[0].root / "reports" / AS_OF
    front = Page(folder / "index.html")
    assert "5-hello.html" in [a["href"] for a in front.all("a")]
    assert "China exported 4,321 t of magnets" in front.text.replace("\N{NO-BREAK SPACE}", " ")
    page = Page(folder / "5-hello.html")
    assert len(page.all("figure")) == 1 and len(page.all("table")) == 2 and "Hello" in front.text
    with zipfile.ZipFile(folder / "tables.xlsx") as book:
        assert "Exports of rare-earth magnets, tonnes a month" in book.read("xl/sharedStrings.xml").decode()


def test_a_chapter_with_a_sentence_a_table_and_a_figure_passes_the_rules_of_notebooks(made):
    path = made[0].root / "notebooks/5-hello.ipynb"
    given = {"path": path, "notebook": nbformat.read(path, as_version=4)}
    rules = [rule for name, rule in vars(test_notebooks).items() if name.startswith("test_")]
    asked = [(rule, of) for rule in rules for of in given if [*inspect.signature(rule).parameters] == [of]]
    assert len(asked) > 8
    for rule, of in asked:
        rule(given[of])


def test_a_live_source_made_as_the_readme_says_is_fetched_kept_and_in_the_next_vintage(made):
    project, (*_, asked, fetched, history, value, synthetic) = made
    assert "landed in" in asked and "12 new" in fetched and "12,000" in history and "SYNTHETIC" in history
    assert (value, synthetic) == (12_000.0, True)
    ruff = ["-m", "ruff", "check", "--no-cache", "src/helpers/data/sources/harbour.py"]
    project.run(*ruff)
    project.run("-m", "ruff", "format", "--check", *ruff[3:])
