"""Requests and answers of the generation API as frozen classes (reference 2.6 to 2.8, 5.3).

Strict out, tolerant in: `to_json` writes only what is set; `from_json` needs only the fields we act on, and keeps
the rest of a banner in `raw`, since the API ships ahead of its description. Objects are asked for as `dict`, which is
what every JSON parser makes of them: asking for a Mapping takes a quarter of the time in which a look is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Json = Mapping[str, Any]

# Our extension of the generate request: the most that a file may have. Only a provider that declares it is asked.
MAX_KB = "max_kb"
# A kB is 1,000 bytes: a file within that is within 1,024 too, whichever an ad network counts.
KB_BYTES = 1000
# A hundred megabytes: more is no limit, and most likely bytes taken for kB.
MAX_KB_BOUNDS = (1, 100_000)


class MessageError(ValueError):
    """An answer that lacks a field we act on; the text is its path."""


@dataclass(frozen=True, slots=True)
class GenerateRequest:
    """Body of `POST /async/banner-builder/{id}/generate` (reference 2.6). Every field is optional there.
    `max_kb` is ours."""

    elements: Json = field(default_factory=dict)
    pages: Json = field(default_factory=dict)
    template_format_names: tuple[str, ...] = ()
    callback_url: str | None = None
    image_file_type: str | None = None
    file_compression_level: int | None = None
    max_kb: int | None = None
    html5: Json | None = None
    gif: Json | None = None
    video: Json | None = None
    print: Json | None = None
    original_visual_id: str | None = None

    def to_json(self) -> dict[str, Any]:
        body: dict[str, Any] = {}
        if self.pages:
            body["pages"] = dict(self.pages)
        else:
            body["elements"] = dict(self.elements)
        if self.template_format_names:
            body["template_format_names"] = list(self.template_format_names)
        optional = {
            "callback_url": self.callback_url,
            "image_file_type": self.image_file_type,
            "file_compression_level": self.file_compression_level,
            MAX_KB: self.max_kb,
            "html5": self.html5,
            "gif": self.gif,
            "video": self.video,
            "print": self.print,
            "original_visual_id": self.original_visual_id,
        }
        return body | {name: value for name, value in optional.items() if value is not None}

    @classmethod
    def from_json(cls, body: Json) -> GenerateRequest:
        """A body whose field types were already checked (`studio.validation`)."""
        return cls(
            elements=body.get("elements") or {},
            pages=body.get("pages") or {},
            template_format_names=tuple(body.get("template_format_names") or ()),
            callback_url=body.get("callback_url"),
            image_file_type=body.get("image_file_type"),
            file_compression_level=body.get("file_compression_level"),
            max_kb=body.get(MAX_KB),
            html5=body.get("html5"),
            gif=body.get("gif"),
            video=body.get("video"),
            print=body.get("print"),
            original_visual_id=body.get("original_visual_id"),
        )


@dataclass(frozen=True, slots=True)
class BannerFile:
    """Reference 2.8. `type` is what was made: an html5 request yields `zip`."""

    type: str
    url: str
    cdn_url: str | None = None
    filename: str | None = None
    fallback_image_url: str | None = None


@dataclass(frozen=True, slots=True)
class Banner:
    """One output (reference 2.8). `format_id` is None for a multi-page document. `warnings` are the studio's: what was
    left undone."""

    id: str
    file: BannerFile
    format_id: str | None = None
    width: float | None = None
    height: float | None = None
    unit: str | None = None
    version: int = 1
    sharing_id: str | None = None
    warnings: tuple[str, ...] = ()
    raw: Json = field(default_factory=dict)

    @classmethod
    def from_json(cls, body: Json, path: str = "banner") -> Banner:
        file = _object(body, "file", path)
        given = body.get("format")
        shape: Json = given if isinstance(given, dict) else {}
        warnings = body.get("warnings")
        return cls(
            id=_text(body, "id", path),
            file=BannerFile(
                type=_text(file, "type", f"{path}.file"),
                url=_text(file, "url", f"{path}.file"),
                cdn_url=_optional_text(file, "cdn_url"),
                filename=_optional_text(file, "filename"),
                fallback_image_url=_optional_text(file, "fallback_image_url"),
            ),
            format_id=_optional_text(shape, "id"),
            width=_optional_number(shape, "width"),
            height=_optional_number(shape, "height"),
            unit=_optional_text(shape, "unit"),
            version=body["version"] if isinstance(body.get("version"), int) else 1,
            sharing_id=_optional_text(body, "sharing_id"),
            warnings=tuple(one for one in warnings if isinstance(one, str)) if isinstance(warnings, list) else (),
            raw=body,
        )


@dataclass(frozen=True, slots=True)
class FormatError:
    """Why one format has no banner: the only link from a failure to its format (reference 3.1)."""

    template_format_name: str
    reason: str

    def to_json(self) -> dict[str, Any]:
        return {"template_format_name": self.template_format_name, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class GenerationStatus:
    """Body of `GET /generation-request/{id}` and of the batch webhook (reference 2.8, 5.3)."""

    id: str
    is_finalized: bool
    banners: tuple[Banner, ...] = ()
    errors: tuple[FormatError, ...] = ()

    @classmethod
    def from_json(cls, body: Any, *, webhook: bool = False) -> GenerationStatus:
        """A poll's or a webhook's body; a webhook means finalized (reference 5.3). Raises MessageError."""
        if not isinstance(body, dict):
            raise MessageError("body")
        id_key = "generation_request_id" if body.get("generation_request_id") else "id"
        finalized = True if webhook else body.get("is_finalized")
        if not isinstance(finalized, bool):
            raise MessageError("is_finalized")
        banners, errors = body.get("banners"), body.get("errors")
        return cls(
            id=_text(body, id_key, ""),
            is_finalized=finalized,
            banners=tuple(
                Banner.from_json(item, f"banners[{index}]")
                for index, item in enumerate(banners if isinstance(banners, list) else [])
            ),
            errors=tuple(
                FormatError(str(item.get("template_format_name") or ""), str(item.get("reason") or "no reason given"))
                for item in (errors if isinstance(errors, list) else [])
                if isinstance(item, dict)
            ),
        )


def accepted_id(body: Any) -> str:
    """The `generation_request_id` of a 200 to a generate call. Raises MessageError without one."""
    if not isinstance(body, dict):
        raise MessageError("body")
    return _text(body, "generation_request_id", "")


def spendable(body: Json | None) -> float | None:
    """What can still be spent by the body of `GET /credits` (reference 2.12): the allowance and the extra. None:
    unlimited, or not said."""
    credits = body.get("generation_credits") if body else None
    if not isinstance(credits, Mapping) or credits.get("available") is None:
        return None
    return float(credits["available"]) + float(credits.get("extra") or 0)


def _object(body: Any, key: str, path: str) -> Json:
    value = body.get(key) if isinstance(body, dict) else None
    if not isinstance(value, dict):
        raise MessageError(f"{path}.{key}" if path else key)
    return value


def _text(body: Any, key: str, path: str) -> str:
    value = body.get(key) if isinstance(body, dict) else None
    if not isinstance(value, str) or not value:
        raise MessageError(f"{path}.{key}" if path else key)
    return value


def _optional_text(body: Json, key: str) -> str | None:
    value = body.get(key)
    return value if isinstance(value, str) and value else None


def _optional_number(body: Json, key: str) -> float | None:
    value = body.get(key)
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None
