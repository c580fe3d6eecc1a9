"""The ledger in the formats of others: a hub of the hubverse, and the Bank of England's ``forecast_evaluation``."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from helpers import fiscal
from helpers.data import Vintage
from helpers.ensemble.quantiles import QUANTILES
from helpers.outlook import forecast, readings, targets, track
from helpers.outlook.headline import UNITS, WHAT
from helpers.report.shelf import files

SCHEMAS = "https://raw.githubusercontent.com/hubverse-org/schemas/main/v5.1.0"
TEAM, MODEL = "indiamagnets", "mixture"
LOCATION = "IND"
MODEL_OUTPUT = ["origin_date", "target", "horizon", "location", "target_end_date"]
MODEL_OUTPUT += ["output_type", "output_type_id", "value"]
BANK = ["date", "vintage_date", "variable", "source", "frequency", "forecast_horizon", "value", "quantile"]
AHEAD = 24
"""Months of the monthly forecast that are passed on."""


def hubverse(india: Vintage, folder: Path) -> list[str]:
    """Write the published forecasts as a hub: config, model output, metadata and target data; what was done, in words.

    ``origin_date`` is the day on which a run was made. A hub has one file a model and day, so of several runs of a day
    the last is written. Quantiles that are not published of a far year are tasks of their own. ``horizon`` is not
    the ledger's: a hub's is the time from the origin to the end of the target, here in months, its longest unit.
    Its checks know no target that no round asks for, so outturns are of targets forecast, and the oracle's of
    years forecast; the series keeps the earlier years, which the checks let pass when told to (extra dates).
    """
    rows = _of_hub(india)
    if rows.empty:
        return [f"{folder}: nothing was published by {india.day}; no hub was written"]
    came = track.outturns(india)
    years = np.array([fiscal.is_fiscal_year(period) for period in came["period"]], bool)
    came = came[years & came["target"].isin(rows["target"])]
    ends = [fiscal.span(period)[1].isoformat() for period in came["period"]]
    came = came.assign(location=LOCATION, target_end_date=ends)
    oracle = _oracle(came.merge(rows[["target", "target_end_date"]].drop_duplicates()))
    name = f"{TEAM}-{MODEL}"
    made = {"hub-config/admin.json": _json(_admin()), "hub-config/tasks.json": _json(_tasks(rows))}
    made |= {
        "hub-config/model-metadata-schema.json": _json(_METADATA_SCHEMA),
        f"model-metadata/{name}.yml": yaml.safe_dump(_metadata(), sort_keys=False, allow_unicode=True),
        "target-data/time-series.csv": _csv(_time_series(came)),
        "target-data/oracle-output.csv": _csv(oracle),
    }
    for day, one in rows.groupby("origin_date"):
        made[f"model-output/{name}/{day}-{name}.csv"] = _csv(one[MODEL_OUTPUT])
    for place, text in made.items():
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        files.replace(folder / place, text)
    left = sorted(set(india.table("forecasts")["run"]) - set(rows["run"]))
    return [
        f"{folder}: {len(made)} files, {rows['origin_date'].nunique()} days, {len(rows)} quantiles, "
        f"{len(oracle)} outturns of what they forecast",
        *([f"left out: {', '.join(left)} (a later run of the day, or a parameter moved)"] if left else []),
    ]


def boe(india: Vintage, file: Path) -> list[str]:
    """Write what can be a forecast of months: the mixture's months as of the day; what is left out, in words.

    The format knows quarters and months only. The ledger holds fiscal years, which are neither and are left out.
    ``forecast_horizon`` counts months from the one after the last observation, which is 0.
    """
    made = readings.simulate(india, forecast.prior(india))
    last = max(fiscal.months(period)[-1] for period in targets.known_sums(india).index)
    months = [month for month in next(iter(made.values())).index if month > last][:AHEAD]
    weight = readings.weights(india)
    rows = []
    for ahead, month in enumerate(months):
        values = readings.mix({name: made[name].loc[month].to_numpy() for name in weight.index}, weight)
        date = month.end_time.date()
        rows += [
            (date, india.day, targets.CUSTOMS.name, f"{TEAM}-{MODEL}", "M", ahead, *pair)
            for pair in zip(np.round(values, 3), QUANTILES, strict=True)
        ]
    files.replace(file, _csv(pd.DataFrame(rows, columns=BANK)))
    years = india.table("forecasts")
    return [
        f"{file}: {len(rows)} rows, {len(months)} months of {WHAT[targets.CUSTOMS.name]}, reckoned as of {india.day}",
        f"left out: {len(years)} rows of the ledger, as fiscal years are neither quarters nor months",
        "left out: outturns of months, beside which the package reads forecasts: it takes none without",
    ]


def _of_hub(india: Vintage) -> pd.DataFrame:
    """The last run of each day as rows of a model output, with its ``run``."""
    rows = india.table("forecasts")
    rows = rows[rows["given"] == ""].assign(origin_date=rows["published"].dt.strftime("%Y-%m-%d"))
    last = rows.drop_duplicates("origin_date", keep="last").set_index("origin_date")["run"]
    rows = rows[rows["run"] == rows["origin_date"].map(last)]
    ends = [fiscal.span(period)[1] for period in rows["period"]]
    days = zip(ends, rows["published"], strict=True)
    rows = rows.assign(
        location=LOCATION,
        target_end_date=[end.isoformat() for end in ends],
        output_type="quantile",
        horizon=[12 * (end.year - day.year) + end.month - day.month for end, day in days],
    )
    return rows.rename(columns={"quantile": "output_type_id"})[["run", *MODEL_OUTPUT]]


def _tasks(rows: pd.DataFrame) -> dict:
    """The rounds: days whose runs have the same tasks share one."""
    rounds: dict[str, dict] = {}
    for day, one in rows.groupby("origin_date"):
        tasks = _model_tasks(one)
        known = rounds.setdefault(_json(tasks), {"days": [], "tasks": tasks})
        known["days"].append(day)
    for known in rounds.values():
        for task in known["tasks"]:
            task["task_ids"] = {"origin_date": _optional(known["days"])} | task["task_ids"]
    return {
        "schema_version": f"{SCHEMAS}/tasks-schema.json",
        "rounds": [
            {
                "round_id_from_variable": True,
                "round_id": "origin_date",
                "model_tasks": known["tasks"],
                "submissions_due": {"relative_to": "origin_date", "start": 0, "end": 0},
            }
            for known in rounds.values()
        ],
        "output_type_id_datatype": "double",
        "derived_task_ids": ["target_end_date"],
    }


def _model_tasks(one: pd.DataFrame) -> list[dict]:
    """One task group for each target and set of quantiles that is published of it."""
    keys = ["target", "horizon", "target_end_date"]
    levels = one.groupby(keys, sort=False)["output_type_id"].agg(lambda ids: tuple(sorted(ids))).reset_index()
    found = []
    for (target, quantiles), group in levels.groupby(["target", "output_type_id"], sort=False):
        found.append(
            {
                "task_ids": {
                    "target": _optional([target]),
                    "horizon": _optional([int(h) for h in group["horizon"]]),
                    "location": _optional([LOCATION]),
                    "target_end_date": _optional(list(group["target_end_date"])),
                },
                "output_type": {
                    "quantile": {
                        "output_type_id": {"required": [float(level) for level in quantiles]},
                        "is_required": True,
                        "value": {"type": "double", "minimum": 0},
                    }
                },
                "target_metadata": [
                    {
                        "target_id": target,
                        "target_name": f"India's imports in a fiscal year: {WHAT[target]}"[:100],
                        "target_units": UNITS[target],
                        "target_keys": {"target": target},
                        "description": "April to March; target_end_date is the last day. horizon counts months from "
                        "that of origin_date: below zero for a year that was over and whose total was not known.",
                        "target_type": "continuous",
                        "is_step_ahead": True,
                        "time_unit": "month",
                    }
                ],
            }
        )
    return found


def _time_series(came: pd.DataFrame) -> pd.DataFrame:
    """Every release of every outturn, with the day on which it became public; of a day the last."""
    shown = came[(came["release"] == track.FIRST) | came["revised"]]
    named = shown.assign(as_of=pd.to_datetime(shown["published"]).dt.strftime("%Y-%m-%d"), observation=shown["value"])
    keys = ["as_of", "target_end_date", "target", "location"]
    return named.drop_duplicates(keys, keep="last")[[*keys, "observation"]]


def _oracle(came: pd.DataFrame) -> pd.DataFrame:
    """The outturns in use; quantiles have no id of their own."""
    shown = came[came["release"] == track.LATEST].assign(output_type="quantile", output_type_id="NA")
    columns = ["target_end_date", "target", "location", "output_type", "output_type_id", "oracle_value"]
    return shown.rename(columns={"value": "oracle_value"})[columns]


def _admin() -> dict:
    return {
        "schema_version": f"{SCHEMAS}/admin-schema.json",
        "name": "India magnet outlook: forecasts as published",
        "maintainer": "India magnet outlook",
        "contact": {"name": "India magnet outlook", "email": "magnets@example.org"},
        "repository": {"host": "github", "owner": "india-magnet-outlook", "name": "india-magnet-outlook"},
        "file_format": ["csv"],
        "timezone": "Asia/Kolkata",
    }


def _metadata() -> dict:
    return {
        "team_name": "India magnet outlook",
        "team_abbr": TEAM,
        "model_name": "Mixture of readings",
        "model_abbr": MODEL,
        "model_contributors": [{"name": "India magnet outlook", "affiliation": "India magnet outlook"}],
        "license": "CC-BY-4.0",
        "designated_model": True,
        "data_inputs": "Public figures of trade, production, drivers and rules, each with the day it became public",
        "methods": "Months simulated so that known sums hold, under each reading of the suspect year, weighed",
        "methods_long": "Chapter 4 of the report tells the method in full; the code that made a run is in the ledger.",
        "ensemble_of_models": False,
        "ensemble_of_hub_models": False,
    }


_METADATA_SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Model metadata of this hub",
    "type": "object",
    "properties": {
        name: {"type": "boolean" if isinstance(value, bool) else "array" if isinstance(value, list) else "string"}
        for name, value in _metadata().items()
    },
    "required": ["team_name", "team_abbr", "model_name", "model_abbr", "license", "designated_model"],
    "additionalProperties": False,
}


def _optional(values: list) -> dict:
    return {"required": None, "optional": list(dict.fromkeys(values))}


def _json(of: object) -> str:
    return json.dumps(of, indent=1, ensure_ascii=False) + "\n"


def _csv(rows: pd.DataFrame) -> str:
    return rows.to_csv(index=False, lineterminator="\n")
