"""One function a figure: a table in, a drawing out, its title the finding, its alternative text beside it."""

from helpers.chart.customs import line_split, monthly_rates, scope_ladder
from helpers.chart.domestic import mine_output, oxide_need
from helpers.chart.future import fan

__all__ = ["fan", "line_split", "mine_output", "monthly_rates", "oxide_need", "scope_ladder"]
