"""The demonstration: every source answers from this machine, all that comes is marked, and nothing else is deleted."""

import os
import subprocess
import sys

import pandas as pd
import pytest
from standin import __main__ as demo

from helpers.data import sources
from helpers.data.archive import versions


def test_a_demonstration_fetches_from_every_source_and_all_of_it_is_synthetic(tmp_path, monkeypatch, capsys):
    ran, newest = [], str(pd.Period.now("M") - 4)  # of TradeStat, which has a page a month and line
    monkeypatch.setattr(demo, "YEARS", 2)
    monkeypatch.setattr(demo, "_since", lambda name, since=demo._since: newest if name == "tradestat" else since(name))
    monkeypatch.setattr(os, "environ", os.environ.copy())
    monkeypatch.setattr(sys, "argv", ["standin", "--folder", str(tmp_path / "demo")])
    done = subprocess.CompletedProcess([], 0)
    monkeypatch.setattr(
        subprocess, "run", lambda command, **_: ran.append([*command, os.environ["MAGNETS_ARCHIVE"]]) or done
    )
    assert demo.main() == 0
    view = versions.held(tmp_path / "demo/archive")
    assert {part.source for part in view.parts} == set(sources.feeds()) and all(part.synthetic for part in view.parts)
    assert ran[0][2:] == ["helpers", "report", "--output",
                          *(f"{tmp_path}/demo/{name}" for name in ("report", "archive"))]  # fmt: skip
    assert f"MAGNETS_ARCHIVE={tmp_path}/demo/archive" in capsys.readouterr().out


def test_a_folder_with_other_things_is_left_alone(tmp_path, monkeypatch, capsys):
    (tmp_path / "letter").write_text("mine")
    monkeypatch.setattr(sys, "argv", ["standin", "--folder", str(tmp_path)])
    with pytest.raises(SystemExit):
        demo.main()
    assert (tmp_path / "letter").read_text() == "mine" and "name another folder" in capsys.readouterr().err
