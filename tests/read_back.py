"""An IAMC file read by pyam, beside the tidy CSV of the same run: see ``make test-iamc``.

pyam wants an older numpy than this project pins, so it stands in an environment of its own.
"""

import os

import pandas as pd
import pyam
import pytest

END = {"low": "10.0th Percentile", "middle": "50.0th Percentile", "high": "90.0th Percentile"}


@pytest.fixture(scope="module")
def read():
    """What pyam makes of the file."""
    return pyam.IamDataFrame(os.environ["IAMC"])


@pytest.fixture(scope="module")
def tidy():
    return pd.read_csv(os.environ["TIDY"])


def test_it_has_every_scenario_of_one_model_in_one_region_and_whole_years(read, tidy):
    assert len(read.model) == 1 and read.region == ["India"] and read.time_col == "year"
    assert set(read.scenario) == set(tidy["scenario"]) and set(read.year) == set(tidy["fiscal_year"])


def test_every_number_of_the_tidy_rows_is_in_it_and_none_more(read, tidy):
    long = tidy.melt(["scenario", "fiscal_year", "quantity"], list(END), "end").dropna(subset="value")
    assert len(read.data) == len(long)
    for end, name in END.items():
        found = read.filter(variable=f"*|{name}").data.groupby(["scenario", "year"])["value"].sum()
        wanted = long[long["end"] == end].groupby(["scenario", "fiscal_year"])["value"].sum()
        assert found.to_numpy() == pytest.approx(wanted.to_numpy(), rel=1e-9), end


def test_a_variable_has_one_unit_and_the_tree_can_be_walked(read):
    assert all(isinstance(unit, str) for unit in read.unit_mapping.values()) and len(read.unit_mapping) > 50
    assert not read.filter(variable="Demand|*").empty and not read.filter(variable="Imports|*").empty


def test_it_can_be_written_and_read_again(read, tmp_path):
    read.to_excel(tmp_path / "again.xlsx")
    again = pyam.IamDataFrame(tmp_path / "again.xlsx")
    assert pyam.compare(read, again).empty
