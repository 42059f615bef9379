"""Pictures of a print that end where the paper does, so that a cut beside the line leaves a white one. Pure.

    a row's outputs + design for print -> Problem, …

What fills its box to the edge is drawn past it by the renderer, which is asked here. Left out: texts near the edge,
which are told of where they are measured.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bulkgen.preflight.origins import Origins
from bulkgen.preflight.outputs import Output
from bulkgen.preflight.problems import problem
from bulkgen.preflight.structure import Once, shared_parts
from bulkgen.render.failures import RenderError
from bulkgen.render.layout import Placed
from bulkgen.render.print.bleed import bled
from bulkgen.render.scene import resolve
from bulkgen.sheet.model import Row
from bulkgen.sheet.problems import Problem
from bulkgen.wire.design import Box, Design, Element

# What takes a picture its plain edge, in the order in which it is looked for.
_SHAPED = ("mask_name", "stroke_width", "fitting_type")

_SAME_POINTS = 0.01


def bleed_problems(
    row: Row, outputs: Sequence[Output], design: Design, origins: Origins, once: Once
) -> Iterator[Problem]:
    for elements, places, formats in shared_parts(outputs):
        for element in design.elements:
            override = elements.get(element.name)
            if element.type != "image" or not override or override.get("hidden") is True:
                continue
            bare = [place for place in places if place in element.layout and _is_bare(design, element, override, place)]
            if not bare:
                continue
            prop = next((name for name in _SHAPED if name in override), "")
            # The design's own shape is the same in every row.
            if not (prop and origins.columns(bare[0], element.name, prop)) and not once(("bleed", element.name)):
                continue
            prop = prop or "image_url"
            message = f"{element.name}.{prop}: the picture ends at the edge of the paper in {', '.join(bare)}"
            facts = (("layer", element.name), ("property", prop), ("formats", ", ".join(formats)))
            origin = origins.origin(row, bare[0], element.name, prop)
            yield problem("not_in_bleed", origin, f"{message}, and is not drawn into the bleed", facts=facts)


def _is_bare(design: Design, element: Element, override: Mapping[str, Any], place: str) -> bool:
    """Whether it stands at the edge as it is, though a plain picture there would be grown."""
    try:
        scene = resolve(replace(design, elements=(element,)), place, {element.name: override})
        if scene.format.bleed_size <= 0 or not scene.layers or scene.layers[0].is_hidden:
            return False
        layer = scene.layers[0]
        as_is = Placed(layer, layer.box, layer.box)
        plain = replace(as_is, layer=replace(layer, values={}))
        own, grown = (one.frame for one in bled((as_is, plain), scene))
        return _differ(grown, layer.box) and not _differ(own, layer.box)
    except RenderError:
        # Told by what would be drawn.
        return False


def _differ(one: Box, other: Box) -> bool:
    """By more than what arithmetic leaves."""
    return max(abs(one.x - other.x), abs(one.y - other.y), abs(one.width - other.width)) > _SAME_POINTS or (
        abs(one.height - other.height) > _SAME_POINTS
    )
