"""The list of reports, as a page and as a feed: whole, small, stable, and true of what lies there."""

import re
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from conftest import Page
from helpers.report.page import html
from helpers.report.shelf import archive, record

ATOM = "{http://www.w3.org/2005/Atom}"
HASH = "0" * 64
ANSWER = "India is expected to import 34,300 t of magnets in FY27 (80 % interval 25,100 to 46,600). More follows."
CHANGED = "The middle of FY27 fell by 1,200 t since 2026-10-22: 900 t of it new figures."


def put(root, folder, day="", given=(), **fields):
    """A report of which only the record is there."""
    day = day or folder[:10]
    asked = {"as_of": day} | dict(given)
    known = {
        "folder": folder, "answer": ANSWER, "command": "magnets report", "end": "ok", "given": asked,
        "parameters": {"as_of": day, "horizon": 10, "scenario": "run-rate"} | asked, "inputs": HASH,
        "made": f"{day}T06:00:00+00:00", "data": {}, "lock": {}, "code": {"notebooks": {}, "helpers": {}},
        "chapters": {}, "files": {},
    }  # fmt: skip
    (root / folder).mkdir()
    (root / folder / record.NAME).write_text(record.written(known | fields), encoding="utf-8")
    return archive.write(root)


@pytest.fixture
def root(tmp_path):
    put(tmp_path, "2026-10-22")
    put(tmp_path, "2026-11-22", changed=CHANGED)
    put(tmp_path, "2026-11-22-r2", given={"horizon": 5}, made="2026-11-22T07:00:00+05:30")
    return tmp_path


@pytest.fixture(scope="module")
def atom():
    etree = pytest.importorskip("lxml.etree")
    return etree.RelaxNG(etree.parse(Path(__file__).with_name("atom.rng")))


def read(atom, root):
    """The feed, which its schema allows, and what is said of each entry."""
    from lxml import etree

    document = etree.parse(root / archive.FEED)
    atom.assertValid(document)
    entries = document.getroot().findall(f"{ATOM}entry")
    return document.getroot(), [{one.tag.removeprefix(ATOM): one.get("href") or one.text for one in entry}
                                for entry in entries]  # fmt: skip


def test_the_feed_is_valid_atom_with_an_entry_a_report_what_was_made_last_first(atom, root):
    top, entries = read(atom, root)
    assert [one["link"] for one in entries] == [f"2026-{n}/index.html" for n in ("11-22", "11-22-r2", "10-22")]
    assert entries[0]["title"] == f"2026-11-22: {ANSWER.removesuffix(' More follows.')}"
    assert entries[1]["title"].startswith("2026-11-22-r2 · horizon = 5: ")
    assert entries[0]["summary"] == f"{ANSWER}\n\n{CHANGED}" and entries[2]["summary"] == ANSWER
    moments = [datetime.fromisoformat(one["updated"]) for one in entries]
    assert moments == sorted(moments, reverse=True)
    assert top.findtext(f"{ATOM}updated") == entries[0]["updated"] == "2026-11-22T06:00:00+00:00"
    links = {link.get("rel"): link.get("href") for link in top.findall(f"{ATOM}link")}
    assert links == {"self": "feed.xml", "alternate": "index.html"}


def test_an_id_names_no_machine_and_stays_while_only_new_reports_add_entries(atom, root):
    def ids():
        top, entries = read(atom, root)
        return [top.findtext(f"{ATOM}id"), *(one["id"] for one in entries)]

    before = ids()
    assert len(set(before)) == 4
    assert all(re.fullmatch(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", one)
               for one in before)  # fmt: skip
    archive.write(root)
    assert ids() == before
    put(root, "2026-12-22")
    after = ids()
    assert len(after) == 5 and [one for one in after if one in before] == before, "the others are as they were"
    assert after[1] not in before


@pytest.mark.parametrize("made", [None, "yesterday", "2026-11-22", "0001-01-01T00:00:00+14:00", 3])
def test_a_record_that_does_not_say_when_it_was_made_has_the_moment_of_its_day(atom, tmp_path, made):
    put(tmp_path, "2026-11-22", made=made, answer="A\x0b & <b>" if made is None else ANSWER)
    _, (entry,) = read(atom, tmp_path)
    assert entry["updated"] == "2026-11-22T00:00:00+00:00" and ("& <b>" in entry["summary"]) == (made is None)


def test_no_report_at_all_is_a_feed_and_a_page_too(atom, tmp_path):
    archive.write(tmp_path)
    assert read(atom, tmp_path)[1] == [] and "None yet" in Page(tmp_path / "index.html").text


def test_synthetic_reports_are_marked_and_are_another_feed(atom, root, tmp_path_factory):
    other = tmp_path_factory.mktemp("made-up")
    put(other, "2026-11-22", synthetic=True, answer=f"SYNTHETIC: {ANSWER}")
    (top, (entry,)), (real, _) = read(atom, other), read(atom, root)
    assert top.findtext(f"{ATOM}title").startswith("SYNTHETIC: ") and "SYNTHETIC: " in entry["title"]
    assert top.findtext(f"{ATOM}id") != real.findtext(f"{ATOM}id")


def test_the_page_offers_the_feed_and_groups_reports_by_month_with_what_changed_and_how_to_compare(root):
    page = Page(root / "index.html")
    assert page.all("link") == [
        {"rel": "alternate", "type": "application/atom+xml", "title": "Reports", "href": "feed.xml"}
    ]
    november, october = (part for part in page.source.split('<section class="month">')[1:])
    assert "<h2>November 2026</h2>" in november and "<h2>October 2026</h2>" in october
    assert november.index("2026-11-22-r2/") < november.index("2026-11-22/") and CHANGED in november
    assert "More follows" not in page.text, "the answer is short"
    assert re.findall(r"magnets diff [^<]*", page.source) == ["magnets diff reports/2026-10-22 reports/2026-11-22"]
    assert page.source.count('id="day-2026-11-22"') == 1


def test_the_list_is_narrowed_down_by_parameters_the_commonest_first(root):
    page = Page(root / "index.html")
    assert re.findall(r"</?label>|> (\w[^<]*)</label>", page.source)[1::2] == [
        "all 3", "as by default (2)", "horizon = 5 (1)"
    ]  # fmt: skip
    assert re.findall(r'<li[^>]*class="([^"]*)"', page.source) == ["p2", "p1", "p1"]
    assert re.findall(r"<code>(?!magnets)(.*?)</code>", page.source) == ["horizon = 5"], "a default is no setting"


def test_as_many_settings_as_the_style_knows_are_offered_and_one_alone_is_not(tmp_path):
    put(tmp_path, "2026-11-22")
    assert "fieldset" not in Page(tmp_path / "index.html").source.partition("<main")[2]
    for n in range(2, 13):
        put(tmp_path, f"2026-11-22-r{n}", given={"horizon": n})
    page = Page(tmp_path / "index.html")
    ids = [one["id"] for one in page.all("input")]
    assert ids == [f"p{n}" for n in range(archive.FILTERS + 1)] and "The rest" in page.text
    style = html.rendered("archive", archive.frame([]))
    assert all(f"#{one}:checked" in style for one in ids[1:]) and f"#p{archive.FILTERS + 1}:" not in style


@pytest.mark.parametrize("name", [archive.FEED, "index.html"])
def test_a_list_that_lacks_a_report_is_not_current(root, name):
    assert archive.is_current(root)
    (root / name).unlink()
    assert not archive.is_current(root)
    archive.write(root)
    text = (root / name).read_text(encoding="utf-8")
    (root / name).write_text(text.replace("2026-10-22/index.html", "2026-10-21/index.html"), encoding="utf-8")
    assert not archive.is_current(root)


def test_half_a_character_in_a_record_or_a_name_keeps_no_other_report_from_being_listed(root):
    for folder in ("2026-11-23", "2026-11-23-r2"):
        put(root, folder)
    path = root / "2026-11-23" / record.NAME
    path.write_text(path.read_text(encoding="utf-8").replace('"magnets report"', r'"\ud800"'), encoding="utf-8")
    (root / "2026-11-23-r2").rename(root / "\udcff")
    with pytest.warns(UserWarning, match="left out of the archive") as warned:
        archive.write(root)
    assert len(warned) == 2 and len(Page(root / "index.html").all("li")) == 3


def test_a_list_that_is_no_text_or_has_names_that_are_quoted_is_written_anew_once(root):
    (root / "index.html").write_bytes(b"\xff")
    assert not archive.is_current(root)
    put(root, "a & b?#%20", "2026-11-23")
    assert archive.is_current(root)


def test_four_hundred_reports_are_less_than_300_kb(tmp_path):
    every = []
    for n in range(400):
        day = str(date(2026, 11, 22) - timedelta(days=3 * n))
        asked = {"as_of": day} | ({"horizon": 5} if n % 9 == 4 else {})
        answer = f"{ANSWER[:-14]} {'and more of it ' * 7}. {ANSWER}"
        every.append({"folder": day, "given": asked, "parameters": asked | {"target": "customs"}, "answer": answer,
                      "changed": CHANGED * 2})  # fmt: skip
    text = html.plain("archive", archive.frame(every))
    assert 100_000 < len(text.encode()) < 300_000 and text.count("<li ") == 400
    assert text.count("magnets diff") == 398
