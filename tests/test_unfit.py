"""Answers that are not what was asked for: each fault of a publisher is told, and gives no figure."""

from datetime import date
from importlib import import_module

import pytest
from asked import asking, figures

from conftest import FROZEN
from helpers.data import sources
from helpers.data.sources.protocol import UnfitError

UNTIL = {"until": date(2026, 11, 20)}
USUAL = {"ecb": UNTIL | {"folder": FROZEN, "since": "2026-01"},
         "frankfurter": UNTIL | {"folder": FROZEN, "since": "2026-01"}, "worldbank": {"folder": FROZEN},
         "pinksheet": {"last": "2026-10"}, "usgs": {"folder": FROZEN}}  # fmt: skip
"""How a stand-in answers, but for its fault."""

UNFIT = [("ecb", {"fault": "renamed"}, "OBS_VALUE"), ("ecb", {"fault": "swapped"}, "FREQ is .'M'., not D"),
         ("ecb", {"fault": "thousands"}, "UNIT_MULT is .'3'., not 0"),
         ("frankfurter", {"fault": "error"}, "neither version's answer came .*not found"),
         ("frankfurter", {"fault": "inverted"}, "base is .'INR'., not USD"),
         ("frankfurter", {"fault": "inverted", "version": 2}, "base is .'INR'., not USD"),
         ("frankfurter", {"fault": "single"}, "rates of one day"),
         ("frankfurter", {"fault": "hundred"}, "for 100.0 USD, not for one"),
         ("worldbank", {"most": 500}, "pages came, not one"),
         ("worldbank", {"fault": "error"}, "Invalid value: The provided parameter value is not valid"),
         ("worldbank", {"fault": "ranks"}, "is no estimate"),
         ("worldbank", {"fault": "fewer"}, "not every indicator .*GOV_WGI_CC.EST"),
         ("worldbank", {"fault": "other"}, "not every country .*NAM"),
         ("worldbank", {"fault": "renamed"}, "rows without .'value'."),
         ("pinksheet", {"fault": "sheet"}, "no workbook with a sheet Monthly Prices"),
         ("pinksheet", {"fault": "moved"}, "months do not begin in row 7"),
         ("pinksheet", {"fault": "renamed"}, "not one column 'Copper'; near it are .'Copper, grade A'."),
         ("pinksheet", {"fault": "unit"}, r"Copper is in '\$/troy oz'"),
         ("pinksheet", {"fault": "unlinked"}, "has 0 links to CMO-Historical"),
         ("usgs", {"fault": "altered"}, "another md5 checksum"),
         ("usgs", {"fault": "checksum"}, "a checksum of the kind 'sha512/x'"),
         ("usgs", {"fault": "columns"}, "no adapter knows these columns.*'Amount'"),
         ("usgs", {"fault": "unit"}, "the unit is 'kilograms', known are metric tons"),
         ("usgs", {"fault": "country"}, "no country is known as 'Atlantis'"),
         ("usgs", {"fault": "value"}, "'some' is no figure"), ("usgs", {"fault": "files"}, "figures.pdf"),
         ("usgs", {"fault": "title"}, "no edition of the summaries")]  # fmt: skip


@pytest.mark.parametrize(("source", "odd", "said"), UNFIT)
def test_an_answer_that_is_not_the_one_asked_for_is_unfit(httpserver, source, odd, said):
    module, standin = sources.module(sources.feeds(FROZEN)[source]), import_module(f"standin.{source}")
    with pytest.raises(UnfitError, match=said):
        for answer in asking(httpserver, module, standin, **USUAL[source], **odd)():
            figures(answer, module)
