"""The sheet for a design: a column for each property that people override, with what it takes and what it shows now.

    Design -> SampleColumn, …

Content comes first, then colours, then the other looks. Headers are those that map themselves. Pure; left out: how
the sheet is written (`report.sample_book`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from bulkgen.addresses import LOOPBACK_HOSTS
from bulkgen.mapping.columns import ColumnTarget, read_header
from bulkgen.mapping.limits import show
from bulkgen.mapping.problems import Refused
from bulkgen.report.sample_book import SampleColumn
from bulkgen.wire.design import ROOT, VARS, Design, Element
from bulkgen.wire.overrides import HIDDEN_WORD, MAIN_PROPERTY, PROPERTIES, Kind, Property
from bulkgen.wire.values import coerce

# Beside its content, what of a layer people set by row. Everything else is there with all properties.
_USUAL: Mapping[str, tuple[str, ...]] = {
    "text": ("color",),
    "button": ("color", "background_color"),
    "image": ("fitting_type", "alignment"),
    "rating": ("star_color",),
    "qrcode": ("foreground_color",),
}
_COLORS = (Kind.COLOR, Kind.PAINT)
_ALIGNMENTS = tuple(
    f"{height} {side}" for height in ("top", "middle", "bottom") for side in ("left", "center", "right")
)
_OWN_CHARACTERS = 60


@dataclass(frozen=True, slots=True)
class _Place:
    """One property of one layer, in all formats or on one page."""

    design: Design
    layer: Element
    prop: Property
    page: str = ""

    @property
    def is_main(self) -> bool:
        return MAIN_PROPERTY[self.layer.type] == self.prop.name

    @property
    def is_content(self) -> bool:
        return self.is_main and self.prop.kind not in _COLORS

    @property
    def formats(self) -> list[str]:
        return [self.page] if self.page else [one.id for one in self.design.formats]

    @property
    def needed_in(self) -> list[str]:
        return [name for name in self.formats if name in self.layer.mandatory] if self.is_main else []


def sample_columns(design: Design, *, all_properties: bool = False) -> tuple[SampleColumn, ...]:
    """The columns of a sheet for this design; a name that would not map itself is left out."""
    places = sorted(_places(design, all_properties), key=_rank)
    columns = [column for place in places if (column := _column(place)) is not None]
    return (*_formats_column(design), *columns, *_variables(design))


def _places(design: Design, all_properties: bool) -> Iterator[_Place]:
    for page in [one.id for one in design.formats] if design.is_multipage else [""]:
        for layer in _layers(design, page):
            table = PROPERTIES.get(layer.type, {})
            if table:
                main = MAIN_PROPERTY[layer.type]
                names = table if all_properties else (main, *_USUAL.get(layer.type, ()))
                yield from (_Place(design, layer, table[name], page) for name in names)


def _layers(design: Design, page: str) -> list[Element]:
    found = {one.name: one for one in design.elements if not page or page in one.layout or page in one.mandatory}
    return list(found.values())


def _rank(place: _Place) -> int:
    """What a row cannot be without comes first; the order of the design is kept among the rest."""
    if place.is_content:
        return 0 if place.needed_in else 1
    return 2 if place.prop.kind in _COLORS else 3


def _column(place: _Place) -> SampleColumn | None:
    header = _header(place)
    if header is None:
        return None
    value = _value(place)
    return SampleColumn(
        header,
        _note(place),
        _stand_in(place, value),
        "content" if place.is_content else "look",
        bool(place.needed_in),
        _choices(place.prop),
    )


def _header(place: _Place) -> str | None:
    """The shortest name that this design reads as the property."""
    page = f"{place.page}." if place.page else ""
    long = f"{page}{place.layer.name}.{place.prop.name}"
    wanted = ColumnTarget("layer", place.layer.name, place.prop.name, place.page)
    names = (f"{page}{place.layer.name}", long) if place.is_main and place.layer.name != ROOT else (long,)
    return next((name for name in names if read_header(name, place.design) == wanted), None)


def _value(place: _Place) -> str:
    """What the design has, where that is one value that can be given back to it; "" elsewhere."""
    own = place.layer.values.get(place.prop.name, {})
    found = [own[name] for name in place.formats if name in own]
    if not found or (not place.is_content and any(other != found[0] for other in found)):
        return ""
    # The API refuses one without the other.
    if place.prop.name == "auto_resize" and not _value(_other(place, "min_font_size")):
        return ""
    text = _text(place.prop, found[0])
    try:
        coerce(place.prop, text)
    except ValueError:
        return ""
    # The pictures of a studio have an address only while it runs.
    return "" if place.prop.kind is Kind.URL and urlsplit(text).hostname in LOOPBACK_HOSTS else text


def _other(place: _Place, name: str) -> _Place:
    return replace(place, prop=PROPERTIES[place.layer.type][name])


def _text(prop: Property, value: Any) -> str:
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False)
    try:
        return show(value)
    except Refused:
        return ""


def _stand_in(place: _Place, value: str) -> str:
    """A layer that must be given is refused with the design's own content, so it gets one that says what to write."""
    if not place.needed_in or place.prop.kind is not Kind.TEXT:
        return value
    if place.layer.type == "qrcode":
        return "https://example.com/your-page"
    return f"Your {place.layer.name.replace('_', ' ').replace('-', ' ')}"


def _choices(prop: Property) -> tuple[str, ...]:
    if prop.choices:
        return tuple(map(str, prop.choices))
    if prop.kind is Kind.FLAG:
        return ("true", "false")
    return _ALIGNMENTS if prop.kind is Kind.ALIGNMENT else ()


def _note(place: _Place) -> str:
    prop, layer = place.prop, place.layer
    what = "" if place.is_main and layer.type != "container" else f", {prop.name.replace('_', ' ')}"
    kind = "background" if layer.name == ROOT else f"{layer.type} {layer.name!r}"
    lines = [f"{kind[0].upper()}{kind[1:]}{what}", f"Takes {prop.describe()}."]
    if prop.note:
        lines.append(f"{prop.note[0].upper()}{prop.note[1:]}.")
    if prop.kind is Kind.URL and layer.type in ("image", "logo"):
        lines.append("Or the name of a file beside the sheet.")
    if place.needed_in:
        lines.append(f"Needed, and not as in the design: in {', '.join(place.needed_in)}.")
    else:
        lines.append(_says_of_empty(place))
    if place.is_main and not place.needed_in and "hidden" in PROPERTIES[layer.type]:
        lines.append(f"{HIDDEN_WORD} hides the layer.")
    return "\n".join(lines)


def _says_of_empty(place: _Place) -> str:
    own = place.layer.values.get(place.prop.name, {})
    distinct = list(dict.fromkeys(_text(place.prop, own[name]) for name in place.formats if name in own))
    if len(distinct) > 1:
        return "Empty: what the design has, which differs from format to format."
    if not distinct or not distinct[0]:
        return "Empty: as in the design."
    shown = distinct[0] if len(distinct[0]) <= _OWN_CHARACTERS else f"{distinct[0][: _OWN_CHARACTERS - 1]}…"
    if place.prop.kind is Kind.URL:
        return "Empty: the design's own."
    return f"Empty: as in the design, {' '.join(shown.split())!r}."


def _formats_column(design: Design) -> Iterator[SampleColumn]:
    header = "formats"
    if read_header(header, design) != ColumnTarget("formats"):
        return
    names = [one.id for one in design.formats]
    sizes = "\n".join(f"{one.id}: {one.width:g} x {one.height:g} {one.unit}" for one in design.formats)
    note = (
        f"The formats to make of this row: all, or names with commas between them.\n{sizes}\n"
        "An empty cell is refused. Delete the column to make all formats of every row."
    )
    yield SampleColumn(header, note, "all", "formats", choices=("all", *names), is_open=True)


def _variables(design: Design) -> Iterator[SampleColumn]:
    for name in design.variables:
        header = f"{VARS}.{name}"
        if read_header(header, design) == ColumnTarget("variable", VARS, name):
            note = f"Replaces {{{name}}} in the texts of the design.\nEmpty: nothing stands there."
            yield SampleColumn(header, note, name)
