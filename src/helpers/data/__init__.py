"""The only room that reads figures.

- `vintage`: what was public on a day, as a value
- `quantity`: a number with unit, period, range and sources
- `tables`: the files as they are written
- `public`: which rows were public on a day, and which of several to use
- `derive`: figures that follow from others; `relations`: the rules by which they do
- `whatif`: rows that somebody puts in the place of published ones
- `rules`: is ``data/`` well formed; `descriptor`: what ``datapackage.json`` says of it
- `identities`: do figures agree with each other
- `chain`: a table that only grows
- `shared`: what the notebooks of a run have in common
- `explained`: what a figure is; `history`: what was ever said of it
"""

from helpers.data.public import STATUSES, UNUSED
from helpers.data.quantity import ASSUMED, Quantity, derived, from_row, ids, number, sources_of
from helpers.data.tables import DataError
from helpers.data.vintage import Vintage, vintage

__all__ = [
    "ASSUMED", "STATUSES", "UNUSED", "DataError", "Quantity", "Vintage", "derived", "from_row", "ids", "number",
    "sources_of", "vintage",
]  # fmt: skip
