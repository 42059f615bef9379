"""A clip as a banner for ad networks: a ZIP file with a page that moves by style sheet, and a JPEG for where it cannot.

    Clip, options of the request -> Packed

The same clip gives the same bytes. Over the network's limit of bytes the photos' quality is lowered; what stays over a
limit all the same is told in the warnings.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bulkgen.render.clip import Clip
from bulkgen.render.encoders import DEFAULT_QUALITY, LEAST_QUALITY
from bulkgen.render.failures import RenderError
from bulkgen.render.html5.assets import on_white
from bulkgen.render.html5.click import ClickTag, click_script, head_script, more_files, read_click_tag
from bulkgen.render.html5.films import films_of, sounds_left_out
from bulkgen.render.html5.networks import Network, Weight, network_of, over_limits
from bulkgen.render.html5.page import Page
from bulkgen.render.html5.styles import StyleSheet
from bulkgen.render.html5.template import page_text

# Reference 8.2.
DEFAULT_TITLE = "Abyssale page title example"
DEFAULT_REPEAT = 0

PAGE_NAME = "index.html"
BACKUP_NAME = "backup_image.jpeg"

# Of the photos' quality: each is hardly seen.
_STEP = 10

# The earliest that a ZIP file can say: a time of day would make two files of one banner.
_NO_TIME = (1980, 1, 1, 0, 0, 0)
_READABLE = 0o644 << 16


@dataclass(frozen=True, slots=True)
class Packed:
    """`body` is a ZIP file, `fallback` a JPEG of the moment that stands for the whole."""

    body: bytes
    fallback: bytes
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Request:
    network: Network
    tag: ClickTag
    title: str
    repeat: int
    has_backup: bool
    quality: int


def pack_html5(
    clip: Clip,
    options: Mapping[str, Any],
    pictures: Mapping[str, bytes | RenderError] | None = None,
    *,
    quality: int | None = None,
    max_bytes: int | None = None,
) -> Packed:
    """`options` are the request's `html5`; `pictures` hold the films; `quality` is of photos. Raises RenderError."""
    network, unknown = network_of(options.get("ad_network"))
    tag = read_click_tag(options.get("click_tag"))
    request = _Request(
        network,
        tag,
        str(options.get("page_title") or DEFAULT_TITLE),
        int(options.get("repeat") or DEFAULT_REPEAT),
        bool(options.get("include_backup_image")) or network.wants_backup,
        DEFAULT_QUALITY["jpeg"] if quality is None else quality,
    )
    warnings = [unknown] if unknown else []
    size = (clip.width, clip.height)
    most = network.most_bytes(*size)
    limits = [limit for limit in (most, max_bytes) if limit is not None]
    sprites = clip.sprites()
    films, told = films_of(clip.scene, sprites, pictures or {}, min(limits, default=None))
    warnings += [*told, *sounds_left_out(clip.scene)]
    page = Page(StyleSheet(clip.duration_s, request.repeat), films)
    for sprite in sprites:
        page.add(sprite)
    still = clip.frame(clip.still_at_s).copy()
    files, body = _packed(page, request, size, still, limits)
    if max_bytes is not None and len(body) > max_bytes:
        raise RenderError(
            f"the file has {-(-len(body) // 1000):,} kB, at most {max_bytes / 1000:,.0f} are asked for: photos are not "
            f"lowered below quality {LEAST_QUALITY}; use fewer or smaller pictures, or allow more"
        )
    warnings += _told(request, options, size, files, body, clip.duration_s)
    return Packed(body, files.get(BACKUP_NAME) or on_white(still, request.quality), tuple(warnings))


def _packed(
    page: Page, request: _Request, size: tuple[int, int], still: Any, limits: list[int]
) -> tuple[dict[str, bytes], bytes]:
    """At the highest quality at which nothing is over a limit, else at the lowest."""
    files: dict[str, bytes] = {}
    body = b""
    for quality in _qualities(request.quality):
        files = _files(page, request, size, still, quality)
        body = _zipped(files)
        if _counted(request.network, files, body) <= min(limits, default=len(body) + _total(files)):
            break
    return files, body


def _qualities(asked: int) -> tuple[int, ...]:
    """Less only where less is asked for."""
    return (*range(asked, LEAST_QUALITY, -_STEP), min(asked, LEAST_QUALITY))


def _files(page: Page, request: _Request, size: tuple[int, int], still: Any, quality: int) -> dict[str, bytes]:
    form = request.network.click
    drawn = [drawing.file(quality) for drawing in page.drawings]
    rules = page.picture_rules([name for name, _ in drawn]) + page.styles.text()
    text = page_text(
        title=request.title,
        size=size,
        head=head_script(form, request.tag),
        click=click_script(form),
        rules=rules,
        markup="\n".join(page.markup),
        has_films=bool(page.films),
    )
    files = {PAGE_NAME: text.encode(), **dict(drawn), **more_files(form, request.title, size, request.tag)}
    files |= {film.name: film.body for film in page.films.values()}
    if request.has_backup:
        files[BACKUP_NAME] = on_white(still, quality)
    return files


def _zipped(files: Mapping[str, bytes]) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _NO_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system, entry.external_attr = 3, _READABLE
            archive.writestr(entry, files[name], compresslevel=9)
    return body.getvalue()


def _told(
    request: _Request,
    options: Mapping[str, Any],
    size: tuple[int, int],
    files: Mapping[str, bytes],
    body: bytes,
    duration_s: float,
) -> list[str]:
    network = request.network
    weight = Weight(_counted(network, files, body), len(files), duration_s, request.repeat)
    told = over_limits(network, size, weight)
    if not options.get("click_tag"):
        told.append(f"html5.click_tag is not set: a click leads to {request.tag.text}")
    if network.wants_https and request.tag.is_https is False:
        told.append(f"{network.title}: html5.click_tag is an http address, and must be https")
    return told


def _counted(network: Network, files: Mapping[str, bytes], body: bytes) -> int:
    return _total(files) if network.counts_unpacked else len(body)


def _total(files: Mapping[str, bytes]) -> int:
    return sum(len(content) for content in files.values())
