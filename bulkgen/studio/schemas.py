"""The table of override properties as JSON Schema: what `openapi` says of a request's `elements`. Pure.

Said as loosely as the API is: an override names a layer and not its type, so any layer's properties may stand there,
and unknown ones are passed over. The bounds are the table's; the server has the last word.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bulkgen.wire.overrides import PROPERTIES, Kind, Property

Schema = dict[str, Any]

UUID: Schema = {"type": "string", "format": "uuid"}
# Tighter than any address has to be: whatever matches is one, and the server refuses what is none.
ADDRESS: Schema = {"type": "string", "pattern": r"^https?://[A-Za-z0-9.-]+(/[A-Za-z0-9._~/-]*)?$"}

_BY_KIND: Mapping[Kind, Schema] = {
    Kind.TEXT: {"type": "string"},
    Kind.COLOR: {"type": "string"},
    Kind.PAINT: {"type": "string"},
    Kind.NUMBER: {"type": "number"},
    Kind.INTEGER: {"type": "integer"},
    Kind.FLAG: {"type": "boolean"},
    Kind.CHOICE: {},
    Kind.URL: ADDRESS,
    Kind.BASE64: {"type": "string"},
    Kind.UUID: UUID,
    Kind.ALIGNMENT: {"type": "string"},
    Kind.PADDING: {"type": ["string", "number"]},
    Kind.OBJECT: {"type": ["object", "array"]},
    Kind.FLAG_OR_TEXT: {"type": ["boolean", "string"]},
}


def property_schema(prop: Property) -> Schema:
    schema: Schema = dict(_BY_KIND[prop.kind])
    if prop.choices:
        schema["enum"] = list(prop.choices)
    if prop.kind is Kind.TEXT:
        low, high = "minLength", "maxLength"
    elif prop.above:
        low, high = "exclusiveMinimum", "maximum"
    else:
        low, high = "minimum", "maximum"
    for name, bound in ((low, prop.low), (high, prop.high)):
        if bound is not None:
            schema[name] = int(bound) if float(bound).is_integer() else bound
    schema["description"] = prop.describe() + (f"; {prop.note}" if prop.note else "")
    return schema


def layer_schemas() -> dict[str, Schema]:
    """By layer type, for whoever reads the description; requests take any of them."""
    return {
        kind: {"type": "object", "properties": {name: property_schema(prop) for name, prop in table.items()}}
        for kind, table in PROPERTIES.items()
        if table
    }


def object_schema(properties: Mapping[str, Schema], required: tuple[str, ...] = ()) -> Schema:
    schema: Schema = {"type": "object", "properties": dict(properties)}
    return schema | ({"required": list(required)} if required else {})


def options_schema(properties: Mapping[str, Property]) -> Schema:
    return object_schema({name: property_schema(prop) for name, prop in properties.items()})
