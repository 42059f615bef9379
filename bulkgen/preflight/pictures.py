"""Whether a picture suits its place: what was found at its address, against the box it is meant for. Pure.

    Fetched + PictureUse -> PictureFlaw, …

Left out: how the facts came about (`fetch`, `picture_facts`), and which boxes a row's pictures go to (`picture_uses`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from bulkgen.fetch.address import shown
from bulkgen.fetch.failure import Failure
from bulkgen.fetch.fetched import Fetched, Inspection, Inspector
from bulkgen.fetch.share_links import drive_of, share_link
from bulkgen.preflight.media_facts import MediaFacts, media_facts, media_version
from bulkgen.preflight.picture_facts import VERSION, PictureFacts, Undecodable, from_text, picture_facts, to_text
from bulkgen.preflight.picture_problems import PictureFlaw, flaw

Fit = Literal["cover", "fill"]

# The API's bounds (reference 7.5, 7.7).
SCREEN_MAX_BYTES = 20_000_000
PRINT_MAX_BYTES = 500_000_000
QR_ICON_MAX_BYTES = 10_000_000

# Up to half as large again passes unnoticed on a screen; twice is plainly blurred.
ENLARGED_MOST = 1.5

# What printers ask for, and what they send back. A large sheet is seen from afar and says so by a lower number of its
# own; then that number is the measure.
PRINT_DPI = 300
COARSE_SHARE = 0.5

_INCHES = {"in": 1.0, "cm": 1 / 2.54, "mm": 1 / 25.4, "pt": 1 / 72}

# Words by which a page that was asked for a picture shows that it asks for a name and a password instead.
_LOGIN = re.compile(r"(?:^|[/._-])(?:log-?in|sign-?in|sso|saml2?|oauth2?|auth|accounts?)(?:$|[/._?-])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PictureUse:
    """What a picture is to be. The box is in `unit`; 0 x 0 where the layer gives it none (an icon in a label).

    `dpi` is that of a print document, None on a screen. `fit`: "cover" fills the box and crops, "fill" shows the whole
    picture inside. `expects_clear`: a picture with transparent parts is as good as a whole one here.
    """

    width: float = 0
    height: float = 0
    unit: str = "px"
    fit: Fit = "cover"
    dpi: int | None = None
    expects_clear: bool = False
    is_studio: bool = False
    is_enlarged_by_model: bool = False
    max_bytes: int = SCREEN_MAX_BYTES


def inspect(body: bytes) -> Inspection:
    """For the fetcher: facts as text. A picture with a fault is one that somebody is about to mend."""
    media = media_facts(body)
    if media is not None:
        return Inspection(to_text(media), not (media.film.breaks or (media.is_video and media.film.refusal)))
    found = picture_facts(body)
    is_sound = isinstance(found, PictureFacts) and not found.is_truncated and not found.refusal
    return Inspection(to_text(found), is_sound)


INSPECTOR = Inspector(f"{VERSION}.{media_version()}", inspect)


def judge_picture(fetched: Fetched, use: PictureUse) -> list[PictureFlaw]:
    """Errors are what would fail there, and print that no printer takes; the rest are warnings."""
    if fetched.failure is not None:
        return [of_failure(fetched, fetched.failure, use.max_bytes)]
    told = shown(fetched.address)
    if fetched.size_bytes > use.max_bytes:
        return [too_big(told, use.max_bytes)]
    facts = from_text(fetched.facts)
    if isinstance(facts, MediaFacts):
        return [flaw("not_a_picture", f"{told} cannot be used: it is {facts.what}")]
    if isinstance(facts, Undecodable):
        return [flaw(_CODE_OF_REASON[facts.reason], f"{told} cannot be used: {facts.detail}")]
    return list(_of_facts(told, facts, use))


def unusable(found: Mapping[str, Fetched], *, is_studio: bool) -> dict[str, str]:
    """Of the pictures that were looked at, those that can be used in no place, and why: what a `fallback` is for.

    One that is only too small or coarse for its place is not among them: the mapping's author asked for that picture.
    """
    anywhere = PictureUse(is_studio=is_studio, max_bytes=PRINT_MAX_BYTES)
    judged = {picture: _why_unusable(fetched, anywhere) for picture, fetched in found.items()}
    return {picture: why for picture, why in judged.items() if why}


def _why_unusable(fetched: Fetched, anywhere: PictureUse) -> str:
    if fetched.failure is None and fetched.facts:
        facts = from_text(fetched.facts)
        if isinstance(facts, MediaFacts):
            # What it is for is not known here: a video is good for something as long as anything in it plays.
            return facts.why_unusable(shown(fetched.address)) if anywhere.is_studio else ""
    return next((flaw.message for flaw in judge_picture(fetched, anywhere) if flaw.is_error), "")


def of_failure(fetched: Fetched, failure: Failure, max_bytes: int) -> PictureFlaw:
    """Of a picture, video or sound that is not there."""
    told, words, status = shown(fetched.address), fetched.words, fetched.status
    drive = drive_of(fetched.address)
    shared = f"share it on {drive} with anybody who has the link, or put the file beside the sheet" if drive else ""
    if failure is Failure.TOO_LARGE:
        return too_big(told, max_bytes)
    if failure is Failure.EMPTY:
        return flaw("not_a_picture", f"{told} is not a picture: it is an empty file")
    if failure is Failure.PAGE:
        return _of_page(fetched, told, shared)
    if status in (401, 403, 407):
        return flaw("picture_needs_login", f"{told} answered {status}: it is not open to everybody", shared)
    if failure is Failure.STATUS and status != 429 and status < 500:
        return flaw("picture_dead", words, shared)
    return flaw(_CODE_OF[failure], words)


_CODE_OF = {
    Failure.NOT_AN_ADDRESS: "bad_address",
    Failure.FORBIDDEN: "picture_not_public",
    Failure.NAME: "picture_dead",
    Failure.CONNECT: "picture_dead",
    Failure.TLS: "picture_dead",
    Failure.REDIRECTS: "picture_dead",
    Failure.TIMEOUT: "picture_unanswered",
    Failure.SILENT: "picture_unanswered",
    Failure.CUT: "picture_unanswered",
    Failure.STATUS: "picture_unanswered",
    Failure.DISK: "picture_not_looked_at",
}


def _of_page(fetched: Fetched, told: str, shared: str) -> PictureFlaw:
    link = share_link(fetched.address)
    if link is not None:
        message = f"{told} is a link of {link.drive} for people: it leads to a page, not to the picture"
        return flaw("picture_share_link", message, f"use {link.direct}" if link.direct else link.advice)
    where = fetched.url or fetched.address
    if _LOGIN.search(where.partition("://")[2].partition("?")[0]):
        return flaw("picture_needs_login", f"{told} leads to a page that asks to log in", shared)
    if drive := drive_of(where):
        message = f"{told} leads to a page of {drive}, not to the picture"
        advice = "share it with anybody who has the link, or put the file beside the sheet"
        return flaw("picture_share_link", message, shared or advice)
    return flaw("picture_is_page", f"{told} is a web page, not a picture")


def too_big(told: str, max_bytes: int) -> PictureFlaw:
    return flaw("picture_too_big", f"{told} has over {max_bytes / 1_000_000:g} MB, which is the most that is taken")


_CODE_OF_REASON = {
    "something else": "not_a_picture",
    "damaged": "picture_damaged",
    "unsafe": "picture_unsafe",
    "too large": "picture_too_many_pixels",
}


def _of_facts(told: str, facts: PictureFacts, use: PictureUse) -> Iterator[PictureFlaw]:
    if facts.is_truncated:
        yield flaw("picture_cut_short", f"{told} is cut short: the {facts.format} picture ends before its end")
    if facts.refusal:
        code = "svg_not_drawn" if facts.is_vector else "picture_too_many_pixels"
        yield flaw(code, f"{told} cannot be drawn: {facts.refusal}", is_certain=use.is_studio)
    if not facts.width and not facts.is_vector:
        yield flaw("picture_not_looked_at", f"{told} is {facts.format}, which the Pillow installed here does not read")
        return
    yield from _of_size(told, facts, use)
    if facts.is_cmyk and use.dpi is None:
        yield flaw("picture_cmyk", f"{told} is in CMYK")
    if facts.is_rotated:
        yield flaw("picture_rotated", f"{told} is stored turned (EXIF orientation {facts.orientation})")
    if facts.has_alpha and not facts.is_vector and not use.expects_clear:
        yield flaw("picture_transparent", f"{told} is transparent in part")
    if facts.is_animated:
        yield flaw("picture_animated", f"{told} is animated, {facts.frames} frames")


def _of_size(told: str, facts: PictureFacts, use: PictureUse) -> Iterator[PictureFlaw]:
    if facts.is_vector or use.is_enlarged_by_model or not (use.width > 0 and use.height > 0):
        return
    choose = max if use.fit == "cover" else min
    # Units of the box that one pixel of the picture has to span.
    span = choose(use.width / facts.width, use.height / facts.height)
    size, box = f"{facts.width} x {facts.height} px", f"{use.width:g} x {use.height:g} {use.unit}"
    if use.dpi is None:
        if span > ENLARGED_MOST:
            yield flaw("picture_too_small", f"{told} has {size} and is enlarged {span:.1f} times to its box of {box}")
        return
    wanted = min(PRINT_DPI, use.dpi)
    # Rounded, since a picture made for 300 at a box in mm comes out at 299.9.
    dpi = round(1 / (span * _INCHES.get(use.unit, 1 / use.dpi)))
    message = f"{told} has {size}, which is {dpi} dpi in its box of {box}"
    if dpi < wanted * COARSE_SHARE:
        yield flaw("picture_too_coarse", f"{message}; at least {wanted * COARSE_SHARE:g} are needed")
    elif dpi < wanted:
        yield flaw("picture_low_resolution", f"{message}; the print is made for {wanted}")
