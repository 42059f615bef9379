"""What a reader takes for one character: a letter with its marks, a flag, a family joined into one picture.

text -> clusters; and whether a cluster is to be shown in colour. Fonts are chosen per cluster, since half a flag from
one font and half from another is no flag.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache

JOINER = "\u200d"
TEXT_STYLE, PICTURE_STYLE = "\ufe0e", "\ufe0f"

# The first character that may be a picture by itself.
_PICTURES_START = "\u231a"


def clusters(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each; joined they are the text."""
    start, flags = 0, 0
    for at in range(1, len(text)):
        char, before = text[at], text[at - 1]
        flags = flags + 1 if _is_flag_half(before) else 0
        clings = _extends(char) or (before == JOINER and char >= "\u2190") or (flags % 2 == 1 and _is_flag_half(char))
        if not clings:
            yield start, at
            start = at
    if text:
        yield start, len(text)


def is_picture(cluster: str) -> bool:
    """Whether it is shown in colour, where a font has it so: by its style selector, else as Unicode has it."""
    if PICTURE_STYLE in cluster:
        return True
    if cluster[0] < _PICTURES_START or TEXT_STYLE in cluster:
        return False
    return _is_presented(cluster[0]) or any(_is_skin_tone(char) for char in cluster[1:])


def is_ignorable(char: str) -> bool:
    """Characters that shape their neighbours or nothing: joiners, selectors, marks of direction, byte order marks."""
    return unicodedata.category(char) == "Cf" or "\ufe00" <= char <= "\ufe0f"


@lru_cache(maxsize=4096)
def _extends(char: str) -> bool:
    if char < "\u0300":
        return False
    if unicodedata.category(char) in ("Mn", "Me", "Mc") or char in (JOINER, "\u200c"):
        return True
    return _is_skin_tone(char) or "\U000e0020" <= char <= "\U000e007f"


@lru_cache(maxsize=4096)
def _is_presented(char: str) -> bool:
    from uniseg.emoji import emoji_presentation

    return bool(emoji_presentation(char))


def _is_flag_half(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _is_skin_tone(char: str) -> bool:
    return "\U0001f3fb" <= char <= "\U0001f3ff"
