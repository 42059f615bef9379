"""An SVG's tree -> the same drawing in the words of the drawing library, which passes over what it does not know.

It draws a colour that it cannot read black, a `href` without its old prefix not at all, and a symbol, an arrow head or
a blend mode as if it were not there. So what has another way to be said is said that way, what does nothing to a still
picture is dropped, and the rest is refused: a logo without a part of itself is a wrong picture.
"""

from __future__ import annotations

import colorsys
import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence

from PIL import ImageColor

from bulkgen.render.failures import RenderError, picture_error
from bulkgen.render.svg_sheet import Rule, properties, read_rules

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"

# Parts drawn in all, repetitions counted: above any drawing by hand, and a second's work.
PARTS_MAX = 200_000

_DRAWN = frozenset(
    (
        *("svg", "g", "a", "defs", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "use"),
        *("clipPath", "mask", "pattern", "linearGradient", "radialGradient", "stop", "filter"),
        *("feBlend", "feColorMatrix", "feComponentTransfer", "feFuncA", "feFuncR", "feFuncG", "feFuncB"),
        *("feComposite", "feDiffuseLighting", "feSpecularLighting", "feDistantLight", "fePointLight", "feSpotLight"),
        *("feDisplacementMap", "feFlood", "feGaussianBlur", "feMerge", "feMergeNode", "feMorphology", "feOffset"),
        "feTurbulence",
    )
)
_DROPPED = frozenset(("title", "desc", "metadata", "style", "view", "cursor", "color-profile", "font", "font-face"))
_REASONS: Mapping[str, str] = {
    "image": "an embedded picture, which is not drawn; use the picture itself, or trace it",
    "text": "live text, which is not drawn; convert it to outlines",
    "foreignObject": "HTML, which is not drawn",
    "symbol": "a symbol, which is not drawn; unlink or expand it",
    "marker": "arrow heads (marker), which are not drawn; expand the stroke",
    **dict.fromkeys(
        ("animate", "animateTransform", "animateMotion", "animateColor", "set"), "an animation, which is not drawn"
    ),
}

_COLORS = ("fill", "stroke", "stop-color", "flood-color", "lighting-color", "color")
_OPACITIES = ("opacity", "fill-opacity", "stroke-opacity", "stop-opacity", "flood-opacity")
_PRESENTED = frozenset(
    (
        *(*_COLORS, *_OPACITIES, "fill-rule", "clip-rule", "clip-path", "mask", "filter", "visibility", "display"),
        *(f"stroke-{part}" for part in ("width", "linecap", "linejoin", "miterlimit", "dasharray", "dashoffset")),
        "color-interpolation-filters",
    )
)
_GEOMETRY = frozenset(
    ("x", "y", "width", "height", "cx", "cy", "r", "rx", "ry", "x1", "y1", "x2", "y2", "fx", "fy", "stroke-width")
)

# Property -> values that change nothing; any other is refused.
_HARMLESS: Mapping[str, tuple[str, ...]] = {
    "transform": ("none",),
    "transform-origin": ("0 0", "0px 0px", "0", "top left", "left top"),
    "mix-blend-mode": ("normal",),
    "vector-effect": ("none",),
    "paint-order": ("normal", "fill", "fill stroke", "fill stroke markers", "fill markers stroke"),
    "animation": ("none",),
    "animation-name": ("none",),
    "background": ("none", "transparent"),
    "background-color": ("none", "transparent"),
    "translate": ("none",),
    "rotate": ("none",),
    "scale": ("none",),
    **dict.fromkeys(("marker", "marker-start", "marker-mid", "marker-end"), ("none",)),
}
_AS_ATTRIBUTE = ("transform",)
_COMPUTED = re.compile(r"(?:var|calc|env|min|max|clamp)\(", re.IGNORECASE)
_RELATIVE = re.compile(r"[\d.]\s*(?:r?em|ex|r?ch|[sld]?v(?:[wh]|min|max))\s*$", re.IGNORECASE)
_REFERENCE = re.compile(r"url\(\s*['\"]?#([^'\")]+)['\"]?\s*\)|^#(.+)$")
_FUNCTION = re.compile(r"(rgb|hsl)a?\(\s*([^()]*)\)")


def redrawn(root: ET.Element, sheet: str, size: tuple[float, float]) -> bytes:
    """Raises RenderError for what would not be drawn as it should."""
    _without_others(root)
    rules = read_rules(sheet)
    _rewrite([root], rules, is_hidden=False)
    _count(root)
    root.set("xmlns", SVG)
    root.set("xmlns:xlink", XLINK)
    # In numbers, since there is no letter or page here for a length to be a part of.
    root.set("width", f"{size[0]:.6g}")
    root.set("height", f"{size[1]:.6g}")
    return ET.tostring(root)


def _refused(what: str) -> RenderError:
    return picture_error(None, f"the SVG contains {what}")


def _without_others(element: ET.Element) -> None:
    """Without the elements and attributes of drawing programs; SVG's own lose their namespace, which is not read."""
    element.tag = str(element.tag).rpartition("}")[2]
    for key in [key for key in element.attrib if key.startswith("{")]:
        value = element.attrib.pop(key)
        if key == f"{{{XLINK}}}href":
            element.attrib.setdefault("href", value)
    for child in list(element):
        space, _, tag = str(child.tag).rpartition("}")
        if not isinstance(child.tag, str) or space not in ("", f"{{{SVG}") or tag in _DROPPED:
            element.remove(child)
        else:
            _without_others(child)


def _rewrite(path: list[ET.Element], rules: Sequence[Rule], *, is_hidden: bool) -> None:
    element = path[-1]
    if element.tag == "switch":
        _choose(element)
    if element.tag not in _DRAWN:
        raise _refused(_REASONS.get(element.tag, f"{element.tag!r}, which is not drawn"))
    said = properties(path, rules)
    _check(element, said, is_root=len(path) == 1)
    for name in ("style", "class"):
        element.attrib.pop(name, None)
    for name, value in said.items():
        if name in _PRESENTED or (name in _GEOMETRY and len(path) > 1):
            element.set(name, value)
    _plain(element)
    visibility = element.get("visibility", "inherit")
    if is_hidden and visibility == "visible":
        raise _refused("something visible in something hidden, which is not drawn")
    is_hidden = is_hidden or visibility in ("hidden", "collapse")
    for child in element:
        _rewrite([*path, child], rules, is_hidden=is_hidden)


def _choose(switch: ET.Element) -> None:
    """The first that asks for nothing special, as a group."""
    special = ("requiredExtensions", "requiredFeatures", "systemLanguage")
    plain = [child for child in switch if not any(child.get(name) for name in special)]
    for child in list(switch):
        if child not in plain[:1]:
            switch.remove(child)
    switch.tag = "g"


def _check(element: ET.Element, said: Mapping[str, str], *, is_root: bool) -> None:
    attributes = {key: value for key, value in element.attrib.items() if key not in _AS_ATTRIBUTE}
    for name, value in {**attributes, **said}.items():
        harmless = _HARMLESS.get(name)
        # A page has a ground, a shape has none.
        if harmless is None or (name.startswith("background") and not is_root):
            continue
        if " ".join(value.lower().split()) not in (*harmless, "", "inherit", "initial", "unset"):
            raise _refused(f"{name}: {value[:40]}, which is not drawn")


def _plain(element: ET.Element) -> None:
    """Values in the forms that are read."""
    href = element.attrib.pop("href", None)
    if href is not None:
        element.set("xlink:href", href)
    for name, value in list(element.attrib.items()):
        if name in _PRESENTED | _GEOMETRY and _COMPUTED.search(value):
            raise _refused(f"{name}: {value[:40]}, which is not drawn")
        if name in _COLORS:
            plain = _color(value)
            element.attrib.pop(name) if plain is None else element.set(name, plain)
        elif name in _OPACITIES and value.strip().endswith("%"):
            element.set(name, f"{_part(value, 1.0):.4g}")
        elif name in _GEOMETRY and _RELATIVE.search(value):
            raise _refused(f"a length in parts of a letter or page ({name}: {value[:40]}), which is not drawn")


def _color(value: str) -> str | None:
    """None for one that says nothing, as for a browser."""
    text = " ".join(value.split())
    lower = text.lower()
    if lower in ("none", "inherit"):
        return lower
    if lower == "currentcolor":
        return "currentColor"
    if lower.startswith("url("):
        return text
    if lower == "transparent":
        return "rgba(0,0,0,0)"
    if found := _FUNCTION.fullmatch(lower):
        return _written(*_channels(found.group(1), re.split(r"[\s,/]+", found.group(2).strip()), value))
    if "(" in lower:
        raise _refused(f"the colour {value[:40]}, which is not drawn")
    try:
        channels = ImageColor.getrgb(lower)
    except ValueError:
        return None
    return _written(*channels[:3], channels[3] / 255 if len(channels) == 4 else 1.0)


def _channels(kind: str, parts: list[str], value: str) -> tuple[float, float, float, float]:
    try:
        alpha = _part(parts[3], 1.0) if len(parts) == 4 else 1.0
        if len(parts) not in (3, 4):
            raise ValueError
        if kind == "rgb":
            red, green, blue = (_part(part, 255.0) for part in parts[:3])
            return red, green, blue, alpha
        hue = float(parts[0].removesuffix("deg")) / 360 % 1.0
        light, strong = (min(max(float(part.removesuffix("%")) / 100, 0.0), 1.0) for part in (parts[2], parts[1]))
        red, green, blue = (channel * 255 for channel in colorsys.hls_to_rgb(hue, light, strong))
    except (ValueError, OverflowError):
        raise _refused(f"the colour {value[:40]}, which is not drawn") from None
    return red, green, blue, alpha


def _part(text: str, whole: float) -> float:
    """A number, or a percentage of the whole. Raises ValueError."""
    text = text.strip()
    if not text.endswith("%"):
        return float(text)
    try:
        return float(text[:-1]) / 100 * whole
    except ValueError:
        if whole == 1.0:
            return whole
        raise


def _written(red: float, green: float, blue: float, alpha: float) -> str:
    numbers = [round(min(max(channel, 0.0), 255.0)) for channel in (red, green, blue)]
    if alpha >= 1:
        return "#" + "".join(f"{number:02x}" for number in numbers)
    return f"rgba({numbers[0]},{numbers[1]},{numbers[2]},{max(alpha, 0.0):.4g})"


def _count(root: ET.Element) -> None:
    """Ten uses of ten uses of ten …: a file of a page that takes years to draw."""
    named = {element.get("id"): element for element in root.iter() if element.get("id")}
    known: dict[ET.Element, int] = {}
    sizes: dict[ET.Element, int] = {}
    open_: set[ET.Element] = set()

    def size(element: ET.Element) -> int:
        if element not in sizes:
            sizes[element] = 1 + sum(size(child) for child in element)
        return sizes[element]

    def parts(element: ET.Element) -> int:
        if element in known:
            return known[element]
        if element in open_:
            raise _refused("something that is drawn with itself, without end")
        open_.add(element)
        total = 1 + sum(parts(child) for child in element)
        for value in element.attrib.values():
            for found in _REFERENCE.finditer(value):
                target = named.get(found.group(1) or found.group(2))
                if target is not None:
                    # A fill is each child's too.
                    total += parts(target) * size(element)
        open_.discard(element)
        known[element] = total
        if total > PARTS_MAX:
            raise picture_error(None, f"insecure SVG: it repeats itself to more than {PARTS_MAX:,} parts")
        return total

    try:
        parts(root)
    except RecursionError:
        raise picture_error(None, "insecure SVG: it refers to itself too deeply") from None
