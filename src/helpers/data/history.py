"""Every version of a figure, from the tables and from the archive: who said so, and since when it was known here."""

from pathlib import Path

import pandas as pd

from helpers import paths
from helpers.data import tables
from helpers.data.archive import versions
from helpers.data.tables import DataError, Table

COLUMNS = ["key", "period", "value", "unit", "status", "known", "published", "source", "by", "note"]


def history(table: str, figure: str, folder: Path | None = None) -> pd.DataFrame:
    """All versions of the figures whose key and period hold some words, ``IND/850511``; by figure and oldest first.

    The columns are :data:`COLUMNS`: ``known`` is the day from which a vintage has it, ``published`` the publisher's own
    day where it names one, ``by`` whose it is. A DataError if there is no such table, or no figure fits.
    """
    read = tables.read(folder)
    if table not in tables.DATED or not read[table].keys:
        named = [name for name in tables.DATED if read[name].keys]
        raise DataError(f"data/ has no table {table!r} of figures; it has {', '.join(named)}")
    words = [word for word in figure.split("/") if word]
    found = _written(read[table], words) + _archived(table, words, read["feeds"], folder)
    if not found:
        raise DataError(f"no figure of data/{table}.csv or of the archive has all of {', '.join(words)} in its key "
                        f"and period; keys are {'/'.join(read[table].keys)}/period")  # fmt: skip
    short = dict(zip(read["sources"].column("id"), read["sources"].column("short"), strict=True))
    frame = pd.DataFrame(found, columns=[c for c in COLUMNS if c != "by"])
    frame.insert(8, "by", frame["source"].map(short).fillna(""))
    return frame.sort_values(["key", "period", "known"], kind="stable", ignore_index=True)


def _written(table: Table, words: list[str]) -> list[tuple]:
    found = []
    for key, row in table.keyed():
        if set(words) <= set(key):
            cells = dict(zip(table.columns, row, strict=True))
            period = cells.get("period", "")
            name = "/".join(key[: len(table.keys)])
            said = [cells[column] for column in ("value", "unit", "status", "published")]
            found.append((name, period, *said, cells["published"], cells["source"], cells["note"]))
    return found


def _archived(table: str, words: list[str], feeds: Table, folder: Path | None) -> list[tuple]:
    view = versions.held(paths.archive(folder))
    if view is None:
        return []
    source = dict(zip(feeds.column("feed"), feeds.column("source"), strict=True))
    found = []
    for feed, _, key, period, unit, value, _, _, status, day, note, known, _ in versions.history(view, table, words):
        said = (known + versions.IN_INDIA).date()
        found.append((key, period, value, unit, status, said, day, source.get(feed, feed), note))
    return found
