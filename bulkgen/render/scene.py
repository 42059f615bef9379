"""Design + format + overrides -> Scene: every layer with the values that hold, and what had to be left undone.

`Layer` reads its values by kind, so that a wrong value in a design ends as an error that names layer and attribute.
`BUILT` is the list of what is drawn. A valid property outside it becomes a warning, never silence; the AI properties
are an error, because a picture without them is not the one that was ordered.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bulkgen.render.alignment import merge
from bulkgen.render.extras import EXTRAS, known_attributes
from bulkgen.render.failures import RenderError, element_error
from bulkgen.render.groups import Group, read_arrangement, read_mask
from bulkgen.render.units import format_in_points, points_per_unit, scaled_box, scaled_gap, scaled_mask
from bulkgen.wire.animation import Animation, Timing
from bulkgen.wire.colors import Color, Paint, parse_color, parse_paint
from bulkgen.wire.design import ROOT, VARS, Box, Design, Element, Format
from bulkgen.wire.overrides import MAIN_PROPERTY, PROPERTIES

WHITE = Color(1.0, 1.0, 1.0)

_SHADOW = frozenset(("shadow_color", "shadow_blur", "shadow_offset_x", "shadow_offset_y"))
_TYPE_SETTING = frozenset(
    (
        "payload",
        "color",
        "background_color",
        "background_padding",
        "font_size",
        "font",
        "font_weight",
        "line_height",
        "alignment",
        "stroke_width",
        "stroke_color",
        "text_transform",
        "auto_resize",
        "min_font_size",
    )
)
_LABEL_SHADOW = frozenset(("text_shadow_color", "text_shadow_blur", "text_shadow_offset_x", "text_shadow_offset_y"))
_SIDE_BORDER = frozenset(
    f"side_border{part}" for part in ("", "_thickness", "_padding", "_spread", "_offset", "_color", "_rounded")
)
_PICTURE = frozenset(("image_url", "image_encoded", "alignment"))
_FRAME = frozenset(("opacity", "fitting_type", "stroke_width", "stroke_color", "mask_name", "mask_properties"))
_LOOK = frozenset(
    (
        "filter_name",
        "filter_properties",
        "overlay_direction",
        "overlay_color_1",
        "overlay_color_2",
        "auto_focus",
        "focus_zoom",
    )
)
_ICON = frozenset(("icon_url", "icon_encoded", "icon_color"))
BUILT: Mapping[str, frozenset[str]] = {
    "container": frozenset(("background_color",)),
    "text": frozenset(("hidden", "max_lines", "text_truncation", "text_harmony", "skew_y"))
    | _SIDE_BORDER
    | _SHADOW
    | _TYPE_SETTING,
    "button": frozenset(("hidden", "text_align")) | _LABEL_SHADOW | _SHADOW | _TYPE_SETTING | _ICON,
    "image": frozenset(("hidden",)) | _PICTURE | _FRAME | _SHADOW | _LOOK,
    "logo": frozenset(("hidden",)) | _PICTURE | _SHADOW,
    "shape": frozenset(("hidden", "background_color", "pattern_name", "pattern_color", "stroke_width", "stroke_color"))
    | _SHADOW,
    "rating": frozenset(("hidden", "rating_score", "star_dimension", "star_margin", "star_color", "background_color"))
    | _SHADOW,
    "qrcode": frozenset(("hidden", "payload", "foreground_color", "background_color", "image_url", "hide_icon"))
    | _SHADOW,
    "illustration": frozenset(
        ("hidden", "illustration_type", "illustration_file", "illustration_properties", "alignment", "opacity")
    )
    | _SHADOW,
    "group": frozenset(("hidden",)) | _SHADOW,
    "video": frozenset(("hidden", "video_url", "audio_muted")) | _SHADOW,
    "audio": frozenset(("hidden", "audio_url", "audio_encoded", "max_volume", "speed")),
}
AI_PROPERTIES = ("text_to_image", "remove_bg", "expand", "upscale")

# What asks for faces and things to be found; without a model, what catches the eye is kept in sight.
_RECOGNITION = frozenset(
    ("auto_focus_properties", "auto_focus_model", "focus_objects", "focus_framing", "focus_target")
)
_UNRECOGNISED = "needs faces and things to be recognised, which is not done here: what catches the eye is kept in sight"

_MOVING = frozenset(("video", "audio"))
_NOWHERE = Box(0, 0, 0, 0)

# Values that ask for nothing, so that leaving them undone is no loss.
_NOTHING: tuple[Any, ...] = (None, "", False, 0, "none", {}, [])

_DEFAULTS = {name: extra.default for name, extra in EXTRAS.items()}

# Past any banner, and before arithmetic in pixels leaves what the drawing library can hold.
_NUMBER_MAX = 1e7

_PLACEHOLDER = re.compile(r"\{([A-Za-z_][\w-]*)\}")


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of one format with the values that hold. `overridden` names those that the request set."""

    name: str
    type: str
    box: Box
    values: Mapping[str, Any]
    overridden: frozenset[str]
    is_hidden: bool
    timing: Timing | None = None

    def get(self, attribute: str) -> Any:
        value = self.values.get(attribute)
        return _DEFAULTS.get(attribute) if value is None else value

    def text(self, attribute: str, default: str = "") -> str:
        value = self.get(attribute)
        return default if value is None else str(value)

    def number(self, attribute: str, default: float = 0) -> float:
        value = self.get(attribute)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) <= _NUMBER_MAX:
            raise self._bad(attribute, value, "a number")
        # A design may go past what a request may ask for, but not below nothing.
        if value >= 1:
            return float(value)
        prop = PROPERTIES.get(self.type, {}).get(attribute) or (EXTRAS[attribute].prop if attribute in EXTRAS else None)
        if prop is not None and prop.low is not None and value < prop.low and prop.low >= 0:
            raise self._bad(attribute, value, prop.bounds())
        return float(value)

    def flag(self, attribute: str) -> bool:
        value = self.get(attribute)
        if value is not None and not isinstance(value, bool):
            raise self._bad(attribute, value, "true or false")
        return bool(value)

    def color(self, attribute: str) -> Color | None:
        value = self.get(attribute)
        if value in (None, ""):
            return None
        try:
            return parse_color(str(value))
        except ValueError as error:
            raise self._bad(attribute, value, f"a colour ({error})") from None

    def paint(self, attribute: str) -> Paint | None:
        value = self.get(attribute)
        if value in (None, ""):
            return None
        try:
            return parse_paint(str(value))
        except ValueError as error:
            raise self._bad(attribute, value, f"a colour or a gradient ({error})") from None

    def pair(self, attribute: str) -> tuple[float, float] | None:
        """`"V H"` or one number for both."""
        value = self.get(attribute)
        if value is None:
            return None
        try:
            numbers = [float(part.removesuffix("px")) for part in str(value).split()]
            return (numbers[0], numbers[0]) if len(numbers) == 1 else (numbers[0], numbers[1])
        except (ValueError, IndexError):
            raise self._bad(attribute, value, 'a number, or "V H" in px') from None

    def signature(self) -> str:
        """All that is said of the layer in this format, as one text: equal layers have equal signatures."""
        box = self.box
        said = [self.type, box.x, box.y, box.width, box.height, sorted(self.overridden), self.values]
        return json.dumps(said, sort_keys=True, default=str)

    def _bad(self, attribute: str, value: Any, allowed: str) -> RenderError:
        return element_error(self.name, f"{attribute} is {value!r}, and must be {allowed}")


@dataclass(frozen=True, slots=True)
class Scene:
    """One format, ready to be laid out. Layers are in stacking order, bottom first."""

    design_id: str
    format: Format
    background: Paint
    layers: tuple[Layer, ...]
    warnings: tuple[str, ...]
    groups: tuple[Group, ...] = ()
    animation: Animation | None = None


def resolve(design: Design, format_id: str, elements: Mapping[str, Any]) -> Scene:
    """Raises RenderError for an unknown format, an unreadable value, and what this provider cannot make.

    A design for print is in points from here on. Of a multi-page one `format_id` is the page.
    """
    item = design.format(format_id)
    if item is None:
        known = ", ".join(candidate.id for candidate in design.formats)
        raise RenderError(f"format {format_id!r} is not one of {known}", code="format_not_found")
    scale = 1.0
    if design.type.startswith("printer"):
        scale, item = points_per_unit(item.unit), format_in_points(item)
    if design.is_multipage:
        # Pages have layers of equal names, each its own.
        design = replace(design, elements=tuple(element for element in design.elements if _is_on(element, item.id)))
    warnings: dict[str, None] = {}
    variables = elements.get(VARS) or {}
    grouped = _hidden_by_group(design, elements)
    layers = []
    background: Paint = WHITE
    for element in design.elements:
        override = _override(element, elements)
        if element.type == "container":
            background = _background(element, override, item) or WHITE
            continue
        # A sound is nowhere to be seen, so no format has a box for it.
        is_sound = element.type == "audio"
        if element.type == "group" or (item.id not in element.layout and not is_sound):
            continue
        layer = _layer(element, override, item, variables, scale, is_hidden=element.name in grouped)
        if not layer.is_hidden:
            warnings.update(dict.fromkeys(_unbuilt(element, layer)))
            if element.type in _MOVING and design.animation is None:
                warnings[f"{layer.name}: a layer of type {element.type} is for animated designs, and is left out"] = (
                    None
                )
            if layer.timing:
                warnings.update(dict.fromkeys(f"{layer.name}: {said}" for said in layer.timing.passed_over))
        layers.append(layer)
    groups = tuple(_groups(design, item, elements, scale))
    return Scene(design.id, item, background, tuple(layers), tuple(warnings), groups, design.animation)


def _is_on(element: Element, page: str) -> bool:
    return page in element.layout or any(page in by_page for by_page in element.values.values())


def _override(element: Element, elements: Mapping[str, Any]) -> Mapping[str, Any]:
    """The layer's override object; a bare value sets the main property (reference open 5)."""
    name = ROOT if element.type == "container" else element.name
    given = elements.get(name)
    if given is None:
        return {}
    if isinstance(given, Mapping):
        return given
    return {MAIN_PROPERTY[element.type]: given} if element.type in MAIN_PROPERTY else {}


def _background(element: Element, override: Mapping[str, Any], item: Format) -> Paint | None:
    values = element.attributes(item.id) | dict(override)
    box = Box(0, 0, item.width, item.height)
    return Layer(ROOT, element.type, box, values, frozenset(override), is_hidden=False).paint("background_color")


def _layer(
    element: Element,
    override: Mapping[str, Any],
    item: Format,
    variables: Mapping[str, Any],
    scale: float,
    *,
    is_hidden: bool,
) -> Layer:
    values = dict(scaled_gap(element.attributes(item.id), scale)) | {
        name: value for name, value in override.items() if value is not None
    }
    if isinstance(override.get("alignment"), str):
        values["alignment"] = merge(element.value("alignment", item.id), override["alignment"])
    if element.type == "text" and "payload" in values:
        values["payload"] = _PLACEHOLDER.sub(
            lambda match: str(variables.get(match.group(1), match.group(0))), str(values["payload"])
        )
    hidden = is_hidden or values.get("hidden") is True
    box, timing = scaled_box(element.layout.get(item.id, _NOWHERE), scale), element.timing.get(item.id)
    return Layer(element.name, element.type, box, values, frozenset(override), hidden, timing)


def _hidden_by_group(design: Design, elements: Mapping[str, Any]) -> set[str]:
    """Members of hidden groups, through groups inside groups."""
    members = {element.name: element.layer_ids for element in design.elements if element.type == "group"}
    hidden: set[str] = set()
    waiting = [name for name in members if _hides(elements.get(name))]
    while waiting:
        for member in members.get(waiting.pop(), ()):
            if member not in hidden:
                hidden.add(member)
                waiting.append(member)
    return hidden


def _groups(design: Design, item: Format, elements: Mapping[str, Any], scale: float) -> Iterator[Group]:
    members = {element.name: element.layer_ids for element in design.elements if element.type == "group"}
    for element in design.elements:
        if element.type != "group" or item.id not in element.layout:
            continue
        box = scaled_box(element.layout[item.id], scale)
        try:
            mask = read_mask(scaled_mask(element.mask.get(item.id, {}), scale), box)
            arrangement = read_arrangement(scaled_gap(element.arrangement.get(item.id, {}), scale))
        except ValueError as error:
            raise element_error(element.name, str(error)) from None
        values = element.attributes(item.id) | dict(_override(element, elements))
        leaves, timing = _leaves(element.name, members), element.timing.get(item.id)
        yield Group(element.name, box, element.layer_ids, leaves, mask, arrangement, values, timing)


def _leaves(group: str, members: Mapping[str, Sequence[str]]) -> frozenset[str]:
    found: set[str] = set()
    waiting = [group]
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        for member in members[name]:
            (waiting.append if member in members else found.add)(member)
    return frozenset(found)


def _hides(override: Any) -> bool:
    """A group's override object, or the bare value that sets its only property."""
    return override is True or (isinstance(override, Mapping) and override.get("hidden") is True)


def _unbuilt(element: Element, layer: Layer) -> list[str]:
    """Warnings for what is asked for and not drawn. Raises RenderError for an AI property in the request."""
    built = BUILT.get(element.type)
    if built is None:
        return [f"{layer.name}: layers of type {element.type} are not drawn here"]
    gives_picture = bool(layer.overridden & {"image_url", "image_encoded"})
    warnings = []
    known = known_attributes(element.type)
    for name, value in layer.values.items():
        if name in built or name in EXTRAS or any(value == nothing for nothing in _NOTHING):
            continue
        if name in AI_PROPERTIES and name in layer.overridden and not (name == "text_to_image" and gives_picture):
            raise element_error(layer.name, f"{name} is not available on this provider")
        if name in _RECOGNITION:
            if layer.get("auto_focus") is True and _asks_for_recognition(name, value):
                warnings.append(f"{layer.name}: {name} {_UNRECOGNISED}")
        elif name in AI_PROPERTIES:
            warnings.append(f"{layer.name}: {name} is not available on this provider: the picture is shown as it is")
        elif name in PROPERTIES[element.type] and not _belongs_to_an_ai_property(name):
            warnings.append(f"{layer.name}: {name} is not drawn here")
        elif name not in known and name not in layer.overridden:
            warnings.append(f"{layer.name}: the design's attribute {name} is unknown and was passed over")
    return warnings


def _asks_for_recognition(name: str, value: Any) -> bool:
    if name == "auto_focus_properties" and isinstance(value, Mapping):
        return any(key != "focus_zoom" and _asks_for_recognition(key, part) for key, part in value.items())
    return value not in (*_NOTHING, "generic") if name in ("auto_focus_model", "model") else value not in _NOTHING


def _belongs_to_an_ai_property(name: str) -> bool:
    return any(name == f"{prop}_properties" for prop in AI_PROPERTIES)
