"""Product pictures: a dozen objects in four or five colours each, a summer feed, cut-outs and a placeholder.

    python templates/artwork/packshots.py                       # everything, about ten minutes
    python templates/artwork/packshots.py --only vase mug       # some objects
    python templates/artwork/packshots.py --preview look   # small pictures, elsewhere, in a minute

Writes the pictures into the example and template folders, and ``out/palette.json``: for every picture the
object, the colour and the colours that go with it.
"""

from __future__ import annotations

import argparse
import json
import pickle
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import studio
from objects import OBJECTS, still_life
from studio import Exposure, Material, Thing

REPO = Path(__file__).resolve().parents[2]
PRODUCTS = Path("examples/product-cards/images")
SUMMER = Path("examples/summer-sale/images")
CARD = Path("templates/product-card/images")
OUT = Path("templates/artwork/out")

SUPERSAMPLED = 2700
"""Side of the marched buffers: three times the pictures' 900 pixels."""


@dataclass(frozen=True)
class Tone:
    """A colour of the collection with the sweep it is photographed on and an accent for buttons and prices."""

    body: str
    ground: str
    accent: str
    metal: str = "brass"
    wood: str = "oak"
    trim: str = "dark"


TONES: dict[str, Tone] = {
    "terracotta": Tone("#a3543b", "#e9d6c9", "#8c3f28"),
    "sage": Tone("#8a9880", "#dfe3d7", "#52644a", wood="oak"),
    "chalk": Tone("#e4dccf", "#d9cfc2", "#63533f", trim="tan"),
    "ink": Tone("#2b3c52", "#d3dbe0", "#2b3c52", metal="steel"),
    "ochre": Tone("#c48f3c", "#f0e4ca", "#86590f", wood="walnut"),
    "blush": Tone("#cf9c90", "#f1e1db", "#945044", trim="rose"),
    "charcoal": Tone("#353433", "#d7d2cb", "#353433", metal="steel", wood="walnut"),
    "forest": Tone("#34523f", "#d6ded3", "#2d4a39"),
    "plum": Tone("#633a4b", "#e6d8da", "#633a4b"),
    "sky": Tone("#8dabbb", "#dee8ec", "#38607a", metal="steel"),
    "sand": Tone("#c6ae8d", "#ece3d5", "#7d6039", trim="tan"),
    # The summer feed: the same things, louder.
    "cobalt": Tone("#2547a8", "#ffd873", "#1f3d96", metal="steel"),
    "coral": Tone("#e0604a", "#bfe4e4", "#ab3522", metal="steel"),
    "lemon": Tone("#efc335", "#f9c0ad", "#6e4f00", metal="steel"),
    "mint": Tone("#86c2ad", "#ffdcb8", "#23695a"),
    "lilac": Tone("#a99bd6", "#fde7a2", "#5a4a9c"),
}

COLLECTION: dict[str, tuple[tuple[str, str], ...]] = {
    "vase": (("terracotta", "clay"), ("chalk", "speckle"), ("sage", "dip"), ("ink", "gloss"), ("ochre", "gloss")),
    "mug": (("chalk", "speckle"), ("terracotta", "dip"), ("sky", "gloss"), ("forest", "gloss"), ("blush", "speckle")),
    "bottle": (
        ("forest", "powder"),
        ("sand", "powder"),
        ("ink", "powder"),
        ("blush", "powder"),
        ("charcoal", "powder"),
    ),
    "lamp": (("sage", "gloss"), ("terracotta", "clay"), ("ink", "gloss"), ("sand", "speckle")),
    "bowl": (("chalk", "speckle"), ("ink", "gloss"), ("sage", "gloss"), ("plum", "gloss")),
    "chair": (("ochre", "satin"), ("forest", "satin"), ("charcoal", "satin"), ("blush", "satin"), ("sky", "satin")),
    "headphones": (("chalk", "satin"), ("charcoal", "satin"), ("ink", "satin"), ("sage", "satin"), ("plum", "satin")),
    "teapot": (
        ("terracotta", "gloss"),
        ("charcoal", "clay"),
        ("sky", "gloss"),
        ("chalk", "gloss"),
        ("ochre", "speckle"),
    ),
    "candle": (("charcoal", "satin"), ("terracotta", "satin"), ("sage", "satin"), ("plum", "satin")),
    "planter": (("terracotta", "clay"), ("chalk", "speckle"), ("charcoal", "clay"), ("sky", "gloss")),
    "clock": (("sand", "wood"), ("charcoal", "satin"), ("forest", "satin"), ("blush", "satin")),
    "speaker": (("ochre", "wood"), ("charcoal", "wood"), ("chalk", "satin"), ("forest", "satin")),
}

SUMMER_FEED: dict[str, tuple[str, str]] = {
    "vase": ("cobalt", "gloss"),
    "mug": ("coral", "gloss"),
    "bottle": ("lemon", "powder"),
    "lamp": ("mint", "gloss"),
    "bowl": ("coral", "gloss"),
    "chair": ("cobalt", "satin"),
    "headphones": ("lilac", "satin"),
    "teapot": ("mint", "gloss"),
    "candle": ("cobalt", "satin"),
    "planter": ("lemon", "gloss"),
    "clock": ("coral", "satin"),
    "speaker": ("lilac", "satin"),
}

CUTOUTS = (("headphones", "charcoal", "satin"), ("chair", "ochre", "satin"), ("teapot", "terracotta", "gloss"))
HERO = ("lamp", "sage", "gloss")

METALS = {"brass": Material("#d3a75f", 0.22, metal=True), "steel": Material("#c4c5c6", 0.20, metal=True)}
WOODS = {
    "oak": Material("#c69c6a", 0.5, pattern="wood", second="#8f6238"),
    "walnut": Material("#86583a", 0.5, pattern="wood", second="#472a1a"),
}
TRIMS = {
    "dark": Material("#2a2827", 0.75, pattern="clay"),
    "tan": Material("#a8754a", 0.6, pattern="clay"),
    "rose": Material("#9c6258", 0.65, pattern="clay"),
}
CABINETS = {"ochre": WOODS["oak"], "charcoal": WOODS["walnut"], "sand": WOODS["oak"]}
DIP_LEVEL = {"vase": 0.82, "mug": 0.52}


def finish(kind: str, thing: str, tone_name: str) -> Material:
    """The body material of a colourway."""
    colour = TONES[tone_name].body
    if kind == "gloss":
        return Material(colour, 0.10, reflectance=0.05)
    if kind == "speckle":
        return Material(colour, 0.28, pattern="speckle", second="#54412f")
    if kind == "dip":
        return Material(colour, 0.14, pattern="dip", second="#c9ad8c", level=DIP_LEVEL.get(thing, 0.6))
    if kind == "clay":
        return Material(colour, 0.85, pattern="clay", reflectance=0.03)
    if kind == "powder":
        return Material(colour, 0.42, reflectance=0.045)
    if kind == "wood":
        return CABINETS[tone_name]
    return Material(colour, 0.34, reflectance=0.045)


def materials(thing: str, tone_name: str, kind: str) -> dict[str, Material]:
    """Every slot of a thing, filled for one colourway."""
    tone = TONES[tone_name]
    body = finish(kind, thing, tone_name)
    light_baffle = tone_name in ("chalk", "ochre", "lilac")
    return {
        "body": body,
        "lid": body,
        "saucer": body,
        "tray": body,
        "drink": Material("#23130b", 0.06),
        "metal": METALS[tone.metal],
        "cap": Material("#2b2a29", 0.5) if tone_name != "charcoal" else WOODS["oak"],
        "shade": Material("#ece0cc", 0.95, pattern="linen", glow=0.46, glow_at=1.68, glow_spread=0.42),
        "bulb": Material("#fff0d0", 0.9, glow=2.0, glow_at=1.65, glow_spread=1.0),
        "fruit": Material("#e8b92c", 0.42, soft=0.15),
        "leaf": Material("#3d6440", 0.38, pattern="leaf", second="#6d9252", soft=0.25),
        "stem": Material("#64804a", 0.5, soft=0.2),
        "soil": Material("#33251c", 1.0, pattern="clay"),
        "wood": WOODS[tone.wood],
        "pad": TRIMS[tone.trim],
        "wax": Material("#efe6d6", 0.5, soft=0.45, glow=0.55, glow_at=1.52, glow_spread=0.17),
        "wick": Material("#1d1814", 0.9),
        "flame": Material("#ffe0a6", 0.9, glow=4.5, glow_at=1.70, glow_spread=0.5),
        "dial": Material("#f4f0e8", 0.6),
        "ink": Material("#28282b", 0.5),
        "baffle": (
            Material("#d9cdb9", 0.95, pattern="mesh", second="#a8967d")
            if light_baffle
            else Material("#2e2d2d", 0.95, pattern="mesh", second="#121212")
        ),
        "cone": Material("#3a3a3b", 0.55),
        "rubber": Material("#161616", 0.6),
    }


def exposure_of(name: str, thing: Thing, size: int, cache: Path | None) -> Exposure:
    """March a thing, or take the buffers of an earlier run from ``cache``."""
    path = cache / f"{name}-{size}.pickle" if cache else None
    if path and path.is_file():
        return pickle.loads(path.read_bytes())
    started = time.monotonic()
    exposure = studio.expose(thing, size)
    print(f"{name}: exposed in {time.monotonic() - started:.0f} s", flush=True)
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pickle.dumps(exposure))
    return exposure


def _seed(name: str) -> int:
    return zlib.crc32(name.encode())


def _photo(exposure: Exposure, filling: Mapping[str, Material], ground: str, size: int, path: Path) -> None:
    studio.save_photo(studio.develop(exposure, filling, ground), size, path, seed=_seed(path.name))


def shoot(name: str, root: Path, scale: float, cache: Path | None) -> None:
    """All pictures of one object."""

    def px(full: int) -> int:
        return round(full * scale)

    exposure = exposure_of(name, OBJECTS[name](), px(SUPERSAMPLED), cache)
    for tone, kind in COLLECTION[name]:
        path = root / PRODUCTS / f"{name}-{tone}.jpg"
        _photo(exposure, materials(name, tone, kind), TONES[tone].ground, px(900), path)
    tone, kind = SUMMER_FEED[name]
    path = root / SUMMER / f"{name}-{tone}.jpg"
    _photo(exposure, materials(name, tone, kind), TONES[tone].ground, px(700), path)
    for thing, tone, kind in CUTOUTS:
        if thing == name:
            picture = studio.develop_cutout(exposure, materials(name, tone, kind))
            studio.save_cutout(picture, px(900), root / OUT / "cutouts" / f"{name}-{tone}.png")
    if name == HERO[0]:
        large = exposure_of(f"{name}-hero", OBJECTS[name](), px(3600), cache)
        filling = materials(*HERO)
        _photo(large, filling, TONES[HERO[1]].ground, px(1200), root / CARD / "hero.jpg")


def shoot_placeholder(root: Path, scale: float, cache: Path | None) -> None:
    """The picture of a product without a picture: plaster solids, tone on tone."""
    exposure = exposure_of("placeholder", still_life(), round(SUPERSAMPLED * scale), cache)
    plaster = {"body": Material("#d8d0c5", 0.9, pattern="clay", reflectance=0.02)}
    _photo(exposure, plaster, "#e0d9cf", round(1080 * scale), root / CARD / "placeholder.jpg")


def write_palette(root: Path) -> None:
    """What goes with every picture, for whoever fills a spreadsheet with them."""
    palette: dict[str, dict[str, str]] = {}
    pictures = [(PRODUCTS, name, tone) for name, tones in COLLECTION.items() for tone, _ in tones]
    pictures += [(SUMMER, name, tone) for name, (tone, _) in SUMMER_FEED.items()]
    for folder, name, tone in pictures:
        palette[f"{name}-{tone}.jpg"] = {
            "folder": folder.as_posix(),
            "object": name,
            "colour": tone,
            "body": TONES[tone].body,
            "background": TONES[tone].ground,
            "accent": TONES[tone].accent,
        }
    palette["hero.jpg"] = {
        "folder": CARD.as_posix(),
        "object": HERO[0],
        "colour": HERO[1],
        "body": TONES[HERO[1]].body,
        "background": TONES[HERO[1]].ground,
        "accent": TONES[HERO[1]].accent,
    }
    palette["placeholder.jpg"] = {
        "folder": CARD.as_posix(),
        "object": "still life",
        "colour": "plaster",
        "body": "#d8d0c5",
        "background": "#e0d9cf",
        "accent": "#65563f",
    }
    path = root / OUT / "palette.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(palette, indent=2) + "\n", encoding="utf-8")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Photograph the catalogue.")
    parser.add_argument("--only", nargs="+", choices=[*OBJECTS, "placeholder"], help="these objects only")
    parser.add_argument("--preview", type=Path, metavar="DIR", help="third-size pictures below DIR instead")
    parser.add_argument("--cache", type=Path, metavar="DIR", help="keep marched buffers here between runs")
    arguments = parser.parse_args()
    root = arguments.preview or REPO
    scale = 1 / 3 if arguments.preview else 1.0
    for name in arguments.only or [*OBJECTS, "placeholder"]:
        if name == "placeholder":
            shoot_placeholder(root, scale, arguments.cache)
        else:
            shoot(name, root, scale, arguments.cache)
    write_palette(root)


if __name__ == "__main__":
    main()
