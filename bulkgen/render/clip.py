"""One format of an animated design, ready to be drawn at any moment.

    what is placed + timings -> `Clip`: the frame at a time, and the same layers as sprites for a browser

Left out: how a layer stands at a moment (`timeline`), and files (`mp4`, `gif`, `html5`).
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace

from bulkgen.render.cache import RenderCache
from bulkgen.render.failures import RenderError
from bulkgen.render.layout import Placed
from bulkgen.render.painters import paint_layer
from bulkgen.render.painters.masks import clip_to
from bulkgen.render.painters.reach import reach_of_all
from bulkgen.render.paints import fill_rectangle, is_see_through, rectangle
from bulkgen.render.scene import WHITE, Scene
from bulkgen.render.skia_memory import Pixels, Surface
from bulkgen.render.stage import Stage
from bulkgen.render.timeline import Pose, pose_at, within
from bulkgen.wire.design import Box

# Where a design says nothing of its length: as long as one looks at a banner.
_DEFAULT_SECONDS = 5.0


class Clip:
    """`on_white`: what lets through the ground is white there, for files that know no transparency.

    Raises RenderError: a picture is missing or broken, or a value cannot be read.
    """

    def __init__(
        self,
        scene: Scene,
        placed: Sequence[Placed],
        pictures: Mapping[str, bytes | RenderError],
        cache: RenderCache,
        *,
        on_white: bool = False,
    ) -> None:
        self.width, self.height = round(scene.format.width), round(scene.format.height)
        self.duration_s = scene.animation.duration if scene.animation else _DEFAULT_SECONDS
        self.still_at_s = scene.animation.still_at_s if scene.animation else self.duration_s
        self._scene, self._placed = scene, placed
        self._on_white = on_white
        self._surface = Surface.blank(self.width, self.height)
        self._stage = Stage(self._surface.canvas, pictures, cache)
        self._timings = [
            within(item.layer.timing, [group.timing for group in scene.groups if item.layer.name in group.leaves])
            for item in placed
        ]
        self._drawn: Hashable = None

    def __repr__(self) -> str:
        return f"Clip({self.width}x{self.height}, {self.duration_s:g} s, {len(self._placed)} layers)"

    def key(self, time_s: float) -> Hashable:
        """Frames of equal keys are equal."""
        return self._poses(time_s)

    def frame(self, time_s: float) -> Pixels:
        """BGRA, premultiplied; the same buffer each time. Nothing is drawn if nothing has moved since the last one."""
        poses = self._poses(time_s)
        if poses == self._drawn:
            return self._surface.pixels
        self._surface.pixels[:] = 0
        ground = Box(0, 0, self.width, self.height)
        if self._on_white and is_see_through(self._scene.background):
            fill_rectangle(self._stage, WHITE, ground)
        fill_rectangle(self._stage, self._scene.background, ground)
        for item, pose in zip(self._placed, poses, strict=True):
            if pose is not None:
                self._paint(item, pose)
        self._drawn = poses
        return self._surface.pixels

    def _poses(self, time_s: float) -> tuple[Pose | None, ...]:
        return tuple(
            pose_at(timing, item.layer.box, self.duration_s, time_s)
            for item, timing in zip(self._placed, self._timings, strict=True)
        )

    def _paint(self, item: Placed, pose: Pose) -> None:
        if pose.is_rest:
            paint_layer(self._stage, item)
            return
        canvas, frame = self._stage.canvas, item.frame
        before = canvas.save()
        for mask in item.masks:
            clip_to(canvas, mask, item.layer.name)
        x, y = frame.x + frame.width / 2, frame.y + frame.height / 2
        canvas.translate(x + pose.dx, y + pose.dy)
        canvas.rotate(pose.angle)
        canvas.scale(pose.scale, pose.scale)
        canvas.translate(-x, -y)
        if pose.opacity < 1:
            canvas.saveLayerAlpha(rectangle(reach_of_all([item])), round(pose.opacity * 255))
        paint_layer(self._stage, replace(item, masks=()))
        canvas.restoreToCount(before)
