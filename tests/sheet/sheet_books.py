"""Workbooks written part by part, for what no library writes: broken, strict and bare ones."""

from __future__ import annotations

import zipfile
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
STRICT_RELATIONS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def book(
    path: Path,
    rows: str,
    *,
    strings: list[str] | None = None,
    styles: str = "",
    workbook_extra: str = "",
    after_rows: str = "",
    before_rows: str = "",
    main: str = MAIN,
    relations: str = RELATIONS,
    parts: dict[str, str | bytes | None] | None = None,
) -> Path:
    """A workbook of one tab, Data. `rows` is the inside of sheetData; `parts` replaces parts, None leaves one out."""
    shared = "".join(f"<si><t xml:space='preserve'>{escape(text)}</t></si>" for text in strings or [])
    contents: dict[str, str | bytes | None] = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": _relations({"r1": (f"{relations}/officeDocument", "xl/workbook.xml")}),
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{relations}">{workbook_extra}'
        '<sheets><sheet name="Data" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _relations(
            {
                "r1": (f"{relations}/worksheet", "worksheets/sheet1.xml"),
                "r2": (f"{relations}/sharedStrings", "sharedStrings.xml"),
                "r3": (f"{relations}/styles", "styles.xml"),
            }
        ),
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}">{before_rows}<sheetData>{rows}</sheetData>'
        f"{after_rows}</worksheet>",
        "xl/sharedStrings.xml": f'<sst xmlns="{main}">{shared}</sst>',
        "xl/styles.xml": f'<styleSheet xmlns="{main}">{styles}</styleSheet>',
    }
    contents.update(parts or {})
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            if content is not None:
                archive.writestr(name, content)
    return path


def text_rows(*rows: tuple[str, ...]) -> str:
    """Rows of inline strings, without any reference, as small exporters write them."""
    return "".join(
        "<row>" + "".join(f'<c t="inlineStr"><is><t>{escape(t)}</t></is></c>' for t in row) + "</row>" for row in rows
    )


def formats(*codes: str) -> str:
    """The styles part's inside: style number n has the n-th code; style 0 is General."""
    declared = "".join(f"<numFmt numFmtId='{164 + at}' formatCode={quoteattr(code)}/>" for at, code in enumerate(codes))
    used = "".join(f"<xf numFmtId='{164 + at}'/>" for at in range(len(codes)))
    return f"<numFmts>{declared}</numFmts><cellXfs><xf numFmtId='0'/>{used}</cellXfs>"


def _relations(targets: dict[str, tuple[str, str]]) -> str:
    inside = "".join(f'<Relationship Id="{key}" Type="{kind}" Target="{to}"/>' for key, (kind, to) in targets.items())
    return f'<Relationships xmlns="{PACKAGE}">{inside}</Relationships>'
