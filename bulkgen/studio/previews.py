"""A picture of each format of a design, as it is without overrides; drawn when somebody first looks at it.

    entry, format -> key of a file, or None

Its address needs no key, so it must cost an onlooker nothing: a format is drawn once for each version of its design.
Of a film it is the moment that stands for the whole.
Left out: the design's own preview, which is a file in its folder.
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections import OrderedDict
from pathlib import Path

from bulkgen.studio.designs import Entry
from bulkgen.studio.immediate import FIRST, TIMEOUT_SECONDS
from bulkgen.studio.making import Making
from bulkgen.studio.task import Made
from bulkgen.wire.design import Design

_REMEMBERED = 1_000


class Previews:
    def __init__(self, making: Making, folder: Path) -> None:
        self._making = making
        self._folder = folder
        self._keys: OrderedDict[tuple[str, tuple[int, int], str], str | None] = OrderedDict()
        self._one_at_a_time = asyncio.Lock()

    def __repr__(self) -> str:
        return f"Previews(known={len(self._keys)}, busy={self._one_at_a_time.locked()})"

    async def key(self, entry: Entry, number: int) -> str | None:
        """Of the format of that number; None: there is no such picture, or it cannot be drawn."""
        if not 0 <= number < len(entry.design.formats) or not has_preview(entry.design, number):
            return None
        name = (entry.design.id, entry.stamp, entry.design.formats[number].id)
        async with self._one_at_a_time:
            known = self._keys.get(name)
            # The file may have been collected since.
            if name in self._keys and (known is None or (self._folder / known).is_file()):
                return known
            self._keys[name] = key = await self._draw(entry, name[2])
            if len(self._keys) > _REMEMBERED:
                self._keys.popitem(last=False)
            return key

    async def _draw(self, entry: Entry, format_id: str) -> str | None:
        request = {"elements": {}, "template_format_names": [format_id], "image_file_type": "png"}
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                (outcome,) = await self._making.outcomes(entry, request, FIRST, timeout_seconds=TIMEOUT_SECONDS)
        except TimeoutError:
            return None
        return outcome.key if isinstance(outcome, Made) else None


def has_preview(design: Design, number: int) -> bool:
    """Where no layer has to be given before there is anything to show."""
    format_id = design.formats[number].id
    return not design.is_multipage and not any(format_id in element.mandatory for element in design.elements)


def preview_url(design: Design, number: int, base_url: str) -> str:
    """The address that its file names for the format of that number, else ours; "": there is no picture."""
    ours = f"{base_url}/previews/{design.id}/{number}.png" if has_preview(design, number) else ""
    return design.formats[number].preview_url or ours


def with_previews(design: Design, base_url: str) -> Design:
    """With the address of each format's picture."""
    formats = tuple(
        dataclasses.replace(item, preview_url=preview_url(design, number, base_url))
        for number, item in enumerate(design.formats)
    )
    return dataclasses.replace(design, formats=formats)
