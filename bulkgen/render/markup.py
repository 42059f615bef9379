"""The inline markup of text payloads (reference 7.10) -> runs of text with marks.

A tag that is not in the table, or whose value does not parse, is text: a product called "A<B" stays as it is.
An unclosed tag holds to the end; a closing tag without an opening one is dropped, and one with it also ends what was
opened inside. `<fs=24>` sets a size in px: the API has such a tag, and does not publish how it is written (open 16).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from bulkgen.wire.colors import Color, parse_color

_TAG = re.compile(r"<(/?)(c|w|u|s|d|bg|fs)(?:=([^<>]{1,40}))?>")


@dataclass(frozen=True, slots=True)
class Line:
    """A decoration; without a colour it has the text's."""

    color: Color | None = None


@dataclass(frozen=True, slots=True)
class Marks:
    """What holds for a run of text. None means: as the layer says."""

    color: Color | None = None
    weight: int | None = None
    underline: Line | None = None
    strike: Line | None = None
    diagonal: Line | None = None
    background: Color | None = None
    size: float | None = None  # px


@dataclass(frozen=True, slots=True)
class Run:
    text: str
    marks: Marks


PLAIN = Marks()

# Higher than any banner; beyond it the number is a slip.
_SIZE_MAX_PX = 4000


def parse_markup(payload: str) -> list[Run]:
    """Runs in order; their texts joined are the payload without its tags."""
    if "<" not in payload:
        return [Run(payload, PLAIN)]
    runs: list[Run] = []
    stack: list[tuple[str, Marks]] = []
    marks, position = PLAIN, 0

    def emit(text: str) -> None:
        if text and runs and runs[-1].marks == marks:
            runs[-1] = Run(runs[-1].text + text, marks)
        elif text:
            runs.append(Run(text, marks))

    for match in _TAG.finditer(payload):
        closing, tag, value = match.groups()
        if closing:
            if value is not None:
                continue
            emit(payload[position : match.start()])
            opened = [index for index, (name, _) in enumerate(stack) if name == tag]
            if opened:
                marks = stack[opened[-1]][1]
                del stack[opened[-1] :]
        else:
            opening = _open(marks, tag, value)
            if opening is None:
                continue
            emit(payload[position : match.start()])
            stack.append((tag, marks))
            marks = opening
        position = match.end()
    emit(payload[position:])
    return runs or [Run("", PLAIN)]


def has_sizes(payload: str) -> bool:
    """Whether a part of the text has a size of its own."""
    return "<fs=" in payload and any(run.marks.size is not None for run in parse_markup(payload))


def _open(marks: Marks, tag: str, value: str | None) -> Marks | None:
    """The marks inside the tag, or None if this is no tag after all."""
    try:
        match tag:
            case "w":
                weight = int(value or "")
                return replace(marks, weight=weight) if 1 <= weight <= 1000 else None
            case "fs":
                size = float(value or "")
                return replace(marks, size=size) if 1 <= size <= _SIZE_MAX_PX else None
            case "c":
                return replace(marks, color=parse_color(value or ""))
            case "bg":
                return replace(marks, background=parse_color(value or ""))
        line = Line(parse_color(value) if value is not None else None)
        match tag:
            case "u":
                return replace(marks, underline=line)
            case "s":
                return replace(marks, strike=line)
            case _:
                return replace(marks, diagonal=line)
    except ValueError:
        return None
