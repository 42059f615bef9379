"""The reads of a design as the API answers them (reference 2.2, 6.3): the list's entry, all of it, one format of it.

    Design -> JSON

Left out: reading such a body (`design`).
"""

from __future__ import annotations

from typing import Any

from bulkgen.wire.animation import animation_body, timing_body, timings_body
from bulkgen.wire.design import Box, Design, Element, Format


def summary_body(design: Design, preview_url: str | None = None) -> dict[str, Any]:
    """An entry of `GET /designs` (reference 2.2)."""
    body: dict[str, Any] = {
        "id": design.id,
        "name": design.name,
        "type": design.type,
        "created_at": design.created_at,
        "updated_at": design.updated_at,
        "project_id": design.project_id,
        "project_name": design.project_name,
        "category_id": design.project_id,
        "category_name": design.project_name,
    }
    if preview_url:
        body["preview_url"] = preview_url
    return body


def read_body(design: Design, *, advanced: bool = True) -> dict[str, Any]:
    """`GET /designs/{id}` (reference 6.3); the default view has only the main properties."""
    body = summary_body(design) | {"template_id": design.id}
    if design.is_multipage:
        first = design.formats[0]
        return body | {
            "dpi": first.dpi or 300,
            "bleed_size": first.bleed_size,
            "safe_size": first.safe_size,
            "pages": [_outline(page, design) for page in design.formats],
            "elements_per_page": {
                page.id: [
                    _element_of_format(element, page.id, keyed=True)
                    for element in design.elements
                    if page.id in element.layout and (advanced or element.type != "group")
                ]
                for page in design.formats
            },
        }
    if design.animation is not None:
        body["animation"] = animation_body(design.animation)
    return body | {
        "formats": [_outline(item, design) for item in design.formats],
        "elements": [
            _element_of_design(element, advanced=advanced)
            for element in design.elements
            if advanced or element.type != "group"
        ],
        "variables": {name: f"{{{name}}}" for name in design.variables},
    }


def format_body(design: Design, item: Format) -> dict[str, Any]:
    """`GET /designs/{id}/formats/{f}` (reference 6.3): one value an attribute, `is_mandatory` told."""
    return _outline(item, design) | {
        "design": {
            "id": design.id,
            "name": design.name,
            "created_at": design.created_at,
            "updated_at": design.updated_at,
            "type": design.type,
            "category_name": design.project_name,
        },
        "elements": [
            _element_of_format(element, item.id, keyed=False)
            for element in design.elements
            if item.id in element.layout
        ],
        "variables": {name: f"{{{name}}}" for name in design.variables},
        **({"animation": animation_body(design.animation)} if design.animation is not None else {}),
    }


def _outline(item: Format, design: Design) -> dict[str, Any]:
    body: dict[str, Any] = {"id": item.id, "width": item.width, "height": item.height, "unit": item.unit}
    if not design.is_multipage:
        body["uid"] = item.uid
    if item.preview_url:
        body["preview_url"] = item.preview_url
    if design.type == "printer":
        body |= {"dpi": item.dpi or 300, "bleed_size": item.bleed_size, "safe_size": item.safe_size}
    return body


def _box_body(box: Box) -> dict[str, float]:
    return {"x": box.x, "y": box.y, "width": box.width, "height": box.height}


# The released, smaller property set of the default view (reference 6.3: samples).
_DEFAULT_VIEW = frozenset(
    ("payload", "color", "background_color", "image_url", "rating_score", "video_url", "audio_url")
)


def _element_of_design(element: Element, *, advanced: bool) -> dict[str, Any]:
    body: dict[str, Any] = {
        "name": element.name,
        "type": element.type,
        "layout": {key: _box_body(box) for key, box in element.layout.items()},
    }
    if element.timing:
        body["animation"] = timings_body(element.timing)
    if element.type == "group":
        body["layer_ids"] = list(element.layer_ids)
        rules = (("group", element.arrangement), ("mask", element.mask))
        return body | {name: {key: dict(value) for key, value in by.items()} for name, by in rules if by}
    body["attributes"] = [
        {"id": name, "values": dict(by)} for name, by in element.values.items() if advanced or name in _DEFAULT_VIEW
    ]
    return body


def _element_of_format(element: Element, format_id: str, *, keyed: bool) -> dict[str, Any]:
    body: dict[str, Any] = {
        "name": element.name,
        "type": element.type,
        "settings": {"is_mandatory": format_id in element.mandatory},
        "layout": _box_body(element.layout[format_id]),
    }
    if format_id in element.timing:
        body["animation"] = timing_body(element.timing[format_id])
    if element.type == "group":
        body["layer_ids"] = list(element.layer_ids)
        rules = (("group", element.arrangement), ("mask", element.mask))
        return body | {name: dict(by[format_id]) for name, by in rules if format_id in by}
    entries = [{"id": name, "value": value} for name, value in element.attributes(format_id).items()]
    body["attributes"] = {entry["id"]: entry for entry in entries} if keyed else entries
    return body
