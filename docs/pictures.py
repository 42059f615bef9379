"""Makes the pictures of the README from real runs: results of one example, and the report of another.

python docs/pictures.py        needs LibreOffice (`soffice`) and poppler (`pdftoppm`) for the report
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import openpyxl
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from PIL import Image, ImageChops, ImageDraw

ROOT = Path(__file__).parents[1]
OUT = ROOT / "docs" / "pictures"
GROUND = (231, 229, 224)
GAP = 24


def run(example: str, sheet: str, folder: Path, *more: str) -> Path:
    """A copy of the example, run; exit 1 is part of some stories."""
    leave = shutil.ignore_patterns(".bulkgen", "*.generated", "*.generated.*")
    copy = Path(shutil.copytree(ROOT / "examples" / example, folder / example, ignore=leave))
    command = [sys.executable, "-m", "bulkgen", "run", str(copy / sheet), "--progress", "none", *more]
    subprocess.run(command, check=False)
    return copy


def results(folder: Path) -> Image.Image:
    """Some rows of the product cards, each in all formats."""
    made = run("product-cards", "products.xlsx", folder) / "products.generated"
    keys = sorted({path.name.rsplit("-square", 1)[0] for path in made.glob("*-square.jpeg")})
    chosen = [keys[index] for index in (3, 20, 29, 47)]
    unit = 300
    width = 4 * unit + 5 * GAP
    story = round(unit * 1920 / 1080)
    landscape = round(unit * 628 / 1200)
    sheet = Image.new("RGB", (width, story + landscape + 3 * GAP), GROUND)
    for place, key in enumerate(chosen):
        left = GAP + place * (unit + GAP)
        top = GAP
        if place % 2 == 0:
            _paste(sheet, made / f"{key}-story.jpeg", (left, top, unit, story))
            _paste(sheet, made / f"{key}-landscape.jpeg", (left, top + story + GAP, unit, landscape))
        else:
            _paste(sheet, made / f"{key}-square.jpeg", (left, top, unit, unit))
            _paste(sheet, made / f"{key}-landscape.jpeg", (left, top + unit + GAP, unit, landscape))
            other = keys[(keys.index(key) + 5) % len(keys)]
            rest = story + landscape - unit - landscape - GAP
            _paste(
                sheet, made / f"{other}-square.jpeg", (left, top + unit + landscape + 2 * GAP, unit, min(rest, unit))
            )
    return sheet


def _paste(sheet: Image.Image, path: Path, box: tuple[int, int, int, int]) -> None:
    left, top, width, height = box
    picture = Image.open(path).convert("RGB")
    scaled = picture.resize((width, round(picture.height * width / picture.width)), Image.Resampling.LANCZOS)
    sheet.paste(scaled.crop((0, 0, width, height)), (left, top))


def report(folder: Path) -> Image.Image:
    """The report of the summer sale, as a spreadsheet program shows it: the rows around its failures."""
    run("summer-sale", "feed.csv", folder, "-o", str(folder / "report.xlsx"))
    book = openpyxl.load_workbook(folder / "report.xlsx")
    sheet = book.worksheets[0]
    header = [str(cell.value) for cell in sheet[1]]
    keep = ["id", "title", "price", "image_link", "square url", "square error", "bulkgen status", "bulkgen detail"]
    for index in range(len(header), 0, -1):
        if header[index - 1] not in keep:
            sheet.delete_cols(index)
    places = {str(cell.value): cell.column for cell in sheet[1]}
    bad = [
        r
        for r in range(2, sheet.max_row + 1)
        if sheet.cell(r, places["bulkgen status"]).value not in ("done", "reused", "skipped")
    ]
    shown = {row + shift for row in bad[:4] for shift in (-1, 0)} | {2, 3}
    for row in range(sheet.max_row, 1, -1):
        if row not in shown:
            sheet.delete_rows(row)
    widths = dict(zip(keep, (17, 38, 12, 30, 42, 46, 15, 40), strict=True))
    for name, width in widths.items():
        sheet.column_dimensions[get_column_letter(places[name])].width = width
    for row in sheet.iter_rows():
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.value = shortened(cell.value)
    for row in range(1, sheet.max_row + 1):
        lines = [len(str(sheet.cell(row, at).value or "")) / (widths[name] * 0.95) for name, at in places.items()]
        sheet.row_dimensions[row].height = 15 * (1 + int(max(lines)))
    for extra in book.worksheets[1:]:
        book.remove(extra)
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_options.gridLines = sheet.print_options.headings = True
    book.save(folder / "shown.xlsx")
    home = f"-env:UserInstallation=file://{folder / 'office'}"
    convert = [
        "soffice",
        home,
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
        str(folder),
        str(folder / "shown.xlsx"),
    ]
    subprocess.run(convert, check=True, capture_output=True)
    subprocess.run(
        ["pdftoppm", "-r", "200", "-png", "-singlefile", str(folder / "shown.pdf"), str(folder / "page")], check=True
    )
    page = Image.open(folder / "page.png").convert("RGB")
    box = ImageChops.difference(page, Image.new("RGB", page.size, "white")).getbbox()
    cut = page.crop(box)
    framed = Image.new("RGB", (cut.width + 2 * GAP, cut.height + 2 * GAP), "white")
    framed.paste(cut, (GAP, GAP))
    ImageDraw.Draw(framed).rectangle((0, 0, framed.width - 1, framed.height - 1), outline=(200, 200, 200))
    return framed


def shortened(value: object) -> object:
    """An overlong title would be the whole picture."""
    return f"{value[:120]}…" if isinstance(value, str) and len(value) > 130 else value


def main() -> None:
    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        results(Path(name)).save(OUT / "product-cards.jpg", quality=86, optimize=True)
        report(Path(name)).save(OUT / "report-with-errors.png", optimize=True)


if __name__ == "__main__":
    main()
