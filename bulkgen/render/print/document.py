"""Pages to draw -> one file for a print shop.

    page -> skeleton on disk, its pictures straight into the file -> every object rewritten -> boxes, marks, the profile

Nothing here grows with the number of pages but a few numbers for each: pictures are in the file before the next page is
drawn, and the skeleton holds letters and lines only.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from bulkgen.render.failures import RenderError
from bulkgen.render.print.inks import Inks
from bulkgen.render.print.marks import SPACE, SPACE_BODY, crop_marks, room
from bulkgen.render.print.pdf_file import PdfFile
from bulkgen.render.print.press import Press
from bulkgen.render.print.profiles import Profile
from bulkgen.render.skia_memory import Page, write_pages

MISSING = "a print needs the print extra: pip install 'bulkgen[print]'"

# Pictures of a print are looked at closely.
DEFAULT_QUALITY = 92


@dataclass(frozen=True, slots=True)
class PrintPage:
    """Sizes in points; `draw` gets a canvas whose origin is the upper left corner of the trim."""

    width: float
    height: float
    bleed: float
    draw: Callable[[Any, Press], None]
    has_marks: bool = False


@dataclass(frozen=True, slots=True)
class PrintOptions:
    profile: Profile
    quality: int = DEFAULT_QUALITY
    dpi: float = 300.0


def write_print(
    target: BinaryIO, pages: Callable[[Inks | None], Iterable[PrintPage]], options: PrintOptions
) -> tuple[PrintPage, ...]:
    """`pages` gets the inks of this document: what it draws is to be in their stand-ins. Returns the pages drawn.

    Raises RenderError: pikepdf is missing, or a drawing cannot be printed.
    """
    try:
        import pikepdf

        from bulkgen.render.print.recolor import Recolor
    except ImportError as error:
        raise RenderError(MISSING) from error
    inks = Inks(options.profile.body) if options.profile.body is not None else None
    file = PdfFile(target)
    press = Press(file, inks, quality=options.quality, dpi=options.dpi)
    drawn: list[PrintPage] = []
    with tempfile.TemporaryDirectory(prefix="bulkgen-print-") as folder:
        skeleton = Path(folder) / "skeleton.pdf"
        write_pages(skeleton, _drawn(pages(inks), press, drawn), dots_per_inch=options.dpi)
        try:
            with pikepdf.open(skeleton) as source:
                recolor = Recolor(file, press)
                tree = file.reserve()
                extras = _extras(file, drawn, is_inked=inks is not None)
                kids = [
                    _put_page(file, recolor, found.obj, page, tree, extras)
                    for found, page in zip(source.pages, drawn, strict=True)
                ]
        except pikepdf.PdfError as error:
            raise RenderError(f"the drawn pages cannot be read again ({error})") from error
    references = b" ".join(b"%d 0 R" % kid for kid in kids)
    file.put(tree, b"<</Type/Pages/Count %d/Kids[%b]>>" % (len(kids), references))
    intent = _intent(file, options.profile)
    root = file.add(b"<</Type/Catalog/Pages %d 0 R%b>>" % (tree, intent))
    file.close(root, file.add(b"<</Producer(bulkgen)/Creator(bulkgen)/Trapped/False>>"))
    return tuple(drawn)


def _drawn(pages: Iterable[PrintPage], press: Press, drawn: list[PrintPage]) -> Iterator[Page]:
    for page in pages:
        # Only the sizes are needed later: what draws may hold a page's pictures.
        drawn.append(PrintPage(page.width, page.height, page.bleed, _nothing, page.has_marks))

        def draw(canvas: Any, page: PrintPage = page) -> None:
            canvas.translate(page.bleed, page.bleed)
            page.draw(canvas, press)

        yield page.width + 2 * page.bleed, page.height + 2 * page.bleed, draw


def _nothing(canvas: Any, press: Press) -> None:
    return None


def _extras(file: PdfFile, drawn: list[PrintPage], *, is_inked: bool) -> bytes:
    """The colour space of the marks, as a page names it."""
    if not any(page.has_marks for page in drawn):
        return b""
    number = file.add(SPACE_BODY[0 if is_inked else 1])
    return b"/ColorSpace<</%b %d 0 R>>" % (SPACE, number)


def _put_page(file: PdfFile, recolor: Any, found: Any, page: PrintPage, tree: int, extras: bytes) -> int:
    width, height, bleed = page.width + 2 * page.bleed, page.height + 2 * page.bleed, page.bleed
    body = recolor.content(bytes(found.Contents.read_bytes()))
    # What reaches over the bleed is cut there: the room beyond is for marks.
    framed = b"q 0 0 %.4f %.4f re W n\n%b\nQ\n" % (width, height, body)
    pad = 0.0
    if page.has_marks:
        framed += crop_marks(page.width, page.height, bleed)
        pad = room(bleed)
    resources = b"<<%b%b>>" % (recolor.entries(found.Resources), extras if page.has_marks else b"")
    space = b"/DeviceCMYK" if recolor.is_inked else b"/DeviceRGB"
    contents = file.add_stream(b"", framed)
    boxes = b"/MediaBox%b/BleedBox%b/TrimBox%b" % (
        _box(0 - pad, 0 - pad, width + pad, height + pad),
        _box(0, 0, width, height),
        _box(bleed, bleed, width - bleed, height - bleed),
    )
    return file.add(
        b"<</Type/Page/Parent %d 0 R%b/Contents %d 0 R/Resources%b/Group<</S/Transparency/CS%b>>>>"
        % (tree, boxes, contents, resources, space)
    )


def _box(left: float, bottom: float, right: float, top: float) -> bytes:
    return b"[%.4f %.4f %.4f %.4f]" % (left, bottom, right, top)


def _intent(file: PdfFile, profile: Profile) -> bytes:
    """What the colours are meant for. Its kind is the one that the format has for print; it claims no PDF/X."""
    if profile.body is None:
        return b""
    number = file.add_stream(b"/N 4/Alternate/DeviceCMYK", profile.body)
    name = profile.name.replace("(", "\\(").replace(")", "\\)").encode()
    return (
        b"/OutputIntents[<</Type/OutputIntent/S/GTS_PDFX/OutputConditionIdentifier(Custom)/Info(%b)"
        b"/DestOutputProfile %d 0 R>>]" % (name, number)
    )
