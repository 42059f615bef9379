"""A text table -> a workbook of the same rows, for a report that is asked for as .xlsx.

Every cell is text, in the row it had: the result columns are then added as to any other workbook. Past the rows that a
sheet can hold the report is refused with the remedy; it is not cut.
"""

from __future__ import annotations

from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from bulkgen.errors import ReportError
from bulkgen.report.limits import MAX_ROWS, Notes, clean, cut
from bulkgen.report.model import ReportInput
from bulkgen.sheet.delimited import read_records

TAB = "Sheet1"


def write_workbook_of(report: ReportInput, path: Path, notes: Notes) -> None:
    """Raises ReportError when the table has more rows than a sheet holds."""
    assert report.outline.dialect is not None
    book = Workbook(write_only=True)
    sheet = book.create_sheet(TAB)
    for number, record in read_records(report.source, report.outline.dialect):
        if number > MAX_ROWS:
            raise ReportError(
                f"the table has more rows than the {MAX_ROWS:,} that a sheet holds",
                code="too_many_rows",
                hint="Write the report as .csv.",
            )
        cells = []
        for text in record:
            cell = WriteOnlyCell(sheet, value=cut(clean(text, notes), notes))
            # Without this a text that begins with an equals sign would be a formula.
            cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    book.save(path)
