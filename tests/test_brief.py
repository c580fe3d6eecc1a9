"""The brief: what cells hand to the first page, what stands beside each figure, which words are explained."""

import re
from urllib.parse import unquote

import pandas as pd
import pytest
from handmade import everything, executed, first_page, frame, page

from conftest import AS_OF, Page, adding
from helpers.chapters.forecast import brief
from helpers.chapters.outputs import Table, sentence
from helpers.data import derived
from helpers.outlook import episodes, forecast, moved, targets
from helpers.report.job import Chapter, End
from helpers.report.page import drawing, glossary, html
from helpers.report.shelf import publish

pytestmark = pytest.mark.usefixtures("sparse")

WORDS = 335
"""Less than is read in 90 seconds at 250 words a minute, titles of figures too: the rest is left for what may have
changed. Tables are looked up."""
CHANGED = {"kind": "sentence", "text": "FY27 rose by 400 t: a new figure.", "sources": [], "assumed": False}


@pytest.fixture(scope="module")
def folder(rendered):
    return rendered[0].root / "reports" / AS_OF


@pytest.fixture(scope="module")
def index(folder):
    return (folder / "index.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def expected(india, sparse):
    table = forecast.expected(india, "customs", 10)
    return table, forecast.beside(india, "customs", 10)


# What it says.


def test_each_target_is_one_sentence_that_opens_with_its_tonnes(expected, india):
    own, other = (brief.expected(table, india).text for table in expected)
    for said, of in ((own, "all kinds (HS 850511)"), (other, "rare-earth magnets")):
        assert re.match(r"[\d,]+ t of ", said) and of in said and said.count(". ") == 0
        assert re.search(r"in FY27; with a chance of 80 %, [\d,]+ to [\d,]+ t\.$", said), said
    assert "in FY27 (April 2026 to March 2027)" in brief.expected(expected[0], india, explained=True).text
    assert brief.expected(expected[1].iloc[:0], india) is None
    bare = expected[0][expected[0]["quantile"] == 0.5]
    assert brief.expected(bare, india).text.endswith("are expected to be imported in FY27."), "no interval is made up"


def test_a_later_total_as_high_as_the_suspect_one_is_told_beside_the_error_that_is_believed(india):
    keys = {"flow": "import", "reporter": "IND", "partner": "world", "hs": "850511", "measure": "weight", "unit": "t"}
    for value, high in ((53_748.0, "about as much as"), (60_000.0, "more than"), (36_000.0, "")):
        added = india.adding("trade", keys | {"period": "FY26", "value": value})
        said = brief.doubted(forecast.expected(added, "customs", 10), added)
        assert bool(said) is bool(high)
        if said:
            assert f"in FY26 is {high} in FY25, yet with a chance of " in said.text
            assert re.search(r"From the level of FY26 alone FY36 would come to 1\d\d,\d00 t", said.text)
    months = [keys | {"period": f"2026-0{month}", "value": 4_000.0} for month in (4, 5, 6, 7)]
    later = india.adding("trade", keys | {"period": "FY26", "value": 53_748.0}, *months)
    said = brief.doubted(forecast.expected(later, "customs", 10), later)
    assert "From the level of April–July 2026 alone" in said.text
    assert brief.doubted(forecast.expected(india, "customs", 2), india) is None


def test_a_tonnage_given_in_the_place_of_a_figure_is_told_and_drawn_as_assumed(india):
    given = episodes.starting_from(india, 33_000)
    table = forecast.expected(given, "customs", 5)
    assert "t (assumed) of magnets" in brief.expected(table, given).text
    title = brief.outlook(forecast.intervals(table), india=given).title
    assert title.startswith("From 33,000 t (assumed) in FY25")


def test_the_figure_holds_history_the_mirror_and_the_forecast(expected, india):
    shown = brief.outlook(forecast.intervals(expected[0]), india=india)
    assert re.match(
        r"From 53,748 t in FY25 to [\d,]+ t expected in FY27; by other counts 20,600 to 27,600 t came in 2024$",
        shown.title,
    )
    assert set(shown.data["What"]) == {"recorded, a year's rate", "by other counts", "expected"}
    assert "80 %" in shown.alt and "other counts" in shown.svg and "suspect" in shown.svg
    before = india.on("2025-10-31")
    then = brief.outlook(forecast.intervals(forecast.expected(before, "customs", 5)), india=before)
    assert "other counts" not in then.title + then.alt + then.svg, "they were not public yet"


def test_five_judgements_are_told_with_their_tonnes_the_greatest_first(expected, india):
    table, beside = expected
    changed = moved.moved(india, table)
    rows = brief.judgements(changed, beside, india, "customs")
    last = changed["period"].iloc[-1]
    assert list(rows.columns) == ["The answer takes", "If instead", f"{last}, t more", "source"]
    tonnes = [float(text.replace("−", "-").replace(",", "")) for text in rows[f"{last}, t more"]]
    assert 4 <= len(rows) <= brief.ROWS and tonnes == sorted(tonnes, key=abs, reverse=True)
    assert rows["If instead"].is_unique and rows["source"].str.len().min() > 0
    assert rows["The answer takes"].str.startswith("Rare-earth magnets: ").sum() == 2
    most = changed[(changed["period"] == last) & (changed["what"] == moved.GROWTH)]
    answer = changed[(changed["period"] == last) & (changed["what"] == moved.ANSWER)]["median"].iloc[0]
    far = (most["median"] - answer).abs().max()
    assert any(abs(abs(one) / far - 1) < 0.01 for one in tonnes), "of each kind the case that moves most"
    turned = brief.judgements(moved.moved(india, beside), table, india, "repm")
    assert turned["The answer takes"].str[0].str.isupper().all(), "its own licences open the line"
    assert not turned.iloc[:, 2].isin(["0", "+0", "−0"]).any(), "what moves nothing is no ground of the answer"
    assert "Licences and what sectors need are weighed" in turned["The answer takes"].tolist()
    alone = brief.judgements(changed, beside.iloc[:0], india, "customs")
    assert not alone["The answer takes"].str.contains("Rare-earth").any()


@pytest.mark.parametrize(
    ("came", "day", "held", "instead"),
    [
        ({}, AS_OF, "The newest level is the start", "FY25 as recorded, as if nothing since were known"),
        ({}, "2025-06-30", "FY25 counts by its readings", "FY25 as recorded"),
        ({"FY26": 36_281}, AS_OF, "FY25 counts by its readings", "totals as recorded, FY25 among them"),
        ({"FY25": 33_000, "FY26": 20_000}, AS_OF, "Months are simulated", "growth from FY26 as recorded"),
        ({"FY26": 45_000}, AS_OF, "Months are simulated under each reading of FY25", "growth from FY26, FY25 left out"),
    ],
)
def test_what_the_answer_takes_is_not_what_stands_beside_it(india, came, day, held, instead):
    known = adding(india.on(day), **came)
    changed = moved.moved(known, table := forecast.expected(known, "customs", 5))
    rows = brief.judgements(changed, table.iloc[:0], known, "customs").set_index("The answer takes")["If instead"]
    assert rows[held] == instead


# What cells hand over.


def test_what_cells_hand_over_stands_in_its_slot_and_an_empty_slot_leaves_no_trace(india):
    table = Table(pd.DataFrame({"when": ["late", "soon"], "what": ["a", "b"]}), "Due, by day")
    said = sentence("Of {n} outturns one was held.", n=derived(2, "", "S02"))
    full = first_page(india, *everything(india), table, said, changed={"sentence": CHANGED, "figure": None},
                      tags={"table": "brief-calendar", "sentence": "brief-record"})  # fmt: skip
    order = [">What changed<", "rose by 400", ">What is due<", ">soon<", ">How good the forecast was<", "one was held"]
    assert sorted(order, key=full.index) == order and "What it means" not in full
    bare = first_page(india, *everything(india)[:1])
    for absent in (
        "What changed",
        "What it means",
        "rests on",
        "What is due",
        "How good",
        "<figure",
        'class="changed"',
    ):
        assert absent not in bare.partition("<main")[2], absent


def test_the_change_is_a_sentence_and_a_bar_right_below_the_answer(india):
    (bar,) = html.payloads(executed(everything(india)[3]), "figure")
    bar.pop("cell")
    source = first_page(india, *everything(india)[:1], changed={"sentence": CHANGED, "figure": bar})
    assert source.rindex('class="answer"') < source.index("rose by 400") < source.index("<figure>")
    assert source.index("<figure>") < source.index(">Chapters</h2>") and source.count("<figure>") == 1


def test_a_report_without_tags_still_has_an_answer_and_a_figure(india):
    shown = everything(india)
    done = [Chapter(name, End.OK, executed(*shown), 1.0) for name in ("1-trade", "4-forecast")]
    made = publish.brief(done)
    assert [one["name"] for one in made["front"]] == ["1-trade", "4-forecast"] and len(made["figures"]) == 1
    assert made["judgements"] == made["calendar"] == made["record"] == []


def test_a_real_brief_has_its_parts_and_is_short(index):
    seen = Page(index)
    assert len([one for one in seen.all("p") if one.get("class") == "answer"]) == 2
    assert len(re.findall(r"<strong>[\d,]+\N{NO-BREAK SPACE}t</strong>", index)) == 2 and index.count("<figure>") == 3
    rows = re.search(r'id="judgements".*?<tbody>(.*?)</tbody>', index, re.S)[1].count("<tr>")
    assert rows == brief.ROWS
    read = index.partition("<main")[2].partition("</main>")[0]
    for left in (r"<svg.*?</svg>", r'<p class="source">.*?</p>', r'<section class="controls".*?</section>',
                 r"<nav.*?</nav>", r"<sup.*?</sup>", r"<table.*?</table>", "<[^>]+>"):  # fmt: skip
        read = re.sub(left, " ", read, flags=re.S)
    assert len(read.split()) <= WORDS
    chapters = re.findall(r"<li><a [^>]*>[^<]*</a>(.*?)</li>", index.partition('"chapters">')[2].partition("</ul>")[0])
    assert len(chapters) == 6 and all(re.match(r": *\S", told) for told in chapters), "each has its line"


# Beside a figure.


def test_under_a_figure_stand_its_publishers_its_day_and_all_that_can_be_taken_of_it(india):
    shown = everything(india)[2]
    source = page(india, shown)
    note = re.search(r'<p class="source">(.*?)</p>', source, re.S)[1]
    assert re.search(r"Shading: .* Source: .*As of 22\N{NO-BREAK SPACE}November\N{NO-BREAK SPACE}2026\.", note)
    links = re.findall(r'<a href="([^"]*)"(?: download="([^"]*)")?', note.partition('class="take"')[2])
    assert [name.rpartition(".")[2] for _, name in links] == ["svg", "csv", ""]
    assert unquote(links[0][0].replace("&amp;", "&")).partition(",")[2] == shown.svg, "as it was drawn"
    assert links[2][0] == "#figure-c1" and 'id="figure-c1"' in source
    drawn = re.findall(r"<svg.*?</svg>", source, re.S)
    assert len(drawn) == 2 and not any("Source:" in one for one in drawn), "it is said once"


def test_the_last_line_is_taken_out_with_its_room_and_a_drawing_without_one_stays():
    text = '<svg viewBox="0 0 100 80"><g><g><text y="5" font-size="8px">2</text></g><g>{}</g></g></svg>'
    foot = '<text transform="translate(0 60)" font-size="10px">A band. Source: X.</text><text>As of 2026-01-02.</text>'
    assert drawing.last_line(text.format(foot)) == "A band. Source: X. As of 2 January 2026.".replace(
        "2 January 2026", "2\N{NO-BREAK SPACE}January\N{NO-BREAK SPACE}2026"
    )
    shown = drawing.drawing({"svg": text.format(foot), "alt": "x"}, "p")
    assert 'viewBox="0 0 100 48.00"' in shown and ">2</text>" in shown
    assert 'viewBox="0 0 100 80"' in drawing.drawing({"svg": text.format(""), "alt": "x"}, "p")
    assert drawing.last_line(text.format("")) == ""


def test_a_figure_of_the_brief_leads_to_itself_in_its_chapter(index, folder):
    for name, place in re.findall(r'href="([^"#]+)#(figure-[^"]+)"', index):
        assert f'<figure id="{place}">' in (folder / name).read_text(encoding="utf-8")
    assert index.count("#figure-") == 3


# Words.


def test_each_word_is_explained_where_it_first_stands_and_nowhere_else(india):
    said = sentence("A reading of {year} (HS 850511), another reading, <b>.", year="FY25")
    source = page(india, said, text="# What is a reading?\n\nIn FY24 `FY23` and [a reading](#x) of HS 850511.")
    main = source.partition("<main")[2].partition("</main>")[0]
    found = re.findall(r'<a class="term" href="glossary.html#([^"]*)" title="([^"]*)">([^<]*)</a>', main)
    told = [(place, text.replace("\N{NO-BREAK SPACE}", " ")) for place, _, text in found]
    assert [one for one in told if one[0] != "back-cast"] == [
        ("fy-fiscal-year", "FY26-H1"), ("hs-850511", "HS 850511"), ("reading", "reading"),
    ]  # fmt: skip
    assert "&lt;b&gt;" in main and "<code>FY23</code>" in main and all(len(title) > 30 for _, title, _ in found)


def test_the_glossary_explains_every_word_once_and_pages_lead_to_it(folder):
    text = (folder / "glossary.html").read_text(encoding="utf-8")
    seen = Page(text)
    assert [one["id"] for one in seen.all("dt")] == [one.id for one in glossary.terms()]
    assert len({one.id for one in glossary.terms()}) == len(glossary.terms()) == len(seen.all("dd"))
    assert not seen.all("script")
    for path in folder.glob("*.html"):
        links = re.findall(r'class="term" href="glossary.html#([^"]*)"', path.read_text(encoding="utf-8"))
        assert len(links) == len(set(links)) and set(links) <= {one["id"] for one in seen.all("dt")}
        assert 'href="glossary.html"' in path.read_text(encoding="utf-8")


def test_a_meaning_is_no_fact():
    facts = re.compile(r"\bFY\d\d|\b(?:19|20)\d\d\b")
    assert [one.term for one in glossary.terms() if facts.search(one.meaning + one.term)] == []


@pytest.mark.parametrize("word, wanted", [("FY27-H1", "fy-fiscal-year"), ("misreadings", ""), ("run-rates", "run-rate"),
                                          ("t of oxide", "tonne-of-oxide"), ("no-draws", "")])  # fmt: skip
def test_a_word_within_another_is_none(word, wanted):
    found = re.findall(r'href="glossary.html#([^"]*)"', glossary.explained(f'<main id="main"><p>{word}</p></main>'))
    assert found == ([wanted] if wanted else [])


def test_a_failed_chapter_links_to_no_glossary(india):
    shared = frame(india) | {"failure": True}
    failed = {"what": "it failed", "error": "", "cell": {}}
    made = html.chapter("1-trade", executed(sentence("In {y}.", y="FY25")), shared, failed)
    assert "glossary.html" not in made


def test_columns_of_texts_that_are_numbers_line_up_as_numbers(india):
    rows = pd.DataFrame({"what": ["a", "b"], "more, t": ["+1,200", "−30.5"], "note": ["5", "five"]})
    source = page(india, Table(rows, "Tonnes"))
    assert '<td class="number">+1,200</td>' in source and '<th scope="col" class="number">more, t</th>' in source
    assert '<td class="text">five</td>' in source


def test_targets_of_the_brief_have_names():
    assert set(brief.WHAT) == set(brief.OF) == set(brief.ROAD) == set(targets.TARGETS)
