"""A mapping made by looking at names: columns that say what they are, then feed columns by what feeds call them. Pure.

    Design + headers (+ some rows) -> Guess

A tie is a question and not a guess: it is told and left out. What a shop paid for a thing is never mapped. All of it
is told line by line, so that a person can see why a layer got what it got, and overrule it in a mapping file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bulkgen.mapping.addresses import first_address, is_address
from bulkgen.mapping.aliases import Alias, alias, is_never_printed
from bulkgen.mapping.columns import ColumnTarget, is_result_column, read_header, unknown_property
from bulkgen.mapping.file import MappingFile
from bulkgen.mapping.money import is_price, parse_price
from bulkgen.mapping.names import Columns, suggest
from bulkgen.mapping.problems import Refused
from bulkgen.wire.design import ROOT, Design, Element
from bulkgen.wire.overrides import MAIN_PROPERTY, PROPERTIES

_PICTURE_ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".svg", ".avif", ".tif", ".tiff")
_PICTURES = ("image", "logo")
_TEXTS = ("text", "button")
# Share of the filled sample cells that must fit before values decide.
_SHARE = 0.8
# Fields that are texts on a banner; the others are of a type of their own or are no content.
_TEXT_FIELDS = ("title", "description", "brand", "category", "tagline", "cta", "badge", "availability")


class Certainty(StrEnum):
    CERTAIN = "certain"  # the header names the layer
    LIKELY = "likely"  # a feed's own name for it
    POSSIBLE = "possible"  # a weak name, or the values look like it
    QUESTION = "question"  # not mapped: only a person can decide
    NEVER = "never"  # not mapped, and should not be


@dataclass(frozen=True, slots=True)
class GuessLine:
    """One decision: `target` is where the column goes, "" for nowhere."""

    column: str
    target: str
    reason: str
    certainty: Certainty

    def __str__(self) -> str:
        arrow = f" -> {self.target}" if self.target else ""
        return f"{self.column}{arrow} ({self.certainty}: {self.reason})"


@dataclass(frozen=True, slots=True)
class Guess:
    """A mapping, why it is so, and the columns that nothing was made of."""

    mapping: MappingFile
    lines: tuple[GuessLine, ...]
    unused: tuple[str, ...]


def guess_mapping(design: Design, columns: Sequence[str], sample: Sequence[Mapping[str, str]] = ()) -> Guess:
    """`sample` are some rows of the sheet; without them weak names and values decide nothing."""
    guesser = _Guesser(design, Columns(tuple(columns)), sample)
    guesser.take_names()
    guesser.take_prices()
    guesser.take_names(deferred=True)
    guesser.take_fields()
    guesser.take_pictures_by_value()
    guesser.drop_what_lacks_its_other_half()
    return guesser.result()


@dataclass(slots=True)
class _Guesser:
    design: Design
    columns: Columns
    sample: Sequence[Mapping[str, str]]
    elements: dict[str, Any] = field(default_factory=dict)
    pages: dict[str, dict[str, Any]] = field(default_factory=dict)
    variables: dict[str, Any] = field(default_factory=dict)
    formats: str | None = None
    lines: dict[str, GuessLine] = field(default_factory=dict)
    taken: dict[str, str] = field(default_factory=dict)  # target -> the column that has it

    # -- headers that say it themselves

    def take_names(self, deferred: bool = False) -> None:
        """`deferred`: now also the price columns that were left to `take_prices`, and that it did not use."""
        waiting = set() if deferred else self._prices_that_belong_together()
        for header in self.columns.headers:
            if header in waiting or header in self.lines:
                continue
            if is_result_column(header, self.design):
                self.lines[header] = GuessLine(header, "", "a result of an earlier run", Certainty.NEVER)
                continue
            target = read_header(header, self.design)
            if target is None:
                self._tell_unknown_property(header)
            elif str(target) in self.taken:
                first = self.taken[str(target)]
                self._tell(header, "", f"column {first!r} is {target} already", Certainty.QUESTION)
            else:
                self._put(target, header)
                self.taken[str(target)] = header
                self._tell(header, str(target), "the header names it", Certainty.CERTAIN)

    def _prices_that_belong_together(self) -> set[str]:
        """The price columns, if one of them has no layer of its name: `price` then does not mean what it says."""
        fields = ("price", "regular_price", "sale_price")
        family = [header for header in self.columns.headers if (known := alias(header)) and known.field in fields]
        targets = {header: read_header(header, self.design) for header in family}
        if len(family) < 2 or all(targets.values()):
            return set()
        return {header for header, target in targets.items() if target is None or target.property == "payload"}

    def _tell_unknown_property(self, header: str) -> None:
        found = unknown_property(header, self.design)
        if found is None:
            return
        layer, word = found
        element = self.design.element(layer)
        known = list(PROPERTIES[element.type]) if element else ["background_color"]
        hint = suggest(word, known, "properties")
        self._tell(header, "", f"layer {layer!r} has no property {word!r}; {hint}", Certainty.QUESTION)

    def _put(self, target: ColumnTarget, header: str) -> None:
        source = self._source(header)
        if target.kind == "formats":
            self.formats = source
        elif target.kind == "variable":
            self.variables[target.property] = source
        else:
            layers = self.pages.setdefault(target.page, {}) if target.page else self.elements
            layers.setdefault(target.layer, {})[target.property] = source

    # -- prices, whose names mean different things in different feeds

    def take_prices(self) -> None:
        price = self._column("price")
        regular, sale = self._column("regular_price"), self._column("sale_price")
        present = [header for header in (price, regular, sale) if header]
        if not present:
            return
        before = regular or (price if sale else None)
        current = self._current(price, regular, sale)
        if before and current and not self._is_plausible(before, sale or price or ""):
            for header in present:
                self._tell(header, "", "the regular price is below the current one in most rows", Certainty.QUESTION)
            return
        now_layer = self._layer(("price", "sale_price"), _TEXTS)
        was_layer = self._layer(("regular_price",), _TEXTS)
        if now_layer and current:
            source, header, reason = current
            self._give(now_layer, source, header, reason)
            self.taken[f"{now_layer}.payload"] = header
        if was_layer and before:
            reduced = sale or price
            source = self._source(before)
            if reduced and reduced != before:
                said = self.columns.expression(before), self.columns.expression(reduced)
                source = f"{{{{ {said[0]} | was({said[1]}) }}}}"
            self._give(was_layer, {"payload": source, "empty": "hide"}, before, "the price before a reduction")
            self.taken[f"{was_layer}.payload"] = before
        for header in present:
            if header not in self.lines and (now_layer or was_layer):
                self._tell(header, f"{now_layer or was_layer}.payload", "compared with it", Certainty.LIKELY)

    def _current(self, price: str | None, regular: str | None, sale: str | None) -> tuple[str, str, str] | None:
        """(source, column, reason) of what the customer pays."""
        before = regular or price
        if sale and before:
            said = self.columns.expression(before), self.columns.expression(sale)
            reason = f"{sale!r} where it is lower, else {before!r}"
            return f"{{{{ {said[0]} | now({said[1]}) }}}}", sale, reason
        header = sale or price or regular
        if header is None:
            return None
        reason = (
            f"the current price, since {regular!r} is the one before" if price and regular else "a feed's name for it"
        )
        return self._source(header), header, reason

    def _is_plausible(self, before: str, current: str) -> bool:
        """Whether the regular price is not below the current one in most rows that have both."""
        pairs = [(_worth(row.get(before, "")), _worth(row.get(current, ""))) for row in self.sample]
        both = [(regular, reduced) for regular, reduced in pairs if regular and reduced]
        return not both or sum(regular >= reduced for regular, reduced in both) * 2 >= len(both)

    # -- everything else that feeds have names for

    def take_fields(self) -> None:
        for name in _TEXT_FIELDS:
            self._take_field(name, _TEXTS)
        self._take_field("image", _PICTURES)
        self._take_field("link", ("qrcode",))
        self._take_field("rating", ("rating",))
        for header in self.columns.headers:
            if header not in self.lines and is_never_printed(header):
                self._tell(header, "", "what the shop paid is never printed", Certainty.NEVER)

    def _take_field(self, name: str, types: tuple[str, ...]) -> None:
        layer = self._layer((name,), types) or self._only_layer(name, types)
        if layer is None:
            return
        header = self._column(name)
        if header is None:
            return
        found = self._known(header)
        weak = found is not None and not found.is_strong
        reason = "a possible name for it, and the values fit" if weak else "a feed's name for it"
        self._give(layer, self._source(header), header, reason, Certainty.POSSIBLE if weak else Certainty.LIKELY)

    def take_pictures_by_value(self) -> None:
        """One picture layer left and one column of pictures left: they belong together."""
        layers = [element.name for element in self._free(("image",))]
        columns = [header for header in self._left() if self._share(header, _is_picture) >= _SHARE]
        if len(layers) == 1 and len(columns) == 1:
            self._give(layers[0], self._source(columns[0]), columns[0], "its cells are pictures", Certainty.POSSIBLE)
        elif layers and len(columns) > 1:
            for header in columns:
                self._tell(header, "", f"several columns of pictures: {', '.join(columns)}", Certainty.QUESTION)

    def drop_what_lacks_its_other_half(self) -> None:
        """`auto_resize` without `min_font_size` is refused by the API (reference 7.4)."""
        for layers in (self.elements, *self.pages.values()):
            for name in [
                name for name, spec in layers.items() if "auto_resize" in spec and "min_font_size" not in spec
            ]:
                source = layers[name].pop("auto_resize")
                if not layers[name]:
                    del layers[name]
                header = next(header for header in self.lines if self._source(header) == source)
                self.lines.pop(header)
                self._tell(
                    header, "", f"{name}.auto_resize needs a column for {name}.min_font_size", Certainty.QUESTION
                )

    # -- what they are made of

    def _column(self, name: str) -> str | None:
        """The one column that is this field: strong names first, weak ones if their values fit. A tie is told."""
        found = [(header, known) for header in self._left() if (known := self._known(header)) and known.field == name]
        strong = [header for header, known in found if known.is_strong]
        weak = [header for header, known in found if not known.is_strong and self._fits(header, name)]
        candidates = strong or weak
        if len(candidates) > 1:
            filled = [header for header in candidates if self._share(header, bool) > 0]
            candidates = filled if len(filled) == 1 else candidates
        if len(candidates) > 1:
            for header in candidates:
                others = ", ".join(repr(other) for other in candidates if other != header)
                self._tell(header, "", f"may be the {name.replace('_', ' ')}, and so may {others}", Certainty.QUESTION)
            return None
        return candidates[0] if candidates else None

    def _known(self, header: str) -> Alias | None:
        """What a column is called; a `url` whose cells are pictures is a picture and no link."""
        found = alias(header)
        if found and found.field == "link" and self._share(header, _is_picture) >= _SHARE:
            return Alias("image", False)
        return found

    def _layer(self, names: tuple[str, ...], types: tuple[str, ...]) -> str | None:
        """The free layer that is called like one of the fields; the plainest name of several, else none."""
        found = [
            element.name
            for element in self._free(types)
            if (known := alias(element.name)) and known.is_strong and known.field in names
        ]
        plain = [name for name in found if name in names or name in ("title", "photo", "image")]
        return found[0] if len(found) == 1 else plain[0] if plain else None

    def _only_layer(self, name: str, types: tuple[str, ...]) -> str | None:
        """A picture or code needs no telling name when the design has just one layer for it."""
        if name not in ("image", "link", "rating"):
            return None
        kinds = ("image",) if name == "image" else types
        every = [element for element in self._elements() if element.type in kinds]
        free = {element.name for element in self._free(kinds)}
        is_only = len({element.name for element in every}) == 1
        return every[0].name if is_only and every[0].name in free and every[0].name != "background" else None

    def _elements(self) -> tuple[Element, ...]:
        return tuple(element for element in self.design.elements if element.name != ROOT)

    def _free(self, types: tuple[str, ...]) -> list[Element]:
        """Layers without content so far, each name once."""
        named = {element.name: element for element in self._elements() if element.type in types}
        return [element for element in named.values() if not self._has_content(element)]

    def _has_content(self, element: Element) -> bool:
        layers = (self.elements, *self.pages.values())
        main = MAIN_PROPERTY[element.type]
        return any(main in found.get(element.name, {}) for found in layers)

    def _left(self) -> list[str]:
        return [header for header in self.columns.headers if header not in self.lines and not is_never_printed(header)]

    def _give(
        self,
        layer: str,
        source: str | dict[str, str],
        header: str,
        reason: str,
        certainty: Certainty = Certainty.LIKELY,
    ) -> None:
        element = next(element for element in self._elements() if element.name == layer)
        main = MAIN_PROPERTY[element.type]
        self.elements.setdefault(layer, {}).update({main: source} if isinstance(source, str) else source)
        self._tell(header, f"{layer}.{main}", reason, certainty)

    def _tell(self, header: str, target: str, reason: str, certainty: Certainty) -> None:
        known = self.lines.get(header)
        if known and known.target and target:
            target, reason = f"{known.target}, {target}", f"{known.reason}; {reason}"
        self.lines[header] = GuessLine(header, target, reason, certainty)

    def _source(self, header: str) -> str:
        return f"{{{{ {self.columns.expression(header)} }}}}"

    def _fits(self, header: str, name: str) -> bool:
        tests = {"price": is_price, "sale_price": is_price, "image": _is_picture, "link": is_address}
        return self._share(header, tests.get(name, _is_words)) >= _SHARE

    def _share(self, header: str, test: Any) -> float:
        cells = [cell for row in self.sample if (cell := row.get(header, "").strip())]
        return sum(bool(test(cell)) for cell in cells) / len(cells) if cells else 0.0

    def result(self) -> Guess:
        mapping = MappingFile(
            formats=self.formats,
            elements={name: _plain(self.design, name, spec) for name, spec in self.elements.items()},
            vars=self.variables,
            pages={
                page: {name: _plain(self.design, name, spec) for name, spec in layers.items()}
                for page, layers in self.pages.items()
            },
        ).named("automatic mapping")
        lines = tuple(self.lines[header] for header in self.columns.headers if header in self.lines)
        used = {header for header, line in self.lines.items() if line.target}
        results = {header for header in self.columns.headers if is_result_column(header, self.design)}
        unused = tuple(header for header in self.columns.headers if header not in used | results)
        return Guess(mapping, lines, unused)


def _plain(design: Design, name: str, spec: dict[str, Any]) -> Any:
    """A layer of which only the content is mapped is written as a bare value."""
    element = design.element(name)
    main = MAIN_PROPERTY[element.type] if element else "background_color"
    return spec[main] if set(spec) == {main} else spec


def _worth(cell: str) -> Any:
    try:
        return parse_price(cell).amount
    except Refused:
        return None


def _is_picture(cell: str) -> bool:
    address = first_address(cell)
    path = address.split("?")[0].split("#")[0].lower()
    return path.endswith(_PICTURE_ENDINGS)


def _is_words(cell: str) -> bool:
    return any(character.isalpha() for character in cell) and not is_address(cell)
