"""Every line at once: the faults that are planted are found, and of the real lines the one that is known."""

import csv
import dataclasses

import numpy as np
import pandas as pd
import panel as made_up
import pytest
from test_archive import took
from typer.testing import CliRunner

from helpers.cli import app
from helpers.data import DataError
from helpers.data.archive import versions
from helpers.screen import findings, forecasts, mirrored, months, panel, parts, ranked, read, series
from helpers.screen.rules import Rules

SEED = 104
ROWS = 30_000


@pytest.fixture(scope="session")
def synthetic(tmp_path_factory):
    """Forty lines of true shape, with faults planted in half of the larger ones."""
    return made_up.made(tmp_path_factory.mktemp("screen") / "panel", lines=40, seed=SEED, share=0.15)


@pytest.fixture(scope="session")
def serial(synthetic, tmp_path_factory):
    """What is found in this process, and where its parts are kept."""
    folder = tmp_path_factory.mktemp("serial")
    todo = parts.plan(synthetic, Rules(), folder, ROWS)
    return parts.screened(todo), todo


@pytest.fixture
def truth(synthetic):
    return pd.read_csv(synthetic.folder / "truth.csv", dtype=str, keep_default_na=False)


@pytest.fixture(scope="session")
def real(india, tmp_path_factory):
    """What the frozen tables hold."""
    return panel.of(india, tmp_path_factory.mktemp("real") / "panel")


def screened(held, folder, rules):
    return parts.screened(parts.plan(held, rules, folder))


def test_of_the_real_lines_one_has_a_weight_that_is_wrong_by_a_factor_while_its_value_is_right(real, india, tmp_path):
    found = screened(real, tmp_path, Rules.of(india))
    (row,) = found["findings"].itertuples()
    assert (row.hs, row.partner, row.start, row.how, row.side) == ("850511", "CHN", "2024", "quantity", "own")
    assert 2 < row.factor < 2.5, "India has 51,356 t where China has 19,259 t, and usually a quarter more"
    both = mirrored.years(series.loaded(real, "0", "9", series.reach(real)))
    assert both[both["year"] == 2024]["line"].nunique() == 21
    assert ranked.ranked(found)["hs"].tolist() == ["850511"]


def test_of_planted_faults_nine_in_ten_are_found_and_nine_in_ten_of_the_found_were_planted(serial, truth):
    scores = made_up.scored(serial[0]["findings"], truth).loc["all"]
    assert scores["planted"] >= 10
    assert scores["precision"] >= 0.9
    assert scores["recall"] >= 0.9


def test_the_other_count_bears_planted_slips_out_more_often_than_it_speaks_against_them(serial):
    seen = serial[0]["findings"].query("how == 'quantity'")["mirror"].value_counts()
    assert seen["confirms"] > seen.get("contradicts", 0)


def test_a_surge_that_is_real_is_never_called_an_error(serial, truth):
    surged = truth[truth["how"] == "surge"]["hs"]
    found = serial[0]["findings"]
    assert set(found[found["hs"].isin(surged)]["how"]) <= {"surge", "base"}


def test_weights_without_their_slips_and_steps_are_those_before_anything_was_planted(synthetic, truth):
    row = truth[(truth["how"] == "quantity")].iloc[0]
    block = series.loaded(synthetic, row["hs"], row["hs"], series.reach(synthetic))
    found = months.slips(block, Rules())
    found = found[found["likelier"] > Rules().unlikely]
    mended = months.without(months.without(block, months.steps(block, Rules())), found)
    changed = mended.weight != block.weight
    assert np.allclose(block.weight[changed] / mended.weight[changed], float(row["factor"]))
    assert (np.abs(months.residuals(mended)["unit"].to_numpy()[changed]) < 1.5).all()
    assert found["start"].min() <= block.month[changed].min() and block.month[changed].max() <= found["end"].max()


def test_the_median_of_the_others_is_that_of_all_but_one():
    values, group = np.array([1.0, 5.0, 3.0, 7.0, 4.0]), np.array([0, 0, 0, 0, 1])
    told = mirrored._of_others(values, group, np.array([0, 1, 2, 3, 2]), 4)
    assert told[:4].tolist() == [5.0, 3.0, 5.0, 3.0]
    assert np.isnan(told[4])


def test_both_counts_are_apart_only_where_they_usually_are_not():
    both = pd.DataFrame(
        {"line": 0, "country": [0, 0, 0, 1, 1, 1], "year": [1, 2, 3] * 2, "own_t": [10.0, 10, 30, 30, 30, 30],
         "their_t": 10.0, "own_usd_m": 5.0, "their_usd_m": 5.0}
    )  # fmt: skip
    told = mirrored.errors(mirrored.compared(both), 2, 1.3)
    assert told[["country", "year", "side"]].to_numpy().tolist() == [[0, 3, "own"]]


def test_concentration_of_every_line_and_month_is_the_sum_of_squared_shares(synthetic):
    told = synthetic.concentration()
    row = told[told["partners"] > 3].iloc[0]
    rows = synthetic.history([row["hs"]])
    rows = rows[(rows["flow"] == "import") & (rows["period"] == row["period"])]
    assert row["by_value"] == pytest.approx(((rows["value"] / rows["value"].sum()) ** 2).sum())


def test_every_forecast_has_its_middle_inside_its_interval_and_begins_after_the_newest_year(serial):
    ahead = serial[0]["forecasts"]
    assert (ahead["low"] <= ahead["middle"]).all()
    assert (ahead["middle"] <= ahead["high"]).all()
    assert ahead["year"].min() == made_up.FIRST + made_up.YEARS


def test_a_panel_leans_as_the_last_years_of_its_series_say_and_not_at_all_where_they_are_few():
    rng = np.random.default_rng(3)
    noise, walk = rng.lognormal(0, 0.5, (600, 12)), np.exp(rng.normal(0, 0.3, (600, 12)).cumsum(axis=1))
    assert [forecasts.lean([of], 3) for of in (noise, walk, noise[: forecasts.FEWEST - 1])] == [1, 0, 0]
    assert forecasts.lean([noise[:200], walk[:, 4:]], 3) in forecasts.LEANS[1:-1], "of all together"


def test_a_part_that_is_there_is_not_made_again(serial, synthetic):
    found, todo = serial
    before = {part.place: part.place.stat().st_mtime_ns for part in todo}
    assert len(todo) > 3
    assert all(parts.screened(todo)[name].equals(found[name]) for name in found)
    assert {part.place: part.place.stat().st_mtime_ns for part in todo} == before
    other = parts.plan(synthetic, dataclasses.replace(Rules(), unlikely=30.0), todo[0].place.parents[1], ROWS)
    assert not any(part.done for part in other), "other rules begin anew"


def test_parts_hold_whole_lines(synthetic, serial):
    held = [set(synthetic.sizes().query("@part.first <= hs <= @part.last")["hs"]) for part in serial[1]]
    assert sum(map(len, held)) == len(set().union(*held)) == 40


def test_a_part_is_read_from_those_files_alone_that_hold_its_lines(tmp_path):
    for number, hs in enumerate(("010121", "010129")):
        (tmp_path / f"{number}.csv").write_text(f"t,i,j,k,v,q\n2023,156,699,{hs},5.000,1.000\n")
    held = read.files([tmp_path / "0.csv", tmp_path / "1.csv"], tmp_path / "panel")
    for rows, files in ((1, [["00000"], ["00001"]]), (2, [["00000", "00001"]])):
        todo = parts.plan(held, Rules(), tmp_path / "parts", rows)
        assert [[path.stem for path in part.panel.files] for part in todo] == files
    assert series.loaded(held, "010121", "010129", series.reach(held)).hs.tolist() == ["010121", "010129"]


@pytest.mark.parametrize(
    ("later", "newest"),
    [([(f"2024-{month:02d}", 1.0) for month in range(1, 7)], 2023),
     ([(f"2024-{month:02d}", 1.0) for month in range(1, 13)], 2024), ([("2024", 0.0)], 2023)],
)  # fmt: skip
def test_the_newest_year_of_a_panel_is_whole_and_has_a_value(tmp_path, later, newest):
    rows = [("850511", "import", "IND", "CHN", *one, "S66") for one in [("2022", 4.0), ("2023", 5.0), *later]]
    connection = panel.database()
    connection.register("given", pd.DataFrame(rows, columns=[name for name in panel.COLUMNS if name != "weight"]))
    query = "SELECT *, NULL AS weight FROM given"
    held = panel.write(tmp_path, {"given": query}, "IND", False, {}, connection)
    assert series.reach(held).newest == newest


def test_the_command_ranks_lines_and_tells_how_they_mislead(synthetic, tmp_path):
    done = CliRunner().invoke(
        app, ["screen", str(synthetic.folder), "--output", str(tmp_path), "--as-of", "2026-11-22"]
    )
    assert done.exit_code == 0, done.output
    assert "SYNTHETIC" in done.output.splitlines()[0]
    with (tmp_path / "ranked.csv").open() as file:
        told = list(csv.DictReader(file))
    assert [row["rank"] for row in told[:2]] == ["1", "2"]
    assert "too high for its value" in told[0]["evidence"]


@pytest.mark.parametrize("text", ["", "{}", '{"home": "IND", "synthetic": false, "names": 1}'])
def test_what_is_no_panel_is_said_to_be_none(tmp_path, text):
    (tmp_path / "panel.json").write_text(text)
    with pytest.raises(DataError, match="holds no panel"):
        panel.opened(tmp_path)


@pytest.mark.parametrize("how", findings.HOWS)
@pytest.mark.parametrize(("factor", "times"), [(10.0, "10 times"), (0.00001, "100,000 times")])
def test_each_way_of_misleading_has_its_words(how, factor, times):
    row = pd.DataFrame([{"partner": "CHN", "how": how, "start": "2024", "end": "2024", "factor": factor, "side": "own",
                         "mirror": "confirms"}]).itertuples()  # fmt: skip
    assert times in ranked.evidence(next(row))


def test_files_of_publishers_become_a_panel_whose_codes_keep_their_leading_nought(tmp_path):
    bulk, baci = tmp_path / "bulk.csv", tmp_path / "baci.csv"
    bulk.write_text(
        "period,reporterCode,flowCode,partnerCode,partner2Code,cmdCode,customsCode,motCode,netWgt,primaryValue\n"
        "202401,699,M,156,0,010121,C00,0,1000,5000\n202401,699,M,156,0,010121,C00,1000,500,2500\n"
        "202401,156,X,699,0,010121,C00,0,900,4000\n202401,156,X,842,0,010121,C00,0,900,4000\n"
    )
    baci.write_text("t,i,j,k,v,q\n2023,156,699,010121,5.000,1.000\n2023,392,699,010121,2.000,        NA\n")
    rows = read.files([bulk, baci], tmp_path / "panel").history([])
    assert rows[["hs", "flow", "reporter", "partner", "period", "value"]].to_numpy().tolist() == [
        ["010121", "export", "CHN", "IND", "2024-01", 0.004],
        ["010121", "import", "IND", "CHN", "2023", 0.005],
        ["010121", "import", "IND", "CHN", "2024-01", 0.005],
        ["010121", "import", "IND", "JPN", "2023", 0.002],
    ]
    assert rows["weight"].fillna(-1).tolist() == [0.9, 1.0, 1.0, -1]
    with pytest.raises(DataError, match="no file of Comtrade"):
        read.files([synthetic_truth(tmp_path)], tmp_path / "other")


def synthetic_truth(folder):
    path = folder / "truth.csv"
    path.write_text("how,hs\nsurge,010121\n")
    return path


def test_the_newest_version_of_what_an_archive_holds_becomes_a_panel(tmp_path):
    for day, value in ((0, 1.0), (1, 2.0)):
        key = "import/IND/CHN/850511/value_usd"
        took(tmp_path / "archive", {"2024-01": value, "2024-02": 5.0}, days=day, key=key, unit="USD m")
    rows = read.archived(versions.held(tmp_path / "archive"), tmp_path / "panel").history(["8505"])
    assert rows[["hs", "partner", "period", "value"]].to_numpy().tolist() == [
        ["850511", "CHN", "2024-01", 2.0], ["850511", "CHN", "2024-02", 5.0]]  # fmt: skip
