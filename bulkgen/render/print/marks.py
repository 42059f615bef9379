"""The marks that a page is cut along: at each corner two lines, outside of the bleed, on every plate."""

from __future__ import annotations

_MILLIMETRE = 72 / 25.4

LENGTH = 5 * _MILLIMETRE
# From the trim: a cut that is a little off must not leave a mark on the page.
_AWAY_LEAST = 3 * _MILLIMETRE
_WIDTH = 0.25

SPACE = b"CropMarks"
# The colour that is on all plates, whatever their number.
SPACE_BODY = (
    b"[/Separation/All/DeviceCMYK<</FunctionType 2/Domain[0 1]/C0[0 0 0 0]/C1[1 1 1 1]/N 1>>]",
    b"[/Separation/All/DeviceRGB<</FunctionType 2/Domain[0 1]/C0[1 1 1]/C1[0 0 0]/N 1>>]",
)


def room(bleed: float) -> float:
    """What the paper needs beyond the bleed."""
    return _away(bleed) + LENGTH + _MILLIMETRE - bleed


def crop_marks(width: float, height: float, bleed: float) -> bytes:
    """Operators, in points from the lower left corner of the bleed; `width` and `height` are those of the trim."""
    start, end = _away(bleed), _away(bleed) + LENGTH
    lines = []
    for x in (bleed, bleed + width):
        for y in (bleed - start, bleed + height + start):
            beyond = bleed - end if y < bleed else bleed + height + end
            lines.append(b"%.4f %.4f m %.4f %.4f l" % (x, y, x, beyond))
    for y in (bleed, bleed + height):
        for x in (bleed - start, bleed + width + start):
            beyond = bleed - end if x < bleed else bleed + width + end
            lines.append(b"%.4f %.4f m %.4f %.4f l" % (x, y, beyond, y))
    return b"q /%b CS 1 SCN %.2f w\n%b\nS Q\n" % (SPACE, _WIDTH, b"\n".join(lines))


def _away(bleed: float) -> float:
    return max(bleed, _AWAY_LEAST)
