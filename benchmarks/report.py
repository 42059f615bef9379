"""What does a report on a hundred thousand rows cost, beside openpyxl loading and saving the same workbook?

python benchmarks/report.py [ROWS]

Each writer in a process of its own, one after the other: the report patched into the workbook, the same columns set
with openpyxl, the report on the same rows as a text table, and the text table made into a new workbook. The ratios
within one run are what counts. The exit code is 1 where patching takes more than half of openpyxl's CPU time, or where
four times the rows need more than twice the memory: only the links are held, of which a sheet has a limit.
"""

from __future__ import annotations

import csv
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import xlsxwriter

from bulkgen.report.columns import result_columns
from bulkgen.report.model import FormatResult, ReportInput, ResultRow, Summary
from bulkgen.report.write import write_report
from bulkgen.sheet.read import open_sheet

COLUMNS = 12
FORMATS = ("square", "story")
MOST_OF_OPENPYXL = 0.5
MOST_GROWTH = 2.0


def results(rows: int) -> Iterator[ResultRow]:
    for at in range(rows):
        urls = {name: f"https://cdn.example.com/{at:07d}/{name}.png" for name in FORMATS}
        formats = {name: FormatResult(url) for name, url in urls.items()}
        yield ResultRow(at, at + 2, formats, "done", "", f"5d0f3a52-4b1c-4c7e-9a67-{at:012d}")


def bulkgen_report(source: Path, out: Path, rows: int) -> None:
    summary = Summary("benchmark", "card", "abyssale", 0.0, 1.0)
    write_report(ReportInput(source, open_sheet(source).outline, FORMATS, False, results(rows), summary), out)


def openpyxl_load_and_save(source: Path, out: Path, rows: int) -> None:
    book = openpyxl.load_workbook(source)
    sheet = book.worksheets[0]
    for at, name in enumerate(result_columns(FORMATS, False), COLUMNS + 1):
        sheet.cell(1, at).value = name
    for result in results(rows):
        for at, name in enumerate(FORMATS):
            sheet.cell(result.number, COLUMNS + 1 + 3 * at).value = result.formats[name].url
        sheet.cell(result.number, COLUMNS + 7).value = result.status
        sheet.cell(result.number, COLUMNS + 9).value = result.request
    book.save(out)


Writer = Callable[[Path, Path, int], None]
WRITERS: dict[str, tuple[str, str, Writer]] = {
    "workbook, patched": ("sheet.xlsx", "out.xlsx", bulkgen_report),
    "workbook, by openpyxl": ("sheet.xlsx", "out.xlsx", openpyxl_load_and_save),
    "text table": ("sheet.csv", "out.csv", bulkgen_report),
    "text table as workbook": ("sheet.csv", "out.xlsx", bulkgen_report),
}


def write_sheets(folder: Path, rows: int) -> None:
    book = xlsxwriter.Workbook(str(folder / "sheet.xlsx"), {"tmpdir": str(folder)})
    tab = book.add_worksheet()
    with (folder / "sheet.csv").open("w", newline="", encoding="utf-8") as stream:
        table = csv.writer(stream)
        header = [f"column {at}" for at in range(COLUMNS)]
        table.writerow(header)
        tab.write_row(0, 0, header)
        for row in range(1, rows + 1):
            values = [f"Product {row} {at}" if at % 2 else row * 13 + at for at in range(COLUMNS)]
            tab.write_row(row, 0, values)
            table.writerow(values)
    book.close()


def measure(name: str, folder: Path, rows: int) -> None:
    """One writer, in this process; what it used goes to the standard output."""
    source, out, write = WRITERS[name]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    write(folder / source, folder / out, rows)
    seconds = time.process_time() - started
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # The system counts in kilobytes, except where it counts in bytes.
    unit = 1024**2 if sys.platform == "darwin" else 1024
    used = {"seconds": seconds, "grown_mb": (after - before) / unit, "bytes": (folder / out).stat().st_size}
    print(json.dumps(used))


def make_sheets(folder: Path, rows: int) -> None:
    """Not in this process: a process begins with the peak of the one that started it."""
    subprocess.run([sys.executable, __file__, "--make", str(folder), str(rows)], check=True)


def used_by(name: str, folder: Path, rows: int) -> dict[str, float]:
    command = [sys.executable, __file__, "--measure", name, str(folder), str(rows)]
    used: dict[str, float] = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    size = used["bytes"] / 1e6
    print(f"{name:24} {rows:>9,} rows {used['seconds']:7.2f} s CPU, grew by {used['grown_mb']:4.0f} MB, {size:.1f} MB")
    return used


def main() -> int:
    match sys.argv[1:]:
        case ["--measure", writer, place, count]:
            measure(writer, Path(place), int(count))
            return 0
        case ["--make", place, count]:
            write_sheets(Path(place), int(count))
            return 0
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_sheets(folder, rows // 4)
        small = used_by("workbook, patched", folder, rows // 4)
        make_sheets(folder, rows)
        used = {writer: used_by(writer, folder, rows) for writer in WRITERS}
    patched = used["workbook, patched"]
    share = patched["seconds"] / used["workbook, by openpyxl"]["seconds"]
    growth = patched["grown_mb"] / max(small["grown_mb"], 1.0)
    print(f"patching: {share:.2f} of openpyxl's time (at most {MOST_OF_OPENPYXL})")
    print(f"four times the rows: {growth:.2f} times the memory (at most {MOST_GROWTH})")
    return 0 if share <= MOST_OF_OPENPYXL and growth <= MOST_GROWTH else 1


if __name__ == "__main__":
    sys.exit(main())
