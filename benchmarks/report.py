"""Rendering chapters: `magnets report` against one papermill and one nbconvert command a notebook, and a floor.

    python benchmarks/report.py [renders]

All in one run on the same machine, each way rendering the notebooks of notebooks/ as often, for as many days. The ways
take turns, so that a machine that becomes slower or faster meanwhile does so for all:

- ours: `magnets report --grid`, the whole command with its start, checks, pages, downloads and archive; all days in
  each turn, the mean is taken; what several days have in common, as the trials of earlier days, is computed once
- plain: for each notebook the command `papermill`, then the command `jupyter nbconvert --to html`, one after the
  other, and once more with as many notebooks at a time as there are cores; a day in each turn
- floor: the code of the cells run by `exec` in one process that has the stack imported already, without Jupyter and
  without a page, one after the other; a day in each turn
- a run with nothing to do, and the first reply of a warm kernel
"""

import ast
import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from statistics import mean, median

from helpers import paths
from helpers.report.shelf.inputs import chapters

DAYS = [str(date(2026, 11, 22) - timedelta(days)) for days in range(100)]  # a day each: no report is that of another
BIN = Path(sys.executable).parent
CORES = os.cpu_count() or 1
STACK = "import matplotlib.pyplot, numpy, pandas, scipy.stats, seaborn, statsmodels.api"


def main(renders: int = 12) -> None:
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # modules are compiled once, as they are for users, whichever way
    notebooks = chapters()
    days = DAYS[: -(-renders // len(notebooks))]
    ours, plain, crowded, floor = [], [], [], []
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for day in days:
            ours.append(_ours(folder / f"ours-{day}", days))
            plain.append(_plain(folder / f"plain-{day}", day, at_once=1))
            crowded.append(_plain(folder / f"crowded-{day}", day, at_once=CORES))
            floor.append(_floor(day))
        idle = median(_command(_grid(folder / f"ours-{days[0]}", days)) for _ in range(3))
    count = len(days) * len(notebooks)
    print(f"{count} chapter renders ({len(notebooks)} notebooks, {len(days)} days), {CORES} cores")
    print(f"{'':<46}{'seconds':>9}{'a chapter':>11}   against ours")
    rows = [
        (f"magnets report (from {min(ours):.1f} to {max(ours):.1f})", mean(ours)),
        ("papermill + nbconvert, one after the other", sum(plain)),
        (f"papermill + nbconvert, {CORES} at a time", sum(crowded)),
        ("floor: plain Python in one process", sum(floor)),
    ]
    for name, seconds in rows:
        print(f"{name:<46}{seconds:>9.1f}{seconds / count:>11.2f}   {seconds / mean(ours):.2f} x")
    print(f"magnets report with nothing to do: {idle:.2f} s for {len(days)} reports")
    print(f"first reply of a warm kernel: {_first_reply():.2f} s")


def _ours(output: Path, days: list[str]) -> float:
    output.mkdir()
    return _command(_grid(output, days))


def _grid(output: Path, days: list[str]) -> list:
    grid = output / "grid.yml"
    grid.write_text(f"- as_of: [{', '.join(days)}]\n")
    return [BIN / "magnets", "report", "--grid", grid, "--output", output / "reports", "--jobs", str(CORES)]


def _plain(folder: Path, day: str, at_once: int) -> float:
    folder.mkdir()

    def render(path: Path) -> None:
        executed = folder / path.name
        parameter = ["-p", "as_of", day, "-k", "python3", "--cwd", paths.NOTEBOOKS]
        _command([BIN / "papermill", path, executed, *parameter])
        _command([BIN / "jupyter", "nbconvert", "--to", "html", executed])

    begun = time.perf_counter()
    with ThreadPoolExecutor(at_once) as pool:
        for done in [pool.submit(render, path) for path in chapters()]:
            done.result()
    return time.perf_counter() - begun


def _floor(day: str) -> float:
    """Seconds as the process itself measures them, after its imports."""
    done = subprocess.run(
        [sys.executable, __file__, "--floor", day],
        capture_output=True, text=True, check=True, cwd=paths.NOTEBOOKS, timeout=900,
    )  # fmt: skip
    return float(done.stdout.splitlines()[-1])


def floor(day: str) -> None:
    """Run the cells of all notebooks in this process and print the seconds."""
    exec(STACK)
    cells = [_code(path, day) for path in chapters()]
    _forget_helpers()
    begun = time.perf_counter()
    for sources in cells:
        names = {}
        for source in sources:
            tree = ast.parse(source)
            last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
            exec(compile(tree, "cell", "exec"), names)
            if last is not None:
                eval(compile(ast.Expression(last.value), "cell", "eval"), names)
    print(time.perf_counter() - begun)


def _forget_helpers() -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "helpers"]:
        del sys.modules[name]


def _code(path: Path, day: str) -> list[str]:
    """The code cells, the parameters followed by the day as papermill would do it."""
    cells = [cell for cell in json.loads(path.read_text())["cells"] if cell["cell_type"] == "code"]
    sources = ["".join(cell["source"]) for cell in cells]
    place = next(n for n, cell in enumerate(cells, start=1) if "parameters" in cell["metadata"].get("tags", []))
    return [*sources[:place], f"as_of = {day!r}", *sources[place:]]


def _first_reply() -> float:
    from kernel import first_reply

    first_reply("magnets", "1")
    return median(first_reply("magnets", "1") for _ in range(7))


def _command(words: list) -> float:
    begun = time.perf_counter()
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=900)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, words))}\n{done.stderr[-3000:]}")
    return time.perf_counter() - begun


if __name__ == "__main__":
    if sys.argv[1:2] == ["--floor"]:
        floor(sys.argv[2])
    else:
        main(*map(int, sys.argv[1:]))
