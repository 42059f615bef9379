"""Images and logos: cropped or fitted, toned, cut to an outline, with overlay, frame and shadow."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bulkgen.render.alignment import Alignment, parse_alignment
from bulkgen.render.effects import DUOTONES, GRAYSCALE, Tones
from bulkgen.render.failures import element_error
from bulkgen.render.layout import Placed
from bulkgen.render.outlines import NAMES, Corners, corners_of, outline
from bulkgen.render.painters.drawing import draw
from bulkgen.render.painters.shadows import cast_shadow, casts_shadow, outline_shadow
from bulkgen.render.paints import fill, fill_rectangle, rectangle, solid
from bulkgen.render.placement import NO_FOCUS, Focus, Placement, contained, covering
from bulkgen.render.scene import Layer
from bulkgen.render.skia_memory import Picture, Surface, Vector, skia
from bulkgen.render.stage import Stage
from bulkgen.wire.colors import Color, LinearGradient, Paint, Stop
from bulkgen.wire.design import Box

_OVERLAY_LINES = {
    "horizontal": (0.0, 0.0, 1.0, 0.0),
    "vertical": (0.0, 0.0, 0.0, 1.0),
    "diagonal": (0.0, 0.0, 1.0, 1.0),
}

# Of a drawing that becomes pixels under an overlay: an A3 page at 300 dpi.
_OVERLAID_MAX_PX = 18_000_000

# How close at most; a closer crop of a web photo is a blurred one. The hosted API's own factors are not published.
_ZOOMS = {"low": 1.25, "medium": 1.6, "max": 2.0}


def paint_image(stage: Stage, placed: Placed) -> None:
    layer, box, canvas = placed.layer, placed.frame, stage.canvas
    if box.width <= 0 or box.height <= 0:
        return
    contain = layer.text("fitting_type", "cover") == "fill"
    focus = NO_FOCUS if contain else _focus(stage, layer, box)
    art = stage.picture(layer, box.width * focus.zoom, box.height * focus.zoom, contain=contain, effect=_tones(layer))
    if art is None:
        return
    place = _placement(art, layer, box, focus, contain=contain)
    path = _outline(layer, box)
    if contain and path is None:
        # What is cut out casts the shadow of what is in it, not of its box.
        _cast(stage, placed, art, place)
    else:
        key = (layer.text("mask_name"), str(layer.get("mask_properties")), layer.number("border_radius"))
        outline_shadow(stage, layer, path or outline("rectangle", box), box, key)
    _frame(canvas, layer, path or outline("rectangle", box))
    overlay = _overlay(layer)
    if overlay is None:
        draw(stage, art, place, outline=path, is_turned=bool(layer.number("rotation")))
        return
    is_cut = isinstance(art, Vector) or not art.is_opaque
    if is_cut and stage.is_vector:
        # A document does not tell where the picture under an overlay is seen: there both are one picture.
        if isinstance(art, Vector):
            art = art.picture(art.width * _sharpness(stage, art, place), art.height * _sharpness(stage, art, place))
            place = _placement(art, layer, box, focus, contain=contain)
        draw(stage, _overlaid(stage, art, place, overlay), place, outline=path)
        return
    if is_cut:
        # The overlay lies on what is seen of the picture, not on the ground around it.
        canvas.saveLayer(rectangle(box), skia.Paint())
    draw(stage, art, place, outline=path, is_turned=bool(layer.number("rotation")))
    if is_cut:
        canvas.saveLayer(rectangle(box), skia.Paint(BlendMode=skia.BlendMode.kSrcATop))
    canvas.save()
    if path is not None:
        canvas.clipPath(path, skia.ClipOp.kIntersect, True)
    fill_rectangle(stage, overlay, place.target)
    canvas.restore()
    if is_cut:
        canvas.restore()
        canvas.restore()


def _sharpness(stage: Stage, art: Vector, place: Placement) -> float:
    """Pixels for each unit of the drawing, as fine as it is shown."""
    wished = place.target.width / place.source.width * stage.sharpness
    return min(wished, math.sqrt(_OVERLAID_MAX_PX / (art.width * art.height)))


def _overlaid(stage: Stage, art: Picture, place: Placement, overlay: Paint) -> Picture:
    surface = Surface(art.pixels.copy())
    paint = fill(overlay, place.source, stage.aside(surface.canvas))
    paint.setBlendMode(skia.BlendMode.kSrcATop)
    surface.canvas.drawRect(rectangle(place.source), paint)
    return Picture(surface.pixels, is_opaque=False)


def paint_logo(stage: Stage, placed: Placed) -> None:
    """Logos, and illustrations, which come from an icon set instead of the request."""
    layer, box = placed.layer, placed.frame
    art = stage.picture(layer, box.width, box.height, contain=True)
    if art is None:
        return
    place = contained(art.width, art.height, box, _alignment(layer))
    _cast(stage, placed, art, place)
    draw(stage, art, place, is_turned=bool(layer.number("rotation")))


def _placement(art: Picture | Vector, layer: Layer, box: Box, focus: Focus, *, contain: bool) -> Placement:
    if contain:
        return contained(art.width, art.height, box, _alignment(layer))
    return covering(art.width, art.height, box, _alignment(layer), focus)


def _alignment(layer: Layer) -> Alignment:
    return parse_alignment(layer.text("alignment"), "middle center")


def _focus(stage: Stage, layer: Layer, box: Box) -> Focus:
    """Where the eye goes if it is asked for; else the point that the design names."""
    if layer.flag("auto_focus"):
        return stage.focus(layer, box.width / box.height, _zoom(layer))
    x, y = (layer.get(name) for name in ("focus_x", "focus_y"))
    return Focus(
        None if x is None else layer.number("focus_x") / 100, None if y is None else layer.number("focus_y") / 100
    )


def _zoom(layer: Layer) -> float:
    properties = layer.get("auto_focus_properties")
    asked = properties.get("focus_zoom") if isinstance(properties, Mapping) else None
    return _ZOOMS.get(str(asked or layer.get("focus_zoom")), 1.0)


def _tones(layer: Layer) -> Tones | None:
    match layer.text("filter_name"):
        case "":
            return None
        case "grayscale":
            return GRAYSCALE
        case "duotone":
            properties = layer.get("filter_properties")
            name = properties.get("name") if isinstance(properties, Mapping) else None
            if not isinstance(name, str) or name not in DUOTONES:
                raise element_error(
                    layer.name, f"filter_properties.name is {name!r}, and must be one of {', '.join(DUOTONES)}"
                )
            return DUOTONES[name]
        case other:
            raise element_error(layer.name, f"filter_name is {other!r}, and must be grayscale or duotone")


def _overlay(layer: Layer) -> Color | LinearGradient | None:
    """From the first colour to the second; one colour alone lies on the whole picture."""
    strength = layer.number("overlay_opacity") / 100
    given = [layer.color(name) for name in ("overlay_color_1", "overlay_color_2")]
    first, second = (color if color is None or color.alpha < 1 else replace(color, alpha=strength) for color in given)
    if first is None or second is None:
        return first or second
    line = _OVERLAY_LINES.get(layer.text("overlay_direction"), _OVERLAY_LINES["vertical"])
    return LinearGradient(*line, (Stop(0.0, first), Stop(1.0, second)))


def _outline(layer: Layer, box: Box) -> Any | None:
    """What the picture is cut to; None for its whole box."""
    mask = layer.text("mask_name")
    properties = layer.get("mask_properties")
    properties = properties if isinstance(properties, Mapping) else {}
    corners: Corners = corners_of(layer.number("border_radius"))
    if mask == "rounded_corners":
        radius = properties.get("radius", layer.number("border_radius"))
        try:
            corners = corners_of(radius)
        except ValueError:
            raise element_error(
                layer.name, f"mask_properties.radius is {radius!r}, and must be a number, or one each of tl, tr, br, bl"
            ) from None
    elif mask:
        skew = properties.get("skew_y")
        path = outline(mask, box, skew_degrees=float(skew) if isinstance(skew, (int, float)) else 0.0)
        if path is None:
            raise element_error(layer.name, f"mask_name is {mask!r}, and must be one of {', '.join(NAMES)}")
        return path
    return outline("rectangle", box, corners) if any(corners) else None


def _cast(stage: Stage, placed: Placed, art: Picture | Vector, place: Placement) -> None:
    if not casts_shadow(placed.layer):
        return
    key = (stage.digest(placed.layer), place, placed.layer.signature())
    cast_shadow(stage, placed.layer, place.target, key, lambda aside: draw(aside, art, place))


def _frame(canvas: Any, layer: Layer, path: Any) -> None:
    """A frame outside the box that follows the outline (reference 7.5)."""
    width, color = layer.number("stroke_width"), layer.color("stroke_color")
    if not width or color is None:
        return
    paint = solid(color)
    paint.setStyle(skia.Paint.kStroke_Style)
    paint.setStrokeWidth(width * 2)
    paint.setStrokeJoin(skia.Paint.kMiter_Join)
    canvas.save()
    canvas.clipPath(path, skia.ClipOp.kDifference, True)
    canvas.drawPath(path, paint)
    canvas.restore()
