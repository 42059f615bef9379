"""Signed-distance primitives and a small numpy ray marcher.

Everything works on flat float32 arrays ``x, y, z`` instead of an ``(n, 3)`` array: numpy is fastest on
contiguous columns, and the formulas stay readable. A *field* is any callable that maps three such arrays to
distances; it need not be exact, only never larger than the true distance.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
Field = Callable[[Array, Array, Array], Array]
Vector = tuple[float, float, float]

CHUNK = 1 << 15
"""Points handled at a time: small enough for the working set to stay in the second-level cache."""


# -- curves ---------------------------------------------------------------------------------------------------


def spline(points: Sequence[tuple[float, float]], per_segment: int = 24) -> NDArray[np.float64]:
    """Centripetal Catmull-Rom through ``points``; a point given twice makes a corner."""
    runs: list[list[tuple[float, float]]] = [[points[0]]]
    for previous, point in itertools.pairwise(points):
        if point == previous:
            runs.append([point])
        else:
            runs[-1].append(point)
    pieces = [_smooth_run(np.asarray(run, dtype=float), per_segment) for run in runs if len(run) > 1]
    return np.concatenate([pieces[0], *[piece[1:] for piece in pieces[1:]]])


def _smooth_run(run: NDArray[np.float64], per_segment: int) -> NDArray[np.float64]:
    if len(run) == 2:
        return run
    padded = np.vstack([2 * run[0] - run[1], run, 2 * run[-1] - run[-2]])
    out = [run[:1]]
    for p0, p1, p2, p3 in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        k0 = 0.0
        k1 = k0 + np.sqrt(np.linalg.norm(p1 - p0))
        k2 = k1 + np.sqrt(np.linalg.norm(p2 - p1))
        k3 = k2 + np.sqrt(np.linalg.norm(p3 - p2))
        t = np.linspace(k1, k2, per_segment + 1)[1:, None]
        a1 = (k1 - t) / (k1 - k0) * p0 + (t - k0) / (k1 - k0) * p1
        a2 = (k2 - t) / (k2 - k1) * p1 + (t - k1) / (k2 - k1) * p2
        a3 = (k3 - t) / (k3 - k2) * p2 + (t - k2) / (k3 - k2) * p3
        b1 = (k2 - t) / (k2 - k0) * a1 + (t - k0) / (k2 - k0) * a2
        b2 = (k3 - t) / (k3 - k1) * a2 + (t - k1) / (k3 - k1) * a3
        out.append((k2 - t) / (k2 - k1) * b1 + (t - k1) / (k2 - k1) * b2)
    return np.concatenate(out)


class PlaneCurve:
    """Squared distance to a planar polyline, tabulated once and then looked up.

    The *squared* distance is smooth even on the curve itself, so bilinear lookup stays accurate there. Outside
    the table the distance to its edge is added, which is always a lower bound. ``radii`` (one per point) makes
    a tube taper: the radius of the nearest point is tabulated too.
    """

    def __init__(
        self, points: NDArray[np.float64], radii: NDArray[np.float64] | None = None, cell: float = 0.004
    ) -> None:
        margin = 0.2
        self.low = points.min(axis=0) - margin
        high = points.max(axis=0) + margin
        self.cell = cell
        columns, rows = (np.ceil((high - self.low) / cell).astype(int) + 2).tolist()
        u = (self.low[0] + cell * np.arange(columns)).astype(np.float32)[None, :]
        v = (self.low[1] + cell * np.arange(rows)).astype(np.float32)[:, None]
        best = np.full((rows, columns), np.inf, np.float32)
        radius = np.zeros_like(best)
        for index, (a, b) in enumerate(itertools.pairwise(points)):
            edge = b - a
            length2 = float(edge @ edge)
            if length2 == 0:
                continue
            du, dv = u - np.float32(a[0]), v - np.float32(a[1])
            t = np.clip((du * np.float32(edge[0]) + dv * np.float32(edge[1])) / np.float32(length2), 0, 1)
            d2 = (du - t * np.float32(edge[0])) ** 2 + (dv - t * np.float32(edge[1])) ** 2
            if radii is not None:
                nearer = d2 < best
                radius[nearer] = (radii[index] + t * (radii[index + 1] - radii[index]))[nearer]
            np.minimum(best, d2, out=best)
        self.columns, self.rows = columns, rows
        self.table = best.ravel()
        self.radius = radius.ravel() if radii is not None else None

    def squared(self, u: Array, v: Array) -> Array:
        """Squared distance of each ``(u, v)`` to the curve."""
        return self._lookup(u, v, self.table, outside=True)

    def radius_at(self, u: Array, v: Array) -> Array:
        """Radius of the curve's point nearest to each ``(u, v)``."""
        assert self.radius is not None
        return self._lookup(u, v, self.radius, outside=False)

    def _lookup(self, u: Array, v: Array, table: Array, outside: bool) -> Array:
        gu = (u - np.float32(self.low[0])) * np.float32(1 / self.cell)
        gv = (v - np.float32(self.low[1])) * np.float32(1 / self.cell)
        cu = np.clip(gu, 0, self.columns - 1.001)
        cv = np.clip(gv, 0, self.rows - 1.001)
        iu, iv = cu.astype(np.int32), cv.astype(np.int32)
        fu, fv = cu - iu, cv - iv
        base = iv * self.columns + iu
        below = table[base]
        below += (table[base + 1] - below) * fu
        base += self.columns
        above = table[base]
        above += (table[base + 1] - above) * fu
        below += (above - below) * fv
        if outside:
            below += ((gu - cu) ** 2 + (gv - cv) ** 2) * np.float32(self.cell**2)
        return below


# -- primitives -----------------------------------------------------------------------------------------------


def lathe(profile: NDArray[np.float64], thickness: float, ripple: float = 0.0, pitch: float = 60.0) -> Field:
    """A wall of ``thickness`` around ``profile`` (radius, height) turned about the y axis; rims come out round.

    ``ripple`` adds the faint rings a potter's fingers leave, ``pitch`` of them a unit of height.
    """
    curve = PlaneCurve(profile)

    def field(x: Array, y: Array, z: Array) -> Array:
        r = np.sqrt(x * x + z * z)
        d = np.sqrt(curve.squared(r, y)) - np.float32(thickness)
        if ripple:
            d += np.float32(ripple) * np.sin(y * np.float32(pitch) + np.float32(0.6) * np.sin(y * np.float32(17)))
        return d

    return field


def tube(points: NDArray[np.float64], radii: NDArray[np.float64] | float, flatten: float = 1.0) -> Field:
    """A round bar along a curve in the xy plane; ``flatten`` > 1 makes it narrower front to back."""
    tapering = None if isinstance(radii, float) else radii
    curve = PlaneCurve(points, tapering)

    def field(x: Array, y: Array, z: Array) -> Array:
        d = np.sqrt(curve.squared(x, y) + (z * np.float32(flatten)) ** 2)
        d -= np.float32(radii) if tapering is None else curve.radius_at(x, y)
        return d / np.float32(flatten) if flatten > 1 else d

    return field


def sheet(points: NDArray[np.float64], width: Field, thickness: float, bend: float = 0.0) -> Field:
    """A board following a curve in the zy plane, ``bend`` dishing it across x; ``width`` cuts its outline."""
    curve = PlaneCurve(points)

    def field(x: Array, y: Array, z: Array) -> Array:
        dish = np.float32(bend) * x * x
        across = np.sqrt(curve.squared(z - dish, y - dish * np.float32(0.5)))
        edge = width(x, y, z)
        outside = np.sqrt(across * across + np.maximum(edge, 0) ** 2)
        return (outside - np.float32(thickness)) * np.float32(0.85)

    return field


def ellipsoid(radii: Vector) -> Field:
    """An ellipsoid (first-order distance)."""
    rx, ry, rz = (np.float32(r) for r in radii)

    def field(x: Array, y: Array, z: Array) -> Array:
        k0 = np.sqrt((x / rx) ** 2 + (y / ry) ** 2 + (z / rz) ** 2)
        k1 = np.sqrt((x / rx**2) ** 2 + (y / ry**2) ** 2 + (z / rz**2) ** 2) + np.float32(1e-6)
        return k0 * (k0 - 1) / k1

    return field


def box(half: Vector, rounding: float) -> Field:
    """A box with rounded edges; ``half`` includes the rounding."""
    hx, hy, hz = (np.float32(h - rounding) for h in half)

    def field(x: Array, y: Array, z: Array) -> Array:
        qx, qy, qz = np.abs(x) - hx, np.abs(y) - hy, np.abs(z) - hz
        inside = np.minimum(np.maximum(qx, np.maximum(qy, qz)), 0)
        outside = np.sqrt(np.maximum(qx, 0) ** 2 + np.maximum(qy, 0) ** 2 + np.maximum(qz, 0) ** 2)
        return outside + inside - np.float32(rounding)

    return field


def drum(radius: float, half_height: float, rounding: float, axis: str = "y") -> Field:
    """A cylinder with rounded edges along ``axis``."""
    inner, half = np.float32(radius - rounding), np.float32(half_height - rounding)

    def field(x: Array, y: Array, z: Array) -> Array:
        if axis == "x":
            x, y = y, x
        elif axis == "z":
            y, z = z, y
        qr = np.sqrt(x * x + z * z) - inner
        qy = np.abs(y) - half
        outside = np.sqrt(np.maximum(qr, 0) ** 2 + np.maximum(qy, 0) ** 2)
        return outside + np.minimum(np.maximum(qr, qy), 0) - np.float32(rounding)

    return field


def ring(radius: float, thickness: float, axis: str = "y", squash: float = 1.0) -> Field:
    """A torus around ``axis``; ``squash`` > 1 makes it taller along the axis."""

    def field(x: Array, y: Array, z: Array) -> Array:
        if axis == "x":
            x, y = y, x
        elif axis == "z":
            y, z = z, y
        q = np.sqrt(x * x + z * z) - np.float32(radius)
        d = np.sqrt(q * q + (y / np.float32(squash)) ** 2) - np.float32(thickness)
        return d if squash >= 1 else d * np.float32(squash)

    return field


def rod(start: Vector, end: Vector, start_radius: float, end_radius: float | None = None) -> Field:
    """A round-ended rod between two points, tapering linearly."""
    a = np.asarray(start, np.float32)
    edge = np.asarray(end, np.float32) - a
    length2 = np.float32(edge @ edge)
    r0 = np.float32(start_radius)
    dr = np.float32((start_radius if end_radius is None else end_radius) - start_radius)

    def field(x: Array, y: Array, z: Array) -> Array:
        px, py, pz = x - a[0], y - a[1], z - a[2]
        t = np.clip((px * edge[0] + py * edge[1] + pz * edge[2]) / length2, 0, 1)
        px, py, pz = px - edge[0] * t, py - edge[1] * t, pz - edge[2] * t
        return np.sqrt(px * px + py * py + pz * pz) - r0 - dr * t

    return field


# -- combinations ---------------------------------------------------------------------------------------------


def union(*fields: Field) -> Field:
    """The nearest of several fields."""

    def field(x: Array, y: Array, z: Array) -> Array:
        d = fields[0](x, y, z)
        for other in fields[1:]:
            d = np.minimum(d, other(x, y, z))
        return d

    return field


def blend(radius: float, *fields: Field) -> Field:
    """A union whose joints are filled with a fillet of about ``radius``."""
    k = np.float32(radius)

    def field(x: Array, y: Array, z: Array) -> Array:
        d = fields[0](x, y, z)
        for other in fields[1:]:
            e = other(x, y, z)
            h = np.maximum(k - np.abs(d - e), 0) / k
            d = np.minimum(d, e) - h * h * k * np.float32(0.25)
        return d

    return field


def carve(field: Field, *cutters: Field, radius: float = 0.0) -> Field:
    """``field`` without the ``cutters``, the new edge eased by ``radius``."""
    k = np.float32(max(radius, 1e-6))

    def carved(x: Array, y: Array, z: Array) -> Array:
        d = field(x, y, z)
        for cutter in cutters:
            e = -cutter(x, y, z)
            h = np.maximum(k - np.abs(d - e), 0) / k
            d = np.maximum(d, e) + h * h * k * np.float32(0.25)
        return d

    return carved


def intersect(*fields: Field) -> Field:
    """The part common to all fields."""

    def field(x: Array, y: Array, z: Array) -> Array:
        d = fields[0](x, y, z)
        for other in fields[1:]:
            d = np.maximum(d, other(x, y, z))
        return d

    return field


def move(field: Field, dx: float = 0.0, dy: float = 0.0, dz: float = 0.0) -> Field:
    """``field`` shifted."""
    ox, oy, oz = np.float32(dx), np.float32(dy), np.float32(dz)
    return lambda x, y, z: field(x - ox, y - oy, z - oz)


def turn(field: Field, degrees: float, axis: str = "y") -> Field:
    """``field`` rotated about an axis through the origin."""
    c, s = np.float32(np.cos(np.radians(degrees))), np.float32(np.sin(np.radians(degrees)))
    if axis == "y":
        return lambda x, y, z: field(c * x - s * z, y, s * x + c * z)
    if axis == "x":
        return lambda x, y, z: field(x, c * y + s * z, c * z - s * y)
    return lambda x, y, z: field(c * x + s * y, c * y - s * x, z)


def mirror(field: Field, axis: str = "x") -> Field:
    """``field`` on the positive side, repeated on the negative one."""
    if axis == "x":
        return lambda x, y, z: field(np.abs(x), y, z)
    return lambda x, y, z: field(x, y, np.abs(z))


# -- marching -------------------------------------------------------------------------------------------------


def march(field: Field, origin: Vector, dx: Array, dy: Array, dz: Array, near: float, far: float) -> Array:
    """Distance along each ray to the first surface, ``inf`` where there is none."""
    out = np.full(dx.shape, np.inf, np.float32)
    ox, oy, oz = (np.float32(o) for o in origin)
    for start in range(0, len(dx), CHUNK):
        part = slice(start, start + CHUNK)
        index = np.arange(start, min(start + CHUNK, len(dx)))
        cx, cy, cz = dx[part], dy[part], dz[part]
        t = np.full(cx.shape, near, np.float32)
        for _ in range(160):
            d = field(ox + cx * t, oy + cy * t, oz + cz * t)
            hit = d < np.float32(0.0006)
            out[index[hit]] = t[hit]
            t = t + d * np.float32(0.92)
            alive = ~hit & (t < far)
            if not alive.any():
                break
            if not alive.all():
                index, cx, cy, cz, t = index[alive], cx[alive], cy[alive], cz[alive], t[alive]
        else:
            graze = d[alive] < 0.004
            out[index[graze]] = t[graze]
    return out


def normals(field: Field, x: Array, y: Array, z: Array, step: float = 0.004) -> tuple[Array, Array, Array]:
    """Unit gradient of the field (tetrahedron differences)."""
    nx, ny, nz = np.empty_like(x), np.empty_like(x), np.empty_like(x)
    e = np.float32(step)
    for start in range(0, len(x), CHUNK):
        part = slice(start, start + CHUNK)
        px, py, pz = x[part], y[part], z[part]
        a = field(px + e, py - e, pz - e)
        b = field(px - e, py - e, pz + e)
        c = field(px - e, py + e, pz - e)
        d = field(px + e, py + e, pz + e)
        gx, gy, gz = a - b - c + d, c + d - a - b, b + d - a - c
        size = np.sqrt(gx * gx + gy * gy + gz * gz) + np.float32(1e-9)
        nx[part], ny[part], nz[part] = gx / size, gy / size, gz / size
    return nx, ny, nz


def visibility(
    field: Field,
    x: Array,
    y: Array,
    z: Array,
    direction: Vector | tuple[Array, Array, Array],
    sharpness: float,
    reach: float,
    steps: int,
    start: float = 0.02,
) -> Array:
    """How much of a cone towards ``direction`` is free, 0-1: a soft shadow ray.

    ``sharpness`` is the inverse of the cone's half angle. The penumbra is centred on the geometric shadow edge.
    """
    ux, uy, uz = (np.asarray(c, np.float32) for c in direction)
    vary = ux.ndim > 0
    k = np.float32(sharpness)
    out = np.empty_like(x)
    for begin in range(0, len(x), CHUNK):
        part = slice(begin, begin + CHUNK)
        px, py, pz = x[part], y[part], z[part]
        vx, vy, vz = (ux[part], uy[part], uz[part]) if vary else (ux, uy, uz)
        index = np.arange(len(px))
        whole = np.ones(len(px), np.float32)
        t = np.full(len(px), start, np.float32)
        free = whole.copy()
        for _ in range(steps):
            d = field(px + vx * t, py + vy * t, pz + vz * t)
            free = np.minimum(free, k * d / t)
            t = t + np.clip(d, np.float32(0.012) + t * np.float32(0.06), np.float32(0.5))
            alive = (free > -1) & (t < reach)
            if not alive.all():
                whole[index[~alive]] = free[~alive]
                index, px, py, pz = index[alive], px[alive], py[alive], pz[alive]
                t, free = t[alive], free[alive]
                if vary:
                    vx, vy, vz = vx[alive], vy[alive], vz[alive]
                if not len(index):
                    break
        whole[index] = free
        whole = np.clip(whole, -1, 1)
        out[part] = np.float32(0.25) * (1 + whole) ** 2 * (2 - whole)
    return out


def sphere_directions(count: int) -> NDArray[np.float32]:
    """Evenly spread unit vectors (Fibonacci sphere)."""
    i = np.arange(count) + 0.5
    y = 1 - 2 * i / count
    r = np.sqrt(1 - y * y)
    angle = np.pi * (3 - np.sqrt(5)) * i
    return np.stack([r * np.cos(angle), y, r * np.sin(angle)], axis=1).astype(np.float32)


# -- noise ----------------------------------------------------------------------------------------------------


def _hash(ix: NDArray[np.int32], iy: NDArray[np.int32], iz: NDArray[np.int32]) -> Array:
    """A repeatable 0-1 number for every lattice point."""
    h = ix.astype(np.uint32) * np.uint32(374761393)
    h ^= iy.astype(np.uint32) * np.uint32(668265263)
    h ^= iz.astype(np.uint32) * np.uint32(2147483647)
    h = (h ^ (h >> np.uint32(13))) * np.uint32(1274126177)
    h ^= h >> np.uint32(16)
    return (h & np.uint32(0xFFFFFF)).astype(np.float32) / np.float32(0xFFFFFF)


def noise(x: Array, y: Array, z: Array) -> Array:
    """Smooth value noise, 0-1, one feature a unit."""
    fx, fy, fz = np.floor(x), np.floor(y), np.floor(z)
    ix, iy, iz = fx.astype(np.int32), fy.astype(np.int32), fz.astype(np.int32)
    tx, ty, tz = (t * t * (3 - 2 * t) for t in (x - fx, y - fy, z - fz))

    def row(j: int, k: int) -> Array:
        a, b = _hash(ix, iy + j, iz + k), _hash(ix + 1, iy + j, iz + k)
        return a + (b - a) * tx

    low = row(0, 0) + (row(1, 0) - row(0, 0)) * ty
    high = row(0, 1) + (row(1, 1) - row(0, 1)) * ty
    return low + (high - low) * tz


def fractal(x: Array, y: Array, z: Array, octaves: int = 4) -> Array:
    """Several octaves of ``noise``, still about 0-1."""
    total = np.zeros_like(x)
    weight, scale = 0.5, 1.0
    for _ in range(octaves):
        s = np.float32(scale)
        total += np.float32(weight) * noise(x * s, y * s, z * s)
        weight, scale = weight * 0.5, scale * 2.03
    return total / np.float32(1 - 0.5**octaves)


def speckle(x: Array, y: Array, z: Array, density: float) -> Array:
    """0-1 mask of irregular dots, at most one a unit cell, ``density`` of the cells filled."""
    ix, iy, iz = (np.floor(c).astype(np.int32) for c in (x, y, z))
    px = ix + np.float32(0.3) + np.float32(0.4) * _hash(ix + 11, iy, iz)
    py = iy + np.float32(0.3) + np.float32(0.4) * _hash(ix, iy + 23, iz)
    pz = iz + np.float32(0.3) + np.float32(0.4) * _hash(ix, iy, iz + 37)
    size = np.float32(0.10) + np.float32(0.2) * _hash(ix + 5, iy + 7, iz + 3)
    d = np.sqrt((x - px) ** 2 + (y - py) ** 2 + (z - pz) ** 2)
    filled = _hash(ix + 91, iy + 53, iz + 17) < density
    return np.where(filled, np.clip((size - d) / np.float32(0.08), 0, 1), 0).astype(np.float32)
