"""What the imports are worth: one series, its forecast, its trial beside the field's models, and what it moves with."""

import re
import warnings

import numpy as np
import pandas as pd
import pytest
from statsmodels.tools.sm_exceptions import ConvergenceWarning
from test_notebooks_in_time import BROKEN
from test_roads import adding

from helpers.chapters.forecast import value as told
from helpers.chapters.forecast import value_figure
from helpers.chapters.outputs import Sentence
from helpers.ensemble.quantiles import QUANTILES
from helpers.outlook import value, value_models

pytestmark = pytest.mark.usefixtures("undrawn")


@pytest.fixture(scope="module")
def tried(india):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return value.backtest(india)


@pytest.fixture(scope="module")
def fitted(india):
    return value_models.regressions(india, value.history(india))


def test_all_years_stand_on_the_level_of_indias_record_in_the_newest_year_of_both(india):
    ties, table = value.levels(india), value.history(india)
    assert ties.loc["2024", "ratio"] == pytest.approx(198.567 / 186.83)
    assert table.index[0] == "2002" and len(table) == 23 and table.loc["2024", "usd_m"] == pytest.approx(198.567)
    assert (table["usd_m"] / table["listed_usd_m"]).to_numpy() == pytest.approx(198.567 / 186.83)
    made = value.rebuilt(india)
    of_fiscal = 0.75 * table.loc["2023", "usd_m"] + 0.25 * table.loc["2024", "usd_m"]
    assert made.index.tolist() == ["FY24"] and made.loc["FY24", "made_usd_m"] == pytest.approx(of_fiscal)
    assert of_fiscal == pytest.approx(made.loc["FY24", "usd_m"], rel=0.01), "as the press has it"
    text = told.basis(india).text
    assert "198.6 million USD, is 6.3 % above it (186.8)" in text and "listed make +3.5 %" in text
    assert "By 2022 it would be +7.7 %" in text and "After that" not in text
    assert "comes to 200.9 million USD where 200.6 are recorded: the same count" in text
    assert "less" in told.basis(adding(india, ("value_usd", "2024", 160))).text.split("recorded: ")[1]
    assert "is 14.4 % below it" in told.basis(adding(india, ("value_usd", "2024", 160))).text


def test_a_year_that_only_indias_record_has_stands_as_recorded(india):
    later = adding(india, ("value_usd", "2025", 232))
    assert value.history(later).loc["2025", ["usd_m", "made"]].tolist() == [232, value.OWN]
    assert "come the calendar years that India records, up to 2025" in told.basis(later).text
    fiscal_only = adding(india, ("value_usd", "FY26", 240))
    known = value.recorded(fiscal_only)["usd_m"]
    made = value.history(fiscal_only).loc["2025"]
    assert made["usd_m"] == pytest.approx(0.25 * known["FY25"] + 0.75 * 240) and made["made"] == value.OF_FISCAL
    assert "years made of the fiscal ones that India records" in told.basis(fiscal_only).text
    assert value.checked(fiscal_only).empty, "a year is no check on what was made of it"
    assert "FY26" not in set(value.expected(fiscal_only)["period"]), "what is recorded is not forecast"


def test_before_a_gap_nothing_is_used():
    years = pd.DataFrame({"usd_m": [1.0, 2.0, 3.0]}, index=["2001", "2003", "2004"])
    assert value.unbroken(years).index.tolist() == ["2003", "2004"]
    assert value.unbroken(years.iloc[1:]).index.tolist() == ["2003", "2004"]


def test_the_forecast_is_of_fiscal_years_with_a_wide_interval_for_five_of_them(india):
    table = value.expected(india)
    wide = table.pivot(index="horizon", columns="quantile", values="value")
    steps = np.diff(wide[list(QUANTILES)], axis=1)
    assert ((steps > 0) | np.isnan(steps)).all() and (table["value"] > 0).all()
    shown = value.intervals(table)
    assert shown["period"].tolist() == [f"FY{year}" for year in range(26, 36)]
    assert shown["low95"].notna().tolist() == [True] * 5 + [False] * 5 and shown["low80"].notna().all()
    assert (shown["low95"] < shown["low80"])[:5].all() and (shown["high80"] < shown["high95"])[:5].all()


@pytest.mark.parametrize(("rupees", "place"), [(3000, "above"), (1000, "below"), (1744, "inside")])
def test_a_fiscal_year_that_is_recorded_already_is_set_beside_what_was_to_be_expected(india, rupees, place):
    other = adding(india, ("value_inr", "FY25", rupees))
    text = told.ahead(value.expected(other), other).text
    assert "FY25, of which a part lies after the years known, was recorded at" in text
    assert f": {place} the 80 % interval" in text and "in FY27 (80 % interval" in text and "in FY35 (" in text


def test_a_trial_knows_nothing_after_its_origin():
    rng = np.random.default_rng(850511)
    series = pd.Series(50 * np.exp(rng.normal(0.05, 0.2, 12).cumsum()), index=[str(year) for year in range(2002, 2014)])
    other = series.copy()
    other.iloc[10:] *= 3
    one, two = (
        value.trial(values).set_index(["origin", "model", "horizon"]).sort_index() for values in (series, other)
    )
    early = ["2010", "2011"]
    columns = ["median", "low80", "high80", "low95", "high95", "converged"]
    pd.testing.assert_frame_equal(one.loc[early, columns], two.loc[early, columns])
    assert not one.loc["2012", "median"].equals(two.loc["2012", "median"]), "what came before its origin counts"


def test_naive_repeats_the_last_value_and_drift_draws_the_straight_line():
    line = pd.Series(np.arange(10.0, 21.0), index=[str(year) for year in range(2000, 2011)])
    rows = value.trial(line).set_index("model")
    assert rows.loc["drift", "error"].abs().max() < 1e-12
    naive = rows.loc["naive"]
    assert naive["median"].tolist() == [18, 18, 19] and naive["low80"].isna().all()


def test_every_origin_from_the_ninth_year_on_is_kept_with_its_path_and_its_intervals(tried):
    ours = tried[tried["model"] == value.MODEL]
    assert ours.groupby("origin").size().to_dict() == {str(y): min(10, 2024 - y) for y in range(2010, 2024)}
    assert (ours["low95"] <= ours["low80"]).all() and (ours["high80"] <= ours["high95"]).all()
    table = value.skill(tried)
    assert table["origins"].tolist() == [14, 13, 12, 11, 10, 9, 8, 7, 6, 5]
    naive = tried[(tried["model"] == "naive") & (tried["horizon"] == 3)]["error"].abs().mean()
    drift = tried[(tried["model"] == "drift") & (tried["horizon"] == 3)]["error"].abs().mean()
    assert table.loc[3, "drift"] == pytest.approx(drift / naive)


def test_a_fit_that_warns_or_does_not_converge_is_counted_and_never_printed(tried, monkeypatch):
    def doubtful(past, horizon):
        return np.full((horizon, len(QUANTILES)), past[-1]), False

    monkeypatch.setitem(value_models.MODELS, "ETS", doubtful)
    line = pd.Series(np.arange(10.0, 22.0), index=[str(year) for year in range(2000, 2012)])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rows = value.coverage(value.trial(line)).set_index("model")
    assert rows.loc["ETS", "unconverged"].tolist() == [3, 3] and rows.loc["ensemble", "unconverged"].tolist() == [0, 0]
    assert value.coverage(tried)["forecasts"].tolist() == [60, 95] * 3


def test_an_interval_pays_for_its_width_and_tenfold_for_each_miss():
    rows = value.coverage(made(1, 1, held=10)).set_index(["model", "ahead"])
    assert rows.loc[("ensemble", 5), "score"] == pytest.approx(np.log(110 / 90))
    some = value.coverage(made(1, 1, held=6)).set_index(["model", "ahead"]).loc[("ensemble", 5)]
    width, miss = 0.6 * np.log(110 / 90) + 0.4 * np.log(110 / 101), 0.4 * 10 * np.log(1.01)
    assert some["score"] == pytest.approx(width + miss) and some["within80"] == pytest.approx(60)


def test_the_fields_models_continue_steady_growth():
    doubling, still = 2.0 ** np.arange(9), np.full(9, 5.0)
    for fit in value_models.MODELS.values():
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            (growing, _), (level, _) = fit(doubling, 3), fit(still, 3)
        assert growing[:, QUANTILES.index(0.5)] == pytest.approx([512, 1024, 2048], rel=0.01)
        assert level[:, QUANTILES.index(0.5)] == pytest.approx(5, rel=0.01)


@pytest.fixture
def quick(monkeypatch):
    """No model is fitted: each says the last value for ever."""
    for name in value_models.MODELS:
        monkeypatch.setitem(
            value_models.MODELS, name, lambda past, ahead: (np.full((ahead, len(QUANTILES)), past[-1]), True)
        )


def made(ratio_near, ratio_far, held, ets=2.0):
    """A trial in which the ensemble errs by these ratios to naive a year and five years ahead."""
    rows = []
    for horizon, ratio in enumerate([ratio_near, *[ratio_far] * 4], start=1):
        for n in range(10):
            inside = n < held
            for model, error in (
                (value.MODEL, ratio),
                ("naive", 1),
                ("drift", 1.5),
                ("ETS", ets),
                ("local linear trend", 2),
            ):
                low, high = (90, 110) if inside else (101, 110)
                rows.append((str(2010 + n), horizon, model, 100.0, low, high, low, high, True, 0.1 * error))
    columns = ["origin", "horizon", "model", "outturn", "low80", "high80", "low95", "high95", "converged", "error"]
    return pd.DataFrame(rows, columns=columns)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            made(0.8, 0.7, 8),
            ["0.80 times that of naive, better than it", "0.70 times, better", "about as often as", "ahead of"],
        ),
        (made(1.0, 1.3, 5), ["no better than it", "1.30 times, worse than it", "less often than they should"]),
        (made(1.048, 1.052, 8), ["1.05 times that of naive, no better than it", "was 1.05 times, no better than it"]),
        (made(1.2, 1.0, 10), ["1.20 times that of naive, worse than it", "more often than they should"]),
        (made(2.0, 2.0, 8), ["behind the closest of the others, drift"]),
        (made(1.0, 1.0, 8, ets=1.01), ["level with the closest of the others, ETS"]),
    ],
)
def test_how_the_forecasts_fared_is_said_as_it_was(india, rows, said):
    text = told.fared(rows, india).text
    assert [part for part in said if part not in text] == []


@pytest.mark.parametrize(
    ("came", "said"),
    [((112, 112), "as they should; all that they missed came above them."),
     ((80, 80), "as they should; all that they missed came below them."), ((112, 80), "as they should. Over"),
     ((100, 100), "than they should. Over")],
)  # fmt: skip
def test_the_side_on_which_intervals_missed_is_said_where_it_is_one(india, came, said):
    rows = made(1, 1, held=10)
    for origin, one in zip(("2018", "2019"), came, strict=True):
        rows.loc[(rows["model"] == value.MODEL) & (rows["origin"] == origin), "outturn"] = one
    assert said in told.fared(rows, india).text


def test_years_with_gaps_between_are_not_told_as_all_years(india, fitted):
    assert "Over 18 of the years 2003 to 2024 a per cent" in told.moved_by(fitted, india).text
    rows = fitted[fitted["equation"] == "neodymium oxide"]
    assert "Over 10 years, 2015 to 2024, a per cent" in told.moved_by(rows, india).text


def test_what_the_value_moves_with_is_recovered(india):
    vehicles, rupee = (value_models._by_calendar_year(india, one)["value"] for one in value_models.EQUATIONS[1])
    noise = np.random.default_rng(850511).normal(0, 0.003, len(vehicles))
    planted = (vehicles**0.8 * rupee.reindex(vehicles.index) ** -0.5 * np.exp(noise)).dropna()
    table = value_models.regressions(india, pd.DataFrame({"usd_m": planted, "source": "S214"}))
    found = table[table["equation"] == "vehicles made, rupees a dollar"].set_index("regressor")
    assert found["elasticity"].to_numpy() == pytest.approx([0.8, -0.5], abs=0.06)
    assert (found["r2"] > 0.95).all() and found["condition"].gt(1).all()


def test_an_equation_is_estimated_only_with_years_enough_and_says_so(india, fitted):
    years = fitted.drop_duplicates("equation").set_index("equation")[["years", "needed", "r2"]]
    assert (years["r2"].notna() == (years["years"] >= years["needed"])).all()
    assert years["r2"].notna().any() and years["r2"].isna().any()
    shown = told.regressions(fitted)
    assert (shown["elasticity (robust error)"] == "too few years").tolist() == years["r2"].isna().tolist()
    text = told.moved_by(fitted, india).text
    assert "together cannot be told from the sources: 6 years have all of them, and 20 are needed" in text
    short = value_models.regressions(india, value.history(india).tail(8))
    assert told.moved_by(short, india).text.endswith("Nor can any part of it.")


@pytest.mark.parametrize(
    ("p_values", "diagnostics", "said"),
    [
        ((0.01, 0.01), (0.6, 2.0, 0.5, 10),
         ["with vehicles made", "and", "rupees a dollar", "60 % of the growth.", "nothing against"]),
        ((0.01, 0.4), (0.3, 1.2, 0.5, 10),
         ["rupees a dollar tell nothing more", "most of it stays open", "hang together"]),
        ((0.3, 0.4), (0.1, 2.0, 0.01, 10),
         ["not told from chance by that of vehicles made or", "its errors are not normal"]),
        ((0.3, 0.4), (0.1, 1.0, 0.01, 40), ["they are not normal and its regressors move too much together"]),
    ],
)  # fmt: skip
def test_what_an_equation_says_and_what_is_against_it(india, fitted, p_values, diagnostics, said):
    rows = fitted[fitted["equation"] == "vehicles made, rupees a dollar"].assign(p_value=p_values)
    rows[["r2", "durbin_watson", "jarque_bera", "condition"]] = diagnostics
    text = told.moved_by(rows, india).text
    assert [part for part in said if part not in text] == []


def test_fiscal_years_are_put_on_calendar_years_only_where_both_are_known():
    rows = pd.DataFrame({"value": [4.0, 8.0, 1.0], "source": ["S1", "S2", "S3"]}, index=["FY20", "FY21", "FY23"])
    table = value_models.on_calendar_years(rows)
    assert table.index.tolist() == ["2020"] and table.loc["2020"].tolist() == [7.0, "S1 S2"]


def everything(india):
    table, trial = value.expected(india), value.backtest(india)
    fitted = value_models.regressions(india, value.history(india))
    said = [told.basis(india), told.ahead(table, india), told.fared(trial, india), told.moved_by(fitted, india)]
    shown = [told.skill(trial, india), told.coverage(trial, india), told.regressions(fitted)]
    return said, shown, value_figure.history(table, trial, india=india)


@pytest.mark.parametrize("day", ["2025-06-30", "2025-10-31", "2026-01-31", "2026-08-15"])
def test_before_the_years_were_public_the_section_says_so(india, day):
    said, shown, figure = everything(india.on(day))
    assert all("cannot be said from the sources dated up to" in one.text for one in said)
    assert all(table.empty for table in shown[:-1]) and set(shown[-1]["years"]) == {0}
    assert isinstance(figure, Sentence)


@pytest.mark.parametrize(
    "rows",
    [[("value_fob_listed", "2025", 240)], [("value_fob_listed", "2025", 220), ("value_usd", "2025", 232)],
     [("value_usd", "FY26", 240), ("weight", "FY26", 36000)], [("weight", "FY25", 33000)]],
)  # fmt: skip
def test_new_figures_arrive_and_nothing_breaks(india, quick, rows):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        said, _, figure = everything(adding(india, *rows))
    assert [text for text in [*(one.text for one in said), figure.title, figure.alt] if BROKEN.search(text)] == []


def test_the_figure_draws_the_years_known_every_origin_and_the_fan(india, tried):
    figure = value_figure.history(value.expected(india), tried, india=india)
    assert re.match(r"By FY35 the imports may be worth \d+ million USD, or \d+ to \d+", figure.title)
    kinds = figure.data["what"].value_counts()
    assert kinds["known"] == 23 and kinds["forecast"] == 10 and kinds["forecast of 2010"] == 5
    assert "14 earlier years" in figure.alt and {"S213", "S214"} <= set(figure.sources)


def test_a_year_that_is_read_out_lies_between_the_ends_of_its_interval(india):
    table = value.expected(india)
    last = value.at(table, "FY35", india)
    assert last.low < last.value < last.high and value.at(table, "FY99", india) is None


@pytest.mark.parametrize(("slope", "at_maximum"), [(1e-4, True), (0.5, False)])
def test_a_search_that_complains_has_converged_if_it_ended_at_the_maximum(monkeypatch, slope, at_maximum):
    from statsmodels.base.optimizer import Optimizer

    real = Optimizer._fit

    def stopped(self, *given, **named):
        parameters, ended, settings = real(self, *given, **named)
        warnings.warn("Maximum Likelihood optimization failed to converge", ConvergenceWarning, stacklevel=2)
        return parameters, ended | {"converged": False, "gopt": np.full(3, slope)}, settings

    monkeypatch.setattr(Optimizer, "_fit", stopped)
    past = np.exp(np.random.default_rng(3).normal(0, 0.2, 12).cumsum())
    for fit in value_models.MODELS.values():
        assert fit(past, 2)[1] is at_maximum
