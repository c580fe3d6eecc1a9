"""The grid of quantiles on which every forecast is published, and quantiles of weighted samples."""

import numpy as np

QUANTILES = (0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975)
"""0.1 to 0.9 is the 80 % interval, 0.025 to 0.975 the 95 % interval."""

MIDDLE = {"median": 0.5, "low80": 0.1, "high80": 0.9}
"""What people read first of a forecast: names of columns, and their quantiles."""


def weighted_quantiles(values: np.ndarray, weights: np.ndarray, levels=QUANTILES) -> np.ndarray:
    """Quantiles of a weighted sample, linear between the middles of the weight steps."""
    order = np.argsort(values)
    steps = weights[order] / weights.sum()
    return np.interp(levels, np.cumsum(steps) - steps / 2, values[order])
