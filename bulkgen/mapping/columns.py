"""What a column's header says by itself: a layer, a property of one, the formats, a variable, a result. Pure.

    header + design -> ColumnTarget, or nothing

Headers are `layer`, `layer.property`, `layer:property`, `page_1.layer.property`, `root.background_color`,
`vars.name` and `formats`, compared without regard to case and separators.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bulkgen.mapping.names import find, loose
from bulkgen.wire.design import ROOT, VARS, Design, Element
from bulkgen.wire.overrides import MAIN_PROPERTY, PROPERTIES

_RESULTS = ("bulkgen status", "bulkgen detail", "bulkgen request")
_RESULT_ENDINGS = (" url", " file", " error")
_DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class ColumnTarget:
    """`kind` is layer, variable or formats; `page` only in a multi-page design, "" for every page."""

    kind: str
    layer: str = ""
    property: str = ""
    page: str = ""

    def __str__(self) -> str:
        if self.kind == "formats":
            return "formats"
        return ".".join(part for part in (self.page, self.layer, self.property) if part)


def is_result_column(header: str, design: Design) -> bool:
    """Whether a report of ours wrote this column: it is no input when the report is fed back."""
    plain = header.strip().lower()
    if plain in _RESULTS:
        return True
    names = {item.id.lower() for item in design.formats} | {_DOCUMENT}
    return any(plain.endswith(ending) and plain.removesuffix(ending) in names for ending in _RESULT_ENDINGS)


def read_header(header: str, design: Design) -> ColumnTarget | None:
    """What the header names in this design; None when it names nothing in it."""
    whole = header.strip()
    layers = _layers(design)
    if found := find(whole, layers):
        return ColumnTarget("layer", found, _main(layers[found]))
    if not design.is_multipage and loose(whole) in ("formats", "format") and find(whole, layers) is None:
        return ColumnTarget("formats")
    for first, rest in _cuts(whole):
        if loose(first) == VARS and (name := find(rest, design.variables)):
            return ColumnTarget("variable", VARS, name)
        page = find(first, [item.id for item in design.formats]) if design.is_multipage else None
        if page and (target := _of_layer(rest, _layers(design, page))):
            return ColumnTarget("layer", target.layer, target.property, page)
    return _of_layer(whole, layers, needs_property=True)


def unknown_property(header: str, design: Design) -> tuple[str, str] | None:
    """(layer, word) when the header names a layer of the design with a property that it does not have."""
    layers = _layers(design)
    for first, rest in _cuts(header.strip()):
        if (layer := find(first, layers)) and find(rest, PROPERTIES[layers[layer].type]) is None:
            return layer, rest
    return None


def _of_layer(text: str, layers: Mapping[str, Element], *, needs_property: bool = False) -> ColumnTarget | None:
    if not needs_property and (found := find(text, layers)):
        return ColumnTarget("layer", found, _main(layers[found]))
    for first, rest in _cuts(text):
        layer = find(first, layers)
        if layer and (prop := find(rest, PROPERTIES[layers[layer].type])):
            return ColumnTarget("layer", layer, prop)
    return None


def _cuts(text: str) -> Iterator[tuple[str, str]]:
    """Every way to cut at a point or colon; a layer's own name may hold some."""
    for index, character in enumerate(text):
        if character in ".:" and 0 < index < len(text) - 1:
            yield text[:index].strip(), text[index + 1 :].strip()


def _layers(design: Design, page: str = "") -> dict[str, Element]:
    found = {
        element.name: element
        for element in design.elements
        if PROPERTIES.get(element.type) and (not page or page in element.layout or page in element.mandatory)
    }
    return found if ROOT in found else {**found, ROOT: Element(ROOT, "container")}


def _main(element: Element) -> str:
    return MAIN_PROPERTY[element.type]
