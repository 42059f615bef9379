"""Text tables as reports: written as the input was, byte for byte where nothing was added, and no formula in them."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import pytest
import xlsxwriter
from report_cases import FORMATS, report_of

from bulkgen.errors import ReportError
from bulkgen.report.columns import result_columns
from bulkgen.report.model import FormatResult, ReportInput, ResultRow
from bulkgen.report.write import write_report

RESULTS = ",".join(result_columns(FORMATS, False))


def reported(
    folder: Path, body: bytes, rows: Sequence[ResultRow] | None = None, name: str = "out.csv"
) -> tuple[bytes, tuple[str, ...]]:
    source = folder / "in.csv"
    source.write_bytes(body)
    out = folder / name
    notes = write_report(report_of(source, rows), out)
    return out.read_bytes(), notes


def one(status: str, number: int = 2, **told: str) -> ResultRow:
    return ResultRow(number - 2, number, {"square": FormatResult(**told)}, status)


def test_cells_keep_the_quotes_they_had(tmp_path: Path) -> None:
    """People compare the report with their export; a table quoted anew looks changed in every line."""
    body = b'"sku",name\r\n"007","Tea, black"\r\n8,"He said ""hi"""\r\n'
    back, _ = reported(tmp_path, body, [one("done"), one("done", 3)])
    assert back.split(b"\r\n") == [
        b'"sku",name,' + RESULTS.encode(),
        b'"007","Tea, black",,,,,,,done,,',
        b'8,"He said ""hi""",,,,,,,done,,',
        b"",
    ]


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", b"\xef\xbb\xbf"),
        ("cp1252", b""),
        ("utf-16-le", b"\xff\xfe"),
        ("utf-16-be", b"\xfe\xff"),
    ],
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\r\n", "\n", "\r"])
def test_encoding_mark_separator_and_line_end_are_the_inputs(
    tmp_path: Path, encoding: str, mark: bytes, delimiter: str, line_end: str
) -> None:
    """A report that the next program in the chain cannot read is no report."""
    lines = [["sku", "größe"], ["a1", "süß"], ["a2", "é"]]
    text = "".join(delimiter.join(line) + line_end for line in lines)
    back, notes = reported(tmp_path, mark + text.encode(encoding), [one("done"), one("fertig ü", 3)])
    assert back.startswith(mark)
    records = back[len(mark) :].decode(encoding).split(line_end)
    assert records[0] == delimiter.join(["sku", "größe", *result_columns(FORMATS, False)])
    assert records[2].startswith(delimiter.join(["a2", "é"]))
    assert "fertig ü" in records[2]
    assert records[3] == ""
    assert notes == ()


def test_lines_above_the_header_blank_lines_and_a_missing_last_line_end_stay(tmp_path: Path) -> None:
    body = b"sep=;\r\nsku;name\r\n\r\na;Tea\r\n;\r\nb;Pot"
    back, _ = reported(tmp_path, body, [one("done", 4), one("failed", 6)])
    lines = back.split(b"\r\n")
    assert lines[0] == b"sep=;"
    assert lines[1].startswith(b"sku;name;square url;")
    assert lines[2] == b""
    assert lines[3] == b"a;Tea;;;;;;;done;;"
    assert lines[4] == b";"
    assert lines[5] == b"b;Pot;;;;;;;failed;;"


def test_short_records_are_filled_up_and_what_is_beyond_the_header_stays_beyond_it(tmp_path: Path) -> None:
    """Else the status of a short row would stand under an error's header."""
    body = b"sku,name,size\na\nb,Pot,1,extra,more\nc,Cup,2\n"
    back, _ = reported(tmp_path, body, [one("done"), one("done", 3), one("done", 4)])
    rows = list(csv.reader(io.StringIO(back.decode())))
    at = rows[0].index("bulkgen status")
    assert [row[at] for row in rows[1:]] == ["done"] * 3
    assert rows[1][:3] == ["a", "", ""]
    assert rows[2][-2:] == ["extra", "more"]


def test_bytes_that_are_no_text_in_the_encoding_come_back_as_they_were(tmp_path: Path) -> None:
    body = b"sku,name\na,caf\xe9 \x81\nb,Tea\n"
    back, _ = reported(tmp_path, body, [one("done"), one("done", 3)])
    assert b"a,caf\xe9 \x81," in back


def test_a_result_the_encoding_cannot_hold_makes_it_utf_8_and_says_so(tmp_path: Path) -> None:
    """Refusing the whole report for one character would lose more than the encoding is worth."""
    body = "sku;größe\r\na;süß\r\nb;x\r\n".encode("cp1252")
    back, notes = reported(tmp_path, body, [one("done"), one("partial", 3, error="layer 'タイトル'")])
    assert back.startswith(b"\xef\xbb\xbf")
    text = back.decode("utf-8-sig")
    assert "a;süß;" in text
    assert "layer 'タイトル'" in text
    assert notes == ("written in UTF-8, since cp1252 cannot hold a character of the results",)


@pytest.mark.parametrize("danger", ["=1+1", "+SUM(A1)", "-cmd|' /C calc'!A0", "@x", "\t=1", '=HYPERLINK("x","y")'])
def test_what_we_add_is_never_a_formula(tmp_path: Path, danger: str) -> None:
    """An error quotes the cell it is about, so anybody who can fill the feed could run a formula on a desk."""
    back, _ = reported(tmp_path, b"a,b\n=1+1,-x\n", [one("done", error=danger)])
    row = list(csv.reader(io.StringIO(back.decode())))[1]
    assert row[4] == f"'{danger}"
    assert row[:2] == ["=1+1", "-x"]


@pytest.mark.parametrize("number", ["-5", "+49 30 1234", "-1.234,56 €", "-20 %"])
def test_a_number_of_ours_is_no_formula_and_stays(tmp_path: Path, number: str) -> None:
    back, _ = reported(tmp_path, b"a;b\n1;2\n", [one(number)])
    assert back.decode().splitlines()[1].split(";")[8] == number


def test_a_report_fed_back_in_updates_its_columns_and_keeps_those_of_other_formats(tmp_path: Path) -> None:
    """The daily run on yesterday's report must not grow by nine columns a day."""
    body = b"sku;name\r\na;Tea\r\nb;Pot\r\n"
    first = [one("partial", error="too long"), one("done", 3, url="p/b.png", file="p/b.png")]
    source = tmp_path / "in.csv"
    source.write_bytes(body)
    once = tmp_path / "once.csv"
    write_report(report_of(source, first), once)
    second = [one("done", url="p/a.png"), one("done", 3, url="p/b2.png")]
    twice = tmp_path / "twice.csv"
    write_report(report_of(once, second, formats=("square", "wide")), twice)
    rows = [line.split(";") for line in twice.read_text("utf-8").splitlines()]
    assert rows[0] == [
        *("sku", "name", "square url", "square file", "square error", "story url", "story file", "story error"),
        *("bulkgen status", "bulkgen detail", "bulkgen request", "wide url", "wide file", "wide error"),
    ]
    assert rows[1][2:5] == ["p/a.png", "", ""]
    assert rows[2][2] == "p/b2.png"


def test_tabs_are_written_where_the_name_asks_for_them(tmp_path: Path) -> None:
    back, _ = reported(tmp_path, b'sep=,\na,b\n1,"x,y"\n2,"t\tt"\n', [one("done", 3), one("done", 4)], "out.tsv")
    lines = back.decode().splitlines()
    assert lines[0].startswith("a\tb\tsquare url\t")
    assert lines[1].startswith("1\tx,y\t")
    assert lines[2].startswith('2\t"t\tt"\t')


def test_a_workbook_as_a_text_table_shows_what_was_seen_and_guards_what_was_text(tmp_path: Path) -> None:
    """A text that begins with = was a text in the workbook, and in the table would be a formula."""
    source = tmp_path / "in.xlsx"
    book = xlsxwriter.Workbook(source, {"strings_to_formulas": False})
    sheet = book.add_worksheet()
    sheet.write_row(1, 1, ["sku", "price", "note"])
    sheet.write_number(2, 1, 7, book.add_format({"num_format": "00000"}))
    sheet.write_number(2, 2, 0.2, book.add_format({"num_format": "0%"}))
    sheet.write_string(2, 3, "=1+1")
    sheet.write_row(3, 1, ["x", -5, "-5"])
    book.close()
    out = tmp_path / "out.csv"
    notes = write_report(report_of(source, [one("done", 3), one("done", 4)]), out)
    rows = list(csv.reader(io.StringIO(out.read_bytes().decode("utf-8-sig"))))
    assert rows[0][:4] == ["sku", "price", "note", "square url"]
    assert rows[1][:3] == ["00007", "20%", "'=1+1"]
    assert rows[2][:3] == ["x", "-5", "-5"]
    assert [row[rows[0].index("bulkgen status")] for row in rows[1:]] == ["done", "done"]
    assert notes == ("cells that a spreadsheet program would take for formulas, written with a ' in front: 1",)


def test_a_result_without_its_row_is_refused_not_dropped(tmp_path: Path) -> None:
    """The copy of the input and the ledger do not belong together; a report would hide that."""
    with pytest.raises(ReportError, match="no row 9"):
        reported(tmp_path, b"a,b\n1,2\n", [one("done"), one("done", 9)])
    assert not (tmp_path / "out.csv").exists()


def test_results_out_of_order_are_refused(tmp_path: Path) -> None:
    """They stream past the rows once: written out of order they would stand beside the wrong rows."""
    with pytest.raises(ReportError, match="row 2 came after"):
        reported(tmp_path, b"a,b\n1,2\n3,4\n", [one("done", 3), one("done", 2)])


def test_multipage_documents_have_one_set_of_columns(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_bytes(b"a,b\n1,2\n")
    given = report_of(source, [ResultRow(0, 2, {"document": FormatResult("d.pdf", "d.pdf")}, "done")])
    out = tmp_path / "out.csv"
    write_report(ReportInput(given.source, given.outline, ("page 1", "page 2"), True, given.rows, given.summary), out)
    lines = out.read_text().splitlines()
    assert lines[0] == "a,b,document url,document file,document error,bulkgen status,bulkgen detail,bulkgen request"
    assert lines[1] == "1,2,d.pdf,d.pdf,,done,,"
