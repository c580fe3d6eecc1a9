"""Where things are, found from this file and never from the working directory."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "data"
NOTEBOOKS = ROOT / "notebooks"
REPORTS = ROOT / "reports"
LOCK = ROOT / "requirements.lock"
TEMPLATE = Path(__file__).resolve().parent / "report" / "page" / "template"
