"""What draws come to under some levers: plain arithmetic on arrays, without a random number or a table.

Every line can be done again elsewhere with the same draws; the identities of the balance are checked in each of them.
"""

from dataclasses import dataclass

import numpy as np

from helpers import fiscal
from helpers.outlook.levers import LeverError, Levers
from helpers.outlook.scenario_draws import Draws, moment
from helpers.outlook.scenario_parts import OTHER, TRACTION, TURBINE, VEHICLE, Part, over

_MAGNETS = ("demand", "scheme", "surplus", "recycled", "stock", "imports", "bare", "allowed", "shortage")
_OXIDE = tuple(f"oxide_{name}" for name in ("needed", "own", "japan", "imported", "ore", "sold", "unused"))
UNITS = dict.fromkeys((*_MAGNETS, *_OXIDE), "t") | {"rupees": "INR crore", "vehicles": "vehicles"}
UNITS |= {"engines": "vehicles", "turbines": "MW"}
"""The quantities of a balance and their units."""

LOST = {"vehicles": TRACTION, "engines": VEHICLE, "turbines": TURBINE}
"""What is not built for want of magnets, by kind of part."""
HEAVY = "heavy closed"
_CLOSES = 1e-9
"""How far an identity may be from nought, over the tonnes of its largest term."""


@dataclass(frozen=True)
class Balance:
    """Tonnes of rare-earth magnets, and of oxide of neodymium and praseodymium, by draw and fiscal year.

    All but ``years`` and ``levers`` are arrays (draws, years). Magnets: ``demand``; made in India for it from oxide
    (``scheme``; ``surplus`` is made beyond it), ``recycled`` and drawn from ``stock``; ``imports``, and those of them
    that come as magnets and not inside motors (``bare``); what of the imports wanted is ``allowed``, and the
    ``shortage``. Oxide: ``oxide_needed`` by the plants, from India's producer (``own``), from what is no longer sold to
    Japan (``japan``) and ``imported``; in the ore mined (``ore``), ``sold`` to Japan, and ``unused``. ``rupees`` is
    what the imports cost; so many ``vehicles`` (electric), ``engines`` (cars with an engine) and MW of ``turbines``
    lack magnets.
    """

    years: np.ndarray
    levers: Levers
    demand: np.ndarray
    scheme: np.ndarray
    surplus: np.ndarray
    recycled: np.ndarray
    stock: np.ndarray
    imports: np.ndarray
    bare: np.ndarray
    allowed: np.ndarray
    shortage: np.ndarray
    oxide_needed: np.ndarray
    oxide_own: np.ndarray
    oxide_japan: np.ndarray
    oxide_imported: np.ndarray
    oxide_ore: np.ndarray
    oxide_sold: np.ndarray
    oxide_unused: np.ndarray
    rupees: np.ndarray
    vehicles: np.ndarray
    engines: np.ndarray
    turbines: np.ndarray

    def of(self, quantity: str, year: int) -> np.ndarray:
        """The draws of a quantity in a fiscal year."""
        if year not in self.years:
            first, last = (fiscal.year_name(int(end)) for end in self.years[[0, -1]])
            raise ValueError(f"{fiscal.year_name(year)} is not reckoned; choose a fiscal year from {first} to {last}")
        return getattr(self, quantity)[:, list(self.years).index(year)]


@dataclass(frozen=True)
class Need:
    """Magnets wanted, those of them that come as magnets, and what the latter go into."""

    tonnes: np.ndarray
    bare: np.ndarray
    units: dict[str, np.ndarray]


def balance(draws: Draws, levers: Levers, bounds: bool = False) -> Balance:
    """The balance of India's rare-earth magnets under some levers.

    imports = demand - min(scheme, oxide x yield) - recycled - stock draw; shortage = what licences do not let through
    of the magnets that are imported as such. Those inside imported motors and modules need no licence, and no magnets
    made in India take their place: those that are more than the others is a surplus.

    Parameters
    ----------
    bounds : bool
        With the sectors that no source gives: for the upper end of a range.

    Raises
    ------
    LeverError
        If a lever is moved of which something is not public on the day of the draws.
    ArithmeticError
        If an identity does not hold in some draw.
    """
    if gone := "; for ".join(f"{name}: {draws.lacking[name]}" for name in levers.moved if name in draws.lacking):
        raise LeverError(f"not public on the day of the data is, for {gone}; leave it, or take a later day")
    need, through = wanted(draws, levers, bounds), _through(draws, levers)
    recycled = np.minimum(_recycled(draws, levers), need.bare)
    oxide, output = _oxide(draws, levers, through)
    scheme = np.minimum(output, need.bare - recycled)
    bare, inside = need.bare - recycled - scheme, need.tonnes - need.bare
    blocked = (1 - through) * bare
    stock = _drawn_down(draws, levers, need.bare, blocked)
    shortage = blocked - stock
    imports, allowed = bare - stock + inside, bare - blocked + inside
    lost = over(shortage, need.bare)
    magnets = (need.tonnes, scheme, output - scheme, recycled, stock, imports, bare - stock, allowed, shortage)
    amounts = dict(zip(_MAGNETS, magnets, strict=True)) | oxide | {"rupees": imports * price(draws, levers)}
    amounts |= {name: need.units[kind] * lost for name, kind in LOST.items()}
    made = Balance(draws.years, levers, **amounts)
    _require_closed(draws, made, output)
    return made


def ramp(years: np.ndarray, start, length) -> np.ndarray:
    """The mean over each fiscal year of what grows evenly from nought at ``start`` to one after ``length`` years."""
    return integral(years - start, length) - integral(years - 1 - start, length)


def integral(time, length) -> np.ndarray:
    """What has come after a time of what grows evenly from nought to one in ``length`` and stays there."""
    time, length = np.maximum(time, 0), np.maximum(length, 1e-9)
    return np.where(time < length, time**2 / (2 * length), time - length / 2)


def _after(years: np.ndarray, start: float, end: float = np.inf) -> np.ndarray:
    """The part of each fiscal year that lies between two times."""
    return np.clip(np.minimum(years, end) - np.maximum(years - 1, start), 0, 1)


def wanted(draws: Draws, levers: Levers, bounds: bool = False) -> Need:
    """What is wanted under some levers, before anything is made in India; see :func:`balance`."""
    phase, since = ramp(draws.years, draws.day, draws.years_until["technology"]), _after(draws.years, draws.day)
    size = 1 + phase * (levers.intensity - 1)
    each = {kind: size * (1 + since * (levers.nd_price**power - 1)) for kind, power in draws.response.items()}
    more = {part.sector: np.exp(levers.ev_pace * part.shift) for part in draws.parts if part.shift.any()}
    shape = draws.parts[0].tonnes.shape
    tonnes, bare = np.zeros(shape), np.zeros(shape)
    units = {kind: np.zeros(shape) for kind in (TRACTION, VEHICLE, TURBINE)}
    for part in draws.parts:
        given = part.kind == TURBINE and levers.wind_pm_share is not None
        if part.bound and not bounds and not given:
            continue
        own, fitted = part.tonnes, part.fitted
        if given:
            own = own + phase * (levers.wind_pm_share * part.whole - own)
            fitted = fitted + phase * (levers.wind_pm_share * part.units - fitted)
        times = more.get(part.sector, 1.0)
        if part.kind == VEHICLE:
            times = _left(draws, part, more)
        elif part.kind == TRACTION:
            times = times * (1 - levers.rare_earth_free_share * phase)
        own = own * times * each[OTHER if part.kind in (OTHER, TURBINE) else VEHICLE]
        tonnes += own
        bare += own * part.outside
        if part.kind in units:
            units[part.kind] += fitted * times * part.outside
    return Need(tonnes, bare, units)


def _left(draws: Draws, part: Part, more: dict[str, np.ndarray]) -> np.ndarray | float:
    """What is left of the units of a sector, over the trend, where others take their place."""
    taken = np.zeros_like(part.units)
    for of in draws.parts:
        if of.displaces == part.sector and of.sector in more:
            taken += of.units * (more[of.sector] - 1)
    return 1 - np.minimum(over(taken, part.units), 1)


def _through(draws: Draws, levers: Levers) -> np.ndarray:
    """The part of the bare magnets wanted that licences let through, by draw and year."""
    begun = draws.known if levers.licences_from is None else max(draws.known, moment(levers.licences_from))
    ended = np.inf if levers.licences_months is None else begun + levers.licences_months / 12
    moved = _after(draws.years, begun, ended)
    regime = draws.current if levers.licences == "current" else levers.licences
    weight = {**draws.ruled, HEAVY: np.zeros(len(draws.years))}
    weight[draws.current] = weight[draws.current] + _after(draws.years, draws.known) - moved
    weight[regime] = weight[regime] + moved
    dose = {**draws.dose, HEAVY: 1 - draws.heavy * (1 - draws.dose["closed"])}
    return 1 - draws.china * (1 - sum(weight[name] * dose[name] for name in weight))


def price(draws: Draws, levers: Levers) -> np.ndarray:
    """Crore rupees for a tonne, by draw and year."""
    return draws.price * (1 + draws.passed * (levers.nd_price - 1) * _after(draws.years, draws.day))


def _recycled(draws: Draws, levers: Levers) -> np.ndarray:
    """Magnets that neodymium from old ones makes: what is made on the day, and more of what is planned."""
    grown = levers.recycling * ramp(draws.years, draws.day, draws.years_until["recycling"])
    since = draws.won["made"] * _after(draws.years, draws.day)
    return (since + grown * np.maximum(draws.won["planned"] - draws.won["made"], 0)) * draws.kept


def _oxide(draws: Draws, levers: Levers, through: np.ndarray) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Where the oxide goes and comes from, and the magnets that the plants make of it."""
    years, award = draws.years, draws.day if levers.scheme_award is None else moment(levers.scheme_award)
    begun = np.maximum(award + draws.build + levers.scheme_delay / 12, draws.day)
    built = ramp(years, begun, draws.ramp)
    able = levers.scheme * draws.capacity * built / draws.kept
    ended = {"on": 0.0 * years, "phased": ramp(years, draws.day, draws.years_until["exports"])}
    kept = (ended | {"off": _after(years, draws.day)})[levers.japan_exports]
    sold, freed = draws.sold * (1 - kept), draws.sold * kept
    own = np.minimum(draws.separated[levers.irel_path], draws.ore - draws.sold)
    japan = np.minimum(freed, able)
    own = np.minimum(own, able - japan)
    abroad = able - own - japan
    imported = abroad * {"any": 1.0, "own": 0.0, "under licence": through}[levers.oxide_source]
    needed = own + japan + imported
    oxide = {"needed": needed, "own": own, "japan": japan, "imported": imported, "sold": sold}
    ore = np.broadcast_to(draws.ore, needed.shape)
    oxide |= {"ore": ore, "unused": ore - sold - own - japan}
    return {f"oxide_{name}": np.broadcast_to(of, needed.shape) for name, of in oxide.items()}, needed * draws.kept


def _drawn_down(draws: Draws, levers: Levers, need: np.ndarray, blocked: np.ndarray) -> np.ndarray:
    """What is taken from stock each year: as much as is blocked, until nothing is left."""
    taken = np.zeros_like(blocked)
    first = int(np.searchsorted(draws.years, draws.day, side="right"))
    left = levers.stock_months / 12 * need[:, min(first, need.shape[1] - 1)]
    for place in range(first, need.shape[1] if levers.stock_months else 0):
        taken[:, place] = np.minimum(blocked[:, place], left)
        left = left - taken[:, place]
    return taken


def _require_closed(draws: Draws, made: Balance, output: np.ndarray) -> None:
    """Stop where an identity does not hold, or an amount is below nought, in any draw and year."""
    home = np.minimum(output, made.oxide_needed * draws.kept) - made.surplus
    oxide = made.oxide_own + made.oxide_japan
    left, blocked = made.demand - home - made.recycled - made.stock, np.maximum(made.imports - made.allowed, 0)
    apart = {
        "imports are demand less what is made, recycled and drawn from stock": made.imports - left,
        "the shortage is what of the imports is not let through": made.shortage - blocked,
        "the oxide needed is what comes": made.oxide_needed - oxide - made.oxide_imported,
        "the ore holds what is taken of it": made.oxide_ore - made.oxide_sold - oxide - made.oxide_unused,
    }
    largest = max(1.0, made.demand.max())
    for said, rest in apart.items():
        if np.abs(rest).max() > _CLOSES * max(largest, made.oxide_ore.max()):
            raise ArithmeticError(f"the balance does not close: {said}; under {made.levers}")
    for name in UNITS:
        if getattr(made, name).min() < -_CLOSES * largest:
            raise ArithmeticError(f"the balance has {name} below nought; under {made.levers}")
