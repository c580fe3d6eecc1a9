"""Sentences computed from results, so that no number is ever typed into prose."""

from helpers.say.customs import base_effect, baseline, growth, not_rare_earth
from helpers.say.domestic import mining, oxide
from helpers.say.future import coverage, forecast, second_half_needed

__all__ = [
    "base_effect",
    "baseline",
    "coverage",
    "forecast",
    "growth",
    "mining",
    "not_rare_earth",
    "oxide",
    "second_half_needed",
]
