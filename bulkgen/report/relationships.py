"""Relationships of a part: the links a sheet gets, and how they are written. Pure."""

from __future__ import annotations

from collections.abc import Collection

from bulkgen.report.cells import attribute_xml

RELATIONSHIPS_NAMESPACE = "http://schemas.openxmlformats.org/package/2006/relationships"
XML_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


class RelationshipEdits:
    """The links a sheet gets: equal addresses share one relationship. `gone` are those no link uses any more."""

    def __init__(self, taken: Collection[str], gone: Collection[str]) -> None:
        self.gone = frozenset(gone)
        self.added: dict[str, str] = {}
        self._taken = frozenset(taken) - self.gone
        self._number = 0

    def __repr__(self) -> str:
        return f"<RelationshipEdits added={len(self.added)} gone={len(self.gone)}>"

    def add_link(self, target: str) -> str:
        known = self.added.get(target)
        if known is None:
            known = self._free_id()
            self.added[target] = known
        return known

    def _free_id(self) -> str:
        while True:
            self._number += 1
            name = f"rIdBulkgen{self._number}"
            if name not in self._taken:
                return name

    def links_xml(self, relation_namespace: str, prefix: str = "") -> str:
        kind = f"{relation_namespace}/hyperlink"
        return "".join(
            relationship_xml(identifier, kind, target, is_link=True, prefix=prefix)
            for target, identifier in self.added.items()
        )


def relationships_xml(body: str) -> bytes:
    return f'{XML_DECLARATION}<Relationships xmlns="{RELATIONSHIPS_NAMESPACE}">{body}</Relationships>'.encode()


def relationship_xml(identifier: str, kind: str, target: str, *, is_link: bool, prefix: str = "") -> str:
    mode = ' TargetMode="External"' if is_link else ""
    return f'<{prefix}Relationship Id="{identifier}" Type="{kind}" Target={attribute_xml(target)}{mode}/>'
