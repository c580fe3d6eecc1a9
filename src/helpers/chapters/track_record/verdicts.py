"""Verdicts on forecasts: rules, each with a test for every outcome."""

from helpers.outlook import headline, track

WHAT, UNITS = headline.WHAT, headline.UNITS  # targets in words
BY = {track.OURS: "our forecast", track.NAIVE: "naive"}
KIND = {
    track.PUBLISHED: "published",
    track.BACKCAST: "back-cast",
    track.NEWEST: "this report",
    track.TRIAL: "back-cast on today's history",
}
RELEASE = {track.FIRST: "first release", track.LATEST: "as revised since"}
MEANT = 80.0  # per cent of outturns that an 80 % interval should hold


def width(low: float, high: float) -> str:
    """Intervals by the binomial range of the share they held, per cent: ``narrow``, ``wide`` or ``fits``."""
    return "narrow" if high < MEANT else "wide" if low > MEANT else "fits"


def luck(closeness: float) -> str:
    """``lucky`` (nearer than nine in ten such forecasts), ``unlucky`` (farther than nine in ten) or ``usual``."""
    return "lucky" if closeness <= track.CLOSE else "unlucky" if closeness >= track.FAR else "usual"


def skilled(skill: float, least: float = 0.05) -> str:
    """``better`` than naive, ``worse``, ``equal`` (within a twentieth), or ``unknown``."""
    if skill != skill:
        return "unknown"
    return "better" if skill < 1 - least else "worse" if skill > 1 + least else "equal"


def distance(ahead: int) -> str:
    """How long before the end of its period a forecast was made, in words."""
    names = ("once it is over", "in the year to its end", "one to two years before its end")
    return names[ahead] if ahead < len(names) else "more than two years before its end"
