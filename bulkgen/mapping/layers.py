"""A layer's part of the mapping: compiled against the design once, worked out for every row.

    layer spec + design + columns -> LayerPlan;  LayerPlan + cells -> LayerValues

An empty cell leaves its property out unless the mapping says `empty` otherwise; `fallback` comes before that. The
word that hides a layer counts in any cell that a content expression reads, since no filter should have to know it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from bulkgen.errors import MappingError
from bulkgen.mapping.encoded import is_typed
from bulkgen.mapping.expressions import Expression, compile_expression
from bulkgen.mapping.file import EMPTY_CHOICES, Empty, MappingFile
from bulkgen.mapping.limits import MAX_CHARACTERS
from bulkgen.mapping.mistakes import Mistakes
from bulkgen.mapping.model import LocalPicture
from bulkgen.mapping.names import Columns, suggest
from bulkgen.mapping.picture_cells import with_pictures
from bulkgen.mapping.pictures import Pictures
from bulkgen.mapping.problems import Refused, shown
from bulkgen.mapping.syntax import SourceError
from bulkgen.mapping.values import LISTS, OBJECT_PARTS, Settled, Target, settle
from bulkgen.sheet.model import Row
from bulkgen.wire.overrides import ENCODED_TWIN, HIDDEN_WORD, MAIN_PROPERTY, PROPERTIES, Kind, Property

_TWINS = {**ENCODED_TWIN} | {twin: name for name, twin in ENCODED_TWIN.items()}
# The words of a layer that are ours and no property of the API's.
_OWN_WORDS = ("value", "empty", "fallback")

# What takes a picture, by address or as it is.
_PICTURE_KINDS = (Kind.URL, Kind.BASE64)

# What is wrong with a cell that names no picture to be had: there the `fallback` is as good as for a dead address.
# Not a path that leads out of the sheet's folder, nor a name that may be two files: those are questions to a person.
_NO_PICTURE = frozenset(("picture_not_found", "bad_address", "not_a_picture"))

# (code, message, hint, column, property)
Report = Callable[[str, str, str, str, str], None]


@dataclass(frozen=True, slots=True)
class Scope:
    """What names are looked up in while a mapping is compiled."""

    mapping: MappingFile
    columns: Columns
    pictures: Pictures
    is_print: bool
    used: set[str] = field(default_factory=set)
    flags: set[str] = field(default_factory=set)
    mistakes: Mistakes = field(default_factory=Mistakes)

    def refuse(self, path: tuple[str, ...], message: str, hint: str = "") -> NoReturn:
        raise MappingError(message, where=self.mapping.place(path), hint=hint)

    def expression(self, source: object, path: tuple[str, ...], *, bare: bool = False) -> Expression:
        try:
            expression = compile_expression(source, self.columns, bare=bare)
        except SourceError as error:
            self.refuse(path, error.message, error.hint)
        self.used.update(expression.headers)
        if expression.program.reads_any:
            self.flags.add("reads any column")
        return expression


@dataclass(frozen=True, slots=True)
class Parts:
    """A property that is an object or a list, each part with a source of its own."""

    keys: tuple[str, ...]  # () for a list
    items: tuple[tuple[Target, Expression | Parts], ...]

    @property
    def headers(self) -> tuple[str, ...]:
        return tuple(header for _, item in self.items for header in item.headers)


@dataclass(frozen=True, slots=True)
class Slot:
    """One property of one layer, and where its value comes from."""

    target: Target
    source: Expression | Parts
    is_main: bool = False
    empty: Empty = "keep"
    fallback: Expression | None = None
    constant: Settled | None = None

    @property
    def hides_by_word(self) -> bool:
        """A colour that merely asks whether there is a sale price does not hide the layer; its content does."""
        return isinstance(self.source, Expression) and (self.is_main or self.source.plain is not None)


@dataclass(frozen=True, slots=True)
class LayerPlan:
    """`is_overlaid`: some format has other content for it, so a hidden layer's content is kept for that one."""

    name: str
    type: str
    slots: tuple[Slot, ...]
    is_overlaid: bool = False

    @property
    def main(self) -> str:
        return MAIN_PROPERTY.get(self.type, "")


@dataclass(frozen=True, slots=True)
class Cells:
    """A row's cells as texts see them, and as pictures do."""

    texts: Mapping[str, str]
    pictures: Mapping[str, str]

    @classmethod
    def of(cls, row: Row) -> Cells:
        if not row.pictures:
            return cls(row.cells, row.cells)
        return cls(with_pictures(row, is_for_picture=False), with_pictures(row))


@dataclass(slots=True)
class LayerValues:
    """A layer's overrides for one row. `hidden_by` says what hid it: "word", "empty", or "" for nothing."""

    values: dict[str, Any] = field(default_factory=dict)
    pictures: dict[str, LocalPicture] = field(default_factory=dict)
    hidden_by: str = ""


def compile_layer(scope: Scope, name: str, layer_type: str, spec: object, path: tuple[str, ...]) -> LayerPlan:
    """Raises MappingError; a mistake in one property is gathered, and the plan goes without it."""
    table = PROPERTIES.get(layer_type, {})
    if not table:
        scope.refuse(path, f"layer {name!r} is of type {layer_type}, which takes no values")
    main = MAIN_PROPERTY[layer_type]
    if not isinstance(spec, dict):
        slot = _compile_slot(scope, table[main], layer_type, spec, path, is_main=True)
        return LayerPlan(name, layer_type, (slot,))
    given = {main if key == "value" else key: key for key in spec if key not in ("empty", "fallback")}
    if len(given) < len([key for key in spec if key not in ("empty", "fallback")]):
        scope.refuse(path, f"`value` and `{main}` say the same thing", "keep one of them")
    for prop, key in given.items():
        if prop not in table:
            with scope.mistakes.gathering():
                _refuse_property(scope, name, layer_type, prop, (*path, key))
    if "auto_resize" in given and "min_font_size" not in given:
        scope.refuse((*path, "auto_resize"), "auto_resize needs min_font_size", "map both")
    whole: dict[str, object] = {word: spec[word] for word in ("empty", "fallback") if word in spec}
    if whole and not given:
        scope.refuse(path, f"layer {name!r} has no value that could be empty", f"give it `{main}`")
    slots = []
    for prop, key in given.items():
        if prop not in table:
            continue
        # What is said of the layer is said of its content, or of whatever is mapped when that is not.
        own = whole if prop == main or (main not in given and "fallback" not in whole) else {}
        if "fallback" in whole and main not in given:
            scope.refuse((*path, "fallback"), f"there is nothing to fall back from: `{main}` is not mapped")
        with scope.mistakes.gathering():
            slot = _compile_slot(scope, table[prop], layer_type, spec[key], (*path, key), prop == main, own, path)
            slots.append(slot)
    # `hidden` first, since it may save the rest; the content last, since a file of it wins over an encoded twin.
    slots.sort(key=lambda slot: (slot.target.prop.name != "hidden", slot.is_main))
    return LayerPlan(name, layer_type, tuple(slots))


def compile_variable(scope: Scope, name: str, spec: object, path: tuple[str, ...]) -> Slot:
    """A variable is text in all text layers; an empty one becomes nothing rather than `{name}` in print."""
    return _compile_slot(scope, Property(name, Kind.TEXT, 0, 10_000), "text", spec, path)


def _compile_slot(
    scope: Scope,
    prop: Property,
    layer_type: str,
    spec: object,
    path: tuple[str, ...],
    is_main: bool = False,
    whole: Mapping[str, object] | None = None,
    whole_path: tuple[str, ...] = (),
) -> Slot:
    target = Target(prop, layer_type, scope.is_print)
    words: dict[str, object] = dict(whole or {})
    word_path = whole_path or path
    if isinstance(spec, dict) and prop.kind is not Kind.OBJECT:
        unknown = [key for key in spec if key not in _OWN_WORDS]
        if unknown:
            scope.refuse((*path, unknown[0]), f"{prop.name} takes a value, or {', '.join(_OWN_WORDS)}")
        words |= {key: spec[key] for key in ("empty", "fallback") if key in spec}
        word_path, path, spec = path, (*path, "value"), spec.get("value")
    if spec is None:
        scope.refuse(path, f"{prop.name} has no value", "a colour stands in quotes: YAML takes # for a comment")
    empty = words.get("empty", "keep")
    if empty not in EMPTY_CHOICES:
        scope.refuse((*word_path, "empty"), f"empty is keep, hide or error, not {shown(empty)}")
    if empty == "hide" and "hidden" not in PROPERTIES[layer_type]:
        scope.refuse((*word_path, "empty"), f"a layer of type {layer_type} cannot be hidden")
    fallback = None
    if words.get("fallback") is not None:
        fallback = scope.expression(words["fallback"], (*word_path, "fallback"))
        _check_constant(scope, target, fallback, (*word_path, "fallback"))
    source = _compile_source(scope, target, spec, path)
    constant = _check_constant(scope, target, source, path) if isinstance(source, Expression) else None
    return Slot(target, source, is_main, next(word for word in EMPTY_CHOICES if word == empty), fallback, constant)


def _compile_source(scope: Scope, target: Target, spec: object, path: tuple[str, ...]) -> Expression | Parts:
    if isinstance(spec, list):
        if target.prop.name not in LISTS:
            scope.refuse(path, f"{target.prop.name} takes one value, not a list")
        one = Target(Property(target.prop.name, Kind.TEXT, 1), target.layer_type)
        return Parts((), tuple((one, scope.expression(item, (*path, str(i)))) for i, item in enumerate(spec)))
    if not isinstance(spec, dict):
        return scope.expression(spec, path)
    known = OBJECT_PARTS.get(target.prop.name, {})
    items = []
    for key, item in spec.items():
        if key not in known:
            hint = suggest(str(key), list(known), "parts")
            scope.refuse((*path, str(key)), f"{target.prop.name} has no part {key!r}", hint)
        if item is None:
            scope.refuse((*path, key), f"{key} has no value")
        part = Target(known[key], target.layer_type, target.is_print)
        compiled = _compile_source(scope, part, item, (*path, key))
        if isinstance(compiled, Expression):
            _check_constant(scope, part, compiled, (*path, key))
        items.append((part, compiled))
    return Parts(tuple(spec), tuple(items))


def _check_constant(scope: Scope, target: Target, source: Expression, path: tuple[str, ...]) -> Settled | None:
    """A constant is settled once; a bad one is a mistake in the file and not in every row."""
    if not source.is_constant:
        return None
    text = source.text({})
    if not text.strip() or text == HIDDEN_WORD:
        return None
    try:
        return settle(target, text, scope.pictures, lambda code, message: None)
    except Refused as refused:
        scope.refuse(path, refused.message, refused.hint)


def _refuse_property(scope: Scope, name: str, layer_type: str, prop: str, path: tuple[str, ...]) -> NoReturn:
    others = [other for other, table in PROPERTIES.items() if prop in table]
    if others:
        belongs = ", ".join(others)
        hint = f"it belongs to layers of type {belongs}; this one takes: {', '.join(PROPERTIES[layer_type])}"
    else:
        hint = suggest(prop, [*PROPERTIES[layer_type], "empty", "fallback"], "properties")
    scope.refuse(path, f"layer {name!r} ({layer_type}) has no property {prop!r}", hint)


def work_out(plan: LayerPlan, row: Cells, pictures: Pictures, report: Report) -> LayerValues:
    """A layer's values for one row. Never raises for a cell: what is wrong is reported."""
    found = LayerValues()
    for slot in plan.slots:
        _take(plan, slot, row, pictures, report, found)
        if found.hidden_by == "word" or (found.values.get("hidden") is True and not plan.is_overlaid):
            return LayerValues({"hidden": True}, {}, found.hidden_by)
    if found.values.get("auto_resize") is True and "min_font_size" not in found.values:
        report("bad_value", "auto_resize needs min_font_size, which is empty", "", "", "min_font_size")
    return found


def _take(
    plan: LayerPlan,
    slot: Slot,
    row: Cells,
    pictures: Pictures,
    report: Report,
    found: LayerValues,
) -> None:
    name = slot.target.prop.name
    cells = row.pictures if slot.target.prop.kind in _PICTURE_KINDS else row.texts
    if slot.constant is not None:
        _put(found, slot.constant)
        return
    source = slot.source
    column = source.headers[0] if source.headers else ""
    try:
        if isinstance(source, Parts):
            value = _parts(source, cells, pictures, lambda code, text: report(code, text, "", column, name))
            settled = Settled(name, value) if value else None
        else:
            text = _source_text(slot, source, cells)
            if text == HIDDEN_WORD or (slot.hides_by_word and source.hides(cells)):
                _hide_by_word(plan, found)
                return
            settled = _settle_text(slot, text, cells, pictures, lambda code, text: report(code, text, "", column, name))
    except Refused as refused:
        place = source.column(refused, cells) if isinstance(source, Expression) else column
        report(refused.code, refused.message, refused.hint, place, name)
        return
    if settled is not None:
        _put(found, settled)
    elif slot.empty == "hide":
        found.values["hidden"] = True
        found.hidden_by = "empty"
    elif slot.empty == "error":
        report("empty_value", "the cell is empty", "", column, name)


def _source_text(slot: Slot, source: Expression, cells: Mapping[str, str]) -> str:
    """A picture typed into a cell is longer than any text that an expression may work on, and is not worked on."""
    if slot.target.prop.kind in _PICTURE_KINDS and source.plain is not None:
        cell = cells.get(source.plain, "")
        if len(cell) > MAX_CHARACTERS and is_typed(cell.strip()):
            return cell
    return source.text(cells)


def _settle_text(
    slot: Slot, text: str, cells: Mapping[str, str], pictures: Pictures, warn: Callable[[str, str], None]
) -> Settled | None:
    if not text.strip():
        text = slot.fallback.text(cells) if slot.fallback else ""
        return settle(slot.target, text, pictures, warn) if text.strip() else None
    if slot.fallback is None or slot.target.prop.kind is not Kind.URL:
        return settle(slot.target, text, pictures, warn)
    refused: Refused | None = None
    settled: Settled | None = None
    try:
        settled = settle(slot.target, text, pictures, warn)
        found = _unusable(settled, pictures)
    except Refused as error:
        if error.code not in _NO_PICTURE:
            raise
        refused, found = error, error.message
    if found:
        fallback = slot.fallback.text(cells).strip()
        instead = _usable(slot.target, fallback, pictures, warn) if fallback else None
        if instead is not None:
            warn("picture_fallback", f"{found}; the fallback {shown(fallback)} is used")
            return instead
    # No fallback, or one that is as bad: then what is to be mended is the cell.
    if refused is not None:
        raise refused
    return settled


def _usable(target: Target, text: str, pictures: Pictures, warn: Callable[[str, str], None]) -> Settled | None:
    try:
        settled = settle(target, text, pictures, warn)
    except Refused as refused:
        if refused.code not in _NO_PICTURE:
            raise
        return None
    return None if _unusable(settled, pictures) else settled


def _unusable(settled: Settled, pictures: Pictures) -> str:
    """What is wrong with a picture at an address or in a file, "" if nothing is known to be."""
    return pictures.unusable.get(settled.value, "")


def _hide_by_word(plan: LayerPlan, found: LayerValues) -> None:
    if "hidden" not in PROPERTIES[plan.type]:
        raise Refused("bad_value", f"{plan.name} cannot be hidden", seen=HIDDEN_WORD)
    found.hidden_by = "word"


def _put(found: LayerValues, settled: Settled) -> None:
    found.values.pop(_TWINS.get(settled.name, ""), None)
    found.values[settled.name] = settled.value
    if settled.picture is not None:
        found.pictures[settled.picture.digest] = settled.picture


def _parts(parts: Parts, cells: Mapping[str, str], pictures: Pictures, warn: Callable[[str, str], None]) -> Any:
    """An object without its empty parts."""
    values: list[Any] = []
    for target, source in parts.items:
        if isinstance(source, Parts):
            values.append(_parts(source, cells, pictures, warn) or None)
        else:
            text = source.text(cells)
            values.append(settle(target, text, pictures, warn).value if text.strip() else None)
    if not parts.keys:
        return [value for value in values if value is not None]
    return {key: value for key, value in zip(parts.keys, values, strict=True) if value is not None}


def take_variable(slot: Slot, row: Cells, pictures: Pictures, report: Report) -> str:
    """A variable's text; "" where its cell is empty or refused."""
    found = LayerValues()
    plan = LayerPlan("vars", "text", (slot,))
    _take(plan, slot, row, pictures, report, found)
    return str(found.values.get(slot.target.prop.name, ""))


def overlay(base: LayerValues, over: LayerValues, main: str) -> LayerValues:
    """A format's own values over those of all formats. Content of its own shows a layer that was hidden as empty."""
    if over.hidden_by:
        return LayerValues({"hidden": True}, {}, over.hidden_by)
    values = dict(base.values)
    has_content = main in over.values or _TWINS.get(main, "") in over.values
    if base.hidden_by == "empty" and has_content:
        values.pop("hidden", None)
    for name in over.values:
        values.pop(_TWINS.get(name, ""), None)
    return LayerValues(values | over.values, base.pictures | over.pictures, base.hidden_by if not has_content else "")
