"""A report on paper: whole, tagged, numbered, and none where there is no browser."""

import json
import os
import re
import shutil
import time
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from handmade import everything, first_page, page
from typer.testing import CliRunner

from conftest import AS_OF
from helpers import cli
from helpers.report.job import End, Outcome
from helpers.report.page import pdf
from helpers.report.schedule import made, plan
from helpers.report.shelf import archive, record

HASH = "0" * 64
ANSWER = "India is expected to import 34,300 t. FY26 is still a forecast."


def shelved(root, pages):
    """A published report of some pages."""
    folder = root / AS_OF
    folder.mkdir(parents=True)
    for name, text in pages.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    known = {
        "folder": AS_OF, "answer": ANSWER, "command": "magnets report", "end": "ok", "given": {"as_of": AS_OF},
        "parameters": {"as_of": AS_OF}, "inputs": HASH, "data": {}, "lock": {}, "chapters": {},
        "code": {"notebooks": {}, "helpers": {}}, "files": {f"{name}.html": HASH for name in pages},
    }  # fmt: skip
    (folder / record.NAME).write_text(record.written(known), encoding="utf-8")
    return folder


def small(title):
    return f'<main id="main">\n<h1>{title}</h1>\n<p>So.</p></main>'


@pytest.fixture
def folder(tmp_path):
    return shelved(tmp_path / "reports", {"index": small("How many?"), "1-trade": small("Who?")})


@pytest.fixture
def chromium(tmp_path, monkeypatch):
    """Puts a script in the place of every browser there is."""
    place = tmp_path / "bin"
    place.mkdir()
    monkeypatch.setenv("PATH", f"{place}")
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "none"))
    monkeypatch.setattr(pdf, "_NAMES", ("chromium",))

    def put(*lines):
        script = place / "chromium"
        script.write_text("\n".join(["#!/bin/sh", "export PATH=/usr/bin:/bin", *lines]), encoding="utf-8")
        script.chmod(0o755)

    return put


COUNT = (
    'echo x >> "$0.times"; '
    'for word; do case $word in --print-to-pdf=*) { echo %PDF-; echo %%EOF; } > "${word#*=}";; esac; done'
)


def test_without_a_browser_it_says_so_before_anything_is_done(chromium, tmp_path, monkeypatch):
    monkeypatch.setattr("helpers.report.pipeline.reports", lambda *_, **__: pytest.fail("something was done"))
    done = CliRunner().invoke(cli.app, ["report", "--pdf", "--output", str(tmp_path / "reports")])
    assert done.exit_code == End.BAD_PARAMETERS and "--pdf needs Chromium" in done.stderr
    assert not (tmp_path / "reports").exists()


def test_what_playwright_has_installed_is_found_and_what_is_on_the_path_comes_first(chromium, tmp_path):
    own = tmp_path / "none/chromium-1200/chrome-linux64/chrome"
    own.parent.mkdir(parents=True)
    own.write_text("#!/bin/sh\n")
    own.chmod(0o755)
    assert pdf.browser() == str(own)
    chromium()
    assert pdf.browser() == str(tmp_path / "bin/chromium")


def test_pages_of_lines_are_not_printed():
    done = CliRunner().invoke(cli.app, ["report", "--pdf", "--lines", "850511"])
    assert done.exit_code == End.BAD_PARAMETERS and "--pdf prints reports" in done.stderr


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("exit 0", r"printed no PDF \(exit code 0\)"),
        ('for word; do case $word in --print*) echo "<html>" > "${word#*=}";; esac; done', r"printed no PDF"),
        ("echo cannot open display >&2; exit 3", r"\(exit code 3\) cannot open display"),
        ("sleep 600 & echo $! > $0.pid; sleep 600", "did not print within 1 s"),
    ],
)
def test_a_browser_that_fails_or_hangs_is_ended_and_the_report_stays(folder, chromium, monkeypatch, script, said):
    monkeypatch.setattr(pdf, "SECONDS", 1)
    chromium(script)
    before = sorted(folder.iterdir())
    (outcome,) = pdf.printed(lambda: [Outcome(End.OK, str(folder / "index.html"))], folder.parent)
    assert outcome.end is End.NOT_WRITTEN and "is published, but could not be printed" in outcome.text
    assert re.search(said, outcome.text)
    assert sorted(folder.iterdir()) == before and not list(folder.parent.glob("*.pdf"))
    assert not list(folder.parent.glob(".building-*")), "nothing is left"
    if (noted := Path(f"{pdf.browser()}.pid")).exists():
        deadline = time.monotonic() + 10
        while Path(f"/proc/{noted.read_text().strip()}").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not Path(f"/proc/{noted.read_text().strip()}").exists(), "what it had started is ended too"


@pytest.mark.parametrize("damage", [b"<html>", b"\xff"])
def test_a_page_that_is_none_any_more_is_told_and_not_printed(folder, chromium, damage):
    chromium(COUNT)
    (folder / "1-trade.html").write_bytes(damage)
    (outcome,) = pdf.printed(lambda: [Outcome(End.OK, str(folder / "index.html"))], folder.parent)
    assert outcome.end is End.NOT_WRITTEN and "could not be printed" in outcome.text
    assert not list(folder.parent.glob("*.pdf"))


def test_a_report_is_printed_once_beside_its_folder_and_again_only_if_it_is_another(folder, chromium):
    chromium(COUNT)
    root = folder.parent

    def run(text=f"unchanged: {folder / 'index.html'}"):
        (outcome,) = pdf.printed(lambda: [Outcome(End.OK, text)], root)
        assert outcome == Outcome(End.OK, f"{text}\n{root / AS_OF}.pdf")
        return len(Path(f"{pdf.browser()}.times").read_text().split())

    assert run() == 1 and archive.is_current(root) and f'href="{AS_OF}.pdf"' in (root / "index.html").read_text()
    assert run() == 1
    known = json.loads((folder / record.NAME).read_text()) | {"made": "later"}
    (folder / record.NAME).write_text(record.written(known))
    assert run() == 2, "the folder has become that of another report"
    (root / f"{AS_OF}.pdf").unlink()
    assert not archive.is_current(root), "its link leads nowhere"


def test_what_did_not_end_well_is_not_printed(folder, chromium):
    chromium("exit 9")
    failed = Outcome(End.CELL_ERROR, "1-trade, cell 3: ZeroDivisionError")
    assert pdf.printed(lambda: [failed, failed], folder.parent) == [failed, failed]


def test_a_schedule_prints_what_it_makes_and_names_its_folder(folder, chromium, monkeypatch):
    chromium(COUNT)
    outcome = Outcome(End.OK, str(folder / "index.html"))
    monkeypatch.setattr("helpers.report.pipeline.reports", lambda *_, **__: [outcome])
    monkeypatch.setattr("helpers.report.schedule.news.unchanged", lambda *_: None)
    run = plan.Run("daily", datetime(2026, 11, 22, 6, tzinfo=UTC), date(2026, 11, 22))
    for pdf_too in (False, True):
        asked = plan.Report(cron="0 6 * * *", pdf=pdf_too, retries=0)
        done = made.made(asked, run, folder.parent, (), tuple)
        assert done.reports == (AS_OF,) and done.end == "published"
        assert folder.with_name(f"{AS_OF}.pdf").exists() is pdf_too


def test_what_a_browser_counts_and_when_it_did_is_gone_and_nothing_moves():
    told = b"/CreationDate (D:20261126070000+00'00')\n/ID (node00000107)/Headers [(node00000107) (node00000020)]"
    wanted = b" " * 39 + b"\n/ID (node00000002)/Headers [(node00000002) (node00000001)]"
    assert pdf.undated(told) == wanted and len(told) == len(wanted)


def test_pages_become_one_whose_ids_differ_and_whose_links_lead_within(tmp_path):
    body = (
        '<main id="main"><h1 id="a">{}</h1><p id="b"><a href="#b">b</a> <a href="1-trade.html#b">c</a>'
        ' <a href="index.html">d</a> <a href="tables.xlsx" download>e</a> <a href="https://x.org/#b">f</a></p>'
        '<svg role="img"><path clip-path="url(#b)"/></svg><p><a href="explorer.html">Move</a>: it follows.</p></main>'
        '<footer><section aria-labelledby="sources"><h2 id="sources">Sources</h2></section></footer>'
    )
    pages = {"index": body.format("How many?"), "1-trade": body.format("Who?"), "explorer": small("Levers")}
    text = pdf.document(shelved(tmp_path, pages), {"1-trade": 7})
    ids = re.findall(r'\sid="([^"]+)"', text)
    assert len(ids) == len(set(ids)) and {"index-b", "1-trade-b", "index-sources", "1-trade"} <= set(ids)
    part = text.partition('id="1-trade">Who?')[2]
    for link in ("#1-trade-b", "#index", "https://x.org/#b"):
        assert f'href="{link}"' in part
    assert "url(#1-trade-b)" in part and 'aria-labelledby="1-trade-sources"' in part
    assert not re.search("xlsx|explorer.html|Levers|it follows", text)
    assert '<a href="#1-trade">Who?</a> <span>7</span>' in text and ANSWER.split()[-1] in text
    assert "<h1>How many?</h1>" in text and "In brief</h1>" in text and "22 November 2026" in text


# What Chromium itself makes of it.


@pytest.fixture(scope="module")
def printed(india, tmp_path_factory):
    """A report of two pages with everything a page may show, several times over, and its PDF."""
    pypdf = pytest.importorskip("pypdf", reason="no pypdf: `make test-browser` installs it")
    try:
        pdf.browser()
    except pdf.PrintError:
        pytest.skip("no Chromium on this machine")
    pages = {"index": first_page(india, *everything(india)), "1-trade": page(india, *everything(india) * 4)}
    target = pdf.write(shelved(tmp_path_factory.mktemp("paper"), pages))
    return target, pypdf.PdfReader(target)


def walked(element, page=None):
    """Every element of a structure tree, with the pages that it and what is in it lie on."""
    if not hasattr(element, "get"):
        return [], {page}
    page = element.raw_get("/Pg").idnum if "/Pg" in element else page
    kids = element.get("/K", [])
    kids = [kid.get_object() for kid in (kids if isinstance(kids, list) else [kids])]
    found, on = [], set() if kids else {page}
    for kid in kids:
        more, there = walked(kid, page)
        found += more
        on |= there
    return [(element, on), *found], on


def test_it_is_tagged_with_every_alternative_text_and_says_its_language_and_title(printed):
    _, reader = printed
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and root["/Lang"].startswith("en")
    assert reader.metadata.title.startswith("How many tonnes of magnets will India import?")
    elements, _ = walked(root["/StructTreeRoot"])
    figures = [one for one, _ in elements if one.get("/S") == "/Figure"]
    assert len(figures) == 1 + 2 * 4
    alts = {figure["/Alt"] for figure in figures}
    assert any(alt.startswith("Two stacked bars of value and weight") for alt in alts) and len(alts) == 2
    kinds = {one.get("/S") for one, _ in elements}
    assert {"/H1", "/H2", "/Table", "/TH", "/TD", "/Caption", "/Link"} <= kinds


def test_no_small_table_and_no_figure_lies_on_two_pages(printed):
    _, reader = printed
    elements, _ = walked(reader.trailer["/Root"]["/StructTreeRoot"])
    whole = [(one, on) for one, on in elements if one.get("/S") in ("/Figure", "/Table")]
    assert len(reader.pages) >= 6 and len(whole) >= 13
    assert [one["/S"] for one, on in whole if len(on - {None}) != 1] == []


def test_contents_bookmarks_and_feet_say_the_page_on_which_each_part_begins(printed):
    _, reader = printed
    texts = [page.extract_text() for page in reader.pages]
    parts = {"In brief": "index", "What is imported?": "1-trade"}
    begins = {title: reader.get_destination_page_number(reader.named_destinations[f"/{name}"]) + 1
              for title, name in parts.items()}  # fmt: skip
    assert begins["In brief"] == 2 < begins["What is imported?"] < len(texts)
    marks = [one for one in reader.outline if not isinstance(one, list)]
    outline = {one.title: reader.get_destination_page_number(one) + 1 for one in marks}
    assert outline == {"How many tonnes of magnets will India import?": 1} | begins
    for title, number in begins.items():
        assert any(line.split() == [*title.split(), str(number)] for line in texts[0].splitlines())
    assert "How this page was made" in texts[-1] and "magnets report --as-of" in texts[-1]
    foot = "India magnet outlook · as of 22 November 2026"
    for number, text in enumerate(texts, start=1):
        first, second, *_ = text.splitlines()
        assert first == f"{number}{foot}", "on paper it is the last line"
        assert (second in begins) == (number in begins.values()), "a part begins a page"


def test_the_same_report_gives_the_same_bytes_and_nothing_of_the_machine(printed, tmp_path):
    target, _ = printed
    folder = tmp_path / "elsewhere" / AS_OF
    shutil.copytree(target.with_suffix(""), folder)
    first, again = target.read_bytes(), pdf.write(folder).read_bytes()
    differ = next((n for n, (a, b) in enumerate(zip(first, again, strict=False)) if a != b), None)
    assert differ is None and len(again) == len(first), first[differ - 60 : differ + 60]
    assert b"Date" not in first and b"file:" not in first and os.fsencode(target.parent.name) not in first
    assert len(first) < 1_000_000
