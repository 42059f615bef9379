"""Which pictures, videos and sounds a payload names by address: content JSON -> addresses, each once. Pure.

Left out: what is sent along: a payload names that by its content already.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bulkgen.wire.design import VARS

PICTURE_PROPERTIES = ("image_url", "icon_url")
MEDIA_PROPERTIES = ("video_url", "audio_url")
_PROPERTIES = (*PICTURE_PROPERTIES, *MEDIA_PROPERTIES)


def picture_addresses(content: Mapping[str, Any]) -> tuple[str, ...]:
    """`content` is a payload as `Payload.to_json` gives it."""
    return tuple(dict.fromkeys(_addresses(content)))


def _addresses(content: Mapping[str, Any]) -> Iterator[str]:
    for elements in (content.get("elements", {}), *content.get("pages", {}).values()):
        for layer, values in elements.items():
            if layer != VARS:
                yield from (values[name] for name in _PROPERTIES if isinstance(values.get(name), str))
                made = values.get("text_to_image_properties")
                if isinstance(made, Mapping):
                    yield from made.get("inpaint_images") or ()
