"""One function a figure: a table in, a drawing out, its title the finding, its alternative text beside it."""

from helpers.chart.customs import line_split, monthly_rates, scope_ladder
from helpers.chart.domestic import cover, funnel, mine_output, oxide_need
from helpers.chart.future import fan, readings, real_time
from helpers.chart.market import china_exports, neodymium_price, volume_mix_price

__all__ = [
    "china_exports",
    "cover",
    "fan",
    "funnel",
    "line_split",
    "mine_output",
    "monthly_rates",
    "neodymium_price",
    "oxide_need",
    "readings",
    "real_time",
    "scope_ladder",
    "volume_mix_price",
]
