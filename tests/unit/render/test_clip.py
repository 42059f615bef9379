"""Frames of a clip: equal to the still where nothing moves, and right where something does."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from motion_cases import clip_of, group, moving, moving_design, tween
from PIL import Image
from rendering_cases import FONTS, FORMAT, layer

from bulkgen.render.banner import render_banner
from bulkgen.render.clip import Clip
from bulkgen.render.failures import RenderError
from bulkgen.render.movers import Mover
from bulkgen.render.skia_memory import Pixels
from bulkgen.render.timeline import Pose
from bulkgen.wire.animation import TEXT_EFFECTS, TEXT_SPLITS

BOX = layer("box", "shape", (100, 100, 80, 60), background_color="#ff0000")
TITLE = layer("title", "text", (20, 20, 360, 60), payload="Sale ends Sunday", font_size=40, font_weight=700)
RED, WHITE = (255, 0, 0), (255, 255, 255)


def photo(width: int = 200, height: int = 200) -> bytes:
    rows, columns = np.mgrid[0:height, 0:width]
    picture = np.stack([columns * 255 // width, rows * 255 // height, (rows + columns) % 256], -1).astype(np.uint8)
    body = io.BytesIO()
    Image.fromarray(picture).save(body, "PNG")
    return body.getvalue()


def every_kind() -> list[dict[str, Any]]:
    """A layer of each type that is drawn, with what makes its drawing hard."""
    return [
        layer(
            "shade",
            "shape",
            (0, 0, 400, 300),
            background_color="linear-gradient(0% 0% 0% 100%,0% #ffffff 1,100% #88aaff 0.5)",
        ),
        layer(
            "photo",
            "image",
            (10, 10, 120, 90),
            image_url="p.png",
            border_radius=12,
            shadow_color="#00000080",
            shadow_blur=8,
        ),
        layer("tilted", "image", (150, 10, 80, 60), image_url="p.png", rotation=12, opacity=70),
        TITLE,
        layer(
            "note",
            "text",
            (240, 90, 150, 80),
            payload="a <bg=#ffee00>b</bg> <u>c</u>",
            font_size=24,
            background_color="#eeeeee",
            skew_y=5,
        ),
        layer(
            "cta",
            "button",
            (20, 220, 160, 50),
            payload="Book",
            font_size=22,
            background_color="#ff5a3c",
            border_radius=25,
        ),
        layer("stars", "rating", (220, 220, 150, 30), rating_score=70),
        layer("code", "qrcode", (300, 130, 80, 80), payload="https://example.com"),
    ]


def still_of(layers: list[dict[str, Any]], **rest: Any) -> np.ndarray[Any, Any]:
    design = moving_design(*layers, kind="static", **rest)
    made = render_banner(design, FORMAT, {}, {"p.png": photo()}, FONTS, file_type="png")
    return np.asarray(Image.open(io.BytesIO(made.body)).convert("RGBA"))


def shown(pixels: Pixels) -> np.ndarray[Any, Any]:
    height, width = pixels.shape[:2]
    return np.asarray(Image.frombuffer("RGBa", (width, height), pixels, "raw", "BGRa", 0, 1).convert("RGBA"))


def clip(*layers: dict[str, Any], **rest: Any) -> Clip:
    return clip_of(moving_design(*layers, **rest), pictures={"p.png": photo()})


def color_at(found: Clip, time: float, x: int, y: int) -> tuple[int, ...]:
    return tuple(int(value) for value in shown(found.frame(time))[y, x, :3])


def test_a_clip_in_which_nothing_moves_is_the_still_pixel_by_pixel() -> None:
    """An ad as a film and the same ad as a picture stand side by side in a feed."""
    assert np.array_equal(shown(clip(*every_kind()).frame(2.0)), still_of(every_kind()))


def test_a_clip_that_has_come_to_rest_is_the_still_pixel_by_pixel() -> None:
    moved = [moving(body, tween("fade", 0.5, 1.0, opacity=0), start=0.2) for body in every_kind()]
    found = clip(*moved)
    for time in (0.0, 0.7, 1.1):
        assert not np.array_equal(shown(found.frame(time)), still_of(every_kind()))
    assert np.array_equal(shown(found.frame(4.0)), still_of(every_kind()))


def test_above_what_moves_layers_look_as_in_the_still() -> None:
    """A title must not change when the photo under it begins to move."""
    under = moving(
        layer("under", "shape", (0, 0, 30, 300), background_color="#aabbcc"), tween("slide", 0.0, 9.0, shift_x=-300)
    )
    found = shown(clip(under, *every_kind()).frame(0.0)).astype(int)
    assert np.abs(found - still_of(every_kind())).max() <= 3


def test_the_frame_at_a_time_does_not_depend_on_the_frames_before() -> None:
    """A poster drawn after the film and one drawn alone must be the same file."""
    layers = [
        moving(body, tween("fade", 0.5, 1.0, opacity=0), tween("slide", 0.0, 2.0, shift_x=-90.5))
        for body in every_kind()
    ]
    found = clip(*layers)
    for time in (3.0, 0.2, 1.7, 0.2, 4.0, 1.0):
        assert np.array_equal(shown(found.frame(time)), shown(clip(*layers).frame(time)))


def test_equal_keys_are_equal_frames_and_nothing_is_drawn_for_them() -> None:
    found = clip(moving(BOX, tween("fade", 1.0, 1.0, opacity=0)))
    assert found.key(0.0) == found.key(0.9) != found.key(1.5)
    assert found.key(2.0) == found.key(4.0)
    pixels = found.frame(2.0)
    pixels[0, 0] = 7  # a mark that drawing would wipe out
    assert found.frame(3.0)[0, 0, 0] == 7
    assert found.frame(1.5)[0, 0, 0] == 255


@pytest.mark.parametrize(
    ("tweens", "point", "color"),
    [
        ([tween("slide", left=0, top=0)], (10, 10), RED),
        ([tween("slide", left=0, top=0)], (140, 130), WHITE),
        ([tween("slide", shift_y=100)], (140, 230), RED),
        ([tween("scale", scale=300)], (30, 50), RED),
        ([tween("scale", scale=50)], (105, 105), WHITE),
        ([tween("scale", scale=0)], (140, 130), WHITE),
        ([tween("rotate", angle=90)], (140, 95), RED),
        ([tween("rotate", angle=90)], (105, 130), WHITE),
        ([tween("fade", opacity=0)], (140, 130), WHITE),
        ([tween("scale", scale=200), tween("slide", shift_x=100)], (310, 130), RED),
    ],
)
def test_a_tween_moves_the_layer_about_its_middle(
    tweens: list[dict[str, Any]], point: tuple[int, int], color: tuple[int, int, int]
) -> None:
    assert color_at(clip(moving(BOX, *tweens)), 0.0, *point) == color


def test_half_of_a_fade_lets_half_through() -> None:
    assert color_at(clip(moving(BOX, tween("fade", opacity=0))), 0.5, 140, 130) == pytest.approx((255, 127, 127), abs=1)


def test_a_faded_layer_fades_as_one_and_by_its_own_opacity_too() -> None:
    """Two letters or a shape and its stroke that overlap must not show through each other."""
    body = layer("p", "image", (0, 0, 100, 100), image_url="p.png", opacity=50, stroke_width=20, stroke_color="#000000")
    found = shown(clip(moving(body, tween("fade", opacity=50))).frame(0.0))
    assert found[50, 110, :3] == pytest.approx(255 - 255 * 0.25, abs=2)


def test_a_turned_layer_turns_further_about_the_same_middle() -> None:
    turned = layer("box", "shape", (100, 100, 80, 60), background_color="#ff0000", rotation=45)
    half = clip(moving(turned, tween("rotate", angle=45)))
    straight = clip(moving(BOX, tween("rotate", angle=90)))
    difference = np.abs(shown(half.frame(0.0)).astype(int) - shown(straight.frame(0.0)).astype(int))
    # A rim of one px is drawn through another filter.
    assert (difference.max(axis=2) > 40).sum() < 400
    assert color_at(half, 0.0, 140, 95) == RED


def test_layers_take_turns() -> None:
    other = layer("other", "shape", (100, 100, 80, 60), background_color="#0000ff")
    found = clip(moving(BOX, end=2.0), moving(other, start=2.0))
    assert color_at(found, 1.999, 140, 130) == RED
    assert color_at(found, 2.0, 140, 130) == (0, 0, 255)


def test_a_group_brings_and_takes_its_members() -> None:
    timed = group("g", ["box"], animation={"start_at_s": 1.0, "end_at_s": 3.0})
    found = clip(BOX, timed)
    assert [color_at(found, time, 140, 130) for time in (0.5, 1.0, 2.9, 3.0)] == [WHITE, RED, RED, WHITE]


def test_the_mask_of_a_group_stays_where_it_is_while_a_member_moves_through_it() -> None:
    masked = group(
        "g", ["box"], mask={"shape": "rectangle", "width": 40, "height": 300, "center_x": 140, "center_y": 150}
    )
    found = clip(moving(BOX, tween("slide", 0.0, 1.0, shift_x=60)), masked)
    assert [color_at(found, 0.0, x, 130) for x in (125, 155, 165, 200)] == [WHITE, WHITE, WHITE, WHITE]
    assert [color_at(found, 0.5, x, 130) for x in (125, 155, 165)] == [WHITE, RED, WHITE]
    assert [color_at(found, 2.0, x, 130) for x in (115, 125, 155, 165)] == [WHITE, RED, RED, WHITE]


def test_the_shadow_of_a_group_follows_the_members_that_move() -> None:
    still = layer("still", "shape", (10, 10, 40, 40), background_color="#00ff00")
    shadowed = group("g", ["still", "box"]) | {
        "attributes": [{"id": "shadow_color", "value": "#0000ff"}, {"id": "shadow_offset_y", "value": 80}]
    }
    found = clip(still, moving(BOX, tween("slide", 0.0, 1.0, shift_x=100), start=0.5), shadowed)
    blue = (0, 0, 255)
    assert [color_at(found, 0.2, x, y) for x, y in ((30, 110), (140, 210))] == [blue, WHITE]
    assert [color_at(found, 0.5, x, y) for x, y in ((30, 110), (110, 210), (200, 210))] == [blue, WHITE, blue]
    assert [color_at(found, 2.0, x, y) for x, y in ((30, 110), (110, 210), (200, 210))] == [blue, blue, WHITE]


def test_a_typed_text_grows_from_its_first_letter_and_ends_as_the_still() -> None:
    found = clip(moving(TITLE, tween("textEffect", 0.0, 2.0, textEffectType="classic")))
    inked = [int((shown(found.frame(time))[:, :, 0] < 128).sum()) for time in (0.0, 0.5, 1.0, 1.9, 2.0)]
    assert inked[0] == 0
    assert inked == sorted(inked)
    whole = still_of([TITLE])
    assert np.array_equal(shown(found.frame(2.0)), whole)
    half = shown(found.frame(1.0)).astype(int)
    left, right = half[:, :170], half[:, 240:]
    assert np.abs(left - whole[:, :170]).max() <= 2
    assert right[:, :, :3].min() == 255


@pytest.mark.parametrize("effect", ["classic", "fade", "rise", "pop"])
@pytest.mark.parametrize("split", ["letter", "word", "line"])
def test_a_text_effect_that_is_nearly_over_is_nearly_the_still(effect: str, split: str) -> None:
    """Units that stood elsewhere than their letters would leap at the end."""
    shapes = [
        TITLE,
        layer("b", "button", (20, 200, 200, 60), payload="Book your stay", font_size=24, background_color="#ffcc00"),
        layer("r", "text", (200, 120, 180, 60), payload="a <u>b c</u>\nd", font_size=20, rotation=20, skew_y=8),
    ]
    moved = [
        moving(body, tween("textEffect", 0.0, 2.0, textEffectType=effect, textEffectSplit=split, easing="ease_out"))
        for body in shapes
    ]
    found = shown(clip(*moved).frame(1.99999)).astype(int)
    # Typing has the last unit still to come.
    rest = found if effect != "classic" else found[:60]
    whole = still_of(shapes).astype(int)[: len(rest)]
    if effect == "classic":
        assert (np.abs(rest - whole).max(axis=2) > 40).mean() < (0.4 if split == "line" else 0.15)
    else:
        assert (np.abs(rest - whole).max(axis=2) > 40).mean() < 0.0005


def test_what_a_text_stands_on_comes_with_its_first_letter() -> None:
    body = layer("t", "text", (20, 20, 300, 60), payload="Sale", font_size=40, background_color="#00ff00")
    found = clip(moving(body, tween("textEffect", 0.0, 2.0, textEffectType="classic")))
    assert color_at(found, 0.0, 60, 60) == WHITE
    assert (shown(found.frame(0.6))[:, :, 1] == 255).sum() > 0
    assert color_at(found, 0.6, 24, 24) != WHITE


def test_a_layer_drawn_larger_is_drawn_from_more_pixels_and_not_blown_up() -> None:
    body = layer("photo", "image", (150, 100, 100, 100), image_url="p.png")
    found = clip(
        moving(
            body,
            {
                "type": "scale",
                "keyframes": [
                    {"attr": {"scale": 100}, "data": {"time": 0}},
                    {"attr": {"scale": 200}, "data": {"time": 2, "easing": "linear"}},
                ],
            },
        )
    )
    sharp = shown(clip(layer("photo", "image", (100, 50, 200, 200), image_url="p.png")).frame(0.0)).astype(int)
    assert np.abs(shown(found.frame(3.0)).astype(int) - sharp).mean() < 1.5


def test_a_layer_that_was_large_is_as_sharp_as_the_still_when_it_has_come_to_rest() -> None:
    """Shrunk from the pixels of its largest size, small type would blur the moment something below it moves."""
    under = moving(layer("under", "shape", (0, 250, 50, 50), background_color="#00ff00"), tween("slide", shift_x=300))
    shrinks = moving(TITLE, tween("scale", 0.0, 0.25, scale=400))
    found = shown(clip(under, shrinks).frame(0.5)).astype(int)
    assert np.abs(found[:240] - still_of([TITLE])[:240]).max() <= 3


def test_what_is_vast_is_drawn_in_bounded_memory() -> None:
    body = layer("vast", "shape", (-15000, -15000, 20000, 20000), background_color="#ff0000")
    found = clip(moving(body, tween("rotate", angle=1), tween("scale", scale=200)))
    assert color_at(found, 0.0, 10, 10) == RED
    (mover,) = [part for part in found._parts if isinstance(part, Mover)]
    sprite = mover.sprite(found._stage, Pose(scale=2.0))
    assert sprite is not None
    assert sprite.size_bytes <= 70_000_000


def test_the_still_of_a_clip_is_the_moment_that_its_design_names() -> None:
    assert clip(BOX, still_at=1.5).still_at_s == 1.5
    assert clip(BOX, still_at=9.0).still_at_s == 4.0
    assert clip(BOX).still_at_s == 4.0
    design = moving_design(moving(BOX, end=2.0), still_at=1.5)
    for at_s, color in ((None, RED), (3.0, WHITE)):
        made = render_banner(design, FORMAT, {}, {}, FONTS, file_type="png", at_s=at_s)
        assert Image.open(io.BytesIO(made.body)).convert("RGB").getpixel((140, 130)) == color


def test_a_clip_keeps_what_is_see_through_unless_it_is_for_a_film() -> None:
    design = moving_design(BOX, ground="#00000000")
    assert clip_of(design).frame(0.0)[0, 0].tolist() == [0, 0, 0, 0]
    assert clip_of(design, on_white=True).frame(0.0)[0, 0].tolist() == [255] * 4


def test_a_picture_that_is_broken_fails_the_frame_by_its_reason() -> None:
    design = moving_design(moving(layer("photo", "image", (0, 0, 50, 50), image_url="p.png"), tween("fade", opacity=0)))
    with pytest.raises(RenderError, match="photo") as caught:
        clip_of(design, pictures={"p.png": photo()[:60]}).frame(0.5)
    assert caught.value.code == "image_fetching_error"


NUMBERS = st.sampled_from([0, 1, -1, 50, 100, 250, -300, 1e9, -1e30, 1.5e308])
TWEENS = st.one_of(
    *(
        st.fixed_dictionaries(dict.fromkeys(names, NUMBERS)).map(lambda attr, kind=kind: (kind, attr))
        for kind, names in (
            ("fade", ("opacity",)),
            ("slide", ("left", "shift_y")),
            ("scale", ("scale",)),
            ("rotate", ("angle",)),
        )
    ),
    st.fixed_dictionaries(
        {"textEffectType": st.sampled_from(TEXT_EFFECTS), "textEffectSplit": st.sampled_from(TEXT_SPLITS)}
    ).map(lambda attr: ("textEffect", attr)),
)


@settings(max_examples=60, deadline=None)
@given(
    kinds=st.lists(st.tuples(st.integers(0, 7), st.lists(TWEENS, max_size=3), st.booleans()), min_size=1, max_size=3),
    time=st.sampled_from([0.0, 0.3, 0.99, 1.0, 4.0]),
)
def test_whatever_a_design_says_of_its_layers_a_frame_is_drawn(
    kinds: list[tuple[int, list[tuple[str, dict[str, Any]]], bool]], time: float
) -> None:
    """A number out of all bounds must not end the worker that draws the others' films."""
    layers = every_kind()
    for index, tweens, ends in kinds:
        made = [tween(kind, 0.2, 0.8, easing="overshoot", ends=ends, **attr) for kind, attr in tweens]
        layers[index] = moving(layers[index], *made)
    names = [body["name"] for body in layers[:4]]
    shadowed = group(
        "g", names, attributes=[{"id": "shadow_color", "value": "#000000"}, {"id": "shadow_blur", "value": 6}]
    )
    found = clip(*layers, shadowed)
    assert found.frame(time).shape == (300, 400, 4)
    assert found.frame(time)[..., 3].min() == 255


def test_an_override_moves_with_its_layer_and_a_hidden_one_is_nowhere() -> None:
    design = moving_design(moving(BOX, tween("slide", 0.0, 1.0, shift_x=50)))
    found = clip_of(design, {"box": {"background_color": "#0000ff"}})
    assert color_at(found, 0.0, 225, 130) == (0, 0, 255)
    assert color_at(clip_of(design, {"box": {"hidden": True}}), 0.0, 225, 130) == WHITE


def test_the_sprites_of_a_clip_put_together_are_its_frame() -> None:
    """A page moves the same pictures that the film is made of."""
    under, over = every_kind()[:4], every_kind()[4:]
    found = clip(*under, moving(BOX, tween("fade", 0.0, 1.0, opacity=0), start=1.0), *over)
    names = [sprite.name for sprite in found.sprites()]
    assert names == ["ground", "box", "still"]
    board = Image.new("RGBA", (400, 300))
    for sprite in found.sprites():
        assert float(sprite.box.width) == sprite.pixels.shape[1]
        board.alpha_composite(Image.fromarray(shown(sprite.pixels)), (int(sprite.box.x), int(sprite.box.y)))
    difference = np.asarray(board).astype(int) - shown(found.frame(4.0))
    assert np.abs(difference).max() <= 3


def test_a_sprite_says_what_a_page_needs_to_move_it() -> None:
    effect = tween("textEffect", 0.5, 1.0, textEffectType="rise", textEffectSplit="word")
    masked = group("g", ["title"], mask={"shape": "circle"}, animation={"start_at_s": 0.25})
    _, title = clip(moving(TITLE, effect), masked).sprites()
    assert title.name == "title"
    assert title.timing is not None
    assert title.timing.start_at_s == 0.25
    assert title.place == clip(TITLE).scene.layers[0].box
    assert title.middle == (200, 50)
    assert [mask.shape for mask in title.masks] == ["circle"]
    ((key, sprites),) = title.effects.items()
    assert key == ("rise", "word")
    assert [unit is not None for unit in sprites.units] == [True] * 3


def test_a_clip_says_what_it_is() -> None:
    assert repr(clip(BOX)) == "Clip(400x300, 4 s, 1 parts)"
