"""The parts around the sheets of a new workbook, as small as programs accept them. Pure.

Left out: the sheets (`new_workbook`, `summary_sheet`).
"""

from __future__ import annotations

from bulkgen.report.parts import MAIN_NAMESPACE, RELATION_NAMESPACE, SHEET_CONTENT_TYPE
from bulkgen.report.relationships import XML_DECLARATION, relationship_xml, relationships_xml
from bulkgen.report.styles import Looks, add_looks
from bulkgen.report.summary_sheet import SUMMARY_NAME
from bulkgen.report.xml_spans import parse

SUMMARY_PART = "xl/worksheets/bulkgen.xml"

_DOCUMENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_STYLES = (
    f'{XML_DECLARATION}<styleSheet xmlns="{MAIN_NAMESPACE}">'
    '<fonts count="1"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


def table_part(number: int) -> str:
    return f"xl/worksheets/sheet{number}.xml"


def tab_name(number: int) -> str:
    return "rows" if number == 1 else f"rows {number}"


def styles_and_looks() -> tuple[bytes, Looks]:
    return add_looks(parse(_STYLES.encode(), depth=4))


def frame_parts(tables: int) -> dict[str, bytes]:
    """All parts but sheets and styles, for a workbook with so many sheets of rows and the summary."""
    parts = [*(table_part(number) for number in range(1, tables + 1)), SUMMARY_PART]
    names = [*(tab_name(number) for number in range(1, tables + 1)), SUMMARY_NAME]
    types = [("xl/workbook.xml", f"{_DOCUMENT_TYPE}.sheet.main+xml"), ("xl/styles.xml", f"{_DOCUMENT_TYPE}.styles+xml")]
    types += [(part, SHEET_CONTENT_TYPE) for part in parts]
    overrides = "".join(f'<Override PartName="/{part}" ContentType="{kind}"/>' for part, kind in types)
    sheets = "".join(
        f'<sheet name="{name}" sheetId="{number}" r:id="rId{number}"/>' for number, name in enumerate(names, 1)
    )
    relations = "".join(
        relationship_xml(f"rId{number}", f"{RELATION_NAMESPACE}/worksheet", part.removeprefix("xl/"), is_link=False)
        for number, part in enumerate(parts, 1)
    )
    relations += relationship_xml("rIdStyles", f"{RELATION_NAMESPACE}/styles", "styles.xml", is_link=False)
    office = relationship_xml("rId1", f"{RELATION_NAMESPACE}/officeDocument", "xl/workbook.xml", is_link=False)
    return {
        "[Content_Types].xml": (
            f'{XML_DECLARATION}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
        ).encode(),
        "_rels/.rels": relationships_xml(office),
        "xl/workbook.xml": (
            f'{XML_DECLARATION}<workbook xmlns="{MAIN_NAMESPACE}" xmlns:r="{RELATION_NAMESPACE}">'
            f"<bookViews><workbookView/></bookViews><sheets>{sheets}</sheets></workbook>"
        ).encode(),
        "xl/_rels/workbook.xml.rels": relationships_xml(relations),
    }
