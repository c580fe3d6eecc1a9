"""Reports by the clock: what is due when, done once whatever happens, told once, kept as long as promised."""

import email
import email.policy
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import check_jsonschema
import jsonschema
import pytest
import yaml
from cronsim import CronSim
from filelock import FileLock
from typer.testing import CliRunner
from werkzeug import Response

from conftest import Page, write_notebook
from conftest import done as done_chapter
from helpers import paths
from helpers.cli import app
from helpers.report import parameters
from helpers.report.job import End, Outcome
from helpers.report.schedule import alerts, install, journal, keep, made, news, plan, run, status
from helpers.report.schedule.journal import Line
from helpers.report.shelf import archive, files, publish, record
from helpers.report.shelf.inputs import DamagedError, fingerprint

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")  # apprise looks whether it is there

DAILY = """timezone: Asia/Kolkata
alerts:
  HOOK: [failure, recovery, report, late]
reports:
  daily:
    cron: "0 7 * * *"
    backoff: 0
    retries: 1
"""
SEVEN = datetime(2026, 6, 3, 1, 30, tzinfo=UTC)
"""A Wednesday, seven in the morning in India."""


def scheduled(folder, text=DAILY):
    (folder / "schedule.yml").write_text(text, encoding="utf-8")
    return folder / "schedule.yml"


def ended(report, at, code=0, **more):
    return Line(at=at, said="ended", report=report, due=at, code=code, **more)


# --- what is due ---------------------------------------------------------------------------------------------------


def dues(tmp_path, rule, zone, begin, days, step=timedelta(minutes=30)):
    """When a report runs if it is looked after again and again; each run is written down."""
    text = f"timezone: {zone}\nreports:\n  daily:\n    {rule}\n"
    schedule, lines = plan.read(scheduled(tmp_path, text)), [ended("daily", begin)]
    for number in range(int(timedelta(days=days) / step)):
        now = begin + number * step
        lines += [ended("daily", one.due, as_of=one.as_of) for one in plan.due(schedule, lines, now)]
    return [line.due for line in lines[1:]], [line.as_of for line in lines[1:]]


@pytest.mark.parametrize("rule", ['cron: "30 2 * * *"', "rrule: FREQ=DAILY;BYHOUR=2;BYMINUTE=30"])
@pytest.mark.parametrize("change", ["2026-03-29", "2025-10-26"])
def test_a_change_of_the_clock_neither_skips_nor_doubles_a_run(tmp_path, rule, change):
    begin = datetime.fromisoformat(f"{change}T12:00+00:00") - timedelta(days=2)
    found, days = dues(tmp_path, rule, "Europe/Berlin", begin, 4)
    assert [str(day) for day in days] == [str((begin + timedelta(days=n)).date()) for n in range(1, 5)]
    hours = [(at.hour, at.minute) for at in found]
    spring = change < "2026-04" and change > "2026"
    assert hours[0] == ((1, 30) if spring else (0, 30)) and hours[-1] == ((0, 30) if spring else (1, 30))
    assert hours[1] in ([(1, 0), (1, 30)] if spring else [(0, 30)]), (
        "when the clock goes on; the first time it shows it"
    )


def test_what_comes_after_an_hour_that_is_shown_again_is_of_the_next_day():
    report = plan.Report(rrule="FREQ=DAILY;BYHOUR=2;BYMINUTE=30")
    coming = report.after(ZoneInfo("Europe/Berlin"), datetime(2025, 10, 26, 1, 10, tzinfo=UTC))
    assert next(coming) == datetime(2025, 10, 27, 1, 30, tzinfo=UTC)


def test_hours_that_the_clock_shows_twice_are_two_hours_for_what_is_hourly(tmp_path):
    begin = datetime(2025, 10, 25, 20, 0, tzinfo=UTC)
    found, _ = dues(tmp_path, 'cron: "0 * * * *"', "Europe/Berlin", begin, 0.5)
    assert found == [begin + timedelta(hours=n) for n in range(1, 12)]


def test_after_a_week_off_one_run_is_caught_up_as_of_its_own_day(tmp_path):
    schedule, last = plan.read(scheduled(tmp_path)), SEVEN - timedelta(days=7)
    lines, now = [ended("daily", last)], SEVEN - timedelta(hours=1)
    (one,) = plan.due(schedule, lines, now)
    assert (one.due, one.as_of, one.missed) == (SEVEN - timedelta(days=1), date(2026, 6, 2), 5)
    lines.append(ended("daily", one.due))
    assert plan.due(schedule, lines, now) == []
    (one,) = plan.due(schedule, lines, SEVEN)
    assert (one.due, one.missed) == (SEVEN, 0), "to the minute"


def test_the_last_working_day_of_a_month_is_an_rrule(tmp_path):
    rule = "rrule: FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;BYHOUR=18"
    begin = datetime(2026, 4, 1, tzinfo=UTC)
    _, days = dues(tmp_path, rule, "Asia/Kolkata", begin, 100, timedelta(hours=6))
    assert [str(day) for day in days] == ["2026-04-30", "2026-05-29", "2026-06-30"]


@pytest.mark.parametrize(
    ("zone", "hour", "day"),
    [("Asia/Kolkata", 2, "2026-06-02"), ("America/New_York", 21, "2026-06-02"), ("Pacific/Auckland", 2, "2026-06-01")],
)
def test_the_day_of_a_report_is_that_of_its_time_in_the_zone_and_never_yet_to_come_in_india(tmp_path, zone, hour, day):
    text = DAILY.replace("Asia/Kolkata", zone).replace("0 7 * * *", f"0 {hour} 2 6 *")
    schedule = plan.read(scheduled(tmp_path, text))
    (one,) = plan.due(schedule, [], datetime(2026, 6, 4, tzinfo=UTC))
    assert str(one.as_of) == day


def test_a_clock_that_is_set_back_makes_nothing_twice_and_one_that_was_ahead_stops_nothing(tmp_path):
    schedule = plan.read(scheduled(tmp_path))
    lines = [ended("daily", SEVEN - timedelta(days=1)), ended("daily", SEVEN)]
    for back in (timedelta(hours=1), timedelta(days=1), timedelta(0)):
        assert plan.due(schedule, lines, SEVEN - back) == []
    ahead = [*lines, ended("daily", SEVEN + timedelta(days=4000))]
    (one,) = plan.due(schedule, ahead, SEVEN + timedelta(days=1))
    assert one.due == SEVEN + timedelta(days=1)


def test_a_clock_that_is_set_back_ends_no_failure(desk):
    desk.call()
    desk.ends = [End.CELL_ERROR] * 2
    desk.news = 1
    desk.call(days=1, code=4)
    desk.call(days=-700)
    assert desk.told == ["new report 2026-06-03", "daily failed", "new report 2024-07-04"]
    desk.now += timedelta(days=700)
    desk.call()
    code, lines = status.status(desk.path)
    assert code == 30 and lines[1].endswith("failing since 2026-06-04 07:00: cell error") and len(desk.told) == 3
    assert "2026-06-04 07:00 cell error, " in lines[1]


FAULTS = {
    "timezone: Asia/Kolkata": ("timezone: Asia/Delhi", "line 1: timezone: invalid timezone: Asia/Delhi"),
    "HOOK: [failure,": ("HOOK: [failures,", "line 3: alerts.HOOK.0: should be 'failure', 'recovery', 'report' or"),
    "  HOOK:": ("  https://x:", "line 3: alerts.https://x: "),
    '"0 7 * * *"': ('"0 7 * *"', "line 5: reports.daily: cron has five fields"),
    '"0 7 * * *"\n': ('"61 7 * * *"\n', "line 5: reports.daily: '61 7 * * *' is no rule: bad minute"),
    '    cron: "0': ('    rrule: FREQ=DAILY\n    cron: "0',
     "line 5: reports.daily: a report needs either cron or rrule"),
    'cron: "0 7 * * *"': ("rrule: FREQ=HOURLY", "line 5: reports.daily: the shortest FREQ is DAILY"),
    '    cron: "0 7 * * *"': ("    rrule: FREQ=DAILY;INTERVAL=0", "line 5: reports.daily: an INTERVAL is 1 or more"),
    "backoff: 0": ("backof: 0", "line 7: reports.daily.backof: unknown field; there are cron, rrule, parameters"),
    "retries: 1": ("retries: 99", "line 8: reports.daily.retries: should be less than or equal to 10"),
    "retries: 1\n": ("retries: 1\n    retries: 2\n", "line 9: retries is given twice"),
    "    retries": ("    parameters: {horizon: 99}\n    retries",
     "line 8: reports.daily.parameters: parameter horizon"),
    "    retries: ": ("    parameters: {as_of: x}\n    retries: ",
     "line 8: reports.daily.parameters: a report is as of"),
    "    retries: 1": ("    grid: none.yml", "line 8: reports.daily.grid: the grid file"),
    "reports:": ("report:", "line 4: report: unknown field; there are timezone, output, address, alerts, reports"),
    "  daily:": ("\t daily:", "line 5: found character"),
}  # fmt: skip


@pytest.mark.parametrize("old", FAULTS)
def test_what_is_wrong_in_a_schedule_is_told_with_its_line_and_field(tmp_path, old):
    new, told = FAULTS[old]
    with pytest.raises(ValueError) as error:
        plan.read(scheduled(tmp_path, DAILY.replace(old, new, 1)))
    assert f"schedule.yml {told}" in str(error.value)


def test_the_schedule_of_the_readme_is_one_and_takes_the_file_of_the_levers(tmp_path):
    readme = (paths.ROOT / "README.md").read_text(encoding="utf-8").partition("## By the clock")[2]
    (tmp_path / "mine.yml").write_text("levers: {scheme: 0.5}", encoding="utf-8")
    schedule = plan.read(scheduled(tmp_path, readme.partition("```yaml\n")[2].partition("```")[0]))
    assert list(schedule.reports) == ["outlook", "nightly"]
    (asked,) = schedule.reports["nightly"].wanted(SEVEN.date())
    assert asked.scenario == "scheme=0.5"


def test_all_that_is_wrong_is_told_at_once(tmp_path):
    text = DAILY.replace("retries: 1", "retries: x").replace("Asia/Kolkata", "nowhere")
    with pytest.raises(ValueError, match=r"line 1: timezone: (?s:.*)line 8: reports\.daily\.retries: "):
        plan.read(scheduled(tmp_path, text))


def test_the_example_is_a_schedule_with_and_without_what_it_leaves_out(tmp_path):
    text = (paths.ROOT / "schedule.yml").read_text(encoding="utf-8")
    assert list(plan.read(paths.ROOT / "schedule.yml").reports) == ["outlook"]
    whole = text.replace("  # month-end", "  month-end").replace("  #   ", "    ")
    whole = whole.replace("# alerts:", "alerts:").replace("#   MAIL", "  MAIL").replace("# address", "address")
    (tmp_path / "grid.yml").write_text("- baseline_t: [as published, 33000]\n")
    schedule = plan.read(scheduled(tmp_path, whole))
    assert [*schedule.reports] == ["outlook", "month-end"] and schedule.channels == ["MAIL"]
    assert len(schedule.reports["month-end"].wanted(date(2026, 6, 2))) == 2


def test_files_that_a_schedule_names_lie_beside_it(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(plan.grid, "read", lambda *words: asked.append(words) or [])
    more = "grid: grid.yml\n    parameters: {scenario: mine.yml, horizon: 5}"
    schedule = plan.read(scheduled(tmp_path, DAILY.replace("retries: 1", more)))
    schedule.reports["daily"].wanted(date(2026, 6, 2))
    values = {"as_of": "2026-06-02", "scenario": str(tmp_path / "mine.yml"), "horizon": "5"}
    assert asked[-1] == (tmp_path / "grid.yml", values) and schedule.output == tmp_path / "reports"


def test_what_is_left_empty_in_a_schedule_is_as_if_it_were_not_there(tmp_path):
    report = plan.read(scheduled(tmp_path, DAILY.replace("retries: 1", "grid: ~\n    alerts:"))).reports["daily"]
    assert (report.grid, report.alerts) == (None, None)


# --- the journal ---------------------------------------------------------------------------------------------------


def test_a_line_torn_anywhere_is_none_and_the_next_one_is_whole(tmp_path):
    first, second = ended("daily", SEVEN), ended("daily", SEVEN + timedelta(days=1), reports=("a", "b"))
    journal.append(tmp_path, first)
    before = (tmp_path / journal.NAME).read_bytes()
    journal.append(tmp_path, second)
    whole = (tmp_path / journal.NAME).read_bytes()
    for length in range(len(before), len(whole)):
        (tmp_path / journal.NAME).write_bytes(whole[:length])
        assert journal.read(tmp_path) == [first]
        journal.append(tmp_path, second)
        assert (tmp_path / journal.NAME).read_bytes() == whole
    (tmp_path / journal.NAME).write_bytes(before + b"torn " * 99)
    journal.append(tmp_path, second)
    assert (tmp_path / journal.NAME).read_bytes() == whole, "a torn line may be longer"
    (tmp_path / journal.NAME).write_bytes(b"garbage\n" + whole)
    with pytest.warns(UserWarning, match=r"journal\.jsonl line 1 is none"):
        assert journal.read(tmp_path) == [first, second]


# --- a call --------------------------------------------------------------------------------------------------------


class Desk:
    """A schedule in a folder of its own, a clock that is set by hand, and who was told what."""

    def __init__(self, folder, monkeypatch):
        self.folder, self.root, self.now, self.told, self.ends = folder, folder / "reports", SEVEN, [], []
        self.news, self.calls = 0, 0
        self.path = folder / "schedule.yml"
        self.path.exists() or scheduled(folder)  # which others may be reading
        for module in (plan, run, alerts, status):
            monkeypatch.setattr(module, "utc", lambda: self.now)
        monkeypatch.setattr(alerts, "send", self.send)
        monkeypatch.setattr(made.pipeline, "reports", self.reports)
        monkeypatch.setattr(news, "inputs", lambda: {**FILES, "data": {"trade.csv": f"{self.news:064}"}})
        monkeypatch.setattr(news, "DATES", ())  # of the real tables nothing is asked here
        monkeypatch.setenv("MAGNETS_ALERT_HOOK", "json://nobody")

    def reports(self, wanted, root, **_):
        """As the real ones, with what `ends` says; a new report only where one of its day and news is not there."""
        self.calls += 1
        end = self.ends.pop(0) if self.ends else End.OK
        if end:
            return [Outcome(end, "it failed, and here is a secret")]
        return [Outcome(End.OK, published(root, one, self.news)) for one in wanted]

    def send(self, address, title, body):
        self.told.append(title.removeprefix("Magnet outlook: "))
        return True

    def call(self, days=0, code=0, **more):
        self.now += timedelta(days=days)
        got, lines = run.run(self.path, **more)
        assert got == code, lines
        return lines

    @property
    def lines(self):
        return journal.read(self.root)

    @property
    def ended(self):
        return [(line.end, *line.reports) for line in self.lines if line.said == "ended"]


FILES = {"notebooks": {"1-small.ipynb": "0" * 64}, "helpers": {"cli.py": "0" * 64}, "lock": {"lock": "0" * 64}}


def published(root, asked, news=0):
    """Put a report of one file where it belongs, with a record that holds; what a run of the pipeline tells of it."""
    with publish.only_run(root):
        values, tables = parameters.shown(asked), {"trade.csv": f"{news:064}"}
        key = fingerprint(values, {**FILES, "data": tables})
        for known in archive.records(root):
            if known["inputs"] == key:
                archive.is_current(root) or archive.write(root)
                return f"unchanged: {root / known['folder'] / 'index.html'}"
        folder = publish._free_folder(root, values["as_of"])
        code = {name: FILES[name] for name in ("notebooks", "helpers")}
        content = {
            "folder": folder.name, "answer": f"Answer {news}.", "changed": f"Moved by {news}.", "command": "",
            "end": "ok", "parameters": values,
            "given": {}, "inputs": key, "data": {"trade.csv": {"sha256": tables["trade.csv"], "rows": news}},
            "lock": FILES["lock"], "code": code, "chapters": {}, "files": {}, "archive": {},
            "made": f"{values['as_of']}T{len(archive.records(root)):06}",
        }  # fmt: skip
        with files.building(root) as scratch:
            (scratch / "index.html").write_text(f"<p>{news}</p>")
            (scratch / record.NAME).write_text(record.written(content))
            files.place(scratch, folder)
        archive.write(root)
        return str(folder / "index.html")


@pytest.fixture
def desk(tmp_path, monkeypatch):
    return Desk(tmp_path, monkeypatch)


def test_a_call_does_what_is_due_once_and_with_nothing_new_says_unchanged(desk):
    assert desk.call()[0].startswith("daily as of 2026-06-03: published: ")
    assert desk.call() == ["nothing is due; `magnets schedule status` tells what is next"]
    assert desk.call(days=1)[0].startswith("daily as of 2026-06-04: unchanged: ") and desk.calls == 1
    desk.news = 1
    desk.call(days=1)
    assert desk.ended == [("published", "2026-06-03"), ("unchanged", "2026-06-03"), ("published", "2026-06-05")]
    assert desk.told == ["new report 2026-06-03", "new report 2026-06-05"]
    desk.call(days=28)
    assert desk.ended[-1] == ("published", "2026-07-03"), "a new month is new"


def test_a_row_that_became_public_between_two_days_is_new(tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/trade.csv").write_text("value,published,note\n1,2026-06-03,\n2,2026-06-05,x\n")
    monkeypatch.setattr(paths, "DATA", tmp_path / "data")
    monkeypatch.setattr(news, "inputs", lambda: {**FILES, "data": {"trade.csv": f"{0:064}"}})
    published(tmp_path, parameters.Parameters(as_of="2026-06-03"))

    def same(day, **more):
        return news.unchanged(tmp_path, parameters.Parameters(as_of=day, **more))

    assert [same(f"2026-06-0{day}") for day in (3, 4, 5)] == ["2026-06-03", "2026-06-03", None]
    assert same("2026-06-04", horizon=5) is None and same("2026-06-02") is None, "it asks something else; it is older"


def test_a_failure_is_tried_again_told_once_and_so_is_its_end(desk):
    desk.ends = [End.CELL_ERROR, End.OK]
    desk.call()
    assert desk.ended == [("published", "2026-06-03")] and desk.lines[1].tries == 2
    desk.ends, desk.news = [End.CELL_ERROR, End.TIMEOUT], 1
    desk.call(days=1, code=5)
    desk.call()
    assert desk.told == ["new report 2026-06-03", "daily failed"] and desk.ended[-1] == ("timeout",)
    desk.now += timedelta(hours=20)  # tomorrow in India, and as of its own day
    desk.call(again=True)
    assert desk.ended[-1] == ("published", "2026-06-04")
    assert sorted(desk.told[2:]) == ["daily works again", "new report 2026-06-04"]
    desk.call(again=True)
    assert len(desk.told) == 4
    desk.ends, desk.news = [End.BAD_PARAMETERS], 2
    desk.call(days=1, code=2)
    assert desk.lines[-2].tries == 1, "another try would be no better"
    assert "secret" not in (desk.root / journal.NAME).read_text()


def test_tries_wait_longer_each_time_and_an_hour_at_most(desk, monkeypatch):
    scheduled(desk.folder, DAILY.replace("backoff: 0", "backoff: 1000").replace("retries: 1", "retries: 3"))
    waited, ours, real = [], threading.get_ident(), time.sleep
    monkeypatch.setattr(time, "sleep", lambda s: waited.append(s) if threading.get_ident() == ours else real(s))
    desk.ends = [End.CELL_ERROR] * 9
    desk.call(code=4)
    assert waited == [1000, 2000, 3600] and desk.calls == 4


def test_an_archive_that_cannot_be_read_is_told_as_a_report_tells_it(desk, monkeypatch):
    desk.call()

    def damaged(_):
        raise DamagedError("archive")

    monkeypatch.setattr(news, "archived", damaged)
    desk.ends = [End.BAD_DATA] * 2
    assert "it failed" in desk.call(days=1, code=3)[1] and desk.ended[-1] == ("bad_data",)


def test_a_report_that_was_published_by_a_try_that_failed_is_told_all_the_same(desk):
    real, tries = made.pipeline.reports, []

    def not_listed(*words, **more):
        tries.append(1)
        return real(*words, **more) if tries[1:] else real(*words, **more) and [Outcome(End.NOT_WRITTEN, "not listed")]

    made.pipeline.reports = not_listed
    desk.call()
    assert desk.ended == [("published", "2026-06-03")] and desk.told == ["new report 2026-06-03"]


def test_a_grid_that_fails_in_part_tells_of_both_and_is_whole_the_next_time(desk):
    (desk.folder / "grid.yml").write_text("- horizon: [5, 6]\n")
    desk.path = scheduled(desk.folder, DAILY.replace("retries: 1", "retries: 0\n    grid: grid.yml"))
    real = made.pipeline.reports
    made.pipeline.reports = lambda wanted, root, **_: [*real(wanted[:1], root), Outcome(End.BAD_DATA, "no")]
    desk.call(code=3)
    assert desk.ended == [("bad_data", "2026-06-03")] and desk.told == ["daily failed", "new report 2026-06-03"]
    made.pipeline.reports = real
    desk.call(again=True)
    assert desk.ended[-1] == ("published", "2026-06-03-r2") and len(archive.records(desk.root)) == 2
    assert desk.told[2:] == ["daily works again", "new report 2026-06-03-r2"]


def test_a_folder_where_somebody_else_writes_is_left_to_the_next_call(desk):
    desk.ends = [End.LOCKED]
    desk.call(code=7)
    assert desk.ended == [] and desk.told == []
    desk.call()
    assert desk.ended == [("published", "2026-06-03")]


def test_a_run_that_takes_too_long_is_stopped_and_the_next_report_goes_on(desk, monkeypatch):
    desk.path = scheduled(desk.folder, DAILY.replace("retries: 1", "retries: 0\n    limit: 0.005"))
    quick = made.pipeline.reports

    def slow(*_, **__):
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            time.sleep(0.01)

    made.pipeline.reports = slow
    desk.call(code=5)
    made.pipeline.reports, desk.path = quick, scheduled(desk.folder)
    desk.call(days=1)
    assert desk.ended == [("timeout",), ("published", "2026-06-04")]


def test_a_report_that_takes_its_run_with_it_is_given_up_after_three_starts(desk):
    def dies(*_, **__):
        raise SystemExit

    real, made.pipeline.reports = made.pipeline.reports, dies
    for _ in range(3):
        with pytest.raises(SystemExit):
            desk.call()
    desk.call(code=6)
    assert desk.ended == [("killed",)] and desk.told == ["daily failed"]
    made.pipeline.reports = real
    desk.call(days=1)
    assert desk.ended[-1] == ("published", "2026-06-04") and "daily works again" in desk.told
    desk.call(days=1, code=0)
    with pytest.raises(KeyboardInterrupt):
        desk.news, made.pipeline.reports = 2, lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt)
        desk.call(days=1)
    assert desk.lines[-1].said == "put off", "a person who presses Ctrl-C is no crash"


def test_who_cannot_be_reached_is_told_later_and_at_most_three_times(desk, monkeypatch):
    sent = []
    monkeypatch.setattr(alerts, "send", lambda *_: sent.append(1) or len(sent) == 2)
    assert desk.call(code=8)[-1] == "HOOK could not be told of report 2026-06-03"
    desk.call()
    desk.call()
    assert len(sent) == 2
    desk.news, sent[:] = 1, [1, 1]
    for code in (8, 8, 8, 0, 0):
        desk.call(days=code == 8 and len(sent) == 2, code=code)
    assert len(sent) == 5, "three more"
    monkeypatch.delenv("MAGNETS_ALERT_HOOK")
    desk.news = 2
    assert desk.call(days=1, code=8)[-1].startswith("MAGNETS_ALERT_HOOK is not set: nobody is told of report")


def test_status_tells_on_a_screen_what_is_late_what_fails_and_since_when(desk):
    def told():
        code, lines = status.status(desk.path)
        return code, re.sub(r"\d+ s ", "n s ", lines[1].removeprefix("daily   0 7 * * *  "))

    assert told() == (0, "never  2026-06-04 07:00  due now")
    desk.call()
    assert told() == (0, "2026-06-03 07:00 published, n s  2026-06-04 07:00  well")
    journal.append(desk.root, ended("daily", SEVEN + timedelta(days=4000)))  # by a clock that was wrong
    assert told()[1].startswith("2026-06-03 07:00 published")
    desk.now += timedelta(days=3, minutes=16)
    assert told()[0] == 31 and told()[1].endswith("late since 2026-06-06 07:00")
    desk.ends, desk.news = [End.BAD_DATA] * 4, 1
    desk.call(code=3)
    desk.call(days=1, code=3)
    code, line = told()
    assert code == 30 and line.endswith("failing since 2026-06-06 07:00: bad data")
    scheduled(desk.folder, f"{DAILY}  two:\n    cron: '0 7 1 1 *'\n")
    code, lines = status.status(desk.path)
    assert code == 31 and lines[2].endswith("2027-01-01 07:00  late since 2026-01-01 07:00"), lines
    scheduled(desk.folder)
    desk.call(days=1)
    assert told()[0] == 0
    journal.append(desk.root, Line(at=desk.now, said="begun", report="daily", due=SEVEN + timedelta(days=6)))
    desk.now += timedelta(days=1, minutes=5)
    journal.append(desk.root, Line(at=desk.now, said="begun", report="daily", due=SEVEN + timedelta(days=6)))
    assert told()[1].endswith("running since 2026-06-09 07:21")
    desk.now += timedelta(hours=2, minutes=14)
    assert told()[0] == 0, "two tries of an hour"
    desk.now += timedelta(minutes=2)
    assert told()[0] == 31 and told()[1].endswith("begun and not ended")


# --- who is told, and what stays -----------------------------------------------------------------------------------


class Inbox:
    """A mail server on this machine, and what came."""

    def __init__(self):
        from aiosmtpd.controller import Controller

        self.mails = []
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)

    async def handle_DATA(self, server, session, envelope):
        self.mails.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 OK"


@pytest.fixture
def inbox():
    made = Inbox()
    made.controller.start()
    yield made
    made.controller.stop()


def test_mail_and_webhook_get_each_event_once_and_nobody_gets_a_secret(desk, inbox, httpserver, monkeypatch):
    monkeypatch.setattr(alerts, "send", SEND)
    address = f"mailto://127.0.0.1:{inbox.port}/?from=outlook@example.org&to=reader@example.org&mode=insecure"
    monkeypatch.setenv("MAGNETS_ALERT_MAIL", address)
    monkeypatch.setenv("MAGNETS_ALERT_HOOK", httpserver.url_for("/told/hush").replace("http", "json"))
    monkeypatch.setenv("MAGNETS_ALIVE_URL", httpserver.url_for("/alive/hush"))
    posted = []
    httpserver.expect_request("/told/hush", method="POST").respond_with_handler(
        lambda request: posted.append(request.json) or Response(status=500 if len(posted) == 1 else 200)
    )
    pings = []
    httpserver.expect_request("/alive/hush").respond_with_handler(lambda request: pings.append(1) or Response())
    events = "[failure, recovery, report, late]"
    desk.path = scheduled(desk.folder, DAILY.replace("  HOOK", f"  MAIL: {events}\n  HOOK"))
    desk.call(code=8)
    assert len(pings) == 0, "the hook refused"
    desk.call()
    desk.call()
    assert len(pings) == 2
    desk.ends, desk.news = [End.CELL_ERROR] * 2, 1
    desk.call(days=1, code=4)
    desk.call()
    assert len(pings) == 2, "as long as something fails it is silent"
    desk.call(days=1)
    assert len(pings) == 3
    titles = ["new report 2026-06-03", "daily failed", "daily works again", "new report 2026-06-05"]
    titles = [f"Magnet outlook: {title}" for title in titles]
    assert [mail["subject"] for mail in inbox.mails] == titles
    assert [one["title"] for one in posted[1:]] == titles and posted[0]["title"] == titles[0]
    text = inbox.mails[-1].get_body().get_content()
    assert "Answer 1." in text and "Moved by 1." in text
    assert str(desk.root / "2026-06-05" / "index.html") in " ".join(text.split())
    said = json.dumps([posted, [mail.as_string() for mail in inbox.mails]]) + (desk.root / journal.NAME).read_text()
    assert "hush" not in said and "secret" not in said and "example.org" not in (desk.root / journal.NAME).read_text()


SEND = alerts.send


def test_an_address_that_is_none_or_answers_nothing_is_not_told_and_not_shown(monkeypatch, capfd, caplog):
    assert not alerts.send("hush://hush", "title", "body") and not alerts.send("json://127.0.0.1:9/hush", "t", "b")
    monkeypatch.setenv("MAGNETS_ALIVE_URL", "http://127.0.0.1:9/hush")
    (told,) = alerts.alive()
    assert "ConnectError" in told and "hush" not in told + "".join(capfd.readouterr()) + caplog.text


def test_an_answer_that_never_ends_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(alerts, "LONGEST", 0.2)
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip():
            one, _ = server.accept()
            with one, suppress(OSError):
                one.sendall(b"HTTP/1.1 200 OK\r\nX: ")
                while not over.wait(0.1):
                    one.sendall(b"x")

        drips = [threading.Thread(target=drip, daemon=True) for _ in range(2)]
        for one in drips:
            one.start()
        place = f"127.0.0.1:{server.getsockname()[1]}"
        monkeypatch.setenv("MAGNETS_ALIVE_URL", f"http://{place}/hush")
        assert alerts.alive() == ["the address in MAGNETS_ALIVE_URL did not answer (no end)"]
        assert not alerts.send(f"json://{place}/hush", "title", "body")
        over.set()
        for one in drips:
            one.join(5)
    assert not [one.name for one in threading.enumerate() if "Pool" in one.name]  # would be waited for at the end


def test_whatever_a_library_raises_is_no_end_of_a_call(monkeypatch):
    monkeypatch.setenv("MAGNETS_ALIVE_URL", "https://127.0.0.1:9/hush")
    monkeypatch.setenv("SSL_CERT_FILE", "/none/hush")
    assert alerts.alive() == ["the address in MAGNETS_ALIVE_URL did not answer (FileNotFoundError)"]


def test_a_period_that_is_late_is_told_once(desk, monkeypatch):
    monkeypatch.setattr(news, "late", lambda day: ["ecb 2026-04"] if day < date(2026, 6, 6) else ["ecb 2026-05"])
    desk.call()
    for _ in range(3):
        desk.call(days=1)
    assert desk.told == ["new report 2026-06-03", "ecb 2026-04 is late", "ecb 2026-05 is late"]


def test_what_two_reports_find_late_is_told_once_also_by_a_later_call(desk, monkeypatch):
    scheduled(desk.folder, DAILY + DAILY.partition("reports:\n")[2].replace("daily", "other"))
    monkeypatch.setattr(news, "late", lambda day: ["ecb 2026-04"])
    monkeypatch.setattr(alerts, "send", lambda *_: False)
    desk.call(code=8)
    monkeypatch.setattr(alerts, "send", desk.send)
    desk.call()
    assert desk.told.count("ecb 2026-04 is late") == 1


def test_which_source_is_late_is_read_from_the_archive(monkeypatch, tmp_path):
    monkeypatch.setenv("MAGNETS_ARCHIVE", str(tmp_path))
    assert news.late(date(2026, 6, 3)) == []
    for name in ("ecb", "worldbank"):
        (tmp_path / name / "parts").mkdir(parents=True)
        (tmp_path / name / "parts/a.json").write_text("{}")
    monkeypatch.setattr(
        "helpers.data.archive.versions.periods", lambda folder: ["2026-03"] if folder.name == "ecb" else []
    )
    assert news.late(date(2026, 5, 1)) == [] and news.late(date(2026, 6, 3)) == ["ecb 2026-04"]


def test_a_report_that_cannot_say_what_moved_is_not_called_the_first(monkeypatch, tmp_path):
    monkeypatch.setattr(news.archive, "records", lambda root: [{"folder": "x", "answer": "Answer.", "changed": ""}])
    assert news.told(tmp_path, "x") == ["Answer."] and news.told(tmp_path, "y") == []


def test_what_is_kept_is_all_of_some_days_then_month_ends_and_what_was_scored():
    day, known = date(2026, 1, 1), []
    while day < date(2026, 6, 1):
        rows = 100 + (day >= date(2026, 2, 10)) + (day >= date(2026, 3, 10))
        known.append({"folder": str(day), "parameters": {"as_of": str(day)}, "data": {"trade.csv": {"rows": rows}}})
        day += timedelta(days=1)
    today = date(2026, 6, 1)
    gone = keep.removable(known[::-1], {one["folder"]: 90 for one in known if one["folder"] != "2026-01-05"}, today)
    stay = {one["folder"] for one in known} - set(gone)
    early = {folder for folder in stay if folder < str(today - timedelta(days=90))}
    scored = {"2026-02-09", "2026-02-10"}
    assert early == {"2026-01-05", "2026-01-31", "2026-02-28", *scored}, "of others nothing is removed"
    assert len(stay - early) == 90
    assert keep.removable(known[::-1], {}, today) == []


def test_what_is_not_kept_goes_whole_and_out_of_the_list(desk):
    desk.path = scheduled(desk.folder, DAILY.replace("retries: 1", "keep: 5"))
    published(desk.root, parameters.Parameters(as_of="2026-06-02"))  # by hand
    for desk.news in range(12):
        desk.call(days=1)
    assert desk.ended[0] == ("unchanged", "2026-06-02") and desk.told[0] == "new report 2026-06-05"
    rows = {"trade.csv": {"sha256": "0" * 64, "rows": 1}}
    for path in desk.root.glob("*/run.json"):
        content = json.loads(path.read_text()) | {"data": rows}
        path.write_text(record.written(content))
        path.parent.with_name(f"{path.parent.name}.pdf").write_text("%PDF")
    desk.news = 1
    desk.call(days=1)
    assert sorted(path.parent.name for path in desk.root.glob("*/run.json")) == [
        "2026-06-02", *(f"2026-06-{day:02}" for day in range(11, 17))
    ]  # fmt: skip
    assert archive.is_current(desk.root) and not list(desk.root.glob(f"{files.BUILDING}*"))
    gone = desk.root / "2026-06-10"
    kept = {"2026-06-02", *(f"2026-06-{day}" for day in range(11, 16))}
    assert {path.stem for path in desk.root.glob("*.pdf")} == kept
    assert [path.name for path in gone.iterdir()] == ["index.html"]
    assert publish._free_folder(desk.root, gone.name) != gone
    assert Page(gone / "index.html").all("a") == [{"href": "../index.html"}], "links to it are not dead"


# --- who calls -----------------------------------------------------------------------------------------------------


def installed(kind, path, what, monkeypatch, home):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home))
    return install.install(kind, path, what)


@pytest.mark.skipif(sys.platform != "linux", reason="systemd is of Linux")
def test_systemd_takes_its_units(tmp_path, monkeypatch):
    folder = tmp_path / 'a "place" with 100 % $HOME'
    folder.mkdir()
    path = scheduled(folder)
    installed("systemd", path, "write", monkeypatch, tmp_path / "config")
    units = sorted((tmp_path / "config/systemd/user").iterdir())
    assert [unit.name for unit in units] == ["magnets-schedule.service", "magnets-schedule.timer"]
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", *map(str, units)], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    shown = "\n".join(installed("systemd", path, "show", monkeypatch, tmp_path / "config"))
    assert all(unit.read_text() in shown for unit in units)
    installed("systemd", path, "remove", monkeypatch, tmp_path / "config")
    assert not any(unit.exists() for unit in units)


def test_cron_takes_its_line_and_keeps_all_others(tmp_path, monkeypatch):
    tab = tmp_path / "tab"
    tab.write_text("0 1 * * * mine\n")
    (tmp_path / "crontab").write_text(f'#!/bin/sh\n[ "$1" = -l ] && exec cat {tab}\ncat > {tab}\n')
    (tmp_path / "crontab").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    folder = tmp_path / "100 % here's"
    folder.mkdir()
    for _ in range(2):
        install.install("cron", scheduled(folder), "write")
    mine, begin, line, end = tab.read_text().splitlines()
    assert (mine, begin, end) == ("0 1 * * * mine", "# magnets-schedule: begin", "# magnets-schedule: end")
    assert next(CronSim(" ".join(line.split()[:5]), SEVEN)) == SEVEN + timedelta(minutes=5)
    words = line.split(maxsplit=5)[5].replace("\\%", "%").replace("exec ", "printf '%s\\n' ")
    said = subprocess.run(
        ["/bin/sh", "-c", f"{words}; pwd"], capture_output=True, text=True, env={"HOME": str(tmp_path)}
    )
    assert said.stdout.splitlines()[-2:] == [str(folder / "schedule.yml"), str(folder)]
    install.install("cron", scheduled(folder), "remove")
    assert tab.read_text() == "0 1 * * * mine\n"


@pytest.mark.parametrize(
    ("before", "lists", "said"),
    [
        ("0 1 * * * mine\n", "echo no right >&2; exit 1", "crontab -l refused: no right"),
        ("# magnets-schedule: begin\n0 1 * * * mine\n", "exec cat {tab}",
         "has a line '# magnets-schedule: begin' and no"),
        ("0 1 * * * \udce9\udce8", "exec cat {tab}", ""),
    ],
)  # fmt: skip
def test_a_crontab_that_cannot_be_read_is_left_as_it_is(tmp_path, monkeypatch, before, lists, said):
    tab = tmp_path / "tab"
    tab.write_text(before, errors="surrogateescape")
    (tmp_path / "crontab").write_text(f'#!/bin/sh\nif [ "$1" = -l ]; then {lists.format(tab=tab)}; fi\ncat > {tab}\n')
    (tmp_path / "crontab").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    if said:
        with pytest.raises(OSError, match=said):
            install.install("cron", scheduled(tmp_path), "write")
        assert tab.read_text() == before
    else:
        install.install("cron", scheduled(tmp_path), "write")
        assert tab.read_text(errors="surrogateescape").startswith(f"{before}\n# magnets-schedule: begin\n")


def test_no_scheduler_gets_a_name_that_would_be_two_lines(tmp_path):
    folder = tmp_path / "a\n* * * * * b"
    folder.mkdir()
    for kind in ("cron", "systemd", "github"):
        with pytest.raises(OSError, match="no scheduler takes a name with a line break"):
            install.install(kind, scheduled(folder), "show")


def test_github_takes_its_workflow_and_begins_when_something_is_due(tmp_path):
    schema = json.loads((Path(check_jsonschema.__file__).parent / SCHEMA).read_text())
    rule = "rrule: FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=18,19"
    path = scheduled(tmp_path, DAILY.replace("retries: 1", f"retries: 1\n    fetch: true\n  two:\n    {rule}"))
    install.install("github", path, "write")
    text = (tmp_path / ".github/workflows/magnets-schedule.yml").read_text()
    workflow = {"on" if name is True else name: value for name, value in yaml.safe_load(text).items()}
    jsonschema.Draft7Validator(schema).validate(workflow)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft7Validator(schema).validate(workflow | {"jobs": {"a": {"steps": []}}})
    crons = ["0 7 * * *", "0 18 * * *", "0 19 * * *"]
    assert workflow["on"]["schedule"] == [{"cron": cron, "timezone": "Asia/Kolkata"} for cron in crons]
    (env,) = [step["env"] for step in workflow["jobs"]["schedule"]["steps"] if "env" in step]
    assert [*env] == ["MAGNETS_ALERT_HOOK", "MAGNETS_ALIVE_URL", "MAGNETS_COMTRADE_KEY"]
    assert install.install("github", path, "show")[1] == text
    install.install("github", path, "remove")
    assert not (tmp_path / ".github/workflows/magnets-schedule.yml").exists()


SCHEMA = "builtin_schemas/vendor/github-workflows.json"


def test_the_command_says_what_is_wrong_and_how_it_ended(desk):
    def told(*words):
        done = CliRunner().invoke(app, ["schedule", *words])
        return done.exit_code, (done.stderr or done.stdout).strip()

    file = ["--file", str(desk.path)]
    assert told("status", *file)[0] == 0 and told("run", *file, "--quiet") == (0, "")
    assert told("run", *file) == (0, "nothing is due; `magnets schedule status` tells what is next")
    with FileLock(desk.root / run.LOCK):
        assert told("run", *file)[0] == 7 and told("run", *file, "--quiet") == (7, "")
    assert told("install", *file)[0] == told("install", "--cron", "--github", *file)[0] == 2
    assert told("install", "--github", "--show", *file)[1].startswith(f"# {desk.folder / '.github'}")
    (desk.root / journal.NAME).rename(desk.root / "was")
    (desk.root / journal.NAME).mkdir()
    code, said = told("status", *file)
    assert code == 1 and said == f"{desk.root / journal.NAME} cannot be written or read: Is a directory"
    desk.path.write_text("x")
    assert all(told(verb, *file) == (2, "schedule.yml line 1: a schedule has timezone and reports")
               for verb in ("run", "status"))  # fmt: skip


# --- whatever happens ----------------------------------------------------------------------------------------------

# One process has imported everything; each call is a fork of it, on the next day. Killed calls are killed before their
# nth writing operation in the folder; telling somebody is one of these. Every fourth run fails.
ROUGH = """
import gc, json, os, resource, signal, sys, time
from datetime import timedelta
from pathlib import Path
import pytest
from test_schedule import SEVEN, Desk, End, Outcome, archive, journal, run

folder, lost = Path(sys.argv[1]), Path(sys.argv[2])
root, told = folder / "reports", folder / "told"
WRITING = {"open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.truncate", "shutil.rmtree"}

class Rough(Desk):
    def send(self, address, title, body):
        with told.open("a") as file:
            file.write(title + "\\n")
        return True

    def reports(self, wanted, root, **_):
        time.sleep(self.slow)
        if self.news % 4 == 3:
            return [Outcome(End.BAD_DATA, "no")]
        try:
            return super().reports(wanted, root)
        except OSError as error:
            return [Outcome(End.NOT_WRITTEN, str(error))]

def start(day, operation=None, limit=None, wait=0, slow=0):
    if child := os.fork():
        return child
    desk = Rough(folder, pytest.MonkeyPatch())
    desk.now, desk.news, desk.slow = SEVEN + timedelta(days=day, minutes=bool(operation or limit)), day, slow
    seen = []
    def watch(event, details):
        reads = event == "open" and not details[2] & (os.O_WRONLY | os.O_RDWR)
        if event in WRITING and not reads and (event == "os.truncate" or str(details[0]).startswith(str(folder))):
            seen.append(event)
            if len(seen) == operation:
                if str(details[0]) == str(told):
                    lost.write_text(lost.read_text() + "1")
                os.kill(os.getpid(), signal.SIGKILL)
    sys.addaudithook(watch)
    if limit is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
    code, _ = run.run(desk.path, wait=wait)
    (folder / "seen").write_text(str(len(seen))) if limit is None else None
    os._exit(code)

def ended(*words, **more):
    return os.waitstatus_to_exitcode(os.waitpid(start(*words, **more), 0)[1])

lost.write_text("")
root.mkdir()
archive.write(root)  # imports what the forks need
gc.freeze()
operations, day, codes = {}, 4, {"killed": [], "full": [], "many": [], "unlisted": []}
for first in range(4):
    ended(first, operation=999)
    operations[first == 3] = int((folder / "seen").read_text())
for moment in range(20):
    codes["killed"].append(ended(day, operation=1 + moment * operations[day % 4 == 3] // 20))
    ended(day)
    codes["unlisted"] += [day] * (not archive.is_current(root))
    day += 1
for limit in (0, 60, 300, 700, (root / "journal.jsonl").stat().st_size + 150):
    codes["full"].append(ended(day, limit=limit))
    ended(day)
    day += 1
children = [start(day, wait=wait, slow=0.5) for wait in (20, 20, 0, 0)]
codes["many"] = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
lines = [json.loads(line.model_dump_json()) for line in journal.read(root)]
print(json.dumps({"codes": codes, "days": day + 1, "operations": operations[False], "lines": lines,
                  "lost": len(lost.read_text()), "told": told.read_text().splitlines(),
                  "reports": [one["folder"] for one in archive.records(root)], "folder": sorted(os.listdir(root))}))
"""


@pytest.fixture(scope="module")
def rough(tmp_path_factory):
    """What became of some days on which calls were killed, had no disk, or were many at once."""
    folder = tmp_path_factory.mktemp("rough")
    (folder / "desk").mkdir()
    done = subprocess.run(
        [sys.executable, "-c", ROUGH, str(folder / "desk"), str(folder / "lost")],
        capture_output=True, text=True, timeout=280, cwd=Path(__file__).parent,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_calls_were_killed_at_20_moments_had_no_disk_and_were_many(rough):
    assert rough["codes"]["killed"].count(-9) == 20 and rough["operations"] > 20
    assert rough["codes"]["full"] == [1] * 5, "of a full disk each call tells"
    assert 0 in rough["codes"]["many"] and set(rough["codes"]["many"]) <= {0, 7}


def test_no_run_is_lost_doubled_or_half_published(rough):
    days = [str((SEVEN + timedelta(days=n)).date()) for n in range(rough["days"])]
    ended = [line for line in rough["lines"] if line["said"] == "ended"]
    assert [line["as_of"] for line in ended] == days
    well = [day for n, day in enumerate(days) if n % 4 != 3]
    assert sorted(rough["reports"]) == well and rough["codes"]["unlisted"] == []
    assert sorted(folder for line in ended for folder in line["reports"]) == well
    assert set(rough["folder"]) - set(well) <= {"index.html", "feed.xml", journal.NAME, ".lock", ".schedule.lock"}


def test_nobody_is_told_twice_and_only_what_was_being_told_is_lost(rough):
    days = [str((SEVEN + timedelta(days=n)).date()) for n in range(rough["days"])]
    well, failed = [n for n in range(len(days)) if n % 4 != 3], [n for n in range(len(days)) if n % 4 == 3]
    events = [line["event"] for line in rough["lines"] if line["said"] == "alert"]
    assert len(set(events)) == len(events)
    assert sorted(events) == sorted(
        [f"report {days[n]}" for n in well]
        + [f"failure daily {days[n]}T01:30Z" for n in failed]
        + [f"recovery daily {days[n]}T01:30Z" for n in well if n and n - 1 in failed]
    )
    assert len(rough["told"]) == len(events) - rough["lost"]


# --- with real reports ---------------------------------------------------------------------------------------------

LOADED = """
import sys
from pathlib import Path
from helpers import paths
from helpers.cli import app
paths.NOTEBOOKS, paths.CODE = map(Path, sys.argv[1:3])
app(sys.argv[3:], standalone_mode=False)
print(*sys.modules)
"""


def test_real_reports_are_made_once_and_with_nothing_new_no_reader_of_figures_is_loaded(
    quick, notebooks, tmp_path, monkeypatch
):
    rule = f"cron: '{datetime.now(UTC):%M %H} * * *'\n    retries: 0\n"
    text = f"timezone: UTC\noutput: clock\nreports:\n  one:\n    {rule}  two:\n    {rule}"
    code, lines = run.run(scheduled(tmp_path, text))
    first, second = [line.split(": ") for line in lines]
    assert code == 0 and (first[1], second[1]) == ("published", "unchanged") and first[2] == second[2]
    assert (Path(first[2]) / "index.html").is_file() and archive.is_current(tmp_path / "clock")
    path = scheduled(tmp_path, text.replace("  one:", "  three:"))
    command = [sys.executable, "-c", LOADED, str(notebooks), str(paths.CODE), "schedule", "run", "--file", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert "three as of" in done.stdout and ": unchanged: " in done.stdout, done.stderr
    assert not {"pandas", "nbformat", "papermill", "apprise", "httpx"} & set(done.stdout.split())
    write_notebook(notebooks / "1-small.ipynb", "1 / 0")
    failed = replace(done_chapter(), end=End.CELL_ERROR, error="ZeroDivisionError: division by zero")
    monkeypatch.setattr("helpers.report.pipeline.run_chapter", lambda path, parameters, timeout: failed)
    code, lines = run.run(scheduled(tmp_path, text.replace("  one:", "  four:")))
    assert code == 4 and "four as of" in lines[0] and "ZeroDivisionError" in lines[1]
    assert status.status(path)[0] == 30 and journal.read(tmp_path / "clock")[-1].end == "cell_error"
    line = journal.read(tmp_path / "clock")[-1]
    _, told = alerts.message(plan.read(path), alerts.Event("failure", line))
    assert "clock/failed/" in told and "Cell error." in told and "ZeroDivision" not in told
