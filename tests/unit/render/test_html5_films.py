"""Films inside a banner's page: which of them a browser plays, and what stands where one cannot."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from motion_cases import clip_of, moving, moving_design
from rendering_cases import layer

from bulkgen.render.html5 import Packed, pack_html5
from bulkgen.wire.design import Design

pytest.importorskip("av")

from film_cases import steady
from test_html5_in_browser import browser

__all__ = ["browser"]

FILM = "https://films.test/a.mp4"
LINK = {"click_tag": "https://shop.test/"}


def with_film(address: str = FILM, **attributes: Any) -> Design:
    film = layer("clip", "video", (20, 10, 64, 48), video_url=address, **attributes)
    return moving_design(moving(film, start=0.0), duration=3.0, size=(120, 80))


def packed(design: Design, body: bytes, address: str = FILM, **options: Any) -> Packed:
    pictures = {address: body}
    clip = clip_of(design, {}, pictures)
    try:
        return pack_html5(clip, LINK | options, pictures)
    finally:
        clip.close()


def unpacked(made: Packed, folder: Path) -> Path:
    zipfile.ZipFile(io.BytesIO(made.body)).extractall(folder)
    return folder / "index.html"


def test_a_film_that_browsers_know_goes_into_the_file(tmp_path: Path) -> None:
    body = steady()
    made = packed(with_film(), body)
    page = unpacked(made, tmp_path)
    assert (tmp_path / "film-0.mp4").read_bytes() == body
    assert 'muted playsinline preload="auto" src="film-0.mp4" data-at="0"' in page.read_text("utf-8")
    assert made.warnings == ()


def test_a_trimmed_film_plays_its_part(tmp_path: Path) -> None:
    address = f"{FILM}?trim_start=1&trim_end=2.5"
    page = unpacked(packed(with_film(address), steady(), address), tmp_path)
    assert 'src="film-0.mp4#t=1,2.5"' in page.read_text("utf-8")


@pytest.mark.parametrize("attributes", [{"border_radius": 8}, {"focus_x": 20, "focus_y": 50}])
def test_a_film_that_a_player_shows_otherwise_is_a_picture_and_told(attributes: dict[str, Any], tmp_path: Path) -> None:
    made = packed(with_film(**attributes), steady())
    unpacked(made, tmp_path)
    why = "a player has no corners, shadow or focus"
    assert made.warnings == (f"clip: the video is a picture of its beginning here, since {why}",)
    assert not list(tmp_path.glob("film*"))


def test_a_film_that_is_over_the_networks_limit_is_a_picture_and_told() -> None:
    # Past the end of a film its bytes count, and nobody reads them.
    made = packed(with_film(), steady() + bytes(160_000), ad_network="google-ads")
    assert "at most 150 go into the banner" in made.warnings[0]
    assert len(made.body) < 20_000


def test_a_browser_plays_it(browser: Any, tmp_path: Path) -> None:
    page = browser.new_page(viewport={"width": 120, "height": 80})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(unpacked(packed(with_film(), steady(5)), tmp_path).as_uri(), wait_until="load")
    played = page.evaluate(
        "new Promise((done, failed) => {const film = document.querySelector('video');"
        "film.onerror = () => failed(film.error.message);"
        "film.onended = () => done([film.muted, film.currentTime]); if (film.ended) film.onended()})"
    )
    assert played == [True, pytest.approx(0.5, abs=0.2)]
    assert all(url.startswith("file:") for url in asked)
    page.close()
