"""A run killed at any moment leaves a readable archive, and the next run succeeds."""

import json
import sys

import pytest

from conftest import AS_OF, Page

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kills forks of a process that has everything loaded")

# One process imports everything and makes a report once; each run is a fork of it, and is killed: by the clock, or
# before its nth writing operation on a file of the archive. What writes nothing is left out: data are not validated and
# are read once, and a run that is killed at an operation has a chapter without a kernel.
RUNS = """
import gc, json, os, random, signal, sys, time
from functools import cache
from pathlib import Path
from types import SimpleNamespace
import nbformat
import papermill
from helpers.kernel import provisioner
from helpers.report import gate, job, pipeline
from helpers.report.page import spreadsheet
from helpers.report.parameters import Parameters
from helpers.report.run import papermill_engine
from helpers.report.shelf import archive as shelf, inputs, record, verify

root, scratch = Path(sys.argv[1]).absolute(), Path(sys.argv[2])
gate.rules.require_valid = lambda *_: None
india = gate.opened().on("AS_OF")
gate.opened = lambda: SimpleNamespace(on=lambda day: india)
shelf.write(scratch)
pipeline.inputs = verify.inputs = cache(inputs.inputs)  # nothing but the archive changes here
inputs.seeds = verify.seeds = cache(inputs.seeds)
inputs.versions = cache(inputs.versions)
WRITING = {"open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.chmod", "shutil.rmtree"}

question = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# What?")])
small = job.Chapter("1-small", job.End.OK, question, 0.1)
real, pipeline.run_chapter = pipeline.run_chapter, lambda path, parameters, timeout: small
pipeline.reports([Parameters(as_of="AS_OF")], scratch / "first")
pipeline.run_chapter = real
gc.freeze()  # what was loaded is shared by all forks

def start(horizon, seconds=None, operation=None):
    if (child := os.fork()) == 0:
        if operation:
            pipeline.run_chapter = lambda path, parameters, timeout: small
        seen = []
        def watch(event, details):
            reads = event == "open" and not details[2] & (os.O_WRONLY | os.O_RDWR)
            if event in WRITING and not reads and str(details[0]).startswith(str(root)):
                seen.append(event)
                if len(seen) == operation:
                    os.kill(os.getpid(), signal.SIGKILL)
        sys.addaudithook(watch)
        (outcome,) = pipeline.reports([Parameters(as_of="AS_OF", horizon=horizon)], root)
        (scratch / "seen").write_text(str(len(seen)))
        os._exit(outcome.end)
    begun = time.monotonic()
    while not (ended := os.waitpid(child, os.WNOHANG))[0]:
        if time.monotonic() - begun > (seconds or 60):
            os.kill(child, signal.SIGKILL)
            ended = os.waitpid(child, 0)
            break
        time.sleep(0.005)
    return os.waitstatus_to_exitcode(ended[1]), time.monotonic() - begun

def archive(newest=2):
    reports = sorted((path.parent for path in root.glob("[!.]*/run.json")), key=lambda path: path.stat().st_mtime_ns)
    folders = [path for path in root.iterdir() if path.is_dir() and path.name[0] != "."]
    return {
        "whole": sorted(reports) == sorted(folders),
        "differences": [line for report in reports[-newest:] for line in verify.differences(report)],
        "reports": len(reports),
        "archive": (root / "index.html").read_text(encoding="utf-8"),
    }

start(1, operation=999)
operations = int((scratch / "seen").read_text())
start(2)  # starts the parent of the warm kernels
code, takes = start(3)
assert code == 0, code
random.seed(int(sys.argv[3]))
moments = [{"seconds": random.uniform(0, takes)} for _ in range(10)]
moments += [{"operation": n} for n in random.sample(range(1, operations + 1), 10)]
told = []
for horizon, moment in enumerate(moments, start=4):
    killed, _ = start(horizon, **moment)
    told.append(moment | {"code": killed} | archive())
    assert start(horizon, operation="operation" in moment and 999)[0] == 0, moment
print(json.dumps({"told": told, "last": archive(newest=99), "left": sorted(path.name for path in root.iterdir())}))
"""


def test_a_run_killed_at_any_of_20_moments_leaves_a_readable_archive_and_the_next_succeeds(workshop, tmp_path):
    workshop.write_notebooks(small=["1 + 1"])
    root = workshop.root / "killed"
    done = workshop.run("-c", RUNS.replace("AS_OF", AS_OF), str(root), str(tmp_path), "20261122")
    said = json.loads(done.stdout.splitlines()[-1])
    assert len(said["told"]) == 20 and sum(run["code"] == -9 for run in said["told"]) >= 12, "they were killed indeed"
    for before, run in enumerate(said["told"], start=3):
        assert run["whole"] and run["differences"] == [] and before <= run["reports"] <= before + 1, run
        page = Page(run["archive"])
        links = [link["href"] for link in page.all("a")][1:]
        assert page.source.rstrip().endswith("</html>") and len(links) >= before
        assert all((root / link).exists() for link in links)
    folders = {AS_OF, *(f"{AS_OF}-r{n}" for n in range(2, 24))}
    assert set(said["left"]) == folders | {"index.html", "feed.xml", ".lock"} and said["last"]["reports"] == 23
    assert said["last"]["differences"] == [], "and no earlier one was damaged since"
    assert all(f'href="{folder}/index.html"' in said["last"]["archive"] for folder in folders)
