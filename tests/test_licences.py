"""What China's licences let through, and how far their rules are known."""

import numpy as np
import pandas as pd
import pytest

from helpers.outlook import licences
from helpers.outlook.licences import CURRENT, DRAWN, REGIMES

EVERY = (*REGIMES, DRAWN, CURRENT)


def _row(period: str, regime: str, published: str = "2026-11-20", **more: str) -> dict:
    row = {"period": period, "regime": regime, "term": "set", "status": "reported", "source": "S86"}
    return row | {"published": published} | more


def test_a_range_without_width_is_a_value():
    row = pd.Series({"low": 0.0, "value": 0.0, "high": 0.0})
    assert (licences.triangular(row, 5, np.random.default_rng(1)) == 0).all()


@pytest.mark.parametrize(
    ("day", "until"),
    [("2025-06-30", "2025-06"), ("2025-10-31", "2025-10"), ("2025-11-06", "2025-11"), ("2025-11-07", "2026-11")],
)
def test_open_rules_are_known_to_the_day_and_set_ones_as_soon_as_they_are_published(india, day, until):
    assert str(licences.known_until(india.on(day))) == until and licences.current(india) == "partial"


def test_a_truce_announced_ahead_holds_for_its_months_and_odds_after_it(india):
    announced, months = (
        india.adding("regimes", _row("2026-12/2027-01", "open")),
        pd.period_range("2026-11", "2027-03", freq="M"),
    )
    assert str(licences.known_until(announced)) == "2027-01" and licences.current(announced) == "partial"
    dose = licences.doses(announced, months, 50, EVERY)
    assert (dose[DRAWN][0] == dose[CURRENT]).all() and (dose[DRAWN][1:3] == 1).all()
    assert (dose["closed"][1:3] == 1).all() and (dose["closed"][3:] < 1).all() and (dose[DRAWN][3:] < 1).any()


@pytest.mark.parametrize(
    "more", [{"term": "open"}, {"status": "unverified"}, {"status": "weak"}, {"status": "missing"}]
)
def test_what_is_in_force_only_later_or_not_trusted_is_not_used(india, more):
    assert str(licences.known_until(india.adding("regimes", _row("2026-12/2027-01", "open", **more)))) == "2026-11"


def test_a_report_of_months_whose_rules_are_known_is_no_news(india):
    told = (india.adding("regimes", _row(of, "open", status="weak")) for of in ("2026-11", "2026-11/2026-12"))
    assert [licences.hearsay(of)["period"] for of in told] == ["2026-12/2027-01", "2026-11/2026-12"]


def test_a_gap_between_rows_is_not_taken_for_known(india):
    gap = india.adding("regimes", _row("2027-04/2027-09", "open"))
    assert licences.current(gap) == "partial" and str(licences.known_until(gap)) == "2026-11"


def test_the_newest_row_for_a_month_holds_wherever_older_ones_stand(india):
    rows = [_row("2026-11", "closed", "2026-11-21"), _row("2026-11", "open", "2026-11-20")]
    assert licences.current(india.adding("regimes", *rows)) == "closed"


def test_no_rules_at_all_is_an_error_that_says_what_to_add(india, monkeypatch):
    monkeypatch.setattr(licences, "known", lambda india: india.table("regimes").iloc[:0])
    with pytest.raises(ValueError, match="add the rules"):
        licences.rules.__wrapped__(india)


def test_until_the_last_known_month_every_regime_lets_through_what_the_current_one_does(india):
    months = pd.period_range("2026-09", "2027-12", freq="M")
    dose = licences.doses(india, months, 500, EVERY)
    known = months <= licences.known_until(india)
    for name in (*licences.REGIMES, DRAWN):
        assert (dose[name][known] == dose[CURRENT]).all()
        assert ((dose[name] >= 0) & (dose[name] <= 1)).all()
    assert (dose["open"][~known] == 1).all() and dose["closed"][~known].mean() < dose["partial"][~known].mean()


def test_licences_act_on_chinas_part_only(india):
    months = pd.period_range("2027-04", "2028-03", freq="M")
    all_of_it, none = (india.assuming("licensed_share", {"all origins": part}) for part in (1.0, 0.0))
    alone, part = (licences.doses(one, months, 2000)["closed"].mean() for one in (all_of_it, india))
    assert (licences.doses(none, months, 50)["closed"] == 1).all()
    assert part == pytest.approx(1 - india.assumption("licensed_share")["value"].item() * (1 - alone), abs=0.01)


def test_regimes_are_drawn_as_often_as_their_odds_say(india):
    months = pd.period_range("2026-12", "2030-03", freq="M")
    sure = india.assuming("regime_probability", {"open": 1.0, "partial": 0.0, "closed": 0.0})
    assert (licences.doses(sure, months, 200, EVERY)[DRAWN] == 1).all()
    drawn = licences.doses(india, months, 4000, EVERY)[DRAWN]
    assert np.mean(drawn == 1) == pytest.approx(licences.regimes(india)["open"], abs=0.03)


def test_shares_that_do_not_sum_to_one_are_refused(india):
    with pytest.raises(ValueError, match="summing to one"):
        licences.regimes(india.assuming("regime_probability", {"open": 0.9}))


def test_an_extension_told_at_second_hand_is_named_and_changes_no_odds(india):
    told = licences.hearsay(india)
    assert told["status"] == "weak" and told["period"] == "2026-12/2027-01" and told["source"] == "S223"
    assert str(licences.known_until(india)) == "2026-11"
    assert licences.hearsay(india.on("2026-10-07")) is None


def test_once_an_act_is_seen_what_was_told_before_it_is_told_no_more(india):
    assert licences.hearsay(india.adding("regimes", _row("2026-12/2027-06", "partial"))) is None


@pytest.mark.parametrize(("stays", "moved"), [(1.0, 0.0), (0.0, 0.595)])  # redrawn: one less the sum of squared odds
def test_a_regime_changes_in_april_only_and_as_its_persistence_says(india, stays, moved):
    months = pd.period_range("2026-12", "2028-03", freq="M")
    dose = licences.doses(india.assuming("regime_persistence", {"a year": stays}), months, 4000, EVERY)[DRAWN]
    changed = (np.diff(dose, axis=0) != 0).mean(axis=1)
    assert changed == pytest.approx(np.where(months[1:].month == 4, moved, 0), abs=0.03)


def test_doses_are_counted_from_those_of_the_base_period_alone(india):
    months = pd.period_range("2026-01", "2030-03", freq="M")
    for dose, then in licences.since(india, "2026-01/2026-06", months, 200).values():
        np.testing.assert_allclose(dose[:6].mean(axis=0), then)
    assert (dose[12:] != then).any()


def test_rows_of_rules_that_were_told_can_be_changed_without_harm(india):
    for told in (licences.known, licences.rules):
        mine = told(india)
        mine.iloc[:] = mine.iloc[::-1].to_numpy()
        assert not told(india).equals(mine)
