"""What a customs line contains: rare-earth magnets inferred from unit values, and what a spike was."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

KG_PER_TONNE = 1000

ERROR, SURGE, UNDECIDED = "quantity error or reclassification", "real ferrite surge", "undecided"


@dataclass(frozen=True)
class Rule:
    """When monthly cells show an error or a surge (:func:`explain_excess`): our judgement, made before any was seen.

    Shares are 0-1, prices USD per kg.
    """

    excess_share: float = 0.7
    few_cells: int = 5
    cheap_below: float = 1.2
    many_cells: int = 30
    ferrite_low: float = 1.8
    ferrite_high: float = 2.4


RULE = Rule()


@dataclass(frozen=True)
class Verdict:
    """The reading that the monthly cells support, and what led to it.

    ``cheap_share`` and ``ferrite_share`` are shares of the excess in the few cheap cells, and in all cells at the price
    of ferrite, 0-1; ``evidence`` has the cells with an excess, largest first, with ``unit_value_usd_per_kg,
    excess_tonnes, excess_share, band``.
    """

    reading: str
    cheap_share: float
    ferrite_share: float
    evidence: pd.DataFrame


def simulate_repm_tonnes(
    lines: pd.DataFrame, *, repm_median: float, repm_log_sd: float, draws: int, seed: int
) -> pd.DataFrame:
    """Tonnes of rare-earth permanent magnets (REPM) in each line, as a distribution.

    A line is taken as a blend of REPM and other goods, so its unit value ``u`` gives the REPM share of
    weight ``(u - p_other) / (p_repm - p_other)``, cut to 0-1. The price of REPM is log-normal, that of the
    other goods uniform between two bounds. One draw of each serves all lines (the bounds are met at the
    same point of their range), so that cutting a line into partners does not narrow the interval.
    Left out: grades, assemblies, and errors in ``u`` itself.

    Parameters
    ----------
    lines : pd.DataFrame
        One row per line or line and partner: ``tonnes``, ``unit_value_usd_per_kg``, and the bounds of the
        price of other goods ``other_low``, ``other_high`` in USD per kg.
    repm_median : float
        Median price of REPM, USD per kg.
    repm_log_sd : float
        Standard deviation of its logarithm; 0.15 is about 15 %.
    draws, seed : int
        Number of draws; seed of the generator.

    Returns
    -------
    pd.DataFrame
        Tonnes of REPM, one row per draw, the rows of ``lines`` as columns.

    Raises
    ------
    ValueError
        If a figure is missing or negative, the bounds are reversed, or a draw puts REPM below other goods.
    """
    _check(lines[["tonnes", "unit_value_usd_per_kg", "other_low", "other_high"]])
    if (lines["other_low"] > lines["other_high"]).any():
        raise ValueError(f"other_low is above other_high:\n{lines}")
    price_stream, other_stream = (np.random.default_rng(child) for child in np.random.SeedSequence(seed).spawn(2))
    repm_price = repm_median * np.exp(repm_log_sd * price_stream.standard_normal((draws, 1)))
    low, high = lines["other_low"].to_numpy(float), lines["other_high"].to_numpy(float)
    other_price = low + (high - low) * other_stream.random((draws, 1))
    if (repm_price <= other_price).any():
        raise ValueError(
            f"REPM at a median of {repm_median} USD/kg (log sd {repm_log_sd}) falls below other goods at up "
            f"to {high.max()} USD/kg; the priors overlap, so the unit value says nothing"
        )
    share = (lines["unit_value_usd_per_kg"].to_numpy(float) - other_price) / (repm_price - other_price)
    tonnes = np.clip(share, 0, 1) * lines["tonnes"].to_numpy(float)
    return pd.DataFrame(tonnes, index=pd.RangeIndex(draws, name="draw"), columns=lines.index)


def explain_excess(cells: pd.DataFrame, rule: Rule = RULE) -> Verdict:
    """Decide from monthly 8-digit cells whether a spike is an error, a surge of ferrite, or undecided.

    The excess of a cell is its tonnes above the baseline, never below zero. With ``E`` the sum of excesses:

    * quantity error or reclassification: the ``few_cells`` largest cells below ``cheap_below`` USD per kg
      hold at least ``excess_share`` of ``E``;
    * real ferrite surge: cells between ``ferrite_low`` and ``ferrite_high`` USD per kg hold at least
      ``excess_share`` of ``E``, and it takes more than ``many_cells`` of them to get there;
    * undecided: anything else.

    Parameters
    ----------
    cells : pd.DataFrame
        One row per line, partner and month (in the index or in further columns): ``tonnes``,
        ``value_usd``, and ``baseline_tonnes``, what the cell would hold without the spike.
    rule : Rule
        Thresholds.

    Raises
    ------
    ValueError
        If there are no cells or a figure is missing or negative.
    """
    if cells.empty:
        raise ValueError("cells need at least one row")
    _check(cells[["tonnes", "value_usd", "baseline_tonnes"]])
    evidence = _rank_excess(cells, rule)
    if evidence.empty:
        return Verdict(UNDECIDED, 0.0, 0.0, evidence)
    cheap = evidence.loc[evidence["band"] == "cheap", "excess_share"].head(rule.few_cells)
    ferrite = evidence.loc[evidence["band"] == "ferrite", "excess_share"]
    needed = int((ferrite.cumsum() < rule.excess_share).sum()) + 1
    reading = UNDECIDED
    if ferrite.sum() >= rule.excess_share and needed > rule.many_cells:
        reading = SURGE
    if cheap.sum() >= rule.excess_share:
        reading = ERROR
    return Verdict(reading, float(cheap.sum()), float(ferrite.sum()), evidence)


def _rank_excess(cells: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """Cells with an excess, largest first, with their share of it and the band of their unit value."""
    excess = (cells["tonnes"] - cells["baseline_tonnes"]).clip(lower=0)
    ranked = cells.assign(excess_tonnes=excess)[excess > 0]
    unit_value = ranked["value_usd"] / ranked["tonnes"] / KG_PER_TONNE
    ranked = ranked.assign(
        unit_value_usd_per_kg=unit_value,
        excess_share=ranked["excess_tonnes"] / excess.sum(),
        band=np.select(
            [unit_value < rule.cheap_below, unit_value.between(rule.ferrite_low, rule.ferrite_high)],
            ["cheap", "ferrite"],
            "other",
        ),
    )
    return ranked.sort_values("excess_tonnes", ascending=False, kind="stable")


def _check(figures: pd.DataFrame) -> None:
    figures = figures.astype(float)
    valid = (np.isfinite(figures) & (figures >= 0)).all(axis=1)
    if not valid.all():
        raise ValueError(f"figures must be known, none negative; first offenders:\n{figures[~valid].head()}")
