"""Tables of the track record, with column heads in words."""

import pandas as pd

from helpers.chapters import words
from helpers.chapters.rows import headed
from helpers.chapters.track_record import verdicts
from helpers.outlook import track

LATEST_RUNS = 12  # published runs that the table of the ledger shows; all of them are in the download
DECIMALS = dict.fromkeys(("off by, %", "mean error, %", "inside 80 %, %", "95 % from, %", "95 % to, %"), 1)
DECIMALS |= {"interval score, naive = 1": 2, "error, naive = 1": 2}


def scores(compared: pd.DataFrame) -> pd.DataFrame:
    """``track.relative``: one row a forecast and release."""
    late = compared["late"].map({True: ", judgements written later", False: ""})
    shown = _called(compared).assign(of=compared["period"].map(words.period))
    shown["what"] += ", " + compared["target"].map(verdicts.UNITS)
    shown["kind"] += late
    shown["ratio"] = compared["score"] / compared["score_naive"]
    heads = {"of": "of", "what": "what", "kind": "kind", "as_of": "made on", 0.5: "median", 0.1: "80 % from"}
    heads |= {0.9: "80 % to", "outturn": "came", "release": "outturn", "error": "off by, %", "within": "inside 80 %"}
    return headed(shown, heads | {"ratio": "interval score, naive = 1"})


def by_horizon(table: pd.DataFrame) -> pd.DataFrame:
    """``track.by_horizon`` in words."""
    when = [verdicts.distance(int(ahead)) for ahead in table["ahead"]]
    shown = _called(table).assign(when=when, share=100 * table["held"] / table["outturns"])
    heads = {"what": "what", "kind": "kind", "when": "made", "release": "outturn", "outturns": "outturns"}
    heads |= {"error": "mean error, %", "share": "inside 80 %, %", "low": "95 % from, %", "high": "95 % to, %"}
    return headed(shown, heads | {"skill": "interval score, naive = 1", "skill_error": "error, naive = 1"})


def runs(made: pd.DataFrame, period: str) -> pd.DataFrame:
    """The newest published runs: what each said of a period."""
    rows = track.of_period(made[made["kind"] == track.PUBLISHED], period).tail(LATEST_RUNS)
    heads = {"run": "run", "as_of": "made on", "median": "median, t", "low80": "80 % from, t", "high80": "80 % to, t"}
    return headed(rows, heads)


def nearest(table: pd.DataFrame) -> pd.DataFrame:
    """``nearest.found`` in words."""
    named = {"series": verdicts.WHAT, "by": verdicts.BY, "kind": verdicts.KIND}
    shown = table.replace(named).assign(period=table["period"].map(words.period))
    heads = {"series": "what", "period": "of", "by": "by", "kind": "kind", "said_on": "said on or before"}
    heads |= {"value": "said, t", "outturn": "came, t", "error": "off by, %", "nearest": "nearest"}
    return headed(shown, heads)


def _called(table: pd.DataFrame) -> pd.DataFrame:
    """Targets, kinds of forecasts and releases by the names that readers know."""
    named = {"kind": table["kind"].map(verdicts.KIND), "release": table["release"].map(verdicts.RELEASE)}
    return table.assign(what=table["target"].map(verdicts.WHAT), **named)
