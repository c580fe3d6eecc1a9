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

HUB = yaml.safe_load(Path(__file__).with_name("hub.yml").read_text(encoding="utf-8"))
MODEL = f"{HUB['metadata']['team_abbr']}-{HUB['metadata']['model_abbr']}"
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
    made = {
        "hub-config/admin.json": _json({"schema_version": f"{HUB['schemas']}/admin-schema.json"} | HUB["admin"]),
        "hub-config/tasks.json": _json(_tasks(rows)),
        "hub-config/model-metadata-schema.json": _json(_metadata_schema()),
        f"model-metadata/{MODEL}.yml": yaml.safe_dump(HUB["metadata"], sort_keys=False, allow_unicode=True),
        "target-data/time-series.csv": _csv(_time_series(came)),
        "target-data/oracle-output.csv": _csv(oracle),
    }
    for day, one in rows.groupby("origin_date"):
        made[f"model-output/{MODEL}/{day}-{MODEL}.csv"] = _csv(one[MODEL_OUTPUT])
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
            (date, india.day, targets.CUSTOMS.name, MODEL, "M", ahead, *pair)
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
    rounds: dict[str, list[str]] = {}
    for day, one in rows.groupby("origin_date"):
        rounds.setdefault(_json(_model_tasks(one)), []).append(day)
    made = []
    for text, days in rounds.items():
        tasks = [task | {"task_ids": {"origin_date": _optional(days)} | task["task_ids"]} for task in json.loads(text)]
        made.append(HUB["round"] | {"model_tasks": tasks})
    found = {"schema_version": f"{HUB['schemas']}/tasks-schema.json", "rounds": made}
    return found | {"output_type_id_datatype": "double", "derived_task_ids": ["target_end_date"]}


def _model_tasks(one: pd.DataFrame) -> list[dict]:
    """One task group for each target and set of quantiles that is published of it."""
    keys = ["target", "horizon", "target_end_date"]
    levels = one.groupby(keys, sort=False)["output_type_id"].agg(lambda ids: tuple(sorted(ids))).reset_index()
    found = []
    for (target, quantiles), group in levels.groupby(["target", "output_type_id"], sort=False):
        ids = {"target": [target], "horizon": group["horizon"].tolist(), "location": [LOCATION]}
        ids |= {"target_end_date": group["target_end_date"].tolist()}
        quantile = {"output_type_id": {"required": [float(level) for level in quantiles]}, "is_required": True}
        about = {"target_id": target, "target_name": f"India's imports in a fiscal year: {WHAT[target]}"[:100]}
        about |= {"target_units": UNITS[target], "target_keys": {"target": target}}
        found.append({
            "task_ids": {name: _optional(values) for name, values in ids.items()},
            "output_type": {"quantile": quantile | {"value": {"type": "double", "minimum": 0}}},
            "target_metadata": [about | HUB["target"]],
        })  # fmt: skip
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


def _metadata_schema() -> dict:
    kinds = {bool: "boolean", list: "array", str: "string"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Model metadata of this hub",
        "type": "object",
        "properties": {name: {"type": kinds[type(value)]} for name, value in HUB["metadata"].items()},
        "required": HUB["required"],
        "additionalProperties": False,
    }


def _optional(values: list) -> dict:
    return {"required": None, "optional": list(dict.fromkeys(values))}


def _json(of: object) -> str:
    return json.dumps(of, indent=1, ensure_ascii=False) + "\n"


def _csv(rows: pd.DataFrame) -> str:
    return rows.to_csv(index=False, lineterminator="\n")
