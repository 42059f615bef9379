"""The page about the mapping file: its tables are the code's, its examples load."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from bulkgen.mapping.expressions import compile_expression
from bulkgen.mapping.file import parse_mapping
from bulkgen.mapping.filters import EXAMPLE_CELLS
from bulkgen.mapping.manual import TABLES, fill
from bulkgen.mapping.names import Columns

PAGE = Path(__file__).parents[2] / "docs" / "mapping.md"


def test_the_tables_of_the_page_are_those_of_the_code() -> None:
    """A filter that is not in the manual does not exist for anybody. `bulkgen.mapping.manual.fill` mends the page."""
    text = PAGE.read_text("utf-8")
    assert fill(text) == text
    assert all(f"<!-- table {name} -->" in text for name in TABLES)


@pytest.mark.parametrize("block", re.findall(r"```yaml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL))
def test_every_mapping_of_the_page_is_one(block: str) -> None:
    assert parse_mapping(block).elements


def test_every_expression_of_the_page_compiles() -> None:
    columns = Columns(
        (*EXAMPLE_CELLS, "Image Src", "short title", "city", "logo", "photo", "colour", "link", "Formats")
    )
    found = re.findall(
        r"\{\{ [^`\n]+? \}\}", re.sub(r"<!-- table.*?<!-- end -->", "", PAGE.read_text("utf-8"), flags=re.DOTALL)
    )
    assert len(found) > 10
    for source in found:
        compile_expression(source, columns)


def test_the_mapping_of_the_page_fits_a_design(bench: Any, make_design: Any) -> None:
    first = re.findall(r"```yaml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)[0]
    design = make_design(
        formats=[{"id": name, "width": 9, "height": 9} for name in ("facebook-post", "instagram-story")]
    )
    cells = {
        "sku": "1",
        "title": "T",
        "price": "5 EUR",
        "Sale Price": "",
        "Image Src": "",
        "short title": "",
        "city": "",
    }
    mapped = bench.map(first, cells | {"availability": "in stock"}, design)
    assert [want.formats for want in mapped.wants] == [("facebook-post", "instagram-story")]
