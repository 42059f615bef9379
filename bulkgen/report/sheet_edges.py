"""What stands before and after the rows of a worksheet: its extent, widths and links, with the result columns. Pure.

Left out: rows (`sheet_cells`). The two ends together are a small XML document, which is how they are edited here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bulkgen.report.cells import attribute_xml, corners_of
from bulkgen.report.xml_spans import Document, Edit, Element, appended, parse, splice, with_attribute
from bulkgen.sheet.header import column_letter

# What the schema puts after the links, so where the links go when there are none yet. Excel refuses any other order.
_AFTER_LINKS = frozenset(
    (
        *("printOptions", "pageMargins", "pageSetup", "headerFooter", "rowBreaks", "colBreaks", "customProperties"),
        *("cellWatches", "ignoredErrors", "smartTags", "drawing", "drawingHF", "legacyDrawing", "legacyDrawingHF"),
        *("picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst", "AlternateContent"),
    )
)


@dataclass(frozen=True, slots=True)
class Link:
    reference: str
    relationship: str


class SheetEdges:
    """Both ends as read; `head` and `rest` give them edited."""

    def __init__(self, head: bytes, rest: bytes) -> None:
        self._head_length = len(head)
        self.document: Document = parse(head + rest)

    def __repr__(self) -> str:
        return f"<SheetEdges {[child.name for child in self.document.root.children]}>"

    @property
    def _root(self) -> Element:
        return self.document.root

    def links(self) -> list[tuple[Element, str, str]]:
        """(element, reference, relationship id or "") of the links the sheet has."""
        listed = self._root.first("hyperlinks")
        if listed is None:
            return []
        return [(link, link.attributes.get("ref", ""), self._relationship_of(link)) for link in listed.all("hyperlink")]

    @staticmethod
    def _relationship_of(element: Element) -> str:
        return next((value for name, value in element.attributes.items() if name.endswith("relationships id")), "")

    def merged_ranges(self) -> list[str]:
        listed = self._root.first("mergeCells")
        return [cell.attributes.get("ref", "") for cell in listed.all("mergeCell")] if listed else []

    def table_ids(self) -> list[str]:
        listed = self._root.first("tableParts")
        return [self._relationship_of(part) for part in listed.all("tablePart")] if listed else []

    def drawing_ids(self) -> list[str]:
        return [self._relationship_of(child) for child in self._root.all("drawing")]

    def head(self, *, last_row: int, last_column: int, widths: Mapping[int, float]) -> bytes:
        """Up to the rows: the extent covers the result columns, which get their widths."""
        edits = [*self._extent(last_row, last_column), *self._widths(widths)]
        return splice(self.document.body[: self._head_length], edits)

    def rest(self, added: Sequence[Link], is_gone: Callable[[str], bool], relation_namespace: str) -> bytes:
        """From the rows on: without the links whose reference `is_gone`, with those `added`."""
        edits = self._links(added, is_gone, relation_namespace)
        shifted = [Edit(e.start - self._head_length, e.end - self._head_length, e.text) for e in edits]
        return splice(self.document.body[self._head_length :], shifted)

    def _extent(self, last_row: int, last_column: int) -> Iterable[Edit]:
        dimension = self._root.first("dimension")
        if dimension is None:
            return []
        given = dimension.attributes.get("ref", "")
        corners = corners_of(given)
        if corners is None:
            return []
        first = given.partition(":")[0]
        corner = f"{column_letter(max(corners[3], last_column))}{max(corners[2], last_row)}"
        tag = self.document.body[dimension.start : dimension.inner]
        return [Edit(dimension.start, dimension.inner, with_attribute(tag, "ref", f"{first}:{corner}"))]

    def _widths(self, widths: Mapping[int, float]) -> Iterable[Edit]:
        if not widths:
            return []
        prefix = self.document.prefix
        ours = {
            column: f'<{prefix}col min="{column}" max="{column}" width="{width:g}" customWidth="1"/>'.encode()
            for column, width in widths.items()
        }
        listed = self._root.first("cols")
        if listed is None:
            tag = prefix.encode() + b"cols>"
            body = b"<" + tag + b"".join(ours[column] for column in sorted(ours)) + b"</" + tag
            return [Edit(self._head_length, self._head_length, body)]
        pieces = list(ours.items())
        for child in listed.all("col"):
            pieces += self._around(child, sorted(ours))
        body = b"".join(text for _, text in sorted(pieces))
        if not listed.children:
            return [appended(self.document.body, listed, body)]
        return [Edit(listed.children[0].start, listed.children[-1].end, body)]

    def _around(self, child: Element, taken: Sequence[int]) -> list[tuple[int, bytes]]:
        """A range of columns without those taken: "K to the last one, hidden" would hide the results."""
        tag = self.document.bytes_of(child)
        low, high = int(child.attributes.get("min", "1")), int(child.attributes.get("max", "1"))
        inside = [column for column in taken if low <= column <= high]
        if not inside:
            return [(low, tag)]
        bounds = [low - 1, *inside, high + 1]
        pieces: list[tuple[int, bytes]] = []
        for before, after in pairwise(bounds):
            if before + 1 <= after - 1:
                piece = with_attribute(with_attribute(tag, "min", str(before + 1)), "max", str(after - 1))
                pieces.append((before + 1, piece))
        return pieces

    def _links(self, added: Sequence[Link], is_gone: Callable[[str], bool], relation_namespace: str) -> list[Edit]:
        body, prefix = self.document.body, self.document.prefix
        new = "".join(self._link_xml(link, prefix, relation_namespace) for link in added).encode()
        listed = self._root.first("hyperlinks")
        if listed is None:
            if not new:
                return []
            at = self._place_for_links()
            tag = f"{prefix}hyperlinks>".encode()
            return [Edit(at, at, b"<" + tag + new + b"</" + tag)]
        gone = [link for link in listed.children if is_gone(link.attributes.get("ref", ""))]
        if len(gone) == len(listed.children) and not new:
            # The schema wants at least one link in the list.
            return [Edit(listed.start, listed.end, b"")]
        edits = [Edit(link.start, link.end, b"") for link in gone]
        return [*edits, appended(body, listed, new)] if new else edits

    def _place_for_links(self) -> int:
        for child in self._root.children:
            if child.start >= self._head_length and child.name in _AFTER_LINKS:
                return child.start
        return self.document.body.rindex(b"</")

    def _link_xml(self, link: Link, prefix: str, relation_namespace: str) -> str:
        relation_prefix = self.document.prefixes.get(relation_namespace)
        declared = ""
        if not relation_prefix:
            relation_prefix = "r"
            declared = f" xmlns:r={attribute_xml(relation_namespace)}"
        return f'<{prefix}hyperlink{declared} ref="{link.reference}" {relation_prefix}:id="{link.relationship}"/>'
