"""Jinja's immutable sandbox with everything taken away that a mapping does not need. Pure.

    source text -> checked tree -> one compiled function

Left are columns, constants, conditions, arithmetic, comparisons, our filters and tests, and some methods of texts.
There are no statements, so no loops, macros or imports; every operator whose result can grow is bounded before it
works (`operators`). Which names there are is checked in the tree (`syntax`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from jinja2 import StrictUndefined, nodes
from jinja2.exceptions import SecurityError, TemplateError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from bulkgen.mapping import filters
from bulkgen.mapping.limits import MAX_CHARACTERS, MAX_SOURCE
from bulkgen.mapping.names import Columns, suggest
from bulkgen.mapping.operators import COMPARISONS, INNER_FILTERS, INTERCEPTED, JOIN, calculate
from bulkgen.mapping.problems import Refused, shown
from bulkgen.mapping.syntax import METHODS, SourceError, check, parse, plain_column
from bulkgen.wire.overrides import HIDDEN_WORD

_RESULT = "_bulkgen_result"


class RowView:
    """`row` in an expression: cells by printed header, and nothing else."""

    __slots__ = ("_cells", "_headers")

    def __init__(self, cells: Mapping[str, str], headers: frozenset[str]) -> None:
        self._cells = cells
        self._headers = headers

    def __getitem__(self, header: object) -> str:
        if not isinstance(header, str) or header not in self._headers:
            hint = suggest(str(header), sorted(self._headers), "columns")
            raise Refused("unknown_column", f"there is no column {shown(header)}", hint=hint)
        return visible(self._cells.get(header, ""))


def visible(cell: str) -> str:
    """A cell as expressions see it: the word that hides a layer is no content."""
    if len(cell) > MAX_CHARACTERS:
        raise Refused(
            "cell_too_long", f"the cell has {len(cell):,} characters, at most {MAX_CHARACTERS:,} are worked on"
        )
    return "" if cell == HIDDEN_WORD else cell


@dataclass(frozen=True, slots=True)
class Program:
    """A compiled source: what it reads, and the function that works it out. `plain` is the column it only repeats."""

    run: Callable[[Mapping[str, Any]], Any]
    variables: Mapping[str, str]
    headers: tuple[str, ...]
    reads_row: bool
    reads_any: bool
    plain: str | None
    constant: str | None
    is_text: bool


class Sandbox(ImmutableSandboxedEnvironment):
    """The environment; made once, used for every expression of every mapping."""

    intercepted_binops = INTERCEPTED

    def __init__(self) -> None:
        super().__init__(undefined=StrictUndefined, autoescape=False)
        self.globals.clear()
        self.filters = {name: entry.function for name, entry in filters.FILTERS.items()} | INNER_FILTERS
        self.tests = {name: entry.function for name, entry in filters.TESTS.items()}

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        return calculate(operator, left, right)

    def getitem(self, obj: Any, argument: Any) -> Any:
        if isinstance(obj, RowView):
            return obj[argument]
        if isinstance(obj, (str, list, tuple)) and isinstance(argument, (int, slice)):
            try:
                return obj[argument]
            except IndexError:
                return ""
        raise SecurityError(f"{shown(argument)} is not a place in this value")

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, RowView):
            return obj[attribute]
        if isinstance(obj, str) and attribute in METHODS:
            if attribute == "replace":
                return lambda old, new: filters.replace(obj, old, new)
            return getattr(obj, attribute)
        raise SecurityError(f"{attribute!r} is not available")


def compile_source(source: str, columns: Columns, *, bare: bool = False) -> Program:
    """A value of the mapping file (or, `bare`, an expression without braces) -> Program. Raises SourceError."""
    if len(source) > MAX_SOURCE:
        if bare or "{{" in source or "{%" in source:
            raise SourceError(f"the expression has {len(source):,} characters, at most {MAX_SOURCE:,} are read")
        return _constant(source)
    if not bare and "{" not in source:
        return _constant(source)
    parts = parse(_SANDBOX, source, bare=bare)
    if all(isinstance(part, nodes.TemplateData) for part in parts):
        return _constant("".join(part.data for part in parts if isinstance(part, nodes.TemplateData)))
    reads = check(parts, columns)
    is_text = len(parts) > 1
    plain = plain_column(parts[0], columns) if not is_text else None
    whole = nodes.Filter(nodes.List(parts), JOIN, [], [], None, None) if is_text else parts[0]
    return Program(
        # Most values only repeat a column; those are read without Jinja, and need no compiling.
        run=_compile(whole) if plain is None else _nothing,
        variables=reads.variables,
        headers=tuple(dict.fromkeys(reads.headers)),
        reads_row=reads.reads_row,
        reads_any=reads.reads_any,
        plain=plain,
        constant=None,
        is_text=is_text,
    )


def _nothing(variables: Mapping[str, Any]) -> Any:
    raise AssertionError("a plain column is read from the row itself")


def _constant(text: str) -> Program:
    return Program(lambda _: text, {}, (), False, False, None, text, True)


class _Bounded(NodeTransformer):
    """Rewrites what Jinja would do unbounded, or do wrong on cell texts, into filters of ours."""

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        return nodes.Filter(nodes.List(node.nodes), JOIN, [], [], None, None)

    def visit_Compare(self, node: nodes.Compare) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        left, result = node.expr, None
        for operand in node.ops:
            name = COMPARISONS.get(operand.op)
            single: nodes.Expr = (
                nodes.Filter(left, name, [operand.expr], [], None, None)
                if name
                else nodes.Compare(left, [nodes.Operand(operand.op, operand.expr)])
            )
            result = single if result is None else nodes.And(result, single)
            left = operand.expr
        assert result is not None
        return result

    def visit_CondExpr(self, node: nodes.CondExpr) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        if node.expr2 is None:
            node.expr2 = nodes.Const("")
        return node


def _compile(expression: nodes.Expr) -> Callable[[Mapping[str, Any]], Any]:
    body = nodes.Assign(nodes.Name(_RESULT, "store"), expression, lineno=1)
    tree = _Bounded().visit(nodes.Template([body], lineno=1))
    for node in tree.find_all(nodes.Node):
        node.lineno = node.lineno or 1
    tree.set_environment(_SANDBOX)
    try:
        template = _SANDBOX.from_string(tree)
    except (TemplateError, ValueError, OverflowError, RecursionError, MemoryError, SyntaxError):
        raise SourceError("the expression is nested too deep, or holds too large a number") from None
    render = template.root_render_func

    def run(variables: Mapping[str, Any]) -> Any:
        context = template.new_context(dict(variables), shared=True)
        for _ in render(context):
            pass
        return context.vars[_RESULT]

    return run


_SANDBOX = Sandbox()


def refuse(error: Exception) -> NoReturn:
    """Whatever an expression raised, as a Refused."""
    if isinstance(error, Refused):
        raise error
    raise Refused("bad_expression", f"the expression cannot be worked out: {_in_words(error)}") from None


def _in_words(error: Exception) -> str:
    if isinstance(error, ZeroDivisionError) or "DivisionBy" in type(error).__name__:
        return "it divides by zero"
    if isinstance(error, ArithmeticError):
        return "the arithmetic goes out of bounds"
    return str(error).splitlines()[0][:200] if str(error) else type(error).__name__
