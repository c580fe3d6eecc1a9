"""What kernels of one run hand to each other: found by what it was made from, code included, and by nothing else."""

import pandas as pd
import pytest

from helpers import shared
from helpers.ensemble import nowcast
from helpers.outlook import forecast, targets
from helpers.report.run import leftovers


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv(shared.FOLDER, str(tmp_path))
    return tmp_path


@pytest.fixture
def asked():
    """A function that notes what it is asked, and the notes."""
    notes = []

    @shared.by_content
    def doubled(rows, times):
        notes.append(times)
        return rows * times

    return doubled, notes


def rows(last=2.5):
    return pd.DataFrame({"tonnes": [1.5, last]}, index=["FY24", "FY25"])


def test_the_same_is_computed_once_and_handed_out_as_a_copy(folder, asked):
    doubled, notes = asked
    first, again = doubled(rows(), 2), doubled(rows(), 2)
    assert notes == [2] and first.equals(again) and first is not again


def test_other_values_and_other_code_are_computed_anew(folder, asked, monkeypatch):
    doubled, notes = asked
    assert doubled(rows(), 2).loc["FY25", "tonnes"] == 5
    assert doubled(rows(3.5), 2).loc["FY25", "tonnes"] == 7
    assert doubled(rows(), 3).loc["FY25", "tonnes"] == 7.5
    monkeypatch.setattr(shared, "_code", lambda: "changed")
    doubled(rows(), 2)
    assert notes == [2, 2, 3, 2]


@pytest.mark.parametrize("place", [None, "/dev/null/full"])
def test_without_a_folder_or_without_room_all_is_computed(asked, monkeypatch, place):
    monkeypatch.delenv(shared.FOLDER) if place is None else monkeypatch.setenv(shared.FOLDER, place)
    doubled, notes = asked
    assert doubled(rows(), 2).equals(doubled(rows(), 2)) and notes == [2, 2]


def test_a_folder_that_holds_much_gets_no_more(folder, asked, monkeypatch):
    doubled, notes = asked
    doubled(rows(), 2)
    monkeypatch.setattr(shared, "MOST_BYTES", 1)
    assert [doubled(rows(), n).loc["FY25", "tonnes"] for n in (2, 3, 3)] == [5, 7.5, 7.5] and notes == [2, 3, 3]


def test_what_is_damaged_is_computed_again(folder, asked):
    doubled, notes = asked
    doubled(rows(), 2)
    (held,) = folder.iterdir()
    for damaged in (b"", held.read_bytes()[:-9], b"no pickle"):
        held.write_bytes(damaged)
        assert doubled(rows(), 2).loc["FY25", "tonnes"] == 5
    assert notes == [2] * 4


def test_a_folder_that_others_can_write_to_is_neither_read_nor_written(folder, asked, monkeypatch):
    doubled, notes = asked
    doubled(rows(), 2)
    folder.chmod(0o777)
    doubled(rows(), 2)
    folder.chmod(0o700)
    (folder / "link").symlink_to(folder)
    monkeypatch.setenv(shared.FOLDER, str(folder / "link"))
    doubled(rows(), 2)
    assert notes == [2, 2, 2]
    monkeypatch.setenv(shared.FOLDER, str(folder))
    monkeypatch.setattr(shared.os, "getuid", lambda: -1)
    doubled(rows(), 2)
    assert notes == [2, 2, 2, 2]


def test_a_run_has_a_folder_of_its_own_and_leaves_nothing(monkeypatch):
    monkeypatch.setenv(shared.FOLDER, "/before")
    with leftovers.results():
        place = leftovers.Path(leftovers.os.environ[shared.FOLDER])
        assert place.is_dir() and place.stat().st_mode & 0o077 == 0
    assert not place.exists() and leftovers.os.environ[shared.FOLDER] == "/before"


def test_months_of_the_same_sums_are_simulated_once_whatever_the_day(folder, india, monkeypatch):
    monkeypatch.setattr(nowcast, "CHAINS", 16)
    for day in ("2026-11-22", "2026-11-21"):  # nothing that is summed became public between them
        then = india.on(day)
        nowcast._simulated.cache_clear()  # as in another kernel
        found = nowcast.simulate_months(targets.known_sums(then)["value"], forecast.prior(then), item="test")
    assert len(list(folder.iterdir())) == 1 and (found.paths > 0).all(axis=None)
