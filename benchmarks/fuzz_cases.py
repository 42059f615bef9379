"""What `fuzz_render` feeds the renderer: sources of each kind, and edits of them that a seed decides.

    kind, seed -> Case (a source and a list of edits) -> the bytes after the edits

Left out: drawing them, and telling what became of it.
"""

from __future__ import annotations

import io
import json
import random
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

ROOT = Path(__file__).parents[1]
TEMPLATES = ROOT / "templates"
SHARED_PICTURES = ROOT / "../shared/data/images"

# Few in a design: each mostly ends it, and what comes after the first is not looked at.
EDITS_MAX = {"pictures": 12, "fonts": 12, "drawings": 5, "designs": 3}
# place in the file from 0 to 1, what is done there, with what
Edit = tuple[float, str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    kind: str
    seed: int
    source: str
    edits: tuple[Edit, ...]


# --- sources ----------------------------------------------------------------------------------------------------------


def _noise(mode: str) -> Image.Image:
    pixels = np.random.default_rng(5).integers(0, 255, (43, 61, 4), np.uint8)
    return Image.fromarray(pixels, "RGBA").convert("RGB").convert(mode)


@cache
def pictures() -> Mapping[str, bytes]:
    kinds: list[tuple[str, str, dict[str, Any]]] = [
        ("JPEG", "RGB", {}),
        ("JPEG", "CMYK", {}),
        ("JPEG", "L", {"progressive": True}),
        ("PNG", "RGBA", {}),
        ("PNG", "P", {}),
        ("PNG", "I;16", {}),
        ("WEBP", "RGBA", {}),
        ("WEBP", "RGB", {"lossless": True}),
        ("GIF", "P", {}),
        ("TIFF", "RGB", {}),
        ("TIFF", "CMYK", {"compression": "tiff_lzw"}),
        ("AVIF", "RGB", {}),
    ]
    found = {}
    for kind, mode, options in kinds:
        body = io.BytesIO()
        picture = _noise("L" if mode == "I;16" else mode)
        if mode == "I;16":
            picture = Image.fromarray(np.asarray(picture).astype(np.uint16) * 257)
        picture.save(body, kind, **options)
        found[f"{kind} {mode} {options or ''}".strip()] = body.getvalue()
    # Of the codecs' own tests, where they are at hand: the smaller ones, or most edits would fall into pixels.
    awkward = sorted(SHARED_PICTURES.glob("awkward/*.*"))
    return found | {path.name: path.read_bytes() for path in awkward if path.stat().st_size < 200_000}


@cache
def fonts() -> Mapping[str, bytes]:
    files = [*ROOT.glob("tests/fonts/*.[to]tf"), *TEMPLATES.glob("fonts/*/*.ttf")]
    return {path.name: path.read_bytes() for path in sorted(files) if path.stat().st_size < 400_000}


_DRAWINGS = {
    "features": (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 40 20">'
        "<style>.a{fill:#ff0000;opacity:.5} #r,g > rect{stroke:red!important}</style><defs><linearGradient id='g'>"
        "<stop offset='0' stop-color='#fff8'/><stop offset='100%' style='stop-color:hsl(9,90%,40%)'/></linearGradient>"
        "<radialGradient id='h' xlink:href='#g' fx='.2'/><clipPath id='c'><circle r='9' cx='9' cy='9'/></clipPath>"
        "<mask id='m'><rect width='9' height='9' fill='white'/></mask><filter id='f'><feGaussianBlur stdDeviation='1'/>"
        "</filter><pattern id='p' width='4' height='4' patternUnits='userSpaceOnUse'><path d='M0 0h2v2'/></pattern>"
        '</defs><g transform="rotate(12 3 4) scale(1.5)" clip-path="url(#c)">'
        '<path class="a" d="M0 0C1 2 3 4 5 6zm3 4a5 5 0 0 1 9 9"/>'
        '<use xlink:href="#r" x="3"/></g><rect id="r" width="20" height="10" fill="url(#h)" stroke-dasharray="2 1"/>'
        '<g mask="url(#m)" filter="url(#f)"><polygon points="0,0 9,9 3,1" fill="url(#p)"/></g></svg>'
    ),
    "old": (
        '<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/svg11.dtd">'
        '<svg:svg xmlns:svg="http://www.w3.org/2000/svg" width="9mm" height="4mm">'
        '<svg:switch><svg:g id="a" style="fill:red">'
        '<svg:line x1="1" x2="9%" stroke="TOMATO"/><svg:ellipse cx="5" cy="5" rx="5" ry="2"/></svg:g></svg:switch>'
        "</svg:svg>"
    ),
}


@cache
def drawings() -> Mapping[str, bytes]:
    found = {name: body.encode() for name, body in _DRAWINGS.items()}
    shared = {path.name: path.read_bytes() for path in sorted(SHARED_PICTURES.rglob("*.svg"))}
    # What is refused as it is, as live text, says nothing of what is changed in it.
    return found | {name: body for name, body in shared.items() if b"<text" not in body}


@cache
def designs() -> Mapping[str, bytes]:
    found = {path.parent.name: path.read_bytes() for path in sorted(TEMPLATES.glob("*/design.json"))}
    for path in sorted((ROOT / "tests" / "golden" / "renders").glob("*/*.json")):
        found[f"{path.parent.name}/{path.stem}"] = _golden_design(json.loads(path.read_bytes()))
    return found


def _golden_design(case: dict[str, Any]) -> bytes:
    width, height = case["size"]
    elements = []
    for name, kind, (x, y, wide, high), said in case["layers"]:
        attributes = {**said, **case.get("elements", {}).get(name, {})} if kind != "group" else {}
        layout = {"x": x, "y": y, "width": wide, "height": high}
        rest = said if kind == "group" else {"attributes": [{"id": k, "value": v} for k, v in attributes.items()]}
        elements.append({"name": name, "type": kind, "layout": layout, **rest})
    formats = [{"id": "only", "width": width, "height": height}]
    return json.dumps({"id": "d", "type": "static", "formats": formats, "elements": elements}).encode()


SOURCES: Mapping[str, Callable[[], Mapping[str, bytes]]] = {
    "pictures": pictures,
    "fonts": fonts,
    "drawings": drawings,
    "designs": designs,
}

# --- edits ------------------------------------------------------------------------------------------------------------

_WORDS = [
    b"1e99",
    b"-",
    b"url(#c)",
    b"#g",
    b"matrix(",
    b"<g>",
    b"</g>",
    b"NaN",
    b'"',
    b"999999999",
    b"M",
    b"%",
    b"&#0;",
]
_WORDS += [
    b"<symbol>",
    b"hsl(",
    b"!important",
    b"{",
    b"}",
    b"@media x{",
    b"<use xlink:href='#r'/>",
    b"style='x:y'",
    b"inf",
]

_NAMES = ["fill", "stroke", "style", "class", "id", "transform", "href", "clip-path", "mask", "filter", "opacity", "d"]
_NAMES += ["width", "viewBox", "points", "stroke-dasharray", "offset", "gradientTransform", "preserveAspectRatio", "r"]
_SAID = [
    "",
    "0",
    "-1",
    "1e99",
    "NaN",
    "1e-30",
    "99999999",
    "50%",
    "9mm",
    "2em",
    "none",
    "inherit",
    "#g",
    "#r",
    "url(#c)",
]
_SAID += [
    "url(#p)",
    "url(#m)",
    "url(#f)",
    "#fff",
    "hsl(",
    "rgb(1,2)",
    "rgba(1,2,3,.4)",
    "TOMATO",
    "currentColor",
    "a b",
]
_SAID += [
    "matrix(0 0 0 0 0 0)",
    "rotate(1e9)",
    "scale(1e30)",
    "M0 0L1e38 1e38z",
    "M0 0a0 0 0 11 5 5",
    "0,0 1",
    "fill:red",
    "x",
]
_SAID += [
    "0.0001 0.0001",
    "0 0 1e-9 1e9",
    "display:none",
    "M" + "1 1 " * 3_000,
    "data:,a",
    "linearGradient",
    "path",
    "use",
]

_VALUES: list[Any] = [
    None,
    True,
    False,
    0,
    -1,
    1,
    3.5,
    1e-9,
    1e6,
    -1e6,
    1e30,
    10**400,
    "",
    "a",
    "NaN",
    "none",
    {},
    [],
    [1],
]
_VALUES += [
    "#fff",
    "#ff000080",
    "cmyk(0,1,1,0)",
    "top left",
    "12 4",
    "circle",
    "star",
    "duotone",
    "1f600",
    "l0",
    "title",
]
_VALUES += [
    "linear-gradient(0% 0% 100% 100%,0% #fff 1,100% #000 0)",
    "radial-gradient(50% 50% 90%,0% #f00 1,100% #00f 0.2)",
]
_VALUES += [
    "<b>a</b> <color=#f00>b",
    "word " * 300,
    "\u202e\u05d0\u0627",
    "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
]
_VALUES += [
    "\ud800",
    "\u200d" * 40,
    "e" + "\u0301" * 300,
    "../../etc/passwd",
    "data:image/png;base64,AAAA",
    "sha256:00",
]


def case(kind: str, seed: int) -> Case:
    chance = random.Random(f"{kind} {seed}")
    source = chance.choice(sorted(SOURCES[kind]()))
    edits: list[Edit] = []
    for _ in range(chance.randint(1, EDITS_MAX[kind])):
        place = chance.random()
        if kind == "designs":
            edits.append((place, chance.choice(("set", "set", "set", "drop", "twice")), chance.choice(_VALUES)))
        elif kind == "drawings" and chance.random() < 0.8:
            how = chance.choice(("value", "value", "value", "attribute", "child", "drop", "twice", "move"))
            edits.append((place, how, (chance.choice(_NAMES), chance.choice(_SAID), chance.random())))
        elif kind == "drawings" and chance.random() < 0.5:
            edits.append((place, "splice", (chance.choice(_WORDS).decode(), chance.randint(0, 6))))
        else:
            edits.append((place, *_byte_edit(chance)))
    return Case(kind, seed, source, tuple(edits))


def _byte_edit(chance: random.Random) -> tuple[str, Any]:
    match chance.choice(("byte", "byte", "byte", "byte", "bit", "word", "remove", "repeat", "cut")):
        case "byte":
            return "byte", chance.randint(0, 255)
        case "bit":
            return "bit", chance.randint(0, 7)
        case "word":
            return "word", chance.choice((0, 1, 0x7FFFFFFF, 0xFFFFFFFF, 0x80000000, chance.getrandbits(32)))
        case "remove" | "repeat" as what:
            return what, chance.randint(1, 64)
        case _:
            return "cut", None


def edited(made: Case) -> bytes:
    body = SOURCES[made.kind]()[made.source]
    if made.kind == "designs":
        return _edited_design(json.loads(body), made.edits)
    if made.kind == "drawings":
        body = _edited_drawing(body, made.edits)
    changed = bytearray(body)
    for place, what, value in made.edits:
        at = int(place * len(changed))
        match what:
            case "byte" if changed:
                changed[at] = value
            case "bit" if changed:
                changed[at] ^= 1 << value
            case "word":
                changed[at : at + 4] = value.to_bytes(4, "big")
            case "remove":
                del changed[at : at + value]
            case "repeat":
                changed[at:at] = changed[at : at + value]
            case "cut":
                # Seldom early, or nothing of the file would be left to read.
                del changed[int((1 - (1 - place) ** 3) * len(changed)) :]
            case "splice":
                changed[at : at + value[1]] = value[0].encode()
            case _:
                pass
    return bytes(changed)


def _edited_design(body: Any, edits: tuple[Edit, ...]) -> bytes:
    for place, what, value in edits:
        spots = list(_spots(body))
        if not spots:
            break
        holder, key = spots[int(place * len(spots))]
        if what == "set":
            holder[key] = value
        elif what == "drop":
            del holder[key]
        elif isinstance(holder, list):
            holder.insert(key, holder[key])
        else:
            holder[f"{key}_"] = holder[key]
    return json.dumps(body).encode()


def _edited_drawing(body: bytes, edits: tuple[Edit, ...]) -> bytes:
    """Edits of the tree, so that what is left can be read; those of bytes come after."""
    of_tree = [edit for edit in edits if edit[1] in ("value", "attribute", "child", "drop", "twice", "move")]
    if not of_tree:
        return body
    root = ET.fromstring(body)
    for place, what, (name, value, other) in of_tree:
        elements = list(root.iter())
        element, target = elements[int(place * len(elements))], elements[int(other * len(elements))]
        parents = {child: parent for parent in elements for child in parent}
        match what:
            case "value" if element.attrib:
                element.set(sorted(element.attrib)[int(other * len(element.attrib))], value)
            case "attribute":
                element.set(name, value)
            case "child" if value.isalpha():
                ET.SubElement(element, f"{{http://www.w3.org/2000/svg}}{value}", {"href": "#r", "d": "M0 0h9v9"})
            case "drop" if element in parents:
                parents[element].remove(element)
            case "twice" if element in parents:
                parents[element].append(element)
            case "move" if element in parents and target not in element.iter():
                parents[element].remove(element)
                target.append(element)
            case _:
                pass
    return ET.tostring(root)


def _spots(value: Any) -> Iterator[tuple[Any, Any]]:
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from _spots(value[key])
