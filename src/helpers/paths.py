"""Where things are, found from this file: in a clone of the project, or in what an installed package carries."""

from pathlib import Path

CODE = Path(__file__).resolve().parent
CLONE = (CODE.parents[1] / "data" / "datapackage.json").is_file()
"""Whether this is a clone; an installed package carries data, notebooks and lock inside itself."""

ROOT = CODE.parents[1] if CLONE else CODE / "carried"
DATA = ROOT / "data"
NOTEBOOKS = ROOT / "notebooks"
REPORTS = ROOT / "reports" if CLONE else Path("reports")
LOCK = ROOT / "requirements.lock"
TEMPLATE = CODE / "report" / "page" / "template"
