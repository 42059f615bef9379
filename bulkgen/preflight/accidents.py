"""What would be made without a complaint and should not be published: sample content, stand-ins, odd prices.

    a row's outputs + design -> Problem, …

All are warnings. Left out: what a single text looks like (`wording`), and what only all rows together show (`across`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from bulkgen.mapping.aliases import alias
from bulkgen.mapping.money import Price, parse_price
from bulkgen.mapping.problems import Refused, shown
from bulkgen.preflight.origins import Origins
from bulkgen.preflight.outputs import Output
from bulkgen.preflight.problems import problem
from bulkgen.preflight.structure import Once, shared_parts
from bulkgen.preflight.wording import Flaw, flaws, is_capitals
from bulkgen.sheet.model import Origin, Row
from bulkgen.sheet.problems import Problem
from bulkgen.wire.design import VARS, Design, Element
from bulkgen.wire.overrides import ENCODED_TWIN, MAIN_PROPERTY

# What a layer of each type publishes of its own when nothing is given for it.
_SAMPLES = {
    "text": "sample_text",
    "button": "sample_text",
    "image": "sample_picture",
    "logo": "sample_picture",
    "illustration": "sample_picture",
    "video": "sample_picture",
    "rating": "sample_value",
    "qrcode": "sample_value",
}
_NOUNS = {
    "sample_text": "text",
    "sample_price": "price",
    "sample_picture": "picture",
    "sample_value": "value",
}
# Fields of a feed that are another one for every product: a design's own is never meant for all of them.
_OF_A_PRODUCT = frozenset(("title", "price", "regular_price", "sale_price", "image", "rating"))
_PRICES = frozenset(("price", "regular_price", "sale_price"))

# Layers that publish a text, if only to a camera: an address with `&amp;` in it leads nowhere.
_WORDS = ("text", "button", "qrcode")

_UNMAPPED = "Map a column to it, or hide the layer: `hidden: true`."
_MINUS = re.compile(r"(\D{0,4})[-−](?=\S)(.*\d.*)")
_PERCENT = re.compile(r"[-−–]?\s?\d{1,2}\s?%")


def accident_problems(
    row: Row, outputs: Sequence[Output], design: Design, origins: Origins, told: Sequence[Problem], once: Once
) -> Iterator[Problem]:
    """`told` are the mapping's problems of the row: what it said of a cell is not said again."""
    known = {(fact("layer", one), fact("property", one)) for one in told if one.code == "placeholder_text"}
    look = _Look(row, design, origins, known, once)
    for elements, places, formats in shared_parts(outputs):
        hidden = hidden_layers(design, elements)
        yield from look.samples(elements, hidden, places, formats)
        yield from look.texts(elements, hidden, places, formats)
        yield from look.prices(elements, hidden, places, formats)


def fact(name: str, of: Problem) -> str:
    return next((value for key, value in of.facts if key == name), "")


def price_fields(
    design: Design, elements: Mapping[str, Any], hidden: set[str], places: Sequence[str]
) -> Iterator[tuple[str, str, str]]:
    """(field, layer, text) of every price that the row fills and shows, by the names of the layers."""
    for element in design.elements:
        if element.type not in ("text", "button") or element.name in hidden:
            continue
        field = _field(element.name)
        override = elements.get(element.name) or {}
        if field in _PRICES and _has_content(override, "payload") and any(place in element.layout for place in places):
            yield field, element.name, str(override["payload"])


def price_of(text: str) -> Price | None:
    try:
        return parse_price(text)
    except Refused:
        return None


@dataclass(frozen=True, slots=True)
class _Look:
    row: Row
    design: Design
    origins: Origins
    told: set[tuple[str, str]]
    once: Once

    # -- the design's own content

    def samples(
        self, elements: Mapping[str, Any], hidden: set[str], places: list[str], formats: list[str]
    ) -> Iterator[Problem]:
        """Layers for which the row has nothing, in the formats where the design shows something of its own."""
        for element in self.design.elements:
            code = _SAMPLES.get(element.type)
            main = MAIN_PROPERTY.get(element.type, "")
            override = elements.get(element.name) or {}
            if code is None or element.name in hidden or _has_content(override, main):
                continue
            leaking = [
                place
                for place in places
                if place in element.layout
                and _shows_own(element, main, place)
                and not self.origins.is_kept_on_purpose(place, element.name, main)
            ]
            if leaking:
                concerned = formats if self.design.is_multipage else leaking
                yield from self._sample(element, main, code, leaking, concerned)

    def _sample(
        self, element: Element, main: str, code: str, places: list[str], formats: list[str]
    ) -> Iterator[Problem]:
        own = str(element.value(main, places[0]))
        field = _field(element.name)
        if code == "sample_text" and (field in _PRICES or _is_money(own) or _PERCENT.fullmatch(own.strip())):
            code = "sample_price"
        elif element.type == "button":
            # "Shop now" is there to stay where a cell says nothing else.
            return
        noun = "saving" if _PERCENT.fullmatch(own.strip()) else _NOUNS[code]
        what = f"the design's own {noun} {shown(own)} is published"
        if self.origins.columns(places[0], element.name, main):
            origin = self.origins.empty_cell(self.row, places[0], element.name, main)
            yield self._problem(code, origin, element.name, main, what, formats)
            return
        # A logo or a claim of the design's own is meant; a product's price that all rows share is not.
        is_of_a_product = field in _OF_A_PRODUCT or code == "sample_price"
        is_mapped = self.origins.is_mapped(places[0], element.name, main)
        if is_of_a_product and not is_mapped and self.once(("sample", element.name)):
            message = f"nothing is mapped to it, and {what} for every row"
            yield self._problem(code, self.row.origin(), element.name, main, message, formats, _UNMAPPED)

    # -- texts

    def texts(
        self, elements: Mapping[str, Any], hidden: set[str], places: list[str], formats: list[str]
    ) -> Iterator[Problem]:
        variables = elements.get(VARS) or {}
        names = frozenset(variables)
        for name, value in variables.items():
            yield from self._flaws(VARS, name, str(value), names, places, formats)
        for element in self.design.elements:
            shown_in = [place for place in places if place in element.layout]
            if element.type not in _WORDS or element.name in hidden or not shown_in:
                continue
            override = elements.get(element.name) or {}
            if not _has_content(override, "payload"):
                yield from self._own_braces(element, names, shown_in, formats)
                continue
            text = str(override["payload"])
            # Variables are filled in text layers only (reference 7.9).
            filled = names if element.type == "text" else frozenset()
            yield from self._flaws(element.name, "payload", text, filled, places, formats)
            if element.type != "qrcode" and is_capitals(text) and not _is_set_in_capitals(element, override, shown_in):
                origin = self.origins.origin(self.row, places[0], element.name, "payload")
                message = f"{shown(text)} is written in capitals"
                yield self._problem("all_capitals", origin, element.name, "payload", message, formats)

    def _flaws(
        self, layer: str, prop: str, text: str, variables: frozenset[str], places: list[str], formats: list[str]
    ) -> Iterator[Problem]:
        for flaw in flaws(text, variables):
            if flaw.code == "placeholder_text" and ((layer, prop) in self.told or _is_joint(layer, flaw)):
                continue
            origin = self._origin_of(flaw, layer, prop, places[0])
            yield self._problem(flaw.code, origin, layer, prop, flaw.message, formats)

    def _origin_of(self, flaw: Flaw, layer: str, prop: str, place: str) -> Origin:
        return self.origins.origin(self.row, place, layer, prop, flaw.seen)

    def _own_braces(
        self, element: Element, variables: frozenset[str], places: list[str], formats: list[str]
    ) -> Iterator[Problem]:
        """A variable in the design's own text that no row fills: the same in every row, so told once."""
        if element.type != "text":
            return
        own = str(element.value("payload", places[0]) or "")
        found = next((flaw for flaw in flaws(own, variables) if flaw.code == "unfilled_braces"), None)
        if found and element.value("hidden", places[0]) is not True and self.once(("braces", element.name)):
            message = f"of the design's own text: {found.message}"
            yield self._problem(found.code, self.row.origin(), element.name, "payload", message, formats)

    # -- prices

    def prices(
        self, elements: Mapping[str, Any], hidden: set[str], places: list[str], formats: list[str]
    ) -> Iterator[Problem]:
        """The price before beside the price now, where both are shown and can be read."""
        fields: dict[str, str] = {}
        texts: dict[str, str] = {}
        for field, name, text in price_fields(self.design, elements, hidden, places):
            fields.setdefault(field, name)
            texts[name] = text
            if _is_below_zero(text):
                origin = self.origins.origin(self.row, places[0], name, "payload")
                yield self._problem("price_below_zero", origin, name, "payload", shown(text), formats)
        now = fields.get("sale_price") or fields.get("price")
        before = fields.get("regular_price") or (fields.get("price") if "sale_price" in fields else None)
        if now is None or before is None:
            return
        current, regular = price_of(texts[now]), price_of(texts[before])
        if current is None or regular is None:
            return
        origin = self.origins.origin(self.row, places[0], before, "payload")
        if current.currencies and regular.currencies and not set(current.currencies) & set(regular.currencies):
            message = f"the price before, {shown(texts[before])}, has another currency than {shown(texts[now])}"
            yield self._problem("price_in_two_currencies", origin, before, "payload", message, formats)
            return
        if regular.amount > current.amount:
            return
        relation = "is the same as" if regular.amount == current.amount else "is below"
        message = f"the price before, {shown(texts[before])}, {relation} the price now, {shown(texts[now])}"
        yield self._problem("price_not_reduced", origin, before, "payload", message, formats)

    def _problem(
        self,
        code: str,
        origin: Origin,
        layer: str,
        prop: str,
        message: str,
        formats: Sequence[str],
        hint: str = "",
    ) -> Problem:
        facts = (("layer", layer), ("property", prop), ("formats", ", ".join(formats)))
        return problem(code, origin, f"{layer}.{prop}: {message}", hint=hint, facts=facts)


def _is_joint(layer: str, flaw: Flaw) -> bool:
    """A variable may be the dash between two others."""
    return layer == VARS and not any(char.isalnum() for char in flaw.seen)


def _has_content(override: Mapping[str, Any], main: str) -> bool:
    return override.get(main) not in (None, "") or override.get(ENCODED_TWIN.get(main, main)) not in (None, "")


def _shows_own(element: Element, main: str, place: str) -> bool:
    """Whether the design has something of its own there, and shows it."""
    own = element.value(main, place)
    has_own = own not in (None, "", 0) or element.value(ENCODED_TWIN.get(main, main), place) not in (None, "", 0)
    return has_own and bool(str(own).strip()) and element.value("hidden", place) is not True


def hidden_layers(design: Design, elements: Mapping[str, Any]) -> set[str]:
    """Layers that the row hides, by themselves or with their group."""
    hidden = {name for name, override in elements.items() if name != VARS and override.get("hidden") is True}
    groups = {element.name: element.layer_ids for element in design.elements if element.type == "group"}
    waiting = [name for name in hidden if name in groups]
    while waiting:
        found = set(groups.get(waiting.pop(), ())) - hidden
        hidden |= found
        waiting += found
    return hidden


def _is_below_zero(text: str) -> bool:
    """`-5 €` and `€-5`. Nothing is said of 0: something may be free."""
    found = _MINUS.fullmatch(text.strip())
    price = price_of(found[1] + found[2]) if found else None
    return price is not None and price.amount > 0


@lru_cache(maxsize=256)
def own_price(text: str) -> str:
    """The text of a design, if it is a price that names its currency."""
    return text if _is_money(text) else ""


def _is_money(text: str) -> bool:
    """A price with its currency; a bare number may be anything."""
    price = price_of(text)
    return price is not None and bool(price.currencies)


def _is_set_in_capitals(element: Element, override: Mapping[str, Any], places: Sequence[str]) -> bool:
    """Whether capitals are the style of the layer: its text is cased anyway, or the design's own is in capitals."""
    told = [override.get("text_transform", element.value("text_transform", place)) for place in places]
    if all(transform not in (None, "none") for transform in told):
        return True
    own = str(element.value("payload", places[0]) or "")
    return own.isupper()


def _field(layer: str) -> str:
    """The field of a feed that a layer is named after. A weak name may mean a price, since its text is read as one."""
    found = alias(layer)
    return found.field if found is not None and (found.is_strong or found.field in _PRICES) else ""
