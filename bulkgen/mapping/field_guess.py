"""Every field but prices: which column fills which layer, by name and by what its cells are. Pure.

    Draft -> Draft with its texts, pictures, codes, ratings and colours filled

All columns and all layers are weighed against each other at once, so that two columns do not fight over one layer
while another stays empty.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from rapidfuzz import fuzz

from bulkgen.mapping.aliases import alias, normalise
from bulkgen.mapping.assignment import best_pairs
from bulkgen.mapping.contents import Content
from bulkgen.mapping.draft import TEXTS, Draft, is_plain
from bulkgen.mapping.guess import Certainty
from bulkgen.mapping.money import parse_amount
from bulkgen.mapping.names import find
from bulkgen.mapping.price_guess import PRICE_FIELDS
from bulkgen.mapping.problems import Refused
from bulkgen.wire.design import ROOT, Element
from bulkgen.wire.overrides import PROPERTIES

# Field -> types of layer that show it. Prices have rules of their own.
_SHOWN_BY: dict[str, tuple[str, ...]] = {
    "image": ("image", "logo"),
    "more_images": ("image",),
    "logo": ("logo", "image"),
    "link": ("qrcode",),
    "rating": ("rating",),
}
# Fields that are texts on a banner; the others are of a type of their own or are no content.
_TEXT_FIELDS = ("title", "description", "brand", "category", "tagline", "cta", "badge", "availability")
# What a column of that name cannot hold: then the name means something else in this sheet.
_NO_TEXT = frozenset((Content.PICTURE, Content.ADDRESS, Content.COLOR))
_NO_PICTURE = frozenset(Content) - {Content.PICTURE, Content.ADDRESS, Content.NOTHING, Content.MIXED}
_NO_NUMBER = frozenset(Content) - {Content.NUMBER, Content.NOTHING, Content.MIXED}
_CONTRADICTS = {"image": _NO_PICTURE, "more_images": _NO_PICTURE, "logo": _NO_PICTURE, "rating": _NO_NUMBER}

# How good a match is. An empty column is worth half, so that a weak name with cells goes before a strong one without.
_STRONG, _WEAK, _ALIKE, _BY_CELLS = 90, 60, 56, 40
_PLAIN_BONUS, _ONLY_MALUS = 4, 3
# Likeness (0 to 100) from which a header is a layer's name with a slip in it.
_ALIKE_FROM = 88
# So few rows say nothing of a column without a telling name.
_ROWS_THAT_TELL = 3
_TITLE_LENGTHS = (3, 90)

_COLOR_WORDS = frozenset(
    (
        *("color", "colour", "colors", "colours", "farbe", "couleur", "colore", "kleur", "färg", "farve", "farge"),
        *("väri", "kolor", "barva", "szín", "renk", "cor", "цвет", "hex", "code", "rgb"),
    )
)
_BACKGROUND_WORDS = frozenset(
    ("background", "bg", "hintergrund", "fond", "fondo", "sfondo", "achtergrond", "bakgrund", "фон")
)
_DATE_PARTS = {"day": "d", "month": "MMMM", "year": "y", "weekday": "EEEE"}
_CONTENT_COLOR = {"text": "color", "button": "color", "rating": "star_color", "qrcode": "foreground_color"}


@dataclass(frozen=True, slots=True)
class _Match:
    score: int
    certainty: Certainty
    reason: str
    name: str


def take_fields(draft: Draft) -> None:
    matches = {
        (header, layer.name): match
        for header in draft.left()
        for layer in draft.free((*TEXTS, "image", "logo", "qrcode", "rating"))
        if (match := _match(draft, header, layer))
    }
    for pair in best_pairs({places: match.score for places, match in matches.items()}):
        match = matches[pair.column, pair.layer]
        if pair.is_tie:
            _ask(draft, pair.column, pair.layer, matches)
        elif draft.contents(pair.column).kind in _CONTRADICTS.get(match.name, _NO_TEXT if match.name != "link" else ()):
            kind = draft.contents(pair.column).kind
            reason = f"called like the {match.name.replace('_', ' ')}, but its cells are {kind}"
            draft.tell(pair.column, "", reason, Certainty.QUESTION)
        else:
            _give(draft, pair.column, pair.layer, match)


def _match(draft: Draft, header: str, layer: Element) -> _Match | None:
    """How a column would do in a layer; None where nothing speaks for it."""
    known, called = draft.known(header), alias(layer.name)
    contents = draft.contents(header)
    half = 1 if contents.is_filled or not draft.sample else 2
    if known is not None:
        types = _SHOWN_BY.get(known.field, TEXTS if known.field in _TEXT_FIELDS else ())
        if layer.type in types and (known.is_strong or draft.fits(header, known.field)):
            score = (_STRONG if known.is_strong else _WEAK) // half
            certainty = Certainty.LIKELY if known.is_strong else Certainty.POSSIBLE
            reason = "a feed's name for it" if known.is_strong else "a possible name for it, and the values fit"
            if called and called.is_strong and called.field == known.field:
                bonus = _PLAIN_BONUS if is_plain(layer.name, (known.field,)) else 0
                return _Match(score + bonus, certainty, reason, known.field)
            if _is_only(draft, layer, known.field):
                return _Match(score - _ONLY_MALUS, certainty, reason, known.field)
    if known and called and known.field != called.field:
        return None
    if (name := _alike(header, layer)) and _is_content_for(contents.kind, layer):
        return _Match(_ALIKE // half, Certainty.POSSIBLE, f"nearly the layer's name {name!r}, and the values fit", name)
    if known is None and called and _speaks_by_cells(draft, header, layer, called.field):
        return _Match(_BY_CELLS, Certainty.POSSIBLE, f"its cells are {contents.kind}", called.field)
    return None


def _is_only(draft: Draft, layer: Element, name: str) -> bool:
    """A picture or code needs no telling name when the design has just one layer for it."""
    if name not in ("image", "link", "rating") or layer.name == "background":
        return False
    kind = "image" if name == "image" else layer.type
    return [one.name for one in draft.layers() if one.type == kind] == [layer.name]


def _alike(header: str, layer: Element) -> str:
    """The layer's name if the header is it but for a slip; numbers must agree: `price 1` is not `price 2`."""
    one, other = normalise(header), normalise(layer.name)
    if re.findall(r"\d+", one) != re.findall(r"\d+", other) or min(len(one), len(other)) < 4:
        return ""
    known = alias(layer.name)
    if known and known.field in PRICE_FIELDS:
        return ""
    return layer.name if fuzz.ratio(one, other) >= _ALIKE_FROM else ""


def _is_content_for(kind: Content, layer: Element) -> bool:
    if layer.type in TEXTS:
        return kind not in _NO_TEXT | {Content.NOTHING}
    if layer.type in ("image", "logo"):
        return kind in (Content.PICTURE, Content.ADDRESS)
    return kind is Content.NUMBER if layer.type == "rating" else kind is Content.ADDRESS


def _speaks_by_cells(draft: Draft, header: str, layer: Element, name: str) -> bool:
    """Only for a title: short texts of which hardly two are the same."""
    contents = draft.contents(header)
    low, high = _TITLE_LENGTHS
    return (
        name == "title"
        and layer.type in TEXTS
        and len(contents.cells) >= _ROWS_THAT_TELL
        and contents.kind is Content.TEXT
        and contents.distinct >= 0.8
        and low <= contents.typical_length() <= high
    )


def _ask(draft: Draft, column: str, layer: str, matches: dict[tuple[str, str], _Match]) -> None:
    match = matches[column, layer]
    rivals = [one for (one, place), other in matches.items() if place == layer and other.score == match.score]
    if len(rivals) > 1:
        draft.tell_tie(rivals, match.name)
        return
    places = [place for (one, place), other in matches.items() if one == column and other.score == match.score]
    names = " or ".join(repr(place) for place in places)
    draft.tell(column, "", f"may go to layer {names}", Certainty.QUESTION)


def _give(draft: Draft, column: str, layer: str, match: _Match) -> None:
    contents = draft.contents(column)
    said = draft.columns.expression(column)
    source, reason = f"{{{{ {said} }}}}", match.reason
    if match.name == "rating" and (most := _most(contents.cells)) and most <= 5:
        source, reason = f"{{{{ ({said} | amount) * 20 }}}}", f"{reason}; five stars are 100"
    elif contents.has_markup and contents.kind not in (Content.PICTURE, Content.ADDRESS):
        source, reason = f"{{{{ {said} | strip_html }}}}", f"{reason}; its cells hold HTML"
    draft.give(layer, source, column, reason, match.certainty)


def _most(cells: tuple[str, ...]) -> Decimal | None:
    try:
        return max((parse_amount(cell) for cell in cells), default=None)
    except Refused:
        return None


def take_pictures_by_cells(draft: Draft) -> None:
    """One picture layer left and one column of pictures left: they belong together."""
    layers = [element.name for element in draft.free(("image",))]
    columns = [header for header in draft.left() if draft.contents(header).kind is Content.PICTURE]
    if len(layers) == 1 and len(columns) == 1:
        draft.give(layers[0], draft.source(columns[0]), columns[0], "its cells are pictures", Certainty.POSSIBLE)
    elif layers and len(columns) > 1:
        for header in columns:
            draft.tell(header, "", f"several columns of pictures: {', '.join(columns)}", Certainty.QUESTION)


def take_dates(draft: Draft) -> None:
    """The one column of dates fills the layers that show a part of one: `date_day`, `month`."""
    parts = {layer.name: word for layer in draft.free(TEXTS) if (word := _date_part(layer.name))}
    columns = [
        header
        for header in draft.left()
        if draft.contents(header).is_iso_dates and ((known := draft.known(header)) is None or known.field == "date")
    ]
    if not parts or not columns:
        return
    if len(columns) > 1:
        draft.tell_tie(columns, "date")
        return
    for layer, word in parts.items():
        source = f"{{{{ {draft.columns.expression(columns[0])} | date('{_DATE_PARTS[word]}') }}}}"
        draft.give(layer, source, columns[0], f"its cells are dates, and this is their {word}", Certainty.POSSIBLE)


def _date_part(layer: str) -> str:
    words = normalise(layer).split()
    return words[-1] if words and words[-1] in _DATE_PARTS and set(words[:-1]) <= {"date", "event", "start"} else ""


def take_colors(draft: Draft) -> None:
    """A column of colours goes where the rest of its header says: `badge colour` to the badge."""
    for header in draft.left():
        if draft.contents(header).kind is not Content.COLOR:
            continue
        words = [part for word in normalise(header).split() for part in _parted(word)]
        rest = [word for word in words if word not in _COLOR_WORDS | _BACKGROUND_WORDS]
        targets = list(_color_targets(draft, rest, any(word in _BACKGROUND_WORDS for word in words)))
        free = [target for target in targets if target not in draft.taken]
        if len(free) != 1:
            example = next((f"{layer.name}.color" for layer in draft.layers() if layer.type in TEXTS), "root.color")
            reason = f"its cells are colours; call it after its layer, such as {example!r}"
            draft.tell(header, "", reason, Certainty.QUESTION)
            continue
        layer, _, prop = free[0].rpartition(".")
        reason = f"its cells are colours, and its name is that of {layer!r}"
        draft.give(layer, {prop: draft.source(header)}, header, reason)


def _parted(word: str) -> list[str]:
    """`hintergrundfarbe` -> `hintergrund`, `farbe`."""
    end = next((end for end in _COLOR_WORDS if len(end) >= 5 and word.endswith(end) and word != end), "")
    return [word.removesuffix(end), end] if end else [word]


def _color_targets(draft: Draft, rest: list[str], is_background: bool) -> Iterator[str]:
    if not rest:
        if is_background:
            yield f"{ROOT}.background_color"
        return
    layers = {layer.name: layer for layer in draft.layers()}
    name = find(" ".join(rest), layers)
    if name is None:
        return
    table = PROPERTIES[layers[name].type]
    prop = "background_color" if is_background else _CONTENT_COLOR.get(layers[name].type, "background_color")
    if prop in table:
        yield f"{name}.{prop}"
