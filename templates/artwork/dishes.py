"""Dishes on a table, for the recipe cards: a soup, a stack of pancakes, a lemon tart, and a plate that waits.

    python templates/artwork/dishes.py
    python templates/artwork/dishes.py --only soup --preview look

Light falls from a window at the upper left. The dish is in the middle, since the card crops to an arch.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
import sdf
from sdf import Array, Field
from stills import Body, Camera, Light, Paint, Scene, bounded, gradient_sky, mixed, plane, save, smooth

REPO = Path(__file__).resolve().parents[2]
DESIGN = Path("templates/recipe/images")
OUT = Path("templates/artwork/out/dishes")
WIDTH, HEIGHT = 1120, 1260

# A window at the upper left, seen again in glaze and soup.
WINDOW = gradient_sky((-1.0, "#6b5a48"), (0.0, "#a8967f"), (0.35, "#e6dccb"), (0.75, "#fffaf0"), (1.0, "#d9cfc0"))


def daylight(power: float = 1.0, softness: float = 0.11) -> Light:
    return Light(
        sun=(-0.62, 0.80, -0.30),
        sun_colour="#fff0d6",
        power=power,
        softness=softness,
        sky=WINDOW,
        sky_colour="#efe9e2",
        fill=0.46,
        bounce="#c9a884",
        reach=6,
        near=1.4,
    )


def above(elevation: float, lens: float, aim: float = 0.1, distance: float = 9.0) -> Camera:
    """A camera on a boom, looking down at the middle of the table."""
    e = np.radians(elevation)
    return Camera((0.0, aim + distance * np.sin(e), distance * np.cos(e)), (0.0, aim, 0.0), lens)


def cloth(colour: str, second: str) -> Paint:
    """A coarse linen weave with a few slubs."""

    def paint(x: Array, y: Array, z: Array) -> Array:
        warp = sdf.noise(x * 85, y * 9, z * 8)
        weft = sdf.noise(x * 8, y * 9, z * 85)
        broad = sdf.fractal(x * 1.3, y, z * 1.3, 3)
        return mixed(colour, second, 0.42 * warp + 0.42 * weft + 0.35 * (broad - 0.5))

    return paint


def boards(x: Array, y: Array, z: Array) -> Array:
    """Oiled oak, planks running away from the camera."""
    plank = np.floor(x * 0.72 + 0.5)
    tone = np.sin(plank * 12.9898 + 4) * 43758.547
    tone = tone - np.floor(tone)
    warp = sdf.fractal(x * 2.2 + plank * 5, y, z * 0.35, 3)
    ring = 0.5 + 0.5 * np.sin((x * 9 + warp * 9) * 2.0)
    fibre = sdf.fractal(x * 42, y, z * 2.0, 3)
    seam = smooth(0.5, 0.488, np.abs(x * 0.72 + 0.5 - plank - 0.5))
    colour = mixed("#b98a5a", "#7a5230", 0.30 * ring + 0.75 * (fibre - 0.35) + 0.28 * tone)
    return (colour * (0.35 + 0.65 * seam)[:, None]).astype(np.float32)


def glaze(colour: str, speck: str = "#6b5138", density: float = 0.22) -> Paint:
    """Stoneware: a calm glaze with iron specks."""

    def paint(x: Array, y: Array, z: Array) -> Array:
        dots = sdf.speckle(x * 22, y * 22, z * 22, density)
        tone = 0.95 + 0.10 * sdf.fractal(x * 3, y * 3, z * 3, 3)
        return (mixed(colour, speck, dots * 0.6) * tone[:, None]).astype(np.float32)

    return paint


def leaf(length: float, width: float) -> Field:
    """A cupped leaf along x, lying on y = 0."""
    outline = sdf.ellipsoid((length, 0.045, width))

    def field(x: Array, y: Array, z: Array) -> Array:
        bend = np.float32(0.30) * x * x - np.float32(0.9) * z * z
        ridge = np.float32(0.010) * np.sin(np.abs(z) * 60 - x * 34)
        return (
            outline(x, y + bend * np.float32(0.6) + ridge, z / np.clip(1 - np.float32(0.35) * x / length, 0.4, 1.6))
            * 0.6
        ).astype(np.float32)

    return field


def leaf_paint(dark: str = "#2c5a2a", light: str = "#6fa04a") -> Paint:
    def paint(x: Array, y: Array, z: Array) -> Array:
        return mixed(dark, light, sdf.fractal(x * 9, y * 9, z * 9, 3) * 0.9 - 0.05)

    return paint


def laid(shape: Field, x: float, y: float, z: float, heading: float, tilt: float = 0.0, roll: float = 0.0) -> Field:
    """Turned and put down; bounded by a ball, since there are many small things on a table."""
    turned = sdf.turn(sdf.turn(sdf.turn(shape, roll, "x"), tilt, "z"), heading)
    return bounded(sdf.move(turned, x, y, z), (x, y, z), 0.75)


def spoon(x: float, z: float, heading: float) -> Field:
    bowl = sdf.carve(
        sdf.ellipsoid((0.36, 0.10, 0.24)), sdf.move(sdf.ellipsoid((0.33, 0.11, 0.21)), 0, 0.055, 0), radius=0.02
    )
    handle = sdf.rod((0.30, 0.03, 0), (1.95, 0.06, 0), 0.045, 0.065)
    flat_handle: Field = lambda px, py, pz: handle(px, py * np.float32(1.6), pz) / np.float32(1.6)  # noqa: E731
    shape = sdf.turn(sdf.blend(0.12, bowl, flat_handle), heading)
    return bounded(sdf.move(shape, x, 0.17, z), (x, 0.1, z), 2.2)


def soup() -> Scene:
    """Roast tomato soup in a wide bowl: a spiral of cream, basil, pepper, bread."""
    profile = sdf.spline(
        [(0.0, 0.10), (0.55, 0.10), (0.95, 0.16), (1.28, 0.42), (1.42, 0.70), (1.62, 0.78), (1.86, 0.82)]
    )
    bowl = bounded(sdf.lathe(profile, 0.05, ripple=0.0012, pitch=40), (0, 0.45, 0), 2.05)
    pool = bounded(sdf.move(sdf.drum(1.36, 0.03, 0.012), dy=0.60), (0, 0.6, 0), 1.42)

    def surface(x: Array, y: Array, z: Array) -> Array:
        r, angle = np.sqrt(x * x + z * z), np.arctan2(z, x)
        wobble = (sdf.fractal(x * 2.4 + 3, y, z * 2.4, 3) - 0.5) * 0.34
        turns = (r + wobble) * 2.1 - angle / (2 * np.pi)
        line = np.abs(turns - np.floor(turns) - 0.5)
        width = 0.16 * smooth(1.02, 0.55, r) * smooth(0.05, 0.25, r) * (0.5 + sdf.noise(x * 5, y, z * 5))
        cream = smooth(0.05, -0.02, line - width) * smooth(1.00, 0.90, r)
        base = mixed("#c4431a", "#df6a26", sdf.fractal(x * 5, y, z * 5, 4) * 1.1 - 0.1)
        oil = smooth(0.63, 0.70, sdf.noise(x * 6.5 + 20, y, z * 6.5)) * smooth(1.25, 1.0, r)
        base = mixed(base, "#e98a1f", oil * 0.75)
        pepper = sdf.speckle(x * 16, y * 0, z * 16, 0.20)
        return mixed(mixed(base, "#fbeedd", cream * 0.92), "#2a1c14", pepper * 0.9)

    basil = sdf.union(
        laid(leaf(0.34, 0.19), 0.16, 0.69, -0.10, 20, 10),
        laid(leaf(0.30, 0.17), -0.20, 0.70, -0.05, 165, 12),
        laid(leaf(0.26, 0.15), 0.00, 0.72, 0.20, 262, 14),
        laid(leaf(0.17, 0.10), 0.03, 0.78, -0.02, 75, 10),
    )
    rng = np.random.default_rng(4)
    crumbs = []
    for angle in (28, 52, 74, 200, 226, 305):
        a, r = np.radians(angle), 0.86 + 0.10 * rng.random()
        cube = sdf.box((0.11, 0.10, 0.115), 0.045)
        crumbs.append(laid(cube, r * np.cos(a), 0.68, r * np.sin(a), rng.uniform(0, 90), rng.uniform(-14, 14), 8))

    def toast(x: Array, y: Array, z: Array) -> Array:
        return mixed("#e4b46a", "#8f5220", sdf.fractal(x * 11, y * 11, z * 11, 4) * 1.6 - 0.35)

    napkin = bounded(
        sdf.move(sdf.turn(sdf.box((1.25, 0.03, 1.75), 0.028), -24), 1.55, 0.03, 0.75), (1.55, 0, 0.75), 2.3
    )
    return Scene(
        [
            Body(plane(), boards),
            Body(napkin, cloth("#f0e2cb", "#d3bd9c")),
            Body(bowl, glaze("#ece2d2"), mirror=0.05, rough=0.16),
            Body(pool, surface, mirror=0.035, rough=0.14, soft=0.10),
            Body(basil, leaf_paint(), mirror=0.03, rough=0.5, soft=0.35),
            Body(sdf.union(*crumbs), toast, soft=0.1),
            Body(spoon(1.60, 1.42, -52), "#b9a27c", mirror=0.55, rough=0.18),
        ],
        daylight(1.02),
        above(58, 0.68, aim=0.15),
    )


def pancakes() -> Scene:
    """A stack of six on a plate, with butter, blueberries and syrup running down."""
    rng = np.random.default_rng(11)
    layers, top = [], 0.20
    for number in range(6):
        radius = 0.98 - 0.012 * number + rng.uniform(-0.02, 0.02)
        wave = rng.uniform(0, 6)

        def field(x: Array, y: Array, z: Array, radius: float = radius, wave: float = wave) -> Array:
            angle = np.arctan2(z, x)
            sag = 0.020 * np.sin(angle * 2 + wave) + 0.014 * np.sin(angle * 3 + 2 * wave)
            r = np.sqrt(x * x + z * z) * (1 + 0.018 * np.sin(angle * 3 + wave))
            q = np.sqrt(np.maximum(r - np.float32(radius - 0.085), 0) ** 2 + (y + sag * r) ** 2)
            return ((q - np.float32(0.082)) * np.float32(0.9)).astype(np.float32)

        layers.append(sdf.move(field, rng.uniform(-0.05, 0.05), top + 0.08, rng.uniform(-0.05, 0.05)))
        top += 0.158
    stack = bounded(sdf.union(*layers), (0, 0.65, 0), 1.28)

    def crust(x: Array, y: Array, z: Array) -> Array:
        r = np.sqrt(x * x + z * z)
        within = np.mod(y - 0.20, 0.158) / 0.158
        side = smooth(0.82, 0.97, r)
        pale = side * smooth(0.10, 0.32, within) * smooth(0.90, 0.68, within)
        brown = sdf.fractal(x * 3.2, y * 1.5, z * 3.2, 4)
        spots = smooth(0.45, 0.75, sdf.fractal(x * 9, y * 9, z * 9, 3))
        face = mixed("#c57f3c", "#8a4a1e", brown * 1.5 - 0.35 + 0.25 * spots)
        return mixed(face, mixed("#f0d090", "#dfb268", spots), pale)

    plate = sdf.spline([(0.0, 0.10), (0.9, 0.10), (1.12, 0.12), (1.45, 0.20), (1.62, 0.235)])
    syrup = [sdf.move(sdf.ellipsoid((0.60, 0.045, 0.54)), 0.03, top + 0.015, 0.06)]
    for angle, drop in ((62, 0.55), (98, 0.80), (128, 0.34), (28, 0.30), (160, 0.48)):
        a = np.radians(angle)
        c, s = float(np.cos(a)), float(np.sin(a))
        rim = (0.90 * c, top - 0.012, 0.90 * s)
        syrup += [
            sdf.rod((0.40 * c, top + 0.012, 0.40 * s), rim, 0.055, 0.05),
            sdf.rod(rim, (1.00 * c, top - 0.12, 1.00 * s), 0.05, 0.046),
            sdf.rod((1.00 * c, top - 0.12, 1.00 * s), (1.015 * c, top - drop, 1.015 * s), 0.044, 0.056),
        ]
    syrup.append(sdf.move(sdf.ellipsoid((0.34, 0.03, 0.22)), 0.10, 0.17, 1.16))
    amber = bounded(sdf.blend(0.10, *syrup), (0.05, 0.7, 0.1), 1.5)
    butter = laid(sdf.box((0.19, 0.085, 0.17), 0.045), -0.02, top + 0.115, 0.02, 28, 4)
    spots_xz = [(0.36, 0.10), (0.30, -0.20), (-0.36, 0.12), (-0.30, -0.20), (0.10, 0.36), (0.05, -0.34), (-0.20, 0.36)]
    berries = [
        laid(sdf.ellipsoid((0.125, 0.115, 0.125)), x, top + 0.125, z, 40 * i, 20, 10)
        for i, (x, z) in enumerate(spots_xz)
    ]
    for x, z in ((1.22, 0.62), (1.36, 0.40), (-1.26, 0.62), (-1.08, 0.92), (0.72, 1.20), (1.72, 1.10), (-1.9, 0.4)):
        berries.append(laid(sdf.ellipsoid((0.125, 0.118, 0.125)), x, 0.27 if abs(x) < 1.5 else 0.12, z, 50, 30, 5))

    def berry(x: Array, y: Array, z: Array) -> Array:
        return mixed("#232a4d", "#7280a8", sdf.fractal(x * 8, y * 8, z * 8, 3) * 1.2 - 0.25)

    return Scene(
        [
            Body(plane(), cloth("#e9cba0", "#d6b07c")),
            Body(bounded(sdf.lathe(plate, 0.045), (0, 0.2, 0), 1.8), glaze("#f3ece0", density=0.12), 0.05, 0.16),
            Body(stack, crust, soft=0.22),
            Body(amber, "#8a3a06", mirror=0.09, rough=0.10, soft=0.55),
            Body(butter, "#f7dc84", mirror=0.03, rough=0.4, soft=0.35),
            Body(sdf.union(*berries), berry, mirror=0.03, rough=0.45),
        ],
        daylight(0.98, 0.14),
        above(33, 0.475, aim=0.60),
    )


def tart() -> Scene:
    """A lemon tart with a fluted crust, slices of lemon, mint and sugar."""

    def shell(x: Array, y: Array, z: Array) -> Array:
        angle, r = np.arctan2(z, x), np.sqrt(x * x + z * z)
        flute = np.float32(0.035) * np.cos(angle * 44)
        wall = np.abs(r - np.float32(1.52) - flute - (y - np.float32(0.2)) * np.float32(0.22)) - np.float32(0.075)
        ring = np.maximum(wall, np.abs(y - np.float32(0.24)) - np.float32(0.20))
        base = np.maximum(r - np.float32(1.5), np.abs(y - np.float32(0.09)) - np.float32(0.05))
        return (np.minimum(ring, base) * np.float32(0.62)).astype(np.float32)

    def crust(x: Array, y: Array, z: Array) -> Array:
        brown = sdf.fractal(x * 5, y * 5, z * 5, 4) + 0.9 * (y - 0.25)
        return mixed("#e3b56f", "#a5682c", brown * 1.3 - 0.25)

    def curd(x: Array, y: Array, z: Array) -> Array:
        sugar = sdf.fractal(x * 34, y, z * 34, 3) * smooth(0.1, 0.9, sdf.fractal(x * 1.4 + 8, y, z * 1.4, 2))
        base = mixed("#f2b91b", "#f6cf4a", sdf.fractal(x * 2.5, y, z * 2.5, 4))
        return mixed(base, "#fff8ea", smooth(0.34, 0.52, sugar) * 0.75)

    curd_disc = bounded(sdf.move(sdf.drum(1.49, 0.05, 0.03), dy=0.31), (0, 0.31, 0), 1.55)
    places = [(0.36, -0.34, 0.40), (-0.12, -0.52, 0.38), (0.62, 0.10, 0.37), (0.20, 0.06, 0.39)]
    slices, tops = [], 0.385
    for number, (x, z, radius) in enumerate(places):
        disc = sdf.drum(radius, 0.028, 0.02)
        slices.append((laid(disc, x, tops + 0.012 * number, z, 30 * number, 5, -4), x, z, radius))

    def lemon(x: Array, y: Array, z: Array) -> Array:
        apart = np.stack([np.sqrt((x - cx) ** 2 + (z - cz) ** 2) / radius for _, cx, cz, radius in slices])
        # The uppermost slice that covers the point is the last of them.
        covering = np.where(apart < 1.03, np.arange(len(slices))[:, None], -1).max(axis=0)
        nearest = np.where(covering < 0, apart.argmin(axis=0), covering)
        r = np.take_along_axis(apart, nearest[None], 0)[0]
        centres = np.array([(cx, cz) for _, cx, cz, _ in slices])[nearest]
        angle = np.arctan2(z - centres[:, 1], x - centres[:, 0]) + nearest * 0.5
        spoke = np.abs(np.mod(angle * 9 / (2 * np.pi), 1) - 0.5)
        flesh = (
            smooth(0.10, 0.16, r) * smooth(0.84, 0.80, r) * smooth(0.47, 0.42, spoke + 0.02 / np.maximum(r, 0.1) * 0)
        )
        pulp = mixed("#f5c62c", "#fbe07a", sdf.fractal(x * 20, y, z * 20, 3))
        return mixed(mixed("#fdf3cf", pulp, flesh), "#efb50e", smooth(0.91, 0.95, r))

    mint = sdf.union(
        laid(leaf(0.27, 0.14), -0.46, 0.44, 0.16, 150, 10),
        laid(leaf(0.25, 0.13), -0.12, 0.45, 0.30, 330, 10),
        laid(leaf(0.22, 0.12), -0.24, 0.46, 0.02, 60, 12),
        laid(leaf(0.14, 0.08), -0.28, 0.50, 0.20, 240, 8),
    )
    whole = sdf.blend(
        0.12,
        sdf.ellipsoid((0.62, 0.47, 0.47)),
        sdf.rod((0.5, 0, 0), (0.70, 0, 0), 0.12, 0.06),
        sdf.rod((-0.5, 0, 0), (-0.66, 0, 0), 0.12, 0.09),
    )

    def zest(x: Array, y: Array, z: Array) -> Array:
        return mixed("#f3c31f", "#e0a50c", sdf.noise(x * 30, y * 30, z * 30) * 0.8)

    lemons = sdf.union(
        bounded(sdf.move(sdf.turn(whole, 40), 1.75, 0.47, -1.75), (1.75, 0.47, -1.75), 0.9),
        bounded(sdf.move(sdf.turn(whole, -28), -1.85, 0.47, 1.62), (-1.85, 0.47, 1.62), 0.9),
    )
    return Scene(
        [
            Body(plane(), cloth("#a9b59a", "#86957a")),
            Body(bounded(shell, (0, 0.2, 0), 1.8), crust, soft=0.12),
            Body(curd_disc, curd, mirror=0.03, rough=0.2, soft=0.25),
            Body(sdf.union(*(item[0] for item in slices)), lemon, mirror=0.03, rough=0.2, soft=0.35),
            Body(mint, leaf_paint("#2f6b36", "#7fb45c"), mirror=0.03, rough=0.5, soft=0.35),
            Body(lemons, zest, mirror=0.035, rough=0.32, soft=0.2),
        ],
        daylight(1.0),
        above(64, 0.60, aim=0.1),
    )


def table() -> Scene:
    """The picture of a recipe without a picture: a laid place, and nothing on the plate yet."""
    plate = sdf.spline([(0.0, 0.09), (0.95, 0.09), (1.12, 0.12), (1.42, 0.24), (1.60, 0.27)])
    napkin = bounded(sdf.move(sdf.turn(sdf.box((0.62, 0.04, 1.50), 0.035), -8), 1.72, 0.04, 0.10), (1.72, 0, 0.1), 1.75)
    sprig = sdf.union(
        laid(leaf(0.30, 0.15), 0.02, 0.19, -0.12, 62, 8),
        laid(leaf(0.27, 0.14), -0.16, 0.19, 0.10, 178, 8),
        laid(leaf(0.25, 0.13), 0.15, 0.19, 0.13, 306, 8),
    )
    return Scene(
        [
            Body(plane(), cloth("#ead9bf", "#d6bf9c")),
            Body(napkin, cloth("#b4573a", "#9a452b")),
            Body(
                bounded(sdf.lathe(plate, 0.045, ripple=0.001, pitch=40), (0, 0.2, 0), 1.8), glaze("#f1e9dc"), 0.05, 0.16
            ),
            Body(sprig, leaf_paint(), mirror=0.03, rough=0.5, soft=0.35),
            Body(spoon(1.66, -0.85, -90), "#b9a27c", mirror=0.55, rough=0.18),
        ],
        daylight(1.0),
        above(60, 0.66, aim=0.1),
    )


# Only what the design itself names lies in its folder, which is part of the package.
SCENES: dict[str, tuple[Path, Callable[[], Scene]]] = {
    "soup": (OUT, soup),
    "pancakes": (OUT, pancakes),
    "tart": (OUT, tart),
    "table": (DESIGN, table),
}


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Photograph the dishes.")
    parser.add_argument("--only", nargs="+", choices=list(SCENES))
    parser.add_argument("--preview", type=Path, metavar="DIR", help="third-size pictures in DIR instead")
    arguments = parser.parse_args()
    scale = 3 if arguments.preview else 1
    for number, name in enumerate(arguments.only or SCENES):
        folder, scene = SCENES[name]
        path = (arguments.preview or REPO / folder) / f"{name}.jpg"
        save(scene().shoot(WIDTH // scale, HEIGHT // scale), path, seed=number)


if __name__ == "__main__":
    main()
