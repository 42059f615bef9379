"""Characters that a cell may not carry further. Pure.

JSON, XML and fonts have no use for NUL, the other control characters below the space (tab and line ends stay), for
halves of a surrogate pair, or for the two code points that are no characters. Controls are left out, since nobody
sees them; a lone surrogate becomes the replacement character, since something was there. Everything else of a cell is
kept, spaces and line breaks too.
"""

from __future__ import annotations

import re

REPLACEMENT = "\ufffd"

_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_HALVES = re.compile("[\ud800-\udfff]")
_ANY = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def is_clean(text: str) -> bool:
    return _ANY.search(text) is None


def clean(text: str) -> str:
    """`text` itself where nothing is wrong with it, which is nearly always."""
    if _ANY.search(text) is None:
        return text
    return _HALVES.sub(REPLACEMENT, _UNSEEN.sub("", text))
