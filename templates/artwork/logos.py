"""Seven invented brands: marks drawn as paths, names set in open fonts and turned into outlines.

    python templates/artwork/logos.py

Every logo is cropped to its ink, so a template can align it to its margin without hidden padding. ``dark`` is
for light grounds, ``light`` is its white twin. Needs the ``fontpkg-*`` packages named in ``FONTS`` (OFL).
"""

from __future__ import annotations

import argparse
import importlib.util
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import skia
from vectors import outlines, path

REPO = Path(__file__).resolve().parents[2]
OUT = Path("templates/artwork/out/logos")
WIDTH, HEIGHT = 640, 240

FONTS = {
    "fraunces": ("fontpkg_fraunces", "Fraunces[SOFT,WONK,opsz,wght].ttf"),
    "archivo-black": ("fontpkg_archivo_black", "ArchivoBlack-Regular.ttf"),
    "bricolage": ("fontpkg_bricolage_grotesque", "BricolageGrotesque[opsz,wdth,wght].ttf"),
    "space-grotesk": ("fontpkg_space_grotesk", "SpaceGrotesk[wght].ttf"),
    "syne": ("fontpkg_syne", "Syne[wght].ttf"),
    "instrument-serif": ("fontpkg_instrument_serif", "InstrumentSerif-Regular.ttf"),
}


def font(name: str) -> Path:
    """File of an installed font package."""
    package, file = FONTS[name]
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise SystemExit(f"{package.replace('_', '-')} is not installed")
    return Path(spec.origin).parent / "files" / file


@dataclass(frozen=True)
class Shape:
    """One filled path; ``role`` picks its colour."""

    data: str
    role: str = "ink"


@dataclass(frozen=True)
class Logo:
    """A brand's shapes and colours."""

    shapes: list[Shape]
    ink: str
    accent: str
    accent_light: str


def circle(cx: float, cy: float, r: float) -> str:
    """A circle as four cubics."""
    k = r * 0.5522847
    return (
        f"M{cx + r} {cy}C{cx + r} {cy + k} {cx + k} {cy + r} {cx} {cy + r}"
        f"C{cx - k} {cy + r} {cx - r} {cy + k} {cx - r} {cy}C{cx - r} {cy - k} {cx - k} {cy - r} {cx} {cy - r}"
        f"C{cx + k} {cy - r} {cx + r} {cy - k} {cx + r} {cy}Z"
    )


def arch(cx: float, foot: float, outer: float, inner: float, leg: float) -> str:
    """A round arch of constant width standing on ``foot``; ``leg`` is its straight part."""
    top, k, q = foot - leg, outer * 0.5522847, inner * 0.5522847
    return (
        f"M{cx - outer} {foot}L{cx - outer} {top}"
        f"C{cx - outer} {top - k} {cx - k} {top - outer} {cx} {top - outer}"
        f"C{cx + k} {top - outer} {cx + outer} {top - k} {cx + outer} {top}"
        f"L{cx + outer} {foot}L{cx + inner} {foot}L{cx + inner} {top}"
        f"C{cx + inner} {top - q} {cx + q} {top - inner} {cx} {top - inner}"
        f"C{cx - q} {top - inner} {cx - inner} {top - q} {cx - inner} {top}L{cx - inner} {foot}Z"
    )


def hearth() -> Logo:
    """Hearth & Co: a hearth's arch with a flame in it."""
    flame = (
        "M68 44C78 66 96 76 96 98C96 112 84 120 68 120C52 120 40 112 40 98C40 76 58 66 68 44Z"
        "M68 86C64 96 57 100 57 109C57 116 62 120 68 120C74 120 79 116 79 109C79 100 72 96 68 86Z"
    )
    word, _ = outlines(
        "Hearth & Co", font("fraunces"), 92, (158, 104), {"opsz": 72, "wght": 480, "SOFT": 60, "WONK": 0}, -8
    )
    return Logo(
        [Shape(arch(68, 120, 62, 48, 62)), Shape(flame, "accent"), Shape(word)], "#2b2723", "#b5623f", "#ffffff"
    )


def runnel() -> Logo:
    """Runnel: bold sportswear, a long and a short lane leaning into the bend."""
    bars = "M36 16L152 16L132 54L17 54Z" + "M10 70L78 70L58 108L-9 108Z" + "M102 70L124 70L104 108L82 108Z"
    word, _ = outlines("RUNNEL", font("archivo-black"), 124, (168, 108), tracking=-22, slant=0.20)
    return Logo([Shape(bars, "accent"), Shape(word)], "#141414", "#ff4a26", "#ffffff")


def mossbridge() -> Logo:
    """Mossbridge: software that connects - two spans that make an m and a bridge."""
    tile = _rounded(0, 0, 124, 124, 34)
    spans = arch(42.5, 92, 24.5, 10, 30) + arch(81.5, 92, 24.5, 10, 30)
    word, _ = outlines("Mossbridge", font("bricolage"), 96, (152, 94), {"opsz": 48, "wdth": 100, "wght": 640}, -18)
    return Logo([Shape(tile, "accent"), Shape(spans, "knockout"), Shape(word)], "#17231f", "#1f6b52", "#ffffff")


def harbour() -> Logo:
    """Harbour Hall: a concert house - a sun of sound waves over the water line."""
    rings = ""
    for outer, inner in ((70, 59), (48, 37), (26, 0.01)):
        rings += _half_ring(70, 84, outer, inner)
    waves = _rounded(0, 94, 140, 11, 5.5) + _rounded(22, 113, 96, 11, 5.5)
    first, _ = outlines("HARBOUR", font("space-grotesk"), 66, (168, 62), {"wght": 700}, 30)
    second, _ = outlines("HALL", font("space-grotesk"), 66, (168, 124), {"wght": 300}, 30)
    return Logo([Shape(rings, "accent"), Shape(waves), Shape(first), Shape(second)], "#1b1830", "#f0563f", "#ffffff")


def ardel() -> Logo:
    """Ardel: fashion - a wide, quiet name under a tailor's notch."""
    mark = "M62 6L122 122L98 122L62 50L26 122L2 122Z" + circle(62, 104, 13)
    word, _ = outlines("ARDEL", font("syne"), 104, (160, 106), {"wght": 600}, 90)
    return Logo([Shape(mark), Shape(word)], "#1c1a19", "#1c1a19", "#ffffff")


def meridian() -> Logo:
    """Meridian Homes: an estate agent - two roofs side by side that make an M, on a map's square."""
    tile = _rounded(0, 0, 124, 124, 8)
    roofs = "M22 100L22 50L44 28L62 46L80 28L102 50L102 100L84 100L84 57L80 53L62 71L44 53L40 57L40 100Z"
    first, _ = outlines("MERIDIAN", font("space-grotesk"), 62, (156, 56), {"wght": 600}, 60)
    second, _ = outlines("HOMES", font("space-grotesk"), 62, (156, 122), {"wght": 300}, 60)
    return Logo(
        [Shape(tile, "accent"), Shape(roofs, "knockout"), Shape(first), Shape(second)], "#14262b", "#0b6b5b", "#ffffff"
    )


def holm() -> Logo:
    """Holm & Tide: small inns by the sea - the sun, and two waves that it goes down behind."""
    waves = _wave(70, 12) + _wave(96, 12)
    word, _ = outlines("Holm & Tide", font("instrument-serif"), 112, (158, 98), tracking=-6)
    return Logo(
        [Shape(circle(62, 62, 60), "accent"), Shape(waves, "knockout"), Shape(word)], "#14283a", "#d9744f", "#ffffff"
    )


def _wave(y: float, thick: float) -> str:
    """A band of one and a half waves, from far left to far right."""
    crests = ((-40, 28), (28, 96), (96, 164))
    there = "".join(f"C{a + 22} {y - 16} {b - 22} {y + 16} {b} {y}" for a, b in crests)
    back = "".join(f"C{b - 22} {y + thick + 16} {a + 22} {y + thick - 16} {a} {y + thick}" for a, b in reversed(crests))
    return f"M-40 {y}{there}L164 {y + thick}{back}Z"


def _rounded(x: float, y: float, w: float, h: float, r: float) -> str:
    k = r * 0.4477153
    return (
        f"M{x + r} {y}L{x + w - r} {y}C{x + w - k} {y} {x + w} {y + k} {x + w} {y + r}L{x + w} {y + h - r}"
        f"C{x + w} {y + h - k} {x + w - k} {y + h} {x + w - r} {y + h}L{x + r} {y + h}"
        f"C{x + k} {y + h} {x} {y + h - k} {x} {y + h - r}L{x} {y + r}C{x} {y + k} {x + k} {y} {x + r} {y}Z"
    )


def _half_ring(cx: float, cy: float, outer: float, inner: float) -> str:
    k, q = outer * 0.5522847, inner * 0.5522847
    return (
        f"M{cx - outer} {cy}C{cx - outer} {cy - k} {cx - k} {cy - outer} {cx} {cy - outer}"
        f"C{cx + k} {cy - outer} {cx + outer} {cy - k} {cx + outer} {cy}L{cx + inner} {cy}"
        f"C{cx + inner} {cy - q} {cx + q} {cy - inner} {cx} {cy - inner}"
        f"C{cx - q} {cy - inner} {cx - inner} {cy - q} {cx - inner} {cy}Z"
    )


LOGOS: dict[str, Callable[[], Logo]] = {
    "hearth": hearth,
    "runnel": runnel,
    "mossbridge": mossbridge,
    "harbour-hall": harbour,
    "ardel": ardel,
    "meridian": meridian,
    "holm-and-tide": holm,
}
TEMPLATES = {
    "product-card": "hearth",
    "seasonal-sale": "runnel",
    "customer-quote": "mossbridge",
    "event-ticket": "harbour-hall",
    "new-arrival": "ardel",
    "real-estate": "meridian",
    "recipe": "hearth",
    "job-opening": "mossbridge",
    "display-set": "hearth",
    "story-motion": "holm-and-tide",
}


def _layers(logo: Logo, light: bool) -> list[tuple[skia.Path, str]]:
    """Filled paths in drawing order; a knocked-out shape is cut from the one before it."""
    ink, accent = ("#ffffff", logo.accent_light) if light else (logo.ink, logo.accent)
    layers: list[tuple[skia.Path, str]] = []
    for shape in logo.shapes:
        outline = path(shape.data)
        if shape.role == "knockout":
            below, colour = layers.pop()
            layers.append((skia.Op(below, outline, skia.PathOp.kDifference_PathOp), colour))
        else:
            layers.append((outline, accent if shape.role == "accent" else ink))
    return layers


def _placed(layers: list[tuple[skia.Path, str]]) -> tuple[list[tuple[skia.Path, str]], int, int]:
    """Scaled to fit the box and moved so that the ink starts at the edge."""
    bounds = skia.Rect.MakeEmpty()
    for outline, _ in layers:
        bounds.join(outline.computeTightBounds())
    scale = min(WIDTH / bounds.width(), HEIGHT / bounds.height())
    matrix = skia.Matrix().setScale(scale, scale)
    matrix.preTranslate(-bounds.left(), -bounds.top())
    for outline, _ in layers:
        outline.transform(matrix)
    return layers, math.ceil(bounds.width() * scale), math.ceil(bounds.height() * scale)


def _data(outline: skia.Path) -> str:
    """SVG path data of a Skia path, two decimals."""
    letters = {
        skia.Path.kMove_Verb: "M",
        skia.Path.kLine_Verb: "L",
        skia.Path.kQuad_Verb: "Q",
        skia.Path.kCubic_Verb: "C",
    }
    out = []
    iterator = skia.Path.Iter(outline, False)
    while True:
        verb, points = iterator.next()
        if verb == skia.Path.kDone_Verb:
            return "".join(out)
        if verb == skia.Path.kClose_Verb:
            out.append("Z")
        elif verb in letters:
            used = points if verb == skia.Path.kMove_Verb else points[1:]
            out.append(letters[verb] + " ".join(f"{p.x():.2f} {p.y():.2f}" for p in used))


def render(name: str, root: Path) -> None:
    """PNG and SVG of one logo, dark and light."""
    logo = LOGOS[name]()
    folder = root / OUT
    folder.mkdir(parents=True, exist_ok=True)
    for variant in ("dark", "light"):
        layers, width, height = _placed(_layers(logo, variant == "light"))
        surface = skia.Surface(width, height)
        canvas = surface.getCanvas()
        canvas.clear(skia.ColorTRANSPARENT)
        body = ""
        for outline, colour in layers:
            value = int(colour[1:], 16) | 0xFF000000
            canvas.drawPath(outline, skia.Paint(Color=value, AntiAlias=True))
            rule = "" if outline.getFillType() == skia.PathFillType.kWinding else ' fill-rule="evenodd"'
            body += f'  <path fill="{colour}"{rule} d="{_data(outline)}"/>\n'
        target = folder / f"{name}-{variant}.png"
        surface.makeImageSnapshot().save(str(target), skia.kPNG)
        svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">\n{body}</svg>\n'
        target.with_suffix(".svg").write_text(svg, encoding="utf-8")
        for template, brand in TEMPLATES.items():
            if brand == name:
                copy = (
                    root / "templates" / template / "images" / ("logo.png" if variant == "dark" else "logo-light.png")
                )
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes(target.read_bytes())


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Draw the logos.")
    parser.add_argument("--only", nargs="+", choices=sorted(LOGOS))
    parser.add_argument("--out", type=Path, default=REPO, help="root to write below")
    arguments = parser.parse_args()
    for name in arguments.only or LOGOS:
        render(name, arguments.out)


if __name__ == "__main__":
    main()
