"""What a figure is: its row, who says so, and by which rule it follows from which others."""

from collections.abc import Iterator

import pandas as pd

from helpers.data import derive, relations, tables
from helpers.data.public import RANK
from helpers.data.quantity import from_row
from helpers.data.vintage import Vintage

MOST, NAMES = 5, 30
"""Figures that are explained one by one; and of more how many names are told."""


def explained(india: Vintage, table: str, figure: str) -> list[str]:
    """Lines on the figures of a table whose key and period hold some words, joined by ``/``; ValueError if none do."""
    keys = india.written[table].keys if table in india.written else ()
    if not keys or "period" not in india.written[table].columns:
        raise ValueError(f"data/ has no table {table!r} of figures")
    rows, wanted = india.table(table), {word for word in figure.split("/") if word}
    names = rows[[*keys, "period"]].agg("/".join, axis=1)  # a period may have a stroke too
    named = {name: rows.loc[at] for at, name in names.items() if wanted <= {*name.split("/")}}
    if not named:
        said = ", ".join(sorted(wanted))
        raise ValueError(f"no figure of {table} public on {india.day} has {said} in its key, {'/'.join(keys)}/period")
    if len(named) > MOST:
        return [f"{len(named)} figures fit; name one:", *(f"  {table}/{name}" for name in [*named][:NAMES])]
    return [line for name, row in named.items() for line in _lines(india, table, name, row)]


def _lines(india: Vintage, table: str, name: str, row: pd.Series) -> Iterator[str]:
    yield f"{table}/{name}"
    yield f"  {_said(row)}"
    for one, source in india.sources.loc[india.sources.index.isin(row["source"].split())].iterrows():
        yield f"  {one}: {source['title']}, {source['publisher']}. {source['url']}".rstrip()
    if row["note"]:
        yield f"  note: {row['note']}"
    yield from _followed(india, table, row)
    for _, was in india.withdrawn(table, **row[[*india.written[table].keys, "period"]]).iterrows():
        yield f"  before: {_said(was)}, withdrawn by {was['source'].split()[0]} on {was['withdrawn']:%Y-%m-%d}"
    yield f"  all that was ever said of it: magnets history {table} {name}"


def _said(row: pd.Series) -> str:
    value = "no value" if pd.isna(row["value"]) else f"{from_row(row)}"
    ends = "" if row[["low", "high"]].isna().any() else f" ({from_row(row):range})"
    return f"{value}{ends}, {row['status']}, public since {row['published']:%Y-%m-%d}"


def _followed(india: Vintage, table: str, row: pd.Series) -> Iterator[str]:
    """The rule that gave a computed figure, and where its inputs stand."""
    known, key = india.figures(), tuple(row[list(india.written[table].keys)])
    figure = known[table].get(key, {}).get(row["period"])
    if figure is None or not figure.computed:  # what has no value, or is not verified, is no figure to reckon with
        return
    keys = {name: india.written[name].keys for name in tables.DATED}
    without = {period: figure for period, figure in known[table][key].items() if period != row["period"]}
    known = known | {table: known[table] | {key: without}}
    for step in derive.steps(india.written["derivations"].frame(), "derivations", keys, RANK):
        inputs = derive.targets(known, step).get(key) if step.table == table else None
        for _, period, *_, said in derive.results(known, step, [(key, inputs)] if inputs else []):
            if period == row["period"] and row["note"].endswith(said):
                yield f"  computed by the rule {step.rule!r} of data/derivations.csv ({relations.__name__})"
                yield f"  from {', '.join('/'.join([of, *its]) for of, its in inputs)}"
                return
