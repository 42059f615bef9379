"""How long do a hundred thousand rows of twenty cells take to read, and how much memory?

python benchmarks/sheets.py [ROWS]

Reads one workbook with this project's reader and with openpyxl's read-only mode, and the same rows as a text table with
this project's reader and with the bare csv module; each in a process of its own, one after the other. The ratios within
one run are what counts: CPU seconds differ by machine and by what else it does. Ours draws the text that a person sees;
openpyxl, asked for each value with its number format, gives what one could draw it from. The exit code is 1 where ours
takes longer than that.
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

from bulkgen.sheet.read import open_sheet

COLUMNS = 20
# Of openpyxl's CPU seconds. Past one, the reader would have lost a reason for being written by hand.
MOST_OF_OPENPYXL = 1.0


def rows_of(path: Path) -> Iterator[object]:
    yield from open_sheet(path).rows()


def rows_of_openpyxl(path: Path) -> Iterator[object]:
    """What a display can be made of: each value with its number format."""
    workbook = openpyxl.load_workbook(path, read_only=True, data_only=True)
    for row in workbook.worksheets[0].iter_rows():
        yield [(cell.value, cell.number_format) for cell in row]
    workbook.close()


def values_of_openpyxl(path: Path) -> Iterator[object]:
    workbook = openpyxl.load_workbook(path, read_only=True, data_only=True)
    yield from workbook.worksheets[0].iter_rows(values_only=True)
    workbook.close()


def rows_of_csv(path: Path) -> Iterator[object]:
    with path.open(newline="", encoding="utf-8") as stream:
        yield from csv.reader(stream)


READERS: dict[str, tuple[str, Callable[[Path], Iterator[object]]]] = {
    "bulkgen xlsx": ("sheet.xlsx", rows_of),
    "openpyxl with formats": ("sheet.xlsx", rows_of_openpyxl),
    "openpyxl values alone": ("sheet.xlsx", values_of_openpyxl),
    "bulkgen csv": ("sheet.csv", rows_of),
    "csv module csv": ("sheet.csv", rows_of_csv),
}


def write_sheets(folder: Path, rows: int) -> None:
    workbook = xlsxwriter.Workbook(str(folder / "sheet.xlsx"), {"tmpdir": str(folder)})
    tab = workbook.add_worksheet()
    price = workbook.add_format({"num_format": '#,##0.00 "€"'})
    day = workbook.add_format({"num_format": "d mmm yyyy"})
    code = workbook.add_format({"num_format": "00000"})
    with (folder / "sheet.csv").open("w", newline="", encoding="utf-8") as stream:
        table = csv.writer(stream)
        header = [f"column {at}" for at in range(COLUMNS)]
        table.writerow(header)
        tab.write_row(0, 0, header)
        for row in range(1, rows + 1):
            values: list[str | float] = []
            for at in range(COLUMNS):
                value: str | float
                match at % 5:
                    case 0:
                        value = f"Product name {row} {at}"
                        tab.write_string(row, at, value)
                    case 1:
                        value = (row * 7 + at) % 10_000 / 100
                        tab.write_number(row, at, value, price)
                    case 2:
                        value = 45_000 + (row + at) % 700
                        tab.write_number(row, at, value, day)
                    case 3:
                        value = row * 13 + at
                        tab.write_number(row, at, value, code)
                    case _:
                        value = f"category {(row + at) % 50}"
                        tab.write_string(row, at, value)
                values.append(value)
            table.writerow(values)
    workbook.close()


def measure(name: str, folder: Path) -> None:
    """One reader, in this process; what it used goes to the standard output."""
    file, read = READERS[name]
    before = peak_mb()
    started = time.process_time()
    count = sum(1 for _ in read(folder / file))
    seconds = time.process_time() - started
    print(json.dumps({"rows": count, "seconds": seconds, "grown_mb": peak_mb() - before}))


def peak_mb() -> float:
    """Of this process alone: what `getrusage` says on Linux begins at the peak of the process that started it."""
    status = Path("/proc/self/status")
    if status.is_file():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2


def main() -> int:
    if len(sys.argv) == 4 and sys.argv[1] == "--measure":
        measure(sys.argv[2], Path(sys.argv[3]))
        return 0
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    seconds: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_sheets(folder, rows)
        for reader in READERS:
            done = subprocess.run(
                [sys.executable, __file__, "--measure", reader, name], capture_output=True, text=True, check=True
            )
            used = json.loads(done.stdout)
            seconds[reader] = used["seconds"]
            print(
                f"{reader:24} {used['rows']:>9,} rows {used['seconds']:7.2f} s CPU, grew by {used['grown_mb']:4.0f} MB"
            )
    workbook = seconds["bulkgen xlsx"] / seconds["openpyxl with formats"]
    print(f"workbook: {workbook:.2f} of openpyxl's time (at most {MOST_OF_OPENPYXL})")
    print(f"text table: {seconds['bulkgen csv'] / seconds['csv module csv']:.1f} times the bare csv module's time")
    return 0 if workbook <= MOST_OF_OPENPYXL else 1


if __name__ == "__main__":
    sys.exit(main())
