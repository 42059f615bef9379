"""What the store hands out and takes in, as frozen classes. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from bulkgen.studio.states import State

# What is told, by the API's names in lower case (reference 5.2, 5.7); the first is no event but a request's own wish.
CALLBACK = "callback"
NEW_BANNER = "new_banner"
NEW_BANNER_BATCH = "new_banner_batch"
NEW_EXPORT = "new_export"
TEMPLATE_STATUS = "template_status"
EVENTS = (NEW_BANNER, NEW_BANNER_BATCH, NEW_EXPORT, TEMPLATE_STATUS)


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
class MadeNow:
    """The one banner of a synchronous call, about to be recorded. `generation_id` is told to nobody."""

    generation_id: str
    request: bytes
    result: bytes
    banner: BannerRecord
    at: float


@dataclass(frozen=True, slots=True)
class DueDelivery:
    """One body for one address. `subject` is the id of what it tells of, `content` what the store has of that."""

    sequence: int
    subject: str
    url: str
    attempts: int
    content: Mapping[str, Any]
    event: str = CALLBACK


@dataclass(frozen=True, slots=True)
class Subscription:
    id: str
    event: str
    hook_url: str
    created_at: float


@dataclass(frozen=True, slots=True)
class Export:
    """An archive that was promised; `key` is its file, once it is there."""

    sequence: int
    id: str
    banner_ids: Sequence[str]
    callback_url: str | None
    requested_at: float
    generated_at: float | None = None
    key: str | None = None


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
