"""The keys that a design.json may have beside the attributes of its layers: what each may be and what it means. Pure.

The JSON Schema (`design_schema`) and the check (`design_lint`) are made from these tables, so that an editor and the
command refuse the same misspelling. Left out: attributes (`extras`, `wire.overrides`), and what the parser asks for.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bulkgen.render.extras import SHAPES
from bulkgen.render.groups import DIRECTIONS
from bulkgen.wire.design import DESIGN_TYPES, TYPE_ALIASES

Schema = Mapping[str, Any]

MASKS = (*SHAPES, "rounded_corners")
# Other words of a drawing program for two of them.
_MASK_WORDS = (*MASKS, "rect", "ellipse")


@dataclass(frozen=True, slots=True)
class Key:
    """`schema` is JSON Schema, of which the check looks at the type, the choices and the least value."""

    name: str
    schema: Schema
    meaning: str

    def complaint(self, value: Any) -> str | None:
        """What is wrong with a value, so far as it is not the parser's to say."""
        types, choices = self.schema.get("type"), self.schema.get("enum")
        if types is not None and not is_of_type(value, types):
            return f"{_short(value)} is not {_type_words(types)}"
        if choices is not None and value not in choices:
            return f"{_short(value)} is not one of {', '.join(choices)}{near(str(value), choices)}"
        least = self.schema.get("minimum")
        if least is not None and value is not None and value < least:
            return f"{value:g} is less than {least:g}"
        return "the text is empty" if value == "" and self.schema.get("minLength") else None


def near(word: str, known: Iterable[str]) -> str:
    """The end of a sentence that says what was meant, if anything is like it."""
    matches = difflib.get_close_matches(word, list(known), n=2, cutoff=0.6)
    return f"; did you mean {' or '.join(repr(match) for match in matches)}?" if matches else ""


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _type_words(types: str | list[str]) -> str:
    words = [_WORDS[name] for name in ([types] if isinstance(types, str) else types) if name != "null"]
    return " or ".join(words)


_WORDS: Mapping[str, str] = {
    "object": "an object",
    "array": "a list",
    "string": "a text",
    "boolean": "true or false",
    "number": "a number",
    "integer": "a whole number",
}
_JSON_TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "null": (type(None),),
    "number": (int, float),
    "integer": (int,),
}


def is_of_type(value: Any, types: str | list[str]) -> bool:
    """As JSON Schema has it: true is no number, and 2.0 is whole."""
    for name in [types] if isinstance(types, str) else types:
        if isinstance(value, bool) and name != "boolean":
            continue
        if isinstance(value, _JSON_TYPES[name]) or (
            name == "integer" and isinstance(value, float) and value.is_integer()
        ):
            return True
    return False


def _table(*keys: Key) -> Mapping[str, Key]:
    return {key.name: key for key in keys}


_WORD: Schema = {"type": "string", "minLength": 1}
_TEXT: Schema = {"type": ["string", "null"]}
_TIME: Schema = {"type": ["integer", "null"]}
_NUMBER: Schema = {"type": "number"}
_LENGTH: Schema = {"type": ["number", "null"], "minimum": 0}
_SIDE: Schema = {"type": "number", "exclusiveMinimum": 0, "maximum": 20_000}
_OBJECT: Schema = {"type": "object"}
_MAYBE: Schema = {"type": ["object", "null"]}

_UNIT = Key(
    "unit", {"type": "string", "enum": ["px", "mm", "in"]}, "what sizes and boxes are measured in; px without it"
)
_PRINT = (
    Key("dpi", {"type": ["integer", "null"], "minimum": 1}, "dots an inch of a design for print"),
    Key("bleed_size", _LENGTH, "what is cut off on all sides of a print, in its unit"),
    Key("safe_size", _LENGTH, "the margin of a print that nothing important should lie in, in its unit"),
)
_PREVIEW = Key("preview_url", _TEXT, "where a picture of it lies")

DESIGN = _table(
    Key("$schema", _WORD, "the JSON Schema that editors check this file with; nothing else reads it"),
    Key(
        "id",
        {"type": "string", "pattern": "^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$"},
        "a UUID in lower case, its own among all designs",
    ),
    Key("template_id", _TEXT, "the id once more, in designs that were pulled"),
    Key("name", _WORD, "what people call it; commands take it in lower case with hyphens"),
    Key("type", {"type": "string", "enum": [*DESIGN_TYPES, *TYPE_ALIASES]}, "what it becomes"),
    Key("version", _TEXT, "the version of the API that a design was pulled from"),
    Key("created_at", _TIME, "Unix time in seconds"),
    Key("updated_at", _TIME, "Unix time in seconds"),
    Key("project_id", _TEXT, "the project it is in"),
    Key("project_name", _TEXT, "the name of its project"),
    Key("category_id", _TEXT, "an older word for project_id"),
    Key("category_name", _TEXT, "an older word for project_name"),
    _PREVIEW,
    _UNIT,
    *_PRINT,
    Key("formats", {"type": "array", "minItems": 1}, "its sizes"),
    Key("elements", {"type": "array"}, "its layers in stacking order, the bottom first"),
    Key("pages", {"type": "array", "minItems": 1}, "of printer_multipage, in place of formats"),
    Key("elements_per_page", _OBJECT, "of printer_multipage, in place of elements: the layers of each page by its id"),
    Key("variables", _MAYBE, "names that stand in braces in texts; found by themselves without it"),
    Key("animation", _MAYBE, "of an animated design: its duration in seconds and the moment of its still picture"),
)

FORMAT = _table(
    Key("id", _WORD, "its name, as columns and commands say it"),
    Key("uid", _TEXT, "a UUID"),
    Key("uuid", _TEXT, "an older word for uid"),
    Key("width", _SIDE, "in px, or in the unit of a print"),
    Key("height", _SIDE, "in px, or in the unit of a print"),
    _UNIT,
    *_PRINT,
    _PREVIEW,
    Key("dynamic_image_url", _TEXT, "of a pulled design: where the API shows it with values from the address"),
)

ELEMENT = _table(
    Key("name", _WORD, "what a column sets; its own among all layers"),
    Key("type", _WORD, "what kind of layer it is"),
    Key("layout", _MAYBE, "its box, one for all formats or one for each: no box, not in that format"),
    Key("attributes", {"type": ["array", "object", "null"]}, "what it shows, as `id` with `value` and `values`"),
    Key(
        "mandatory",
        {"type": ["boolean", "object"], "additionalProperties": {"type": "boolean"}},
        "whether every row must give it, or in which formats",
    ),
    Key("settings", _MAYBE, "`is_mandatory`, as the API writes `mandatory`"),
    Key("animation", _MAYBE, "of an animated design: when it is there and how it moves"),
    Key("hidden", {}, "of a pulled group; an attribute hides a layer"),
    Key("locked", {}, "of a pulled group; means nothing here"),
)

GROUP = _table(
    Key(
        "layer_ids", {"type": "array", "items": {"type": "string"}}, "the names of its members, in their order in a row"
    ),
    Key("group", _MAYBE, "how its members stand in a row, for all formats or for each"),
    Key("mask", _MAYBE, "what its members are cut to, for all formats or for each"),
)

SETTINGS = _table(
    Key(
        "is_mandatory",
        {"type": ["boolean", "object"], "additionalProperties": {"type": "boolean"}},
        "whether every row must give the layer, or in which formats",
    )
)

ATTRIBUTE = _table(
    Key("id", _WORD, "which attribute"),
    Key("value", {}, "for all formats"),
    Key("values", _OBJECT, "for each format by its id; goes before `value`"),
    Key("help", _TEXT, "what the API says of it"),
)

BOX = _table(
    Key("x", _NUMBER, "from the left edge of the format"),
    Key("y", _NUMBER, "from the top edge of the format"),
    Key("width", {"type": "number", "minimum": 0}, "in the unit of the format"),
    Key("height", {"type": "number", "minimum": 0}, "in the unit of the format"),
)

ARRANGEMENT = _table(
    Key("auto_layout", {"type": "boolean"}, "whether its members are set in a row"),
    Key("direction", {"type": "string", "enum": list(DIRECTIONS)}, "across or down"),
    Key("placement", {"type": "string"}, "where the row stands in the group's box, or how what is left over is spread"),
    Key("gap", _NUMBER, "between two members"),
)

MASK = _table(
    Key("shape", {"type": "string", "enum": list(_MASK_WORDS)}, "the outline"),
    *(
        Key(name, _NUMBER, f"{meaning}, in the unit of the format; that of the group's box without it")
        for name, meaning in (
            ("center_x", "the middle from the left"),
            ("center_y", "the middle from the top"),
            ("width", "how wide it is"),
            ("height", "how high it is"),
            ("rx", "half its width"),
            ("ry", "half its height"),
        )
    ),
    Key("rotation", _NUMBER, "degrees clockwise about its middle"),
    Key(
        "radius",
        {"type": ["number", "object"], "properties": dict.fromkeys(("tl", "tr", "br", "bl"), _NUMBER)},
        "of all corners, or of each",
    ),
)
