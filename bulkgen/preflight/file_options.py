"""What the page of an animated ad asks for, against what its network takes. Pure.

    a row's outputs + design -> Problem, …

The networks are those of the maker of such pages. Left out: what only the finished page shows, its weight and files.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bulkgen.preflight.origins import OUTPUT, Origins
from bulkgen.preflight.outputs import Output
from bulkgen.preflight.problems import problem
from bulkgen.preflight.structure import Once
from bulkgen.render.failures import RenderError
from bulkgen.render.html5.click import read_click_tag
from bulkgen.render.html5.networks import Weight, network_of, over_limits
from bulkgen.sheet.model import Row
from bulkgen.sheet.problems import Problem
from bulkgen.wire.design import Design

_PAGE = "html5"


def ad_problems(
    row: Row, outputs: Sequence[Output], design: Design, origins: Origins, once: Once, *, is_ours: bool
) -> Iterator[Problem]:
    pages = [output for output in outputs if output.want.output.image_file_type == _PAGE]
    if not pages:
        return
    asked: Mapping[str, Any] = pages[0].want.output.html5 or {}
    formats = ", ".join(output.format for output in pages)
    for prop, message, is_certain in _flaws(asked, design):
        # What the mapping says of every row alike is told once, unless every row fails by it.
        is_error = is_certain and is_ours
        if not is_error and not origins.columns(pages[0].format, OUTPUT, _PAGE) and not once((_PAGE, message)):
            continue
        origin = origins.origin(row, pages[0].format, OUTPUT, _PAGE, str(asked.get(prop, "")))
        facts = (("property", f"{_PAGE}.{prop}"), ("formats", formats))
        yield problem("bad_value" if is_error else "html5_limit", origin, message, facts=facts)


def _flaws(asked: Mapping[str, Any], design: Design) -> Iterator[tuple[str, str, bool]]:
    """(option, what is wrong with it, whether nothing can be made of it)."""
    network, unknown = network_of(asked.get("ad_network"))
    if unknown:
        yield "ad_network", f"html5.{unknown}", False
    try:
        tag = read_click_tag(asked.get("click_tag"))
    except RenderError as error:
        yield "click_tag", error.reason, True
    else:
        if network.wants_https and tag.is_https is False:
            yield "click_tag", f"{network.title}: html5.click_tag is an http address, and must be https", False
    if design.animation is not None:
        weight = Weight(0, 0, design.animation.duration, int(asked.get("repeat") or 0))
        for said in over_limits(network, (0, 0), weight):
            yield "repeat", said, False
