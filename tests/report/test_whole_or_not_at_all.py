"""The old report or the new one, never half of one, whichever of the writers is stopped and wherever."""

from __future__ import annotations

import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import xlsxwriter
from report_cases import report_of

from bulkgen.errors import ReportError
from bulkgen.report.model import ReportInput, ResultRow
from bulkgen.report.write import write_report

ROWS = 300


@pytest.fixture(params=["csv", "xlsx", "csv to xlsx"])
def case(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, Path]:
    """(source, report) of each of the three writers."""
    kind = request.param.partition(" ")[0]
    source = tmp_path / f"in.{kind}"
    if kind == "csv":
        source.write_text("sku;name\n" + "".join(f"s{n};n{n}\n" for n in range(ROWS)))
    else:
        book = xlsxwriter.Workbook(source)
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["sku", "name"])
        for number in range(1, ROWS + 1):
            sheet.write_row(number, 0, [f"s{number}", f"n{number}"])
        book.close()
    return source, tmp_path / f"report.{request.param.split()[-1]}"


def left_over(folder: Path, *known: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path not in known)


def test_an_interruption_leaves_the_old_report_and_nothing_else(case: tuple[Path, Path]) -> None:
    """Ctrl-C while the report is written must not cost the report of yesterday."""
    source, out = case
    out.write_bytes(b"yesterday")
    given = report_of(source)

    def stopped() -> Iterator[ResultRow]:
        for row in given.rows:
            if row.position == ROWS // 2:
                raise KeyboardInterrupt
            yield row

    with pytest.raises(KeyboardInterrupt):
        write_report(replace(given, rows=stopped()), out)
    assert out.read_bytes() == b"yesterday"
    assert left_over(out.parent, source, out) == []


KILLED = """
import os, signal, sys
from dataclasses import replace
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from report_cases import report_of
from bulkgen.report.write import write_report
given = report_of(Path(sys.argv[1]))
def rows():
    for row in given.rows:
        if row.position == int(sys.argv[4]):
            os.kill(os.getpid(), signal.SIGKILL)
        yield row
write_report(replace(given, rows=rows()), Path(sys.argv[2]))
"""


@pytest.mark.parametrize("at", [0, ROWS - 1, ROWS])
def test_kill_9_leaves_the_old_report_or_the_new_one(case: tuple[Path, Path], at: int) -> None:
    """The report is the one thing a marketer opens; half a workbook is none."""
    source, out = case
    write_report(report_of(source), out)
    old = out.read_bytes()
    command = [sys.executable, "-c", KILLED, str(source), str(out), str(Path(__file__).parent), str(at)]
    ended = subprocess.run(command, check=False, capture_output=True, timeout=60)
    assert ended.returncode == (-signal.SIGKILL if at < ROWS else 0), ended.stderr
    assert out.read_bytes() == old


@pytest.mark.parametrize("lock", [".~lock.{}#", "~${}"])
def test_a_report_open_elsewhere_is_written_and_that_is_noted(case: tuple[Path, Path], lock: str) -> None:
    """Saving the old one over it would lose the results; only the person can know to open it again."""
    source, out = case
    (out.parent / lock.format(out.name)).write_bytes(b"")
    notes = write_report(report_of(source), out)
    assert any("open in another program" in note for note in notes)


def test_a_workbook_cut_short_is_a_clear_refusal(tmp_path: Path) -> None:
    """The copy in the home may be damaged long after it was read."""
    source = tmp_path / "in.xlsx"
    book = xlsxwriter.Workbook(source)
    book.add_worksheet().write_row(0, 0, ["a", "b"])
    book.worksheets()[0].write_row(1, 0, ["1", "2"])
    book.close()
    given: ReportInput = report_of(source)
    rows = list(given.rows)
    source.write_bytes(source.read_bytes()[:-200])
    with pytest.raises(ReportError) as caught:
        write_report(replace(given, rows=rows), tmp_path / "out.xlsx")
    assert caught.value.code == "unsupported_workbook"
    assert not (tmp_path / "out.xlsx").exists()


def test_a_report_on_a_workbook_can_be_opened_by_any_zip_program(case: tuple[Path, Path]) -> None:
    source, out = case
    write_report(report_of(source), out)
    if out.suffix == ".xlsx":
        with zipfile.ZipFile(out) as archive:
            assert archive.testzip() is None
            assert len(archive.namelist()) == len(set(archive.namelist()))
