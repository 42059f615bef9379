"""What the provider would refuse, ignore or leave undone, beyond what the mapping refuses itself. Pure.

    a row's outputs + design -> Problem, …

The mapping has settled names, kinds, bounds, colours, print gradients and mandatory layers. Left for here is what needs
the fonts of the provider, what its renderer can do, and the formats that a row really asks for. What the mapping file
says of every row alike is told once, at the first of them.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bulkgen.mapping.names import near
from bulkgen.mapping.problems import shown
from bulkgen.preflight.origins import OUTPUT, Origins
from bulkgen.preflight.outputs import Output
from bulkgen.preflight.problems import problem
from bulkgen.render.failures import RenderError
from bulkgen.render.file_types import missing_extra
from bulkgen.render.icons import UnknownIconError, find_illustration
from bulkgen.render.scene import AI_PROPERTIES, BUILT, resolve
from bulkgen.sheet.model import Row
from bulkgen.sheet.problems import Problem
from bulkgen.wire.colors import is_see_through, parse_paint
from bulkgen.wire.design import FILE_TYPES, ROOT, VARS, Design, Element
from bulkgen.wire.messages import MAX_KB
from bulkgen.wire.overrides import ENCODED_TWIN, MAIN_PROPERTY

# Any QR code of the largest size holds so much, whatever its correction; only what is longer is tried.
_QR_HOLDS_BYTES = 1_270

_FONTS_LISTED = 6

_FOCUS = ("auto_focus_properties", "auto_focus_model", "focus_objects", "focus_framing", "focus_zoom", "focus_target")
_SIDE = ("thickness", "padding", "spread", "offset", "color", "rounded")

# Property -> the property of the same layer without which it does nothing (reference 7.4 to 7.7).
NEEDS: Mapping[str, Mapping[str, str]] = {
    "text": {
        "min_font_size": "auto_resize",
        "background_padding": "background_color",
        "stroke_color": "stroke_width",
        **{f"side_border_{name}": "side_border" for name in _SIDE},
    },
    "button": {"min_font_size": "auto_resize", "stroke_color": "stroke_width"},
    "image": {
        "mask_properties": "mask_name",
        "filter_properties": "filter_name",
        "stroke_color": "stroke_width",
        "remove_bg_properties": "remove_bg",
        "text_to_image_properties": "text_to_image",
        "expand_properties": "expand",
        "upscale_properties": "upscale",
        **dict.fromkeys(_FOCUS, "auto_focus"),
    },
    "shape": {"pattern_color": "pattern_name", "stroke_color": "stroke_width"},
}
_SILENT = ("gif", "html5")
_PLAYED = ("video", "audio")
LOSSLESS = "png"
_NOTHING: tuple[Any, ...] = (None, "", False, 0, "none", {}, [])

# Whether something is said for the first time.
Once = Callable[[Hashable], bool]


@dataclass(frozen=True, slots=True)
class Provider:
    """What is known of who makes the banners.

    `is_ours` (the studio): its renderer is the one at hand, so that it can be asked what it would do. `fonts`: id to
    name. `file_types`: what it makes of designs of this type. None: not known, so that nothing is refused for it.
    """

    is_ours: bool = True
    fonts: Mapping[str, str] | None = None
    file_types: frozenset[str] | None = None


def structure_problems(
    row: Row, outputs: Sequence[Output], design: Design, origins: Origins, provider: Provider, once: Once
) -> Iterator[Problem]:
    """Overrides that formats share are looked at once for all of them."""
    look = _Look(row, design, origins, provider, once)
    yield from look.files(outputs)
    yield from look.sizes(outputs)
    yield from look.sound(outputs)
    for elements, places, formats in shared_parts(outputs):
        for name, override in elements.items():
            element = None if name == VARS else _element(design, name, places)
            if element is not None and isinstance(override, Mapping):
                yield from look.layer(element, override, places, formats)


def shared_parts(outputs: Sequence[Output]) -> list[tuple[Mapping[str, Any], list[str], list[str]]]:
    """(overrides, the formats or pages they hold in, the outputs concerned), equal objects taken together."""
    found: dict[int, tuple[Mapping[str, Any], list[str], list[str]]] = {}
    for output in outputs:
        for place, elements in output.parts:
            known = found.setdefault(id(elements), (elements, [], []))
            known[1].append(place)
            if output.format not in known[2]:
                known[2].append(output.format)
    return list(found.values())


def _element(design: Design, name: str, places: Sequence[str]) -> Element | None:
    """The layer of that name in one of the places; a page may have a layer that another page calls the same."""
    named = [element for element in design.elements if element.name == name]
    return next((one for one in named if any(place in one.layout for place in places)), named[0] if named else None)


@dataclass(frozen=True, slots=True)
class _Look:
    row: Row
    design: Design
    origins: Origins
    provider: Provider
    once: Once

    def layer(
        self, element: Element, override: Mapping[str, Any], places: list[str], formats: list[str]
    ) -> Iterator[Problem]:
        if override.get("hidden") is True:
            return
        needs = NEEDS.get(element.type, {})
        for prop, value in override.items():
            if prop == "font":
                yield from self._font(element, str(value), places, formats)
            elif prop in needs:
                yield from self._without_effect(element, override, prop, needs[prop], places, formats)
            if self.provider.is_ours and prop not in BUILT.get(element.type, ()) and value not in _NOTHING:
                yield from self._unbuilt(element, prop, override, places, formats)
        if element.type == "qrcode" and "payload" in override:
            yield from self._code(element, override, places, formats)
        if element.type == "illustration" and self.provider.is_ours:
            yield from self._illustration(element, override, places, formats)
        yield from self._not_shown(element, override, places, formats)

    def files(self, outputs: Sequence[Output]) -> Iterator[Problem]:
        """Files of a type that the provider does not make; without a type asked for, the design's usual one counts."""
        made = self.provider.file_types
        if made is None:
            return
        refused: dict[str, list[str]] = {}
        for output in outputs:
            asked = output.want.output.image_file_type
            kind = FILE_TYPES[self.design.type][0] if asked in (None, "auto") else str(asked)
            if kind not in made:
                refused.setdefault(kind, []).append(output.format)
        for kind, formats in refused.items():
            extra = missing_extra(self.design.type, kind)
            can = f"it makes {', '.join(sorted(made))}" if made else f"it makes no {self.design.type} designs"
            code, message = "cannot_be_made", f"this provider makes no {kind} of it: {can}"
            if extra is not None:
                code, message = "extra_missing", f"{kind} needs the {extra.name} extra: {extra.remedy}"
            origin = self.origins.origin(self.row, formats[0], OUTPUT, "image_file_type", kind)
            facts = (("property", "image_file_type"), ("formats", ", ".join(formats)))
            yield problem(code, origin, message, facts=facts)

    def sizes(self, outputs: Sequence[Output]) -> Iterator[Problem]:
        """Files that are to have a size and have no quality to lower for it, by what makes them so. How large they
        will be is known only once they are drawn."""
        found: dict[tuple[str, str], list[str]] = {}
        for output in outputs:
            asked = output.want.output
            if asked.max_kb is None or self.design.type != "static":
                continue
            if asked.image_file_type == LOSSLESS:
                found.setdefault((OUTPUT, "image_file_type"), []).append(output.format)
            elif asked.image_file_type is None and self._shows_through(output):
                found.setdefault((ROOT, "background_color"), []).append(output.format)
        for (layer, prop), formats in found.items():
            # What the mapping or the design says of every row alike is told once.
            if not self.origins.columns(formats[0], layer, prop) and not self.once(("max_kb", layer, *formats)):
                continue
            why = "as asked" if layer == OUTPUT else "since the ground lets through"
            message = f"a file of {LOSSLESS}, {why}, cannot be made smaller: it fails if it is over the limit"
            facts = (("property", MAX_KB), ("formats", ", ".join(formats)))
            yield problem(
                "no_quality_to_lower", self.origins.origin(self.row, formats[0], layer, prop), message, facts=facts
            )

    def _shows_through(self, output: Output) -> bool:
        """Then the file is a PNG unless another type is asked for (reference 8.1)."""
        place, elements = output.parts[0]
        ground = next((element for element in self.design.elements if element.type == "container"), None)
        own = ground.value("background_color", place) if ground else None
        paint = elements.get(ROOT, {}).get("background_color", own)
        try:
            return isinstance(paint, str) and is_see_through(parse_paint(paint))
        except ValueError:
            # Told by the mapping, or by the design's own check.
            return False

    def sound(self, outputs: Sequence[Output]) -> Iterator[Problem]:
        """Only an MP4 has sound (reference 7.7)."""
        for element in self.design.elements:
            if element.type != "audio":
                continue
            silent = [
                output
                for output in outputs
                if output.want.output.image_file_type in _SILENT and element.name in output.parts[0][1]
            ]
            if silent and self.once(("sound", element.name)):
                prop = next(iter(silent[0].parts[0][1][element.name]), "audio_url")
                kind = silent[0].want.output.image_file_type
                formats = [output.format for output in silent]
                yield self._problem(
                    "without_effect", element, prop, f"{kind} has no sound, only mp4 has", formats, formats
                )

    def _font(self, element: Element, font: str, places: list[str], formats: list[str]) -> Iterator[Problem]:
        known = self.provider.fonts
        if known is None or font.lower() in known:
            return
        meant = near(font.lower(), known, limit=1)
        # What is asked for is an id, which a name alone does not tell.
        listed = ", ".join(sorted(f"{name} ({font_id})" for font_id, name in known.items())[:_FONTS_LISTED])
        more = f" and {len(known) - _FONTS_LISTED:,} more" if len(known) > _FONTS_LISTED else ""
        # Of every row all the same, since every row would fail by it.
        said = "" if self.origins.columns(places[0], element.name, "font") else ", which the mapping says for every row"
        hint = f"did you mean {meant[0]} ({known[meant[0]]})? " if meant else ""
        yield self._problem(
            "unknown_font",
            element,
            "font",
            f"there is no font {shown(font)}{said}",
            places,
            formats,
            f"{hint}fonts: {listed}{more}",
        )

    def _without_effect(
        self,
        element: Element,
        override: Mapping[str, Any],
        prop: str,
        needed: str,
        places: list[str],
        formats: list[str],
    ) -> Iterator[Problem]:
        told = [override.get(needed, element.value(needed, place)) for place in places]
        if any(value not in _NOTHING for value in told) or not self.once(("without_effect", element.name, prop)):
            return
        yield self._problem(
            "without_effect", element, prop, f"does nothing without {needed}, which is not set", places, formats
        )

    def _unbuilt(
        self, element: Element, prop: str, override: Mapping[str, Any], places: list[str], formats: list[str]
    ) -> Iterator[Problem]:
        """Whether that is an error or a loss is for the renderer to say."""
        if prop not in AI_PROPERTIES and not self.once(("not_drawn", element.name, prop)):
            return
        place = next((one for one in places if one in element.layout), None)
        if place is None:
            return
        try:
            warnings = resolve(self.design, place, {element.name: override}).warnings
        except RenderError as error:
            if prop in AI_PROPERTIES:
                reason = error.reason.removeprefix(f"Element {element.name} error: ")
                yield self._problem("cannot_be_made", element, prop, reason, places, formats)
            return
        if any(text.startswith(f"{element.name}: ") and f" {prop} " in text for text in warnings):
            yield self._problem("not_drawn", element, prop, "the studio does not draw this property", places, formats)

    def _code(
        self, element: Element, override: Mapping[str, Any], places: list[str], formats: list[str]
    ) -> Iterator[Problem]:
        text = str(override["payload"])
        # Of another's codes nothing is known but what no code can hold.
        level = "l" if not self.provider.is_ours else "h" if self._has_icon(element, override, places) else "m"
        if not _fits_code(text, level):
            message = f"{len(text):,} characters are too long for a QR code"
            yield self._problem("qr_too_long", element, "payload", message, places, formats)

    def _illustration(
        self, element: Element, override: Mapping[str, Any], places: list[str], formats: list[str]
    ) -> Iterator[Problem]:
        """What the studio has of it is known before it is asked for; of another's sets nothing is."""
        prop = next((name for name in ("illustration_file", "illustration_type") if name in override), None)
        place = next((one for one in places if one in element.layout), None)
        if prop is None or place is None:
            return
        library, name = (
            str(override.get(one, element.value(one, place)) or "")
            for one in ("illustration_type", "illustration_file")
        )
        try:
            find_illustration(library, name)
        except UnknownIconError as error:
            reason, _, meant = str(error).partition("; ")
            yield self._problem("unknown_illustration", element, prop, reason, places, formats, meant)

    def _has_icon(self, element: Element, override: Mapping[str, Any], places: list[str]) -> bool:
        """A code with a picture in its middle needs the highest correction, and holds half as much."""
        values = [{**element.attributes(place), **override} for place in places if place in element.layout]
        return any(one.get("hide_icon") is not True and one.get("image_url") for one in values)

    def _not_shown(
        self, element: Element, override: Mapping[str, Any], places: list[str], formats: list[str]
    ) -> Iterator[Problem]:
        main = MAIN_PROPERTY.get(element.type, "")
        if element.type in ("container", "group") or not {main, ENCODED_TWIN.get(main, "")} & override.keys():
            return
        if element.type in _PLAYED and self.design.type != "animated":
            if self.once(("without_effect", element.name)):
                message = f"a layer of type {element.type} plays in animated designs only, and is left out"
                yield self._problem("without_effect", element, main, message, places, formats)
            return
        # A sound is nowhere to be seen, so no format has a box for it.
        is_heard = element.type == "audio"
        present = [place for place in places if is_heard or place in element.layout]
        hides = present and "hidden" not in override
        if present and not (hides and all(element.value("hidden", place) is True for place in present)):
            return
        if self.once(("layer_not_shown", element.name, tuple(places))):
            why = "is hidden in the design" if present else "is not in the design"
            where = f"{why} in {', '.join(places)}"
            yield self._problem("layer_not_shown", element, main, f"filled, and the layer {where}", places, formats)

    def _problem(
        self,
        code: str,
        element: Element,
        prop: str,
        message: str,
        places: Sequence[str],
        formats: Sequence[str],
        hint: str = "",
    ) -> Problem:
        origin = self.origins.origin(self.row, places[0], element.name, prop)
        facts = (("layer", element.name), ("property", prop), ("formats", ", ".join(formats)))
        return problem(code, origin, f"{element.name}.{prop}: {message}", hint=hint, facts=facts)


def _fits_code(text: str, level: str) -> bool:
    """`level` is the correction: l, m or h."""
    if len(text.encode("utf-8", "replace")) <= _QR_HOLDS_BYTES:
        return True
    import segno

    try:
        segno.make(text, error=level, micro=False, boost_error=False)
    except ValueError:
        return False
    return True
