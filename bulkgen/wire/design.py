"""A design as both sides see it: the body of `GET /designs/{id}?i=advanced` (reference 6), normalised.

The API has three projections of the same thing (6.3): an array of attributes with a value per format, an array
with one value, and an object keyed by attribute. `parse_design` reads any of them, and the shorthand of an authored
`design.json`, where one `value` or one `layout` box stands for all formats. `Design` is the one model behind.

Left out: making the API's own projections from it (`design_reads`), and what the attributes mean (`overrides` for
the API's, `docs/designs.md` for a renderer's extras).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bulkgen.wire.animation import (
    Animation,
    AnimationError,
    Timing,
    animation_body,
    parse_animation,
    parse_timings,
    timings_body,
)
from bulkgen.wire.prices import credits_of

# The seed's names for the print kinds are accepted beside the API's own (reference 11).
TYPE_ALIASES = {"print": "printer", "print_multipage": "printer_multipage"}
DESIGN_TYPES = ("static", "animated", "printer", "printer_multipage")

ROOT = "root"
VARS = "vars"

# File types a design type can be rendered to; the first is the default (reference 8.1).
FILE_TYPES: Mapping[str, tuple[str, ...]] = {
    "static": ("jpeg", "png", "webp", "avif", "pdf"),
    "animated": ("mp4", "gif", "html5"),
    "printer": ("pdf",),
    "printer_multipage": ("pdf",),
}

# Above any place of a banner and any time in ms.
_NUMBER_MAX = 1e15

_PLACEHOLDER = re.compile(r"\{([A-Za-z_][\w-]*)\}")


@dataclass(frozen=True, slots=True)
class Box:
    """A layer's box in the format's unit, origin top left."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Format:
    """One size of a design, or one page of a multi-page design. `id` is its name."""

    id: str
    uid: str
    width: float
    height: float
    unit: str = "px"
    preview_url: str = ""
    dpi: int | None = None
    bleed_size: float = 0
    safe_size: float = 0


@dataclass(frozen=True, slots=True)
class Element:
    """One layer. `values[attribute][format]` and `layout[format]`; an absent format inherits nothing."""

    name: str
    type: str
    values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    layout: Mapping[str, Box] = field(default_factory=dict)
    mandatory: frozenset[str] = frozenset()  # formats in which the layer must be given (reference 6.4)
    layer_ids: tuple[str, ...] = ()
    # Of a group, by format and as it was read (reference 6.5): how it sets its members in a row, what it cuts them to.
    arrangement: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    mask: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    # By format, of a layer that moves or is not always there (reference 6.6).
    timing: Mapping[str, Timing] = field(default_factory=dict)

    def value(self, attribute: str, format_id: str, default: Any = None) -> Any:
        return self.values.get(attribute, {}).get(format_id, default)

    def attributes(self, format_id: str) -> dict[str, Any]:
        """All attributes that have a value in `format_id`."""
        return {name: by[format_id] for name, by in self.values.items() if format_id in by}


@dataclass(frozen=True, slots=True)
class Design:
    """A design, whatever it was read from. Elements are in stacking order, bottom first."""

    id: str
    name: str
    type: str
    formats: tuple[Format, ...]
    elements: tuple[Element, ...]
    variables: tuple[str, ...] = ()
    created_at: int = 0
    updated_at: int = 0
    project_id: str | None = None
    project_name: str | None = None
    animation: Animation | None = None

    @property
    def credits_each(self) -> int | None:
        """What one output of it costs (reference 4.5); None for a film that does not say how long it is."""
        if self.type == "animated" and self.animation is None:
            return None
        seconds = self.animation.duration if self.animation else 0.0
        return credits_of(self.type, seconds=seconds, pages=len(self.formats))

    @property
    def is_multipage(self) -> bool:
        return self.type == "printer_multipage"

    def format(self, specifier: str) -> Format | None:
        """By name, else by uid."""
        for candidate in self.formats:
            if specifier in (candidate.id, candidate.uid):
                return candidate
        return None

    def element(self, name: str) -> Element | None:
        for candidate in self.elements:
            if candidate.name == name:
                return candidate
        return None

    def layers(self) -> Iterator[Element]:
        """The elements a person may override: all but the root container and code."""
        return (element for element in self.elements if element.type not in ("container", "code"))

    def revision(self) -> str:
        """Hash of what decides the pixels: no name, project, preview or time in it."""
        body: dict[str, Any] = {
            "type": self.type,
            "formats": [[f.id, f.width, f.height, f.unit, f.dpi, f.bleed_size, f.safe_size] for f in self.formats],
            "elements": [
                [
                    element.name,
                    element.type,
                    {name: dict(by) for name, by in element.values.items()},
                    {name: [box.x, box.y, box.width, box.height] for name, box in element.layout.items()},
                    sorted(element.mandatory),
                    list(element.layer_ids),
                    *_group_rules(element),
                ]
                for element in self.elements
            ],
        }
        if self.animation is not None:
            body["animation"] = animation_body(self.animation)
        text = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def _group_rules(element: Element) -> list[Any]:
    """Only where there are any, so that a design without them keeps the revision it had."""
    rules = {"group": dict(element.arrangement), "mask": dict(element.mask)}
    moves = [timings_body(element.timing)] if element.timing else []
    return ([rules] if element.arrangement or element.mask else []) + moves


class DesignShapeError(ValueError):
    """A design body that lacks what we act on; `path` says where."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path}: {message}")
        self.path = path
        self.message = message


def parse_design(body: Mapping[str, Any]) -> Design:
    """A design read, or an authored design.json -> Design. Raises DesignShapeError with the path."""
    kind = TYPE_ALIASES.get(str(_need(body, "type", "")), str(body["type"]))
    pages = kind == "printer_multipage"
    outline = _need(body, "pages" if pages else "formats", "")
    if not isinstance(outline, list) or not outline:
        raise DesignShapeError("pages" if pages else "formats", "must be a list with at least one entry")
    formats = tuple(
        _parse_format(item, f"{'pages' if pages else 'formats'}[{index}]", body) for index, item in enumerate(outline)
    )
    ids = [item.id for item in formats]
    if len(set(ids)) != len(ids):
        raise DesignShapeError("formats", "two formats have the same name")
    elements = _parse_pages(body, ids) if pages else _parse_elements(body, ids)
    found = _variables(elements)
    declared = body.get("variables")
    names = tuple(declared) if isinstance(declared, Mapping) else found
    try:
        animation = parse_animation(body.get("animation")) if kind == "animated" else None
    except AnimationError as error:
        raise DesignShapeError(error.path, error.message) from None
    return Design(
        id=str(_need(body, "id", "")),
        name=str(body.get("name") or body["id"]),
        type=kind,
        formats=formats,
        elements=elements,
        variables=names,
        created_at=_time(body, "created_at"),
        updated_at=_time(body, "updated_at"),
        project_id=body.get("project_id"),
        project_name=body.get("project_name"),
        animation=animation,
    )


def _need(body: Mapping[str, Any], key: str, path: str) -> Any:
    if not isinstance(body, Mapping):
        raise DesignShapeError(path or "body", "must be an object")
    if key not in body:
        raise DesignShapeError(f"{path}.{key}" if path else key, "is missing")
    return body[key]


def _object(value: Any, path: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise DesignShapeError(path, "must be an object")
    return value


def _list(value: Any, path: str) -> list[Any]:
    if not isinstance(value, list):
        raise DesignShapeError(path, "must be a list")
    return value


def _number(value: Any, path: str) -> float:
    """Whole, or not. The bound is what is drawn at all; `nan` is in none."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) <= _NUMBER_MAX:
        raise DesignShapeError(path, "must be a number")
    return value


def _time(body: Mapping[str, Any], key: str) -> int:
    return int(_number(body.get(key) or 0, key))


def _parse_format(item: Any, path: str, body: Mapping[str, Any]) -> Format:
    width, height = _need(item, "width", path), _need(item, "height", path)
    for name, size in (("width", width), ("height", height)):
        if isinstance(size, bool) or not isinstance(size, (int, float)) or not 1 <= size <= 20_000:
            raise DesignShapeError(f"{path}.{name}", "must be a number from 1 to 20000")
    dpi, bleed_size, safe_size = (
        _number(item.get(key, body.get(key)) or 0, f"{path}.{key}") for key in ("dpi", "bleed_size", "safe_size")
    )
    return Format(
        id=str(_need(item, "id", path)),
        uid=str(item.get("uid") or item.get("uuid") or ""),
        width=width,
        height=height,
        unit=str(item.get("unit") or body.get("unit") or "px"),
        preview_url=str(item.get("preview_url") or ""),
        dpi=int(dpi) if dpi else None,
        bleed_size=float(bleed_size),
        safe_size=float(safe_size),
    )


def _parse_elements(body: Mapping[str, Any], formats: list[str]) -> tuple[Element, ...]:
    entries = _list(_need(body, "elements", ""), "elements")
    elements = tuple(_parse_element(entry, f"elements[{i}]", formats) for i, entry in enumerate(entries))
    for name, count in Counter(element.name for element in elements).items():
        if count > 1:
            raise DesignShapeError("elements", f"two layers are called {name!r}")
    return elements


def _parse_pages(body: Mapping[str, Any], pages: list[str]) -> tuple[Element, ...]:
    per_page = _object(_need(body, "elements_per_page", ""), "elements_per_page")
    elements: list[Element] = []
    for page in pages:
        path = f"elements_per_page.{page}"
        for index, entry in enumerate(_list(per_page.get(page) or [], path)):
            elements.append(_parse_element(entry, f"{path}[{index}]", [page]))
    return tuple(elements)


def _parse_element(entry: Any, path: str, formats: list[str]) -> Element:
    name, kind = str(_need(entry, "name", path)), str(_need(entry, "type", path))
    attributes = entry.get("attributes") or []
    if isinstance(attributes, Mapping):
        attributes = [
            {"id": key} | dict(_object(value, f"{path}.attributes.{key}")) for key, value in attributes.items()
        ]
    values: dict[str, Mapping[str, Any]] = {}
    for index, attribute in enumerate(_list(attributes, f"{path}.attributes")):
        where = f"{path}.attributes[{index}]"
        attribute = _object(attribute, where)
        values[str(_need(attribute, "id", where))] = _per_format(attribute, formats, where)
    settings = _object(entry.get("settings") or {}, f"{path}.settings")
    is_mandatory = settings.get("is_mandatory", entry.get("mandatory", False))
    if isinstance(is_mandatory, Mapping):
        mandatory = frozenset(key for key, flag in is_mandatory.items() if flag)
    else:
        mandatory = frozenset(formats) if is_mandatory else frozenset()
    try:
        timing = parse_timings(entry.get("animation"), formats, f"{path}.animation")
    except AnimationError as error:
        raise DesignShapeError(error.path, error.message) from None
    return Element(
        name=name,
        type=kind,
        values=values,
        layout=_layout(entry.get("layout"), formats, f"{path}.layout"),
        mandatory=mandatory,
        layer_ids=tuple(str(name) for name in _list(entry.get("layer_ids") or [], f"{path}.layer_ids")),
        arrangement=_rules(entry.get("group"), "auto_layout", formats, f"{path}.group"),
        mask=_rules(entry.get("mask"), "shape", formats, f"{path}.mask"),
        timing=timing,
    )


def _rules(rules: Any, key: str, formats: list[str], path: str) -> dict[str, Mapping[str, Any]]:
    """One object for all formats, which has `key`, or an object for each."""
    if rules is None:
        return {}
    if not isinstance(rules, Mapping):
        raise DesignShapeError(path, "must be an object")
    if key in rules:
        return dict.fromkeys(formats, rules)
    unknown = set(rules) - set(formats)
    if unknown:
        raise DesignShapeError(path, f"has no {key} and names no format of the design: {', '.join(sorted(unknown))}")
    for name, value in rules.items():
        if value is not None and not isinstance(value, Mapping):
            raise DesignShapeError(f"{path}.{name}", "must be an object")
    return {name: value for name, value in rules.items() if value is not None}


def _per_format(attribute: Mapping[str, Any], formats: list[str], path: str) -> dict[str, Any]:
    """`value` for every format, overlaid by `values` per format."""
    by_format = dict.fromkeys(formats, attribute["value"]) if "value" in attribute else {}
    values = attribute.get("values") or {}
    if not isinstance(values, Mapping):
        raise DesignShapeError(f"{path}.values", "must be an object of format name to value")
    unknown = set(values) - set(formats)
    if unknown:
        raise DesignShapeError(f"{path}.values", f"names no format of the design: {', '.join(sorted(unknown))}")
    return by_format | dict(values)


def _layout(layout: Any, formats: list[str], path: str) -> dict[str, Box]:
    if layout is None:
        return {}
    if not isinstance(layout, Mapping):
        raise DesignShapeError(path, "must be an object")
    if "width" in layout:
        return dict.fromkeys(formats, _box(layout, path))
    unknown = set(layout) - set(formats)
    if unknown:
        raise DesignShapeError(path, f"names no format of the design: {', '.join(sorted(unknown))}")
    return {key: _box(box, f"{path}.{key}") for key, box in layout.items()}


def _box(box: Any, path: str) -> Box:
    return Box(*(_number(_need(box, key, path), f"{path}.{key}") for key in ("x", "y", "width", "height")))


def _variables(elements: tuple[Element, ...]) -> tuple[str, ...]:
    """The `{name}` placeholders in text payloads, in order of appearance (reference 7.9)."""
    names: dict[str, None] = {}
    for element in elements:
        if element.type == "text":
            for payload in element.values.get("payload", {}).values():
                names.update(dict.fromkeys(_PLACEHOLDER.findall(str(payload))))
    return tuple(names)
