"""Backgrounds for tickets: a night stage, hills at dawn, a gallery room - gradients, noise and little else.

    python templates/artwork/scenes.py

Each scene keeps a calm zone (dark or pale, said in its docstring) where a headline can stand.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
import sdf
from PIL import Image
from sdf import Array
from studio import display, grain, linear

REPO = Path(__file__).resolve().parents[2]
FOLDER = Path("templates/event-ticket/images")


def _plane(size: int) -> tuple[Array, Array]:
    """x to the right and y downwards, both 0-1."""
    at = ((np.arange(size) + 0.5) / size).astype(np.float32)
    return np.meshgrid(at, at)


def _smooth(edge0: float, edge1: float, value: Array) -> Array:
    t = np.clip((value - edge0) / (edge1 - edge0), 0, 1)
    return t * t * (3 - 2 * t)


def _ramp(value: Array, *stops: tuple[float, str]) -> Array:
    """A gradient through colours, interpolated in linear light."""
    colours = np.stack([linear(colour) for _, colour in stops])
    places = [place for place, _ in stops]
    return np.stack([np.interp(value, places, colours[:, c]) for c in range(3)], axis=-1).astype(np.float32)


def _fractal(x: Array, y: Array, octaves: int, seed: float = 0.0) -> Array:
    flat = [c.ravel().astype(np.float32) for c in (x, y, np.full_like(x, seed))]
    return sdf.fractal(*flat, octaves).reshape(x.shape)


def _over(picture: Array, colour: Array | str, mask: Array) -> Array:
    layer = linear(colour) if isinstance(colour, str) else colour
    return picture + (layer - picture) * mask[..., None]


def stage(size: int) -> Array:
    """Beams of coloured light through haze above a dark crowd. Dark all over, darkest at the foot."""
    x, y = _plane(size)
    picture = _ramp(y, (0.0, "#120a24"), (0.45, "#2a1140"), (0.78, "#4a1846"), (1.0, "#160a1e"))
    haze = _fractal(x * 3.2, y * 2.2, 5) * 0.6 + _fractal(x * 8 + 4, y * 6, 4, 5.0) * 0.4
    horizon = np.exp(-(((y - 0.80) / 0.20) ** 2)) * np.exp(-(((x - 0.5) / 0.52) ** 2))
    picture += horizon[..., None] * linear("#ff5a4a") * 0.75
    picture += (
        (np.exp(-(((y - 0.83) / 0.09) ** 2)) * np.exp(-(((x - 0.5) / 0.26) ** 2)))[..., None] * linear("#ffc48a") * 0.9
    )
    beams = (
        (0.14, -0.30, 0.030, "#ff4f6d", 0.9),
        (0.30, 0.22, 0.026, "#ff8a4c", 0.8),
        (0.44, -0.12, 0.024, "#e64bd0", 0.8),
        (0.57, 0.14, 0.026, "#ff6a5a", 0.85),
        (0.71, -0.24, 0.028, "#8a5bff", 0.95),
        (0.88, 0.26, 0.030, "#4f7bff", 0.8),
    )
    for foot, lean, width, colour, power in beams:
        travel = 0.84 - y
        centre = foot + lean * travel
        spread = width * (0.35 + 2.4 * np.maximum(travel, 0))
        core = np.exp(-(((x - centre) / spread) ** 2))
        fade = _smooth(-0.02, 0.03, travel) * np.exp(-np.maximum(travel, 0) / 0.42)
        picture += (core * fade * (0.45 + 1.0 * haze) * power)[..., None] * linear(colour) * 0.62
        spot = np.exp(-(((x - foot) ** 2 + (y - 0.84) ** 2) / 0.00045)) + 0.25 * np.exp(
            -(((x - foot) ** 2 + (y - 0.84) ** 2) / 0.006)
        )
        picture += spot[..., None] * (linear(colour) * 0.6 + 0.4) * 1.2
    picture *= (0.80 + 0.40 * haze)[..., None]
    rng = np.random.default_rng(5)
    # Three rows of people, each nearer, larger and darker; now and then a raised arm.
    for row, (base, radius, count, colour) in enumerate(
        ((0.868, 0.017, 34, "#4a1838"), (0.905, 0.025, 23, "#280e28"), (0.955, 0.038, 15, "#0e0712"))
    ):
        soft = 0.0010 + 0.0008 * row
        mask = _smooth(-0.006, 0.006, y - base - radius * 2.1)
        for index in range(count):
            cx = (index + 0.5 + rng.uniform(-0.28, 0.28)) / count
            cy = base + rng.uniform(-0.55, 0.35) * radius
            r = radius * rng.uniform(0.88, 1.10)
            head = np.sqrt(((x - cx) / 0.84) ** 2 + (y - cy) ** 2) - r * 0.66
            body = np.sqrt(((x - cx) / 1.42) ** 2 + ((y - cy - r * 2.0) / 1.25) ** 2) - r * 1.08
            neck = np.maximum(np.abs(x - cx) - r * 0.34, np.abs(y - cy - r * 0.7) - r * 0.4)
            shape = np.minimum(np.minimum(head, neck), body)
            if rng.random() < 0.30:
                side = float(rng.choice([-1, 1]))
                elbow = (cx + side * r * rng.uniform(1.5, 1.9), cy + r * rng.uniform(-0.1, 0.4))
                hand = (elbow[0] - side * r * rng.uniform(0.1, 0.7), elbow[1] - r * rng.uniform(1.5, 2.1))
                shoulder = (cx + side * r * 1.15, cy + r * 1.35)
                for (ax, ay), (bx, by), w0, w1 in ((shoulder, elbow, 0.34, 0.26), (elbow, hand, 0.26, 0.18)):
                    t = np.clip(((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2), 0, 1)
                    bone = np.sqrt((x - ax - t * (bx - ax)) ** 2 + (y - ay - t * (by - ay)) ** 2)
                    shape = np.minimum(shape, bone - r * (w0 + (w1 - w0) * t))
                palm = np.sqrt(((x - hand[0]) / 0.85) ** 2 + (y - hand[1] + r * 0.1) ** 2) - r * 0.28
                shape = np.minimum(shape, palm)
            mask = np.maximum(mask, _smooth(soft, -soft, shape))
        picture = _over(picture, colour, mask)
    return picture


def hills(size: int) -> Array:
    """Ridges in morning haze under a pale sun. Calm and pale at the top, deep green-blue at the foot."""
    x, y = _plane(size)
    picture = _ramp(y, (0.0, "#7f9fb4"), (0.22, "#b5c2c2"), (0.42, "#ecd3b4"), (0.56, "#f4c39a"), (0.7, "#eeb08c"))
    sun = np.sqrt((x - 0.64) ** 2 + (y - 0.40) ** 2)
    picture += np.exp(-((sun / 0.24) ** 2))[..., None] * linear("#ffb27a") * 0.35
    picture = _over(picture, "#fff1d6", _smooth(0.0635, 0.0605, sun))
    cloud = _fractal(x * 2.2 + 7, y * 13, 5, 2.0)
    picture = _over(
        picture, "#fbe3cb", _smooth(0.54, 0.86, cloud) * _smooth(0.52, 0.12, np.abs(y - 0.26) + 0.10) * 0.55
    )
    ridges = (
        (0.50, 0.085, 1.6, "#c9a49a", 1.0),
        (0.565, 0.090, 2.1, "#a98f98", 4.0),
        (0.635, 0.085, 2.5, "#827d8e", 8.0),
        (0.715, 0.085, 2.9, "#5a6a79", 13.0),
        (0.805, 0.080, 3.3, "#365261", 19.0),
        (0.905, 0.070, 3.6, "#1d3a45", 27.0),
    )
    line_x = x[:1]
    for number, (base, swing, scale, colour, seed) in enumerate(ridges):
        shape = _fractal(line_x * scale + seed, np.full_like(line_x, seed), 6) - 0.5
        broad = np.sin(line_x * (3.1 + 0.7 * number) + seed) * 0.25
        crest = base - swing * (2.1 * shape + broad)
        hillside = crest
        if number >= 4:
            # Tree tops on the near ridges.
            trees = _fractal(line_x * (95 - 14 * (number - 4)), np.full_like(line_x, seed), 2)
            crest = crest - 0.016 * (number - 3) * np.maximum(trees - 0.38, 0)
        below = y - crest
        mask = _smooth(-0.0009, 0.0009, below)
        near = linear(colour)
        mist = linear("#f0c6a4") if number < 4 else linear("#8fa3a6")
        depth = np.exp(-np.maximum(y - hillside, 0) / (0.075 + 0.01 * number))[..., None]
        fill = near * depth + (near + (mist - near) * (0.62 - 0.07 * number)) * (1 - depth)
        picture = _over(picture, fill, mask)
    return picture


def gallery(size: int) -> Array:
    """A quiet room: plaster wall, window light falling across it, oak floor, one plinth. Pale, calm at the left."""
    x, y = _plane(size)
    floor_line = 0.80
    wall = _ramp(y, (0.0, "#d8c9b8"), (floor_line, "#e7dccd"))
    wall *= (0.90 + 0.10 * np.exp(-(((x - 0.35) / 0.6) ** 2)))[..., None]
    wall *= (0.97 + 0.06 * _fractal(x * 5, y * 5, 5))[..., None]
    # Light through a tall window of eight panes, slanting and softening with distance from its foot.
    slant = x + (y - 0.2) * 0.34
    tilt = y - x * 0.16
    left, right, top, bottom = 0.46, 0.90, 0.06, 0.60
    soft = 0.006 + 0.012 * np.clip(y, 0, 1)

    def band(value: Array, low: float, high: float) -> Array:
        a = np.clip((value - low + soft) / (2 * soft), 0, 1)
        b = np.clip((high - value + soft) / (2 * soft), 0, 1)
        return a * a * (3 - 2 * a) * b * b * (3 - 2 * b)

    light = np.zeros_like(x)
    for column in range(2):
        for row in range(3):
            width, height = (right - left) / 2, (bottom - top) / 3
            light = np.maximum(
                light,
                band(slant, left + column * width + 0.009, left + (column + 1) * width - 0.009)
                * band(tilt, top + row * height + 0.009, top + (row + 1) * height - 0.009),
            )
    leaves = _fractal(x * 9 + y * 3, y * 8, 4, 9.0)
    dapple = _smooth(0.42, 0.62, leaves)
    light *= 0.50 + 0.50 * dapple
    picture = wall * 0.80 + wall * light[..., None] * linear("#ffe2b4") * 0.55
    # Floor boards in perspective.
    below = np.maximum(y - floor_line, 1e-4)
    depth = 0.06 / (below + 0.05)
    across = (x - 0.45) * depth * 16
    board = np.floor(across + 0.5)
    tone = np.sin(board * 12.9898) * 43758.547
    tone = (tone - np.floor(tone)) * 0.16 + 0.90
    fibre = _fractal(across * 9, depth * 22 + board * 3.7, 4, 3.0)
    gap = np.abs(across + 0.5 - board - 0.5)
    seam = _smooth(0.5, 0.475, gap)
    boards = _ramp(y, (floor_line, "#a98a69"), (1.0, "#7d5f45")) * (tone * (0.82 + 0.34 * fibre))[..., None]
    boards *= (0.62 + 0.38 * seam)[..., None]
    sheen = np.exp(-(((x - 0.60 - (y - 0.8) * 0.5) / 0.26) ** 2)) * np.exp(-below / 0.10)
    boards += sheen[..., None] * linear("#ffdcae") * 0.22
    picture = _over(picture, boards, _smooth(-0.0006, 0.0006, y - floor_line))
    skirting = band_mask(y, floor_line - 0.024, floor_line, 0.0008)
    picture = _over(picture, picture * 0 + linear("#efe6da") * (0.78 + 0.25 * light[..., None]), skirting)
    picture *= (1 - 0.42 * np.exp(-np.abs(y - floor_line) / 0.012) * (y > floor_line))[..., None]
    # A plinth with a stone ring on it, lit from the left, its shadow running right.
    return _plinth(picture, x, y)


def band_mask(value: Array, low: float, high: float, soft: float) -> Array:
    """1 between two values, with soft edges."""
    return _smooth(low - soft, low + soft, value) * _smooth(high + soft, high - soft, value)


def _plinth(picture: Array, x: Array, y: Array) -> Array:
    left, right, top, foot = 0.645, 0.805, 0.585, 0.885
    shadow = (
        band_mask(y, foot - 0.030, foot + 0.010, 0.016) * _smooth(left - 0.02, left + 0.03, x) * _smooth(1.02, 0.78, x)
    )
    picture = picture * (1 - 0.50 * shadow[..., None])
    cast = band_mask(x - (0.80 - y) * 0.10, right - 0.03, right + 0.075, 0.028) * _smooth(0.50, 0.62, y) * (y < 0.80)
    picture = picture * (1 - 0.24 * cast[..., None])
    body = band_mask(x, left, right, 0.0008) * band_mask(y, top, foot, 0.0008)
    lit = 1.02 - 0.34 * _smooth(left, right, x) + 0.02 * _fractal(x * 40, y * 40, 3)
    lit *= 1 - 0.22 * _smooth(0.70, 0.90, y)
    picture = _over(picture, linear("#ecdcc4") * lit[..., None], body)
    edge = band_mask(y, top - 0.014, top, 0.0008) * band_mask(x, left, right, 0.0008)
    picture = _over(picture, linear("#fbeeda") * (1.04 - 0.16 * _smooth(left, right, x))[..., None], edge)
    # The ring: a torus seen from the front, shaded by its own normal.
    cx, cy, big, thick = 0.725, 0.478, 0.077, 0.030
    d = np.sqrt((x - cx) ** 2 + (y - cy) ** 2)
    q = (d - big) / thick
    inside = _smooth(1.02, 0.98, np.abs(q))
    nz = np.sqrt(np.clip(1 - q * q, 0, 1))
    nx, ny = q * (x - cx) / np.maximum(d, 1e-4), q * (y - cy) / np.maximum(d, 1e-4)
    key = np.clip(-0.60 * nx - 0.62 * ny + 0.50 * nz, 0, 1)
    fill = 0.30 + 0.12 * nx * 0 + 0.14 * np.clip(ny, 0, 1)
    stone = _fractal(x * 90, y * 90, 4, 6.0)
    ring = linear("#a4553c") * (fill + 1.05 * key)[..., None] * (0.86 + 0.28 * stone)[..., None]
    contact = np.exp(-(((x - cx) / 0.045) ** 2)) * band_mask(y, top - 0.016, top - 0.004, 0.006)
    picture = picture * (1 - 0.55 * contact[..., None])
    return _over(picture, ring.astype(np.float32), inside)


SCENES: dict[str, Callable[[int], Array]] = {"stage": stage, "hills": hills, "gallery": gallery}


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Paint the ticket backgrounds.")
    parser.add_argument("--only", nargs="+", choices=sorted(SCENES))
    parser.add_argument("--out", type=Path, default=REPO, help="root to write below")
    parser.add_argument("--size", type=int, default=1600)
    arguments = parser.parse_args()
    for number, name in enumerate(arguments.only or SCENES):
        light = SCENES[name](arguments.size)
        toned = display(np.maximum(light, 0)) + grain(arguments.size, 40 + number, 1.3)
        path = arguments.out / FOLDER / f"{name}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        pixels = (np.clip(toned, 0, 1) * 255 + 0.5).astype(np.uint8)
        Image.fromarray(pixels).save(path, quality=82, optimize=True, progressive=True)
        print(f"{path}: {path.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()
