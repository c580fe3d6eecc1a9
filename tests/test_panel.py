"""The levers of a notebook without a browser: all of the schema is there, and what they say is what the engine says."""

import re
import shlex
from itertools import pairwise

import ipywidgets as widgets
import numpy as np
import pytest

from conftest import AS_OF, FROZEN
from helpers.chapters import panel
from helpers.chapters.scenarios import tables
from helpers.data import number, vintage
from helpers.outlook import levers, scenario
from helpers.outlook.levers import Levers
from helpers.report.scenario import files


@pytest.fixture(scope="module")
def shown(india):
    return panel.Panel(india)


@pytest.fixture(autouse=True)
def reset(shown):
    yield
    shown.levers = Levers()


def parts(widget):
    for one in getattr(widget, "children", ()):
        yield one
        yield from parts(one)


def named(shown, kind, text):
    (found,) = [
        one for one in parts(shown.widget) if isinstance(one, kind) and one.description.partition(",")[0] == text
    ]
    return found


def page(shown):
    return " ".join(one.value for one in parts(shown.widget) if isinstance(one, widgets.HTML))


@pytest.fixture
def undrawn(monkeypatch):
    """Levers whose figure nobody looks at."""
    monkeypatch.setattr(panel.Panel, "_figure", lambda self: "")


def test_every_lever_of_the_schema_is_there_and_goes_to_both_its_ends(shown, undrawn):
    for name in Levers.model_fields:
        control = named(shown, widgets.ValueWidget, tables.SHORT[name])
        assert Levers.model_fields[name].description in control.tooltip
        for end in levers.ends(name):
            shown.levers = levers.made({name: end})
            assert getattr(shown.levers, name) == end
            assert control.value == end
    shown.levers = levers.made("licences_months=7; licences_from=2027-04-01")
    assert (shown.levers.licences_months, str(shown.levers.licences_from)) == (7, "2027-04-01")


def test_levers_that_are_set_together_are_reckoned_with_once(shown, monkeypatch):
    asked, run = [], scenario.run
    monkeypatch.setattr(scenario, "run", lambda india, of=None: asked.append(of) or run(india, of))
    shown.levers = of = levers.made("scheme=0.5; ev_pace=1; japan_exports=off")
    assert asked == [of]


MOVED = ["", "scheme=0.5; licences=closed", "ev_pace=1; wind_pm_share=0.5; japan_exports=off; licences_months=6"]


@pytest.mark.parametrize("text", MOVED)
def test_the_table_is_that_of_the_engine_and_the_command_and_the_file_mean_the_same_levers(shown, india, text):
    of = shown.levers = levers.made(text)
    rows = scenario.table(india, {"it": scenario.run(india, of)}, tables.years(india))
    for row in rows[rows["quantity"].isin(tables.STEPS)].itertuples():
        assert f"{number(row.middle)} ({number(row.low)} to {number(row.high)})" in page(shown)
    if text:
        more = tables.change(scenario.run(india, of), scenario.run(india), "imports", tables.years(india)[1], india)
        assert f"{more:signed} against the run-rate ({more:range} t)" in page(shown)
    said = named(shown, widgets.Textarea, "command").value
    words = shlex.split(said)
    assert words[:4] == ["magnets", "scenario", "run", "run-rate"] and words[-2:] == ["--as-of", AS_OF]
    assert levers.made("; ".join(words[5:-2:2])) == of


@pytest.mark.parametrize("text", MOVED)
def test_the_scenario_file_is_read_as_the_same_levers(shown, tmp_path, text):
    shown.levers = levers.made(text)
    path = tmp_path / "mine.yml"
    path.write_text(named(shown, widgets.Textarea, "scenario file").value, encoding="utf-8")
    assert files.read(path).levers == shown.levers


def test_a_moved_lever_is_followed_and_reset(shown):
    at_first = page(shown)
    named(shown, widgets.FloatSlider, tables.SHORT["scheme"]).value = 1.0
    assert "With these levers" in page(shown) and page(shown) != at_first
    held = re.search("licences hold back [^.]*", page(shown))[0]
    named(shown, widgets.Dropdown, tables.SHORT["licences"]).value = "closed"
    assert re.search("licences hold back [^.]*", page(shown))[0] != held, "licences move the answer too"
    (button,) = [one for one in parts(shown.widget) if getattr(one, "description", "") == "reset"]
    button.click()
    assert shown.levers == Levers() and page(shown) == at_first


def test_a_stock_which_links_all_years_is_reckoned_once_for_all_that_are_shown(shown, monkeypatch):
    made, balance = [], scenario.balance
    monkeypatch.setattr(scenario, "balance", lambda *of, **how: made.append(of) or balance(*of, **how))
    shown.levers = levers.made("stock_months=5.25")
    assert len(made) == 2, "with the sectors that no source gives, and without"


@pytest.mark.parametrize(("text", "drawn"), [("", ["run-rate"]), ("stock_months=0.5", ["run-rate", "these levers"])])
def test_the_figure_names_each_band_once_beside_its_end_and_no_name_lies_on_another(shown, text, drawn):
    shown.levers = of = levers.made(text)
    names = re.findall(r'<text x="588" y="([\d.]+)" fill="[^"]+">([^<]+)', page(shown))
    assert [name for _, name in names] == drawn
    heights = [float(at) for at, _ in names]
    assert all(abs(one - other) >= 13.9 for one, other in pairwise(heights))
    lines = re.findall(r'<polyline points="([^"]+)"', page(shown))
    assert len(lines) == len(drawn)
    middle = np.median(scenario.run(shown._india, of).imports, axis=0)
    ticks = {float(text): float(at) - 4 for at, text in re.findall(r'x="56" y="([\d.]+)".*?>([\d.]+)<', page(shown))}
    ends = sorted(ticks)[0], sorted(ticks)[-1]
    told = [float(point.split(",")[1]) for point in lines[-1].split()]
    np.testing.assert_allclose(told, np.interp(middle / 1000, ends, [ticks[end] for end in ends]), atol=0.06)


def test_a_named_scenario_sets_all_levers(shown, india, undrawn):
    start = named(shown, widgets.Dropdown, "start from")
    for name in start.options[1:]:
        start.value = name
        assert shown.levers == scenario.named(india).loc[name, "levers"]


def test_where_nothing_can_be_moved_the_run_rate_is_said_as_text(shown, india):
    bundle = shown._repr_mimebundle_()
    assert {"text/plain", "application/vnd.jupyter.widget-view+json"} <= set(bundle)
    need = scenario.at(india, scenario.run(india), "imports", tables.years(india)[1])
    assert f"As things go on, India needs to import {need}" in bundle["text/plain"]


def test_a_lever_that_needs_what_is_not_public_cannot_be_moved_and_says_why():
    then = vintage("2025-06-30", FROZEN)
    lacking = scenario.draws(then).lacking
    assert lacking
    shown = panel.Panel(then)
    for name, what in lacking.items():
        control = named(shown, widgets.ValueWidget, tables.SHORT[name])
        assert control.disabled and what in control.tooltip
    shown.levers = levers.made({"scheme": 1})
    assert "scheme" in page(shown) and "<table" not in page(shown), "a lever set by a cell is refused in words"


def test_nothing_but_the_core_widgets_is_needed_so_that_every_front_end_shows_them(shown):
    every = [shown.widget, *parts(shown.widget)]
    modules = {module for one in every for module in (one._model_module, one._view_module)}
    assert modules == {"@jupyter-widgets/controls", "@jupyter-widgets/output"}
