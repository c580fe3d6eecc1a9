"""What the body of an answer may be: of the kind that was asked for, not swollen, in the encoding that was known."""

import io
import json
import zipfile
from typing import Any

from helpers.data.sources.protocol import Answer, UnfitError

UNPACKED, RATIO, SMALL = 500_000_000, 200, 5_000_000
"""Most bytes of what is packed in an answer; how many times as long a packed file may become, if it is not small."""


def check(answer: Answer) -> None:
    """Whether a body can be what was asked for; UnfitError if not."""
    body, kind = answer.body.lstrip(b"\xef\xbb\xbf \t\r\n"), answer.request.kind
    if not body:
        raise unfit(answer, "it is empty")
    if kind in ("xlsx", "zip"):
        _check_packed(answer)
    elif kind != "html" and (body[:1] == b"<" or "text/html" in answer.headers.get("content-type", "")):
        raise unfit(answer, f"a web page came instead of {kind}; is the source being repaired, or a login wanted?")
    elif kind == "json" and body[:1] not in (b"{", b"["):
        raise unfit(answer, "it is not json")


def text(answer: Answer, other: str = "utf-8", body: bytes | None = None) -> str:
    """The body, or what was packed in it, as text without a mark at its beginning: in UTF-8, or another encoding."""
    for encoding in ("utf-8-sig", other):
        try:
            found = (answer.body if body is None else body).decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in found:
            return found
    known = " or ".join(dict.fromkeys(("utf-8", other)))
    raise unfit(answer, f"it is not text in {known}; has the source changed its encoding?")


def said(answer: Answer) -> Any:
    """What an answer in JSON says; UnfitError if it is not JSON."""
    try:
        return json.loads(text(answer))
    except json.JSONDecodeError:
        raise unfit(answer, "it is not json") from None


def sheet(answer: Answer, name: str = "") -> list[list]:
    """The cells of a sheet of a workbook, the first unless named; UnfitError if there is none."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(answer.body))
        found = book.get_sheet_by_name(name) if name else book.get_sheet_by_index(0)
        return found.to_python(skip_empty_area=False)
    except CalamineError as error:
        raise unfit(answer, f"it is no workbook with a sheet {name}".rstrip() + f" ({error})") from None


def begin(body: bytes, most: int = 160) -> str:
    """How a body begins, in a line for an error."""
    words = " ".join(body[: 4 * most].decode("utf-8", "replace").split())
    return plain(words[:most]) or "nothing more"


def plain(text: str) -> str:
    """A text without what a terminal would obey: it may hold words of a publisher, or the name of a file."""
    return "".join(sign if sign.isprintable() or sign == "\n" else "?" for sign in text)


def _check_packed(answer: Answer) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(answer.body)) as packed:
            sizes = [(one.filename, one.file_size, one.compress_size) for one in packed.infolist()]
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise unfit(answer, f"it is no {answer.request.kind}; is the source being repaired?") from None
    total = sum(size for _, size, _ in sizes)
    swollen = [name for name, size, packed_size in sizes if size > max(SMALL, RATIO * packed_size)]
    if total > UNPACKED or swollen:
        raise unfit(answer, f"unpacked it has {total:,} bytes, far more than it should: it was not opened")


def unfit(answer: Answer, text: str) -> UnfitError:
    """The error for an answer that cannot be used: why, and how it begins."""
    came = f"; it begins {begin(answer.body)!r}" if answer.body else ""
    return UnfitError(f"the answer cannot be used: {text}{came}")
