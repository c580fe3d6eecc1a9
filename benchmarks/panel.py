"""A made-up panel of true shape: 5,000 lines, 230 countries, 180 months, with faults planted and written down.

    python benchmarks/panel.py FOLDER [--lines 5000] [--seed 1]

About 17.5 million months of one country's imports and a million years of what others count. Lines and countries differ
in size as they do in trade: an entry is there with the chance ``.02 + .9 a b + .08 a`` (a: the line, b: the country).
Planted, each in a line of its own: quantities off by ten, a thousand or a lakh for three to nine months; surges that
are real; changes of unit. Both counts differ by a lasting ratio of 0.5 to 2 each in weight and value. Everything is
drawn from the seed and the number of the line; ``truth.csv`` says what was planted where.
"""

import argparse
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.screen import panel

HOME, PARTNERS, YEARS, FIRST = "IND", 230, 15, 2010
MONTHS = 12 * YEARS
REPORT = 0.7
"""Countries of which it is known what they count."""

CHUNK = 250
"""Lines of a file."""

PLANTED = {"quantity": 40, "surge": 15, "unit": 20}
UNITS = (1000.0, 0.001, 12.0, 1 / 12, 10.0, 0.1, 2.2046)
KNOWN = 36
"""Months of a series in which something is planted: where there is hardly any trade, nothing can be told."""


def countries():
    letters = [chr(65 + n) for n in range(26)]
    codes = [f"X{one}{two}" for one in letters for two in letters][:PARTNERS]
    return codes, np.random.default_rng(0).random(PARTNERS) ** 4


def planted(lines, seed, share):
    """What is planted in which line, by its number: this share of the cases, at least one of each."""
    rng = np.random.default_rng([seed, 1])
    large = np.flatnonzero(sizes(lines, seed) > 0.25)
    counts = {how: max(1, round(count * share)) for how, count in PLANTED.items()}
    chosen = rng.choice(large, sum(counts.values()), replace=False)
    return dict(zip(chosen.tolist(), [how for how, count in counts.items() for _ in range(count)], strict=True))


def sizes(lines, seed):
    return np.random.default_rng([seed, 0]).random(lines) ** 3


def line(number, seed, size, how):
    """One line: of each entry country, month, weight and value; the years of the other counts; what was planted."""
    rng = np.random.default_rng([seed, 2, number])
    _, b = countries()
    there = rng.random((PARTNERS, MONTHS), dtype=np.float32) < (0.02 + 0.9 * size * b[:, None] + 0.08 * size)
    who, month = np.nonzero(there)
    n = len(who)
    trend = np.cumsum(rng.normal(0.004, 0.03, MONTHS))
    price = rng.normal(1.5, 1.5) + np.cumsum(rng.normal(0, 0.02, MONTHS))
    noise = rng.uniform(0.1, 0.35, PARTNERS)[who] * rng.standard_normal(n)
    odd = np.where(rng.random(n) < 0.01, 2 * noise, 0.0)  # one in a hundred lies three times as far off
    by_weight = rng.random(n) < 0.5
    base = np.log(1 + 200 * size * b) + rng.normal(0, 1.2, PARTNERS)
    logs = base[who] + trend[month] + rng.normal(0, 0.5, n)
    weight = np.exp(logs - np.where(by_weight, odd, 0))
    value = np.exp(logs + price[month] + rng.normal(0, 0.4, PARTNERS)[who] + noise + np.where(by_weight, 0, odd)) / 1000
    case = {}
    if how == "surge":
        start, length, times = rng.integers(48, MONTHS - 24), rng.integers(12, 25), rng.uniform(4, 8)
        more = (month >= start) & (month < start + length)
        weight[more], value[more] = weight[more] * times, value[more] * times
        case = {"partner": "", "start": start, "end": start + length - 1, "factor": times}
    new = np.flatnonzero(np.diff(who * YEARS + month // 12, prepend=-1))
    country, year = who[new], month[new] // 12
    theirs = [np.add.reduceat(of, new) for of in (weight, value)]
    lasting = rng.uniform(-np.log(2), np.log(2), (2, PARTNERS))
    theirs = [of * np.exp(lasting[side, country] + rng.normal(0, 0.1, len(new))) for side, of in enumerate(theirs)]
    counts = rng.random(PARTNERS)[country] < REPORT
    theirs = (country[counts], year[counts], *(of[counts] for of in theirs))
    if how == "quantity":
        known = np.where(there.sum(axis=1) >= KNOWN, np.bincount(who, value, PARTNERS), 0)
        chosen, length = rng.choice(PARTNERS, p=known / known.sum()), rng.integers(3, 10)
        start = rng.choice(np.flatnonzero(there[chosen, 12 : MONTHS - 24])) + 12
        times = rng.choice([10.0, 1000.0, 100_000.0]) ** rng.choice([1, 1, 1, -1])
        weight[(who == chosen) & (month >= start) & (month < start + length)] *= times
        case = {"partner": chosen, "start": start, "end": start + length - 1, "factor": times}
    if how == "unit":
        start, times = rng.integers(36, MONTHS - 24), rng.choice(UNITS)
        weight[month >= start] *= times
        case = {"partner": "", "start": start, "end": "", "factor": times}
    return (who, month, weight, value), theirs, case


def chunk(first, last, seed, names, folder):
    """Write some lines as two files, months of the one count and years of the other; gives what was planted."""
    codes, _ = countries()
    a, cases = sizes(names["lines"], seed), names["planted"]
    own, their, truth = [], [], []
    for number in range(first, last):
        months, years, case = line(number, seed, a[number], cases.get(number))
        own.append((np.full(len(months[0]), number - first), *months))
        their.append((np.full(len(years[0]), number - first), *years))
        if case:
            truth.append({"hs": names["hs"][number], "how": cases[number], **case})
    periods = [f"{FIRST + n // 12}-{n % 12 + 1:02d}" for n in range(MONTHS)]
    for side, rows, when in (("own", own, periods), ("their", their, [str(FIRST + n) for n in range(YEARS)])):
        columns = [np.concatenate(column) for column in zip(*rows, strict=True)]
        category = pd.Categorical.from_codes
        table = pd.DataFrame({
            "hs": category(columns[0], names["hs"][first:last]), "who": category(columns[1], codes),
            "period": category(columns[2], when), "weight": columns[3], "value": columns[4],
        })  # fmt: skip
        reporter, partner, flow = (f"'{HOME}'", "who", "import") if side == "own" else ("who", f"'{HOME}'", "export")
        connection = panel.database()
        connection.register("made", table)
        query = (f"SELECT hs, '{flow}' AS flow, {reporter} AS reporter, {partner} AS partner, period, "
                 "weight, value, '' AS source FROM made")  # fmt: skip
        panel.keep(connection, query, folder / f"{side}-{first:05d}.parquet")
    return truth


def made(folder, lines=5000, seed=1, share=None):
    """Make a panel in a folder, which must be new; from 1,000 lines on all cases are planted, in fewer as many less."""
    folder.mkdir(parents=True)
    hs = [f"{10_000 + n * (980_000 // lines):06d}" for n in range(lines)]
    names = {
        "lines": lines,
        "hs": hs,
        "planted": planted(lines, seed, min(1, lines / 1000) if share is None else share),
    }
    ends = [*range(0, lines, CHUNK), lines]
    with ThreadPoolExecutor() as pool:
        parts = pool.map(lambda first: chunk(first, min(first + CHUNK, lines), seed, names, folder), ends[:-1])
        truth = pd.DataFrame([case for part in parts for case in part])
    codes = np.array([*countries()[0], ""])
    truth["partner"] = [codes[one] if one != "" else "" for one in truth["partner"]]
    for end in ("start", "end"):
        truth[end] = [f"{FIRST + n // 12}-{n % 12 + 1:02d}" if n != "" else "" for n in truth[end]]
    truth.to_csv(folder / "truth.csv", index=False)
    panel.describe(folder, HOME, True, {})
    return panel.opened(folder)


def scored(found, truth):
    """Precision and recall of what is found against what was planted, by how, and all together.

    A slip is found in its country and months, a change of unit within two months, a surge in one of its years.
    """
    found = found[found["how"].isin(list(PLANTED))]
    pairs = found.reset_index().merge(truth.reset_index(), on=["hs", "how"], suffixes=("", "_true"))
    long = np.where(pairs["start"].str.len() == 4, 4, 7)
    start, end = ([text[:n] for text, n in zip(pairs[name], long, strict=True)] for name in ("start_true", "end_true"))
    same = {
        "quantity": (pairs["partner"] == pairs["partner_true"]) & (pairs["start"] <= end) & (pairs["end"] >= start),
        "surge": (pairs["start"] >= start) & (pairs["start"] <= end),
        "unit": [abs(_number(a) - _number(b)) <= 2 if len(a) > 4 else False
                 for a, b in zip(pairs["start"], pairs["start_true"], strict=True)],
    }  # fmt: skip
    hit = pairs[np.select([pairs["how"] == how for how in same], list(same.values()), False).astype(bool)]
    rows = {}
    for how in [*PLANTED, "all"]:
        one = found if how == "all" else found[found["how"] == how]
        true = truth if how == "all" else truth[truth["how"] == how]
        right = one.index.isin(hit["index"]).sum()
        known = true.index.isin(hit["index_true"]).sum()
        rows[how] = {"found": len(one), "right": right, "planted": len(true), "known": known,
                     "precision": right / max(len(one), 1), "recall": known / max(len(true), 1)}  # fmt: skip
    return pd.DataFrame(rows).T


def _number(period):
    return int(period[:4]) * 12 + int(period[5:7])


def main():
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("folder", type=Path)
    asked.add_argument("--lines", type=int, default=5000)
    asked.add_argument("--seed", type=int, default=1)
    given, start = asked.parse_args(), time.perf_counter()
    held = made(given.folder, given.lines, given.seed)
    rows, size = int(held.sizes()["rows"].sum()), sum(path.stat().st_size for path in held.files) / 1e6
    print(f"{rows:,} rows, {size:.0f} MB, in {time.perf_counter() - start:.1f} s")


if __name__ == "__main__":
    main()
