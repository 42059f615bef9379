"""Images and logos: cropped or fitted, cut to an outline, with frame and shadow."""

from __future__ import annotations

from typing import Any

from bulkgen.render.alignment import parse_alignment
from bulkgen.render.layout import Placed
from bulkgen.render.outlines import Corners, corners_of, outline
from bulkgen.render.paints import LINEAR, NEAREST, shadow, solid
from bulkgen.render.scene import Layer
from bulkgen.render.skia_memory import Picture, skia
from bulkgen.render.stage import Stage
from bulkgen.wire.design import Box


def paint_image(stage: Stage, placed: Placed) -> None:
    layer, box, canvas = placed.layer, placed.frame, stage.canvas
    contain = layer.text("fitting_type", "cover") == "fill"
    picture = stage.picture(layer, box.width, box.height, contain=contain)
    if picture is None:
        return
    path = _outline(layer, box)
    cast = shadow(layer)
    if cast is not None:
        paint, dx, dy = cast
        canvas.save()
        canvas.translate(dx, dy)
        canvas.drawPath(path or outline("rectangle", box), paint)
        canvas.restore()
    _frame(canvas, layer, path or outline("rectangle", box))
    if contain:
        if path is not None:
            canvas.save()
            canvas.clipPath(path, skia.ClipOp.kIntersect, True)
        _draw_within(canvas, picture, box, layer)
        if path is not None:
            canvas.restore()
    else:
        _draw_over(canvas, picture, box, layer, path)


def paint_logo(stage: Stage, placed: Placed) -> None:
    layer, box = placed.layer, placed.frame
    picture = stage.picture(layer, box.width, box.height, contain=True)
    if picture is not None:
        _draw_within(stage.canvas, picture, box, layer)


def _draw_within(canvas: Any, picture: Picture, box: Box, layer: Layer) -> None:
    scale = min(box.width / picture.width, box.height / picture.height)
    width, height = picture.width * scale, picture.height * scale
    place = parse_alignment(layer.text("alignment"), "middle center")
    x = box.x + (box.width - width) * place.horizontal
    y = box.y + (box.height - height) * place.vertical
    source = skia.Rect.MakeWH(picture.width, picture.height)
    canvas.drawImageRect(picture.image, source, skia.Rect.MakeXYWH(x, y, width, height), LINEAR, skia.Paint())


def _draw_over(canvas: Any, picture: Picture, box: Box, layer: Layer, path: Any | None) -> None:
    crop = crop_of(picture.width, picture.height, box, layer)
    scale = box.width / crop.width
    if path is not None:
        # The picture as the paint of its outline: one pass, where clipping to the outline would take two.
        matrix = skia.Matrix.Translate(box.x - crop.x * scale, box.y - crop.y * scale)
        matrix.preScale(scale, scale)
        shader = picture.image.makeShader(skia.TileMode.kClamp, skia.TileMode.kClamp, LINEAR, matrix)
        canvas.drawPath(path, skia.Paint(AntiAlias=True, Shader=shader))
        return
    target = skia.Rect.MakeXYWH(box.x, box.y, box.width, box.height)
    is_copy = scale == 1 and not layer.number("rotation") and all(float(v).is_integer() for v in (box.x, box.y))
    if is_copy:
        # Same size: whole pixels, which the library copies instead of blending neighbours.
        canvas.save()
        canvas.clipRect(target)
        canvas.drawImage(picture.image, box.x - round(crop.x), box.y - round(crop.y), NEAREST)
        canvas.restore()
        return
    source = skia.Rect.MakeXYWH(crop.x, crop.y, crop.width, crop.height)
    canvas.drawImageRect(picture.image, source, target, LINEAR, skia.Paint())


def crop_of(width: int, height: int, box: Box, layer: Layer) -> Box:
    """The part of the picture, in its pixels, that covers the box: by focus point if given, else by alignment."""
    scale = max(box.width / width, box.height / height)
    wide, high = box.width / scale, box.height / scale
    place = parse_alignment(layer.text("alignment"), "middle center")
    x, y = (width - wide) * place.horizontal, (height - high) * place.vertical
    if layer.get("focus_x") is not None:
        x = min(max(layer.number("focus_x") / 100 * width - wide / 2, 0), width - wide)
    if layer.get("focus_y") is not None:
        y = min(max(layer.number("focus_y") / 100 * height - high / 2, 0), height - high)
    return Box(x, y, wide, high)


def _outline(layer: Layer, box: Box) -> Any | None:
    """What the picture is cut to; None for its whole box."""
    mask = layer.text("mask_name")
    corners: Corners = corners_of(layer.number("border_radius"))
    if mask == "rounded_corners":
        properties = layer.get("mask_properties")
        corners = corners_of(properties.get("radius")) if isinstance(properties, dict) else corners
    elif mask:
        return outline(mask, box)
    return outline("rectangle", box, corners) if any(corners) else None


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
