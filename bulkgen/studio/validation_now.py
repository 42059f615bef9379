"""The synchronous call's JSON as the asynchronous one's, and what only the former refuses (reference 2.5). Pure.

body, design -> body with one format, violations
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bulkgen.wire import envelope
from bulkgen.wire.design import Design
from bulkgen.wire.messages import MAX_KB
from bulkgen.wire.overrides import PROPERTIES
from bulkgen.wire.values import Violation

_FIELDS = ("elements", "image_file_type", "file_compression_level", MAX_KB, "original_visual_id")


def as_asynchronous(body: Mapping[str, Any], design: Design) -> tuple[dict[str, Any], list[Violation]]:
    """Fields that the synchronous call does not have are passed over, a callback's address among them."""
    rewritten = {name: body[name] for name in _FIELDS if name in body}
    violations: list[Violation] = []
    named = body.get("template_format_name")
    if named is not None and not isinstance(named, str):
        text = "template_format_name is not a text"
        violations.append(Violation("template_format_name", envelope.WRONG_TYPE, text, "string", named))
        named = None
    rewritten["template_format_names"] = [design.formats[0].id if named is None else named]
    elements = body.get("elements")
    if isinstance(elements, Mapping):
        violations.extend(_strict(elements, design))
        # Said already, and in other words than the lenient call would.
        rewritten["elements"] = {name: value for name, value in elements.items() if isinstance(value, Mapping)}
    return rewritten, violations


def _strict(elements: Mapping[str, Any], design: Design) -> list[Violation]:
    found: list[Violation] = []
    for name, overrides in elements.items():
        path = f"elements.{name}"
        if not isinstance(overrides, Mapping):
            text = "an override is an object here, not a bare value"
            found.append(Violation(path, envelope.INVALID_PAYLOAD, text, "object", overrides))
            continue
        element = design.element(name)
        table = PROPERTIES.get(element.type, {}) if element else {}
        for prop in overrides:
            if prop in table and table[prop].is_async_only:
                text = f"{prop} takes too long for this call; use the asynchronous one"
                found.append(Violation(f"{path}.{prop}", envelope.INVALID_PAYLOAD, text))
    return found
