"""What moved a forecast: shares that add up, in whatever order; figures told apart by what happened to them."""

from dataclasses import replace
from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import adding
from helpers.chapters import revision as words
from helpers.data.changes import BESIDE, CHANGED, LIVE, NEW, REVISED, WITHDRAWN, Between
from helpers.outlook import attribution, headline, revision, targets
from helpers.outlook.revision import State

GROUPS = {"figures": ["a", "b", "c"], "judgements": ["d"], "drivers": ["e", "f"]}
MEMBERS = [one for members in GROUPS.values() for one in members]
WORTHS = st.lists(st.floats(-1e6, 1e6), min_size=64, max_size=64)
QUANTILES = (0.1, 0.5, 0.9)

pytestmark = pytest.mark.usefixtures("sparse")
few = settings(max_examples=30)


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
    grown = zip(QUANTILES, (0.7, 1.0, 1.6), strict=True)
    return {(year, at): made * up * of for at, of in grown for year, up in (("FY27", 1.0), ("FY28", 1.1))}


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


@few
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


@few
@given(WORTHS, st.permutations(list(GROUPS)))
def test_shares_hang_on_no_order_and_turn_their_sign_with_the_direction(values, names):
    worth, found = game(values), attribution.owen(game(values), GROUPS)
    again = attribution.owen(worth, {name: GROUPS[name][::-1] for name in names})
    back = attribution.owen(lambda chosen: worth(frozenset(MEMBERS) - chosen), GROUPS)
    for one in MEMBERS:
        assert again[one] == pytest.approx(found[one], rel=1e-9, abs=1e-6)
        assert back[one] == pytest.approx(-found[one], rel=1e-9, abs=1e-6)


@few
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


def test_a_row_that_is_no_figure_before_nor_after_lies_beside_one(india):
    gap = {"period": "FY31", "value": float("nan"), "status": "missing", "source": "S66"}
    (change,) = Between(india, india.adding("trade", targets.CUSTOMS.keys | gap)).changes
    assert change.kind == BESIDE


class Heard:
    """What an archive held, as far as vintages are compared."""

    synthetic = False

    def __init__(self, *parts):
        self.fingerprint = dict.fromkeys(parts, "0" * 64)


def test_what_the_archive_holds_is_a_change_of_its_own_that_comes_with_it_alone(india):
    old, new = (replace(india, live=Heard(*parts)) for parts in (["a"], ["a", "b"]))
    (change,) = Between(old, new).changes
    assert (change.table, change.kind, revision.part(change)) == (LIVE, NEW, revision.FIGURES)
    assert Between(old, replace(india, live=Heard("a"))).changes == []
    of = Between(old, new)
    assert of.taking(of.changes).live is new.live and of.taking([]).live is old.live


def test_rivals_of_the_target_come_after_its_new_values_whatever_their_period(india, quick):
    rival = {"period": "FY25", "value": 9.0, "status": "weak", "source": "S66"}
    first = {"period": "FY20", "value": 12345.0, "source": "S66"}
    new = india.adding("trade", targets.CUSTOMS.keys | rival, targets.CUSTOMS.keys | first)
    clusters = revision._series(revision.FIGURES, Between(india, new).changes, "customs", frozenset())
    kinds = {one.when: one.changes[0].kind for one in clusters}
    assert kinds["FY25"] == BESIDE and kinds["FY20"] in (NEW, REVISED) and list(kinds) == ["FY20", "FY25"]


def without(india, period):
    """The vintage in which a total of India's imports was never published, or is no more."""
    table = india.stored["trade"]
    named = (*targets.CUSTOMS.keys.values(), period)
    return india.having({"trade": table.having(row for key, row in table.keyed() if key != named)}, india.live)


def test_a_note_is_no_change_and_a_table_that_names_no_figure_changes_as_one(india):
    table = india.stored["assumptions"]
    note = table.columns.index("note")
    said = table.having((*row[:note], "said otherwise", *row[note + 1 :]) for row in table.rows)
    of = Between(india, india.having({"assumptions": said}, india.live))
    assert of.changes == [] and of.taking([]).stored["assumptions"] is said
    events = india.stored["events"]
    (change,) = Between(india, india.having({"events": events.having(events.rows[:-1])}, india.live)).changes
    assert (change.kind, change.table, change.key) == (CHANGED, "events", ())


@pytest.mark.parametrize("day", ["2025-06-30", "2025-10-31", "2026-01-31"])
def test_all_changes_lead_from_one_vintage_to_the_other_and_none_leave_it(india, day):
    then = india.on(day)
    for old, new in ((then, india), (india, then)):
        of = Between(old, new)
        assert of.taking(of.changes).stored == new.stored
        assert of.taking([]).stored == old.stored
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
    cases = {revision.FIGURES: State(adding(india, FY26=36000)),
             revision.GONE: State(without(adding(india, FY26=36000), "FY26")),
             revision.JUDGEMENTS: State(india.assuming("reading_prior", {"quantity error": 7e8})),
             revision.DRIVERS: State(driven(india)), revision.PARAMETERS: State(india, horizon=5)}  # fmt: skip
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
    known = pd.DataFrame([(*at, one) for at, one in standin(india, "customs", "customs", 10).items()])
    known = known.set_axis(["period", "quantile", "value"], axis=1).assign(target="customs", unit="t")
    written = known.assign(value=[float(f"{value:.10g}") for value in known["value"]])
    found = revision.between(State(india, published=written), State(india), ["customs"])
    assert (found.table["effect"] == 0).all(), "ten digits are the same forecast"
    other = written.assign(value=written["value"] - 700)
    found = revision.between(State(india, published=other), State(adding(india, FY26=36000)), ["customs"])
    assert effects(found)[revision.MODEL] == pytest.approx(700, abs=1e-4) and rest(found) <= 1e-9
    back = revision.between(State(adding(india, FY26=36000)), State(india, published=other), ["customs"])
    assert effects(back)[revision.MODEL] == pytest.approx(-700, abs=1e-4) and rest(back) <= 1e-9


def test_a_table_that_no_forecast_is_made_from_moves_nothing(india, quick):
    assert "calendar" in revision.UNREAD, "a day on which a figure is due is no figure"
    emptied = {name: india.stored[name].having(()) for name in revision.UNREAD}
    found = revision.between(State(india), State(india.having(emptied, india.live)), ["customs"])
    assert set(found.table["part"]) == {revision.MODEL, revision.PARAMETERS} and not found.table["effect"].any()


def test_the_newest_total_is_named_of_many_figures(india, quick, monkeypatch):
    monkeypatch.setattr(
        revision,
        "_forecast",
        lambda of, *rest: {at: one * len(of.table("trade")) for at, one in standin(of, *rest).items()},
    )
    old, new = State(india.on("2025-10-31")), State(india.on("2026-01-31"))
    found = revision.between(old, new, ["customs"], 2).table
    row = found[found["part"] == revision.FIGURES].iloc[0]
    assert (row["table"], row["key"].split("/")) == ("trade", list(targets.CUSTOMS.keys.values()))
    assert row["when"] == "FY26-H1" and row["others"] > 9


def test_a_later_day_alone_is_a_parameter(india, quick):
    earlier = india.on("2026-10-31")
    later = Between(earlier, india).taking([])
    found = effects(revision.between(State(earlier), State(later), ["customs"]))
    assert found[revision.PARAMETERS] > 0 and not found.drop(revision.PARAMETERS).any()


def test_quantiles_that_one_forecast_lacks_are_left_out(india, monkeypatch):
    monkeypatch.setattr(revision, "_used", lambda *_: frozenset())
    monkeypatch.setattr(
        revision, "_forecast", lambda of, *rest: dict([*standin(of, *rest).items()][: -2 if of.day == india.day else 6])
    )
    found = revision.between(State(india.on("2026-10-31")), State(india), ["customs"], 2)
    assert len(found.ends) == 4


def test_a_real_forecast_is_told_apart_without_a_rest(india):
    new = State(adding(india, FY26=36000))
    found = revision.between(State(india), new, ["customs", "value"])
    assert rest(found) <= 1e-9 and set(found.ends["target"]) == {"customs", "value"}
    made = effects(found, found.ends["period"].iloc[0])
    assert made.drop(revision.FIGURES).abs().max() == 0
    told = headline.expected(new.india).set_index(["target", "period", "quantile"])["value"]
    ends = found.ends.set_index(["target", "period", "quantile"])["after"]
    assert (ends == told.reindex(ends.index)).all()


def moves(*rows, before=30000.0):
    """A revision of a year by hand: of each thing its part, table, key, period, others and three effects."""
    columns = ["part", "table", "key", "when", "count", "others", "effect", "source", "quantile", "period"]
    told = [(*what, 1 + others, others, effect, "S66", quantile, "FY27")
            for *what, others, of in rows for quantile, effect in zip(QUANTILES, of, strict=True)]  # fmt: skip
    table = pd.DataFrame(told, columns=columns).assign(target="customs")
    by = table.groupby("quantile")["effect"].sum()
    then = np.array([0.7, 1.0, 1.6]) * before
    ends = pd.DataFrame({"quantile": QUANTILES, "before": then, "after": then + by[list(QUANTILES)].to_numpy()})
    return ends.assign(target="customs", period="FY27", unit="t"), table


OWN = (revision.FIGURES, "trade", "/".join(targets.CUSTOMS.keys.values()), "FY26")
JUDGED = (revision.JUDGEMENTS, "assumptions", "licence_regime/from May/share", "")
DRIVEN = (revision.DRIVERS, "drivers", "auto_exports/total", "FY25 to FY26")
PASSED = (revision.PARAMETERS, "", revision.DAY, "2026-10-31/2026-11-26")
CODE = (revision.MODEL, "", revision.OLD_CODE, "")
SAID = [
    ([(*OWN, 0, (500, 1234, 900))], "is up 1,200 t to 31,200 t: +1,200 t from the new figure of magnets under HS"),
    ([(*OWN, 0, (0, -2000, 0)), (*JUDGED, 0, (0, 600, 0))],
     "is down 1,400 t to 28,600 t: −2,000 t from the new figure of magnets under HS 850511 into India for FY26 and "
     "+600 t from our judgement on licence regime from May share."),
    ([(*OWN, 3, (0, 800, 0))], "from four new figures (among them magnets under HS 850511 into India for FY26)."),
    ([(*DRIVEN, 20, (0, 800, 0))], "from 21 figures of what drives demand."),
    ([(*DRIVEN, 0, (0, 800, 0)), *[(*one, 0, (0, 20, 0)) for one in (OWN, JUDGED)]],
     "from the driver auto exports total for FY25 to FY26 and +40 t from all else."),
    ([(*OWN, 0, (400, 20, 0)), (*JUDGED, 0, (0, -10, 0))], "has stayed at 30,000 t, but its interval has moved: +20 t"),
    ([(*CODE, 0, (0, 900, 0))], "for the model alone: the code, its rules or what it fits are other ones."),
    ([(*PASSED, 0, (0, 900, 0))], "alone: the day, 26 November 2026 instead of 31 October 2026."),
    ([(*OWN, 0, (0, 40, 0))], "for FY27 has stayed at 30,000 t."),
    ([(*OWN, 0, (0, 60, 0))], "for FY27 has hardly moved, from 30,000 t to 30,100 t."),
    ([(*OWN, 0, (900, 60, 0))], "has hardly moved, from 30,000 t to 30,100 t, but its interval has moved: +60 t"),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "text"), SAID)
def test_a_sentence_says_what_is_true_of_each_kind_of_change(rows, text):
    ends, table = moves(*rows)
    assert text in words.since(ends, "FY27", "2026-10-31", table).text


@pytest.mark.parametrize(
    ("then", "now", "text"),
    [
        ({"customs": 30.0, "repm": 3830.0}, {"customs": 90.0, "repm": 3950.0},
         "rare-earth magnets is up from 3,830 t to"),
        ({"repm": 3950.0}, {"repm": 3830.0}, "That of rare-earth magnets is down from 3,950 t to 3,830 t."),
        ({"customs": 30.0}, {"repm": 3830.0}, "A forecast of rare-earth magnets for FY27 is new."),
        ({"repm": 3830.0}, {"customs": 30.0}, "No forecast is made of rare-earth magnets any more."),
        ({"repm": 3950.0}, {"repm": 3951.0}, ""),
        ({}, {}, ""),
    ],
)  # fmt: skip
def test_the_other_forecast_of_tonnes_is_told_beside_it(then, now, text, india):
    tables = [pd.DataFrame([*of.items()], columns=["target", "value"]) for of in (then, now)]
    tables = [of.assign(period="FY27", quantile=0.5, unit="t") for of in tables]
    told = words.beside(*tables, "customs", "FY27", "2026-10-31", india)
    assert text in told.text if text else told is None
    if "is down" in text:
        turned = words.beside(*tables, "customs", "FY27", "2026-03-31", india).text
        assert "3,830 t; with the new fiscal year what was counted weighs 100 % in it, before 50 %." in turned
        late = words.beside(*(of.assign(period="FY60") for of in tables), "customs", "FY60", "2026-03-31", india).text
        assert late.endswith("to 3,830 t."), "so far ahead the new year weighs nothing otherwise"


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        ([(*OWN, 0, (0, 1500, 0)), (*JUDGED, 0, (0, -200, 0))], "has moved by +1,300 t, most of it from the new"),
        ([(*OWN, 0, (0, -1500, 0)), (*JUDGED, 0, (0, 200, 0))], "has moved by −1,300 t, most of it from the new"),
        ([(*OWN, 0, (0, 900, 0)), (*JUDGED, 0, (0, 800, 0)), (*DRIVEN, 0, (0, 700, 0))], "the largest part of it from"),
        ([(*OWN, 0, (0, 900, 0)), (*JUDGED, 0, (0, -890, 0))], "has stayed; the largest part, +900 t, is from the new"),
        (
            [(*OWN, 0, (0, -900, 0)), (*JUDGED, 0, (0, 800, 0)), (*DRIVEN, 0, (0, 700, 0))],
            "has moved by +600 t, against the largest part, −900 t from the new",
        ),
    ],
)
def test_a_figure_finds_whether_one_thing_is_most_of_the_change(india, undrawn, rows, text):
    figure = words.bars(*moves(*rows), "FY27", "2026-10-31", india=india)
    assert text in figure.title and "Bars from a median of 30,000 t in the report of 31 October 2026" in figure.alt
    told = figure.data.iloc[:, 1]
    assert told.iloc[0] + told.iloc[1:-1].sum() == pytest.approx(told.iloc[-1])


def test_a_table_lists_what_moved_a_year_with_its_sum_and_not_what_did_not():
    _, table = moves((*OWN, 0, (100, 900, 50)), (*JUDGED, 0, (0, 0, 0)), (*DRIVEN, 0, (-10, -950, 1)))
    rows = words.listed(table, "FY27", "t")
    assert list(rows["part"]) == [revision.DRIVERS, revision.FIGURES, "all"]
    assert list(rows["median, t"]) == [-950, 900, -50] and list(rows["upper end of 80 %, t"]) == [1, 50, 51]
