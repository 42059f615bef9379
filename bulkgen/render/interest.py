"""A picture's weights, kept with its size, and the crop that follows from them."""

from __future__ import annotations

from dataclasses import dataclass

from bulkgen.render.placement import Focus
from bulkgen.render.saliency import SIDE, Weights, best_window, weights
from bulkgen.render.skia_memory import Picture

# Twice the grid: the means of four pixels are steadier than single ones.
LOOK_PX = 2 * SIDE

# A closer look may lose this part of what the wide one holds, no more.
_KEPT_PART = 0.9


@dataclass(frozen=True, slots=True, eq=False)
class Interest:
    """`proportions` of the whole picture: width / height."""

    weights: Weights
    proportions: float

    @classmethod
    def of(cls, picture: Picture) -> Interest:
        return cls(weights(picture.pixels), picture.width / picture.height)

    @property
    def size_bytes(self) -> int:
        return int(self.weights.nbytes)

    def focus(self, proportions: float, zoom: float) -> Focus:
        """For a box of `proportions`; as close as `zoom` where that keeps what there is to see."""
        wide = min(proportions / self.proportions, 1.0)
        high = min(self.proportions / proportions, 1.0)
        x, y, held = best_window(self.weights, wide, high)
        if zoom <= 1:
            return Focus(x, y)
        # Outwards again from the closest, in steps too small to be seen as steps.
        steps = 6
        for step in range(steps):
            closer = zoom - (zoom - 1) * step / steps
            near_x, near_y, near_held = best_window(self.weights, wide / closer, high / closer)
            if near_held >= held * _KEPT_PART:
                return Focus(near_x, near_y, closer)
        return Focus(x, y)
