"""Upright pictures of a coast for stories: sky, sea, headlands, and a light.

    python templates/artwork/shores.py

The upper half is calm. ``dusk`` is the design's own picture, which says nothing of any place; ``lighthouse`` and
``noon`` are what somebody would send.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image
from scenes import _fractal, _over, _ramp, _smooth
from sdf import Array
from studio import display, linear

REPO = Path(__file__).resolve().parents[2]
WIDTH, HEIGHT = 1188, 2112

HORIZON = 1.16
"""In widths of the picture from its top; the picture is 1.78 of them tall."""


def _plane(width: int) -> tuple[Array, Array]:
    """Square units: x from 0 to 1, y from 0 to as far as the picture goes."""
    height = round(width * HEIGHT / WIDTH)
    across = ((np.arange(width) + 0.5) / width).astype(np.float32)
    down = ((np.arange(height) + 0.5) / width).astype(np.float32)
    return np.meshgrid(across, down)


def _sky(x: Array, y: Array, stops: tuple[tuple[float, str], ...], sun: tuple[float, float], glow: str) -> Array:
    picture = _ramp(y, *stops)
    away = np.sqrt(((x - sun[0]) / 1.5) ** 2 + (y - sun[1]) ** 2)
    picture += (np.exp(-((away / 0.30) ** 2)) * 0.55 + np.exp(-((away / 0.09) ** 2)) * 0.5)[..., None] * linear(glow)
    # Clouds lie flatter the nearer they are to the horizon.
    far = 1 / (HORIZON + 0.10 - np.minimum(y, HORIZON))
    cloud = _fractal(x * 1.7 + far * 0.9, far * 2.3, 6, 3.0)
    wisps = _fractal(x * 3.0 + 5, y * 17, 5, 8.0)
    bank = _smooth(0.50, 0.78, cloud) * _smooth(0.30, 0.75, y) * _smooth(HORIZON, HORIZON - 0.14, y)
    lit = _smooth(0.55, 0.95, y)[..., None]
    shade = linear("#53627a") + (linear("#f3a78a") - linear("#53627a")) * lit
    picture = _over(picture, shade.astype(np.float32), bank * 0.42)
    return _over(picture, "#ffd3ac", _smooth(0.56, 0.80, wisps) * np.exp(-(((y - HORIZON + 0.10) / 0.07) ** 2)) * 0.5)


def _sea(x: Array, y: Array, stops: tuple[tuple[float, str], ...], sun_x: float, glint: str) -> Array:
    below = np.maximum(y - HORIZON, 1e-4)
    depth = 0.020 / (below + 0.012)
    picture = _ramp(y, *stops)
    swell = _fractal((x - 0.5) * depth * 9 + 3, depth * 46, 5, 11.0)
    picture *= (0.80 + 0.42 * _smooth(0.30, 0.72, swell))[..., None]
    ripple = _fractal((x - 0.5) * depth * 26, depth * 120, 4, 17.0)
    road = np.exp(-(((x - sun_x) / (0.045 + 0.30 * below)) ** 2))
    sparks = _smooth(0.54 - 0.10 * road, 0.66, ripple) * road * np.exp(-((below / 0.27) ** 2))
    return picture + (sparks * 1.15 + road * np.exp(-below / 0.05) * 0.35)[..., None] * linear(glint)


def _headland(
    x: Array, y: Array, crest: Array, foot: float, colour: str, haze: str, seed: float
) -> tuple[Array, Array]:
    """Where it is, and how it looks: lighter towards its foot, where the haze lies."""
    mask = _smooth(-0.0010, 0.0010, y - crest) * _smooth(0.0010, -0.0010, y - foot)
    height = np.clip((foot - y) / 0.10, 0, 1)
    rock = _fractal(x * 30 + seed, y * 46, 5, seed)
    body = linear(haze) + (linear(colour) - linear(haze)) * (0.45 + 0.55 * height)[..., None]
    return mask, (body * (0.82 + 0.36 * rock)[..., None]).astype(np.float32)


def _crest(x: Array, edge: float, top: float, foot: float, side: float, seed: float) -> Array:
    """A hill that falls into the sea at `edge`, to the right of it (`side` 1) or to the left (-1)."""
    along = np.clip((edge - x) * side / 0.42, 0, 1)
    rough = _fractal(x * 7 + seed, np.full_like(x, seed), 6) - 0.5
    rise = np.power(along, 0.55) * (1 + 0.65 * rough) + 0.10 * np.sin(along * 6.0 + seed) * along
    return foot - (foot - top) * rise


def _lighthouse(picture: Array, x: Array, y: Array, at: tuple[float, float], height: float) -> Array:
    left, foot = at
    up = (foot - y) / height
    half = height * (0.098 - 0.036 * np.clip(up, 0, 1))
    soft = 0.0007
    tower = _smooth(soft, -soft, np.abs(x - left) - half) * _smooth(-0.002, 0.002, up) * _smooth(0.802, 0.798, up)
    lit = 0.55 + 0.45 * _smooth(-1, 1, (x - left) / half)
    paint = linear("#d9d3cb") * lit[..., None]
    band = _smooth(0.24, 0.245, up) * _smooth(0.425, 0.42, up) + _smooth(0.60, 0.605, up) * _smooth(0.765, 0.76, up)
    paint = _over(paint.astype(np.float32), (linear("#9c4634") * lit[..., None]).astype(np.float32), band)
    picture = _over(picture, paint, tower)
    for low, high, wide, colour in (
        (0.795, 0.822, 0.105, "#20262e"),
        (0.822, 0.905, 0.050, "#ffedb8"),
        (0.905, 0.925, 0.072, "#20262e"),
    ):
        part = _smooth(soft, -soft, np.abs(x - left) - height * wide) * _smooth(low - 0.003, low, up)
        picture = _over(picture, colour, part * _smooth(high + 0.003, high, up))
    roof = _smooth(soft, -soft, np.abs(x - left) - height * 0.066 * (1 - np.clip((up - 0.92) / 0.08, 0, 1)))
    picture = _over(picture, "#20262e", roof * _smooth(0.918, 0.922, up) * _smooth(1.003, 0.997, up))
    lamp = foot - height * 0.865
    away = np.sqrt((x - left) ** 2 + (y - lamp) ** 2)
    picture += (np.exp(-((away / 0.016) ** 2)) * 1.1 + np.exp(-away / 0.05) * 0.30)[..., None] * linear("#ffe2a4")
    reach = np.abs(x - left)
    beam = np.exp(-(((y - lamp - 0.02 * (x - left)) / (0.003 + 0.055 * reach)) ** 2)) * np.exp(-reach / 0.34)
    return picture + (beam * _smooth(0.010, 0.05, reach))[..., None] * linear("#ffe2a4") * 0.20


SKY = ((0.0, "#12243a"), (0.40, "#1e3d57"), (0.72, "#4b6580"), (0.96, "#c08a88"), (1.10, "#f0ae85"), (1.16, "#f7c795"))
SEA = ((HORIZON, "#d79b80"), (HORIZON + 0.05, "#7d7b89"), (HORIZON + 0.22, "#2c465d"), (1.78, "#0b1a28"))


def dusk(width: int) -> Array:
    """Sky and sea, and nothing that is anywhere."""
    x, y = _plane(width)
    sky = _sky(x, y, SKY, (0.62, HORIZON - 0.02), "#ffb27a")
    sun = np.sqrt((x - 0.62) ** 2 + (y - HORIZON + 0.022) ** 2)
    sky = _over(sky, "#fff0d2", _smooth(0.0505, 0.0485, sun))
    return _over(sky, _sea(x, y, SEA, 0.62, "#ffc593"), _smooth(-0.0008, 0.0008, y - HORIZON))


def lighthouse(width: int) -> Array:
    """The same evening from the other side of the bay: two headlands, and a light on the nearer one."""
    x, y = _plane(width)
    sky = _sky(x, y, SKY, (0.30, HORIZON - 0.02), "#ff9f78")
    picture = _over(sky, _sea(x, y, SEA, 0.30, "#ffb48a"), _smooth(-0.0008, 0.0008, y - HORIZON))
    far = _crest(x, 0.20, HORIZON - 0.055, HORIZON + 0.003, -1, 5.0)
    picture = _over(picture, *reversed(_headland(x, y, far, HORIZON + 0.004, "#6a6f86", "#b98f8d", 5.0)))
    # The tower stands behind the crest, so that its foot is hidden.
    picture = _lighthouse(picture, x, y, (0.735, HORIZON - 0.070), 0.235)
    near = _crest(x, 0.46, HORIZON - 0.150, HORIZON + 0.055, -1, 9.0)
    picture = _over(picture, *reversed(_headland(x, y, near, HORIZON + 0.056, "#1f2f3f", "#3c4a5b", 9.0)))
    foam = _fractal(x * 40, y * 160, 4, 2.0) * np.exp(-(((y - HORIZON - 0.058) / 0.006) ** 2)) * _smooth(0.44, 0.52, x)
    return picture + foam[..., None] * linear("#cfd3d8") * 0.5


def noon(width: int) -> Array:
    """The bay in hard light, pale all over: what a scrim is for."""
    x, y = _plane(width)
    stops = ((0.0, "#9cc7e0"), (0.7, "#cfe4ec"), (HORIZON, "#f3f2e8"))
    sky = _sky(x, y, stops, (0.7, 0.3), "#ffffff")
    water = ((HORIZON, "#a9d5d6"), (HORIZON + 0.20, "#5fb0b8"), (1.50, "#9fd0c4"), (1.78, "#efe3c8"))
    picture = _over(sky, _sea(x, y, water, 0.6, "#ffffff"), _smooth(-0.0008, 0.0008, y - HORIZON))
    hill = _crest(x, 0.62, HORIZON - 0.11, HORIZON + 0.01, -1, 14.0)
    return _over(picture, *reversed(_headland(x, y, hill, HORIZON + 0.011, "#5f7f62", "#a9bfb0", 14.0)))


SCENES: dict[str, tuple[Callable[[int], Array], Path]] = {
    "dusk": (dusk, Path("templates/story-motion/images")),
    "lighthouse": (lighthouse, Path("templates/artwork/out/shores")),
    "noon": (noon, Path("templates/artwork/out/shores")),
}


def _grained(picture: Array, seed: int, strength: float) -> Array:
    """Film grain, softer than a pixel. Without it smooth skies show bands."""
    noise = np.random.default_rng(seed).normal(0, strength / 255, picture.shape[:2]).astype(np.float32)
    soft = (noise + np.roll(noise, 1, 0) + np.roll(noise, 1, 1) + np.roll(noise, (1, 1), (0, 1))) / 2
    return display(np.maximum(picture, 0)) + soft[..., None]


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Paint the coasts.")
    parser.add_argument("--only", nargs="+", choices=sorted(SCENES))
    parser.add_argument("--out", type=Path, default=REPO, help="root to write below")
    parser.add_argument("--width", type=int, default=WIDTH)
    arguments = parser.parse_args()
    for number, name in enumerate(arguments.only or SCENES):
        paint, folder = SCENES[name]
        toned = _grained(paint(arguments.width), 70 + number, 1.1)
        path = arguments.out / folder / f"{name}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        pixels = (np.clip(toned, 0, 1) * 255 + 0.5).astype(np.uint8)
        Image.fromarray(pixels).save(path, quality=80, optimize=True, progressive=True)
        print(f"{path}: {path.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()
