"""Colours of a design -> stand-ins in RGB for the drawing library, and what the press is to do for each of them.

    cmyka(0,100,0,0) -> #ea0082 -> drawn -> .9176 0 .5098 rg -> 0 1 0 0 k

A stand-in is what the inks would look like, so that a screen shows the same, but no two colours of a document share
one: what a design says in inks comes back as exactly these. All other RGB goes through the profile (relative
colorimetric, with the black point), and what is neutral becomes black ink alone, so that letters need no register.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from PIL import Image, ImageCms

from bulkgen.render.extras import known_attributes
from bulkgen.render.groups import Group
from bulkgen.render.print.profiles import is_meant_for
from bulkgen.render.scene import Layer, Scene
from bulkgen.wire.colors import Color, LinearGradient, Paint, RadialGradient, Stop, parse_color
from bulkgen.wire.overrides import Kind

Amounts = tuple[float, float, float, float]
Rgb = tuple[int, int, int]

_COLOR = re.compile(r"cmyka?\([^)]*\)|#[0-9a-f]{3,8}\b", re.IGNORECASE)
_TAG = re.compile(r"<(?:c|u|s|d|bg)\s*=[^<>]*>", re.IGNORECASE)
_WITH_MARKUP = ("text", "button")
_NAMED_COLORS = ("illustration_properties", "primary_color")

_PAPER: Amounts = (0.0, 0.0, 0.0, 0.0)


class Inks:
    """Of one document. The same design gives the same stand-ins, since they are given out in order."""

    def __init__(self, profile: bytes) -> None:
        self._profile = profile
        self._to_inks, self._to_screen = _transforms(profile)
        self._amounts: dict[Rgb, Amounts] = {(255, 255, 255): _PAPER}
        self._stand_ins: dict[tuple[Rgb | None, Amounts | None], Rgb] = {(None, _PAPER): (255, 255, 255)}

    def __repr__(self) -> str:
        return f"Inks({len(self._amounts)} colours)"

    def amounts(self, rgb: Rgb) -> Amounts:
        """What the press does for a colour of the drawn document, each ink 0 to 1."""
        known = self._amounts.get(rgb)
        if known is None:
            known = self._amounts[rgb] = self._separated(rgb)
        return known

    def picture(self, picture: Image.Image) -> Image.Image:
        """RGB -> CMYK."""
        return ImageCms.applyTransform(picture, self._to_inks) or picture

    def keeps(self, own: bytes | None) -> bool:
        """Whether a picture in inks of this profile stays in them."""
        return is_meant_for(own, self._profile)

    def stand_in(self, color: Color) -> Color:
        own = (round(color.red * 255), round(color.green * 255), round(color.blue * 255))
        key = (None, color.cmyk) if color.cmyk else (own, None)
        rgb = self._stand_ins.get(key)
        if rgb is None:
            amounts = color.cmyk or self._separated(own)
            rgb = self._stand_ins[key] = self._free(self._seen(color.cmyk) if color.cmyk else own, amounts)
        red, green, blue = rgb
        return Color(red / 255, green / 255, blue / 255, color.alpha)

    def scene(self, scene: Scene) -> Scene:
        """The same scene in stand-ins."""
        return replace(
            scene,
            background=self._paint(scene.background),
            layers=tuple(self._layer(layer) for layer in scene.layers),
            groups=tuple(self._group(group) for group in scene.groups),
        )

    def _layer(self, layer: Layer) -> Layer:
        return replace(layer, values=self._values(layer.type, layer.values))

    def _group(self, group: Group) -> Group:
        return replace(group, values=self._values("group", group.values))

    def _values(self, kind: str, values: Mapping[str, Any]) -> Mapping[str, Any]:
        known = known_attributes(kind)
        swapped: dict[str, Any] = {}
        for name, value in values.items():
            prop = known.get(name)
            if isinstance(value, str) and prop is not None and prop.kind in (Kind.COLOR, Kind.PAINT):
                swapped[name] = self._swapped(value)
            elif isinstance(value, str) and name == "payload" and kind in _WITH_MARKUP:
                swapped[name] = _TAG.sub(lambda tag: self._swapped(tag.group()), value)
            elif name == _NAMED_COLORS[0] and isinstance(value, Mapping):
                inner = value.get(_NAMED_COLORS[1])
                swapped[name] = {**value, _NAMED_COLORS[1]: self._swapped(inner)} if isinstance(inner, str) else value
            else:
                swapped[name] = value
        return swapped

    def _swapped(self, text: str) -> str:
        """Every colour in it as a stand-in; what is no colour is left for its reader to refuse."""

        def swap(found: re.Match[str]) -> str:
            try:
                color = self.stand_in(parse_color(found.group()))
            except ValueError:
                return found.group()
            channels = [round(part * 255) for part in (color.red, color.green, color.blue)]
            alpha = f"{round(color.alpha * 255):02x}" if color.alpha < 1 else ""
            return "#" + "".join(f"{channel:02x}" for channel in channels) + alpha

        return _COLOR.sub(swap, text)

    def _paint(self, paint: Paint) -> Paint:
        if isinstance(paint, Color):
            return self.stand_in(paint)
        stops = tuple(Stop(stop.offset, self.stand_in(stop.color)) for stop in paint.stops)
        if isinstance(paint, LinearGradient):
            return replace(paint, stops=stops)
        assert isinstance(paint, RadialGradient)
        return replace(paint, stops=stops)

    def _separated(self, rgb: Rgb) -> Amounts:
        red, green, blue = rgb
        if red == green == blue:
            return (0.0, 0.0, 0.0, round(1 - red / 255, 4))
        pixel = self.picture(Image.new("RGB", (1, 1), rgb)).getpixel((0, 0))
        assert isinstance(pixel, tuple)
        cyan, magenta, yellow, black = (round(part / 255, 4) for part in pixel)
        return (cyan, magenta, yellow, black)

    def _seen(self, amounts: Amounts) -> Rgb:
        """What the inks look like. Black alone looks neutral, whatever tint the profile gives it."""
        cyan, magenta, yellow, black = amounts
        if not (cyan or magenta or yellow):
            grey = round(255 * (1 - black))
            return (grey, grey, grey)
        inks = (round(cyan * 255), round(magenta * 255), round(yellow * 255), round(black * 255))
        seen = ImageCms.applyTransform(Image.new("CMYK", (1, 1), inks), self._to_screen)
        pixel = seen.getpixel((0, 0)) if seen is not None else None
        assert isinstance(pixel, tuple)
        return (int(pixel[0]), int(pixel[1]), int(pixel[2]))

    def _free(self, wish: Rgb, amounts: Amounts) -> Rgb:
        """The nearest colour that stands for nothing else yet. A neutral one is for black ink only."""
        is_black = amounts[:3] == (0.0, 0.0, 0.0)
        for rgb in _around(wish):
            taken = self._amounts.get(rgb)
            if taken == amounts or (taken is None and (is_black or not rgb[0] == rgb[1] == rgb[2])):
                self._amounts[rgb] = amounts
                return rgb
        raise AssertionError("a document has more colours than there are")


def _around(middle: Rgb) -> Iterator[Rgb]:
    """All colours, from `middle` outward."""
    for distance in range(256):
        for red in _span(middle[0], distance):
            for green in _span(middle[1], distance):
                for blue in _span(middle[2], distance):
                    if max(abs(red - middle[0]), abs(green - middle[1]), abs(blue - middle[2])) == distance:
                        yield (red, green, blue)


def _span(value: int, distance: int) -> range:
    return range(max(value - distance, 0), min(value + distance, 255) + 1)


@lru_cache(maxsize=8)
def _transforms(profile: bytes) -> tuple[Any, Any]:
    """To inks and back: relative colorimetric with the black point compensated."""
    inks, screen = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
    how = {"renderingIntent": ImageCms.Intent.RELATIVE_COLORIMETRIC, "flags": ImageCms.Flags.BLACKPOINTCOMPENSATION}
    there = ImageCms.buildTransform(screen, inks, "RGB", "CMYK", **how)  # type: ignore[arg-type]
    back = ImageCms.buildTransform(inks, screen, "CMYK", "RGB", **how)  # type: ignore[arg-type]
    return there, back
