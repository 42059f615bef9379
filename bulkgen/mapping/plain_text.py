"""What filters do to texts: cut at a word, take the HTML away, take the first of several. Pure.

    text -> text

Each works in one pass, whatever the text: a cell may be long, and from a stranger.
"""

from __future__ import annotations

import html
import re
import unicodedata

ELLIPSIS = "…"
_BREAKS = re.compile(r"<\s*(?:br|/p|/div|/li|/h[1-6]|/tr)\b[^<>]*>", re.IGNORECASE)
# What nobody is to see begins with one, and ends with the other.
_UNSEEN = re.compile(r"<(script\b|style\b|!--)", re.IGNORECASE)
_UNSEEN_ENDS = {
    "script": re.compile(r"</script\s*>", re.IGNORECASE),
    "style": re.compile(r"</style\s*>", re.IGNORECASE),
    "!--": re.compile(r"-->"),
}
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
# What programs put between the values of one cell. A comma in a number or an address is none, so a space must follow.
_PARTS = re.compile(r"[;|\n]|,\s")
_JOINER = "\u200d"
_JOINED = frozenset((_JOINER, *map(chr, range(0x1F3FB, 0x1F400))))
_FLAG_LETTERS = frozenset(map(chr, range(0x1F1E6, 0x1F200)))


def cut_at_word(text: str, most: int) -> str:
    """Whole words up to `most` characters, the ellipsis counted in."""
    text = text.strip()
    if len(text) <= most:
        return text
    room = text[: _between_signs(text, most - len(ELLIPSIS))]
    # A word that is longer than the room has to be cut somewhere.
    if not text[len(room)].isspace() and (head := room.rsplit(None, 1)) and len(head) == 2:
        room = head[0]
    return room.rstrip(" \t\n,;:.–-") + ELLIPSIS


def without_html(text: str) -> str:
    """No tags, entities read, a line for each paragraph."""
    plain = _TAG.sub("", _BREAKS.sub("\n", _without_unseen(text)))
    # Feeds escape twice now and then: what still looks like an entity after one pass is one.
    plain = html.unescape(html.unescape(plain)).replace("\u00a0", " ")
    lines = (" ".join(line.split()) for line in plain.splitlines())
    return "\n".join(line for line in lines if line)


def first_of_several(text: str) -> str:
    return next((part.strip() for part in _PARTS.split(text) if part.strip()), "")


def _between_signs(text: str, place: int) -> int:
    """The last place up to this one that cuts no sign from its accent, and no emoji from its parts."""
    while place > 0 and (
        unicodedata.category(text[place]).startswith("M")
        or text[place] in _JOINED
        or text[place - 1] == _JOINER
        or (text[place] in _FLAG_LETTERS and _run_of_flags(text, place) % 2)
    ):
        place -= 1
    return place


def _run_of_flags(text: str, place: int) -> int:
    """How many halves of flags stand right before."""
    start = place
    while start > 0 and text[start - 1] in _FLAG_LETTERS:
        start -= 1
    return place - start


def _without_unseen(text: str) -> str:
    """In one pass: an end that is not there is looked for once, or a cell full of beginnings would take minutes."""
    parts, place, endless = [], 0, set()
    while opening := _UNSEEN.search(text, place):
        kind = opening[1].lower()
        closing = None if kind in endless else _UNSEEN_ENDS[kind].search(text, opening.end())
        if closing is None:
            endless.add(kind)
        parts.append(text[place : opening.start() if closing else opening.end()])
        place = (closing or opening).end()
    return "".join((*parts, text[place:]))
