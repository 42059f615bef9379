"""What stands around a house and on its walls: sky, lawn, trees and hedges; boards, tiles, bricks and lit windows.

Leaves are balls torn by waves, since noise would be most of the time a picture takes. ``houses`` puts all together.
"""

from __future__ import annotations

import numpy as np
import sdf
from sdf import Array, Field
from stills import Paint, block, bounded, gradient_sky, mixed, smooth


def clouded(low: str, high: str, cloud: str, cover: float) -> Paint:
    """A sky that is paler at the horizon, with thin clouds drawn out sideways."""
    base = gradient_sky((-0.2, low), (0.04, low), (0.22, mid(low, high)), (0.6, high))

    def sky(x: Array, y: Array, z: Array) -> Array:
        up = np.maximum(y, 0.03)
        shape = sdf.fractal(x / up * 0.55 + 3, y * 0 + 2, z / up * 0.9, 6)
        veil = smooth(0.50, 0.78, shape) * smooth(0.02, 0.22, y)
        return mixed(base(x, y, z), cloud, veil * cover)

    return sky


def mid(one: str, other: str) -> str:
    pairs = ((int(one[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{(a + b) // 2:02x}" for a, b in pairs)


def grass(dark: str, light: str) -> Paint:
    def paint(x: Array, y: Array, z: Array) -> Array:
        blades = sdf.fractal(x * 16, y * 16, z * 16, 3)
        mown = 0.5 + 0.5 * np.sin(x * 1.6 + z * 0.5)
        broad = sdf.fractal(x * 0.5, y, z * 0.5, 3)
        return mixed(dark, light, blades * 0.75 + mown * 0.12 + broad * 0.4 - 0.2)

    return paint


def leafy(dark: str, light: str) -> Paint:
    def paint(x: Array, y: Array, z: Array) -> Array:
        return mixed(dark, light, sdf.fractal(x * 7, y * 7, z * 7, 4) * 1.5 - 0.30)

    return paint


def slats(colour: str, second: str, axis: str = "x", pitch: float = 9.0) -> Paint:
    """Boards side by side, each with a tone of its own."""

    def paint(x: Array, y: Array, z: Array) -> Array:
        along = {"x": x + z, "y": y}[axis] * pitch
        board = np.floor(along)
        tone = np.sin(board * 12.9898) * 43758.547
        tone = tone - np.floor(tone)
        gap = smooth(0.5, 0.42, np.abs(along - board - 0.5))
        fibre = sdf.fractal(x * 3 + board, y * (3 if axis == "x" else 40), z * 3, 3)
        return (mixed(colour, second, tone * 0.6 + fibre * 0.6 - 0.15) * (0.45 + 0.55 * gap)[:, None]).astype(
            np.float32
        )

    return paint


def tiles(colour: str, second: str) -> Paint:
    """Roof tiles in courses, offset from row to row."""

    def paint(x: Array, y: Array, z: Array) -> Array:
        course = np.floor(y * 7.5)
        within = y * 7.5 - course
        tile = np.floor(x * 5.5 + z * 5.5 + 0.5 * course)
        tone = np.sin(tile * 12.9898 + course * 78.233) * 43758.547
        tone = tone - np.floor(tone)
        shade = 0.62 + 0.38 * smooth(0.0, 0.28, within)
        return (mixed(colour, second, tone) * shade[:, None]).astype(np.float32)

    return paint


def bricks(colour: str, second: str, mortar: str) -> Paint:
    def paint(x: Array, y: Array, z: Array) -> Array:
        course = np.floor(y * 11)
        along = (x + z) * 4.2 + 0.5 * np.mod(course, 2)
        brick = np.floor(along)
        tone = np.sin(brick * 12.9898 + course * 78.233) * 43758.547
        tone = tone - np.floor(tone)
        joint = smooth(0.44, 0.49, np.abs(y * 11 - course - 0.5)) + smooth(0.46, 0.49, np.abs(along - brick - 0.5))
        return mixed(mixed(colour, second, tone), mortar, np.clip(joint, 0, 1) * 0.6)

    return paint


def crown(x: float, y: float, z: float, radius: float, seed: float, squash: float = 1.0) -> Field:
    """The leaves of a tree or bush: a ball torn by noise."""
    r = np.float32(radius)

    shift = np.float32(seed)

    def field(px: Array, py: Array, pz: Array) -> Array:
        qx, qy, qz = px - np.float32(x), (py - np.float32(y)) / np.float32(squash), pz - np.float32(z)
        d = np.sqrt(qx * qx + qy * qy + qz * qz) - r
        # Waves instead of noise: leaves are most of what is marched, and nobody sees that they repeat.
        broad = np.sin(px * 2.9 / r + shift) * np.sin(py * 3.3 / r + shift * 2) * np.sin(pz * 3.1 / r)
        fine = np.sin(px * 13 + py * 5) * np.sin(py * 12 - pz * 6) * np.sin(pz * 14 + px * 4)
        tiny = np.sin(px * 31 - pz * 9) * np.sin(py * 33 + px * 8) * np.sin(pz * 29)
        return (d - r * np.float32(0.17) * broad - np.float32(0.09) * fine - np.float32(0.035) * tiny) * np.float32(
            0.55
        )

    return bounded(field, (x, y, z), radius * max(squash, 1) * 1.22 + 0.1)


def tree(x: float, z: float, height: float, radius: float, seed: float) -> tuple[Field, Field]:
    """Leaves and trunk."""
    leaves = sdf.union(
        crown(x, height, z, radius, seed),
        crown(x - radius * 0.55, height - radius * 0.4, z + 0.2, radius * 0.7, seed + 5),
        crown(x + radius * 0.6, height - radius * 0.25, z - 0.2, radius * 0.68, seed + 9),
    )
    trunk = sdf.blend(
        0.1,
        sdf.rod((x, -0.1, z), (x, height - radius * 0.3, z), 0.10, 0.06),
        sdf.rod((x, height * 0.45, z), (x + radius * 0.5, height, z), 0.06, 0.03),
        sdf.rod((x, height * 0.5, z), (x - radius * 0.5, height - 0.2, z), 0.05, 0.03),
    )
    return leaves, bounded(trunk, (x, height / 2, z), height * 0.75)


def hedge(x0: float, x1: float, z0: float, z1: float, height: float) -> Field:
    base = block((x0, -0.1, z0), (x1, height, z1), 0.12)

    def field(x: Array, y: Array, z: Array) -> Array:
        fine = np.sin(x * 11 + y * 5) * np.sin(y * 12 - z * 6) * np.sin(z * 13 + x * 4)
        tiny = np.sin(x * 31 - z * 9) * np.sin(y * 33 + x * 8) * np.sin(z * 29)
        return (base(x, y, z) - np.float32(0.06) * fine - np.float32(0.03) * tiny) * np.float32(0.6)

    return field


def lit_room(ceiling: float, floor: float, warm: str = "#ffc070", dim: str = "#8a4a20") -> Paint:
    """What a lit window shows: brighter under the ceiling, curtains, a picture on the wall."""

    def paint(x: Array, y: Array, z: Array) -> Array:
        up = smooth(floor, ceiling, y)
        fold = 0.5 + 0.5 * np.sin((x + z) * 26)
        curtain = smooth(0.62, 0.70, sdf.noise((x + z) * 0.9 + 7, y * 0, z * 0 + 1))
        glow = mixed(dim, warm, 0.25 + 0.75 * up)
        return mixed(glow, mixed("#d99a5c", "#ffd9a0", fold), curtain * 0.75)

    return paint
