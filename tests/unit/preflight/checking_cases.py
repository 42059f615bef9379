"""A design with real boxes and real fonts, and a bench that checks cells against it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bulkgen.mapping.file import parse_mapping
from bulkgen.mapping.mapper import Mapper
from bulkgen.mapping.model import MappedRow
from bulkgen.preflight.check import Context, check_row
from bulkgen.preflight.origins import Origins
from bulkgen.preflight.outputs import IsDone
from bulkgen.preflight.structure import Provider
from bulkgen.render.fonts import FontLibrary
from bulkgen.sheet.model import Column, Row, SheetKind, SheetOutline
from bulkgen.sheet.problems import Problem
from bulkgen.wire.design import Design, parse_design

FONTS = FontLibrary([Path(__file__).parents[3] / "templates" / "fonts"])
INTER = str(FONTS.family("Inter").id)  # type: ignore[union-attr]
LIST = {str(font["id"]): str(font["name"]) for font in FONTS.describe()}
STUDIO = Provider(True, LIST)
HOSTED = Provider(False, LIST)

Box = tuple[float, float, float, float]


def layer(name: str, kind: str, box: Box | Mapping[str, Box], **attributes: Any) -> dict[str, Any]:
    """`by` gives an attribute other values by format: `by={"payload": {"story": "…"}}`."""
    by = attributes.pop("by", {})
    mandatory = attributes.pop("mandatory", False)
    layout = {key: _box(one) for key, one in box.items()} if isinstance(box, Mapping) else _box(box)
    return {
        "name": name,
        "type": kind,
        "settings": {"is_mandatory": mandatory},
        "layout": layout,
        "attributes": [{"id": key, "value": value, "values": by.get(key, {})} for key, value in attributes.items()],
    }


def _box(box: Box) -> dict[str, float]:
    return dict(zip(("x", "y", "width", "height"), box, strict=True))


def text(name: str, box: Box | Mapping[str, Box], payload: str = "", **more: Any) -> dict[str, Any]:
    return layer(name, "text", box, **{"payload": payload, "font": INTER, "font_size": 40, "line_height": 100} | more)


LAYERS: tuple[dict[str, Any], ...] = (
    layer("root", "container", (0, 0, 400, 300), background_color="#ffffff"),
    layer("photo", "image", (0, 0, 400, 300), image_url="images/sample.jpg"),
    text("title", (20, 20, 300, 100), "Sample title", auto_resize=True, min_font_size=24, max_lines=2),
    text("price", (20, 150, 200, 50), "€99", max_lines=1),
    text("old_price", (20, 200, 200, 50), "€129", font_size=20),
    layer("cta", "button", (20, 250, 160, 40), payload="Shop now", font=INTER, font_size=16),
    layer("stars", "rating", (300, 200, 90, 20), rating_score=90),
    layer("code", "qrcode", (340, 240, 50, 50), payload="https://example.com"),
)


def design(*layers: dict[str, Any], formats: Sequence[str] = ("post",), kind: str = "static") -> Design:
    """Of the usual layers, each replaced by one of the same name if it is given; others are added."""
    given = {one["name"]: one for one in layers}
    usual = [given.pop(one["name"], one) for one in LAYERS]
    return parse_design(
        {
            "id": "card",
            "type": kind,
            "formats": [{"id": name, "width": 400, "height": 300} for name in formats],
            "elements": [*usual, *given.values()],
        }
    )


def bare(*layers: dict[str, Any], formats: Sequence[str] = ("post",)) -> Design:
    """Of these layers only."""
    return parse_design(
        {
            "id": "bare",
            "type": "static",
            "formats": [{"id": name, "width": 400, "height": 300} for name in formats],
            "elements": [LAYERS[0], *layers],
        }
    )


class Bench:
    """A mapping against a design; cells in, problems out. One bench is one check of a sheet."""

    def __init__(
        self,
        mapping: str,
        columns: Sequence[str],
        of: Design | None = None,
        *,
        provider: Provider = STUDIO,
        fonts: FontLibrary | None = FONTS,
        is_done: IsDone | None = None,
    ) -> None:
        self.design = of or design()
        self.columns = tuple(columns)
        self.fonts = fonts
        outline = SheetOutline(
            Path("sheet.csv"),
            SheetKind.CSV,
            tuple(Column(name, index) for index, name in enumerate(self.columns, 1)),
            1,
        )
        read = parse_mapping(mapping)
        self.mapper = Mapper(read, self.design, outline, folder=Path())
        self.origins = Origins(read, self.mapper.columns, self.design)
        self.context = Context(self.origins, provider, is_done=is_done)
        self.rows = 0

    def row(self, *cells: str) -> Row:
        self.rows += 1
        return Row(self.rows - 1, self.rows + 1, "", dict(zip(self.columns, cells, strict=True)))

    def map(self, *cells: str) -> MappedRow:
        row = self.row(*cells)
        mapped = self.mapper.map(row)
        return MappedRow(row, mapped.key, mapped.wants, mapped.problems, mapped.skipped)

    def check(self, *cells: str) -> list[Problem]:
        return check_row(self.map(*cells), self.design, self.fonts, self.context)

    def codes(self, *cells: str) -> list[str]:
        return [problem.code for problem in self.check(*cells)]

    def only(self, code: str, *cells: str) -> Problem:
        """The one problem of that code; an assertion that there is one."""
        found = self.check(*cells)
        assert [problem.code for problem in found].count(code) == 1, [str(problem) for problem in found]
        return next(problem for problem in found if problem.code == code)


def facts(problem: Problem) -> dict[str, str]:
    return dict(problem.facts)
