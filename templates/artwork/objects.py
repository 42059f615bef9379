"""The dozen objects of the catalogue as signed-distance shapes.

Each function builds one ``Thing`` standing on ``y = 0``, about two units tall. Slots are named after what they
are made of or for ("body", "wood", "metal"), so that a colourway can fill them.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import sdf
from sdf import Field
from studio import Lamp, Part, Thing


def _line(*points: tuple[float, float]) -> np.ndarray:
    """Straight segments (every point a corner)."""
    return np.asarray(points, float)


def vase() -> Thing:
    """A thrown vase: narrow foot, full belly, short flaring neck."""
    profile = sdf.spline(
        [
            (0.0, 0.07),
            (0.36, 0.07),
            (0.36, 0.07),
            (0.52, 0.30),
            (0.69, 0.78),
            (0.56, 1.28),
            (0.27, 1.62),
            (0.235, 1.84),
            (0.33, 2.02),
        ]
    )
    return Thing([Part("body", sdf.lathe(profile, 0.045, ripple=0.0009, pitch=75))], elevation=14, height=0.62)


def mug() -> Thing:
    """A straight mug with rounded foot, a generous handle and coffee in it."""
    profile = sdf.spline(
        [(0.0, 0.06), (0.40, 0.06), (0.53, 0.10), (0.60, 0.24), (0.62, 0.5), (0.62, 0.8), (0.62, 1.16)]
    )
    handle = sdf.tube(
        sdf.spline([(0.58, 0.98), (0.82, 1.02), (1.02, 0.90), (1.05, 0.66), (0.93, 0.42), (0.60, 0.30)]),
        0.075,
        flatten=0.72,
    )
    wall = sdf.lathe(profile, 0.042)
    joined = sdf.blend(0.10, wall, handle)

    def body(x: sdf.Array, y: sdf.Array, z: sdf.Array) -> sdf.Array:
        # The handle and its fillet exist outside only: the inner wall stays smooth.
        inside = np.sqrt(x * x + z * z) < np.float32(0.62)
        return np.where(inside, wall(x, y, z), joined(x, y, z))

    coffee = sdf.move(sdf.drum(0.60, 0.02, 0.005), dy=0.96)
    return Thing([Part("body", sdf.turn(body, 28)), Part("drink", coffee)], elevation=20, height=0.54, width=0.62)


def bottle() -> Thing:
    """An insulated bottle: powder-coated body, bare steel collar, cap with a carrying loop."""
    body = sdf.spline(
        [
            (0.0, 0.045),
            (0.36, 0.045),
            (0.415, 0.06),
            (0.44, 0.12),
            (0.445, 0.3),
            (0.445, 0.9),
            (0.445, 1.38),
            (0.41, 1.56),
            (0.30, 1.70),
            (0.27, 1.78),
        ]
    )
    collar = _line((0.0, 1.80), (0.255, 1.80), (0.255, 1.86), (0.0, 1.86))
    cap = sdf.move(sdf.drum(0.315, 0.14, 0.05), dy=2.02)
    loop = sdf.tube(
        sdf.spline(
            [(-0.23, 2.10), (-0.235, 2.26), (-0.15, 2.385), (0.0, 2.41), (0.15, 2.385), (0.235, 2.26), (0.23, 2.10)]
        ),
        0.045,
        flatten=0.55,
    )
    return Thing(
        [
            Part("body", sdf.lathe(body, 0.04)),
            Part("metal", sdf.lathe(collar, 0.03)),
            Part("cap", sdf.blend(0.06, cap, sdf.turn(loop, -32))),
        ],
        elevation=11,
        height=0.64,
    )


def lamp() -> Thing:
    """A table lamp: gourd base in ceramic, brass neck, linen shade lit from inside."""
    base = sdf.spline(
        [
            (0.0, 0.05),
            (0.34, 0.05),
            (0.34, 0.05),
            (0.44, 0.14),
            (0.56, 0.42),
            (0.50, 0.72),
            (0.26, 0.95),
            (0.13, 1.07),
            (0.0, 1.10),
        ]
    )
    shade = _line((0.80, 1.36), (0.52, 2.26))
    inner = sdf.move(sdf.ellipsoid((0.13, 0.17, 0.13)), dy=1.70)
    neck = sdf.union(sdf.rod((0, 1.05, 0), (0, 1.60, 0), 0.045), sdf.move(sdf.drum(0.13, 0.035, 0.015), dy=1.15))
    return Thing(
        [
            Part("body", sdf.lathe(base, 0.05)),
            Part("metal", neck),
            Part("shade", sdf.lathe(shade, 0.014)),
            Part("bulb", inner),
        ],
        elevation=9,
        height=0.66,
        lamp=Lamp((0.0, 1.56, 0.0), "#ffc680", 0.16),
    )


def bowl() -> Thing:
    """A wide bowl on a foot ring with three lemons in it."""
    profile = sdf.spline([(0.0, 0.20), (0.28, 0.20), (0.62, 0.28), (0.95, 0.52), (1.12, 0.86), (1.17, 1.0)])
    foot = _line((0.36, 0.19), (0.34, 0.05))
    bowl_shape = sdf.blend(0.05, sdf.lathe(profile, 0.042, ripple=0.0007, pitch=60), sdf.lathe(foot, 0.045))
    fruit = sdf.blend(
        0.10,
        sdf.ellipsoid((0.37, 0.30, 0.30)),
        sdf.rod((0.30, 0, 0), (0.42, 0, 0), 0.075, 0.045),
        sdf.rod((-0.30, 0, 0), (-0.385, 0, 0), 0.08, 0.06),
    )
    lemons = sdf.union(
        sdf.move(sdf.turn(sdf.turn(fruit, 12, "z"), 35), -0.40, 0.66, 0.10),
        sdf.move(sdf.turn(sdf.turn(fruit, -16, "z"), -50), 0.34, 0.66, 0.26),
        sdf.move(sdf.turn(sdf.turn(fruit, 10, "z"), 100), 0.12, 0.74, -0.38),
    )
    leaf = sdf.intersect(sdf.ellipsoid((0.30, 0.05, 0.13)), sdf.move(sdf.ellipsoid((0.6, 0.6, 0.6)), dy=-0.56))
    leaf = sdf.move(sdf.turn(sdf.turn(leaf, 24, "z"), 150), 0.12, 1.07, -0.16)
    return Thing(
        [Part("body", bowl_shape), Part("fruit", lemons), Part("leaf", leaf)], elevation=22, height=0.5, width=0.70
    )


def chair() -> Thing:
    """A shell chair: one moulded seat, four splayed turned legs."""
    seat_line = sdf.spline(
        [
            (0.70, 0.80),
            (0.53, 0.965),
            (0.30, 1.0),
            (0.0, 0.965),
            (-0.26, 0.97),
            (-0.43, 1.10),
            (-0.52, 1.42),
            (-0.60, 1.78),
            (-0.66, 2.10),
        ]
    )

    def outline(x: sdf.Array, y: sdf.Array, z: sdf.Array) -> sdf.Array:
        up = np.clip((y - np.float32(1.0)) / np.float32(0.95), 0, 1)
        corner = np.float32(0.26)
        qx = np.abs(x) - (np.float32(0.60) - np.float32(0.09) * up) + corner
        qy = y - np.float32(1.94) + corner
        qz = z - np.float32(0.575) + corner
        outside = np.sqrt(np.maximum(qx, 0) ** 2 + np.maximum(qy, 0) ** 2 + np.maximum(qz, 0) ** 2)
        return outside + np.minimum(np.maximum(qx, np.maximum(qy, qz)), 0) - corner

    shell = sdf.sheet(seat_line, outline, 0.032, bend=0.16)
    legs = sdf.mirror(
        sdf.union(
            sdf.rod((0.30, 0.93, 0.30), (0.50, 0.03, 0.52), 0.052, 0.030),
            sdf.rod((0.30, 0.93, -0.24), (0.50, 0.03, -0.52), 0.052, 0.030),
        )
    )
    rails = sdf.union(
        sdf.rod((-0.33, 0.86, 0.31), (0.33, 0.86, 0.31), 0.028),
        sdf.rod((-0.33, 0.86, -0.25), (0.33, 0.86, -0.25), 0.028),
        sdf.mirror(sdf.rod((0.33, 0.80, 0.31), (0.33, 0.80, -0.25), 0.024)),
    )
    return Thing(
        [Part("body", sdf.turn(shell, -36)), Part("wood", sdf.turn(sdf.union(legs, rails), -36))],
        elevation=14,
        height=0.64,
    )


def headphones() -> Thing:
    """Over-ear headphones standing on their cups, turned three quarters."""
    arc = sdf.spline(
        [
            (-0.72, 0.78),
            (-0.76, 1.05),
            (-0.68, 1.45),
            (-0.42, 1.76),
            (0.0, 1.88),
            (0.42, 1.76),
            (0.68, 1.45),
            (0.76, 1.05),
            (0.72, 0.78),
        ]
    )
    band = sdf.tube(arc, 0.040, flatten=0.33)
    pad = sdf.tube(
        sdf.spline([(-0.52, 1.60), (-0.28, 1.755), (0.0, 1.80), (0.28, 1.755), (0.52, 1.60)]), 0.062, flatten=0.50
    )
    cup = sdf.blend(0.05, sdf.drum(0.47, 0.10, 0.07, axis="x"), sdf.move(sdf.drum(0.36, 0.14, 0.05, axis="x"), dx=0.05))
    cup = sdf.move(sdf.turn(cup, 5, "z"), 0.78, 0.50)
    cap = sdf.move(sdf.turn(sdf.ellipsoid((0.055, 0.265, 0.265)), 5, "z"), 0.955, 0.487)
    cushion = sdf.move(sdf.turn(sdf.ring(0.335, 0.135, axis="x", squash=0.85), 5, "z"), 0.605, 0.515)
    lining = sdf.move(sdf.turn(sdf.drum(0.36, 0.02, 0.01, axis="x"), 5, "z"), 0.665, 0.51)

    def stand(shape: Field) -> Field:
        return sdf.move(sdf.turn(shape, 38), dy=-0.026)

    return Thing(
        [
            Part("body", stand(sdf.union(band, sdf.mirror(cup)))),
            Part("pad", stand(sdf.union(pad, sdf.mirror(sdf.union(cushion, lining))))),
            Part("metal", stand(sdf.mirror(cap))),
        ],
        elevation=10,
        height=0.62,
    )


def teapot() -> Thing:
    """A round teapot with a low lid, tapering spout and ear handle."""
    body = sdf.spline(
        [(0.0, 0.07), (0.40, 0.07), (0.40, 0.07), (0.62, 0.20), (0.78, 0.52), (0.72, 0.84), (0.48, 1.06), (0.34, 1.11)]
    )
    lid = sdf.spline([(0.35, 1.135), (0.26, 1.175), (0.12, 1.215), (0.0, 1.225)])
    knob = sdf.blend(
        0.06, sdf.move(sdf.ellipsoid((0.105, 0.085, 0.105)), dy=1.36), sdf.rod((0, 1.22, 0), (0, 1.33, 0), 0.05)
    )
    path = sdf.spline([(-0.64, 0.42), (-0.88, 0.56), (-1.02, 0.80), (-1.20, 1.02)])
    taper = np.linspace(0.19, 0.07, len(path))
    spout = sdf.carve(
        sdf.tube(path, taper),
        sdf.rod((-1.12, 0.96, 0), (-1.32, 1.16, 0), 0.042, 0.06),
        radius=0.02,
    )
    handle = sdf.tube(
        sdf.spline([(0.58, 0.95), (0.86, 1.05), (1.10, 0.93), (1.14, 0.66), (0.98, 0.42), (0.70, 0.32)]),
        0.068,
        flatten=0.8,
    )
    shell = sdf.blend(0.10, sdf.lathe(body, 0.045), spout, handle)
    top = sdf.blend(0.04, sdf.lathe(lid, 0.035), knob)
    return Thing([Part("body", sdf.turn(shell, -16)), Part("lid", top)], elevation=16, height=0.52, width=0.68)


def candle() -> Thing:
    """Two pillar candles on a small tray with a finger ring; the tall one burns."""
    tray = sdf.blend(
        0.04,
        sdf.lathe(sdf.spline([(0.0, 0.05), (0.72, 0.05), (0.82, 0.08), (0.86, 0.19)]), 0.034),
        sdf.move(sdf.turn(sdf.ring(0.15, 0.036, axis="y"), -8, "z"), 1.03, 0.15, 0.18),
    )

    def pillar(radius: float, height: float) -> Field:
        block = sdf.move(sdf.drum(radius, height / 2, 0.045), dy=0.085 + height / 2)
        pool = sdf.move(sdf.ellipsoid((radius * 0.80, 0.075, radius * 0.80)), dy=0.085 + height + 0.01)
        return sdf.carve(block, pool, radius=0.06)

    tall = sdf.move(pillar(0.30, 1.40), -0.22, 0, -0.12)
    short = sdf.move(pillar(0.30, 0.78), 0.38, 0, 0.20)
    wicks = sdf.union(
        sdf.rod((-0.22, 1.42, -0.12), (-0.215, 1.58, -0.12), 0.014),
        sdf.rod((0.38, 0.82, 0.20), (0.40, 0.96, 0.20), 0.014),
    )
    flame = sdf.blend(
        0.10,
        sdf.move(sdf.ellipsoid((0.060, 0.085, 0.060)), -0.215, 1.64, -0.12),
        sdf.rod((-0.215, 1.66, -0.12), (-0.212, 1.86, -0.12), 0.045, 0.006),
    )
    return Thing(
        [Part("tray", tray), Part("wax", sdf.union(tall, short)), Part("wick", wicks), Part("flame", flame)],
        elevation=15,
        height=0.6,
        lamp=Lamp((-0.215, 1.70, -0.12), "#ffb765", 0.045),
    )


def planter() -> Thing:
    """A round-leaved plant in a pot on a saucer."""
    pot = sdf.spline([(0.0, 0.12), (0.36, 0.12), (0.36, 0.12), (0.42, 0.3), (0.50, 0.62), (0.53, 0.82)])
    saucer = sdf.spline([(0.0, 0.035), (0.48, 0.035), (0.58, 0.06), (0.62, 0.12)])
    soil = sdf.move(sdf.ellipsoid((0.50, 0.08, 0.50)), dy=0.70)
    rng = np.random.default_rng(12)
    stems: list[Field] = []
    leaves: list[Field] = []
    count = 15
    for index in range(count):
        share = (index + 0.5) / count
        angle = index * np.pi * (3 - np.sqrt(5)) + 0.4
        tilt = 0.10 + 0.95 * share
        length = 1.02 - 0.34 * share + rng.uniform(-0.05, 0.07)
        reach, rise = np.sin(tilt) * length, np.cos(tilt) * length
        tip = (reach * np.cos(angle), 0.74 + rise, reach * np.sin(angle))
        middle = (tip[0] * 0.38, 0.74 + rise * 0.62, tip[2] * 0.38)
        stems.append(sdf.rod((0.03 * np.cos(angle), 0.72, 0.03 * np.sin(angle)), middle, 0.017, 0.014))
        stems.append(sdf.rod(middle, tip, 0.014, 0.011))
        size = 0.255 - 0.05 * share + rng.uniform(-0.03, 0.03)
        blade = sdf.intersect(
            sdf.ellipsoid((size, 0.06, size * 0.94)), sdf.move(sdf.ellipsoid((size * 2.2,) * 3), dy=-size * 2.2 + 0.028)
        )
        lean = float(np.degrees(tilt)) * 0.55 + 14
        blade = sdf.turn(sdf.turn(blade, -lean, "z"), -float(np.degrees(angle)))
        leaves.append(sdf.move(blade, *tip))
    return Thing(
        [
            Part("body", sdf.lathe(pot, 0.045)),
            Part("saucer", sdf.lathe(saucer, 0.034)),
            Part("soil", soil),
            Part("stem", sdf.union(*stems)),
            Part("leaf", sdf.union(*leaves)),
        ],
        elevation=13,
        height=0.66,
        width=0.66,
    )


def clock() -> Thing:
    """A desk clock: round case, pale dial, two hands at ten past ten, a wooden foot."""
    case = sdf.carve(
        sdf.drum(0.92, 0.20, 0.07, axis="z"),
        sdf.move(sdf.drum(0.80, 0.10, 0.01, axis="z"), dz=0.22),
        radius=0.02,
    )
    dial = sdf.move(sdf.drum(0.81, 0.02, 0.005, axis="z"), dz=0.115)
    ticks: list[Field] = []
    for hour in range(12):
        half = 0.075 if hour % 3 == 0 else 0.04
        bar = sdf.box((0.016 if hour % 3 else 0.022, half, 0.008), 0.006)
        ticks.append(sdf.turn(sdf.move(bar, 0, 0.74 - half, 0.137), -30.0 * hour, "z"))

    def hand(length: float, width: float, degrees: float, lift: float) -> Field:
        bar = sdf.rod((0, -0.10, lift), (0, length, lift), width, width * 0.7)
        return sdf.turn(bar, -degrees, "z")

    hands = sdf.union(hand(0.42, 0.026, 305, 0.165), hand(0.60, 0.019, 60, 0.185))
    pin = sdf.move(sdf.drum(0.05, 0.04, 0.01, axis="z"), dz=0.19)
    foot = sdf.carve(
        sdf.move(sdf.box((0.50, 0.13, 0.26), 0.05), dy=-0.93), sdf.drum(0.925, 0.6, 0.01, axis="z"), radius=0.01
    )
    pose, lift = -20.0, 1.06

    def stand(shape: Field) -> Field:
        return sdf.move(sdf.turn(shape, -pose), dy=lift)

    return Thing(
        [
            Part("body", stand(case)),
            Part("dial", stand(dial)),
            Part("ink", stand(sdf.union(*ticks, hands))),
            Part("metal", stand(pin)),
            Part("wood", stand(foot)),
        ],
        elevation=9,
        height=0.58,
    )


def speaker() -> Thing:
    """A bookshelf speaker: rounded cabinet, fabric lower half, woofer, tweeter and a dial."""
    cabinet = sdf.box((0.66, 1.05, 0.56), 0.12)
    recess = sdf.move(sdf.box((0.585, 0.975, 0.05), 0.045), dz=0.575)
    chamber = sdf.union(
        sdf.move(sdf.drum(0.44, 0.20, 0.01, axis="z"), 0, -0.34, 0.58),
        sdf.move(sdf.drum(0.19, 0.10, 0.01, axis="z"), 0, 0.52, 0.58),
    )
    cabinet = sdf.carve(cabinet, recess, chamber, radius=0.02)
    baffle = sdf.move(sdf.box((0.58, 0.97, 0.03), 0.02), dz=0.515)
    woofer_hole = sdf.move(sdf.drum(0.44, 0.10, 0.01, axis="z"), 0, -0.34, 0.58)
    tweeter_hole = sdf.move(sdf.drum(0.19, 0.06, 0.01, axis="z"), 0, 0.52, 0.58)
    baffle = sdf.carve(baffle, woofer_hole, tweeter_hole, radius=0.02)

    cone_line = _line((0.0, 0.01), (0.16, 0.005), (0.37, 0.12))
    cone = sdf.move(sdf.turn(sdf.lathe(cone_line, 0.012), 90, "x"), 0, -0.34, 0.41)
    dust = sdf.move(sdf.ellipsoid((0.15, 0.15, 0.07)), 0, -0.34, 0.43)
    roll = sdf.move(sdf.ring(0.395, 0.038, axis="z"), 0, -0.34, 0.53)
    dome = sdf.move(sdf.ellipsoid((0.095, 0.095, 0.075)), 0, 0.52, 0.50)
    dome_roll = sdf.move(sdf.ring(0.13, 0.028, axis="z"), 0, 0.52, 0.515)
    rims = sdf.union(
        sdf.move(sdf.ring(0.452, 0.020, axis="z"), 0, -0.34, 0.548),
        sdf.move(sdf.ring(0.198, 0.015, axis="z"), 0, 0.52, 0.548),
    )
    pose = 26

    def stand(shape: Field) -> Field:
        return sdf.move(sdf.turn(shape, pose), dy=1.085)

    feet = sdf.mirror(sdf.mirror(sdf.move(sdf.drum(0.07, 0.05, 0.015), 0.48, -1.04, 0.38), "x"), "z")
    return Thing(
        [
            Part("body", stand(cabinet)),
            Part("baffle", stand(baffle)),
            Part("cone", stand(sdf.union(cone, dust, dome))),
            Part("rubber", stand(sdf.union(roll, dome_roll, feet))),
            Part("metal", stand(rims)),
        ],
        elevation=10,
        height=0.60,
    )


OBJECTS: dict[str, Callable[[], Thing]] = {
    "vase": vase,
    "mug": mug,
    "bottle": bottle,
    "lamp": lamp,
    "bowl": bowl,
    "chair": chair,
    "headphones": headphones,
    "teapot": teapot,
    "candle": candle,
    "planter": planter,
    "clock": clock,
    "speaker": speaker,
}


def still_life() -> Thing:
    """Plaster solids for a product without a photograph: plinth, arch, ball, cone."""
    arch = sdf.carve(
        sdf.union(
            sdf.move(sdf.box((0.52, 0.55, 0.20), 0.02), dy=0.55),
            sdf.move(sdf.drum(0.52, 0.20, 0.02, axis="z"), dy=1.10),
        ),
        sdf.union(
            sdf.move(sdf.box((0.26, 0.70, 0.4), 0.01), dy=0.40), sdf.move(sdf.drum(0.26, 0.4, 0.01, axis="z"), dy=1.10)
        ),
        radius=0.02,
    )
    solids = sdf.union(
        sdf.move(sdf.turn(arch, 14), -0.42, 0.0, -0.35),
        sdf.move(sdf.drum(0.44, 0.17, 0.025), 0.52, 0.17, 0.10),
        sdf.move(sdf.ellipsoid((0.34, 0.34, 0.34)), 0.52, 0.68, 0.10),
        sdf.move(sdf.ellipsoid((0.17, 0.17, 0.17)), -0.30, 0.17, 0.62),
    )
    return Thing([Part("body", solids)], elevation=12, height=0.50, width=0.56)
