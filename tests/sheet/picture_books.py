"""Workbooks with pictures in their cells, as the programs that people use write them."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import xlsxwriter
from PIL import Image
from sheet_books import book, text_rows

WPS_PICTURES = "http://www.wps.cn/officeDocument/2020/cellImage"
RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RICH = "http://schemas.microsoft.com/office/spreadsheetml/2017/richdata"


def picture(colour: str, kind: str = "PNG", size: tuple[int, int] = (120, 90)) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", size, colour).save(stream, kind)
    return stream.getvalue()


def placed(path: Path, rows: list[tuple[str, bytes | None, bytes | None]]) -> Path:
    """Columns name, in, over: a picture placed in a cell, and one that lies over a cell."""
    with xlsxwriter.Workbook(str(path)) as written:
        tab = written.add_worksheet("Data")
        tab.write_row(0, 0, ["name", "in", "over"])
        for at, (name, inside, over) in enumerate(rows, 1):
            if name:
                tab.write(at, 0, name)
            if inside:
                tab.embed_image(at, 1, "in.png", {"image_data": io.BytesIO(inside)})
            if over:
                tab.insert_image(at, 2, "over.png", {"image_data": io.BytesIO(over)})
    return path


def wps(path: Path, pictures: dict[str, bytes]) -> Path:
    """Columns name, photo: WPS's formula, with the pictures in a part of their own."""
    rows = "".join(
        f'<row><c t="inlineStr"><is><t>{name}</t></is></c><c t="str"><f>_xlfn.DISPIMG("ID_{name}",1)</f>'
        f'<v>=DISPIMG("ID_{name}",1)</v></c></row>'
        for name in (*pictures, "none")
    )
    images = "".join(
        f'<etc:cellImage><xdr:pic><xdr:nvPicPr><xdr:cNvPr id="{at}" name="ID_{name}"/></xdr:nvPicPr>'
        f'<xdr:blipFill><a:blip r:embed="r{at}"/></xdr:blipFill></xdr:pic></etc:cellImage>'
        for at, name in enumerate(pictures)
    )
    targets = "".join(
        f'<Relationship Id="r{at}" Type="{OFFICE}/image" Target="media/{name}.png"/>'
        for at, name in enumerate(pictures)
    )
    return book(
        path,
        text_rows(("name", "photo")) + rows,
        parts={
            "xl/_rels/workbook.xml.rels": _workbook_relations({"c": (WPS_PICTURES, "cellimages.xml")}),
            "xl/cellimages.xml": f'<etc:cellImages xmlns:etc="http://www.wps.cn/officeDocument/2017/etCustomData"'
            f' xmlns:xdr="urn:xdr" xmlns:a="urn:a" xmlns:r="{OFFICE}">{images}</etc:cellImages>',
            "xl/_rels/cellimages.xml.rels": f'<Relationships xmlns="{RELATIONSHIPS}">{targets}</Relationships>',
            **{f"xl/media/{name}.png": body for name, body in pictures.items()},
        },
    )


def from_the_web(
    path: Path, address: str, *, cell: str = "1", record: str = "0", value: str = "1", keys: str = "0", web: str = "0"
) -> Path:
    """Columns name, photo: Excel's IMAGE of an address in another cell, which only the metadata tell.

    The numbers lead from the cell to the address; any of them can be wrong.
    """
    row = f'<row><c><v>1</v></c><c t="e" vm="{cell}"><f>_xlfn.IMAGE(Z1)</f><v>#VALUE!</v></c></row>'
    kinds = {
        "m": (f"{OFFICE}/sheetMetadata", "metadata.xml"),
        "v": ("http://schemas.microsoft.com/office/2017/06/relationships/rdRichValue", "richData/values.xml"),
        "s": ("http://schemas.microsoft.com/office/2017/06/relationships/rdRichValueStructure", "richData/keys.xml"),
        "w": ("http://schemas.microsoft.com/office/2020/07/relationships/rdRichValueWebImage", "richData/web.xml"),
    }
    return book(
        path,
        text_rows(("name", "photo")) + row,
        parts={
            "xl/_rels/workbook.xml.rels": _workbook_relations(kinds),
            "xl/metadata.xml": f'<metadata xmlns="urn:m" xmlns:xlrd="{RICH}"><metadataTypes>'
            '<metadataType name="XLDAPR"/><metadataType name="XLRICHVALUE"/></metadataTypes>'
            '<futureMetadata name="XLDAPR"><bk/></futureMetadata>'
            f'<futureMetadata name="XLRICHVALUE"><bk><extLst><ext><xlrd:rvb i="{value}"/></ext></extLst></bk>'
            f'</futureMetadata><valueMetadata><bk><rc t="2" v="{record}"/></bk></valueMetadata></metadata>',
            "xl/richData/values.xml": f'<rvData xmlns="{RICH}"><rv s="1"><v>x</v></rv>'
            f'<rv s="{keys}"><v>5</v><v>{web}</v></rv></rvData>',
            "xl/richData/keys.xml": f'<rvStructures xmlns="{RICH}2"><s t="_webimage"><k n="CalcOrigin"/>'
            '<k n="WebImageIdentifier"/></s><s t="_entity"><k n="_DisplayString"/></s></rvStructures>',
            "xl/richData/web.xml": f'<webImagesSrd xmlns="urn:w" xmlns:r="{OFFICE}"><webImageSrd><address r:id="a"/>'
            "</webImageSrd></webImagesSrd>",
            "xl/richData/_rels/web.xml.rels": f'<Relationships xmlns="{RELATIONSHIPS}"><Relationship Id="a" '
            f'Type="{OFFICE}/hyperlink" Target="{address}" TargetMode="External"/></Relationships>',
        },
    )


def without_part(source: Path, target: Path, part: str) -> Path:
    """A copy in which a part is missing, as from a program that lost it."""
    with zipfile.ZipFile(source) as before, zipfile.ZipFile(target, "w") as after:
        for info in before.infolist():
            if info.filename != part:
                after.writestr(info, before.read(info))
    return target


def _workbook_relations(more: dict[str, tuple[str, str]]) -> str:
    kinds = {
        "r1": (f"{OFFICE}/worksheet", "worksheets/sheet1.xml"),
        "r2": (f"{OFFICE}/sharedStrings", "sharedStrings.xml"),
        "r3": (f"{OFFICE}/styles", "styles.xml"),
    }
    inside = "".join(
        f'<Relationship Id="{key}" Type="{kind}" Target="{to}"/>' for key, (kind, to) in (kinds | more).items()
    )
    return f'<Relationships xmlns="{RELATIONSHIPS}">{inside}</Relationships>'
