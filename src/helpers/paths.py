"""Where things are, found from this file: in a clone of the project, or in what an installed package carries."""

import os
from pathlib import Path

CODE = Path(__file__).resolve().parent
CLONE = (CODE.parents[1] / "data" / "datapackage.json").is_file()
"""Whether this is a clone; an installed package carries data, notebooks and lock inside itself."""

ROOT = CODE.parents[1] if CLONE else CODE / "carried"
DATA = ROOT / "data"
NOTEBOOKS = ROOT / "notebooks"
REPORTS = ROOT / "reports" if CLONE else Path("reports")
LAB = ROOT / "lab" if CLONE else Path("lab")
"""Copies of the notebooks, to work in."""

LOCK = ROOT / "requirements.lock"
TEMPLATE = CODE / "report" / "page" / "template"


def archive(data: Path | None = None) -> Path:
    """The archive of live sources: beside the tables of a folder; of the project's own, where ``MAGNETS_ARCHIVE`` says.

    An installed package keeps it in the working folder.
    """
    if data not in (None, DATA):
        return data / "archive"
    return Path(os.environ.get("MAGNETS_ARCHIVE") or (DATA / "archive" if CLONE else "archive"))
