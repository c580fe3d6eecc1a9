"""What lies on the shelf: whole or not at all, verified with its own record, listed past whatever else is there."""

import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import AS_OF, contents
from helpers import paths
from helpers.report import pipeline
from helpers.report.job import End
from helpers.report.parameters import Parameters
from helpers.report.shelf import archive, files, inputs, publish, record, verify

ONE = [Parameters(as_of=AS_OF)]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return tmp_path_factory.mktemp("made") / "reports"


@pytest.fixture
def report(quick, made, tmp_path):
    """The folder of a published report, a copy of one that is made once."""
    if not made.exists():
        assert pipeline.reports(ONE, made)[0].end is End.OK
    return shutil.copytree(made, tmp_path / "reports") / AS_OF


def edit(folder, change):
    """Change the record of a report without its own hash."""
    path = folder / "run.json"
    known = json.loads(path.read_text(encoding="utf-8"))
    change(known)
    path.write_text(json.dumps(known), encoding="utf-8")


def set_(*place, to):
    def change(known):
        *path, last = place
        for name in path:
            known = known[name]
        known[last] = to

    return change


FOREIGN = {"no answer": set_("answer", to=None), "inputs of another form": set_("inputs", to=[]),
           "no day": set_("parameters", "as_of", to="2026-02-30"),
           "chapters of another form": set_("chapters", to={"1-small": None}),
           "a file elsewhere": set_("files", "../index.html", to="0" * 64)}  # fmt: skip


@pytest.mark.parametrize("change", FOREIGN.values(), ids=FOREIGN)
def test_a_foreign_record_is_reported_and_passed_over_and_never_keeps_a_report_from_being_told(report, change):
    edit(report, change)
    with pytest.warns(UserWarning, match=r"run.json is no record of a report: .*left out of the archive"):
        (outcome,) = pipeline.reports([Parameters(as_of=AS_OF, horizon=3)], report.parent)
    assert outcome.end is End.OK and outcome.text.endswith(f"{AS_OF}-r2/index.html")
    with pytest.warns(UserWarning, match="is no record"):
        assert [known["folder"] for known in archive.records(report.parent)] == [f"{AS_OF}-r2"]
    (line,) = verify.differences(report)
    assert "is no record of a report" in line


def test_a_fresh_report_is_what_its_record_says(report):
    assert verify.differences(report) == []


EDITS = {"the answer": set_("answer", to="None at all."), "the command": set_("command", to="magnets report"),
         "when it was made": set_("made", to="2020-01-01T00:00:00+00:00"),
         "a chapter's seconds": set_("chapters", "1-small", "seconds", to=99.0),
         "a new field": set_("note", to="checked by hand")}  # fmt: skip


@pytest.mark.parametrize("change", EDITS.values(), ids=EDITS)
def test_an_edited_record_is_seen_whatever_was_edited(report, change):
    edit(report, change)
    assert "run.json: changed since it was published" in verify.differences(report)


def test_a_page_changed_together_with_its_hash_is_seen(report):
    (report / "1-small.html").write_text("<h1>other</h1>", encoding="utf-8")
    edit(report, set_("files", "1-small.html", to=inputs.sha256(report / "1-small.html")))
    assert verify.differences(report) == ["run.json: changed since it was published"]


def test_a_record_hashed_anew_still_has_to_agree_with_itself(report):
    path = report / "run.json"
    known = json.loads(path.read_text(encoding="utf-8")) | {"given": {"as_of": AS_OF, "horizon": 3}}
    path.write_text(record.written(known), encoding="utf-8")
    assert verify.differences(report) == ["run.json: what was given is not what differs from the defaults"]


def test_a_name_twice_a_link_a_renamed_folder_and_a_foreign_commit_are_seen(report):
    path = report / "run.json"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("{", '{"answer": "None at all.",', 1), encoding="utf-8")
    assert verify.differences(report) == ["run.json: changed since it was published"]
    path.write_text(text, encoding="utf-8")
    elsewhere = report.parent / "elsewhere.html"
    (report / "1-small.html").rename(elsewhere)
    (report / "1-small.html").symlink_to(elsewhere)
    assert verify.differences(report) == ["1-small.html: changed since it was published"]
    elsewhere.replace(report / "1-small.html")
    known = json.loads(text) | {"command": "magnets report"}
    known["code"]["commit"] = "0" * 40
    path.write_text(record.written(known), encoding="utf-8")
    assert verify.differences(report) == [
        "run.json: its command is not that of its parameters",
        "run.json: its commit is none of this clone",
    ]
    path.write_text(text, encoding="utf-8")
    assert verify.differences(report.rename(report.with_name("2026-11-23"))) == [
        f"run.json: was published as {AS_OF}, and its folder has another name"
    ]


def test_an_answer_that_is_not_that_of_the_page_is_seen(report):
    known = json.loads((report / "run.json").read_text(encoding="utf-8")) | {"answer": "None at all."}
    page = report / "index.html"
    page.write_text(page.read_text().replace("<style>", '<meta name="description" content="A &amp; B">\n<style>', 1))
    known["files"]["index.html"] = inputs.sha256(page)
    (report / "run.json").write_text(record.written(known), encoding="utf-8")
    assert verify.differences(report) == ["run.json: its answer is not that of index.html"]
    (report / "run.json").write_text(record.written(known | {"answer": "A & B"}), encoding="utf-8")
    assert verify.differences(report) == []


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"a"', "{}", "[" * 100_000])
def test_what_is_no_record_at_all_is_a_line_and_not_a_traceback(report, text):
    (report / "run.json").write_text(text)
    (line,) = verify.differences(report)
    assert "run.json is no record of a report" in line
    shutil.rmtree(report)
    assert "is no record of a report" in verify.differences(report)[0]


def test_links_of_others_neither_block_a_run_nor_are_written_through(quick, tmp_path):
    root, elsewhere = tmp_path / "reports", tmp_path / "elsewhere"
    elsewhere.mkdir()
    for name in ("precious", "index.html"):
        (elsewhere / name).write_text("precious")
    root.mkdir()
    (root / ".building-x").symlink_to(elsewhere)
    (root / ".building-y").symlink_to(elsewhere / "nothing")
    (root / ".lock-holder").symlink_to(elsewhere / "precious")
    (root / "index.html").symlink_to(elsewhere / "index.html")
    (root / AS_OF).symlink_to(elsewhere / "gone")
    (outcome,) = pipeline.reports(ONE, root)
    assert outcome.text == str(root / f"{AS_OF}-r2" / "index.html")
    assert {path.name: path.read_text() for path in elsewhere.iterdir()} == dict.fromkeys(
        ("precious", "index.html"), "precious"
    )
    assert {path.name for path in root.iterdir()} == {".lock", "index.html", "feed.xml", AS_OF, f"{AS_OF}-r2"}


@pytest.mark.parametrize("mask", [0o077, 0o022, 0o002])
def test_all_that_is_published_has_the_mode_that_the_umask_says(quick, tmp_path, mask):
    before = os.umask(mask)
    try:
        pipeline.reports(ONE, tmp_path / "reports")
    finally:
        os.umask(before)
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "reports").rglob("[!.]*")}
    assert len(modes) >= 5
    assert modes == {path: (0o777 if path.is_dir() else 0o666) & ~mask for path in modes}


def test_a_report_is_on_the_disk_before_its_name_is(quick, tmp_path, monkeypatch):
    seen = []
    sync, rename = os.fsync, Path.rename
    monkeypatch.setattr(os, "fsync", lambda fd: (seen.append(Path(f"/proc/self/fd/{fd}").readlink()), sync(fd))[1])
    monkeypatch.setattr(Path, "rename", lambda path, to: (seen.append("named"), rename(path, to))[1])
    root = tmp_path / "reports"
    pipeline.reports(ONE, root)
    named = seen.index("named")
    folder = {path.name for path in (root / AS_OF).iterdir()}
    assert {path.name for path in seen[:named] if path.parent.name.startswith(files.BUILDING)} == folder
    assert seen[named - 1].name.startswith(files.BUILDING) and seen[named + 1] == root


def test_a_file_of_the_data_that_cannot_be_read_is_wrong_data(quick, tmp_path, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(inputs, "sha256", refuse)
    (outcome,) = pipeline.reports(ONE, tmp_path / "reports")
    assert outcome.end is End.BAD_DATA and "cannot be read: Permission denied" in outcome.text


def test_whatever_keeps_the_data_from_being_checked_is_wrong_data(quick, tmp_path, monkeypatch):
    def fail(*_):
        raise KeyError("unit")

    monkeypatch.setattr("helpers.data.rules.require_valid", fail)
    (outcome,) = pipeline.reports(ONE, tmp_path / "reports")
    assert outcome.end is End.BAD_DATA and "KeyError: 'unit'\n-> see what `git diff data` says" in outcome.text


def test_figures_that_contradict_each_other_fail_the_reports_of_their_day_only(quick, tmp_path, monkeypatch):
    from helpers.data import DataError, Vintage

    def ask(of=None, today=None):
        if isinstance(of, Vintage) and str(of.day) == AS_OF:
            raise DataError("a total is not the sum of its parts")

    monkeypatch.setattr("helpers.data.rules.require_valid", ask)
    bad, good = pipeline.reports([*ONE, Parameters(as_of="2025-06-30")], tmp_path / "reports")
    assert bad.end is End.BAD_DATA and "a total is not the sum of its parts" in bad.text and good.end is End.OK


def test_a_list_that_cannot_be_made_does_not_deny_the_report(quick, tmp_path, monkeypatch):
    def fail(root):
        raise TypeError("of whatever kind")

    monkeypatch.setattr(archive, "write", fail)
    (outcome,) = pipeline.reports(ONE, tmp_path)
    assert outcome.end is End.NOT_WRITTEN and "is published, but could not be listed" in outcome.text
    assert (tmp_path / AS_OF / "index.html").exists()


def test_the_report_before_is_no_later_one_nor_of_another_kind_and_asked_the_same_if_any_did():
    def made(folder, horizon, **more):
        return {"folder": folder, "parameters": {"as_of": folder[:10], "horizon": horizon}} | more

    newest_first = [made("2026-12-01", 10), made("2026-11-22", 10, synthetic=True), made("2026-11-10", 5)]
    newest_first.append(made("2026-10-31", 10))

    def before(folder, horizon, synthetic=False):
        found = archive.before(newest_first, folder, {"as_of": folder[:10], "horizon": horizon}, synthetic)
        return found and found["folder"]

    assert before("2026-11-22-r2", 10) == "2026-10-31" and before("2026-11-22-r2", 7) == "2026-11-10"
    assert before("2026-11-22-r2", 10, synthetic=True) == "2026-11-22" and before("2026-10-01", 10) is None
    assert archive._before(newest_first)["2026-12-01"] == "2026-10-31", "which is not the made-up one"


def test_too_few_open_files_are_told_before_anything_begins(quick, tmp_path):
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    from helpers.report.run import limits

    assert limits.too_few_files(2) == ""
    code = "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64)); from helpers.cli import main; main()"
    words = ["report", "--as-of", AS_OF, "--output", str(tmp_path / "few")]
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True)
    assert done.returncode == 1 and "only 64 are allowed here" in done.stderr, done.stderr
    assert not (tmp_path / "few" / AS_OF).exists() and resource.getrlimit(resource.RLIMIT_NOFILE) == before


def test_a_clone_that_belongs_to_somebody_else_is_still_in_version_control(tmp_path, monkeypatch):
    if os.name == "nt" or os.geteuid():
        pytest.skip("only root may give a file away")
    for words in (["init", "-q"], ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "a", "--allow-empty"]):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    for path in [tmp_path, *tmp_path.rglob("*")]:
        os.chown(path, 12345, 12345)
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    inputs.commit.cache_clear()
    try:
        known = inputs.commit()
    finally:
        inputs.commit.cache_clear()
    assert len(known["commit"]) == 40 and known["dirty"] is False


def test_a_second_holder_is_told_of_even_where_the_note_is_gone(tmp_path):
    with publish.only_run(tmp_path):
        (tmp_path / ".lock-holder").unlink()
        with pytest.raises(publish.LockedError, match="another run is writing to"), publish.only_run(tmp_path):
            raise AssertionError
    assert contents(tmp_path).keys() == {Path(".lock")}


def test_the_tenth_report_of_a_day_is_newer_than_the_ninth():
    folders = ["2026-11-22-r10", "2026-11-22", "2026-11-22-r9", "2026-11-21-r11", "2026-11-22-r2"]
    assert sorted(folders, key=record.rank) == [folders[3], folders[1], folders[4], folders[2], folders[0]]
