"""What a worker made -> the result that is kept, and the result with addresses that is sent (reference 2.8, 5.3). Pure.

Kept results hold keys of files, not addresses: the studio may answer on another port tomorrow.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bulkgen.studio import records
from bulkgen.studio.records import BannerRecord, DueDelivery, Export
from bulkgen.studio.task import Failed, Outcome
from bulkgen.wire.design import Design


@dataclass(frozen=True, slots=True)
class Lineage:
    """Which visual a new banner is a version of (reference 2.9)."""

    sharing_id: str
    version: int


def build_result(
    generation_id: str, design: Design | None, outcomes: Sequence[Outcome], lineage: Lineage | None
) -> tuple[dict[str, Any], list[BannerRecord]]:
    """Ids follow from the generation and the format, so that work done again after a crash has the same.

    `design` is None when it is gone, and all outcomes are failures.
    """
    generation = uuid.UUID(generation_id)
    banners: list[dict[str, Any]] = []
    errors: list[dict[str, str]] = []
    records: list[BannerRecord] = []
    for outcome in outcomes:
        if isinstance(outcome, Failed):
            errors.append({"template_format_name": outcome.format_id, "reason": outcome.reason})
            continue
        assert design is not None, "nothing is made of a design that is gone"
        banner_id = str(uuid.uuid5(generation, outcome.format_id))
        # The first of its kind lends its id to what it shares with its versions.
        shown = lineage or Lineage(banner_id, 1)
        records.append(BannerRecord(banner_id, shown.sharing_id, shown.version, design.id, outcome.format_id))
        item = design.format(outcome.format_id)
        banners.append(
            {
                "id": banner_id,
                "version": shown.version,
                "sharing_id": shown.sharing_id,
                "file": {
                    "type": outcome.file_type,
                    "key": outcome.key,
                    "filename": f"{banner_id}.{outcome.file_type}",
                    **({"fallback_key": outcome.fallback_key} if outcome.fallback_key else {}),
                },
                "format": {
                    # A document has no format of its own; its pages are of one size (reference 2.8).
                    **({} if design.is_multipage else {"id": outcome.format_id}),
                    "unit": item.unit if item else design.formats[0].unit,
                    "width": outcome.width,
                    "height": outcome.height,
                },
                **({"duration": outcome.duration_seconds} if outcome.duration_seconds else {}),
                **({"warnings": list(outcome.warnings)} if outcome.warnings else {}),
                "template": {
                    "id": design.id,
                    "name": design.name,
                    "type": design.type,
                    "created_at": design.created_at,
                    "updated_at": design.updated_at,
                    "category_name": design.project_name,
                },
                **({"project": {"id": design.project_id, "name": design.project_name}} if design.project_id else {}),
            }
        )
    return {"banners": banners, "errors": errors}, records


def addressed_banner(banner: Mapping[str, Any], base_url: str) -> dict[str, Any]:
    """A kept banner as it is sent: the file has an address, and stands under its deprecated name too."""
    file = banner["file"]
    url = f"{base_url}/files/{file['key']}"
    sent = {"type": file["type"], "url": url, "filename": file["filename"]}
    if file["type"] != "zip":  # the API has no archives on its CDN (reference 2.8)
        sent["cdn_url"] = url
    if "fallback_key" in file:
        sent["fallback_image_url"] = f"{base_url}/files/{file['fallback_key']}"
    return {**banner, "file": sent, "image": {"type": file["type"], "url": url}}


def status_body(generation_id: str, result: Mapping[str, Any] | None, base_url: str) -> dict[str, Any]:
    """Body of `GET /generation-request/{id}`; no result yet: not finalized."""
    return {
        "id": generation_id,
        "is_finalized": result is not None,
        "banners": [addressed_banner(banner, base_url) for banner in result["banners"]] if result else [],
        "errors": list(result["errors"]) if result else [],
    }


def batch_body(generation_id: str, result: Mapping[str, Any], base_url: str) -> dict[str, Any]:
    """Body of the callback: the seed's form, without `is_finalized`."""
    return {
        "generation_request_id": generation_id,
        "banners": [addressed_banner(banner, base_url) for banner in result["banners"]],
        "errors": list(result["errors"]),
    }


def banner_of(result: Mapping[str, Any], banner_id: str) -> Mapping[str, Any] | None:
    """One banner of a kept result."""
    return next((banner for banner in result["banners"] if banner["id"] == banner_id), None)


def export_content(export: Export) -> dict[str, Any]:
    """`NEW_EXPORT` (reference 5.5), with the archive's key in the place of its address."""
    return {
        "export_id": export.id,
        "archive_url": export.key,
        "requested_at": int(export.requested_at),
        "generated_at": int(export.generated_at or export.requested_at),
    }


def delivery_body(delivery: DueDelivery, base_url: str) -> dict[str, Any]:
    """What is sent for an event."""
    match delivery.event:
        case records.NEW_BANNER:
            return addressed_banner(delivery.content, base_url)
        case records.NEW_EXPORT:
            return {**delivery.content, "archive_url": f"{base_url}/files/{delivery.content['archive_url']}"}
        case _:
            return batch_body(delivery.subject, delivery.content, base_url)
