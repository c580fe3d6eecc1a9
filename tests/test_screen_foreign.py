"""Panels and files that somebody else made: cut off, of no lines, with figures that are none or there twice."""

import duckdb
import pytest
from test_screen import screened

from helpers.data import DataError
from helpers.report import screened as command
from helpers.report.shelf import inputs
from helpers.screen import cluster, engine, forecasts, panel, parts, read, series
from helpers.screen.rules import Rules

YEARS = [("850511", "import", "IND", "CHN", str(year), 10.0, 5.0) for year in range(2015, 2025)]


def made(folder, rows):
    """A panel of `hs, flow, reporter, partner, period, weight, value`."""
    folder.mkdir()
    columns = ", ".join(f"CAST({{}} AS {kind}) AS {name}" for name, kind in panel.COLUMNS.items())
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE rows (a TEXT, b TEXT, c TEXT, d TEXT, e TEXT, f DOUBLE, g DOUBLE)")
        if rows:
            connection.executemany("INSERT INTO rows VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        query = f"SELECT {columns.format(*'abcdefg', chr(39) * 2)} FROM rows"
        connection.execute(f"COPY ({query}) TO '{folder / 'trade.parquet'}' (FORMAT parquet)")
    panel.describe(folder, "IND", False, {})
    return panel.opened(folder)


@pytest.mark.parametrize(
    ("rows", "said"),
    [([], "no rows"), ([("../../up", *YEARS[0][1:])], "codes are not digits"),
     ([(None, *YEARS[0][1:])], "codes are not digits"),
     ([*YEARS, (*YEARS[0][:5], 90.0, 5.0)], "two figures for one period of 850511 with CHN"),
     ([("850511", "import", "IND", "CHN", "2024-03", 1.0, 1.0)] * 2, "two figures for one period")],
)  # fmt: skip
def test_rows_that_nobody_can_mean_are_said_to_be_so(rows, said, tmp_path):
    with pytest.raises(DataError, match=said):
        screened(made(tmp_path / "panel", rows), tmp_path / "parts", Rules())


def test_figures_that_are_none_and_rows_without_a_country_change_nothing(tmp_path):
    odd = [("850512", "import", "IND", "CHN", "2024", float("inf"), float("nan")),
           ("850512", "import", "IND", "JPN", "2024", 1.0, 0.0), ("850512", "import", "IND", None, "2024", 1.0, 1.0),
           ("850511", "import", "IND", None, "2024", 9.0, 9.0),
           ("850511", "import", "IND", "JPN", "2024-01", 1.0, float("nan"))]  # fmt: skip
    both = [screened(made(tmp_path / name, [*YEARS, *more]), tmp_path / f"{name}s", Rules())
            for name, more in (("plain", []), ("odd", odd))]  # fmt: skip
    rows = [found["lines"].query("hs == '850511'") for found in both]
    assert len(rows[0]) == 1
    assert rows[0].equals(rows[1])
    nowhere = [("850513", "import", "IND", None, "2024", 1.0, 1.0)]
    months = [("850513", "import", "IND", "CHN", f"2024-{month:02}", 1.0, 1.0) for month in range(1, 13)]
    for name, more, worth in (("nowhere", [], []), ("months", months, [12.0])):
        held = made(tmp_path / name, [*nowhere, *more])
        whole = series.loaded(held, "850513", "850513", series.Whole(2025, 2025, 2024, ("CHN",)))
        assert whole.totals["own_usd_m"].tolist() == worth


def test_a_panel_without_the_home_country_is_no_panel_in_which_nothing_misleads(tmp_path):
    held = made(tmp_path / "panel", [("850511", "import", "USA", "CHN", "2024", 1.0, 1.0)])
    with pytest.raises(DataError, match="no whole year that IND counts"):
        command.screen([held.folder], "2026-11-22", "local", 1, tmp_path / "out", 5, True)


def test_names_of_countries_are_no_formulas_in_what_is_kept(tmp_path):
    rows = [*YEARS, ("850511", "import", "IND", "=1+1", "2024", 5.0, 50.0)]
    held = made(tmp_path / "panel", rows)
    command.screen([held.folder], "2026-11-22", "local", 1, tmp_path / "out", 5, True)
    assert "850511,2024," in (text := (tmp_path / "out/lines.csv").read_text())
    assert ",'=1+1," in text


def test_files_of_one_name_are_all_read_and_one_that_lies_in_the_way_is_left_alone(tmp_path):
    for folder, year in (("a", 2023), ("b", 2024)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "baci.csv").write_text(f"t,i,j,k,v,q\n{year},156,699,010121,5.000,1.000\n")
    paths = [tmp_path / "a/baci.csv", tmp_path / "b/baci.csv"]
    assert read.files(paths, tmp_path / "panel").history([])["period"].tolist() == ["2023", "2024"]
    with pytest.raises(DataError, match="lies where the panel is to be made"):
        read.files(paths, tmp_path / "a")
    assert paths[0].exists()


def test_a_file_that_cannot_be_read_to_its_end_leaves_the_panel_that_was_there(tmp_path):
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text("t,i,j,k,v,q\n2023,156,699,010121,5.000,1.000\n")
    bad.write_text("t,i,j,k,v,q\n2023,156,699,010121,five,1.000\n")
    before = read.files([good], tmp_path / "panel").fingerprint
    with pytest.raises(DataError, match="no panel can be made"):
        read.files([good, bad], tmp_path / "panel")
    assert panel.opened(tmp_path / "panel").fingerprint == before


def test_a_kept_part_that_cannot_be_read_is_named(tmp_path):
    todo = parts.plan(made(tmp_path / "panel", YEARS), Rules(), tmp_path / "parts")
    parts.screened(todo)
    (todo[0].place / "lines.parquet").write_bytes(b"PAR1")
    with pytest.raises(DataError, match="remove"):
        parts.screened(todo)


def test_a_part_for_which_there_is_no_room_is_named_and_made_later(tmp_path):
    resource = pytest.importorskip("resource")
    todo = parts.plan(made(tmp_path / "panel", YEARS), Rules(), tmp_path / "parts")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        with pytest.raises(OSError, match="parquet cannot be written: see that the disk has room"):
            parts.screened(todo)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert len(parts.screened(todo)["lines"]) == 1


def test_nothing_is_kept_of_a_panel_that_changed_meanwhile(tmp_path):
    held = made(tmp_path / "panel", YEARS)
    todo = parts.plan(held, Rules(), tmp_path / "parts")
    panel.describe(held.folder, "IND", False, {"S1": "another"})
    with pytest.raises(OSError, match="changed meanwhile"):
        parts.screened(todo)
    assert not any(part.done for part in todo)


def test_workers_that_write_elsewhere_are_said_to(tmp_path, monkeypatch):
    todo = parts.plan(made(tmp_path / "panel", YEARS), Rules(), tmp_path / "parts")
    monkeypatch.setattr(engine, "run", lambda do, tasks, on, workers: [task.place.name for task in tasks])
    with pytest.raises(OSError, match="must see the same folder"):
        parts.screened(todo)


def test_a_scheduler_elsewhere_needs_certificates():
    pytest.importorskip("dask.distributed")
    with pytest.raises(cluster.UnsafeError, match="needs certificates"), cluster.client("tls://127.0.0.1:9", 1):
        pass


def test_every_notebook_of_the_project_is_tracked():
    assert [path.name for path in inputs.tracked()][-2:] == ["explore.ipynb", "lines.ipynb"]


def test_years_before_a_gap_are_no_history_of_a_forecast(tmp_path):
    held = made(tmp_path / "panel", [row for row in YEARS if row[4] != "2018"])
    block = series.loaded(held, "0", "9", series.reach(held))
    *_, length, _ = forecasts.runs(block)
    assert (block.whole.newest, length.tolist()) == (2024, [6, 6]), "of the country, and of the line"


def test_a_year_whose_months_are_not_all_there_yet_is_no_year(tmp_path):
    months = [f"{2023 + n // 12}-{n % 12 + 1:02}" for n in range(18)]
    rows = [("850511", "import", "IND", "CHN", month, 1.0, 1.0) for month in months]
    none = [("nes", 2.0, 2.0), ("USA", 2.0, 0.0), ("USA", 2.0, float("inf")), ("world", 2.0, 2.0)]
    more = [("850511", "import", "IND", who, f"2024-{9 + n:02}", *of) for n, (who, *of) in enumerate(none)]
    held = made(tmp_path / "panel", rows + more)
    assert set(series.loaded(held, "0", "9", series.reach(held)).value) == {1.0}, "nobody's months, and none of a value"
    assert series.loaded(held, "0", "9", series.reach(held)).years[["year", "weight"]].to_numpy().tolist() == [
        [2023, 12]
    ]


def test_a_line_that_ended_has_no_forecast_and_its_last_year_counts_even_in_a_part_of_its_own(tmp_path):
    months = [
        (hs, "import", "IND", "CHN", f"{year}-{month:02}", 1.0, 1.0)
        for hs, first in (("850511", 2016), ("850512", 2020))
        for year in range(first, first + 5)
        for month in range(1, 13)
        if (year, month) <= (2020, 6) or hs == "850512"
    ]
    todo = parts.plan(made(tmp_path / "panel", months), Rules(), tmp_path / "parts", rows=1)
    found = parts.screened(todo)
    assert len(todo) == 2
    assert found["lines"][["hs", "year", "own_t"]].to_numpy().tolist() == [["850511", 2020, 6], ["850512", 2024, 12]]
    assert set(found["forecasts"]["hs"]) == {"850512"}


def test_the_world_is_more_than_the_countries_that_are_named(tmp_path):
    held = made(tmp_path / "panel", [*YEARS, ("850511", "import", "IND", "world", "2024", 40.0, 20.0)])
    row = screened(held, tmp_path / "parts", Rules())["lines"].iloc[0]
    assert (row["own_t"], row["own_usd_m"], row["share"], row["by_weight"]) == (40, 20, 0.25, 0.0625)


def test_parts_of_other_code_are_not_taken(tmp_path, monkeypatch):
    held = made(tmp_path / "panel", YEARS)
    (before,) = parts.plan(held, Rules(), tmp_path)
    monkeypatch.setattr(parts.mirror, "__file__", str(tmp_path / "other.py"))
    (tmp_path / "other.py").write_text("another = rule\n")
    (after,) = parts.plan(held, Rules(), tmp_path)
    assert before.place.parent != after.place.parent
