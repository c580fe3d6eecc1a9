"""Sentences of chapter 1: where the change in value came from, who supplies, what would settle it."""

import pandas as pd

from helpers import fiscal
from helpers.chapters import words
from helpers.chapters.outputs import Sentence, joined, sentence
from helpers.chapters.rows import amounts, between, count, ranged, spread
from helpers.chapters.trade import excess
from helpers.data import Vintage, derived, from_row, sources_of
from helpers.methods import composition
from helpers.methods.mirror import OPEN, OWN
from helpers.outlook import cells, customs, episodes, mirror, rivals, targets

_BASES = {"t": "weight", "usd_m": "value"}


def unit_values(splits: pd.DataFrame, *, india: Vintage, year: str) -> Sentence:
    """Whether the change of unit value lies within the lines or between them, and what may be behind it."""
    if splits.empty:
        return words.not_yet(india, f"Where the change in value of {year} came from")
    return joined(_within(splits, fiscal.year_before(year)), _ferrite(splits, india, year), _open(splits, india, year))


def decision(india: Vintage) -> Sentence:
    """How monthly figures by line would settle what the suspect year was, or what they say."""
    suspect = episodes.suspect(india)
    if suspect is None:
        return sentence("No year is suspect by the sources dated up to {day}.", day=words.day(india.day))
    if customs.lines(india, suspect.year).empty:
        return words.not_yet(india, "By which prices monthly figures would settle it")
    rule = composition.RULE
    parts = {"share": derived(rule.excess_share * 100, "%"), "cheap": derived(rule.cheap_below, "USD/kg")}
    parts |= {"few": derived(rule.few_cells, ""), "many": derived(rule.many_cells, "")}
    parts["ferrite"] = between(rule.ferrite_low, rule.ferrite_high, "USD/kg")
    said = sentence(
        "Our rule, written down before any monthly figure by line was seen: if {share} of the excess over the usual",
        "months sits in {few} entries or fewer below {cheap:.1}, it is an error or a reclassification; if {share}",
        "takes more than {many} entries at {ferrite:range.1} USD/kg, it is a real surge of ferrite; otherwise it",
        "stays open.",
        **parts,
    )
    if cells.verdict(india) is not None:
        return joined(said, excess.verdict(india))
    wanted = words.named(busiest(customs.periods(india), suspect.surge))
    text = "It waits for the monthly figures by line of {period}, which are not in the sources dated up to {day}."
    return joined(said, sentence(text, period=wanted, day=words.day(india.day)))


def busiest(periods: pd.DataFrame, within: str) -> str:
    """The busiest known period inside another; this one itself where only single months of it are the busiest."""
    start, end = (pd.Timestamp(edge) for edge in fiscal.span(within))
    inside = periods[(periods["start"] >= start) & (periods["end"] <= end)]
    name = inside["t_per_month"].idxmax() if len(inside) else within
    return name if len(fiscal.months(name)) > 1 else within


def concentration(table: pd.DataFrame, *, india: Vintage, year: str) -> Sentence:
    """China's share and how concentrated supply is, by weight and value over both counts, and which way it goes."""
    share, said = customs.imports(india, "weight_share", partner="CHN"), []
    if year in share.index:
        china = from_row(share.loc[year])
        said.append(sentence("China sold India {share} of the weight in {year}.", share=china, year=year))
    if table.empty:
        return said[0] if said else words.not_yet(india, "Who supplies India")
    newest = table.index[-1][0]
    for basis, rows in table.loc[newest].groupby("basis"):
        share, index = spread(rows["china"] * 100, "%", rows), spread(rows[["low", "high"]].stack(), "", rows)
        text = "By {basis} China sold {share:range} % in {newest}; the Herfindahl index is {index:range.2}."
        said.append(sentence(text, basis=_BASES[basis], share=share, newest=newest, index=index))
    text = "That index, the sum of the suppliers' squared shares, is one if there is a single one"
    if " to " in said[-1].text.partition("index is")[2]:
        both = {"own", "their"} <= set(table.loc[newest].index.get_level_values("count"))
        ends = "of the two counts" if both else "of partners that are not named, as many or as one"
        text += f"; the two ends are those {ends}"
    said.append(Sentence(f"{text}."))
    values = table["low"].xs("usd_m", level="basis").unstack("count").dropna()
    if len(values) > 1 and values.shape[1] > 1:
        moves = {words.direction(rows.iloc[-1] / rows.iloc[0] - 1) for _, rows in values.items()}
        way = {"up": "rose by both", "down": "fell by both", "unchanged": "stayed by both"}
        way = way[moves.pop()] if len(moves) == 1 else "did not move alike by the two counts"
        text = "By value, which an error of weight leaves alone, it {way} from {first} to {last}."
        said.append(sentence(text, way=way, first=values.index[0], last=values.index[-1], uses=[table]))
    return joined(*said)


def out_of_line(tested: pd.DataFrame, *, india: Vintage) -> Sentence:
    """Quantities in India's own statistics that do not fit their neighbours."""
    flagged = tested[tested["flagged"]]
    if tested.empty:
        return words.not_yet(india, "Whether yearly quantities are out of line")
    if flagged.empty:
        text = "A robust test of {count} yearly unit values of India's exports flags none."
        return sentence(text, count=count(tested))
    text = "Such slips exist in these statistics. A robust test of {count} yearly unit values flags {flagged}."
    said = [sentence(text, count=count(tested), flagged=derived(len(flagged), "", tested))]
    for _, row in flagged.iterrows():
        text = "Exports of {line} in {period}, {tonnes} at {usd_per_kg:.2} where {usual_usd_per_kg:.2} is usual."
        parts = amounts(row, tonnes="t", usd_per_kg="USD/kg", usual_usd_per_kg="USD/kg")
        said.append(sentence(text, line=row["line"], period=row["period"], **parts))
    return joined(*said)


def contradicted(table: pd.DataFrame) -> Sentence:
    """How many figures that were fetched others contradict, and the largest: :mod:`helpers.outlook.rivals`."""
    found = table[~table["topic"].str.startswith(rivals.BORDER)]
    if found.empty:
        return Sentence("No figure that was fetched contradicts another beyond its rounding.")
    row = found.iloc[0]
    text, furthest, parts = "A figure that was fetched contradicts another beyond its rounding", ": for", {}
    if len(found) > 1:
        text = "Figures that were fetched contradict others beyond their rounding {count} times"
        furthest, parts = "; furthest apart are, for", {"count": count(found)}
    if pd.isna(row["percent"]):
        return sentence(f"{text}.", uses=[found], **parts)
    text += f"{furthest} {{period}}, {{topic}}, {{one}} and {{other}} ({{percent:signed.1}})."
    parts |= amounts(row, percent="%")
    return sentence(text, period=words.named(row["period"]), uses=[found], **row[["topic", "one", "other"]], **parts)


def caveats(india: Vintage, year: str) -> Sentence:
    """Which yearly totals are missing from the sources, what the newest figure is, and where the headline was read."""
    weight = customs.imports(india)
    known = [fiscal.fiscal_year(p) for p in weight.index if fiscal.is_fiscal_year(p)]
    ended = fiscal.fiscal_year(india.day) - 1
    gaps = [fiscal.year_name(y) for y in range(min(known), ended + 1) if y not in known]
    parts = {"day": words.day(india.day), "first": fiscal.year_name(min(known)), "last": fiscal.year_name(ended)}
    text = "The totals of all years from {first} to {last} are in the sources dated up to {day}."
    if gaps:
        text = "Of the years {first} to {last}, no total of {gaps} is in the sources dated up to {day}."
        parts["gaps"] = words.listed(gaps, "or")
    said, newest = [sentence(text, **parts)], targets.newest(india, "customs")
    when = {"period": words.named(str(newest.name)), "published": words.day(newest["published"])}
    said.append(sentence("The newest figure is that of {period}, known since {published}.", uses=[newest], **when))
    verdict, split = "an assumption", customs.imports(india, hs=customs.OTHER_METAL)
    if publishers := india.publishers(sources_of(weight.loc[year])):
        verdict = f"attributed to {publishers}, read in copies where the list of sources says so"
    said.append(sentence("The total of {year} is {verdict}.", year=year, verdict=verdict, uses=[weight.loc[year]]))
    if year in split.index:
        text, publishers = "Its tariff lines are attributed to {who}.", india.publishers(sources_of(split.loc[year]))
        said.append(sentence(text, who=publishers, uses=[split.loc[year]]))
    return joined(*said)


def _within(splits: pd.DataFrame, before: str) -> Sentence:
    moved = (splits["mix"] + splits["price"]).mean()  # the same for every split
    verdict = words.direction(moved / (splits["change"] - moved).abs().mean())
    if verdict == "unchanged":
        return sentence("The value of a kilogram hardly changed.", uses=[splits])
    known, plausible, sign = len(splits) == 1, splits[splits["plausible"]], 1 if verdict == "up" else -1
    price, mix = (spread(plausible[[f"{term}_low", f"{term}_high"]].stack(), "USD m", plausible)
                  for term in ("price", "mix"))  # fmt: skip
    opening = "Over the splits of {before} that fit its totals, with neither line dearer than rare-earth magnets were,"
    account = "unit values within the lines account for {price:range} million USD,"
    if known:
        opening = "By line in both years, {before} being the earlier,"
    elif (least := -splits["price_high"].max()) > 0:
        opening = "Over every split of {before} that fits its totals,"
        account = "unit values within the lines took away at least {price:number} million USD,"
        price = derived(least, "USD m", splits, low=-least, high=-least)
    told = "whether the {move} in unit value happened within the lines or between them is open."
    if min(sign * price.low, sign * price.high) > 0:
        told = "the {move} in unit value happened within the lines."
    elif max(sign * price.low, sign * price.high) < 0:
        told = "the {move} in unit value is one of a shift between the lines."
    shift, move = "and a shift between the lines accounts for {mix:range}:", "rise" if verdict == "up" else "fall"
    said = sentence(opening, account, shift, told, before=before, move=move, price=price, mix=mix)
    return joined(said, None if known else _cases(splits, before))


def _cases(splits: pd.DataFrame, before: str) -> Sentence:
    """The mildest split, and the most extreme of those in which neither line is dearer than rare-earth magnets."""
    plausible = splits[splits["plausible"]]
    mild, far = splits.loc[splits["price"].idxmax()], plausible.loc[plausible["price"].idxmin()]
    named = {}
    for name, row in (("mild", mild), ("far", far)):
        named |= {f"{name}_{line}": derived(row[line], "USD/kg", row["source_before"]) for line in ("metal", "ferrite")}
        named[name] = ranged(row, "USD m", "price", low="price_low", high="price_high")
    return sentence(
        "In the mildest case line 85051190 stood at {mild_metal:number.2} and ferrite cores at {mild_ferrite:.2} in",
        "{before}, and unit values did {mild:signed} ({mild:range} by the",
        "rounding); in the most extreme with neither dearer than rare-earth magnets,",
        "at {far_metal:number.2} and {far_ferrite:.2}, {far:signed}.",
        before=before, **named,
    )  # fmt: skip


def _ferrite(splits: pd.DataFrame, india: Vintage, year: str) -> Sentence:
    split, earlier = customs.lines(india, year), fiscal.year_before(year)
    now, known = derived(split["usd_per_kg"].iloc[0], "USD/kg", split), len(splits) == 1
    least = derived(splits["ferrite" if known else "ferrite_from"].iloc[0], "USD/kg", splits["source_before"].iloc[0])
    parts = {"now": now, "least": least, "before": earlier, "year": year}
    if not known and now.value >= least.value:
        text = "Ferrite cores cost {now:.2} in {year} and more than {least:.2} in {before}: their direction is open."
        return sentence(text, **parts)
    parts["change"] = derived((now.value / least.value - 1) * 100, "%", now, least)
    if known:
        text = "Ferrite cores went from {least:.2} in {before} to {now:.2} in {year} ({change:signed})."
        return sentence(text, **parts)
    text = "Had every tonne of {before} been ferrite cores, they would have cost {least:.2}; in {year} they cost"
    return sentence(text, "{now:.2}, so they fell in every split ({change:signed} or more).", **parts)


def _open(splits: pd.DataFrame, india: Vintage, year: str) -> Sentence | None:
    suspect = episodes.suspect(india)
    if suspect is None or suspect.year != year or (splits["price"] >= 0).any():
        return None
    duty = india.table("events").query("kind == 'duty'")
    duty = duty[duty["period"].map(lambda period: fiscal.span(period)[0] <= fiscal.span(year)[1]).astype(bool)]
    ahead = " ahead of an anti-dumping duty" if len(duty) else ""
    text = "Three explanations would do: cheap goods moved into the line{ahead}, cheap ferrite really surged,"
    said = sentence(text, "or a few entries carry a wrong quantity.", ahead=ahead, uses=[duty])
    if (period := mirror.subject(india)) is None:
        return joined(said, Sentence("They are open."))
    sides, text = mirror.sides(india), "Both sides' figures of {period} do not point to the last."
    if (fault := mirror.fault(sides, period)) == OPEN:
        text = "Both sides' figures of {period} point to a wrong quantity, and not to whose."
    elif fault == OWN:
        text = "Both sides' figures of {period} point to the last: then volume, mix and unit values here hold its"
        text += " error, and only the change of value stands."
    return joined(said, sentence(text, period=period, uses=[sides]))
