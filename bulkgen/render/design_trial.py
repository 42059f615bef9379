"""What only a try tells of a design: fonts and pictures that are not there, texts of its own that do not fit.

    Design, fonts, pictures -> faults

Every format is laid out and painted with the design's own values, hidden layers too, since a row may show them. After
a failure the layer at fault is left out and the format tried again, so that one try tells all of them. Left out: what
the design says of itself (`design_lint`), whose layers at fault are not tried; reading files, which the caller does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import replace
from typing import Any

from bulkgen.render.banner import RenderCache, picture_refs, render_banner
from bulkgen.render.design_faults import Fault
from bulkgen.render.design_keys import near
from bulkgen.render.design_places import Places
from bulkgen.render.emblem import emblem_of
from bulkgen.render.extras import known_attributes
from bulkgen.render.failures import RenderError, text_does_not_fit
from bulkgen.render.fonts import FontLibrary
from bulkgen.render.icons import EMOJI, UnknownIconError, icon_svg, library_key
from bulkgen.render.pictures import decode_picture
from bulkgen.render.scene import Layer
from bulkgen.render.sources import CONTENT_PREFIX
from bulkgen.wire.design import Box, Design, Element
from bulkgen.wire.overrides import Kind

# A reference -> its bytes, or why there are none.
ReadPicture = Callable[[str], bytes | RenderError]

# Those of a design's addresses that lead to a picture; films and sounds are read by others.
_PICTURES = ("image_url", "icon_url")

# In place of a picture at an address, which is not fetched here.
_STAND_IN = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="400" height="400">'
    b'<rect width="400" height="400" fill="#999999"/></svg>'
)

# Enough to know that all of a picture can be read, whatever the box is.
_LOOK_PX = 64

# Any kind of design can be drawn to it, also one that becomes a film or a document.
_FILE_TYPE = "jpeg"

_BOX = Box(0, 0, _LOOK_PX, _LOOK_PX)


def addresses(design: Design) -> Iterator[str]:
    """Of pictures that are elsewhere, which a try does not look at."""
    for element in design.elements:
        for name in _PICTURES:
            for value in element.values.get(name, {}).values():
                if isinstance(value, str) and _is_address(value):
                    yield value


def _is_address(reference: str) -> bool:
    return reference.lower().startswith(("http://", "https://"))


def try_design(
    design: Design, fonts: FontLibrary, read: ReadPicture, places: Places, at_fault: Set[str] = frozenset()
) -> list[Fault]:
    """`at_fault` names layers that are known to be wrong, of which drawing would only tell the same."""
    trial = _Trial(design, fonts, read, places)
    faults = [*trial.fonts(), *trial.pictures(), *trial.illustrations()]
    known = at_fault | {fault.layer for fault in faults if fault.layer is not None}
    return [*faults, *trial.drawing(known)]


class _Trial:
    def __init__(self, design: Design, fonts: FontLibrary, read: ReadPicture, places: Places) -> None:
        self._design = design
        self._fonts = fonts
        self._read = read
        self._places = places

    def fonts(self) -> Iterator[Fault]:
        for index, element, format_id, reference in self._values("font"):
            if self._fonts.family(reference) is None:
                names = [str(family["name"]) for family in self._fonts.describe()]
                yield Fault(
                    "unknown_font",
                    f"{element.name}.font: there is no font {reference!r} at hand{near(reference, names)}",
                    self._places.attribute(index, "font", format_id),
                    element.name,
                    f"At hand: {', '.join(names)}. Put the files of others into fonts/ beside the designs.",
                )

    def pictures(self) -> Iterator[Fault]:
        for name in _PICTURES:
            for index, element, format_id, reference in self._values(name):
                if _is_address(reference) or reference.startswith(("data:", CONTENT_PREFIX)):
                    continue
                if complaint := self._complaint(reference):
                    path = self._places.attribute(index, name, format_id)
                    yield Fault("bad_picture", f"{element.name}.{name}: {complaint}", path, element.name)

    def illustrations(self) -> Iterator[Fault]:
        for index, element, format_id, name in self._values("illustration_file"):
            layer = Layer(element.name, element.type, _BOX, element.attributes(format_id), frozenset(), is_hidden=False)
            try:
                if library_key(layer.text("illustration_type")) == EMOJI:
                    emblem_of(layer, self._fonts)
                else:
                    icon_svg(layer.text("illustration_type"), name, None)
            except UnknownIconError as error:
                complaint = str(error)
            except RenderError as error:
                complaint = _bare(error.reason, element.name)
            else:
                continue
            path = self._places.attribute(index, "illustration_file", format_id)
            yield Fault("unknown_illustration", f"{element.name}.illustration_file: {complaint}", path, element.name)

    def drawing(self, at_fault: Set[str]) -> Iterator[Fault]:
        """Each failure once, with all formats that it is in."""
        found: dict[tuple[str, str | None, str], list[str]] = {}
        cache = RenderCache()
        for item in self._design.formats:
            for told in self._draw(item.id, at_fault, cache):
                found.setdefault(told, []).append(item.id)
        for (code, layer, what), format_ids in found.items():
            where = f"{layer} in {', '.join(format_ids)}" if layer else ", ".join(format_ids)
            remedy = _REMEDIES.get(code, "")
            yield Fault(code, f"{where}: {what}", self._path(code, layer, format_ids[0]), layer, remedy)

    def _draw(self, format_id: str, at_fault: Set[str], cache: RenderCache) -> Iterator[tuple[str, str | None, str]]:
        """(code, layer, what) of every failure and of everything left undone."""
        left_out = set(at_fault)
        while True:
            design = self._without(left_out)
            shown = {element.name: {"hidden": False} for element in design.layers() if _is_hidden(element)}
            try:
                banner = render_banner(
                    design,
                    format_id,
                    shown,
                    self._loaded(design, format_id, shown),
                    self._fonts,
                    file_type=_FILE_TYPE,
                    cache=cache,
                )
            except RenderError as error:
                if error.layer is None or error.layer not in left_out:
                    yield self._code(error, format_id), error.layer, _bare(error.reason, error.layer)
                if error.layer is None or error.layer in left_out:
                    return
                left_out.add(error.layer)
            except Exception as error:  # a design that the renderer does not survive is the author's to know of
                yield "cannot_be_made", None, f"it could not be drawn: {type(error).__name__}: {error}"
                return
            else:
                yield from (self._undone(warning) for warning in banner.warnings)
                return

    def _without(self, left_out: Set[str]) -> Design:
        """A layer that is not there has no part in rings either, as a hidden one would."""
        kept = tuple(element for element in self._design.elements if element.name not in left_out)
        return replace(self._design, elements=kept)

    def _loaded(self, design: Design, format_id: str, shown: Mapping[str, Any]) -> dict[str, bytes | RenderError]:
        references = picture_refs(design, [format_id], shown)
        return {name: _STAND_IN if _is_address(name) else self._read(name) for name in references}

    def _complaint(self, reference: str) -> str | None:
        body = self._read(reference)
        if isinstance(body, RenderError):
            return body.reason
        try:
            decode_picture(body, _LOOK_PX, _LOOK_PX, contain=True)
        except RenderError as error:
            return f"{reference}: {error.reason}"
        return None

    def _values(self, name: str) -> Iterator[tuple[int, Element, str, str]]:
        """(position, element, a format, value) of an attribute that is a text, each value of a layer once."""
        for index, element in enumerate(self._design.elements):
            prop = known_attributes(element.type).get(name)
            if prop is None or prop.kind not in (Kind.TEXT, Kind.URL, Kind.UUID):
                continue
            said = set()
            for format_id, value in element.values.get(name, {}).items():
                if isinstance(value, str) and value and value not in said:
                    said.add(value)
                    yield index, element, format_id, value

    def _code(self, error: RenderError, format_id: str) -> str:
        index = self._index(error.layer, format_id)
        if index is None or error.layer is None:
            return "cannot_be_made"
        payload = str(self._design.elements[index].value("payload", format_id))
        return "does_not_fit" if error.reason == text_does_not_fit(error.layer, payload).reason else "cannot_be_made"

    def _undone(self, warning: str) -> tuple[str, str | None, str]:
        names = sorted((element.name for element in self._design.elements), key=len, reverse=True)
        layer = next((name for name in names if warning.startswith(f"{name}: ")), None)
        return "not_drawn", layer, _bare(warning, layer)

    def _index(self, layer: str | None, format_id: str) -> int | None:
        named = [i for i, element in enumerate(self._design.elements) if element.name == layer]
        here = [i for i in named if format_id in self._design.elements[i].layout]
        return next(iter(here or named), None)

    def _path(self, code: str, layer: str | None, format_id: str) -> str:
        index = self._index(layer, format_id)
        if index is None:
            at = next(i for i, item in enumerate(self._design.formats) if item.id == format_id)
            return f"{'pages' if self._design.is_multipage else 'formats'}[{at}]"
        if code == "does_not_fit":
            return self._places.attribute(index, "payload", format_id)
        return self._places.element(index)


_REMEDIES = {
    "does_not_fit": (
        "Make its box larger or its font_size smaller, or let it shrink (auto_resize with min_font_size) or be cut "
        "(text_truncation)."
    ),
}


def _is_hidden(element: Element) -> bool:
    return True in element.values.get("hidden", {}).values()


def _bare(reason: str, layer: str | None) -> str:
    """Without the name of the layer, which is told before the formats."""
    return reason.removeprefix(f"Element {layer} error: ").removeprefix(f"{layer}: ")
