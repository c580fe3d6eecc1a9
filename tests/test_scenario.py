"""What would be if: the schema of the levers, a balance that closes in every draw, monotone levers, limits, anchors."""

import csv
import re
import shutil
from dataclasses import fields, replace

import numpy as np
import pytest

from conftest import FROZEN, replace_once
from helpers.data import DataError, vintage
from helpers.outlook import demand, levers, scenario, scenario_parts, supply
from helpers.outlook.demand_activity import Units
from helpers.outlook.levers import LeverError, Levers
from helpers.outlook.scenario_balance import ramp
from helpers.outlook.scenario_draws import moment
from helpers.outlook.scenario_parts import OTHER, TRACTION, TURBINE, VEHICLE

FEW = 500
ENDS = [(name, end) for name in Levers.model_fields for end in levers.ends(name)]
BUSY = "scheme=1; scheme_delay=6; oxide_source=under licence; japan_exports=phased; licences=closed; stock_months=2; "
BUSY += "recycling=0.5; ev_pace=0.5; intensity=0.9; wind_pm_share=0.2; nd_price=1.5; irel_path=target"


@pytest.fixture(scope="module")
def india():
    """What was public on the day on which the scenarios were entered, of the frozen tables."""
    return vintage("2026-11-26", FROZEN)


@pytest.fixture(scope="module")
def draws(india):
    return scenario.draws(india, FEW)


def under(draws, text, **more):
    return scenario.balance(draws, levers.made(text), **more)


def test_every_lever_says_what_it_is_and_rests_at_the_run_rate():
    told = levers.described()
    assert list(told.index) == list(Levers.model_fields) and told["meaning"].str.len().gt(20).all()
    numbers = told["low"].notna()
    assert (told.loc[numbers, "unit"] != "").all() and (told["low"] < told["high"])[numbers].all()
    assert Levers().moved == {} and str(Levers()) == ""


@pytest.mark.parametrize("text", ["scheme=0.5; japan_exports=off", "wind_pm_share=0.3; scheme_award=2027-03-31", BUSY])
def test_levers_are_read_as_they_are_written(text):
    assert levers.made({"japan_exports": True}) == Levers(), "as YAML reads on"
    assert levers.made(str(levers.made(text))) == levers.made(text) == levers.made(levers.made(text).model_dump())


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"schem": 1}, "schem=1: there is no such lever; near it are scheme"),
        ({"scheme": 2}, "scheme=2: write a number from 0 to 1"),
        ({"scheme": float("nan")}, "scheme=nan: write a number from 0 to 1"),
        ({"scheme": True}, "scheme=True: write a number from 0 to 1"),
        ({"scheme": "half"}, "scheme='half': write a number from 0 to 1"),
        ({"licences": "shut"}, "licences='shut': choose one of current, open, partial, closed, heavy closed"),
        ({"scheme_award": 20270331}, "scheme_award=20270331: '20270331' is no day; write it as YYYY-MM-DD"),
        ("scheme:1", "write each lever once, as lever=value"),
        ("scheme=1; scheme=0", "write each lever once, as lever=value"),
    ],
)
def test_a_lever_that_cannot_be_so_is_refused_with_what_may_stand_there(wrong, said):
    with pytest.raises(LeverError, match=re.escape(said)):
        levers.made(wrong)


@pytest.mark.parametrize(("name", "end"), ENDS)
@pytest.mark.parametrize("base", ["", BUSY])
def test_the_balance_closes_in_every_draw_at_every_end_of_every_lever(draws, base, name, end):
    made = scenario.balance(draws, levers.made({**levers.made(base).model_dump(), name: end}), bounds=True)
    home = np.minimum(made.scheme + made.surplus, made.oxide_needed * draws.kept) - made.surplus
    np.testing.assert_allclose(made.imports, made.demand - home - made.recycled - made.stock, atol=1e-9, rtol=1e-12)
    np.testing.assert_allclose(made.shortage, np.maximum(0, made.imports - made.allowed), atol=1e-9, rtol=1e-12)
    taken = made.oxide_own + made.oxide_japan + made.oxide_sold
    assert (taken <= made.oxide_ore + 1e-9).all()
    np.testing.assert_allclose(taken + made.oxide_unused, made.oxide_ore, atol=1e-9, rtol=1e-12)
    come = made.oxide_own + made.oxide_japan + made.oxide_imported
    np.testing.assert_allclose(come, made.oxide_needed, atol=1e-9, rtol=1e-12)
    assert min(getattr(made, quantity).min() for quantity in scenario.UNITS) >= -1e-9


@pytest.mark.parametrize(("name", "end"), [*ENDS, ("scheme_award", "2015-01-01"), ("licences_from", "2015-01-01")])
def test_no_lever_moves_a_year_that_ended(draws, name, end):
    rest, ended = levers.made("scheme=1; licences=closed").model_dump(), draws.years < draws.day
    found, before = (scenario.balance(draws, of, True) for of in (levers.made({**rest, name: end}), levers.made(rest)))
    assert all(np.array_equal(*(getattr(of, q)[:, ended] for of in (found, before))) for q in scenario.UNITS)


@pytest.mark.parametrize(
    ("name", "settings", "quantity", "sign"),
    [("ev_pace", [-1, -0.4, 0, 0.3, 1], "demand", 1), ("intensity", [0, 0.6, 1, 2], "demand", 1),
     ("rare_earth_free_share", [0, 0.5, 1], "demand", -1), ("wind_pm_share", [0, 0.2, 1], "demand", 1),
     ("nd_price", [0.1, 1, 3, 10], "demand", -1), ("nd_price", [1, 3, 10], "imports", -1),
     ("scheme", [0, 0.5, 1], "imports", -1), ("scheme", [0, 0.5, 1], "oxide_needed", 1),
     ("scheme_delay", [0, 24, 60], "imports", 1),
     ("scheme_award", ["2026-01-01", "2027-01-01", "2029-01-01"], "imports", 1),
     ("recycling", [0, 0.5, 1], "imports", -1), ("irel_path", ["made", "planned"], "oxide_imported", -1),
     ("japan_exports", ["on", "phased", "off"], "oxide_imported", -1),
     ("oxide_source", ["any", "under licence", "own"], "imports", 1),
     ("licences", ["open", "heavy closed", "closed"], "shortage", 1),
     ("licences_from", ["2026-12-01", "2028-06-15", "2030-01-01"], "shortage", -1),
     ("licences_months", [1, 12, 40], "shortage", 1), ("stock_months", [0, 1, 12, 24], "shortage", -1)],
)  # fmt: skip
@pytest.mark.parametrize("bounds", [False, True])
def test_a_lever_moves_every_draw_one_way(draws, name, settings, quantity, sign, bounds):
    rest = levers.made("scheme=1; licences=closed").model_dump()
    found = [
        getattr(scenario.balance(draws, levers.made({**rest, name: value}), bounds), quantity) for value in settings
    ]
    steps = sign * np.diff(np.array(found), axis=0)
    assert steps.min() >= -1e-9 and steps.max() > 0


def test_no_scheme_takes_no_oxide_and_no_ore_makes_nothing(draws):
    assert not under(draws, "irel_path=target; japan_exports=off").oxide_needed.any()
    barren = replace(draws, ore=0 * draws.ore, sold=0 * draws.sold)
    made = under(barren, "scheme=1; irel_path=target; japan_exports=off; oxide_source=own")
    assert not made.scheme.any() and not made.surplus.any()
    np.testing.assert_allclose(made.imports, made.demand - made.recycled)


def test_without_any_licence_all_magnets_from_a_sole_partner_are_short_and_with_all_none(draws):
    shut = replace(draws, china=np.ones_like(draws.china), dose={**draws.dose, "closed": 0 * draws.china})
    made = under(shut, "licences=closed")
    np.testing.assert_allclose(made.shortage[:, -1], made.bare[:, -1])
    assert not under(draws, "licences=open").shortage[:, -1].any()
    assert not under(shut, "licences=closed; licences_from=2036-04-01").shortage[:, 4].max() > made.bare[:, 4].max()


def test_heavy_rare_earths_alone_are_between_nothing_and_all_of_the_magnets(draws):
    every, none = (replace(draws, heavy=part * np.ones_like(draws.heavy)) for part in (1, 0))
    closed, opened = (under(draws, f"licences={regime}").shortage for regime in ("closed", "open"))
    np.testing.assert_allclose(under(every, "licences=heavy closed").shortage, closed, atol=1e-9)
    np.testing.assert_allclose(under(none, "licences=heavy closed").shortage, opened, atol=1e-9)


def test_vehicles_at_risk_are_all_that_need_magnets_from_outside_when_none_come(draws):
    shut = replace(draws, china=np.ones_like(draws.china), dose={**draws.dose, "closed": 0 * draws.china})
    known = [part for part in draws.parts if not part.bound]
    for text, way in (("", 0), ("ev_pace=1", 1)):
        made = under(shut, f"licences=closed; {text}")
        fitted = {kind: sum(of.fitted * np.exp(way * of.shift) * of.outside for of in known if of.kind == kind)
                  for kind in (TRACTION, VEHICLE)}  # fmt: skip
        part = (made.shortage / np.where(made.bare + made.recycled > 0, made.bare + made.recycled, 1))[:, -1]
        np.testing.assert_allclose(made.vehicles[:, -1], fitted[TRACTION][:, -1] * part)
        if not way:
            np.testing.assert_allclose(made.engines[:, -1], fitted[VEHICLE][:, -1] * part)
    assert not under(shut, "licences=closed; rare_earth_free_share=1").vehicles[:, -1].any()


def test_a_car_that_is_electric_is_no_car_with_an_engine(draws):
    (engines,) = [part for part in draws.parts if part.kind == VEHICLE]
    moved = [part for part in draws.parts if part.shift.any() and not part.bound]
    more = sum(part.tonnes * np.expm1(part.shift) for part in moved)
    taken = sum(part.units * np.expm1(part.shift) for part in moved if part.displaces == engines.sector)
    each = engines.tonnes / np.maximum(engines.units, 1)
    less = each * np.minimum(taken, engines.units)
    made = under(draws, "ev_pace=1").demand - under(draws, "").demand
    np.testing.assert_allclose(made, more - less, atol=1e-6)
    assert less.max() > 0


def test_a_stock_is_used_once_and_in_no_year_that_ended(india, draws):
    assert not scenario.at(india, under(draws, "stock_months=3"), "stock", int(draws.years[0])).value
    made, bare = under(draws, "licences=closed; stock_months=3"), under(draws, "licences=closed")
    held = 3 / 12 * (bare.bare + bare.recycled)[:, int(np.searchsorted(draws.years, draws.day))]
    assert (made.stock.sum(axis=1) <= held + 1e-9).all()
    np.testing.assert_allclose(bare.shortage - made.shortage, made.stock, atol=1e-9)


def test_levers_come_to_what_they_say_of_each_part_in_the_last_year(draws):
    last, kinds = -1, {TRACTION: VEHICLE, VEHICLE: VEHICLE, TURBINE: OTHER, OTHER: OTHER}
    known = [part for part in draws.parts if not part.bound]
    dear = sum(part.tonnes * 2 ** draws.response[kinds[part.kind]] for part in known)
    np.testing.assert_allclose(under(draws, "nd_price=2").demand[:, last], dear[:, last])
    free = sum(part.tonnes for part in known if part.kind != TRACTION)
    np.testing.assert_allclose(under(draws, "rare_earth_free_share=1").demand[:, last], free[:, last])
    np.testing.assert_allclose(under(draws, "recycling=1").recycled[:, last:], draws.won["planned"] * draws.kept)
    (wind,) = [part for part in draws.parts if part.kind == TURBINE]
    made = under(draws, "wind_pm_share=0.2; licences=closed")
    part = (made.shortage / (made.bare + made.recycled))[:, last]
    np.testing.assert_allclose(made.turbines[:, last], 0.2 * (wind.units * wind.outside)[:, last] * part)


def test_the_scheme_takes_the_oxide_that_was_published_for_it(india):
    made, capacity = scenario.run(india, levers.made("scheme=1")), supply.capacity(india)
    needed, want = made.of("oxide_needed", int(made.years[-1])), supply.oxide_for(capacity, india)
    assert want.low * (1 - 1e-9) <= needed.min() and needed.max() <= want.high * (1 + 1e-9)
    np.testing.assert_allclose((made.scheme + made.surplus)[:, -1], capacity.value)


def test_what_was_sold_to_japan_is_freed_as_the_neodymium_in_it(india, draws):
    sold = india.series("trade", flow="export", reporter="IND", partner="JPN", hs="RE all", measure="weight")["low"]
    share = draws.sold / sold.iloc[-1] * 100
    assert supply.ndpr_share(india).low <= share.min() <= share.max() <= supply.ndpr_share(india).high
    on, off = (under(draws, f"scheme=1; japan_exports={way}") for way in ("on", "off"))
    np.testing.assert_allclose(off.oxide_japan[:, -1:], draws.sold)
    np.testing.assert_allclose((on.oxide_imported - off.oxide_imported)[:, -1:], draws.sold)


def test_neodymium_that_is_made_is_oxide_by_what_it_may_mean(india, draws):
    meant, tonnes = supply.meanings(india)["oxide"], supply.neodymium(india).query("kind == 'made'")["tonnes"].iloc[-1]
    per = draws.separated["made"][:, 1] / tonnes
    assert meant.min() <= per.min() < per.max() <= meant.max()


def test_the_use_that_was_stated_lies_in_the_range_of_the_two_years_around_it(india):
    stated = india.figure("production", "2025", area="IND", stage="use", commodity="REPM", measure="consumption")
    around = [scenario.at(india, scenario.run(india), "demand", year) for year in (2025, 2026)]
    assert np.mean([of.low for of in around]) < stated.value < np.mean([of.high for of in around])


def test_what_is_needed_on_the_trend_is_what_chapter_three_counts(india):
    trend = demand.demand(india)
    for bounds in (False, True):
        made = scenario.run(india, bounds=bounds)
        at = [list(trend.years).index(year) for year in made.years]
        np.testing.assert_allclose(made.demand, trend.total(bounds=bounds, at=at), atol=1e-9)
        bare = replace(trend, tonnes=trend.tonnes * np.stack(trend.outside, axis=1)).total(bounds=bounds, at=at)
        np.testing.assert_allclose(made.bare + made.recycled, bare, atol=1e-9)


def test_all_the_way_meets_a_target_in_its_year_or_is_ahead_of_it(india, draws):
    model, (part,) = demand.model(india, "target"), [of for of in draws.parts if of.sector == "electric buses"]
    goal = model.units[part.sector].middle[list(model.years).index(draws.years[0]) :]
    ahead = (goal - np.log(part.units) - part.shift)[:, -8:]
    assert (ahead <= 1e-9).all() and (np.abs(ahead) < 1e-9).any()


def test_the_way_to_a_target_goes_not_back_nor_beyond_the_units_there_are_nor_where_none_is_set():
    goal = Units(np.log([40.0, 5.0, 12.0, 40.0]), np.array([0, 0, 0, 0.1]), 2025, "S1")
    found = scenario_parts._shift(np.full((1, 4), 10.0), goal, 5.0, slice(None))
    np.testing.assert_allclose(np.exp(found), [[1.5, 1, 1.2, 1]])


@pytest.mark.parametrize(
    ("assumption", "segment", "row", "moved"),
    [
        ("price_response", "vehicles", {"value": -0.4, "low": -0.5, "high": -0.3}, {"response"}),
        ("scheme_timing", "from first to full output", {"value": 60.0, "low": 50.0, "high": 70.0}, {"ramp"}),
        ("heavy_part", "with dysprosium or terbium", {"value": 0.9, "low": 0.85, "high": 0.95}, {"heavy"}),
        ("licensed_share", "all origins", {"value": 0.5, "low": 0.4, "high": 0.6}, {"china"}),
    ],
)
def test_one_factor_leaves_the_draws_of_the_others_alone(india, draws, assumption, segment, row, moved):
    other = scenario.draws(india.assuming(assumption, {segment: row}), FEW)
    same = {one.name for one in fields(draws) if _same(getattr(draws, one.name), getattr(other, one.name))}
    assert {one.name for one in fields(draws)} - same == moved | {"sources"}


def _same(one, other):
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_same(one[name], other[name]) for name in one)
    if isinstance(one, tuple):
        return all(
            np.array_equal(a.tonnes, b.tonnes) and np.array_equal(a.shift, b.shift)
            for a, b in zip(one, other, strict=True)
        )
    return np.array_equal(one, other)


def test_what_sectors_have_in_common_widens_the_need(india):
    alone = india.assuming("demand_shared", dict.fromkeys(("activity", "intensity", "inside"), 0.0))
    apart, common = (np.quantile(scenario.run(of).demand[:, -1], [0.1, 0.9]) for of in (alone, india))
    assert np.ptp(apart) < np.ptp(common)


def test_imports_cost_their_tonnes_at_the_newest_price_and_rate(india):
    made = scenario.run(india, levers.made("nd_price=2"))
    with (FROZEN / "prices.csv").open(encoding="utf-8") as file:
        rates = [row for row in csv.DictReader(file) if row["basis"] == "fiscal-year mean"]
    paid = india.series("trade", flow="export", reporter="CHN", partner="world", hs="85051110", measure="unit_value")
    monthly = paid[paid.index.str.fullmatch(r"\d{4}-\d\d")]["value"].iloc[-1]
    crore = monthly * 1000 * float(max(rates, key=lambda row: row["period"])["value"]) / 1e7
    ratio = made.rupees / np.where(made.imports > 0, made.imports, 1) / crore
    assert np.median(ratio[:, 0]) == pytest.approx(1, abs=0.02)  # what the lever does begins with the day
    assert np.median(ratio[:, -1]) == pytest.approx(1.6, abs=0.05)
    spread = india.assumption("composition_prior")["value"]["price of rare-earth magnets, spread"]
    assert np.log(ratio[:, 0]).std() == pytest.approx(spread, rel=0.05)


@pytest.mark.parametrize(
    ("table", "row", "said"),
    [
        ("demand", "wind turbines,intensity", "intensity of 'wind turbines'"),
        ("assumptions", "price_response,vehicles", "assumptions.csv has no .*vehicles"),
        ("assumptions", "heavy_part,with dysprosium", "assumptions.csv has no .*with dysprosium"),
    ],
)
def test_a_row_removed_is_refused_with_its_name(tmp_path, table, row, said):
    folder = shutil.copytree(FROZEN, tmp_path / "data")
    lines = (folder / f"{table}.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / f"{table}.csv").write_text("".join(line for line in lines if not line.startswith(row)), encoding="utf-8")
    with pytest.raises(DataError, match=said):
        scenario.draws(vintage("2026-11-26", folder), FEW)


def test_a_scenario_that_cannot_be_names_file_row_lever_and_remedy(tmp_path):
    folder = shutil.copytree(FROZEN, tmp_path / "data")
    replace_once(folder / "scenarios.csv", "scheme=0.5", "scheme=5")
    said = r"data/scenarios.csv, line \d+, scenario '.*scheme='5': write a number from 0 to 1"
    with pytest.raises(DataError, match=said):
        scenario.named(vintage("2026-11-26", folder))


def test_named_scenarios_can_be_reckoned_and_each_moves_something(draws, india):
    told = scenario.named(india)
    assert told.index[0] == "run-rate" and not told["levers"].iloc[0].moved and not told["lacking"].any()
    assert told["levers"].nunique() == len(told) and not told["story"].str.contains(r"\d").any()
    rest, *moved = (scenario.balance(draws, of) for of in told["levers"])
    assert all(any((getattr(of, q) != getattr(rest, q)).any() for q in scenario.UNITS) for of in moved)


@pytest.mark.parametrize(("old", "new"), [("run-rate,", "base,"), (' is built.",\n', ' is built.",scheme=1\n')])
def test_without_a_run_rate_there_is_nothing_to_compare_with(tmp_path, old, new):
    folder = shutil.copytree(FROZEN, tmp_path / "data")
    replace_once(folder / "scenarios.csv", old, new)
    with pytest.raises(DataError, match="has no 'run-rate' without levers"):
        scenario.named(vintage("2026-11-26", folder))


def test_a_table_holds_the_ranges_and_where_they_come_from(india):
    made = {"run-rate": scenario.run(india), "open": scenario.run(india, levers.made("licences=open"))}
    found = scenario.table(india, made, [2027, 2031])
    assert len(found) == 2 * 2 * len(scenario.UNITS) and found["source"].str.len().gt(0).all()
    assert (found["low"] <= found["middle"]).all() and (found["middle"] <= found["high"]).all()
    short = found[(found["quantity"] == "shortage") & (found["fiscal_year"] == 2031)].set_index("scenario")["middle"]
    assert short["open"] == 0 < short["run-rate"]
    known = set(india.sources.index)
    assert all(set(source.split()) <= known for source in found["source"])


@pytest.mark.parametrize(
    ("day", "lacking"),
    [("2025-06-30", {"scheme", "ev_pace", "irel_path"}), ("2025-10-31", {"scheme"}), ("2026-01-31", {"irel_path"})],
)
def test_an_earlier_day_does_without_what_was_not_public_and_says_so(day, lacking):
    then = vintage(day, FROZEN)
    assert np.isfinite(scenario.run(then, count=FEW).imports).all()
    told = scenario.named(then)
    assert lacking <= set(scenario.draws(then, FEW).lacking)
    for name, row in told.iterrows():
        if row["lacking"]:
            with pytest.raises(LeverError, match="not public on the day"):
                scenario.run(then, row["levers"], count=FEW)
        else:
            assert np.isfinite(scenario.run(then, row["levers"], count=FEW).shortage).all(), name


def test_next_year_moves_on(india):
    rows = [
        {"area": "IREL", "stage": "separated", "commodity": "Nd", "measure": "output", "period": "FY26", "value": 90.0}
    ]
    then = vintage("2027-07-15", FROZEN).adding("production", *rows)
    draws = scenario.draws(then, FEW)
    assert draws.years[1] == 2027 and draws.separated["made"][:, -1].min() >= 90
    assert all(np.isfinite(under(draws, text).imports).all() for text in ("", BUSY))


def test_growth_is_the_mean_of_what_grows_evenly():
    years, times = np.array([2027, 2028, 2029, 2030]), np.linspace(2026, 2030, 40_001)
    grown = np.clip((times - 2026.4) / 2.5, 0, 1)
    each = [grown[(times >= year - 1) & (times <= year)].mean() for year in years]
    np.testing.assert_allclose(ramp(years, 2026.4, 2.5), each, atol=1e-4)
    np.testing.assert_allclose(ramp(years, 2026.4, 0), [0.6, 1, 1, 1])


def test_a_day_is_a_part_of_its_fiscal_year():
    india = vintage("2026-04-01", FROZEN)
    begun = scenario.run(india, levers.made("licences=closed; stock_months=1"), count=FEW)
    assert begun.stock[:, list(begun.years).index(2027)].any() and not begun.stock[:, :2].any()
    assert moment(india.day) == 2026 and moment(vintage("2026-03-31", FROZEN).day) == pytest.approx(2026 - 1 / 365)


def test_the_upper_end_of_a_scenario_with_a_stock_is_that_of_all_years_together(india):
    of = levers.made("licences=closed; stock_months=3")
    made, bounded = (scenario.run(india, of, bounds, FEW) for bounds in (False, True))
    for year in made.years[1:4].tolist():
        high = np.quantile(bounded.of("imports", year), 0.9)
        assert scenario.at(india, made, "imports", year).high == pytest.approx(high)
