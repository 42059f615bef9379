"""The text settings of a layer, read once: what every later step asks for, in the units it asks in.

Left out: the text itself, of which only its direction and whether it has sizes of its own are looked at.
"""

from __future__ import annotations

from dataclasses import dataclass

from bulkgen.render import bidi
from bulkgen.render.alignment import Alignment, parse_alignment
from bulkgen.render.failures import element_error
from bulkgen.render.fonts import Family, FontLibrary
from bulkgen.render.markup import has_sizes, parse_markup
from bulkgen.render.scene import Layer

DEFAULT_SIZE_PX = 24.0
DEFAULT_LINE_HEIGHT_PERCENT = 120.0

# `auto_resize` without `min_font_size` in a design: half the size is still the same headline, less is another design.
_SMALLEST_PART = 0.5


@dataclass(frozen=True, slots=True)
class Setting:
    """The text settings of a layer, read once. Sizes in px; `line_height` and `letter_spacing` in em."""

    family: Family
    weight: int
    slant: str
    size: float
    smallest: float
    line_height: float
    letter_spacing: float
    transform: str
    decoration: str
    alignment: Alignment
    max_lines: int | None
    truncates: bool
    balances: bool
    trims: bool
    is_price: bool
    breaks_words: bool = True
    harmonises: bool = False
    direction: str = "auto"
    is_sized: bool = False  # the payload has sizes of its own, so the layer's stays
    # The size that letters are drawn for stays the design's: another while fitting would change the widths it goes by.
    optical_px: float = DEFAULT_SIZE_PX


def read_setting(layer: Layer, fonts: FontLibrary) -> Setting:
    reference = layer.text("font")
    family = fonts.family(reference) if reference else fonts.default
    if family is None:
        raise element_error(layer.name, f"unknown font {reference!r}")
    size = layer.number("font_size", DEFAULT_SIZE_PX)
    # A size in the request switches fitting off, unless the request also asks for it (reference 7.4).
    fits = layer.flag("auto_resize") and not ("font_size" in layer.overridden and "auto_resize" not in layer.overridden)
    is_sized = has_sizes(layer.text("payload"))
    fits = fits and not is_sized
    # The API takes a smallest size of 0; there is no type of it.
    smallest = min(max(layer.number("min_font_size", size * _SMALLEST_PART), 1.0), size) if fits else size
    lines = layer.get("max_lines")
    return Setting(
        family=family,
        weight=int(layer.number("font_weight", 400)),
        slant=layer.text("font_style", "normal"),
        size=size,
        smallest=max(smallest, 1.0),
        line_height=layer.number("line_height", DEFAULT_LINE_HEIGHT_PERCENT) / 100,
        letter_spacing=layer.number("letter_spacing") / 100,
        transform=layer.text("text_transform", "none"),
        decoration=layer.text("text_decoration", "none"),
        alignment=parse_alignment(layer.text("alignment"), "top right" if _starts_right(layer) else "top left"),
        max_lines=int(layer.number("max_lines")) if lines is not None else None,
        truncates=layer.flag("text_truncation"),
        balances=layer.flag("balance"),
        trims=layer.flag("trim"),
        is_price=layer.flag("price_style"),
        harmonises=layer.flag("text_harmony"),
        direction=layer.text("text_direction", "auto"),
        is_sized=is_sized,
        optical_px=size,
    )


def _starts_right(layer: Layer) -> bool:
    """Where nothing says which side a text stands at, it is the one that its reader starts from."""
    direction, payload = layer.text("text_direction", "auto"), layer.text("payload")
    if direction != "auto" or not bidi.has_direction(payload):
        return direction == "rtl"
    return bidi.base_level("".join(run.text for run in parse_markup(payload))) == 1
