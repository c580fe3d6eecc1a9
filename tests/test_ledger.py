"""The ledger of published forecasts: it only grows, and a change of what was said is seen."""

import errno
import json
import shutil
import threading
import time
from datetime import timedelta

import jsonschema
import pandas as pd
import pytest
import yaml
from handmade import executed

from conftest import FETCHED, FROZEN, adding, done, write_notebook
from helpers.chapters.outputs import Download
from helpers.cli import app
from helpers.data import DataError, chain, rules, vintage
from helpers.outlook import headline, track
from helpers.report import exports, ledger, parameters, pipeline
from helpers.report.shelf import record
from helpers.report.shelf.inputs import sha256

pytestmark = pytest.mark.usefixtures("sparse")

LEDGER = "forecasts.csv"


@pytest.fixture
def folder(tmp_path):
    """The frozen tables, to append to."""
    shutil.copytree(FROZEN, tmp_path / "data", ignore=FETCHED)
    return tmp_path / "data"


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    """What was published here, each report once."""
    return tmp_path_factory.mktemp("published")


@pytest.fixture
def fit(monkeypatch):
    """A ledger whose new rows are known to be fit and are not checked again."""
    monkeypatch.setattr(ledger, "_unfit", lambda *_: "")


@pytest.fixture
def publish(tmp_path, shelf, notebooks, unasked, monkeypatch):
    """Publish a report as of today whose forecast has a median of so many tonnes; a folder with it."""
    write_notebook(notebooks / "1-small.ipynb", "1")
    monkeypatch.setattr("helpers.report.pipeline.wake", lambda: None)

    def made(median=30_000.0, **given):
        root, day = shelf / f"{parameters.today()} {median} {given}", parameters.today()
        if root.exists():
            return shutil.copytree(root / str(day), tmp_path / root.name / str(day))
        rows = [
            ("customs", "FY27", 1, level, "t", median * factor) for level, factor in ((0.1, 0.8), (0.5, 1), (0.9, 1.3))
        ]
        notebook = executed(Download("headline.csv", pd.DataFrame(rows, columns=headline.COLUMNS)))
        chapter = done()
        monkeypatch.setattr(
            "helpers.report.pipeline.run_chapter",
            lambda *_: type(chapter)(chapter.name, chapter.end, notebook, 0.1, html="<h1>small</h1>"),
        )
        assert pipeline.reports([parameters.Parameters(as_of=day, **given)], root)[0].end == 0
        return shutil.copytree(root / str(day), tmp_path / root.name / str(day))

    return made


def lines(folder):
    return (folder / LEDGER).read_text(encoding="utf-8").splitlines()


def test_a_report_is_appended_once_and_its_rows_are_seen_from_its_day_on(folder, publish):
    before, report = lines(folder), publish()
    assert "3 rows appended" in ledger.appended(report, folder)
    assert lines(folder)[: len(before)] == before and len(lines(folder)) == len(before) + 3
    assert chain.broken(folder) == []
    with pytest.raises(ledger.RefusedError, match="there already, as run"):
        ledger.appended(report, folder)
    ledger.appended(publish(31_000.0), folder)
    now = vintage(parameters.today(), folder).table("forecasts")
    assert len(now) == len(before) - 1 + 6 and len(set(now["run"].tail(6))) == 2
    assert set(vintage("2026-11-22", folder).table("forecasts")["run"]) == {"2026-11-22"}
    assert vintage("2026-11-21", folder).table("forecasts").empty
    assert len(ledger.listed(folder)) == len(set(now["run"]))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda known: known | {"synthetic": True}, "figures are made up"),
        (lambda known: known | {"end": "timeout"}, "ended as timeout"),
        (lambda known: known | {"made": "2099-01-01T00:00:00+00:00"}, "it is a back-cast"),
        (lambda known: known | {"made": "yesterday"}, "does not say when the report was made"),
        (lambda known: known | {"answer": "x", "record": "0" * 64}, "not as it was published"),
    ],
    ids=["synthetic", "failed", "late", "undated", "changed"],
)
def test_what_does_not_belong_in_the_ledger_is_refused(folder, publish, change, said):
    report, before = publish(), lines(folder)
    path = report / record.NAME
    known = change(json.loads(path.read_text(encoding="utf-8")))
    path.write_text(json.dumps(known) if known["answer"] == "x" else record.written(known), encoding="utf-8")
    with pytest.raises(ledger.RefusedError, match=said):
        ledger.appended(report, folder)
    assert lines(folder) == before


@pytest.mark.parametrize("late", [7, 8])
def test_a_forecast_made_within_a_week_of_its_own_day_is_taken_and_no_later_one(folder, publish, fit, late):
    report = publish()
    made = f"{parameters.today() + timedelta(days=late)}T06:00:00+00:00"
    known = json.loads((report / record.NAME).read_text(encoding="utf-8"))
    (report / record.NAME).write_text(record.written(known | {"made": made}), encoding="utf-8")
    if late <= 7:
        assert "3 rows appended" in ledger.appended(report, folder)
    else:
        with pytest.raises(ledger.RefusedError, match=f"made {late} days after its own day: it is a back-cast"):
            ledger.appended(report, folder)


@pytest.mark.parametrize(
    ("change", "said"),
    [(lambda text: text.replace("30000.0", "nan"), "a number is not in plain digits"),
     (lambda text: text.replace("30000.0", ""), r"headline.csv is not fit for it: nothing was appended"),
     (lambda text: text + text.splitlines()[-1] + "\n", "PrimaryKey"),
     (lambda text: text.replace(",t,", ",kg,"), "enum"),
     (lambda text: text.replace(",value", ""), "has not the columns"), (lambda text: "\udcff", "cannot be read")],
    ids=["nan", "nothing", "twice", "unit", "column", "bytes"],
)  # fmt: skip
def test_what_would_break_the_ledger_for_good_is_refused(folder, publish, change, said):
    report, before = publish(), lines(folder)
    path = report / "headline.csv"
    path.write_text(change(path.read_text()), errors="surrogateescape")
    known = json.loads((report / record.NAME).read_text(encoding="utf-8"))
    known["files"]["headline.csv"] = sha256(path)
    (report / record.NAME).write_text(record.written(known), encoding="utf-8")
    with pytest.raises(ledger.RefusedError, match=said):
        ledger.appended(report, folder)
    assert lines(folder) == before


@pytest.mark.parametrize("text", ["", "run\n", "\udcff", '"', "a,b\n"])
def test_a_ledger_that_cannot_be_read_is_a_data_error_with_a_remedy(folder, publish, text):
    report, path = publish(), folder / LEDGER
    path.write_text((path.read_text() if len(text) == 1 else "") + text, errors="surrogateescape")
    for ask in (lambda: ledger.appended(report, folder), lambda: ledger.listed(folder)):
        with pytest.raises(DataError, match=r"data/forecasts\.csv"):
            ask()


def test_a_page_that_was_changed_is_refused(folder, publish):
    report = publish()
    (report / "headline.csv").write_text("target\n", encoding="utf-8")
    with pytest.raises(ledger.RefusedError, match=r"headline.csv: changed since it was published"):
        ledger.appended(report, folder)


def test_a_parameter_moved_is_kept_apart_as_another_run_or_not_at_all_and_never_scored(folder, publish, fit):
    ledger.appended(publish(), folder)
    report, scored = publish(horizon=5), track.published(vintage(parameters.today(), folder))
    with pytest.raises(ledger.RefusedError, match="has horizon=5: say --apart"):
        ledger.appended(report, folder)
    ledger.appended(report, folder, apart=True)
    india = vintage(parameters.today(), folder)
    runs = india.table("forecasts").tail(6)
    assert runs["run"].nunique() == 2 and runs["given"].tolist() == [""] * 3 + ["horizon=5"] * 3
    assert len(track.published(india)) == len(scored)
    assert any("apart: horizon=5" in line for line in ledger.listed(folder))


def test_a_full_disk_leaves_the_ledger_as_it_was_and_says_which_file(folder, publish, fit, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    report, before = publish(), lines(folder)
    (folder / ".building-1").write_text("left by a kill")
    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space") as stopped:
        ledger.appended(report, folder)
    assert stopped.value.filename == str(folder / LEDGER)
    assert lines(folder) == before and not list(folder.glob(".building-*"))


def test_two_that_append_at_once_lose_nothing(folder, publish, monkeypatch):
    monkeypatch.setattr(ledger, "_unfit", lambda *_: time.sleep(0.2) or "")  # long enough for the other to read
    reports = [publish(30_000.0 + place) for place in range(2)]
    threads = [threading.Thread(target=ledger.appended, args=(report, folder)) for report in reports]
    before = len(lines(folder))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(lines(folder)) == before + 6 and chain.broken(folder) == []


@pytest.mark.parametrize(
    ("mend", "line"),
    [(lambda rows: [*rows[:6], rows[6].replace(",t,", ",t,1"), *rows[7:]], 7),
     (lambda rows: [*rows[:100], *rows[101:]], 92), (lambda rows: rows[:-1], 342),
     (lambda rows: [rows[0], *rows[91:]], 2), (lambda rows: [*rows[:5], rows[6], rows[5], *rows[7:]], 6)],
    ids=["changed", "removed", "removed at the end", "a run removed", "two exchanged"],
)  # fmt: skip
def test_a_row_that_was_changed_or_removed_is_named_with_what_to_do(folder, mend, line):
    (folder / LEDGER).write_text("\n".join([*mend(lines(folder)), ""]), encoding="utf-8")
    ((file, row, problem, remedy),) = chain.broken(folder)
    assert file == LEDGER and row.startswith(f"line {line}: ") and "was changed" in problem
    assert "git checkout data/forecasts.csv" in remedy


def test_validation_asks_the_ledger_too(folder):
    text = (folder / LEDGER).read_text(encoding="utf-8")
    (folder / LEDGER).write_text(text.replace(",26031.377,", ",26031.378,", 1), encoding="utf-8")
    (problem,) = rules.problems(folder).itertuples()
    assert problem.file == LEDGER and problem.rows.startswith("line 2: 2026-11-22, ")


def test_nothing_is_appended_to_a_ledger_that_is_not_whole(folder, publish):
    (folder / LEDGER).write_text("\n".join([*lines(folder)[:-1], ""]), encoding="utf-8")
    with pytest.raises(ledger.RefusedError, match="the chain does not hold"):
        ledger.appended(publish(), folder)


def test_the_chain_is_what_its_codebook_says():
    rows = [["r", "a"], ["r", "b"], ["s", "c"]]
    first, second, third = (row[-1] for row in chain.linked(rows))
    sha = __import__("hashlib").sha256
    assert first == sha(b"\n2\nr,a\n").hexdigest()
    assert second == sha(f"{first}\n2\nr,b\n".encode()).hexdigest()
    assert third == sha(f"{second}\n1\ns,c\n".encode()).hexdigest()
    assert chain.linked(rows[2:], second) == [["s", "c", third]], "what is appended goes on"


def test_the_verb_lists_and_refuses(capsys, publish, fit, folder, monkeypatch):
    monkeypatch.setattr("helpers.paths.DATA", folder)
    for words, end, said in (
        (["ledger", "list"], 0, "2026-11-22: made 2026-11-22, customs, FY26 to FY35, 90 rows"),
        (["ledger", "add", str(folder)], 2, "is no record of a report"),
        (["ledger", "add", str(publish())], 0, "rows appended to data/forecasts.csv"),
        (["ledger", "export"], 2, "say where to"),
        (["ledger", "export", "--boe", "/dev/null/x.csv"], 1, "/dev/null/x.csv cannot be written"),
    ):
        with pytest.raises(SystemExit) as ended:
            app(words)
        told = capsys.readouterr()
        assert (ended.value.code, said in told.out + told.err) == (end, True), told


QUANTILE = {
    "type": "object",
    "required": ["output_type_id", "is_required", "value"],
    "properties": {
        "output_type_id": {
            "required": ["required"],
            "properties": {
                "required": {"type": "array", "uniqueItems": True,
                             "items": {"type": "number", "minimum": 0, "maximum": 1}}
            },
            "additionalProperties": False,
        },
        "is_required": {"type": "boolean"},
        "value": {
            "required": ["type"],
            "properties": {"type": {"enum": ["double", "integer"]}, "minimum": {"type": "number"}},
            "additionalProperties": False,
        },
    },
    "additionalProperties": False,
}  # fmt: skip
TEXT, DAY = {"type": "string"}, {"type": "string", "format": "date"}
IDS = {"origin_date": DAY, "target": TEXT, "horizon": {"type": "integer"}, "location": TEXT, "target_end_date": DAY}
TASK = {
    "required": ["task_ids", "output_type", "target_metadata"],
    "additionalProperties": False,
    "properties": {
        "task_ids": {
            "required": list(IDS),
            "additionalProperties": False,
            "properties": {
                name: {
                    "required": ["required", "optional"],
                    "additionalProperties": False,
                    "properties": {
                        "required": {"type": "null"},
                        "optional": {"type": "array", "uniqueItems": True, "minItems": 1, "items": items},
                    },
                }
                for name, items in IDS.items()
            },
        },
        "output_type": {"properties": {"quantile": QUANTILE}, "additionalProperties": False, "minProperties": 1},
        "target_metadata": {
            "type": "array",
            "items": {
                "required": [
                    *("target_id", "target_name", "target_units", "target_type", "target_keys"),
                    *("is_step_ahead", "time_unit"),
                ],
                "properties": {
                    "target_id": {"type": "string", "maxLength": 30},
                    "target_name": {"type": "string", "maxLength": 100},
                    "target_units": {"type": "string", "maxLength": 100},
                    "target_keys": {"required": ["target"], "maxProperties": 1, "properties": {"target": TEXT}},
                    "description": TEXT,
                    "target_type": {"enum": ["continuous", "discrete", "date", "binary", "nominal", "ordinal"]},
                    "is_step_ahead": {"const": True},
                    "time_unit": {"enum": ["day", "week", "month"]},
                },
            },
        },
    },
}  # fmt: skip
DUE = {
    "required": ["relative_to", "start", "end"],
    "additionalProperties": False,
    "properties": {"relative_to": {"enum": list(IDS)}, "start": {"type": "integer"}, "end": {"type": "integer"}},
}
TASKS = {
    "required": ["rounds", "schema_version"],
    "additionalProperties": False,
    "properties": {
        "schema_version": {"pattern": r"/v\d+\.\d+\.\d+/tasks-schema\.json$"},
        "output_type_id_datatype": {"enum": ["auto", "character", "double", "integer", "logical", "Date"]},
        "derived_task_ids": {"type": "array", "uniqueItems": True, "items": {"enum": list(IDS)}},
        "rounds": {
            "type": "array",
            "items": {
                "required": ["round_id_from_variable", "round_id", "model_tasks", "submissions_due"],
                "properties": {"round_id_from_variable": {"const": True}, "round_id": {"enum": list(IDS)},
                               "model_tasks": {"type": "array", "items": TASK}, "submissions_due": DUE},
            },
        },
    },
}  # fmt: skip
"""What the schema of ``tasks.json`` (version 5.1.0) asks, as far as this hub uses it."""
ADMIN = {
    "required": ["schema_version", "name", "maintainer", "contact", "repository", "file_format", "timezone"],
    "additionalProperties": False,
    "properties": {"schema_version": {"pattern": r"/v\d+\.\d+\.\d+/admin-schema\.json$"}, "name": TEXT,
                   "maintainer": TEXT,
                   "contact": {"properties": {"name": TEXT, "email": {"type": "string", "format": "email"}}},
                   "repository": {"properties": {"host": {"const": "github"}, "owner": TEXT, "name": TEXT}},
                   "file_format": {"type": "array", "items": {"enum": ["csv", "parquet", "arrow"]}},
                   "timezone": {"const": "Asia/Kolkata"}},
}  # fmt: skip
"""The same of ``admin.json``."""


def test_the_hub_is_as_the_hubverse_documents_it(tmp_path):
    india = vintage("2026-11-26", FROZEN)
    said = exports.hubverse(india, tmp_path / "hub")
    assert "left out: 2026-11-25-r2, 2026-11-26" in said[1]
    config = {path.stem: json.loads(path.read_text()) for path in (tmp_path / "hub/hub-config").iterdir()}
    assert set(config) == {"admin", "tasks", "model-metadata-schema"}
    for name, schema in {"tasks": TASKS, "admin": ADMIN}.items():
        jsonschema.validate(config[name], schema, format_checker=jsonschema.FormatChecker())
    (metadata,) = (tmp_path / "hub/model-metadata").iterdir()
    described = yaml.safe_load(metadata.read_text())
    jsonschema.validate(described, config["model-metadata-schema"])
    assert metadata.stem == f"{described['team_abbr']}-{described['model_abbr']}"
    groups = [(round_, task) for round_ in config["tasks"]["rounds"] for task in round_["model_tasks"]]
    days = []
    for path in sorted((tmp_path / f"hub/model-output/{metadata.stem}").iterdir()):
        rows = pd.read_csv(path)
        assert list(rows.columns) == exports.MODEL_OUTPUT and path.stem == f"{rows['origin_date'][0]}-{metadata.stem}"
        days.append(rows["origin_date"][0])
        for (target, horizon, end), one in rows.groupby(["target", "horizon", "target_end_date"]):
            ids = {"origin_date": days[-1], "target": target, "horizon": horizon, "location": "IND",
                   "target_end_date": end}  # fmt: skip
            fits = [task for _, task in groups if all(v in task["task_ids"][k]["optional"] for k, v in ids.items())]
            assert len(fits) == 1, "each forecast is of one group of tasks"
            assert one["output_type_id"].tolist() == fits[0]["output_type"]["quantile"]["output_type_id"]["required"]
            assert one["value"].is_monotonic_increasing
            months = (pd.Period(end, "M") - pd.Period(days[-1], "M")).n
            assert horizon == months, "in the unit of the target, from the origin to the end of what is forecast"
    assert days == ["2026-11-22", "2026-11-25", "2026-11-26"], "one file a day and model"


def target_data(india, folder):
    exports.hubverse(india, folder)
    files = (folder / "target-data" / f"{name}.csv" for name in ("time-series", "oracle-output"))
    return [pd.read_csv(file, keep_default_na=False) for file in files]


def test_a_hub_has_outturns_of_what_it_forecasts_each_once(tmp_path):
    india = vintage("2026-11-26", FROZEN)
    series, oracle = target_data(india, tmp_path / "now")
    assert list(series.columns) == ["as_of", "target_end_date", "target", "location", "observation"]
    assert set(series["target"]) == {"customs"} and "2025-03-31" in set(series["target_end_date"])
    assert oracle.empty, "no year forecast is known yet"
    _, oracle = target_data(adding(india, FY26=36_000), tmp_path / "then")
    assert oracle.iloc[0].tolist() == ["2026-03-31", "customs", "IND", "quantile", "NA", 36_000] and len(oracle) == 1
    made = india.stored["forecasts"]
    worth = made.having([tuple("value" if cell == "customs" else cell for cell in row) for row in made.rows])
    series, _ = target_data(india.having({"forecasts": worth}, india.live), tmp_path / "worth")
    assert set(series["target"]) == {"value"}
    assert not series.duplicated(["as_of", "target_end_date"]).any(), "of two releases of a day the last"


def test_a_hub_of_nothing_published_is_not_written(tmp_path):
    assert "nothing was published" in exports.hubverse(vintage("2026-11-21", FROZEN), tmp_path / "hub")[0]
    assert not (tmp_path / "hub").exists()


@pytest.mark.parametrize("day", ["2024-01-31", "2026-11-26"])
def test_a_hub_of_forecasts_without_any_outturn_has_none(tmp_path, monkeypatch, day):
    columns = track.outturns(vintage(day, FROZEN)).iloc[:0]
    monkeypatch.setattr(track, "outturns", lambda _: columns)
    assert "0 outturns" in exports.hubverse(vintage("2026-12-31", FROZEN), tmp_path / "hub")[0]
    assert (tmp_path / "hub/target-data/time-series.csv").read_text().count("\n") == 1


def test_the_bank_gets_months_and_is_told_that_years_are_left_out(tmp_path, india):
    said = exports.boe(india, tmp_path / "boe.csv")
    assert "left out: 90 rows of the ledger, as fiscal years are neither quarters nor months" in said
    assert "outturns of months" in said[-1], "without them the package reads no forecast"
    rows = pd.read_csv(tmp_path / "boe.csv")
    assert list(rows.columns) == exports.BANK and set(rows["frequency"]) == {"M"}
    assert rows["date"].min() == "2025-10-31", "the month after the last sum known"
    ahead = rows.groupby("date")["forecast_horizon"].agg(["min", "max"])
    assert ahead["min"].tolist() == ahead["max"].tolist() == list(range(exports.AHEAD))
    assert rows.groupby("date")["value"].apply(lambda values: values.is_monotonic_increasing).all()
