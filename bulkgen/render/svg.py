"""SVG from outside -> a picture, after a look that the drawing library does not take itself.

    bytes -> what is safe (here) -> what is drawn as it should be (`svg_tree`) -> text for the drawing library

It dies of 60,000 nested groups. So: no document type goes on to it, and none that declares entities (their bombs) is
taken at all; bounded depth and size; no reference out of the file. It never sees the bytes that came, only what
was written anew from what was understood of them.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from xml.parsers import expat

from bulkgen.render.failures import RenderError, picture_error
from bulkgen.render.svg_tree import redrawn

BODY_MAX_BYTES = 1024 * 1024
DEPTH_MAX = 200

# A viewBox of 100,000 units is a map, not a mistake; past that, arithmetic in single precision falls apart.
_SIDE_MAX = 100_000.0
_DEFAULT_SIDE = 300.0

_ROOT = re.compile(rb"<(?:[\w-]+:)?svg[\s/>]")
_NUMBER = re.compile(r"\s*([+-]?[\d.]+(?:e[+-]?\d+)?)\s*(px|pt|mm|cm|in|pc)?\s*", re.IGNORECASE)
_UNIT_PX = {"": 1.0, "px": 1.0, "pt": 96 / 72, "pc": 16.0, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0}
_OUTSIDE = re.compile(r"(?:@import|url\(\s*['\"]?(?!\s*#|\s*['\"]?#|\s*data:))", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Drawing:
    """A checked SVG: its text for the drawing library, and its natural size in px."""

    text: bytes
    width: float
    height: float


@dataclass(slots=True)
class _Seen:
    depth: int = 0
    styles: list[str] = field(default_factory=list)
    in_style: bool = False
    root: dict[str, str] | None = None


def is_svg(body: bytes) -> bool:
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        body = body[:65536].decode("utf-16", "ignore").encode()
    head = body[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    is_xml = head.startswith((b"<?xml", b"<!--", b"<!doctype svg"))
    return bool(_ROOT.match(head) or (is_xml and _ROOT.search(body[:65536].lower())))


def read_svg(body: bytes) -> Drawing:
    """Raises RenderError with the reason, for the caller to name the layer."""
    if len(body) > BODY_MAX_BYTES:
        raise picture_error(None, f"oversized SVG: {len(body):,} bytes, at most {BODY_MAX_BYTES:,} are drawn")
    seen = _look_through(body)
    root = seen.root or {}
    width, height = _size(root)
    try:
        tree = ET.fromstring(body)
    except (ET.ParseError, ValueError, LookupError) as error:
        # Of what is not quite XML the two readers take not quite the same.
        raise picture_error(None, f"the SVG is damaged: {error}") from None
    return Drawing(redrawn(tree, "".join(seen.styles), (width, height)), width, height)


def _look_through(body: bytes) -> _Seen:
    seen = _Seen()
    parser = expat.ParserCreate(namespace_separator=" ")

    def refuse(what: str) -> RenderError:
        return picture_error(None, f"insecure SVG: {what}")

    def on_doctype(_name: str, _system: str | None, _public: str | None, has_subset: int) -> None:
        # Old drawing programs name the W3C's document type; only one that declares entities of its own is a danger.
        if has_subset:
            raise refuse(
                "its document type declares entities; save it as plain SVG, in Illustrator without its editing "
                "capabilities, or delete the <!DOCTYPE …> at its head"
            )

    def on_start(name: str, attributes: dict[str, str]) -> None:
        seen.depth += 1
        if seen.depth > DEPTH_MAX:
            raise refuse(f"elements nested more than {DEPTH_MAX} deep")
        tag = name.rpartition(" ")[2].lower()
        if seen.root is None:
            if tag != "svg":
                raise picture_error(None, "unidentifiable image: XML that is not SVG")
            seen.root = {key.rpartition(" ")[2].lower(): value for key, value in attributes.items()}
        if tag == "script":
            raise refuse("it carries a script")
        seen.in_style = tag == "style"
        for key, value in attributes.items():
            if key.rpartition(" ")[2].lower() == "href" and not value.strip().startswith(("#", "data:")):
                raise refuse(f"it refers to {value[:60]!r}")
            if _OUTSIDE.search(value):
                raise refuse("it refers to another file")

    def on_end(_: str) -> None:
        seen.depth -= 1
        seen.in_style = False

    def on_text(text: str) -> None:
        if seen.in_style:
            seen.styles.append(text)
            if _OUTSIDE.search(text):
                raise refuse("its style sheet refers to another file")

    parser.StartDoctypeDeclHandler = on_doctype
    parser.StartElementHandler = on_start
    parser.EndElementHandler = on_end
    parser.CharacterDataHandler = on_text
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        raise picture_error(None, f"the SVG is damaged: {error}") from None
    return seen


def _size(root: dict[str, str]) -> tuple[float, float]:
    numbers = [float(part) for part in re.findall(r"[+-]?[\d.]+(?:e[+-]?\d+)?", root.get("viewbox", ""))]
    view = (numbers[2], numbers[3]) if len(numbers) == 4 else None
    sides = [_length(root.get(side, "")) for side in ("width", "height")]
    width = sides[0] if sides[0] is not None else (view[0] if view else _DEFAULT_SIDE)
    height = sides[1]
    if height is None:
        height = width * view[1] / view[0] if view and view[0] else _DEFAULT_SIDE
    if not (0 < width <= _SIDE_MAX and 0 < height <= _SIDE_MAX):
        raise picture_error(None, f"the SVG has no usable size ({width:g} x {height:g})")
    return width, height


def _length(text: str) -> float | None:
    match = _NUMBER.fullmatch(text)
    return float(match.group(1)) * _UNIT_PX[(match.group(2) or "").lower()] if match else None
