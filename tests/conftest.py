"""Copies of the project that a test may damage."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # as the command sets it, before numpy is there

import gc
import pickle
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import contextmanager, suppress
from functools import cache, lru_cache
from html.parser import HTMLParser
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pandas as pd
import pytest
from filelock import FileLock
from hypothesis import settings

from helpers import paths
from helpers.chapters import canvas, outputs, tips
from helpers.data import descriptor, tables, vintage
from helpers.ensemble import nowcast
from helpers.outlook import forecast, readings, revision, targets
from helpers.report import parameters
from helpers.report.job import Chapter, End

os.environ["MAGNETS_ARCHIVE"] = "/dev/null/archive"  # whatever was fetched here; nothing can be written there
AS_OF = "2026-11-22"
KEYS = dict(targets.CUSTOMS.keys)
"""Of India's imports under HS 850511, tonnes."""
AWAY = {"LC_ALL": "xx_XX.UTF-8", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "TZ": "Asia/Tokyo"}
"""Elsewhere in the world: a locale that is not installed leaves the poorest of all."""
PARAMETERS = f'as_of: str = "{AS_OF}"  # day as of which the data are read'

settings.register_profile("untimed", deadline=None, derandomize=True)  # a run that passed passes again
settings.load_profile("untimed")


LONG = [
    "test_drawings.py", "test_browser.py", "test_report_ends.py", "test_screen_engines.py", "test_scenarios_chapter.py",
    "test_trade_chapter.py", "test_ledger.py", "test_months.py", "test_fetch.py", "test_forecast_chapter.py",
    "test_readings.py", "test_explorer_browser.py", "test_production_chapter.py", "test_forecast.py",
    "test_lab.py", "test_kernel.py", "test_nowcast.py", "test_recipes.py", "test_pages.py", "4-forecast.ipynb",
    "test_calendar.py", "test_revision.py", "test_rules.py", "test_track.py", "test_demand_chapter.py",
    "test_schedule.py", "test_brief.py", "test_wheel.py", "test_pdf.py", "test_attribution.py", "test_identities.py",
    "test_mirror.py", "test_roads.py", "explore.ipynb", "test_structure.py", "6-track-record.ipynb",
]  # fmt: skip
"""Modules that take longest: begun first, so that at the end no worker waits long for another."""


PLAYED = ["test_notebooks_in_time.py", "test_chapters_agree.py", "test_next_year.py"]
FORKED = ["test_report_killed.py", "test_live_report.py", "test_cli.py", "test_notebooks.py"]
TOGETHER = dict.fromkeys(PLAYED, "test_drawings.py") | dict.fromkeys(FORKED, "test_report_ends.py")
TOGETHER["test_report.py"] = "test_screen_engines.py"
"""Modules that read the same runs of the chapters, or have kernels in one workshop: one worker has them all."""


def pytest_xdist_make_scheduler(config, log):
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            name = super()._split_scope(nodeid).removeprefix("tests/")
            return TOGETHER.get(name, name)

    return Scheduling(config, log)


def pytest_collection(session):
    """Of a clean checkout each worker compiles some tests before it reads them all: what one has, others find."""
    if (worker := os.environ.get("PYTEST_XDIST_WORKER")) and "tests" in session.config.args:
        every = sorted(Path(__file__).parent.glob("test_*.py"))
        for path in every[int(worker[2:]) :: int(os.environ["PYTEST_XDIST_WORKER_COUNT"])]:
            with suppress(Exception, pytest.skip.Exception):  # which is told where it is collected
                import_module(path.stem)


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: LONG.index(item.path.name) if item.path.name in LONG else len(LONG))


def pytest_collection_finish():
    gc.freeze()  # whoever collects all the same need not look at what is loaded


def once(known, real, of):
    """Like ``real``, which is called once for what ``of`` makes of its arguments."""

    def remembered(*asked, **how):
        if (key := of(*asked)) not in known:
            known[key] = real(*asked, **how)
        return known[key]

    return remembered


@pytest.fixture(autouse=True, scope="session")
def _asked_once():
    """A text of a table is read once, and asked once what the descriptor forbids: most tests damage one of twenty."""
    asked, forbidden = {}, descriptor.forbidden

    def asking(folder):
        from frictionless import Resource  # takes a second, of those only who ask

        def text(self):
            return str(self.to_descriptor()), Path(self.normpath).read_bytes()

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Resource, "validate", once(asked, Resource.validate, text))
            return forbidden(folder)

    def table(path, *declared):
        return str(declared), path.read_bytes() if path.is_file() else path

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(descriptor, "forbidden", asking)
        patch.setattr(tables, "_read", once({}, tables._read, table))
        yield


FEW = "src/helpers/ensemble/nowcast.py", "KEPT = 160,", "KEPT = 16,"
"""An edit: a tenth of the chains, of which a page has all that it shows."""


def few_chains(patch, chains):
    """Simulate months with as many chains; forecasts remembered with others are not taken, nor these by others."""
    patch.setattr(nowcast, "CHAINS", chains)
    for (room, name), own in _of_chains(chains).items():
        patch.setattr(room, name, own)


@cache
def _of_chains(chains):
    return {(forecast, "expected"): targets.remembered(forecast.expected.__wrapped__),
            (revision, "_forecast"): targets.remembered(revision._forecast.__wrapped__),
            (readings, "yearly"): lru_cache(maxsize=4)(readings.yearly.__wrapped__)}  # fmt: skip


FROZEN = Path(__file__).parent / "data"
"""The tables that tests read: a copy of ``data/`` that stays as it is when figures arrive."""


FETCHED = shutil.ignore_patterns("archive")
"""What was fetched here is no part of a copy of ``data/``."""


@pytest.fixture(scope="session")
def india():
    """What was public on :data:`AS_OF`, of the frozen tables."""
    return vintage(AS_OF, FROZEN)


@pytest.fixture(scope="session")
def totals(india):
    """The vintage with made-up months of the whole world, without lines and partners."""
    import synthetic

    return synthetic.adding(india, cells=False)


def adding(india, keys=KEYS, **figures):
    """More figures, as published; ``_`` stands for ``-``: ``adding(india, FY26=36000)``."""
    rows = ({**keys, "period": p.replace("_", "-"), "value": float(v)} for p, v in figures.items())
    return india.adding("trade", *({**row, "status": "reported", "source": "S66"} for row in rows))


def flat(patch):
    """Leave out what only a page has: the layout of figures, what their marks say, and tables but as text."""
    patch.setattr(canvas, "_laid_out", lambda *_, **__: '<svg viewBox="0 0 1 1"></svg>')
    patch.setattr(canvas, "_for_phone", lambda *_: None)
    patch.setattr(tips, "name_marks", lambda *_: None)
    patch.setattr(outputs, "cells", lambda *_: {})
    patch.setattr(outputs, "csv", lambda _: "")
    patch.setattr(pd.DataFrame, "to_html", lambda *_, **__: "")


@pytest.fixture(scope="module")
def undrawn():
    """Figures with title, text, data and sources, without the seconds of their layout, and tables as text."""
    with pytest.MonkeyPatch.context() as patch:
        flat(patch)
        yield


@pytest.fixture(scope="module")
def sparse():
    """A tenth of the chains: what is tested does not hang on how smooth the quantiles are."""
    with pytest.MonkeyPatch.context() as patch:
        few_chains(patch, 16)
        yield


@pytest.fixture
def data(tmp_path, monkeypatch):
    """A copy of ``data/`` in the place of the real one: ``data(table, old, new)`` edits a file once."""
    folder = tmp_path / "data"
    shutil.copytree(paths.DATA, folder, ignore=FETCHED)
    monkeypatch.setattr(paths, "DATA", folder)
    return lambda table, old, new: replace_once(folder / f"{table}.csv", old, new)


@pytest.fixture
def project(tmp_path):
    """A copy of the project's files whose Python processes are refused any network but this machine's."""
    with Project.copied(tmp_path / "project") as made:
        yield made


@pytest.fixture(scope="session")
def rendered(tmp_path_factory):
    """A project with a report in ``reports/``, and what the command said: rendered once, a copy for each worker.

    It is made :data:`AWAY`; whoever reads its pages sees that they are the same there.
    """
    base = tmp_path_factory.getbasetemp()
    once = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "rendered-once"
    with Project.copied(tmp_path_factory.mktemp("rendered") / "project") as made:
        made.edit(*FEW)
        with FileLock(f"{once}.lock"):
            if not once.exists():
                done = made.magnets("report", "--as-of", AS_OF, "--output", "reports", "--jobs", "1", **AWAY)
                shutil.copytree(made.root / "reports", once / "reports")
                (once / "done").write_bytes(pickle.dumps(done))
        if not (made.root / "reports").exists():
            shutil.copytree(once / "reports", made.root / "reports")
        yield made, pickle.loads((once / "done").read_bytes())


@pytest.fixture(scope="session")
def workshop(tmp_path_factory):
    """A project whose notebooks a test writes, and whose tables, known to be valid, are not asked again: a run takes
    a moment."""
    with Project.copied(tmp_path_factory.mktemp("workshop") / "project") as made:
        made.edit(*FEW)
        made.edit("src/helpers/report/gate.py", "        rules.require_valid(None, parameters.today())\n", "")
        yield made


@pytest.fixture
def notebooks(tmp_path, monkeypatch):
    """An empty folder in the place of ``notebooks/``."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    monkeypatch.setattr(paths, "NOTEBOOKS", folder)
    return folder


def done(name="1-small", html=None):
    """A chapter that ended well without a kernel."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(f"# What is {name}?")])
    return Chapter(name, End.OK, notebook, 0.1, html=html or "<h1>small</h1>")


@pytest.fixture
def unasked(monkeypatch):
    """Reports of data that are known to be valid and are not checked again, and of code that is told by a part."""
    monkeypatch.setattr("helpers.data.rules.require_valid", lambda *_: None)
    monkeypatch.setattr(paths, "CODE", paths.CODE / "report/page")


@pytest.fixture
def quick(notebooks, unasked, monkeypatch):
    """Reports without kernels, of figures that are read once: every chapter ends well at once."""
    write_notebook(notebooks / "1-small.ipynb", "1")
    monkeypatch.setattr("helpers.report.pipeline.run_chapter", lambda path, parameters, timeout: done(path.stem))
    monkeypatch.setattr("helpers.report.pipeline.wake", lambda: None)
    monkeypatch.setattr("helpers.report.gate.opened", lambda: SimpleNamespace(on=_figures(parameters.today())))


@cache
def _figures(today):
    return cache(vintage(today).on)


def contents(root):
    return {path.relative_to(root): path.read_bytes() for path in root.rglob("*") if path.is_file()}


class Project:
    """A project folder of its own; every process started in it is refused any network but this machine's."""

    def __init__(self, root: Path, runtime: Path):
        self.root, self.runtime = root, runtime

    @classmethod
    @contextmanager
    def copied(cls, root: Path):
        """A copy of this project; the warm kernels it starts end with it."""
        ignore = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
        shutil.copytree(paths.ROOT / "src", root / "src", ignore=shutil.ignore_patterns("*.pyc.*"))  # half-written
        for folder in ("notebooks", "tests"):
            shutil.copytree(paths.ROOT / folder, root / folder, ignore=ignore)
        shutil.copytree(paths.DATA, root / "data", ignore=FETCHED)
        for file in ("pyproject.toml", "requirements.lock", "conftest.py"):
            shutil.copy(paths.ROOT / file, root)
        with tempfile.TemporaryDirectory(prefix="warm-", ignore_cleanup_errors=True) as runtime:
            try:
                yield cls(root, Path(runtime))
            finally:
                for log in Path(runtime).rglob("*.log"):
                    if (words := log.read_text().split())[:1] == ["parent"]:
                        with suppress(ProcessLookupError):
                            os.kill(int(words[1]), signal.SIGTERM)

    def write_notebooks(self, **cells: list[str]) -> None:
        """Put notebooks in the place of those there are: ``write_notebooks(first=["1 / 0"])`` is 1-first.ipynb."""
        for path in (self.root / "notebooks").glob("*.ipynb"):
            path.unlink()
        for number, (name, sources) in enumerate(cells.items(), start=1):
            write_notebook(self.root / f"notebooks/{number}-{name}.ipynb", *sources)

    def environment(self) -> dict[str, str]:
        folders = [str(Path(__file__).parent / "offline"), str(self.root / "src")]
        return os.environ | {
            "PYTHONPATH": os.pathsep.join(folders),
            "OFFLINE_LOG": str(self.root / "refused.txt"),
            "JUPYTER_RUNTIME_DIR": str(self.runtime),
            "IPYTHONDIR": str(self.runtime / "ipython"),
            "COLUMNS": "200",
            "PYTHONDONTWRITEBYTECODE": "",
        }

    def run(self, *command: str, code: int | None = 0, **env: str) -> subprocess.CompletedProcess:
        done = subprocess.run(
            [sys.executable, *command],
            cwd=self.root,
            capture_output=True,
            text=True,
            timeout=300,
            env=self.environment() | env,
        )
        assert code is None or done.returncode == code, (
            f"exit code {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        )
        return done

    def magnets(self, *words: str, code: int | None = 0, **env: str) -> subprocess.CompletedProcess:
        return self.run("-c", "from helpers.cli import main; main()", *words, code=code, **env)

    def edit(self, file: str, old: str, new: str) -> None:
        replace_once(self.root / file, old, new)


def write_notebook(path: Path, *sources: str) -> Path:
    """A notebook that asks a question, has the parameter ``as_of`` and these code cells."""
    question = nbformat.v4.new_markdown_cell(f"# What is {path.stem}?", id="c00")
    parameters = nbformat.v4.new_code_cell(PARAMETERS, id="c01", metadata={"tags": ["parameters"]})
    code = [nbformat.v4.new_code_cell(source, id=f"c{n:02}") for n, source in enumerate(sources, start=2)]
    nbformat.write(nbformat.v4.new_notebook(cells=[question, parameters, *code]), path)
    return path


def replace_once(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{path.name} has {old!r} {text.count(old)} times"
    path.write_text(text.replace(old, new), encoding="utf-8")


def slips(text: str) -> list[tuple[str, ...]]:
    """Faults of tables by line, ``fault | table | weight,[7 -> 70],t | said``: the text, with its replacement."""
    found = []
    for fault, table, slip, *said in ([*map(str.strip, line.split("|"))] for line in text.strip().splitlines()):
        before, old, new, after = re.fullmatch(r"(.*)\[(.*) -> (.*)\](.*)", slip).groups()
        found.append((fault, table, before + old + after, before + new + after, *said))
    return found


class Page(HTMLParser):
    """What a test wants to know of a page: tags with their attributes, text, and ids."""

    def __init__(self, text: str | Path):
        super().__init__()
        self.source = text.read_text(encoding="utf-8") if isinstance(text, Path) else text
        self.tags, self.words = [], []
        self.feed(self.source)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def all(self, tag: str) -> list[dict]:
        return [attrs for name, attrs in self.tags if name == tag]
