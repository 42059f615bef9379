"""A workbook with one of everything that people keep in workbooks, so that what a report loses is seen.

Written by a library that has nothing to do with ours; the pivot, which it cannot write, is added by hand.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter

ROWS = 30
HEADERS = ("id", "name", "gtin", "price", "when", "discount", "ok", "link", "total", "rich")

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def make_rich_workbook(path: Path, macro: Path | None = None) -> None:
    plain = path.with_name(f"plain-{path.name}")
    book = xlsxwriter.Workbook(str(plain))
    if macro is not None:
        macro.write_bytes(b"\xd0\xcf\x11\xe0" + bytes(range(256)) * 8)
        book.add_vba_project(str(macro))
    data, lookup, pivot, hidden = (book.add_worksheet(name) for name in ("Data", "Lookup", "Pivot", "Hidden"))
    hidden.very_hidden()
    chart_sheet = book.add_chartsheet("Chart")
    _fill(book, data)
    _format(book, data)
    _adorn(book, data)
    for at, text in enumerate(("a", "b", "c"), 1):
        lookup.write(at - 1, 0, text)
        lookup.write_row(at, 2, (text, at))
        pivot.write_row(at + 2, 0, (text, at))
    lookup.add_table("C1:D4", {"columns": [{"header": "k"}, {"header": "v"}], "name": "Lookup_table"})
    lookup.protect("secret")
    line = book.add_chart({"type": "line"})
    line.add_series({"values": f"=Data!$D$2:$D${ROWS + 1}"})
    chart_sheet.set_chart(line)
    book.define_name("Rate", "=Lookup!$A$1")
    book.define_name("Data!Local", "=Data!$B$2")
    book.set_properties({"title": "Spring", "author": "Somebody"})
    book.set_custom_property("campaign", "spring")
    book.close()
    _add_pivot(plain, path)
    plain.unlink()


def _fill(book: Any, sheet: Any) -> None:
    bold = book.add_format({"bold": True, "bg_color": "#FFEE00", "border": 1})
    date, part = book.add_format({"num_format": "dd/mm/yyyy"}), book.add_format({"num_format": "0.0%"})
    padded = book.add_format({"num_format": "00000"})
    for column, header in enumerate(HEADERS):
        sheet.write_string(0, column, header, bold)
    for row in range(1, ROWS + 1):
        sheet.write_number(row, 0, row, padded)
        sheet.write_string(row, 1, f"Item {row}")
        sheet.write_number(row, 2, 4006381333931 + row)
        sheet.write_number(row, 3, 9.5 * row)
        sheet.write_datetime(row, 4, datetime(2026, 11, 24), date)  # noqa: DTZ001 - a cell knows no time zone
        sheet.write_number(row, 5, 0.2, part)
        sheet.write_boolean(row, 6, row % 2 == 0)
        sheet.write_url(row, 7, f"https://example.com/{row}", string="open")
        sheet.write_formula(row, 8, f"=D{row + 1}*(1-F{row + 1})", None, 9.5 * row * 0.8)
        sheet.write_rich_string(row, 9, "a ", bold, "bold", " z")


def _format(book: Any, sheet: Any) -> None:
    bold = book.add_format({"bold": True})
    last = ROWS + 1
    sheet.set_column(1, 1, 33.5)
    sheet.set_column(2, 2, 18, None, {"level": 1})
    # As programs write "all columns to the right": the results must not be hidden with them.
    sheet.set_column(10, 16_383, 5, None, {"hidden": True})
    sheet.set_row(0, 28)
    sheet.freeze_panes(1, 1)
    sheet.set_landscape()
    sheet.set_header("&CHead")
    sheet.print_area(f"A1:J{last}")
    sheet.set_zoom(80)
    sheet.autofilter(f"A1:J{last}")
    sheet.merge_range("A40:C40", "merged")
    sheet.conditional_format(f"D2:D{last}", {"type": "data_bar", "data_bar_2010": True})
    sheet.conditional_format(f"D2:D{last}", {"type": "cell", "criteria": ">", "value": 100, "format": bold})
    sheet.conditional_format(f"F2:F{last}", {"type": "icon_set", "icon_style": "3_arrows"})
    sheet.data_validation(f"B2:B{last}", {"validate": "list", "source": "=Lookup!$A$1:$A$3"})
    sheet.ignore_errors({"number_stored_as_text": "A1:A9"})


def _adorn(book: Any, sheet: Any) -> None:
    sheet.write_comment("A1", "a note", {"author": "me"})
    sheet.insert_image("L50", "red.png", {"image_data": io.BytesIO(_picture()), "description": "alt"})
    sheet.insert_textbox("L60", "a text box")
    sheet.add_sparkline("C45", {"range": "Data!D2:D20"})
    sheet.insert_checkbox("B42", True)
    sheet.write_dynamic_array_formula("B43", "=_xlfn.UNIQUE(A2:A5)")
    chart = book.add_chart({"type": "column"})
    chart.add_series(
        {"values": f"=Data!$D$2:$D${ROWS + 1}", "trendline": {"type": "linear"}, "data_labels": {"value": True}}
    )
    sheet.insert_chart("L70", chart)


def _picture() -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    lines = b"".join(b"\0" + b"\xff\x00\x00" * 8 for _ in range(8))
    head = struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")


def _relationships(*items: tuple[str, str, str]) -> str:
    body = "".join(f'<Relationship Id="{i}" Type="{_OFFICE}/{kind}" Target="{target}"/>' for i, kind, target in items)
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{body}</Relationships>'


_CACHE = (
    f'<pivotCacheDefinition xmlns="{_MAIN}" xmlns:r="{_OFFICE}" r:id="rId1" refreshedBy="me" refreshedDate="46000" '
    'createdVersion="6" refreshedVersion="6" minRefreshableVersion="3" recordCount="3">'
    '<cacheSource type="worksheet"><worksheetSource ref="C1:D4" sheet="Lookup"/></cacheSource>'
    '<cacheFields count="2"><cacheField name="k" numFmtId="0"><sharedItems count="3"><s v="a"/><s v="b"/><s v="c"/>'
    '</sharedItems></cacheField><cacheField name="v" numFmtId="0"><sharedItems containsSemiMixedTypes="0" '
    'containsString="0" containsNumber="1" containsInteger="1" minValue="1" maxValue="3"/></cacheField></cacheFields>'
    "</pivotCacheDefinition>"
)
_RECORDS = (
    f'<pivotCacheRecords xmlns="{_MAIN}" count="3"><r><x v="0"/><n v="1"/></r><r><x v="1"/><n v="2"/></r>'
    '<r><x v="2"/><n v="3"/></r></pivotCacheRecords>'
)
_TABLE = (
    f'<pivotTableDefinition xmlns="{_MAIN}" name="Pivot1" cacheId="7" dataCaption="Values" updatedVersion="6" '
    'minRefreshableVersion="3" createdVersion="6" indent="0" outline="1" outlineData="1">'
    '<location ref="A3:B7" firstHeaderRow="1" firstDataRow="1" firstDataCol="1"/><pivotFields count="2">'
    '<pivotField axis="axisRow" showAll="0"><items count="4"><item x="0"/><item x="1"/><item x="2"/>'
    '<item t="default"/></items></pivotField><pivotField dataField="1" showAll="0"/></pivotFields>'
    '<rowFields count="1"><field x="0"/></rowFields><rowItems count="4"><i><x/></i><i><x v="1"/></i><i><x v="2"/></i>'
    '<i t="grand"><x/></i></rowItems><colItems count="1"><i/></colItems><dataFields count="1">'
    '<dataField name="Sum of v" fld="1" baseField="0" baseItem="0"/></dataFields></pivotTableDefinition>'
)


def _add_pivot(plain: Path, path: Path) -> None:
    added = {
        "xl/pivotCache/pivotCacheDefinition1.xml": _CACHE,
        "xl/pivotCache/_rels/pivotCacheDefinition1.xml.rels": _relationships(
            ("rId1", "pivotCacheRecords", "pivotCacheRecords1.xml")
        ),
        "xl/pivotCache/pivotCacheRecords1.xml": _RECORDS,
        "xl/pivotTables/pivotTable1.xml": _TABLE,
        "xl/pivotTables/_rels/pivotTable1.xml.rels": _relationships(
            ("rId1", "pivotCacheDefinition", "../pivotCache/pivotCacheDefinition1.xml")
        ),
        "xl/worksheets/_rels/sheet3.xml.rels": _relationships(("rId1", "pivotTable", "../pivotTables/pivotTable1.xml")),
    }
    cache = f'<Relationship Id="rIdPivot" Type="{_OFFICE}/pivotCacheDefinition" '
    cache += 'Target="pivotCache/pivotCacheDefinition1.xml"/>'
    kinds = {
        "pivotCache/pivotCacheDefinition1": "pivotCacheDefinition",
        "pivotCache/pivotCacheRecords1": "pivotCacheRecords",
        "pivotTables/pivotTable1": "pivotTable",
    }
    overrides = "".join(
        f'<Override PartName="/xl/{part}.xml" ContentType="{_TYPES}.{kind}+xml"/>' for part, kind in kinds.items()
    )
    edits = {
        "[Content_Types].xml": ("</Types>", f"{overrides}</Types>"),
        "xl/_rels/workbook.xml.rels": ("</Relationships>", f"{cache}</Relationships>"),
        "xl/workbook.xml": (
            "</workbook>",
            '<pivotCaches><pivotCache cacheId="7" r:id="rIdPivot"/></pivotCaches></workbook>',
        ),
    }
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            body = old.read(name)
            if name in edits:
                assert edits[name][0].encode() in body
                body = body.replace(*(text.encode() for text in edits[name]))
            new.writestr(name, body)
        for name, text in added.items():
            new.writestr(name, f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{text}')
