"""Real pictures of shops and of codecs' own tests: drawn as they are seen elsewhere, or refused with a reason."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from bulkgen.render.failures import RenderError
from bulkgen.render.pictures import decode_picture

DATA = Path(__file__).parents[3] / "../shared/data/images"
PICTURES = sorted(
    path
    for path in DATA.rglob("*")
    if path.suffix.lower() in (".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif", ".tif", ".svg", ".ico")
)
REFUSED = {
    "libvips_favicon.ico": "unidentifiable image",
    "pillow_bomb_65535x66601.gif": "too large",
    "pillow_broken.png": "damaged",
    "pillow_truncated.jpg": "truncated",
}

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the shared data is not here")


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: path.name)
def test_a_real_picture_is_drawn_right_or_refused_with_the_reason(path: Path) -> None:
    """Right: as Pillow shows it, turned and without its profile, within what a profile changes."""
    body = path.read_bytes()
    if path.suffix == ".svg":
        _check_drawing(body)
        return
    if path.name in REFUSED:
        with pytest.raises(RenderError, match=REFUSED[path.name]):
            decode_picture(body, 100, 100, contain=True)
        return
    picture = decode_picture(body, 100, 100, contain=True)
    with Image.open(path) as source:
        source.load()
        # Pillow clips sixteen bits to eight where all others scale them.
        is_deep = source.mode.startswith("I")
        plain = Image.fromarray((np.asarray(source) >> 8).astype(np.uint8)) if is_deep else source
        wanted = ImageOps.exif_transpose(plain).convert("RGBA")
    assert picture.width / picture.height == pytest.approx(wanted.width / wanted.height, rel=0.05)
    drawn = Image.frombuffer("RGBa", (picture.width, picture.height), picture.pixels, "raw", "BGRa", 0, 1)
    one, other = (
        np.asarray(seen.resize((24, 24), Image.Resampling.BOX)).astype(int) for seen in (drawn, wanted.convert("RGBa"))
    )
    assert np.abs(one - other).mean() < 12


def _check_drawing(body: bytes) -> None:
    """There is no second reader to compare with; what is drawn must be more than an empty sheet."""
    if b"<text" in body:
        with pytest.raises(RenderError, match="live text"):
            decode_picture(body, 100, 100, contain=True)
    else:
        assert decode_picture(body, 100, 100, contain=True).pixels[..., 3].any()
