"""Finding a design on a provider and reading all of it: the listing, the advanced read, each format.

    name or id -> Design

Only the format read tells which layers are mandatory (reference 6.4), so a design is read format by format, once a run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from bulkgen.errors import DesignError
from bulkgen.names import did_you_mean, slug
from bulkgen.wire.design import Design, DesignShapeError, Element, parse_design
from bulkgen.wire.values import is_uuid

Json = Mapping[str, Any]


class DesignSource(Protocol):
    """What is asked of a provider's client."""

    async def designs(self) -> list[Json]: ...

    async def design(self, design_id: str) -> Json: ...

    async def design_format(self, design_id: str, specifier: str) -> Json: ...


async def find_design(source: DesignSource, reference: str) -> str:
    """The id of a design given by id or by name. Raises DesignError with the near misses."""
    if is_uuid(reference):
        return reference
    listing = await source.designs()
    wanted = slug(reference)
    matches = [entry for entry in listing if slug(str(entry.get("name", ""))) == wanted]
    if len(matches) == 1:
        return str(matches[0]["id"])
    names = sorted({slug(str(entry.get("name", ""))) for entry in listing})
    if not matches:
        raise DesignError(f"there is no design {reference!r}", code="unknown_design", hint=did_you_mean(wanted, names))
    ids = ", ".join(str(entry["id"]) for entry in matches)
    raise DesignError(
        f"{len(matches)} designs are called {reference!r}",
        code="ambiguous_design",
        hint=f"Name one by its id: {ids}.",
    )


async def read_design(source: DesignSource, reference: str) -> Design:
    """Raises DesignError for an unknown design, or one whose description lacks what bulkgen acts on."""
    design_id = await find_design(source, reference)
    try:
        design = parse_design(await source.design(design_id))
    except DesignShapeError as error:
        raise DesignError(f"the design's description cannot be used: {error}", where=reference) from error
    if design.is_multipage:
        return design
    mandatory: dict[str, set[str]] = {}
    for item in design.formats:
        body = await source.design_format(design_id, item.id)
        for name in _mandatory_layers(body.get("elements")):
            mandatory.setdefault(name, set()).add(item.id)
    return replace(design, elements=tuple(_with_mandatory(element, mandatory) for element in design.elements))


def _mandatory_layers(elements: Any) -> list[str]:
    entries: Sequence[Any] = elements if isinstance(elements, list) else []
    return [
        str(entry.get("name"))
        for entry in entries
        if isinstance(entry, Mapping) and (entry.get("settings") or {}).get("is_mandatory") is True
    ]


def _with_mandatory(element: Element, mandatory: Mapping[str, set[str]]) -> Element:
    return replace(element, mandatory=frozenset(mandatory.get(element.name, ())))
