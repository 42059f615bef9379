"""Our drawing of number formats beside that of a program people use: LibreOffice reads the same workbook and writes
the texts that it shows. Where the two may differ is listed, with the reason."""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from bulkgen.sheet.read import open_sheet

pytestmark = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")

NUMBERS = (
    *(0, 1, -1, 0.5, -0.5, 0.05, 1.005, 2.5, -2.5, 0.001, -0.001, 1234.5, -1234.5, 1234567.891, 0.9876, 99.995),
    *(123, 6083, 1e-7, 12345678.9, 0.1, 1 / 3, 4006381333931),
)
NUMBER_FORMATS = (
    *("General", "0", "0.00", "#,##0", "#,##0.00", "0%", "0.0%", "0.00%", "00000", "000-00-0000", "(000) 000-0000"),
    *('#,##0.00 "€"', '"$"#,##0.00', "[$€-407] #,##0.00", "#,##0.00 [$CHF]", "0.00E+00", "##0.0E+0", "# ?/?"),
    *("# ??/??", "# ?/8", '0;(0);"zero"', "#,##0;[Red](#,##0)", "0.0,", '0.00,,"M"', "#", "#.##", "0.#", "?.??"),
    *("[$£-809]#,##0.00;[Red]-[$£-809]#,##0.00", '[>=100]"big "0;0', "[<1]0.00;[<100]0.0;0", "+0;-0;0", "@"),
    '_(* #,##0.00_);_(* (#,##0.00);_(* "-"??_);_(@_)',
    '_-* #,##0.00\\ "€"_-;-* #,##0.00\\ "€"_-;_-* "-"??\\ "€"_-;_-@_-',
    *('0" kg"', "0\\ \\%", '"a"0"b"0"c"', "#,##0.00;;", "0.00;-0.00;;@", "0,000.0", "#,#"),
)
SERIALS = (
    *(1, 0.5, 0.0001, 1.5, 59, 60, 61, 10.63206, 44197, 45985.395833333336, 45985.5, 45985.999994, 45985.999999),
    45985.0416666667,
)
DATE_FORMATS = (
    *("m/d/yyyy", "dd/mm/yyyy", "yyyy-mm-dd", "d-mmm-yy", "d mmmm yyyy", "dddd, d mmmm yyyy", "ddd d mmm", "mmmmm"),
    *("h:mm", "hh:mm:ss", "h:mm AM/PM", "h:mm:ss AM/PM", "h AM/PM", "[h]:mm", "[h]:mm:ss", "[mm]:ss", "[ss]"),
    *("mm:ss", "mm:ss.0", "hh:mm:ss.000", "yyyy-mm-dd hh:mm", "[$-409]d-mmm-yy;@", "[$-407]d. mmmm yyyy"),
    *("[$-40C]dddd d mmmm yyyy", "yy", "m/d/yy h:mm", "dd.mm.yyyy", 'yyyy"年"m"月"d"日"', "mm/dd/yy;@", "mmm yyyy"),
    *('h"h"mm', "[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy"),
)


def _is_before_march_1900(code: str, value: float, ours: str, theirs: str) -> bool:
    """Excel counts a 29 February 1900 that never was, so LibreOffice is a day behind until then."""
    return code in DATE_FORMATS and value < 61


def _is_a_second_apart(code: str, value: float, ours: str, theirs: str) -> bool:
    """Excel rounds to the last part shown, LibreOffice cuts it off."""
    return code in DATE_FORMATS and value in (45985.999999, 0.0001, 10.63206)


def _is_padding(code: str, value: float, ours: str, theirs: str) -> bool:
    """Spaces that line up the digits of a column mean nothing in a text of their own."""
    return "?" in code and re.sub(r"\s+", " ", theirs).replace("- ", "-") == ours


def _is_hanging_point(code: str, value: float, ours: str, theirs: str) -> bool:
    """Excel draws the point of `0.#` also where no digit follows."""
    return code in ("#.##", "0.#", "?.??") and ours.rstrip(".") == theirs


def _is_long_general(code: str, value: float, ours: str, theirs: str) -> bool:
    """Excel gives General eleven characters, LibreOffice all the digits there are."""
    return code in ("General", "@") and value == 1 / 3


def _is_a_binary_half(code: str, value: float, ours: str, theirs: str) -> bool:
    """1.005 times 100 is 100.49999999999999 in binary and 100.5 in Excel's fifteen digits."""
    return (code, value) == ("0%", 1.005)


def _is_signed_otherwise(code: str, value: float, ours: str, theirs: str) -> bool:
    """LibreOffice takes the last of two sections for the negative ones even if the first says >=100."""
    return code.startswith("[>=100]") and ours == "-" + theirs


def _is_refused(code: str, value: float, ours: str, theirs: str) -> bool:
    """LibreOffice gives up on fractions of large numbers."""
    return theirs == "#FMT"


ALLOWED: tuple[Callable[[str, float, str, str], bool], ...] = (
    _is_before_march_1900,
    _is_a_second_apart,
    _is_padding,
    _is_hanging_point,
    _is_long_general,
    _is_a_binary_half,
    _is_signed_otherwise,
    _is_refused,
)


def test_cells_read_as_libreoffice_shows_them(tmp_path: Path) -> None:
    """The workbook does not store what a cell shows; every reader draws it anew. A format that we alone draw
    differently puts a text on banners that nobody saw in the sheet."""
    cases = [(code, float(value)) for code in NUMBER_FORMATS for value in NUMBERS]
    cases += [(code, float(value)) for code in DATE_FORMATS for value in SERIALS]
    path = _workbook(tmp_path / "formats.xlsx", cases)
    theirs = _shown_by_libreoffice(path, tmp_path)
    ours = [row.cells["shown"] for row in open_sheet(path).rows()]
    assert len(ours) == len(theirs) == len(cases)
    differing = [
        f"{code}  {value!r}  ours {mine!r}  theirs {other!r}"
        for (code, value), mine, other in zip(cases, ours, theirs, strict=True)
        if mine != other and not any(allows(code, value, mine, other) for allows in ALLOWED)
    ]
    assert not differing, "\n".join(differing)


def _workbook(path: Path, cases: list[tuple[str, float]]) -> Path:
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["case", "shown"])
    # A narrow column would be shown as hashes.
    sheet.set_column(1, 1, 60)
    looks = {code: book.add_format({"num_format": code}) for code, _ in cases}
    for at, (code, value) in enumerate(cases, 1):
        sheet.write_string(at, 0, str(at))
        sheet.write_number(at, 1, value, looks[code])
    book.close()
    return path


def _shown_by_libreoffice(path: Path, folder: Path) -> list[str]:
    # Comma, quotation mark, UTF-8, from line 1, no column formats, American English, and cells as they are shown.
    options = "csv:Text - txt - csv (StarCalc):44,34,76,1,,1033,false,false,true"
    profile = (folder / "profile").as_uri()
    command = ["soffice", "--headless", f"-env:UserInstallation={profile}", "--convert-to", options]
    subprocess.run([*command, "--outdir", str(folder), str(path)], check=True, capture_output=True, timeout=120)
    with path.with_suffix(".csv").open(encoding="utf-8", newline="") as stream:
        return [record[1].strip() for record in csv.reader(stream)][1:]
