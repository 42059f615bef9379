"""A planned generation -> the body of its request.

    payload + settings + formats + pictures on this disk -> bytes

A picture stands in a payload by the hash of its content. It is read only now, in a thread, and must still be what was
planned: a banner with another picture than the one that was checked is not what was asked for.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from bulkgen.ledger.records import Generation
from bulkgen.mapping.model import PICTURE_PREFIX

ENCODED_SUFFIX = "_encoded"


class PictureChanged(Exception):
    """A picture on this disk is not what it was when the row was planned. The text is the reason for the row."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A generation with all it takes to send it. `pictures` maps a picture's hash to its file."""

    generation: Generation
    payload: str
    pictures: Mapping[str, str] = field(default_factory=dict)


def picture_digests(payload: str) -> list[str]:
    """The hashes of the pictures that a payload (canonical JSON) names."""
    if f'"{PICTURE_PREFIX}' not in payload:
        return []
    return list(dict.fromkeys(value.removeprefix(PICTURE_PREFIX) for _, _, value in _pictures(orjson.loads(payload))))


async def request_body(ready: Ready, *, is_multipage: bool, callback_url: str | None) -> bytes:
    """The bytes to send. Raises PictureChanged."""
    if ready.pictures:
        return await asyncio.to_thread(_body, ready, is_multipage, callback_url)
    return _body(ready, is_multipage, callback_url)


def _body(ready: Ready, is_multipage: bool, callback_url: str | None) -> bytes:
    generation = ready.generation
    body: dict[str, Any] = _loads(ready.payload) | _loads(generation.settings)
    if ready.pictures:
        for properties, name, value in list(_pictures(body)):
            properties[name] = _encoded(ready.pictures, value.removeprefix(PICTURE_PREFIX))
    if not is_multipage:
        body["template_format_names"] = list(generation.formats)
        # Not part of the payload, so that a banner is the same output whichever it is a version of. A document has no
        # versions: the API does not resolve the id there (reference 2.7).
        if generation.original_banner_id:
            body["original_visual_id"] = generation.original_banner_id
    if callback_url is not None:
        body["callback_url"] = callback_url
    return orjson.dumps(body)


def _loads(text: str) -> dict[str, Any]:
    value: dict[str, Any] = orjson.loads(text) if text else {}
    return value


def _pictures(node: Any) -> Iterator[tuple[dict[str, Any], str, str]]:
    """(properties, property, value) of every picture named by hash, at whatever depth pages put it."""
    if isinstance(node, dict):
        for name, value in node.items():
            if isinstance(value, str):
                if name.endswith(ENCODED_SUFFIX) and value.startswith(PICTURE_PREFIX):
                    yield node, name, value
            else:
                yield from _pictures(value)
    elif isinstance(node, list):
        for value in node:
            yield from _pictures(value)


def _encoded(pictures: Mapping[str, str], digest: str) -> str:
    path = pictures.get(digest, "")
    # One that we keep ourselves is named by its hash, of which the beginning is enough.
    name = Path(path).name if path and Path(path).stem != digest else digest[:12]
    try:
        content = Path(path).read_bytes() if path else None
    except OSError as error:
        raise PictureChanged(f"the picture {name} cannot be read any more ({error.strerror}); run again") from error
    if content is None:
        raise PictureChanged(f"the picture {name} is not known any more; run again")
    if hashlib.sha256(content).hexdigest() != digest:
        raise PictureChanged(f"the picture {name} changed while the run was going; run again")
    return base64.b64encode(content).decode("ascii")
