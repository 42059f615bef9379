"""A mapped row -> the outputs of it that would be sent. Pure.

    MappedRow (+ PlannedRow, what is there already) -> Output, …

What is unchanged is left out by a predicate over fingerprints, since only the ledger knows what is there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bulkgen.mapping.model import MappedRow, Want
from bulkgen.plan.planner import DOCUMENT, PlannedRow
from bulkgen.render.scene import AI_PROPERTIES
from bulkgen.wire.design import VARS, Design

# Fingerprint -> whether a banner of that name is there already.
IsDone = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Output:
    """One banner that would be made. `format` is `document` for a multi-page design, whose `parts` are its pages."""

    format: str
    want: Want
    parts: tuple[tuple[str, Mapping[str, Any]], ...]  # (format or page, element overrides)
    fingerprint: str = ""


def outputs_to_send(
    mapped: MappedRow, design: Design, planned: PlannedRow | None = None, is_done: IsDone | None = None
) -> tuple[Output, ...]:
    """None for a row that is skipped or has errors. Without `planned` everything counts as new."""
    if mapped.skipped or mapped.errors or (planned is not None and planned.verdict):
        return ()
    return tuple(
        output
        for output in _outputs(mapped, design, planned)
        if is_done is None or not output.fingerprint or not is_done(output.fingerprint)
    )


def ai_calls(output: Output) -> int:
    """How often the row asks for what a model does, in layers that it does not hide."""
    layers = [layer for _, elements in output.parts for name, layer in elements.items() if name != VARS]
    return sum(bool(layer.get(prop)) for layer in layers if layer.get("hidden") is not True for prop in AI_PROPERTIES)


def _outputs(mapped: MappedRow, design: Design, planned: PlannedRow | None) -> Iterator[Output]:
    requests = planned.requests if planned is not None else ()
    # No two wants of a row have a format in common.
    fingerprints = {named.format: named.fingerprint for request in requests for named in request.outputs}
    for want in mapped.wants:
        if design.is_multipage:
            pages = tuple((page.id, want.payload.pages.get(page.id, {})) for page in design.formats)
            yield Output(DOCUMENT, want, pages, fingerprints.get(DOCUMENT, ""))
            continue
        for format_id in dict.fromkeys(want.formats):
            parts = ((format_id, want.payload.elements),)
            yield Output(format_id, want, parts, fingerprints.get(format_id, ""))
