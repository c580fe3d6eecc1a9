"""Builds the package with flit; a wheel also carries data, notebooks and lock, so that it works outside a clone."""

import shutil
from pathlib import Path

from flit_core import buildapi
from flit_core.buildapi import *  # noqa: F403

ROOT = Path(__file__).resolve().parents[1]
CARRIED = ROOT / "src" / "helpers" / "carried"
"""Where :mod:`helpers.paths` looks in an installed package; there only while a wheel is built."""


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    """The wheel's file name."""
    shutil.rmtree(CARRIED, ignore_errors=True)
    try:
        for folder in ("data", "notebooks"):
            shutil.copytree(ROOT / folder, CARRIED / folder, ignore=shutil.ignore_patterns(".*", "archive"))
        shutil.copy(ROOT / "requirements.lock", CARRIED)
        return buildapi.build_wheel(wheel_directory, config_settings, metadata_directory)
    finally:
        shutil.rmtree(CARRIED, ignore_errors=True)
