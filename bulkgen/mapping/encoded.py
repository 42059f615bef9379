"""Pictures typed into cells: base64, bare or as a data URI. Pure.

cell text -> bytes, or Refused;  None for a text that is neither
"""

from __future__ import annotations

import base64
import binascii
import re

from bulkgen.mapping.picture_kinds import HEAD_BYTES, Wanted, sniff
from bulkgen.mapping.problems import Refused

_DATA = re.compile(r"data:(?P<type>[^;,]*)(?P<marks>(?:;[^;,]*)*),", re.IGNORECASE)
# `data:image/svg+xml;charset=utf-8,%3Csvg…` is text; only base64 is taken by the API.
_MARK = re.compile(r";\s*base64\s*$", re.IGNORECASE)
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]+={0,2}")
# Shorter texts of letters are names; longer ones than any file name is are no names.
_LEAST_CHARACTERS = 64
_LONGEST_NAME = 255
# Of a text's beginning, what shows whether it is base64: the bytes that are sniffed, a third longer.
_BEGINNING = (HEAD_BYTES * 4 // 3 + 8) // 4 * 4


def is_typed(text: str) -> bool:
    """Whether a cell holds a picture as text, or means to."""
    if text[:5].lower() == "data:":
        return True
    if len(text) < _LEAST_CHARACTERS:
        return False
    beginning = _joined(text[:_BEGINNING])
    if not _BASE64.fullmatch(beginning):
        return False
    return (len(text) > _LONGEST_NAME and "/" not in text[:2]) or _is_picture(beginning)


def typed(text: str, wanted: Wanted) -> bytes:
    """The bytes of a text for which `is_typed` says yes. Raises Refused."""
    body = text
    if text[:5].lower() == "data:":
        head = _DATA.match(text[:200])
        if head is None or not _MARK.search(head["marks"]):
            raise Refused("bad_encoding", "the data URI in the cell is not base64", seen=text)
        body = text[head.end() :]
    plain = _joined(body)
    # Before the work: base64 is a third longer than what it holds.
    wanted.check_size(len(plain) * 3 // 4 - plain[-2:].count("="), "the picture typed into the cell", text)
    try:
        return base64.b64decode(_padded(plain), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Refused("bad_encoding", "the text in the cell is not base64, or only a part of it", seen=text) from error


def _joined(text: str) -> str:
    return "".join(text.split())


def _padded(text: str) -> str:
    """In the usual alphabet, filled up: some programs write the one for addresses, some leave the end out."""
    plain = text.replace("-", "+").replace("_", "/")
    return plain + "=" * (-len(plain) % 4) if len(plain) % 4 != 1 else plain


def _is_picture(beginning: str) -> bool:
    plain = beginning[: len(beginning) // 4 * 4]
    try:
        return sniff(base64.b64decode(_padded(plain), validate=True)).startswith(("image/", "audio/"))
    except (binascii.Error, ValueError):
        return False
