"""The description of the API at `GET /openapi.json`, made from the tables that the studio works by. Pure.

    routes, override properties, options, error ids -> OpenAPI 3.1

Every status that an operation can answer with is listed, and none is a `default`. Examples are of what is there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bulkgen.studio.answer_schemas import ANSWERS
from bulkgen.studio.records import EVENTS
from bulkgen.studio.schemas import ADDRESS, UUID, Schema, layer_schemas, object_schema, options_schema, property_schema
from bulkgen.wire import routes
from bulkgen.wire.design import DESIGN_TYPES, FILE_TYPES, Design
from bulkgen.wire.envelope import API_VERSION
from bulkgen.wire.messages import MAX_KB
from bulkgen.wire.output_options import EVERY_FILE_TYPE, FILE_COMPRESSION_LEVEL, GROUPS, MAX_KB_OPTION
from bulkgen.wire.routes import Route

_LIMITED = (401, 406, 421, 429, 500)
_REFUSALS: Mapping[int, str] = {
    400: "The request cannot be accepted; `errors` names every field at fault.",
    401: "`unauthorized`: the key is missing or not known.",
    404: "There is no such thing, or its id is no UUID (`endpoint_not_found`).",
    406: "`not_acceptable`: the caller takes no JSON.",
    409: "A state that the call does not fit.",
    410: "`generation_request_gone`: older than 7 days.",
    413: "`request_too_large`: past 64 MB.",
    415: "`unsupported_media_type`: the body is not said to be JSON.",
    421: "`host_not_allowed`: not a name of this studio's, or a page of another site.",
    429: "A limit, the credits, or the plan; `id` tells which.",
    500: "Something went wrong in the studio.",
}


@dataclass(frozen=True, slots=True)
class Examples:
    """Ids that exist now; None where there is none."""

    design: Design | None = None
    project_id: str | None = None
    generation_request_id: str | None = None
    banner_id: str | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """`answers`: success status -> name of a schema in `ANSWERS`; `refusals`: beside those that every call may get."""

    id: str
    summary: str
    route: Route
    answers: Mapping[int, str]
    refusals: tuple[int, ...] = ()
    query: Mapping[str, Schema] = field(default_factory=dict)
    body: str = ""


_PAGING: Mapping[str, Schema] = {
    "page": {"type": "integer", "minimum": 1, "maximum": 1_000_000},
    "per_page": {"type": "integer", "minimum": 1, "maximum": 100},
}
_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Ours, not the hosted API's: the same key is answered with the same request.",
    "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
}
_TIME: Schema = {"type": "string", "format": "date-time"}
_CSV: Schema = {"type": "string", "description": "one or several, with commas between"}
_BODY = (400, 413, 415)

OPERATIONS: tuple[Operation, ...] = (
    Operation("ready", "Whether it is up; no key", routes.READY, {200: "Ready"}),
    Operation("verifyApiKey", "Whose key this is", routes.AUTH, {200: "Auth"}),
    Operation("getCredits", "What is left", routes.CREDITS, {200: "Credits"}),
    Operation(
        "listDesigns",
        "Designs",
        routes.DESIGNS,
        {200: "DesignList"},
        (400,),
        {
            "project_id": UUID,
            "type": {"type": "string", "description": f"of {', '.join(DESIGN_TYPES)}; commas between"},
            "query": {"type": "string"},
            "name": {"type": "string"},
            "project": {"type": "string"},
            "orientation": {"type": "string", "enum": ["portrait", "landscape", "square"]},
            "size": _CSV,
            "format": _CSV,
            "updated_since": _TIME,
            "created_since": _TIME,
            "sort": {"type": "string", "enum": ["name", "updated", "created"]},
            "order": {"type": "string", "enum": ["asc", "desc"]},
            **_PAGING,
        },
    ),
    Operation(
        "getDesign",
        "One design",
        routes.DESIGN,
        {200: "DesignDetail"},
        (404,),
        {"i": {"type": "string", "description": "`advanced`: every property, and groups"}},
    ),
    Operation("getDesignFormat", "One format of a design", routes.DESIGN_FORMAT, {200: "FormatDetail"}, (404,)),
    Operation("renameDesign", "Rename", routes.DESIGN_NAME, {200: "DesignName"}, (*_BODY, 404), body="Rename"),
    Operation("moveDesign", "Move", routes.DESIGN_PROJECT, {200: "DesignName"}, (*_BODY, 404), body="Move"),
    Operation("deleteDesign", "Delete, for good", routes.DESIGN_DELETE, {200: "DesignName"}, (404,)),
    Operation(
        "generateImage", "One banner, now", routes.GENERATE_NOW, {200: "Banner"}, (*_BODY, 404), body="GenerateNow"
    ),
    Operation(
        "generateMultiFormatMedia",
        "Banners, in a while",
        routes.GENERATE,
        {200: "Accepted"},
        (*_BODY, 404, 409),
        body="Generate",
    ),
    Operation(
        "generateMultiPagePdf",
        "A document, in a while",
        routes.GENERATE_MULTIPAGE,
        {200: "Accepted"},
        (*_BODY, 404, 409),
        body="GenerateMultipage",
    ),
    Operation(
        "getGenerationRequest",
        "What came of it",
        routes.GENERATION_REQUEST,
        {200: "GenerationRequest", 202: "GenerationRequest"},
        (404, 410),
    ),
    Operation("getFile", "One banner", routes.BANNER, {200: "Banner"}, (404,)),
    Operation(
        "exportBanners", "An archive, by webhook", routes.EXPORT, {200: "Exported"}, (*_BODY, 404), body="Export"
    ),
    Operation(
        "listFonts",
        "Fonts",
        routes.FONTS,
        {200: "FontList"},
        (400,),
        {
            "name": {"type": "string"},
            "category": {"type": "string"},
            "weight": {"type": "integer", "minimum": 100, "maximum": 900},
            "style": {"type": "string", "enum": ["normal", "italic"]},
            "type": {"type": "string", "enum": ["google", "custom"]},
            **_PAGING,
        },
    ),
    Operation(
        "listProjects",
        "Projects",
        routes.PROJECTS,
        {200: "ProjectList"},
        (400,),
        {"name": {"type": "string"}, **_PAGING},
    ),
    Operation("createProject", "A project", routes.PROJECT_CREATE, {200: "Project"}, _BODY, body="CreateProject"),
    Operation("getSigningSecret", "The webhooks' secret", routes.SIGNING_SECRET, {200: "SigningSecret"}),
    Operation(
        "rotateSigningSecret",
        "A new secret",
        routes.SIGNING_SECRET_ROTATE,
        {200: "SigningSecret"},
        (409,),
        {"force": {"type": "boolean"}},
    ),
    Operation("revokeSigningSecret", "End the overlap", routes.SIGNING_SECRET_REVOKE, {200: "SigningSecret"}),
    Operation("subscribe", "Be told of an event", routes.SUBSCRIBE, {200: "Subscription"}, _BODY, body="Subscribe"),
    Operation("getSubscription", "One subscription", routes.SUBSCRIPTION, {200: "Subscription"}, (404,)),
    Operation("unsubscribe", "Be told no more", routes.UNSUBSCRIBE, {200: "Subscription"}, (404,)),
)


def openapi_body(base_url: str, examples: Examples) -> dict[str, Any]:
    bodies = _bodies(examples)
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        methods = paths.setdefault(operation.route.template, {})
        methods[operation.route.method.lower()] = _operation(operation, examples, bodies)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "bulkgen studio",
            "version": API_VERSION,
            "description": "The generation API, self-hosted. Override properties by layer type: see the schemas.",
        },
        "servers": [{"url": base_url}],
        "security": [{"key": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "x-api-key"}},
            "schemas": {
                **ANSWERS,
                **{name: schema for name, (schema, _) in bodies.items()},
                **{f"Layer_{kind}": schema for kind, schema in layer_schemas().items()},
            },
        },
    }


def _operation(operation: Operation, examples: Examples, bodies: Mapping[str, tuple[Schema, Any]]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.id,
        "summary": operation.summary,
        "parameters": [
            *_path_parameters(operation.route, examples),
            *_query_parameters(operation.query),
            *([_IDEMPOTENCY_KEY] if operation.route in (routes.GENERATE, routes.GENERATE_MULTIPAGE) else ()),
        ],
        "responses": _responses(operation),
    }
    if operation.route is routes.READY:
        described["security"] = []
    if operation.body:
        _, example = bodies[operation.body]
        content: dict[str, Any] = {"schema": _ref(operation.body)}
        if example is not None:
            content["example"] = example
        described["requestBody"] = {"required": True, "content": {"application/json": content}}
    return described


def _responses(operation: Operation) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for status, name in operation.answers.items():
        found[str(status)] = {"description": "Done." if status == 200 else "Not done yet.", "content": _json(name)}
        if name.endswith("List"):
            found[str(status)]["headers"] = {"X-Total-Count": {"schema": {"type": "integer"}}}
    for status in sorted({*operation.refusals, *_LIMITED}):
        found[str(status)] = {"description": _REFUSALS[status], "content": _json("Error")}
    return dict(sorted(found.items()))


def _path_parameters(route: Route, examples: Examples) -> list[dict[str, Any]]:
    design = examples.design
    # What the call would take away is no example: who tries the examples in turn would find the others gone.
    known = {
        "design_id": design.id if design and route is not routes.DESIGN_DELETE else None,
        "format_specifier": design.formats[0].id if design else None,
        "generation_request_id": examples.generation_request_id,
        "banner_id": examples.banner_id,
    }
    if route is routes.GENERATE_MULTIPAGE:
        known["design_id"] = None
    found: list[dict[str, Any]] = []
    for name in re.findall(r"\{(\w+)\}", route.template):
        schema: Schema = UUID if name.endswith("_id") else {"type": "string", "minLength": 1}
        parameter = {"name": name, "in": "path", "required": True, "schema": schema}
        if known.get(name):
            parameter["example"] = known[name]
        found.append(parameter)
    return found


def _query_parameters(query: Mapping[str, Schema]) -> list[dict[str, Any]]:
    return [{"name": name, "in": "query", "required": False, "schema": schema} for name, schema in query.items()]


def _bodies(examples: Examples) -> dict[str, tuple[Schema, Any]]:
    """Request bodies: the schema, and an example that will do."""
    design = examples.design
    elements: Schema = {"type": "object", "additionalProperties": {"type": "object"}}
    common = {
        "elements": elements,
        FILE_COMPRESSION_LEVEL.name: property_schema(FILE_COMPRESSION_LEVEL),
        MAX_KB: property_schema(MAX_KB_OPTION)
        | {
            "description": "Ours, not the hosted API's: no file has more than so many times 1,000 bytes.",
        },
        "original_visual_id": UUID,
    }
    example = {"elements": _example_elements(design)} if design else None
    format_name = {"template_format_name": design.formats[0].id} if design else {}
    names = {"template_format_names": [design.formats[0].id]} if design else {}
    name = {"type": "string"}
    return {
        "Generate": (
            object_schema(
                {
                    **common,
                    "template_format_names": {"type": "array", "items": {"type": "string"}},
                    "image_file_type": {"type": "string", "enum": list(EVERY_FILE_TYPE)},
                    "callback_url": ADDRESS,
                    "pages": {"type": "object", "additionalProperties": elements},
                    **{option: options_schema(properties) for option, properties in GROUPS.items()},
                }
            ),
            example and example | names,
        ),
        "GenerateNow": (
            object_schema(
                {
                    **common,
                    "template_format_name": {"type": "string"},
                    "image_file_type": {"type": "string", "enum": [*FILE_TYPES["static"], "auto"]},
                }
            ),
            example and example | format_name,
        ),
        "GenerateMultipage": (
            object_schema(
                {
                    "pages": {"type": "object", "additionalProperties": elements},
                    "callback_url": ADDRESS,
                    "print": options_schema(GROUPS["print"]),
                },
                ("pages",),
            ),
            None,
        ),
        "Rename": (
            object_schema({"name": name | {"minLength": 1, "maxLength": 100}}, ("name",)),
            {"name": design.name} if design else None,
        ),
        "Move": (
            object_schema({"project_id": UUID}, ("project_id",)),
            {"project_id": examples.project_id} if examples.project_id else None,
        ),
        "CreateProject": (object_schema({"name": name | {"minLength": 2, "maxLength": 100}}, ("name",)), None),
        "Export": (
            object_schema({"ids": {"type": "array", "items": UUID, "minItems": 1}, "callback_url": ADDRESS}, ("ids",)),
            {"ids": [examples.banner_id]} if examples.banner_id else None,
        ),
        "Subscribe": (
            object_schema(
                {"hook_url": ADDRESS, "type": {"type": "string", "enum": list(EVENTS)}}, ("hook_url", "type")
            ),
            {"hook_url": "https://hooks.example.com/batches", "type": EVENTS[1]},
        ),
    }


def _example_elements(design: Design) -> dict[str, Any]:
    text = next((element for element in design.elements if element.type == "text"), None)
    return {text.name: {"payload": "Hello"}} if text else {}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _json(name: str) -> dict[str, Any]:
    return {"application/json": {"schema": _ref(name)}}
