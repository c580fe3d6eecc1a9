"""What moved a forecast: shares that add up, in whatever order; figures told apart by what happened to them."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import adding
from helpers.chapters import revision as words
from helpers.data.changes import BESIDE, CHANGED, NEW, REVISED, WITHDRAWN, Between
from helpers.outlook import attribution, headline, revision, targets
from helpers.outlook.revision import State

GROUPS = {"figures": ["a", "b", "c"], "judgements": ["d"], "drivers": ["e", "f"]}
MEMBERS = [one for members in GROUPS.values() for one in members]
WORTHS = st.lists(st.floats(-1e6, 1e6), min_size=64, max_size=64)
QUANTILES = (0.1, 0.5, 0.9)


def game(values):
    """A worth of every set of six members, of two quantiles."""
    place = {name: 1 << place for place, name in enumerate(MEMBERS)}
    return lambda chosen: np.array([values[sum(place[one] for one in chosen)], 2 * values[0]])


def standin(india, target, asked, horizon):
    """A forecast that takes no time: of the newest total, a judgement, drivers and the day, none of them alone."""
    total = india.series("trade", **targets.CUSTOMS.keys)["value"].get("FY26", 30000.0)
    weight = india.table("assumptions")["value"].sum()
    drivers = len(india.table("drivers")) ** 0.5
    made = total * (1 + weight / 1e9) * (1 + drivers / 100) * (1 + india.day.month / 1000) + horizon
    keys = pd.MultiIndex.from_product([["FY27", "FY28"], QUANTILES], names=["period", "quantile"])
    grown = np.repeat([1.0, 1.1], 3) * np.tile([0.7, 1.0, 1.6], 2)
    return pd.Series(made * grown, keys, name="value")


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(revision, "_forecast", standin)
    monkeypatch.setattr(revision, "_used", lambda *_: frozenset())


def effects(found, period="FY27", quantile=0.5):
    rows = found.table[(found.table["period"] == period) & (found.table["quantile"] == quantile)]
    return rows.groupby("part")["effect"].sum()


def rest(found):
    """What the parts of each quantile lack of its change."""
    keys = ["target", "period", "quantile"]
    ends = found.ends.set_index(keys)
    return (found.table.groupby(keys)["effect"].sum() - (ends["after"] - ends["before"])).abs().max()


@given(WORTHS)
def test_shares_of_members_sum_to_the_change_and_those_of_a_group_to_its_own(values):
    worth = game(values)
    found = attribution.owen(worth, GROUPS)
    whole = worth(frozenset(MEMBERS)) - worth(frozenset())
    assert sum(found.values()) == pytest.approx(whole, rel=1e-9, abs=1e-6)
    of_groups = attribution.shapley(lambda names: worth(frozenset(one for n in names for one in GROUPS[n])), GROUPS)
    for name, members in GROUPS.items():
        assert sum(found[one] for one in members) == pytest.approx(of_groups[name], rel=1e-9, abs=1e-6)


@given(WORTHS)
def test_shares_are_means_over_all_orders_in_which_groups_stay_together(values):
    worth, orders = game(values), []
    for names in permutations(GROUPS):
        inside = [list(permutations(GROUPS[name])) for name in names]
        orders += [[*a, *b, *c] for a in inside[0] for b in inside[1] for c in inside[2]]
    added = dict.fromkeys(MEMBERS, 0.0)
    for order in orders:
        for place, one in enumerate(order):
            added[one] += (worth(frozenset(order[: place + 1])) - worth(frozenset(order[:place]))) / len(orders)
    found = attribution.owen(worth, GROUPS)
    assert all(found[one] == pytest.approx(added[one], rel=1e-9, abs=1e-6) for one in MEMBERS)


@given(WORTHS, st.permutations(list(GROUPS)))
def test_shares_hang_on_no_order_and_turn_their_sign_with_the_direction(values, names):
    worth, found = game(values), attribution.owen(game(values), GROUPS)
    again = attribution.owen(worth, {name: GROUPS[name][::-1] for name in names})
    back = attribution.owen(lambda chosen: worth(frozenset(MEMBERS) - chosen), GROUPS)
    for one in MEMBERS:
        assert again[one] == pytest.approx(found[one], rel=1e-9, abs=1e-6)
        assert back[one] == pytest.approx(-found[one], rel=1e-9, abs=1e-6)


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_what_moves_nothing_has_no_share_and_what_moves_alone_has_all(before, after):
    found = attribution.owen(lambda chosen: np.array([after if "b" in chosen else before]), GROUPS)
    assert found["b"] == pytest.approx(after - before) and all(abs(found[one]) < 1e-9 * (abs(before) + abs(after) + 1)
                                                                for one in MEMBERS if one != "b")  # fmt: skip


@given(st.dictionaries(st.sampled_from("uvwxy"), st.integers(1, 4), min_size=1))
def test_the_cost_is_that_of_the_sets_that_are_asked_for(sizes):
    asked = set()
    groups = {name: [f"{name}{n}" for n in range(size)] for name, size in sizes.items()}
    attribution.owen(lambda chosen: asked.add(chosen) or np.zeros(1), groups)
    assert len(asked) == attribution.cost(sizes)


def test_a_figure_is_new_revised_withdrawn_or_beside_another(india):
    keys = dict(targets.CUSTOMS.keys)
    kinds = {
        NEW: adding(india, FY26=36000),
        REVISED: india.adding("trade", {**keys, "period": "FY25", "value": 35000.0}),
        WITHDRAWN: without(india, "FY25"),
        BESIDE: india.adding("trade", {**keys, "period": "FY25", "value": 9.0, "status": "weak", "source": "S66"}),
    }
    for kind, then in kinds.items():
        (change,) = Between(india, then).changes
        assert (change.kind, change.table, change.key) == (kind, "trade", tuple(keys.values()))
        assert change.period == ("FY26" if kind == NEW else "FY25")


def without(india, period):
    """The vintage in which a total of India's imports was never published, or is no more."""
    table = india.stored["trade"]
    named = (*targets.CUSTOMS.keys.values(), period)
    return india.having({"trade": table.having(row for key, row in table.keyed() if key != named)}, india.live)


def test_a_note_is_no_change_and_a_table_that_names_no_figure_changes_as_one(india):
    table = india.stored["assumptions"]
    note = table.columns.index("note")
    said = table.having((*row[:note], "said otherwise", *row[note + 1 :]) for row in table.rows)
    assert Between(india, india.having({"assumptions": said}, india.live)).changes == []
    events = india.stored["events"]
    (change,) = Between(india, india.having({"events": events.having(events.rows[:-1])}, india.live)).changes
    assert (change.kind, change.table, change.key) == (CHANGED, "events", ())


@pytest.mark.parametrize("day", ["2025-06-30", "2025-10-31", "2026-01-31"])
def test_all_changes_lead_from_one_vintage_to_the_other_and_none_leave_it(india, day):
    then = india.on(day)
    for old, new in ((then, india), (india, then)):
        of = Between(old, new)
        assert of.taking(of.changes).fingerprint == new.fingerprint
        assert of.taking([]).fingerprint == old.fingerprint
        assert of.taking([]).day == india.day, "no figure is of a day yet to come"


def test_the_same_forecast_twice_moves_nothing(india, quick):
    found = revision.between(State(india), State(india.having({}, india.live)))
    assert (found.table["effect"] == 0).all() and not words.moved(found.ends[found.ends["target"] == "customs"], "FY27")


@pytest.mark.parametrize(("old", "new", "most"), [("2025-10-31", "2026-01-31", 40), ("2025-06-30", "2026-11-22", 2)])
def test_parts_add_up_and_turn_with_the_direction_between_real_days(india, quick, old, new, most):
    one, other = State(india.on(old)), State(adding(india.on(new), FY26=36000), baseline_t=33000.0, horizon=8)
    there, back = (revision.between(*pair, ["customs"], most) for pair in ((one, other), (other, one)))
    assert rest(there) <= 1e-9 and rest(back) <= 1e-9
    turned = {revision.FIGURES: revision.GONE, revision.GONE: revision.FIGURES}
    for name, effect in effects(there).items():
        assert -effects(back)[turned.get(name, name)] == pytest.approx(effect, abs=1e-9)
    assert {revision.FIGURES, revision.JUDGEMENTS, revision.DRIVERS, revision.PARAMETERS} <= set(effects(there).index)


def test_each_part_is_named_by_what_it_is(india, quick):
    cases = {
        revision.FIGURES: State(adding(india, FY26=36000)),
        revision.GONE: State(without(adding(india, FY26=36000), "FY26")),
        revision.JUDGEMENTS: State(india.assuming("reading_prior", {"quantity error": 7e8})),
        revision.DRIVERS: State(driven(india)),
        revision.PARAMETERS: State(india, horizon=5),
    }
    for name, new in cases.items():
        old = State(adding(india, FY26=36000)) if name == revision.GONE else State(india)
        found = effects(revision.between(old, new, ["customs"]))
        assert found[name] and not found.drop(name).any(), name
    known = adding(india, FY26=36000)
    higher = known.adding("trade", {**targets.CUSTOMS.keys, "period": "FY26", "value": 38000.0})
    found = revision.between(State(known), State(higher), ["customs"])
    assert effects(found)[revision.REVISIONS] > 0


def driven(india):
    """The vintage with a driver nobody had before."""
    row = {"indicator": "auto_exports", "segment": "total", "period": "FY30", "value": 1.0, "unit": "vehicles"}
    return india.adding("drivers", row)


def test_what_was_published_and_is_no_more_is_the_models(india, quick):
    known = standin(india, "customs", "customs", 10).rename("value").reset_index().assign(target="customs", unit="t")
    written = known.assign(value=[float(f"{value:.10g}") for value in known["value"]])
    found = revision.between(State(india, published=written), State(india), ["customs"])
    assert (found.table["effect"] == 0).all(), "ten digits are the same forecast"
    other = written.assign(value=written["value"] - 700)
    found = revision.between(State(india, published=other), State(adding(india, FY26=36000)), ["customs"])
    assert effects(found)[revision.MODEL] == pytest.approx(700, abs=1e-4) and rest(found) <= 1e-9
    back = revision.between(State(adding(india, FY26=36000)), State(india, published=other), ["customs"])
    assert effects(back)[revision.MODEL] == pytest.approx(-700, abs=1e-4) and rest(back) <= 1e-9


def test_a_later_day_alone_is_a_parameter(india, quick):
    earlier = india.on("2026-10-31")
    later = Between(earlier, india).taking([])
    found = effects(revision.between(State(earlier), State(later), ["customs"]))
    assert found[revision.PARAMETERS] > 0 and not found.drop(revision.PARAMETERS).any()


def test_quantiles_that_one_forecast_lacks_are_left_out_and_counted(india, monkeypatch):
    monkeypatch.setattr(revision, "_used", lambda *_: frozenset())
    monkeypatch.setattr(revision, "_forecast", lambda of, *rest: standin(of, *rest)[: -2 if of.day == india.day else 6])
    found = revision.between(State(india.on("2026-10-31")), State(india), ["customs"], 2)
    assert found.left == 2 and len(found.ends) == 4


def test_a_real_forecast_is_told_apart_without_a_rest(india):
    new = State(adding(india, FY26=36000))
    found = revision.between(State(india), new, ["customs", "value"])
    assert rest(found) <= 1e-9 and set(found.ends["target"]) == {"customs", "value"}
    made = effects(found, found.ends["period"].iloc[0])
    assert made.drop(revision.FIGURES).abs().max() == 0
    told = headline.expected(new.india).set_index(["target", "period", "quantile"])["value"]
    ends = found.ends.set_index(["target", "period", "quantile"])["after"]
    assert (ends == told.reindex(ends.index)).all()
