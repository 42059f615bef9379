"""Which parts of a workbook a report changes besides its sheet, and to what: looks, links, the summary sheet.

Decides from the package as it is; `workbook` writes. Left out: the sheet itself (`sheet_edges`, `sheet_cells`).
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

import python_calamine

from bulkgen.errors import ReportError
from bulkgen.report.cells import attribute_xml
from bulkgen.report.columns import PlacedColumn
from bulkgen.report.model import Summary
from bulkgen.report.package import (
    CONTENT_TYPES,
    Package,
    new_entry,
    relationships_part,
    relative_target,
)
from bulkgen.report.relationships import RelationshipEdits, relationship_xml, relationships_xml
from bulkgen.report.styles import Looks, add_looks
from bulkgen.report.summary_sheet import SUMMARY_NAME, summary_sheet
from bulkgen.report.xml_spans import Document, Edit, Element, XmlError, appended, parse, splice

SHEET_CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
MAIN_NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATION_NAMESPACE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

# The main namespace of a workbook -> the one its relationships have: the transitional and the strict form.
_RELATION_NAMESPACES = {
    MAIN_NAMESPACE: RELATION_NAMESPACE,
    "http://purl.oclc.org/ooxml/spreadsheetml/main": "http://purl.oclc.org/ooxml/officeDocument/relationships",
}
_INTEGER = re.compile(rb">\s*(\d+)\s*<")


@dataclass(frozen=True, slots=True)
class _SummaryPlace:
    """Where the summary goes: a part of an earlier report, or a new one under a name that is free."""

    part: str
    name: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class PackagePlan:
    package: Package
    workbook_part: str
    sheet_part: str
    namespace: str
    looks: Looks
    is_signed: bool
    _summary: _SummaryPlace
    _edited: dict[str, bytes]

    @property
    def relation_namespace(self) -> str:
        return _RELATION_NAMESPACES[self.namespace]

    def relationship_edits(self, gone: Collection[str]) -> RelationshipEdits:
        return RelationshipEdits(self.package.relationships(self.sheet_part).keys(), gone)

    def parts_now(self) -> dict[str, bytes | None]:
        """By name in lower case: what is known before the sheet is written; None: comes later."""
        later = (self.sheet_part, relationships_part(self.sheet_part), self._summary.part)
        return {**self._edited, **dict.fromkeys((part.lower() for part in later), None)}

    def parts_later(
        self, edits: RelationshipEdits, summary: Summary, notes: Sequence[str]
    ) -> Iterator[tuple[zipfile.ZipInfo, bytes]]:
        rels = relationships_part(self.sheet_part)
        old = self.package.entry(rels) if self.package.has(rels) else None
        if old or edits.added:
            yield new_entry(old.filename if old else rels, old), self._relationships(edits, rels)
        old = self.package.entry(self._summary.part) if not self._summary.is_new else None
        sheet = summary_sheet(summary, notes, self.looks, self.namespace)
        yield new_entry(old.filename if old else self._summary.part, old), sheet

    def _relationships(self, edits: RelationshipEdits, rels: str) -> bytes:
        if not self.package.has(rels):
            return relationships_xml(edits.links_xml(self.relation_namespace))
        document = self.package.document(rels)
        gone = [child for child in document.root.children if child.attributes.get("Id") in edits.gone]
        changes = [Edit(child.start, child.end, b"") for child in gone]
        added = edits.links_xml(self.relation_namespace, document.prefix)
        if added:
            changes.append(appended(document.body, document.root, added.encode()))
        return splice(document.body, changes)

    def table_ranges(self, table_ids: Iterable[str]) -> list[str]:
        relationships = self.package.relationships(self.sheet_part)
        tables = [relationships[i].target for i in table_ids if i in relationships]
        found = [self.package.document(part, depth=1) for part in tables if self.package.has(part)]
        return [table.root.attributes.get("ref", "") for table in found]

    def covers(self, drawing_ids: Iterable[str], placed: Sequence[PlacedColumn], first_row: int, last_row: int) -> bool:
        """Whether a picture or chart of the sheet hides one of its new columns."""
        columns = {item.index for item in placed if item.is_new}
        relationships = self.package.relationships(self.sheet_part)
        for drawing_id in drawing_ids:
            drawing = relationships.get(drawing_id)
            if drawing is None or drawing.is_external or not self.package.has(drawing.target):
                continue
            try:
                document = parse(self.package.read(drawing.target), depth=4)
            except XmlError:
                # Where the drawing lies is only worth a note.
                continue
            for anchor in document.root.children:
                box = _box(document, anchor)
                if box is None or box[1] >= last_row or box[3] < first_row - 1:
                    continue
                if any(box[0] < column <= box[2] + 1 for column in columns):
                    return True
        return False


def plan_package(package: Package, tab: str) -> PackagePlan:
    workbook_part = _workbook_part(package)
    workbook = package.document(workbook_part)
    if workbook.root.namespace not in _RELATION_NAMESPACES or workbook.root.name != "workbook":
        raise ReportError("it is not a workbook of worksheets", code="unsupported_workbook", where=workbook_part)
    targets = {key: r.target for key, r in package.relationships(workbook_part).items() if not r.is_external}
    sheets = {name: targets.get(relationship, "") for name, relationship in _sheets(workbook)}
    sheet_part = sheets.get(tab) if tab else next(iter(sheets.values()), None)
    if not sheet_part:
        raise ReportError(f"the workbook has no sheet {tab!r} any more", code="unsupported_workbook")
    place = _summary_place(package, sheets, tab, workbook_part)
    looks, edited = _looks(package, workbook_part)
    types = package.document(CONTENT_TYPES)
    if place.is_new:
        edited |= _with_summary(package, workbook, workbook_part, place, types)
    return PackagePlan(
        package=package,
        workbook_part=workbook_part,
        sheet_part=sheet_part,
        namespace=workbook.root.namespace,
        looks=looks,
        is_signed=any(name.lower().startswith("_xmlsignatures/") for name in package.archive.namelist()),
        _summary=place,
        _edited=edited,
    )


def _workbook_part(package: Package) -> str:
    for relationship in package.relationships("").values():
        if relationship.short_kind == "officeDocument":
            return relationship.target
    raise ReportError("it is not a package of a workbook", code="unsupported_workbook")


def _sheets(workbook: Document) -> list[tuple[str, str]]:
    """(name, relationship id) in the workbook's order."""
    listed = workbook.root.first("sheets")
    found = []
    for sheet in listed.all("sheet") if listed else ():
        identifiers = [value for name, value in sheet.attributes.items() if name.endswith("relationships id")]
        found.append((sheet.attributes.get("name", ""), identifiers[0] if identifiers else ""))
    return found


def _looks(package: Package, workbook_part: str) -> tuple[Looks, dict[str, bytes]]:
    for relationship in package.relationships(workbook_part).values():
        if relationship.short_kind == "styles" and package.has(relationship.target):
            styles = package.document(relationship.target, depth=4)
            body, looks = add_looks(styles)
            return looks, {relationship.target.lower(): body}
    return Looks(), {}


def _summary_place(package: Package, sheets: dict[str, str], tab: str, workbook_part: str) -> _SummaryPlace:
    """The sheet of an earlier report is written anew; a sheet of that name which is not ours is let be."""
    by_name = {name.lower(): name for name in sheets}
    name, number = SUMMARY_NAME, 1
    while name.lower() in by_name:
        given = by_name[name.lower()]
        if given != tab and sheets[given] and _is_ours(package, given):
            return _SummaryPlace(sheets[given], given, False)
        number += 1
        name = f"{SUMMARY_NAME} ({number})"
    folder = workbook_part.rpartition("/")[0]
    stem = f"{folder}/worksheets/bulkgen" if folder else "worksheets/bulkgen"
    part, number = f"{stem}.xml", 1
    while package.has(part):
        number += 1
        part = f"{stem}{number}.xml"
    return _SummaryPlace(part, name, True)


def _is_ours(package: Package, name: str) -> bool:
    """Read by another program's eyes: after Excel has saved the report, the text is no longer where we put it."""
    try:
        workbook = python_calamine.CalamineWorkbook.from_path(str(package.archive.filename))
        first = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False, nrows=1)
    except (OSError, ValueError, python_calamine.CalamineError):
        return False
    return bool(first and first[0] and first[0][0] == SUMMARY_NAME)


def _with_summary(
    package: Package, workbook: Document, workbook_part: str, place: _SummaryPlace, types: Document
) -> dict[str, bytes]:
    """The three parts that must name a new sheet."""
    listed = workbook.root.first("sheets")
    rels_part = relationships_part(workbook_part)
    rels = package.document(rels_part)
    if listed is None:
        raise ReportError("the workbook lists no sheets", code="unsupported_workbook", where=workbook_part)
    relation_namespace = _RELATION_NAMESPACES[workbook.root.namespace]
    edits = RelationshipEdits(package.relationships(workbook_part).keys(), ())
    relationship = edits.add_link(place.part)
    numbers = [int(sheet.attributes.get("sheetId", "0")) for sheet in listed.all("sheet")]
    declared, prefix = "", workbook.prefixes.get(relation_namespace, "")
    if not prefix:
        declared, prefix = f" xmlns:r={attribute_xml(relation_namespace)}", "r"
    sheet = (
        f"<{workbook.prefix}sheet{declared} name={attribute_xml(place.name)} "
        f'sheetId="{max(numbers, default=0) + 1}" {prefix}:id="{relationship}"/>'
    )
    target = relative_target(workbook_part, place.part)
    entry = relationship_xml(relationship, f"{relation_namespace}/worksheet", target, is_link=False, prefix=rels.prefix)
    override = (
        f"<{types.prefix}Override PartName={attribute_xml('/' + place.part)} "
        f"ContentType={attribute_xml(SHEET_CONTENT_TYPE)}/>"
    )
    return {
        workbook_part.lower(): _with_child(workbook, listed, sheet),
        rels_part.lower(): _with_child(rels, rels.root, entry),
        CONTENT_TYPES.lower(): _with_child(types, types.root, override),
    }


def _with_child(document: Document, parent: Element, child: str) -> bytes:
    return splice(document.body, [appended(document.body, parent, child.encode())])


def _box(drawing: Document, anchor: Element) -> tuple[int, int, int, int] | None:
    """(left, top, right, bottom) of what an anchor holds, in columns and rows from 0."""
    start, end = anchor.first("from"), anchor.first("to")
    if start is None:
        return None
    corners = [_corner(drawing, start), _corner(drawing, end or start)]
    return (*corners[0], *corners[1])


def _corner(drawing: Document, place: Element) -> tuple[int, int]:
    values = []
    for name in ("col", "row"):
        child = place.first(name)
        found = _INTEGER.search(drawing.bytes_of(child)) if child else None
        values.append(int(found[1]) if found else 0)
    return values[0], values[1]
