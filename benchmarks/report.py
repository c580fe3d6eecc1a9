"""Rendering chapters: `magnets report` against one papermill and one nbconvert command a notebook, and a floor.

    python benchmarks/report.py [renders]

All in one run on the same machine, each way rendering the notebooks of notebooks/ as often:

- ours: `magnets report --grid`, the whole command with its start, checks, pages, downloads and archive; measured
  before and after the others, the mean is taken
- plain: for each notebook the command `papermill`, then the command `jupyter nbconvert --to html`, one after the
  other, and once more with as many notebooks at a time as there are cores
- floor: the code of the cells run by `exec` in one process that has the stack imported already, without Jupyter and
  without a page, one after the other: with `helpers` imported once, and anew for each notebook, as a kernel does
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
from helpers.report.inputs import chapters

DAYS = [str(date(2026, 11, 22) - timedelta(days)) for days in range(100)]  # a day each: nothing can be used twice
BIN = Path(sys.executable).parent
CORES = os.cpu_count() or 1
STACK = "import matplotlib.pyplot, numpy, pandas, scipy.stats, seaborn, statsmodels.api"


def main(renders: int = 12) -> None:
    times = -(-renders // len(chapters()))
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        ours = [_ours(folder / "first", times)]
        plain = _plain(folder / "plain", times, at_once=1)
        crowded = _plain(folder / "crowded", times, at_once=CORES)
        floor, fresh = _floor(times, anew=False), _floor(times, anew=True)
        ours.append(_ours(folder / "second", times))
        idle = median(_command(_grid(folder / "first", times)) for _ in range(3))
    count = times * len(chapters())
    print(f"{count} chapter renders ({len(chapters())} notebooks, {times} times), {CORES} cores")
    print(f"{'':<46}{'seconds':>9}{'a chapter':>11}   against ours")
    rows = [
        (f"magnets report (twice: {ours[0]:.1f}, {ours[1]:.1f})", mean(ours)),
        ("papermill + nbconvert, one after the other", plain),
        (f"papermill + nbconvert, {CORES} at a time", crowded),
        ("floor: plain Python, helpers imported anew", fresh),
        ("floor: plain Python, helpers imported once", floor),
    ]
    for name, seconds in rows:
        print(f"{name:<46}{seconds:>9.1f}{seconds / count:>11.2f}   {seconds / mean(ours):.2f} x")
    print(f"magnets report with nothing to do: {idle:.2f} s for {times} reports")
    print(f"first reply of a warm kernel: {_first_reply():.2f} s")


def _ours(output: Path, times: int) -> float:
    output.mkdir()
    return _command(_grid(output, times))


def _grid(output: Path, times: int) -> list:
    grid = output / "grid.yml"
    grid.write_text(f"- as_of: [{', '.join(DAYS[:times])}]\n")
    return [BIN / "magnets", "report", "--grid", grid, "--output", output / "reports", "--jobs", str(CORES)]


def _plain(folder: Path, times: int, at_once: int) -> float:
    folder.mkdir()

    def render(turn: int, path: Path) -> None:
        executed = folder / f"{turn}-{path.name}"
        _command(
            [BIN / "papermill", path, executed, "-p", "as_of", DAYS[turn], "-k", "python3", "--cwd", paths.NOTEBOOKS]
        )
        _command([BIN / "jupyter", "nbconvert", "--to", "html", executed])

    begun = time.perf_counter()
    with ThreadPoolExecutor(at_once) as pool:
        for done in [pool.submit(render, turn, path) for turn in range(times) for path in chapters()]:
            done.result()
    return time.perf_counter() - begun


def _floor(times: int, anew: bool) -> float:
    """Seconds as the process itself measures them, after its imports."""
    code = [str(path) for path in chapters()] * times
    done = subprocess.run(
        [sys.executable, __file__, "--floor", json.dumps([code, anew])],
        capture_output=True, text=True, check=True, cwd=paths.NOTEBOOKS, timeout=900,
    )  # fmt: skip
    return float(done.stdout.splitlines()[-1])


def floor(files: list[str], anew: bool) -> None:
    """Run the cells of notebooks in this process and print the seconds."""
    exec(STACK)
    cells = [_code(file) for file in files]
    _forget_helpers()
    begun = time.perf_counter()
    for sources in cells:
        if anew:
            _forget_helpers()
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


def _code(file: str) -> list[str]:
    cells = json.loads(Path(file).read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


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
        floor(*json.loads(sys.argv[2]))
    else:
        main(*map(int, sys.argv[1:]))
