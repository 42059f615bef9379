"""Pictures that come in CMYK: their inks are kept, unless they are for another press or are drawn over."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from print_cases import FONTS, FORMAT, design, layer, named_profile, pictures_of, spaces
from test_print_files import CMYK_IDS, RGB_ID

from bulkgen.render.banner import render_banner
from bulkgen.render.print.profiles import generic_profile


def cmyk_photo(profile: bytes | None = None) -> bytes:
    """Black letters on a packshot: half of it black ink alone, the other half cyan and magenta."""
    pixels = np.zeros((120, 240, 4), np.uint8)
    pixels[:, :120, 3] = 255
    pixels[:, 120:] = (200, 40, 0, 10)
    body = io.BytesIO()
    Image.fromarray(pixels, "CMYK").save(body, "JPEG", quality=98, icc_profile=profile)
    return body.getvalue()


def stored_inks(body: bytes) -> np.ndarray:
    (found,) = [bytes(one.read_raw_bytes()) for one in pictures_of(body)]
    return np.asarray(Image.open(io.BytesIO(found))).astype(int)


@pytest.mark.parametrize("says_profile", [False, True])
def test_a_picture_in_inks_keeps_them(says_profile: bool) -> None:
    """By way of the screen its black letters would be four inks, and its brand colours others."""
    picture = cmyk_photo(generic_profile() if says_profile else None)
    made = design(layer("p", "image", (0, 0, 90, 45), image_url="own"), bleed=0)
    found = stored_inks(render_banner(made, FORMAT, {}, {"own": picture}, FONTS).body)
    width = found.shape[1]
    assert np.abs(found[:, : width // 2 - 8] - (0, 0, 0, 255)).max() <= 4
    assert np.abs(found[:, width // 2 + 8 :] - (200, 40, 0, 10)).max() <= 4


def test_a_picture_in_inks_of_another_press_goes_through_the_profile(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Inks for coated paper drown newsprint."""
    iso = CMYK_IDS[0]
    (tmp_path / "iso.icc").write_bytes(named_profile("ISO Coated v2 (ECI)"))
    monkeypatch.setattr("bulkgen.render.print.profiles.default_folders", lambda: (tmp_path,))
    made = design(layer("p", "image", (0, 0, 90, 45), image_url="own"), bleed=0)

    def found(own: str) -> np.ndarray:
        pictures = {"own": cmyk_photo(named_profile(own))}
        return stored_inks(
            render_banner(made, FORMAT, {}, pictures, FONTS, options={"print": {"color_profile": iso}}).body
        )

    assert found("ISO Coated v2 (ECI)")[10, 10].tolist() == pytest.approx([0, 0, 0, 255], abs=4)
    assert found("Somebody else")[10, 10, :3].max() > 40


def test_a_filtered_picture_in_inks_is_made_anew() -> None:
    """The filter works on what is seen; the old inks under it would print the picture as it was before."""
    made = design(layer("p", "image", (0, 0, 90, 45), image_url="own", filter_name="grayscale"), bleed=0)
    (found,) = [
        str(one.ColorSpace) for one in pictures_of(render_banner(made, FORMAT, {}, {"own": cmyk_photo()}, FONTS).body)
    ]
    assert found == "/DeviceGray"


def test_a_picture_in_inks_is_rgb_where_the_print_is() -> None:
    made = design(layer("p", "image", (0, 0, 90, 45), image_url="own"), bleed=0)
    options = {"print": {"color_profile": RGB_ID}}
    body = render_banner(made, FORMAT, {}, {"own": cmyk_photo()}, FONTS, options=options).body
    assert "/DeviceCMYK" not in spaces(body)
