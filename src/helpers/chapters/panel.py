"""Levers to move in JupyterLab: a slider or a choice for each of the one schema, and what follows from them.

``Panel(india)`` at the end of a cell shows it; its ``levers`` are those that stand there, for the cells that follow.
Where nothing can be moved, as under papermill, all stand at the run-rate, and the same is said as text.
"""

import html
import json
import shlex
from collections.abc import Callable, Mapping
from math import floor, log10
from typing import Any, cast

import ipywidgets as widgets
import numpy as np
import pandas as pd
import yaml
from IPython.display import Javascript, display
from matplotlib.ticker import MaxNLocator

from helpers import fiscal
from helpers.chapters.canvas import BLUE, INK, MUTED, PAPER, RULE
from helpers.chapters.outputs import Sentence, sentence
from helpers.chapters.scenarios import tables
from helpers.data import Vintage, number
from helpers.outlook import levers as schema
from helpers.outlook import scenario
from helpers.outlook.demand_draws import ENDS
from helpers.outlook.levers import LeverError, Levers

UNKNOWN = "none"  # how the schema is told that a number is not given

_TABLE = "<style>.levers th, .levers td {padding: 2px 12px; text-align: right; white-space: nowrap} "
_TABLE += ".levers th:first-child {text-align: left}</style>"

_LOOK = {"style": {"description_width": "11.5rem"}, "layout": {"width": "26rem"}}


class Panel:
    """The levers on a day, and the answer, the table and the figure that follow from them."""

    def __init__(self, india: Vintage):
        self._india, self._held = india, False
        self._base, self._years = scenario.run(india), tables.years(india)
        lacking = scenario.draws(india).lacking
        self._controls = {name: _control(name, lacking.get(name, "")) for name in Levers.model_fields}
        self._said, self._shown, self._drawn = (widgets.HTML() for _ in range(3))
        self._clipboard = widgets.Output()
        self._texts = {name: widgets.Textarea(description=name, rows=rows, layout={"width": "95%"})
                       for name, rows in (("command", 2), ("scenario file", 6))}  # fmt: skip
        for control in self._controls.values():
            control.observe(self._follow, "value")
        self._follow()

    @property
    def levers(self) -> Levers:
        """The levers as they stand.

        Raises
        ------
        LeverError
            If they cannot be so together.
        """
        values = {name: control.value for name, control in self._controls.items()}
        return schema.made({name: float(f"{v:.6g}") if isinstance(v, float) else v for name, v in values.items()})

    @levers.setter
    def levers(self, to: Levers) -> None:
        self._held = True
        for name, control in self._controls.items():
            value = getattr(to, name)
            if isinstance(control, widgets.SelectionSlider):
                value = UNKNOWN if value is None else value
                if value not in dict(control.options).values():
                    control.options = [*control.options, (f"{value:g}", value)]
            control.value = value
        self._held = False
        self._follow()

    @property
    def widget(self) -> widgets.Widget:
        """All of it, as Jupyter shows it."""
        named = scenario.named(self._india)
        named = named.loc[named["lacking"] == "", "levers"].to_dict()
        start = widgets.Dropdown(description="start from", options=list(named), **_LOOK)
        start.observe(lambda change: setattr(self, "levers", named[change["new"]]), "value")

        def again(_: widgets.Button) -> None:
            start.value = tables.RUN_RATE
            self.levers = Levers()

        reset = widgets.Button(description="reset", tooltip="every lever back to the run-rate")
        reset.on_click(again)
        copies = [widgets.Button(description=f"copy as {name}", layout={"width": "auto"}) for name in self._texts]
        for button, text in zip(copies, self._texts.values(), strict=True):
            button.on_click(self._copier(text))
        wide = {"grid_template_columns": "repeat(auto-fit, minmax(26rem, 1fr))"}
        grid = widgets.GridBox([start, *self._controls.values()], layout=wide)
        buttons = widgets.HBox([reset, *copies, self._clipboard])
        return widgets.VBox([grid, self._said, self._shown, self._drawn, buttons, *self._texts.values()])

    def __str__(self) -> str:
        return "\n".join([self._answer.text, self._rows.to_string()])

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        return self.widget._repr_mimebundle_() | {"text/plain": str(self)}

    def _follow(self, _: object = None) -> None:
        """Say, show and draw what follows from the levers."""
        if self._held:
            return
        try:
            self._made = scenario.run(self._india, self.levers)
        except LeverError as error:
            self._said.value = f"<p role='status'><strong>{html.escape(str(error))}</strong></p>"
            for gone in (self._shown, self._drawn, *self._texts.values()):
                gone.value = ""
            return
        self._answer, self._rows = self._sentence(), self._table()
        self._said.value = f"<p role='status'><strong>{html.escape(self._answer.text)}</strong></p>"
        self._shown.value = _TABLE + self._rows.to_html(border=0, classes="levers")
        self._drawn.value = self._figure()
        self._texts["command"].value = command(self._made.levers, str(self._india.day))
        self._texts["scenario file"].value = file(self._made.levers)

    def _sentence(self) -> Sentence:
        year = self._years[len(self._years) // 2]
        need = scenario.at(self._india, self._made, "imports", year)
        parts = {"need": need, "year": need.period, "gone": scenario.at(self._india, self._made, "shortage", year)}
        text = "India needs to import {need} of rare-earth magnets in {year} ({need:range} t; 80 %)"
        held = "China's licences hold back {gone} of it ({gone:range} t)."
        if not self._made.levers.moved:
            return sentence(f"As things go on, {text}. {held}", **parts)
        more = tables.change(self._made, self._base, "imports", year, self._india)
        return sentence(f"With these levers, {text}: {{more:signed}} against the run-rate ({{more:range}} t). {held}",
                        "That is conditional, and no forecast.", more=more, **parts)  # fmt: skip

    def _table(self) -> pd.DataFrame:
        """What follows in some years: the middle, and 80 % of the draws."""
        rows = {}
        for quantity, head in tables.STEPS.items():
            found = [scenario.at(self._india, self._made, quantity, year) for year in self._years]
            rows[head] = {q.period: f"{number(q.value)} ({number(q.low)} to {number(q.high)})" for q in found}
        return pd.DataFrame.from_dict(rows, orient="index")

    def _figure(self) -> str:
        """The imports of these levers over those of the run-rate, as SVG."""
        shown = {"run-rate": self._base} | ({"these levers": self._made} if self._made.levers.moved else {})
        bands = {name: np.quantile(made.imports, ENDS, axis=0) / 1000 for name, made in shown.items()}
        alt = html.escape(f"Lines with 80 % bands: {self._answer.text}")
        drawn = _drawn(self._made.years, bands, "thousand tonnes to import a year")
        return f'<div role="img" aria-label="{alt}">{drawn}</div>'

    def _copier(self, text: widgets.Textarea) -> Callable[[widgets.Button], None]:
        def copy(_: widgets.Button) -> None:
            with self._clipboard:
                display(Javascript(f"navigator.clipboard.writeText({json.dumps(text.value)})"))
            self._clipboard.clear_output()

        return copy


def command(levers: Levers, day: str) -> str:
    """The command that reckons the same."""
    moved = " ".join(f"--set {shlex.quote(f'{name}={_plain(value)}')}" for name, value in levers.moved.items())
    return " ".join(f"magnets scenario run {tables.RUN_RATE} {moved} --as-of {day}".split())


def file(levers: Levers) -> str:
    """The scenario file that holds the same, for ``magnets scenario run`` and for a scheduled report."""
    moved = {name: _plain(value) for name, value in levers.moved.items()}
    held = {"scenario": "mine", "story": "What I set in the notebook.", "levers": moved or {"scheme": _plain(0.0)}}
    return yaml.safe_dump(held, sort_keys=False, allow_unicode=True)


def _drawn(years: np.ndarray, bands: Mapping[str, np.ndarray], unit: str) -> str:
    """Low ends, middles and high ends by year, the last in front; by hand: matplotlib takes longer than a balance."""
    ticks = np.asarray(MaxNLocator(6).tick_values(0, max(band.max() for band in bands.values()) or 1))
    across, ends = np.interp(years, years[[0, -1]], (64, 580)), ticks[[0, -1]]
    parts = [f'<text transform="translate(16 220) rotate(-90)" fill="{MUTED}">{unit}</text>']
    for tick, y in zip(ticks, np.interp(ticks, ends, (220, 12)), strict=True):
        parts.append(f'<path d="M 64 {y:.1f} H 580" stroke="{RULE}"/>')
        parts.append(f'<text x="56" y="{y + 4:.1f}" text-anchor="end" fill="{INK}">{tick:,g}</text>')
    for year, x in zip(years[::2], across[::2], strict=True):
        parts.append(f'<text x="{x:.1f}" y="240" text-anchor="middle" fill="{MUTED}">{fiscal.year_name(year)}</text>')
    below = np.inf
    for (name, band), colour in zip(bands.items(), (MUTED, BLUE), strict=False):
        low, middle, high = np.interp(band, ends, (220, 12))
        area, line = _points(across, low) + _points(across[::-1], high[::-1]), _points(across, middle)
        parts.append(f'<polygon points="{area}" fill="{colour}" fill-opacity=".2"/>')
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2.5"/>')
        at = middle[-1] if abs(middle[-1] - below) >= 14 else below + (14 if middle[-1] > below else -14)
        parts.append(f'<text x="588" y="{at + 4:.1f}" fill="{colour}">{name}</text>')
        below = at
    look = f'style="background: {PAPER}; max-width: 100%" font-family="sans-serif" font-size="13"'
    return f'<svg width="700" height="250" viewBox="0 0 700 250" {look}>{"".join(parts)}</svg>'


def _points(across: np.ndarray, up: np.ndarray) -> str:
    return "".join(f"{x:.1f},{y:.1f} " for x, y in zip(across, up, strict=True))


def _plain(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _control(name: str, lacking: str) -> widgets.Widget:
    """What moves a lever: a slider between its bounds, a choice, or a day."""
    field, ends = Levers.model_fields[name], cast("list[Any]", schema.ends(name))
    meaning = f"{field.description}. Not on this day: {lacking} is not public." if lacking else field.description
    unit = ", months" if name in ("scheme_delay", "stock_months") else ""
    look = _LOOK | {"description": tables.SHORT[name] + unit, "tooltip": meaning, "disabled": bool(lacking)}
    if not ends:
        return widgets.DatePicker(value=field.default, **look)
    if isinstance(ends[0], str):
        return widgets.Dropdown(options=ends, value=field.default, **look)
    low, high = ends
    step = 10.0 ** floor(log10((high - low) / 40))
    if field.default is None:
        steps = np.linspace(low, high, 21) if high <= 1 else np.unique(np.geomspace(low, high, 25).round())
        options = [("not set", UNKNOWN), *((f"{value:g}", float(f"{value:.6g}")) for value in steps)]
        return widgets.SelectionSlider(options=options, value=UNKNOWN, continuous_update=False, **look)
    return widgets.FloatSlider(value=field.default, min=low, max=high, step=step, continuous_update=False, **look)
