"""The `alignment` words of the API (reference 7.8): where something stands in its box, per axis."""

from __future__ import annotations

from dataclasses import dataclass

_PARTS = {"top": 0.0, "left": 0.0, "middle": 0.5, "center": 0.5, "custom": 0.5, "bottom": 1.0, "right": 1.0}
_VERTICAL = ("top", "middle", "bottom")


@dataclass(frozen=True, slots=True)
class Alignment:
    """Parts of the free space before the content. Justified lines reach both edges; `horizontal` places the last."""

    horizontal: float
    vertical: float
    justify: bool = False


def merge(saved: object, given: str) -> str:
    """One word leaves the other axis at the design's value (reference open 15)."""
    words, saved_words = given.split(), str(saved or "").split()
    if len(words) != 1 or len(saved_words) != 2:
        return given
    return f"{words[0]} {saved_words[1]}" if words[0] in _VERTICAL else f"{saved_words[0]} {words[0]}"


def parse_alignment(text: str, default: str) -> Alignment:
    """One word centres the other axis. Unknown words count as `default`: the API's own check comes before this."""
    words = (text or default).split()
    horizontal, vertical, justify = 0.5, 0.5, False
    if len(words) == 2:
        vertical = _PARTS.get(words[0], 0.5)
        words = words[1:]
    for word in words:
        if word in _VERTICAL:
            vertical = _PARTS[word]
        elif word.startswith("justify"):
            justify = True
            horizontal = _PARTS.get(word.removeprefix("justify").removeprefix("-") or "left", 0.0)
        else:
            horizontal = _PARTS.get(word, 0.5)
    return Alignment(horizontal, vertical, justify)
