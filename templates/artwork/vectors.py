"""Vector drawing shared by portraits and logos: path data, and text as outlines.

Path data is SVG's, absolute ``M L C Q Z`` only, so that the same string serves a PNG and an SVG file.
"""

from __future__ import annotations

from pathlib import Path

import skia
import uharfbuzz as hb

_ARGUMENTS = {"M": 2, "L": 2, "C": 6, "Q": 4}


def path(data: str) -> skia.Path:
    """A Skia path from path data."""
    out = skia.Path()
    for letter in "MLCQZ":
        data = data.replace(letter, f" {letter} ")
    command, numbers = "", []
    for token in data.replace(",", " ").split():
        if token == "Z":
            out.close()
        elif token in _ARGUMENTS:
            command = token
        else:
            numbers.append(float(token))
            if len(numbers) == _ARGUMENTS[command]:
                {"M": out.moveTo, "L": out.lineTo, "C": out.cubicTo, "Q": out.quadTo}[command](*numbers)
                numbers = []
    return out


class _Pen:
    """Collects a glyph's outline as path data, scaled, slanted and placed."""

    def __init__(self, scale: float, slant: float) -> None:
        self.scale, self.slant = scale, slant
        self.x = self.y = 0.0
        self.out: list[str] = []

    def put(self, letter: str, *points: float) -> None:
        pairs = []
        for px, py in zip(points[::2], points[1::2], strict=True):
            gx, gy = px * self.scale, py * self.scale
            pairs.append(f"{self.x + gx + self.slant * gy:.2f} {self.y - gy:.2f}")
        self.out.append(letter + " ".join(pairs))


def outlines(
    text: str,
    font_file: Path,
    size: float,
    origin: tuple[float, float] = (0.0, 0.0),
    axes: dict[str, float] | None = None,
    tracking: float = 0.0,
    slant: float = 0.0,
) -> tuple[str, float]:
    """Path data of a line of text and its advance width. ``tracking`` is in thousandths of an em."""
    face = hb.Face(hb.Blob.from_file_path(str(font_file)))
    font = hb.Font(face)
    if axes:
        font.set_variations(axes)
    buffer = hb.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    hb.shape(font, buffer, {"kern": True, "liga": False})
    pen = _Pen(size / face.upem, slant)
    pen.x, pen.y = origin
    draw = hb.DrawFuncs()
    draw.set_move_to_func(lambda x, y, p: p.put("M", x, y))
    draw.set_line_to_func(lambda x, y, p: p.put("L", x, y))
    draw.set_quadratic_to_func(lambda a, b, x, y, p: p.put("Q", a, b, x, y))
    draw.set_cubic_to_func(lambda a, b, c, d, x, y, p: p.put("C", a, b, c, d, x, y))
    draw.set_close_path_func(lambda p: p.out.append("Z"))
    for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        font.draw_glyph(info.codepoint, draw, pen)
        pen.x += position.x_advance * pen.scale + tracking * size / 1000
    return "".join(pen.out), pen.x - origin[0] - tracking * size / 1000
