"""What a newcomer does first, as CONTRIBUTING says: a chapter, a figure of the data with its source; one render."""

import json
import re
import textwrap
import zipfile
from datetime import date

import nbformat
import pytest

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

SOURCE = "S999,A month more,Customs of China,GACC,2026-11,2026-11-20,https://example.org,full,press\n"
ROW = "export,CHN,world,85051110,weight,2026-10,t,4321,,,reported,2026-11-20,S999,\n"

COMMANDS = """
import json, sys
from typer.testing import CliRunner
from helpers.cli import app
done = [CliRunner().invoke(app, words.split()) for words in sys.argv[1:]]
print(json.dumps([one.output if one.exit_code else one.stdout for one in done]), sum(one.exit_code for one in done))
"""


def said(project, *commands, **env) -> list[str]:
    """What commands say that follow each other in one process, which imports everything once; all end well."""
    text, _, codes = project.run("-c", COMMANDS, *commands, **env).stdout.strip().rpartition(" ")
    assert codes == "0", text
    return json.loads(text)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A project with a chapter, a source and a month of its own, and what `validate` said before its `report`."""
    with Project.copied(tmp_path_factory.mktemp("recipes") / "project") as project:
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
        for file, line in (("sources", SOURCE), ("trade", ROW)):
            with (project.root / f"data/{file}.csv").open("a", encoding="utf-8", newline="") as table:
                table.write(line)
        yield project, said(project, f"validate --as-of {AS_OF}", f"report --as-of {AS_OF} --output reports")[0]


def test_a_month_and_its_source_are_valid_and_said_by_the_chapter(made):
    project, valid = made
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
    code = (
        "import sys; from datetime import date; import nbformat; import pytest; "
        "from helpers.report.shelf import inputs, notebooks; (path,) = inputs.chapters(); "
        f"nbformat.write(notebooks._run(path, date.fromisoformat('{AS_OF}')), path); "
        "sys.exit(pytest.main(['-q', '-p', 'no:cacheprovider', '-n', '0', 'tests/test_notebooks.py', '-k', '5-hello']))"
    )
    assert " passed" in made[0].run("-c", code).stdout


def blocks(recipe: str, kind: str) -> list[str]:
    """The code that the README gives in a recipe, as it stands."""
    text = (paths.ROOT / "README.md").read_text(encoding="utf-8").partition(f"**{recipe}**")[2].partition("\n**Add ")[0]
    return re.findall(rf"```{kind}\n(.*?)```", text, re.S)


def test_a_live_source_made_as_the_readme_says_is_fetched_kept_and_in_the_next_vintage(tmp_path, httpserver):
    (source, feed), (module,) = blocks("Add a live source.", "csv"), blocks("Add a live source.", "python")
    assert len(module.splitlines()) < 60
    year = date.today().year - 1
    months = "".join(f"{year}-{month:02d},{month}000000\n" for month in range(1, 13))
    asked = httpserver.expect_request("/landed/850511", query_string={"year": str(year)})
    asked.respond_with_data(f"month,kg\n{months}", content_type="text/csv")
    httpserver.expect_request("/landed/850511").respond_with_data("month,kg\n", content_type="text/csv")
    given = {"MAGNETS_HARBOUR_URL": httpserver.url_for("").rstrip("/"), "MAGNETS_ARCHIVE": str(tmp_path / "archive")}
    with Project.copied(tmp_path / "project") as project:
        project.edit("data/sources.csv", "\nM0,", f"\n{source}M0,")
        project.edit("data/feeds.csv", "\nfrankfurter,", f"\n{feed}frankfurter,")
        (project.root / "src/helpers/data/sources/harbour.py").write_text(module, encoding="utf-8")
        history = f"history trade IND/world/850511/{year}-12"
        told = said(project, "validate", "fetch harbour --dry-run", "fetch harbour", history, **given)
        wanted = ("data/ is valid", "landed in", "12 new", "12,000")
        assert [words in text for words, text in zip(wanted, told, strict=True)] == [True] * 4, told
        assert "SYNTHETIC" in told[3]
        keys = "flow='import', reporter='IND', partner='world', hs='850511', measure='weight'"
        ask = f"print(india.figure('trade', '{year}-12', {keys}).value, india.synthetic)"
        begin = "from helpers import data; from helpers.report import parameters as p; india = data.vintage(p.today())"
        assert project.run("-c", f"{begin}; {ask}", **given).stdout == "12000.0 True\n"
        ruff = ["-m", "ruff", "check", "--no-cache", "src/helpers/data/sources/harbour.py"]
        project.run(*ruff)
        project.run("-m", "ruff", "format", "--check", *ruff[3:])
