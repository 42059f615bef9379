"""Which cell a value of a payload comes from. Pure.

    mapping + columns + design -> Origins;  Origins + row + format, layer, property -> Origin

Read from the mapping's own text, once a run: a payload does not carry its origins, and most rows have no problem to
tell of. A value that comes from no column (a constant of the mapping) has the row for its origin.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bulkgen.mapping.expressions import compile_expression
from bulkgen.mapping.file import MappingFile
from bulkgen.mapping.formats import find_format
from bulkgen.mapping.names import Columns
from bulkgen.mapping.syntax import SourceError
from bulkgen.sheet.model import Origin, Row
from bulkgen.wire.design import ROOT, VARS, Design
from bulkgen.wire.overrides import ENCODED_TWIN, MAIN_PROPERTY

_TWINS = {twin: name for name, twin in ENCODED_TWIN.items()}
_WORDS = ("empty", "fallback")

# Where the options of the output stand among the layers; no layer has no name.
OUTPUT = ""

# Property of a layer -> the columns that it is made of, in the order in which the expression names them.
_Layer = dict[str, tuple[str, ...]]


class Origins:
    """Where the values of a layer come from, by format or page."""

    def __init__(self, mapping: MappingFile, columns: Columns, design: Design) -> None:
        self._columns = columns
        self._is_multipage = design.is_multipage
        self._kept: set[tuple[str, str, str]] = set()
        kinds = {element.name: element.type for element in design.elements} | {ROOT: "container"}
        read = {"": self._layers(mapping.elements, kinds, "")}
        for name, layers in (*mapping.by_format.items(), *mapping.pages.items()):
            place = find_format(design, name) or name
            read.setdefault(place, {}).update(self._layers(layers, kinds, place))
        read[""][OUTPUT] = {name: self._headers(spec) for name, spec in mapping.output.items()}
        read[""][VARS] = {name: self._headers(spec) for name, spec in mapping.vars.items()}
        self._read: Mapping[str, Mapping[str, _Layer]] = read

    def __repr__(self) -> str:
        layers = sum(len(found) for found in self._read.values())
        return f"<Origins of {layers} layers, {len(self._columns.headers)} columns>"

    def is_mapped(self, place: str, layer: str, prop: str) -> bool:
        """Whether anything, a column or a constant, is mapped to the property in this format or page."""
        return self._find(place, layer, prop) is not None

    def columns(self, place: str, layer: str, prop: str) -> tuple[str, ...]:
        return self._find(place, layer, prop) or ()

    def is_kept_on_purpose(self, place: str, layer: str, prop: str) -> bool:
        """Whether the mapping says in words that the design's own value shows where a cell is empty."""
        own = (place, layer, prop) if prop in self._read.get(place, {}).get(layer, {}) else ("", layer, prop)
        return own in self._kept

    def origin(self, row: Row, place: str, layer: str, prop: str, seen: str = "") -> Origin:
        """`seen` is a piece of text that the cell in question holds: it tells several columns apart."""
        columns = self.columns(place, layer, prop)
        holding = (name for name in columns if seen and seen in row.cells.get(name, ""))
        filled = (name for name in columns if row.cells.get(name, "").strip())
        return row.origin((*holding, *filled, *columns, "")[0])

    def empty_cell(self, row: Row, place: str, layer: str, prop: str) -> Origin:
        """The first cell that is empty of those which the property is made of."""
        columns = self.columns(place, layer, prop)
        empty = [name for name in columns if not row.cells.get(name, "").strip()]
        return row.origin((*empty, *columns, "")[0])

    def _find(self, place: str, layer: str, prop: str) -> tuple[str, ...] | None:
        for where in (place, ""):
            found = self._read.get(where, {}).get(layer)
            if found is None:
                continue
            for name in (prop, _TWINS.get(prop, ""), ENCODED_TWIN.get(prop, "")):
                if name in found:
                    return found[name]
            if self._is_multipage:
                # A page that speaks of a layer says all of it; a format only what differs.
                return None
        return None

    def _layers(self, specs: Mapping[str, object], kinds: Mapping[str, str], place: str) -> dict[str, _Layer]:
        return {name: dict(self._layer(name, spec, kinds.get(name, ""), place)) for name, spec in specs.items()}

    def _layer(self, name: str, spec: object, kind: str, place: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        main = MAIN_PROPERTY.get(kind, "")
        if not isinstance(spec, dict):
            yield main, self._headers(spec)
            return
        if spec.get("empty") == "keep":
            self._kept.add((place, name, main))
        for key, value in spec.items():
            if key in _WORDS:
                continue
            prop = main if key == "value" else str(key)
            if isinstance(value, dict) and value.get("empty") == "keep":
                self._kept.add((place, name, prop))
            yield prop, self._headers(value)

    def _headers(self, spec: object) -> tuple[str, ...]:
        if isinstance(spec, dict):
            parts = [value for key, value in spec.items() if key not in _WORDS]
            return tuple(dict.fromkeys(header for part in parts for header in self._headers(part)))
        if isinstance(spec, list):
            return tuple(dict.fromkeys(header for part in spec for header in self._headers(part)))
        try:
            return compile_expression(spec, self._columns).headers
        except SourceError:
            # The mapper has refused it already, with its place in the file.
            return ()
