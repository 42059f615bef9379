"""The moments of a clip that become frames of a file. Pure.

The frame at a moment stands until the next one, so the last frame is not at the clip's end but one step before it.
"""

from __future__ import annotations

import math
from collections.abc import Hashable
from fractions import Fraction
from typing import Protocol

import numpy as np
import numpy.typing as npt

# 30000/1001 and the like are what TV and phones have; nothing real is finer.
_LARGEST_DENOMINATOR = 1_001

# 0.1 s at 30 fps are three frames, whatever the last digit says.
_SLACK = 1e-6


class Drawable(Protocol):
    """What a file is made of (`clip.Clip`). `frame` gives BGRA, opaque, in a buffer that the next call draws over.

    Frames of equal keys are equal.
    """

    @property
    def width(self) -> int: ...

    @property
    def height(self) -> int: ...

    @property
    def duration_s(self) -> float: ...

    def key(self, time_s: float, /) -> Hashable: ...

    def frame(self, time_s: float, /) -> npt.NDArray[np.uint8]: ...


def rate(fps: float, least: float, most: float) -> Fraction:
    """Held within its bounds: a request is checked elsewhere, an option of our own tools is not."""
    return Fraction(min(max(fps, least), most)).limit_denominator(_LARGEST_DENOMINATOR)


def count_frames(duration_s: float, fps: Fraction) -> int:
    return max(math.ceil(duration_s * float(fps) - _SLACK), 1)
