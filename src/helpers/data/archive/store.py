"""Keep what a source answered: the raw answer first, then the figures that it changes; nothing is ever rewritten.

A folder for each source, which can be copied or deleted alone::

    comtrade/answers/20261125T213007Z-1a2b3c4d.gz     the body as it came, compressed
                     20261125T213007Z-1a2b3c4d.json   the question and what is known of the answer
             checked.jsonl                            a line each time an answer was the same again
             parts/20261125T213012Z-5e6f7a8b.parquet  figures that are new, revised or withdrawn
                   20261125T213012Z-5e6f7a8b.json     the answers they are from, when, how many, hash
             refused/...                              answers that could not be used, with the reason

Whatever has no ``.json`` beside it does not count, and goes when the source is next opened for writing.
"""

import gzip
import hashlib
import json
import os
import re
import zlib
from collections.abc import Iterator, Mapping, Set
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
from pydantic import AwareDatetime, BaseModel

from helpers.data.archive import contract, versions
from helpers.data.sources.protocol import COLUMNS, Answer, Request, UnfitError

MOST_WITHDRAWN = 0.5
"""Share of its earlier figures that an answer may lack before it is taken for a fault of the answer."""

_IDENTITY = ["table", "key", "period"]
_SAID = ["unit", "value", "low", "high", "status"]


@dataclass(frozen=True)
class Change:
    """What some answers changed: figures new, revised, withdrawn and unchanged."""

    new: int = 0
    revised: int = 0
    withdrawn: int = 0
    unchanged: int = 0

    def __add__(self, other: "Change") -> "Change":
        return Change(*(a + b for a, b in zip(asdict(self).values(), asdict(other).values(), strict=True)))

    @property
    def any(self) -> bool:
        """Whether a figure is another than before."""
        return bool(self.new or self.revised or self.withdrawn)


class Kept(BaseModel):
    """What stands beside an answer: the question, and what is known of what came."""

    question: str
    request: Request
    content: str
    sha256: str
    status: int
    headers: dict[str, str]
    fetched: AwareDatetime
    synthetic: bool


class Refused(BaseModel):
    """What stands beside an answer that could not be used."""

    question: str


class Shelf:
    """The archive of one source, open for writing; only one process may hold it (see `fetch`).

    ``asked`` says when each question was answered last when it was opened, ``last`` when a part was made last.
    """

    def __init__(self, folder: Path, source: str, synthetic: bool):
        self.folder, self.source, self.synthetic = folder, source, synthetic
        self._sweep()
        parts, sides = versions.parts(folder), list(self._sidecars())
        if synthetic in {not part.synthetic for part in parts} | {not side.synthetic for _, side in sides}:
            kind = ("synthetic", "real") if not synthetic else ("real", "synthetic")
            raise UnfitError(f"{folder} holds {kind[0]} figures and takes no {kind[1]} ones; use another archive")
        self._taken = {answer for part in parts for answer in part.answers}
        self.last = max((part.known for part in parts), default=datetime.min.replace(tzinfo=UTC))
        self._now: pd.DataFrame | None = None  # read when figures are taken
        self._contents = {side.question: side.content for _, side in sides}
        self.asked = {side.question: side.fetched for _, side in sides}
        self.asked |= {repeat.question: repeat.at for repeat in versions.repeats(folder)}

    def holds(self, answer: Answer, volatile: bytes = b"") -> bool:
        """Whether an answer is, but for what is volatile, the one that its question had before."""
        return self._contents.get(answer.request.question) == _content(answer, volatile)

    def keep(self, answer: Answer, volatile: bytes = b"", **more: str) -> bool:
        """Keep an answer; False if it is, but for what is volatile, the one that the question had before."""
        content, request, at = _content(answer, volatile), answer.request, _text(answer.fetched)
        if self.holds(answer, volatile):
            line = json.dumps({"question": request.question, "at": at, "sha256": _sha(answer.body)}, sort_keys=True)
            with (self.folder / "checked.jsonl").open("a", encoding="utf-8") as file:
                file.write(line + "\n")
                file.flush()
                os.fsync(file.fileno())
            return False
        about = _about(answer) | {"content": content, "synthetic": self.synthetic} | more
        self._write("answers", answer, about)
        self._contents[request.question] = content
        return True

    def refuse(self, answer: Answer, reason: str) -> Path:
        """Keep aside an answer that cannot be used, with the reason; the last of each question."""
        for path in (self.folder / "refused").glob("*.json"):
            if versions.side(path, Refused).question == answer.request.question:
                path.unlink()
                path.with_suffix(".gz").unlink(missing_ok=True)
        return self._write("refused", answer, _about(answer) | {"reason": reason})

    def pending(self) -> Iterator[tuple[str, Answer]]:
        """The answers whose figures are in no part yet, oldest first, by their name."""
        for name, side in self._sidecars(but=self._taken):
            path = self.folder / "answers" / f"{name}.gz"
            try:
                body = gzip.decompress(path.read_bytes())
            except (OSError, EOFError, zlib.error) as error:
                raise versions.damaged(path, error) from error
            yield name, Answer(side.request, body, side.status, side.headers, side.fetched)

    def take(self, found: Mapping[str, tuple[Request, pd.DataFrame]], at: datetime, accept: bool = False) -> Change:
        """Make a part of the :func:`checked` figures of answers, by their names in the order in which they came.

        Only figures that are not as they were are written. A figure is known from the moment at which its part is
        made, so what was rendered before can be rendered again. UnfitError if an answer lacks more than half of what it
        held before, unless ``accept`` says that this is so.
        """
        if not found:
            return Change()
        now = versions.newest(self.folder) if self._now is None else self._now
        now, change, made = now.set_index(_IDENTITY), Change(), []
        apart = not pd.concat([rows[_IDENTITY] for _, rows in found.values()]).duplicated().any()
        for some in [found] if apart else [{name: one} for name, one in found.items()]:
            fresh, counted = _fresh(now, some, accept)
            now = pd.concat([now.drop(index=now.index.intersection(fresh.index)), fresh]) if len(fresh) else now
            change += counted
            made.append(fresh)
        later = max(at.replace(microsecond=0), self.last + timedelta(seconds=1))  # whatever the clock says
        self._publish(pd.concat(made).reset_index(), list(found), later, change)
        self._now = now.reset_index()
        return change

    def _publish(self, rows: pd.DataFrame, answers: list[str], at: datetime, change: Change) -> None:
        folder = self.folder / "parts"
        folder.mkdir(parents=True, exist_ok=True)
        name, digest = f"{at:%Y%m%dT%H%M%SZ}-{_sha(json.dumps(answers).encode())[:8]}", ""
        if len(rows):
            rows = rows.drop_duplicates(_IDENTITY, keep="last")
            rows = rows.assign(valid_from=at.replace(tzinfo=None), synthetic=self.synthetic)
            digest = versions.write(rows, folder / f"{name}.parquet")
        about = {"answers": answers, "valid_from": _text(at), "day": (at + versions.IN_INDIA).date().isoformat(),
                 "sha256": digest, "synthetic": self.synthetic, "source": self.source} | asdict(change)  # fmt: skip
        put(folder / f"{name}.json", json.dumps(about, indent=1, sort_keys=True).encode())
        self._taken |= set(answers)
        self.last = at

    def _write(self, place: str, answer: Answer, about: Mapping) -> Path:
        folder = self.folder / place
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{answer.fetched:%Y%m%dT%H%M%S%fZ}-{_sha(answer.body)[:8]}.json"
        put(path.with_suffix(".gz"), gzip.compress(answer.body, mtime=0))
        put(path, json.dumps(about, indent=1, sort_keys=True).encode())
        return path

    def _sidecars(self, but: Set[str] = frozenset()) -> Iterator[tuple[str, Kept]]:
        for path in sorted(path for path in (self.folder / "answers").glob("*.json") if path.stem not in but):
            yield path.stem, versions.side(path, Kept)

    def _sweep(self) -> None:
        """Take away what a killed run left half written."""
        for path in [*self.folder.glob("*/*.tmp"), *self.folder.glob("*/*.gz"), *self.folder.glob("*/*.parquet")]:
            if path.suffix == ".tmp" or not path.with_suffix(".json").is_file():
                path.unlink()
        lines = self.folder / "checked.jsonl"
        if lines.is_file() and not (text := lines.read_bytes()).endswith(b"\n") and text:
            put(lines, text[: text.rfind(b"\n") + 1])


def checked(rows: pd.DataFrame, day: date) -> pd.DataFrame:
    """The figures of an answer of a day, if they are such as the tables of the house have, and none is there twice."""
    if tuple(rows.columns) != COLUMNS:
        raise UnfitError(f"figures have the columns {list(rows.columns)}, not {list(COLUMNS)}")
    if twice := rows[rows.duplicated(_IDENTITY)][_IDENTITY].head(3).to_dict("records"):
        raise UnfitError(f"the answer has a figure twice, such as {twice}")
    if fault := next(contract.faults(rows, day), ""):
        raise UnfitError(f"the answer has {fault}; nothing of it is taken")
    return rows


def _about(answer: Answer) -> dict:
    known = ("etag", "last-modified", "content-type", "date")
    headers = {name.lower(): text for name, text in answer.headers.items() if name.lower() in known}
    about = {"question": answer.request.question, "request": asdict(answer.request), "status": answer.status}
    about |= {"headers": headers, "fetched": _text(answer.fetched)}
    return about | {"sha256": _sha(answer.body), "bytes": len(answer.body)}


def _fresh(now: pd.DataFrame, found: Mapping, accept: bool) -> tuple[pd.DataFrame, Change]:
    """Figures that answers change, with the name of the answer; they are all about different figures."""
    told = pd.concat([rows.assign(answer=name) for name, (_, rows) in found.items()])
    told = told.set_index(_IDENTITY)
    before, known = now.reindex(told.index), told.index.isin(now.index)
    same = known & ((before[_SAID] == told[_SAID]) | (before[_SAID].isna() & told[_SAID].isna())).all(axis=1)
    gone = _withdrawn(now, told.index, {name: request for name, (request, _) in found.items()}, accept)
    change = Change(int((~known).sum()), int((known & ~same).sum()), len(gone), int(same.sum()))
    return pd.concat([told[~same], gone]) if len(gone) else told[~same], change


def _withdrawn(now: pd.DataFrame, told: pd.MultiIndex, asked: Mapping[str, Request], accept: bool) -> pd.DataFrame:
    """Figures that were there before, and are not where a complete answer would have them."""
    there = (now["status"] != "missing").to_numpy()
    lacking, by = there & ~now.index.isin(told), np.full(len(now), "", dtype=object)
    keys, names = pd.factorize(now.index.get_level_values("key"))
    periods, spans = pd.factorize(now.index.get_level_values("period"))
    for name, request in asked.items():
        inside = _fitting(names, request.keys)[keys]
        inside &= spans.isin(request.periods)[periods] if request.periods else True
        gone, held = int((inside & lacking).sum()), int((inside & there).sum())
        if gone > MOST_WITHDRAWN * held and not accept:
            said = f"{request.question}: {gone} of {held} figures that were there before are not in the answer"
            raise UnfitError(f"{said}; look whether the publisher withdrew them, then fetch with --accept")
        by[inside & lacking] = name
    nothing = {"value": float("nan"), "low": float("nan"), "high": float("nan"), "published": None}
    gone = now[by != ""].assign(**nothing, status="missing", note="withdrawn by the publisher")
    return gone.assign(answer=by[by != ""])


def _fitting(keys: pd.Index, patterns: tuple[str, ...]) -> np.ndarray:
    """Which keys fit one of some patterns, in which ``*`` stands for anything but a slash."""
    if not patterns:
        return np.zeros(len(keys), dtype=bool)
    fits = re.compile("|".join(re.escape(pattern).replace(r"\*", "[^/]*") for pattern in patterns)).fullmatch
    return np.array([fits(key) is not None for key in keys], dtype=bool)


def put(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all."""
    draft = path.with_name(f"{path.name}.tmp")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _content(answer: Answer, volatile: bytes) -> str:
    return _sha(re.sub(volatile, b"", answer.body) if volatile else answer.body)


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")
