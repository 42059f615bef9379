"""A multi-page design -> one file. The entry for documents, as `banner` is for formats.

    pages (an elements object for each) -> every page of the design, in its order -> printing -> one PDF

A page is laid out when the one before is in the file. So a catalogue needs the memory of one page, as long as the
`pictures` it gets are loaded when they are asked for.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bulkgen.render.banner import RenderedBanner
from bulkgen.render.cache import RenderCache
from bulkgen.render.encoders import within
from bulkgen.render.failures import INVALID_FILE_TYPE, RenderError
from bulkgen.render.fonts import FontLibrary
from bulkgen.render.print.document import DEFAULT_QUALITY
from bulkgen.render.printing import PageRequest, Printed, print_pages
from bulkgen.render.sources import picture_refs
from bulkgen.wire.design import Design

Pages = Mapping[str, Mapping[str, Any]]
Pictures = Mapping[str, bytes | RenderError]


def render_document(
    design: Design,
    pages: Pages,
    pictures: Pictures,
    fonts: FontLibrary,
    *,
    file_type: str | None = None,
    options: Mapping[str, Mapping[str, Any]] | None = None,
    quality: int | None = None,
    max_bytes: int | None = None,
    cache: RenderCache | None = None,
) -> RenderedBanner:
    """All pages of the design; one that is not in `pages` shows the design's own values.

    Raises RenderError: a page that there is not, or one that cannot be made, and why.
    """
    if file_type not in (None, "auto", "pdf"):
        raise RenderError(f"a document of several pages is a pdf, not {file_type}", code=INVALID_FILE_TYPE)
    _refuse_unknown(design, pages)
    printed = Printed(0, ())

    def encode(wanted: int) -> bytes:
        nonlocal printed
        body = io.BytesIO()
        requests = _requests(design, pages, pictures)
        own = (options or {}).get("print")
        printed = print_pages(body, design, requests, fonts, options=own, quality=wanted, cache=cache)
        return body.getvalue()

    body = within(encode, DEFAULT_QUALITY if quality is None else quality, max_bytes, is_lossy=True)
    first = design.formats[0]
    return RenderedBanner(body, "pdf", round(first.width), round(first.height), printed.warnings)


def write_document(
    path: Path,
    design: Design,
    pages: Pages,
    pictures: Pictures,
    fonts: FontLibrary,
    *,
    options: Mapping[str, Mapping[str, Any]] | None = None,
    quality: int | None = None,
    cache: RenderCache | None = None,
) -> Printed:
    """As `render_document`, into a file as it is made. After an error the file is no document, and is removed."""
    _refuse_unknown(design, pages)
    own = (options or {}).get("print")
    try:
        with path.open("wb") as target:
            requests = _requests(design, pages, pictures)
            return print_pages(target, design, requests, fonts, options=own, quality=quality, cache=cache)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def document_refs(design: Design, pages: Pages) -> dict[str, str]:
    """Every picture that the document needs -> the first layer that shows it."""
    found: dict[str, str] = {}
    for page in design.formats:
        for reference, layer in picture_refs(design, [page.id], pages.get(page.id) or {}).items():
            found.setdefault(reference, layer)
    return found


def _requests(design: Design, pages: Pages, pictures: Pictures) -> Iterator[PageRequest]:
    for page in design.formats:
        yield PageRequest(page.id, pages.get(page.id) or {}, pictures)


def _refuse_unknown(design: Design, pages: Pages) -> None:
    known = [page.id for page in design.formats]
    unknown = [page for page in pages if page not in known]
    if unknown:
        raise RenderError(
            f"page {unknown[0]!r} is not one of {', '.join(known[:20])}{' …' if len(known) > 20 else ''}",
            code="format_not_found",
        )
