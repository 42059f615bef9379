"""The JSON Schema of one value of a design: what `wire.values` checks, in the words of a schema. Pure.

    Property -> schema

A schema is a little stricter where the check forgives: two spaces in an alignment, a gradient's odd number. Left out:
which attributes a layer has (`design_schema`).
"""

from __future__ import annotations

from typing import Any

from bulkgen.wire.overrides import Kind, Property
from bulkgen.wire.parts import PARTS
from bulkgen.wire.values import HORIZONTAL, JUSTIFY, VERTICAL

Json = dict[str, Any]


def _any_case(word: str) -> str:
    """Schemas have no flags."""
    return "".join(f"[{letter}{letter.upper()}]" if letter.isalpha() else letter for letter in word)


_INKS = r"\s*(?:100|[0-9]{1,2})%?\s*"
_HEX = "#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})"
_CMYK = rf"{_any_case('cmyk')}(?:\({_INKS}(?:,{_INKS}){{3}}\)|[aA]\({_INKS}(?:,{_INKS}){{3,4}}\))"
_AT = r"[0-9.+-]+%?"
_STOP = rf"\s*-?[0-9.]+%\s+(?:#[0-9a-fA-F]{{3}}(?:[0-9a-fA-F]{{3}})?|{_CMYK})\s+[0-9.]+\s*"
_LINEAR = rf"{_any_case('linear-gradient')}\(\s*{_AT}(?:\s+{_AT}){{3}}\s*(?:,{_STOP}){{2,8}}\)"
_RADIAL = rf"{_any_case('radial-gradient')}\(\s*{_AT}(?:\s+{_AT}){{2}}\s*(?:,{_STOP}){{2,8}}\)"
_COLOR = rf"^\s*(?:{_HEX}|{_CMYK})\s*$"
_PAINT = rf"^\s*(?:{_HEX}|{_CMYK}|{_LINEAR}|{_RADIAL})\s*$"
_PADDING = r"^[0-9]+(?:\.[0-9]+)?(?:\s+[0-9]+(?:\.[0-9]+)?)?$"
_BASE64 = r"^(?:data:[A-Za-z0-9_.+-]+/[A-Za-z0-9_.+-]+(?:;[A-Za-z0-9_=.+-]+)*;base64,)?[A-Za-z0-9+/\s]+={0,2}\s*$"
_THREE_WORDS = r"\S+\s+\S+\s+\S+"


def value_schema(prop: Property) -> Json:
    """What an authored design may say for `prop`: as a request, and pictures by path, fonts by name, no text."""
    low, high = prop.low, prop.high
    match prop.kind:
        case Kind.TEXT:
            shortest = 0 if prop.name == "payload" else int(low or 0)
            return {"type": "string", "minLength": shortest} | ({"maxLength": int(high)} if high else {})
        case Kind.COLOR:
            return {"type": "string", "pattern": _COLOR}
        case Kind.PAINT:
            return {"type": "string", "pattern": _PAINT}
        case Kind.NUMBER | Kind.INTEGER if prop.choices:
            return {"enum": list(prop.choices)}
        case Kind.NUMBER | Kind.INTEGER:
            least = {} if low is None else {"exclusiveMinimum" if prop.above else "minimum": low}
            return {"type": str(prop.kind), **least} | ({} if high is None else {"maximum": high})
        case Kind.FLAG:
            return {"type": "boolean"}
        case Kind.FLAG_OR_TEXT:
            return {"type": ["boolean", "string"]}
        case Kind.CHOICE:
            return {"enum": list(prop.choices)}
        case Kind.ALIGNMENT:
            return {"enum": alignments(justify=prop.justify)}
        case Kind.PADDING:
            return {"type": ["number", "string"], "pattern": _PADDING}
        case Kind.BASE64:
            return {"type": "string", "pattern": _BASE64}
        case Kind.OBJECT:
            return _parts(prop.name)
        case Kind.URL | Kind.UUID:
            return {"type": "string", "minLength": 1}


def alignments(*, justify: bool) -> list[str]:
    across = (*HORIZONTAL, *(JUSTIFY if justify else ()))
    return [f"{down} {side}" for down in VERTICAL for side in across] + [*VERTICAL, *across]


def _parts(name: str) -> Json:
    """An object property, by the parts that are known of it; others are passed over."""
    names: Json = {"type": "array", "items": {"type": "string"}}
    if name == "focus_objects":
        return names
    if name not in PARTS:
        return {"type": ["object", "array"]}
    properties = {prop.name: {"description": prop.describe(), **value_schema(prop)} for prop in PARTS[name]}
    match name:
        case "mask_properties":
            size: Json = {"type": "number", "minimum": 0}
            corners = dict.fromkeys(("tl", "tr", "br", "bl"), size)
            properties["radius"] = {"type": ["number", "object"], "minimum": 0, "properties": corners}
        case "auto_focus_properties":
            properties["focus_objects"] = names
        case "text_to_image_properties":
            properties |= {"prompt": {"type": "string", "pattern": _THREE_WORDS}, "inpaint_images": names}
            return {"type": "object", "properties": properties, "required": ["prompt"]}
    return {"type": "object", "properties": properties}
