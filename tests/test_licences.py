"""What China's licences let through, and how far their rules are known."""

import numpy as np
import pandas as pd
import pytest

from helpers.outlook import licences


def _row(period: str, regime: str, published: str = "2026-11-20") -> dict:
    return {"period": period, "regime": regime, "status": "reported", "source": "S86", "published": published}


def test_rules_are_known_to_the_day_and_no_further_than_the_rows(india):
    assert str(licences.known_until(india)) == "2026-11" and licences.current(india) == "partial"
    assert str(licences.known_until(india.on("2025-06-30"))) == "2025-06"


def test_a_row_for_later_months_reaches_no_further_than_the_day(india):
    announced, months = (
        india.adding("regimes", _row("2026-12/2027-11", "open")),
        pd.period_range("2026-09", periods=9, freq="M"),
    )
    assert str(licences.known_until(announced)) == "2026-11" and licences.current(announced) == "partial"
    drawn, same = (licences.doses(one, months, 50)["mixture"] for one in (india, announced))
    assert (drawn == same).all()  # after the day the odds hold, as the sentence says


def test_a_gap_between_rows_is_not_taken_for_known(india):
    assert licences.current(india.adding("regimes", _row("2027-04/2027-09", "open"))) == "partial"


def test_the_newest_row_for_a_month_holds(india):
    closed = india.adding("regimes", _row("2026-11", "closed", "2026-11-21"))
    assert licences.current(closed) == "closed"


def test_no_rules_at_all_is_an_error_that_says_what_to_add(india, monkeypatch):
    monkeypatch.setattr(licences, "known", lambda india: india.table("regimes").iloc[:0])
    with pytest.raises(ValueError, match="add the rules"):
        licences.known_until(india)


def test_until_the_last_known_month_every_regime_lets_through_what_the_current_one_does(india):
    months = pd.period_range("2026-09", "2027-12", freq="M")
    dose = licences.doses(india, months, 500)
    known = months <= licences.known_until(india)
    for name in (*licences.REGIMES, "mixture"):
        assert (dose[name][known] == dose["current"]).all()
        assert ((dose[name] >= 0) & (dose[name] <= 1)).all()
    assert (dose["open"][~known] == 1).all() and dose["closed"][~known].mean() < dose["partial"][~known].mean()


def test_regimes_are_drawn_as_often_as_their_odds_say(india):
    months = pd.period_range("2026-12", "2030-03", freq="M")
    sure = india.assuming("regime_probability", {"open": 1.0, "partial": 0.0, "closed": 0.0})
    assert (licences.doses(sure, months, 200)["mixture"] == 1).all()
    drawn = licences.doses(india, months, 4000)["mixture"]
    assert np.mean(drawn == 1) == pytest.approx(licences.regimes(india)["open"], abs=0.03)


def test_shares_that_do_not_sum_to_one_are_refused(india):
    with pytest.raises(ValueError, match="summing to one"):
        licences.regimes(india.assuming("regime_probability", {"open": 0.9}))
