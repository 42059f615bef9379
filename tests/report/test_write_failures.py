"""What happens to the report of before when the new one cannot be written: nothing."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from report_cases import report_of
from small_workbook import HEADER, make_small_workbook, row

from bulkgen.errors import OutputError, ReportError
from bulkgen.report.model import ResultRow
from bulkgen.report.write import default_report_path, write_report
from bulkgen.reporting import check_writable
from bulkgen.sheet.read import open_sheet

OLD = b"the report of yesterday"
HERE = Path(__file__).parent


@pytest.fixture(params=["xlsx", "csv"])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / f"in.{request.param}"
    if request.param == "csv":
        path.write_text("sku,title\na,Tea\nb,Pot\n")
        return path
    return make_small_workbook(path, HEADER + row(2, "a", "Tea") + row(3, "b", "Pot"))


@pytest.fixture
def out(source: Path) -> Path:
    path = source.with_name(f"out{source.suffix}")
    path.write_bytes(OLD)
    return path


def untouched(out: Path) -> bool:
    return out.read_bytes() == OLD and [path.name for path in out.parent.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize(
    "error",
    [
        ReportError("the file of square for row 3 cannot be put there", code="files", where="folder", hint="later"),
        OSError(errno.ENOSPC, "No space left on device"),
        RuntimeError("a generator that ended"),
    ],
    ids=["ReportError", "OSError", "RuntimeError"],
)
def test_what_the_rows_raise_passes_as_it_is_and_the_old_report_stays(
    error: Exception, source: Path, out: Path
) -> None:
    """The rows put files beside the report while they are read; "the report cannot be written" would name the wrong
    disk."""

    def rows() -> Iterator[ResultRow]:
        yield ResultRow(0, 2, status="done")
        raise error

    with pytest.raises(type(error)) as caught:
        write_report(report_of(source, rows()), out)
    assert caught.value is error
    assert untouched(out)


def test_a_folder_in_the_place_of_the_report_is_said(source: Path, tmp_path: Path) -> None:
    out = tmp_path / f"folder{source.suffix}"
    out.mkdir()
    with pytest.raises(ReportError, match="folder") as caught:
        write_report(report_of(source), out)
    assert caught.value.where == str(out)


def test_a_missing_folder_is_said(source: Path, tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="no such file or folder"):
        write_report(report_of(source), tmp_path / "none" / f"out{source.suffix}")


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_folder_that_cannot_be_written_is_said(source: Path, out: Path) -> None:
    out.parent.chmod(0o500)
    try:
        with pytest.raises(ReportError, match="cannot be written"):
            write_report(report_of(source), out)
    finally:
        out.parent.chmod(0o700)
    assert untouched(out)


def test_a_source_that_has_gone_is_said_by_its_own_name(source: Path, out: Path) -> None:
    report = report_of(source, [])
    source.unlink()
    with pytest.raises(ReportError) as caught:
        write_report(report, out)
    assert source.name in str(caught.value)
    assert untouched(out)


def test_the_report_is_never_written_over_its_own_input(source: Path) -> None:
    before = source.read_bytes()
    with pytest.raises(ReportError, match="input"):
        write_report(report_of(source), source)
    assert source.read_bytes() == before


_SCRIPT = """
import resource, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from report_cases import report_of
from bulkgen.errors import ReportError
from bulkgen.report.model import ResultRow
from bulkgen.report.write import write_report

source, out, kind = Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4]

def rows():
    for number in (2, 3):
        yield ResultRow(number - 2, number, status="done", detail=("%032x" % (number * 7919)) * 900)
        if kind == "wait":
            print("half", flush=True)
            sys.stdin.read()

if kind == "full":
    resource.setrlimit(resource.RLIMIT_FSIZE, (256, 256))
try:
    write_report(report_of(source, rows()), out)
except ReportError as error:
    print(error.code, error.message)
"""


def script(source: Path, out: Path, kind: str) -> list[str]:
    return [sys.executable, "-c", _SCRIPT, str(HERE), str(source), str(out), kind]


def test_a_disk_that_takes_no_more_leaves_the_old_report(source: Path, out: Path) -> None:
    """The limit of a file's size stands for the full disk: the same call fails in the same place."""
    done = subprocess.run(script(source, out, "full"), capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.startswith("report_unwritable this cannot be written"), done.stdout + done.stderr
    assert untouched(out)


def test_killed_half_way_leaves_the_old_report_and_the_next_run_writes_the_new_one(source: Path, out: Path) -> None:
    """`kill -9` runs no clean-up at all; half a workbook would be a workbook lost."""
    with subprocess.Popen(
        script(source, out, "wait"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "half\n"
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert out.read_bytes() == OLD
    write_report(report_of(source), out)
    assert out.read_bytes() != OLD


@pytest.mark.parametrize(
    ("given", "expected"),
    [("products.xlsx", "products.generated.xlsx"), ("feed", "feed.generated"), ("a.b.csv", "a.b.generated.csv")],
)
def test_the_report_stands_beside_its_sheet(given: str, expected: str) -> None:
    assert default_report_path(Path("in") / given) == Path("in") / expected


def test_the_report_of_a_report_has_another_name() -> None:
    """The input is never written, so feeding a report back in must not ask for its own name."""
    once = default_report_path(Path("products.xlsx"))
    assert default_report_path(once) not in (once, Path("products.xlsx"))


@pytest.mark.parametrize("name", ["out.pdf", "out.ods", "out.xlsm", "out.jsonl"])
def test_a_name_that_would_lie_about_its_content_is_refused(name: str, source: Path, tmp_path: Path) -> None:
    with pytest.raises(ReportError) as caught:
        write_report(report_of(source), tmp_path / name)
    assert caught.value.code == "report_name"
    assert not (tmp_path / name).exists()


def test_such_a_name_is_refused_before_anything_is_spent(source: Path, tmp_path: Path) -> None:
    outline = open_sheet(source).outline
    with pytest.raises(OutputError, match=r"not written as \.pdf"):
        check_writable(tmp_path / "out.pdf", source, outline)
    check_writable(tmp_path / f"out{source.suffix}", source, outline)


@pytest.mark.parametrize("name", ["out.csv", "out.xlsx", "out.tsv", "out"])
def test_a_report_can_be_of_another_kind_than_its_sheet(name: str, source: Path, tmp_path: Path) -> None:
    write_report(report_of(source), tmp_path / name)
    body = (tmp_path / name).read_bytes()
    is_workbook = name == "out.xlsx" or (name == "out" and source.suffix == ".xlsx")
    assert body.startswith(b"PK") == is_workbook


def test_an_export_that_lies_about_its_kind_comes_back_as_it_came(tmp_path: Path) -> None:
    """Shops export text tables under .xls; people keep opening them."""
    source = tmp_path / "feed.xls"
    source.write_text("sku\ttitle\na\tTea\n")
    out = default_report_path(source)
    write_report(report_of(source), out)
    assert out.read_text().startswith("sku\ttitle\tsquare url")
