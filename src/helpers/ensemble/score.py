"""Scores of forecasts given as quantiles: pinball loss, and weighted interval score (Bracher et al. 2021)."""

import numpy as np


def pinball(actual: np.ndarray, quantiles: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """Pinball loss per quantile level.

    Parameters
    ----------
    actual : array, shape (..., horizon)
    quantiles : array, shape (..., horizon, levels)
    levels : array, shape (levels,)

    Returns
    -------
    np.ndarray, shape (..., levels)
        Mean over the horizon, in the unit of ``actual``.
    """
    gap = np.asarray(actual, float)[..., None] - quantiles
    levels = np.asarray(levels, float)
    return np.maximum(levels * gap, (levels - 1) * gap).mean(axis=-2)


def weighted_interval_score(actual: np.ndarray, quantiles: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """Twice the mean pinball loss over the levels, in the unit of ``actual``: approximates the CRPS."""
    return 2 * pinball(actual, quantiles, levels).mean(axis=-1)
