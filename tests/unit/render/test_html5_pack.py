"""The ZIP file of a banner: what is in it, how large it is, and that it is the same each time."""

from __future__ import annotations

import io
import json
import re
import zipfile
from typing import Any

import numpy as np
import pytest
from motion_cases import clip_of, group, moving, moving_design, tween
from PIL import Image
from rendering_cases import layer

from bulkgen.render.encoders import DEFAULT_QUALITY, Sheet, encode_jpeg
from bulkgen.render.failures import RenderError
from bulkgen.render.html5 import Packed, pack_html5
from bulkgen.render.html5.assets import Drawing, on_white
from bulkgen.render.html5.atlas import pack
from bulkgen.render.skia_memory import Picture
from bulkgen.render.sprites import Sprite
from bulkgen.wire.design import Box, Design

PHOTO = "https://pictures.test/photo.jpg"
LINK = {"click_tag": "https://example.com/"}


def photo(width: int = 600, height: int = 500, grain: int = 12) -> bytes:
    """Shades with grain: about as hard to compress as a photo."""
    down, across = np.mgrid[0:height, 0:width]
    noise = np.random.default_rng(7).integers(-grain, grain + 1, (height, width, 4))
    pixels = np.empty((height, width, 4), np.int32)
    pixels[..., 0] = across * 200 // width
    pixels[..., 1] = 120 + 80 * np.sin(across / 31) * np.cos(down / 27)
    pixels[..., 2] = down * 220 // height
    pixels = np.clip(pixels + noise, 0, 255).astype(np.uint8)
    pixels[..., 3] = 255
    return encode_jpeg(Sheet(pixels, True, True, 92))


def banner(*more: dict[str, Any], duration: float = 6.0, **photo_attributes: Any) -> Design:
    """A photo, a text and a button, of the size that is booked most."""
    return moving_design(
        moving(
            layer("photo", "image", (0, 0, 300, 250), image_url=PHOTO, **photo_attributes), tween("fade", opacity=0)
        ),
        moving(
            layer("title", "text", (15, 160, 200, 50), payload="Summer sale of all chairs", font_size=20),
            tween("textEffect", 0.8, 1.2, easing="ease_out", textEffectType="rise"),
        ),
        moving(
            layer("go", "button", (190, 205, 95, 34), payload="Buy now", font_size=14, background_color="#e4572e"),
            tween("scale", 1.8, 0.6, easing="overshoot", scale=40),
        ),
        *more,
        duration=duration,
        size=(300, 250),
    )


def packed(
    design: Design,
    body: bytes | None = None,
    max_bytes: int | None = None,
    quality: int | None = None,
    **options: Any,
) -> Packed:
    pictures = {PHOTO: body or photo()}
    return pack_html5(clip_of(design, {}, pictures), LINK | options, pictures, quality=quality, max_bytes=max_bytes)


def files(made: Packed) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(made.body)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_banner_is_a_page_and_its_pictures() -> None:
    made = packed(banner())
    found = files(made)
    assert sorted(found) == list(found)
    assert [name.partition(".")[2] for name in found] == ["png", "jpg", "png", "png", "html"]
    page = found["index.html"].decode()
    assert '<meta name="ad.size" content="width=300,height=250">' in page
    assert 'var clickTag = "https://example.com/";' in page
    assert set(re.findall(r"url\(([^)]*)\)", page)) == set(found) - {"index.html"}
    assert "http://" not in page.replace("https://example.com/", "")
    assert made.warnings == ()


def test_the_same_banner_has_the_same_bytes() -> None:
    """Else each run uploads everything anew."""
    assert packed(banner()).body == packed(banner()).body


def test_a_photo_a_text_and_a_button_are_small_enough_for_every_network() -> None:
    made = packed(banner(), photo(grain=40), ad_network="google-ads", include_backup_image=True)
    assert len(made.body) < 150_000
    assert made.warnings == ()


def test_quality_gives_way_to_a_limit_and_a_size_that_cannot_be_is_an_error() -> None:
    hard = photo(grain=90)
    free = packed(banner(), hard)
    smaller = packed(banner(), hard, max_bytes=len(free.body) * 2 // 3)
    assert len(smaller.body) <= len(free.body) * 2 // 3
    with pytest.raises(RenderError, match="at most 5 are asked for: photos are not lowered below quality 20"):
        packed(banner(), hard, max_bytes=5_000)


def test_a_lower_quality_is_that_of_the_photos_and_of_the_backup() -> None:
    grainy = photo(grain=90)
    free, low = packed(banner(), grainy), packed(banner(), grainy, quality=15)
    assert len(low.body) < len(free.body) * 2 // 3
    assert len(low.fallback) < len(free.fallback)
    assert packed(banner(), grainy, quality=DEFAULT_QUALITY["jpeg"]).body == free.body


def test_over_a_networks_limit_it_is_made_and_told() -> None:
    wide = moving_design(
        moving(layer("photo", "image", (0, 0, 1200, 1000), image_url=PHOTO), tween("fade", opacity=0)),
        size=(1200, 1000),
        duration=20,
    )
    made = packed(wide, photo(1200, 1000, grain=120), ad_network="adroll", repeat=1)
    assert len(made.warnings) == 3
    assert [re.sub(r"\d+ kB", "N kB", told) for told in made.warnings] == [
        "AdRoll: the ZIP file has N kB, at most 150 are taken",
        "AdRoll: it moves for 2 times 20 s, at most 30 s are taken",
        "AdRoll: it plays 2 times, at most 1 are taken",
    ]


def test_the_fallback_is_the_picture_of_its_moment_and_lies_in_the_file_on_demand() -> None:
    made = packed(banner(), include_backup_image=True)
    assert files(made)["backup_image.jpeg"] == made.fallback
    clip = clip_of(banner(), {}, {PHOTO: photo()}, on_white=True)
    ours = clip.frame(clip.still_at_s)[:, :, 2::-1].astype(int)
    theirs = np.asarray(Image.open(io.BytesIO(made.fallback))).astype(int)
    assert np.abs(ours - theirs).mean() < 4
    assert "backup_image.jpeg" not in files(packed(banner()))
    assert "backup_image.jpeg" in files(packed(banner(), ad_network="amazon-ads"))


def test_a_title_is_text_and_not_markup() -> None:
    page = files(packed(banner(), page_title="</title><script>alert(1)</script> & more"))["index.html"].decode()
    assert "<title>&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt; &amp; more</title>" in page


def test_who_cannot_see_the_banner_hears_its_title() -> None:
    """The texts are pictures: without a name the link is read out as nothing."""
    page = files(packed(banner(), page_title='Chairs & "more"'))["index.html"].decode()
    assert 'role="link" tabindex="0" aria-label="Chairs &amp; &quot;more&quot;"' in page


def test_adform_gets_its_manifest() -> None:
    found = files(packed(banner(), ad_network="adform", page_title="Chairs"))
    manifest = json.loads(found["manifest.json"])
    assert manifest["clicktags"] == {"clickTAG": "https://example.com/"}
    assert (manifest["width"], manifest["height"], manifest["source"]) == ("300", "250", "index.html")
    assert 'dhtml.getVar("clickTAG","https://example.com/")' in found["index.html"].decode()


def test_what_is_not_said_is_told_and_what_is_wrong_is_refused() -> None:
    pictures = {PHOTO: photo()}
    made = pack_html5(clip_of(banner(), {}, pictures), {"ad_network": "nowhere"}, pictures)
    assert len(made.warnings) == 2
    assert "ad_network 'nowhere' is unknown" in made.warnings[0]
    assert "click_tag is not set" in made.warnings[1]
    assert "must be https" in packed(banner(), click_tag="http://example.com", ad_network="adroll").warnings[0]
    with pytest.raises(RenderError, match="click_tag"):
        packed(banner(), click_tag="javascript:alert(1)")


def test_a_sound_is_left_out_and_told() -> None:
    made = packed(banner(layer("music", "audio", (0, 0, 1, 1), audio_url="https://sounds.test/a.mp3")))
    assert made.warnings == ("music: a banner has no sound, and it is left out",)


def test_names_of_files_are_plain() -> None:
    """Ad servers refuse other names, or lose them."""
    design = moving_design(
        moving(
            layer("Été & größe 漢字", "shape", (0, 0, 50, 50), background_color="#ff0000"), tween("fade", opacity=0)
        ),
        moving(layer("漢字", "shape", (9, 9, 50, 50), background_color="#00ff00"), tween("fade", opacity=0)),
    )
    assert [name for name in files(packed(design)) if name.endswith("png")] == [
        "00-ground.png",
        "01-t-gr-e.png",
        "02-layer.png",
    ]


def test_a_photo_with_an_outline_is_a_jpeg_behind_a_mask() -> None:
    """As PNG it would be most of the file."""
    found = files(packed(banner(border_radius=40)))
    assert "01-photo.svg" in found
    assert b"data:image/jpeg" in found["01-photo.svg"]
    assert len(found["01-photo.svg"]) < 60_000


def test_few_colours_are_stored_as_they_are() -> None:
    pixels = np.zeros((40, 60, 4), np.uint8)
    pixels[5:30, 5:50] = (20, 60, 90, 255)
    pixels[10:20, 10:20] = (10, 20, 30, 40)
    name, body = Drawing("flat", pixels, False).file(85)
    image = Image.open(io.BytesIO(body))
    assert (name, image.mode) == ("flat.png", "P")
    assert image.convert("RGBA").getpixel((7, 7)) == (90, 60, 20, 255)
    # Unpremultiplied: what is not all there has its own colour.
    assert image.convert("RGBA").getpixel((12, 12)) == (191, 127, 63, 40)
    assert image.convert("RGBA").getpixel((0, 0))[3] == 0  # type: ignore[index]


def test_what_lets_through_is_white_in_a_jpeg() -> None:
    pixels = np.zeros((16, 16, 4), np.uint8)
    image = Image.open(io.BytesIO(on_white(pixels, 90)))
    assert image.getpixel((8, 8)) == (255, 255, 255)


def test_an_atlas_has_each_sprite_apart_from_the_others() -> None:
    sizes = [(30, 10), (5, 40), (12, 12), (30, 10), (1, 1)]
    sprites = [
        Sprite(Picture(np.full((height, width, 4), index + 1, np.uint8), is_opaque=False), Box(0, 0, width, height))
        for index, (width, height) in enumerate(sizes)
    ]
    made = pack(sprites)
    for index, ((left, top), (width, height)) in enumerate(zip(made.places, sizes, strict=True)):
        assert (made.pixels[top : top + height, left : left + width] == index + 1).all()
    assert (made.pixels > 0).any(axis=2).sum() == sum(width * height for width, height in sizes)


def test_a_group_cuts_its_moving_members() -> None:
    design = moving_design(
        moving(layer("dot", "shape", (0, 0, 400, 300), background_color="#ff0000"), tween("fade", opacity=0)),
        group("window", ["dot"], mask={"shape": "circle", "center_x": 100, "center_y": 90, "rx": 50}),
    )
    page = files(packed(design))["index.html"].decode()
    found = re.search(r"clip-path:path\('([^']*)'\)", page)
    assert found is not None
    numbers = [float(part) for part in re.findall(r"[\d.]+", found.group(1))]
    assert (min(numbers[::2]), max(numbers[::2])) == pytest.approx((50, 150), abs=0.1)
    assert (min(numbers[1::2]), max(numbers[1::2])) == pytest.approx((40, 140), abs=0.1)
