"""The archive: what was known on a day, by which source, and nothing lost or rewritten."""

import gzip
import json
import shutil
from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest
from typer.testing import CliRunner

from conftest import FROZEN
from helpers import paths
from helpers.cli import app
from helpers.data import DataError, vintage
from helpers.data.archive import check, versions
from helpers.data.archive.store import Change, Shelf, checked
from helpers.data.history import history
from helpers.data.sources import protocol
from helpers.data.sources.protocol import Answer, Request, UnfitError

FIRST = datetime(2026, 11, 1, 10, tzinfo=UTC)
WEIGHT = "import/IND/world/850511/weight"
YEAR = tuple(f"2017-{month:02}" for month in range(1, 13))
ASKED = Request("months of 2017", path="/months", keys=("import/IND/*/850511/*",), periods=YEAR)
MONTHS = {"flow": "import", "reporter": "IND", "partner": "world", "hs": "850511", "measure": "weight"}


def figures(values, **more):
    shared = {"key": WEIGHT, "unit": "t"} | more
    return protocol.figures("trade", [shared | {"period": period, "value": value} for period, value in values.items()])


def took(folder, values, days=0.0, feed="comtrade", synthetic=False, request=ASKED, **more):
    """Keep an answer with some figures and take them, some days after the first."""
    at = FIRST + timedelta(days=days)
    shelf = Shelf(folder / feed, feed, synthetic)
    shelf.keep(Answer(request, json.dumps(values).encode(), fetched=at))
    found = {name: (answer.request, figures(values, **more)) for name, answer in shelf.pending()}
    return shelf.take(found, at)


@pytest.fixture
def tables(tmp_path):
    """A copy of the frozen tables, beside which an archive may stand."""
    folder = tmp_path / "data"
    shutil.copytree(FROZEN, folder)
    return folder


@pytest.fixture
def archive(tables):
    return tables / "archive"


def test_only_what_is_new_revised_or_withdrawn_becomes_a_version(archive):
    assert took(archive, {"2017-01": 1, "2017-02": 2, "2017-03": 3}) == Change(new=3)
    assert took(archive, {"2017-01": 1, "2017-02": 2.5, "2017-04": 4}, days=9) == Change(1, 1, 1, 1)
    assert took(archive, {"2017-01": 1, "2017-02": 2.5}, days=10) == Change(0, 0, 1, 2), "what is gone goes once"
    told = [(row[3], row[5], row[8]) for row in versions.history(versions.held(archive), "trade", ["850511"])]
    assert told == [
        ("2017-01", 1, "reported"), ("2017-02", 2, "reported"), ("2017-02", 2.5, "reported"),
        ("2017-03", 3, "reported"), ("2017-03", None, "missing"), ("2017-04", 4, "reported"),
        ("2017-04", None, "missing"),
    ]  # fmt: skip


def test_what_is_volatile_in_an_answer_makes_no_other_answer(archive):
    shelf = Shelf(archive / "comtrade", "comtrade", False)
    bodies = [b'{"elapsed": "0.21", "x": 1}', b'{"elapsed": "0.34", "x": 1}', b'{"elapsed": "0.34", "x": 2}']
    kept = [shelf.keep(Answer(ASKED, body, fetched=FIRST), rb'"elapsed": "[^"]*"') for body in bodies]
    assert kept == [True, False, True]


def test_a_figure_is_known_from_the_day_on_which_it_was_taken_and_not_before(tables, archive):
    took(archive, {"2017-01": 1, "2017-02": 2})
    took(archive, {"2017-01": 1, "2017-02": 2.5}, days=9)
    seen = {day: vintage(f"2026-11-{day:02}", tables).series("trade", **MONTHS) for day in (1, 9, 10)}
    assert [list(rows.loc[["2017-01", "2017-02"], "value"]) for rows in seen.values()] == [[1, 2], [1, 2], [1, 2.5]]
    assert set(seen[1].loc[["2017-01", "2017-02"], "source"]) == {"S250"}
    assert "2017-01" not in vintage("2026-10-31", tables).series("trade", **MONTHS).index
    late = vintage("2026-11-20", tables)
    assert all(late.on(f"2026-11-{day:02}").series("trade", **MONTHS).equals(rows) for day, rows in seen.items())
    assert all(late.on(day) == vintage(day, tables) for day in ("2026-10-31", "2026-11-01", "2026-11-10"))


def test_the_publishers_own_day_is_told_and_decides_nothing(tables, archive):
    took(archive, {"2017-01": 1}, published=date(2026, 2, 5))
    india = vintage("2026-11-22", tables)
    assert str(india.series("trade", **MONTHS).loc["2017-01", "published"].date()) == "2026-11-01"
    assert "2017-01" not in india.on("2026-10-31").series("trade", **MONTHS).index
    assert str(history("trade", "IND/world/2017-01", tables)["published"].item()) == "2026-02-05"


def test_of_several_versions_of_a_day_the_last_counts(tables, archive):
    for hours, key in enumerate([WEIGHT, WEIGHT, "import/IND/VNM/850511/weight", "import/IND/VNM/850511/weight"]):
        took(archive, {"2017-01": hours}, days=hours / 24, key=key, request=Request(f"{hours}", path=""))
    india = vintage("2026-11-01", tables)
    assert india.series("trade", **MONTHS).loc["2017-01", "value"] == 1
    assert india.detail("trade", **MONTHS | {"partner": "V*"}).set_index("period").loc["2017-01", "value"] == 3


def test_what_is_fetched_later_changes_nothing_of_an_earlier_day(tables, archive):
    took(archive, {"2017-01": 1, "2017-02": 2})
    before = vintage("2026-11-05", tables)
    took(archive, {"2017-01": 7, "2017-03": 3}, days=9)
    after = vintage("2026-11-05", tables)
    assert after == before and after.live.fingerprint == before.live.fingerprint
    assert after != vintage("2026-11-10", tables)


def test_the_day_is_that_in_india(tables, archive):
    took(archive, {"2017-01": 1}, days=0.4)  # 19:36 in London is one in the morning in Delhi
    assert "2017-01" not in vintage("2026-11-01", tables).series("trade", **MONTHS).index
    assert "2017-01" in vintage("2026-11-02", tables).series("trade", **MONTHS).index


def test_a_withdrawn_figure_is_gone_and_not_zero(tables, archive):
    took(archive, {"2017-01": 1, "2017-02": 2, "2017-03": 3})
    took(archive, {"2017-01": 1, "2017-02": 2}, days=9)
    assert "2017-03" in vintage("2026-11-05", tables).series("trade", **MONTHS).index
    india = vintage("2026-11-11", tables)
    assert "2017-03" not in india.series("trade", **MONTHS).index and india.figure("trade", "2017-03", **MONTHS) is None


def test_figures_of_other_periods_than_those_asked_for_are_not_withdrawn(archive):
    took(archive, {"2017-01": 1, "2017-02": 2})
    other = Request("months of 2018", path="/months", keys=ASKED.keys, periods=("2018-01",))
    assert took(archive, {"2018-01": 5}, days=1, request=other) == Change(new=1)


def test_a_source_that_trusts_its_own_figure_less_has_the_last_word_on_it(tables, archive):
    took(archive, {"2017-01": 1})
    took(archive, {"2017-01": 9}, days=2, status="estimate")
    row = vintage("2026-11-04", tables).series("trade", **MONTHS).loc["2017-01"]
    assert (row["value"], row["status"]) == (9, "estimate")


def test_curated_and_live_figures_are_chosen_by_the_same_rules_and_never_tie(tables, archive):
    published = vintage("2026-11-22", tables).series("trade", **MONTHS).loc["FY25"]
    took(archive, {"FY25": 50_000}, status="estimate")
    assert vintage("2026-11-22", tables).series("trade", **MONTHS).loc["FY25", "value"] == published["value"]
    took(archive, {"FY25": 53_800}, days=1)
    assert vintage("2026-11-22", tables).series("trade", **MONTHS).loc["FY25", "value"] == 53_800
    feeds = tables / "feeds.csv"
    feeds.write_text(feeds.read_text().replace("import/IND/world/8505????/", "import/IND/world/8505*/"))
    took(archive, {"FY25": 53_900}, days=1, feed="tradestat")
    india = vintage("2026-11-22", tables)
    assert india.series("trade", **MONTHS).loc["FY25", ["value", "source"]].tolist() == [53_800, "S250"]
    row = MONTHS | {"period": "FY25", "value": 53_700.0, "status": "reported", "source": "S66"}
    assert (
        india.adding("trade", row | {"published": "2026-11-02"}).series("trade", **MONTHS).loc["FY25", "value"]
        == 53_700
    )


def test_partners_and_lines_that_enter_no_table_are_there_as_detail(tables, archive):
    took(archive, {"2017-01": 4}, key="import/IND/VNM/850511/weight")
    took(archive, {"2017-01": 9}, days=1, key="import/IND/world/850511/weight", request=Request("world", path=""))
    india = vintage("2026-11-22", tables)
    rows = india.table("trade")
    assert not ((rows["partner"] == "VNM") & (rows["period"] == "2017-01")).any()
    detail = india.detail("trade", flow="import", reporter="IND", hs="8505*", measure="weight")
    january = detail[detail["period"] == "2017-01"].set_index("partner")
    assert january["value"].to_dict() == {"VNM": 4, "world": 9} and set(january["source"]) == {"S250"}
    assert list(detail.columns) == list(rows.columns)
    vietnam = {**MONTHS, "partner": "VNM"}
    assert set(india.series("trade", **vietnam).index) == {"2017-01", "2022", "2024"}
    assert india.live.detail("trade", "import/*/weight") == [], "an asterisk stands for one part of a key"
    thai = {**MONTHS, "hs": "850590", "partner": "THA"}
    took(archive, {"2017-02": 5}, days=2, key="/".join(thai.values()), request=Request("thai", path=""))
    more = vintage("2026-11-22", tables)
    assert more.figure("trade", "2017-02", **thai).value == 5 and more != india, "though the tables are the same"
    assert more.content()[1] == india.content()[1]
    head, *feeds = (tables / "feeds.csv").read_text().splitlines(keepends=True)
    (tables / "feeds.csv").write_text("".join([head, *reversed(feeds)]))
    assert vintage("2026-11-22", tables) != more, "others are believed first"


def test_sums_follow_from_months_and_name_their_source(tables, archive):
    took(archive, {f"2016-{month:02}": 100 for month in range(4, 13)} | {f"2017-{m:02}": 100 for m in (1, 2, 3)})
    row = vintage("2026-11-22", tables).series("trade", **MONTHS).loc["FY17"]
    assert (row["value"], row["status"], row["source"]) == (1200, "derived", "S250")


def test_months_of_both_lines_make_months_of_the_whole_until_it_is_there_itself(tables, archive):
    for line, tonnes, day in (("85051110", 700, 0), ("85051190", 300, 1)):
        key = f"import/IND/world/{line}/weight"
        took(archive, {"2017-01": tonnes}, days=day, feed="tradestat", key=key, request=Request(line, path=""))
    row = vintage("2026-11-22", tables).series("trade", **MONTHS).loc["2017-01"]
    assert (row["value"], row["status"], row["source"]) == (1000, "derived", "S251")
    took(archive, {"2017-01": 1001}, days=2)
    row = vintage("2026-11-22", tables).series("trade", **MONTHS).loc["2017-01"]
    assert (row["value"], row["status"], row["source"]) == (1001, "reported", "S250")


def test_a_part_of_a_made_up_archive_marks_every_vintage_that_holds_it(tables, archive):
    took(archive, {"2017-01": 1}, days=5, synthetic=True)
    assert vintage("2026-11-22", tables).synthetic and not vintage("2026-11-03", tables).synthetic
    took(archive, {"2017-01": 1}, feed="tradestat", key="import/IND/world/85051110/weight")
    for feed, synthetic, kind in (("comtrade", False, "synthetic"), ("tradestat", True, "real")):
        with pytest.raises(UnfitError, match=f"{feed} holds {kind} figures and takes no"):
            took(archive, {"2017-01": 1}, days=6, feed=feed, synthetic=synthetic)


def test_what_a_killed_run_left_is_taken_by_the_next_and_known_only_then(tables, archive):
    shelf = Shelf(archive / "comtrade", "comtrade", False)
    shelf.keep(Answer(ASKED, b"[1]", fetched=FIRST))
    (archive / "comtrade/answers/half.gz").write_bytes(b"")
    (archive / "comtrade/answers/half.json.tmp").write_bytes(b"{")
    (archive / "comtrade/checked.jsonl").write_text('{"question": "a", "at": "2026-11-01T10:00:00+00:00"}\n{"questi')
    again = Shelf(archive / "comtrade", "comtrade", False)
    ((name, answer),) = again.pending()
    assert answer == Answer(ASKED, b"[1]", fetched=FIRST)
    again.take({name: (answer.request, figures({"2017-01": 1}))}, FIRST + timedelta(days=4))
    assert not list(archive.glob("*/answers/half*")) and len(list(versions.repeats(archive / "comtrade"))) == 1
    assert "2017-01" not in vintage("2026-11-04", tables).series("trade", **MONTHS).index
    assert "2017-01" in vintage("2026-11-05", tables).series("trade", **MONTHS).index


def test_a_clock_that_was_set_back_makes_no_version_older_than_the_last(archive):
    took(archive, {"2017-01": 1}, days=9)
    took(archive, {"2017-01": 2}, days=2)
    assert [part.day.day for part in versions.parts(archive / "comtrade")] == [10, 10]
    assert [row[5] for row in versions.history(versions.held(archive), "trade", ["2017-01"])] == [1, 2]
    assert Shelf(archive / "comtrade", "comtrade", False).take({}, FIRST) == Change()


def test_figures_that_cannot_be_told_apart_are_refused():
    twice = pd.concat([figures({"2017-01": 1}), figures({"2017-01": 2})])
    for rows, said in ((twice, "has a figure twice"), (twice.drop(columns="note"), "columns")):
        with pytest.raises(UnfitError, match=said):
            checked(rows, FIRST.date())


def test_an_archive_that_is_whole_has_no_problem_and_each_damage_is_one(archive):
    took(archive, {"2017-01": 1})
    took(archive, {"2017-01": 2}, days=1)
    assert check.problems(archive) == []
    (answer, _), (part, _) = (sorted(archive.glob(pattern)) for pattern in ("*/answers/*.gz", "*/parts/*.parquet"))
    answer.write_bytes(gzip.compress(b"another"))
    part.write_bytes(part.read_bytes()[:-4] + b"abcd")
    found = check.problems(archive)
    assert len(found) == 2 and "is not the answer that came" in found[0] and "is not what was written" in found[1]
    answer.unlink()
    part.unlink()
    found = check.problems(archive)
    assert len(found) == 2 and "cannot be read" in found[0] and "No such file" not in found[0][:20]


def test_a_part_that_was_copied_is_told(archive):
    took(archive, {"2017-01": 1})
    for path in list((archive / "comtrade/parts").iterdir()):
        shutil.copy(path, path.with_name(f"copy-{path.name}"))
    (line,) = check.problems(archive)
    assert "has the figures of" in line and "delete the copy" in line
    shutil.copytree(archive / "comtrade", archive / "tradestat")
    assert sum("is of comtrade, and stands in another folder" in line for line in check.problems(archive)) == 2


def test_a_damaged_part_stops_a_vintage_and_says_what_to_do(tables, archive):
    took(archive, {"2017-01": 1})
    (part,) = archive.glob("*/parts/*.parquet")
    part.write_bytes(b"PAR1")
    with pytest.raises(DataError, match=r"cannot be read.*; see `magnets verify --archive`"):
        vintage("2026-11-22", tables)


def test_a_source_of_the_archive_that_is_no_feed_is_an_error(tables, archive):
    took(archive, {"2017-01": 1}, feed="elsewhere")
    with pytest.raises(DataError, match="figures of elsewhere"):
        vintage("2026-11-22", tables)


def test_deleting_the_folder_of_a_source_deletes_it(tables, archive):
    took(archive, {"2017-01": 1})
    took(archive, {"2017-01": 3}, feed="tradestat", key="import/IND/world/85051110/weight")
    shutil.rmtree(archive / "comtrade")
    india = vintage("2026-11-22", tables)
    assert "2017-01" not in india.series("trade", **MONTHS).index
    assert india.figure("trade", "2017-01", **{**MONTHS, "hs": "85051110"}).value == 3


def test_what_a_live_source_withdraws_is_withdrawn_from_the_tables_too_where_it_is_a_detail(tables, archive):
    for days, values in enumerate(({"2017-01": 4, "2017-02": 5}, {"2017-02": 5})):
        took(archive, values, days=days, key="import/IND/VNM/850511/weight")
    vietnam = MONTHS | {"partner": "VNM"}
    row = {"period": "2017-01", "value": 7.0, "status": "reported", "source": "S250", "published": "2026-10-01"}
    india = vintage("2026-11-22", tables).adding("trade", vietnam | row | {"note": "with S05"})
    assert india.on("2026-11-01").figure("trade", "2017-01", **vietnam).value == 4
    assert (
        india.figure("trade", "2017-01", **vietnam) is None and india.figure("trade", "2017-02", **vietnam).value == 5
    )


def test_history_tells_every_version_of_a_figure_who_said_it_and_when(tables, archive):
    took(archive, {"2017-01": 1})
    took(archive, {"2017-01": 2.5}, days=9)
    told = history("trade", "IND/850511/world/weight/2017-01", tables)
    assert list(told["value"]) == [1, 2.5] and set(told["by"]) == {"UN Comtrade"}
    assert [str(day) for day in told["known"]] == ["2026-11-01", "2026-11-10"]
    curated = history("trade", "IND/world/850511/weight/FY25", tables)
    assert curated["value"].tolist()[:2] == [53_700, 53_748] and "Reuters" in set(curated["by"])


@pytest.mark.parametrize(
    ("table", "figure", "said"), [("trde", "x", "has no table 'trde'"), ("trade", "x", "no figure")]
)
def test_history_says_what_it_cannot_find(tables, table, figure, said):
    with pytest.raises(DataError, match=said):
        history(table, figure, tables)


def test_the_command_prints_the_history(monkeypatch):
    monkeypatch.setattr(paths, "DATA", FROZEN)
    done = CliRunner().invoke(app, ["history", "trade", "IND/world/850511/weight/FY25"])
    assert done.exit_code == 0 and "53,748" in done.output and "Reuters" in done.output
    assert CliRunner().invoke(app, ["history", "trade", "nowhere"]).exit_code == 2


def test_another_place_of_the_archive_is_that_of_the_projects_own_tables_only(monkeypatch, tmp_path):
    monkeypatch.setenv("MAGNETS_ARCHIVE", str(tmp_path))
    assert paths.archive() == tmp_path == paths.archive(paths.DATA)
    assert paths.archive(FROZEN) == FROZEN / "archive"
