"""Verdicts on texts -> problems, said by cell. Pure.

    TextVerdict, … -> Problem, …

A text that fails in several formats is one problem, told of the format where it is worst. Of a provider whose renderer
is not at hand a verdict is an estimate: it warns and never keeps a row back.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence

from bulkgen.preflight.origins import Origins
from bulkgen.preflight.outputs import Output
from bulkgen.preflight.problems import problem
from bulkgen.preflight.state import Preflight
from bulkgen.preflight.texts import Fit, TextMeasure, TextVerdict
from bulkgen.sheet.model import Row
from bulkgen.sheet.problems import Problem

# Verdict -> (code where the renderer is ours, code where it is not).
CODES: dict[Fit, tuple[str, str]] = {
    Fit.TOO_LONG: ("text_does_not_fit", "text_may_not_fit"),
    Fit.NO_GLYPH: ("no_glyph", "glyph_uncertain"),
    Fit.UNSET: ("cannot_be_made", "font_not_at_hand"),
    Fit.UNKNOWN: ("unknown_font", "font_not_at_hand"),
    Fit.CUT: ("text_cut", "text_cut"),
}
# Of these the words name the format that they are about; the others are the same in each.
_OF_A_BOX = frozenset(("text_does_not_fit", "text_may_not_fit", "text_cut", "word_broken"))
# The same in every row, so told once.
_ONCE = frozenset(("font_not_at_hand",))

_TAIL_SHOWN = 40
_CHARACTERS_SHOWN = 10

_Found = dict[tuple[str, str], list[tuple[TextVerdict, str]]]


def text_problems(
    row: Row, outputs: Sequence[Output], measure: TextMeasure, origins: Origins, state: Preflight, *, is_ours: bool
) -> Iterator[Problem]:
    found: _Found = {}
    every = {place for output in outputs for place, _ in output.parts}
    for output in outputs:
        for place, elements in output.parts:
            for verdict in measure.verdicts(place, elements):
                state.texts[verdict.fit.value] += 1
                for code in _codes(verdict, is_ours):
                    found.setdefault((verdict.layer, code), []).append((verdict, output.format))
    for (layer, code), verdicts in found.items():
        worst = max((verdict for verdict, _ in verdicts), key=_severity)
        if code in _ONCE and not state.once((code, layer), row):
            continue
        formats = list(dict.fromkeys(format_id for _, format_id in verdicts))
        places = list(dict.fromkeys(verdict.format for verdict, _ in verdicts))
        if code in _OF_A_BOX:
            others = [place for place in places if place != worst.format]
            more = f"; also in {', '.join(others)}" if others else ""
        else:
            more = "" if every <= set(places) else f" (in {', '.join(places)})"
        origin = row.origin() if worst.is_own else origins.origin(row, worst.format, layer, "payload", _seen(worst))
        whose = " (the design's own text)" if worst.is_own else ""
        facts = [("layer", layer), ("property", "payload"), ("formats", ", ".join(formats))]
        if worst.keeps:
            facts.append(("fits", worst.keeps))
        message = f"{layer}.payload{whose}: {SAID[code](worst)}{more}"
        yield problem(code, origin, message, facts=tuple(facts))


def _codes(verdict: TextVerdict, is_ours: bool) -> Iterator[str]:
    pair = CODES.get(verdict.fit)
    # The design's own text is cut as its designer has seen it.
    if pair is not None and not (verdict.fit is Fit.CUT and verdict.is_own):
        yield pair[0] if is_ours else pair[1]
    if verdict.broken_word and not verdict.is_own:
        yield "word_broken"


def _severity(verdict: TextVerdict) -> tuple[float, float, int]:
    """The format in which the text needs to be shortest comes first."""
    return (verdict.over_lines, verdict.over_px / max(verdict.size_px, 1.0), -len(verdict.keeps))


def _seen(verdict: TextVerdict) -> str:
    return verdict.missing[0] if verdict.missing else verdict.broken_word


def _too_long(verdict: TextVerdict) -> str:
    size = f"at {verdict.size_px:g} {verdict.unit}" + (
        ", the smallest size" if verdict.size_px < verdict.design_size_px else ""
    )
    said = [f"does not fit in {verdict.format}"]
    if verdict.over_lines:
        room = verdict.lines - verdict.over_lines
        lines = f"{verdict.lines} line{'s' * (verdict.lines != 1)} {size}, room for {room or 'none'}"
        said.append(f"{lines} ({verdict.over_px:.0f} {verdict.unit} too high)" if verdict.over_px >= 1 else lines)
    elif verdict.over_px >= 1:
        said.append(f"{verdict.over_px:.0f} {verdict.unit} too {'high' if verdict.lines else 'wide'} {size}")
    else:
        said.append(size)
    if verdict.keeps:
        said.append(f"it fits up to {_tail(verdict.keeps)!r} ({len(verdict.keeps)} characters)")
    if verdict.fits_at_px:
        said.append(f"all of it would fit at {verdict.fits_at_px:g} {verdict.unit}")
    return "; ".join(said)


def _cut(verdict: TextVerdict) -> str:
    after = f" after about {_tail(verdict.keeps)!r}" if verdict.keeps else ""
    return f"is cut with dots in {verdict.format}{after}, at {verdict.size_px:g} {verdict.unit}"


def _no_glyph(verdict: TextVerdict) -> str:
    if not verdict.missing:
        # Each of its characters can be shown alone, and together they cannot.
        return verdict.reason.removeprefix(f"Element {verdict.layer} error: ")
    named = [
        f"{char!r} (U+{ord(char):04X}{_name(char)})" if char.isprintable() else f"U+{ord(char):04X}{_name(char)}"
        for char in verdict.missing[:_CHARACTERS_SHOWN]
    ]
    more = f" and {len(verdict.missing) - _CHARACTERS_SHOWN} more" if len(verdict.missing) > _CHARACTERS_SHOWN else ""
    return f"no font at hand has {', '.join(named)}{more}"


def _name(char: str) -> str:
    name = unicodedata.name(char, "").lower()
    return f", {name}" if name else ""


def _tail(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _TAIL_SHOWN else f"…{line[1 - _TAIL_SHOWN :]}"


def _unknown_font(verdict: TextVerdict) -> str:
    if verdict.font:
        return f"the font {verdict.font!r} is not there"
    return verdict.reason or "the design does not tell the font and size of the text"


SAID: dict[str, Callable[[TextVerdict], str]] = {
    "text_does_not_fit": _too_long,
    "text_may_not_fit": _too_long,
    "text_cut": _cut,
    "word_broken": lambda verdict: f"{verdict.broken_word!r} is wider than the box in {verdict.format} and is broken",
    "no_glyph": _no_glyph,
    "glyph_uncertain": _no_glyph,
    "unknown_font": _unknown_font,
    "font_not_at_hand": _unknown_font,
    "cannot_be_made": lambda verdict: verdict.reason.removeprefix(f"Element {verdict.layer} error: "),
}
