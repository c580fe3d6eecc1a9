"""The keys that some sources want: from the environment, or from a file that only its owner can read.

A key goes into one header of a question and nowhere else: no address, log, error, page or archive has it.
"""

import os
import re
from pathlib import Path

from helpers.data.sources.protocol import Feed, SourceError

_OTHERS = 0o077
"""What others than the owner may do with a file."""


class KeyFileError(SourceError):
    """A key, or the file of keys, cannot be used; the text says why, and never holds a key."""


def file() -> Path:
    """The file of keys, with a line ``NAME=value`` each: ``MAGNETS_KEYS``, or one in the home folder."""
    return Path(os.environ.get("MAGNETS_KEYS") or Path.home() / ".config/magnets/keys")


def key(feed: Feed) -> str:
    """The key of a feed; empty if it wants none, or none is set.

    KeyFileError if others can read the file of keys, or it or the key is not written as it should be.
    """
    if not feed.key:
        return ""
    found = os.environ.get(feed.key, "").strip() or _filed().get(feed.key, "")
    if found and not re.fullmatch(r"[!-~]{4,}", found):
        raise KeyFileError(f"{feed.key} is no key: it is too short, or has blanks or other signs than a key has; "
                           "copy it again")  # fmt: skip
    return found


def _filed() -> dict[str, str]:
    path = file()
    try:
        if not path.is_file():
            if os.environ.get("MAGNETS_KEYS"):
                raise KeyFileError(f"MAGNETS_KEYS names {path}, which is no file; make it, or unset MAGNETS_KEYS")
            return {}
        about = path.stat()
        if about.st_mode & _OTHERS or about.st_uid != os.getuid():
            raise KeyFileError(f"{path} can be read by others, or is another user's; make it your own: "
                               f"chown $USER '{path}' && chmod 600 '{path}'")  # fmt: skip
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise KeyFileError(f"{path} cannot be read ({type(error).__name__}); it is text, a line NAME=value") from None
    written = [(at, line.strip()) for at, line in enumerate(lines, start=1)]
    written = [(at, line) for at, line in written if line and not line.startswith("#")]
    if wrong := [at for at, line in written if "=" not in line]:
        raise KeyFileError(f"{path}, line {wrong[0]}: a key is written as NAME=value")
    pairs = [line.partition("=") for _, line in written]
    return {name.strip(): value.strip().strip("\"'") for name, _, value in pairs}
