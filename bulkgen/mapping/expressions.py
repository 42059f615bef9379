"""One value of a mapping, ready for rows. Pure.

    source text + columns -> Expression;  Expression + cells -> text, number, truth or list

A value that is exactly one `{{ … }}` keeps the kind of its result; any other is text with results set into it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bulkgen.mapping.limits import check_length, show
from bulkgen.mapping.names import Columns
from bulkgen.mapping.problems import Refused
from bulkgen.mapping.sandbox import Program, RowView, compile_source, refuse, visible
from bulkgen.mapping.syntax import SourceError
from bulkgen.wire.overrides import HIDDEN_WORD
from bulkgen.wire.values import parse_flag


@dataclass(frozen=True, slots=True)
class Expression:
    """`headers` are the columns it reads, as far as its text tells."""

    source: str
    headers: tuple[str, ...]
    program: Program
    all_headers: frozenset[str]

    @property
    def is_constant(self) -> bool:
        return not self.headers and not self.program.reads_any

    @property
    def plain(self) -> str | None:
        """The column that the value only repeats."""
        return self.program.plain

    def value(self, cells: Mapping[str, str]) -> Any:
        """Raises Refused."""
        program = self.program
        if program.constant is not None:
            return program.constant
        if program.plain is not None:
            return visible(cells.get(program.plain, ""))
        variables: dict[str, Any] = {name: visible(cells.get(header, "")) for name, header in program.variables.items()}
        if program.reads_row:
            variables["row"] = RowView(cells, self.all_headers)
        try:
            result = program.run(variables)
        # Jinja, Babel and the operators raise what they like; a bad row is data, whatever was raised over it.
        except Exception as error:
            refuse(error)
        if isinstance(result, str):
            check_length(len(result))
        return result

    def text(self, cells: Mapping[str, str]) -> str:
        """The result as text. Raises Refused."""
        value = self.value(cells)
        return value if isinstance(value, str) else show(value)

    def truth(self, cells: Mapping[str, str]) -> bool:
        """A condition's result: a text that says yes or no is read so, any other text is true unless blank."""
        value = self.value(cells)
        if not isinstance(value, str):
            return bool(value)
        try:
            return parse_flag(value)
        except ValueError:
            return True

    def hides(self, cells: Mapping[str, str]) -> bool:
        """Whether a cell that it reads is the word that hides a layer."""
        return any(cells.get(header) == HIDDEN_WORD for header in self.headers)

    def column(self, refused: Refused, cells: Mapping[str, str]) -> str:
        """Which of its columns a refusal is about: the one whose cell was refused, else the first."""
        if refused.seen is not None:
            for header in self.headers:
                if cells.get(header, "").strip() == refused.seen.strip():
                    return header
        return self.headers[0] if self.headers else ""


def compile_expression(source: object, columns: Columns, *, bare: bool = False) -> Expression:
    """Raises SourceError: a name that is not there, a syntax error, or a constant that cannot be worked out."""
    text = show(source)
    stripped = text.strip()
    # `where` needs no braces, but nobody should have to remember that.
    if bare and stripped.startswith("{{") and stripped.endswith("}}") and stripped.count("{{") == 1:
        stripped = stripped[2:-2]
    program = compile_source(stripped if bare else text, columns, bare=bare)
    expression = Expression(text, program.headers, program, frozenset(columns.headers))
    if expression.is_constant:
        try:
            expression.value({})
        except Refused as refused:
            raise SourceError(refused.message, refused.hint) from None
    return expression
