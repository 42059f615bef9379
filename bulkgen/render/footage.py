"""The films of one clip, each at the frame that belongs to a moment of the design.

    placed layers, what was loaded, a time -> frames by layer, for `Stage.footage`

A film begins when its layer does and runs at its own pace, whatever the frame rate of the file that is made.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

from bulkgen.render.failures import RenderError, of_layer
from bulkgen.render.layout import Placed
from bulkgen.render.media import VideoSource
from bulkgen.render.skia_memory import Picture
from bulkgen.render.sources import picture_source, source_body
from bulkgen.wire.animation import Timing


class Footage:
    """Opens nothing where no layer plays. `timings` are those of `placed`, groups counted in.

    Raises RenderError, said of the layer: its film is missing, damaged, or cannot be read here.
    """

    def __init__(
        self,
        placed: Sequence[Placed],
        timings: Sequence[Timing | None],
        pictures: Mapping[str, bytes | RenderError],
        scales: Sequence[float],
    ) -> None:
        self.frames: dict[str, Picture] = {}
        self._films: list[tuple[Placed, float, float, VideoSource]] = []
        for item, timing, scale in zip(placed, timings, scales, strict=True):
            if item.layer.type != "video":
                continue
            body = source_body(item.layer, pictures)
            if body is None:
                continue
            starts_s = timing.start_at_s or 0.0 if timing else 0.0
            try:
                film = VideoSource(body, picture_source(item.layer) or "")
            except RenderError as error:
                raise of_layer(error, item.layer.name) from error
            self._films.append((item, starts_s, scale, film))

    def __repr__(self) -> str:
        return f"Footage({', '.join(f'{item.layer.name}: {film!r}' for item, _, _, film in self._films)})"

    def show(self, time_s: float, shown: frozenset[str]) -> Hashable:
        """Sets the frames of this moment for the layers in `shown`. Equal answers: nothing has moved in any film."""
        said: list[tuple[str, float]] = []
        for item, starts_s, scale, film in self._films:
            name = item.layer.name
            if name not in shown:
                continue
            try:
                self.frames[name] = film.at(time_s - starts_s, item.frame.width * scale, item.frame.height * scale)
            except RenderError as error:
                raise of_layer(error, name) from error
            said.append((name, film.shown_at_s))
        return tuple(said)

    def close(self) -> None:
        for _, _, _, film in self._films:
            film.close()
