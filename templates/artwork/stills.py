"""Whole scenes - a table, a street, a room - as signed-distance bodies under one sun and one sky.

``studio`` photographs one thing on a sweep, in many colours. Here several bodies with colours of their own stand in a
frame of any shape, and water and lacquer mirror what stands around them. Shadows are marched at every second pixel of
the finished picture and carried to the others along the surface.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import sdf
from numpy.typing import NDArray
from PIL import Image
from sdf import Array, Field, Vector
from studio import display, linear

Paint = Callable[[Array, Array, Array], Array]

SAMPLES = 2
"""Rays a pixel, each way."""

STRIDE = 4
"""Light is marched at every fourth ray."""


@dataclass(frozen=True)
class Body:
    """A shape and how its surface looks. ``mirror`` is the share of light that is reflected head on."""

    shape: Field
    paint: str | Paint
    mirror: float = 0.0
    rough: float = 0.3
    glow: float = 0.0
    soft: float = 0.0


@dataclass(frozen=True)
class Light:
    """One sun (``softness`` is its half angle) and a sky that is brighter towards the zenith."""

    sun: Vector
    sun_colour: str = "#fff1dc"
    power: float = 1.0
    softness: float = 0.05
    sky: Paint | None = None
    sky_colour: str = "#dfe8f2"
    fill: float = 0.45
    bounce: str = "#b8a68c"
    reach: float = 9.0
    near: float = 2.2


@dataclass(frozen=True)
class Camera:
    """A pinhole at ``eye`` that looks at ``target``; ``lens`` is the height of the film one unit away."""

    eye: Vector
    target: Vector
    lens: float
    shift: tuple[float, float] = (0.0, 0.0)

    def rays(self, width: int, height: int) -> tuple[Array, Array, Array]:
        """Unit directions, row by row."""
        forward = np.subtract(self.target, self.eye)
        forward = forward / np.linalg.norm(forward)
        # Verticals of buildings stay upright, as with a shift lens: only a steep look tilts the film.
        side = np.cross(forward, [0.0, 1.0, 0.0])
        side = side / np.linalg.norm(side)
        up = np.cross(side, forward)
        v, u = np.meshgrid(
            (0.5 - (np.arange(height) + 0.5) / height + self.shift[1]) * self.lens,
            ((np.arange(width) + 0.5) / width - 0.5 + self.shift[0]) * self.lens * width / height,
            indexing="ij",
        )
        direction = forward[:, None] + np.outer(side, u.ravel()) + np.outer(up, v.ravel())
        direction = (direction / np.linalg.norm(direction, axis=0)).astype(np.float32)
        return direction[0], direction[1], direction[2]


def bounded(field: Field, centre: Vector, radius: float) -> Field:
    """``field``, asked only near its ball: far away the ball's distance serves."""
    cx, cy, cz = (np.float32(c) for c in centre)

    def inside(x: Array, y: Array, z: Array) -> Array:
        d = np.sqrt((x - cx) ** 2 + (y - cy) ** 2 + (z - cz) ** 2) - np.float32(radius)
        near = d < np.float32(0.12)
        if near.all():
            return field(x, y, z)
        if near.any():
            d[near] = field(x[near], y[near], z[near])
        return d

    return inside


def plane(height: float = 0.0, axis: str = "y", facing: int = 1) -> Field:
    """Everything on the far side of a wall or below a floor."""
    h, s = np.float32(height), np.float32(facing)
    return {
        "x": lambda x, y, z: (x - h) * s,
        "y": lambda x, y, z: (y - h) * s,
        "z": lambda x, y, z: (z - h) * s,
    }[axis]


def block(low: Vector, high: Vector, rounding: float = 0.004) -> Field:
    """A box from corner to corner."""
    half = tuple((b - a) / 2 for a, b in zip(low, high, strict=True))
    middle = tuple((a + b) / 2 for a, b in zip(low, high, strict=True))
    return sdf.move(sdf.box(half, rounding), *middle)


def mixed(first: str | Array, second: str | Array, share: Array) -> Array:
    """Two colours, point by point, in linear light."""
    a, b = (linear(c) if isinstance(c, str) else c for c in (first, second))
    return (a + (b - a) * np.clip(share, 0, 1)[:, None]).astype(np.float32)


def smooth(edge0: float, edge1: float, value: Array) -> Array:
    """0 to 1 between two edges, without corners."""
    t = np.clip((value - np.float32(edge0)) / np.float32(edge1 - edge0), 0, 1)
    return t * t * (3 - 2 * t)


def flat(colour: str, tone: float = 0.0, scale: float = 6.0) -> Paint:
    """One colour, its lightness wandering by ``tone``."""

    def paint(x: Array, y: Array, z: Array) -> Array:
        light = 1 + np.float32(tone) * (sdf.fractal(x * scale, y * scale, z * scale, 3) - np.float32(0.5)) * 2
        return (linear(colour) * light[:, None]).astype(np.float32)

    return paint


def gradient_sky(*stops: tuple[float, str]) -> Paint:
    """Colours by the height of the direction, -1..1."""
    places = [place for place, _ in stops]
    colours = np.stack([linear(colour) for _, colour in stops])

    def sky(x: Array, y: Array, z: Array) -> Array:
        return np.stack([np.interp(y, places, colours[:, c]) for c in range(3)], axis=1).astype(np.float32)

    return sky


@dataclass
class _Hits:
    """Where rays landed; arrays run over the hits only."""

    index: NDArray[np.int64]
    body: NDArray[np.int64]
    position: list[Array]
    normal: list[Array]
    view: list[Array]


class Scene:
    """Bodies, a light and a camera."""

    def __init__(self, bodies: Sequence[Body], light: Light, camera: Camera, far: float = 40.0) -> None:
        self.bodies, self.light, self.camera, self.far = bodies, light, camera, far
        self.everything = sdf.union(*(body.shape for body in bodies))
        sun = np.asarray(light.sun, np.float32)
        self.sun = sun / np.linalg.norm(sun)
        self.sky: Paint = light.sky or (lambda x, y, z: np.tile(linear(light.sky_colour), (len(x), 1)))

    def shoot(self, width: int, height: int) -> Array:
        """Linear light, ``(height, width, 3)``."""
        columns, rows = width * SAMPLES, height * SAMPLES
        view = self.camera.rays(columns, rows)
        hits = self._land(self.camera.eye, view)
        film = self.sky(*view)
        light = self._carried(hits, columns, rows)
        film[hits.index] = self._shaded(hits, *light)
        return film.reshape(height, SAMPLES, width, SAMPLES, 3).mean(axis=(1, 3)).astype(np.float32)

    def _land(self, origin: Vector | Sequence[Array], view: Sequence[Array]) -> _Hits:
        if isinstance(origin[0], np.ndarray):
            t = self._march_from(origin, view)
            start: Sequence[Array] = origin
        else:
            t = sdf.march(self.everything, origin, *view, near=0.05, far=self.far)
            start = [np.full_like(t, np.float32(o)) for o in origin]
        hit = np.isfinite(t) & (t < self.far)
        ray = [v[hit] for v in view]
        position = [(o[hit] + v * t[hit]).astype(np.float32) for o, v in zip(start, ray, strict=True)]
        normal = list(sdf.normals(self.everything, *position, step=0.003))
        nearest = np.stack([self._by_chunk(body.shape, position) for body in self.bodies])
        return _Hits(np.flatnonzero(hit), nearest.argmin(axis=0), position, normal, ray)

    def _by_chunk(self, field: Field, at: Sequence[Array]) -> Array:
        out = np.empty_like(at[0])
        for start in range(0, len(out), sdf.CHUNK):
            part = slice(start, start + sdf.CHUNK)
            out[part] = field(*(c[part] for c in at))
        return out

    def _march_from(self, origin: Sequence[Array], view: Sequence[Array]) -> Array:
        t = np.full(view[0].shape, 0.03, np.float32)
        alive = np.arange(len(t))
        out = np.full(t.shape, np.inf, np.float32)
        for _ in range(90):
            at = [o[alive] + v[alive] * t[alive] for o, v in zip(origin, view, strict=True)]
            d = self._by_chunk(self.everything, at)
            done = d < 0.002
            out[alive[done]] = t[alive[done]]
            t[alive] += np.maximum(d, 0.002)
            alive = alive[~done & (t[alive] < self.far)]
            if not len(alive):
                break
        return out

    # -- light ------------------------------------------------------------------------------------------------

    def _marched(self, hits: _Hits, chosen: NDArray[np.bool_]) -> list[Array]:
        """What the sun and the sky give to some of the hits."""
        normal = [n[chosen] for n in hits.normal]
        lift = [p[chosen] + n * np.float32(0.006) for p, n in zip(hits.position, normal, strict=True)]
        facing = np.maximum(sum(n * s for n, s in zip(normal, self.sun, strict=True)), 0)
        sun, lit = np.zeros_like(facing), facing > 0.001
        sharp = 1 / max(self.light.softness, 0.004)
        sun[lit] = facing[lit] * sdf.visibility(
            self.everything, *(c[lit] for c in lift), tuple(self.sun.tolist()), sharp, self.light.reach, 44, start=0.01
        )
        sky = np.zeros_like(facing)
        directions = sdf.sphere_directions(18)
        for direction in directions:
            toward = np.maximum(sum(n * d for n, d in zip(normal, direction, strict=True)), 0)
            seen = toward > 0.01
            if not seen.any():
                continue
            free = sdf.visibility(
                self.everything,
                *(c[seen] for c in lift),
                tuple(direction.tolist()),
                2.4,
                self.light.near,
                8,
                start=0.02,
            )
            above = np.float32(1.0 if direction[1] > 0 else 0.45)
            sky[seen] += free * toward[seen] * above * np.float32(4 / len(directions))
        return [sun, sky]

    def _carried(self, hits: _Hits, columns: int, rows: int) -> list[Array]:
        """The same for all, from the nearest marched hits of the same surface."""
        row, column = hits.index // columns, hits.index % columns
        chosen = (row % STRIDE == 0) & (column % STRIDE == 0)
        coarse = self._marched(hits, chosen)
        where = np.full((rows // STRIDE + 3, columns // STRIDE + 3), -1, np.int64)
        where[row[chosen] // STRIDE, column[chosen] // STRIDE] = np.arange(int(chosen.sum()))
        near_position = np.stack([p[chosen] for p in hits.position])
        near_normal = np.stack([n[chosen] for n in hits.normal])
        near_body = hits.body[chosen]
        weight = np.full(len(row), 1e-12, np.float32)
        sums = [np.zeros(len(row), np.float32) for _ in coarse]
        pixel = np.linalg.norm(np.subtract(np.stack(hits.position), np.array(self.camera.eye)[:, None]), axis=0)
        pixel = (pixel * self.camera.lens / rows * STRIDE * 2).astype(np.float32) ** 2
        for i in (0, 1):
            for j in (0, 1):
                r, c = row // STRIDE + i, column // STRIDE + j
                index = where[r, c]
                w = np.maximum(1 - np.abs(row - STRIDE * r) / STRIDE, 0.02)
                w = w * np.maximum(1 - np.abs(column - STRIDE * c) / STRIDE, 0.02)
                apart = sum((p - q[index]) ** 2 for p, q in zip(hits.position, near_position, strict=True))
                tilt = sum((n - q[index]) ** 2 for n, q in zip(hits.normal, near_normal, strict=True))
                w = w * np.exp(-apart / (pixel * 3) - tilt / 0.15) * np.where(near_body[index] == hits.body, 1, 0.01)
                w = np.where(index >= 0, w, 0).astype(np.float32)
                weight += w
                for total, values in zip(sums, coarse, strict=True):
                    total += w * values[index]
        out = [total / weight for total in sums]
        lonely = weight < 0.004
        if lonely.any():
            for values, exact in zip(out, self._marched(hits, lonely), strict=True):
                values[lonely] = exact
        return out

    # -- surfaces ---------------------------------------------------------------------------------------------

    def _shaded(self, hits: _Hits, sun: Array, sky: Array, is_mirrored: bool = False) -> Array:
        light = self.light
        out = np.zeros((len(hits.index), 3), np.float32)
        bounce = linear(light.bounce) * np.float32(0.30)
        for number, body in enumerate(self.bodies):
            chosen = hits.body == number
            if not chosen.any():
                continue
            at, normal = [p[chosen] for p in hits.position], [n[chosen] for n in hits.normal]
            view = [v[chosen] for v in hits.view]
            colour = np.tile(linear(body.paint), (len(at[0]), 1)) if isinstance(body.paint, str) else body.paint(*at)
            s, k = sun[chosen], sky[chosen]
            low = np.clip(0.55 - 0.45 * normal[1], 0, 1) * np.clip(k + 0.25, 0, 1)
            incident = linear(light.sun_colour) * np.float32(light.power) * s[:, None]
            incident = incident + linear(light.sky_colour) * np.float32(light.fill) * k[:, None]
            incident = incident + bounce * low[:, None] + colour * (np.float32(0.10) * (1 - k))[:, None]
            if body.soft:
                incident = incident + np.float32(body.soft) * colour * np.clip(0.7 - s, 0, 1)[:, None]
            lit = colour * incident + colour * np.float32(body.glow)
            if body.mirror and not is_mirrored:
                lit = lit + self._mirrored(hits, chosen, body, at, normal, view, s)
            out[chosen] = lit
        return out

    def _mirrored(
        self,
        hits: _Hits,
        chosen: NDArray[np.bool_],
        body: Body,
        at: list[Array],
        normal: list[Array],
        view: list[Array],
        sun: Array,
    ) -> Array:
        """The sun's glint, and what a smooth surface shows of its surroundings."""
        facing = np.clip(-sum(v * n for v, n in zip(view, normal, strict=True)), 0, 1)
        fresnel = body.mirror + (1 - body.mirror) * (1 - facing) ** 5 * (1 - body.rough) ** 2
        toward = 2 * sum(v * n for v, n in zip(view, normal, strict=True))
        ray = [v - toward * n for v, n in zip(view, normal, strict=True)]
        glint = np.maximum(sum(r * s for r, s in zip(ray, self.sun, strict=True)), 0)
        power = 2 / max(body.rough, 0.04) ** 2
        shine = np.clip(glint, 0, 1) ** power * (power / 30) ** 0.5 * np.clip(sun * 3, 0, 1)
        seen = self.sky(*ray)
        if body.rough < 0.12:
            origin = [p + n * np.float32(0.01) for p, n in zip(at, normal, strict=True)]
            again = self._land(origin, ray)
            face = np.maximum(sum(n * s for n, s in zip(again.normal, self.sun, strict=True)), 0)
            seen[again.index] = self._shaded(again, face * np.float32(0.7), np.full_like(face, 0.6), is_mirrored=True)
        else:
            blocked = sdf.visibility(
                self.everything, *(p + n * np.float32(0.01) for p, n in zip(at, normal, strict=True)), tuple(ray),
                2.2, self.light.near, 12, start=0.03,
            )  # fmt: skip
            seen = seen * (0.25 + 0.75 * blocked)[:, None]
        return fresnel[:, None] * seen + linear(self.light.sun_colour) * (shine * body.mirror * 6)[:, None]


def save(light: Array, path: Path, seed: int = 1, exposure: float = 1.0, quality: int = 80, film: float = 1.2) -> None:
    """Tone, a little grain, and a JPEG."""
    height, width = light.shape[:2]
    fine = np.random.default_rng(seed).standard_normal((height, width)).astype(np.float32)
    fine = (fine + np.roll(fine, 1, 0) + np.roll(fine, 1, 1) + np.roll(np.roll(fine, 1, 0), 1, 1)) / 2
    toned = display(np.maximum(light * np.float32(exposure), 0)) + fine[..., None] * np.float32(film / 255)
    pixels = (np.clip(toned, 0, 1) * 255 + np.float32(0.5)).astype(np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path, quality=quality, optimize=True, progressive=True)
    print(f"{path}: {width}x{height}, {path.stat().st_size // 1024} KB", flush=True)
