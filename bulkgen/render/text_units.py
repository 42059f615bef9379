"""A set text -> the letters, words or lines that a text effect moves, in reading order. Pure.

A letter is what a reader takes for one: with its marks, a ligature, a flag. In scripts whose letters join, only typing
goes by the letter: moved apart they would be torn, so there a letter of the other effects is a word. Reading order is
that of the text, so what runs to the left comes from the right.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from bulkgen.render.clusters import clusters
from bulkgen.render.face import script_of
from bulkgen.render.textblock import GlyphRun, TextBlock, TextLine
from bulkgen.render.typesetting import JOINED, Piece
from bulkgen.wire.design import Box

# Past it a text moves by its words, then by its lines: each unit is drawn on its own.
UNITS_MAX = 600

# Line, word within it, place and letter within that; as much of it as the split asks for. It sorts in reading order.
_Key = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TextUnit:
    """`block` has nothing but this unit, with the extent of the whole text; `box` is what the unit takes up."""

    block: TextBlock
    box: Box


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Neighbouring glyphs of one run and unit."""

    key: _Key
    line: int
    run: GlyphRun


def units_of(block: TextBlock, split: str, *, by_letter_in_joined: bool) -> tuple[TextUnit, ...]:
    """`by_letter_in_joined`: the effect shows letters whole and where they belong, as typing does."""
    for coarser in (split, *_COARSER[split]):
        found = _gathered(block, coarser, by_letter_in_joined=by_letter_in_joined)
        if len(found) <= UNITS_MAX:
            break
    return tuple(_unit(block, stretches) for _, stretches in sorted(found.items()))


_COARSER = {"letter": ("word", "line"), "word": ("line",), "line": ()}


def _gathered(block: TextBlock, split: str, *, by_letter_in_joined: bool) -> dict[_Key, list[_Stretch]]:
    found: dict[_Key, list[_Stretch]] = {}
    for number, line in enumerate(block.lines):
        stretches: list[_Stretch] = []
        for run in line.runs:
            stretches += _stretches(number, run, split, by_letter_in_joined=by_letter_in_joined)
        for stretch in _reaching(stretches):
            found.setdefault(stretch.key, []).append(stretch)
    return found


def _stretches(line: int, run: GlyphRun, split: str, *, by_letter_in_joined: bool) -> Iterator[_Stretch]:
    """A run cut where the unit changes."""
    keys: list[_Key] = []
    pens: list[tuple[float, float]] = []
    for source in run.sources:
        piece = source.piece
        is_whole = split == "letter" and not by_letter_in_joined and _is_joined(piece)
        starts = [start for start, _ in clusters(piece.text)]
        glyphs = piece.glyphs
        for cluster, advance, offset in zip(glyphs.clusters, glyphs.advances, glyphs.x_offsets, strict=True):
            pen = run.xs[len(keys)] - offset * run.size
            pens.append((pen, pen + advance * run.size))
            if split == "line":
                keys.append((line,))
            elif split == "word" or is_whole:
                keys.append((line, source.word))
            else:
                letter = starts[max(bisect_right(starts, cluster) - 1, 0)]
                keys.append((line, source.word, source.place, letter))
    start = 0
    for at in range(1, len(keys) + 1):
        if at == len(keys) or keys[at] != keys[start]:
            yield _Stretch(keys[start], line, _part(run, start, at, pens[start:at]))
            start = at


def _part(run: GlyphRun, start: int, end: int, pens: Sequence[tuple[float, float]]) -> GlyphRun:
    left = min(pen for pen, _ in pens)
    return replace(
        run,
        ids=run.ids[start:end],
        xs=tuple(x - left for x in run.xs[start:end]),
        ys=None if run.ys is None else run.ys[start:end],
        x=run.x + left,
        width=max(pen for _, pen in pens) - left,
        sources=(),
    )


def _reaching(stretches: Sequence[_Stretch]) -> list[_Stretch]:
    """Underlined and marked ones up to the next of the kind: the line goes on through spaces and letter spacing."""
    reached = list(stretches)
    for index, (one, other) in enumerate(pairwise(stretches)):
        marks = one.run.style.marks
        is_lined = marks.underline or marks.strike or marks.diagonal or marks.background
        if is_lined and marks == other.run.style.marks:
            reached[index] = replace(one, run=replace(one.run, width=max(other.run.x - one.run.x, one.run.width)))
    return reached


def _unit(block: TextBlock, stretches: Sequence[_Stretch]) -> TextUnit:
    lines: dict[int, list[GlyphRun]] = {}
    for stretch in stretches:
        lines.setdefault(stretch.line, []).append(stretch.run)
    made, boxes = [], []
    for number, runs in lines.items():
        left, right = min(run.x for run in runs), max(run.x + run.width for run in runs)
        whole = block.lines[number]
        made.append(TextLine(left, whole.baseline, right - left, tuple(runs), whole.scale))
        top = min(run.baseline - run.face.metrics.ascent * run.size for run in runs)
        bottom = max(run.baseline + run.face.metrics.descent * run.size for run in runs)
        boxes.append((left, top, right, bottom))
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    width, height = max(box[2] for box in boxes) - left, max(box[3] for box in boxes) - top
    return TextUnit(replace(block, lines=tuple(made)), Box(left, top, width, height))


def _is_joined(piece: Piece) -> bool:
    return script_of(next((char for char in piece.text if char.isalpha()), " ")) in JOINED
