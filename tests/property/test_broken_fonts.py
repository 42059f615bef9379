"""Font files with bytes changed: refused with the file's name, or drawn; never a crash, never another kind of error."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from bulkgen.render.banner import render_banner
from bulkgen.render.failures import RenderError
from bulkgen.render.fonts import FontCatalogueError, FontLibrary
from bulkgen.wire.design import parse_design

BODIES = [path.read_bytes() for path in sorted((Path(__file__).parents[1] / "fonts").glob("*.[to]tf"))]
TEXT = "שלום قائمة 夏の山 पहाड़ a1"
DESIGN = parse_design(
    {
        "id": "5f3c1d52-6c1e-4b7a-9e57-0c6c5b1f8a02",
        "type": "static",
        "formats": [{"id": "only", "width": 200, "height": 100}],
        "elements": [
            {
                "name": "title",
                "type": "text",
                "layout": {"x": 0, "y": 0, "width": 200, "height": 100},
                "attributes": [{"id": "font_size", "value": 16}],
            }
        ],
    }
)


@given(
    body=st.sampled_from(BODIES),
    changes=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=12),
    cut=st.one_of(st.none(), st.floats(0, 1)),
)
@settings(max_examples=100, deadline=None)
def test_a_broken_font_is_refused_or_drawn(body: bytes, changes: list[tuple[float, int]], cut: float | None) -> None:
    """The studio draws with files that people give it; one of them must not take a worker down."""
    broken = bytearray(body)
    for place, value in changes:
        broken[int(place * len(broken))] = value
    if cut is not None:
        del broken[int(cut * len(broken)) :]
    with TemporaryDirectory() as name:
        (Path(name) / "broken.ttf").write_bytes(broken)
        try:
            fonts = FontLibrary([Path(name)], installed=lambda: iter(()))
        except FontCatalogueError as error:
            told = str(error)
        else:
            shown = "".join(char for char in TEXT if fonts.fallback(char, 400, "normal", 16))
            try:
                render_banner(DESIGN, "only", {"title": {"payload": shown or "a"}}, {}, fonts, file_type="png")
                told = "broken.ttf"
            except RenderError as error:
                told = f"broken.ttf {error.reason}"
        assert "broken.ttf" in told
