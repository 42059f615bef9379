"""Any table, any results: each row comes back once, in order, its own cells as they were, the results beside them."""

from __future__ import annotations

import csv
import io
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import python_calamine
import xlsxwriter
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from bulkgen.errors import SheetError
from bulkgen.report.cells import text_xml
from bulkgen.report.columns import result_columns
from bulkgen.report.files import MAX_NAME_BYTES, file_name
from bulkgen.report.limits import NOTE_CUT, NOTE_REMOVED, Notes, clean, cut, guard
from bulkgen.report.links import link_target
from bulkgen.report.model import FormatResult, ReportInput, ResultRow, Summary
from bulkgen.report.raw_records import read_raw
from bulkgen.report.sheet_rows import SheetRows
from bulkgen.report.write import write_report
from bulkgen.sheet.delimited import read_records
from bulkgen.sheet.model import CsvDialect
from bulkgen.sheet.read import open_sheet

SUMMARY = Summary("job", "design", "studio", 0.0, 1.0, {"done": 1})
FORMATS = ("square", "story")
RESULTS = result_columns(FORMATS, False)
FILES = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])

# What has gone wrong in such cells before, among anything at all.
DANGERS = (
    *('=HYPERLINK("http://x")', "+1+cmd|' /C calc'!A0", "-2", "@SUM(1)", "\t=1", "00123", "_x000D_", "_x0041_"),
    *(
        "a,b;c\td",
        'say "hi"',
        '"',
        "line\nline",
        "\r\n",
        "&<>]]>",
        "\x00\x01",
        "\ud83d",
        "\U0001f600",
        " lead",
        "trail ",
    ),
    *("https://x.example/a b?c=d&e=%zz#f", "javascript:alert(1)", "dir/ü 100%.png", "'quoted", "NA", "1e5", ""),
)
anything = st.one_of(st.sampled_from(DANGERS), st.text(st.characters(), max_size=12))
results = st.builds(FormatResult, anything, anything, anything)
outcomes = st.tuples(results, results, anything, anything, anything)

# Cells a sheet can hold: what cannot be in one is the reader's matter.
cells = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=8)
filled = st.text("abcäß 1=+-", min_size=1, max_size=8).map(lambda text: f"x{text.strip()}")


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    """A header and rows of its width; the first cell is filled, so that every row is one."""
    width = draw(st.integers(2, 4))
    header = [f"column {index}" for index in range(width)]
    rows = draw(st.lists(st.tuples(filled, *[cells] * (width - 1)), min_size=1, max_size=5))
    return [header, *(list(row) for row in rows)]


def report_on(source: Path, told: Sequence[tuple[FormatResult, FormatResult, str, str, str]]) -> ReportInput:
    sheet = open_sheet(source)
    rows = [
        ResultRow(row.position, row.number, dict(zip(FORMATS, (a, b), strict=True)), status, detail, request)
        for row, (a, b, status, detail, request) in zip(sheet.rows(), told, strict=True)
    ]
    return ReportInput(source, sheet.outline, FORMATS, False, rows, SUMMARY)


def texts_of(told: tuple[FormatResult, FormatResult, str, str, str]) -> list[str]:
    one, two, status, detail, request = told
    return [one.url, one.file, one.error, two.url, two.file, two.error, status, detail, request]


def write_csv(path: Path, table: Sequence[Sequence[str]], encoding: str, delimiter: str, quoting: int) -> None:
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter, quoting=quoting).writerows(table)
    path.write_bytes(stream.getvalue().encode(encoding))


def read_csv(path: Path, encoding: str, delimiter: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_bytes().decode(encoding), newline=""), delimiter=delimiter))


@given(
    table=tables(),
    told=st.lists(outcomes, min_size=5, max_size=5),
    encoding=st.sampled_from(("utf-8-sig", "utf-16")),
    delimiter=st.sampled_from(";\t"),
    quoting=st.sampled_from((csv.QUOTE_MINIMAL, csv.QUOTE_ALL)),
)
@FILES
def test_a_text_table_comes_back_with_its_rows_and_the_results(
    table: list[list[str]],
    told: list[tuple[FormatResult, FormatResult, str, str, str]],
    encoding: str,
    delimiter: str,
    quoting: int,
) -> None:
    """A row lost, doubled or moved puts a banner on the wrong product."""
    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder, "in.csv"), Path(folder, "out.csv")
        write_csv(source, table, encoding, delimiter, quoting)
        outline = open_sheet(source).outline
        if len(outline.columns) != len(table[0]) or outline.header_row != 1:
            return
        told = told[: len(table) - 1]
        notes = write_report(report_on(source, told), out)
        back = read_csv(out, encoding, delimiter)
        assert [row[: len(table[0])] for row in back] == table
        assert back[0][len(table[0]) :] == list(RESULTS)
        for row, one in zip(back[1:], told, strict=True):
            given_texts = texts_of(one)
            expected = [guard(clean(text, Notes())) for text in given_texts]
            assert row[len(table[0]) :] == expected
            if any(clean(text, Notes()) != re.sub("\r\n?", "\n", text) for text in given_texts):
                assert any(note.startswith(NOTE_REMOVED.partition("{")[0]) for note in notes)


@given(table=tables(), told=st.lists(outcomes, min_size=5, max_size=5), data=st.data())
@FILES
def test_a_workbook_comes_back_with_its_rows_and_the_results(
    table: list[list[str]], told: list[tuple[FormatResult, FormatResult, str, str, str]], data: st.DataObject
) -> None:
    """As for text tables; and whatever the text, it is a text when two other programs read it."""
    with tempfile.TemporaryDirectory() as folder:
        if data.draw(st.booleans(), label="from a workbook"):
            source = Path(folder, "in.xlsx")
            book = xlsxwriter.Workbook(source, {"strings_to_formulas": False})
            sheet = book.add_worksheet("rows")
            for number, row in enumerate(table):
                for column, text in enumerate(row):
                    sheet.write_string(number, column, text)
            book.close()
        else:
            source = Path(folder, "in.csv")
            write_csv(source, table, "utf-8-sig", ";", csv.QUOTE_ALL)
        outline = open_sheet(source).outline
        if len(outline.columns) != len(table[0]) or outline.header_row != 1:
            return
        out = Path(folder, "out.xlsx")
        told = told[: len(table) - 1]
        write_report(report_on(source, told), out)
        sheet_back = openpyxl.load_workbook(out).worksheets[0]
        for number, row in enumerate(table, 1):
            ours = list(RESULTS) if number == 1 else [clean(text, Notes()) for text in texts_of(told[number - 2])]
            for column, text in enumerate((*row, *ours), 1):
                cell = sheet_back.cell(number, column)
                assert cell.value is None or cell.data_type in ("s", "inlineStr")
                assert spelled_out(cell.value or "") == text
        assert sheet_back.max_row == len(table)
        assert python_calamine.CalamineWorkbook.from_path(str(out)).sheet_names[-1] == "bulkgen summary"
        columns = [column.name for column in open_sheet(out).outline.columns]
        again = Path(folder, "again.xlsx")
        write_report(report_on(out, told), again)
        assert [column.name for column in open_sheet(again).outline.columns] == columns


def spelled_out(text: str) -> str:
    """openpyxl leaves the spelling of characters in worksheet strings to its callers."""
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda match: chr(int(match[1], 16)), text)


@given(st.text(st.characters(), max_size=40).map(lambda text: text * 1500))
@settings(max_examples=30, deadline=None)
def test_a_long_text_is_cut_to_what_a_cell_holds_and_that_is_noted(text: str) -> None:
    notes = Notes()
    held = cut(clean(text, notes), notes)
    assert len(held.encode("utf-16-le")) // 2 <= 32_767
    whole = clean(text, Notes())
    if held != whole:
        assert whole.startswith(held[:-1])
        assert held.endswith("…")
        assert any(note.startswith(NOTE_CUT.partition("{")[0]) for note in notes.texts())


# Anything of which a table might be made, and much of which it should not.
ragged = st.lists(st.text("ab,;\"\r\n\x00ü '", max_size=12), max_size=6).map("".join)


@given(ragged, st.sampled_from(("utf-8", "utf-16-le", "cp1252")))
@settings(max_examples=200, deadline=None)
def test_records_are_those_of_the_reader_and_put_together_are_the_file(text: str, encoding: str) -> None:
    """Another count of records than the reader's writes results to the wrong rows."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "in.csv")
        body = text.encode(encoding)
        path.write_bytes(body)
        dialect = CsvDialect(encoding, ",")
        try:
            read = list(read_records(path, dialect))
        except SheetError:
            return
        records = list(read_raw(path, dialect))
        # A quotation mark alone in the last line is for the reader no record.
        assume(len(records) == len(read))
        assert [(record.number, list(record.cells)) for record in records] == read
        assert "".join(record.text + record.line_end for record in records).encode(encoding) == body
        for record in records:
            written = ",".join(record.written_cells(","))
            assert next(csv.reader(io.StringIO(written, newline="")), []) == list(record.cells)


class Trickle(io.RawIOBase):
    """Gives so many bytes at a time, as a decompressor may."""

    def __init__(self, body: bytes, size: int) -> None:
        self._body, self._size, self._at = body, size, 0

    def read(self, size: int = -1) -> bytes:
        chunk = self._body[self._at : self._at + self._size]
        self._at += len(chunk)
        return chunk


row_bodies = st.sampled_from(
    (
        '<c r="A{n}"><v>1</v></c>',
        '<c r="A{n}" t="inlineStr"><is><t>&lt;/row></t></is></c>',
        '<c><v><![CDATA[</row><row r="9">]]></v></c>',
        "<!-- </row></sheetData> -->",
        "",
    )
)


@given(st.lists(st.tuples(row_bodies, st.booleans(), st.booleans()), max_size=8), st.integers(1, 40))
@settings(max_examples=150, deadline=None)
def test_a_sheet_read_in_pieces_of_any_size_gives_the_same_rows_and_loses_no_byte(
    rows: list[tuple[str, bool, bool]], size: int
) -> None:
    """A chunk's edge may fall into a tag, a comment or a literal text; a row lost there is lost without a word."""
    body, expected = "", []
    for number, (content, is_closed, has_number) in enumerate(rows, 1):
        name = f' r="{number}"' if has_number else ""
        inner = content.replace("{n}", str(number))
        body += f'<row{name} spans="1:2"/>' if is_closed else f"<row{name}>{inner}</row>"
        expected.append((number, b"" if is_closed else inner.encode()))
    part = f"<worksheet xmlns='x'><cols><col/></cols><sheetData>{body}</sheetData><pageMargins/></worksheet>".encode()
    sheet = SheetRows(Trickle(part, size), "sheet1.xml")
    found = list(sheet.rows())
    assert [(row.number, row.content) for row in found] == expected
    whole = b"".join(row.gap + row.tag + (b"" if row.is_closed else row.content + b"</row>") for row in found)
    assert sheet.head + sheet.opening + whole + sheet.last_gap + sheet.closing + sheet.rest == part


@given(st.lists(st.tuples(anything, anything, st.sampled_from(("jpeg", ".PNG", "", "mp4"))), max_size=12))
@settings(deadline=None)
def test_file_names_are_safe_everywhere_and_no_two_are_one(wanted: list[tuple[str, str, str]]) -> None:
    """Two rows under one name show one row's banner on both; a bad name cannot be unpacked on Windows."""
    taken: set[str] = set()
    names = [file_name(key, name, ending, taken) for key, name, ending in wanted]
    assert len({name.lower() for name in names}) == len(names)
    for name in names:
        assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._-]*", name)
        assert len(name) <= MAX_NAME_BYTES
        assert not name.endswith(".")
        assert not re.fullmatch(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?", name)


@given(anything)
def test_a_link_is_an_address_or_a_path_and_holds_nothing_a_target_cannot(address: str) -> None:
    """A cell that starts a program when it is clicked is not a banner."""
    target = link_target(clean(address, Notes()))
    if target is not None:
        assert not re.search(r'[\x00-\x20<>"{}|\\^`]', target)
        scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):", target)
        assert scheme is None or scheme[1].lower() in ("http", "https")
        assert not re.search("%(?![0-9A-Fa-f]{2})", target)


@given(anything)
def test_a_guarded_text_is_no_formula_and_loses_nothing(text: str) -> None:
    held = guard(text)
    assert held.removeprefix("'") == text.removeprefix("'") or held == text
    assert not held.startswith(("=", "@", "\t"))


@given(anything)
def test_text_in_xml_comes_back_as_it_was(text: str) -> None:
    from xml.etree.ElementTree import fromstring

    held = clean(text, Notes())
    read = fromstring(f"<t>{text_xml(held)}</t>").text or ""
    assert spelled_out(read) == held
