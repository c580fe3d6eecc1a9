"""What moved the forecast between two reports: kept tables, the verb, and what a report says of the one before."""

import csv
import io
import json
import re
import zipfile
from datetime import date
from functools import cache
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from test_revision import standin
from typer.testing import CliRunner

from conftest import AS_OF, FROZEN, adding
from helpers import cli
from helpers.chapters import revision as words
from helpers.chapters.outputs import MIME
from helpers.data import DataError, kept, vintage
from helpers.outlook import headline, revision
from helpers.report import changed
from helpers.report.job import Chapter, End, Job
from helpers.report.parameters import Parameters, shown
from helpers.report.shelf import archive, record
from helpers.report.shelf.inputs import sha256

EARLIER = "2026-10-31"
HASH = "0" * 64


frozen = cache(lambda day: vintage(day, FROZEN))
packed = cache(lambda: kept.packed(FROZEN))


@pytest.fixture
def quick(monkeypatch):
    """Forecasts that take no time, of the frozen tables."""
    monkeypatch.setattr(revision, "_forecast", standin)
    monkeypatch.setattr(revision, "_used", lambda *_: frozenset())
    monkeypatch.setattr("helpers.data.vintage", lambda day, *_: frozen(str(day)))
    monkeypatch.setattr("helpers.data.kept.vintage", lambda day, *_: frozen(str(day)))


@pytest.fixture
def root(tmp_path, quick, india):
    """A folder with two reports; between them nothing but days has passed."""
    for day in (EARLIER, AS_OF):
        report(tmp_path, day, india.on(day))
    return tmp_path


def report(root, day, india, folder="", add=0.0, more=(), **asked):
    """A report as far as it is compared: its record, its tables, what it published."""
    more = dict(more)
    parameters = shown(Parameters(as_of=day, **asked))
    known = {"folder": folder or day, "answer": "", "command": "", "end": "ok", "parameters": parameters, "given": {},
             "inputs": HASH, "data": {}, "lock": {}, "code": {"notebooks": {}, "helpers": {}}, "chapters": {},
             "files": {}, "made": f"{day}T06:00:00+00:00"}  # fmt: skip
    place = root / (folder or day)
    place.mkdir()
    (place / kept.NAME).write_bytes(packed())
    told(india, add, **asked).to_csv(place / "headline.csv", index=False)
    known["files"] = {path.name: sha256(path) for path in place.iterdir()}
    (place / record.NAME).write_text(record.written(known | more), encoding="utf-8")
    return place


def told(india, add=0.0, target="customs", horizon=10, **_):
    known = standin(india, target, target, horizon).items()
    rows = [(target, period, 1, quantile, "t", float(f"{value + add:.10g}")) for (period, quantile), value in known]
    return pd.DataFrame(rows, columns=headline.COLUMNS)


def said(root, folder, india, add=0.0, **asked):
    """What a report says of the one before."""
    cell = nbformat.v4.new_code_cell("1")
    file = {"kind": "file", "name": "headline.csv", "text": told(india, add, **asked).to_csv(index=False)}
    cell.outputs = [nbformat.v4.new_output("display_data", {MIME: file})]
    chapter = Chapter("4-forecast", End.OK, nbformat.v4.new_notebook(cells=[cell]), 0.1)
    parameters = Parameters(as_of=AS_OF, **asked)
    before = archive.before(archive.records(root), folder, shown(parameters), india.synthetic)
    return changed.changed(root, before, Job(parameters, {}, HASH), india, [chapter])


def magnets(root, *args):
    return CliRunner().invoke(cli.app, ["diff", *args, "--output", str(root)])


def test_tables_are_knownin_the_same_bytes_and_read_again_as_the_vintage_they_were(tmp_path):
    path = tmp_path / kept.NAME
    path.write_bytes(kept.packed(FROZEN))
    assert path.read_bytes() == kept.packed(FROZEN)
    assert kept.unpacked(path, EARLIER, FROZEN) == vintage(EARLIER, FROZEN)
    assert {Path(name).suffix for name in zipfile.ZipFile(path).namelist()} == {".csv", ".json"}, "no live source"


def test_a_column_that_is_new_since_is_empty_and_a_key_that_is_new_is_refused(tmp_path):
    path = without(tmp_path / "a.zip", "prices", "note")
    then, now = (of.stored["prices"] for of in (kept.unpacked(path, AS_OF, FROZEN), frozen(AS_OF)))
    assert set(then.column("note")) == {""} and then.columns == now.columns
    assert repr(then.column("value")) == repr(now.column("value"))
    with pytest.raises(DataError, match=r"data/prices\.csv names its figures by .*basis"):
        kept.unpacked(without(tmp_path / "b.zip", "prices", "basis"), AS_OF, FROZEN)
    (tmp_path / "c.zip").write_bytes(b"PK")
    with pytest.raises(DataError, match=r"c\.zip cannot be read .*copy it anew"):
        kept.unpacked(tmp_path / "c.zip", AS_OF, FROZEN)


def without(path, table, column):
    """The kept tables as they were before a column came."""
    package = json.loads((FROZEN / "datapackage.json").read_text())
    fields = next(one["schema"]["fields"] for one in package["resources"] if one["name"] == table)
    place = [field["name"] for field in fields].index(column)
    fields.pop(place)
    with (FROZEN / f"{table}.csv").open(newline="") as file:
        lines = [[*line[:place], *line[place + 1 :]] for line in csv.reader(file)]
    text = io.StringIO()
    csv.writer(text).writerows(lines)
    with zipfile.ZipFile(path, "w") as made:
        for old in FROZEN.iterdir():
            made.writestr(old.name, old.read_bytes()) if old.stem not in (table, "datapackage") else None
        made.writestr("datapackage.json", json.dumps(package))
        made.writestr(f"{table}.csv", text.getvalue())
    return path


@pytest.mark.parametrize("damage", ["large", "flipped", "encrypted", "package", "elsewhere"])
def test_kept_tables_that_are_damaged_or_hostile_are_a_data_error(tmp_path, damage):
    path, whole = tmp_path / kept.NAME, bytearray(packed())
    if damage == "flipped":
        whole[3000:3010] = bytes(255 - byte for byte in whole[3000:3010])
    elif damage == "encrypted":
        for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            for found in re.finditer(re.escape(mark), bytes(whole)):
                whole[found.start() + place] |= 1
    path.write_bytes(whole)
    if damage in ("large", "package", "elsewhere"):
        named = {"path": 5 if damage == "package" else "../../etc/passwd", "name": "trade", "schema": {"fields": []}}
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
            made.writestr("datapackage.json", json.dumps({"resources": [named]}))
            made.writestr("trade.csv", b"\n" * 2**26 if damage == "large" else "x")
    with pytest.raises(DataError, match="too large to be tables" if damage == "large" else "cannot be read"):
        kept.unpacked(path, AS_OF, FROZEN)


def test_judgements_written_later_give_way_to_an_earlier_word_and_stay_where_there_is_none(india):
    table = india.stored["assumptions"]
    at = {name: table.columns.index(name) for name in ("written", "value", "published")}
    row = next(row for row in table.rows if row[at["written"]] and row[at["value"]] == row[at["value"]])
    late = tuple(date(2026, 11, 21) if place == at["written"] else cell for place, cell in enumerate(row))
    first = {at["written"]: None, at["published"]: date(2025, 1, 1)}
    early = tuple(first.get(place, cell) for place, cell in enumerate(row))
    both = india.having({"assumptions": table.having([*(one for one in table.rows if one is not row), late])}, None)
    assert late in kept.unlearnt(both, date(2026, 11, 1)).stored["assumptions"].rows
    both = india.having({"assumptions": table.having([early, late])}, None)
    assert kept.unlearnt(both, date(2026, 11, 1)).stored["assumptions"].rows == (early,)
    assert kept.unlearnt(both, date(2026, 11, 21)).stored["assumptions"].rows == (early, late)


def test_the_verb_says_what_moved_and_writes_all_of_it(root, tmp_path):
    done = magnets(root, EARLIER, AS_OF, "--csv", str(tmp_path / "moved.csv"))
    assert done.exit_code == 0 and "Since the report of 31 October 2026, the forecast of magnets" in done.stdout
    assert "lower end of 80 %, t" in done.stdout and "together" in done.stdout
    head = (tmp_path / "moved.csv").read_text().splitlines()[0]
    assert head == ",".join(revision.COLUMNS)
    assert magnets(root, AS_OF, AS_OF).stdout.startswith("Since the report of 22 November 2026, the forecast of")
    assert "has stayed at" in magnets(root, AS_OF, AS_OF).stdout


def test_a_day_without_a_report_is_what_was_public_on_it(root):
    done = magnets(root, "2026-01-31", AS_OF, "--period", "FY28")
    assert done.exit_code == 0 and "for FY28" in done.stdout and "No report of 2026-01-31" in done.stdout


@pytest.mark.parametrize(
    ("args", "code", "text"),
    [
        (["reports/none", AS_OF], 2, "reports/none is no folder of a report, and no day: "),
        ([EARLIER, AS_OF, "--target", "steel"], 2, "choose one of customs, repm, value"),
        ([EARLIER, AS_OF, "--period", "FY99"], 2, "both have FY27, FY28"),
        (["2025-06-30", AS_OF, "--target", "repm"], 2, "no year of repm in common: choose --target customs\n"),
        (["2015-06-30", "2016-06-30"], 2, "no year of customs in common: choose later days"),
        (["2025-07-31", "2025-06-30", "--period", "FY36"], 2, "both have FY26, FY27, FY28"),
        ([EARLIER, AS_OF, "--csv", "/dev/null/moved.csv"], 1, "/dev/null/moved.csv cannot be written"),
        (["empty", AS_OF], 2, "empty/run.json is no record of a report: no such file or directory; name a folder"),
        (["untold", AS_OF], 2, "untold has none of headline.csv, forecast.csv: make the report anew"),
        (["broken", AS_OF], 2, "broken/headline.csv cannot be read"),
        (["made", AS_OF], 2, "cannot be compared (Invalid isoformat string: 'yesterday'): name other reports or days"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_a_remedy_before_anything_is_forecast(
    root, india, args, code, text, monkeypatch
):
    if code == 2:
        monkeypatch.setattr(revision, "_forecast", None)
    (root / "empty").mkdir()
    (report(root, EARLIER, india, "untold") / "headline.csv").unlink()
    (report(root, EARLIER, india, "broken") / "headline.csv").write_text("a,b\n1,2\n")
    report(root, EARLIER, india, "made", more={"made": "yesterday"})
    done = magnets(root, *args)
    assert done.exit_code == code and text in done.stderr, done.stderr


def test_a_report_without_tables_falls_back_on_todays_and_says_so(root, india):
    (root / EARLIER / kept.NAME).unlink()
    (root / AS_OF / kept.NAME).write_bytes(b"PK")
    said = " ".join(magnets(root, EARLIER, AS_OF).stdout.split())
    assert f"{EARLIER} keeps no tables: today's as of {EARLIER} stand in" in said
    assert f"Today's tables as of {AS_OF} stand in for those of {AS_OF}" in said


def test_tables_that_todays_code_cannot_reckon_with_give_way_to_todays(root, india, monkeypatch):
    def picky(of, *rest):
        if of.day == date.fromisoformat(EARLIER) and "trade" in torn(of):
            raise ValueError("no such row")
        return standin(of, *rest)

    def torn(of):
        return {name for name, table in of.stored.items() if table.rows != frozen(str(of.day)).stored[name].rows}

    monkeypatch.setattr(revision, "_forecast", picky)
    real = kept.unpacked
    monkeypatch.setattr(kept, "unpacked", lambda *a: adding(real(*a), FY26=1.0))
    text = magnets(root, EARLIER, AS_OF).stdout
    assert "Today's code cannot reckon with all tables that are kept (ValueError: no such row)" in text


def test_what_live_sources_had_said_and_is_not_here_counts_as_model(root, monkeypatch):
    monkeypatch.setattr("helpers.report.shelf.inputs.archived", lambda day: {"a/parts/b.parquet": HASH})
    assert "is not here as it was for" in magnets(root, EARLIER, AS_OF).stdout


def test_what_is_not_as_its_record_says_is_told_and_its_tables_are_not_believed(root, india, monkeypatch):
    (root / EARLIER / kept.NAME).write_bytes(packed() + b"x")
    with (root / AS_OF / "headline.csv").open("a") as file:
        file.write("\n")
    report(root, AS_OF, india, f"{AS_OF}-r2", more={"synthetic": True})
    monkeypatch.setattr(kept, "unpacked", lambda path, day: frozen(day) if EARLIER not in str(path) else pytest.fail())
    assert f"data.zip of {EARLIER} is not as it was published" in magnets(root, EARLIER, AS_OF).stdout
    text = magnets(root, AS_OF, f"{AS_OF}-r2").stdout
    assert f"headline.csv of {AS_OF} is not as it was published" in text
    assert f"{AS_OF}-r2 is synthetic: its figures are made up." in text
    assert said(root, f"{AS_OF}-r3", india)["previous"] == AS_OF, "what is made up is not what came before"


def test_the_first_report_says_so_and_one_without_a_forecast_nothing(tmp_path, india):
    assert said(tmp_path, AS_OF, india)["sentence"]["text"] == words.FIRST.text
    assert changed.changed(tmp_path, None, Job(Parameters(as_of=AS_OF), {}, HASH), india, []) is None


def test_a_forecast_that_has_not_moved_is_not_reckoned_again(root, india, monkeypatch):
    monkeypatch.setattr(revision, "between", lambda *_: pytest.fail("it was"))
    found = said(root, f"{AS_OF}-r2", india)
    assert "has stayed at" in found["sentence"]["text"] and found["previous"] == AS_OF and found["figure"] is None
    known = pd.read_csv(root / AS_OF / "headline.csv")
    pd.concat([known, known.assign(target="repm")]).to_csv(root / AS_OF / "headline.csv", index=False)
    text = said(root, f"{AS_OF}-r2", india)["sentence"]["text"]
    assert text.endswith("No forecast is made of rare-earth magnets any more."), "the other is told too"


@pytest.mark.parametrize(
    ("case", "text"),
    [("figure", "from the new figure of magnets under HS 850511 into India for FY26"), ("model", "for the model alone"),
     ("parameters", "for its parameters alone: another horizon")],
)  # fmt: skip
def test_a_report_says_what_moved_the_forecast(root, india, undrawn, case, text):
    now = adding(india, FY26=36000) if case == "figure" else india
    asked = {"horizon": 5} if case == "parameters" else {}
    found = said(root, f"{AS_OF}-r2", now, 900.0 if case == "model" else 0.0, **asked)
    if case == "parameters":  # a horizon moves the stand-in by a few tonnes only
        assert "has stayed at" in found["sentence"]["text"]
        ends, table = revision.between(revision.State(india), revision.State(india, horizon=900), ["customs"])[1::-1]
        found = {"sentence": {"text": words.since(ends, "FY27", EARLIER, table).text}}
    else:
        assert found["figure"]["title"].startswith("The median for FY27 has moved by +") and found["table"]["caption"]
        assert found["previous"] == AS_OF
    assert text in found["sentence"]["text"] and "nan" not in found["sentence"]["text"]


def test_a_forecast_from_an_assumed_level_says_so(root, india):
    report(root, AS_OF, india, f"{AS_OF}-r2", baseline_t=33000.0)
    assert "t (assumed)" in said(root, f"{AS_OF}-r3", india, baseline_t=33000.0)["sentence"]["text"]


def test_the_report_before_is_the_newest_with_the_same_parameters(root, india):
    report(root, AS_OF, india, f"{AS_OF}-r2", horizon=5)
    assert said(root, f"{AS_OF}-r3", india)["previous"] == AS_OF
    assert said(root, f"{AS_OF}-r3", india, horizon=5)["previous"] == f"{AS_OF}-r2"
    assert said(root, f"{AS_OF}-r3", india, horizon=3)["previous"] == f"{AS_OF}-r2"
    assert said(root, AS_OF, india)["previous"] == EARLIER


def test_what_cannot_be_compared_costs_no_report(root, india):
    (root / AS_OF / "headline.csv").unlink()
    assert "cannot be told here: DiffError" in said(root, f"{AS_OF}-r2", india)["sentence"]["text"]
    told(india).assign(period="FY50").to_csv(root / AS_OF / "headline.csv", index=False)
    assert "has no forecast of magnets" in said(root, f"{AS_OF}-r2", india)["sentence"]["text"]
