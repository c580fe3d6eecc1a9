"""What all pages of one report share: its day, its parameters, its chapters, and how it was made."""

import json
import subprocess
from functools import cache
from pathlib import Path

from helpers import fiscal, paths
from helpers.data import load
from helpers.outlook import customs
from helpers.report.parameters import MASK, Parameters, given, plain, shown
from helpers.report.shelf.inputs import chapters

STALE_DAYS = 120


def frame(parameters: Parameters) -> dict:
    """The values that the templates fill in; the same for the same inputs and commit.

    Raises
    ------
    DataError
        If no figure of India's magnet imports was public on ``as_of``.
    """
    text, age = _newest(parameters)
    asked = given(parameters)
    return {
        "name": "index",
        "home": "index.html",
        "as_of": str(parameters.as_of),
        "chapters": [{"name": path.stem, "short": short(path.stem), "title": _title(path)} for path in chapters()],
        "given": asked,
        "defaults": {name: value for name, value in shown(parameters).items() if name not in asked},
        "newest": text,
        "notice": f"These figures are old. {text}" if age > STALE_DAYS else "",
        "code": code_text(),
        "command": command(asked),
    }


def short(name: str) -> str:
    """A chapter's name in the navigation: ``6-track-record`` is Track record."""
    return name.partition("-")[2].replace("-", " ").capitalize()


def command(asked: dict) -> str:
    """The command line that makes this report again."""
    words = [f"-p {name}={'…' if value == MASK else plain(value)}" for name, value in asked.items() if name != "as_of"]
    return " ".join(["magnets report", f"--as-of {asked['as_of']}", *words])


@cache
def commit() -> dict:
    """The commit, and whether anything a report is made from differs from it; None where there is no git."""

    def git(*words: str) -> str | None:
        try:
            done = subprocess.run(["git", "-C", str(paths.ROOT), *words], capture_output=True, text=True, check=False)
        except OSError:
            return None
        return done.stdout.strip() if done.returncode == 0 else None

    made_of = ("notebooks", "src/helpers", "data", "requirements.lock")
    status = git("status", "--porcelain", "--", *made_of)
    return {"commit": git("rev-parse", "HEAD"), "dirty": None if status is None else bool(status)}


def code_text() -> str:
    """The commit in words."""
    known = commit()
    if known["commit"] is None:
        return "The code is in no version control."
    changes = ", with changes that are not in it" if known["dirty"] else ""
    return f"Code: commit {known['commit'][:12]}{changes}."


def _newest(parameters: Parameters) -> tuple[str, int]:
    """Which figure of imports became public last, in words, and how many days before ``as_of``."""
    rows = load.table("trade", parameters.as_of, vintages=True)
    keys = {"flow": "import", "reporter": "IND", "partner": "world", "hs": customs.METAL, "status": "reported"}
    for column, wanted in keys.items():
        rows = rows[rows[column] == wanted]
    if rows.empty:
        raise load.DataError(f"no figure of India's magnet imports was public on {parameters.as_of}")
    published = rows["published"].max()
    period = max(rows.loc[rows["published"] == published, "period"], key=lambda text: fiscal.span(text)[1])
    age = (parameters.as_of - published.date()).days
    since = f"{published:%Y-%m-%d}, {age} days before this report"
    return f"The newest figure of India's magnet imports, {period}, became public on {since}.", age


def _title(path: Path) -> str:
    first = json.loads(path.read_text(encoding="utf-8"))["cells"][0]["source"]
    return "".join(first).splitlines()[0].removeprefix("# ").strip()
