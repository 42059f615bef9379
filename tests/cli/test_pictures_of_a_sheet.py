"""Pictures that a sheet brings along, at the real command: each comes out on its banner, and is paid for once."""

from __future__ import annotations

import base64
import csv
import http.server
import io
import subprocess
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from bulkgen_command import bulkgen
from PIL import Image

MAPPING = """\
design: product-card
formats: [medium-rectangle]
elements: {title: "Shoe", photo: "{{ photo }}"}
"""
COLOURS = {"red": (220, 20, 30), "green": (20, 160, 40), "blue": (30, 40, 220)}
STATUS, FILE, DETAIL = "bulkgen status", "medium-rectangle file", "bulkgen detail"
NOTHING = "Nothing to do: every banner of this sheet is as it should be."


def picture(colour: str) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (600, 500), COLOURS[colour]).save(stream, "PNG")
    return stream.getvalue()


def run(sheet: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return bulkgen("run", sheet, "--progress", "none", *arguments, **environment)


def colour_of(path: Path) -> str:
    """The one of ours that the banner shows most of."""
    with Image.open(path) as image:
        pixels = image.convert("RGB").resize((60, 50)).get_flattened_data()
    near = [
        name
        for pixel in pixels
        for name, colour in COLOURS.items()
        if sum(abs(one - other) for one, other in zip(pixel, colour, strict=True)) < 60
    ]
    return max(COLOURS, key=near.count) if near else "none"


def rows_of(report: Path) -> list[dict[str, str]]:
    if report.suffix == ".csv":
        with report.open(newline="", encoding="utf-8-sig") as stream:
            return list(csv.DictReader(stream))
    tab = openpyxl.load_workbook(report).active
    assert tab is not None
    header, *rows = tab.iter_rows(values_only=True)
    return [{str(name): str(value or "") for name, value in zip(header, row, strict=True)} for row in rows if any(row)]


def test_pictures_in_the_cells_of_a_workbook_come_out_on_their_banners(tmp_path: Path) -> None:
    """The same picture placed in a cell, over a cell, as a file and as base64 is one banner, and is billed once."""
    (tmp_path / "mapping.yaml").write_text(MAPPING)
    book = tmp_path / "sheet.xlsx"
    with xlsxwriter.Workbook(str(book)) as written:
        tab = written.add_worksheet()
        tab.write_row(0, 0, ["name", "photo"])
        for at, (name, colour, put) in enumerate(
            [
                ("placed", "red", tab.embed_image),
                ("over", "green", tab.insert_image),
                ("again", "red", tab.embed_image),
            ],
            1,
        ):
            tab.write(at, 0, name)
            put(at, 1, "photo.png", {"image_data": io.BytesIO(picture(colour))})
        tab.embed_image(4, 1, "photo.png", {"image_data": io.BytesIO(picture("blue"))})
    done = run(book)
    assert done.returncode == 0, done.stdout + done.stderr
    report = tmp_path / "sheet.generated.xlsx"
    rows = rows_of(report)
    assert [row[STATUS] for row in rows] == ["done", "done", "reused", "done"]
    assert [colour_of(tmp_path / row[FILE]) for row in rows] == ["red", "green", "red", "blue"]

    assert NOTHING in run(book).stdout

    # The report still shows them, so that it can be fed back in.
    (tmp_path / "back").mkdir()
    mapping, out = str(tmp_path / "mapping.yaml"), tmp_path / "back" / "fed.xlsx"
    fed = run(report, "-o", str(out), "-m", mapping)
    assert (fed.returncode, NOTHING in fed.stdout) == (0, True), fed.stdout + fed.stderr
    assert [colour_of(out.parent / row[FILE]) for row in rows_of(out)] == ["red", "green", "red", "blue"]

    (tmp_path / "shoe.png").write_bytes(picture("green"))
    table = tmp_path / "table.csv"
    with table.open("w", newline="") as stream:
        text = base64.b64encode(picture("red")).decode()
        lines = [["name", "photo"], ["file", "shoe.png"], ["typed", text], ["uri", f"data:image/png;base64,{text}"]]
        csv.writer(stream).writerows(lines)
    done = run(table)
    assert (done.returncode, NOTHING in done.stdout) == (0, True), done.stdout + done.stderr
    assert [row[STATUS] for row in rows_of(tmp_path / "table.generated.csv")] == ["reused"] * 3


WPS_PARTS = {
    "xl/cellimages.xml": '<e:cellImages xmlns:e="urn:e" xmlns:p="urn:p" xmlns:r="urn:r"><e:cellImage><p:pic><p:cNvPr'
    ' name="ID_1"/><p:blip r:embed="r1"/></p:pic></e:cellImage></e:cellImages>',
    "xl/_rels/cellimages.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships'
    '"><Relationship Id="r1" Type="urn:office/image" Target="media/wps.png"/></Relationships>',
}
WPS_RELATION = '<Relationship Id="w1" Type="http://www.wps.cn/officeDocument/2020/cellImage" Target="cellimages.xml"/>'


class _Shop(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "image/png")
        self.end_headers()
        self.wfile.write(picture("blue"))

    def log_message(self, *_: object) -> None:
        """Silence."""


@pytest.fixture
def shop() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Shop) as found:
        thread = threading.Thread(target=found.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{found.server_address[1]}/shoe.png"
        found.shutdown()
        thread.join()


def test_formulas_that_show_pictures_come_out_as_those(tmp_path: Path, shop: str) -> None:
    """WPS names a picture in the file, Google and Excel one on the web; all of them store no text beside it."""
    (tmp_path / "mapping.yaml").write_text(MAPPING)
    plain, book = tmp_path / "plain.xlsx", tmp_path / "sheet.xlsx"
    with xlsxwriter.Workbook(str(plain)) as written:
        tab = written.add_worksheet()
        tab.write_row(0, 0, ["name", "photo"])
        for at, formula in enumerate(('_xlfn.DISPIMG("ID_1",1)', f'IMAGE("{shop}")'), 1):
            tab.write(at, 0, "Shoe")
            tab.write_formula(at, 1, f"={formula}", value="")
    with zipfile.ZipFile(plain) as before, zipfile.ZipFile(book, "w") as after:
        for info in before.infolist():
            body = before.read(info)
            if info.filename == "xl/_rels/workbook.xml.rels":
                body = body.replace(b"</Relationships>", WPS_RELATION.encode() + b"</Relationships>")
            after.writestr(info, body)
        for name, text in WPS_PARTS.items():
            after.writestr(name, text)
        after.writestr("xl/media/wps.png", picture("green"))
    done = run(book, BULKGEN_ALLOW_PRIVATE_ASSETS="1")
    assert done.returncode == 0, done.stdout + done.stderr
    rows = rows_of(tmp_path / "sheet.generated.xlsx")
    assert [colour_of(tmp_path / row[FILE]) for row in rows] == ["green", "blue"]


def test_a_cell_whose_picture_is_none_keeps_its_row_and_no_other(tmp_path: Path) -> None:
    """With the cell's place or name in words, and none of the base64."""
    (tmp_path / "mapping.yaml").write_text(MAPPING)
    table = tmp_path / "table.csv"
    page = base64.b64encode(b"<!DOCTYPE html><html>" + b" " * 90).decode()
    with table.open("w", newline="") as stream:
        good = base64.b64encode(picture("blue")).decode()
        lines = [["name", "photo"], ["good", good], ["cut", f"data:image/png;base64,{good[:1001]}"], ["page", page * 3]]
        csv.writer(stream).writerows([*lines, ["uri", f"data:image/png;base64,{page}"]])
    done = run(table)
    assert done.returncode == 1, done.stdout + done.stderr
    good_row, *bad = rows_of(tmp_path / "table.generated.csv")
    assert (good_row[STATUS], colour_of(tmp_path / good_row[FILE])) == ("done", "blue")
    assert [row[STATUS] for row in bad] == ["invalid"] * 3
    assert "is not base64, or only a part of it" in bad[0][DETAIL]
    words = "the picture typed into the cell is not a picture that the API takes: it is a web page"
    assert all(words in row[DETAIL] for row in bad[1:])
    assert good[:40] not in done.stdout + done.stderr
