"""The `output` part of a mapping: how banners are written, checked against the design's type. Pure but for `scope`.

The options, their kinds and bounds are those of `wire.output_options`; added here is which design types take them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bulkgen.mapping.expressions import Expression
from bulkgen.mapping.layers import Scope
from bulkgen.mapping.model import OutputOptions
from bulkgen.mapping.names import suggest
from bulkgen.mapping.problems import Refused, shown
from bulkgen.mapping.values import not_taken
from bulkgen.wire.design import FILE_TYPES
from bulkgen.wire.messages import MAX_KB
from bulkgen.wire.output_options import FILE_COMPRESSION_LEVEL, GROUPS, MAX_KB_OPTION
from bulkgen.wire.overrides import Kind, Property
from bulkgen.wire.values import coerce

_PRINTERS = ("printer", "printer_multipage")
# Which design types an option group is for; what is not listed is for all.
_FOR: dict[str, tuple[str, ...]] = {
    "html5": ("animated",),
    "gif": ("animated",),
    "video": ("animated",),
    "print": _PRINTERS,
}
_FILE_TYPE_OF = {"html5": "html5", "gif": "gif", "video": "mp4"}
_SPELLINGS = {"jpg": "jpeg", "html": "html5"}

OPTIONS: dict[str, Property] = {
    "image_file_type": Property("image_file_type", Kind.TEXT, 1),
    FILE_COMPRESSION_LEVEL.name: FILE_COMPRESSION_LEVEL,
    MAX_KB: MAX_KB_OPTION,
}


@dataclass(frozen=True, slots=True)
class OutputPlan:
    """`fixed` when no option depends on the row. An entry is (group or "", option, source)."""

    design_type: str
    entries: tuple[tuple[str, Property, Expression], ...] = ()
    fixed: OutputOptions | None = None

    def options(
        self, cells: Mapping[str, str], report: Callable[[Expression, Property, Refused], None]
    ) -> OutputOptions:
        """What is empty is left out, so that the API's default holds. Refusals are reported, not raised."""
        if self.fixed is not None:
            return self.fixed
        found: dict[str, Any] = {}
        for group, prop, source in self.entries:
            try:
                text = source.text(cells)
                value = _value(self.design_type, prop, text) if text.strip() else None
            except Refused as refused:
                report(source, prop, refused)
                continue
            if value is None:
                continue
            if group:
                found.setdefault(group, {})[prop.name] = value
            else:
                found[prop.name] = value
        return OutputOptions(**found)


def compile_output(
    scope: Scope, output: Mapping[str, Any], design_type: str, *, max_kb: int | None = None
) -> tuple[OutputPlan, tuple[str, ...]]:
    """The plan, and notes on options that will have no effect. `max_kb` wins over the mapping's. Mistakes are
    gathered."""
    entries: list[tuple[str, Property, Expression]] = []
    for name, spec in output.items():
        with scope.mistakes.gathering():
            found = list(_entries(scope, design_type, name, spec))
            # Overruled, and not forgotten: its column is none that a person has to be told of.
            entries += [] if name == MAX_KB and max_kb is not None else found
    if max_kb is not None:
        entries.append(("", OPTIONS[MAX_KB], scope.expression(max_kb, ("output", MAX_KB))))
    plan = OutputPlan(design_type, tuple(entries))
    if all(source.is_constant for _, _, source in entries):
        plan = OutputPlan(design_type, plan.entries, plan.options({}, _unexpected))
    return plan, _notes(plan, design_type)


def _entries(scope: Scope, design_type: str, name: str, spec: object) -> Iterator[tuple[str, Property, Expression]]:
    """An option, or those of a group."""
    path = ("output", name)
    if name in OPTIONS:
        yield _entry(scope, design_type, "", OPTIONS[name], spec, path)
        return
    if name not in GROUPS:
        scope.refuse(path, f"there is no output option {name!r}", suggest(str(name), [*OPTIONS, *GROUPS], "options"))
    if design_type not in _FOR[name]:
        scope.refuse(path, f"{name} options are for {' and '.join(_FOR[name])} designs, this one is {design_type}")
    if not isinstance(spec, dict):
        scope.refuse(path, f"{name} holds options: {', '.join(GROUPS[name])}")
    for key, value in spec.items():
        with scope.mistakes.gathering():
            if key not in GROUPS[name]:
                hint = suggest(str(key), list(GROUPS[name]), "options")
                scope.refuse((*path, str(key)), f"{name} has no option {key!r}", hint)
            yield _entry(scope, design_type, name, GROUPS[name][key], value, (*path, key))


def _entry(
    scope: Scope, design_type: str, group: str, prop: Property, spec: object, path: tuple[str, ...]
) -> tuple[str, Property, Expression]:
    if spec is None or isinstance(spec, (dict, list)):
        scope.refuse(path, f"{prop.name} takes one value")
    source = scope.expression(spec, path)
    if source.is_constant and (text := source.text({})).strip():
        try:
            _value(design_type, prop, text)
        except Refused as refused:
            scope.refuse(path, refused.message, refused.hint)
    return group, prop, source


def _value(design_type: str, prop: Property, text: str) -> Any:
    """Raises Refused. `auto` is the API's word for leaving the file type out."""
    if prop.name == "image_file_type":
        word = text.strip().lower()
        word = _SPELLINGS.get(word, word)
        allowed = FILE_TYPES[design_type]
        if word == "auto":
            return None
        if word not in allowed:
            raise Refused(
                "bad_value", f"{shown(text)} is no file type of {design_type} designs: {', '.join(allowed)}", seen=text
            )
        return word
    try:
        return coerce(prop, text)
    except ValueError as error:
        raise Refused("bad_value", not_taken(prop, str(error)), seen=text) from None


def _notes(plan: OutputPlan, design_type: str) -> tuple[str, ...]:
    if design_type != "animated":
        return ()
    kinds = [source for group, prop, source in plan.entries if prop.name == "image_file_type"]
    if kinds and not kinds[0].is_constant:
        return ()
    kind = (kinds[0].text({}).strip().lower() if kinds else "") or "mp4"
    kind = {"auto": "mp4"}.get(kind, _SPELLINGS.get(kind, kind))
    groups = dict.fromkeys(group for group, _, _ in plan.entries if group in _FILE_TYPE_OF)
    return tuple(
        f"the {group} options have no effect: the file type is {kind}"
        for group in groups
        if _FILE_TYPE_OF[group] != kind
    )


def _unexpected(source: Expression, prop: Property, refused: Refused) -> None:
    raise AssertionError(f"constant {prop.name} was settled before: {refused.message}")
