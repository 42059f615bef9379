"""The order in which letters of both directions are seen: the Unicode Bidirectional Algorithm (UAX 9), on plain values.

text of a paragraph -> its base level -> a level per character -> the order of a line's pieces from left to right.
Even levels run to the right, odd ones to the left.

Left out: mirroring of brackets, which the shaper does, and where lines end, which comes between levels and order. The
properties of characters are those of the Python that runs; brackets pair as their names say.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

# Anything that could make a level other than 0: right-to-left letters, their numbers, and the controls of direction.
_TURNS = re.compile(
    "[\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
MAX_DEPTH = 125
_BRACKETS_MAX = 63

_EMBEDDINGS = {"LRE": (0, "ON"), "RLE": (1, "ON"), "LRO": (0, "L"), "RLO": (1, "R")}
_ISOLATES = ("LRI", "RLI", "FSI")
_REMOVED = frozenset(("LRE", "RLE", "LRO", "RLO", "PDF", "BN"))
_NEUTRAL = frozenset(("B", "S", "WS", "ON", "LRI", "RLI", "FSI", "PDI"))


def has_direction(text: str) -> bool:
    """Whether the text has anything that is not plainly left to right."""
    return _TURNS.search(text) is not None


def base_level(text: str) -> int:
    """1 if the first strong letter outside isolates is right to left (rules P2, P3), else 0."""
    return _first_strong([_class(char) for char in text], 0, len(text))


def levels(text: str, base: int) -> list[int]:
    """The level of each character of one paragraph. Removed controls get the level of what is before them."""
    if base == 0 and not has_direction(text):
        return [0] * len(text)
    classes = [_class(char) for char in text]
    return _Paragraph(text, classes, base).resolve()


def visual_order(of: Sequence[int]) -> list[int]:
    """Indices of a line's pieces in the order they are seen from left to right (rule L2)."""
    order = list(range(len(of)))
    odd = [level for level in of if level % 2]
    if not odd:
        return order
    for level in range(max(of), min(odd) - 1, -1):
        start = 0
        while start < len(order):
            if of[order[start]] < level:
                start += 1
                continue
            end = start
            while end < len(order) and of[order[end]] >= level:
                end += 1
            order[start:end] = reversed(order[start:end])
            start = end
    return order


@lru_cache(maxsize=8192)
def _class(char: str) -> str:
    return unicodedata.bidirectional(char) or "L"


@lru_cache(maxsize=1024)
def _bracket(char: str) -> tuple[str, bool] | None:
    """What pairs the bracket with its other half, and whether it opens; None for other characters."""
    category = unicodedata.category(char)
    if category not in ("Ps", "Pe") or not unicodedata.mirrored(char):
        return None
    name = unicodedata.name(unicodedata.normalize("NFC", char), "")
    return name.replace("LEFT", "").replace("RIGHT", ""), category == "Ps"


def _first_strong(classes: Sequence[str], start: int, end: int, default: int = 0) -> int:
    depth = 0
    for kind in classes[start:end]:
        if kind in _ISOLATES:
            depth += 1
        elif kind == "PDI":
            if depth == 0:
                break
            depth -= 1
        elif depth == 0 and kind in ("L", "R", "AL"):
            return int(kind != "L")
    return default


@dataclass(slots=True)
class _Status:
    level: int
    override: str
    is_isolate: bool


class _Paragraph:
    """One paragraph on its way through the rules; `types` change from rule to rule."""

    def __init__(self, text: str, classes: list[str], base: int) -> None:
        self._text = text
        self._classes = classes
        self._types = list(classes)
        self._base = base
        self._levels = [base] * len(text)
        self._embedded = self._levels  # before any sequence was resolved

    def resolve(self) -> list[int]:
        self._explicit()
        self._embedded = list(self._levels)
        for run in self._sequences():
            self._resolve_sequence(run)
        self._reset_ends()
        return self._levels

    def _explicit(self) -> None:
        """X1 to X8: levels by the controls of embedding, override and isolation."""
        stack = [_Status(self._base, "ON", is_isolate=False)]
        overflow_isolates = overflow_embeddings = valid_isolates = 0
        for index, kind in enumerate(self._classes):
            last = stack[-1]
            if kind in _EMBEDDINGS:
                self._levels[index] = last.level
                odd, override = _EMBEDDINGS[kind]
                level = _next_level(last.level, odd)
                if level <= MAX_DEPTH and not overflow_isolates and not overflow_embeddings:
                    stack.append(_Status(level, override, is_isolate=False))
                elif not overflow_isolates:
                    overflow_embeddings += 1
            elif kind in _ISOLATES:
                self._levels[index] = last.level
                if last.override != "ON":
                    self._types[index] = last.override
                # What is too deep anyway is not looked into: a text of nothing but isolates would take its time.
                is_open = not overflow_isolates and not overflow_embeddings and last.level < MAX_DEPTH
                odd = self._isolate_direction(kind, index) if is_open else 0
                level = _next_level(last.level, odd)
                if level <= MAX_DEPTH and is_open:
                    valid_isolates += 1
                    stack.append(_Status(level, "ON", is_isolate=True))
                else:
                    overflow_isolates += 1
            elif kind == "PDI":
                if overflow_isolates:
                    overflow_isolates -= 1
                elif valid_isolates:
                    overflow_embeddings = 0
                    while not stack[-1].is_isolate:
                        stack.pop()
                    stack.pop()
                    valid_isolates -= 1
                self._levels[index] = stack[-1].level
                if stack[-1].override != "ON":
                    self._types[index] = stack[-1].override
            elif kind == "PDF":
                if not overflow_isolates and overflow_embeddings:
                    overflow_embeddings -= 1
                elif not overflow_isolates and len(stack) > 1 and not last.is_isolate:
                    stack.pop()
                self._levels[index] = stack[-1].level
            elif kind == "B":
                self._levels[index] = self._base
            else:
                self._levels[index] = last.level
                if last.override != "ON" and kind != "BN":
                    self._types[index] = last.override

    def _isolate_direction(self, kind: str, index: int) -> int:
        if kind == "FSI":
            return _first_strong(self._classes, index + 1, len(self._classes))
        return int(kind == "RLI")

    def _sequences(self) -> Iterator[list[int]]:
        """X9, X10: isolating run sequences, as indices of the characters that are not removed."""
        kept = [index for index, kind in enumerate(self._classes) if kind not in _REMOVED]
        runs: list[list[int]] = []
        for index in kept:
            if runs and self._levels[runs[-1][-1]] == self._levels[index]:
                runs[-1].append(index)
            else:
                runs.append([index])
        closes = self._matching(kept)
        by_first = {run[0]: run for run in runs}
        continued = {closes[run[-1]] for run in runs if run[-1] in closes}
        for run in runs:
            if run[0] in continued:
                continue
            sequence = list(run)
            while sequence[-1] in closes and closes[sequence[-1]] in by_first:
                sequence += by_first[closes[sequence[-1]]]
            yield sequence

    def _matching(self, kept: Sequence[int]) -> dict[int, int]:
        """Isolate initiators and the controls that end them."""
        opened: list[int] = []
        found: dict[int, int] = {}
        for index in kept:
            if self._classes[index] in _ISOLATES:
                opened.append(index)
            elif self._classes[index] == "PDI" and opened:
                found[opened.pop()] = index
        return found

    def _resolve_sequence(self, run: list[int]) -> None:
        level = self._levels[run[0]]
        before, after = self._neighbours(run)
        start = "R" if max(level, before) % 2 else "L"
        end = "R" if max(level, after) % 2 else "L"
        types = [self._types[index] for index in run]
        _weak(types, start)
        own = "R" if level % 2 else "L"
        self._brackets(run, types, own, start)
        _neutral(types, own, start, end)
        for index, kind in zip(run, types, strict=True):
            if level % 2 == 0:
                self._levels[index] += {"R": 1, "AN": 2, "EN": 2}.get(kind, 0)
            elif kind in ("L", "AN", "EN"):
                self._levels[index] += 1

    def _neighbours(self, run: list[int]) -> tuple[int, int]:
        """Levels before the first and after the last character of the sequence."""
        before = next(
            (self._embedded[i] for i in range(run[0] - 1, -1, -1) if self._classes[i] not in _REMOVED), self._base
        )
        last = run[-1]
        if self._classes[last] in _ISOLATES:
            return before, self._base
        return before, next(
            (self._embedded[i] for i in range(last + 1, len(self._text)) if self._classes[i] not in _REMOVED),
            self._base,
        )

    def _brackets(self, run: list[int], types: list[str], own: str, start: str) -> None:
        """N0: both halves of a pair go the same way."""
        for opening, closing in self._pairs(run, types):
            inside = {_strong(kind) for kind in types[opening + 1 : closing]}
            if own in inside:
                found = own
            elif inside & {"L", "R"}:
                context = next((s for s in map(_strong, reversed(types[:opening])) if s), start)
                found = context if context != own else own
            else:
                continue
            for at in (opening, closing):
                types[at] = found
                # Marks on a bracket go with it.
                for follower in range(at + 1, len(run)):
                    if self._classes[run[follower]] != "NSM":
                        break
                    types[follower] = found

    def _pairs(self, run: list[int], types: list[str]) -> list[tuple[int, int]]:
        opened: list[tuple[str, int]] = []
        pairs: list[tuple[int, int]] = []
        for at, index in enumerate(run):
            bracket = _bracket(self._text[index]) if types[at] == "ON" else None
            if bracket is None:
                continue
            key, opens = bracket
            if opens:
                if len(opened) == _BRACKETS_MAX:
                    break
                opened.append((key, at))
                continue
            for depth in range(len(opened) - 1, -1, -1):
                if opened[depth][0] == key:
                    pairs.append((opened[depth][1], at))
                    del opened[depth:]
                    break
        return sorted(pairs)

    def _reset_ends(self) -> None:
        """L1, and levels for what X9 removes, so that every character has one."""
        is_end = True
        for index in range(len(self._text) - 1, -1, -1):
            kind = self._classes[index]
            if kind in ("B", "S"):
                is_end = True
                self._levels[index] = self._base
            elif kind in ("WS", "FSI", "LRI", "RLI", "PDI") or kind in _REMOVED:
                if is_end:
                    self._levels[index] = self._base
            else:
                is_end = False


def _next_level(level: int, odd: int) -> int:
    return level + 1 if (level + 1) % 2 == odd else level + 2


def _strong(kind: str) -> str:
    return {"L": "L", "R": "R", "EN": "R", "AN": "R"}.get(kind, "")


def _weak(types: list[str], start: str) -> None:
    """W1 to W7."""
    before = start
    for at, kind in enumerate(types):
        if kind == "NSM":
            kind = types[at] = "ON" if before in ("LRI", "RLI", "FSI", "PDI") else before
        before = kind
    strong = start
    for at, kind in enumerate(types):
        if kind in ("L", "R", "AL"):
            strong = kind
        elif kind == "EN" and strong == "AL":
            types[at] = "AN"
    types[:] = ["R" if kind == "AL" else kind for kind in types]
    for at in range(1, len(types) - 1):
        left, kind, right = types[at - 1 : at + 2]
        if (kind == "ES" and left == right == "EN") or (kind == "CS" and left == right and left in ("EN", "AN")):
            types[at] = left
    at = 0
    while at < len(types):
        end = at
        while end < len(types) and types[end] == "ET":
            end += 1
        if end > at and ((at and types[at - 1] == "EN") or (end < len(types) and types[end] == "EN")):
            types[at:end] = ["EN"] * (end - at)
        at = max(end, at + 1)
    strong = start
    for at, kind in enumerate(types):
        if kind in ("ES", "ET", "CS"):
            types[at] = "ON"
        elif kind in ("L", "R"):
            strong = kind
        elif kind == "EN" and strong == "L":
            types[at] = "L"


def _neutral(types: list[str], own: str, start: str, end: str) -> None:
    """N1, N2: what has no direction takes that of both sides, else the embedding's."""
    at = 0
    while at < len(types):
        stop = at
        while stop < len(types) and types[stop] in _NEUTRAL:
            stop += 1
        if stop > at:
            left = _strong(types[at - 1]) if at else start
            right = _strong(types[stop]) if stop < len(types) else end
            types[at:stop] = [left if left == right else own] * (stop - at)
        at = max(stop, at + 1)
