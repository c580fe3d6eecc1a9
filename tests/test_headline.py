"""What of every forecast is published, in one table."""

import pytest

from helpers.outlook import forecast, headline, value

pytestmark = pytest.mark.usefixtures("sparse")


def test_the_headline_holds_the_published_quantiles_of_every_target(india):
    found = headline.expected(india, horizon=6)
    assert list(found.columns) == headline.COLUMNS and set(found["target"]) == set(headline.UNITS)
    assert not found.duplicated(["target", "period", "quantile"]).any()
    table = forecast.expected(india, "customs", 6)
    period = table["period"].iloc[0]
    ours = found[(found["target"] == "customs") & (found["period"] == period)].set_index("quantile")["value"]
    assert ours[0.5] == forecast.at(table, period).value and ours[0.1] == forecast.at(table, period).low
    worth = value.expected(india)
    assert len(found[found["target"] == value.NAME]) == len(worth)
    assert found.set_index("target")["unit"].to_dict() == headline.UNITS


def test_a_target_that_cannot_be_forecast_is_left_out(india):
    table = forecast.expected(india, "repm", 2)
    assert set(headline.told(table, table.iloc[:0])["target"]) == {"repm"}
    assert headline.told(table.iloc[:0]).empty


@pytest.mark.parametrize("other", ["customs", "repm"])
def test_both_targets_end_in_the_same_year(india, other):
    ends = headline.expected(india, other, 4).groupby("target")[["horizon", "period"]].max()
    assert ends["horizon"][other] == 4 and ends["period"]["customs"] == ends["period"]["repm"]
