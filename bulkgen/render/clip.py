"""One format of an animated design, ready to be drawn at any moment.

    what is placed + timings -> parts -> `Clip`: the frame at a time, and the same layers as sprites for a browser

The parts at the bottom that are at rest are painted once, as the still is, and copied from then on; so a frame in which
nothing is under way is the still itself. Above the first part that moves all is drawn from sprites.

Left out: how a layer stands at a moment (`timeline`), and files (`mp4`, `gif`, `html5`).
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING

from bulkgen.render.cache import RenderCache
from bulkgen.render.failures import RenderError
from bulkgen.render.layer_sprites import LayerSprite, layer_sprites
from bulkgen.render.layout import Placed
from bulkgen.render.movers import Mover
from bulkgen.render.paints import fill_rectangle
from bulkgen.render.parts import Part, parts_of
from bulkgen.render.scene import WHITE, Scene
from bulkgen.render.skia_memory import Pixels, Surface
from bulkgen.render.stage import Stage
from bulkgen.render.timeline import largest_scale
from bulkgen.wire.colors import is_see_through
from bulkgen.wire.design import Box

if TYPE_CHECKING:
    from bulkgen.render.footage import Footage

# Where a design says nothing of its length: as long as one looks at a banner.
_DEFAULT_SECONDS = 5.0

_States = tuple[Hashable | None, ...]


class Clip:
    """`on_white`: what lets through the ground is white there, for files that know no transparency.

    Drawing raises RenderError: a picture is missing or broken, or a value cannot be read.
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
        self.scene = scene
        self._on_white = on_white
        self._parts: list[Part] = parts_of(scene, placed, self.duration_s)
        self._surface = Surface.blank(self.width, self.height)
        self._stage = Stage(self._surface.canvas, pictures, cache)
        self._films = [part for part in self._parts if isinstance(part, Mover) and part.is_film]
        self._footage = self._open_footage(pictures)
        self._drawn: Hashable = None
        self._base: tuple[_States, Pixels] | None = None

    def __repr__(self) -> str:
        return f"Clip({self.width}x{self.height}, {self.duration_s:g} s, {len(self._parts)} parts)"

    def key(self, time_s: float) -> Hashable:
        """Frames of equal keys are equal, so a frame whose key is that of the one before need not be encoded."""
        return self._standing(time_s)

    def frame(self, time_s: float) -> Pixels:
        """BGRA, premultiplied; the same buffer each time. Nothing is drawn if nothing has moved since the last one."""
        states, footage = self._standing(time_s)
        if self._drawn == (states, footage):
            return self._surface.pixels
        # An error half way leaves a frame that is none.
        self._drawn = None
        for index in self._draw_base(states):
            state = states[index]
            if state is not None:
                self._parts[index].draw(self._stage, state)
        self._drawn = (states, footage)
        return self._surface.pixels

    def sprites(self) -> tuple[LayerSprite, ...]:
        """The ground and each part by itself, bottom first, for a page that moves them itself."""
        for film in self._films:
            starts_s = film.timing.start_at_s or 0.0 if film.timing else 0.0
            if self._footage:
                self._footage.show(starts_s, frozenset((film.item.layer.name,)))
        ground = Surface.blank(self.width, self.height)
        self._fill_ground(self._stage.aside(ground.canvas))
        return layer_sprites(self._stage, ground, self._parts)

    def close(self) -> None:
        if self._footage:
            self._footage.close()

    def _open_footage(self, pictures: Mapping[str, bytes | RenderError]) -> Footage | None:
        if not self._films:
            return None
        # Films need the video extra, other clips do not.
        from bulkgen.render.footage import Footage

        items, timings = [film.item for film in self._films], [film.timing for film in self._films]
        footage = Footage(items, timings, pictures, [largest_scale(timing) for timing in timings])
        self._stage.footage = footage.frames
        return footage

    def _standing(self, time_s: float) -> tuple[_States, Hashable]:
        """Of all parts, and of the films that are shown."""
        time_s = min(max(time_s, 0.0), self.duration_s)
        states = tuple(part.state(time_s) for part in self._parts)
        if self._footage is None:
            return states, None
        shown = frozenset(
            part.item.layer.name
            for part, state in zip(self._parts, states, strict=True)
            if state is not None and isinstance(part, Mover) and part.is_film
        )
        return states, self._footage.show(time_s, shown)

    def _draw_base(self, states: _States) -> range:
        """What lies at the bottom and is at rest; the rest is left to the caller."""
        size = (self.width, self.height)
        resting = len(states)
        for index, (part, state) in enumerate(zip(self._parts, states, strict=True)):
            if state is not None and not part.is_resting(state):
                resting = index
                break
        for index in range(len(states) - 1, resting - 1, -1):
            if states[index] is not None and self._parts[index].covers(self._stage, states[index], size):
                return range(index, len(states))
        base = states[:resting]
        if self._base is not None and self._base[0] == base:
            self._surface.pixels[:] = self._base[1]
            return range(resting, len(states))
        self._surface.pixels[:] = 0
        self._fill_ground(self._stage)
        for part, state in zip(self._parts, base, strict=False):
            if state is not None:
                part.paint(self._stage, state)
        if resting < len(states):
            self._base = (base, self._surface.pixels.copy())
        return range(resting, len(states))

    def _fill_ground(self, stage: Stage) -> None:
        whole = Box(0, 0, self.width, self.height)
        if self._on_white and is_see_through(self.scene.background):
            fill_rectangle(stage, WHITE, whole)
        fill_rectangle(stage, self.scene.background, whole)
