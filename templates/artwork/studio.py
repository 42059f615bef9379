"""A photographic studio in numpy: camera, soft box, seamless sweep, materials.

The expensive part - where every pixel lands, which way the surface faces, how much of the soft box and of the
room it sees - is marched once per object (``expose``). Shading a colourway (``develop``) only multiplies
buffers, so five colours of a vase cost little more than one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import sdf
from numpy.typing import NDArray
from PIL import Image, ImageFilter
from sdf import Array, Field, Vector

KEY = np.array([-0.60, 0.68, 0.42], np.float32) / np.linalg.norm([-0.60, 0.68, 0.42]).astype(np.float32)
"""Direction of the soft box: upper left, a little towards the camera."""

KEY_RADIUS = 0.26
"""Half angle of the soft box in radians; large, so that shadows melt."""

FLOOR_KEY, FLOOR_SKY = 0.68, 0.32
"""Share of the light on the bare floor that comes from the soft box and from the room."""

CAMERA_DISTANCE = 10.0

STRIDE = 3
"""Light is marched at every third supersampled pixel: once a pixel of the finished picture."""


@dataclass(frozen=True)
class Part:
    """One piece of an object: its shape and the slot a colourway fills with a material."""

    slot: str
    shape: Field


@dataclass(frozen=True)
class Lamp:
    """A small warm light inside the picture (a bulb, a flame)."""

    position: Vector
    colour: str
    strength: float


@dataclass(frozen=True)
class Thing:
    """An object to photograph, standing on the floor ``y = 0``."""

    parts: Sequence[Part]
    elevation: float = 13.0
    height: float = 0.58
    width: float = 0.64
    reach: float = 2.6
    lamp: Lamp | None = None

    def distance(self, x: Array, y: Array, z: Array) -> Array:
        """Distance to the nearest part."""
        return sdf.union(*(part.shape for part in self.parts))(x, y, z)


@dataclass(frozen=True)
class Material:
    """How a slot looks. ``second`` is the colour of speckles, of the dipped half or of the wood's dark rings."""

    colour: str
    roughness: float = 0.5
    metal: bool = False
    pattern: str = "plain"
    second: str = "#5a4632"
    level: float = 0.0
    reflectance: float = 0.04
    glow: float = 0.0
    glow_at: float = 0.0
    glow_spread: float = 1.0
    soft: float = 0.0


@dataclass
class Exposure:
    """Everything about a picture that does not depend on colour. Arrays run over the hit pixels only."""

    size: int
    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    slots: list[str]
    slot: NDArray[np.int64]
    position: tuple[Array, Array, Array]
    normal: tuple[Array, Array, Array]
    view: tuple[Array, Array, Array]
    key: Array
    sky: Array
    bounce: Array
    mirror: Array
    floor: Array
    """Light left on the floor, ``(size, size)``; 1 is unshadowed."""
    glow: Array
    """Light of the thing's own lamp on the floor, ``(size, size)``."""
    lamp: Lamp | None
    noise_scale: float = field(default=1.0)


def linear(colour: str) -> Array:
    """``#rrggbb`` as linear light."""
    value = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)], np.float32) / np.float32(255)
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4).astype(np.float32)


def display(light: Array) -> Array:
    """Linear light to sRGB 0-1, bright values rolling off instead of clipping."""
    knee = np.float32(0.70)
    rolled = np.where(light > knee, knee + (1 - knee) * (1 - np.exp(-(light - knee) / (1 - knee))), light)
    rolled = np.clip(rolled, 0, 1)
    return np.where(rolled <= 0.0031308, rolled * 12.92, 1.055 * rolled ** (1 / 2.4) - 0.055).astype(np.float32)


# -- exposing -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Frame:
    """A pinhole camera looking down by ``elevation``; the film can be shifted and scaled to fit the thing."""

    elevation: float
    aim: float
    centre: tuple[float, float] = (0.0, 0.0)
    half: float = 0.30

    @property
    def origin(self) -> Vector:
        e = np.radians(self.elevation)
        return (0.0, float(self.aim + CAMERA_DISTANCE * np.sin(e)), float(CAMERA_DISTANCE * np.cos(e)))

    def rays(self, u: Array, v: Array) -> tuple[Array, Array, Array]:
        """Unit directions through film positions -1..1 (v up)."""
        e = np.radians(self.elevation)
        fu = np.float32(self.centre[0]) + u * np.float32(self.half)
        fv = np.float32(self.centre[1]) + v * np.float32(self.half)
        c, s = np.float32(np.cos(e)), np.float32(np.sin(e))
        dx, dy, dz = fu, fv * c - s, -c - fv * s
        size = np.sqrt(dx * dx + dy * dy + dz * dz)
        return dx / size, dy / size, dz / size


def _grid(size: int, stride: int = 1) -> tuple[Array, Array]:
    at = ((np.arange(0, size, stride) + 0.5) / size * 2 - 1).astype(np.float32)
    return np.meshgrid(at, -at)


def _fit(thing: Thing) -> tuple[_Frame, tuple[float, float, float, float]]:
    """Film shift and scale so that the thing fills its share of the frame, and its box on the film (-1..1)."""
    frame = _Frame(thing.elevation, 1.0)
    size = 360
    u, v = _grid(size)
    dx, dy, dz = frame.rays(u.ravel(), v.ravel())
    t = sdf.march(
        thing.distance,
        frame.origin,
        dx,
        dy,
        dz,
        CAMERA_DISTANCE - thing.reach - 1,
        CAMERA_DISTANCE + thing.reach + 1,
    )
    hit = np.isfinite(t).reshape(size, size)
    us, vs = u[hit], v[hit]
    left, right, bottom, top = us.min(), us.max(), vs.min(), vs.max()
    middle = ((left + right) / 2 * frame.half, (bottom + top) / 2 * frame.half)
    scale = max((top - bottom) / (2 * thing.height), (right - left) / (2 * thing.width))
    half = frame.half * float(scale)
    centre = (float(middle[0]), float(middle[1] + 0.02 * half))
    fitted = replace(frame, centre=centre, half=half)
    edges = [(e * frame.half - c) / half for e, c in ((left, 0), (right, 0), (bottom, 0), (top, 0))]
    du, dv = centre[0] / half, centre[1] / half
    pad = 0.02
    return fitted, (edges[0] - du - pad, edges[1] - du + pad, edges[2] - dv - pad, edges[3] - dv + pad)


def expose(thing: Thing, size: int) -> Exposure:
    """March a thing at ``size`` pixels square (pick three times the final size for clean edges)."""
    frame, (left, right, bottom, top) = _fit(thing)
    u, v = _grid(size)
    inside = (u >= left) & (u <= right) & (v >= bottom) & (v <= top)
    rows, columns = np.nonzero(inside)
    dx, dy, dz = frame.rays(u[inside], v[inside])
    near, far = CAMERA_DISTANCE - thing.reach - 1, CAMERA_DISTANCE + thing.reach + 1
    t = sdf.march(thing.distance, frame.origin, dx, dy, dz, near, far)
    hit = np.isfinite(t)
    rows, columns, t = rows[hit], columns[hit], t[hit]
    view = (dx[hit], dy[hit], dz[hit])
    position = tuple((np.float32(o) + d * t).astype(np.float32) for o, d in zip(frame.origin, view, strict=True))
    normal = sdf.normals(thing.distance, *position)
    slots = list(dict.fromkeys(part.slot for part in thing.parts))
    slot = _nearest_slot(thing, slots, position)
    light = _light_buffers(thing, size, rows, columns, position, normal, view)
    floor, glow = _floor(thing, frame, size)
    return Exposure(
        size, rows, columns, slots, slot, position, normal, view, *light, floor=floor, glow=glow, lamp=thing.lamp
    )


def _nearest_slot(thing: Thing, slots: list[str], position: tuple[Array, ...]) -> NDArray[np.int64]:
    out = np.zeros(len(position[0]), np.int64)
    for start in range(0, len(out), sdf.CHUNK):
        piece = [p[start : start + sdf.CHUNK] for p in position]
        distances = np.stack([part.shape(*piece) for part in thing.parts])
        numbers = np.array([slots.index(part.slot) for part in thing.parts])
        out[start : start + sdf.CHUNK] = numbers[distances.argmin(axis=0)]
    return out


def _key_samples(count: int) -> list[Vector]:
    """Directions spread over the soft box."""
    side = np.cross([0, 1, 0], KEY)
    side /= np.linalg.norm(side)
    up = np.cross(KEY, side)
    i = np.arange(count)
    r, a = KEY_RADIUS * np.sqrt((i + 0.5) / count), i * np.pi * (3 - np.sqrt(5))
    directions = KEY + np.outer(r * np.cos(a), side) + np.outer(r * np.sin(a), up)
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    return [(float(d[0]), float(d[1]), float(d[2])) for d in directions]


def _room(direction: NDArray[np.float32]) -> float:
    """Brightness of the room in a direction: lighter towards the soft box side and the camera."""
    return float(0.85 + 0.45 * (direction @ np.array([-0.72, 0.45, 0.53], np.float32)))


def _points(thing: Thing, position: Sequence[Array], normal: Sequence[Array], view: Sequence[Array]) -> list[Array]:
    """Key, sky, bounce and mirror light for surface points."""
    lift = [p + n * np.float32(0.006) for p, n in zip(position, normal, strict=True)]
    samples = _key_samples(9)
    key = np.zeros_like(position[0])
    for sample in samples:
        facing = np.maximum(sum(n * np.float32(s) for n, s in zip(normal, sample, strict=True)), 0)
        lit = facing > 0.001
        free = sdf.visibility(thing.distance, *(c[lit] for c in lift), sample, 9.0, 3.2, 26)
        key[lit] += free * facing[lit]
    key /= len(samples)

    sky, bounce = np.zeros_like(key), np.zeros_like(key)
    directions = sdf.sphere_directions(40)
    for direction in directions:
        facing = np.maximum(sum(n * d for n, d in zip(normal, direction, strict=True)), 0)
        lit = facing > 0.001
        if not lit.any():
            continue
        free = sdf.visibility(
            thing.distance, *(c[lit] for c in lift), tuple(direction.tolist()), 3.2, 1.7, 9, start=0.03
        )
        free *= facing[lit] * np.float32(4 / len(directions))
        if direction[1] > 0:
            sky[lit] += free * np.float32(_room(direction))
        else:
            close = np.exp(-np.maximum(position[1][lit], 0) / np.float32(0.30))
            bounce[lit] += free * (1 - np.float32(0.62) * close)

    toward = 2 * sum(v * n for v, n in zip(view, normal, strict=True))
    reflected = tuple(v - toward * n for v, n in zip(view, normal, strict=True))
    mirror = sdf.visibility(thing.distance, *lift, reflected, 7.0, 2.2, 18, start=0.03)
    return [key, sky, bounce, mirror]


def _light_buffers(
    thing: Thing,
    size: int,
    rows: NDArray[np.int64],
    columns: NDArray[np.int64],
    position: Sequence[Array],
    normal: Sequence[Array],
    view: Sequence[Array],
) -> list[Array]:
    """Light at every ``STRIDE``-th pixel, carried to the others along the surface (never across an edge)."""
    coarse_at = (rows % STRIDE == 0) & (columns % STRIDE == 0)
    coarse = _points(thing, *([c[coarse_at] for c in cs] for cs in (position, normal, view)))
    half = size // STRIDE + 3
    where = np.full((half, half), -1, np.int64)
    where[rows[coarse_at] // STRIDE, columns[coarse_at] // STRIDE] = np.arange(int(coarse_at.sum()))
    near_position = np.stack([c[coarse_at] for c in position])
    near_normal = np.stack([c[coarse_at] for c in normal])
    full_position, full_normal = np.stack(position), np.stack(normal)
    weight = np.full(len(rows), 1e-12, np.float32)
    sums = [np.zeros(len(rows), np.float32) for _ in coarse]
    for i in (-1, 0, 1):
        for j in (-1, 0, 1):
            r, c = rows // STRIDE + i, columns // STRIDE + j
            index = where[r, c]
            spatial = np.maximum(1 - np.abs(rows - STRIDE * r) / STRIDE, 0.06)
            spatial = spatial * np.maximum(1 - np.abs(columns - STRIDE * c) / STRIDE, 0.06)
            apart = ((full_position - near_position[:, index]) ** 2).sum(axis=0)
            tilt = ((full_normal - near_normal[:, index]) ** 2).sum(axis=0)
            w = np.where(index >= 0, spatial * np.exp(-apart / 0.0006 - tilt / 0.08), 0).astype(np.float32)
            weight += w
            for total, values in zip(sums, coarse, strict=True):
                total += w * values[index]
    out = [total / weight for total in sums]
    lonely = weight < 0.002
    if lonely.any():
        exact = _points(thing, *([c[lonely] for c in cs] for cs in (position, normal, view)))
        for values, fine in zip(out, exact, strict=True):
            values[lonely] = fine
    return out


def _floor(thing: Thing, frame: _Frame, size: int) -> tuple[Array, Array]:
    """Shadow and lamp light on the floor, marched coarsely and enlarged smoothly."""
    stride = max(size // 675, 1)
    u, v = _grid(size, stride)
    shape = u.shape
    dx, dy, dz = frame.rays(u.ravel(), v.ravel())
    ox, oy, oz = frame.origin
    with np.errstate(divide="ignore"):
        t = np.where(dy < -1e-3, -np.float32(oy) / dy, np.inf).astype(np.float32)
    x, z = np.float32(ox) + dx * t, np.float32(oz) + dz * t
    near = np.isfinite(t) & (np.abs(x) < 4.5) & (np.abs(z) < 4.5)
    px, pz = x[near], z[near]
    py = np.full_like(px, 0.002)
    key = np.zeros_like(px)
    samples = _key_samples(14)
    for sample in samples:
        key += sdf.visibility(thing.distance, px, py, pz, sample, 9.0, 4.5, 30, start=0.004)
    key /= len(samples)
    # The room is dimmed near the thing only; further out the floor sees all of it.
    close = px * px + pz * pz < np.float32(2.7**2)
    cx, cy, cz = px[close], py[close], pz[close]
    dimmed, full = np.zeros_like(cx), 0.0
    for direction in sdf.sphere_directions(110):
        if direction[1] <= 0.02:
            continue
        share = float(direction[1]) * _room(direction)
        full += share
        dimmed += np.float32(share) * sdf.visibility(
            thing.distance, cx, cy, cz, tuple(direction.tolist()), 4.6, 2.4, 14, start=0.006
        )
    sky = np.ones_like(px)
    far = _smooth(1.9, 2.7, np.sqrt(cx * cx + cz * cz))
    seen = (dimmed / np.float32(full)) ** np.float32(1.35)
    sky[close] = seen + (1 - seen) * far
    light = np.ones(dx.shape, np.float32)
    light[near] = FLOOR_KEY * key + FLOOR_SKY * sky
    glow = np.zeros(dx.shape, np.float32)
    if thing.lamp:
        lx, ly, lz = thing.lamp.position
        d2 = (px - lx) ** 2 + ly**2 + (pz - lz) ** 2
        glow[near] = np.float32(thing.lamp.strength) * ly / d2**1.5 * sky
    return tuple(_enlarge(b.reshape(shape), size) for b in (light, glow))


def _enlarge(buffer: Array, size: int) -> Array:
    return np.asarray(Image.fromarray(buffer).resize((size, size), Image.Resampling.BICUBIC), np.float32)


# -- developing -----------------------------------------------------------------------------------------------


def _smooth(edge0: float | Array, edge1: float | Array, value: Array) -> Array:
    t = np.clip((value - edge0) / (edge1 - edge0), 0, 1)
    return t * t * (3 - 2 * t)


def _softbox(r: Sequence[Array], towards: NDArray[np.float32], half: tuple[float, float], blur: float) -> Array:
    """Reflection of a rectangular light, its edges blurred by the surface's roughness."""
    side = np.cross([0, 1, 0], towards)
    side /= np.linalg.norm(side)
    up = np.cross(towards, side)
    facing = sum(c * np.float32(a) for c, a in zip(r, towards, strict=True))
    safe = np.maximum(facing, 0.05)
    u = np.abs(sum(c * np.float32(a) for c, a in zip(r, side, strict=True))) / safe
    v = np.abs(sum(c * np.float32(a) for c, a in zip(r, up, strict=True))) / safe
    box = (1 - _smooth(half[0] - blur, half[0] + blur, u)) * (1 - _smooth(half[1] - blur, half[1] + blur, v))
    spread = half[0] * half[1] / ((half[0] + 0.6 * blur) * (half[1] + 0.6 * blur))
    return np.where(facing > 0.05, box * np.float32(spread), 0)


def _surroundings(r: Sequence[Array], roughness: float, ground: Array) -> Array:
    """What a surface reflects in direction ``r``: soft box, rim strip, room and sweep; ``(n, 3)``."""
    blur = 0.05 + 0.85 * roughness
    key = _softbox(r, KEY, (0.34, 0.46), blur) * np.float32(7.5)
    rim = np.array([0.93, 0.22, 0.10], np.float32)
    strip = _softbox(r, rim / np.linalg.norm(rim), (0.10, 0.75), blur) * np.float32(2.0)
    up = _smooth(-0.10 - roughness * 0.5, 0.14 + roughness * 0.5, r[1])[:, None]
    left = (np.float32(0.62) - np.float32(0.30) * r[0])[:, None]
    room = ground * np.float32(0.55) + np.float32(0.25)
    zenith = _smooth(0.1, 1.0, r[1])[:, None]
    above = room * (left * (1 - zenith) + np.float32(0.35) * zenith)
    below = ground * (np.float32(0.72) - np.float32(0.35) * _smooth(-0.5, -1.0, r[1])[:, None])
    return below + (above - below) * up + (key + strip)[:, None]


def _albedo(material: Material, position: Sequence[Array]) -> tuple[Array, Array]:
    """Surface colour ``(n, 3)`` and a roughness offset ``(n,)`` from the material's pattern."""
    x, y, z = position
    first, second = linear(material.colour), linear(material.second)
    rough = np.zeros_like(x)
    mix: Array
    if material.pattern == "speckle":
        mix = sdf.speckle(x * 26, y * 26, z * 26, 0.30) * np.float32(0.75)
        mix = np.maximum(mix, sdf.speckle(x * 60 + 9, y * 60, z * 60, 0.22) * np.float32(0.5))
        tone = np.float32(0.94) + np.float32(0.12) * sdf.fractal(x * 3, y * 3, z * 3, 3)
    elif material.pattern == "dip":
        wobble = np.float32(0.03) * (sdf.noise(x * 5, y * 0, z * 5) - np.float32(0.5))
        mix = _smooth(-0.006, 0.006, np.float32(material.level) + wobble - y)
        tone = np.float32(0.96) + np.float32(0.08) * sdf.fractal(x * 9, y * 9, z * 9, 3)
        rough += mix * np.float32(0.5)
    elif material.pattern == "wood":
        warp = sdf.fractal(x * 1.7 + 3, y * 0.55, z * 1.7, 3)
        rings = np.sqrt((x * 0.9 + 2.3) ** 2 + (z + 1.4) ** 2) * 11 + warp * 7
        grain = np.float32(0.5) + np.float32(0.5) * np.sin(rings * np.float32(2.4))
        fibre = sdf.fractal(x * 55, y * 3.0, z * 55, 3)
        mix = np.clip(grain * np.float32(0.42) + (fibre - np.float32(0.5)) * np.float32(0.7) + 0.1, 0, 1)
        tone = np.ones_like(x)
        rough += fibre * np.float32(0.1)
    elif material.pattern == "linen":
        warp = sdf.noise(x * 70, y * 7, z * 70)
        weft = sdf.noise(x * 9, y * 90, z * 9)
        mix = np.zeros_like(x)
        tone = np.float32(0.88) + np.float32(0.12) * warp + np.float32(0.12) * weft
    elif material.pattern == "mesh":
        c, s = np.cos(0.4), np.sin(0.4)
        a, b = (x * c + z * s) * 58, y * 58
        mix = np.float32(0.5) + np.float32(0.5) * np.sin(a * 6.283) * np.sin(b * 6.283)
        mix = mix * np.float32(0.6)
        tone = np.float32(0.95) + np.float32(0.1) * sdf.noise(x * 30, y * 30, z * 30)
    elif material.pattern == "clay":
        mix = np.zeros_like(x)
        tone = np.float32(0.90) + np.float32(0.20) * sdf.fractal(x * 7, y * 7, z * 7, 4)
        rough += sdf.fractal(x * 14, y * 14, z * 14, 3) * np.float32(0.1)
    elif material.pattern == "brushed":
        mix = np.zeros_like(x)
        tone = np.float32(0.95) + np.float32(0.1) * sdf.noise(x * 5, y * 130, z * 5)
    elif material.pattern == "leaf":
        mix = sdf.fractal(x * 4, y * 4, z * 4, 3)
        tone = np.float32(0.92) + np.float32(0.16) * sdf.fractal(x * 18, y * 18, z * 18, 2)
    else:
        mix = np.zeros_like(x)
        tone = np.ones_like(x)
    colour = first + (second - first) * mix[:, None]
    return (colour * tone[:, None]).astype(np.float32), rough


def _shade(exposure: Exposure, slot: int, material: Material, ground: Array) -> tuple[Array, Array, Array]:
    """Pixel selection of a slot, its light ``(n, 3)`` and the part of it that glows."""
    chosen = exposure.slot == slot
    position = [c[chosen] for c in exposure.position]
    normal = [c[chosen] for c in exposure.normal]
    view = [c[chosen] for c in exposure.view]
    key, sky, bounce, mirror = (b[chosen] for b in (exposure.key, exposure.sky, exposure.bounce, exposure.mirror))
    colour, rough_offset = _albedo(material, position)
    facing = np.maximum(-sum(v * n for v, n in zip(view, normal, strict=True)), 0)

    # Diffuse: soft box, room, light returned by the sweep, and what the object gives back to itself.
    unit_key = np.float32(FLOOR_KEY / float(KEY[1]))
    direct = key * unit_key
    room = sky * np.float32(FLOOR_SKY)
    open_share = np.clip(sky * np.float32(0.62) + bounce * np.float32(0.55), 0, 1)
    own = (1 - open_share) * (np.float32(0.16) + np.float32(0.30) * np.clip(direct + room, 0, 1))
    light = (direct + room)[:, None] + ground * (bounce * np.float32(0.40))[:, None]
    light = light + colour * own[:, None] * np.float32(1.1)
    light = light + (np.float32(0.10) * facing * open_share)[:, None]  # a white card beside the camera
    if exposure.lamp:
        to_lamp = [np.float32(a) - c for a, c in zip(exposure.lamp.position, position, strict=True)]
        d2 = sum(c * c for c in to_lamp) + np.float32(0.01)
        incident = np.maximum(sum(c * n for c, n in zip(to_lamp, normal, strict=True)), 0) / np.sqrt(d2)
        shine = np.float32(exposure.lamp.strength) * incident / d2
        light = light + linear(exposure.lamp.colour) * np.minimum(shine, 2.5)[:, None] * open_share[:, None]
    if material.soft:
        # Wax and leaves let light through: shade is lifted towards the material's own colour.
        light = light + np.float32(material.soft) * (np.float32(0.55) - np.minimum(direct, 0.55))[:, None] * colour
    out = np.zeros_like(colour) if material.metal else colour * light

    # Speculars.
    toward = 2 * sum(v * n for v, n in zip(view, normal, strict=True))
    reflected = [v - toward * n for v, n in zip(view, normal, strict=True)]
    roughness = float(np.clip(material.roughness, 0.02, 1))
    surround = _surroundings(reflected, roughness, ground)
    # Mirrored floor near the base lies in the object's own shadow.
    sunk = _smooth(0.15, -0.25, reflected[1]) * np.exp(-np.maximum(position[1], 0) / np.float32(0.35))
    surround = surround * (1 - np.float32(0.80) * sunk)[:, None]
    base = colour if material.metal else np.full_like(colour, material.reflectance)
    rim = (1 - facing)[:, None] ** 5 * np.float32((1 - roughness) ** 2)
    fresnel = base + (1 - base) * rim * (np.float32(0.9) if material.metal else np.float32(0.75))
    blocked = colour * np.clip(direct + room + np.float32(0.1), 0, 1)[:, None] * np.float32(0.45)
    seen = surround * mirror[:, None] + blocked * (1 - mirror)[:, None]
    gloss = 1.0 if material.metal else 1 - 0.55 * roughness
    veil = np.clip(1 - rough_offset * 1.6, 0, 1)[:, None]
    out = out + fresnel * seen * np.float32(gloss) * veil

    glow = np.zeros_like(out)
    if material.glow:
        profile = np.exp(-(((position[1] - material.glow_at) / material.glow_spread) ** 2))
        warm = linear("#ffd9a0")
        edge = np.float32(0.6) + np.float32(0.4) * facing
        glow = colour * warm * (np.float32(material.glow) * profile * edge)[:, None]
        out = out + glow
    return chosen, out, glow


def backdrop(size: int, colour: str) -> Array:
    """The seamless sweep: a pool of light left of centre, falling off softly, no horizon."""
    u, v = _grid(size)
    pool = np.exp(-(((u + 0.18) / 1.25) ** 2 + ((v - 0.12) / 1.15) ** 2))
    fall = np.float32(0.83) + np.float32(0.22) * pool
    fall = fall + np.float32(0.035) * _smooth(-0.2, -1.0, v) - np.float32(0.05) * _smooth(0.2, 1.1, v)
    ground = linear(colour)
    deep = ground ** np.float32(1.12)
    tint = np.clip((fall - 0.83) / 0.22, 0, 1)[..., None]
    return ((deep + (ground - deep) * tint) * fall[..., None]).astype(np.float32)


def develop(exposure: Exposure, materials: Mapping[str, Material], ground_colour: str) -> Array:
    """A colourway on its sweep: linear light at the exposure's (supersampled) size, ``(size, size, 3)``."""
    ground = linear(ground_colour)
    picture = backdrop(exposure.size, ground_colour)
    shadow = exposure.floor[..., None]
    # Shadows on tinted paper keep its hue: the paper lights itself a little.
    returned = ground / ground.max() * np.float32(0.10)
    picture = picture * (shadow + (1 - shadow) * returned)
    if exposure.lamp:
        picture = picture * (1 + exposure.glow[..., None] * linear(exposure.lamp.colour))
    glowing = np.zeros_like(picture) if any(m.glow for m in materials.values()) else None
    for number, slot in enumerate(exposure.slots):
        chosen, light, glow = _shade(exposure, number, materials[slot], ground)
        rows, columns = exposure.rows[chosen], exposure.columns[chosen]
        picture[rows, columns] = light
        if glowing is not None:
            glowing[rows, columns] = glow
    if glowing is not None:
        picture += _bloom(glowing)
    return picture


def develop_cutout(exposure: Exposure, materials: Mapping[str, Material], strength: float = 0.62) -> Array:
    """A colourway without a background: premultiplied sRGB and alpha, the contact shadow in the alpha."""
    ground = linear("#e4e0da")
    size = exposure.size
    shadow = np.clip(1 - exposure.floor, 0, 1) * np.float32(strength)
    u, v = _grid(size)
    shadow *= (1 - _smooth(0.75, 0.99, np.maximum(np.abs(u), np.abs(v)))) * _smooth(0.015, 0.05, shadow)
    out = np.zeros((size, size, 4), np.float32)
    out[..., 3] = shadow
    out[..., :3] = np.array([0.13, 0.11, 0.10], np.float32) * shadow[..., None]
    for number, slot in enumerate(exposure.slots):
        chosen, light, _ = _shade(exposure, number, materials[slot], ground)
        rows, columns = exposure.rows[chosen], exposure.columns[chosen]
        out[rows, columns, :3] = display(light)
        out[rows, columns, 3] = 1
    return out


def _bloom(light: Array) -> Array:
    """Light scattered by the lens around glowing parts."""
    out = np.zeros_like(light)
    small = light[::4, ::4]
    for radius, weight in ((5, 0.10), (18, 0.08)):
        for channel in range(3):
            image = Image.fromarray(np.ascontiguousarray(small[..., channel]))
            levels = np.asarray(image)
            top = float(levels.max()) or 1.0
            eight = Image.fromarray((levels / top * 255).astype(np.uint8))
            soft = np.asarray(eight.filter(ImageFilter.GaussianBlur(radius)), np.float32) / 255 * top
            out[..., channel] += _enlarge(soft.astype(np.float32), light.shape[0]) * np.float32(weight)
    return out


# -- printing -------------------------------------------------------------------------------------------------


def reduce(picture: Array, size: int) -> Array:
    """Scale a float picture down, channel by channel, without rounding to bytes first."""
    if picture.shape[0] == size:
        return picture
    channels = [
        np.asarray(
            Image.fromarray(np.ascontiguousarray(picture[..., c])).resize((size, size), Image.Resampling.HAMMING)
        )
        for c in range(picture.shape[2])
    ]
    return np.stack(channels, axis=-1)


def grain(size: int, seed: int, strength: float) -> Array:
    """Fine film grain, a little softer than white noise so that JPEG keeps it cheaply."""
    rng = np.random.default_rng(seed)
    fine = rng.standard_normal((size, size)).astype(np.float32)
    blurred = (fine + np.roll(fine, 1, 0) + np.roll(fine, 1, 1) + np.roll(np.roll(fine, 1, 0), 1, 1)) / 2
    return (blurred * np.float32(strength / 255))[..., None]


def save_photo(picture: Array, size: int, path: Path, seed: int = 1, quality: int = 84, film: float = 1.1) -> None:
    """Tone, scale, grain and write a JPEG."""
    toned = reduce(display(picture), size) + grain(size, seed, film)
    pixels = (np.clip(toned, 0, 1) * 255 + np.float32(0.5)).astype(np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path, quality=quality, subsampling=0, optimize=True, progressive=True)


def save_cutout(picture: Array, size: int, path: Path) -> None:
    """Scale premultiplied RGBA and write it as a straight-alpha PNG."""
    small = np.clip(reduce(picture, size), 0, 1)
    alpha = small[..., 3:]
    colour = np.where(alpha > 1 / 512, small[..., :3] / np.maximum(alpha, 1 / 512), 0)
    pixels = (np.clip(np.concatenate([colour, alpha], axis=-1), 0, 1) * 255 + np.float32(0.5)).astype(np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path, optimize=True)
