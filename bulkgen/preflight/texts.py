"""Every text of an output measured in its real box with its real font, without painting.

    design + fonts + (format, element overrides) -> TextVerdict, …

The layout that makes the banner is asked, one layer at a time; nothing of it is done again here. Whatever is said about
a text that does not fit is found by asking it about the same layer with a larger box, a smaller size or less text.

Left out: layers that move beside others, since moving never makes a text fit. Verdicts are kept by what decides them,
so texts that a run repeats are measured once.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from bulkgen.render.failures import RenderError
from bulkgen.render.fonts import FontLibrary
from bulkgen.render.layout import Placed, lay_out
from bulkgen.render.lines import Room
from bulkgen.render.scene import Layer, Scene, resolve
from bulkgen.render.textblock import TextBlock
from bulkgen.render.typesetting import read_setting, set_words
from bulkgen.wire.design import VARS, Box, Design, Element

# Verdicts kept, at some 500 bytes each. A run repeats labels and prices, hardly ever its titles.
VERDICTS_MAX = 20_000

# Higher than any text is: 10,000 characters at the largest size, one below the other.
_ENDLESS_PX = 1e7

# A text that is longer was pasted into the wrong cell: no smaller type is its remedy, and looking for one takes long.
_ARTICLE_CHARACTERS = 1_000

# Shorter words are never what overflows a box that anybody designed.
_LONG_WORD = 10

# Properties that colour a text or its box; all others may change where it goes.
_PAINT = frozenset(
    (
        "color",
        "background_color",
        "stroke_color",
        "stroke_width",
        "shadow_color",
        "shadow_blur",
        "shadow_offset_x",
        "shadow_offset_y",
        "text_shadow_color",
        "text_shadow_blur",
        "text_shadow_offset_x",
        "text_shadow_offset_y",
        "icon_color",
        "side_border_color",
    )
)
# Not inside of a tag: a payload that is cut there is still one.
_GAP = re.compile(r"\s+(?![^<>]{0,60}>)")
_SPACE = re.compile(r"[ \t\n]+")
_HYPHEN = re.compile("(?<=[-\u2010–—])")
_UNSPACED = "\u0e00"
_PLACEHOLDER = re.compile(r"\{[A-Za-z_][\w-]*\}")


class Fit(StrEnum):
    FITS = "fits"
    SHRUNK = "fits after shrinking"
    CUT = "is cut with dots"
    TOO_LONG = "does not fit"
    NO_GLYPH = "has a character that no font has"
    UNSET = "cannot be set"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class TextVerdict:
    """What becomes of one text in one format.

    `size_px` is what it is set in, or the smallest size allowed where it does not fit; `over_px` and `over_lines` say
    by how much it is too high (for a label in a button: too wide); `fits_at_px` at which size it would fit; `keeps` is
    its longest start, in words, that fits. `is_own` says that the design's own text was measured. `unit` is what all of
    that is in, whatever the names say: points of a print.
    """

    fit: Fit
    format: str
    layer: str
    is_own: bool = False
    size_px: float = 0.0
    design_size_px: float = 0.0
    lines: int = 0
    over_lines: int = 0
    over_px: float = 0.0
    fits_at_px: float = 0.0
    keeps: str = ""
    missing: tuple[str, ...] = ()
    broken_word: str = ""
    font: str = ""
    reason: str = ""
    unit: str = "px"


class TextMeasure:
    """Measures the texts of a design's outputs; not for sharing between threads.

    `is_exact`: the design is drawn by the renderer that measures. Otherwise what the design does not tell (its font,
    a size) makes a verdict unknown, where the renderer would take a default of its own.
    """

    def __init__(
        self, design: Design, fonts: FontLibrary, *, is_exact: bool = True, capacity: int = VERDICTS_MAX
    ) -> None:
        self._design = design
        self._fonts = fonts
        self._is_exact = is_exact
        self._capacity = capacity
        self._groups = tuple(element for element in design.elements if element.type == "group")
        self._texts = {item.id: tuple(self._texts_of(item.id)) for item in design.formats}
        self._known: OrderedDict[Hashable, TextVerdict | None] = OrderedDict()
        self.measured = 0

    def __repr__(self) -> str:
        return f"<TextMeasure {self._design.id}: {self.measured} measured, {len(self._known)} kept>"

    def is_of(self, design: Design, fonts: FontLibrary) -> bool:
        return self._design is design and self._fonts is fonts

    def verdicts(self, format_id: str, elements: Mapping[str, Any]) -> Iterator[TextVerdict]:
        """One for each text and label that is shown in the format (or page), in stacking order."""
        variables = elements.get(VARS) or {}
        groups = tuple(element.name for element in self._groups if element.name in elements)
        group_key = repr([elements[name] for name in groups]) if groups else ""
        for text in self._texts[format_id]:
            override = elements.get(text.element.name) or {}
            spoken = override.get("payload", text.payload)
            used = variables if "{" in spoken and variables and _PLACEHOLDER.search(spoken) else {}
            key = (format_id, text.element.name, _key(override), _key(used), group_key)
            if key in self._known:
                self._known.move_to_end(key)
                verdict = self._known[key]
            else:
                given = {text.element.name: override, VARS: used} | {name: elements[name] for name in groups}
                verdict = self._keep(key, self._measure(text, format_id, given))
            if verdict is not None:
                yield verdict

    def _texts_of(self, format_id: str) -> Iterator[_Text]:
        for element in self._design.elements:
            if element.type in ("text", "button") and format_id in element.layout:
                alone = replace(self._design, elements=(*self._groups, element))
                yield _Text(element, alone, str(element.value("payload", format_id) or ""))

    def _keep(self, key: Hashable, verdict: TextVerdict | None) -> TextVerdict | None:
        self._known[key] = verdict
        if len(self._known) > self._capacity:
            self._known.popitem(last=False)
        return verdict

    def _measure(self, text: _Text, format_id: str, elements: Mapping[str, Any]) -> TextVerdict | None:
        """None where nothing is shown."""
        self.measured += 1
        name = text.element.name
        is_own = not elements.get(name, {}).get("payload")
        verdict = TextVerdict(Fit.FITS, format_id, name, is_own)
        try:
            scene = resolve(text.alone, format_id, elements)
        except RenderError as error:
            return replace(verdict, fit=Fit.UNSET, reason=error.reason)
        layer = next(iter(scene.layers))
        if layer.is_hidden or not layer.text("payload").strip():
            return None
        verdict = replace(verdict, unit=scene.format.unit)
        reference = layer.text("font")
        if reference and self._fonts.family(reference) is None:
            return replace(verdict, fit=Fit.UNKNOWN, font=reference)
        if not self._is_exact and (not reference or layer.get("font_size") is None):
            return replace(verdict, fit=Fit.UNKNOWN)
        return _Probe(scene, layer, self._fonts).judge(verdict)


@dataclass(frozen=True, slots=True)
class _Text:
    """A layer with words, and the design with no other layer: what `resolve` makes of it holds for the whole."""

    element: Element
    alone: Design
    payload: str


class _Probe:
    """Asks the layout about one layer, as it is and otherwise."""

    def __init__(self, scene: Scene, layer: Layer, fonts: FontLibrary) -> None:
        # Where it stands beside others does not matter here, and the others are not there.
        values = {name: value for name, value in layer.values.items() if name not in _ANCHORS}
        self._layer = replace(layer, values=values)
        self._scene = scene
        self._fonts = fonts

    def judge(self, verdict: TextVerdict) -> TextVerdict:
        layer = self._layer
        try:
            setting = read_setting(layer, self._fonts)
            verdict = replace(verdict, design_size_px=setting.size, font=setting.family.name)
            try:
                placed = self._placed()
            except RenderError as error:
                return self._of_failure(verdict, error, setting.size, setting.smallest)
        except RenderError as error:
            return replace(verdict, fit=Fit.UNSET, reason=error.reason)
        block = placed.text
        if block is None:
            # Never so: a layer without words has no verdict at all.
            return verdict
        verdict = replace(verdict, size_px=block.size, lines=len(block.lines))
        if block.is_truncated:
            return replace(verdict, fit=Fit.CUT, keeps=self._longest_start(text_truncation=False))
        # A word that was broken takes up two lines, at the smallest size.
        if len(block.lines) > 1 and block.size <= setting.smallest and (word := self._broken_word()):
            verdict = replace(verdict, broken_word=word)
        return replace(verdict, fit=Fit.SHRUNK) if block.size < setting.size else verdict

    def _of_failure(self, verdict: TextVerdict, error: RenderError, size: float, smallest: float) -> TextVerdict:
        if reason := self._unspelled(self._layer):
            return replace(verdict, fit=Fit.NO_GLYPH, missing=tuple(self._missing()), reason=reason)
        is_article = len(self._layer.text("payload")) > _ARTICLE_CHARACTERS
        at_any_size = None if is_article else self._block(auto_resize=True, min_font_size=1.0)
        verdict = replace(
            verdict,
            fit=Fit.TOO_LONG,
            size_px=smallest,
            fits_at_px=at_any_size.size if at_any_size else 0.0,
            keeps=self._longest_start(),
            reason=error.reason,
        )
        if self._layer.type == "button":
            return replace(verdict, over_px=self._label_over(size, smallest))
        return self._text_over(verdict, size, smallest)

    def _text_over(self, verdict: TextVerdict, size: float, smallest: float) -> TextVerdict:
        """In a box without a bottom, as wide in em as the real one at the smallest size: so the same lines."""
        box, scale = self._layer.box, size / smallest
        block = self._block(
            Box(box.x, box.y, box.width * scale, _ENDLESS_PX),
            max_lines=None,
            auto_resize=False,
            text_truncation=False,
            alignment="top left",
        )
        if block is None:
            return verdict
        height, step = block.extent.height / scale, block.line_step / scale
        lines = len(block.lines)
        first = (height - step * (lines - 1)) / smallest
        allowed = self._layer.get("max_lines")
        room = Room(box.width, box.height, first, step / smallest, int(allowed) if allowed is not None else None)
        return replace(
            verdict,
            lines=lines,
            over_lines=max(lines - room.lines_at(smallest), 0),
            over_px=max(height - box.height, 0.0),
        )

    def _label_over(self, size: float, smallest: float) -> float:
        """How much too wide a label is on one line at the smallest size, its padding counted."""
        box, scale = self._layer.box, size / smallest
        placed = self._try(
            Box(box.x, box.y, _ENDLESS_PX, box.height * scale),
            auto_resize=False,
            text_truncation=False,
            text_align="left",
            alignment="middle left",
            **self._scaled_padding(scale),
        )
        if placed is None or placed.text is None or not placed.text.lines:
            return 0.0
        padding = placed.text.lines[0].x - box.x
        return max((placed.text.extent.width + 2 * padding) / scale - box.width, 0.0)

    def _scaled_padding(self, scale: float) -> dict[str, str]:
        padding = self._layer.pair("background_padding")
        return {} if padding is None else {"background_padding": f"{padding[0] * scale:g} {padding[1] * scale:g}"}

    def _missing(self) -> Iterator[str]:
        """The characters that make a text of one character fail."""
        for char in dict.fromkeys(self._layer.text("payload")):
            if char.isspace() or (char.isascii() and char.isprintable()):
                continue
            if self._unspelled(replace(self._layer, values={**self._layer.values, "payload": char})):
                yield char

    def _unspelled(self, layer: Layer) -> str:
        """Why the fonts cannot spell the text, "" if they can."""
        try:
            set_words(layer, read_setting(layer, self._fonts), self._fonts)
        except RenderError as error:
            return error.reason
        return ""

    def _longest_start(self, **more: Any) -> str:
        """The longest start of the text, in words, that fits; "" if not even the first word does.

        Twice as many words each time, then bisected: a text of thousands of words is never measured whole.
        """
        payload = self._layer.text("payload").strip()
        ends = [gap.start() for gap in _GAP.finditer(payload)]

        def fits(count: int) -> bool:
            return self._try(payload=payload[: ends[count - 1]], **more) is not None

        high = 1
        while high <= len(ends) and fits(high):
            high *= 2
        low, high = high // 2, min(high, len(ends) + 1)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if fits(middle) else (low, middle)
        return payload[: ends[low - 1]] if low else ""

    def _broken_word(self) -> str:
        """A word that has no line to itself even at the smallest size, "" if all have."""
        payload = self._layer.text("payload")
        if self._layer.type != "text" or "<" in payload:
            return ""
        words = (part for word in _SPACE.split(payload) for part in _HYPHEN.split(word))
        # Scripts that part words without spaces are broken by rules of their own.
        longest = max((word for word in words if word and max(word) < _UNSPACED), key=len, default="")
        if len(longest) < _LONG_WORD or self._try(payload=longest, max_lines=1, text_truncation=False, balance=False):
            return ""
        return longest

    def _block(self, box: Box | None = None, **values: Any) -> TextBlock | None:
        placed = self._try(box, **values)
        return placed.text if placed else None

    def _try(self, box: Box | None = None, **values: Any) -> Placed | None:
        try:
            return self._placed(box, **values)
        except RenderError:
            return None

    def _placed(self, box: Box | None = None, **values: Any) -> Placed:
        layer = self._layer
        if values or box:
            # A request that sets a size switches shrinking off, unless it speaks of shrinking too.
            overridden = layer.overridden | {name for name in values if name == "auto_resize"}
            layer = replace(layer, box=box or layer.box, values={**layer.values, **values}, overridden=overridden)
        (placed,) = lay_out(replace(self._scene, layers=(layer,)), self._fonts)
        return placed


_ANCHORS = frozenset(("below", "above", "right_of", "left_of", "level_with", "hug"))


def _key(values: Mapping[str, Any]) -> Hashable:
    """What of an override decides where the text goes. Texts and numbers, hardly ever an object."""
    if not values:
        return ()
    return tuple(sorted((name, _plain(value)) for name, value in values.items() if name not in _PAINT))


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else f"\0{value!r}"
