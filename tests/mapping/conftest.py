"""A design, a sheet and a mapping, made in the test itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from bulkgen.mapping.file import MappingFile, parse_mapping
from bulkgen.mapping.mapper import Mapper
from bulkgen.mapping.model import MappedRow
from bulkgen.sheet.model import Column, Row, SheetKind, SheetOutline
from bulkgen.wire.design import Design, parse_design


def _layer(name: str, kind: str, mandatory: Any = False, **values: Any) -> dict[str, Any]:
    return {
        "name": name,
        "type": kind,
        "settings": {"is_mandatory": mandatory},
        "attributes": [{"id": key, "value": value} for key, value in values.items()],
        "layout": {"x": 0, "y": 0, "width": 10, "height": 10},
    }


STATIC: dict[str, Any] = {
    "id": "card",
    "type": "static",
    "formats": [{"id": name, "width": 10, "height": 10} for name in ("post", "story", "wide")],
    "elements": [
        _layer("root", "container", background_color="#ffffff"),
        _layer("title", "text", payload="Sample title for {city}"),
        _layer("price", "text", payload="€99"),
        _layer("old_price", "text", payload="€129"),
        _layer("photo", "image", image_url="https://example.com/sample.jpg"),
        _layer("badge", "shape", background_color="#000000"),
        _layer("cta", "button", payload="Buy"),
        _layer("code", "qrcode", payload="x"),
        _layer("film", "video", video_url="https://example.com/a.mp4"),
        _layer("all", "group"),
        _layer("script", "code"),
    ],
}
PAGES: dict[str, Any] = {
    "id": "book",
    "type": "printer_multipage",
    "dpi": 300,
    "pages": [{"id": f"page_{number}", "width": 210, "height": 297, "unit": "mm"} for number in (1, 2)],
    "elements_per_page": {
        "page_1": [_layer("headline", "text", payload="One"), _layer("intro", "text", payload="{city}")],
        "page_2": [_layer("headline", "text", True, payload="Two")],
    },
}


def variant(*, mandatory: Mapping[str, Any] | None = None, **changes: Any) -> Design:
    """The static design, changed; `mandatory` by layer."""
    layers = [
        layer | {"settings": {"is_mandatory": (mandatory or {}).get(layer["name"], False)}}
        for layer in STATIC["elements"]
        if isinstance(layer, dict)
    ]
    return parse_design({**STATIC, "elements": layers, **changes})


class Bench:
    """Maps cells with a mapping text against a design."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.static = parse_design(STATIC)
        self.pages = parse_design(PAGES)

    def mapper(
        self,
        text: str,
        columns: Sequence[str],
        design: Design | None = None,
        *,
        mapping: MappingFile | None = None,
        **options: Any,
    ) -> Mapper:
        """`mapping` is one that is made already, and stands instead of `text`."""
        outline = SheetOutline(
            self.folder / "sheet.csv",
            SheetKind.CSV,
            tuple(Column(name, index + 1) for index, name in enumerate(columns)),
            1,
        )
        mapping = mapping or parse_mapping(text, "mapping.yaml")
        return Mapper(mapping, design or self.static, outline, folder=self.folder, **options)

    def map(self, text: str, cells: Mapping[str, str], design: Design | None = None, **options: Any) -> MappedRow:
        return self.mapper(text, list(cells), design, **options).map(Row(0, 2, "Sheet1", cells))

    def elements(self, text: str, cells: Mapping[str, str], **options: Any) -> dict[str, Any]:
        """The one payload of a row without problems."""
        mapped = self.map(text, cells, **options)
        assert mapped.problems == ()
        (want,) = mapped.wants
        return {name: dict(values) for name, values in want.payload.elements.items()}


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


@pytest.fixture
def make_design() -> Callable[..., Design]:
    return variant
