"""What a column's header says by itself: a layer, a property of one, the formats, a variable, a result. Pure.

    header + design -> ColumnTarget, or nothing

Headers are `layer`, `layer.property`, `layer:property`, `page_1.layer.property`, `root.background_color`,
`vars.name` and `formats`, compared without regard to case and separators.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from bulkgen.mapping.names import find, loose, near
from bulkgen.wire.design import ROOT, VARS, Design, Element
from bulkgen.wire.overrides import MAIN_PROPERTY, PROPERTIES

_RESULTS = ("bulkgen status", "bulkgen detail", "bulkgen request")
_RESULT_ENDINGS = (" url", " file", " error")
_DOCUMENT = "document"

# A slip is one letter too many, too few, another or in the other's place; shorter words are near too many others.
_SLIP_LETTERS = 5
_DIGITS = re.compile(r"\d+")


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


def unmatched(header: str, design: Design, filled: Set[str]) -> tuple[str, str] | None:
    """(what is wrong, the header that was meant or "") of a header that fills nothing though it was probably meant to.

    `filled` are the layers that get a value without it: nobody misses a column for those."""
    layers, whole = _layers(design), header.strip()
    if found := unknown_property(whole, design):
        layer, word = found
        kind = layers[layer].type
        meant = "".join(near(word, PROPERTIES[kind], limit=1))
        return f"layer {layer!r} ({kind}) has no property {word!r}", f"{layer}.{meant}" if meant else ""
    if meant := _slip(whole, [name for name in layers if name not in filled]):
        return f"there is no layer {whole!r}", meant
    for first, rest in _cuts(whole):
        meant = _slip(first, list(layers))
        if meant and (prop := find(rest, PROPERTIES[layers[meant].type])):
            return f"there is no layer {first!r}", f"{meant}.{prop}"
        if loose(first) == VARS and (meant := _slip(rest, design.variables)):
            return f"no text of the design holds the variable {{{rest}}}", f"{VARS}.{meant}"
    return None


def _slip(word: str, names: Sequence[str]) -> str:
    """The name of which `word` is a slip, "" for none. Names that differ by number are two: `photo_1`, `photo_2`."""
    plain, numbers = loose(word), _DIGITS.findall(word)
    if len(plain) < _SLIP_LETTERS:
        return ""
    return next((one for one in names if OSA.distance(plain, loose(one)) == 1 and _DIGITS.findall(one) == numbers), "")


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
