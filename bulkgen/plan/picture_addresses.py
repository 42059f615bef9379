"""Which pictures a payload names by address: content JSON -> addresses, each once. Pure.

Left out: sounds and videos, whose content is not looked at, and pictures that are sent along: a payload names those by
their content already.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bulkgen.wire.design import VARS

PICTURE_PROPERTIES = ("image_url", "icon_url")


def picture_addresses(content: Mapping[str, Any]) -> tuple[str, ...]:
    """`content` is a payload as `Payload.to_json` gives it."""
    return tuple(dict.fromkeys(_addresses(content)))


def _addresses(content: Mapping[str, Any]) -> Iterator[str]:
    for elements in (content.get("elements", {}), *content.get("pages", {}).values()):
        for layer, values in elements.items():
            if layer != VARS:
                yield from (values[name] for name in PICTURE_PROPERTIES if isinstance(values.get(name), str))
                made = values.get("text_to_image_properties")
                if isinstance(made, Mapping):
                    yield from made.get("inpaint_images") or ()
