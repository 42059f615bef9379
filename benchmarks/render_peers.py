"""Others that draw the banner of benchmarks/render.py: Pillow, Chromium, and what npm has.

Pillow draws it by hand, every size known beforehand. Chromium as a page that stays open (playwright and a Chromium, at
CHROMIUM or on the path). satori, resvg and sharp one after the other, and takumi, in one node that stays open
(render_peers.mjs): their packages from NODE_DIR, else installed once, in the versions below, into the user's cache.
Who is not there is left out, with a word. All take the photo as bytes that they did not see before, but for those that
are said to keep it.
"""

from __future__ import annotations

import base64
import importlib.util
import io
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import uharfbuzz as hb
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from render_banner import HEIGHT, INTER, QUALITY, WIDTH, logo, photo, photo_of, stars, words

NODE_PACKAGES = ("satori@0.63.2", "@resvg/resvg-js@2.6.2", "sharp@0.35.5", "@takumi-rs/core@2.16.3")
INSTALL_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Candidate:
    """`clock` gives the seconds that what draws has worked so far."""

    draw: Callable[[int], bytes]
    clock: Callable[[], float] = time.process_time


@cache
def _face(weight: int, size: int) -> ImageFont.FreeTypeFont:
    face = ImageFont.truetype(str(INTER), size)
    face.set_variation_by_axes([min(max(size, 14), 32), weight])
    return face


def by_pillow(row: int) -> bytes:
    """The same banner as a careful script would draw it, every size known beforehand."""
    said = words(row)
    picture = Image.open(io.BytesIO(photo_of(row)))
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
#price{left:64px;top:420px;font:800 72px/1.2 I}#logo{left:996px;top:40px;width:140px}
body>svg{left:64px;top:80px}
#button{left:64px;top:528px;width:280px;height:60px;border-radius:30px;background:#ff5a3c;text-align:center;
font:700 22px/60px I;box-shadow:0 8px 24px #0006}"""
BANNER = """<img id=photo src="data:image/jpeg;base64,PHOTO"><div id=shade></div><div id=title>[title]</div>
<div id=subtitle>[subtitle]</div><div id=price>[price]</div><div id=button>[button]</div>
<img id=logo src="data:image/png;base64,LOGO">STARS"""
SHOW = """async banner => {
  document.body.innerHTML = banner
  await document.fonts.ready
  await Promise.all([...document.images].map(one => one.decode()))
}"""


def by_chromium(stack: ExitStack) -> dict[str, Candidate]:
    """A page that stays open and gets the next banner's HTML. With a photo of the page before, it keeps it decoded.

    All its processes are on the core of ours, which they inherit.
    """
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if importlib.util.find_spec("playwright") is None or program is None:
        print("left out: Chromium (it needs playwright, and a program at CHROMIUM or on the path)")
        return {}
    from playwright.sync_api import sync_playwright

    played = stack.enter_context(sync_playwright())
    browser = played.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
    stack.callback(browser.close)
    page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
    style = STYLE.replace("FONT", base64.b64encode(INTER.read_bytes()).decode())
    page.set_content(f"<style>{style}</style><body></body>", wait_until="load")
    fixed = BANNER.replace("STARS", stars()).replace("LOGO", base64.b64encode(logo()).decode())

    def draw(row: int, body: bytes) -> bytes:
        banner = fixed
        for name, text in words(row).items():
            banner = banner.replace(f"[{name}]", text)
        page.evaluate(SHOW, banner.replace("PHOTO", base64.b64encode(body).decode()))
        return bytes(page.screenshot(type="jpeg", quality=QUALITY))

    # A browser waits for its frames: for whoever wants the banner, that is time like any other.
    return {
        "chromium": Candidate(lambda row: draw(row, photo_of(row)), time.perf_counter),
        "chromium, photo kept": Candidate(lambda row: draw(row, photo()), time.perf_counter),
    }


def _node_folder() -> Path | None:
    """With the packages in it."""
    given = os.environ.get("NODE_DIR")
    folder = Path(given or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "bulkgen-benchmarks")
    if shutil.which("node") is None or (not given and shutil.which("npm") is None):
        print("left out: satori and takumi (they need node and npm on the path)")
        return None
    mark = folder / "installed.json"
    if not given and (not mark.is_file() or json.loads(mark.read_text()) != list(NODE_PACKAGES)):
        folder.mkdir(parents=True, exist_ok=True)
        command = [
            "npm",
            "install",
            "--prefix",
            str(folder),
            "--no-save",
            "--no-package-lock",
            "--no-audit",
            "--no-fund",
        ]
        try:
            subprocess.run([*command, *NODE_PACKAGES], check=True, capture_output=True, timeout=INSTALL_SECONDS)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as fault:
            said = (fault.stderr or b"").decode(errors="replace").strip().splitlines()
            print(f"left out: satori and takumi (npm could not install them into {folder}: {(said or [fault])[0]})")
            return None
        mark.write_text(json.dumps(NODE_PACKAGES))
    return folder


def _cut(weight: int, size: int) -> bytes:
    """Inter at one weight and optical size: satori reads no variable fonts."""
    wanted = hb.SubsetInput()
    wanted.keep_everything()
    face = hb.Face(hb.Blob(INTER.read_bytes()))
    wanted.pin_axis_location(face, "wght", weight)
    wanted.pin_axis_location(face, "opsz", min(max(size, 14), 32))
    return bytes(wanted.subset(face).blob.data)


def by_node(stack: ExitStack) -> dict[str, Candidate]:
    """Asked by a line, answered by a line with the picture and what it took of the processor, all threads together."""
    packages = _node_folder()
    if packages is None:
        return {}
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    for name, body in (("photo.jpg", photo()), ("logo.png", logo()), ("stars.svg", stars().encode())):
        (folder / name).write_bytes(body)
    for weight, size in ((400, 22), (700, 54), (800, 72)):
        (folder / f"{weight}.ttf").write_bytes(_cut(weight, size))
    program = Path(__file__).with_name("render_peers.mjs")
    node = stack.enter_context(
        subprocess.Popen(["node", program, packages, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    )
    stack.callback(node.kill)
    asking, answering = node.stdin, node.stdout
    assert asking is not None
    assert answering is not None
    worked_seconds = 0.0

    def draw(who: str, row: int, *, is_same: bool = False) -> bytes:
        nonlocal worked_seconds
        size = {"width": WIDTH, "height": HEIGHT, "quality": QUALITY}
        asked = {"who": who, "row": row, "isSame": is_same, "words": words(row), **size}
        asking.write(json.dumps(asked).encode() + b"\n")
        asking.flush()
        answer: dict[str, Any] = json.loads(answering.readline() or b'{"fault": "node has ended"}')
        if "fault" in answer:
            raise RuntimeError(f"{who} cannot draw the banner: {answer['fault']}")
        worked_seconds += answer["worked_seconds"]
        return base64.b64decode(answer["body"])

    return {
        "satori, resvg, sharp": Candidate(lambda row: draw("satori", row), lambda: worked_seconds),
        "takumi": Candidate(lambda row: draw("takumi", row), lambda: worked_seconds),
        "takumi, photo kept": Candidate(lambda row: draw("takumi", row, is_same=True), lambda: worked_seconds),
    }
