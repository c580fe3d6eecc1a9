"""UN Comtrade: questions that fit its limits, rows that become figures, and answers that must not."""

import json
import shutil
from dataclasses import replace
from datetime import date

import httpx
import pandas as pd
import pytest
from asked import NOON, feed, shown, taken, way
from standin import comtrade as standin

from conftest import FROZEN
from helpers import fiscal
from helpers.data import vintage
from helpers.data.archive import versions
from helpers.data.archive.store import Change, Shelf
from helpers.data.sources import comtrade, spellings
from helpers.data.sources.protocol import COLUMNS, Answer, Request, SourceError, UnfitError

MONTHS = "months of 2024, imports of IND"
TODAY = date(2026, 11, 22)
LINES = "lines=850511 850519 850590; reporters=IND CHN; partners=all"


def questions(keyed=True, since="2018-01", today=TODAY, asks=LINES):
    return list(comtrade.requests(replace(feed("comtrade"), asks=asks), since, today, keyed))


def question(words, keyed=True):
    (found,) = [request for request in questions(keyed) if request.question.startswith(words)]
    return found


def get(server, request, key="demo"):
    """The answer of a stand-in to a question."""
    return way(server, **({comtrade.KEY_HEADER: key} if key else {}))(request)


@pytest.fixture
def asked(httpserver):
    """Ask a stand-in that has a fault."""

    def ask(fault="", words="year 2024, imports of IND", keyed=True, **options):
        httpserver.clear()
        standin.install(httpserver, fault=fault, folder=FROZEN, today=TODAY, **options)
        return get(httpserver, question(words, keyed))

    return ask


def figures(answer):
    return comtrade.rows(answer)


def values(found, key):
    return found[found["key"] == key].set_index("period")["value"]


ROW = {
    "typeCode": "C", "freqCode": "M", "refPeriodId": 20240401, "refYear": 2024, "refMonth": 4, "period": "202404",
    "reporterCode": 699, "reporterISO": "IND", "flowCode": "M", "partnerCode": 156, "partnerISO": "CHN",
    "partner2Code": 0, "classificationCode": "H6", "cmdCode": "850511", "customsCode": "C00", "mosCode": "0",
    "motCode": 0, "qtyUnitCode": 8, "qty": 1234567.0, "isQtyEstimated": False, "netWgt": 1234567.0,
    "isNetWgtEstimated": False, "cifvalue": 8765432.1, "fobvalue": None, "primaryValue": 8765432.1,
    "isReported": False, "isAggregate": True,
}  # fmt: skip


def said(*rows, freq="M", path="/data/v1/get", **more):
    """An answer with some rows, to a question for what they are about."""
    every = [ROW | row for row in rows] or [ROW]
    names = ("reporterCode", "flowCode", "period", "cmdCode")
    params = {name: ",".join(dict.fromkeys(str(row[name]) for row in every)) for name in names}
    told = {"elapsedTime": "0.2 secs", "count": len(rows), "data": [ROW | row for row in rows], "error": ""}
    body = json.dumps(told | more).encode()
    return Answer(Request("a question", f"{path}/C/{freq}/HS", params=params), body, fetched=NOON)


def one(**row):
    """The figures of one row by measure."""
    found = figures(said(row, freq=row.get("freqCode", "M")))
    return {key.split("/")[-1]: figure for key, figure in found.set_index("key").iterrows()}


# questions


def test_with_a_key_a_question_has_the_months_of_a_year_and_without_one_a_month():
    keyed, free = questions(), questions(keyed=False)
    assert {request.path for request in keyed} == {"/data/v1/get/C/M/HS", "/data/v1/get/C/A/HS"}
    assert {request.path for request in free} == {"/public/v1/preview/C/M/HS", "/public/v1/preview/C/A/HS"}
    assert max(len(request.periods) for request in keyed) == 12 and {len(request.periods) for request in free} == {1}
    assert len(keyed) == 2 * (9 + 8) and len(free) == 2 * (106 + 8)


def test_what_has_not_ended_is_not_asked():
    periods = {period for request in questions() for period in request.periods}
    assert max(period for period in periods if "-" in period) == "2026-10" and "2025" in periods
    assert "2026" not in periods
    assert [r for r in questions(since="2026-01", today=date(2026, 1, 31)) if "2026" in r.question] == []


def test_the_same_question_has_the_same_words_whenever_it_is_asked():
    later = {r.question for r in questions(since="2020-05", today=date(2027, 3, 1))}
    assert {r.question for r in questions(since="2020-01")} < later
    assert len({r.question for r in questions(keyed=False)}) == len(questions(keyed=False))


def test_india_is_asked_for_all_partners_and_china_for_india_and_the_world():
    imports, exports = question(MONTHS), question("months of 2024, exports of CHN")
    assert imports.params["reporterCode"] == "699" and "partnerCode" not in imports.params
    assert (exports.params["reporterCode"], exports.params["flowCode"]) == ("156", "X")
    assert exports.params["partnerCode"] == "0,699"
    for request in (imports, exports):
        assert {name: request.params[name] for name in comtrade.TOTALS} == {
            "partner2Code": "0", "customsCode": "C00", "motCode": "0",
        }  # fmt: skip
    assert imports.keys[0] == "import/IND/*/850511/*"
    assert exports.keys[:2] == ("export/CHN/world/850511/*", "export/CHN/IND/850511/*")
    assert imports.periods[0] == "2024-01" and imports.params["period"].startswith("202401,202402")


@pytest.mark.parametrize("keyed", [True, False])
def test_many_lines_are_cut_so_that_answers_and_addresses_stay_short(keyed):
    lines = [f"85{number:04d}" for number in range(700)]
    asked = questions(keyed, since="2025-01", asks=f"lines={' '.join(lines)}; reporters=IND CHN; partners=all")
    for request in asked:
        partners = len(request.params.get("partnerCode", "").split(",")) if "partnerCode" in request.params else 160
        rows = partners * len(request.periods) * len(request.params["cmdCode"].split(","))
        assert rows < (100_000 if keyed else 500)
        assert len(str(httpx.URL("https://comtradeapi.un.org" + request.path, params=dict(request.params)))) < 4096
    years = [r for r in asked if r.question.startswith("year 2025, imports")]
    assert [line for r in years for line in r.params["cmdCode"].split(",")] == lines


def test_listed_partners_are_asked_beside_the_world():
    (request, *_) = questions(since="2026-01", asks="lines=850511; reporters=IND; partners=CHN USA")
    assert request.params["partnerCode"] == "0,156,842" and len(request.keys) == 3


# countries


def test_every_country_has_one_code_and_codes_are_those_of_the_un():
    codes = comtrade.codes()
    wanted = {"IND": 699, "USA": 842, "FRA": 251, "ITA": 380, "CHE": 757, "NOR": 579, "TWN": 490, "CHN": 156,
              "NAM": 516}  # fmt: skip
    assert wanted.items() <= codes.items()
    known = pd.read_csv(FROZEN / "trade.csv", keep_default_na=False)
    assert set(known["partner"]) | set(known["reporter"]) <= set(codes)
    partners = spellings.partners("comtrade")
    assert set(partners.values()) == {*codes, "nes", "group"} and partners["278"] == "DEU" and len(partners) == 310
    odd = [0, 97, 899, 837, 838, 839, 568, 577, 527, 636, 879, 290, 221, 697, 637, 473, 492]
    assert {partners[str(code)] for code in odd} == {"world", "group", "nes"}


def test_no_feed_writes_two_countries_alike():
    table = pd.read_csv(spellings.FILE, dtype=str, keep_default_na=False).set_index("partner")
    for feed_name in table:
        written = table[feed_name].str.split(" | ", regex=False).explode().loc[lambda texts: texts != ""]
        assert not written.duplicated().any() and len(written) == len(spellings.partners(feed_name))


def test_a_country_that_is_not_known_cannot_be_asked():
    with pytest.raises(SourceError, match="asks Comtrade for XYZ"):
        questions(asks="lines=850511; reporters=IND XYZ; partners=all")


def test_lines_that_are_only_compared_are_asked_by_years_between_the_reporters():
    found = questions(asks=f"{LINES}; yearly=250490 280469")
    wanted = [q for q in found if "250490" in q.params["cmdCode"]]
    assert {q.params["partnerCode"] for q in wanted} == {"0,156", "0,699"}
    assert all("year " in q.question for q in wanted)
    assert {q.params["cmdCode"] for q in wanted} == {"250490,280469"}
    assert len(found) == len(questions()) + len(wanted) and len({q.question for q in found}) == len(found)


def test_the_weight_of_a_sum_says_when_a_part_has_none():
    parts = [{"partnerCode": 838, "netWgt": 2000.0, "qty": 0}, {"partnerCode": 899, "netWgt": 0, "qty": 0}]
    found = figures(said(*parts)).set_index("key")
    assert found.loc["import/IND/nes/850511/weight", ["value", "note"]].tolist() == [2, "H6, not all weighed"]


def test_what_belongs_to_no_country_is_one_partner_and_groups_of_countries_are_none():
    worth = {0: 10e6, 156: 6e6, 899: 2e6, 838: 1e6, 97: 5e6, 842: 1e6}
    rows = [
        {"partnerCode": code, "partnerISO": None, "primaryValue": value, "cifvalue": value, "netWgt": value, "qty": 0}
        for code, value in worth.items()
    ]
    found = figures(said(*rows))
    dollars = found[found["unit"] == "USD m"].set_index("key")["value"]
    assert dollars.rename(lambda key: key.split("/")[2]).to_dict() == {"world": 10, "CHN": 6, "nes": 3, "USA": 1}
    assert values(found, "import/IND/nes/850511/weight").item() == 3000


def test_a_partner_without_a_known_code_goes_by_its_own_iso_code_or_stops_the_answer():
    assert figures(said({"partnerCode": 412, "partnerISO": "XKX"}))["key"].iloc[0] == "import/IND/XKX/850511/weight"
    for iso in ("_X ", None, "W00"):
        with pytest.raises(UnfitError, match=r"partner 412 .* spellings\.csv"):
            figures(said({"partnerCode": 412, "partnerISO": iso}))


def test_goods_of_its_own_that_return_are_kept_and_named():
    figure = one(reporterCode=156, partnerCode=156)["weight"]
    assert figure["note"] == "H6, its own goods returned" and figure["value"] == 1234.567


# rows that were recorded from the publisher


def test_recorded_rows_become_the_figures_that_they_are():
    japan = one(freqCode="A", reporterCode=842, partnerCode=392, cmdCode="TOTAL", period="2023", qty=0, netWgt=0,
                cifvalue=151580564290, primaryValue=151580564290, isNetWgtEstimated=True)  # fmt: skip
    assert list(japan) == ["value_usd"] and japan["value_usd"]["value"] == pytest.approx(151580.564290)
    assert japan["value_usd"]["note"] == "H6, not all weighed" and japan["value_usd"]["status"] == "reported"
    vietnam = one(freqCode="A", reporterCode=410, partnerCode=704, cmdCode="8542", period="2023", flowCode="X", qty=0,
                  qtyUnitCode=-1, netWgt=1677573.63, isQtyEstimated=True, cifvalue=None, fobvalue=11852014614,
                  primaryValue=11852014614)  # fmt: skip
    assert vietnam["weight"]["value"] == pytest.approx(1677.57363) and vietnam["weight"]["status"] == "reported"
    assert vietnam["value_usd"]["value"] == pytest.approx(11852.014614)
    coffee = one(reporterCode=704, partnerCode=392, cmdCode="090111", period="202301", flowCode="X", cifvalue=None,
                 fobvalue=1.0, qty=5024600, netWgt=5024600)  # fmt: skip
    assert coffee["weight"][["period", "value"]].tolist() == ["2023-01", 5024.6]
    exports = one(freqCode="A", partnerCode=0, cmdCode="TOTAL", period="2022", flowCode="X", cifvalue=None, netWgt=0,
                  qty=0, fobvalue=452684213646.747, primaryValue=452684213646.747)  # fmt: skip
    assert exports["value_usd"]["value"] == pytest.approx(452684.213646747)
    jewels = one(partnerCode=784, cmdCode="7113", period="202201", classificationCode="H5", cifvalue=912208653.293,
                 primaryValue=912208653.293)  # fmt: skip
    assert jewels["value_usd"]["note"] == "H5" and jewels["value_usd"]["value"] == pytest.approx(912.208653293)


def test_figures_have_the_keys_units_and_columns_of_the_archive():
    found = figures(said({}))
    assert tuple(found.columns) == COLUMNS
    assert found[["table", "key", "period", "unit", "value", "status", "published", "note"]].to_numpy().tolist() == [
        ["trade", "import/IND/CHN/850511/weight", "2024-04", "t", 1234.567, "reported", None, "H6"],
        ["trade", "import/IND/CHN/850511/value_usd", "2024-04", "USD m", 8.7654321, "reported", None, "H6"],
    ]
    assert figures(said({"freqCode": "A", "period": "2024"}, freq="A"))["period"].unique().tolist() == ["2024"]


# weights


@pytest.mark.parametrize("weight", [None, 0])
def test_a_weight_of_nothing_is_unknown_and_never_nought(weight):
    found = one(netWgt=weight, qty=weight, qtyUnitCode=-1)
    assert list(found) == ["value_usd"] and found["value_usd"]["note"] == "H6, not all weighed"


def test_a_quantity_stands_in_for_a_missing_weight_if_it_is_one():
    assert one(netWgt=None, qty=5000)["weight"][["value", "note"]].tolist() == [5, "H6, from the quantity"]
    assert one(netWgt=0, qty=5, qtyUnitCode=21)["weight"]["value"] == 5
    assert "weight" not in one(netWgt=0, qty=5000, qtyUnitCode=5)
    assert one(netWgt=0, qty=5000, isQtyEstimated=True)["weight"]["status"] == "estimate"


def test_an_estimated_weight_says_so():
    found = one(isNetWgtEstimated=True)
    assert found["weight"][["status", "note"]].tolist() == ["estimate", "H6, estimated by the publisher"]
    assert found["value_usd"]["status"] == "reported"
    assert one(isQtyEstimated=True)["weight"]["status"] == "reported"


@pytest.mark.parametrize(("unit", "quantity", "apart"), [
    (8, 1230.0, True), (8, 1_230_000.0, False), (21, 1234.5, False), (21, 1_234_567.0, True), (5, 40.0, False),
])  # fmt: skip
def test_a_changed_unit_is_never_misread(unit, quantity, apart):
    found = one(qtyUnitCode=unit, qty=quantity)["weight"]
    assert found["value"] == 1234.567
    assert found["status"] == ("estimate" if apart else "reported")
    if apart:
        other = quantity * comtrade.KILOGRAMS[unit] / 1000
        assert found[["low", "high"]].tolist() == sorted([1234.567, other]) and "differ" in found["note"]
    else:
        assert found[["low", "high"]].isna().all()


def test_a_sum_of_lines_is_no_estimate():
    assert one(isReported=False)["weight"]["status"] == one(isReported=True)["weight"]["status"] == "reported"


# answers that must not become figures


def test_parts_are_not_counted_with_their_totals(asked):
    clean, broken = figures(asked()), figures(asked("breakdown"))
    pd.testing.assert_frame_equal(clean, broken)


def test_an_answer_without_the_three_names_of_totals_has_their_parts(httpserver):
    standin.install(httpserver, FROZEN, today=TODAY)
    request = question("months of 2024, exports of CHN")
    bare = {name: text for name, text in request.params.items() if name not in comtrade.TOTALS}
    came = get(httpserver, Request(request.question, request.path, params=bare))
    assert len(comtrade.parse(came)) == 8 * len(comtrade.parse(get(httpserver, request)))
    assert len(figures(came)) == len(figures(get(httpserver, request)))


FAULTS = {"parts only": "parts came without their total, such as 2024",
          "twice": "a row came twice, such as 2024 0 850511", "reporter": "asked for reporterCode 699, but 842 came",
          "flow": "asked for flowCode M, but X came",
          "swapped": "rows have fobvalue and no cifvalue: values of the other flow",
          "columns": r"rows lack \['netWgt'\]; others are .*'netWeight'",
          "types": "netWgt is '[0-9,.]+', which is of another type",
          "error in 200": "instead of rows came 'Invalid parameter'",
          "periods": "instead of rows came .*Maximum number of periods for preview is 1"}  # fmt: skip


@pytest.mark.parametrize(("fault", "text"), FAULTS.items(), ids=FAULTS)
def test_an_unfit_answer_is_refused_and_says_what_came(asked, fault, text):
    with pytest.raises(UnfitError, match=text):
        figures(asked(fault))


def test_five_hundred_rows_without_a_key_are_a_cut_and_with_one_are_not(asked):
    with pytest.raises(UnfitError, match="500 rows came, at which answers are cut silently; ask for fewer lines"):
        comtrade.parse(asked("cut", "month 2024-05, imports of IND", keyed=False))
    assert len(comtrade.parse(asked("cut"))) == 500
    assert len(comtrade.parse(asked(words="month 2024-05, imports of IND", keyed=False))) < 500


def test_a_hundred_thousand_rows_are_a_cut_with_a_key():
    body = b'{"count": 100000, "data": [' + b", ".join([b"{}"] * 100_000) + b"]}"
    with pytest.raises(UnfitError, match="100000 rows came"):
        comtrade.parse(Answer(said({}).request, body))


def test_nothing_is_no_zero(asked):
    assert figures(asked("count 0")).empty and tuple(figures(asked("count 0")).columns) == COLUMNS
    assert not (figures(asked())["value"] <= 0).any()


@pytest.mark.parametrize("count", [0, 2, None, "1"])
def test_a_count_that_disagrees_is_refused(count):
    answer = said({})
    told = json.loads(answer.body) | {"count": count}
    with pytest.raises(UnfitError, match=f"says that it has {count} rows and has 1"):
        comtrade.parse(Answer(answer.request, json.dumps(told).encode()))


def test_an_error_beside_no_rows_is_no_empty_answer():
    answer = said(errorObject={"errorMessage": "Maximum number of periods for preview is 1"})
    with pytest.raises(UnfitError, match=r"instead of rows came .*Maximum number of periods"):
        comtrade.parse(answer)
    assert comtrade.parse(said()).empty


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b'"x"', b'{"data": null}', b'{"data": [1], "count": 1}', b"\xff\xfe{"]
)
def test_a_body_of_another_form_is_refused(body):
    with pytest.raises(UnfitError, match="the answer cannot be used: "):
        comtrade.parse(Answer(said({}).request, body))


@pytest.mark.parametrize(("row", "text"), [
    ({"period": "202405"}, "asked for period 202404, but 202405"),
    ({"cmdCode": "850519"}, "asked for cmdCode 850511, but 850519"),
    ({"freqCode": "A"}, "asked for freqCode M, but A"),
    ({"netWgt": -1.0}, "below nothing"),
])  # fmt: skip
def test_rows_of_something_else_are_refused(row, text):
    asked, came = said({}), said(row)
    with pytest.raises(UnfitError, match=text):
        comtrade.rows(Answer(asked.request, came.body))


def test_partners_that_exceed_the_world_are_refused():
    world = {"partnerCode": 0, "primaryValue": 9e6, "cifvalue": 9e6, "netWgt": 1234567.0}
    assert len(figures(said(world, {}))) == 4
    with pytest.raises(UnfitError, match="partners exceed the world in the value of 202404 850511"):
        figures(said(world, {}, {"partnerCode": 842, "netWgt": None, "qty": None}))


# the stand-in


@pytest.mark.parametrize("slip", ["", "few", "spread"])
def test_the_months_of_the_stand_in_add_up_to_the_figures_that_are_known(slip):
    held = standin.curated(FROZEN)
    months = standin.months(FROZEN, slip, TODAY)
    world = months[(months["flow"] == "import") & (months["hs"] == "850511")].groupby("month")["weight"].sum()
    for period in ("FY21", "2022", "FY24", "2024", "FY25", "2025-03", "2025-04", "FY26-H1"):
        assert world[world.index.isin(fiscal.months(period))].sum() == pytest.approx(
            standin.total(held, period), abs=0.1
        )
    half = world[world.index.isin(fiscal.months("FY25-H1"))].sum()
    assert half == pytest.approx(standin.first_half(held), abs=0.1)


def test_without_a_key_or_with_a_wrong_one_the_full_road_is_closed(httpserver):
    standin.install(httpserver, FROZEN, today=TODAY)
    request = question(MONTHS)
    for key, text in (("", b"missing subscription key"), ("x", b"invalid subscription key")):
        came = get(httpserver, request, key)
        assert came.status == 401 and text in came.body
    free = question("month 2024-05, imports of IND", keyed=False)
    assert get(httpserver, free, key="").status == 200
    two = Request("two", free.path, params=dict(free.params) | {"period": "202405,202406"})
    came = get(httpserver, two)
    assert came.status == 400 and b"Maximum number of periods for preview is 1" in came.body


# the whole way


def test_answers_with_a_key_and_without_become_the_same_figures_of_an_archive(httpserver, tmp_path):
    standin.install(httpserver, FROZEN, today=TODAY)
    change = taken(tmp_path, comtrade, [get(httpserver, question(MONTHS))])
    months = [question(f"month {month}, imports of IND", keyed=False) for month in ("2024-03", "2024-09", "2024-12")]
    again = taken(tmp_path, comtrade, [get(httpserver, request, "") for request in months], day=0.1)
    assert again == Change(unchanged=again.unchanged) and change.new > 1000 and again.unchanged > 250
    found = shown(tmp_path, "trade", "import/IND/*/850511/weight")
    world = found["key"].str.contains("/world/")
    assert versions.held(tmp_path).synthetic and world.sum() == 12
    assert found.loc[~world, "value"].sum() == pytest.approx(found.loc[world, "value"].sum())


def test_a_vintage_has_the_months_from_the_day_on_which_they_were_fetched(httpserver, tmp_path):
    tables = tmp_path / "data"
    shutil.copytree(FROZEN, tables)
    standin.install(httpserver, FROZEN, today=TODAY)
    asked = (MONTHS, "year 2024, imports of IND", "months of 2024, exports of CHN")
    taken(tables / "archive", comtrade, [get(httpserver, question(words)) for words in asked])
    keys = {"flow": "import", "reporter": "IND", "partner": "world", "hs": "850511", "measure": "weight"}
    before, after = vintage("2026-11-24", tables), vintage("2026-11-25", tables)
    assert before.figure("trade", "2024-05", **keys) is None
    assert after.figure("trade", "2024-05", **keys).value > 5000 and after.synthetic
    curated, fetched = before.figure("trade", "2024", **keys), after.figure("trade", "2024", **keys)
    assert fetched.value == pytest.approx(curated.value, abs=0.1)
    cells = after.detail("trade", flow="import", reporter="IND", partner="*", hs="850511", measure="weight")
    assert (cells["period"] == "2024-05").sum() > 20


def test_a_revised_month_is_a_version_and_a_withdrawn_one_a_gap(asked, tmp_path):
    first = taken(tmp_path, comtrade, [asked(words=MONTHS)])
    second = taken(tmp_path, comtrade, [asked("revised", MONTHS)], day=1)
    assert second.revised > 50 and second.new == second.withdrawn == 0
    assert second.revised + second.unchanged == first.new
    third = taken(tmp_path, comtrade, [asked("withdrawn", MONTHS)], day=2)
    told = versions.history(versions.held(tmp_path), "trade", ["import/IND/world/850511/weight", "2024-12"])
    before, after, gone = [dict(zip(("feed", *versions.FIGURES), row, strict=False)) for row in told]
    assert [before["status"], after["status"], gone["status"]] == ["reported", "reported", "missing"]
    assert after["value"] == pytest.approx(before["value"] * 1.07, rel=1e-5) and third.withdrawn > 50


def test_an_answer_with_nothing_takes_nothing_away(asked, tmp_path):
    taken(tmp_path, comtrade, [asked(words=MONTHS)])
    with pytest.raises(UnfitError, match="that were there before are not in the answer"):
        taken(tmp_path, comtrade, [asked("count 0", MONTHS)], day=1)
    assert len(shown(tmp_path, "trade", "import/IND/world/850511/weight")) == 12


def test_how_long_an_answer_took_makes_no_other_answer(asked, tmp_path):
    answer = asked()
    shelf = Shelf(tmp_path / "comtrade", "comtrade", True)
    slower = Answer(answer.request, answer.body.replace(b"0.21 secs", b"3.9 secs"), 200, {}, NOON)
    assert [shelf.keep(one, comtrade.VOLATILE) for one in (answer, slower)] == [True, False]
