"""Options of a file against what its maker and its network take: pages of ads, long GIFs, profiles of a print. Pure.

    a row's outputs + design that moves or is printed -> Problem, …

What the maker refuses is an error where the maker is ours; what a network does not take is a warning. Left out: what
only the finished file shows, its weight and the files in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bulkgen.preflight.origins import OUTPUT, Origins
from bulkgen.preflight.outputs import Output
from bulkgen.preflight.problems import problem
from bulkgen.preflight.structure import Once
from bulkgen.render.failures import RenderError
from bulkgen.render.frames import count_frames, rate
from bulkgen.render.gif import DEFAULT_FPS, FPS_RANGE, PIXELS_MAX
from bulkgen.render.html5.click import read_click_tag
from bulkgen.render.html5.networks import Weight, network_of, over_limits
from bulkgen.render.print.profiles import BUILT_IN
from bulkgen.sheet.model import Row
from bulkgen.sheet.problems import Problem
from bulkgen.wire.design import Design


@dataclass(frozen=True, slots=True)
class _Flaw:
    """Of one option of a group. `code` is that of an error, "" where a file is made all the same."""

    group: str
    option: str
    message: str
    code: str = ""
    formats: tuple[str, ...] = ()


def option_problems(
    row: Row, outputs: Sequence[Output], design: Design, origins: Origins, once: Once, *, is_ours: bool
) -> Iterator[Problem]:
    for flaw in _flaws(design, outputs):
        concerned = flaw.formats or tuple(output.format for output in outputs)
        is_error = bool(flaw.code) and is_ours
        if flaw.code and not is_ours and flaw.group != "html5":
            # Of another's maker only the API's own bounds are known, and those the mapping has seen to.
            continue
        # What the mapping says of every row alike is told once, unless every row fails by it.
        is_of_a_cell = bool(origins.columns(concerned[0], OUTPUT, flaw.group))
        if not is_error and not is_of_a_cell and not once((flaw.group, flaw.message)):
            continue
        origin = origins.origin(row, concerned[0], OUTPUT, flaw.group)
        facts = (("property", f"{flaw.group}.{flaw.option}"), ("formats", ", ".join(concerned)))
        yield problem(flaw.code if is_error else "html5_limit", origin, flaw.message, facts=facts)


def _flaws(design: Design, outputs: Sequence[Output]) -> Iterator[_Flaw]:
    # The options are those of the row, and so the same for its formats, unless a format has its own file type.
    for kind, read in (("html5", _of_page), ("gif", _of_gif)):
        asking = [output for output in outputs if output.want.output.image_file_type == kind]
        if asking:
            options: Mapping[str, Any] = getattr(asking[0].want.output, kind) or {}
            yield from read(design, options, tuple(output.format for output in asking))
    profile = (outputs[0].want.output.print or {}).get("color_profile") if outputs else None
    if profile is not None and str(profile).lower() not in BUILT_IN:
        known = ", ".join(f"{key} ({item.name})" for key, item in BUILT_IN.items())
        message = f"print.color_profile {profile} is not known here; known are {known}"
        yield _Flaw("print", "color_profile", message, "bad_value")


def _of_page(design: Design, asked: Mapping[str, Any], formats: tuple[str, ...]) -> Iterator[_Flaw]:
    network, unknown = network_of(asked.get("ad_network"))
    if unknown:
        yield _Flaw("html5", "ad_network", f"html5.{unknown}", formats=formats)
    try:
        tag = read_click_tag(asked.get("click_tag"))
    except RenderError as error:
        yield _Flaw("html5", "click_tag", error.reason, "bad_value", formats)
    else:
        if network.wants_https and tag.is_https is False:
            said = f"{network.title}: html5.click_tag is an http address, and must be https"
            yield _Flaw("html5", "click_tag", said, formats=formats)
    if design.animation is not None:
        weight = Weight(0, 0, design.animation.duration, int(asked.get("repeat") or 0))
        for said in over_limits(network, (0, 0), weight):
            yield _Flaw("html5", "repeat", said, formats=formats)


def _of_gif(design: Design, asked: Mapping[str, Any], formats: tuple[str, ...]) -> Iterator[_Flaw]:
    """Larger ones are refused before the first frame."""
    if design.animation is None:
        return
    frames = count_frames(design.animation.duration, rate(float(asked.get("max_fps") or DEFAULT_FPS), *FPS_RANGE))
    for name in formats:
        place = design.format(name)
        if place is None or round(place.width) * round(place.height) * frames <= PIXELS_MAX:
            continue
        size = f"{round(place.width)} x {round(place.height)} px"
        message = (
            f"a GIF of {design.animation.duration:g} seconds at {size} has {frames:,} frames, over "
            f"{PIXELS_MAX // 1_000_000:,} megapixels: use mp4, fewer seconds, a lower max_fps, or a smaller format"
        )
        yield _Flaw("gif", "max_fps", message, "cannot_be_made", (name,))
