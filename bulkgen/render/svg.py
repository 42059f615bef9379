"""SVG from outside -> a picture, after a look that the drawing library does not take itself.

It dies of 60,000 nested groups, draws style sheets black and embedded pictures and live text not at all. So: no
entities (their bombs), bounded depth and size, no reference out of the file; classes are written into the
elements; and what would be left out of the drawing is refused, because a logo without its name is a wrong picture.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from xml.parsers import expat

from bulkgen.render.failures import RenderError, picture_error

BODY_MAX_BYTES = 1024 * 1024
DEPTH_MAX = 200

# A viewBox of 100,000 units is a map, not a mistake; past that, arithmetic in single precision falls apart.
_SIDE_MAX = 100_000.0
_DEFAULT_SIDE = 300.0

_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"

_NOT_DRAWN = {"image": "an embedded picture", "text": "live text (convert it to outlines)", "foreignobject": "HTML"}
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
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
    has_doctype: bool = False


def is_svg(body: bytes) -> bool:
    head = body[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return head.startswith((b"<svg", b"<?xml", b"<!--", b"<!doctype svg")) and b"<svg" in body[:65536].lower()


def read_svg(body: bytes) -> Drawing:
    """Raises RenderError with the reason, for the caller to name the layer."""
    if len(body) > BODY_MAX_BYTES:
        raise picture_error(None, f"oversized SVG: {len(body):,} bytes, at most {BODY_MAX_BYTES:,} are drawn")
    seen = _look_through(body)
    root = seen.root or {}
    width, height = _size(root)
    text = body
    if seen.has_doctype or "".join(seen.styles).strip():
        text = _with_inline_styles(body, "".join(seen.styles))
    return Drawing(text, width, height)


def _look_through(body: bytes) -> _Seen:
    seen = _Seen()
    parser = expat.ParserCreate(namespace_separator=" ")

    def refuse(what: str) -> RenderError:
        return picture_error(None, f"insecure SVG: {what}")

    def on_doctype(_name: str, _system: str | None, _public: str | None, has_subset: int) -> None:
        # Old drawing programs name the W3C's document type; only one that declares entities of its own is a danger.
        seen.has_doctype = True
        if has_subset:
            raise refuse("its document type declares entities")

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
        if tag in _NOT_DRAWN:
            raise picture_error(None, f"the SVG contains {_NOT_DRAWN[tag]}, which is not drawn")
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


def _with_inline_styles(body: bytes, sheet: str) -> bytes:
    """Rules of the style sheet written into `style=` of what they select: by class, id or element name."""
    rules: list[tuple[str, str]] = []
    for selectors, declarations in _RULE.findall(re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)):
        for selector in selectors.split(","):
            if not re.fullmatch(r"[.#]?[\w-]+", selector.strip()):
                raise picture_error(
                    None, f"the SVG's style sheet has a rule for {selector.strip()!r}, which is not drawn"
                )
            rules.append((selector.strip(), declarations.strip().rstrip(";")))
    tree = ET.fromstring(body)
    tree.set("xmlns", _SVG)
    tree.set("xmlns:xlink", _XLINK)
    for element in tree.iter():
        tag = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
        _without_namespaces(element, tag)
        names = {tag, f"#{element.get('id')}", *(f".{name}" for name in (element.get("class") or "").split())}
        # Ids weigh more than classes, classes more than elements; what is written later wins among equals.
        held = sorted((rule for rule in rules if rule[0] in names), key=lambda rule: ".#".find(rule[0][0]))
        if held:
            own = element.get("style")
            element.set("style", ";".join([*(declarations for _, declarations in held), *([own] if own else [])]))
    return ET.tostring(tree)


def _without_namespaces(element: ET.Element, tag: str) -> None:
    """The drawing library knows names, not namespaces, and the writer would invent prefixes for them."""
    if tag:
        element.tag = tag
    for key in [key for key in element.attrib if key.startswith("{")]:
        value = element.attrib.pop(key)
        if key == f"{{{_XLINK}}}href":
            element.set("xlink:href", value)
