"""Four homes for the listings: a flat-roofed house at dusk, a gabled one by day, a terrace in a street, a living room.

    python templates/artwork/houses.py
    python templates/artwork/houses.py --only villa --preview look

The gabled house and the street are also shot in other colours, so that a list of homes does not repeat itself.
Every picture keeps its subject in the middle half, since the formats crop to about 3:2 and to 1:1.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
import sdf
from gardens import bricks, clouded, crown, grass, hedge, leafy, lit_room, slats, tiles, tree
from sdf import Array, Field
from stills import Body, Camera, Light, Scene, block, bounded, flat, gradient_sky, mixed, plane, save, smooth

REPO = Path(__file__).resolve().parents[2]
FOLDER = Path("examples/listings/images")
WIDTH, HEIGHT = 960, 750


def villa() -> Scene:
    """Two white volumes with deep roofs, a timber wall, a pool that holds the evening sky."""
    wall, glow, frame = [], [], []
    # Ground floor: a long glass front under a slab; upper floor set to the right.
    wall += [
        block((-4.6, 2.30, -3.4), (4.4, 2.58, 0.75)),
        block((-4.4, -0.1, -3.2), (-3.9, 2.32, 0.35)),
        block((3.6, -0.1, -3.2), (4.1, 2.32, 0.35)),
        block((-0.6, 4.60, -3.4), (4.9, 4.86, 0.95)),
        block((-0.35, 2.5, -3.2), (0.05, 4.62, 0.55)),
        block((4.25, 2.5, -3.2), (4.65, 4.62, 0.55)),
        block((-4.8, -0.05, -0.2), (4.6, 0.10, 2.2)),
    ]
    glow += [block((-3.9, 0.1, -3.0), (0.6, 2.30, -0.15)), block((0.05, 2.58, -3.0), (4.25, 4.60, 0.05))]
    for x in (-3.9, -2.75, -1.6, -0.45, 0.62):
        frame.append(block((x - 0.03, 0.1, -0.16), (x + 0.03, 2.30, -0.06)))
    for x in (0.06, 1.46, 2.86, 4.24):
        frame.append(block((x - 0.03, 2.58, 0.04), (x + 0.03, 4.60, 0.14)))
    frame += [block((-3.9, 2.22, -0.16), (0.6, 2.30, -0.06)), block((0.05, 4.52, 0.04), (4.25, 4.60, 0.14))]
    timber = block((0.65, 0.1, -3.0), (3.6, 2.30, 0.0))
    door = block((2.30, 0.1, -0.1), (3.10, 2.05, 0.04))
    lounge = sdf.union(
        block((-3.2, 0.1, 1.0), (-1.5, 0.42, 1.75), 0.06), block((-3.2, 0.1, 1.0), (-1.5, 0.78, 1.22), 0.06)
    )
    pool_edge = sdf.carve(block((-5.2, -0.3, 2.6), (2.6, 0.12, 5.1)), block((-4.95, -0.2, 2.85), (2.35, 0.3, 4.85)))
    water_box = block((-4.96, -0.3, 2.84), (2.36, 0.06, 4.86))

    def water(x: Array, y: Array, z: Array) -> Array:
        wave = np.sin(x * 2.6 + np.sin(z * 3.0)) * np.sin(z * 7.0 + x)
        return (water_box(x, y, z) - np.float32(0.0016) * wave) * np.float32(0.9)

    leaves, trunks = [], []
    for x, z, h, r, seed in (
        (-6.6, -2.5, 3.3, 1.6, 2),
        (6.6, -1.8, 3.0, 1.5, 7),
        (-9, -7, 4.2, 2.3, 4),
        (8.8, -7, 4.4, 2.4, 1),
        (1.5, -9, 4.6, 2.4, 12),
        (-3.2, -10, 5.0, 2.6, 15),
    ):
        crown_of, trunk = tree(x, z, h, r, seed)
        leaves.append(crown_of)
        trunks.append(trunk)
    for x, z, r in ((3.3, 1.4, 0.42), (4.9, 1.2, 0.5), (-5.3, 0.9, 0.55), (-4.9, 1.6, 0.35), (4.2, 2.3, 0.36)):
        leaves.append(crown(x, 0.25, z, r, x))
    sky = clouded("#f6b98a", "#4a6a9a", "#f7cdb4", 0.6)
    return Scene(
        [
            Body(plane(), grass("#3d5434", "#6f8a4c")),
            Body(sdf.union(*(bounded(w, (0, 2.4, -1), 6.4) for w in wall)), flat("#e9e2d8", 0.04)),
            Body(sdf.union(*glow), lit_room(4.4, 0.0), mirror=0.04, rough=0.2, glow=1.05),
            Body(bounded(sdf.union(*frame), (0.1, 2.4, 0), 5.0), "#26241f"),
            Body(timber, slats("#a8703f", "#6c4225")),
            Body(door, "#1e2a2c", mirror=0.03, rough=0.3),
            Body(lounge, "#d9cbb6"),
            Body(pool_edge, flat("#cfc4b2", 0.05)),
            Body(water, "#1a4f5a", mirror=0.20, rough=0.05),
            Body(sdf.union(*leaves), leafy("#1c2c1c", "#4a6235"), soft=0.1),
            Body(sdf.union(*trunks), "#3a2d24"),
        ],
        Light(
            sun=(-0.75, 0.34, 0.55),
            sun_colour="#ffb98a",
            power=0.55,
            softness=0.06,
            sky=sky,
            sky_colour="#a9b6d6",
            fill=0.62,
            bounce="#c9966a",
            reach=16,
            near=2.6,
        ),
        Camera((-5.4, 1.75, 13.5), (-0.2, 1.95, 0.0), 0.60),
        far=60,
    )


def prism(half_width: float, half_depth: float, foot: float, rise: float) -> Field:
    """A gable roof along x: its ridge ``rise`` above ``foot``."""
    length = float(np.hypot(half_depth, rise))
    ny, nz = np.float32(half_depth / length), np.float32(rise / length)

    def field(x: Array, y: Array, z: Array) -> Array:
        slope = (y - np.float32(foot + rise)) * ny + np.abs(z) * nz
        return np.maximum(np.maximum(slope, np.abs(x) - np.float32(half_width)), np.float32(foot) - y)

    return field


def cottage(wall: str, roof: tuple[str, str], door: str, mirrored: bool = False) -> Scene:
    """A gabled house with a porch, shutters and a hedge, in the light of ten in the morning."""
    body = sdf.union(block((-3.0, -0.1, -2.0), (3.0, 2.75, 2.0)), sdf.intersect(prism(3.0, 2.0, 2.7, 1.9), plane(9)))
    # A cross gable towards the street.
    gable = sdf.move(sdf.turn(prism(2.0, 1.25, 2.7, 1.5), 90), -1.35, 0, 0.75)
    wing = sdf.union(block((-2.6, -0.1, 0.0), (-0.1, 2.75, 2.75)), gable)
    roof_main = sdf.carve(prism(3.3, 2.42, 2.60, 2.22), prism(3.6, 2.20, 2.42, 2.06))
    outer = sdf.move(sdf.turn(prism(2.32, 1.58, 2.56, 1.82), 90), -1.35, 0, 0.75)
    inner = sdf.move(sdf.turn(prism(2.6, 1.40, 2.38, 1.66), 90), -1.35, 0, 0.75)
    roofs = sdf.union(
        sdf.carve(roof_main, sdf.move(sdf.turn(prism(2.3, 1.40, 2.38, 1.66), 90), -1.35, 0, 0.75)),
        sdf.carve(outer, inner),
    )
    glass, frame, shutter = [], [], []
    for x0, x1, y0, y1, z in (
        (-2.05, -0.65, 0.85, 2.1, 2.75),
        (1.75, 2.55, 0.95, 2.1, 2.0),
        (-1.75, -0.95, 2.85, 3.6, 2.75),
    ):
        glass.append(block((x0, y0, z - 0.1), (x1, y1, z + 0.015)))
        for bar in (x0, (x0 + x1) / 2, x1):
            frame.append(block((bar - 0.035, y0 - 0.04, z), (bar + 0.035, y1 + 0.04, z + 0.05)))
        for bar in (y0, (y0 + y1) / 2, y1):
            frame.append(block((x0 - 0.035, bar - 0.03, z), (x1 + 0.035, bar + 0.03, z + 0.05)))
        frame.append(block((x0 - 0.1, y0 - 0.12, z), (x1 + 0.1, y0 - 0.04, z + 0.12)))
        if y0 < 2:
            shutter.append(block((x0 - 0.43, y0 - 0.02, z), (x0 - 0.07, y1 + 0.02, z + 0.05)))
            shutter.append(block((x1 + 0.07, y0 - 0.02, z), (x1 + 0.43, y1 + 0.02, z + 0.05)))
    entrance = block((0.42, 0.12, 1.9), (1.22, 2.0, 2.04))
    frame += [
        block((0.32, 0.1, 1.9), (0.42, 2.1, 2.08)),
        block((1.22, 0.1, 1.9), (1.32, 2.1, 2.08)),
        block((0.32, 2.0, 1.9), (1.32, 2.1, 2.08)),
        block((0.05, 2.28, 1.9), (1.60, 2.40, 3.0)),
        block((1.42, 0.1, 2.82), (1.54, 2.3, 2.94)),
    ]
    steps = sdf.union(block((0.1, -0.1, 1.9), (1.6, 0.12, 3.0)), block((0.3, -0.1, 2.9), (1.4, 0.05, 3.4)))
    path = block((0.42, -0.2, 3.3), (1.28, 0.012, 9.0))
    chimney = block((1.5, 3.6, -0.5), (2.05, 5.35, 0.1))
    leaves, trunks = [], []
    for x, z, h, r, seed in (
        (4.9, 0.6, 2.7, 1.25, 3),
        (-5.0, -1.2, 3.3, 1.6, 6),
        (-8.2, -5, 4.0, 2.2, 9),
        (8.2, -5, 3.8, 2.1, 13),
        (3.0, -8, 4.4, 2.2, 17),
        (-2.5, -9, 4.0, 2.3, 21),
    ):
        crown_of, trunk = tree(x, z, h, r, seed)
        leaves.append(crown_of)
        trunks.append(trunk)
    for x, z, r in (
        (-2.3, 3.2, 0.42),
        (-1.55, 3.3, 0.36),
        (-0.75, 3.2, 0.40),
        (2.2, 2.5, 0.42),
        (2.9, 2.5, 0.36),
        (-3.0, 2.6, 0.46),
    ):
        leaves.append(crown(x, 0.22, z, r, x * 3))
    leaves += [hedge(-7.5, 0.0, 5.6, 6.05, 0.55), hedge(1.7, 7.5, 5.6, 6.05, 0.55)]
    side = -1 if mirrored else 1
    sky = clouded("#dfeaf2", "#6fa3d4", "#ffffff", 0.9)

    def flowers(x: Array, y: Array, z: Array) -> Array:
        bloom = sdf.speckle(x * 9, y * 9, z * 9, 0.30) * smooth(0.9, 0.5, y) * smooth(4.6, 4.2, z) * smooth(1.9, 2.3, z)
        return mixed(leafy("#2c4a22", "#7b9a4a")(x, y, z), "#f3e6f0", bloom)

    return Scene(
        [
            Body(plane(), grass("#4a7030", "#8cab52")),
            Body(sdf.union(bounded(body, (0, 2.2, 0), 4.6), bounded(wing, (-1.3, 2.2, 1.2), 3.3)), flat(wall, 0.05, 3)),
            Body(bounded(roofs, (0, 3.6, 0.3), 4.4), tiles(*roof)),
            Body(sdf.union(*glass), "#2b3c46", mirror=0.20, rough=0.05),
            Body(bounded(sdf.union(*frame), (0.1, 1.9, 2.5), 3.2), "#f7f4ec"),
            Body(sdf.union(*shutter, entrance), slats(door, door, "y", 14)),
            Body(sdf.union(steps, path), bricks("#b9a58d", "#a08d78", "#d9ccba")),
            Body(chimney, bricks("#a4563c", "#8a4530", "#c7b19d")),
            Body(sdf.union(*leaves), flowers, soft=0.2),
            Body(sdf.union(*trunks), "#5a4636"),
        ],
        Light(
            sun=(-0.55 * side, 0.72, 0.62),
            sun_colour="#fff0d4",
            power=0.92,
            softness=0.025,
            sky=sky,
            sky_colour="#b9d0ea",
            fill=0.42,
            bounce="#a9b07a",
            reach=16,
            near=2.4,
        ),
        Camera((3.6 * side, 1.7, 12.6), (0.15, 2.05, 0.0), 0.58),
        far=60,
    )


def terrace(fronts: tuple[str, ...]) -> Scene:
    """Town houses shoulder to shoulder, each painted differently, seen from across the street."""
    bodies: list[Body] = [Body(plane(), flat("#8f8b86", 0.10, 2))]
    frame, glass, trim = [], [], []
    clusters: dict[str, list[Field]] = {"frame": [], "glass": [], "trim": []}
    doors: list[tuple[Field, str]] = []
    width = 2.6
    for number, colour in enumerate(fronts):
        left = (number - len(fronts) / 2) * width
        top = 5.3 + 0.35 * ((number * 7) % 3)
        bodies.append(
            Body(
                bounded(block((left + 0.02, -0.1, -3), (left + width - 0.02, top, 0)), (left + 1.3, 2.6, -1.5), 3.9),
                flat(colour, 0.05, 4),
            )
        )
        trim.append(block((left - 0.02, top - 0.02, -0.4), (left + width + 0.02, top + 0.14, 0.14)))
        trim.append(block((left + 0.02, 1.92, -0.1), (left + width - 0.02, 2.02, 0.07)))
        for floor, (y0, y1) in enumerate(((0.62, 1.55), (2.40, 3.50), (4.00, 4.80))):
            for x0 in (left + 0.36, left + 1.52):
                x1 = x0 + 0.72
                if floor == 0 and x0 > left + 1:
                    continue
                glass.append(block((x0, y0, -0.1), (x1, y1, 0.012)))
                trim += [
                    block((x0 - 0.09, y0 - 0.10, -0.1), (x1 + 0.09, y0, 0.10)),
                    block((x0 - 0.07, y1, -0.1), (x1 + 0.07, y1 + 0.09, 0.06)),
                ]
                frame += [
                    block((x0 - 0.05, y0, -0.1), (x0, y1, 0.05)),
                    block((x1, y0, -0.1), (x1 + 0.05, y1, 0.05)),
                    block((x0, (y0 + y1) / 2 - 0.024, -0.08), (x1, (y0 + y1) / 2 + 0.024, 0.04)),
                    block(((x0 + x1) / 2 - 0.02, y0, -0.08), ((x0 + x1) / 2 + 0.02, y1, 0.035)),
                ]
        doors.append(
            (
                block((left + 1.55, 0.1, -0.2), (left + 2.20, 1.60, 0.02)),
                ("#26413c", "#7a2e2a", "#23324a", "#3a2a20", "#c08a2c")[number % 5],
            )
        )
        frame += [
            block((left + 1.47, 0.05, -0.1), (left + 1.55, 1.70, 0.06)),
            block((left + 2.20, 0.05, -0.1), (left + 2.28, 1.70, 0.06)),
            block((left + 1.47, 1.62, -0.1), (left + 2.28, 1.72, 0.10)),
        ]
        trim.append(block((left + 1.42, -0.1, -0.1), (left + 2.33, 0.10, 0.42)))
        # One ball a house: a ray asks only the house it is near.
        middle = (left + width / 2, 3.0, 0.0)
        for name, parts in (("frame", frame), ("glass", glass), ("trim", trim)):
            clusters[name].append(bounded(sdf.union(*parts), middle, 3.8))
            parts.clear()
    kerb = block((-12, -0.1, 0), (12, 0.05, 1.5))
    leaves, trunks = [], []
    for x, h, r, seed in ((-3.75, 2.3, 0.75, 3), (4.15, 2.4, 0.8, 8)):
        crown_of, trunk = tree(x, 1.1, h, r, seed)
        leaves.append(crown_of)
        trunks.append(trunk)
    for number in range(len(fronts)):
        leaves.append(crown((number - len(fronts) / 2) * width + 1.22, 0.34, 0.30, 0.20, number))
    pots = [
        block(
            ((n - len(fronts) / 2) * width + 1.06, 0.0, 0.14), ((n - len(fronts) / 2) * width + 1.38, 0.26, 0.46), 0.03
        )
        for n in range(len(fronts))
    ]
    bodies += [
        Body(kerb, bricks("#b8aea2", "#a59a8e", "#cfc6ba")),
        Body(sdf.union(*clusters["glass"]), "#33434c", mirror=0.22, rough=0.05),
        Body(sdf.union(*clusters["frame"]), "#f5f1e8"),
        Body(sdf.union(*clusters["trim"]), flat("#efe8db", 0.04)),
        *(Body(shape, colour, mirror=0.04, rough=0.2) for shape, colour in doors),
        Body(sdf.union(*leaves), leafy("#33522a", "#83a052"), soft=0.2),
        Body(sdf.union(*trunks), "#54443a"),
        Body(sdf.union(*pots), "#a9583c"),
    ]
    sky = clouded("#e6ecef", "#8db5da", "#ffffff", 0.8)
    return Scene(
        bodies,
        Light(
            sun=(0.62, 0.70, 0.52),
            sun_colour="#fff0d6",
            power=0.95,
            softness=0.025,
            sky=sky,
            sky_colour="#bfd2e8",
            fill=0.44,
            bounce="#b9a88e",
            reach=14,
            near=1.8,
        ),
        Camera((-1.6, 1.65, 13.6), (0.2, 2.72, 0.0), 0.50, shift=(0.0, 0.0)),
        far=50,
    )


def living() -> Scene:
    """A living room: sun through a wide window on an oak floor, a sofa, a lamp, a plant, a picture."""
    shell = sdf.union(plane(-3.0, "z"), plane(3.9, "x", -1), block((-4.1, 3.05, -3.2), (4.0, 3.3, 6.0)))
    # The window is a hole in the left wall, with bars.
    left = sdf.carve(block((-4.3, -0.2, -3.2), (-3.9, 3.3, 6.0)), block((-4.6, 0.35, -1.9), (-3.6, 2.65, 1.6)))
    bars = [block((-4.12, 0.35, z - 0.03), (-4.04, 2.65, z + 0.03)) for z in (-1.9, -0.73, 0.43, 1.6)]
    bars += [block((-4.12, y - 0.03, -1.9), (-4.04, y + 0.03, 1.6)) for y in (0.35, 1.55, 2.65)]
    sofa = [
        block((-1.9, 0.16, -2.55), (1.5, 0.50, -1.35), 0.09),
        block((-1.9, 0.2, -2.75), (1.5, 1.12, -2.38), 0.14),
        block((-2.15, 0.16, -2.7), (-1.78, 0.80, -1.32), 0.13),
        block((1.38, 0.16, -2.7), (1.75, 0.80, -1.32), 0.13),
    ]
    seats = [block((-1.78 + 1.57 * n, 0.44, -2.36), (-0.24 + 1.57 * n, 0.68, -1.30), 0.10) for n in range(2)]
    cushion = [
        sdf.move(sdf.turn(sdf.turn(sdf.box((0.30, 0.29, 0.10), 0.09), -16, "x"), turn), x, 0.93, -2.16)
        for x, turn in ((-1.45, 20),)
    ]
    second = [sdf.move(sdf.turn(sdf.turn(sdf.box((0.28, 0.27, 0.10), 0.09), -14, "x"), -18), 1.02, 0.92, -2.14)]
    legs = [sdf.rod((x, 0.2, z), (x, 0.0, z), 0.035) for x in (-1.95, 1.55) for z in (-2.55, -1.45)]
    table = [bounded(sdf.move(sdf.drum(0.62, 0.03, 0.02), 0.05, 0.40, -0.25), (0.05, 0.4, -0.25), 0.7)]
    table += [
        sdf.rod(
            (0.05 + 0.38 * np.cos(a), 0.40, -0.25 + 0.38 * np.sin(a)),
            (0.05 + 0.46 * np.cos(a), 0.0, -0.25 + 0.46 * np.sin(a)),
            0.028,
        )
        for a in (0.5, 2.6, 4.7)
    ]
    bowl = bounded(
        sdf.move(
            sdf.lathe(sdf.spline([(0.0, 0.03), (0.12, 0.03), (0.24, 0.10), (0.30, 0.20)]), 0.02), 0.18, 0.43, -0.2
        ),
        (0.18, 0.5, -0.2),
        0.4,
    )
    books = [
        block((-0.34, 0.43, -0.42), (-0.02, 0.49, -0.18), 0.008),
        block((-0.31, 0.49, -0.40), (-0.04, 0.54, -0.20), 0.008),
    ]
    rug = block((-2.1, 0.0, -1.9), (2.2, 0.025, 0.9), 0.01)
    stem = sdf.union(
        sdf.rod((2.55, 0.0, -2.3), (2.55, 1.75, -2.3), 0.022), sdf.move(sdf.drum(0.20, 0.02, 0.01), 2.55, 0.02, -2.3)
    )
    shade = bounded(
        sdf.move(sdf.lathe(np.array([(0.34, 1.62), (0.23, 2.02)]), 0.012), 2.55, 0, -2.3), (2.55, 1.8, -2.3), 0.5
    )
    picture, frame = block((-0.95, 1.45, -3.05), (0.55, 2.48, -2.965)), block((-1.0, 1.40, -3.05), (0.6, 2.53, -2.975))
    pot = bounded(
        sdf.move(sdf.lathe(sdf.spline([(0.0, 0.04), (0.22, 0.04), (0.29, 0.30), (0.30, 0.52)]), 0.03), -3.0, 0, -2.3),
        (-3.0, 0.3, -2.3),
        0.6,
    )
    rng = np.random.default_rng(3)
    blades = [
        bounded(
            sdf.rod(
                (-3.0, 0.45, -2.3),
                (
                    -3.0 + 0.75 * float(np.cos(a)) * float(s),
                    0.95 + 0.85 * float(s),
                    -2.3 + 0.55 * float(np.sin(a)) * float(s),
                ),
                0.05,
                0.012,
            ),
            (-3.0, 1.1, -2.3),
            1.3,
        )
        for a, s in zip(rng.uniform(0, 6.28, 16), rng.uniform(0.45, 1.1, 16), strict=True)
    ]

    def art(x: Array, y: Array, z: Array) -> Array:
        sun = smooth(0.262, 0.256, np.sqrt((x + 0.42) ** 2 + (y - 2.06) ** 2))
        hill = smooth(-0.004, 0.004, 1.82 + 0.12 * np.sin(x * 3.2 + 1) - y)
        near = smooth(-0.004, 0.004, 1.66 + 0.10 * np.sin(x * 4.1 + 3.4) - y)
        paper = mixed("#efe6d6", "#d08a4e", sun)
        paper = mixed(mixed(paper, "#8fa08c", hill), "#3f5a52", near)
        mat = np.maximum(np.abs(x + 0.2) - 0.62, np.abs(y - 1.965) - 0.40)
        return mixed(paper, "#faf6ee", smooth(0.0, 0.004, mat))

    def oak(x: Array, y: Array, z: Array) -> Array:
        plank = np.floor(z * 4.2)
        along = x * 0.45 + 0.37 * plank
        board = np.floor(along)
        tone = np.sin(plank * 12.9898 + board * 78.233) * 43758.547
        tone = tone - np.floor(tone)
        fibre = sdf.fractal(x * 3 + plank * 7, y, z * 40, 4)
        seam = smooth(0.5, 0.47, np.abs(z * 4.2 - plank - 0.5)) * smooth(0.5, 0.496, np.abs(along - board - 0.5))
        return (mixed("#c79b6b", "#94683f", tone * 0.5 + fibre * 0.7 - 0.2) * (0.6 + 0.4 * seam)[:, None]).astype(
            np.float32
        )

    def weave(x: Array, y: Array, z: Array) -> Array:
        stripe = smooth(0.40, 0.44, np.abs(np.mod(z * 1.4, 1) - 0.5))
        return mixed("#e9dfcd", "#c9a98a", stripe * 0.8 + 0.25 * sdf.noise(x * 40, y, z * 40))

    sky = gradient_sky((-1.0, "#8aa07a"), (-0.05, "#a9bd9a"), (0.05, "#eef3f2"), (1.0, "#cfe2f2"))
    return Scene(
        [
            Body(plane(), oak, mirror=0.03, rough=0.35),
            Body(shell, flat("#e7ddcc", 0.03, 2)),
            Body(sdf.union(left, *bars), flat("#efe8da", 0.02, 2)),
            Body(bounded(sdf.union(*sofa, *seats), (-0.2, 0.5, -2.0), 2.5), flat("#5f7468", 0.16, 26)),
            Body(sdf.union(*cushion), flat("#c98a4a", 0.12, 26)),
            Body(sdf.union(*second), flat("#e6d9c2", 0.12, 26)),
            Body(sdf.union(*legs, *table), slats("#8a5f3c", "#5f3d24", "x", 3.0)),
            Body(bowl, "#e9e0d0", mirror=0.05, rough=0.2),
            Body(sdf.union(*books), slats("#b4553a", "#33505a", "y", 17)),
            Body(rug, weave),
            Body(stem, "#b08d57", mirror=0.3, rough=0.25),
            Body(shade, "#ffe2b0", glow=0.75),
            Body(frame, "#6b4a30"),
            Body(picture, art),
            Body(pot, "#c9bda9"),
            Body(sdf.union(*blades), leafy("#2f5030", "#76985a"), soft=0.2),
        ],
        Light(
            sun=(-0.80, 0.33, 0.24),
            sun_colour="#ffdda6",
            power=1.9,
            softness=0.02,
            sky=sky,
            sky_colour="#f1ece4",
            fill=0.56,
            bounce="#d9bf98",
            reach=12,
            near=1.5,
        ),
        Camera((0.9, 1.45, 5.6), (-0.25, 1.18, -1.5), 0.62),
        far=24,
    )


WARM, GREY, SLATE = ("#a05c46", "#83442f"), ("#6d6a68", "#565352"), ("#4a5560", "#3b444e")
SCENES: dict[str, Callable[[], Scene]] = {
    "villa": villa,
    "cottage": lambda: cottage("#f1e9d8", WARM, "#3f6257"),
    "living": living,
    "terrace": lambda: terrace(("#d9b58e", "#8fa7a8", "#efe3cd", "#c27f63", "#a8b08a")),
    "farmhouse": lambda: cottage("#f6f3ec", SLATE, "#22303c", mirrored=True),
    "schoolhouse": lambda: cottage("#c9a58a", GREY, "#7a2e2a"),
    "mews": lambda: terrace(("#e7dccb", "#5f7486", "#d3a15a", "#e9e4da", "#8a5a4a")),
}


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Photograph the homes.")
    parser.add_argument("--only", nargs="+", choices=list(SCENES))
    parser.add_argument("--preview", type=Path, metavar="DIR", help="third-size pictures in DIR instead")
    arguments = parser.parse_args()
    scale = 3 if arguments.preview else 1
    for number, name in enumerate(arguments.only or SCENES):
        path = (arguments.preview or REPO / FOLDER) / f"{name}.jpg"
        save(SCENES[name]().shoot(WIDTH // scale, HEIGHT // scale), path, seed=20 + number, quality=78)


if __name__ == "__main__":
    main()
