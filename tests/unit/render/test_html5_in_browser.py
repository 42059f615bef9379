"""Banners in Chromium: the same picture as ours at every moment, loops, clicks, and nothing asked for from outside.

Chromium is what CHROMIUM names, or what is on the path. Without one these tests are skipped; under CI that is an error,
since nobody would see that nothing was tested.
"""

from __future__ import annotations

import io
import os
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import pytest
from motion_cases import clip_of, group, moving, moving_design, tween
from PIL import Image
from rendering_cases import FONTS, layer

from bulkgen.render.cache import RenderCache
from bulkgen.render.clip import Clip
from bulkgen.render.html5 import pack_html5
from bulkgen.render.layout import lay_out
from bulkgen.render.scene import resolve
from bulkgen.render.sources import references
from bulkgen.wire.design import Design, parse_design

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)

if _CHROMIUM is None and not os.environ.get("CI"):
    pytest.skip("no Chromium: install it, or name one in CHROMIUM", allow_module_level=True)

sync_api = pytest.importorskip("playwright.sync_api") if not os.environ.get("CI") else None
if sync_api is None:
    from playwright import sync_api  # type: ignore[no-redef]

LINK = "https://shop.test/chairs?a=1&b=2"
# Of 255, in the mean of a picture. On its way a layer may be a little softer than the film's, at rest it may not.
ALIKE, AT_REST = 1.5, 0.3


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    assert _CHROMIUM, "no Chromium: apt-get install chromium, or name one in CHROMIUM"
    with sync_api.sync_playwright() as playwright:
        # Without its sandbox, which the superuser of a container cannot have; the pages are our own.
        arguments = ["--no-sandbox", "--force-color-profile=srgb"]
        found = playwright.chromium.launch(executable_path=_CHROMIUM, args=arguments)
        yield found
        found.close()


@dataclass(slots=True)
class Shown:
    """A banner that is open, and what its page has asked for and complained of."""

    page: Any
    folder: Path
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def at(self, time_s: float) -> npt.NDArray[np.int64]:
        self.page.evaluate("t => document.getAnimations().forEach(a => {a.pause(); a.currentTime = t})", time_s * 1000)
        return self.look()

    def look(self) -> npt.NDArray[np.int64]:
        picture = Image.open(io.BytesIO(self.page.screenshot())).convert("RGB")
        return np.asarray(picture).astype(np.int64)


@pytest.fixture
def show(browser: Any, tmp_path: Path) -> Iterator[Any]:
    contexts = []

    def opened(design: Design, pictures: Mapping[str, bytes] | None = None, script: str = "", **options: Any) -> Shown:
        body = pack_html5(clip_of(design, {}, pictures), {"click_tag": LINK} | options, pictures).body
        zipfile.ZipFile(io.BytesIO(body)).extractall(tmp_path)
        item = next(iter(design.formats))
        context = browser.new_context(viewport={"width": int(item.width), "height": int(item.height)})
        contexts.append(context)
        found = Shown(context.new_page(), tmp_path)
        if script:
            context.add_init_script(script)

        def answer(route: Any) -> None:
            found.asked.append(route.request.url)
            if route.request.url.startswith("file:"):
                route.continue_()
            else:
                route.fulfill(status=200, content_type="text/html", body="<title>there</title>")

        context.route("**/*", answer)
        found.page.on("console", lambda message: found.complaints.append(message.text))
        found.page.on("pageerror", lambda error: found.complaints.append(str(error)))
        found.page.goto((tmp_path / "index.html").as_uri(), wait_until="load")
        return found

    yield opened
    for context in contexts:
        context.close()


def ours(design: Design, time_s: float, pictures: Mapping[str, bytes] | None = None) -> npt.NDArray[np.int64]:
    clip = clip_of(design, {}, pictures, on_white=True)
    return clip.frame(time_s)[:, :, 2::-1].astype(np.int64)


def shape(name: str = "box", box: tuple[float, float, float, float] = (60, 50, 120, 80), **more: Any) -> dict[str, Any]:
    return layer(name, "shape", box, background_color="#d03a2b") | more


def text(**more: Any) -> dict[str, Any]:
    return layer("title", "text", (40, 60, 300, 160), payload="Chairs for all who like to sit", font_size=34, **more)


def effect(kind: str, split: str, when: str = "in", **more: Any) -> dict[str, Any]:
    said = {"textEffectType": kind, "textEffectSplit": split, "textEffectTiming": when}
    return tween("textEffect", 0.5, 1.5, easing="ease_out", **said, **more)


DESIGNS = {
    "fade": moving_design(moving(shape(), tween("fade", 0.5, 2, easing="ease_in_out", opacity=0))),
    "slide": moving_design(moving(shape(), tween("slide", 0.5, 2, easing="ease_out", left=-130, top=200))),
    "shift": moving_design(moving(shape(), tween("slide", 0.5, 2, easing="overshoot", shift_x=60, ends=True))),
    "scale": moving_design(moving(shape(), tween("scale", 0.5, 2, easing="overshoot", scale=30))),
    "grows": moving_design(moving(shape(), tween("scale", 2.5, 2, scale=180, ends=True))),
    "rotate": moving_design(moving(shape(), tween("rotate", 0.5, 2, easing="ease_in", angle=-140))),
    "all at once": moving_design(
        moving(
            shape(),
            tween("slide", 0.5, 2, easing="ease_out", shift_x=200, shift_y=90),
            tween("rotate", 0.2, 2, angle=90),
            tween("scale", 0.4, 2, scale=50),
            tween("fade", 0.5, 1, opacity=20),
            tween("slide", 0.1, 3, shift_x=-50),
            tween("rotate", 1, 2, angle=30),
        )
    ),
    "comes and goes": moving_design(
        moving(shape(), start=0.7, end=2.1), moving(shape("other", (200, 100, 90, 90)), start=1.4), shape("still")
    ),
    "typed": moving_design(moving(text(), effect("classic", "letter"))),
    "fades by words": moving_design(moving(text(), effect("fade", "word", "inOut"))),
    "rises": moving_design(moving(text(background_color="#ffe08a"), effect("rise", "letter"))),
    "pops by lines": moving_design(moving(text(rotation=12), effect("pop", "line"), tween("scale", 0, 3, scale=150))),
    "two effects": moving_design(moving(text(), effect("rise", "word"), effect("pop", "letter", "out"))),
    "cut by a group": moving_design(
        moving(shape(), tween("slide", 0, 3, shift_x=150), tween("rotate", 0, 3, angle=45)),
        group("window", ["box"], mask={"shape": "circle", "center_x": 130, "center_y": 90, "rx": 70, "rotation": 10}),
    ),
    "over what moves": moving_design(
        moving(shape(), tween("slide", 0, 3, shift_x=150)), shape("top", (100, 20, 60, 60)), ground="#00000000"
    ),
}


@pytest.mark.parametrize("name", sorted(DESIGNS))
def test_a_browser_shows_the_frames_of_the_film(name: str, show: Any) -> None:
    """A banner that is another than the one which was looked at and approved is a wrong one."""
    design = DESIGNS[name]
    shown = show(design)
    # Not at the moments of keyframes: a letter that comes then may be a step before or behind.
    for time_s in (0.0, 0.61, 1.03, 1.57, 2.03, 2.71, 4.0):
        difference = np.abs(shown.at(time_s) - ours(design, time_s))
        assert difference.mean() < (ALIKE if time_s < 4 else AT_REST), time_s
        # No place that is quite another: what is off by more than half is an edge between two px.
        assert (difference.max(axis=2) > 128).mean() < 0.004, time_s
    assert shown.complaints == []


@pytest.mark.parametrize("format_id", ["medium-rectangle", "leaderboard"])
def test_the_included_ads_are_those_that_were_looked_at(format_id: str, browser: Any, tmp_path: Path) -> None:
    """At the moment of the backup image too: a network shows one beside the other."""
    folder = Path(__file__).parents[3] / "templates" / "display-set"
    design = parse_design(orjson.loads((folder / "design.json").read_bytes()))
    scene = resolve(design, format_id, {})
    pictures = {name: (folder / name).read_bytes() for name, _ in references(scene)}
    clips = [Clip(scene, lay_out(scene, FONTS), pictures, RenderCache()) for _ in range(2)]
    made = pack_html5(clips[0], {"click_tag": LINK, "ad_network": "iab"}, pictures)
    assert made.warnings == ()
    zipfile.ZipFile(io.BytesIO(made.body)).extractall(tmp_path)
    page = browser.new_page(viewport={"width": clips[1].width, "height": clips[1].height})
    page.goto((tmp_path / "index.html").as_uri(), wait_until="load")
    shown = Shown(page, tmp_path)
    for time_s in (clips[1].still_at_s, 0.33, 3.1, clips[1].duration_s):
        frame = clips[1].frame(time_s)[:, :, 2::-1].astype(np.int64)
        # Photos are JPEG in the file, and not in ours.
        assert np.abs(shown.at(time_s) - frame).mean() < 3, time_s
    page.close()


def test_it_plays_by_itself_stops_on_its_last_picture_and_asks_for_nothing(show: Any) -> None:
    """Networks refuse a banner that loads anything from elsewhere, and one that never rests."""
    design = moving_design(moving(shape(), tween("slide", 0.0, 0.2, shift_x=100)), duration=0.25)
    shown = show(design)
    states = shown.page.evaluate(
        "async () => {const all = document.getAnimations(); await Promise.all(all.map(a => a.finished));"
        "return all.map(a => a.playState)}"
    )
    assert set(states) == {"finished"}
    assert np.abs(shown.look() - ours(design, 0.25)).mean() < AT_REST
    assert all(url.startswith(shown.folder.as_uri()) for url in shown.asked)
    assert {Path(url).name for url in shown.asked} == {path.name for path in shown.folder.iterdir()}
    assert shown.complaints == []


@pytest.mark.parametrize(("repeat", "plays"), [(0, 1), (2, 3), (-1, None)])
def test_it_plays_as_often_as_asked(repeat: int, plays: int | None, show: Any) -> None:
    design = moving_design(moving(shape(), tween("fade", 0, 0.1, opacity=0)), duration=0.1)
    shown = show(design, repeat=repeat)
    iterations = shown.page.evaluate(
        "document.getAnimations().map(a => {const n = a.effect.getComputedTiming().iterations;"
        "return n === Infinity ? null : n})"
    )
    # One that is over may be gone; what is there plays that often.
    assert set(iterations) <= {plays}
    if plays is not None:
        style = "getComputedStyle(document.querySelector('.m')).animationIterationCount"
        assert shown.page.evaluate(style) == str(plays)


def test_a_click_opens_the_address(show: Any) -> None:
    shown = show(DESIGNS["fade"])
    with shown.page.expect_popup() as opened:
        shown.page.click("#click", position={"x": 100, "y": 80})
    assert opened.value.url == LINK
    assert shown.page.evaluate("clickTag") == LINK
    assert [url for url in shown.asked if not url.startswith("file:")] == [LINK]


def test_a_click_on_a_macro_is_the_networks_business_and_no_code_runs(show: Any) -> None:
    tag = "[M]https://shop.test/</script><script>window.ran=1</script>"
    shown = show(DESIGNS["fade"], click_tag=tag, page_title="</title><script>window.ran=2</script>")
    assert shown.page.evaluate("[window.clickTag, window.ran === undefined]") == [tag, True]
    assert shown.complaints == []


def test_the_address_that_a_network_sets_is_the_one_that_opens(show: Any) -> None:
    """It counts the click: past it nobody is paid."""
    shown = show(DESIGNS["fade"])
    shown.page.evaluate("window.clickTag = 'https://network.test/count'")
    with shown.page.expect_popup() as opened:
        shown.page.click("#click")
    assert opened.value.url == "https://network.test/count"


def test_google_s_own_exit_is_taken_where_it_is_there(show: Any) -> None:
    shown = show(DESIGNS["fade"], ad_network="google-ads")
    shown.page.evaluate("window.ExitApi = {exit: () => window.left = true}")
    shown.page.click("#click")
    assert shown.page.evaluate("window.left") is True


def test_adform_s_library_is_asked_for_the_address_where_it_is_there(show: Any) -> None:
    fake = "window.dhtml = {getVar: (name, rest) => name === 'clickTAG' ? 'https://track.test/' + rest.length : rest}"
    shown = show(DESIGNS["fade"], ad_network="adform", script=fake)
    with shown.page.expect_popup() as opened:
        shown.page.click("#click")
    assert opened.value.url == f"https://track.test/{len(LINK)}"


def test_adform_s_library_is_loaded_from_its_server_only(show: Any) -> None:
    plain = show(DESIGNS["fade"], ad_network="adform")
    assert all(url.startswith("file:") for url in plain.asked)
    served = show(DESIGNS["fade"], ad_network="adform", script="window.API_URL = 'https://adform.test/lib.js'")
    assert "https://adform.test/lib.js" in served.asked


def test_it_plays_and_clicks_in_the_sandboxed_frame_of_a_page(browser: Any) -> None:
    """So networks embed it; a link with a script as its address opens nothing there."""
    design = moving_design(moving(shape(), tween("slide", 0.0, 0.2, shift_x=100)), duration=0.25)
    with zipfile.ZipFile(io.BytesIO(pack_html5(clip_of(design), {"click_tag": LINK}).body)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    context = browser.new_context(viewport={"width": 400, "height": 300})
    asked = []

    def answer(route: Any) -> None:
        url = route.request.url
        asked.append(url)
        name = url.rpartition("/")[2]
        if url.startswith("https://ads.test/") and name in files:
            kinds = {"html": "text/html", "png": "image/png", "jpg": "image/jpeg"}
            route.fulfill(status=200, content_type=kinds[name.rpartition(".")[2]], body=files[name])
        else:
            frame = '<iframe sandbox="allow-scripts allow-popups" src="https://ads.test/banner/index.html" '
            size = 'width="400" height="300" style="border:0"></iframe>'
            route.fulfill(status=200, content_type="text/html", body=f"<body style='margin:0'>{frame}{size}")

    context.route("**/*", answer)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto("https://news.test/", wait_until="load")
    frame = page.frames[1]
    frame.evaluate("Promise.all(document.getAnimations().map(a => a.finished)).then(() => 0)")
    picture = np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("RGB")).astype(np.int64)
    assert np.abs(picture - ours(design, 0.25)).mean() < AT_REST
    with page.expect_popup() as opened:
        page.mouse.click(100, 80)
    opened.value.wait_for_load_state()
    assert opened.value.url == LINK
    assert {url.split("/")[2] for url in asked} == {"news.test", "ads.test", "shop.test"}
    assert complaints == []
    context.close()
