"""How the cells of a book of problems look.

Told apart on paper and by eyes that see no red: an error is bold in a thick frame, a warning plain in a dashed one.
"""

from __future__ import annotations

from collections.abc import Iterable

from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.workbook import Workbook
from openpyxl.worksheet.page import PageMargins

from bulkgen.sheet.problems import Severity

PLAIN = "bulkgen plain"
HEADING = "bulkgen heading"
TITLE = "bulkgen title"
QUIET = "bulkgen quiet"
WRAPPED = "bulkgen text"
LINK = "bulkgen link"
NUMBER = "bulkgen number"
CELL = {Severity.ERROR: "bulkgen error", Severity.WARNING: "bulkgen warning"}
TEXT = {Severity.ERROR: "bulkgen error text", Severity.WARNING: "bulkgen warning text"}

# Light enough for black text, dark enough for a printer without colour.
_FILL = {Severity.ERROR: "FFF8D3CF", Severity.WARNING: "FFFFF0C2"}
_INK = {Severity.ERROR: "FF8C1D18", Severity.WARNING: "FF5C4400"}
_FRAME = {Severity.ERROR: Side("medium", "FF8C1D18"), Severity.WARNING: Side("dashed", "FFB27D00")}
# Inches. Wide tables need the paper.
MARGINS = PageMargins(left=0.4, right=0.4, top=0.5, bottom=0.5)
_BLACK = "FF000000"

_LINE_POINTS = 15.0
# No row can be higher.
_MAX_POINTS = 409.0
# How much of a line's width words fill on average, with a font that is a little wider than ours.
_FILLED = 0.88


def add_looks(book: Workbook) -> None:
    """By name, so that a cell takes its look in one step, and a person finds them among the program's own styles."""
    top = Alignment(vertical="top")
    wrapped = Alignment(vertical="top", wrap_text=True)
    shade = PatternFill("solid", "FFE7ECF2")
    for style in (
        NamedStyle(PLAIN, font=_font(), alignment=top),
        NamedStyle(HEADING, font=_font(bold=True), fill=shade, alignment=Alignment(vertical="center")),
        NamedStyle(TITLE, font=_font(bold=True, size=16)),
        NamedStyle(QUIET, font=_font("FF5F6B7A")),
        NamedStyle(WRAPPED, font=_font(), alignment=wrapped),
        # Numbers stand under their heading, away from the text on their right.
        NamedStyle(NUMBER, font=_font(), alignment=Alignment(horizontal="left", vertical="top"), number_format="#,##0"),
        NamedStyle(LINK, font=_font("FF0563C1", underline=True), alignment=top),
    ):
        book.add_named_style(style)
    for severity in Severity:
        is_bold = severity is Severity.ERROR
        fill, side = PatternFill("solid", _FILL[severity]), _FRAME[severity]
        frame = Border(left=side, right=side, top=side, bottom=side)
        font = _font(_INK[severity], bold=is_bold)
        # A text that is too long should be seen to be.
        book.add_named_style(NamedStyle(CELL[severity], font=font, fill=fill, border=frame, alignment=wrapped))
        edge = Border(left=side, bottom=Side("thin", "FFFFFFFF"))
        book.add_named_style(
            NamedStyle(TEXT[severity], font=_font(_INK[severity]), fill=fill, border=edge, alignment=wrapped)
        )


def text_height(texts: Iterable[tuple[str, float]]) -> float:
    """Points that wrapped texts need in columns of these widths: a program that opens the file does not work it out."""
    lines = max(
        (sum(1 + int(len(line) / (width * _FILLED)) for line in text.split("\n")) for text, width in texts), default=1
    )
    return min(lines * _LINE_POINTS, _MAX_POINTS)


def _font(color: str = _BLACK, *, bold: bool = False, size: int = 11, underline: bool = False) -> Font:
    return Font(name="Calibri", family=2, size=size, bold=bold, color=color, underline="single" if underline else None)
