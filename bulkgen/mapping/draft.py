"""A mapping while it is being guessed: what is decided so far, and what is still free. Pure.

    Design + Columns + sample rows -> Draft -> Guess

The rules of what goes where are elsewhere (`automatic`, `price_guess`, `field_guess`); this keeps them from deciding
anything twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bulkgen.mapping.aliases import Alias, alias, is_never_printed, nearly_alias
from bulkgen.mapping.columns import is_result_column
from bulkgen.mapping.contents import Content, Contents, contents_of
from bulkgen.mapping.file import MappingFile
from bulkgen.mapping.guess import NO_COLUMN, Certainty, Guess, GuessLine
from bulkgen.mapping.names import Columns
from bulkgen.wire.design import ROOT, Design, Element
from bulkgen.wire.overrides import MAIN_PROPERTY

TEXTS = ("text", "button")
# Which contents a column of a weak name must have before it is taken for the field; texts for all others.
_WANTED: dict[str, frozenset[Content]] = {
    "price": frozenset((Content.PRICE, Content.NUMBER)),
    "sale_price": frozenset((Content.PRICE, Content.NUMBER)),
    "image": frozenset((Content.PICTURE,)),
    "more_images": frozenset((Content.PICTURE,)),
    "link": frozenset((Content.ADDRESS,)),
    "rating": frozenset((Content.NUMBER,)),
}
_WORDS = frozenset((Content.TEXT, Content.LONG_TEXT))


@dataclass(slots=True)
class Draft:
    """`sample` are some rows of the sheet. `taken` says which column has a target, `why` the decision behind it."""

    design: Design
    columns: Columns
    sample: Sequence[Mapping[str, str]]
    elements: dict[str, Any] = field(default_factory=dict)
    pages: dict[str, dict[str, Any]] = field(default_factory=dict)
    variables: dict[str, Any] = field(default_factory=dict)
    formats: str | None = None
    lines: dict[str, GuessLine] = field(default_factory=dict)
    taken: dict[str, str] = field(default_factory=dict)
    why: dict[str, GuessLine] = field(default_factory=dict)
    _contents: dict[str, Contents] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<Draft {self.design.id} {len(self.why)} targets, {len(self.left())} columns left>"

    # -- columns

    def contents(self, header: str) -> Contents:
        if header not in self._contents:
            self._contents[header] = contents_of([row.get(header, "") for row in self.sample])
        return self._contents[header]

    def left(self) -> list[str]:
        return [header for header in self.columns.headers if header not in self.lines and not is_never_printed(header)]

    def known(self, header: str) -> Alias | None:
        """What a column is called; a `url` whose cells are pictures is a picture and no link."""
        found = alias(header) or nearly_alias(header)
        if found and found.field == "link" and self.contents(header).kind is Content.PICTURE:
            return Alias("image", False)
        return found

    def fits(self, header: str, name: str) -> bool:
        """Whether the cells are what a field of that name holds; without any cells nothing fits."""
        return self.contents(header).kind in _WANTED.get(name, _WORDS)

    def column(self, name: str) -> str | None:
        """The one column that is this field: strong names first, weak ones if their values fit. A tie is told."""
        found = [(header, known) for header in self.left() if (known := self.known(header)) and known.field == name]
        strong = [header for header, known in found if known.is_strong]
        weak = [header for header, known in found if not known.is_strong and self.fits(header, name)]
        candidates = strong or weak
        if len(candidates) > 1:
            filled = [header for header in candidates if self.contents(header).is_filled]
            candidates = filled if len(filled) == 1 else candidates
        if len(candidates) > 1:
            self.tell_tie(candidates, name)
            return None
        return candidates[0] if candidates else None

    def source(self, header: str) -> str:
        return f"{{{{ {self.columns.expression(header)} }}}}"

    # -- layers

    def layers(self) -> tuple[Element, ...]:
        return tuple({one.name: one for one in self.design.elements if one.name != ROOT}.values())

    def free(self, types: tuple[str, ...]) -> list[Element]:
        """Layers without content so far, each name once."""
        return [element for element in self.layers() if element.type in types and not self.has_content(element)]

    def has_content(self, element: Element) -> bool:
        main = MAIN_PROPERTY[element.type]
        every = (self.elements, *self.pages.values())
        return any(main in found.get(element.name, {}) or "hidden" in found.get(element.name, {}) for found in every)

    def layer(self, names: tuple[str, ...], types: tuple[str, ...]) -> str | None:
        """The free layer that is called like one of the fields; the plainest name of several, else none."""
        found = [
            element.name
            for element in self.free(types)
            if (known := alias(element.name)) and known.is_strong and known.field in names
        ]
        plain = [name for name in found if is_plain(name, names)]
        return found[0] if len(found) == 1 else plain[0] if plain else None

    # -- decisions

    def give(
        self,
        layer: str,
        source: str | dict[str, str],
        header: str,
        reason: str,
        certainty: Certainty = Certainty.LIKELY,
    ) -> None:
        values = {self._main(layer): source} if isinstance(source, str) else source
        self.elements.setdefault(layer, {}).update(values)
        for name in values:
            if name != "empty":
                self.why[f"{layer}.{name}"] = GuessLine(header, f"{layer}.{name}", reason, certainty)
                self.taken[f"{layer}.{name}"] = header
        first = next(name for name in values if name != "empty")
        self.tell(header, f"{layer}.{first}", reason, certainty)

    def _main(self, layer: str) -> str:
        return next(MAIN_PROPERTY[element.type] for element in self.layers() if element.name == layer)

    def tell(self, header: str, target: str, reason: str, certainty: Certainty) -> None:
        known = self.lines.get(header)
        if known and known.target and target:
            target, reason = f"{known.target}, {target}", f"{known.reason}; {reason}"
        self.lines[header] = GuessLine(header, target, reason, certainty)

    def add_note(self, target: str, note: str) -> None:
        """Says more of a decision that is made."""
        line = self.why[target]
        if note and note not in line.reason:
            self.why[target] = replace(line, reason=line.reason + note)
            told = self.lines[line.column]
            self.lines[line.column] = replace(told, reason=told.reason + note)

    def tell_tie(self, headers: Sequence[str], name: str) -> None:
        for header in headers:
            others = ", ".join(repr(other) for other in headers if other != header)
            self.tell(header, "", f"may be the {name.replace('_', ' ')}, and so may {others}", Certainty.QUESTION)

    def hide(self, layer: str, reason: str) -> None:
        """Hides a layer that no column fills and that must not show what it holds."""
        self.elements.setdefault(layer, {})["hidden"] = "true"
        target = f"{layer}.hidden"
        self.why[target] = GuessLine(NO_COLUMN, target, reason, Certainty.LIKELY)

    def _in_order(self) -> list[str]:
        """The layers as the design lists them, so that a person finds them again."""
        places = {element.name: place for place, element in enumerate(self.design.elements)}
        return sorted(self.elements, key=lambda name: places.get(name, len(places)))

    def result(self) -> Guess:
        mapping = MappingFile(
            formats=self.formats,
            elements={name: _plain(self.design, name, self.elements[name]) for name in self._in_order()},
            vars=self.variables,
            pages={
                page: {name: _plain(self.design, name, spec) for name, spec in layers.items()}
                for page, layers in self.pages.items()
            },
        ).guessed()
        told = [self.lines[header] for header in self.columns.headers if header in self.lines]
        told += [line for line in self.why.values() if line.column == NO_COLUMN]
        used = {header for header, line in self.lines.items() if line.target}
        results = {header for header in self.columns.headers if is_result_column(header, self.design)}
        unused = tuple(header for header in self.columns.headers if header not in used | results)
        return Guess(mapping, tuple(told), unused, dict(self.why))


def own_value(element: Element) -> str:
    """What a design shows in a layer by itself, in the first of its formats that has anything; "" for nothing."""
    values = element.values.get(MAIN_PROPERTY.get(element.type, ""), {})
    return next((str(value) for value in values.values() if value not in (None, "")), "")


def is_plain(layer: str, names: Sequence[str]) -> bool:
    """The name that a designer gives to the one layer of its kind."""
    return layer in names or layer in ("title", "photo", "image")


def _plain(design: Design, name: str, spec: dict[str, Any]) -> Any:
    """A layer of which only the content is mapped is written as a bare value."""
    element = design.element(name)
    main = MAIN_PROPERTY[element.type] if element else "background_color"
    return spec[main] if set(spec) == {main} else spec
