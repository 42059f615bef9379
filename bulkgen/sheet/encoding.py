"""Which encoding a text file is written in.

    bytes of a file -> codec, length of its mark

A mark decides; else the NULs of ASCII text in a wide encoding; else strict UTF-8 over the whole file; else
Windows-1252, which is what Excel writes in Western Europe. A file that is UTF-8 but for a few broken bytes stays
UTF-8: reading it as Windows-1252 would spoil every accent in it. Left out: other old encodings, which no rule tells
apart for sure.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    # Before UTF-16, whose mark is the beginning of this one.
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BLOCK_BYTES = 1 << 20
# Bytes at the head in which NULs are counted; a multiple of four, so that places in a character line up.
_LOOK_BYTES = 4096
# So many readable accents for each broken byte, and the file is UTF-8 with an accident in it.
_GOOD_FOR_EACH_BAD = 10


@dataclass(frozen=True, slots=True)
class Encoding:
    """`note` says what had to be guessed, "" where nothing had."""

    codec: str
    mark_bytes: int = 0
    note: str = ""


def find_encoding(path: Path) -> Encoding:
    """Reads the whole file where nothing at its head decides. Raises OSError."""
    with path.open("rb") as stream:
        head = stream.read(_LOOK_BYTES)
    for mark, codec in _BOMS:
        if head.startswith(mark):
            return Encoding(codec, len(mark))
    wide = wide_codec(head)
    if wide:
        return Encoding(wide, note=f"the file has no mark of its encoding; it is read as {wide.upper()}")
    if _is_utf8(path):
        return Encoding("utf-8")
    good, bad = _count_utf8(path)
    if good >= bad * _GOOD_FOR_EACH_BAD:
        return Encoding("utf-8", note=f"places in the file that are not UTF-8 and read as \ufffd: {bad}")
    return Encoding(
        "cp1252",
        note="the file is not UTF-8; it is read as Windows-1252, as Excel writes it in Western Europe:"
        " if letters look wrong, save it as CSV UTF-8",
    )


def wide_codec(head: bytes) -> str:
    """UTF-16 or UTF-32 by the places of the NULs, "" where they are anywhere. Pure."""
    return _by_letters(head) or _by_line_ends(head)


def _by_letters(head: bytes) -> str:
    places = [head[at::4].count(0) for at in range(4)]
    total = sum(places)
    if total < 4 or total * 8 < len(head):
        return ""
    quarter = len(head) // 4
    if min(places[2:]) * 10 >= quarter * 9 and places[0] * 10 < quarter:
        return "utf-32-le"
    if min(places[:2]) * 10 >= quarter * 9 and places[3] * 10 < quarter:
        return "utf-32-be"
    even, odd = places[0] + places[2], places[1] + places[3]
    if odd * 10 >= total * 9:
        return "utf-16-le"
    if even * 10 >= total * 9:
        return "utf-16-be"
    return ""


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    try:
        for block, is_last in _blocks(path):
            decoder.decode(block, is_last)
    except UnicodeDecodeError:
        return False
    return True


def _by_line_ends(head: bytes) -> str:
    """Russian or Hebrew in UTF-16 has few NULs, but each line end has one, and always on the same side."""
    ends = head.count(b"\n")
    for codec, mark in (("utf-16-le", b"\n\0"), ("utf-16-be", b"\0\n")):
        aligned = sum(head[at : at + 2] == mark for at in range(0, len(head) - 1, 2))
        # A carriage return, a separator or a digit brings another one.
        if ends and aligned * 10 >= ends * 9 and head.count(0) >= 2 * aligned:
            return codec
    return ""


def _count_utf8(path: Path) -> tuple[int, int]:
    """(characters beyond ASCII that read well, places that do not)."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    good = bad = 0
    for block, is_last in _blocks(path):
        text = decoder.decode(block, is_last)
        broken = text.count("\ufffd")
        bad += broken
        good += len(text) - len(text.encode("ascii", "ignore")) - broken
    return good, bad


def _blocks(path: Path) -> Iterator[tuple[bytes, bool]]:
    with path.open("rb") as stream:
        block = stream.read(_BLOCK_BYTES)
        while block:
            following = stream.read(_BLOCK_BYTES)
            yield block, not following
            block = following
