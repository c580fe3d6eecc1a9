"""Files for the schedulers that a machine has: systemd, cron, a workflow of GitHub. They start; what is due we know.

systemd and cron call every five minutes, which costs a third of a second; a workflow only when something may be due,
for it first sets up a machine. Addresses and keys stand in a file or in secrets of their own, never in these.
"""

import csv
import os
import shlex
import subprocess
import sys
from itertools import islice
from pathlib import Path

from helpers import paths
from helpers.report.schedule import plan
from helpers.report.schedule.alerts import ALIVE, variable
from helpers.report.schedule.plan import Schedule, utc

NAME = "magnets-schedule"
SECRETS = ".config/magnets/environment"
NEXT = {
    ("systemd", "write"): f"now: systemctl --user daemon-reload && systemctl --user enable --now {NAME}.timer\n"
                          f"also while nobody is logged in: loginctl enable-linger\n"
                          f"addresses for alerts: lines MAGNETS_ALERT_MAIL='mailtos://...' in ~/{SECRETS}, mode 600",
    ("systemd", "remove"): "now: systemctl --user daemon-reload",
    ("github", "write"): "commit it, and set as secrets of the repository what it names under env",
}  # fmt: skip
"""What a person has to do then."""


def install(kind: str, path: Path, what: str) -> list[str]:
    """Write, show or remove the files for ``systemd``, ``cron`` or ``github``; lines for people.

    ValueError if the schedule is none; OSError if cron is not there or refuses, or a file cannot be written.
    """
    schedule, path = plan.read(path), path.absolute()
    if any(ord(character) < ord(" ") for character in shlex.join(_command(path))):
        raise OSError(f"no scheduler takes a name with a line break or the like: {str(path)!r}")
    if kind == "cron":
        return _cron(crontab(path), what)
    written = units(path) if kind == "systemd" else workflow(schedule, path)
    if what == "show":
        return [line for place, text in written.items() for line in (f"# {place}", text)]
    for place, text in written.items():
        if what == "remove":
            place.unlink(missing_ok=True)
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")
    done = [f"{'removed' if what == 'remove' else 'wrote'} {place}" for place in written]
    return [*done, *NEXT.get((kind, what), "").splitlines()]


def units(path: Path) -> dict[Path, str]:
    """The service and the timer of systemd, for this user."""
    folder = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "systemd" / "user"
    command = " ".join(_unit_word(word) for word in _command(path))
    place = str(path.parent).replace("%", "%%")
    return {folder / f"{NAME}.{kind}": _filled(kind, command=command, folder=place) for kind in ("service", "timer")}


def crontab(path: Path) -> str:
    """The lines for a crontab, in which a per cent sign is a new line."""
    command, folder = shlex.join(_command(path)), shlex.quote(str(path.parent))
    return _filled("cron", command=command.replace("%", r"\%"), folder=folder.replace("%", r"\%"))


def workflow(schedule: Schedule, path: Path) -> dict[Path, str]:
    """The workflow of GitHub, which keeps archive, reports and journal from one run to the next."""
    crons = [f'    - cron: "{cron}"\n      timezone: {schedule.timezone}' for cron in _crons(schedule)]
    secrets = [*map(variable, schedule.channels), ALIVE]
    secrets += _keys() if any(one.fetch for one in schedule.reports.values()) else []
    env = [f"          {name}: ${{{{ secrets.{name} }}}}" for name in secrets]
    output = os.path.relpath(schedule.output, path.parent)
    text = _filled("yml", file=shlex.quote(path.name), output=output, crons="\n".join(crons), env="\n".join(env))
    return {path.parent / ".github" / "workflows" / f"{NAME}.yml": text}


def _filled(kind: str, **values: str) -> str:
    text = (Path(__file__).parent / "files" / f"{NAME}.{kind}").read_text(encoding="utf-8")
    for name, value in {"secrets": SECRETS, **values}.items():
        text = text.replace(f"@{name}@", value)
    return text


def _crons(schedule: Schedule) -> list[str]:
    """Lines of cron for times of the schedule's zone; of a rule that is more than cron the times of the day."""
    found = []
    for report in schedule.reports.values():
        if report.cron and not set(report.cron) - set("0123456789*,-/ "):  # every cron knows these
            found.append(report.cron)
        else:
            coming = islice(report.after(schedule.timezone, utc()), 100)
            walls = [at.astimezone(schedule.timezone) for at in coming]
            found += sorted({f"{at.minute} {at.hour} * * *" for at in walls})
    return list(dict.fromkeys(found))


def _keys() -> list[str]:
    """The variables of the keys that live sources want."""
    with (paths.DATA / "feeds.csv").open(newline="", encoding="utf-8") as file:
        return sorted({row["key"] for row in csv.DictReader(file) if row["key"]})


def _command(path: Path) -> list[str]:
    return [sys.executable, "-m", "helpers", "schedule", "run", "--quiet", "--file", str(path)]


def _cron(block: str, what: str) -> list[str]:
    """Put a block into the crontab of this user, or take it out; the rest of it stays as it is, byte for byte."""
    if what == "show":
        return [block]
    raw = block.encode()
    first, *_, last = raw.splitlines(keepends=True)
    try:
        listed = subprocess.run(["crontab", "-l"], capture_output=True, check=False)
        nothing = any(said in listed.stderr for said in (b"no crontab", b"No such file"))
        if listed.returncode and not nothing:  # what is there would be lost
            raise OSError(f"crontab -l refused: {listed.stderr.decode(errors='replace').strip()}")
        kept, begins, rest = listed.stdout.partition(first)
        _, ends, after = rest.partition(last)
        if begins and not ends:
            raise OSError(f"the crontab has a line {first.decode().strip()!r} and no {last.decode().strip()!r} "
                               "after it: take out by hand what is left of it (crontab -e)")  # fmt: skip
        kept += after
        if kept and not kept.endswith(b"\n"):
            kept += b"\n"
        kept += raw if what == "write" else b""
        subprocess.run(["crontab", "-"], input=kept, check=True, capture_output=True)
    except FileNotFoundError:
        raise OSError("there is no crontab here: install the package cron, or use --systemd") from None
    except subprocess.CalledProcessError as error:
        raise OSError(f"crontab refused: {error.stderr.decode(errors='replace').strip()}") from None
    return [f"{'removed from' if what == 'remove' else 'wrote to'} the crontab of this user; see crontab -l"]


def _unit_word(word: str) -> str:
    text = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{text}"' if any(character in text for character in " \\'\";") else text
