"""Mutated pictures, fonts, drawings and designs through the renderer: each drawn, or refused in words.

python benchmarks/fuzz_render.py [--kinds pictures,fonts,drawings,designs] [--count 10000] [--seed 1] [--keep DIR]

A case is a source and a list of edits, both from its seed, so that a number names it. Cases run in a worker process,
which says which one it is at; when it dies or is silent too long, that case is the one. What fails is cut down to the
edits that matter and written to the folder, with the error beside it. Exit code 1 if any did.
"""

from __future__ import annotations

import argparse
import io
import json
import multiprocessing
import random
import sys
import tempfile
import time
import traceback
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from bulkgen.render.banner import RenderCache, picture_refs, render_banner
from bulkgen.render.failures import RenderError
from bulkgen.render.fonts import FontCatalogueError, FontLibrary
from bulkgen.render.pictures import decode_picture, read_vector
from bulkgen.render.svg import is_svg
from bulkgen.wire.design import DesignShapeError, parse_design

ROOT = Path(__file__).parents[1]
TEMPLATES = ROOT / "templates"
SHARED_PICTURES = ROOT / "../shared/data/images"

# Far above what the slowest sound case takes, also on a busy machine.
SILENCE_SECONDS = 30.0
# Few in a design: each mostly ends it, and what comes after the first is not looked at.
EDITS_MAX = {"pictures": 12, "fonts": 12, "drawings": 5, "designs": 3}
PIECE = 200

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


# --- one case ---------------------------------------------------------------------------------------------------------

FONTS = FontLibrary([TEMPLATES / "fonts", ROOT / "tests" / "fonts"], installed=lambda: iter(()))
_TEXT = "שלום قائمة 夏の山 पहाड़ a1"


def run(made: Case, cache: RenderCache) -> str:
    """What became of it: `drawn`, or `refused`. Anything else is raised, and a finding."""
    body = edited(made)
    try:
        match made.kind:
            case "pictures" | "drawings":
                _draw_picture(made, body)
            case "fonts":
                _draw_font(body)
            case _:
                _draw_design(made, body, cache)
    except (RenderError, FontCatalogueError, DesignShapeError) as error:
        if len(str(error)) <= 10:
            raise AssertionError(f"no reason: {error!r}") from error
        return "refused"
    return "drawn"


def _draw_picture(made: Case, body: bytes) -> None:
    picture = decode_picture(body, 30, 30, contain=made.seed % 2 == 0)
    if picture.is_opaque and picture.pixels[..., 3].min() != 255:
        raise AssertionError("opaque and see-through at once")
    if is_svg(body):
        read_vector(body)


def _draw_font(body: bytes) -> None:
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "broken.ttf").write_bytes(body)
        library = FontLibrary([Path(name)], installed=lambda: iter(()))
        shown = "".join(char for char in _TEXT if library.fallback(char, 400, "normal", 16))
        render_banner(_font_design(), "only", {"title": {"payload": shown or "a"}}, {}, library, file_type="png")
        render_banner(_font_design(), "only", {"title": {"payload": shown or "a"}}, {}, library, file_type="pdf")


@cache
def _font_design() -> Any:
    box = {"x": 0, "y": 0, "width": 200, "height": 100}
    title = {"name": "title", "type": "text", "layout": box, "attributes": [{"id": "font_size", "value": 16}]}
    return parse_design(
        {"id": "d", "type": "static", "formats": [{"id": "only", "width": 200, "height": 100}], "elements": [title]}
    )


def _draw_design(made: Case, body: bytes, cache: RenderCache) -> None:
    design = parse_design(json.loads(body))
    smallest = min(design.formats, key=lambda item: item.width * item.height)
    folder = TEMPLATES / made.source
    found: dict[str, bytes | RenderError] = {}
    for reference in picture_refs(design, (smallest.id,), {}):
        path = folder / reference
        is_there = reference.startswith("images/") and ".." not in reference and path.is_file()
        found[reference] = path.read_bytes() if is_there else pictures()["PNG RGBA"]
    kind = ("png", "jpeg", "png", "pdf")[made.seed % 4]
    render_banner(design, smallest.id, {}, found, FONTS, file_type=kind, cache=cache)


# --- processes --------------------------------------------------------------------------------------------------------


def _worker(kind: str, seeds: range, to: Connection) -> None:
    _limit_memory()
    cache = RenderCache(32 << 20)
    for seed in seeds:
        to.send(("at", seed))
        to.send(("end", seed, *_outcome(case(kind, seed), cache)))
    to.close()


def _single(made: Case, to: Connection) -> None:
    _limit_memory()
    to.send(_outcome(made, RenderCache(32 << 20)))
    to.close()


def _outcome(made: Case, cache: RenderCache) -> tuple[str, str]:
    try:
        return run(made, cache), ""
    except MemoryError:
        # What the studio's worker answers too; it is a reason, and counted apart.
        return "too large for a worker", ""
    except Exception:
        return "ERROR", traceback.format_exc()


def _limit_memory() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_DATA, (2 << 30, 2 << 30))


def fuzz(kind: str, seeds: range) -> Iterator[tuple[int, str, str]]:
    """(seed, outcome, error) of each case; a dead or silent worker is replaced, and its case named."""
    context = multiprocessing.get_context("fork")
    next_seed = seeds.start
    while next_seed < seeds.stop:
        mine, theirs = context.Pipe(duplex=False)
        # Threads and memory of a library do not live on from piece to piece, so that a leak is no crash.
        piece = range(next_seed, min(next_seed + PIECE, seeds.stop))
        process = context.Process(target=_worker, args=(kind, piece, theirs), daemon=True)
        process.start()
        theirs.close()
        at = next_seed
        try:
            while mine.poll(SILENCE_SECONDS):
                told = mine.recv()
                if told[0] == "at":
                    at = told[1]
                else:
                    yield told[1], told[2], told[3]
                    next_seed = told[1] + 1
            yield at, "HANG", f"silent for {SILENCE_SECONDS:g} s"
            next_seed = at + 1
        except EOFError:
            process.join()
            if next_seed < piece.stop:
                yield at, "CRASH", f"the process ended with {process.exitcode}"
                next_seed = at + 1
        finally:
            process.kill()
            process.join()
            mine.close()


def alone(made: Case) -> str:
    context = multiprocessing.get_context("fork")
    mine, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_single, args=(made, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        return str(mine.recv()[0]) if mine.poll(SILENCE_SECONDS) else "HANG"
    except EOFError:
        return "CRASH"
    finally:
        process.kill()
        process.join()


def shrunk(made: Case, outcome: str) -> Case:
    """Without the edits that it fails without."""
    edits = list(made.edits)
    for edit in list(edits):
        rest = [one for one in edits if one is not edit]
        if rest and alone(Case(made.kind, made.seed, made.source, tuple(rest))) == outcome:
            edits = rest
    return Case(made.kind, made.seed, made.source, tuple(edits))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kinds", default=",".join(SOURCES))
    parser.add_argument("--count", type=int, default=10_000, help="cases of each kind")
    parser.add_argument("--seed", type=int, default=1, help="another seed, other cases")
    parser.add_argument("--keep", type=Path, default=Path("fuzz-findings"), help="where findings are written")
    options = parser.parse_args()
    failed = 0
    for kind in options.kinds.split(","):
        started, counts = time.monotonic(), Counter[str]()
        first = options.seed * 10_000_000
        for seed, outcome, error in fuzz(kind, range(first, first + options.count)):
            counts[outcome] += 1
            if not outcome.isupper():
                continue
            failed += 1
            least = shrunk(case(kind, seed), outcome)
            options.keep.mkdir(parents=True, exist_ok=True)
            (options.keep / f"{kind}-{seed}.bin").write_bytes(edited(least))
            (options.keep / f"{kind}-{seed}.txt").write_text(f"{outcome} {least}\n\n{error}", "utf-8")
            print(f"{kind} {seed}: {outcome}, {least.source}, {len(least.edits)} edits\n{error}", flush=True)
        told = ", ".join(f"{count:,} {outcome}" for outcome, count in counts.most_common())
        print(f"{kind}: {told}; {time.monotonic() - started:.0f} s", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
