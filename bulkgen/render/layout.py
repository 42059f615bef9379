"""Scene -> every layer with the box it really has: texts set, buttons sized, layers moved to what they stand beside.

A layer that is `below` another starts where that one's text ends, so that a short title leaves no hole. A hidden layer
takes up nothing: what stood below it moves to what it stood below itself.

Left out: pictures. Nothing here depends on what is in them, so texts can be measured without fetching one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bulkgen.render.alignment import Alignment, parse_alignment
from bulkgen.render.cache import RenderCache
from bulkgen.render.emblem import Emblem, emblem_of
from bulkgen.render.failures import RenderError, element_error, text_does_not_fit
from bulkgen.render.fonts import FontLibrary
from bulkgen.render.groups import Group, Mask, arranged
from bulkgen.render.scene import Layer, Scene
from bulkgen.render.sources import picture_source
from bulkgen.render.textblock import TextBlock, set_text
from bulkgen.render.typesetting import Setting, read_setting
from bulkgen.wire.design import Box

STARS = 5

# Layers that each stand beside the next. A page of text blocks has twenty; thousands would end the interpreter's stack.
_CHAIN_MAX = 100

_WITH_WORDS = ("text", "button")

# The room a label leaves in a button without `background_padding`, in parts of the button's height: above and below
# the capitals, left and right. Less looks like a mistake, more shrinks labels that designers meant to fit.
_LABEL_INSET = (0.18, 0.2)


@dataclass(frozen=True, slots=True)
class Placed:
    """`frame` is the box drawn into; `extent` is what is really taken up, which other layers stand beside."""

    layer: Layer
    frame: Box
    extent: Box
    text: TextBlock | None = None
    icon: Box | None = None
    emblem: Emblem | None = None
    masks: tuple[Mask, ...] = ()

    def moved(self, dx: float, dy: float) -> Placed:
        if not dx and not dy:
            return self
        return replace(
            self,
            frame=_moved(self.frame, dx, dy),
            extent=_moved(self.extent, dx, dy),
            text=self.text.moved(dx, dy) if self.text else None,
            icon=_moved(self.icon, dx, dy) if self.icon else None,
        )


def lay_out(scene: Scene, fonts: FontLibrary, cache: RenderCache | None = None) -> tuple[Placed, ...]:
    """The visible layers in stacking order. Raises RenderError: a text does not fit, or anchors form a ring."""
    room = _Layout(scene, fonts, cache)
    placed = (room.place(layer.name) for layer in scene.layers if not layer.is_hidden)
    masked = (_masked(item, scene) if scene.groups else item for item in placed if item is not None)
    return tuple(masked)


class _Layout:
    """Places layers on demand, since a layer may stand beside one that comes later in stacking order."""

    def __init__(self, scene: Scene, fonts: FontLibrary, cache: RenderCache | None) -> None:
        self._layers = {layer.name: layer for layer in scene.layers}
        self._fonts = fonts
        self._cache = cache
        self._placed: dict[str, Placed | None] = {}
        self._open: list[str] = []
        self._group_sizes: dict[str, float | None] = {}
        self._rows = {member: group for group in scene.groups if group.arrangement for member in group.layer_ids}
        self._offsets: dict[str, Mapping[str, tuple[float, float]]] = {}

    def place(self, name: str) -> Placed | None:
        """None if the layer has nothing to show: no text, or it hugs a layer that is hidden."""
        if name in self._placed:
            return self._placed[name]
        if name in self._open:
            ring = " -> ".join([*self._open[self._open.index(name) :], name])
            raise element_error(name, f"layers stand beside each other in a ring: {ring}")
        if len(self._open) >= _CHAIN_MAX:
            raise element_error(self._open[0], f"more than {_CHAIN_MAX} layers stand beside each other in a chain")
        self._open.append(name)
        placed = self._placed[name] = self._place(self._layers[name])
        self._open.pop()
        return placed

    def _place(self, layer: Layer) -> Placed | None:
        hugged = layer.text("hug")
        if hugged:
            return self._hug(layer, hugged)
        placed = self._measured(layer)
        if placed is None:
            return None
        row = self._rows.get(layer.name)
        if row is not None:
            return placed.moved(*self._arranged(row)[layer.name])
        gap = layer.number("gap")
        dx = dy = 0.0
        extent = placed.extent
        if (edge := self._edge(layer, "below")) is not None:
            dy = edge[0] + gap * edge[1] - extent.y
        elif (edge := self._edge(layer, "above")) is not None:
            dy = edge[0] - gap * edge[1] - (extent.y + extent.height)
        elif layer.text("level_with"):
            dy = self._level(layer, extent)
        if (edge := self._edge(layer, "right_of")) is not None:
            dx = edge[0] + gap * edge[1] - extent.x
        elif (edge := self._edge(layer, "left_of")) is not None:
            dx = edge[0] - gap * edge[1] - (extent.x + extent.width)
        return placed.moved(dx, dy)

    def _measured(self, layer: Layer) -> Placed | None:
        """The layer in its own box, before it moves."""
        if layer.type not in _WITH_WORDS:
            return _measure(layer, self._fonts)
        group = layer.text("size_group")
        return self._set(layer, self._group_size(group) if group else None)

    def _arranged(self, group: Group) -> Mapping[str, tuple[float, float]]:
        """How far each member that shows something moves, so that they stand in a row or a column of the group."""
        known = self._offsets.get(group.name)
        if known is None:
            layers = [self._layers[name] for name in group.layer_ids if name in self._layers]
            shown = [self._measured(layer) for layer in layers if not layer.is_hidden]
            extents = {placed.layer.name: placed.extent for placed in shown if placed is not None}
            assert group.arrangement is not None
            known = self._offsets[group.name] = arranged(group.arrangement, group.box, extents)
        return known

    def _set(self, layer: Layer, largest: float | None) -> Placed | None:
        """A layer with words; those that a run repeats are set once."""
        if self._cache is None:
            return _measure(layer, self._fonts, largest)
        known = self._cache.block(f"{largest} {layer.signature()}", lambda: _measure(layer, self._fonts, largest))
        return known and replace(known, layer=layer)

    def _group_size(self, group: str) -> float | None:
        """The smallest size that one of the group's texts needs; None if none of them shows anything."""
        if group not in self._group_sizes:
            members = [
                layer
                for layer in self._layers.values()
                if layer.type in _WITH_WORDS and not layer.is_hidden and layer.text("size_group") == group
            ]
            found = (self._set(layer, None) for layer in members)
            sizes = [placed.text.size for placed in found if placed is not None and placed.text is not None]
            self._group_sizes[group] = min(sizes, default=None)
        return self._group_sizes[group]

    def _level(self, layer: Layer, extent: Box) -> float:
        """How far down the layer goes so that both end at the same height; not at all beside a hidden one."""
        target = self._target(layer, "level_with", layer.text("level_with"))
        if target is None or target.is_hidden:
            return 0.0
        placed = self.place(target.name)
        return 0.0 if placed is None else placed.extent.y + placed.extent.height - (extent.y + extent.height)

    def _hug(self, layer: Layer, name: str) -> Placed | None:
        target = self._target(layer, "hug", name)
        if target is None or target.is_hidden:
            return None
        placed = self.place(name)
        if placed is None:
            return None
        vertical, horizontal = layer.pair("padding") or (0.0, 0.0)
        box = _grown(placed.extent, horizontal, vertical)
        return Placed(layer, box, box)

    def _edge(self, layer: Layer, anchor: str) -> tuple[float, float] | None:
        """Where the target ends on the side of `anchor`, and 1 if it is there, 0 if only its place is."""
        name = layer.text(anchor)
        target = self._target(layer, anchor, name) if name else None
        if target is None:
            return None
        shown = None if target.is_hidden else self.place(name)
        if shown is not None:
            box = shown.extent
            return {
                "below": box.y + box.height,
                "above": box.y,
                "right_of": box.x + box.width,
                "left_of": box.x,
            }[anchor], 1.0
        if target.text(anchor):
            if name in self._open:
                raise element_error(name, f"{anchor} leads back to itself")
            if len(self._open) >= _CHAIN_MAX:
                raise element_error(self._open[0], f"more than {_CHAIN_MAX} layers stand beside each other in a chain")
            self._open.append(name)
            inherited = self._edge(target, anchor)
            self._open.pop()
            if inherited is not None:
                # The hidden layer's own gap closes with it; the one between the two that remain is this layer's.
                return inherited
        box = target.box
        return {"below": box.y, "above": box.y + box.height, "right_of": box.x, "left_of": box.x + box.width}[
            anchor
        ], 0.0

    def _target(self, layer: Layer, anchor: str, name: str) -> Layer | None:
        """None if the target is not in this format: the layer then stays where the design has it."""
        if name == layer.name:
            raise element_error(layer.name, f"{anchor} names the layer itself")
        return self._layers.get(name)


def _measure(layer: Layer, fonts: FontLibrary, largest: float | None = None) -> Placed | None:
    match layer.type:
        case "text":
            if not layer.text("payload").strip():
                return None
            block = set_text(layer, _setting(layer, fonts, largest), layer.box, fonts)
            return Placed(layer, layer.box, block.extent, block)
        case "button":
            return _button(layer, fonts, largest)
        case "rating":
            box = stars_box(layer)
            return Placed(layer, box, box)
        case "illustration":
            return Placed(layer, layer.box, layer.box, emblem=emblem_of(layer, fonts))
        case _:
            return Placed(layer, layer.box, layer.box)


def _setting(layer: Layer, fonts: FontLibrary, largest: float | None) -> Setting:
    setting = read_setting(layer, fonts)
    if largest is None or largest >= setting.size:
        return setting
    return replace(setting, size=largest, smallest=min(setting.smallest, largest))


def _button(layer: Layer, fonts: FontLibrary, largest: float | None) -> Placed:
    """With `background_padding` the box is the label plus padding, placed by `alignment`; else it is the whole box."""
    has_label = bool(layer.text("payload").strip())
    if not has_label and picture_source(layer) is None:
        return Placed(layer, layer.box, layer.box)
    setting = _setting(layer, fonts, largest)
    room = _icon_room(layer, setting.size)
    if not has_label:
        return Placed(layer, layer.box, layer.box, icon=_middle(layer.box, room - layer.number("icon_gap")))
    padding = layer.pair("background_padding")
    horizontal = parse_alignment(layer.text("text_align", "center"), "center").horizontal
    setting = replace(setting, alignment=Alignment(horizontal, 0.5), trims=True)
    outer = layer.box
    vertical_pad, horizontal_pad = padding or (outer.height * _LABEL_INSET[0], outer.height * _LABEL_INSET[1])
    inner = _grown(outer, -horizontal_pad, -vertical_pad)
    if inner.width - room <= 0 or inner.height <= 0:
        raise text_does_not_fit(layer.name, layer.text("payload"))
    block = _label(layer, setting, replace(inner, width=inner.width - room), fonts)
    room = _icon_room(layer, block.size)
    if padding is None and not room:
        return Placed(layer, outer, outer, block)
    if padding is None:
        start = inner.x + (inner.width - room - block.extent.width) * horizontal
        return _with_icon(layer, outer, block, start, room)
    place = parse_alignment(layer.text("alignment"), "middle center")
    width, height = room + block.extent.width + 2 * horizontal_pad, block.extent.height + 2 * vertical_pad
    frame = Box(
        outer.x + (outer.width - width) * place.horizontal,
        outer.y + (outer.height - height) * place.vertical,
        width,
        height,
    )
    block = block.moved(0, frame.y + vertical_pad - block.extent.y)
    return _with_icon(layer, frame, block, frame.x + horizontal_pad, room)


def _icon_room(layer: Layer, size: float) -> float:
    """What the icon takes of the label's line: itself, as large as the label without a size of its own, and the gap."""
    if picture_source(layer) is None:
        return 0.0
    return layer.number("icon_size", size) + layer.number("icon_gap")


def _with_icon(layer: Layer, frame: Box, block: TextBlock, start: float, room: float) -> Placed:
    """Label and icon as one line from `start`, the icon in the middle of the label's height."""
    if not room:
        return Placed(layer, frame, frame, block.moved(start - block.extent.x, 0))
    side = room - layer.number("icon_gap")
    leads = layer.text("icon_position", "left") != "right"
    block = block.moved(start + (room if leads else 0) - block.extent.x, 0)
    x = start if leads else start + block.extent.width + layer.number("icon_gap")
    icon = Box(x, block.extent.y + (block.extent.height - side) / 2, side, side)
    return Placed(layer, frame, frame, block, icon)


def _middle(box: Box, side: float) -> Box:
    side = min(side, box.width, box.height)
    return Box(box.x + (box.width - side) / 2, box.y + (box.height - side) / 2, side, side)


def _masked(placed: Placed, scene: Scene) -> Placed:
    masks = tuple(group.mask for group in scene.groups if group.mask and placed.layer.name in group.leaves)
    return replace(placed, masks=masks) if masks else placed


def _label(layer: Layer, setting: Setting, box: Box, fonts: FontLibrary) -> TextBlock:
    """On one line if a size of the design's allows it: two small lines in a button are the last resort."""
    try:
        return set_text(layer, replace(setting, max_lines=1, truncates=False, breaks_words=False), box, fonts)
    except RenderError:
        return set_text(layer, setting, box, fonts)


def stars_box(layer: Layer) -> Box:
    """The row of stars, from the left of the box and in its middle; smaller stars where five do not fit."""
    box = layer.box
    margin = layer.number("star_margin", 0)
    largest = max((box.width - margin * (STARS - 1)) / STARS, 1.0)
    size = min(layer.number("star_dimension", box.height), largest)
    return Box(box.x, box.y + (box.height - size) / 2, size * STARS + margin * (STARS - 1), size)


def _moved(box: Box, dx: float, dy: float) -> Box:
    return Box(box.x + dx, box.y + dy, box.width, box.height)


def _grown(box: Box, horizontal: float, vertical: float) -> Box:
    return Box(box.x - horizontal, box.y - vertical, box.width + 2 * horizontal, box.height + 2 * vertical)
