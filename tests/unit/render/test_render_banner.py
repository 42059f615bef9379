"""Whole banners: files, pictures by reference, and the cache that must not show."""

from __future__ import annotations

import base64
import io
import json
import pickle
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from rendering_cases import FONTS, FORMAT, design, layer

from bulkgen.render.__main__ import main
from bulkgen.render.banner import RenderCache, RenderedBanner, picture_refs, render_banner
from bulkgen.render.failures import RenderError
from bulkgen.wire.design import Design
from bulkgen.wire.design_reads import read_body

TITLE = layer("title", "text", (20, 20, 360, 100), payload="A vase", font_size=40)
PHOTO = layer("photo", "image", (0, 0, 400, 300), image_url="photo.png")


def solid(color: tuple[int, ...], kind: str = "PNG") -> bytes:
    body = io.BytesIO()
    Image.new("RGBA" if len(color) == 4 else "RGB", (40, 30), color).save(body, kind)
    return body.getvalue()


def render(made: Design, elements: Mapping[str, Any] | None = None, **more: Any) -> RenderedBanner:
    pictures = {"photo.png": solid((0, 0, 255))} | more.pop("pictures", {})
    return render_banner(made, FORMAT, elements or {}, pictures, FONTS, **more)


def pixels(banner: RenderedBanner) -> Any:
    return np.asarray(Image.open(io.BytesIO(banner.body)).convert("RGBA"))


def test_the_default_file_is_jpeg_and_png_where_the_ground_lets_through() -> None:
    assert render(design(TITLE)).file_type == "jpeg"
    assert render(design(TITLE, ground="#ffffff00")).file_type == "png"
    assert render(design(TITLE), {"root": {"background_color": "#00000080"}}, file_type="auto").file_type == "png"
    assert render(design(TITLE, ground="#ffffff00"), file_type="jpeg").file_type == "jpeg"


def test_a_file_type_that_is_not_made_here_is_refused_with_those_that_are() -> None:
    with pytest.raises(RenderError, match=r"mp4 is not available on this provider \(jpeg, png, webp, .*\)") as caught:
        render(design(TITLE), file_type="mp4")
    assert caught.value.code == "invalid_filetype"


def test_a_design_that_moves_is_not_passed_off_as_a_still() -> None:
    moving = replace(design(TITLE), type="animated")
    with pytest.raises(RenderError, match="pdf is not for animated designs") as caught:
        render(moving, file_type="pdf")
    assert caught.value.code == "invalid_filetype"
    assert render(moving, file_type="png").file_type == "png"


def test_a_film_larger_than_any_player_takes_is_refused_before_it_is_drawn() -> None:
    """Frames of a poster, thirty a second, would hold up a worker for an hour."""
    vast = replace(design(TITLE, width=8000, height=4000), type="animated")
    for kind in ("mp4", "gif", "html5"):
        with pytest.raises(RenderError, match="8,000 x 4,000 px"):
            render(vast, file_type=kind)


def test_png_keeps_what_is_see_through_and_jpeg_puts_it_on_white() -> None:
    made = design(layer("s", "shape", (0, 0, 200, 300), background_color="#ff000080"), ground="#00000000")
    seen = pixels(render(made))
    assert seen[150, 100].tolist() == [255, 0, 0, 128]
    assert seen[150, 300].tolist() == [0, 0, 0, 0]
    flat = pixels(render(made, file_type="jpeg"))
    assert np.abs(flat[150, 100].astype(int) - [255, 127, 127, 255]).max() <= 3
    assert np.abs(flat[150, 300].astype(int) - [255, 255, 255, 255]).max() <= 3


def test_an_odd_size_comes_out_as_designed() -> None:
    banner = render(design(TITLE, width=401, height=299))
    assert (banner.width, banner.height) == (401, 299)
    assert Image.open(io.BytesIO(banner.body)).size == (401, 299)


def test_a_picture_comes_by_reference_by_content_or_within_the_request() -> None:
    green = solid((0, 255, 0))
    inline = base64.b64encode(green).decode()
    for given, pictures in (
        ({"image_url": "https://example.com/a.png"}, {"https://example.com/a.png": green}),
        ({"image_encoded": "sha256:abc"}, {"sha256:abc": green}),
        ({"image_encoded": inline}, {}),
        ({"image_encoded": f"data:image/png;base64,{inline}"}, {}),
    ):
        banner = render(design(PHOTO), {"photo": given}, pictures=pictures, file_type="png")
        assert pixels(banner)[150, 200].tolist() == [0, 255, 0, 255]


def test_an_address_in_the_request_goes_before_base64() -> None:
    given = {"image_url": "https://example.com/a.png", "image_encoded": base64.b64encode(solid((255, 0, 0))).decode()}
    assert picture_refs(design(PHOTO), [FORMAT], {"photo": given}) == {"https://example.com/a.png": "photo"}


def test_references_are_those_of_visible_layers() -> None:
    """A dead address on a hidden layer must not fail the banner."""
    made = design(PHOTO, layer("logo", "logo", (0, 0, 10, 10), image_url="logo.svg"))
    assert picture_refs(made, [FORMAT], {}) == {"photo.png": "photo", "logo.svg": "logo"}
    assert picture_refs(made, [FORMAT], {"logo": {"hidden": True}}) == {"photo.png": "photo"}
    assert picture_refs(made, ["nowhere"], {}) == {}
    assert picture_refs(made, [FORMAT], {"photo": {"image_encoded": "sha256:abc"}}) == {
        "sha256:abc": "photo",
        "logo.svg": "logo",
    }


def test_a_picture_that_could_not_be_had_fails_with_its_reason_and_layer() -> None:
    failure = RenderError("the address answers 404", code="image_fetching_error")
    with pytest.raises(RenderError, match="photo: the address answers 404") as caught:
        render(design(PHOTO), pictures={"photo.png": failure})
    assert (caught.value.layer, caught.value.code) == ("photo", "image_fetching_error")
    with pytest.raises(RenderError, match="photo: the picture is truncated"):
        render(design(PHOTO), pictures={"photo.png": solid((1, 2, 3))[:60]})
    with pytest.raises(RenderError, match="photo: image_encoded is not base64"):
        render(design(PHOTO), {"photo": {"image_encoded": "@@@"}})


def test_errors_cross_process_borders_whole() -> None:
    error = pickle.loads(pickle.dumps(RenderError("why", layer="title", code="cannot_build_banner")))
    assert (error.reason, error.layer, error.code) == ("why", "title", "cannot_build_banner")


def test_the_cache_never_shows_in_the_picture() -> None:
    """A banner with the photo of the row before is the worst that a bulk run can make."""
    made = design(
        PHOTO,
        layer(
            "shade", "shape", (0, 0, 400, 300), background_color="linear-gradient(0% 0% 100% 100%,0% #000 0,90% #000 1)"
        ),
        TITLE,
        layer("badge", "shape", (300, 20, 80, 80), shape="circle", background_color="#d0021b", opacity=80),
    )
    green = base64.b64encode(solid((0, 255, 0))).decode()
    rows: list[dict[str, Any]] = [
        {"title": "One"},
        {"title": "Two"},
        {"title": "Two"},
        {"title": "Three", "photo": {"image_encoded": green}},
        {"title": "Two"},
        {"title": "Two", "badge": {"hidden": True}},
        {"title": "Two", "root": {"background_color": "#123456"}},
        {"title": "One", "photo": {"hidden": True}},
        {"title": "One"},
    ]
    cache = RenderCache()
    for row in rows * 2:
        alone = render(made, row, file_type="png")
        assert render(made, row, file_type="png", cache=cache).body == alone.body
    assert cache.hits > len(rows)


class _Counting(RenderCache):
    """Counts the flattened bottoms that are laid in."""

    flats = 0

    def keep(self, key: Any, value: Any) -> None:
        self.flats += key[0] == "flat"
        super().keep(key, value)


def test_the_bottom_that_a_run_shares_is_copied_once() -> None:
    """A copy of all its pixels for each banner would cost a run a thirtieth of its time."""
    made = design(PHOTO, TITLE)
    cache = _Counting()
    for number in range(6):
        render(made, {"title": f"Row {number}"}, cache=cache)
    assert cache.flats == 1


def test_a_soft_shadow_is_a_colour_in_a_pdf_and_no_picture() -> None:
    """Pixels of a colour of its own are what a print shop's colours cannot be given to."""
    shape = layer("badge", "shape", (100, 100, 80, 80), background_color="#d0021b")
    shadow = {"shadow_color": "#102030", "shadow_blur": 12, "shadow_offset_y": 4}
    body = render(design(shape), {"badge": shadow}, file_type="pdf").body
    assert b"/SMask" in body
    assert b"/ColorSpace /DeviceRGB" not in body


def test_the_cache_stays_within_its_bounds() -> None:
    cache = RenderCache(capacity_bytes=2_000_000)
    for number in range(20):
        render(
            design(PHOTO, TITLE),
            {"title": f"Row {number}", "root": {"background_color": f"#0000{number:02d}"}},
            cache=cache,
        )
    assert 0 < cache.size_bytes <= 2_000_000
    assert "MB" in repr(cache)


def test_a_picture_of_the_boxs_own_size_is_copied_pixel_by_pixel() -> None:
    noise = Image.effect_noise((400, 360), 120).convert("RGB")
    body = io.BytesIO()
    noise.save(body, "PNG")
    seen = pixels(render(design(PHOTO), pictures={"photo.png": body.getvalue()}, file_type="png"))
    assert (seen[..., :3] == np.asarray(noise)[30:330]).all()


def test_a_layer_without_size_or_sight_draws_nothing() -> None:
    empty = layer("empty", "image", (10, 10, 0, 50), image_url="photo.png")
    clear = layer("clear", "shape", (0, 0, 400, 300), background_color="#000000", opacity=0)
    seen = pixels(render(design(empty, clear), file_type="png"))
    assert (seen == 255).all()


def test_all_of_a_picture_is_shown_within_its_rounded_box() -> None:
    photo = layer("photo", "image", (0, 0, 100, 300), image_url="photo.png", fitting_type="fill", border_radius=50)
    seen = pixels(render(design(photo), file_type="png"))
    assert seen[150, 50].tolist() == [0, 0, 255, 255]
    assert seen[20, 50].tolist() == [255, 255, 255, 255]


def test_a_focus_point_keeps_its_part_of_the_picture_in_sight() -> None:
    wide = Image.new("RGB", (90, 30), "red")
    wide.paste("blue", (60, 0, 90, 30))
    body = io.BytesIO()
    wide.save(body, "PNG")
    photo = layer("photo", "image", (0, 0, 300, 300), image_url="wide", focus_x=100)
    seen = pixels(render(design(photo), pictures={"wide": body.getvalue()}, file_type="png"))
    assert seen[150, 150].tolist() == [0, 0, 255, 255]


def test_a_qr_code_can_be_read_back() -> None:
    """A code that does not scan sends every visitor of the event away."""
    segno = pytest.importorskip("segno")
    code = layer("qr", "qrcode", (0, 0, 300, 300), payload="https://example.com/t/42")
    seen = pixels(render(design(code), file_type="png"))[..., 0]
    matrix = np.array([list(row) for row in segno.make("https://example.com/t/42", error="m", micro=False).matrix])
    module = 300 // (len(matrix) + 8)
    start = (300 - module * len(matrix)) // 2
    middles = seen[start + module // 2 :: module, start + module // 2 :: module][: len(matrix), : len(matrix)]
    assert ((middles < 128) == (matrix == 1)).all()


def test_a_text_that_no_qr_code_holds_is_an_error() -> None:
    with pytest.raises(RenderError, match="Element qr error: the text is too long for a QR code"):
        render(design(layer("qr", "qrcode", (0, 0, 300, 300), payload="x" * 5000)))


def test_warnings_travel_with_the_banner() -> None:
    banner = render(design(PHOTO), {"photo": {"auto_focus": True, "focus_objects": ["vase"]}})
    assert [text.partition(" needs ")[0] for text in banner.warnings] == ["photo: focus_objects"]


def test_the_preview_command_writes_a_picture_a_format(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "vase"
    folder.mkdir()
    body = {
        "id": "5f3c1d52-6c1e-4b7a-9e57-0c6c5b1f8a01",
        "type": "static",
        "formats": [{"id": "post", "width": 100, "height": 80}],
        "elements": [layer("photo", "image", (0, 0, 100, 80), image_url="photo.png", colour="#fff")],
    }
    (folder / "design.json").write_text(json.dumps(body))
    (folder / "photo.png").write_bytes(solid((0, 0, 255)))
    (tmp_path / "row.json").write_text(json.dumps({"photo": {"image_url": "https://example.com/x.jpg"}}))
    fonts = str(Path(__file__).parents[3] / "templates" / "fonts")
    out = tmp_path / "out"
    assert main([str(folder), "-o", str(out), "--fonts", fonts]) == 1
    said = capsys.readouterr().out
    assert "image layers have no attribute 'colour'" in said
    with Image.open(out / "vase-post.jpeg") as picture:
        assert picture.size == (100, 80)
    assert main([str(folder), "-o", str(out), "--fonts", fonts, "-e", str(tmp_path / "row.json")]) == 1
    assert "addresses are not fetched by the preview" in capsys.readouterr().out


def test_the_preview_command_shows_moments_of_what_moves(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever makes a movement looks at it a moment at a time."""
    shape = layer("box", "shape", (0, 0, 40, 30), background_color="#ff0000")
    body = read_body(design(shape, width=40, height=30)) | {"type": "animated", "animation": {"duration": 2}}
    body["elements"][-1]["animation"] = {"start_at_s": 1.0}
    (tmp_path / "design.json").write_text(json.dumps(body))
    fonts = str(Path(__file__).parents[3] / "templates" / "fonts")
    assert main([str(tmp_path), "-o", str(tmp_path), "--fonts", fonts, "--at", "0.5", "1.5"]) == 0
    colors = []
    for moment in ("0.5", "1.5"):
        with Image.open(tmp_path / f"{tmp_path.name}-{FORMAT}-{moment}s.png") as picture:
            colors.append(picture.convert("RGB").getpixel((20, 15)))
    assert colors == [(255, 255, 255), (255, 0, 0)]
    assert "40x30" in capsys.readouterr().out
