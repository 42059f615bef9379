"""Where a line of any script may end: the Unicode Line Breaking Algorithm (UAX 14, Unicode 16).

text of one paragraph -> the places of its characters before which a line may end.

The classes of characters come from `uniseg`, the rules are written here: its own are made for reading, at some 70 us a
character, and a run measures each text many times. A test holds the two against each other.

Left out: words of Thai, which a model finds (`thai`), and of Lao, Khmer and Burmese, which need spaces or U+200B.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

_HANGUL = frozenset(("JL", "JV", "JT", "H2", "H3"))
_LETTERS = frozenset(("AL", "HL"))
_SYLLABLES = frozenset(("AK", "AS"))
_AKSARA = frozenset(("AK", "AS", "◌"))
_WIDE = frozenset(("F", "W", "H"))
_OPENS_QUOTE = frozenset(("", "OP", "QU", "GL", "SP", "ZW"))
_ENDS_QUOTE = frozenset(("", "SP", "GL", "WJ", "CL", "QU", "CP", "EX", "IS", "SY", "ZW"))


@dataclass(frozen=True, slots=True)
class _Kind:
    """What the rules ask of a character: its class, and what tells quotation marks and wide signs apart."""

    of: str
    is_wide: bool = False
    is_initial: bool = False
    is_final: bool = False
    is_unassigned_picture: bool = False


_EDGE = _Kind("")


def opportunities(text: str) -> list[int]:
    """Ascending; neither 0 nor the end is among them. White space stands before the places, never behind."""
    kinds: list[_Kind] = []
    places: list[int] = []
    joined: list[bool] = []  # whether the unit ends in a joiner
    for at, char in enumerate(text):
        kind = _kind(char)
        if kind.of in ("CM", "ZWJ"):
            if kinds and kinds[-1].of not in ("SP", "ZW"):  # LB9
                joined[-1] = kind.of == "ZWJ"
                continue
            joined.append(kind.of == "ZWJ")
            kind = _Kind("AL")  # LB10
        else:
            joined.append(False)
        kinds.append(kind)
        places.append(at)
    rules = _Rules(kinds, joined, [text[at] == "◌" for at in places])
    return [places[at] for at in range(1, len(kinds)) if rules.may_break(at)]


@lru_cache(maxsize=8192)
def _kind(char: str) -> _Kind:
    from uniseg.emoji import extended_pictographic
    from uniseg.linebreak import line_break

    category = unicodedata.category(char)
    of = str(line_break(char).value)
    if of == "SA":
        of = "CM" if category in ("Mn", "Mc") else "AL"
    of = {"AI": "AL", "SG": "AL", "XX": "AL", "CJ": "NS"}.get(of, of)
    return _Kind(
        of,
        unicodedata.east_asian_width(char) in _WIDE,
        of == "QU" and category == "Pi",
        of == "QU" and category == "Pf",
        category == "Cn" and bool(extended_pictographic(char)),
    )


class _Rules:
    """The rules of one text, asked place by place. The numbers are those of the standard."""

    def __init__(self, kinds: Sequence[_Kind], joined: Sequence[bool], circles: Sequence[bool]) -> None:
        self._kinds = kinds
        self._joined = joined
        self._circles = circles
        self._flags = [0] * (len(kinds) + 1)  # how many halves of flags stand right before each place
        for at, kind in enumerate(kinds):
            self._flags[at + 1] = self._flags[at] + 1 if kind.of == "RI" else 0

    def may_break(self, at: int) -> bool:
        left, right = self._at(at - 1), self._at(at)
        a, b = left.of, right.of
        if b in ("SP", "ZW"):  # LB7
            return False
        seen = at - 1  # the last that is no space
        while seen >= 0 and self._at(seen).of == "SP":
            seen -= 1
        before = self._at(seen)
        if before.of == "ZW":  # LB8
            return True
        if self._joined[at - 1] or "WJ" in (a, b) or a == "GL":  # LB8a, LB11, LB12
            return False
        if b == "GL" and a not in ("SP", "BA", "HY", "HH"):  # LB12a
            return False
        if b in ("CL", "CP", "EX", "SY") or before.of == "OP":  # LB13, LB14
            return False
        if before.is_initial and self._at(seen - 1).of in _OPENS_QUOTE:  # LB15a
            return False
        if right.is_final and self._at(at + 1).of in _ENDS_QUOTE:  # LB15b
            return False
        if a == "SP" and b == "IS" and self._at(at + 1).of == "NU":  # LB15c
            return True
        if b == "IS":  # LB15d
            return False
        if (before.of in ("CL", "CP") and b == "NS") or before.of == b == "B2":  # LB16, LB17
            return False
        if a == "SP":  # LB18
            return True
        if self._quotes(at):  # LB19
            return False
        if "CB" in (a, b):  # LB20
            return True
        return not (self._clings(at) or self._counts(at))

    def _at(self, at: int) -> _Kind:
        return self._kinds[at] if 0 <= at < len(self._kinds) else _EDGE

    def _quotes(self, at: int) -> bool:
        left, right = self._at(at - 1), self._at(at)
        if right.of == "QU":
            following = self._at(at + 1)
            if not right.is_initial or not left.is_wide or following is _EDGE or not following.is_wide:
                return True
        if left.of == "QU":
            preceding = self._at(at - 2)
            return not left.is_final or not right.is_wide or preceding is _EDGE or not preceding.is_wide
        return False

    def _clings(self, at: int) -> bool:
        """LB20a to LB24 and LB26 to LB30b: neighbours that stay together."""
        left, right = self._at(at - 1), self._at(at)
        a, b = left.of, right.of
        earlier = self._at(at - 2)
        if a in ("HY", "HH") and b == "AL" and earlier.of in ("", "SP", "ZW", "CB", "GL"):
            return True
        if b in ("BA", "HH", "HY", "NS", "IN") or a == "BB":
            return True
        if earlier.of == "HL" and (a in ("HY", "HH") or (a == "BA" and not left.is_wide)) and b != "HL":
            return True
        if a == "SY" and b == "HL":
            return True
        if (a in _LETTERS and b in ("NU", "PR", "PO")) or (a in ("NU", "PR", "PO") and b in _LETTERS):
            return True
        if (a == "PR" and b in ("ID", "EB", "EM")) or (a in ("ID", "EB", "EM") and b == "PO"):
            return True
        if _HANGUL & {a, b} and self._is_hangul(a, b):
            return True
        if a in _LETTERS | {"IS"} and b in _LETTERS:
            return True
        if self._is_aksara(at):
            return True
        if a in (*_LETTERS, "NU") and b == "OP" and not right.is_wide:
            return True
        if a == "CP" and not left.is_wide and b in (*_LETTERS, "NU"):
            return True
        if a == b == "RI":
            return self._flags[at] % 2 == 1
        return b == "EM" and (a == "EB" or left.is_unassigned_picture)

    def _is_hangul(self, a: str, b: str) -> bool:
        if a == "JL":
            joins = b in ("JL", "JV", "H2", "H3")
        elif a in ("JV", "H2"):
            joins = b in ("JV", "JT")
        else:
            joins = a in ("JT", "H3") and b == "JT"
        return joins or (a in _HANGUL and b == "PO") or (a == "PR" and b in _HANGUL)

    def _is_aksara(self, at: int) -> bool:
        """LB28a: the syllables of Brahmic scripts that part words without spaces."""
        a, b = self._brahmic(at - 1), self._brahmic(at)
        if (a == "AP" and b in _AKSARA) or (a in _AKSARA and b in ("VF", "VI")):
            return True
        if a == "VI" and self._brahmic(at - 2) in _AKSARA and b in ("AK", "◌"):
            return True
        return a in _AKSARA and b in _AKSARA and self._brahmic(at + 1) == "VF"

    def _brahmic(self, at: int) -> str:
        return "◌" if 0 <= at < len(self._circles) and self._circles[at] else self._at(at).of

    def _counts(self, at: int) -> bool:
        """LB25: numbers with their signs, separators and brackets."""
        a, b = self._at(at - 1).of, self._at(at).of
        if b in ("PO", "PR"):
            end = at - 1 if a not in ("CL", "CP") else at - 2
            return self._is_number_before(end)
        if b == "NU":
            if a in ("PO", "PR", "HY", "IS", "NU"):
                return True
            return a == "SY" and self._is_number_before(at - 1)
        if a in ("PO", "PR") and b == "OP":
            after = self._at(at + 1).of
            return after == "NU" or (after == "IS" and self._at(at + 2).of == "NU")
        return False

    def _is_number_before(self, at: int) -> bool:
        while self._at(at).of in ("SY", "IS"):
            at -= 1
        return self._at(at).of == "NU"
