"""Spreadsheets and feeds that nobody here wrote, each with its own trap: read right, or refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from bulkgen.errors import SheetError
from bulkgen.sheet.model import CsvDialect
from bulkgen.sheet.read import open_sheet

DATA = Path(__file__).parents[2] / "../shared/data"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the shared data is not here")


def _file(name: str) -> Path:
    path = DATA / name
    if not path.is_file():
        pytest.skip(f"{name} is not here")
    return path


# Name, the header's row, its first names, how many rows, and cells by (row number, name).
READ = [
    ("sheets/header_in_row_9.xlsx", 9, ("Columns", "Column A"), 1, {(10, "Column A"): "1"}),
    ("sheets/notes_above_and_below.xlsx", 5, ("Name", "Profession"), 14, {(6, "Date of birth"): "1/8/1947"}),
    ("sheets/title_row_price_eur.xlsx", 2, ("No", "Item", "Price (€)"), 4, {(3, "No"): "10001"}),
    ("sheets/invoice_table_with_totals.xlsx", 3, ("Product Id", "Description"), None, {(4, "Product Id"): "1001"}),
    ("sheets/zero_padded_by_format.xlsx", 1, ("Table 1",), 3, {(2, "Table 1"): "06083", (3, "Table 1"): "10083"}),
    (
        "sheets/number_formats_eur_chf.xlsx",
        1,
        ("product", "cost_EUR", "cost_CHF", "cost_mixed"),
        2,
        {(3, "cost_EUR"): "10,000.00 EUR", (2, "cost_CHF"): "0.50 CHF", (3, "cost_mixed"): "10,000.00 CHF"},
    ),
    ("sheets/unnamed_and_duplicate_columns.xlsx", 1, ("A", "var2", "C", "var2 (2)"), 2, {(3, "var2 (2)"): "bb"}),
    ("sheets/mixed_types_per_column.xlsx", 1, ("maybe boolean?", "description"), 10, {(6, "maybe boolean?"): "TRUE"}),
    ("sheets/merged_range.xlsx", 1, ("A1", "B1", "C1", "E1"), 2, {(3, "A1"): "A3"}),
    ("sheets/hidden_rows_and_columns.xlsx", 1, ("BEGIN", "HIDDEN", "VISIBLE"), 2, {(2, "BEGIN"): "HIDDEN"}),
    ("sheets/macro.xlsm", 1, ("Cell_A1", "Cell_B1"), 1, {(2, "Cell_B1"): "Cell_B2"}),
    ("sheets/currency_percent_date_formats.xlsx", 1, ("Date",), 5, {(4, "Date"): "Percentage"}),
    (
        "sheets/hyperlinks.xlsx",
        1,
        ("calamine repo", "mail link"),
        7,
        {(2, "calamine repo"): "Rust Programming Language"},
    ),
    ("sheets/utf16le_bom.csv", 1, ("première", "second"), 1, {(2, "première"): "Quatrième"}),
    ("sheets/windows-1252.csv", 1, ("première", "second"), 1, {(2, "troisième"): "sixième"}),
    ("sheets/semicolon_decimal_comma.csv", 1, ("This", "Are", "Headers"), 2, {(2, "Headers"): "25,5"}),
    ("sheets/sep_line.csv", 2, ("A", "1"), 1, {(3, "A"): "2"}),
    ("sheets/utf16le_tabs_hebrew.txt", 1, ("English", "Hello", "World"), 2, {(2, "Hello"): "שלום"}),
    ("sheets/mac_line_ends.csv", 1, ("a", "b", "c"), 2, {(3, "a"): "Once upon\ra time"}),
    ("sheets/nul_byte.csv", 1, ("a", "b", "c"), 1, {(2, "a"): "", (2, "b"): "2"}),
    ("sheets/rows_too_long_and_short.csv", 1, ("column_a", "column_b"), 3, {(4, "column_c"): "17"}),
    ("sheets/name_copy_url_linebreaks.csv", 1, ("Name", "Copy", "URL"), 4, {(2, "URL"): "http://google.com"}),
    ("feeds/bagisto_products.csv", 1, ("sku", "parent_sku"), 26, {(2, "sku"): "SP-001"}),
    ("feeds/bagisto_products.xlsx", 1, ("sku", "parent_sku"), 26, {(2, "sku"): "SP-001"}),
    ("feeds/shopify_packt_furniture.csv", 1, ("Handle", "Title"), 21, {(2, "Handle"): "floor-lamp"}),
    ("feeds/spree_products.csv", 1, ("slug", "sku"), 211, {(2, "name"): "Automatic Espresso Machine"}),
    ("feeds/woocommerce_sample_products.csv", 1, ("ID", "Type"), 24, {(2, "SKU"): "cc-tee"}),
    ("feeds/magento_gear_bags.csv", 1, ("category", "name"), 14, {(2, "category"): "Gear\nBags"}),
    ("feeds/no-licence-stated/google_tsv_apparel.tsv", 1, ("id", "title"), 22, {(2, "availability"): "in stock"}),
    ("feeds/no-licence-stated/meta_catalog_gbp.csv", 1, ("id", "title", "price"), 20, {(2, "price"): "400.0 GBP"}),
    ("feeds/no-licence-stated/meta_template_comment_row.csv", 2, ("id", "title"), 1, {(3, "price"): "10.00 USD"}),
    ("feeds/no-licence-stated/shopify_apparel.csv", 1, ("Handle", "Title"), 22, {(2, "Handle"): "ocean-blue-shirt"}),
]


@pytest.mark.parametrize(("name", "header_row", "names", "count", "cells"), READ, ids=[case[0] for case in READ])
def test_a_sheet_of_others_is_read_as_it_looks(
    name: str, header_row: int, names: tuple[str, ...], count: int | None, cells: dict[tuple[int, str], str]
) -> None:
    """These are the sheets that people have; each is a way in which a reader was once wrong."""
    sheet = open_sheet(_file(name))
    rows = {row.number: row for row in sheet.rows()}
    assert sheet.outline.header_row == header_row
    assert sheet.outline.names[: len(names)] == names
    assert count is None or len(rows) == count
    assert {place: rows[place[0]].cells[place[1]] for place in cells} == cells


REFUSED = [
    ("sheets/password_protected.xlsx", "password_protected", "password"),
    ("sheets/disguised_xls.xlsx", "not_a_sheet", ".xls"),
    ("sheets/umlaut_sheets_merged.xls", "not_a_sheet", ".xls"),
    ("sheets/hidden_and_chart_sheets.xlsb", "not_a_sheet", ".xlsb"),
    ("sheets/rounded_display.ods", "not_a_sheet", "OpenDocument"),
    ("sheets/version_row_then_header.ods", "not_a_sheet", "OpenDocument"),
    ("sheets/picture_over_cells.xlsx", "empty", "no cell"),
    ("sheets/hidden_first_sheet.xlsx", "no_rows", "VisibleSheet1"),
    ("feeds/bagisto_products.xls", "not_a_sheet", ".xls"),
    ("feeds/bagisto_products.xml", "not_a_sheet", "XML"),
    ("feeds/google_base_rss.xml", "not_a_sheet", "XML"),
    ("feeds/no-licence-stated/google_atom_outdoor_ru.xml", "not_a_sheet", "XML"),
    ("feeds/livostyle_fashion_300.parquet", "not_a_sheet", "Parquet"),
    ("feeds/bagisto_product-images.zip", "not_a_sheet", "ZIP"),
]


@pytest.mark.parametrize(("name", "code", "word"), REFUSED, ids=[case[0] for case in REFUSED])
def test_what_cannot_be_read_is_called_what_it_is(name: str, code: str, word: str) -> None:
    path = _file(name)
    with pytest.raises(SheetError) as caught:
        open_sheet(path)
    assert caught.value.code == code
    assert word in str(caught.value)
    assert path.name in str(caught.value)
    assert caught.value.hint


@pytest.mark.parametrize("folder", ["images", "images/awkward"])
def test_no_picture_passes_for_a_sheet(folder: str) -> None:
    """A picture given by mistake would else be a table of one strange column."""
    paths = [path for path in (DATA / folder).rglob("*") if path.is_file()]
    assert paths
    for path in paths:
        with pytest.raises(SheetError) as caught:
            open_sheet(path)
        assert caught.value.code in ("not_a_sheet", "empty"), path.name


@pytest.mark.parametrize(
    ("name", "dialect"),
    [
        ("sheets/utf16le_bom.csv", CsvDialect("utf-16-le", ",", "\r\n", True)),
        ("sheets/utf16le_tabs_hebrew.txt", CsvDialect("utf-16-le", "\t", "\r\n", True)),
        ("sheets/windows-1252.csv", CsvDialect("cp1252", ",", "\r\n")),
        ("sheets/semicolon_decimal_comma.csv", CsvDialect("utf-8", ";", "\r\n")),
        ("sheets/mac_line_ends.csv", CsvDialect("utf-8", ",", "\r")),
        ("feeds/no-licence-stated/meta_template_comment_row.csv", CsvDialect("utf-8", ",", "\n", True)),
    ],
)
def test_the_dialect_is_what_the_file_is_written_in(name: str, dialect: CsvDialect) -> None:
    """The report is written back in it."""
    assert open_sheet(_file(name)).outline.dialect == dialect


def test_the_same_products_read_alike_from_a_workbook_and_from_a_text_table() -> None:
    book, table = (open_sheet(_file(f"feeds/bagisto_products.{kind}")) for kind in ("xlsx", "csv"))
    assert book.outline.names == table.outline.names
    for of_book, of_table in zip(book.rows(), table.rows(), strict=True):
        assert of_book.number == of_table.number
        differing = {
            name: (of_book.cells[name], of_table.cells[name])
            for name in ("sku", "type", "name", "images", "price", "status")
            if of_book.cells[name] != of_table.cells[name]
        }
        assert not differing


def test_long_and_short_rows_are_said_by_number() -> None:
    """Cells that slipped one column further must not reach a banner unseen."""
    sheet = open_sheet(_file("sheets/rows_too_long_and_short.csv"))
    list(sheet.rows())
    assert any("more cells" in note and "2" in note for note in sheet.notes)
    assert any("fewer cells" in note and "3" in note for note in sheet.notes)
