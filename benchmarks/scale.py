"""How a screen of every line fares: time, memory, precision, and how it grows; each bound beside what was measured.

    python benchmarks/scale.py [--lines 5000] [--seed 1] [--rival PYTHON]

A panel is made (`panel.py`) and everything is asked of it in one run, so that ratios are of one machine at one time.
``--rival`` is a Python of its own with statsforecast, dask[dataframe,distributed] and pyarrow: see `scale_rival.py`.
The rules of the screen were chosen on panels of the seeds 11 to 22; seed 1 is that of the test.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from helpers.screen import engine

os.environ |= engine.ONE_THREAD

import numpy as np
import pandas as pd
from calibrate import trade
from measures import mase, owa, smape
from panel import made, scored

from helpers.ensemble.calibrated import forecast_quantiles
from helpers.screen import cluster, forecasts, parts
from helpers.screen.rules import Rules

AHEAD = 3
FEW = 92_000
"""Rows of a part with about a thousand forecasts."""

SHORTEST = 10
"""Years before the last ones, which are forecast, of a series in the comparison."""


def timed(what, times=1):
    """The best seconds of some calls, and what the last one gives."""
    took = []
    for _ in range(times):
        start = time.perf_counter()
        told = what()
        took.append(time.perf_counter() - start)
    return min(took), told


def load():
    return os.getloadavg()[0]


def forecast(part):
    """How many forecasts a part has; what reading and forecasting took of a processor; the memory of who did, GB."""
    began = time.process_time()
    block, read = part.loaded(), time.process_time()
    table = forecasts.ahead(block, AHEAD)
    took = read - began, time.process_time() - read
    peak = [line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    return len(table) // AHEAD, *took, int(peak[0]) / 1e6


@contextmanager
def workers():
    """A cluster of this machine and a function that sets how many work, ready and warm."""
    from dask import config
    from dask.distributed import LocalCluster

    with config.set(cluster.SETTINGS), engine.one_thread(), LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0", memory_limit=0,
        silence_logs=50,
    ) as begun:  # fmt: skip

        def scaled(count):
            begun.scale(count)
            while len(begun.scheduler.workers) != count:
                time.sleep(0.05)
            return begun.scheduler_address

        yield scaled


def forecasting(todo):
    """All yearly forecasts with two workers and with one, the better of two runs each: seconds, series, memory."""
    told = {}
    with workers() as scaled:
        for count in (2, 1, 2, 1):
            where = scaled(count)
            list(engine.run(forecast, todo[: 2 * count], where))  # imports, and what is reckoned once for a length
            seconds, done = timed(lambda where=where: list(engine.run(forecast, todo, where)))
            told[count] = min(
                (seconds, sum(row[0] for row in done), max(row[-1] for row in done)), told.get(count, (1e9,))
            )
    return told


def flat(held, todo, folder):
    """Processor time of a series by how many are asked for: reading its months, and its forecast.

    A thousand are a part of their own, of which ten are measured, each amid others; more come in the parts of
    :func:`parts.plan`. What is imported and reckoned at first is not counted; of each part the better of two runs is.
    """
    both = parts.plan(held, Rules(), folder, rows=FEW)[:10], todo
    for part in both[0][:1] + todo[:1]:
        forecast(part)
    turns = sorted((at / len(some), side, at) for side, some in enumerate(both) for at in range(len(some)))
    runs = [{(side, at): forecast(both[side][at])[:3] for _, side, at in turns} for _ in range(2)]
    few, many = (np.minimum(*([run[side, at] for at in range(len(some))] for run in runs))
                 for side, some in enumerate(both))  # fmt: skip
    counts, told = np.cumsum(many[:, 0]), {int(few[:, 0].mean()): few[:, 1:].sum(axis=0) / few[:, 0].sum()}
    for most in (10_000, 97_000):
        place = int(np.searchsorted(counts, most).clip(max=len(counts) - 1)) + 1
        told[int(counts[place - 1])] = many[:place, 1:].sum(axis=0) / counts[place - 1]
    return told


def histories(todo, most):
    """Yearly series of enough years, by length: years before the last ones, and the last ones."""
    found: dict[int, list] = {}
    for part in todo:
        *_, length, values = forecasts.runs(part.loaded())
        for n, row in zip(length, values, strict=True):
            if n >= SHORTEST + AHEAD:
                found.setdefault(int(n), []).append(row[-n:])
        if sum(map(len, found.values())) >= most:
            break
    return {n: np.array(rows) for n, rows in sorted(found.items())}


def imports():
    """Yearly values of imports, the newest eleven years and all; the shares of our ensemble were chosen on them."""
    values = trade().to_numpy()
    return {n: values[:, -n:] for n in (11, values.shape[1])}


def judged(found, points):
    """OWA against the naive forecast, whose last value stays."""
    rows = []
    for n, values in found.items():
        history, actual, point = values[:, : n - AHEAD], values[:, n - AHEAD :], points[n]
        naive = np.repeat(history[:, -1:], AHEAD, axis=1)
        rows.append(np.column_stack([f(actual, one, *more) for one in (point, naive)
                                     for f, *more in ((smape,), (mase, history))]))  # fmt: skip
    ours = np.nanmean(np.concatenate(rows), axis=0)
    return float(owa(ours[0], ours[1], ours[2], ours[3]))


def ours(asked):
    """Forecasts of one part of the series, with intervals; at the top, so that a worker can import it."""
    lean, histories_ = asked
    return {n: forecast_quantiles(values[:, : n - AHEAD], AHEAD, kind=forecasts.KIND, lean=lean)[1].point
            for n, values in histories_.items()}  # fmt: skip


def leaning(found):
    """How far the series lean by the years before those that are scored."""
    return forecasts.lean([values[:, : n - AHEAD] for n, values in found.items()], AHEAD)


def rival(python, found, folder):
    """Seconds and OWA of statsforecast on Dask, and ours on Dask, of the same series with two workers each."""
    halves = [{n: values[side::4] for n, values in found.items()} for side in range(4)]
    with workers() as scaled:
        where = scaled(2)
        list(engine.run(ours, [(0.0, {n: v[:2] for n, v in halves[0].items()})] * 2, where))
        learning, lean = timed(lambda: leaning(found))
        seconds, _ = timed(lambda: list(engine.run(ours, [(lean, half) for half in halves], where)))
    lines = {f"ours, leaning {lean}": (learning + seconds, judged(found, ours((lean, found))))}
    frames = [
        pd.DataFrame({"unique_id": np.repeat([f"{n}-{row:06d}" for row in range(len(values))], n - AHEAD),
                      "ds": np.tile(np.arange(n - AHEAD), len(values)), "y": values[:, : n - AHEAD].ravel()})
        for n, values in found.items()
    ]  # fmt: skip
    connection = parts.database()
    connection.register("frames", pd.concat(frames))
    connection.execute(f"COPY (FROM frames) TO '{folder / 'series.parquet'}' (FORMAT parquet)")
    for model in ("AutoETS", "AutoTheta", "Theta"):
        asked = [python, str(Path(__file__).with_name("scale_rival.py")), str(folder / "series.parquet"),
                 str(folder / f"{model}.csv"), "2", model]  # fmt: skip
        done = subprocess.run(asked, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": ""})
        if done.returncode:
            print(f"{model}: {done.stderr.strip().splitlines()[-1]}")
            continue
        table = pd.read_csv(folder / f"{model}.csv").sort_values(["unique_id", "ds"])
        length = table["unique_id"].str.partition("-")[0].astype(int)
        points = {n: table.loc[length == n, "point"].to_numpy().reshape(-1, AHEAD) for n in found}
        lines[model] = (float(done.stdout.split()[-1]), judged(found, points))
    return lines


def main():
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--lines", type=int, default=5000)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--rival", default="")
    asked.add_argument("--series", type=int, default=5000, help="series in the comparison with the rival")
    asked.add_argument("--folder", type=Path, help="where the panel is, or is made", default=None)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        measure(given, given.folder or Path(scratch) / "panel", Path(scratch))


def measure(given, folder, scratch):
    def tell(what, measured, bound=""):
        print(f"{what:<64}{measured:>16}{bound:>20}   load {load():.1f}", flush=True)

    whole = given.lines == 5000
    if folder.exists():
        from helpers.screen import panel

        held = panel.opened(folder)
    else:
        seconds, held = timed(lambda: made(folder, given.lines, given.seed))
        tell("the panel is made", f"{seconds:.1f} s", "at most 30 s")
    months = int(held.ask("SELECT count(*) FROM panel WHERE flow = 'import'").fetchone()[0])
    size = sum(path.stat().st_size for path in held.files) / 1e6
    tell("months of the importer's count; files", f"{months:,}; {size:.0f} MB")
    seconds, table = timed(held.concentration, 2)
    tell(f"HHI of {len(table):,} line-months", f"{seconds:.2f} s", "at most 3 s")
    line = str(table["hs"].value_counts().index[0])
    seconds, _ = timed(lambda: held.history([line]), 3)
    tell("one line's history", f"{seconds:.3f} s", "at most 0.1 s")
    todo = parts.plan(held, Rules(), scratch / "parts")
    told = forecasting(todo)
    (two, count, memory), (one, *_) = told[2], told[1]
    tell(f"{count:,} yearly forecasts, two Dask workers", f"{two:.1f} s")
    tell("  of 97,000", f"{two / count * 97_000:.1f} s", "at most 90 s")
    tell("  memory of a worker", f"{memory:.2f} GB", "at most 1.5 GB")
    tell("  two workers against one", f"{one / two:.2f} x", "at least 1.8 x")
    costs = flat(held, todo, scratch / "few")
    sizes = ", ".join(f"{n:,}" for n in costs)
    for what, of in (("read and forecast", slice(None)), ("of it the forecast", 1)):
        cost = [np.sum(took[of]) * 1e3 for took in costs.values()]
        measured = " ".join(f"{one:.3f}" for one in cost) + f" {max(cost) / min(cost) - 1:.0%}"
        tell(f"  processor ms a series, of {sizes}: {what}", measured, "flat within 10 %")
    before = os.times()
    seconds, found = timed(lambda: parts.screened(todo, engine.PROCESSES, 2))
    took = os.times().children_user - before.children_user + os.times().children_system - before.children_system
    tell(f"the screen, {len(todo)} parts, two processes", f"{seconds:.0f} s", "at most 240 s" if whole else "")
    tell("  its processor time, over two", f"{took / 2:.0f} s")
    scores = scored(found["findings"], pd.read_csv(held.folder / "truth.csv", dtype=str, keep_default_na=False))
    tell("  planted cases: precision", f"{scores['precision']['all']:.2f}", "at least 0.90")
    tell("  planted cases: recall", f"{scores['recall']['all']:.2f}", "at least 0.90")
    print(scores.round(2).to_string())
    for what, found in (("made-up", histories(todo, given.series)), ("real", imports())) if given.rival else ():
        rows = rival(given.rival, found, scratch)
        base, *others = rows.values()
        best = min(others, key=lambda row: row[1])
        print(f"{sum(map(len, found.values())):,} {what} series, two Dask workers each:")
        for name, (seconds, score) in rows.items():
            tell(f"  {name}", f"{seconds:.2f} s", f"OWA {score:.4f}")
        tell("  statsforecast's best OWA: its time over ours", f"{best[0] / base[0]:.1f} x", "at least 4 x")


if __name__ == "__main__":
    sys.exit(main())
