"""What the store hands out and takes in, as frozen classes. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from bulkgen.studio.states import State


@dataclass(frozen=True, slots=True)
class Acceptance:
    """A checked request, about to be promised. `request` is its JSON without `callback_url`; `outputs` its cost."""

    id: str
    design_id: str
    request: bytes
    fingerprint: str
    accepted_at: float
    callback_url: str | None = None
    idempotency_key: str | None = None
    outputs: int = 1


@dataclass(frozen=True, slots=True)
class Generation:
    """One accepted request. `sequence` is its place in the line."""

    sequence: int
    id: str
    design_id: str
    request: Mapping[str, Any]
    state: State
    renderings: int
    accepted_at: float = 0.0
    finalized_at: float | None = None
    result: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class BannerRecord:
    """What versions and `GET /banners/{id}` need to find a banner by."""

    id: str
    sharing_id: str
    version: int
    design_id: str
    format_id: str


@dataclass(frozen=True, slots=True)
class DueDelivery:
    sequence: int
    generation_id: str
    url: str
    attempts: int
    result: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Counts:
    """What the studio has done since its store was made. `renderings` counts starts, so that work done twice shows."""

    accepted: int
    rendering: int
    finalized: int
    banners: int
    renderings: int


def fingerprint(design_id: str, body: Mapping[str, Any]) -> str:
    """What "the same request" means for an idempotency key: the body as sent, but for where to call back.

    As sent, not as checked: what a design makes of it may change between the two times.
    """
    text = orjson.dumps({**body, "callback_url": None}, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(design_id.encode() + b"\n" + text).hexdigest()
