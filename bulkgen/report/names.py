"""What the name of a report says of its kind, and names that would lie.

A name that says nothing keeps the input's kind. Excel opens no workbook whose name says another kind than its content,
and no program opens a text table that calls itself a PDF; asking first costs nothing, so it is asked before a run.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

from bulkgen.report.package import CONTENT_TYPES
from bulkgen.report.xml_spans import XmlError, parse
from bulkgen.sheet.model import SheetKind, SheetOutline

GENERATED = ".generated"
_TEXTS = frozenset((".csv", ".tsv", ".tab", ".txt"))
_OTHERS = frozenset(
    (
        *(".xls", ".xlsb", ".ods", ".fods", ".numbers", ".parquet", ".json", ".jsonl", ".xml", ".html", ".htm"),
        *(".pdf", ".docx", ".zip", ".png", ".jpg", ".jpeg", ".gif"),
    )
)

# How the content type of a workbook ends -> the name it must have.
_ENDINGS = {
    "spreadsheetml.sheet.main+xml": ".xlsx",
    "spreadsheetml.template.main+xml": ".xltx",
    "sheet.macroEnabled.main+xml": ".xlsm",
    "template.macroEnabled.main+xml": ".xltm",
}
_WORKBOOKS = frozenset(_ENDINGS.values())


def is_workbook(outline: SheetOutline, suffix: str) -> bool:
    if suffix in _WORKBOOKS:
        return True
    return outline.kind is SheetKind.XLSX and suffix not in _TEXTS


def name_problem(outline: SheetOutline, out: Path) -> str:
    """Why a report on the sheet of `outline` cannot have the name `out`; "" if it can."""
    suffix, given = out.suffix.lower(), outline.path.suffix.lower()
    # An export that calls its text table .xls comes back as it came.
    if suffix in _OTHERS and suffix != given:
        return f"a report is not written as {suffix}: it is a workbook (.xlsx) or a text table (.csv)"
    if suffix not in _WORKBOOKS:
        return ""
    needed = ".xlsx" if outline.kind is not SheetKind.XLSX else _ending_of(outline.path)
    if not needed or suffix == needed:
        return ""
    if needed in (".xlsm", ".xltm"):
        kind = "the workbook has macros"
    else:
        kind = "there are no macros in it" if suffix.endswith("m") else "it is no template"
    return f"{kind}, and Excel opens it only under a name that ends in {needed}"


def _ending_of(workbook: Path) -> str:
    """ "" for what cannot be told; then it is not in the way."""
    try:
        with zipfile.ZipFile(workbook) as archive:
            types = parse(archive.read(CONTENT_TYPES), depth=2)
    except (OSError, zipfile.BadZipFile, KeyError, XmlError):
        return ""
    for child in types.root.children:
        for ending, suffix in _ENDINGS.items():
            if child.attributes.get("ContentType", "").endswith(ending):
                return suffix
    return ""
