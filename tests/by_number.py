"""nbval compares notebook outputs by number and not by string: loaded by the root's ``conftest.py``."""

import math
import re

from nbval.plugin import IPyNbCell, IPyNbFile

from helpers.report.shelf.notebooks import OF_ONE_RUN

RELATIVE = 1e-6
_NUMBER = re.compile(r"[-−]?\d[\d,]*(?:\.\d+)?(?:[eE][-+]?\d+)?")
_VOLATILE = [(re.compile(r"\bT_[0-9a-f]{5}\b"), "T_uuid"), (re.compile(r"0x[0-9a-f]{6,}"), "0xaddress")]


class Output(str):
    """Output text that equals another if the words are the same and each number agrees within ``RELATIVE``."""

    __hash__ = None

    def __eq__(self, other):
        ours, theirs = (_NUMBER.split(" ".join(text.split())) for text in (self, other))
        return ours == theirs and all(map(_close, _numbers(self), _numbers(other)))

    def __ne__(self, other):
        return not self == other


def _numbers(text):
    return [float(n.replace(",", "").replace("−", "-")) for n in _NUMBER.findall(text)]


def _close(ours, theirs):
    return math.isclose(ours, theirs, rel_tol=RELATIVE, abs_tol=1e-12)


def _sanitize(cell, output, _plain=IPyNbCell.sanitize):
    text = _plain(cell, output)
    if not isinstance(text, str):
        return text
    for pattern, word in _VOLATILE:
        text = pattern.sub(word, text)
    return Output(text)


IPyNbCell.sanitize = _sanitize


def pytest_collection_modifyitems(items):
    for notebook in {item.parent for item in items if isinstance(item.parent, IPyNbFile)}:
        notebook.skip_compare = (*notebook.skip_compare, "image/svg+xml", "image/png", "text/html", "text/markdown",
                                 *OF_ONE_RUN)  # fmt: skip
