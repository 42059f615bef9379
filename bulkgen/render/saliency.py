"""What catches the eye in a picture -> where to crop. Pure arithmetic on pixels: no model, no chance.

    small pixels -> weights (how much each spot stands out) -> the window that holds most of them

A spot stands out by its contrast to what is around it, at several sizes, and by its difference from the picture's
rim, which in product photos is the ground; what has the colour of skin counts more, and what is in the middle. Faces
and things are not recognised; that needs a model.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Weights = npt.NDArray[np.float64]

# Weights are looked at on a grid of about this many spots a side: a subject is larger than a fiftieth of a photo.
SIDE = 48

# Radii in spots of the surroundings that a spot is compared with: a detail, a thing, a scene.
_SURROUNDINGS = (2, 5, 12)

# How much a spot at the rim counts beside one in the middle: photographers aim, and what runs out of the picture, as
# the shoulders of a portrait, is seldom what they aimed at.
_RIM_WEIGHT = 0.08

# How much more a spot counts that has the colour of skin, where there is some and not much: a face is looked at first.
_SKIN_WEIGHT = 1.5
_SKIN_DIRECTION = (0.78, 0.52, 0.36)
_SKIN_PART_MAX = 0.4

# Against windows of equal weight the one nearer the middle wins; small enough to lose against any real subject.
_DRIFT = 0.1
_MIDDLE_WEIGHT = 0.3


def weights(pixels: npt.NDArray[np.uint8]) -> Weights:
    """How much each spot of a BGRA picture (premultiplied) stands out; they add up to 1."""
    spots = _reduced(pixels)
    alpha = spots[..., 3] / 255
    blue, green, red = (spots[..., index] / 255 for index in range(3))
    # Light, and two opponents of colour, as the eye has them.
    channels = ((red + green + blue) / 3, red - green, blue - (red + green) / 2)
    stands_out = np.zeros(alpha.shape)
    for channel in channels:
        for radius in _SURROUNDINGS:
            stands_out += np.abs(channel - _mean_around(channel, radius))
        stands_out += np.abs(channel - np.median(_rim(channel)))
    # A clear ground says nothing, and what is on it everything.
    stands_out = stands_out * alpha + alpha * (alpha.min() < 0.5)
    stands_out = stands_out * (1 + _SKIN_WEIGHT * _skin(red, green, blue))
    # Squared, so that a busy ground does not outweigh a subject by its size.
    stands_out = stands_out**2 * _towards_the_middle(stands_out.shape)
    total = float(stands_out.sum())
    if total <= 1e-9:
        return np.full(stands_out.shape, 1 / stands_out.size)
    shares: Weights = stands_out / total
    return shares


def best_window(found: Weights, wide: float, high: float) -> tuple[float, float, float]:
    """The centre of the window of `wide` x `high` (parts of the picture) that holds most, and how much it holds."""
    rows, columns = found.shape
    across = max(min(round(wide * columns), columns), 1)
    down = max(min(round(high * rows), rows), 1)
    held = _window_sums(found, down, across)
    # Its middle counts again, so that a subject stands in the middle of its crop and not just inside.
    inner_down, inner_across = (down + 1) // 2, (across + 1) // 2
    inner = _window_sums(found, inner_down, inner_across)
    top, left = (down - inner_down) // 2, (across - inner_across) // 2
    middle = inner[top : top + held.shape[0], left : left + held.shape[1]]
    xs = (np.arange(held.shape[1]) + across / 2) / columns
    ys = (np.arange(held.shape[0]) + down / 2) / rows
    drift = _DRIFT * (np.abs(ys - 0.5)[:, None] + np.abs(xs - 0.5)[None, :])
    worth = held + _MIDDLE_WEIGHT * middle - drift
    # Rounded, or dust in the last digits would choose among equals.
    row, column = np.unravel_index(int(np.argmax(worth.round(9))), worth.shape)
    return float(xs[column]), float(ys[row]), float(held[row, column])


def _skin(red: Weights, green: Weights, blue: Weights) -> Weights:
    """From 0 to 1. Of dark skin and light alike the colours lie in one direction; only their light differs."""
    length = np.sqrt(red**2 + green**2 + blue**2) + 1e-9
    distance = np.sqrt(
        sum((channel / length - part) ** 2 for channel, part in zip((red, green, blue), _SKIN_DIRECTION, strict=True))
    )
    found: Weights = np.clip(1 - distance / 0.2, 0, 1) * (length > 0.25)
    # A ground of wood or sand is no face.
    return found if found.mean() < _SKIN_PART_MAX else np.zeros_like(found)


def _window_sums(found: Weights, down: int, across: int) -> Weights:
    """What each window of that many spots holds, by its top left corner."""
    sums = np.zeros((found.shape[0] + 1, found.shape[1] + 1))
    sums[1:, 1:] = found.cumsum(axis=0).cumsum(axis=1)
    inside: Weights = sums[down:, across:] - sums[:-down, across:] - sums[down:, :-across] + sums[:-down, :-across]
    return inside


def _reduced(pixels: npt.NDArray[np.uint8]) -> Weights:
    """Means of blocks, about `SIDE` a side."""
    height, width = pixels.shape[:2]
    step = max(max(height, width) // SIDE, 1)
    rows, columns = max(height // step, 1), max(width // step, 1)
    cut = pixels[: rows * step, : columns * step].astype(np.float64)
    step_down, step_across = cut.shape[0] // rows, cut.shape[1] // columns
    means: Weights = cut.reshape(rows, step_down, columns, step_across, 4).mean(axis=(1, 3))
    return means


def _mean_around(channel: Weights, radius: int) -> Weights:
    side = 2 * radius + 1
    return _window_sums(np.pad(channel, radius, mode="edge"), side, side) / side**2


def _rim(channel: Weights) -> Weights:
    return np.concatenate([channel[0], channel[-1], channel[:, 0], channel[:, -1]])


def _towards_the_middle(shape: tuple[int, ...]) -> Weights:
    rows, columns = shape
    down = np.abs((np.arange(rows) + 0.5) / rows - 0.5) * 2
    across = np.abs((np.arange(columns) + 0.5) / columns - 0.5) * 2
    distance = np.maximum(down[:, None], across[None, :])
    falling: Weights = 1 - (1 - _RIM_WEIGHT) * distance**2
    return falling
