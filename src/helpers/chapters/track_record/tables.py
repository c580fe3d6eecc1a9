"""Tables of the track record, with column heads in words."""

import pandas as pd

from helpers.chapters import words
from helpers.chapters.track_record import verdicts
from helpers.outlook import track

LATEST_RUNS = 12  # published runs that the table of the ledger shows; all of them are in the download

DECIMALS = dict.fromkeys(("off by, %", "mean error, %", "inside 80 %, %", "95 % from, %", "95 % to, %"), 1)
DECIMALS |= {"interval score, naive = 1": 2, "error, naive = 1": 2}


def scores(compared: pd.DataFrame) -> pd.DataFrame:
    """``track.relative``: one row a forecast and release."""
    late = compared["late"].map({True: ", judgements written later", False: ""})
    shown = compared.assign(
        of=compared["period"].map(words.period),
        what=compared["target"].map(verdicts.WHAT) + ", " + compared["target"].map(verdicts.UNITS),
        kind=compared["kind"].map(verdicts.KIND) + late,
        release=compared["release"].map(verdicts.RELEASE),
        ratio=compared["score"] / compared["score_naive"],
    )
    heads = {
        "of": "of",
        "what": "what",
        "kind": "kind",
        "as_of": "made on",
        0.5: "median",
        0.1: "80 % from",
        0.9: "80 % to",
        "outturn": "came",
        "release": "outturn",
        "error": "off by, %",
        "within": "inside 80 %",
        "ratio": "interval score, naive = 1",
    }
    return shown[[*heads, "source"]].rename(columns=heads)


def by_horizon(table: pd.DataFrame) -> pd.DataFrame:
    """``track.by_horizon`` in words."""
    shown = table.assign(
        what=table["target"].map(verdicts.WHAT),
        kind=table["kind"].map(verdicts.KIND),
        when=[verdicts.distance(int(ahead)) for ahead in table["ahead"]],
        release=table["release"].map(verdicts.RELEASE),
        share=100 * table["held"] / table["outturns"],
    )
    heads = {
        "what": "what",
        "kind": "kind",
        "when": "made",
        "release": "outturn",
        "outturns": "outturns",
        "error": "mean error, %",
        "share": "inside 80 %, %",
        "low": "95 % from, %",
        "high": "95 % to, %",
        "skill": "interval score, naive = 1",
        "skill_error": "error, naive = 1",
    }
    return shown[[*heads, "source"]].rename(columns=heads)


def runs(made: pd.DataFrame, period: str) -> pd.DataFrame:
    """The newest published runs: what each said of a period."""
    rows = track.of_period(made[made["kind"] == track.PUBLISHED], period).tail(LATEST_RUNS)
    heads = {"run": "run", "as_of": "made on", "median": "median, t", "low80": "80 % from, t", "high80": "80 % to, t"}
    return rows[[*heads, "source"]].rename(columns=heads)


def nearest(table: pd.DataFrame) -> pd.DataFrame:
    """``nearest.found`` in words."""
    shown = table.assign(
        series=table["series"].map(lambda name: verdicts.WHAT.get(name, name)),
        period=table["period"].map(words.period),
        by=table["by"].map(lambda name: verdicts.BY.get(name, name)),
        kind=table["kind"].map(lambda name: verdicts.KIND.get(name, name)),
    )
    heads = {
        "series": "what",
        "period": "of",
        "by": "by",
        "kind": "kind",
        "said_on": "said on or before",
        "value": "said, t",
        "outturn": "came, t",
        "error": "off by, %",
        "nearest": "nearest",
    }
    return shown[[*heads, "source"]].rename(columns=heads)
