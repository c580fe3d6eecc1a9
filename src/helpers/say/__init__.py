"""Sentences computed from results, so that no number is ever typed into prose."""

from helpers.say.customs import (
    base_effect,
    baseline,
    concentration,
    decision_rule,
    growth,
    identity,
    not_rare_earth,
    out_of_line,
    price_fall,
    rare_earth_part,
    three_growths,
)
from helpers.say.domestic import cover, japan, mining, oxide, revisions
from helpers.say.future import (
    coverage,
    elsewhere,
    forecast,
    judgements,
    outlooks,
    real_time,
    second_half_needed,
    starts,
)

__all__ = [
    "base_effect",
    "baseline",
    "concentration",
    "cover",
    "coverage",
    "decision_rule",
    "elsewhere",
    "forecast",
    "growth",
    "identity",
    "japan",
    "judgements",
    "mining",
    "not_rare_earth",
    "out_of_line",
    "outlooks",
    "oxide",
    "price_fall",
    "rare_earth_part",
    "real_time",
    "revisions",
    "second_half_needed",
    "starts",
    "three_growths",
]
