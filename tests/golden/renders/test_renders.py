"""Small renders against kept pictures, one folder a feature. Fonts of the project only, pictures made here.

A case with `times` moves (`animation`, by layer); its picture has a frame for each time, from the left.
"""

from __future__ import annotations

import io
import itertools
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from bulkgen.render.banner import RenderCache, render_banner
from bulkgen.render.fonts import FontLibrary
from bulkgen.render.scene import AI_PROPERTIES, BUILT
from bulkgen.wire.animation import EASINGS, TEXT_EFFECTS, TEXT_SPLITS, TEXT_TIMINGS, TWEENS
from bulkgen.wire.design import parse_design
from bulkgen.wire.overrides import PROPERTIES

HERE = Path(__file__).parent
CASES = sorted(HERE.glob("*/*.json"))
FONTS = FontLibrary([HERE.parents[2] / "templates" / "fonts", HERE.parents[1] / "fonts"], installed=lambda: iter(()))

# Another build of the drawing library rounds edges differently by a few steps of 255; a moved letter is far above.
MEAN_DIFFERENCE_MAX = 0.6
LOUD_DIFFERENCE = 48
LOUD_PART_MAX = 0.002


def _photo() -> bytes:
    """A picture with a direction in every part of it: no crop, turn or mirror looks like another."""
    down, across = np.mgrid[0:180, 0:320]
    picture = np.zeros((180, 320, 3), np.uint8)
    picture[..., 0] = across * 255 // 319
    picture[..., 1] = down * 255 // 179
    picture[..., 2] = ((across // 20 + down // 20) % 2) * 200
    picture[60:120, 130:190] = (255, 255, 255)
    body = io.BytesIO()
    Image.fromarray(picture).save(body, "PNG")
    return body.getvalue()


def _subject() -> bytes:
    """A thing near a corner of a plain ground."""
    picture = np.full((120, 320, 3), (214, 206, 194), np.uint8)
    picture[50:110, 250:300] = (40, 70, 120)
    picture[50:64, 250:300] = (228, 87, 46)
    body = io.BytesIO()
    Image.fromarray(picture).save(body, "PNG")
    return body.getvalue()


LOGO = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 40"><style>.a{fill:#14182b}.b{fill:#ff5a3c}</style>'
    b'<circle class="b" cx="20" cy="20" r="16"/><path class="a" d="M46 8h70v10H46zM46 22h44v10H46z"/></svg>'
)
MARK = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path fill="#ff5a3c" d="M12 2 22 20H2z"/>'
    b'<circle cx="12" cy="15" r="3" fill="#ffffff"/></svg>'
)
PICTURES = {"photo": _photo(), "logo": LOGO, "logo-mark": MARK, "subject": _subject()}


def _design(case: dict[str, Any]) -> dict[str, Any]:
    """The short form of the cases -> a design: `layers` is a list of [name, type, [x, y, w, h], attributes]."""
    width, height = case["size"]
    moves = case.get("animation", {})
    layers = [["root", "container", [0, 0, width, height], {"background_color": case.get("ground", "#f7f5f0")}]]
    return {
        "id": "0d2f6a5c-98a1-4c57-b6a2-31f1f4b7c0de",
        "type": "animated" if "times" in case else "static",
        "animation": {"duration": case.get("duration", 1)},
        "formats": [{"id": "only", "width": width, "height": height}],
        "elements": [
            {
                "name": name,
                "type": kind,
                "layout": dict(zip(("x", "y", "width", "height"), box, strict=True)),
                # A group has no attributes; what is said of it stands beside its name.
                **(
                    attributes
                    if kind == "group"
                    else {"attributes": [{"id": key, "value": value} for key, value in attributes.items()]}
                ),
                "animation": moves.get(name),
            }
            for name, kind, box, attributes in layers + case["layers"]
        ],
    }


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_render_looks_as_it_was_approved(path: Path, writes_golden: bool, tmp_path: Path) -> None:
    """What no assertion can say: that letters stand where they stood and edges are as soft as they were."""
    case = json.loads(path.read_text("utf-8"))
    body = _drawn(case)
    kept = path.with_suffix(".png")
    if writes_golden:
        kept.write_bytes(body)
        pytest.fail(f"{kept.name} was written; look at it, then run again without --write-golden")
    actual, expected = _pixels(body), _pixels(kept.read_bytes())
    assert actual.shape == expected.shape
    difference = np.abs(actual.astype(np.int16) - expected.astype(np.int16))
    loud = float((difference.max(axis=2) > LOUD_DIFFERENCE).mean())
    if difference.mean() > MEAN_DIFFERENCE_MAX or loud > LOUD_PART_MAX:
        shown = np.concatenate([expected, (255 - difference.clip(0, 255)).astype(np.uint8), actual], axis=1)
        shown[..., 3] = 255
        Image.fromarray(shown).save(tmp_path / f"{path.stem}.png")
        pytest.fail(
            f"differs by {difference.mean():.2f} on average, {loud:.2%} loudly: "
            f"expected | difference | actual in {tmp_path / f'{path.stem}.png'}"
        )


def _drawn(case: dict[str, Any]) -> bytes:
    design = parse_design(_design(case))
    cache = RenderCache()
    frames = [
        render_banner(
            design, "only", case.get("elements", {}), PICTURES, FONTS, file_type="png", cache=cache, at_s=time
        ).body
        for time in case.get("times", [None])
    ]
    if len(frames) == 1:
        return frames[0]
    side_by_side = io.BytesIO()
    # A line between them, which no frame draws over.
    parts = [np.pad(_pixels(frame), ((0, 0), (0, 1), (0, 0)), constant_values=128) for frame in frames]
    Image.fromarray(np.concatenate(parts, axis=1)).convert("RGB").save(side_by_side, "PNG", optimize=True)
    return side_by_side.getvalue()


def _pixels(body: bytes) -> Any:
    with Image.open(io.BytesIO(body)) as picture:
        return np.asarray(picture.convert("RGBA"))


def test_every_kept_picture_has_its_case() -> None:
    assert {path.with_suffix("") for path in HERE.glob("*/*.png")} == {path.with_suffix("") for path in CASES}


def test_every_kept_picture_is_shown_in_the_documents() -> None:
    """Whoever asks what a property looks like finds it there."""
    page = (HERE.parents[2] / "docs" / "properties.md").read_text("utf-8")
    shown = set(re.findall(r"\.\./tests/golden/renders/(\w+/[\w-]+\.png)\)", page))
    assert shown == {f"{path.parent.name}/{path.stem}.png" for path in CASES}


# What a provider without a model has nothing to draw for; `scene` says so of each.
UNDRAWN = {
    *(f"{name}{suffix}" for name in AI_PROPERTIES for suffix in ("", "_properties")),
    "focus_objects",
    "focus_framing",
    "focus_target",
}
# Without a still picture of their own: sounds and code; films, which are moving pictures.
UNSEEN = ("audio", "video", "code")


def test_every_tween_easing_and_text_effect_is_in_a_picture_that_was_looked_at() -> None:
    """A movement that nobody saw is one that a change breaks unseen; a sound's fade is heard, not seen."""
    kinds, easings, effects = set(), set(), set()
    for path in CASES:
        for moves in json.loads(path.read_text("utf-8")).get("animation", {}).values():
            for tween in moves.get("tweens", ()):
                kinds.add(tween["type"])
                for frame in tween["keyframes"]:
                    easings.add(frame["data"].get("easing"))
                    effects.add(tuple(frame["attr"].get(name) for name in _EFFECT))
    assert kinds == set(TWEENS) - {"audioFade"}
    assert set(EASINGS) <= easings
    assert set(itertools.product(TEXT_EFFECTS, TEXT_SPLITS, TEXT_TIMINGS)) <= effects


_EFFECT = ("textEffectType", "textEffectSplit", "textEffectTiming")


@pytest.mark.parametrize("kind", sorted(set(PROPERTIES) - set(UNSEEN)))
def test_every_property_of_every_layer_type_is_in_a_picture_that_was_looked_at(kind: str) -> None:
    """A property that nobody drew is one that a change breaks unseen."""
    shown: set[str] = set()
    for path in CASES:
        case = json.loads(path.read_text("utf-8"))
        ground = ["root", "container", [], {"background_color": case["ground"]}] if "ground" in case else None
        for name, layer_type, _, attributes in [*case["layers"], *([ground] if ground else [])]:
            if layer_type == kind:
                shown |= {*attributes, *case.get("elements", {}).get(name, {})}
    assert set(PROPERTIES[kind]) - shown <= (UNDRAWN if kind == "image" else set())


def test_every_property_that_the_scene_draws_is_one_of_the_table() -> None:
    """A name with a slip in it would be drawn for nobody."""
    for kind, drawn in BUILT.items():
        assert drawn <= set(PROPERTIES[kind])
        # A sound casts no shadow.
        undrawn = set(PROPERTIES[kind]) - drawn - UNDRAWN - ({*PROPERTIES["group"]} if kind == "audio" else set())
        assert undrawn <= {"auto_focus_properties", "auto_focus_model"}, kind
    assert set(PROPERTIES) - {"code"} == set(BUILT)
