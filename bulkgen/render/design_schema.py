"""The JSON Schema (2020-12) of an authored design.json, for editors: completion, explanation, red lines. Pure.

    the tables of keys, properties, extras, animation -> schema

What a schema cannot say (names of formats and layers, positions of gradients) is left to `designs check`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from bulkgen.render.design_keys import (
    ARRANGEMENT,
    ATTRIBUTE,
    BOX,
    DESIGN,
    ELEMENT,
    FORMAT,
    GROUP,
    MASK,
    SETTINGS,
    Key,
)
from bulkgen.render.extras import EXTRAS, known_attributes
from bulkgen.render.groups import SPREAD
from bulkgen.render.value_schema import Json, alignments, value_schema
from bulkgen.wire.animation import EASINGS, MOST_SECONDS, TEXT_EFFECTS, TEXT_SPLITS, TEXT_TIMINGS, TWEENS
from bulkgen.wire.overrides import LAYER_TYPES, PROPERTIES, Kind, Property

_SECONDS: Json = {"type": ["number", "null"], "minimum": 0, "maximum": MOST_SECONDS}


def schema_text() -> str:
    """As `designs schema` writes it."""
    return json.dumps(design_schema(), indent=1, ensure_ascii=False) + "\n"


def design_schema() -> Json:
    attributes = _Attributes()
    elements = [_if_type(kind, _element_of(kind, attributes)) for kind in LAYER_TYPES]
    design = _object(
        DESIGN,
        required=("id", "type"),
        formats={"items": _ref("format")},
        pages={"items": _ref("format")},
        elements={"items": _ref("element")},
        elements_per_page={"additionalProperties": {"type": "array", "items": _ref("element")}},
        animation=_animation(),
    )
    element = _object(
        {**ELEMENT, **GROUP},
        required=("name", "type"),
        type={"enum": list(LAYER_TYPES)},
        layout=_by_format("box", "width"),
        settings={"anyOf": [{"type": "null"}, _ref("settings")]},
        animation=_by_format("timing", "start_at_s", "end_at_s", "tweens"),
        group=_by_format("group", "auto_layout"),
        mask=_by_format("mask", "shape"),
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A design of bulkgen",
        "description": "Formats and layers of a banner. `bulkgen designs check` finds what this cannot.",
        **design,
        "if": {"properties": {"type": {"enum": ["printer_multipage", "print_multipage"]}}, "required": ["type"]},
        "then": {"required": ["pages", "elements_per_page"]},
        "else": {"required": ["formats", "elements"]},
        "$defs": {
            "format": _object(FORMAT, required=("id", "width", "height")),
            "element": {**element, "allOf": elements},
            "settings": _object(SETTINGS),
            "box": _object(BOX, required=tuple(BOX)),
            "group": _object(ARRANGEMENT, placement={"enum": [*alignments(justify=False), *SPREAD]}),
            "mask": _object(MASK),
            "timing": _timing(),
            **attributes.defined(),
        },
    }


class _Attributes:
    """The definitions of attributes, each once: most layer types have the same ones."""

    def __init__(self) -> None:
        self._by_name: dict[str, list[Json]] = {}
        self._known = {kind: known_attributes(kind) for kind in LAYER_TYPES}
        for kind, known in self._known.items():
            for prop in known.values():
                found = self._by_name.setdefault(prop.name, [])
                if (body := _attribute(prop, kind)) not in found:
                    found.append(body)

    def __repr__(self) -> str:
        return f"_Attributes({sum(map(len, self._by_name.values()))} of {len(self._by_name)} names)"

    def defined(self) -> dict[str, Json]:
        """`attribute` for an entry of any layer's list, and what each of them may be."""
        named = {
            _numbered(name, at): _with_formats(body, _numbered(name, at))
            for name, found in self._by_name.items()
            for at, body in enumerate(found)
        }
        properties = {name: {"description": key.meaning, **key.schema} for name, key in ATTRIBUTE.items()}
        # Those of one name and several meanings are told apart where the layer's type is known.
        shared = [_if_id(name, _ref(_numbered(name, 0))) for name, found in self._by_name.items() if len(found) == 1]
        return {"attribute": {"type": "object", "required": ["id"], "properties": properties, "allOf": shared}} | named

    def of(self, kind: str) -> Json:
        """The schema of a layer's `attributes`: a list, or an object by name."""
        known = self._known[kind]
        references = {name: self._reference(prop, kind) for name, prop in known.items()}
        own = [_if_id(name, reference) for name, reference in references.items() if len(self._by_name[name]) > 1]
        # `enumDescriptions` is shown by editors beside each choice; others pass it over.
        choices = {"enum": list(known), "enumDescriptions": [_meaning(prop, kind) for prop in known.values()]}
        listed = {"properties": {"id": choices}, "allOf": [_ref("attribute"), *own]} if known else False
        return {"items": listed, "properties": references, "additionalProperties": False}

    def _reference(self, prop: Property, kind: str) -> Json:
        return _ref(_numbered(prop.name, self._by_name[prop.name].index(_attribute(prop, kind))))


def _attribute(prop: Property, kind: str) -> Json:
    return {"description": _meaning(prop, kind), **_object(ATTRIBUTE, value=value_schema(prop))}


def _with_formats(body: Json, name: str) -> Json:
    properties = body["properties"]
    each = {**properties["values"], "additionalProperties": _ref(f"{name}/properties/value")}
    return {**body, "properties": {**properties, "values": each}}


def _numbered(name: str, at: int) -> str:
    return f"attribute.{name}" + (f".{at + 1}" if at else "")


def _if_id(name: str, then: Json) -> Json:
    return {"if": {"properties": {"id": {"const": name}}, "required": ["id"]}, "then": then}


def _element_of(kind: str, attributes: _Attributes) -> Json:
    found: Json = {"attributes": attributes.of(kind)}
    return {"properties": found if kind == "group" else found | dict.fromkeys(GROUP, False)}


def _meaning(prop: Property, kind: str) -> str:
    """What an editor shows of an attribute: what it is for, what it may be, what holds without it."""
    extra = EXTRAS.get(prop.name) if prop.name not in PROPERTIES.get(kind, {}) else None
    said = [extra.meaning] if extra else []
    said.append("a family name, or the id of a font" if prop.kind is Kind.UUID else prop.describe())
    if prop.kind is Kind.URL:
        said[-1] = f"a path in the design's folder, or {said[-1]}"
    if prop.note and prop.note not in said:
        said.append(prop.note)
    if extra is not None and extra.default is not None:
        said.append(f"{str(extra.default).lower()} without it")
    return "; ".join(said)


def _if_type(kind: str, then: Json) -> Json:
    return {"if": {"properties": {"type": {"const": kind}}, "required": ["type"]}, "then": then}


def _object(keys: Mapping[str, Key], required: tuple[str, ...] = (), **more: Json) -> Json:
    """Of these keys and no others; `more` is what stands in some of them."""
    body: Json = {
        "type": "object",
        "properties": {
            name: {"description": key.meaning, **key.schema, **more.get(name, {})} for name, key in keys.items()
        },
        "additionalProperties": False,
    }
    return body | ({"required": list(required)} if required else {})


def _by_format(name: str, *tells: str) -> Json:
    """One object for all formats, which has one of the keys `tells`, or an object for each."""
    one: Json = {"anyOf": [{"type": "null"}, _ref(name)]}
    return {
        "if": {"anyOf": [{"type": "object", "required": [tell]} for tell in tells]},
        "then": one,
        "else": {"additionalProperties": one},
    }


def _ref(name: str) -> Json:
    return {"$ref": f"#/$defs/{name}"}


def _animation() -> Json:
    duration: Json = {
        "description": "how long it is, in seconds",
        "type": "number",
        "exclusiveMinimum": 0,
        "maximum": MOST_SECONDS,
    }
    still = {"description": "the moment of the still picture; the end without it", **_SECONDS}
    return {"properties": {"duration": duration, "screenshot_at_s": still}, "required": ["duration"]}


def _timing() -> Json:
    return {
        "type": "object",
        "properties": {
            "start_at_s": {"description": "when the layer appears, in seconds", **_SECONDS},
            "end_at_s": {"description": "when it goes, in seconds; it stays without it", **_SECONDS},
            "tweens": {"type": ["array", "null"], "items": _tween()},
        },
    }


def _tween() -> Json:
    data: Json = {
        "type": {"description": "whether `attr` is where it comes from or where it goes to", "enum": ["start", "end"]},
        "time": {"description": "when it begins, in seconds of the design", **_SECONDS},
        "duration": {"description": "how long it takes, in seconds", **_SECONDS},
        "easing": {"description": "how it arrives", "enum": list(EASINGS)},
    }
    words = {"textEffectType": TEXT_EFFECTS, "textEffectSplit": TEXT_SPLITS, "textEffectTiming": TEXT_TIMINGS}
    moves = [
        {
            "if": {"properties": {"type": {"const": kind}}, "required": ["type"]},
            "then": {
                "properties": {
                    "keyframes": {
                        "items": {
                            "properties": {
                                "attr": {
                                    "properties": {
                                        name: {"enum": [*words[name], None]}
                                        if name in words
                                        else {"type": ["number", "null"]}
                                        for name in names
                                    }
                                }
                            }
                        }
                    }
                }
            },
        }
        for kind, names in TWEENS.items()
    ]
    keyframe: Json = {
        "type": "object",
        "properties": {
            "attr": {"description": "what it moves", "type": "object"},
            "data": {"type": ["object", "null"], "properties": data},
        },
        "required": ["attr"],
    }
    return {
        "type": "object",
        "properties": {
            "id": {"type": ["string", "null"]},
            "type": {"description": "what moves", "enum": list(TWEENS)},
            "keyframes": {"type": "array", "minItems": 1, "items": keyframe},
        },
        "required": ["type", "keyframes"],
        "allOf": moves,
    }
