"""The sheet for a design: its columns map themselves, its notes tell what is taken, its first row shows the design."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from feed_tables import design

from bulkgen.mapping.automatic import guess_mapping
from bulkgen.mapping.columns import ColumnTarget, read_header
from bulkgen.mapping.guess import Certainty
from bulkgen.mapping.mapper import Mapper
from bulkgen.report.sample_book import SampleColumn, sample_csv, write_sample_book
from bulkgen.sampling import sample_columns
from bulkgen.sheet.model import Column, Row, SheetKind, SheetOutline
from bulkgen.sheet.read import open_sheet
from bulkgen.wire.design import ROOT, Design, parse_design
from bulkgen.wire.overrides import MAIN_PROPERTY, PROPERTIES

NAMES = (
    "customer-quote",
    "display-set",
    "event-ticket",
    "job-opening",
    "new-arrival",
    "product-card",
    "real-estate",
    "recipe",
    "seasonal-sale",
    "story-motion",
)


def book_of(columns: tuple[SampleColumn, ...], path: Path, title: str = "A design") -> Any:
    with path.open("wb") as stream:
        write_sample_book(stream, title, columns)
    return openpyxl.load_workbook(path)


def mapped_row(chosen: Design, columns: tuple[SampleColumn, ...], folder: Path) -> Any:
    headers = tuple(column.header for column in columns)
    cells = {column.header: column.value for column in columns}
    guess = guess_mapping(chosen, headers, [cells])
    assert guess.unused == ()
    assert {line.certainty for line in guess.lines} == {Certainty.CERTAIN}
    outline = SheetOutline(
        folder / "s.csv", SheetKind.CSV, tuple(Column(name, n) for n, name in enumerate(headers, 1)), 1
    )
    return Mapper(guess.mapping, chosen, outline, folder=folder).map(Row(0, 2, "", cells))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("all_properties", [False, True])
def test_every_column_maps_itself_and_the_first_row_is_good(name: str, all_properties: bool, tmp_path: Path) -> None:
    """A sample that is refused teaches nobody anything."""
    chosen = design(name)
    mapped = mapped_row(chosen, sample_columns(chosen, all_properties=all_properties), tmp_path)
    assert mapped.problems == ()
    assert {one for want in mapped.wants for one in want.formats} == {one.id for one in chosen.formats}


@pytest.mark.parametrize("name", NAMES)
def test_all_properties_are_all_properties(name: str) -> None:
    chosen = design(name)
    targets = {str(read_header(column.header, chosen)) for column in sample_columns(chosen, all_properties=True)}
    every = {f"{one.name}.{prop}" for one in chosen.elements for prop in PROPERTIES[one.type]}
    assert targets == every | {"formats"}


def test_what_a_row_cannot_be_without_comes_first_then_content_then_looks() -> None:
    columns = sample_columns(design("product-card"))
    headers = [column.header for column in columns]
    assert headers[:4] == ["formats", "title", "photo", "logo"]
    assert [column.header for column in columns if column.is_needed] == ["title"]
    assert headers.index("price") < headers.index("root.background_color") < headers.index("photo.fitting_type")
    groups = [column.group for column in columns]
    assert groups == sorted(groups, key=["formats", "content", "look"].index)


def test_the_first_row_holds_what_the_design_has_but_where_that_is_refused() -> None:
    values = {column.header: column.value for column in sample_columns(design("product-card"))}
    assert values["price"] == "€149"
    assert values["price.color"] == "#2A2622"
    assert values["formats"] == "all"
    assert values["title"] == "Your title"
    # Sizes differ from format to format: one value for all of them would spoil the design.
    every = {column.header: column for column in sample_columns(design("product-card"), all_properties=True)}
    assert every["title.font_size"].value == ""
    assert "differs from format to format" in every["title.font_size"].note


def test_notes_tell_kind_bounds_what_empty_means_and_how_to_hide() -> None:
    notes = {column.header: column.note for column in sample_columns(design("product-card"), all_properties=True)}
    assert "a number from 0 to 100" in notes["rating"]
    assert "Empty: as in the design, '96'." in notes["rating"]
    assert "__HIDDEN__ hides the layer." in notes["rating"]
    assert "text of 1 to 10,000 characters" in notes["title"]
    assert "Needed, and not as in the design" in notes["title"]
    assert "__HIDDEN__" not in notes["title"]
    assert "name of a file beside the sheet" in notes["photo"]
    assert "square: 1080 x 1080 px" in notes["formats"]
    assert "An empty cell is refused" in notes["formats"]
    assert all("Takes " in note for header, note in notes.items() if header != "formats")


def test_a_workbook_has_frozen_noted_headers_and_lists_to_choose_from(tmp_path: Path) -> None:
    columns = sample_columns(design("product-card"))
    book = book_of(columns, tmp_path / "s.xlsx")
    sheet = book.active
    assert sheet.freeze_panes == "A2"
    assert [cell.value for cell in sheet[1]] == [column.header for column in columns]
    assert [cell.comment.text for cell in sheet[1]] == [column.note for column in columns]
    rules = {str(rule.sqref).split(":")[0]: rule for rule in sheet.data_validations.dataValidation}
    assert rules["A2"].formula1 == '"all,square,story,landscape,medium-rectangle"'
    # Several formats may be named, so that what is not in the list is let through.
    assert not rules["A2"].showErrorMessage
    fitting = next(cell for cell in sheet[1] if cell.value == "photo.fitting_type")
    assert rules[f"{fitting.column_letter}2"].formula1 == '"cover,fill"'


def test_a_list_that_a_rule_cannot_hold_stands_in_a_hidden_sheet(tmp_path: Path) -> None:
    """Excel calls a workbook with a longer list damaged."""
    choices = tuple(f"format, number {number}" for number in range(60))
    book = book_of(
        (SampleColumn("a", "n", "v", choices=choices), SampleColumn("b", "n", choices=choices)), tmp_path / "s.xlsx"
    )
    rules = book.active.data_validations.dataValidation
    assert [rule.formula1 for rule in rules] == ["choices!$A$1:$A$60"] * 2
    assert book["choices"].sheet_state == "hidden"
    assert [cell.value for cell in book["choices"]["A"]] == list(choices)
    assert open_sheet(tmp_path / "s.xlsx").outline.names == ("a", "b")


@pytest.mark.parametrize("value", ["=1+1", "#N/A", "007", "a\nb", "−17%", "+1", "TRUE"])
def test_values_stay_text_in_both_kinds(value: str, tmp_path: Path) -> None:
    column = SampleColumn("x", "n", value)
    book_of((column,), tmp_path / "s.xlsx")
    (tmp_path / "s.csv").write_bytes(sample_csv((column,)))
    for name in ("s.xlsx", "s.csv"):
        (row,) = open_sheet(tmp_path / name).rows()
        assert row.cells["x"] == value
    assert list(csv.reader(io.StringIO(sample_csv((column,)).decode("utf-8-sig")))) == [["x"], [value]]


@pytest.mark.parametrize("title", ["a/b:c[d]*?", "x" * 60, "'", "", "\x00", "Été"])
def test_any_name_of_a_design_makes_a_tab(title: str, tmp_path: Path) -> None:
    assert 0 < len(book_of((SampleColumn("a", "n", "v"),), tmp_path / "s.xlsx", title).active.title) <= 31


def test_pages_and_variables_have_columns_of_their_own(bench: Any, tmp_path: Path) -> None:
    columns = sample_columns(bench.pages)
    headers = [column.header for column in columns]
    assert {"page_1.headline", "page_1.intro", "page_2.headline", "vars.city"} <= set(headers)
    assert "formats" not in headers
    mapped = mapped_row(bench.pages, columns, tmp_path)
    assert mapped.problems == ()


def test_layers_whose_names_mean_something_else_are_still_reached(make_design: Callable[..., Design]) -> None:
    layers = [
        {"name": name, "type": "text", "attributes": [{"id": "payload", "value": "x"}]}
        for name in ("formats", "root", "title.color", "title", "a b", "A_B", "vars")
    ]
    chosen = make_design(elements=layers)
    for column in sample_columns(chosen, all_properties=True):
        target = read_header(column.header, chosen)
        assert target is not None
        assert target.kind == "layer" or column.header.startswith("vars.")


def test_a_picture_of_a_studio_on_this_machine_is_not_written_down(make_design: Callable[..., Design]) -> None:
    """Its address is gone when the command ends; one of the wide world is kept."""
    found = {}
    for own in ("http://127.0.0.1:8123/media/a.png", "images/a.png", "https://cdn.example.com/a.png"):
        layer = {"name": "photo", "type": "image", "attributes": [{"id": "image_url", "value": own}]}
        found[own] = next(one.value for one in sample_columns(make_design(elements=[layer])) if one.header == "photo")
    assert list(found.values()) == ["", "", "https://cdn.example.com/a.png"]


def test_a_layer_of_every_type_has_its_main_column(make_design: Callable[..., Design]) -> None:
    kinds = [kind for kind in MAIN_PROPERTY if kind != "container"]
    layers = [{"name": f"the_{kind}", "type": kind, "attributes": []} for kind in kinds]
    headers = [column.header for column in sample_columns(make_design(elements=layers))]
    assert {f"the_{kind}" for kind in kinds} <= set(headers)
    assert not any(header.startswith(f"{ROOT}.") for header in headers)
    assert ColumnTarget("formats") == read_header("formats", parse_design(_ONE))


_ONE: dict[str, Any] = {
    "id": "d",
    "type": "static",
    "formats": [{"id": "post", "width": 10, "height": 10}],
    "elements": [],
}
