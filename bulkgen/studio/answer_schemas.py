"""The answers of the studio as JSON Schema, by name; fields that are always there are required. Pure.

Open on purpose: a client must take fields that it does not know.
"""

from __future__ import annotations

from collections.abc import Mapping

from bulkgen.studio.records import EVENTS
from bulkgen.studio.schemas import UUID, Schema, object_schema
from bulkgen.wire.design import DESIGN_TYPES

_TEXT: Schema = {"type": "string"}
_TEXT_OR_NULL: Schema = {"type": ["string", "null"]}
_TIME: Schema = {"type": "integer", "description": "Unix seconds"}
_TIME_OR_NULL: Schema = {"type": ["integer", "null"], "description": "Unix seconds"}
_COUNT_OR_NULL: Schema = {"type": ["integer", "null"], "description": "null: unlimited"}
_VERSION: Schema = {"type": "string", "pattern": r"^v\d{4}-\d{2}-\d{2}$"}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _list_of(name: str) -> Schema:
    return {"type": "array", "items": _ref(name)}


def _stamped(properties: Mapping[str, Schema], required: tuple[str, ...]) -> Schema:
    return object_schema({**properties, "version": _VERSION}, (*required, "version"))


_DESIGN: Mapping[str, Schema] = {
    "id": UUID,
    "name": _TEXT,
    "type": {"type": "string", "enum": list(DESIGN_TYPES)},
    "created_at": _TIME,
    "updated_at": _TIME,
    "project_id": _TEXT_OR_NULL,
    "project_name": _TEXT_OR_NULL,
    "category_id": _TEXT_OR_NULL | {"deprecated": True},
    "category_name": _TEXT_OR_NULL | {"deprecated": True},
    "preview_url": _TEXT,
}
_DESIGN_FIELDS = ("id", "name", "type", "created_at", "updated_at", "project_id", "project_name")
_FORMAT: Mapping[str, Schema] = {
    "id": _TEXT,
    "uid": _TEXT,
    "width": {"type": "number"},
    "height": {"type": "number"},
    "unit": {"type": "string", "enum": ["px", "mm", "in"]},
}
_CREDITS = object_schema(
    {
        "available": _COUNT_OR_NULL,
        "limit": _COUNT_OR_NULL,
        "consumed": {"type": "integer"},
        "extra": {"type": "integer"},
    },
    ("available", "limit", "consumed", "extra"),
)
_FILE = object_schema(
    {"type": _TEXT, "url": _TEXT, "cdn_url": _TEXT, "filename": _TEXT, "fallback_image_url": _TEXT}, ("type", "url")
)
_PROJECT: Mapping[str, Schema] = {"id": UUID, "name": _TEXT, "created_at_ts": _TIME}

ANSWERS: Mapping[str, Schema] = {
    "Error": _stamped(
        {
            "id": _TEXT,
            "message": _TEXT,
            "errors": {
                "type": "array",
                "minItems": 1,
                "items": object_schema(
                    {"path": _TEXT, "code": _TEXT, "message": _TEXT, "expected": {}, "received": {}},
                    ("code", "message"),
                ),
            },
        },
        ("id", "message"),
    ),
    "Ready": _stamped({"status": _TEXT}, ("status",)),
    "Auth": _stamped({"company": _TEXT}, ("company",)),
    "Credits": _stamped({"generation_credits": _CREDITS, "ai_credits": _CREDITS}, ("generation_credits", "ai_credits")),
    "Design": object_schema(_DESIGN, _DESIGN_FIELDS),
    "DesignList": _list_of("Design"),
    "DesignDetail": _stamped(
        {
            **_DESIGN,
            "template_id": UUID,
            "formats": {"type": "array", "items": object_schema(_FORMAT, tuple(_FORMAT))},
            "elements": {"type": "array", "items": {"type": "object"}},
            "variables": {"type": "object"},
            "pages": {"type": "array", "items": {"type": "object"}},
            "elements_per_page": {"type": "object"},
        },
        (*_DESIGN_FIELDS, "template_id"),
    ),
    "FormatDetail": _stamped(
        {**_FORMAT, "design": {"type": "object"}, "elements": {"type": "array", "items": {"type": "object"}}},
        (*_FORMAT, "design", "elements"),
    ),
    "DesignName": _stamped({"id": UUID, "name": _TEXT}, ("id", "name")),
    "Accepted": _stamped({"generation_request_id": UUID}, ("generation_request_id",)),
    "GenerationRequest": _stamped(
        {
            "id": UUID,
            "is_finalized": {"type": "boolean"},
            "banners": _list_of("Banner"),
            "errors": {
                "type": "array",
                "items": object_schema(
                    {"template_format_name": _TEXT, "reason": _TEXT}, ("template_format_name", "reason")
                ),
            },
        },
        ("id", "is_finalized", "banners", "errors"),
    ),
    "Banner": object_schema(
        {
            "id": UUID,
            "version": {"type": "integer", "minimum": 1, "description": "of the file, not of the API"},
            "sharing_id": UUID,
            "file": _FILE,
            "format": {"type": "object"},
            "template": {"type": "object"},
            "project": {"type": "object"},
            "duration": {"type": "number", "description": "of a film, in seconds; ours"},
            "warnings": {
                "type": "array",
                "items": _TEXT,
                "description": "what was left undone, or done otherwise; ours",
            },
        },
        ("id", "version", "sharing_id", "file"),
    ),
    "Exported": _stamped({"export_id": UUID}, ("export_id",)),
    "Font": object_schema(
        {
            "id": _TEXT,
            "name": _TEXT,
            "available_weights": {"type": "array", "items": {"type": ["integer", "string"]}},
            "type": {"type": "string", "enum": ["google", "custom"]},
            "category": _TEXT_OR_NULL,
        },
        ("id", "name", "available_weights", "type"),
    ),
    "FontList": _list_of("Font"),
    "ListedProject": object_schema({**_PROJECT, "category_name": _TEXT}, tuple(_PROJECT)),
    "ProjectList": _list_of("ListedProject"),
    "Project": _stamped(_PROJECT, tuple(_PROJECT)),
    "SigningSecret": _stamped(
        {
            "secret": {"type": "string", "pattern": "^whsec_[0-9a-f]{64}$"},
            "created_at_ts": _TIME,
            "rotated_at_ts": _TIME_OR_NULL,
            "previous_secret_expires_at_ts": _TIME_OR_NULL,
        },
        ("secret", "created_at_ts", "rotated_at_ts", "previous_secret_expires_at_ts"),
    ),
    "Subscription": _stamped(
        {"id": UUID, "hook_url": _TEXT, "type": {"type": "string", "enum": list(EVENTS)}, "created_at_ts": _TIME},
        ("id", "hook_url", "type"),
    ),
}
