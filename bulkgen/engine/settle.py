"""A finalized request -> what each of its formats came to. Pure.

An answer is believed only as far as it goes: a format of which it says nothing has failed, and says that. Formats are
matched by name; the order of banners means nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import unquote, urlsplit

from bulkgen.ledger.moves import Settled
from bulkgen.ledger.states import OutputState
from bulkgen.wire.messages import Banner, GenerationStatus

SAID_NOTHING = "the provider returned neither a banner nor an error for this format"
SAID_NOTHING_OF_DOCUMENT = "the provider returned neither a document nor an error"


def settle(
    formats: Sequence[str], status: GenerationStatus, *, keeps_files: bool, is_multipage: bool = False
) -> list[Settled]:
    """What the generation's `formats` came to; every one of them is in the answer, once.

    With one format there is nothing to confuse: banners and errors that name no format, or another, are its own.
    """
    if is_multipage or len(formats) == 1:
        nothing = SAID_NOTHING_OF_DOCUMENT if is_multipage else SAID_NOTHING
        banner = next((one for one in status.banners if one.format_id == formats[0]), None) or next(
            iter(status.banners), None
        )
        reason = "; ".join(dict.fromkeys(error.reason for error in status.errors))
        return [_settled(name, banner, reason or nothing, keeps_files) for name in formats]
    banners = {banner.format_id: banner for banner in status.banners if banner.format_id is not None}
    reasons: dict[str, str] = {}
    for error in status.errors:
        reasons.setdefault(error.template_format_name, error.reason)
    # An error under a name that was not asked for is about the whole request.
    general = "; ".join(dict.fromkeys(reason for name, reason in reasons.items() if name not in formats))
    return [
        _settled(name, banners.get(name), reasons.get(name) or general or SAID_NOTHING, keeps_files) for name in formats
    ]


def failed(formats: Sequence[str], reason: str) -> list[Settled]:
    """All formats failed for one reason."""
    return [Settled(format=name, state=OutputState.FAILED, reason=reason) for name in formats]


def _settled(name: str, banner: Banner | None, reason: str, keeps_files: bool) -> Settled:
    if banner is None:
        return Settled(format=name, state=OutputState.FAILED, reason=reason)
    fallback = banner.file.fallback_image_url or ""
    return Settled(
        format=name,
        state=OutputState.DONE,
        banner_id=banner.id,
        url="" if keeps_files else banner.file.cdn_url or banner.file.url,
        file_key=file_key(banner.file.url) if keeps_files else "",
        file_type=banner.file.type,
        fallback=file_key(fallback) if keeps_files and fallback else fallback,
        remarks="\n".join(banner.warnings),
    )


def file_key(url: str) -> str:
    """The last segment of a file's address: the studio's name for the file, whatever port it had."""
    return unquote(urlsplit(url).path.rsplit("/", 1)[-1])
