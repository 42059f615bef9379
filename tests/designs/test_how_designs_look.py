"""The shipped designs, judged by their pixels: every format with the longest, the shortest and the pictureless row.

Each layer is painted by itself on what lies under it, so that its ink, and what is behind its ink, are known exactly.
Designs that move are judged at the moments of their contact sheets. What numbers cannot judge is looked at:
docs/contact-sheets.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import combinations, product
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from bulkgen.render.banner import RenderCache, picture_refs, render_banner
from bulkgen.render.design_lint import lint_design
from bulkgen.render.fonts import FontLibrary
from bulkgen.render.layout import Placed, lay_out
from bulkgen.render.movers import Mover
from bulkgen.render.painters import paint_layer
from bulkgen.render.paints import fill_rectangle
from bulkgen.render.parts import timing_of
from bulkgen.render.print.inks import Inks
from bulkgen.render.print.profiles import find_profile
from bulkgen.render.scene import Scene, resolve
from bulkgen.render.skia_memory import Surface
from bulkgen.render.stage import Stage
from bulkgen.render.timeline import pose_at
from bulkgen.wire.design import Box, Design, parse_design

REPOSITORY = Path(__file__).resolve().parents[2]
TEMPLATES = REPOSITORY / "templates"
SAMPLES: Mapping[str, Mapping[str, Mapping[str, Any]]] = json.loads((TEMPLATES / "samples.json").read_text("utf-8"))

# What people read or press. Photos and panels may lie under it and reach the edge.
INKED = ("text", "button", "logo", "rating", "qrcode")

# Too large for the page, on purpose.
CROPPED = {("seasonal-sale", "percent")}
# The figure of the sale runs on under the photo.
COVERED = {("seasonal-sale", "percent")}

EDGE_PART = 0.02
CONTRAST, CONTRAST_LARGE = 4.5, 3.0
LARGE_PX, LARGE_BOLD_PX = 24, 18.66

# Of a print: how closely its points are looked at, and what is large on paper.
PAPER_SCALE = 2
LARGE_PT, LARGE_BOLD_PT = 18, 14
AIR_PT = 1.5

# A difference of colour that nobody sees: the rims of smoothed letters.
FAINT = 8

# Parts of the time of a design that moves; its first picture is not read yet.
MOMENTS = (0.25, 0.5, 0.75, 1.0)


def _cases() -> Iterator[Any]:
    for name in SAMPLES:
        body = json.loads((TEMPLATES / name / "design.json").read_text("utf-8"))
        for item, row in product(body.get("formats") or body["pages"], SAMPLES[name]):
            case = f"{name}-{item['id']}-{row.replace(' ', '-')}"
            if body["type"] != "animated":
                yield pytest.param(name, item["id"], row, None, id=case)
                continue
            for moment in MOMENTS:
                yield pytest.param(name, item["id"], row, moment, id=f"{case}-{moment:.0%}")


CASES = list(_cases())
Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Inked:
    """A layer that is read: where its ink is, and the colours behind and in it."""

    placed: Placed
    box: Box
    behind: npt.NDArray[np.float64]
    ink: npt.NDArray[np.float64]
    covered_part: float

    @property
    def name(self) -> str:
        return self.placed.layer.name


@cache
def fonts() -> FontLibrary:
    return FontLibrary([TEMPLATES / "fonts"])


@cache
def shipped(name: str) -> Design:
    return parse_design(json.loads((TEMPLATES / name / "design.json").read_text("utf-8")))


def is_print(name: str) -> bool:
    return shipped(name).type.startswith("printer")


def elements_of(name: str, format_id: str, row: str) -> dict[str, Any]:
    """What a format, or a page of a document, has of a row."""
    design = shipped(name)
    layers = {layer.name for layer in design.elements if format_id in layer.layout}
    return {layer: value for layer, value in SAMPLES[name][row].items() if not design.is_multipage or layer in layers}


def scene_of(name: str, format_id: str, row: str) -> Scene:
    """That of a print is in points, and in the colours that the press gives its inks."""
    scene = resolve(shipped(name), format_id, elements_of(name, format_id, row))
    if not is_print(name):
        return scene
    profile = find_profile(None)
    assert profile.body is not None
    return Inks(profile.body).scene(scene)


def pictures(name: str, format_id: str, elements: Mapping[str, Any]) -> dict[str, bytes]:
    found = {}
    for reference in picture_refs(shipped(name), [format_id], elements):
        own = TEMPLATES / name / reference
        found[reference] = (own if own.is_file() else REPOSITORY / reference).read_bytes()
    return found


@cache
def inked(name: str, format_id: str, row: str, moment: float | None) -> tuple[Inked, ...]:
    scene, scale = scene_of(name, format_id, row), PAPER_SCALE if is_print(name) else 1
    width, height = round(scene.format.width * scale), round(scene.format.height * scale)
    surface = Surface.blank(width, height)
    surface.canvas.scale(scale, scale)
    drawing = RenderCache()
    stage = Stage(surface.canvas, pictures(name, format_id, elements_of(name, format_id, row)), drawing)
    stage.is_vector, stage.sharpness = scale > 1, float(scale)
    fill_rectangle(stage, scene.background, Box(0, 0, width, height))
    steps: list[tuple[Placed, Pixels, Pixels]] = []
    before = surface.pixels.copy()
    for placed in lay_out(scene, fonts()):
        if placed.layer.type == "audio" or (moment is not None and not _is_shown(scene, placed, moment)):
            continue
        _paint(stage, scene, placed, moment)
        after = surface.pixels.copy()
        if placed.layer.type in INKED:
            steps.append((placed, before, after))
        before = after
    return tuple(_inked(placed, below, painted, surface.pixels, scale) for placed, below, painted in steps)


def _is_shown(scene: Scene, placed: Placed, moment: float) -> bool:
    """What is half there is not read yet; in the end nothing may be."""
    assert scene.animation
    duration_s = scene.animation.duration
    pose = pose_at(timing_of(scene, placed), placed.layer.box, duration_s, moment * duration_s)
    is_whole = pose is not None and pose.opacity == 1 and pose.text is None
    if placed.layer.type not in INKED:
        return pose is not None
    assert is_whole or pose is None or moment < 1, f"{placed.layer.name} is still on its way"
    return is_whole


def _paint(stage: Stage, scene: Scene, placed: Placed, moment: float | None) -> None:
    timing = timing_of(scene, placed)
    if moment is None or timing is None:
        paint_layer(stage, placed)
        return
    assert scene.animation
    mover = Mover(placed, timing, scene.animation.duration)
    state = mover.state(moment * scene.animation.duration)
    assert state is not None
    mover.draw(stage, state)


def _inked(placed: Placed, before: Pixels, after: Pixels, finished: Pixels, scale: int) -> Inked:
    # Equal rows are skipped in one comparison of 32-bit pixels: most of a banner is not this layer.
    differs = before.view(np.uint32)[..., 0] != after.view(np.uint32)[..., 0]
    rows, columns = np.flatnonzero(differs.any(axis=1)), np.flatnonzero(differs.any(axis=0))
    assert rows.size, f"{placed.layer.name} paints nothing"
    part = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    change = _distance(before[part], after[part])
    mask = change > FAINT
    high, wide = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    box = Box(
        float(columns[0] + wide[0]) / scale,
        float(rows[0] + high[0]) / scale,
        float(wide[-1] - wide[0] + 1) / scale,
        float(high[-1] - high[0] + 1) / scale,
    )
    # Edges of letters are half background; only what is fully inked says what colour the ink has.
    core = change >= change.max() * 0.9
    lost = _distance(finished[part][mask], after[part][mask]) > FAINT
    return Inked(placed, box, _luminance(before[part][core]), _luminance(after[part][core]), float(lost.mean()))


def _distance(one: Pixels, other: Pixels) -> Pixels:
    return np.asarray((np.maximum(one, other) - np.minimum(one, other))[..., :3].max(axis=-1))


def _luminance(bgra: Pixels) -> npt.NDArray[np.float64]:
    channels = bgra[..., 2::-1].astype(np.float64) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return linear @ np.array([0.2126, 0.7152, 0.0722])


def _ratio(a: npt.NDArray[np.float64], b: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return (np.maximum(a, b) + 0.05) / (np.minimum(a, b) + 0.05)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_shipped_design_says_nothing_that_no_painter_looks_at(name: str) -> None:
    """A misspelt attribute would be a wrong picture that nobody notices."""
    assert lint_design(shipped(name)) == []


@pytest.mark.parametrize("name", SAMPLES)
def test_ids_of_shipped_designs_and_formats_never_change(name: str) -> None:
    """Ledgers and mappings of users name them; a new id would make every banner again."""
    known = json.loads((Path(__file__).parent / "ids.json").read_text("utf-8"))
    assert {"id": shipped(name).id, **{item.id: item.uid for item in shipped(name).formats}} == known[name]


@pytest.mark.parametrize(("name", "format_id", "row", "moment"), CASES)
def test_no_text_comes_near_an_edge(name: str, format_id: str, row: str, moment: float | None) -> None:
    """Apps round the corners and crop a little; a letter at the edge is a letter lost."""
    item = scene_of(name, format_id, row).format
    # A knife takes more than a screen does.
    beside, above = max(EDGE_PART * item.width, item.safe_size), max(EDGE_PART * item.height, item.safe_size)
    for layer in inked(name, format_id, row, moment):
        if (name, layer.name) in CROPPED:
            continue
        box = layer.box
        assert box.x >= beside, layer.name
        assert box.y >= above, layer.name
        assert box.x + box.width <= item.width - beside, layer.name
        assert box.y + box.height <= item.height - above, layer.name


@pytest.mark.parametrize(("name", "format_id", "row", "moment"), CASES)
def test_text_can_be_read_on_what_is_behind_it(name: str, format_id: str, row: str, moment: float | None) -> None:
    """Contrast below these ratios is what people with ordinary eyes lose on a phone in the sun."""
    for layer in inked(name, format_id, row, moment):
        if layer.placed.layer.type not in ("text", "button"):
            continue
        assert layer.placed.text is not None
        size, weight = layer.placed.text.size, layer.placed.layer.number("font_weight", 400)
        large, bold = (LARGE_PT, LARGE_BOLD_PT) if is_print(name) else (LARGE_PX, LARGE_BOLD_PX)
        is_large = size >= large or (size >= bold and weight >= 700)
        if layer.placed.layer.type == "button":
            # A button brings its own ground, so its label is judged against that.
            contrast = float(_ratio(*(_paint_luminance(layer, side) for side in ("color", "background_color")))[0])
        else:
            contrast = float(np.quantile(_ratio(layer.ink, layer.behind), 0.02))
        assert contrast >= (CONTRAST_LARGE if is_large else CONTRAST), f"{layer.name}: {contrast:.2f} at {size:.0f} px"


def _paint_luminance(layer: Inked, attribute: str) -> npt.NDArray[np.float64]:
    color = layer.placed.layer.color(attribute)
    assert color is not None
    assert color.alpha == 1
    return _luminance(np.array([[round(255 * part) for part in (color.blue, color.green, color.red)]], np.uint8))


@pytest.mark.parametrize(("name", "format_id", "row", "moment"), CASES)
def test_nothing_that_is_read_overlaps_or_touches(name: str, format_id: str, row: str, moment: float | None) -> None:
    """A long title that runs into the price is the fault everybody sees first."""
    item = scene_of(name, format_id, row).format
    air = AIR_PT if is_print(name) else 0.004 * max(item.width, item.height)
    for one, other in combinations(inked(name, format_id, row, moment), 2):
        a, b = one.box, other.box
        gap = max(a.x - (b.x + b.width), b.x - (a.x + a.width), a.y - (b.y + b.height), b.y - (a.y + a.height))
        assert gap >= air, f"{one.name} and {other.name}: {gap:.0f} px"


@pytest.mark.parametrize(("name", "format_id", "row", "moment"), CASES)
def test_nothing_is_painted_over_what_is_read(name: str, format_id: str, row: str, moment: float | None) -> None:
    for layer in inked(name, format_id, row, moment):
        if (name, layer.name) not in COVERED:
            assert layer.covered_part == 0, layer.name


@pytest.mark.parametrize("row", SAMPLES["event-ticket"])
@pytest.mark.parametrize("format_id", ["square", "story", "landscape"])
def test_the_code_on_a_ticket_leads_to_its_page(format_id: str, row: str) -> None:
    """Read from the JPEG as it is published, since compression is what kills small modules."""
    reader = pytest.importorskip("zxingcpp")
    elements = SAMPLES["event-ticket"][row]
    banner = render_banner(
        shipped("event-ticket"),
        format_id,
        elements,
        pictures("event-ticket", format_id, elements),
        fonts(),
        file_type="jpeg",
    )
    picture = Image.open(io.BytesIO(banner.body)).convert("RGB")
    for part in (1.0, 0.5):  # as published, and as a phone shows it
        small = picture.resize((round(picture.width * part), round(picture.height * part)), Image.Resampling.LANCZOS)
        found = reader.read_barcodes(np.asarray(small))
        assert [code.text for code in found] == [elements["qr"]], f"at {part:.0%}"


@pytest.mark.parametrize("name", SAMPLES)
def test_contact_sheets_and_previews_are_there_and_light(name: str) -> None:
    """The preview is fetched by whoever lists designs; the sheet is what reviewers open."""
    preview, sheet = TEMPLATES / name / "preview.png", REPOSITORY / "docs" / "contact-sheets" / f"{name}.png"
    assert 0 < preview.stat().st_size <= 300_000
    assert 0 < sheet.stat().st_size <= 1_500_000
