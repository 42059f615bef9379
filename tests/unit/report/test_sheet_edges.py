"""Extent, widths and links of a worksheet: in the order of the schema, which Excel insists on."""

from __future__ import annotations

import pytest

from bulkgen.report.sheet_edges import Link, SheetEdges

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def edges(before: str = "", after: str = "", prefix: str = "") -> SheetEdges:
    name = f"{prefix}:" if prefix else ""
    declared = f"xmlns:{prefix}" if prefix else "xmlns"
    return SheetEdges(f'<{name}worksheet {declared}="{MAIN}">{before}'.encode(), f"{after}</{name}worksheet>".encode())


def head(before: str, widths: dict[int, float], prefix: str = "") -> str:
    sheet = edges(before, prefix=prefix)
    return sheet.head(last_row=9, last_column=12, widths=widths).decode().partition(">")[2]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('<dimension ref="A1:C5"/>', '<dimension ref="A1:L9"/>'),
        ('<dimension ref="A1"/>', '<dimension ref="A1:L9"/>'),
        ('<dimension ref="B2:Z50"/>', '<dimension ref="B2:Z50"/>'),
        ('<dimension ref=""/>', '<dimension ref=""/>'),
        ("", ""),
    ],
)
def test_the_extent_covers_the_results(before: str, after: str) -> None:
    assert head(before, {}) == after


OURS = '<col min="11" max="11" width="30" customWidth="1"/>'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<sheetFormatPr/>", f"<sheetFormatPr/><cols>{OURS}</cols>"),
        ("<cols/>", f"<cols>{OURS}</cols>"),
        ('<cols><col min="2" max="3"/></cols>', f'<cols><col min="2" max="3"/>{OURS}</cols>'),
        ('<cols><col min="12" max="14"/></cols>', f'<cols>{OURS}<col min="12" max="14"/></cols>'),
        ('<cols><col min="11" max="11" hidden="1"/></cols>', f"<cols>{OURS}</cols>"),
        (
            '<cols><col min="5" max="16384" hidden="1"/></cols>',
            f'<cols><col min="5" max="10" hidden="1"/>{OURS}<col min="12" max="16384" hidden="1"/></cols>',
        ),
    ],
)
def test_result_columns_get_their_width_and_are_not_hidden(before: str, after: str) -> None:
    """Many sheets hide all columns right of their table; the results would be there and not be seen."""
    assert head(before, {11: 30.0}) == after


def test_several_result_columns_cut_a_range_into_pieces() -> None:
    cut = head('<cols><col min="1" max="9" width="5"/></cols>', {3: 7.5, 5: 8.0})
    assert cut == (
        '<cols><col min="1" max="2" width="5"/><col min="3" max="3" width="7.5" customWidth="1"/>'
        '<col min="4" max="4" width="5"/><col min="5" max="5" width="8" customWidth="1"/>'
        '<col min="6" max="9" width="5"/></cols>'
    )


def rest(after: str, added: list[Link], gone: tuple[str, ...] = (), prefix: str = "") -> str:
    sheet = edges(after=after, prefix=prefix)
    return sheet.rest(added, lambda reference: reference in gone, OFFICE).decode().rpartition("</")[0]


NEW = f'<hyperlink xmlns:r="{OFFICE}" ref="K2" r:id="rId9"/>'
ADDED = [Link("K2", "rId9")]
OLD = '<hyperlink ref="A1"/>'


@pytest.mark.parametrize(
    ("after", "added", "gone", "expected"),
    [
        ("", ADDED, (), f"<hyperlinks>{NEW}</hyperlinks>"),
        (
            "<mergeCells/><dataValidations/><pageMargins/><drawing/>",
            ADDED,
            (),
            f"<mergeCells/><dataValidations/><hyperlinks>{NEW}</hyperlinks><pageMargins/><drawing/>",
        ),
        ("<autoFilter/><extLst/>", ADDED, (), f"<autoFilter/><hyperlinks>{NEW}</hyperlinks><extLst/>"),
        (f"<hyperlinks>{OLD}</hyperlinks>", ADDED, (), f"<hyperlinks>{OLD}{NEW}</hyperlinks>"),
        (f"<hyperlinks>{OLD}</hyperlinks>", ADDED, ("A1",), f"<hyperlinks>{NEW}</hyperlinks>"),
        (f"<hyperlinks>{OLD}</hyperlinks><drawing/>", [], ("A1",), "<drawing/>"),
        (f"<hyperlinks>{OLD}</hyperlinks>", [], (), f"<hyperlinks>{OLD}</hyperlinks>"),
        ("<drawing/>", [], (), "<drawing/>"),
    ],
)
def test_links_stand_where_the_schema_wants_them(
    after: str, added: list[Link], gone: tuple[str, ...], expected: str
) -> None:
    assert rest(after, added, gone) == expected


def test_a_prefix_of_the_sheet_is_a_prefix_of_what_is_added() -> None:
    assert head("", {11: 30.0}, prefix="x") == '<x:cols><x:col min="11" max="11" width="30" customWidth="1"/></x:cols>'
    assert rest("", ADDED, prefix="x") == f"<x:hyperlinks>{NEW.replace('<', '<x:')}</x:hyperlinks>"
