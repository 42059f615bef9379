"""How fast is a banner, beside others that draw the same one in the same run?

python benchmarks/render.py [ROUNDS]

A design file of 1200 x 628 px with a photo of two megapixels over all of it, a gradient, three texts, a button with a
shadow, a logo and stars, through the general renderer. Cold: nothing is kept but the fonts. Warm: what stands still is
kept, as in a run. Pillow draws it by hand, Chromium as a page that stays open (playwright and a Chromium, at CHROMIUM
or on the path; left out where there is none). All on one core, taking turns, medians of the rounds: only ratios count.
Time is the processor's, so that a busy machine changes little. A browser waits for its frames, which costs no
processor and all the same keeps a banner waiting: beside it, and for two workers beside one, the clock on the wall
counts, and the machine should have nothing else to do. The exit code is 1 where a ratio is missed.
"""

from __future__ import annotations

import base64
import concurrent.futures
import importlib.util
import io
import json
import multiprocessing
import os
import shutil
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import simplejpeg
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from bulkgen.render.banner import RenderCache, render_banner
from bulkgen.render.encoders import Sheet, encode_png
from bulkgen.render.fonts import FontLibrary
from bulkgen.wire.design import Design, parse_design

FONTS = Path(__file__).parents[1] / "templates" / "fonts"
WIDTH, HEIGHT = 1200, 628
QUALITY = 85

# (what, at least): from the bake-off before the renderer was written, with room for a busy machine.
COLD_OVER_CHROMIUM, WARM_OVER_CHROMIUM = 6.0, 20.0
COLD_OVER_PILLOW = 2.5
COLD_PART, WARM_PART = 0.60, 0.40
PNG_OVER_PILLOW, PNG_BYTES_MOST = 15.0, 1.15
TWO_WORKERS = 1.7

GRADIENT = "linear-gradient(0% 0% 68% 0%,0% #0a0e23 0.92,100% #0a0e23 0)"


def words(row: int) -> dict[str, str]:
    return {
        "title": f"Number {row} of the long evenings: lamps for every corner",
        "subtitle": "Hand-thrown bases and linen shades, made to order in two weeks",
        "price": f"€ {99 + row % 900},90",
        "button": "Shop the collection",
    }


@cache
def photo() -> bytes:
    """Clouds of several sizes with grain on them: to an encoder, a photo."""
    rng = np.random.default_rng(11)
    picture = np.zeros((1080, 1920, 3), np.float32)
    for cells, strength in ((4, 120), (16, 60), (64, 30), (400, 14)):
        noise = Image.fromarray(rng.integers(0, 255, (cells * 9 // 16 + 1, cells, 3), np.uint8).astype(np.uint8))
        picture += np.asarray(noise.resize((1920, 1080), Image.Resampling.BICUBIC), np.float32) * strength / 255
    body = io.BytesIO()
    Image.fromarray(picture.clip(0, 255).astype(np.uint8)).save(body, "JPEG", quality=90)
    return body.getvalue()


@cache
def logo() -> bytes:
    picture = Image.new("RGBA", (280, 112), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((6, 6, 106, 106), fill=(255, 90, 60, 255))
    draw.rounded_rectangle((125, 30, 274, 82), 20, fill=(255, 255, 255, 230))
    body = io.BytesIO()
    picture.save(body, "PNG")
    return body.getvalue()


@cache
def design() -> Design:
    def layer(name: str, kind: str, box: tuple[int, int, int, int], **values: Any) -> dict[str, Any]:
        layout = dict(zip(("x", "y", "width", "height"), box, strict=True))
        attributes = [{"id": key, "value": value} for key, value in values.items()]
        return {"name": name, "type": kind, "layout": layout, "attributes": attributes}

    text = {"color": "#ffffff", "auto_resize": True}
    return parse_design(
        {
            "id": "0b8e5d7e-1d39-4a52-8a54-7d3f6f2f9a10",
            "type": "static",
            "formats": [{"id": "banner", "width": WIDTH, "height": HEIGHT}],
            "elements": [
                layer("photo", "image", (0, 0, WIDTH, HEIGHT), image_url="photo"),
                layer("shade", "shape", (0, 0, WIDTH, HEIGHT), background_color=GRADIENT),
                layer("title", "text", (64, 120, 560, 190), **text, payload="x", font_size=54, font_weight=700),
                layer("subtitle", "text", (64, 340, 480, 70), **text, payload="x", font_size=22),
                layer("price", "text", (64, 420, 380, 80), **text, payload="x", font_size=72, font_weight=800),
                layer(
                    "button",
                    "button",
                    (64, 528, 280, 60),
                    payload="x",
                    font_size=22,
                    font_weight=700,
                    color="#ffffff",
                    background_color="#ff5a3c",
                    border_radius=30,
                    shadow_color="#00000066",
                    shadow_blur=24,
                    shadow_offset_y=8,
                ),
                layer("logo", "logo", (996, 40, 140, 56), image_url="logo"),
                layer("stars", "rating", (64, 80, 150, 26), rating_score=90, star_margin=4, star_color="#ffc53d"),
            ],
        }
    )


@cache
def fonts() -> FontLibrary:
    return FontLibrary([FONTS], installed=lambda: iter(()))


def ours(row: int, kept: RenderCache | None = None) -> bytes:
    elements = {name: {"payload": text} for name, text in words(row).items()}
    pictures = {"photo": photo(), "logo": logo()}
    return render_banner(design(), "banner", elements, pictures, fonts(), quality=QUALITY, cache=kept).body


def both_ends(_: int) -> bytes:
    """What no renderer can do without: photo and logo in, at the sizes they are drawn, and the banner out."""
    mark = Image.open(io.BytesIO(logo())).convert("RGBa").reduce(2)
    assert len(mark.tobytes("raw", "BGRa"))
    pixels = simplejpeg.decode_jpeg(photo(), "BGRA", min_width=WIDTH, min_height=HEIGHT)
    return encoded(np.ascontiguousarray(pixels[:HEIGHT]))


def encoded(pixels: Any) -> bytes:
    return bytes(simplejpeg.encode_jpeg(pixels, QUALITY, "BGRA", "420", fastdct=False))


@cache
def _face(weight: int, size: int) -> ImageFont.FreeTypeFont:
    face = ImageFont.truetype(str(FONTS / "inter" / "Inter-Variable.ttf"), size)
    face.set_variation_by_axes([min(max(size, 14), 32), weight])
    return face


def by_pillow(row: int) -> bytes:
    """The same banner as a careful script would draw it, every size known beforehand."""
    said = words(row)
    picture = Image.open(io.BytesIO(photo()))
    picture.draft("RGB", (WIDTH, HEIGHT))
    picture = picture.convert("RGB").resize((WIDTH, WIDTH * 1080 // 1920), Image.Resampling.BICUBIC)
    top = (picture.height - HEIGHT) // 2
    banner = picture.crop((0, top, WIDTH, top + HEIGHT)).convert("RGBA")
    fade = np.clip(1 - np.arange(WIDTH) / (WIDTH * 0.68), 0, 1) * 0.92 * 255
    shade = Image.new("RGBA", (WIDTH, HEIGHT), (10, 14, 35, 0))
    shade.putalpha(Image.fromarray(np.broadcast_to(fade.astype(np.uint8), (HEIGHT, WIDTH)).copy()))
    banner.alpha_composite(shade)
    mark = Image.open(io.BytesIO(logo())).resize((140, 56), Image.Resampling.BICUBIC)
    banner.alpha_composite(mark, (996, 40))
    soft = Image.new("L", (380, 160), 0)
    ImageDraw.Draw(soft).rounded_rectangle((50, 50, 330, 110), 30, fill=102)
    banner.paste((0, 0, 0), (14, 486), soft.filter(ImageFilter.GaussianBlur(12)))
    draw = ImageDraw.Draw(banner)
    draw.rounded_rectangle((64, 528, 344, 588), 30, fill="#ff5a3c")
    for line, (face, width, y) in _wrapped(said):
        draw.text((64, y), line, font=face, fill="white")
        assert width
    draw.text((204, 558), said["button"], font=_face(700, 22), fill="white", anchor="mm")
    for index in range(5):
        x = 64 + index * 30
        points = [
            (x + 13 + 13 * r * np.sin(np.pi * k / 5), 93 - 13 * r * np.cos(np.pi * k / 5))
            for k in range(10)
            for r in [1 if k % 2 == 0 else 0.45]
        ]
        draw.polygon(points, fill="#ffc53d")
    body = io.BytesIO()
    banner.convert("RGB").save(body, "JPEG", quality=QUALITY)
    return body.getvalue()


def _wrapped(said: dict[str, str]) -> list[tuple[str, tuple[ImageFont.FreeTypeFont, int, int]]]:
    found = []
    for name, weight, size, width, y in (
        ("title", 700, 54, 560, 120),
        ("subtitle", 400, 22, 480, 340),
        ("price", 800, 72, 380, 420),
    ):
        face, line = _face(weight, size), ""
        for word in said[name].split(" "):
            longer = f"{line} {word}".strip()
            if face.getlength(longer) > width and line:
                found.append((line, (face, width, y)))
                line, y = word, y + round(size * 1.2)
            else:
                line = longer
        found.append((line, (face, width, y)))
    return found


STYLE = """@font-face{font-family:I;src:url(data:font/ttf;base64,FONT);font-weight:100 900}
*{margin:0}body{width:1200px;height:628px;font-family:I;color:#fff;position:relative;overflow:hidden}
body>*{position:absolute}#photo{width:1200px;height:628px;object-fit:cover}
#shade{inset:0;background:linear-gradient(90deg,#0a0e23eb,#0a0e2300 68%)}
#title{left:64px;top:120px;width:560px;font:700 54px/1.2 I}
#subtitle{left:64px;top:340px;width:480px;font:400 22px/1.2 I}
#price{left:64px;top:420px;font:800 72px/1.2 I}#logo{left:996px;top:40px;width:140px}#stars{left:64px;top:80px}
#button{left:64px;top:528px;width:280px;height:60px;border-radius:30px;background:#ff5a3c;text-align:center;
font:700 22px/60px I;box-shadow:0 8px 24px #0006}"""
BANNER = """<img id=photo src="data:image/jpeg;base64,PHOTO"><div id=shade></div><div id=title>[title]</div>
<div id=subtitle>[subtitle]</div><div id=price>[price]</div><div id=button>[button]</div>
<img id=logo src="data:image/png;base64,LOGO"><svg id=stars width=150 height=26 fill="#ffc53d">STARS</svg>"""
SHOW = """async banner => {
  document.body.innerHTML = banner
  await document.fonts.ready
  await Promise.all([...document.images].map(one => one.decode()))
}"""


def chromium(stack: ExitStack) -> Callable[[int], bytes] | None:
    """A page that stays open and gets a new banner each time, photo and all; None where there is no browser."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if importlib.util.find_spec("playwright") is None or program is None:
        return None
    from playwright.sync_api import sync_playwright

    played = stack.enter_context(sync_playwright())
    browser = played.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
    stack.callback(browser.close)
    page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
    font = base64.b64encode((FONTS / "inter" / "Inter-Variable.ttf").read_bytes()).decode()
    page.set_content(f"<style>{STYLE.replace('FONT', font)}</style><body></body>", wait_until="load")
    path = "M13 0l4 9 9 1-7 6 2 10-8-5-8 5 2-10-7-6 9-1z"
    stars = "".join(f'<path transform="translate({30 * index})" d="{path}"/>' for index in range(5))
    fixed = BANNER.replace("STARS", stars).replace("PHOTO", base64.b64encode(photo()).decode())
    fixed = fixed.replace("LOGO", base64.b64encode(logo()).decode())

    def draw(row: int) -> bytes:
        banner = fixed
        for name, text in words(row).items():
            banner = banner.replace(f"[{name}]", text)
        page.evaluate(SHOW, banner)
        return bytes(page.screenshot(type="jpeg", quality=QUALITY))

    return draw


@dataclass(frozen=True, slots=True)
class Took:
    """Medians, in seconds."""

    processor: float
    wall: float


def medians(who: dict[str, Callable[[int], bytes]], rounds: int) -> dict[str, Took]:
    """Of a banner each, all candidates in turn: what else the machine does meets all of them."""
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in who}
    for row in range(rounds + 2):
        for name, draw in who.items():
            began = time.process_time(), time.perf_counter()
            body = draw(row)
            spent = time.process_time() - began[0], time.perf_counter() - began[1]
            assert len(body) > 10_000, name
            if row >= 2:
                taken[name].append(spent)
    return {name: Took(*(statistics.median(one) for one in zip(*times, strict=True))) for name, times in taken.items()}


def _some(rows: range) -> int:
    return sum(len(ours(row)) for row in rows)


def two_workers_over_one(count: int) -> float:
    """How much more two processes make than one, on two cores."""
    context = multiprocessing.get_context("forkserver")
    seconds = []
    for workers in (1, 2):
        with concurrent.futures.ProcessPoolExecutor(workers, mp_context=context) as pool:
            list(pool.map(_some, [range(2)] * workers))
            began = time.perf_counter()
            list(pool.map(_some, [range(start, start + 10) for start in range(0, count, 10)]))
            seconds.append(time.perf_counter() - began)
    return seconds[0] / seconds[1]


def main() -> int:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 21
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, cores[:1])
    kept = RenderCache()
    pixels = np.asarray(Image.open(io.BytesIO(ours(0))).convert("RGBA"))[..., [2, 1, 0, 3]].copy()
    plain = Image.open(io.BytesIO(ours(0))).convert("RGB")

    def png_by_pillow(_: int) -> bytes:
        body = io.BytesIO()
        plain.save(body, "PNG")
        return body.getvalue()

    def our_png(_: int) -> bytes:
        return encode_png(Sheet(pixels, is_opaque=True, has_photo=True, quality=QUALITY))

    who: dict[str, Callable[[int], bytes]] = {
        "cold": ours,
        "warm": lambda row: ours(row, kept),
        "decode and encode": both_ends,
        "encode": lambda _: encoded(pixels),
        "pillow": by_pillow,
        "png": our_png,
        "png by pillow": png_by_pillow,
    }
    with ExitStack() as stack:
        browser = chromium(stack)
        if browser is not None:
            who["chromium"] = browser
        took = medians(who, rounds)
    os.sched_setaffinity(0, cores)
    spent = {name: one.processor for name, one in took.items()}
    rows = [
        ("cold over Pillow", spent["pillow"] / spent["cold"], COLD_OVER_PILLOW),
        ("decode and encode, as a part of cold", spent["decode and encode"] / spent["cold"], COLD_PART),
        ("encode, as a part of warm", spent["encode"] / spent["warm"], WARM_PART),
        ("PNG over Pillow", spent["png by pillow"] / spent["png"], PNG_OVER_PILLOW),
        ("bytes of Pillow's PNG over ours", len(png_by_pillow(0)) / len(our_png(0)), 1 / PNG_BYTES_MOST),
    ]
    if browser is not None:
        rows.append(("cold over Chromium", took["chromium"].wall / took["cold"].wall, COLD_OVER_CHROMIUM))
        rows.append(("warm over Chromium", took["chromium"].wall / took["warm"].wall, WARM_OVER_CHROMIUM))
    if len(cores) > 1:
        rows.append(("two workers over one", two_workers_over_one(80), TWO_WORKERS))
    for name, one in took.items():
        own = "" if name == "chromium" else f"{one.processor * 1000:8.2f} ms of the processor"
        print(f"{name:38} {one.wall * 1000:8.2f} ms  {own}")
    for name, ratio, least in rows:
        print(f"{name:38} {ratio:8.2f}    at least {least:.2f}   {'holds' if ratio >= least else 'MISSED'}")
    print(json.dumps({name: round(ratio, 3) for name, ratio, _ in rows}))
    return 0 if all(ratio >= least for _, ratio, least in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
