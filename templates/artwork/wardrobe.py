"""Three pictures for new arrivals: a hat on a stone, a handbag on a plinth, folds of satin.

    python templates/artwork/wardrobe.py
    python templates/artwork/wardrobe.py --only hat --preview look

Hard light from the upper left, one family of colour a picture. The top and the foot are calm: there stand the words.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
import sdf
from sdf import Array, Field
from stills import Body, Camera, Light, Paint, Scene, bounded, flat, gradient_sky, mixed, save, smooth

REPO = Path(__file__).resolve().parents[2]
DESIGN = Path("templates/new-arrival/images")
OUT = Path("templates/artwork/out/wardrobe")
WIDTH, HEIGHT = 1200, 1840


def plaster(colour: str, second: str) -> Paint:
    """Limewash: broad clouds of tone, brushed."""

    def paint(x: Array, y: Array, z: Array) -> Array:
        broad = sdf.fractal(x * 0.9, y * 0.9, z * 0.9, 5)
        brush = sdf.fractal(x * 3.1 + y * 1.2, y * 2.4, z * 3.1, 4)
        return mixed(colour, second, broad * 1.1 + brush * 0.5 - 0.35)

    return paint


def set_light(sky: str, bounce: str, power: float = 1.0) -> Light:
    return Light(
        sun=(-0.66, 0.62, 0.72),
        sun_colour="#ffe9cc",
        power=power,
        softness=0.035,
        sky=gradient_sky((-1.0, bounce), (0.1, sky), (0.7, "#fff8ee"), (1.0, sky)),
        sky_colour=sky,
        fill=0.34,
        bounce=bounce,
        reach=9,
        near=1.8,
    )


def wall_and_floor(back: float = -2.1) -> Field:
    """A floor that turns up into the wall in a wide curve."""
    radius = np.float32(0.9)

    def field(x: Array, y: Array, z: Array) -> Array:
        wall, floor = z - np.float32(back), y
        corner = radius - np.sqrt(np.maximum(radius - wall, 0) ** 2 + np.maximum(radius - floor, 0) ** 2)
        return np.where((wall < radius) & (floor < radius), corner, np.minimum(wall, floor))

    return field


def hat() -> Scene:
    """A wide-brimmed felt hat leaning on a round stone."""
    crown = sdf.spline([(0.0, 0.70), (0.22, 0.72), (0.40, 0.66), (0.47, 0.48), (0.50, 0.20), (0.53, 0.03)])
    brim = sdf.spline([(0.53, 0.03), (0.62, -0.01), (0.92, 0.01), (1.22, 0.07)])
    felt = sdf.blend(0.05, sdf.lathe(crown, 0.022), sdf.lathe(brim, 0.017))

    def dented(x: Array, y: Array, z: Array) -> Array:
        pinch = (
            np.float32(0.15) * np.exp(-((x / 0.13) ** 2)) * np.exp(-(((z - 0.02) / 0.36) ** 2)) * smooth(0.35, 0.7, y)
        )
        wave = np.float32(0.075) * np.cos(np.arctan2(x, z) * 2) * smooth(0.5, 1.2, np.sqrt(x * x + z * z))
        return (felt(x, y + pinch + wave, z) * 0.72).astype(np.float32)

    def ribbon(x: Array, y: Array, z: Array) -> Array:
        r = np.sqrt(x * x + z * z)
        band = np.abs(r - np.float32(0.545) + (y - np.float32(0.1)) * np.float32(0.12)) - np.float32(0.012)
        return np.maximum(band, np.abs(y - np.float32(0.135)) - np.float32(0.085)) * np.float32(0.8)

    def placed(shape: Field) -> Field:
        tilted = sdf.turn(sdf.turn(sdf.turn(shape, 38), 62, "x"), -14, "z")
        return bounded(sdf.move(tilted, 0.02, 1.345, 0.34), (0.02, 1.345, 0.34), 1.45)

    stone = sdf.move(sdf.turn(sdf.ellipsoid((0.98, 0.86, 0.66)), 18), 0.10, 0.80, -0.55)
    plinth = sdf.move(sdf.drum(1.34, 0.12, 0.03), 0.05, 0.12, -0.1)
    pebble = sdf.move(sdf.ellipsoid((0.30, 0.20, 0.26)), -1.02, 0.42, 0.32)
    return Scene(
        [
            Body(wall_and_floor(), plaster("#a9573b", "#94452d")),
            Body(bounded(stone, (0.1, 0.8, -0.55), 1.2), plaster("#b8674a", "#a3543a")),
            Body(plinth, plaster("#b5634a", "#a05238")),
            Body(pebble, plaster("#c98467", "#b46a4e")),
            Body(placed(dented), flat("#e6cfae", 0.07, 30), soft=0.12),
            Body(placed(ribbon), flat("#4a1f18", 0.06, 40)),
        ],
        set_light("#e9c4ac", "#a9573b"),
        Camera((0.0, 1.55, 8.4), (0.0, 1.42, 0.0), 0.72, shift=(0.0, 0.025)),
        far=24,
    )


def bag() -> Scene:
    """A small structured handbag with a top handle and a brass lock."""

    def shell(x: Array, y: Array, z: Array) -> Array:
        flare = 1 + np.float32(0.13) * (0.5 - y) / 0.5
        return (
            sdf.box((0.86, 0.56, 0.30), 0.10)(x / flare, y, z / (flare + np.float32(0.18) * (0.4 - y))) * 0.75
        ).astype(np.float32)

    def flap(x: Array, y: Array, z: Array) -> Array:
        edge = np.float32(-0.16) - np.float32(0.20) * np.sqrt(np.clip(1 - (x / 0.98) ** 2, 0, 1))
        skin = shell(x * np.float32(0.985), y * np.float32(0.985), z * np.float32(0.93)) - np.float32(0.018)
        low = (edge - y) * np.float32(0.7)
        return np.maximum(np.maximum(skin, low), (np.float32(-0.12) - z) * np.float32(0.8))

    handle = sdf.tube(
        sdf.spline(
            [(-0.46, 0.50), (-0.47, 0.72), (-0.36, 1.02), (0.0, 1.17), (0.36, 1.02), (0.47, 0.72), (0.46, 0.50)]
        ),
        0.048,
    )
    rings = sdf.union(*(sdf.move(sdf.ring(0.075, 0.020, "z"), x, 0.60, 0.0) for x in (-0.465, 0.465)))
    plate = sdf.move(sdf.box((0.105, 0.125, 0.035), 0.03), 0, -0.33, 0.405)
    knob = sdf.move(sdf.drum(0.052, 0.035, 0.014, "z"), 0, -0.33, 0.455)

    def at(shape: Field, radius: float = 1.35) -> Field:
        return bounded(sdf.move(sdf.turn(shape, -15), 0.02, 1.40, 0.1), (0.02, 1.6, 0.1), radius)

    plinth = sdf.move(sdf.box((1.14, 0.42, 0.86), 0.015), 0.02, 0.42, 0.05)
    step = sdf.move(sdf.drum(0.62, 0.20, 0.012), -1.36, 0.20, 0.55)
    ball = sdf.move(sdf.ellipsoid((0.27, 0.27, 0.27)), -1.34, 0.67, 0.55)
    return Scene(
        [
            Body(wall_and_floor(), plaster("#5f6b52", "#535f47")),
            Body(plinth, plaster("#78846a", "#6c775e")),
            Body(step, plaster("#6f7b60", "#646f56")),
            Body(ball, plaster("#8a9579", "#7d886c")),
            Body(at(shell), flat("#7a2530", 0.05, 34), mirror=0.035, rough=0.34),
            Body(at(flap), flat("#842a36", 0.05, 34), mirror=0.04, rough=0.32),
            Body(at(handle, 1.4), flat("#842a36", 0.04, 30), mirror=0.04, rough=0.32),
            Body(at(sdf.union(rings, plate, knob), 1.4), "#c79b52", mirror=0.40, rough=0.2),
        ],
        set_light("#d9dcc8", "#5f6b52", 0.95),
        Camera((0.0, 1.75, 8.4), (0.0, 1.55, 0.0), 0.72, shift=(0.0, 0.025)),
        far=24,
    )


def satin(width: int, height: int) -> Array:
    """Folds of heavy satin falling across the whole picture, by slopes alone: nothing is marched."""
    # The smoothing wraps round; a rim is worked on and thrown away.
    rim = 40
    rows, columns = np.arange(-rim, height + rim) / width, np.arange(-rim, width + rim) / width
    y, x = np.meshgrid(rows, columns, indexing="ij")
    x, y = x.astype(np.float32), y.astype(np.float32)

    def noise(scale: float, seed: float, octaves: int = 2, stretch: float = 1.0) -> Array:
        at = ((x * scale + seed).ravel(), (y * scale * stretch).ravel(), np.full(x.size, seed, np.float32))
        return sdf.fractal(*at, octaves).reshape(x.shape)

    along = x * 0.92 + y * 0.42
    bend = (noise(1.3, 3) - 0.5) * 1.1 + (noise(2.4, 9) - 0.5) * 0.26
    phase = (along + bend * 0.55) * 2 * np.pi
    depth = 0.35 + 0.65 * noise(1.5, 21)
    rise = (
        0.052 * depth * (1 - np.abs(np.sin(phase * 1.15)) ** 1.4)
        + 0.024 * (1 - np.abs(np.sin(phase * 2.3 + bend * 4 + 1)) ** 1.2) * noise(1.9, 33)
        + 0.008 * np.sin(phase * 4.7 + bend * 9) * noise(2.5, 41)
    )
    for _ in range(3):
        for axis in (0, 1):
            rise = (np.roll(rise, 2, axis) + 2 * rise + np.roll(rise, -2, axis)) / 4
    slope_y, slope_x = np.gradient(rise, 1 / width)
    size = np.sqrt(slope_x**2 + slope_y**2 + 1)
    nx, ny, nz = -slope_x / size, slope_y / size, 1 / size
    diffuse = np.clip(-0.52 * nx + 0.50 * ny + 0.69 * nz, 0, 1)
    half = np.clip(-0.30 * nx + 0.29 * ny + 0.91 * nz, 0, 1)
    sheen = half**14 * 0.55 + half**70 * 0.45
    back = np.clip(0.75 * nx - 0.2 * ny + 0.35 * nz, 0, 1) ** 5 * 0.22
    colour = mixed("#6d2440", "#8d3552", (diffuse.ravel() - 0.2)).reshape(*x.shape, 3)
    hollow = np.clip(0.35 + rise / 0.055, 0.30, 1.0)
    light = colour * (0.10 + 0.95 * diffuse * hollow)[..., None]
    light = light + (sheen * hollow)[..., None] * mixed("#f0b7b4", "#fff0e6", sheen.ravel()).reshape(*x.shape, 3) * 0.46
    return (light + colour * back[..., None]).astype(np.float32)[rim:-rim, rim:-rim]


def march(scene: Callable[[], Scene]) -> Callable[[int, int], Array]:
    return lambda width, height: scene().shoot(width, height)


# Only what the design itself names lies in its folder, which is part of the package.
PICTURES: dict[str, tuple[Path, Callable[[int, int], Array]]] = {
    "hat": (OUT, march(hat)),
    "bag": (OUT, march(bag)),
    "satin": (DESIGN, satin),
}


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Photograph the new arrivals.")
    parser.add_argument("--only", nargs="+", choices=list(PICTURES))
    parser.add_argument("--preview", type=Path, metavar="DIR", help="quarter-size pictures in DIR instead")
    arguments = parser.parse_args()
    scale = 4 if arguments.preview else 1
    for number, name in enumerate(arguments.only or PICTURES):
        folder, picture = PICTURES[name]
        path = (arguments.preview or REPO / folder) / f"{name}.jpg"
        save(picture(WIDTH // scale, HEIGHT // scale), path, seed=40 + number, quality=78)


if __name__ == "__main__":
    main()
