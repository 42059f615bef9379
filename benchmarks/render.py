"""How fast is a banner, beside others that draw the same one in the same run?

python benchmarks/render.py [ROUNDS] [--keep FOLDER]

A design file of 1200 x 628 px (render_banner.py) through the general renderer, beside Pillow, Chromium, satori and
takumi (render_peers.py). Cold: each banner has a photo that nobody has seen, and nothing is kept but the fonts. Warm:
one photo for all, and what stands still is kept, as in a run; beside it a Chromium that keeps its photo too. All on one
core with all their processes, taking turns, medians of the rounds: only ratios count. Time is the processor's, so that
a busy machine changes little. A browser waits for its frames, which costs no processor and all the same keeps a banner
waiting: beside it, and for two workers beside one, the clock on the wall counts, and the machine should have nothing
else to do. `--keep` leaves the last pictures to look at. The exit code is 1 where a ratio is missed.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import io
import json
import multiprocessing
import os
import statistics
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import simplejpeg
from PIL import Image
from render_banner import HEIGHT, QUALITY, WIDTH, design, fonts, logo, photo, photo_of, words
from render_peers import Candidate, by_chromium, by_node, by_pillow

from bulkgen.render.banner import RenderCache, render_banner
from bulkgen.render.encoders import Sheet, encode_png

# (what, at least): from the bake-off before the renderer was written, with room for a busy machine.
COLD_OVER_CHROMIUM, WARM_OVER_CHROMIUM = 6.0, 20.0
COLD_OVER_PILLOW, COLD_OVER_SATORI, COLD_OVER_TAKUMI = 2.5, 9.0, 1.2
COLD_PART, WARM_PART = 0.60, 0.40
PNG_OVER_PILLOW, PNG_BYTES_MOST = 15.0, 1.15
TWO_WORKERS = 1.7


def cold(row: int) -> bytes:
    return _ours(row, photo_of(row), None)


def warm(kept: RenderCache, row: int) -> bytes:
    return _ours(row, photo(), kept)


def _ours(row: int, picture: bytes, kept: RenderCache | None) -> bytes:
    elements = {name: {"payload": text} for name, text in words(row).items()}
    pictures = {"photo": picture, "logo": logo()}
    return render_banner(design(), "banner", elements, pictures, fonts(), quality=QUALITY, cache=kept).body


def both_ends(row: int) -> bytes:
    """What no renderer can do without: photo and logo in, at the sizes they are drawn, and the banner out."""
    mark = Image.open(io.BytesIO(logo())).convert("RGBa").reduce(2)
    assert len(mark.tobytes("raw", "BGRa"))
    pixels = simplejpeg.decode_jpeg(photo_of(row), "BGRA", min_width=WIDTH, min_height=HEIGHT)
    return encoded(np.ascontiguousarray(pixels[:HEIGHT]))


def encoded(pixels: Any) -> bytes:
    return bytes(simplejpeg.encode_jpeg(pixels, QUALITY, "BGRA", "420", fastdct=False))


@dataclass(frozen=True, slots=True)
class Took:
    """Medians, in seconds."""

    processor: float
    wall: float


def medians(who: dict[str, Candidate], rounds: int, keep: Path | None) -> dict[str, Took]:
    """Of a banner each, all candidates in turn: what else the machine does meets all of them."""
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in who}
    for row in range(rounds + 2):
        photo_of(row)
        for name, one in who.items():
            worked, began = one.clock(), time.perf_counter()
            body = one.draw(row)
            ended = time.perf_counter()
            spent = one.clock() - worked, ended - began
            assert len(body) > 10_000, name
            if row >= 2:
                taken[name].append(spent)
            if keep is not None and row == rounds + 1:
                (keep / f"{name}.{'png' if 'png' in name else 'jpg'}").write_bytes(body)
    return {name: Took(*(statistics.median(one) for one in zip(*times, strict=True))) for name, times in taken.items()}


def _some(rows: range) -> int:
    return sum(len(cold(row)) for row in rows)


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
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("rounds", nargs="?", type=int, default=21)
    parser.add_argument("--keep", type=Path, metavar="FOLDER")
    asked = parser.parse_args()
    if asked.keep is not None:
        asked.keep.mkdir(parents=True, exist_ok=True)
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, cores[-1:])
    kept = RenderCache()
    plain = Image.open(io.BytesIO(cold(0))).convert("RGB")
    pixels = np.asarray(plain.convert("RGBA"))[..., [2, 1, 0, 3]].copy()

    def png_by_pillow(_: int) -> bytes:
        body = io.BytesIO()
        plain.save(body, "PNG")
        return body.getvalue()

    def our_png(_: int) -> bytes:
        return encode_png(Sheet(pixels, is_opaque=True, has_photo=True, quality=QUALITY))

    who = {
        "cold": Candidate(cold),
        "warm": Candidate(lambda row: warm(kept, row)),
        "decode and encode": Candidate(both_ends),
        "encode": Candidate(lambda _: encoded(pixels)),
        "pillow": Candidate(by_pillow),
        "png": Candidate(our_png),
        "png by pillow": Candidate(png_by_pillow),
    }
    with ExitStack() as stack:
        # Started here, so that all their processes are on the core of this one.
        who |= by_chromium(stack) | by_node(stack)
        took = medians(who, asked.rounds, asked.keep)
    os.sched_setaffinity(0, cores)
    spent, waited = ({n: getattr(one, kind) for n, one in took.items()} for kind in ("processor", "wall"))
    rows: list[tuple[str, float, float | None]] = [
        ("cold over Pillow", spent["pillow"] / spent["cold"], COLD_OVER_PILLOW),
        ("decode and encode, as a part of cold", spent["decode and encode"] / spent["cold"], COLD_PART),
        ("encode, as a part of warm", spent["encode"] / spent["warm"], WARM_PART),
        ("PNG over Pillow", spent["png by pillow"] / spent["png"], PNG_OVER_PILLOW),
        ("bytes of Pillow's PNG over ours", len(png_by_pillow(0)) / len(our_png(0)), 1 / PNG_BYTES_MOST),
    ]
    if "takumi" in took:
        rows += [
            ("cold over satori, resvg, sharp", spent["satori, resvg, sharp"] / spent["cold"], COLD_OVER_SATORI),
            ("cold over takumi", spent["takumi"] / spent["cold"], COLD_OVER_TAKUMI),
            ("cold over takumi, its photo kept", spent["takumi, photo kept"] / spent["cold"], COLD_OVER_TAKUMI),
        ]
    if "chromium" in took:
        # The bounds are for like beside like; the other two say what keeping the photo makes of them.
        rows += [
            ("cold over Chromium", waited["chromium"] / waited["cold"], COLD_OVER_CHROMIUM),
            ("cold over Chromium, its photo kept", waited["chromium, photo kept"] / waited["cold"], None),
            ("warm over Chromium, its photo kept", waited["chromium, photo kept"] / waited["warm"], WARM_OVER_CHROMIUM),
            ("warm over Chromium", waited["chromium"] / waited["warm"], None),
        ]
    if len(cores) > 1:
        rows.append(("two workers over one", two_workers_over_one(80), TWO_WORKERS))
    for name, one in took.items():
        own = "" if "chromium" in name else f"{one.processor * 1000:8.2f} ms of the processor"
        print(f"{name:38} {one.wall * 1000:8.2f} ms  {own}")
    for name, ratio, least in rows:
        verdict = "" if least is None else f"at least {least:.2f}   {'holds' if ratio >= least else 'MISSED'}"
        print(f"{name:38} {ratio:8.2f}    {verdict}")
    print(json.dumps({name: round(ratio, 3) for name, ratio, _ in rows}))
    return 0 if all(least is None or ratio >= least for _, ratio, least in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
