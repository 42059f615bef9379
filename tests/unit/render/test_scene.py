"""Design + overrides -> the values that hold, the warnings, and the refusals."""

from __future__ import annotations

import pytest
from rendering_cases import FORMAT, design, layer

from bulkgen.render.failures import RenderError
from bulkgen.render.scene import Layer, resolve
from bulkgen.wire.colors import parse_color

TITLE = layer("title", "text", (0, 0, 100, 50), payload="Hello {name}", alignment="top left")
PHOTO = layer("photo", "image", (0, 0, 100, 50), image_url="photo.jpg")


def first(elements: dict[str, object], *layers: dict[str, object]) -> Layer:
    return resolve(design(*(layers or (TITLE,))), FORMAT, elements).layers[0]


def test_an_override_goes_before_the_design_and_the_rest_stays() -> None:
    found = first({"title": {"color": "#ff0000"}})
    assert found.color("color") == parse_color("#ff0000")
    assert found.text("payload") == "Hello {name}"


def test_a_bare_value_sets_what_the_layer_is_there_for() -> None:
    assert first({"title": "Short"}).text("payload") == "Short"
    assert first({"photo": "https://example.com/a.jpg"}, PHOTO).text("image_url") == "https://example.com/a.jpg"


def test_variables_are_put_into_every_text_also_into_an_overridden_one() -> None:
    assert first({"vars": {"name": "Alice"}}).text("payload") == "Hello Alice"
    assert first({"vars": {"name": "Alice"}, "title": "Dear {name}, {other}"}).text("payload") == "Dear Alice, {other}"


def test_a_format_is_found_by_name_and_by_uid_and_otherwise_refused() -> None:
    assert resolve(design(TITLE), "post-uid", {}).format.id == FORMAT
    with pytest.raises(RenderError, match="'poster' is not one of post"):
        resolve(design(TITLE), "poster", {})


def test_root_is_the_ground_of_every_format() -> None:
    assert resolve(design(TITLE), FORMAT, {"root": {"background_color": "#00ff00"}}).background == parse_color("#0f0")


def test_hiding_a_group_hides_its_members_through_inner_groups() -> None:
    inner = {"name": "inner", "type": "group", "layout": {}, "layer_ids": ["title"]}
    outer = {"name": "outer", "type": "group", "layout": {}, "layer_ids": ["inner"]}
    made = design(TITLE, inner, outer)
    assert resolve(made, FORMAT, {"outer": {"hidden": True}}).layers[0].is_hidden
    assert not resolve(made, FORMAT, {"outer": {"hidden": False}}).layers[0].is_hidden


def test_one_word_of_alignment_leaves_the_other_axis_as_designed() -> None:
    title = layer("title", "text", (0, 0, 100, 50), payload="a", alignment="bottom right")
    assert first({"title": {"alignment": "left"}}, title).text("alignment") == "bottom left"


def test_a_valid_property_that_is_not_drawn_is_said_once() -> None:
    """Silence here is a banner that lacks what was ordered, and nobody knows."""
    scene = resolve(design(PHOTO), FORMAT, {"photo": {"auto_focus": True, "focus_target": "left", "opacity": 50}})
    (said,) = scene.warnings
    assert said.startswith("photo: focus_target needs faces and things to be recognised")


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        ({"auto_focus": True}, 0),
        ({"auto_focus": True, "focus_zoom": "low"}, 0),
        ({"auto_focus": True, "auto_focus_model": "generic"}, 0),
        ({"auto_focus": True, "auto_focus_properties": {"model": "generic", "focus_zoom": "max"}}, 0),
        ({"auto_focus_model": "people"}, 0),
        ({"auto_focus": True, "auto_focus_model": "people"}, 1),
        ({"auto_focus": True, "auto_focus_properties": {"model": "people"}}, 1),
        ({"auto_focus": True, "focus_objects": ["dog"]}, 1),
    ],
)
def test_what_needs_recognition_is_said_where_it_would_count(overrides: dict[str, object], said: int) -> None:
    assert len(resolve(design(PHOTO), FORMAT, {"photo": overrides}).warnings) == said


def test_what_asks_for_nothing_is_no_warning() -> None:
    scene = resolve(design(TITLE), FORMAT, {"title": {"skew_y": 0, "text_harmony": False, "side_border": "none"}})
    assert scene.warnings == ()


def test_a_hidden_layer_warns_of_nothing() -> None:
    scene = resolve(design(PHOTO), FORMAT, {"photo": {"auto_focus": True, "focus_target": "left", "hidden": True}})
    assert scene.warnings == ()


def test_a_layer_type_that_is_not_drawn_is_said() -> None:
    made = design(layer("clip", "code", (0, 0, 10, 10)))
    assert resolve(made, FORMAT, {}).warnings == ("clip: layers of type code are not drawn here",)


def test_a_video_in_a_still_picture_is_said() -> None:
    made = design(layer("clip", "video", (0, 0, 10, 10), video_url="sun.mp4"))
    said = "clip: a layer of type video is for animated designs, and is left out"
    assert resolve(made, FORMAT, {}).warnings == (said,)


@pytest.mark.parametrize("name", ["text_to_image", "remove_bg", "expand", "upscale"])
def test_an_ai_property_is_an_error_not_a_picture_without_it(name: str) -> None:
    with pytest.raises(RenderError, match=f"{name} is not available on this provider") as caught:
        resolve(design(PHOTO), FORMAT, {"photo": {name: True}})
    assert caught.value.layer == "photo"


def test_an_ai_property_of_the_design_is_said_and_its_picture_shown() -> None:
    """What the designer had made of a picture is in the picture; that a new one stays as it is has to be said."""
    made = design(layer("photo", "image", (0, 0, 100, 50), image_url="photo.jpg", remove_bg=True))
    assert resolve(made, FORMAT, {}).warnings == (
        "photo: remove_bg is not available on this provider: the picture is shown as it is",
    )


def test_text_to_image_is_ignored_beside_a_picture_as_the_api_does() -> None:
    resolve(design(PHOTO), FORMAT, {"photo": {"text_to_image": "a red vase", "image_url": "https://example.com/a.jpg"}})


@pytest.mark.parametrize(
    ("attribute", "value", "said"),
    [
        ("color", "reddish", "color is 'reddish'"),
        ("font_size", "big", "font_size is 'big'"),
        ("font_size", 0, "font_size is 0, and must be a number, at least 1"),
        ("font_size", float("inf"), "font_size is inf"),
        ("font_size", float("nan"), "font_size is nan"),
        ("font_size", 10**400, "font_size is 1000"),
        ("background_padding", "a b", "background_padding is 'a b'"),
        ("auto_resize", "yes", "auto_resize is 'yes'"),
    ],
)
def test_an_unreadable_value_of_a_design_names_layer_and_attribute(attribute: str, value: str, said: str) -> None:
    found = first({}, layer("title", "text", (0, 0, 10, 10), payload="a", **{attribute: value}))
    readers = {
        "color": found.color,
        "font_size": found.number,
        "background_padding": found.pair,
        "auto_resize": found.flag,
    }
    with pytest.raises(RenderError, match=f"Element title error: {said}"):
        readers[attribute](attribute)
