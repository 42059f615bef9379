"""Jinja's immutable sandbox with everything taken away that a mapping does not need. Pure.

    source text -> checked tree -> one compiled function

Left are columns, constants, conditions, arithmetic, comparisons, our filters and tests, and some methods of texts.
There are no statements, so no loops, macros or imports; every operator whose result can grow is bounded before it
works. Names are checked in the tree, before any row; which columns a source reads is told from the tree as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Any, NoReturn

from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2.exceptions import SecurityError, TemplateError
from jinja2.parser import Parser
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from bulkgen.mapping import filters
from bulkgen.mapping.limits import MAX_CHARACTERS, MAX_DEPTH, MAX_SOURCE, check_length, check_power, check_size, show
from bulkgen.mapping.money import parse_amount
from bulkgen.mapping.names import Columns, suggest
from bulkgen.mapping.problems import Refused, shown

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
_RESULT = "_bulkgen_result"
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
_ORDERINGS = {"lt": "_lt", "lteq": "_le", "gt": "_gt", "gteq": "_ge", "eq": "_eq", "ne": "_ne"}


class SourceError(ValueError):
    """A source that cannot be used, whatever the row; `hint` says what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


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
    return "" if cell == "__HIDDEN__" else cell


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

    intercepted_binops = frozenset(("+", "-", "*", "/", "//", "%", "**"))

    def __init__(self) -> None:
        super().__init__(undefined=StrictUndefined, autoescape=False)
        self.globals.clear()
        self.filters = {name: entry.function for name, entry in filters.FILTERS.items()} | _INNER
        self.tests = {name: entry.function for name, entry in filters.TESTS.items()}

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        if isinstance(left, (str, list, tuple)) or isinstance(right, (str, list, tuple)):
            return _join_texts(operator, left, right)
        if operator == "**":
            check_power(left, right)
        # Feed prices are exact; a constant such as 0.9 in the mapping must not make them binary fractions.
        if isinstance(left, Decimal) or isinstance(right, Decimal):
            left, right = (Decimal(str(side)) if isinstance(side, float) else side for side in (left, right))
        with localcontext(prec=40):
            return check_size(self.binop_table[operator](left, right))

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
    parts = _parse(source, bare)
    if all(isinstance(part, nodes.TemplateData) for part in parts):
        return _constant("".join(part.data for part in parts if isinstance(part, nodes.TemplateData)))
    reads = _check(parts, columns)
    is_text = len(parts) > 1
    plain = _plain_column(parts[0], columns) if not is_text else None
    whole = nodes.Filter(nodes.List(parts), "_join", [], [], None, None) if is_text else parts[0]
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


def _parse(source: str, bare: bool) -> list[nodes.Expr]:
    try:
        if bare:
            parser = Parser(_SANDBOX, source, state="variable")
            expression = parser.parse_expression()
            if not parser.stream.eos:
                raise SourceError(f"there is something after the end of the expression: {shown(source)}")
            return [expression]
        parts: list[nodes.Expr] = []
        for node in _SANDBOX.parse(source).body:
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
class _Reads:
    variables: dict[str, str]
    headers: list[str]
    reads_row: bool = False
    reads_any: bool = False


def _check(parts: list[nodes.Expr], columns: Columns) -> _Reads:
    """Refuses what is not known or not allowed; tells which columns are read."""
    reads = _Reads({}, [])
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


def _check_name(node: nodes.Name, columns: Columns, reads: _Reads) -> None:
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


def _check_header(header: Any, columns: Columns, reads: _Reads) -> None:
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
    """Every node with its depth; without recursion, since the depth is what is to be found out."""
    stack: list[tuple[nodes.Node, int]] = [(part, 0) for part in parts]
    while stack:
        node, depth = stack.pop()
        yield node, depth
        stack.extend((child, depth + 1) for child in node.iter_child_nodes())


def _plain_column(node: nodes.Expr, columns: Columns) -> str | None:
    match node:
        case nodes.Name(name=name):
            return columns.variables.get(name)
        case nodes.Getitem(node=nodes.Name(name="row"), arg=nodes.Const(value=header)):
            return str(header)
        case nodes.Getattr(node=nodes.Name(name="row"), attr=header):
            return str(header)
    return None


class _Bounded(NodeTransformer):
    """Rewrites what Jinja would do unbounded, or do wrong on cell texts, into filters of ours."""

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        return nodes.Filter(nodes.List(node.nodes), "_join", [], [], None, None)

    def visit_Compare(self, node: nodes.Compare) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        left, result = node.expr, None
        for operand in node.ops:
            name = _ORDERINGS.get(operand.op)
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


def _join(parts: list[Any]) -> str:
    texts = [show(part) for part in parts]
    check_length(sum(map(len, texts)))
    return "".join(texts)


def _join_texts(operator: str, left: Any, right: Any) -> Any:
    """`+` and `*` on texts, bounded; everything else on texts is a mistake that is named."""
    if operator == "+" and isinstance(left, str) and isinstance(right, str):
        return _join([left, right])
    if operator == "*" and isinstance(left, str) and isinstance(right, int):
        check_length(len(left) * max(0, right))
        return left * right
    text = left if isinstance(left, str) else right
    raise Refused(
        "bad_expression",
        f"{operator!r} does not work on the text {shown(text)}",
        hint="a cell becomes a number with | amount; texts are joined with ~",
        seen=text if isinstance(text, str) else None,
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)


def _compared(left: Any, right: Any) -> tuple[Any, Any]:
    """Both sides as numbers where they are prices or numbers, so that "9.99" is below "10.00"."""
    if isinstance(left, str) and isinstance(right, str):
        try:
            return parse_amount(left), parse_amount(right)
        except Refused:
            return left, right
    sides = []
    for side in (left, right):
        if isinstance(side, str):
            sides.append(parse_amount(side))
        elif _is_number(side):
            sides.append(side if isinstance(side, Decimal) else Decimal(str(side)))
        else:
            raise Refused("bad_expression", f"{shown(side)} is neither more nor less than anything")
    return sides[0], sides[1]


def _ordering(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def ordered(left: Any, right: Any) -> bool:
        # An empty cell is neither above nor below anything: a row without a price does not cost less than 10.
        if (isinstance(left, str) and not left.strip()) or (isinstance(right, str) and not right.strip()):
            return False
        first, second = _compared(left, right)
        return compare(first, second)

    return ordered


def _equal(left: Any, right: Any) -> bool:
    """Texts are equal as written; a text equals a number when it says that number."""
    if (isinstance(left, str) and _is_number(right)) or (_is_number(left) and isinstance(right, str)):
        try:
            first, second = _compared(left, right)
        except Refused:
            return False
        return bool(first == second)
    return bool(left == right)


_INNER: dict[str, Callable[..., Any]] = {
    "_join": _join,
    "_lt": _ordering(lambda left, right: left < right),
    "_le": _ordering(lambda left, right: left <= right),
    "_gt": _ordering(lambda left, right: left > right),
    "_ge": _ordering(lambda left, right: left >= right),
    "_eq": _equal,
    "_ne": lambda left, right: not _equal(left, right),
}

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
