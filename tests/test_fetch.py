"""Whatever a source answers, what came is kept, the text says what to do, and no key is anywhere."""

import errno
import gzip
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import textwrap
import threading
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from types import SimpleNamespace

import httpx
import pandas as pd
import pytest
from filelock import FileLock
from pytest_httpserver import HTTPServer
from standin import faults
from typer.testing import CliRunner
from werkzeug import Response

from conftest import FROZEN
from helpers import paths
from helpers.cli import app
from helpers.data import sources
from helpers.data.archive import contract, store, versions
from helpers.data.sources import bodies, fetch, keys, schedule, transport, visit
from helpers.data.sources.protocol import Answer, Feed, Request, UnfitError

HEAD = "feed,source,address,pause,calls,key,every,settled,lag,asks,enters,note"
ROW = "tiny,S1,https://tiny.example,0,1000,TINY_KEY,7,700,75,,,a made-up source"
KEY = "s3cret-Key-0815"
SINCE = "2025-01"
QUESTIONS = 2
"""Years from :data:`SINCE` up to the day of the tests' clock."""


class World:
    """A source with its figures, an archive, and a clock that the test sets."""

    def __init__(self, server, data, archive):
        self.server, self.data, self.archive = server, data, archive
        self.at = datetime(2026, 11, 22, 6, tzinfo=UTC)
        self.figures = {
            f"{year}-{month:02d}": 100.0 * month + year % 100
            for year, last in ((2025, 12), (2026, 10))
            for month in range(1, last + 1)
        }
        self.made, self.asked = 0, []
        self.answers()

    def now(self):
        self.at += timedelta(milliseconds=10)
        return self.at

    def later(self, days):
        self.at += timedelta(days=days)

    def answers(self, handler=None):
        """From now on, answer so; with the figures unless given."""
        self.server.clear()
        self.server.expect_request(re.compile("/.*")).respond_with_handler(handler or self.good)

    def good(self, request):
        self.asked.append(request)
        self.made += 1
        year = request.path.rpartition("/")[2]
        months = {month: value for month, value in self.figures.items() if month.startswith(year)}
        return Response(json.dumps({"made": str(self.made), "months": months}), content_type="application/json")

    def fault(self, name, times=None):
        self.answers(faults.times(times, name, self.good) if times else faults.FAULTS[name])

    def fetch(self, **more):
        (result,) = fetch.fetch(["tiny"], self.archive, **{"since": SINCE} | more)
        return result

    def killed(self):
        """A run that is killed when it has kept its answers."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(visit, "_take", lambda *_, **__: None)
            self.fetch()

    def begun(self, kept):
        """An archive that has the figures, 8 days old; fetched once for all tests of the module."""
        if not kept.exists():
            self.fetch()
            shutil.copytree(self.archive, kept)
        else:
            shutil.copytree(kept, self.archive)
        self.later(8)
        return self.held()

    def held(self):
        """The newest version of every figure of the archive."""
        rows = versions.newest(self.archive / "tiny")
        return dict(zip(rows["period"], rows["value"].where(rows["status"] != "missing"), strict=True))

    def files(self, place):
        return sorted((self.archive / "tiny" / place).glob("*.json"))


@pytest.fixture(scope="module")
def server():
    with HTTPServer(host="127.0.0.1", port=0, threaded=True) as running:
        yield running


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    return tmp_path_factory.mktemp("kept") / "archive"


@pytest.fixture
def world(server, tmp_path, monkeypatch):
    data = tmp_path / "data"
    shutil.copytree(FROZEN, data)
    (data / "feeds.csv").write_text(f"{HEAD}\n{ROW}\n", encoding="utf-8")
    monkeypatch.setattr(paths, "DATA", data)
    monkeypatch.setattr(sources, "__path__", [*sources.__path__, str(Path(faults.__file__).parent / "sources")])
    monkeypatch.setenv("MAGNETS_TINY_URL", server.url_for("").rstrip("/"))
    monkeypatch.setenv("MAGNETS_ARCHIVE", str(tmp_path / "archive"))
    monkeypatch.setenv("MAGNETS_KEYS", "")
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("TINY_KEY", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(transport, "WAIT", 0.001)
    book = contract._codebook
    monkeypatch.setattr(contract, "_codebook", lambda _: book(FROZEN))
    made = World(server, data, tmp_path / "archive")
    monkeypatch.setattr(schedule, "now", made.now)
    return made


def run(*words):
    return CliRunner().invoke(app, list(words))


def feed(**more):
    text = dict.fromkeys(("key", "asks", "enters", "note"), "")
    numbers = {"pause": 0, "calls": 1000, "every": 7, "settled": 700, "lag": 75}
    return Feed(**{"name": "tiny", "source": "S1", "address": "https://tiny.example"} | text | numbers | more)


# what is due


def test_a_question_rests_for_its_days_and_ten_times_as_long_once_it_is_settled():
    new, old = Request("new", "", periods=("2020-01", "2026-01")), Request("old", "", periods=("2024-01", "2024-02"))
    asked = datetime(2026, 11, 1, 20, tzinfo=UTC)  # the 2nd in India

    def due(day):
        return [
            one.question
            for one in schedule.due(feed(), [new, old], {"new": asked, "old": asked}, date.fromisoformat(day))
        ]

    assert due("2026-11-08") == []
    assert due("2026-11-09") == ["new"]
    assert due("2027-01-10") == ["new"]
    assert due("2027-01-11") == ["new", "old"]
    assert due("2026-10-01") == ["new", "old"], "asked by a clock that was wrong"
    assert schedule.due(feed(), [new], {}, date(2026, 11, 2)) == [new]
    ends = [str(date(2026, 11, 9) - timedelta(days=feed().settled + more)) for more in (0, 1)]
    edge = [Request(end, "", periods=(end,)) for end in ends]
    assert schedule.due(feed(), edge, dict.fromkeys(ends, asked), date(2026, 11, 9)) == edge[:1]


def test_a_period_that_ends_on_the_day_is_over():
    assert [contract._over(period, date(2026, 11, 30)) for period in ("2026-11", "2026-12-01", "")] == [
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("newest", "period", "day"),
    [("2026-05", "2026-06", "2026-09-13"), ("FY25", "FY26", "2026-06-14"), ("FY26-H1", "FY26-H2", "2026-06-14"),
     ("2024", "2025", "2026-03-16"), ("2026-11-20", "2026-11-21", "2027-02-04")],
)  # fmt: skip
def test_the_next_period_is_expected_its_lag_after_its_end(newest, period, day):
    on = date.fromisoformat(day)
    assert schedule.expected(feed(), newest, on) == schedule.Expected(period, on, False)
    assert schedule.expected(feed(), newest, on + timedelta(days=1)).late


def test_where_there_is_no_newest_period_none_is_expected():
    assert schedule.expected(feed(), "", date(2026, 1, 1)) is None
    assert schedule.newest(["2024", "2024-12", "FY24", "", "x"]) == "2024-12"


# a run


def test_what_is_due_is_asked_once_and_then_rests(world):
    first = world.fetch()
    assert (first.ended, first.change.new, first.calls) == ("new", 22, QUESTIONS)
    assert world.held() == world.figures
    second = world.fetch()
    assert (second.ended, second.calls, second.change.any) == ("nothing new", 0, False)
    world.later(8)
    third = world.fetch()
    assert (third.ended, third.calls, third.same) == ("nothing new", QUESTIONS, QUESTIONS)
    assert len(world.files("answers")) == QUESTIONS, "the same answer is checked, not kept again"
    assert len((world.archive / "tiny/checked.jsonl").read_text().splitlines()) == QUESTIONS


def test_a_mass_withdrawal_is_refused_until_it_is_accepted_and_forgotten_when_it_was_a_slip(world):
    world.fetch()
    world.later(8)
    kept = dict(world.figures)
    world.figures = {"2025-01": 125.0, "2026-01": 126.0} | {m: v for m, v in kept.items() if m.startswith("2025")}
    result = world.fetch()
    assert result.ended == "failed"
    assert "--accept" in result.problems[0] and "9 of 10" in result.problems[0]
    assert world.held() == kept
    assert world.fetch().ended == "failed", "it is told until it is settled"
    world.later(8)
    world.figures = {**kept, "2026-10": 5.0}
    healed = world.fetch()
    assert (healed.ended, healed.change.revised, healed.change.withdrawn) == ("new", 1, 0)
    assert world.fetch(accept=True).change == store.Change(), "the slip does not come back"
    world.later(8)
    world.figures = {m: v for m, v in kept.items() if m < "2026-02"}
    world.fetch()
    assert world.fetch(accept=True).change.withdrawn == 9


def test_a_slip_that_was_mended_before_a_run_was_killed_is_not_taken(world):
    world.fetch()
    kept = dict(world.figures)
    for figures in ({"2025-01": 125.0, "2026-01": 126.0}, kept | {"2026-10": 5.0}):
        world.later(8)
        world.figures = figures
        world.killed()
    assert world.fetch(accept=True).change == store.Change(revised=1, unchanged=21)


def test_other_answers_are_taken_beside_one_that_is_refused(world):
    world.fetch()
    world.later(8)
    world.figures = (
        {"2025-06": 7.0} | {m: v for m, v in world.figures.items() if m.startswith("2026")} | {"2026-05": 1.0}
    )
    result = world.fetch()
    assert (result.ended, result.change.revised) == ("failed", 1)
    assert world.held()["2026-05"] == 1.0


def test_a_dry_run_tells_what_would_be_asked_and_writes_nothing(world):
    done = run("fetch", "tiny", "--since", SINCE, "--dry-run")
    assert (done.exit_code, world.asked) == (0, [])
    assert "2 questions due, up to 2 calls, about 0 s" in done.stdout
    assert "months of 2026" in done.stdout
    assert not world.archive.exists()
    world.fetch()
    assert "no questions due" in run("fetch", "tiny", "--since", SINCE, "--dry-run").stdout


def test_exit_codes_tell_new_from_nothing_new_from_failed_from_offline(world, monkeypatch):
    assert run("fetch", "--since", SINCE).exit_code == 0
    assert run("fetch", "--since", SINCE).exit_code == 20
    world.later(8)
    world.fault("not found")
    failed = run("fetch", "--since", SINCE, "--quiet")
    assert failed.exit_code == 21 and "nothing is at /months/2025" in failed.stderr
    monkeypatch.setenv("MAGNETS_TINY_URL", "http://127.0.0.1:9")
    offline = run("fetch", "--since", SINCE)
    assert offline.exit_code == 22 and "is there a network?" in offline.stderr


def test_a_run_with_quiet_says_nothing_when_all_is_well(world):
    done = run("fetch", "--since", SINCE, "-q")
    assert (done.exit_code, done.output) == (0, "")
    world.later(8)
    assert "2 answers as before (2 calls)" in run("fetch", "--since", SINCE).stdout


@pytest.mark.parametrize("words", [["nobody"], *(["--since", of] for of in ("May", "2027-01", "2026-1", "2025-13"))])
def test_a_wrong_name_or_month_is_exit_code_2(world, words):
    done = run("fetch", *words)
    assert (done.exit_code, world.asked) == (2, [])


def test_only_one_run_works_on_an_archive(world):
    world.archive.mkdir()
    with FileLock(world.archive / ".lock"):
        done = run("fetch", "--since", SINCE)
    assert done.exit_code == 7 and "another run" in done.stderr
    assert run("fetch", "--since", SINCE).exit_code == 0


def test_a_feed_without_a_module_is_told(world):
    with (world.data / "feeds.csv").open("a") as file:
        file.write(ROW.replace("tiny", "nomodule", 1) + "\n")
    done = run("fetch", "--since", SINCE)
    assert done.exit_code == 21 and "there is no module src/helpers/data/sources/nomodule.py" in done.stderr
    assert world.held() == world.figures, "the others go on"


def test_sources_are_shown_before_and_after_a_fetch(world, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    before = run("sources")
    assert before.exit_code == 0 and re.search(r"tiny +a made-up source +never +TINY_KEY not set", before.stdout)
    world.figures = {m: v for m, v in world.figures.items() if m < "2026-09"}
    world.fetch()
    world.later(15)
    world.fault("not found")
    world.fetch()
    after = run("sources").stdout
    assert re.search(r"2026-11-22 \(synthetic\) +2026-08 +2026-09 by 2026-12-14 +TINY_KEY not set", after)
    assert "last problem of tiny, 2026-12-07: failed" in after
    world.later(30)
    assert "(late)" in run("sources").stdout


# what a source may answer


@pytest.mark.parametrize(
    ("fault", "ended", "said"),
    [("no key", "failed", "set TINY_KEY"), ("quota", "quota", "go on after"),
     ("quota for ages", "quota", "the quota is used up"), ("forbidden", "failed", "its terms"),
     ("not found", "failed", "has the source moved?"), ("token", "failed", "fetch again"),
     ("busy", "quota", "wants fewer calls"), ("busy, soon", "quota", "wants fewer calls"),
     ("busy, for hours", "quota", "go on after 2026-11-30 13:30 in India"),
     ("broken", "failed", "the source fails (500"), ("gateway", "failed", "the source fails (502"),
     ("slow", "failed", "no answer in time"), ("cut", "failed", "the connection broke"),
     ("html", "failed", "a web page came instead of json"),
     ("html as json", "failed", "a web page came instead of json"), ("error in 200", "failed", "Invalid parameter"),
     ("empty", "failed", "it is empty"), ("no json", "failed", "it is not json"),
     ("columns", "failed", "KeyError: 'months'"), ("elsewhere", "failed", "another host, http://localhost.invalid"),
     ("round and round", "failed", "sent on 5 times"), ("huge", "failed", "longer than 100,000,000 bytes"),
     ("gzip bomb", "failed", "longer than 100,000,000 bytes"), ("no gzip", "failed", "cannot be unpacked"),
     ("other packing", "failed", "packed as br")],
)  # fmt: skip
def test_a_fault_says_what_to_do_and_loses_nothing(world, kept, monkeypatch, fault, ended, said):
    if fault == "slow":
        monkeypatch.setattr(transport, "READ", 0.5)  # what is not slow must come in time on a busy machine
        monkeypatch.setattr(faults, "SLOW", 0.8)
    monkeypatch.setattr(visit, "PATIENCE", 1)
    before = world.begun(kept)
    world.fault(fault)
    result = world.fetch()
    assert result.ended == ended
    assert said in "\n".join(result.problems)
    assert world.held() == before
    world.later(1)
    world.answers()
    world.figures["2026-01"] = 3.0
    assert world.fetch().change.revised == 1, "the next run asks again and goes on"


def months(text):
    return lambda request: Response(f'{{"months": {text}}}', content_type="application/json")


@pytest.mark.parametrize(
    ("text", "said"),
    [('{"2025-01": 1e400}', "a value without end"), ('{"2025-01": -5.5}', "a negative amount"),
     ('{"2025-01": NaN}', "no number, or one where the status is missing"),
     ('{"2026-12": 5}', "a period that is none, or not over: '2026-12'"),
     ('{"20x": 5}', "a period that is none, or not over: '20x'"),
     ('{"2025\\u001b[2J": 5}', "a period that is no plain text: '2025\\x1b[2J'"),
     ('{"\\ud800": 5}', "a period that is no plain text"), ("[" * 100_000, "RecursionError")],
)  # fmt: skip
def test_a_figure_that_no_table_could_hold_is_kept_aside(world, kept, text, said):
    before = world.begun(kept)
    world.answers(months(text))
    done = run("fetch", "--since", SINCE)
    assert done.exit_code == 21 and said in done.stderr
    assert world.held() == before and len(world.files("refused")) == QUESTIONS


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [("table", "passwords", "a table that there is not"),
     ("key", "import/IND/CHN/Viet Nam/N/850511/weight", "a key of other parts"),
     ("key", "import/IND/*/850511/weight", "a key of other parts"), ("unit", "kg", "an unknown unit"),
     ("status", "assumed", "a status that there is not"), ("note", "one\nother", "a note that is no plain text"),
     ("note", None, "a note that is no plain text"), ("low", 9.0, "a value outside its own range"),
     ("value", [1], "a value that is no number"),
     ("status", "missing", "no number, or one where the status is missing"),
     ("published", "yesterday", "a day of publication that is none")],
)  # fmt: skip
def test_a_figure_has_the_keys_units_and_words_of_the_house(column, value, said):
    good = {"table": "trade", "key": "import/IND/world/850511/weight", "period": "2025-01", "unit": "t", "value": 5.0,
            "low": None, "high": None, "status": "reported", "published": date(2025, 3, 1), "note": ""}  # fmt: skip
    day = date(2025, 3, 2)
    assert list(contract.faults(pd.DataFrame([good]), day)) == []
    assert said in next(contract.faults(pd.DataFrame([good | {column: value}]), day))


def test_an_answer_before_the_answer_that_is_not_understood_stops_one_question_only(world, monkeypatch):
    source = sources.module(sources.feeds()["tiny"])

    def prepare(request, ask):
        return request if "2026" in request.path else ask(request)["files"]

    monkeypatch.setattr(source, "prepare", prepare, raising=False)
    result = world.fetch()
    assert (result.ended, result.change.new) == ("failed", 10)
    assert "months of 2025: the answer has not the form that a made-up source had (TypeError" in result.problems[0]


@pytest.mark.parametrize("where", ["headers", "body"])
def test_an_answer_a_drop_at_a_time_is_left_when_it_takes_too_long(world, monkeypatch, where):
    monkeypatch.setattr(transport, "TOTAL", 0.3)
    monkeypatch.setattr(transport, "ATTEMPTS", 1)
    monkeypatch.setattr(visit, "PATIENCE", 1)
    head, drop = b"HTTP/1.1 200 OK\r\n", {"headers": b"X: y\r\n", "body": b"1\r\n \r\n"}[where]
    stop = threading.Event()

    def serve():
        with suppress(OSError):
            there, _ = listening.accept()
            with there:
                there.sendall(head + (b"Transfer-Encoding: chunked\r\n\r\n" if where == "body" else b""))
                while not stop.wait(0.02):
                    there.sendall(drop)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        monkeypatch.setenv("MAGNETS_TINY_URL", f"http://127.0.0.1:{listening.getsockname()[1]}")
        threading.Thread(target=serve, daemon=True).start()
        try:
            result = world.fetch()
        finally:
            stop.set()
    assert result.ended == "failed" and re.search("no answer in time|the connection broke", result.problems[0])


def test_a_packed_answer_whose_end_is_missing_is_not_taken(world):
    packed = gzip.compress(b'{"months": {"2025-01": 5}}' + b" " * 10_000)
    for body in (packed[:-9], packed + packed):
        world.answers(lambda request, body=body: Response(body, headers={"Content-Encoding": "gzip"}))
        assert "its end is missing" in world.fetch().problems[0]


@pytest.mark.parametrize("fault", ["busy", "busy, soon", "broken", "gateway", "cut", "slow"])
def test_what_may_pass_is_asked_again(world, monkeypatch, fault):
    if fault == "slow":
        monkeypatch.setattr(transport, "READ", 0.5)  # what is not slow must come in time on a busy machine
        monkeypatch.setattr(faults, "SLOW", 0.8)
    world.fault(fault, times=2)
    result = world.fetch()
    assert (result.ended, result.problems, result.calls) == ("new", (), QUESTIONS + 2)


def test_what_may_not_pass_is_not_asked_again(world):
    calls = []
    world.answers(lambda request: calls.append(request) or faults.FAULTS["no key"](request))
    world.fetch()
    assert len(calls) == 1, "neither this question nor the next"


@pytest.mark.parametrize("fault", ["busy, for hours", "busy, until", "quota"])
def test_a_quota_is_waited_for_by_not_asking(world, fault):
    world.at = datetime.now(UTC)
    world.fault(fault)
    assert world.fetch().ended == "quota"
    calls = []
    world.answers(lambda request: calls.append(request) or world.good(request))
    assert (world.fetch().ended, calls) == ("quota", [])
    assert "its quota is used up; go on after" in run("fetch", "--since", SINCE, "--dry-run").stdout


@pytest.mark.parametrize(("hours", "key"), [(6, ""), (-72, ""), (0, KEY)])
def test_a_quota_holds_for_its_time_without_another_key_and_by_no_wrong_clock(world, monkeypatch, hours, key):
    world.at = datetime.now(UTC)
    world.fault("busy, for hours")
    assert world.fetch().ended == "quota"
    world.answers()
    monkeypatch.setenv("TINY_KEY", key)
    world.at += timedelta(hours=hours)
    assert world.fetch().ended == "new"


def test_retry_after_is_waited_for(world, monkeypatch):
    waits = [error.after for error in (_busy("3"), _busy("soon"), _busy(""), _busy("-5"))]
    assert waits == [3.0, None, None, None]
    assert transport._again(_busy("3")) == 3.0
    assert transport._again(_busy("")) is transport._again(TimeoutError()) is True


def _busy(after):
    answer = Answer(Request("q", "/"), b"", 429, {"retry-after": after})
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("TINY_KEY", raising=False)
        with transport.Line(feed()) as line, pytest.raises(transport._BusyError) as raised:
            line._judged(answer)
    return raised.value


def test_one_bad_answer_is_kept_aside_and_the_others_go_on(world):
    world.answers(lambda request: faults.FAULTS["html" if "2025" in request.path else "columns"](request))
    world.fetch()
    assert len(world.files("refused")) == 2
    world.answers(lambda request: faults.FAULTS["html"](request) if "2025" in request.path else world.good(request))
    result = world.fetch()
    assert (result.ended, result.change.new) == ("failed", 10)
    refused = [json.loads(path.read_text()) for path in world.files("refused")]
    assert sorted(one["question"] for one in refused) == ["months of 2025", "months of 2026"]
    assert any("web page" in one["reason"] for one in refused)
    body = gzip.decompress(world.files("refused")[-1].with_suffix(".gz").read_bytes())
    assert body.decode() == faults.PAGE


def test_a_source_that_only_fails_is_left_alone_and_what_failed_is_asked_last(world):
    calls = []
    world.answers(lambda request: calls.append(request.path) or faults.FAULTS["not found"](request))
    result = world.fetch(since="2017-01")
    assert len(calls) == visit.PATIENCE and "left alone, 5 open" in result.problems[-1]
    calls.clear()
    world.fetch(since="2017-01")
    assert calls == [f"/months/{year}" for year in range(2022, 2027)]


def test_calls_a_day_are_counted_over_runs(world):
    (world.data / "feeds.csv").write_text(f"{HEAD}\n{ROW.replace(',1000,', ',3,')}\n")
    assert world.fetch().calls == 2
    more = world.fetch(since="2020-01")
    assert (more.ended, more.calls) == ("quota", 1)
    assert "its 3 calls a day are used" in more.problems[0]
    world.later(1.1)
    assert world.fetch(since="2020-01").calls == 3


def test_a_pace_is_kept_between_calls(world, monkeypatch):
    (world.data / "feeds.csv").write_text(f"{HEAD}\n{ROW.replace(',0,1000,', ',1.5,1000,')}\n")
    waits, clock = [], [100.0]
    monkeypatch.setattr(transport, "time", SimpleNamespace(monotonic=lambda: clock[0], sleep=waits.append))
    world.fetch()
    assert waits == [0.0, 1.5]


@pytest.mark.parametrize("kind", ["zip", "xlsx"])
def test_a_zip_bomb_is_not_opened(kind):
    body = faults.FAULTS["zip bomb"](None).get_data()
    with pytest.raises(UnfitError, match="20,000,000 bytes, far more than it should"):
        bodies.check(Answer(Request("q", "/", kind=kind), body))
    with pytest.raises(UnfitError, match=f"no {kind}"):
        bodies.check(Answer(Request("q", "/", kind=kind), faults.PAGE.encode()))


def test_text_is_read_without_its_mark_and_never_in_a_wrong_encoding():
    request = Request("q", "/", kind="csv")
    assert bodies.text(Answer(request, b"\xef\xbb\xbfa,b")) == "a,b"
    assert bodies.text(Answer(request, "é".encode("latin-1")), "latin-1") == "é"
    for body in ("é".encode("latin-1"), "a,b".encode("utf-16"), "a,b".encode("utf-16-le")):
        with pytest.raises(UnfitError, match="encoding"):
            bodies.text(Answer(request, body))


@pytest.mark.parametrize(
    "wrong",
    ["garbage", "http://[::1", "http://127.0.0.1:99999", "file:///etc", "http://", "http://me:geheim@127.0.0.1:9"],
)
def test_an_address_that_is_none_or_holds_a_password_is_not_asked_nor_told(world, monkeypatch, wrong):
    monkeypatch.setenv("MAGNETS_TINY_URL", wrong)
    for more in ([], ["--dry-run"]):
        done = run("fetch", *more)
        assert done.exit_code == 2 and "MAGNETS_TINY_URL is no address to ask" in done.stderr
        assert "geheim" not in done.output
    assert not world.archive.exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [("ALL_PROXY", "socks5://127.0.0.1:9"), ("HTTP_PROXY", "ftp://127.0.0.1"), ("NO_PROXY", "[::1"),
     ("SSL_CERT_FILE", "/")],
)  # fmt: skip
def test_settings_that_lead_to_no_network_are_named(world, monkeypatch, name, value):
    transport._trusted.cache_clear()
    monkeypatch.setenv("MAGNETS_TINY_URL", "http://elsewhere.example")
    monkeypatch.setenv(name, value)
    done = run("fetch", "--since", SINCE)
    transport._trusted.cache_clear()
    assert done.exit_code == 21 and name in done.stderr


def test_a_proxy_is_no_way_to_this_machine(world, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert world.fetch().ended == "new"


# keys


def test_the_key_is_sent_and_is_nowhere_else(world, monkeypatch, caplog):
    caplog.set_level("DEBUG")
    monkeypatch.setenv("TINY_KEY", KEY)
    world.fetch()
    assert world.asked[0].headers["X-Key"] == KEY and KEY not in world.asked[0].url
    said = []
    for fault in ("repeats the key", "refuses the key", "elsewhere", "busy", "columns"):
        world.later(8)
        world.fault(fault)
        result = world.fetch()
        assert result.problems
        said += [repr(result), run("fetch", "--since", SINCE).output, run("sources").output]
    assert KEY not in "".join(said) + caplog.text
    assert "no such key: " in "".join(said) and "[key]" in "".join(said)
    for text in ("x" * 155 + KEY, KEY.upper()):
        world.answers(lambda request, text=text: Response(text, 404))
        assert KEY[:5].lower() not in "".join(world.fetch(since="2023-01").problems).lower()
    assert "TINY_KEY set" in "".join(said)
    for path in world.archive.rglob("*"):
        if path.is_file():
            body = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
            assert KEY.encode() not in body, path
    with transport.Line(sources.feeds()["tiny"], "X-Key") as line:
        assert KEY not in repr(line)


def test_the_key_goes_to_no_other_host(world, monkeypatch):
    monkeypatch.setenv("TINY_KEY", KEY)
    got = []
    with HTTPServer(host="127.0.0.1", port=0) as other:
        other.expect_request("/login").respond_with_handler(lambda request: got.append(request) or Response("{}"))
        world.answers(lambda request: Response("", 302, {"Location": other.url_for("/login")}))
        result = world.fetch()
    assert got == [] and "another host" in result.problems[0]
    world.answers(
        lambda request: world.good(request) if request.path.startswith("/there")
        else Response("", 302, {"Location": f"/there{request.path}"})
    )  # fmt: skip
    assert world.fetch().ended == "new", "sent on within the host"
    monkeypatch.setenv("MAGNETS_TINY_URL", "http://elsewhere.example")
    assert "no key is sent there" in world.fetch(since="2024-01").problems[0]


def test_files_come_from_the_hosts_that_are_named_and_get_no_key(monkeypatch):
    monkeypatch.setenv("TINY_KEY", KEY)
    monkeypatch.delenv("MAGNETS_TINY_URL", raising=False)

    def headers(url):
        with transport.Line(feed(key="TINY_KEY"), "X-Key", ("files.example",)) as line:
            question = httpx.Request("GET", url, headers={"X-Key": KEY})  # as it would be sent on
            line._allow(question, Request("q", "/"))
        return question.headers

    assert headers("https://tiny.example/x")["X-Key"] == KEY and "X-Key" not in headers("https://files.example/x")
    for other in ("http://files.example/x", "https://tiny.example:8443/x", "http://tiny.example/x"):
        with pytest.raises(UnfitError, match="another host"):
            headers(other)
    monkeypatch.setenv("MAGNETS_TINY_URL", "https://127.0.0.1:1")
    with pytest.raises(UnfitError, match="another host"):
        headers("https://files.example/x")


def test_a_file_of_keys_must_be_its_owners_alone(world, tmp_path, monkeypatch):
    path = tmp_path / ".config/magnets/keys"
    path.parent.mkdir(parents=True)
    path.write_text(f"# keys\nTINY_KEY = {KEY}\n")
    path.chmod(0o644)
    done = run("fetch", "--since", SINCE)
    assert done.exit_code == 2 and "chmod 600" in done.stderr and world.asked == []
    path.chmod(0o600)
    assert run("fetch", "--since", SINCE).exit_code == 0
    assert world.asked[0].headers["X-Key"] == KEY
    path.write_text(KEY)
    done = run("fetch", "--since", SINCE)
    assert done.exit_code == 2 and "line 1" in done.stderr and KEY not in done.output
    monkeypatch.setenv("MAGNETS_KEYS", str(tmp_path / "none"))
    assert "which is no file" in run("fetch").stderr


@pytest.mark.parametrize("wrong", ["two words", "ab", "schlüssel", "a\nb-c-d"])
def test_a_key_that_is_none_is_not_told(world, monkeypatch, wrong):
    monkeypatch.setenv("TINY_KEY", wrong)
    with pytest.raises(keys.KeyFileError, match="TINY_KEY is no key") as raised:
        world.fetch()
    assert wrong not in str(raised.value)


# the archive


@pytest.mark.parametrize("killed", [False, True])
def test_synthetic_and_real_figures_are_never_mixed(world, monkeypatch, killed):
    world.killed() if killed else world.fetch()
    before = versions.parts(world.archive / "tiny")
    assert all(part.synthetic for part in before) and bool(before) is not killed
    side = json.loads(world.files("answers")[0].read_text())
    assert side["address"].startswith("http://127.0.0.1") and side["terms"] == "S1"
    monkeypatch.delenv("MAGNETS_TINY_URL")
    result = world.fetch()
    assert result.ended == "failed" and "holds synthetic figures and takes no real ones" in result.problems[0]
    assert versions.parts(world.archive / "tiny") == before


def test_files_that_a_person_drops_are_taken(world):
    (world.data / "feeds.csv").write_text(f"{HEAD}\n{ROW.replace('https://tiny.example', '')}\n")
    assert world.fetch().ended == "nothing new"
    folder = world.archive / "drop/tiny"
    folder.mkdir(parents=True)
    (folder / "2025.json").write_text(json.dumps({"months": {"2025-01": 1.0, "2025-02": 2.0}}))
    (folder / ".hidden").write_text("x")
    assert world.fetch().change.new == 2
    assert world.fetch().same == 1
    (folder / "2025.json").write_text(json.dumps({"months": {"2025-01": 1.5, "2025-02": 2.0}}))
    (folder / "other.json").write_text(faults.PAGE)
    result = world.fetch()
    assert (result.ended, result.change.revised) == ("failed", 1)
    assert "file other.json" in result.problems[0]
    assert (folder / "other.json").is_file(), "a person's files are left where they are"


def test_a_file_that_is_made_up_or_cannot_be_read_is_left_and_told(world, monkeypatch):
    (world.data / "feeds.csv").write_text(f"{HEAD}\n{ROW.replace('https://tiny.example', '')}\n")
    folder = world.archive / "drop/tiny"
    folder.mkdir(parents=True)
    (folder / "synthetic-2025.json").write_text(json.dumps({"months": {"2025-01": 1.0}}))
    (folder / "2026.json").write_text(json.dumps({"months": {"2026-01": 2.0}}))
    monkeypatch.delenv("MAGNETS_TINY_URL")
    read = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: read(folder / "none" if path.name == "2026.json" else path))
    gone, made_up = world.fetch().problems
    assert "is made up, for a demonstration; take it away" in made_up
    assert "2026.json cannot be read (No such file or directory)" in gone
    assert not versions.parts(world.archive / "tiny")


def test_an_archive_that_is_damaged_is_told_and_stops_nobody_else(world, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    world.fetch()
    next((world.archive / "tiny/parts").glob("*.parquet")).write_bytes(b"no parquet")
    world.later(8)
    result = world.fetch()
    assert result.ended == "failed" and "verify --archive" in result.problems[0]
    assert "the archive cannot be read" in run("sources").stdout


@pytest.mark.parametrize("file", ["parts/*.json", "answers/*.json", "checked.jsonl"])
@pytest.mark.parametrize(
    "text",
    ["{\n", "[]\n", "{}\n", '{"question": "a", "at": "2026-11-01"}\n',
     '{"question": [1], "at": "2026-11-01T10:00Z"}\n'],
)  # fmt: skip
def test_what_stands_beside_answers_and_parts_is_told_when_it_is_damaged(world, kept, file, text):
    world.begun(kept)
    world.fetch()
    path = next((world.archive / "tiny").glob(file))
    path.write_text(text)
    world.later(8)
    for words in (["fetch", "--since", SINCE], ["verify", "--archive"]):
        done = run(*words)
        assert done.exit_code in (1, 21) and path.name in done.stderr and "anew" in done.stderr
    done = run("sources")
    assert done.exit_code == 0 and path.name in done.stdout and "anew" in done.stdout


@pytest.mark.parametrize(
    "odd", [{"at": "2026-11-01"}, {"until": "soon"}, {"problems": [1]}, {"failed": 1}, {"failed": [[]]}, None]
)
def test_how_the_last_turn_ended_is_forgotten_and_told_if_it_cannot_be_read(world, kept, odd):
    world.begun(kept)
    path = world.archive / "tiny" / visit.RECORD
    path.write_text("[]" if odd is None else json.dumps(json.loads(path.read_text()) | odd))
    told = run("sources")
    assert told.exit_code == 0 and f"{path} cannot be understood; delete it" in told.stdout
    assert run("fetch", "--since", SINCE).exit_code == 20


def test_an_answer_that_a_killed_run_kept_and_that_is_damaged_is_told(world):
    world.killed()
    world.files("answers")[0].with_suffix(".gz").write_bytes(b"no gzip")
    result = world.fetch()
    assert result.ended == "failed" and "cannot be understood (BadGzipFile)" in result.problems[0]


def test_an_answer_that_a_killed_run_kept_and_that_is_understood_no_more_is_told_with_its_question(world, monkeypatch):
    def strange(*_):
        raise UnfitError("strange")

    world.killed()
    monkeypatch.setattr(visit, "_figures", strange)
    assert world.fetch().problems == tuple(f"months of {year}: strange" for year in (2025, 2026))


def test_another_port_or_path_of_a_source_is_not_the_source(monkeypatch):
    known = {"tiny": feed()}
    for address, made_up in (("https://tiny.example/", False), ("http://tiny.example", True),
                             ("https://tiny.example:8443", True), ("https://tiny.example/mirror", True)):  # fmt: skip
        monkeypatch.setenv("MAGNETS_TINY_URL", address)
        assert sources.synthetic(known) is made_up


def test_two_questions_about_one_figure_are_taken_in_their_order(world):
    world.fetch()
    world.later(8)
    first, last = world.figures | {"2026-03": 7.0}, dict(world.figures)
    world.answers(lambda request: Response(json.dumps({"months": last if "2026" in request.path else first})))
    assert world.fetch().change.revised == 2
    assert world.held() == last


def test_a_clock_that_was_set_back_changes_no_order(world):
    world.fetch()
    last = max(part.known for part in versions.parts(world.archive / "tiny"))
    world.at -= timedelta(hours=20)
    world.figures["2026-01"] = 3.0
    assert world.fetch().change.revised == 1, "what was asked after today is asked again"
    assert world.held()["2026-01"] == 3.0
    assert min(part.known for part in versions.parts(world.archive / "tiny")) == last
    again = world.fetch()
    assert (again.ended, again.same) == ("nothing new", QUESTIONS), "compared with the answer that came last"
    world.at += timedelta(days=30)
    assert world.fetch().ended == "nothing new"
    world.at -= timedelta(days=15)
    assert max(part.known for part in versions.parts(world.archive / "tiny")) < world.at
    result = world.fetch()
    assert result.ended == "failed" and "set the clock right" in result.problems[0], "what was as before counts too"


@pytest.mark.parametrize(("days", "kept"), [(-1, True), (0.9, True), (1.1, False)])
def test_a_clock_that_is_behind_that_of_the_source_keeps_nothing(monkeypatch, days, kept):
    now = datetime(2026, 11, 22, 6, tzinfo=UTC)
    monkeypatch.setattr(schedule, "now", lambda: now)
    monkeypatch.delenv("MAGNETS_TINY_URL", raising=False)
    answer = Answer(
        Request("q", "/"), b"{}", headers={"date": format_datetime(now + timedelta(days=days), usegmt=True)}
    )
    with transport.Line(feed()) as line:
        if kept:
            assert line._judged(answer) == answer
        else:
            with pytest.raises(transport.DeniedError, match="this machine's clock is behind"):
                line._judged(answer)


def test_a_full_disk_is_told_and_what_came_before_is_kept(world, monkeypatch):
    put, written = store.put, []

    def full(path, content):
        written.append(path)
        if len(written) > 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        put(path, content)

    monkeypatch.setattr(store, "put", full)
    done = run("fetch", "--since", SINCE)
    assert done.exit_code == 1 and "No space left on device" in done.stderr
    monkeypatch.setattr(store, "put", put)
    assert len(world.files("answers")) == 1
    calls = len(world.asked)
    assert world.fetch().change.new == 22
    assert len(world.asked) == calls + 1, "what had come was not asked again"


def test_a_folder_that_cannot_be_written_is_told(world):
    world.archive.write_text("a file where the folder should be")
    done = run("fetch", "--since", SINCE)
    assert done.exit_code == 1 and "the archive cannot be written" in done.stderr


def test_ctrl_c_keeps_and_takes_what_came(world):
    def stop(request):
        if "2026" in request.path:
            raise AssertionError
        return world.good(request)

    def tell(feed, done, of):
        if done == 1:
            raise KeyboardInterrupt

    world.answers(stop)
    with pytest.raises(KeyboardInterrupt):
        world.fetch(tell=tell)
    assert len(world.held()) == 12
    world.answers()
    assert world.fetch().change.new == 10


KILLED = """
    import gc, os, random, signal, sys, time
    from pathlib import Path
    import duckdb, httpx, stamina
    from helpers import paths
    from helpers.data import sources
    from helpers.data.archive import contract, versions
    from helpers.data.sources import fetch, transport, visit

    paths.DATA, place, count, whole = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), 0.0
    sources.__path__.append(sys.argv[4])
    transport._trusted(), contract._codebook(paths.DATA)
    gc.freeze()

    def forked(folder, until=None):  # DuckDB has threads: it is only used in children
        child = os.fork()
        if not child:
            result = fetch.fetch(["tiny"], folder, "2024-01")[0]
            (folder / "held.json").write_text(versions.newest(folder / "tiny").to_json())
            os._exit(len(result.problems))
        if until is not None:
            time.sleep(until)
            os.kill(child, signal.SIGKILL)  # one that has ended is there until it is waited for
        return os.waitpid(child, 0)[1]

    begun = time.monotonic()
    assert forked(place / "unkilled") == 0
    whole = time.monotonic() - begun
    wanted = (place / "unkilled/held.json").read_text()
    luck, killed, between, turn = random.Random(7), 0, 0, 0
    while (killed < count or between < 3) and turn < 5 * count:
        folder, turn = place / str(turn), turn + 1
        died = forked(folder, luck.uniform(0.05, 1) * whole) == signal.SIGKILL
        left = {path.relative_to(folder / "tiny").parts[0] for path in folder.glob("tiny/*/*")}
        killed, between = killed + died, between + bool(left)
        whole *= 1 if died and left else 1.2 if died else 0.8  # the machine is slower now, or faster
        for part in versions.parts(folder / "tiny"):
            assert not part.sha256 or part.path.is_file()
        assert forked(folder) == 0, turn
        assert (folder / "held.json").read_text() == wanted, turn
        assert not list(folder.rglob("*.tmp")), turn
    print(killed, between)
"""


def test_a_run_killed_at_any_moment_is_completed_by_the_next(world, tmp_path):
    world.figures |= {f"{year}-{month:02d}": float(month) for year in (2024, 2025) for month in range(1, 13)}
    code, folder = textwrap.dedent(KILLED), str(Path(faults.__file__).parent / "sources")
    done = subprocess.run(
        [sys.executable, "-c", code, str(world.data), str(tmp_path / "killed"), "10", folder],
        capture_output=True, text=True, timeout=120, env=os.environ | {"PYTHONPATH": str(paths.CODE.parent)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    killed, between = map(int, done.stdout.split())
    assert killed >= 10 and between >= 3, "killed while they ran, some with something kept"
