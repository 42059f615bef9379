"""Contact sheets of the designs, to look at: every format of the longest, the shortest and the pictureless row.

Of an animated design the longest row at five moments, and the shortest and the pictureless one at its still.

    python templates/contact_sheet.py [product-card ...]

Writes docs/contact-sheets/<design>.png, all formats at their true relative sizes, and each design's preview.png with
its typical row. The rows are in samples.json. Left out: judging, which the tests do with numbers and people by eye.
"""

from __future__ import annotations

import argparse
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont, ImageOps

from bulkgen.render.banner import RenderCache, picture_refs, render_banner
from bulkgen.render.fonts import FontLibrary
from bulkgen.wire.design import Design, parse_design

TEMPLATES = Path(__file__).resolve().parent
REPOSITORY = TEMPLATES.parent
SHEETS = REPOSITORY / "docs" / "contact-sheets"

ROWS = ("longest", "shortest", "no photo")
MOMENTS = (0.0, 0.25, 0.5, 0.75, 1.0)  # of the duration
GROUND, INK = "#e8e6e1", "#57534c"
GAP = 36
LABEL_HEIGHT = 74
SHEET_WIDTH = 1200
# Eight pages of photos, three times: at 1200 px a picture of its own weight.
DOCUMENT_SHEET_WIDTH = 1000
PREVIEW_WIDTH, PREVIEW_HEIGHT = 720, 800

# A sheet of photos is heavy as a PNG; past this it is saved in 256 colours, which nobody sees at its scale.
HEAVY_BYTES = 1_400_000


def samples() -> dict[str, dict[str, dict[str, Any]]]:
    """Elements by design and row. A bare value sets a layer's main property; pictures are paths in the repository."""
    read: dict[str, dict[str, dict[str, Any]]] = json.loads((TEMPLATES / "samples.json").read_text("utf-8"))
    return read


def load_design(name: str) -> Design:
    return parse_design(json.loads((TEMPLATES / name / "design.json").read_text("utf-8")))


def pictures_of(design: Design, folder: Path, elements: Mapping[str, Any]) -> dict[str, bytes]:
    """What the design's own paths and the row's name, as bytes."""
    found = {}
    for item in design.formats:
        for reference in picture_refs(design, [item.id], elements_of(design, item.id, elements)):
            own = folder / reference
            found[reference] = (own if own.is_file() else REPOSITORY / reference).read_bytes()
    return found


def elements_of(design: Design, format_id: str, elements: Mapping[str, Any]) -> dict[str, Any]:
    """What a page of a document has of a row; a design with formats has all of it in each."""
    names = {layer.name for layer in design.elements if format_id in layer.layout}
    return {name: value for name, value in elements.items() if not design.is_multipage or name in names}


def render_row(
    name: str, elements: Mapping[str, Any], fonts: FontLibrary, at_s: float | None = None
) -> list[Image.Image]:
    """One row in every format, in the design's order; an animated one at a moment, else at its still."""
    design = load_design(name)
    pictures = pictures_of(design, TEMPLATES / name, elements)
    cache = RenderCache()
    banners = [
        render_banner(
            design,
            item.id,
            elements_of(design, item.id, elements),
            pictures,
            fonts,
            file_type="png",
            cache=cache,
            at_s=at_s,
        )
        for item in design.formats
    ]
    return [Image.open(io.BytesIO(banner.body)).convert("RGB") for banner in banners]


def arrange(pictures: Sequence[Image.Image]) -> Image.Image:
    """Side by side at true size; low ones are stacked where the tallest leaves room."""
    room = max(picture.height for picture in pictures)
    columns: list[list[Image.Image]] = []
    for picture in sorted(pictures, key=lambda picture: -picture.height):
        for column in columns:
            if sum(other.height + GAP for other in column) + picture.height <= room:
                column.append(picture)
                break
        else:
            columns.append([picture])
    widths = [max(picture.width for picture in column) for column in columns]
    board = Image.new("RGB", (sum(widths) + GAP * (len(columns) - 1), room), GROUND)
    left = 0
    for column, width in zip(columns, widths, strict=True):
        top = 0
        for picture in column:
            board.paste(picture, (left, top))
            top += picture.height + GAP
        left += width + GAP
    return board


def board(design: Design, pictures: Sequence[Image.Image]) -> Image.Image:
    """A document lies open: its back beside its cover, then page beside page, two of these in a row."""
    if not design.is_multipage:
        return arrange(pictures)
    pages = [pictures[-1], *pictures[:-1]]
    opened = [Image.new("RGB", (pages[0].width * 2, pages[0].height), GROUND) for _ in range((len(pages) + 1) // 2)]
    for index, page in enumerate(pages):
        opened[index // 2].paste(page, (index % 2 * page.width, 0))
    return _below([_beside(opened[index : index + 2]) for index in range(0, len(opened), 2)])


def boards_of(name: str, rows: Mapping[str, Mapping[str, Any]], fonts: FontLibrary) -> dict[str, Image.Image]:
    design = load_design(name)
    animation = design.animation
    boards = {label: board(design, render_row(name, rows[label], fonts)) for label in ROWS if label in rows}
    if animation is None:
        return boards
    longest = boards.pop(ROWS[0])
    times = [animation.duration * part for part in MOMENTS]
    frames = [arrange(render_row(name, rows[ROWS[0]], fonts, at_s)) for at_s in times]
    # Tall ones stand beside each other, or the sheet would be a ribbon.
    strip = _beside(frames) if longest.height > longest.width else _below(frames)
    return {f"{ROWS[0]}, at {', '.join(f'{at_s:g}' for at_s in times)} s": strip, **boards}


def _beside(frames: Sequence[Image.Image]) -> Image.Image:
    width = sum(frame.width for frame in frames) + GAP * (len(frames) - 1)
    board = Image.new("RGB", (width, max(frame.height for frame in frames)), GROUND)
    left = 0
    for frame in frames:
        board.paste(frame, (left, 0))
        left += frame.width + GAP
    return board


def _below(frames: Sequence[Image.Image]) -> Image.Image:
    return _beside([frame.transpose(Image.Transpose.TRANSPOSE) for frame in frames]).transpose(
        Image.Transpose.TRANSPOSE
    )


def contact_sheet(name: str, rows: Mapping[str, Mapping[str, Any]], fonts: FontLibrary) -> Image.Image:
    font = ImageFont.truetype(str(TEMPLATES / "fonts" / "inter" / "Inter-Variable.ttf"), 40)
    labelled = [_labelled(f"{name}, {label}", made, font) for label, made in boards_of(name, rows, fonts).items()]
    # A proof of one upright page is smaller than the sheet: beside each other three fill it.
    design = load_design(name)
    together = _beside if design.type == "printer" else _below
    width = DOCUMENT_SHEET_WIDTH if design.is_multipage else SHEET_WIDTH
    return _fit(ImageOps.expand(together(labelled), GAP, GROUND), width)


def _labelled(text: str, made: Image.Image, font: ImageFont.FreeTypeFont) -> Image.Image:
    sheet = Image.new("RGB", (made.width, made.height + LABEL_HEIGHT), GROUND)
    ImageDraw.Draw(sheet).text((0, 0), text, INK, font)
    sheet.paste(made, (0, LABEL_HEIGHT))
    return sheet


def _fit(picture: Image.Image, width: int) -> Image.Image:
    return picture.resize((width, round(picture.height * width / picture.width)), Image.Resampling.LANCZOS)


def _save(picture: Image.Image, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path, optimize=True)
    if path.stat().st_size > HEAVY_BYTES:
        picture.quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.FLOYDSTEINBERG).save(path, optimize=True)
    print(f"{path.relative_to(REPOSITORY)}  {picture.width}x{picture.height}  {path.stat().st_size:,} bytes")


def main() -> None:
    known = samples()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("designs", nargs="*", default=list(known), help="only these")
    fonts = FontLibrary([TEMPLATES / "fonts"])
    for name in parser.parse_args().designs:
        _save(contact_sheet(name, known[name], fonts), SHEETS / f"{name}.png")
        typical = board(load_design(name), render_row(name, known[name]["typical"], fonts))
        preview = ImageOps.expand(typical, GAP, GROUND)
        width = min(PREVIEW_WIDTH, preview.width, preview.width * PREVIEW_HEIGHT // preview.height)
        _save(_fit(preview, width), TEMPLATES / name / "preview.png")


if __name__ == "__main__":
    main()
