"""Every workbook and table of the shared collection that can be read, made into a report."""

from __future__ import annotations

from pathlib import Path

import pytest
import python_calamine
from package_differences import differences, parts_of
from report_cases import FORMATS, report_of, result_of

from bulkgen.errors import SheetError
from bulkgen.report.columns import result_columns
from bulkgen.report.write import write_report
from bulkgen.sheet.model import SheetKind
from bulkgen.sheet.read import open_sheet

SHEETS = Path(__file__).parents[2] / "../shared/data/sheets"
FILES = sorted(path for path in SHEETS.glob("*.*") if path.suffix in (".xlsx", ".xlsm", ".csv", ".txt"))

pytestmark = pytest.mark.skipif(not FILES, reason="the shared collection of sheets is not here")


def sheet_part_of(path: Path, tab: str) -> str:
    """By the names in the parts themselves, which is not how the report finds it."""
    import re

    parts = parts_of(path)
    workbook = parts["xl/workbook.xml"].decode()
    entry = next(m[0] for m in re.finditer(r"<(?:\w+:)?sheet [^>]*>", workbook) if f'name="{tab}"' in m[0])
    identifier = re.search(r':id="([^"]+)"', entry)
    assert identifier is not None
    relation = re.search(
        rf'<Relationship [^>]*Id="{identifier[1]}"[^>]*>', parts["xl/_rels/workbook.xml.rels"].decode()
    )
    assert relation is not None
    target = re.search(r'Target="([^"]+)"', relation[0])
    assert target is not None
    return target[1].lstrip("/") if target[1].startswith("/") else f"xl/{target[1]}"


@pytest.mark.parametrize("path", FILES, ids=[path.name for path in FILES])
def test_a_sheet_from_the_wild_comes_back_whole_with_its_results(path: Path, tmp_path: Path) -> None:
    try:
        sheet = open_sheet(path)
    except SheetError:
        pytest.skip("it cannot be read as a sheet")
    before = list(sheet.rows())
    out = tmp_path / path.name
    write_report(report_of(path), out)
    again = open_sheet(out, tab=sheet.outline.tab or None)
    after = list(again.rows())
    assert [row.number for row in after] == [row.number for row in before]
    assert [row.cells["bulkgen status"] for row in after] == [result_of(row).status for row in before]
    for old, new in zip(before, after, strict=True):
        assert {name: new.cells[name] for name in old.cells} == dict(old.cells)
    assert set(result_columns(FORMATS, False)) <= set(again.outline.names)
    if sheet.outline.kind is SheetKind.XLSX:
        assert differences(path, out, sheet_part_of(path, sheet.outline.tab)) == []
        names = python_calamine.CalamineWorkbook.from_path(str(out)).sheet_names
        assert names[-1] == "bulkgen summary"
    twice = tmp_path / f"twice{path.suffix}"
    write_report(report_of(out, tab=sheet.outline.tab or None), twice)
    assert list(open_sheet(twice, tab=sheet.outline.tab or None).outline.names) == list(again.outline.names)
