"""A generate call's JSON and its design -> what will be kept of it, or every problem at once. Pure.

    body, design -> Checked(request JSON, pictures by content)

Pictures sent as base64 leave the request here and are named by their content (`sha256:…`), so that the line of
waiting requests stays small. Unknown layers, properties and fields are passed over, as the API does.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bulkgen.wire.colors import Color, parse_paint
from bulkgen.wire.design import FILE_TYPES, ROOT, VARS, Design, Element
from bulkgen.wire.output_options import EVERY_FILE_TYPE, FILE_COMPRESSION_LEVEL, GROUPS, MAX_KB_OPTION
from bulkgen.wire.overrides import MAIN_PROPERTY, PROPERTIES, Kind, Property
from bulkgen.wire.parts import check_parts
from bulkgen.wire.values import Violation, check, check_overrides, is_url

REFERENCE = "sha256:"


@dataclass(frozen=True, slots=True)
class Checked:
    """`request` holds no callback and no base64; `pictures` are bytes by the hash that stands for them."""

    request: Mapping[str, Any]
    callback_url: str | None
    pictures: Mapping[str, bytes]
    violations: tuple[Violation, ...]
    unknown_formats: tuple[str, ...]


@dataclass(slots=True)
class _Findings:
    has_picture: Callable[[str], bool]
    max_picture_bytes: int
    is_print: bool = False
    violations: list[Violation] = field(default_factory=list)
    pictures: dict[str, bytes] = field(default_factory=dict)


def check_request(body: Any, design: Design, *, has_picture: Callable[[str], bool], max_picture_bytes: int) -> Checked:
    """`has_picture(hash)` says whether a picture sent before is still here."""
    if not isinstance(body, Mapping):
        wrong = Violation("body", "wrong_type", "the request is not an object", "object")
        return Checked({}, None, {}, (wrong,), ())
    given = {name: value for name, value in body.items() if value is not None}
    found = _Findings(has_picture, max_picture_bytes, design.type.startswith("printer"))
    formats = _format_names(given, found)
    request: dict[str, Any] = {}
    if design.is_multipage:
        request["pages"] = _check_pages(given.get("pages", {}), design, found)
    else:
        request["elements"] = _check_elements(given.get("elements", {}), design, None, "elements", found)
    if formats:
        request["template_format_names"] = list(formats)
    _check_file_type(given, design, request, found)
    _check_field(given, FILE_COMPRESSION_LEVEL, request, found)
    _check_field(given, MAX_KB_OPTION, request, found)
    _check_field(given, Property("original_visual_id", Kind.UUID), request, found)
    for name in GROUPS:
        _check_options(given, name, request, found)
    callback_url = given.get("callback_url")
    if callback_url is not None and not (isinstance(callback_url, str) and is_url(callback_url)):
        text = "the address to call back is not an http(s) address"
        found.violations.append(Violation("callback_url", "invalid_payload", text, None, callback_url))
        callback_url = None
    unknown = tuple(name for name in formats if design.is_multipage or design.format(name) is None)
    return Checked(request, callback_url, found.pictures, tuple(found.violations), unknown)


def missing_mandatory(design: Design, elements: Mapping[str, Any], format_id: str) -> str | None:
    """Why a format cannot be made: a mandatory layer that is absent, or as the design has it (reference 6.4)."""
    for element in design.elements:
        if format_id not in element.mandatory:
            continue
        given = elements.get(element.name)
        if not isinstance(given, Mapping) or not given:
            return f"{element.name}: this layer is mandatory and was not given"
        main = MAIN_PROPERTY.get(element.type, "")
        if main in given and given[main] == element.value(main, format_id):
            return f"{element.name}: this layer is mandatory and has the design's own value"
    return None


def _format_names(given: Mapping[str, Any], found: _Findings) -> tuple[str, ...]:
    names = given.get("template_format_names", [])
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        text = "the formats are not a list of names"
        found.violations.append(Violation("template_format_names", "wrong_type", text, "array", names))
        return ()
    return tuple(dict.fromkeys(names))


def _check_pages(pages: Any, design: Design, found: _Findings) -> dict[str, Any]:
    if not isinstance(pages, Mapping):
        found.violations.append(Violation("pages", "wrong_type", "pages is not an object", "object", pages))
        return {}
    known = {page.id for page in design.formats}
    return {
        page: _check_elements(elements, design, page, f"pages.{page}", found)
        for page, elements in pages.items()
        if page in known
    }


def _check_elements(elements: Any, design: Design, page: str | None, path: str, found: _Findings) -> dict[str, Any]:
    if not isinstance(elements, Mapping):
        found.violations.append(Violation(path, "wrong_type", f"{path} is not an object", "object", elements))
        return {}
    kept: dict[str, Any] = {}
    for name, overrides in elements.items():
        where = f"{path}.{name}"
        if name == VARS:
            kept[name] = _check_variables(overrides, where, found)
            continue
        element = _element(design, name, page)
        kind = element.type if element else "container" if name == ROOT else None
        if kind is None:
            continue
        if isinstance(overrides, str) and kind in MAIN_PROPERTY:
            # The API tolerates a bare value and does not say what it does; to set what the layer is there for is
            # the least surprising (reference 2.6, open 5).
            overrides = {MAIN_PROPERTY[kind]: overrides}
        if not isinstance(overrides, Mapping):
            found.violations.append(Violation(where, "wrong_type", f"{where} is not an object", "object", overrides))
            continue
        kept[name] = _check_layer(overrides, kind, where, found)
    return kept


def _element(design: Design, name: str, page: str | None) -> Element | None:
    for element in design.elements:
        if element.name == name and (page is None or page in element.layout):
            return element
    return None


def _check_layer(overrides: Mapping[str, Any], kind: str, path: str, found: _Findings) -> dict[str, Any]:
    table = PROPERTIES.get(kind, {})
    known = {name: value for name, value in overrides.items() if name in table}
    encoded = {name: value for name, value in known.items() if table[name].kind is Kind.BASE64}
    rest = {name: value for name, value in known.items() if name not in encoded}
    found.violations.extend(check_overrides(rest, kind, path))
    for name, value in rest.items():
        if table[name].kind is Kind.OBJECT and isinstance(value, (Mapping, list)):
            found.violations.extend(check_parts(name, value, f"{path}.{name}"))
        if found.is_print and table[name].kind is Kind.PAINT and (problem := _print_paint(kind, name, value)):
            found.violations.append(Violation(f"{path}.{name}", "invalid_payload", problem, None, value))
    for name, value in encoded.items():
        reference = _take_picture(value, table[name], f"{path}.{name}", found)
        if reference:
            rest[name] = reference
    return rest


def _print_paint(kind: str, name: str, value: Any) -> str | None:
    """Ink has no gradients but where the API flattens them: grounds of shapes and buttons, opaque (reference 7.8)."""
    try:
        paint = parse_paint(value)
    except (TypeError, ValueError, AttributeError):
        return None  # told already, as what it is
    if isinstance(paint, Color):
        return None
    if name != "background_color" or kind not in ("shape", "button"):
        return "a printed design takes a gradient as the ground of a shape or a button only"
    if any(stop.color.alpha < 1 for stop in paint.stops):
        return "a gradient of a printed design has opaque stops only"
    return None


def _take_picture(value: Any, prop: Property, path: str, found: _Findings) -> str | None:
    if isinstance(value, str) and value.startswith(REFERENCE):
        if found.has_picture(value.removeprefix(REFERENCE)):
            return value
        text = "no picture of this content was sent before"
        found.violations.append(Violation(path, "invalid_payload", text, None, value[:80]))
        return None
    violation = check(prop, value, path)
    if violation:
        found.violations.append(violation)
        return None
    try:
        picture = base64.b64decode("".join(value.partition(";base64,")[2].split() or value.split()), validate=True)
    except (binascii.Error, ValueError):
        found.violations.append(Violation(path, "invalid_payload", "this is not base64", None, value[:40]))
        return None
    if not 0 < len(picture) <= found.max_picture_bytes:
        limit = math.floor(found.max_picture_bytes / (1024 * 1024))
        text = f"the picture has {len(picture):,} bytes, at most {limit} MB fit" if picture else "the picture is empty"
        expected = {"min": 1, "max": found.max_picture_bytes}
        found.violations.append(Violation(path, "out_of_range", text, expected, len(picture)))
        return None
    digest = hashlib.sha256(picture).hexdigest()
    found.pictures[digest] = picture
    return REFERENCE + digest


def _check_variables(value: Any, path: str, found: _Findings) -> dict[str, str]:
    if not isinstance(value, Mapping):
        found.violations.append(Violation(path, "wrong_type", f"{path} is not an object", "object", value))
        return {}
    for name, text in value.items():
        if not isinstance(text, str):
            where = f"{path}.{name}"
            found.violations.append(Violation(where, "wrong_type", "a variable is a text", "string", text))
    return {name: text for name, text in value.items() if isinstance(text, str)}


def _check_file_type(given: Mapping[str, Any], design: Design, request: dict[str, Any], found: _Findings) -> None:
    file_type = given.get("image_file_type", "auto")
    prop = Property("image_file_type", Kind.CHOICE, choices=EVERY_FILE_TYPE)
    violation = check(prop, file_type)
    allowed = FILE_TYPES[design.type]
    if violation is None and file_type not in (*allowed, "auto"):
        text = f"designs of type {design.type} make {', '.join(allowed)}, not {file_type}"
        violation = Violation("image_file_type", "invalid_filetype", text, [*allowed, "auto"], file_type)
    if violation:
        found.violations.append(violation)
    elif file_type != "auto":
        request["image_file_type"] = file_type


def _check_field(given: Mapping[str, Any], prop: Property, request: dict[str, Any], found: _Findings) -> None:
    if prop.name not in given:
        return
    violation = check(prop, given[prop.name])
    if violation:
        found.violations.append(violation)
    else:
        request[prop.name] = given[prop.name]


def _check_options(given: Mapping[str, Any], name: str, request: dict[str, Any], found: _Findings) -> None:
    """`null` counts as absent."""
    options = given.get(name)
    if options is None:
        return
    if not isinstance(options, Mapping):
        found.violations.append(Violation(name, "wrong_type", f"{name} is not an object", "object", options))
        return
    kept: dict[str, Any] = {}
    for prop in GROUPS[name].values():
        value = options.get(prop.name)
        if value is None:
            continue
        violation = check(prop, value, f"{name}.{prop.name}")
        if violation:
            found.violations.append(violation)
        kept[prop.name] = value
    if kept:
        request[name] = kept
