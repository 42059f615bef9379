"""The grammar of a mapping's expressions: what of Jinja's is allowed, and whether all names in it are known. Pure.

    source text -> tree -> Reads, or SourceError

Everything is decided on the tree, before any row: columns, filters, tests, methods and their arguments, with the near
miss. What only a row can tell is refused by the sandbox while it runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, TemplateSyntaxError, nodes
from jinja2.parser import Parser

from bulkgen.mapping import filters
from bulkgen.mapping.limits import MAX_DEPTH
from bulkgen.mapping.names import Columns, suggest
from bulkgen.mapping.problems import shown

# Methods of texts that give no longer text than they got (`replace` is led through the filter, which is bounded).
METHODS = (
    "capitalize",
    "casefold",
    "count",
    "endswith",
    "find",
    "isdigit",
    "isupper",
    "lower",
    "lstrip",
    "removeprefix",
    "removesuffix",
    "replace",
    "rstrip",
    "split",
    "startswith",
    "strip",
    "swapcase",
    "title",
    "upper",
)
_ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Const,
    nodes.Name,
    nodes.Getitem,
    nodes.Getattr,
    nodes.Slice,
    nodes.Call,
    nodes.Keyword,
    nodes.Filter,
    nodes.Test,
    nodes.CondExpr,
    nodes.Compare,
    nodes.Operand,
    nodes.Concat,
    nodes.List,
    nodes.Tuple,
    nodes.BinExpr,
    nodes.UnaryExpr,
)


class SourceError(ValueError):
    """A source that cannot be used, whatever the row; `hint` says what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def parse(environment: Environment, source: str, *, bare: bool) -> list[nodes.Expr]:
    try:
        if bare:
            parser = Parser(environment, source, state="variable")
            expression = parser.parse_expression()
            if not parser.stream.eos:
                raise SourceError(f"there is something after the end of the expression: {shown(source)}")
            return [expression]
        parts: list[nodes.Expr] = []
        for node in environment.parse(source).body:
            if not isinstance(node, nodes.Output):
                raise SourceError(
                    "statements ({% … %}) are not part of a mapping",
                    "write the choice as {{ value if condition else other }}",
                )
            parts.extend(node.nodes)
        return parts
    except TemplateSyntaxError as error:
        raise _syntax(error, source) from None
    except (ValueError, OverflowError, RecursionError, MemoryError) as error:
        if isinstance(error, SourceError):
            raise
        raise SourceError(f"the expression cannot be read: {shown(source)}") from None


def _syntax(error: TemplateSyntaxError, source: str) -> SourceError:
    message = error.message or "syntax error"
    return SourceError(f"the expression cannot be read: {message} in {shown(source)}")


@dataclass(slots=True)
class Reads:
    variables: dict[str, str]
    headers: list[str]
    reads_row: bool = False
    reads_any: bool = False


def check(parts: list[nodes.Expr], columns: Columns) -> Reads:
    """Refuses what is not known or not allowed; tells which columns are read."""
    reads = Reads({}, [])
    for node, depth in _levels(parts):
        if depth > MAX_DEPTH:
            raise SourceError("the expression is nested too deep")
        if not isinstance(node, _ALLOWED):
            raise SourceError(f"{type(node).__name__} is not part of a mapping's expressions")
        match node:
            case nodes.Name():
                _check_name(node, columns, reads)
            case nodes.Filter():
                _check_filter(node)
            case nodes.Test():
                _check_test(node)
            case nodes.Getitem(node=nodes.Name(name="row"), arg=nodes.Const(value=header)):
                _check_header(header, columns, reads)
            case nodes.Getattr(node=nodes.Name(name="row"), attr=header):
                _check_header(header, columns, reads)
            case nodes.Getitem(node=nodes.Name(name="row")):
                reads.reads_any = True
            case nodes.Getattr(attr=attribute) if attribute not in METHODS:
                raise SourceError(
                    f"{attribute!r} is not available in expressions", suggest(attribute, METHODS, "methods of a text")
                )
            case nodes.Call():
                _check_call(node)
    _check_bare_row(parts)
    return reads


def _check_name(node: nodes.Name, columns: Columns, reads: Reads) -> None:
    if node.ctx != "load":
        raise SourceError("nothing can be assigned in an expression")
    if node.name == "row":
        reads.reads_row = True
        return
    if node.name in columns.clashing:
        headers = ", ".join(f"row[{header!r}]" for header in columns.clashing[node.name])
        raise SourceError(f"{node.name!r} may mean several columns", f"say which: {headers}")
    header = columns.variables.get(node.name)
    if header is None:
        raise SourceError(f"there is no column {node.name!r}", _suggest_column(node.name, columns))
    reads.variables[node.name] = header
    reads.headers.append(header)


def _suggest_column(word: str, columns: Columns) -> str:
    others = [f"row[{header!r}]" for header in columns.headers if header not in columns.variables.values()]
    return suggest(word, [*columns.variables, *others], "columns")


def _check_header(header: Any, columns: Columns, reads: Reads) -> None:
    if header not in columns.headers:
        raise SourceError(f"there is no column {shown(header)}", suggest(str(header), columns.headers, "columns"))
    reads.headers.append(header)


def _check_filter(node: nodes.Filter) -> None:
    entry = filters.FILTERS.get(node.name)
    if entry is None or node.node is None:
        raise SourceError(f"there is no filter {node.name!r}", suggest(node.name, list(filters.FILTERS), "filters"))
    _check_arguments(node, entry.function)


def _check_test(node: nodes.Test) -> None:
    entry = filters.TESTS.get(node.name)
    if entry is None:
        raise SourceError(f"there is no test {node.name!r}", suggest(node.name, list(filters.TESTS), "tests"))
    _check_arguments(node, entry.function)


def _check_arguments(node: nodes.Filter | nodes.Test, function: Callable[..., Any]) -> None:
    if node.dyn_args is not None or node.dyn_kwargs is not None:
        raise SourceError("arguments are written one by one")
    given = [_known(argument) for argument in node.args]
    named = {str(pair.key): _known(pair.value) for pair in node.kwargs}
    if wrong := filters.check_arguments(node.name, function, given, named):
        raise SourceError(wrong)


def _known(node: nodes.Node) -> Any:
    return node.value if isinstance(node, nodes.Const) else ...


def _check_call(node: nodes.Call) -> None:
    if not isinstance(node.node, nodes.Getattr) or (
        isinstance(node.node.node, nodes.Name) and node.node.node.name == "row"
    ):
        name = node.node.name if isinstance(node.node, nodes.Name) else "this"
        raise SourceError(f"{name!r} cannot be called", "what works on a value is a filter: {{ column | name }}")
    if node.dyn_args is not None or node.dyn_kwargs is not None:
        raise SourceError("arguments are written one by one")


def _check_bare_row(parts: list[nodes.Expr]) -> None:
    """`row` alone is no value, and a method that is not called is none either."""
    inside = {id(node.node) for node in _walk(parts) if isinstance(node, (nodes.Getitem, nodes.Getattr, nodes.Call))}
    for node in _walk(parts):
        if isinstance(node, nodes.Name) and node.name == "row" and id(node) not in inside:
            raise SourceError("a whole row is no value", "name a column of it: row['Title']")
        is_method = isinstance(node, nodes.Getattr) and not (
            isinstance(node.node, nodes.Name) and node.node.name == "row"
        )
        if is_method and id(node) not in inside:
            raise SourceError(f"{node.attr!r} is a method: write .{node.attr}()")  # type: ignore[attr-defined]


def _walk(parts: list[nodes.Expr]) -> Iterator[nodes.Node]:
    return (node for node, _ in _levels(parts))


def _levels(parts: list[nodes.Expr]) -> Iterator[tuple[nodes.Node, int]]:
    """Every node with its depth, in the order of the text; without recursion, since the depth is to be found out."""
    stack: list[tuple[nodes.Node, int]] = [(part, 0) for part in reversed(parts)]
    while stack:
        node, depth = stack.pop()
        yield node, depth
        stack.extend((child, depth + 1) for child in reversed(list(node.iter_child_nodes())))


def plain_column(node: nodes.Expr, columns: Columns) -> str | None:
    match node:
        case nodes.Name(name=name):
            return columns.variables.get(name)
        case nodes.Getitem(node=nodes.Name(name="row"), arg=nodes.Const(value=header)):
            return str(header)
        case nodes.Getattr(node=nodes.Name(name="row"), attr=header):
            return str(header)
    return None
