"""One text -> one override value, as the API takes it.

    property + text -> (property, JSON value, picture file), or Refused

The kinds and bounds are those of `wire.overrides`; added here is what belongs to sheets: line breaks, invisible
characters, several addresses in a cell, and picture files. Pure but for the picture files.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bulkgen.fetch.share_links import share_link
from bulkgen.mapping.addresses import addresses
from bulkgen.mapping.encoded import is_typed
from bulkgen.mapping.model import PICTURE_PREFIX, LocalPicture
from bulkgen.mapping.names import suggest
from bulkgen.mapping.picture_cells import holds_picture, read_reference
from bulkgen.mapping.picture_kinds import PRINT_PICTURE, SCREEN_PICTURE, SOUND, Wanted
from bulkgen.mapping.pictures import Pictures
from bulkgen.mapping.problems import Refused, shown
from bulkgen.wire.colors import Color, parse_paint
from bulkgen.wire.overrides import ENCODED_TWIN, PROPERTIES, Kind, Property
from bulkgen.wire.parts import PARTS
from bulkgen.wire.values import coerce

# C0 and C1 controls but for tab and line feed, and the two code points that are no characters.
_ODD = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]+:", re.IGNORECASE)
_MAX_OBJECT_CHARACTERS = 10_000

# What programs write when they have nothing to say.
_PLACEHOLDERS = frozenset(
    (
        "#N/A",
        "#REF!",
        "#VALUE!",
        "#DIV/0!",
        "#NAME?",
        "#NULL!",
        "#NUM!",
        "#SPILL!",
        "#CALC!",
        "undefined",
        "null",
        "NULL",
        "None",
        "nan",
        "NaN",
        "NaT",
        "[object Object]",
        "Loading...",
        "Default Title",
    )
)

# The parts of the properties that are objects, by name: those that `wire.parts` checks, and those that take anything.
_ONE = Property("", Kind.TEXT, 1)
_RADIUS = Property("radius", Kind.NUMBER, 0)


def _parts(name: str, **more: Property) -> dict[str, Property]:
    return {prop.name: prop for prop in PARTS[name]} | more


OBJECT_PARTS: dict[str, dict[str, Property]] = {
    **{name: _parts(name) for name in PARTS},
    "mask_properties": _parts("mask_properties", radius=_RADIUS),
    "radius": dict.fromkeys(("tl", "tr", "br", "bl"), _RADIUS),
    "auto_focus_properties": _parts("auto_focus_properties", focus_objects=PROPERTIES["image"]["focus_objects"]),
    "text_to_image_properties": _parts(
        "text_to_image_properties",
        prompt=_ONE,
        ratio=_ONE,
        quality=_ONE,
        inpaint_images=Property("inpaint_images", Kind.OBJECT),
    ),
}
# Objects that are lists of names or addresses.
LISTS = frozenset(("focus_objects", "inpaint_images"))


@dataclass(frozen=True, slots=True)
class Target:
    """Where a value goes: a property of a layer of some type, in a design of some type."""

    prop: Property
    layer_type: str
    is_print: bool = False


@dataclass(frozen=True, slots=True)
class Settled:
    """A value fit to be sent, under the property that takes it."""

    name: str
    value: Any
    picture: LocalPicture | None = None


# Kinds whose messages say by themselves what is taken.
_SELF_EXPLAINED = (Kind.COLOR, Kind.FLAG)

Warn = Callable[[str, str], None]


def settle(target: Target, text: str, pictures: Pictures, warn: Warn) -> Settled:
    """Raises Refused. `warn(code, message)` is told what was put right."""
    prop = target.prop
    if holds_picture(text):
        return _in_cell(target, text, pictures)
    text = _clean(text, warn)
    if prop.kind is Kind.TEXT:
        return Settled(prop.name, _text(target, text, warn))
    if prop.kind is Kind.URL:
        return _address(target, text, pictures, warn)
    if prop.kind is Kind.BASE64:
        return _sent_along(prop, pictures.typed(text.strip(), _wanted(target)))
    if prop.kind is Kind.OBJECT:
        return Settled(prop.name, _object(prop, text))
    value = _coerce(prop, text)
    if target.is_print and prop.kind is Kind.PAINT:
        _check_print_paint(target, value)
    return Settled(prop.name, value)


def _clean(text: str, warn: Warn) -> str:
    if not _ODD.search(text):
        return text
    if _SURROGATE.search(text):
        raise Refused("broken_text", "the text holds half of a character, which cannot be sent", seen=text)
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    bare = _CONTROL.sub("", plain)
    if bare != plain:
        warn("control_characters", f"{len(plain) - len(bare)} invisible control characters were taken out")
    return bare


def _text(target: Target, text: str, warn: Warn) -> str:
    if target.layer_type in ("text", "button") and "\\n" in text:
        text = text.replace("\\n", "\n")
    if len(text) <= 20 and text.strip() in _PLACEHOLDERS:
        warn("placeholder_text", f"{shown(text)} would be printed")
    high = target.prop.high
    if high and len(text) > high:
        raise Refused(
            "text_too_long", f"the text has {len(text):,} characters, at most {int(high):,} are taken", seen=text
        )
    return str(_coerce(target.prop, text))


def _coerce(prop: Property, text: str) -> Any:
    try:
        return coerce(prop, text)
    except ValueError as error:
        raise Refused("bad_value", not_taken(prop, str(error)), seen=text) from None


def not_taken(prop: Property, message: str) -> str:
    """What is wrong with a value, with what the property takes, unless the message says it already."""
    if prop.kind is Kind.PAINT:
        return message if "gradient" in message else f"{message}; a gradient is taken as well"
    if prop.kind in _SELF_EXPLAINED or prop.describe() in message:
        return message
    return f"{message}; it takes {prop.describe()}"


def _address(target: Target, text: str, pictures: Pictures, warn: Warn) -> Settled:
    prop = target.prop
    found = addresses(text)
    if found:
        if len(found) > 1:
            warn("several_addresses", "")
        link = share_link(found[0])
        if link is not None and link.direct:
            warn("share_link", f"{shown(found[0])} is a link of {link.drive}; {link.direct} is sent")
        try:
            return Settled(prop.name, coerce(prop, link.direct if link and link.direct else found[0]))
        except ValueError:
            raise Refused("bad_address", f"{shown(found[0])} is not an address", seen=text) from None
    twin = _twin(target)
    plain = text.strip()
    if twin and is_typed(plain):
        return _sent_along(twin, pictures.typed(plain, _wanted(target)))
    if _SCHEME.match(plain):
        raise Refused("bad_address", f"{shown(plain)} is not an http or https address", seen=text)
    if twin is None:
        raise Refused(
            "bad_address",
            f"{shown(plain)} is not an http or https address, and {prop.name} takes no file",
            seen=text,
        )
    return _sent_along(twin, pictures.named(plain, _wanted(target)))


def _in_cell(target: Target, text: str, pictures: Pictures) -> Settled:
    picture = read_reference(text)
    if picture is None:
        raise Refused("picture_in_text", f"{shown(text)}: an expression cannot work on a picture", seen=text)
    twin = _twin(target)
    if twin is None:
        raise Refused("picture_in_text", f"{picture} is no value for {target.prop.name}", seen=text)
    return _sent_along(twin, pictures.in_cell(picture, _wanted(target)))


def _twin(target: Target) -> Property | None:
    """The property that takes the file itself where this one takes its address."""
    if target.prop.kind is Kind.BASE64:
        return target.prop
    return PROPERTIES[target.layer_type].get(ENCODED_TWIN.get(target.prop.name, ""))


def _wanted(target: Target) -> Wanted:
    if target.prop.name in ("audio_url", "audio_encoded"):
        return SOUND
    return PRINT_PICTURE if target.is_print else SCREEN_PICTURE


def _sent_along(twin: Property, picture: LocalPicture) -> Settled:
    return Settled(twin.name, PICTURE_PREFIX + picture.digest, picture)


def _object(prop: Property, text: str) -> Any:
    """A cell for an object property: a list of names, or JSON."""
    if prop.name in LISTS and not text.lstrip().startswith("["):
        return [part.strip() for part in re.split(r"[,;|]", text) if part.strip()]
    try:
        value = json.loads(text) if len(text) <= _MAX_OBJECT_CHARACTERS else None
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, list if prop.name in LISTS else dict):
        example = ", ".join(OBJECT_PARTS.get(prop.name, {}))
        raise Refused("bad_value", f"{shown(text)} is not an object{f' of {example}' if example else ''}", seen=text)
    check_object(prop.name, value)
    return value


def check_object(name: str, value: Any) -> None:
    """The parts of an object property that came as JSON. Raises Refused."""
    parts = OBJECT_PARTS.get(name)
    if parts is None or not isinstance(value, dict):
        return
    for key, item in value.items():
        if key not in parts:
            raise Refused("bad_value", f"{name} has no part {shown(key)}", hint=suggest(str(key), list(parts), "parts"))
        if isinstance(item, (dict, list)):
            check_object(key, item)
        else:
            _coerce(parts[key], json.dumps(item) if not isinstance(item, str) else item)


def _check_print_paint(target: Target, value: str) -> None:
    paint = parse_paint(value)
    if isinstance(paint, Color):
        return
    if target.prop.name != "background_color" or target.layer_type not in ("shape", "button"):
        raise Refused(
            "bad_value", "print designs take a gradient only as the background of a shape or button", seen=value
        )
    if any(stop.color.alpha < 1 for stop in paint.stops):
        raise Refused("bad_value", "print designs take only opaque gradient stops", seen=value)
