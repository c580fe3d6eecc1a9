"""What the imports will be worth: tables and sentences of the value, its forecast and its trial."""

import pandas as pd

from helpers.chapters import words
from helpers.chapters.forecast.phrases import ends
from helpers.chapters.outputs import Sentence, joined, sentence
from helpers.chapters.rows import amounts, headed
from helpers.data import Vintage, derived, ids, number
from helpers.outlook import value

LEAST_SKILL = 0.05  # how far an error is from that of naive, as a fraction, and not called better or worse
NEAR = 5  # points of per cent that a coverage may be off and be called right
MEANT = 80  # per cent of what comes that an 80 % interval is meant to hold
SIGNIFICANT = 0.05
LEAST_WATSON, MOST_WATSON = 1.5, 2.5
"""Durbin-Watson statistics between which errors of years in a row are taken to be unrelated."""
MOST_CONDITION = 30  # condition number above which regressors move too much together to be told apart
LEAST_SHARE = 0.5  # part of the growth that an equation explains before most of it is explained
HEADS = {"median": "median, million USD", "low80": "80 % from", "high80": "80 % to"}
HEADS |= {"low95": "95 % from", "high95": "95 % to"}


def skill(tried: pd.DataFrame, india: Vintage) -> pd.DataFrame:
    """``value.skill`` with heads in words."""
    shown = value.skill(tried).reset_index().rename(columns={"horizon": "years ahead", "origins": "forecasts"})
    shown = shown.rename(columns={name: f"{name}, naive = 1" for name in shown.columns[2:]})
    return shown.assign(source=ids(value.used(india)))


def coverage(tried: pd.DataFrame, india: Vintage) -> pd.DataFrame:
    """``value.coverage`` with heads in words."""
    heads = {"ahead": "up to years ahead"} | {f"within{n}": f"inside {n} %, % of forecasts" for n in (80, 95)}
    heads |= {"score": "interval score of 80 %, log points", "unconverged": "fits with a warning or not converged"}
    return value.coverage(tried).rename(columns=heads).assign(source=ids(value.used(india)))


def regressions(fitted: pd.DataFrame) -> pd.DataFrame:
    """``value_models.regressions``, a row an equation."""
    shown = fitted.drop_duplicates("equation").set_index("equation", drop=False)
    told = fitted["regressor"] + [f" {number(r.elasticity, 2)} ({number(r.error, 2)})" for r in fitted.itertuples()]
    told = told.groupby(fitted["equation"]).agg("; ".join).reindex(shown.index)
    heads = {"equation": "growth of", "years": "years", "needed": "years needed", "told": "elasticity (robust error)"}
    heads |= {"r2": "R2", "durbin_watson": "Durbin-Watson", "jarque_bera": "Jarque-Bera, p"}
    heads |= {"condition": "condition number"}
    shown = shown.assign(told=told.where(shown["r2"].notna(), "too few years"))
    return headed(shown.reset_index(drop=True), heads)


def basis(india: Vintage) -> Sentence:
    """What the series counts, and how it is put on the level of India's own record."""
    table, ties = value.history(india), value.levels(india)
    if table.empty:
        return words.not_yet(india, "What these imports are worth over the years")
    year, tie = ties.index[-1], ties.iloc[-1]
    parts = {"since": table.index[0], "until": table["listed_usd_m"].last_valid_index(), "year": year}
    parts |= {"own": derived(tie["recorded_usd_m"], "USD m", tie), "listed": derived(tie["listed_usd_m"], "USD m", tie)}
    parts |= {"more": derived(100 * abs(tie["ratio"] - 1), "%", tie), "side": "above" if tie["ratio"] >= 1 else "below"}
    text = "The longest series, {since} to {until}, lists the largest exporters, free on board. In {year} India's own"
    tail = "record, {own:.1}, is {more:.1} {side} it ({listed:number.1}); all years of it are changed by as much."
    said = [sentence(text, tail, uses=[table], **parts)]
    if pd.notna(tie["all_usd_m"]):
        out = derived(100 * (tie["all_usd_m"] / tie["listed_usd_m"] - 1), "%", tie)
        text = "The exporters that are not listed make {out:signed.1} of that; freight, insurance and other ways of"
        said.append(sentence(text, "counting the rest.", out=out))
    for year, row in ties.iloc[:-1].iterrows():
        more = derived(100 * (row["ratio"] - 1), "%", row)
        said.append(sentence("By {year} it would be {more:signed.1}.", year=year, more=more))
    later = table[table["made"] != value.LISTED]
    if len(later):
        made = "years made of the fiscal ones" if later["made"].iloc[-1] == value.OF_FISCAL else "the calendar years"
        text = "After that come {made} that India records, up to {last}."
        said.append(sentence(text, made=made, last=later.index[-1], uses=[later]))
    return joined(*said, _rebuilt(value.rebuilt(india)))


def ahead(table: pd.DataFrame, india: Vintage) -> Sentence:
    """The value of the fiscal year that runs and of the last, and how it does against what is recorded already."""
    if table.empty:
        return words.not_yet(india, "What these imports will be worth")
    known, (near, *later) = value.history(india).iloc[-1], [value.at(table, of, india) for of in ends(table, india)]
    expected = [f"{near} in {near.period} (80 % interval {near:range})"]
    expected += [f"{far} in {far.period} ({far:range})" for far in later]
    text = "India's imports under HS 850511 were worth {known} in {year} and are expected at {expected}."
    parts = {"known": derived(known["usd_m"], "USD m", known), "year": known.name, "expected": words.listed(expected)}
    tail = "Fiscal years are made of three quarters of one calendar year and a quarter of the next."
    checks = (_check(row, india) for _, row in value.checked(india).iterrows())
    return joined(sentence(text, tail, uses=[near, *later], **parts), *checks)


def fared(tried: pd.DataFrame, india: Vintage) -> Sentence:
    """How forecasts of the value from earlier years fared, against naive, straight lines and the field's models."""
    if tried.empty:
        return words.not_yet(india, "How forecasts of the value fared")
    table, rows = value.skill(tried), value.used(india)
    far = min(value.WIDE_YEARS, table.index.max())
    near, wide = (derived(table.loc[h, value.MODEL], "", rows) for h in (table.index.min(), far))
    mine = tried[(tried["model"] == value.MODEL) & (tried["horizon"] <= far)]
    held = derived(100 * mine["outturn"].between(mine["low80"], mine["high80"]).mean(), "%", rows)
    worth = {"up": "worse than", "down": "better than", "unchanged": "no better than"}
    origins = tried["origin"]
    parts = {"count": words.count(origins.nunique()), "first": origins.min(), "last": origins.max(), "near": near}
    text = "From each of {count} years, {first} to {last}, the ensemble knew only what lies before."
    tail = "A year ahead its error was {near:.2} times that of naive, {verdict} it."
    said = [sentence(text, tail, verdict=worth[_against(near.value)], **parts)]
    if far > 1:
        text, verdict = "At {far} years ahead it was {wide:.2} times, {verdict} it.", worth[_against(wide.value)]
        said.append(sentence(text, far=words.count(far), wide=wide, verdict=verdict))
    text = "Its 80 % intervals held {held} of what came up to then, {often} they should{missed}."
    said.append(sentence(text, held=held, often=often(held.value), missed=_missed(mine)))
    caveat = Sentence(
        "These trials share their years and use figures as they stand now: they count for far fewer than they are. "
        "How wide intervals of trade have to be was learned from other goods, over the same years."
    )
    return joined(*said, _beside(table.loc[:far], rows), caveat)


def often(held: float) -> str:
    """How often 80 % intervals held, in per cent, against how often they are meant to."""
    said = {"above": "more often than", "below": "less often than", "inside": "about as often as"}
    return said[words.place([round(held)], MEANT - NEAR, MEANT + NEAR)]


def moved_by(fitted: pd.DataFrame, india: Vintage) -> Sentence:
    """What growth of the value goes with, by the widest equation that can be estimated; what cannot be."""
    if fitted.empty or not fitted["years"].max():
        return words.not_yet(india, "What the value moves with")
    whole, known = fitted[fitted["equation"] == fitted["equation"].iloc[0]], fitted.dropna(subset="r2")
    few = None
    if whole["r2"].isna().any():
        text = "Growth of {all} together cannot be told from the sources: {years:number} years have all of them, and"
        parts = amounts(whole.iloc[0], years="", needed="")
        few = sentence(text, "{needed:number} are needed.", all=words.listed(whole["regressor"]), **parts)
    if known.empty:
        return joined(few, Sentence("Nor can any part of it."))
    best = known[known["equation"] == known["equation"].iloc[0]]
    return joined(few, _elasticities(best), _diagnosed(best.iloc[0]))


def _against(ratio: float) -> str:
    """``up``, ``down`` or ``unchanged``, of a ratio as it is told: to two decimals."""
    return words.direction(round(ratio, 2) - 1, LEAST_SKILL + 0.005)


def _missed(mine: pd.DataFrame) -> str:
    """That whatever came outside the intervals came on one side of them; nothing where it came on both or never did."""
    above, below = (mine["outturn"] > mine["high80"]).any(), (mine["outturn"] < mine["low80"]).any()
    return "" if above == below else f"; all that they missed came {'above' if above else 'below'} them"


def _rebuilt(table: pd.DataFrame) -> Sentence | None:
    """How near the newest fiscal year that can be made of calendar years comes to what is recorded of it."""
    if table.empty:
        return None
    row = table.iloc[-1]
    gap, verdict = row["made_usd_m"] / row["usd_m"] - 1, "the same count"
    if abs(gap) > LEAST_SKILL:
        verdict = f"{derived(100 * abs(gap), '%', row)} {'more' if gap > 0 else 'less'}"
    text = "{year}, made of three quarters of a calendar year and a quarter of the next, comes to {made_usd_m:.1}"
    parts = amounts(row, made_usd_m="USD m", usd_m="USD m")
    return sentence(text, "where {usd_m:number.1} are recorded: {verdict}.", year=row.name, verdict=verdict, **parts)


def _check(row: pd.Series, india: Vintage) -> Sentence:
    came = derived(row["usd_m"], "USD m", row)
    parts = {"verdict": words.place([came.value], row["low80"], row["high80"]), "year": row.name, "came": came}
    parts["mine"] = derived(row["median"], "USD m", value.history(india), low=row["low80"], high=row["high80"])
    parts["part"] = "which lies" if row["horizon"] else "of which a part lies"
    text = "{year}, {part} after the years known, was recorded at {came}: {verdict} the 80 % interval that it would"
    return sentence(text, "have had, {mine:range}.", **parts)


def _beside(table: pd.DataFrame, rows: frozenset[str]) -> Sentence:
    """Which of the models of the field came closest over the horizons, and whether the ensemble was ahead of it."""
    means = table.drop(columns="origins").mean()
    rivals = means.drop(value.MODEL)
    verdict = {"up": "behind", "down": "ahead of", "unchanged": "level with"}
    verdict = verdict[_against(means[value.MODEL] / rivals.min())]
    ratios = words.listed(f"{name} {derived(mean, '', rows):.2}" for name, mean in means.items())
    text = "Over these horizons the mean ratio to naive is: {ratios}; the ensemble was {verdict} the closest"
    return sentence(text, "of the others, {best}.", ratios=ratios, verdict=verdict, best=rivals.idxmin(), uses=[rows])


def _elasticities(best: pd.DataFrame) -> Sentence:
    sure, first = best[best["p_value"] < SIGNIFICANT], best.iloc[0]
    parts = {"years": derived(first["years"], "", best), "since": first["since"], "until": first["until"]}
    gaps = first["years"] <= int(first["until"]) - int(first["since"])
    over = "Over {years:number} " + ("of the years {since} to {until}" if gaps else "years, {since} to {until},")
    if sure.empty:
        text = f"{over} growth of the value is not told from chance by that of {{names}}."
        return sentence(text, names=words.listed(best["regressor"], "or"), **parts)
    said = [
        f"{derived(row['elasticity'], '%', row):signed.1} with {row['regressor']} "
        f"(robust error {derived(row['error'], '', row):.1})"
        for _, row in sure.iterrows()
    ]
    rest = [name for name in best["regressor"] if name not in set(sure["regressor"])]
    tail = f"; {words.listed(rest)} tell nothing more" if rest else ""
    text = f"{over} a per cent more went with, in the value: {{said}}{{tail}}."
    return sentence(text, said=words.listed(said), tail=tail, **parts)


def _diagnosed(row: pd.Series) -> Sentence:
    """What the diagnostics of an equation say against it."""
    faults = []
    if not LEAST_WATSON <= row["durbin_watson"] <= MOST_WATSON:
        faults.append("its errors hang together from year to year")
    if row["jarque_bera"] < SIGNIFICANT:
        faults.append("they are not normal" if faults else "its errors are not normal")
    if row["condition"] > MOST_CONDITION:
        faults.append("its regressors move too much together to be told apart")
    verdict = f"Against it: {words.listed(faults)}." if faults else "Its diagnostics say nothing against it."
    open_ = ", so most of it stays open" if row["r2"] < LEAST_SHARE else ""
    return sentence(f"It explains {{r2}} of the growth{open_}. {verdict}", r2=derived(100 * row["r2"], "%", row))
