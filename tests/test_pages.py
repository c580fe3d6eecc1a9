"""Pages: escaped, under a policy of their own, with numbered sources, and refused where an accident shows."""

import csv
import io
import re
import zipfile
from datetime import date
from functools import cache
from pathlib import Path
from urllib.parse import quote, unquote, urljoin, urlsplit

import nbformat
import pandas as pd
import pytest
from handmade import everything, executed, first_page, frame, page

from conftest import AS_OF, FROZEN, Page
from helpers import data
from helpers.chapters.outputs import Download, Figure, Table, sentence
from helpers.report.job import Chapter, End
from helpers.report.page import checks, html
from helpers.report.page.notes import Notes, link
from helpers.report.page.spreadsheet import Sheet, workbook
from helpers.report.shelf import archive as shelf
from helpers.report.shelf import publish
from helpers.report.shelf.inputs import chapters

EVIL = '<details open ontoggle="alert(1)">\'"><script>alert(2)</script>'
SOURCES = {
    "S1": ("One", "Mint", "2025", "https://example.org/1", "press", "x"),
    "S2": ("Two", "PIB", "2026", "example.org", "goi", "y"),
    "B9": ("Judged", "This project", "2026", "", "own", "z"),
    "M9": ("Recalled", "", "", "", "none", "none"),
}
SOURCES = {
    name: dict(zip(("title", "short", "date", "url", "terms", "licence"), of, strict=True))
    for name, of in SOURCES.items()
}


@pytest.fixture(scope="module")
def chapter(india):
    return Page(page(india, *everything(india), stdout="so far"))


@pytest.fixture(scope="module")
def front(india):
    return Page(first_page(india, *everything(india)))


@pytest.fixture(scope="module")
def folder(rendered):
    return rendered[0].root / "reports" / AS_OF


@pytest.fixture(scope="module", params=["index", *(path.stem for path in chapters())])
def published(folder, request):
    """A page of a real report."""
    return Page(folder / f"{request.param}.html")


# What is not ours is text.


def test_nothing_enters_a_page_unescaped(india):
    imports = data.vintage(AS_OF, FROZEN).series(
        "trade", flow="import", reporter="IND", partner="world", hs="850511", measure="weight"
    )
    shown = [
        sentence("{evil} is imported.", evil=EVIL, answer=True),
        Table(
            imports[["value", "source"]].head(2).assign(note=EVIL).rename(columns={"value": EVIL}), f"Caption {EVIL}"
        ),
        Figure('<svg viewBox="0 0 1 1"><text>a &lt; b</text></svg>', f"Title {EVIL}",
               f"This shows {EVIL} and more, in as many words as a drawing needs", imports),
        EVIL,
    ]  # fmt: skip
    shared = frame(india)
    shared["sources"] = {
        i: s | {"date": EVIL, "title": EVIL, "publisher": EVIL, "licence": EVIL} for i, s in shared["sources"].items()
    }
    shared["chapters"][0] |= {"title": EVIL, "short": EVIL}
    body = html.chapter(shared["chapters"][0]["name"], executed(*shown, stdout=EVIL), shared)
    seen = Page(body)
    assert len(seen.all("script")) == 1 and not [attrs for _, attrs in seen.tags if "ontoggle" in attrs]
    assert seen.text.count("<details open ontoggle=") > 8, "it is read as it was written"
    known = {
        "folder": EVIL,
        "given": {"as_of": "", "x": EVIL},
        "answer": EVIL,
        "changed": EVIL,
        "parameters": {"as_of": AS_OF},  # a record whose day is none is no record
    }
    archive = Page(html.plain("archive", shelf.frame([known, known | {"given": {"as_of": ""}}])))
    assert not archive.all("script") and not archive.all("details") and archive.text.count("ontoggle") >= 8


def test_control_characters_do_not_reach_a_page(india):
    body = page(india, sentence("A {thing} is imported.", thing="mag\x00\x1b\x9dnet\u202e", answer=True))
    assert "A magnet is imported." in body


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "data:text/html,x", 'https://x.org/"onclick="y', "https://", "x.org", "file:///etc",
     "https://[x", "https://a.b/'"],
)  # fmt: skip
def test_only_web_addresses_become_links(address):
    assert link(address) == ""


def test_the_first_word_of_an_address_is_the_link():
    assert link("https://x.org/a?b=c&d=1 (copy)") == "https://x.org/a?b=c&d=1"


# The policy.


@pytest.mark.parametrize("made", ["chapter", "front"])
def test_a_page_obeys_its_own_policy(made, request):
    seen = request.getfixturevalue(made)
    policy = next(meta["content"] for meta in seen.all("meta") if meta.get("http-equiv") == "Content-Security-Policy")
    assert policy == html.policy("page") and policy.startswith("default-src 'none'; style-src 'sha256-")
    assert len(seen.all("style")) == 1
    assert set(re.findall(r"'sha256[^']*'", policy)) <= set(re.findall(r"'sha256[^']*'", html.headers()))
    assert not [name for _, attrs in seen.tags for name in attrs if name == "style" or name.startswith("on")]
    assert len(seen.all("script")) == 1 and not seen.all("link") and checks.problems(seen.source) == []


DRAWN = "<svg role='img' aria-label='a map of magnets'>"


@pytest.mark.parametrize(
    "put, said",
    [('<p style="color: red">', "style attribute"), ("<details ontoggle=alert(1)>", "handler ontoggle"),
     ("<script>1</script>", "has a <script>"), ("<style>p{}</style>", "2 style elements"),
     ('<img src="https://x.org/y.png" alt="a map of magnets">', "loads https://x.org"),
     ('<a href="javascript:alert(1)">x</a>', "links to javascript:"),
     ('<a href="data:text/html,x">x</a>', "links to data:"),
     ('<meta http-equiv="refresh" content="0;url=x">', "another page"),
     ('<svg role="img" aria-label="a map"><image href="x.png"/></svg>', "loads x.png"),
     ("<svg></svg>", "without an alternative text"), ("<th>", "without a scope"), ("<h1>", "2 first headings"),
     ("<form>", "only to be read"),
     ("<noscript><p title='</noscript><script>1</script>'></p></noscript>", "has a <noscript>"),
     ("<!--> <script>1</script> -->", "has a comment"), ("<!-- <b>", "ends inside a tag or a comment"),
     ('<math href="javascript:1"></math>', "loads javascript:1"),
     (f"{DRAWN}<!--> <script>1</script> --></svg>", "has a comment"),
     (f"{DRAWN}<p><![CDATA[> <script>1</script> ]]></p></svg>", "has a comment"),
     (f"{DRAWN}<?x > <script>1</script> ?></svg>", "has a comment"),
     (f"{DRAWN}<rect fill='url(https://x.org/a#b)'/></svg>", "loads url(https://x.org"),
     (f"{DRAWN}<feImage href='https://x.org/a'/></svg>", "loads https://x.org/a"),
     (f'<p title="{DRAWN} " onclick=\'alert(1)\'> </svg>">x</p>', "handler onclick"),
     (f"<!-- {DRAWN}<![CDATA[ --><script>1</script><!-- ]]></svg> -->", "has a <script>")],
)  # fmt: skip
def test_a_page_that_breaks_a_rule_is_refused(front, put, said):
    assert any(said in problem for problem in checks.problems(front.source.replace("</main>", f"{put}</main>")))


def test_a_style_that_loads_and_a_page_that_is_too_large_are_refused(front):
    loading = front.source.replace("<style>", "<style>@import 'x'; p { background: url(x.png) }")
    assert {"loads @import 'x' in a style", "loads url(x.png) in a style"} <= set(checks.problems(loading))
    assert "over the 100 of a page" in checks.problems(front.source, most=100)[0]


# Accidents.


@pytest.mark.parametrize(
    "stdout, stderr, said",
    [("", "RuntimeWarning: divide by zero", "cell 2 wrote to stderr: 'RuntimeWarning"),
     ("UserWarning: odd\n", "", "a warning"), ("nan\n", "", "a number that is none"),
     ("[1.0, -inf]", "", "a number that is none"), ("Traceback (most recent call last):\n", "", "a traceback"),
     ("read /home/someone/data", "", "a path of this machine"),
     ("in python3.11/site-packages/x.py", "", "a path of this machine"),
     ("<function f at 0x7f0123456789>", "", "by its address in memory")],
)  # fmt: skip
def test_a_page_whose_cell_printed_an_accident_is_not_published(india, stdout, stderr, said):
    with pytest.raises(html.PageError, match=r"1-trade\.ipynb, cell 2") as refused:
        page(india, stdout=stdout, stderr=stderr)
    assert said in str(refused.value) and refused.value.cell == {"number": 2, "id": "last"}


def test_nan_and_inf_are_found_in_tables_figures_and_files(india):
    for column, value in (("tonnes", float("inf")), ("name", "NaN"), ("note", "about nan t")):
        with pytest.raises(html.PageError, match="cell 2 shows"):
            page(india, Table(pd.DataFrame({"period": ["FY25"], column: [value]}), "Tonnes"))
    drawn = '<svg viewBox="0 0 1 1"><text>−inf %</text></svg>'
    with pytest.raises(html.PageError, match="a number that is none"):
        page(
            india,
            Figure(
                drawn, "A finding", "A text that says in over ten words what is drawn in it", pd.DataFrame({"a": [1]})
            ),
        )


def test_words_that_only_look_like_accidents_are_published(india):
    words = "finance, information and/or https://x.org/home/y; from Home/Work"
    text = Page(page(india, "     value  low\n0      1  NaN", stdout=words)).text
    assert words in text and "NaN" in text


# Sources.


def test_sources_are_numbered_in_order_of_appearance_and_listed_in_that_order(chapter):
    cited = [int(re.search(r"\d+", a["href"])[0]) for a in chapter.all("a") if a.get("href", "").startswith("#note-")]
    first = list(dict.fromkeys(cited))
    listed = [li["id"] for li in chapter.all("li") if li.get("id", "").startswith("note-")]
    assert first == list(range(1, len(first) + 1)) and listed == [f"note-{n}" for n in first]
    assert all(
        a["title"] and a["title"] in a["aria-label"] for a in chapter.all("a") if a.get("href", "").startswith("#note-")
    )
    ids = {attrs["id"] for _, attrs in chapter.tags if "id" in attrs}
    back = [a["href"] for a in chapter.all("a") if a.get("class") == "back"]
    assert back == [f"#cited-{n}" for n in first] and {href[1:] for href in back} <= ids


def test_our_judgements_assumptions_and_what_is_recalled_are_told_from_published_figures():
    notes = Notes(SOURCES)
    asked = ((["S2", "B9"], False), (["S1", "M9"], False), (["B9"], True), (["S1", "assumed"], False), ([], False))
    said = [Page(str(notes.cite(ids, assumed))).text for ids, assumed in asked]
    assert said == ["1 ; our judgement 2", "3 ; recalled, not verified 4", "our judgement 2 ; our assumption",
                    "3 ; our assumption", ""]  # fmt: skip
    assert [(n["id"], n["mark"], n["link"]) for n in notes.listed] == [
        ("S2", "", ""),
        ("B9", "our judgement", ""),
        ("S1", "", "https://example.org/1"),
        ("M9", "recalled, not verified", ""),
    ]


def test_of_many_notes_in_a_row_the_eye_sees_the_first_and_the_last_and_each_stays_a_link():
    notes = Notes({f"S{n}": {"title": "One", "terms": "own" if n == 9 else "press"} for n in range(1, 12)})
    notes.cite(["S1"])
    notes.cite(["S2"])
    few, many = str(notes.cite(["S1", "S2", "S3"])), str(notes.cite([f"S{n}" for n in (1, 3, 4, 5, 6, 7, 9)]))
    assert Page(few).text == "1 , 2 , 3" and "within" not in few
    assert [a["href"] for a in Page(many).all("a")] == [f"#note-{n}" for n in (1, 3, 4, 5, 6, 7, 8)]
    seen = re.sub('<span class="within">.*?</span>', "", many)
    assert Page(seen).text == "1 , 3 – 7 ; our judgement 8"


def test_ids_in_a_text_become_links_to_the_notes():
    notes = Notes(SOURCES)
    assert Page(str(notes.linked("88 % (S1, S2), as B9 < S10 says"))).text == "88 % 1 , 2 , as note 3 < S10 says"
    assert Notes({}).linked("a < b") == "a &lt; b"


def test_rows_with_sources_of_their_own_carry_them_and_what_all_share_stands_in_the_caption(india):
    rows = pd.DataFrame({"period": ["FY24", "FY25"], "tonnes": [1.0, 2.0], "source": ["S02", "S04"]})
    own = Page(page(india, Table(rows, "Tonnes")))
    assert len([td for td in own.all("td") if td.get("class") == "notes"]) == 2
    mixed = Page(page(india, Table(rows.assign(source=["S02 S03", "S03"]), "Tonnes")))
    beside = [a["title"] for a in mixed.all("a") if a.get("href", "").startswith("#note-")]
    assert len(beside) == 2, "what a row has beyond the others stands beside it"
    shared = Page(page(india, Table(rows.assign(source="S02"), "Tonnes")))
    assert not [td for td in shared.all("td") if td.get("class") == "notes"]
    assert len([a for a in shared.all("a") if a.get("href") == "#note-1"]) == 1
    assert "#note-1" in shared.source.partition("<caption>")[2].partition("</caption>")[0], "blank rows point nowhere"


# The first page.


def test_the_first_page_gives_the_answer_what_it_means_its_figure_and_then_what_each_chapter_answers(front, india):
    source = front.source
    order = ['class="answer"', "What it means</h2>", "A range of", "<figure>", "rests on</h2>", ">Chapters</h2>"]
    assert sorted(order, key=source.index) == order
    for chapter in frame(india)["chapters"]:
        assert f'<li><a href="{chapter["name"]}.html">' in source
    (described,) = [meta["content"] for meta in front.all("meta") if meta.get("name") == "description"]
    assert described == everything(india)[0].text, "what `magnets verify` compares with the record"
    assert "FY27 is the fiscal year from April 2026 to March 2027." in front.text


def test_what_it_means_is_what_cells_say_that_are_marked_for_the_brief(india):
    said = [sentence("One {n}.", n=data.derived(1, "t", "S1")), sentence("Two {n}.", n=data.derived(2, "t", "S1"))]
    notebook = executed(*said)
    marked = next(cell for cell in notebook.cells if "Two" in str(cell.get("outputs")))
    marked.metadata["tags"] = ["brief-means"]
    (one,) = publish.brief([Chapter("3-demand", End.OK, notebook, 1.0)])["means"]
    assert one["text"] == "Two 2 t." and one["name"] == "3-demand" and list(one["sources"]) == ["S1"]


def test_the_drawing_is_downloaded_and_not_shown(front):
    drawing = next(a for a in front.all("a") if a.get("download") == "forecast.svg")
    assert unquote(drawing["href"]).startswith("data:image/svg+xml;charset=utf-8,<svg")


def test_a_parameter_in_the_place_of_a_figure_is_said_to_be_an_assumption(india):
    seen = Page(first_page(india, *everything(india), baseline_t=33000, horizon=3))
    space = "\N{NO-BREAK SPACE}"
    said = f"With baseline 33,000{space}t, an assumption instead of the published 53,748{space}t; with horizon 3"
    assert f"{said} instead of 10." in seen.source
    assert frame(india)["assumed"] == ""


def test_old_figures_are_told_once_and_young_ones_are_no_notice(india, front):
    assert front.text.count("These figures are old.") == 1 and "363 days before this report" in front.text
    young = frame(india.on("2025-12-01"))
    assert not any("old" in notice for notice in young["notices"])
    assert "for FY26-H1 (April 2025 to September 2025), became public on 24 November 2025, 7 days" in young["newest"]
    assert frame(india.on("2025-11-25"))["newest"].endswith("24 November 2025, 1 day before this report.")
    assert frame(india.on("2025-11-24"))["newest"].endswith("24 November 2025, the day of this report.")


def test_what_a_reader_has_to_know_first_stands_below_the_title(chapter, front):
    for seen in (chapter, front):
        source = seen.source
        assert source.index("</h1>") < source.index("These figures are old.") < source.index('class="answer"')


def test_the_first_page_names_its_downloads_and_repeats_no_title(front, india):
    for words in (
        "All tables as a workbook",
        "The first figure as a drawing",
        "The record of the run",
        "Later reports",
    ):
        assert words in front.text
    assert front.text.count("How many tonnes of magnets will India import?") == 2, "in the head and as the title"


def test_tables_keep_their_first_column_in_sight_on_a_phone_and_stay_whole_on_paper(chapter):
    phone, paper = chapter.source.partition("max-width: 36rem")[2].partition("@media print")[::2]
    assert ".table tr > th:first-child { position: sticky; left: 0;" in phone and "td.long { min-width: 17rem;" in phone
    assert ".brief { break-inside: avoid; }" in paper and '<table class="brief sorts">' in chapter.source


def test_a_back_cast_says_so_and_the_day_of_its_judgements_is_none(india):
    written = data.vintage("2026-11-26", FROZEN)
    assert not any("back-cast" in notice for notice in frame(written)["notices"])
    told = [notice for notice in frame(india.on("2025-06-30"))["notices"] if "back-cast" in notice]
    assert len(told) == 1 and "public on 30 June 2025" in told[0] and "written later, up to 26 November 2026" in told[0]


def test_a_day_without_figures_has_no_report(india):
    with pytest.raises(data.DataError, match="was public on 2010-01-01"):
        frame(india.on("2010-01-01"))


# Reading.


def read_unseen(page):
    """A page can be read without seeing it."""
    assert len(page.all("h1")) == 1 and page.all("html")[0]["lang"] == "en"
    assert page.all("a")[0]["href"] == "#main" and page.all("main")[0]["id"] == "main"
    assert all(len(svg["aria-label"].split()) > 10 for svg in page.all("svg") if svg.get("role"))
    assert all(th.get("scope") in ("col", "row") for th in page.all("th"))
    assert len(page.all("table")) == len(page.all("caption"))
    assert all(attrs.get("tabindex") == "0" for _, attrs in page.tags if attrs.get("role") == "region"), "by keys too"
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("made", ["chapter", "front"])
def test_a_page_can_be_read_without_seeing_it(made, request):
    seen = request.getfixturevalue(made)
    assert seen.all("th") and all(svg["role"] == "img" for svg in seen.all("svg"))
    read_unseen(seen)


def test_one_switch_shows_code_and_working(chapter):
    switches = [one for one in chapter.all("input") if one.get("type") == "checkbox"]
    assert [one["id"] for one in switches] == ["code"] and "checked" not in switches[0]
    assert [label["for"] for label in chapter.all("label")] == ["code"]
    assert len([div for div in chapter.all("div") if div.get("class") == "code"]) == 7
    assert "code output" in [pre.get("class") for pre in chapter.all("pre")]
    assert ".code { display: none; }" in chapter.source


def test_a_failed_chapter_shows_its_code_and_names_its_cell(india):
    shared = frame(india)
    notebook = executed(stdout="so far \x1b[31mred\x1b[0m")
    notebook.cells[1].outputs.append(
        nbformat.v4.new_output("error", ename="E", evalue="x", traceback=["\x1b[38;5;9mTraceback <x>"])
    )
    failed = {"what": "a cell raised an error", "error": "E: x", "cell": {"number": 2, "id": "last"}}
    seen = Page(html.chapter(shared["chapters"][0]["name"], notebook, shared, failed))
    assert "checked" in seen.all("input")[0] and "so far red" in seen.text and "Traceback <x>" in seen.text
    assert "#cell-last" in [a.get("href") for a in seen.all("a")] and checks.problems(seen.source) == []
    index = Page(html.plain("failure", shared | {"failure": True, "count": 3, "failures": [failed | {"name": EVIL}]}))
    assert "1 of 3 chapters failed" in index.text and not index.all("script")
    assert f"{quote(EVIL, safe='/')}.html#cell-last" in [a["href"] for a in index.all("a")]


def test_formulas_are_set_without_a_script_and_a_broken_one_is_named(chapter):
    assert len(chapter.all("math")) == 2 and chapter.all("mfrac")
    with pytest.raises(html.PageError, match="no formula that can be set"):
        html.maths("$\\left( a$")


def test_what_follows_text_tagged_details_is_folded_up_to_the_next_text(india):
    notebook = executed(*everything(india))
    opens = nbformat.v4.new_markdown_cell("### More of it\nWords.", metadata={"tags": ["details"]}, id="f1")
    notebook.cells[2:2] = [opens]
    notebook.cells[4:4] = [nbformat.v4.new_markdown_cell("Plain again.", id="f2")]
    shared = frame(india)
    for failed, state in ((None, ""), ({"what": "", "error": "", "cell": {}}, " open")):
        body = html.chapter(shared["chapters"][0]["name"], notebook, shared, failed)
        inside = body.partition(f'<details class="fold"{state}><summary>')[2].partition("</details>")[0]
        assert '<h3 id="more-of-it">More of it</h3></summary>' in inside
        assert "<p>Words.</p>" in inside and "A range of" in inside and "Plain again" not in inside
    notebook.cells = notebook.cells[:4]  # the fold is the last thing shown
    assert html.chapter(shared["chapters"][0]["name"], notebook, shared).count("</details></main>") == 1


@pytest.mark.parametrize("source", ["Words without a heading.", "## Too high\nWords.", "Words.\n### Late", ""])
def test_a_fold_without_a_heading_of_its_own_is_refused_by_its_cell_and_open_where_a_chapter_failed(india, source):
    notebook, shared = executed("shown"), frame(india)
    notebook.cells[1:1] = [nbformat.v4.new_markdown_cell(source, metadata={"tags": ["details"]}, id="f1")]
    with pytest.raises(html.PageError, match="cell 2 is tagged details") as refused:
        html.chapter("1-trade", notebook, shared)
    assert refused.value.cell == {"number": 2, "id": "f1"}
    failed = html.chapter("1-trade", notebook, shared, {"what": "it failed", "error": "", "cell": {}})
    assert '<details class="fold" open>' in failed


@pytest.mark.parametrize("text, said", [("Words.</details>", "too few"), ("<details><summary>x</summary>", "too many")])
def test_a_text_that_ends_a_fold_which_is_not_its_own_is_refused(india, text, said):
    with pytest.raises(html.PageError, match=f"1 <details> {said}"):
        page(india, text=f"# Title\n\n{text}")
    page(india, sentence("A {text} is read as it was written.", text=text), text="# Title\n\n`</details>`")


def test_a_number_with_its_range_may_break_between_the_two_and_on_a_phone_within(india):
    rows = pd.DataFrame({"what": ["a", "b"], "FY27, t": ["34,000 (24,900 to 46,400)", "34,000 (S1, S2)"]})
    body = page(india, Table(rows, "Tonnes"))
    assert '<td class="text range">34,000 <span>(24,900 to 46,400)</span></td>' in body
    assert body.count('range">') == 1


def test_figures_follow_the_readers_colours(chapter):
    drawn = "".join(re.findall(r"<svg.*?</svg>", chapter.source, re.S))
    assert not re.search(r'(?:fill|stroke)="#', drawn)
    used = set(re.findall(r"(?:fill|stroke)-[a-z-]+", " ".join(re.findall(r'class="([^"]*)"', drawn))))
    style = re.search(r"<style>(.*?)</style>", chapter.source, re.S)[1]
    assert {"stroke-paper", "fill-blue"} <= used and all(f".{name} {{" in style for name in used)


def contrast(one: str, other: str) -> float:
    def light(colour):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_labels_can_be_read_in_light_and_dark(chapter):
    roots = re.findall(r":root \{(.*?)\}", chapter.source, re.S)[:2]
    for scheme in roots:
        colours = dict(re.findall(r"--([\w-]+): (#\w{6})", scheme))
        for bar in ("blue", "red", "gold", "muted"):
            assert contrast(colours["paper"], colours[bar]) >= 4.5, f"on paper: {bar}"
    assert len(roots) == 2 and "dark" in chapter.source.split(roots[1])[0]


# A real report.


def test_the_published_pages_are_fit_and_can_be_read_without_seeing_them(published):
    assert checks.problems(published.source) == []
    read_unseen(published)


def test_each_figure_has_its_data_as_a_table_and_as_a_file(published):
    figures = published.all("figure")
    downloads = [a for a in published.all("a") if a["href"].startswith("data:text/csv")]
    assert len(downloads) >= len(figures) and len({a["download"] for a in downloads}) == len(downloads)
    whole = [d for d in published.all("details") if d.get("class") == "data"]
    assert len(whole) == (1 if "front" in [one.get("class") for one in published.all("div")] else len(figures))


def test_links_lead_somewhere(folder):
    """Those of the archive and of every page of the report; what follows the explorer's name is a state of it."""
    ids = cache(lambda path: set(re.findall(r'\bid="([^"]*)"', path.read_text(encoding="utf-8"))))
    for path in (folder.parent / "index.html", *folder.glob("*.html")):
        for parts in {urlsplit(urljoin(path.as_uri(), one["href"])) for one in Page(path).all("a")}:
            target = Path(unquote(parts.path))
            assert parts.scheme in ("https", "http", "data") or (parts.scheme == "file" and target.exists()), parts
            if parts.scheme == "file" and parts.fragment and target.name != "explorer.html":
                assert parts.fragment in ids(target), parts


def test_the_foot_says_how_the_page_was_made(published):
    for part in ("Data as of 2026-11-22", "became public on", "days before this report", "By default:", "horizon = 10",
                 "baseline_t = ", f"magnets report --as-of {AS_OF}", "version control"):  # fmt: skip
        assert part in published.text, part


def test_the_spreadsheet_holds_every_table_of_the_report(folder):
    shown = sum(Page(path).source.count("data:text/csv") for path in folder.glob("[0-9]*.html"))
    files = len(list(folder.glob("*.csv")))
    with zipfile.ZipFile(folder / "tables.xlsx") as book:
        sheets = [name for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
        texts = book.read("xl/sharedStrings.xml").decode()
    assert len(sheets) == shown + files + 1 and "850511" in texts


def test_a_csv_link_holds_the_table_beside_it(folder):
    page = next(path for path in sorted(folder.glob("[0-9]*.html")))
    link = next(a for a in Page(page).all("a") if a["href"].startswith("data:text/csv"))
    rows = list(csv.reader(io.StringIO(unquote(link["href"].partition(",")[2]))))
    assert len(rows) > 2 and len({len(row) for row in rows}) == 1


# Files.


def test_dates_and_numbers_of_the_spreadsheet_are_what_they_are_and_texts_no_formulas():
    text = "period,published,tonnes,note,hs\n2025-04-01,2025-04-01,1.5,'=A1,850511\n2025,,2,x,850511\n"
    book = workbook([Sheet("1-trade", "Tonnes", text)], date(2026, 11, 22))
    with zipfile.ZipFile(io.BytesIO(book)) as opened:
        sheet = opened.read("xl/worksheets/sheet2.xml").decode()
        strings = opened.read("xl/sharedStrings.xml").decode()
        assert "yyyy-mm-dd" in opened.read("xl/styles.xml").decode()
    assert re.search(r'<c r="B3" s="\d"><v>45748</v></c>', sheet) and "<v>1.5</v>" in sheet and "<f>" not in sheet
    assert "<t>2025-04-01</t>" in strings and "<t>=A1</t>" in strings and "<t>850511</t>" in strings
    assert book == workbook([Sheet("1-trade", "Tonnes", text)], date(2026, 11, 22))


def test_a_table_of_which_no_row_is_offered_is_a_caption_and_why(india):
    notebook = executed(Table(pd.DataFrame({"period": ["FY25"], "tonnes": [53_748.0]}), "Suppliers, tonnes"))
    shown = notebook.cells[1].outputs[0].data[html.MIME]
    shown |= {"csv": "", "withheld": "Data not offered (1 of 1 rows): the terms do not allow it; `magnets fetch x`."}
    shown["table"] |= {"rows": [], "sources": []}
    shared = frame(india)
    made = Page(html.chapter(shared["chapters"][0]["name"], notebook, shared))
    assert made.all("table") == [] and "Suppliers, tonnes" in made.text and "Data not offered" in made.text


def test_a_file_of_which_no_row_is_offered_is_not_written():
    notebook = executed(Download("all.csv", pd.DataFrame({"tonnes": [1.0]})), Download("none.csv", pd.DataFrame()))
    notebook.cells[2].outputs[0].data[html.MIME]["text"] = ""
    assert set(publish._offered([Chapter("1-small", End.OK, notebook, 1.0)])) == {"all.csv", "1-small.html"}
