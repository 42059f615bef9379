"""The problems of one row, collected while it is mapped. Pure.

Each is said once, however many formats it concerns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bulkgen.mapping.expressions import Expression
from bulkgen.mapping.layers import Report
from bulkgen.mapping.problems import Refused, problem
from bulkgen.sheet.model import Row
from bulkgen.sheet.problems import Problem, Severity


@dataclass(slots=True)
class RowReport:
    """`several` is the mapper's own: the columns of which some cell held several addresses."""

    row: Row
    several: set[str]
    found: dict[Problem, None] | None = None

    @property
    def problems(self) -> tuple[Problem, ...]:
        return tuple(self.found or ())

    def add(self, code: str, column: str, message: str, layer: str = "", prop: str = "", hint: str = "") -> None:
        facts = tuple((name, value) for name, value in (("layer", layer), ("property", prop)) if value)
        if self.found is None:
            self.found = {}
        self.found[problem(code, self.row.origin(column), message, hint=hint, facts=facts)] = None

    def refused(self, what: str, source: Expression | None, refused: Refused) -> None:
        column = source.column(refused, self.row.cells) if source else ""
        self.add(refused.code, column, f"{what}: {refused.message}", hint=refused.hint)

    def missing(self, found: Mapping[tuple[str, str, str], str]) -> None:
        """Mandatory layers, each once with all its formats; not those whose cell was refused already."""
        errors = [one for one in self.problems if one.severity is Severity.ERROR]
        refused = {value for one in errors for name, value in one.facts if name == "layer"}
        formats: dict[tuple[str, str, str], list[str]] = {}
        for (layer, format_id, why), column in found.items():
            if not {layer, f"{format_id}.{layer}"} & refused:
                formats.setdefault((layer, why, column), []).append(format_id)
        for (layer, why, column), names in formats.items():
            self.add("mandatory_layer", column, f"layer {layer!r} is mandatory in {', '.join(names)} and {why}", layer)

    def of_layer(self, layer: str) -> Report:
        def report(code: str, message: str, hint: str, column: str, prop: str) -> None:
            if code == "several_addresses":
                self.several.add(column)
                return
            self.add(code, column, f"{layer}.{prop}: {message}", layer, prop, hint)

        return report
