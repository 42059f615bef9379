"""Several things of the collection in one photograph: a table for the flyer, a room on plinths for the catalogue.

    python templates/artwork/arrangements.py
    python templates/artwork/arrangements.py --only table --preview look

The same studio, sweep and colours as the packshots, so that a cover shows what its pages sell. Paper wants more pixels
than a screen does: the pictures are 1,900 px wide. A few minutes each.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import sdf
import studio
from objects import OBJECTS
from packshots import TONES, materials
from PIL import Image
from sdf import Array, Field
from stills import bounded
from studio import Lamp, Material, Part, Thing

REPO = Path(__file__).resolve().parents[2]
WIDTH = 1900
SUPERSAMPLED = 2


@dataclass(frozen=True)
class Placed:
    """One thing of the collection in its colourway, put down somewhere."""

    thing: str
    tone: str
    kind: str
    x: float
    z: float
    y: float = 0.0
    scale: float = 1.0
    turn: float = 0.0


@dataclass(frozen=True)
class Arrangement:
    """What stands where. ``plinths`` are of plaster in the colour of the sweep; ``crop`` is a part of the square."""

    things: tuple[Placed, ...]
    ground: str
    target: Path
    plinths: tuple[Field, ...] = ()
    plaster: str = "#d8d0c5"
    elevation: float = 14.0
    height: float = 0.6
    width: float = 0.8
    crop: tuple[float, float] = (0.0, 1.0)


def sized(shape: Field, scale: float) -> Field:
    s = np.float32(scale)
    return lambda x, y, z: shape(x / s, y / s, z / s) * s


def put(shape: Field, where: Placed) -> Field:
    """Scaled, turned and moved; asked only near its ball, since every point asks for all things."""
    stood = sdf.move(sdf.turn(sized(shape, where.scale), where.turn), where.x, where.y, where.z)
    return bounded(stood, (where.x, where.y + 1.1 * where.scale, where.z), 1.75 * where.scale)


def thing_of(arrangement: Arrangement) -> tuple[Thing, dict[str, Material]]:
    """All of it as one thing, with a slot for each part of each."""
    parts: list[Part] = []
    filling: dict[str, Material] = {}
    lamp: Lamp | None = None
    for number, placed in enumerate(arrangement.things):
        own = OBJECTS[placed.thing]()
        for part in own.parts:
            slot = f"{number}-{part.slot}"
            parts.append(Part(slot, put(part.shape, placed)))
            filling[slot] = lifted(materials(placed.thing, placed.tone, placed.kind)[part.slot], placed)
        if own.lamp:
            x, y, z = (c * placed.scale for c in own.lamp.position)
            at = (x + placed.x, y + placed.y, z + placed.z)
            lamp = replace(own.lamp, position=at, strength=own.lamp.strength * placed.scale**2)
    for number, plinth in enumerate(arrangement.plinths):
        parts.append(Part(f"plinth-{number}", plinth))
        filling[f"plinth-{number}"] = Material(arrangement.plaster, 0.9, pattern="clay", reflectance=0.02)
    shape = Thing(parts, arrangement.elevation, arrangement.height, arrangement.width, reach=3.4, lamp=lamp)
    return shape, filling


def lifted(material: Material, placed: Placed) -> Material:
    """What is measured from the floor moves with the thing: where a glaze ends, where a shade glows."""
    return replace(
        material,
        level=material.level * placed.scale + placed.y,
        glow_at=material.glow_at * placed.scale + placed.y,
        glow_spread=material.glow_spread * placed.scale,
    )


def plinth(x: float, z: float, half: tuple[float, float, float], turn: float = 0.0) -> Field:
    """A block of plaster on the floor."""
    return sdf.move(sdf.turn(sdf.box(half, 0.02), turn), x, half[1], z)


def column(x: float, z: float, radius: float, height: float) -> Field:
    return sdf.move(sdf.drum(radius, height / 2, 0.02), x, height / 2, z)


def table() -> Arrangement:
    """Lunch for the flyer: what the offers are, on one table."""
    return Arrangement(
        (
            Placed("vase", "sage", "dip", -1.72, -0.95, scale=1.0),
            Placed("teapot", "ochre", "speckle", -0.34, 0.05, scale=0.84, turn=-22),
            Placed("bowl", "chalk", "speckle", 1.62, -0.62, scale=0.95, turn=20),
            Placed("mug", "terracotta", "dip", 0.86, 0.98, scale=0.52, turn=-18),
            Placed("mug", "forest", "gloss", -1.78, 0.80, scale=0.52, turn=200),
        ),
        TONES["sage"].ground,
        Path("templates/flyer-a5/images/table.jpg"),
        elevation=15,
        height=0.56,
        width=0.84,
        crop=(0.13, 0.87),
    )


def room() -> Arrangement:
    """The collection on plinths, for the cover."""
    return Arrangement(
        (
            Placed("chair", "ochre", "satin", -1.18, -0.55, scale=1.12, turn=-4),
            Placed("lamp", "terracotta", "clay", 0.56, -0.72, y=1.10, scale=0.78),
            Placed("vase", "ink", "gloss", 1.58, -0.30, y=0.62, scale=0.52),
            Placed("planter", "chalk", "speckle", -0.12, 0.62, scale=0.66, turn=30),
            Placed("teapot", "forest", "gloss", 1.02, 0.66, scale=0.52, turn=12),
            Placed("mug", "chalk", "speckle", 1.86, 0.72, scale=0.34, turn=-24),
        ),
        TONES["terracotta"].ground,
        Path("templates/catalogue-a4/images/cover.jpg"),
        plinths=(column(0.56, -0.72, 0.62, 1.10), plinth(1.56, -0.30, (0.50, 0.31, 0.44), 14)),
        plaster="#dcc5b5",
        elevation=11,
        height=0.74,
        width=0.80,
    )


ARRANGEMENTS: Mapping[str, Callable[[], Arrangement]] = {"table": table, "room": room}


def photograph(arrangement: Arrangement, path: Path, width: int) -> None:
    thing, filling = thing_of(arrangement)
    exposure = studio.expose(thing, width * SUPERSAMPLED)
    light: Array = studio.develop(exposure, filling, arrangement.ground)
    studio.save_photo(light, width, path, seed=7, quality=88)
    top, bottom = (round(part * width) for part in arrangement.crop)
    if (top, bottom) != (0, width):
        with Image.open(path) as square:
            cut = square.crop((0, top, width, bottom))
        cut.save(path, quality=84, subsampling=0, optimize=True, progressive=True)
    print(f"{path}: {path.stat().st_size // 1024} KB", flush=True)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Photograph several things at once.")
    parser.add_argument("--only", nargs="+", choices=list(ARRANGEMENTS), help="these pictures only")
    parser.add_argument("--preview", type=Path, metavar="DIR", help="small pictures below DIR instead")
    arguments = parser.parse_args()
    for name in arguments.only or ARRANGEMENTS:
        arrangement = ARRANGEMENTS[name]()
        path = (arguments.preview or REPO) / arrangement.target
        photograph(arrangement, path, round(WIDTH / 4) if arguments.preview else WIDTH)


if __name__ == "__main__":
    main()
