"""How figures follow from each other: each rule takes the figures of its inputs by period, and gives new ones."""

from collections.abc import Callable, Collection, Iterator
from fnmatch import fnmatchcase
from inspect import Signature, signature
from typing import NamedTuple

from helpers import fiscal
from helpers.methods import intervals
from helpers.methods.intervals import Interval


class Figure(NamedTuple):
    """A figure as a rule sees it; ``rank`` is the place of its status, ``published`` grows with time.

    ``computed`` ones follow from others; ``before`` is the one that was used until this one was published, ``gone``
    if its source has withdrawn it.
    """

    range: Interval
    unit: str
    rank: int
    published: int
    source: str
    note: str = ""
    computed: bool = False
    before: "Figure | None" = None
    gone: bool = False

    @property
    def revised(self) -> bool:
        """Whether it stands in the place of one as good that differed by more than rounding."""
        if self.before is None or self.before.rank > self.rank:
            return False
        now, then = self.range.value, self.before.range.value
        return abs(now - then) > REVISION * abs(then)

    def known_by(self, day: int) -> "Figure":
        """The figure that stood in its place on a day, where there was one."""
        found = self
        while found.published > day and found.before is not None:
            found = found.before
        return found


Series = dict[str, Figure]
Done = Collection[str]
"""Periods for which no figure is wanted: those there are do as well."""

Found = Iterator[tuple[str, Interval, list[Figure], str]]
"""Period, value, the figures it was made from, and how in words."""

SURE = 3
"""The place of the last status that is no estimate: inference."""

REVISION = 0.01
"""Two figures of one key that differ by more, as a fraction, are not the same figure rounded anew."""

_HUNDRED = intervals.between(100)


def remainder(_: str, series: Series, done: Done = ()) -> Found:
    """What is left of a whole without its known parts, where one run of months is left.

    Of a year that is a half, a quarter or a month; of a shorter whole it may be any run. A whole that was published is
    taken as printed: what is known of its error is told beside it, and is not an error of its parts. Estimates are no
    parts, so that a rest that follows from better figures stands before them.
    """
    starts, ends = _by_month({period: figure for period, figure in series.items() if figure.rank <= SURE})
    for name, whole in series.items():
        span = fiscal.bounds(name)
        if span is None or span[1] - span[0] < 2:
            continue
        before, left = _run(starts, span)
        after, right = _run(ends, (left, span[1]), backwards=True)
        exact = whole if whole.computed else whole._replace(range=intervals.between(whole.range.value))
        for taken, gap in ((before + after, (left, right)), (before, (left, span[1])), (after, (span[0], right))):
            if not taken or gap[0] >= gap[1] or gap == span:
                continue
            rest = fiscal.between(*gap)
            if rest in done or ("/" in rest and (span[1] - span[0] > 6 or len(taken) < len(before + after))):
                continue
            value = intervals.less(exact.range, *(series[part].range for part in taken))
            yield rest, value, [whole, *(series[part] for part in taken)], " less ".join([name, *taken])


def sum_of_parts(wanted: str, series: Series, done: Done = ()) -> Found:
    """A year, a half or a quarter whose parts are all known."""
    for period, parts, names in _tiled(wanted, series, done):
        yield period, intervals.total(*(part.range for part in parts)), parts, " + ".join(names)


def mean_of_parts(wanted: str, series: Series, done: Done = ()) -> Found:
    """The mean of the known parts of a period, each counted alike."""
    for period, parts, names in _tiled(wanted, series, done):
        yield period, intervals.mean(*(part.range for part in parts)), parts, f"mean of {', '.join(names)}"


def before_growth(wanted: str, level: Series, growth: Series, *others: Series, done: Done = ()) -> Found:
    """The level a year before a published growth; the mean with another route to the figure, where one is known."""
    for period in sorted(growth.keys() & level.keys()):
        before, change = _year_before(period), growth[period]
        used = [level[period].known_by(change.published), change]
        if before is None or before in done or not fnmatchcase(before, wanted) or used[0].gone:
            continue
        routes = _before(*used)
        for other in others:
            if before in other:
                routes.append(other[before].range)
                used.append(other[before])
        if routes:
            how = "the mean of two routes, one of them " if len(routes) > 1 else ""
            said = f"{how}{_say(used[0])} of {period} before a change of {_say(change)} %"
            yield before, intervals.mean(*routes), used, said


def before_change(_: str, level: Series, change: Series, done: Done = ()) -> Found:
    """The level in the first month of a period, from that in its last and the published change between the two."""
    for period, found in change.items():
        first, _, last = period.partition("/")
        then = level[last].known_by(found.published) if last in level else None
        if then and not then.gone and first not in done:
            said = f"{_say(then)} of {last} after a change of {_say(found)} %"
            yield from ((first, value, [then, found], said) for value in _before(then, found))


def growth(_: str, level: Series, done: Done = ()) -> Found:
    """The change of a level on the same period a year before, in per cent."""
    for period in sorted(level.keys() - done):
        before = _year_before(period)
        if before in level:
            yield from _change(period, level[before], level[period])


def change(_: str, level: Series, published: Series, done: Done = ()) -> Found:
    """The change from the first month to the last of each period of a published change, in per cent."""
    for period in sorted(published.keys() - done):
        first, _slash, last = period.partition("/")
        if first in level and last in level:
            yield from _change(period, level[first], level[last])


def known_parts(_: str, series: Series, done: Done = ()) -> Found:
    """Of each whole, what is known of its parts, none counted twice."""
    starts, _ends = _by_month(series)
    for period in sorted(series.keys() - done):
        first, after = fiscal.bounds(period) or (0, 0)
        taken: list[str] = []
        while first < after:
            inside = [(end, part) for end, part in starts.get(first, ()) if end <= after and part != period]
            first, part = inside[0] if inside else (first + 1, "")
            taken += [part] if part else []
        if taken:
            parts = [series[part] for part in taken]
            yield period, intervals.total(*(part.range for part in parts)), parts, " + ".join(taken)


def _pointwise(of: Callable[..., Interval], sign: str) -> Callable[..., Found]:
    def rule(_: str, *inputs: Series, done: Done = ()) -> Found:
        for period in sorted(set.intersection(*map(set, inputs)).difference(done)):
            used = [one[period] for one in inputs]
            try:
                yield period, of(*(figure.range for figure in used)), used, f" {sign} ".join(map(_say, used))
            except ZeroDivisionError:
                continue

    rule.__doc__ = f"Each period's {of.__name__} of its inputs."
    first, *_, last = signature(rule).parameters.values()
    vars(rule)["__signature__"] = Signature([first, *signature(of).parameters.values(), last])
    return rule


RULES: dict[str, Callable[..., Found]] = {
    "remainder": remainder,
    "sum of parts": sum_of_parts,
    "mean of parts": mean_of_parts,
    "sum": _pointwise(intervals.total, "+"),
    "difference": _pointwise(intervals.less, "less"),
    "product": _pointwise(intervals.times, "×"),
    "quotient": _pointwise(intervals.over, "/"),
    "before growth": before_growth,
    "before change": before_change,
    "growth": growth,
    "change": change,
    "known parts": known_parts,
}
"""The rules of ``derivations.csv`` and ``identities.csv`` by name."""

LAST = {"before growth", "before change"}
"""Rules that are used only where no other gives a figure: published growth is rounded more than sums are."""

OF_SUMS = {"remainder", "sum of parts"}
"""Rules of series whose parts add up to their wholes."""

OF_PARTS = {*OF_SUMS, "mean of parts", "known parts"}
"""Rules that make other periods of a series from its own."""


def _before(level: Figure, growth: Figure) -> list[Interval]:
    """The level before a change in per cent; none where all may have gone."""
    factor = intervals.scaled(intervals.total(_HUNDRED, growth.range), 0.01)
    return [intervals.over(level.range, factor)] if factor.low > 0 else []


def _year_before(period: str) -> str | None:
    try:
        return fiscal.year_before(period)
    except ValueError:  # a leap day, or the first year that can be written
        return None


def _change(period: str, before: Figure, after: Figure) -> Found:
    if before.range.low > 0:
        ratio = intervals.scaled(intervals.over(after.range, before.range), 100)
        yield period, intervals.less(ratio, _HUNDRED), [before, after], f"{_say(before)} to {_say(after)}"


def _tiled(wanted: str, series: Series, done: Done) -> Iterator[tuple[str, list[Figure], list[str]]]:
    starts, _ = _by_month(series)
    for period in dict.fromkeys([*sorted(series), *_fiscal(starts)]) if {*"*?"} & {*wanted} else [wanted]:
        span = fiscal.bounds(period)
        if span is None or span[0] not in starts or period in done:
            continue
        taken, left = _run(starts, span)
        if len(taken) > 1 and left == span[1]:
            yield period, [series[part] for part in taken], taken


def _fiscal(starts: dict[int, list]) -> Iterator[str]:
    """Quarters, halves and years of the fiscal years in which something is known."""
    for year in sorted({(first + 9) // 12 for first in starts}):
        name = fiscal.year_name(year)
        yield from (f"{name}-Q{quarter}" for quarter in (1, 2, 3, 4))
        yield from (f"{name}-H1", f"{name}-H2", name)


def _by_month(series: Series) -> tuple[dict[int, list], dict[int, list]]:
    """The periods by the month in which they begin and by that in which they end, the longest first."""
    starts: dict[int, list] = {}
    ends: dict[int, list] = {}
    for period in series:
        span = fiscal.bounds(period)
        if span is not None:
            starts.setdefault(span[0], []).append((span[1], period))
            ends.setdefault(span[1], []).append((span[0], period))
    return {k: sorted(v, reverse=True) for k, v in starts.items()}, {k: sorted(v) for k, v in ends.items()}


def _run(edges: dict[int, list], span: tuple[int, int], backwards: bool = False) -> tuple[list[str], int]:
    """Known periods that follow each other inside a span, from one of its ends, and where they stop."""
    first, after = span
    at, taken = (after, []) if backwards else (first, [])
    while True:
        for other, period in edges.get(at, ()):
            if (other >= first if backwards else other <= after) and fiscal.bounds(period) != span:
                taken.append(period)
                at = other
                break
        else:
            return taken, at


def _say(figure: Figure) -> str:
    return f"{round(figure.range.value, 4):,.10g}"
