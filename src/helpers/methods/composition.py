"""What a customs line contains: rare-earth magnets inferred from unit values, and what a spike was."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

KG_PER_TONNE = 1000

ERROR, SURGE, UNDECIDED = "quantity error or reclassification", "real ferrite surge", "undecided"


@dataclass(frozen=True)
class Verdict:
    """The reading that the monthly cells support, why, and the cells themselves.

    Attributes
    ----------
    reading : str
        ``ERROR``, ``SURGE`` or ``UNDECIDED``.
    reason : str
        The counts that led to it, as a sentence.
    evidence : pd.DataFrame
        Cells with an excess, largest first: the given columns and ``unit_value_usd_per_kg``,
        ``excess_tonnes``, ``excess_share``, ``band``.
    """

    reading: str
    reason: str
    evidence: pd.DataFrame


def simulate_repm_tonnes(lines, *, repm_median, repm_log_sd, draws, seed):
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
    _check_priced_lines(lines)
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
    return pd.DataFrame(
        np.clip(share, 0, 1) * lines["tonnes"].to_numpy(float),
        index=pd.RangeIndex(draws, name="draw"),
        columns=lines.index,
    )


def repm_quantiles(repm_tonnes, total_tonnes, probabilities=(0.05, 0.1, 0.5, 0.9, 0.95)):
    """Quantiles of REPM over all lines, in tonnes and as a share of the weight imported.

    Parameters
    ----------
    repm_tonnes : pd.DataFrame
        From `simulate_repm_tonnes`.
    total_tonnes : float
        Weight that the share refers to, tonnes.
    probabilities : sequence of float
        The 0.05 and 0.95 quantiles enclose 90 %.

    Returns
    -------
    pd.DataFrame
        Index ``probability``; columns ``tonnes`` and ``share``.
    """
    tonnes = repm_tonnes.sum(axis=1).quantile(list(probabilities)).rename_axis("probability")
    return pd.DataFrame({"tonnes": tonnes, "share": tonnes / total_tonnes})


def explain_excess(
    cells, *, excess_share=0.7, few_cells=5, cheap_below=1.2, many_cells=30, ferrite_low=1.8, ferrite_high=2.4
):
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
    excess_share, few_cells, cheap_below, many_cells, ferrite_low, ferrite_high : float
        Thresholds. The defaults are this project's rule, set before any monthly figure was seen.

    Returns
    -------
    Verdict

    Raises
    ------
    ValueError
        If there are no cells or a figure is missing or negative.
    """
    _check_cells(cells)
    evidence = _rank_excess(cells, cheap_below, ferrite_low, ferrite_high)
    if evidence.empty:
        return Verdict(UNDECIDED, "No cell is above its baseline: there is no excess to explain.", evidence)
    cheap = evidence.loc[evidence["band"] == "cheap", "excess_share"].head(few_cells)
    ferrite = evidence.loc[evidence["band"] == "ferrite", "excess_share"]
    few_hold, band_holds = cheap.sum(), ferrite.sum()
    needed = int((ferrite.cumsum() < excess_share).sum()) + 1
    reason = (
        f"Of an excess of {evidence['excess_tonnes'].sum():,.0f} t, {len(cheap)} cells below "
        f"{cheap_below:g} USD/kg hold {few_hold:.0%} (an error needs {excess_share:.0%} in {few_cells}); "
        f"{len(ferrite)} cells at {ferrite_low:g}-{ferrite_high:g} USD/kg hold {band_holds:.0%} "
        f"(a surge needs {excess_share:.0%} that takes more than {many_cells} cells)."
    )
    if few_hold >= excess_share:
        return Verdict(ERROR, reason, evidence)
    if band_holds >= excess_share and needed > many_cells:
        return Verdict(SURGE, reason, evidence)
    return Verdict(UNDECIDED, reason, evidence)


def _rank_excess(cells, cheap_below, ferrite_low, ferrite_high):
    """Cells with an excess, largest first, with their share of it and the band of their unit value."""
    excess = (cells["tonnes"] - cells["baseline_tonnes"]).clip(lower=0)
    ranked = cells.assign(excess_tonnes=excess)[excess > 0]
    unit_value = ranked["value_usd"] / ranked["tonnes"] / KG_PER_TONNE
    ranked = ranked.assign(
        unit_value_usd_per_kg=unit_value,
        excess_share=ranked["excess_tonnes"] / excess.sum(),
        band=np.select(
            [unit_value < cheap_below, unit_value.between(ferrite_low, ferrite_high)],
            ["cheap", "ferrite"],
            "other",
        ),
    )
    return ranked.sort_values("excess_tonnes", ascending=False, kind="stable")


def _check_priced_lines(lines):
    figures = lines[["tonnes", "unit_value_usd_per_kg", "other_low", "other_high"]].astype(float)
    valid = np.isfinite(figures).all(axis=1) & (figures >= 0).all(axis=1)
    valid &= figures["other_low"] <= figures["other_high"]
    if not valid.all():
        raise ValueError(
            f"lines need known figures, none negative, and other_low <= other_high; first offenders:\n"
            f"{figures[~valid].head()}"
        )


def _check_cells(cells):
    figures = cells[["tonnes", "value_usd", "baseline_tonnes"]].astype(float)
    valid = np.isfinite(figures).all(axis=1) & (figures >= 0).all(axis=1)
    if cells.empty or not valid.all():
        raise ValueError(
            f"cells need known figures, none negative, and at least one row; first offenders:\n{figures[~valid].head()}"
        )
