"""How long does a page for a print shop take, and does the memory of a catalogue grow with its pages?

python benchmarks/print.py [PAGES]

A page of 148 x 105 mm at 300 dpi with a photo of two megapixels over all of it, a gradient, texts, a button with a
shadow, a code, crop marks: cold, so that nothing is kept but the fonts, and warm. Then catalogues of a tenth of PAGES
(200 without a number) and of all of them, an own photo of two megapixels on each page, each in a process of its own.
The time is the processor's. The exit code is 1 where a bound is missed.
"""

from __future__ import annotations

import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from bulkgen.render.banner import RenderCache, render_banner
from bulkgen.render.document import write_document
from bulkgen.render.failures import RenderError
from bulkgen.render.fonts import FontLibrary
from bulkgen.wire.design import Design, parse_design

FONTS = Path(__file__).parents[1] / "templates" / "fonts"
WIDTH, HEIGHT = 148, 105

PAGE_SECONDS_MOST = 0.3
# What the parser of the drawn pages keeps of each: some kilobytes, where a photo would be six megabytes.
GROWTH_MB_MOST = 25.0
FONT_FILES_MOST = 3


@cache
def pixels() -> np.ndarray:
    """Clouds of several sizes with grain on them: to an encoder, a photo."""
    rng = np.random.default_rng(11)
    picture = np.zeros((1200, 1750, 3), np.float32)
    for cells, strength in ((4, 120), (16, 60), (64, 30), (400, 14)):
        noise = Image.fromarray(rng.integers(0, 255, (cells * 2 // 3 + 1, cells, 3), np.uint8))
        picture += np.asarray(noise.resize((1750, 1200), Image.Resampling.BICUBIC), np.float32) * strength / 255
    return picture.clip(0, 255).astype(np.uint8)


def photo(number: int) -> bytes:
    body = io.BytesIO()
    Image.fromarray(np.roll(pixels(), number * 37, axis=1)).save(body, "JPEG", quality=90)
    return body.getvalue()


class Photos(Mapping[str, bytes | RenderError]):
    """Made when they are asked for, as a server would read them from its disk."""

    def __getitem__(self, reference: str) -> bytes:
        return photo(int(reference.removeprefix("photo-")))

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def layers() -> list[dict[str, Any]]:
    def layer(name: str, kind: str, box: tuple[float, float, float, float], **values: Any) -> dict[str, Any]:
        layout = dict(zip(("x", "y", "width", "height"), box, strict=True))
        attributes = [{"id": key, "value": value} for key, value in values.items()]
        return {"name": name, "type": kind, "layout": layout, "attributes": attributes}

    shade = "linear-gradient(0% 0% 68% 0%,0% cmyk(90,70,40,60) 0.92,100% cmyk(90,70,40,60) 0)"
    return [
        layer("root", "container", (0, 0, WIDTH, HEIGHT), background_color="#ffffff", display_crop_marks=True),
        layer("photo", "image", (0, 0, WIDTH, HEIGHT), image_url="photo-0"),
        layer("shade", "shape", (0, 0, WIDTH, HEIGHT), background_color=shade),
        layer("title", "text", (12, 20, 90, 30), payload="x", font_size=28, font_weight=700, color="#ffffff"),
        layer("body", "text", (12, 55, 70, 25), payload="Hand-thrown bases and linen shades. " * 4, font_size=9),
        layer("button", "button", (12, 85, 44, 11), payload="Shop the collection", font_size=9, color="#ffffff",
              background_color="cmyka(0,78,82,0)", border_radius=15, shadow_color="#00000066", shadow_blur=9),
        layer("code", "qrcode", (116, 73, 24, 24), payload="https://example.test/card/1"),
    ]  # fmt: skip


def card() -> Design:
    size = {"width": WIDTH, "height": HEIGHT, "unit": "mm", "dpi": 300, "bleed_size": 3, "safe_size": 5}
    body = {"id": "c", "type": "printer", "formats": [{"id": "card", "uid": "c", **size}], "elements": layers()}
    return parse_design(body)


def catalogue(pages: int) -> Design:
    names = [f"page_{number}" for number in range(1, pages + 1)]
    return parse_design(
        {
            "id": "k",
            "type": "printer_multipage",
            "dpi": 300,
            "bleed_size": 3,
            "pages": [{"id": name, "width": WIDTH, "height": HEIGHT, "unit": "mm"} for name in names],
            "elements_per_page": dict.fromkeys(names, layers()),
        }
    )


def fonts() -> FontLibrary:
    return FontLibrary([FONTS], installed=lambda: iter(()))


def page_seconds(rounds: int) -> tuple[float, float, int]:
    """Cold, warm, bytes."""
    known, library, made = RenderCache(), fonts(), card()
    pictures: Mapping[str, bytes | RenderError] = {"photo-0": photo(0)}
    taken: dict[bool, list[float]] = {True: [], False: []}
    size = 0
    for _ in range(rounds):
        for is_cold in (True, False):
            began = time.process_time()
            kept = RenderCache() if is_cold else known
            size = len(render_banner(made, "card", {}, pictures, library, cache=kept).body)
            taken[is_cold].append(time.process_time() - began)
    return statistics.median(taken[True]), statistics.median(taken[False]), size


def peak_mb() -> float:
    """Of this process alone: what `getrusage` says begins with the peak of the one that started it."""
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise OSError("/proc/self/status has no VmHWM")


def write(pages: int) -> None:
    """In this process: a catalogue, and what it took."""
    said = {
        f"page_{number}": {
            "photo": {"image_url": f"photo-{number}"},
            "title": f"Item {number}",
            "code": f"item {number}",
        }
        for number in range(1, pages + 1)
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "catalogue.pdf"
        began = time.process_time()
        write_document(path, catalogue(pages), said, Photos(), fonts(), cache=RenderCache(32 << 20))
        seconds = time.process_time() - began
        # Before the file is read, which is as large as it is.
        most_mb = peak_mb()
        body = path.read_bytes()
    print(json.dumps({"seconds": seconds, "mb": most_mb, "bytes": len(body), "fonts": body.count(b"/Length1")}))


def measured(pages: int) -> dict[str, float]:
    command = [sys.executable, __file__, "--write", str(pages)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env=os.environ | {"MALLOC_ARENA_MAX": "1"}
    )
    return dict(json.loads(done.stdout))


def main() -> int:
    if sys.argv[1:2] == ["--write"]:
        write(int(sys.argv[2]))
        return 0
    pages = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    cold, warm, size = page_seconds(7)
    print(f"a page cold {cold:6.3f} s   warm {warm:6.3f} s   {size:,} bytes")
    few, many = measured(max(pages // 10, 2)), measured(pages)
    for count, one in ((max(pages // 10, 2), few), (pages, many)):
        took = f"{one['seconds']:6.1f} s   {one['mb']:6.0f} MB of memory"
        print(f"{count:4} pages    {took}   {one['bytes'] / 1e6:6.1f} MB of file   {one['fonts']:.0f} font files")
    rows = [
        ("seconds of a page", cold, PAGE_SECONDS_MOST),
        ("MB more for ten times the pages", many["mb"] - few["mb"], GROWTH_MB_MOST),
        ("font files of a catalogue", many["fonts"], FONT_FILES_MOST),
    ]
    for name, value, most in rows:
        print(f"{name:34} {value:8.2f}    at most {most:.2f}   {'holds' if value <= most else 'MISSED'}")
    return 0 if all(value <= most for _, value, most in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
