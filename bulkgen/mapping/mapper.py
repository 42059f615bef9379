"""Rows -> what each is to become: payloads by format, or Problems.

    MappingFile + Design + SheetOutline -> Mapper;  Mapper + Row -> MappedRow

All that can be known before the first row is refused when the Mapper is made: names, properties, formats, columns,
syntax, constants. `map` never raises for a cell. Left out: rows against each other (`keys`), and what a picture or
a text looks like in its box (`preflight`).
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bulkgen.errors import MappingError
from bulkgen.mapping.columns import is_result_column, unmatched
from bulkgen.mapping.expressions import Expression
from bulkgen.mapping.file import MappingFile
from bulkgen.mapping.formats import FormatPlan, find_format, read_formats, suggest_format
from bulkgen.mapping.layers import (
    Cells,
    LayerPlan,
    LayerValues,
    Scope,
    Slot,
    compile_layer,
    compile_variable,
    overlay,
    take_variable,
    work_out,
)
from bulkgen.mapping.model import LocalPicture, MappedRow, OutputOptions, Payload, Want
from bulkgen.mapping.names import Columns, suggest
from bulkgen.mapping.output import compile_output
from bulkgen.mapping.picture_cells import with_pictures
from bulkgen.mapping.picture_kinds import MAX_REQUEST_BYTES
from bulkgen.mapping.pictures import Pictures
from bulkgen.mapping.problems import Refused, problem
from bulkgen.mapping.row_report import RowReport
from bulkgen.sheet.model import Row, SheetOutline
from bulkgen.sheet.problems import Problem, Severity
from bulkgen.wire.design import ROOT, VARS, Design, Element
from bulkgen.wire.overrides import ENCODED_TWIN, MAIN_PROPERTY

_LISTED = 10


class Mapper:
    """A mapping that fits its design and its sheet; maps rows in any order, as often as asked."""

    def __init__(
        self,
        mapping: MappingFile,
        design: Design,
        outline: SheetOutline,
        *,
        folder: Path,
        key: str | None = None,
        formats: Sequence[str] | None = None,
        max_kb: int | None = None,
        pictures: Pictures | None = None,
    ) -> None:
        """`folder` is the sheet's; `key`, `formats` and `max_kb` win over the mapping's. Raises MappingError."""
        self.mapping = mapping
        self.design = design
        self.columns = Columns(outline.names)
        self.pictures = pictures or Pictures(folder, book=outline.path)
        self._scope = Scope(mapping, self.columns, self.pictures, design.type.startswith("printer"))
        mistakes = self._scope.mistakes
        self._key: str | None = None
        self._where: Expression | None = None
        self._formats = FormatPlan(design)
        self._layers: dict[str, tuple[LayerPlan, ...]] = {}
        self._overlays: dict[str, tuple[LayerPlan, ...]] = {}
        with mistakes.gathering():
            self._key = self._find_key(key)
        with mistakes.gathering():
            self._where = self._scope.expression(mapping.where, ("where",), bare=True) if mapping.where else None
        with mistakes.gathering():
            self._formats = self._compile_formats(formats)
        with mistakes.gathering():
            self._layers = self._compile_layers()
        with mistakes.gathering():
            self._overlays = self._compile_overlays()
        self._variables = self._compile_variables()
        self._output, notes = compile_output(self._scope, mapping.output, design.type, max_kb=max_kb)
        mistakes.conclude()
        self._refuse_nothing()
        self._mandatory = _mandatory(design)
        self._several: set[str] = set()
        unused = self._unused()
        self._notes = (*notes, *_unused_note(unused))
        # What is wrong with headers is said once, with the first row that is mapped: problems belong to rows.
        self._unmatched = self._find_unmatched(unused)
        self._told_with: int | None = None

    def __repr__(self) -> str:
        layers = sum(map(len, self._layers.values()))
        return f"<Mapper {self.design.id} {layers} layers, key {self._key!r}, {len(self.columns.headers)} columns>"

    @property
    def key(self) -> str | None:
        """The header of the key column, if there is one."""
        return self._key

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person may want to know and no single row is to blame for; grows while rows are mapped."""
        several = (
            f"cells of column {header!r} hold several addresses; the first is used" for header in sorted(self._several)
        )
        return (*self._notes, *several)

    def leaves_out(self, row: Row) -> bool:
        """Whether `where` skips the row. A condition that cannot be worked out skips nothing: `map` tells of it."""
        try:
            return self._where is not None and not self._where.truth(with_pictures(row, is_for_picture=False))
        except Refused:
            return False

    def map(self, row: Row) -> MappedRow:
        mapped = self._map(row)
        if self._unmatched and not mapped.skipped and self._told_with in (None, row.position):
            self._told_with = row.position
            return replace(mapped, problems=(*mapped.problems, *self._header_problems(row)))
        return mapped

    def _map(self, row: Row) -> MappedRow:
        key = row.cells.get(self._key, "").strip() if self._key else ""
        report, cells = RowReport(row, self._several), Cells.of(row)
        try:
            if self._where is not None and not self._where.truth(cells.texts):
                return MappedRow(row, key, skipped=f"left out by where: {self._where.source.strip()}")
        except Refused as refused:
            report.refused("where", self._where, refused)
            return MappedRow(row, key, problems=report.problems)
        formats: tuple[str, ...] = ()
        try:
            formats = self._formats.wanted(cells.texts)
        except Refused as refused:
            report.refused("formats", self._formats.source, refused)
        output = self._output.options(
            cells.texts, lambda source, prop, refused: report.refused(f"output.{prop.name}", source, refused)
        )
        if self.design.is_multipage:
            wants = self._document(cells, output, report)
        else:
            wants = self._banners(cells, formats, output, report)
        for sent_bytes in {want.payload.picture_bytes for want in wants}:
            if sent_bytes > MAX_REQUEST_BYTES:
                at_most = f"at most {MAX_REQUEST_BYTES:,} can be sent along"
                report.add("pictures_too_big", "", f"its pictures are {sent_bytes:,} bytes together; {at_most}")
        problems = report.problems
        if any(found.severity is Severity.ERROR for found in problems):
            wants = ()
        return MappedRow(row, key, wants, problems)

    # -- a row's payloads

    def _banners(
        self, cells: Cells, formats: tuple[str, ...], output: OutputOptions, report: RowReport
    ) -> tuple[Want, ...]:
        base = self._work_out(self._layers[""], cells, report)
        variables = self._variable_values(cells, report)
        payloads: list[tuple[Payload, list[str]]] = []
        shared = _payload(base, variables)
        missing: dict[tuple[str, str, str], str] = {}
        for name in formats:
            values, payload = base, shared
            if name in self._overlays:
                values = self._overlaid(base, self._overlays[name], cells, report)
                payload = _payload(values, variables)
            missing |= self._missing(name, values)
            for known, names in payloads:
                if known.elements == payload.elements:
                    names.append(name)
                    break
            else:
                payloads.append((payload, [name]))
        report.missing(missing)
        return tuple(Want(tuple(names), payload, output) for payload, names in payloads)

    def _document(self, cells: Cells, output: OutputOptions, report: RowReport) -> tuple[Want, ...]:
        variables = self._variable_values(cells, report)
        pages: dict[str, Mapping[str, Mapping[str, Any]]] = {}
        pictures: dict[str, LocalPicture] = {}
        missing: dict[tuple[str, str, str], str] = {}
        for page in (item.id for item in self.design.formats):
            values = self._work_out(self._layers.get(page, ()), cells, report, page)
            missing |= self._missing(page, values)
            payload = _payload(values, variables)
            if payload.elements:
                pages[page] = payload.elements
            pictures |= payload.pictures
        report.missing(missing)
        return (Want((), Payload(pages=pages, pictures=pictures), output),)

    def _work_out(
        self, plans: Sequence[LayerPlan], cells: Cells, report: RowReport, inside: str = ""
    ) -> dict[str, LayerValues]:
        prefix = f"{inside}." if inside else ""
        return {
            plan.name: work_out(plan, cells, self.pictures, report.of_layer(f"{prefix}{plan.name}")) for plan in plans
        }

    def _overlaid(
        self, base: Mapping[str, LayerValues], plans: Sequence[LayerPlan], cells: Cells, report: RowReport
    ) -> dict[str, LayerValues]:
        own = self._work_out(plans, cells, report)
        mains = {plan.name: plan.main for plan in plans}
        return {**base} | {
            name: overlay(base.get(name, LayerValues()), values, mains[name]) for name, values in own.items()
        }

    def _variable_values(self, cells: Cells, report: RowReport) -> dict[str, str]:
        told = report.of_layer(VARS)
        return {slot.target.prop.name: take_variable(slot, cells, self.pictures, told) for slot in self._variables}

    def _missing(self, format_id: str, values: Mapping[str, LayerValues]) -> dict[tuple[str, str, str], str]:
        """Mandatory layers that are not filled as the API wants it: (layer, format, why) -> column."""
        found: dict[tuple[str, str, str], str] = {}
        for element in self._mandatory.get(format_id, ()):
            main = MAIN_PROPERTY.get(element.type, "")
            given = values[element.name].values if element.name in values else {}
            content = given.get(main, given.get(ENCODED_TWIN.get(main, "")))
            if given.get("hidden") is True:
                why = "is hidden"
            elif content in (None, ""):
                why = "has no value"
            elif content == element.value(main, format_id):
                why = "has the value that the design has already"
            else:
                continue
            found[element.name, format_id, why] = self._content_column(element.name, format_id)
        return found

    def _content_column(self, layer: str, format_id: str) -> str:
        """The first column that a layer's content is made of, in a format."""
        plans = (*self._overlays.get(format_id, ()), *self._layers.get(format_id, self._layers.get("", ())))
        sources = (slot.source for plan in plans if plan.name == layer for slot in plan.slots if slot.is_main)
        return next((source.headers[0] for source in sources if source.headers), "")

    # -- before the first row

    def _refuse_nothing(self) -> None:
        """A mapping that fills nothing would make the design's own sample once a row, and bill for it."""
        mapping = self.mapping
        if mapping.elements or mapping.pages or mapping.by_format or mapping.vars:
            return
        layers = list(dict.fromkeys(element.name for element in self.design.layers()))
        raise MappingError(
            "nothing is mapped: no column fills a layer of the design",
            where=mapping.place(()),
            hint=f"layers: {', '.join(layers[:_LISTED])}; columns: {', '.join(self.columns.headers[:_LISTED])}. "
            "Name columns like layers, or write a mapping file",
        )

    def _find_key(self, wanted: str | None) -> str | None:
        name = wanted or self.mapping.key
        if not name:
            return None
        header = self.columns.find(name)
        if header is None:
            where = "--key" if wanted else self.mapping.place(("key",))
            hint = suggest(name, self.columns.headers, "columns")
            raise MappingError(f"there is no key column {name!r}", where=where, hint=hint)
        self._scope.used.add(header)
        return header

    def _compile_formats(self, chosen: Sequence[str] | None) -> FormatPlan:
        scope, wanted, path = self._scope, self.mapping.formats, ("formats",)
        every = tuple(item.id for item in self.design.formats)
        if self.design.is_multipage:
            if chosen or wanted is not None:
                where = "--formats" if chosen else self.mapping.place(path)
                raise MappingError("a multi-page document has pages and no formats", where=where)
            return FormatPlan(self.design)
        if isinstance(wanted, str) and not chosen:
            source = scope.expression(wanted, path)
            if not source.is_constant:
                return FormatPlan(self.design, source=source)
            wanted = _listed(source)
        if chosen and isinstance(wanted, str):
            # Overruled, and not forgotten: its column is none that a person has to be told of.
            with contextlib.suppress(MappingError):
                scope.expression(wanted, path)
        names = list(chosen) if chosen else wanted
        if names is None:
            return FormatPlan(self.design, every)
        try:
            return FormatPlan(self.design, read_formats(self.design, names))
        except Refused as refused:
            where = "--formats" if chosen else self.mapping.place(path)
            raise MappingError(refused.message, where=where, hint=refused.hint) from None

    def _compile_layers(self) -> dict[str, tuple[LayerPlan, ...]]:
        """By page; a design with formats has one entry, under ""."""
        mapping, scope = self.mapping, self._scope
        overlaid = {layer for layers in mapping.by_format.values() for layer in layers}
        if not self.design.is_multipage:
            if mapping.pages:
                scope.refuse(("pages",), f"this design has formats and no pages: it is {self.design.type}")
            names = {element.name: element for element in self.design.elements}
            return {"": self._plans(mapping.elements, names, ("elements",), overlaid)}
        pages = {item.id: _layers_of_page(self.design, item.id) for item in self.design.formats}
        for page in mapping.pages:
            with scope.mistakes.gathering():
                if page not in pages:
                    hint = suggest(page, list(pages), "pages")
                    scope.refuse(("pages", page), f"the design has no page {page!r}", hint)
        everywhere = {name: element for layers in pages.values() for name, element in layers.items()}
        self._plans(mapping.elements, everywhere, ("elements",), set())
        found: dict[str, tuple[LayerPlan, ...]] = {}
        for page, layers in pages.items():
            # A layer under `elements` stands for the layer of that name on every page, unless the page has its own.
            own = mapping.pages.get(page, {})
            common = {name: spec for name, spec in mapping.elements.items() if name in layers and name not in own}
            found[page] = (
                *self._plans(common, layers, ("elements",), set()),
                *self._plans(own, layers, ("pages", page), set()),
            )
        return found

    def _compile_overlays(self) -> dict[str, tuple[LayerPlan, ...]]:
        mapping, scope = self.mapping, self._scope
        if mapping.by_format and self.design.is_multipage:
            scope.refuse(("by_format",), "a multi-page document has pages and no formats", "use pages")
        names = {element.name: element for element in self.design.elements}
        found: dict[str, tuple[LayerPlan, ...]] = {}
        for name, layers in mapping.by_format.items():
            with scope.mistakes.gathering():
                format_id = find_format(self.design, name)
                if format_id is None:
                    hint = suggest_format(self.design, name)
                    scope.refuse(("by_format", name), f"the design has no format {name!r}", hint)
                found[format_id] = found.get(format_id, ()) + self._plans(layers, names, ("by_format", name), set())
        return found

    def _plans(
        self,
        specs: Mapping[str, object],
        layers: Mapping[str, Element],
        path: tuple[str, ...],
        overlaid: set[str],
    ) -> tuple[LayerPlan, ...]:
        plans = []
        for name, spec in specs.items():
            with self._scope.mistakes.gathering():
                plan = self._plan(name, spec, layers, (*path, name))
                plans.append(LayerPlan(plan.name, plan.type, plan.slots, name in overlaid))
        return tuple(plans)

    def _plan(self, name: str, spec: object, layers: Mapping[str, Element], place: tuple[str, ...]) -> LayerPlan:
        element = layers.get(name)
        if element is None and name != ROOT:
            if name == VARS:
                self._scope.refuse(place, "variables stand in a field of their own", "write them under `vars:`")
            hint = suggest(name, [one for one in layers if one != ROOT], "layers")
            self._scope.refuse(place, f"there is no layer {name!r}", hint)
        return compile_layer(self._scope, name, element.type if element else "container", spec, place)

    def _compile_variables(self) -> tuple[Slot, ...]:
        slots = []
        for name, spec in self.mapping.vars.items():
            path = ("vars", name)
            with self._scope.mistakes.gathering():
                if name not in self.design.variables:
                    hint = suggest(name, self.design.variables, "variables")
                    self._scope.refuse(path, f"no text of the design holds the variable {{{name}}}", hint)
                slots.append(compile_variable(self._scope, name, spec, path))
        return tuple(slots)

    def _unused(self) -> list[str]:
        if "reads any column" in self._scope.flags:
            return []
        return [
            header
            for header in self.columns.headers
            if header not in self._scope.used and not is_result_column(header, self.design)
        ]

    def _find_unmatched(self, unused: Sequence[str]) -> dict[str, tuple[str, str]]:
        """By header, (what is wrong, what was meant). In a mapping file a person says which columns are used."""
        if not self.mapping.is_guessed:
            return {}
        filled = {name for name, spec in self.mapping.elements.items() if spec != {"hidden": "true"}}
        found = {header: unmatched(header, self.design, filled) for header in unused}
        return {header: words for header, words in found.items() if words is not None}

    def _header_problems(self, row: Row) -> list[Problem]:
        # A finding shows the remedy of its first problem, so each has that of all.
        renamed = [f"{header!r} to {meant!r}" for header, (_, meant) in self._unmatched.items() if meant]
        hint = f"rename {', '.join(renamed)}; or leave it at that" if renamed else ""
        return [
            problem("unmatched_column", row.origin(header), f"column {header!r} fills nothing: {what}", hint=hint)
            for header, (what, _) in self._unmatched.items()
        ]


def _unused_note(unused: Sequence[str]) -> tuple[str, ...]:
    if not unused:
        return ()
    more = f" and {len(unused) - _LISTED} more" if len(unused) > _LISTED else ""
    return (f"columns not used: {', '.join(unused[:_LISTED])}{more}",)


def _payload(layers: Mapping[str, LayerValues], variables: Mapping[str, str]) -> Payload:
    elements: dict[str, Mapping[str, Any]] = {name: found.values for name, found in layers.items() if found.values}
    if variables:
        elements[VARS] = variables
    pictures: dict[str, LocalPicture] = {}
    for found in layers.values():
        pictures |= found.pictures
    return Payload(elements=elements, pictures=pictures)


def _mandatory(design: Design) -> dict[str, tuple[Element, ...]]:
    found: dict[str, tuple[Element, ...]] = {}
    for element in design.elements:
        for format_id in element.mandatory:
            found[format_id] = (*found.get(format_id, ()), element)
    return found


def _layers_of_page(design: Design, page: str) -> dict[str, Element]:
    return {
        element.name: element
        for element in design.elements
        if page in element.layout or page in element.mandatory or any(page in by for by in element.values.values())
    }


def _listed(source: Expression) -> Any:
    return source.value({})
