"""Files that a person downloads where a source lets no program ask, and drops into a folder of the archive."""

from pathlib import Path

from helpers.data.sources import transport
from helpers.data.sources.protocol import Answer, Feed, Request, SourceError

MADE_UP = "synthetic-"
"""What the names of files begin with that were made up for a demonstration."""


def drop(place: Path, feed: Feed) -> Path:
    """The folder of an archive into which the files of a feed are dropped."""
    return place / "drop" / feed.name


def names(place: Path, feed: Feed) -> list[str]:
    """The files that lie there."""
    folder = drop(place, feed)
    found = sorted(path.name for path in folder.iterdir() if path.is_file()) if folder.is_dir() else []
    return [name for name in found if not name.startswith(".")]


def answer(place: Path, feed: Feed, request: Request, synthetic: bool) -> Answer:
    """What is in a file; SourceError if it cannot be read, or is made up and the archive is not."""
    path = drop(place, feed) / request.path
    if path.name.startswith(MADE_UP) and not synthetic:
        raise SourceError(f"{path} is made up, for a demonstration; take it away")
    try:
        if (size := path.stat().st_size) > transport.BODY:
            raise SourceError(f"{path} has {size:,} bytes, more than any file of {feed.name}; take it away")
        return Answer(request, path.read_bytes())
    except OSError as error:
        raise SourceError(f"{path} cannot be read ({error.strerror}); mend it, or take it away") from error
