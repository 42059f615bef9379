"""A verdict of preflight against the renderer itself: what is an error here is exactly what fails there."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from bulkgen.fetch.fetched import Fetched
from bulkgen.preflight.pictures import PictureUse, inspect, judge_picture
from bulkgen.render.failures import RenderError
from bulkgen.render.pictures import decode_picture

SAMPLES = Path(__file__).parents[3] / "../shared/data/images"
STUDIO = PictureUse(400, 300, is_studio=True)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20">%s</svg>'


def is_refused(body: bytes) -> bool:
    inspection = inspect(body)
    fetched = Fetched("https://x.example/a", status=200, size_bytes=len(body), facts=inspection.facts)
    return any(found.is_error for found in judge_picture(fetched, STUDIO))


def fails(body: bytes) -> bool:
    try:
        decode_picture(body, STUDIO.width, STUDIO.height, contain=False)
    except RenderError:
        return True
    return False


def encoded(kind: str) -> bytes:
    ramp = Image.linear_gradient("L").resize((300, 200))
    body = io.BytesIO()
    Image.merge("RGB", (ramp, ramp.rotate(90), ramp.rotate(180))).save(body, kind)
    return body.getvalue()


def bodies() -> Iterator[tuple[str, bytes]]:
    for kind in ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "AVIF", "BMP"):
        whole = encoded(kind)
        yield kind, whole
        for share in (0.01, 0.1, 0.5, 0.9, 0.99):
            yield f"{kind} to {share:.0%}", whole[: int(len(whole) * share)]
        for at in (0.1, 0.5, 0.9):
            middle = int(len(whole) * at)
            yield f"{kind} with a hole at {at:.0%}", whole[:middle] + bytes(16) + whole[middle + 16 :]
    for inside in (
        b"",
        b"<rect/>",
        b"<text>a</text>",
        b"<script/>",
        b'<use href="a.svg#b"/>',
        b"<g>" * 300 + b"</g>" * 300,
    ):
        yield f"SVG {inside[:12]!r}", SVG % inside
    yield "SVG of 2 MB", SVG % (b"<rect/>" * 300_000)
    yield "SVG cut", (SVG % b"<rect/>")[:-4]
    yield "page", b"<!doctype html><html>"
    yield "nothing", b""
    yield "text", b"hello"


CASES = dict(bodies())


@pytest.mark.parametrize("name", CASES)
def test_an_error_is_what_the_studio_could_not_draw(name: str) -> None:
    """A row that is held back though it would have come out is as bad as one that was sent to fail."""
    assert is_refused(CASES[name]) == fails(CASES[name])


def test_the_sample_pictures_are_refused_exactly_where_the_studio_fails() -> None:
    if not SAMPLES.is_dir():
        pytest.skip("the sample pictures are not here")
    paths = [path for path in SAMPLES.rglob("*.*") if path.is_file()]
    assert len(paths) > 50
    differ = [path.name for path in paths if is_refused(path.read_bytes()) != fails(path.read_bytes())]
    assert differ == []
