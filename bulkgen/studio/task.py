"""What goes to a worker and what comes back: plain values, cheap to send through a pipe. Pure.

No picture and no rendered file is among them: a worker reads pictures from disk by path, and writes its files itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bulkgen.wire.envelope import CANNOT_BUILD_BANNER


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture at hand: where its bytes are, or why there are none, and a layer that shows it.

    `is_passing`: it may be had a little later.
    """

    path: str | None = None
    reason: str = ""
    layer: str = ""
    is_passing: bool = False


@dataclass(frozen=True, slots=True)
class RenderTask:
    """All formats of one generation, together, so that a photo is decoded once for them."""

    design_body: bytes  # a design.json, as it was when the work was taken up
    format_ids: tuple[str, ...]
    elements: Mapping[str, Any]
    files_folder: str
    fonts: tuple[str, ...] = ()
    pictures: Mapping[str, Picture] = field(default_factory=dict)
    file_type: str | None = None
    quality: int | None = None
    max_bytes: int | None = None
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # html5, gif, video, print (reference 8.2)
    pages: Mapping[str, Mapping[str, Any]] | None = None  # of a multi-page document, in the place of `elements`
    timeout_seconds: float = 60


@dataclass(frozen=True, slots=True)
class Made:
    """One file. `key` is its name in the files folder: hash of its content, and its type.

    Width and height are in the format's own unit. `fallback_key`: a picture to show where the file cannot be.
    """

    format_id: str
    key: str
    file_type: str
    width: float
    height: float
    size_bytes: int
    warnings: tuple[str, ...] = ()
    fallback_key: str | None = None
    duration_seconds: float = 0.0
    pages: int = 1


@dataclass(frozen=True, slots=True)
class Failed:
    """`is_passing`: not the banner's fault, and likely to be over soon, such as a full disk. `code`: the API's id."""

    format_id: str
    reason: str
    is_passing: bool = False
    code: str = CANNOT_BUILD_BANNER


Outcome = Made | Failed


@dataclass(frozen=True, slots=True)
class RenderResult:
    """In the order of the task's formats."""

    outcomes: tuple[Outcome, ...]
