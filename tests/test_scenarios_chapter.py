"""What chapter 5 says: each verdict made to happen, its own cells on other days and under other levers."""

import re
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd
import pytest
from played import AFTER, EARLIER, STATES, known, run
from test_notebooks_in_time import BROKEN, STALE, later_halves

from conftest import FROZEN
from helpers import paths
from helpers.chapters.scenarios import closures, figures, home, phrases, sentences, tables
from helpers.chapters.scenarios.iamc import UNITS, VARIABLES, iamc
from helpers.data import derived, vintage
from helpers.outlook import attribution, levers, outage, scenario
from helpers.outlook.levers import Levers

pytestmark = pytest.mark.usefixtures("undrawn", "few")

DAY, YEAR = "2026-11-26", 2031
FEW = 300
ENDS = [f"{name}={levers.plain(end)}" for name in Levers.model_fields for end in levers.ends(name)]
ENDS = ["scheme=0", *(text for text in ENDS if levers.made(text).moved)]
ENDS = [f"{one}; {other}" for one, other in zip(ENDS[len(ENDS) // 2 :], ENDS, strict=False)]  # of two levers at once
DAYS = ["scheme=1; scheme_award=2026-04-01", "scheme=1; scheme_award=2034-12-31", "licences_from=2030-01-01",
        "licences=closed; licences_from=2034-12-01", "licences=closed; licences_from=2030-04-01; licences_months=12",
        "scheme=1; ev_pace=1"]  # fmt: skip
SILLY = re.compile(
    r"(?<![\d,.])[+−]?0 t \(0|[+−]0 t|(?<![\d,.])0 vehicles|, [A-Z][a-z]+ as much|to nothing, and to nothing if"
)
RANGED = re.compile(r"([\d,.]+) t \(([\d,.]+) to ([\d,.]+) t\)")


@pytest.fixture(scope="module")
def few():
    """Few of the draws: the words are the same."""
    real, kept = scenario.draws, [scenario.run, scenario._bounded, scenario.in_year]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scenario, "draws", lambda india, count=0: real(india, FEW))
        patch.setattr(outage, "outage", partial(outage.outage, count=FEW))
        [one.cache_clear() for one in kept]
        yield
    [one.cache_clear() for one in kept]


@pytest.fixture(scope="module")
def india():
    return vintage(DAY, FROZEN)


@pytest.fixture(scope="module")
def named(india, few):
    return scenario.named(india)


@pytest.fixture(scope="module")
def made(india, named):
    return tables.balances(named, tables.asked("run-rate", named), india)


def cells(india, monkeypatch, asked="run-rate") -> dict[str, str]:
    """What the chapter's own cells say on a vintage, of a scenario; a sentence, title or table by its call."""
    shown, _ = run(paths.NOTEBOOKS / "5-scenarios.ipynb", india, monkeypatch, scenario=asked)
    said = enumerate(shown)
    return {f"{of.call} {at}" if of.call in ("Table", "Download") else of.call: of.text for at, of in said}


def require_true(said):
    """No accident in any text, and no middle outside its range."""
    for name, text in said.items():
        if not name.startswith(("Table", "Download")):
            assert not (wrong := BROKEN.search(text)), f"{name}: {text[max(wrong.start() - 100, 0) : wrong.end() + 50]}"
            assert not (wrong := SILLY.search(text)), f"{name}: {text[max(wrong.start() - 100, 0) : wrong.end() + 50]}"
        for found in RANGED.finditer(text):
            middle, low, high = (float(one.replace(",", "")) for one in found.groups())
            assert low <= middle <= high, f"{name}: {found[0]}"


def test_every_lever_has_a_short_name_and_every_quantity_a_variable():
    assert set(tables.SHORT) == set(Levers.model_fields) > tables.OWN
    assert set(VARIABLES) == set(scenario.UNITS) >= set(tables.STEPS) and set(UNITS) == set(scenario.UNITS.values())
    assert len(set(VARIABLES.values())) == len(VARIABLES)


def test_the_answer_says_what_the_balances_come_to(india, made):
    text = sentences.answer(made, "run-rate", YEAR, india).text
    need, gone = (scenario.at(india, made[name], quantity, YEAR)
                  for name, quantity in (("run-rate", "imports"), ("controls back", "shortage")))  # fmt: skip
    best = -tables.change(made["all together"], made["run-rate"], "imports", YEAR, india).value
    assert f"about {need:~2} of rare-earth magnets in FY31 (80 % interval {need:range~2} t)" in text
    assert f"“controls back”: {gone:~2} ({gone:range~2} t)" in text and "“EVs fast” moves it most" in text
    share = f"{100 * best / need.value:.0f}"
    assert f"“all together” takes most, {derived(best, 't'):~2} (" in text
    assert f"{share} % of it; of its parts “scheme on time” alone takes" in text
    assert text.endswith("Each number holds if its scenario does; none of them is a forecast.")


def test_a_change_is_that_of_the_middles_with_the_range_of_its_draws(india, made):
    change = tables.change(made["EVs slow"], made["run-rate"], "imports", YEAR, india)
    one, other = (made[name].of("imports", YEAR) for name in ("EVs slow", "run-rate"))
    assert change.value == pytest.approx(np.median(one) - np.median(other), abs=1e-9)
    assert change.low <= change.value <= change.high < 0


@pytest.mark.parametrize(
    ("shift", "said"), [(9_000.0, " more, to "), (-900.0, " less, to "), (0.0, None), (20.0, None)]
)
def test_markets_move_it_up_down_or_hardly(india, made, shift, said):
    base = made["run-rate"]
    moved = replace(base, levers=Levers(ev_pace=0.5), imports=base.imports + shift)
    little = replace(base, levers=Levers(ev_pace=0.1), imports=base.imports + 30)
    text = sentences.answer({"run-rate": base, "little": little, "markets": moved}, "run-rate", YEAR, india).text
    assert (said in text) if said else "“markets”" not in text


@pytest.mark.parametrize(("left", "said"), [(0.3, "70 % of it."), (1.0, "Nothing that India can do"), (0.0, "100 %")])
def test_what_india_can_do_takes_some_nothing_or_all(india, made, left, said):
    base = made["run-rate"]
    own = replace(base, levers=Levers(scheme=1), imports=base.imports * left)
    assert said in sentences.answer({"run-rate": base, "ours": own}, "run-rate", YEAR, india).text


def test_where_nothing_is_missing_the_answer_says_so(india, made):
    none = replace(made["run-rate"], levers=Levers(licences="open"), shortage=0 * made["run-rate"].shortage)
    text = sentences.answer({"run-rate": none}, "run-rate", YEAR, india).text
    assert "In the middle of the draws no named scenario leaves magnets missing in FY31." in text


@pytest.mark.parametrize(
    ("asked", "said"), [("EVs fast", "are not let in"), ("licences open", "and all of it is let in"), ("run-rate", "")]
)
def test_a_scenario_that_is_asked_for_is_in_the_answer(india, made, asked, said):
    text = sentences.answer(made, asked, YEAR, india).text
    assert (f"In the scenario “{asked}” it is" in text) is bool(said) and said in text


@pytest.mark.parametrize(("text", "missing"), [("run-rate", False), ("scheme=1", True)])
def test_what_cannot_be_reckoned_on_the_day_is_told(india, text, missing):
    early = vintage("2025-06-30", FROZEN)
    asked = tables.asked(text, scenario.named(early))
    said = sentences.lacking(scenario.named(early), asked, early).text
    assert "do not hold the capacity of a magnet scheme" in said and ("“asked for”" in said) is missing
    assert tables.shown(tables.balances(scenario.named(early), asked, early), asked) == "run-rate"
    late = sentences.lacking(scenario.named(india), asked, india).text
    assert late == "All scenarios can be reckoned from the sources dated up to 26 November 2026."


def test_the_balance_on_the_page_closes_in_means_and_in_every_draw(india):
    of = scenario.run(india, levers.made("scheme=1; recycling=1; stock_months=2; licences=closed"))
    for year in tables.balance(of, [2028, YEAR], india).drop(columns="source"):
        need, plants, old, stock, imports, let, missing = tables.balance(of, [2028, YEAR], india)[year]
        assert need - plants - old - stock == pytest.approx(imports, abs=1e-9)
        assert imports - let == pytest.approx(missing, abs=1e-9)
    assert sentences.closes(of, india).text.startswith("Both sides are the same number in each of 300 draws")
    broken = replace(of, imports=of.imports + 1)
    assert sentences.closes(broken, india).text.startswith("In some of 300 draws the two sides are not")


@pytest.mark.parametrize(
    ("text", "said"),
    [("scheme=1", "are imported: magnets are replaced by their oxide"), ("", "In no scenario that can be"),
     ("scheme=1; oxide_source=own; irel_path=target", "all of it Indian"),
     ("scheme=1; scheme_delay=60", "Before the end of FY31 they need no oxide")],
)  # fmt: skip
def test_plants_need_oxide_from_abroad_or_home_or_none(india, made, text, said):
    base = made["run-rate"]
    of = {"run-rate": base} | ({"plants": scenario.run(india, levers.made(text))} if text else {})
    assert said in home.scheme(home.plants(of, YEAR, india)).text


def test_what_plants_take_is_told_beside_what_other_levers_do_and_what_they_make_beyond_the_need(india, made):
    of = {"run-rate": made["run-rate"], "x": scenario.run(india, levers.made("scheme=1; ev_pace=1"))}
    text = home.scheme(home.plants(of, YEAR, india)).text
    assert "cut the imports from FY30 on, by " in text, "though vehicles add more than plants take"
    assert "replace no imports" not in text, "all of it is bought"
    plants = {"run-rate": made["run-rate"], "x": scenario.run(india, Levers(scheme=1))}
    more = scenario.at(india, plants["x"], "surplus", YEAR)
    assert more.value > 500
    assert f"{more:~2} are more than India would buy" in home.scheme(home.plants(plants, YEAR, india)).text


def japan(year, india):
    return home.japan(home.unsold(year, india), india)


def test_the_end_of_sales_to_japan_makes_magnets_only_where_no_other_oxide_may_be_used(india, monkeypatch):
    assert "makes no magnet more; where plants use Indian oxide only, it makes" in japan(YEAR, india).text
    assert " t; more if more is sold than the lower bound that is" in japan(YEAR, india).text
    keys = {"flow": "export", "reporter": "IND", "partner": "JPN", "hs": "RE all", "measure": "weight", "unit": "t"}
    known = india.adding("trade", keys | {"period": "2024", "value": 1000.0})
    assert "lower bound" not in japan(YEAR, known).text
    none = japan(YEAR, india.adding("trade", keys | {"period": "2024", "value": 0.0})).text
    assert none == "Nothing is sold to Japan by the newest figure, so that an end of it frees nothing."
    assert "no plant would use it" in japan(2027, india).text, "none is built by then"
    early = japan(YEAR, vintage("2025-06-30", FROZEN)).text
    assert "for want of the capacity of a magnet scheme and the part of neodymium in India's ore, cannot" in early
    real = tables.change
    monkeypatch.setattr(tables, "change", lambda new, old, quantity, *rest: replace(
        real(new, old, quantity, *rest), **({"value": 0.0} if quantity == "scheme" else {})))  # fmt: skip
    assert japan(YEAR, india).text.endswith("It makes no magnet more.")


def test_the_brief_has_what_each_brings_and_leaves_out_what_cannot_be_reckoned(india, made):
    shut, own = scenario.run(india, Levers(licences="closed")), home.plants(made, YEAR, india)
    rows = home.means(shut, own, home.unsold(YEAR, india), YEAR, india)
    assert rows["If"][0] == "China's licences closed" and re.match("“.*”, from FY30 on$", rows["If"][1])
    assert list(rows.columns) == ["If", "In FY31 (80 %)", "And", "source"] and len(rows) == 3
    gone, freed = scenario.at(india, shut, "shortage", YEAR), home.unsold(YEAR, india).freed
    wanted = ["Magnets missing: ", gone], ["Fewer magnets to import: ", own.less], ["Oxide for India's plants: ", freed]
    assert list(rows["In FY31 (80 %)"]) == [f"{text}{of:~2} ({of:range~2} t)" for text, of in wanted]
    kinds = "(.+ electric vehicles) \\((.+) to (.+)\\) and (.+) others \\((.+) to (.+)\\) lack theirs"
    electric, low, high, other, *ends = re.fullmatch(kinds, rows["And"][0]).groups()
    assert f"{electric} and {other} other vehicles" == sentences.vehicles(shut, YEAR, india).text
    lacking = scenario.at(india, shut, "vehicles", YEAR)
    assert low == f"{round(lacking.low, -4):,.0f}" and high == f"{lacking.high / 1e6:.1f} million" and all(ends)
    held = home.means(scenario.run(india, Levers(licences="closed", scheme=1.0)), own, None, YEAR, india)["And"][0]
    assert re.match(r"No electric vehicles \(0 to [\d,]+\) and no others \(0 to [\d,]+\) lack theirs$", held)
    freed = Levers(licences="closed", rare_earth_free_share=1.0, wind_pm_share=0.0, recycling=1.0, scheme=1.0)
    assert (
        phrases.counted(0.0, 0.0).text
        == "no vehicles"
        == sentences.vehicles(scenario.run(india, freed), YEAR, india).text
    )
    assert f"{own.oxide:~2}" in rows["And"][1] and rows["And"][2].endswith(" % of what they need")
    assert list(home.means(shut, own._replace(first=None), None, YEAR, india)["If"]) == ["China's licences closed"]
    assert rows["If"][2] == "All plants on time, nothing sold to Japan", "oxide is freed for plants that are there"
    fast = scenario.run(india, Levers(licences="closed", ev_pace=1.0))
    assert home.means(fast, own, None, YEAR, india)["If"][0].endswith(" closed, and the levers asked for")
    none = home.unsold(2027, india)
    assert list(home.means(shut, own, none, YEAR, india)["And"])[2] == "0 % of what they need", "no plant is built"


def test_licences_closed_leave_much_a_little_or_nothing_missing(india, made):
    shut = scenario.run(india, Levers(licences="closed"))
    text = sentences.closed_with(made, shut, YEAR, india).text
    assert "would be missing in FY31: shared by all uses alike" in text and "“all together” would bring that to" in text
    assert text.endswith("Its story: " + scenario.named(india)["story"]["all together"])
    assert "if the oxide of the plants came under the same licences" in text
    assert "bring" not in sentences.closed_with({"run-rate": made["run-rate"]}, shut, YEAR, india).text
    own = sentences.closed_with({n: made[n] for n in ("run-rate", "free motors")}, shut, YEAR, india).text
    assert " t). Its story: Half of the electric vehicles" in own and "oxide" not in own
    assert "and the levers asked for" not in text
    more = scenario.run(india, Levers(licences="closed", ev_pace=0.5))
    assert "closed and the levers asked for, " in sentences.closed_with(made, more, YEAR, india).text
    both = scenario.run(india, levers.made(made["all together"].levers.moved | {"licences": "closed"}))
    assert "bring" not in sentences.closed_with(made, both, YEAR, india).text, "it is done already"
    opened = scenario.run(india, Levers(licences="open"))
    assert "no rare-earth magnets would be missing" in sentences.closed_with(made, opened, YEAR, india).text
    plants = sentences.closed_with(made, scenario.run(india, Levers(licences="closed", scheme=1)), YEAR, india).text
    assert re.search(r"missing in FY31 in the middle of the draws, and in nine of ten no more than [\d,]+ t\.$", plants)


@pytest.mark.parametrize(
    ("after", "worse", "said"),
    [((0, 0), (0, 0), "to nothing, even if"), ((0, 0), (0, 90), "to nothing, and to nothing in the middle"),
     ((0, 50), (0, 90), "in nine of ten to no more than 50 t, or 90 t if"),
     ((20, 50), (30, 90), "to 20 t (0 to 50 t), and to 30 t (0 to 90 t) if")],
)  # fmt: skip
def test_a_shortage_is_brought_to_less_with_oxide_from_anywhere_or_under_licence(after, worse, said):
    ends = [derived(float(middle), "t", low=0.0, high=float(high)) for middle, high in (after, worse)]
    assert said in sentences._brought("x", *ends).text


def test_the_regimes_stand_for_good_whatever_their_days_and_months(india):
    asked = levers.made("licences=closed; licences_from=2034-12-01; licences_months=6; ev_pace=0.5")
    made, plain = (tables.panels(of, sentences.REGIMES, india) for of in (asked, Levers(ev_pace=0.5)))
    assert all((made[name].shortage == plain[name].shortage).all() for name in sentences.REGIMES)
    assert made["open"].of("shortage", YEAR).max() == 0 < np.median(made["closed"].of("shortage", YEAR))


def test_a_lever_that_moves_nothing_adds_half_a_sentence_in_small_letters_and_no_bar(india, made):
    of = made | {"x": scenario.run(india, levers.made("irel_path=planned"))}
    assert " t), about as much as at the run-rate, and " in sentences.answer(of, "x", YEAR, india).text
    parts = attribution.difference(india, Levers(), of["x"].levers, YEAR).assign(change=1e-13)
    figure = figures.waterfall(parts, of, "x", YEAR, india=india)
    assert figure.alt.endswith("in the scenario x: no lever moves it.")
    assert (figure.data["Tonnes"].iloc[1:-1] == 0).all()


def test_only_what_is_a_part_of_the_most_that_india_can_do_is_called_so(india, made):
    of = {name: made[name] for name in ("run-rate", "scheme on time", "free motors")}
    whole = replace(made["run-rate"], levers=Levers(scheme=0.5, recycling=1), imports=made["run-rate"].imports * 0.1)
    assert "of its parts" not in sentences.answer(of | {"ours": whole}, "run-rate", YEAR, india).text


def test_the_scenario_in_which_most_is_missing_is_that_of_the_year_told(india, made):
    base = made["run-rate"]
    soon = np.array([1e4, 0.0, 0.0])
    of = {"run-rate": base, "soon": replace(base, levers=Levers(licences="open"), shortage=0 * base.shortage + soon)}
    assert "in the scenario “run-rate”: " in sentences.answer(of, "run-rate", YEAR, india).text


@pytest.mark.parametrize(
    ("text", "said"),
    [("scheme=1", "most of it by plants of the scheme (−"), ("ev_pace=1", "most of it by pace of electric vehicles (+"),
     ("licences=closed", "hardly change with “x”"), ("ev_pace=0.01", "hardly change with “x”"),
     ("ev_pace=1; intensity=0.75; scheme=1", "with “x”, most of it by pace of electric vehicles (+"),
     ("rare_earth_free_share=0.45; scheme=0.2; recycling=1", ", the largest part of it by ")],
)  # fmt: skip
def test_a_waterfall_falls_rises_or_stands(india, made, text, said, monkeypatch):
    finish, seen = figures.finish, []
    monkeypatch.setattr(
        figures, "finish", lambda drawn, *rest, **more: seen.append(drawn) or finish(drawn, *rest, **more)
    )
    of = made | {"x": scenario.run(india, levers.made(text))}
    parts = attribution.difference(india, Levers(), of["x"].levers, YEAR)
    figure = figures.waterfall(parts, of, "x", YEAR, india=india)
    assert said in figure.title
    tonnes = figure.data["Tonnes"]
    assert tonnes.iloc[:-1].sum() == pytest.approx(tonnes.iloc[-1], abs=1e-6), "the parts sum to the difference"
    begun = [1000 * bar.get_x() for bar in seen[0].axes[0].patches[:-2]]
    assert begun == pytest.approx(tonnes.cumsum().iloc[:-2].tolist()), "a bar begins where the one before ends"


def test_without_a_lever_moved_there_is_no_waterfall(india, made):
    none = attribution.difference(india, Levers(), Levers(), YEAR)
    assert "cannot be said" in figures.waterfall(none, made, "run-rate", YEAR, india=india).text


def test_regimes_are_shown_apart_and_the_title_names_what_is_missing_most(india):
    panels = {name: scenario.run(india, Levers(licences=name)) for name in sentences.REGIMES}
    figure = figures.regimes(panels, YEAR, india=india)
    assert figure.title.startswith("With hardly any let through by China, ") and len(figure.data) == 36
    assert "All let through: " in figure.alt and "of which nothing is missing" in figure.alt
    assert figures.regimes({"open": panels["open"]}, YEAR, india=india).title.startswith("Whatever China lets")


def test_stocks_last_some_of_a_closure_or_all_of_it(india):
    stop = outage.outage(india, months=12)
    held = {months: outage.outage(india, months=12, levers=Levers(stock_months=months)) for months in (3, 24)}
    title = figures.cover(stop, held, 12, india=india).title
    assert title.startswith("Stocks last 1.") and title.endswith("with 24 months more, all of 12 months")
    assert "unmet at the need of FY27: shared" in closures.lost({12: stop}, india).text
    alt = figures.cover(held[24], held, 12, india=india).alt
    assert "Stocks as held all of 12 months; 3 months more 4." in alt and "(12.0)" not in alt
    assert tables.stocked(Levers(stock_months=24), 6).stock_months == 30
    assert closures.lost({12: held[24]}, india).text == "Stocks and others outlast 12 months without China."


@pytest.mark.parametrize(("seen", "said"), [(2.8, "later: stocks"), (1.0, "earlier: stocks"), (2.05, "which agrees")])
def test_a_closure_reckoned_in_hindsight_is_late_early_or_agrees(india, seen, said):
    rows = outage.trial(india)
    rows.loc["first loss", ["seen", "miss"]] = seen, seen - rows.loc["first loss", "middle"]
    assert said in closures.trial(rows, india).text


@pytest.mark.parametrize(("miss", "said"), [(26.0, "hid it"), (-26.0, "held them back"), (0.5, "which agrees.")])
def test_a_half_year_hides_more_or_agrees_with_a_closure(india, miss, said):
    rows = outage.trial(india)
    rows.loc["output of the half-year", "miss"] = miss
    assert closures.trial(rows, india).text.endswith(said if said.endswith(".") else f"{said}.")
    assert "registered" not in closures.trial(rows.drop("output of the half-year"), india).text


@pytest.mark.parametrize("day", [*EARLIER, DAY])
def test_the_chapter_can_be_read_as_of_each_day(day, monkeypatch):
    said = cells(vintage(day, FROZEN), monkeypatch)
    require_true(said)
    assert later_halves("\n".join(said.values()), day) == []
    assert ("“all together”" in said["sentences.answer"]) is (day == DAY)
    assert ("cannot be said" in said["closures.trial"]) is (day < "2025-10")


@pytest.mark.parametrize("state", [*STATES, *AFTER])
def test_next_years_figures_leave_every_sentence_true(state, monkeypatch):
    said = cells(known(state), monkeypatch)
    require_true(said)
    everything = "\n".join(said.values())
    assert [words for words in STALE[state] if words in everything] == []


@pytest.mark.parametrize(
    "asked", [*ENDS, *DAYS, "licences=closed; stock_months=3; scheme=1; oxide_source=own; ev_pace=1"]
)
def test_every_lever_moved_to_its_ends_leaves_every_sentence_true(asked, india, named, monkeypatch):
    said = cells(india, monkeypatch, asked)
    require_true(said)
    of = scenario.run(india, levers.made(asked))
    if of.levers.moved:
        need = scenario.at(india, of, "imports", YEAR)
        assert f"In the scenario “asked for” it is {need:~2} ({need:range~2} t)" in said["sentences.answer"]
        assert "“asked for”" in said["figures.waterfall"]


def test_steps_are_told_for_the_year_that_runs_and_those_ahead(india, made):
    rows = scenario.table(india, made, tables.years(india), tables.STEPS)
    assert list(tables.steps(rows)["Year"].unique()) == ["FY27", "FY31", "FY35"]


def test_iamc_has_a_row_for_each_end_of_each_quantity_that_is_known(india, made):
    rows = scenario.table(india, {"run-rate": made["run-rate"]}, tables.years(india))
    wide = iamc(rows, india)
    assert list(wide.columns[:5]) == ["Model", "Scenario", "Region", "Variable", "Unit"]
    assert list(wide.columns[5:]) == ["2027", "2031", "2035"] and len(wide) == 3 * len(scenario.UNITS)
    known = rows[(rows["quantity"] == "imports") & (rows["fiscal_year"] == YEAR)].iloc[0]
    found = wide.set_index("Variable")["2031"]
    assert found["Imports|Rare-Earth Magnet|10.0th Percentile"] == known["low"]
    rows.loc[rows["quantity"] == "rupees", ["low", "middle", "high"]] = np.nan
    without = iamc(rows, india)
    assert len(without) == len(wide) - 3 and pd.notna(without).all(axis=None), "what is not known has no row"
