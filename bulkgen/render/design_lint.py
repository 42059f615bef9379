"""The check of a design by what it says: what no painter would look at, what no picture can come of. Pure.

    Design, Places -> faults

A misspelt attribute is a wrong picture that nobody notices, so everything unknown is refused by its name. Left out: how
the file is written (`design_body`), and what only drawing tells (`design_trial`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from bulkgen.render.design_faults import Fault
from bulkgen.render.design_keys import MASKS, near
from bulkgen.render.design_places import Places
from bulkgen.render.extras import ANCHORS, known_attributes
from bulkgen.render.groups import DIRECTIONS, SPREAD, read_arrangement, read_mask
from bulkgen.wire.design import Box, Design, Element, Format
from bulkgen.wire.overrides import LAYER_TYPES, Kind, Property
from bulkgen.wire.parts import check_parts
from bulkgen.wire.values import check

# Of these nobody expects a box: the ground is the format itself, a sound is nowhere.
_WITHOUT_BOX = ("container", "audio")

# Which anchors a layer follows: the first of each that it has (`layout`).
_UP_AND_DOWN, _ACROSS = ("below", "above", "level_with"), ("right_of", "left_of")

_PLACEMENT = Property("placement", Kind.ALIGNMENT)


def lint_design(design: Design, places: Places | None = None) -> list[Fault]:
    """Everything that is wrong with a design, the layers in their order; empty if nothing is."""
    return list(_Lint(design, places or Places()).faults())


class _Lint:
    def __init__(self, design: Design, places: Places) -> None:
        self._design = design
        self._places = places
        self._formats = {item.id: item for item in design.formats}

    def faults(self) -> Iterator[Fault]:
        for index, element in enumerate(self._design.elements):
            if element.type not in LAYER_TYPES:
                message = f"{element.name}: {element.type!r} is no layer type{near(element.type, LAYER_TYPES)}"
                yield Fault("unknown_type", message, self._places.part(index, "type"), element.name)
                continue
            yield from self._attributes(index, element)
            yield from self._sizes(index, element)
            yield from self._anchors(index, element)
            yield from self._boxes(index, element)
            yield from self._formats_named(index, element)
            yield from self._movement(element)
            if element.type == "group":
                yield from dict.fromkeys(self._group(index, element))
        yield from self._rings()

    def _attributes(self, index: int, element: Element) -> Iterator[Fault]:
        known = known_attributes(element.type)
        for name, by_format in element.values.items():
            prop = known.get(name)
            if prop is None:
                what = f"{element.type} layers have no attribute {name!r}"
                path = self._places.attribute(index, name).removesuffix(".value")
                yield Fault("unknown_attribute", f"{element.name}: {what}{near(name, known)}", path, element.name)
                continue
            wrong = [(item, said) for item, value in by_format.items() for said in complaints(prop, value)]
            for complaint, format_ids in _gathered(wrong).items():
                message = f"{element.name}.{name} in {', '.join(format_ids)}: {complaint}"
                path = self._places.attribute(index, name, format_ids[0])
                yield Fault("bad_value", message, path, element.name)

    def _sizes(self, index: int, element: Element) -> Iterator[Fault]:
        crossed = []
        for format_id, least in element.values.get("min_font_size", {}).items():
            size = element.value("font_size", format_id)
            if _is_number(size) and _is_number(least) and least > size:
                crossed.append((format_id, f"min_font_size {least:g} is above font_size {size:g}"))
        for complaint, format_ids in _gathered(crossed).items():
            message = f"{element.name} in {', '.join(format_ids)}: {complaint}"
            path = self._places.attribute(index, "min_font_size", format_ids[0])
            remedy = "The text is set in font_size and does not shrink; lower min_font_size."
            yield Fault("crossed_sizes", message, path, element.name, remedy)

    def _anchors(self, index: int, element: Element) -> Iterator[Fault]:
        for anchor in ANCHORS:
            said = set()
            for format_id, target in element.values.get(anchor, {}).items():
                names = [other.name for other in self._neighbours(element, format_id)]
                if target in names or target in said or not isinstance(target, str):
                    continue
                said.add(target)
                message = f"{element.name}.{anchor}: there is no other layer {target!r}{near(target, names)}"
                path = self._places.attribute(index, anchor, format_id)
                yield Fault("unknown_layer", message, path, element.name)

    def _neighbours(self, element: Element, format_id: str) -> Iterator[Element]:
        """The other layers; of a document those of the same page, whose names may be those of other pages."""
        for other in self._design.elements:
            is_near = not self._design.is_multipage or format_id in other.layout or other.type in _WITHOUT_BOX
            if is_near and other.name != element.name:
                yield other

    def _boxes(self, index: int, element: Element) -> Iterator[Fault]:
        if element.type in _WITHOUT_BOX or element.type == "code":
            return
        if not element.layout:
            yield Fault(
                "in_no_format",
                f"{element.name}: the layer has no box in any format, so it is in none",
                self._places.element(index),
                element.name,
                'Give it a layout: {"x": 0, "y": 0, "width": 100, "height": 100}, or one for each format.',
            )
        flat, outside = [], []
        for format_id, box in element.layout.items():
            if box.width <= 0 or box.height <= 0:
                flat.append((format_id, f"the box is {box.width:g} x {box.height:g}, which has no area"))
            elif _is_outside(box, self._formats[format_id]) and not _follows(element, format_id):
                outside.append(format_id)
        for complaint, format_ids in _gathered(flat).items():
            path = self._places.part(index, "layout", format_ids[0])
            yield Fault("bad_box", f"{element.name} in {', '.join(format_ids)}: {complaint}", path, element.name)
        # A layer may wait beside the format until it slides in.
        if outside and not element.timing:
            yield Fault(
                "outside",
                f"{element.name}: the box lies outside of {', '.join(outside)}, where nobody sees it",
                self._places.part(index, "layout", outside[0]),
                element.name,
                "Leave the format out of its layout if that is meant.",
            )

    def _formats_named(self, index: int, element: Element) -> Iterator[Fault]:
        for name in sorted(element.mandatory - self._formats.keys()):
            message = f"{element.name}: mandatory names no format of the design: {name!r}{near(name, self._formats)}"
            yield Fault("unknown_format", message, self._places.part(index, "mandatory", name), element.name)

    def _movement(self, element: Element) -> Iterator[Fault]:
        for said in dict.fromkeys(said for timing in element.timing.values() for said in timing.passed_over):
            yield Fault("bad_animation", f"{element.name}: {said}", said.partition(": ")[0], element.name)

    def _group(self, index: int, element: Element) -> Iterator[Fault]:
        names = [other.name for other in self._design.elements if other.name != element.name]
        for at, member in enumerate(element.layer_ids):
            if member not in names:
                message = f"{element.name}.layer_ids: there is no other layer {member!r}{near(member, names)}"
                yield Fault("unknown_layer", message, f"{self._places.part(index, 'layer_ids')}[{at}]", element.name)
        for format_id, box in element.layout.items():
            for key, complaint in _group_complaints(element, format_id, box):
                yield Fault("bad_group", complaint, self._places.part(index, key, format_id), element.name)

    def _rings(self) -> Iterator[Fault]:
        said: set[frozenset[str]] = set()
        for item in self._design.formats:
            followed = self._followed(item)
            for start in followed:
                ring = _ring(start, followed)
                if ring is None or frozenset(ring) in said:
                    continue
                said.add(frozenset(ring))
                message = f"{ring[0]} in {item.id}: layers stand beside each other in a ring: {' -> '.join(ring)}"
                index = next(i for i, one in enumerate(self._design.elements) if one.name == ring[0])
                path = self._places.element(index)
                yield Fault("ring", message, path, ring[0], "Let one of them keep the place that its box has.")

    def _followed(self, item: Format) -> dict[str, list[str]]:
        """Layer -> the layers whose place decides its own in a format."""
        here = [element for element in self._design.elements if item.id in element.layout]
        arranged = {
            member
            for element in here
            if element.arrangement.get(item.id, {}).get("auto_layout") is True
            for member in element.layer_ids
        }
        return {
            element.name: [] if element.name in arranged else list(_targets(element, item.id))
            for element in here
            if element.type not in ("container", "group")
        }


def complaints(prop: Property, value: Any) -> list[str]:
    """What a request may not say for `prop`, but for pictures by path, fonts by family name and no text at all."""
    is_reference = prop.kind in (Kind.URL, Kind.UUID) and isinstance(value, str) and bool(value)
    if is_reference or (prop.name == "payload" and value == ""):
        return []
    if violation := check(prop, value):
        return [violation.message]
    parts = check_parts(prop.name, value, prop.name) if prop.kind is Kind.OBJECT else []
    return [f"{violation.path}: {violation.message}" for violation in parts]


def _gathered(found: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """(format, complaint) -> each complaint once, with all its formats."""
    by_complaint: dict[str, list[str]] = {}
    for format_id, complaint in found:
        by_complaint.setdefault(complaint, []).append(format_id)
    return by_complaint


def _group_complaints(element: Element, format_id: str, box: Box) -> Iterator[tuple[str, str]]:
    """(`mask` or `group`, what is wrong with it)."""
    arrangement = element.arrangement.get(format_id, {})
    try:
        mask = read_mask(element.mask.get(format_id, {}), box)
    except ValueError as error:
        mask = None
        yield "mask", f"{element.name}: {error}"
    if mask and mask.shape not in MASKS:
        yield "mask", f"{element.name}.mask: {mask.shape!r} is no shape{near(mask.shape, MASKS)}"
    try:
        read_arrangement(arrangement)
    except ValueError as error:
        yield "group", f"{element.name}: {error}"
    direction, placement = arrangement.get("direction"), arrangement.get("placement")
    if direction not in (None, *DIRECTIONS):
        yield "group", f"{element.name}.group: direction is {direction!r}, and must be one of {', '.join(DIRECTIONS)}"
    if placement not in (None, *SPREAD) and check(_PLACEMENT, placement):
        allowed = f"{_PLACEMENT.describe()}, or {SPREAD[0]}"
        yield "group", f"{element.name}.group: placement is {placement!r}, and must be {allowed}"


def _targets(element: Element, format_id: str) -> Iterator[str]:
    values: Mapping[str, Any] = element.attributes(format_id)
    if hugged := values.get("hug"):
        yield str(hugged)
        return
    for anchors in (_UP_AND_DOWN, _ACROSS):
        name = next((str(values[anchor]) for anchor in anchors if values.get(anchor)), "")
        if name and name != element.name:
            yield name


def _follows(element: Element, format_id: str) -> bool:
    return any(element.value(anchor, format_id) for anchor in ANCHORS)


def _ring(start: str, followed: Mapping[str, Sequence[str]]) -> list[str] | None:
    """A way from `start` back to it."""
    waiting = [[start]]
    seen: set[str] = set()
    while waiting:
        way = waiting.pop()
        for name in followed.get(way[-1], ()):
            if name == start:
                return [*way, start]
            if name not in seen:
                seen.add(name)
                waiting.append([*way, name])
    return None


def _is_outside(box: Box, item: Format) -> bool:
    """Beyond the bleed too: what lies in it is printed, and mostly cut off."""
    left, top, bleed = box.x + box.width, box.y + box.height, item.bleed_size
    return left <= -bleed or top <= -bleed or box.x >= item.width + bleed or box.y >= item.height + bleed


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
