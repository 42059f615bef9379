"""Which pictures a generation needs, worked out once for all rows that differ only in which pictures they name.

    design, formats, elements -> reference of a picture -> a layer that shows it

The renderer answers by resolving every layer of every format, which costs more than all else the server does for a
row. The answer depends on the layers that can show a picture, and on addresses only by what they are; so the addresses
are replaced by stand-ins, the answer is kept by what is left, and the addresses are put back.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from bulkgen.studio.designs import Entry
from bulkgen.studio.renderer import PictureRefs
from bulkgen.wire.overrides import PROPERTIES, Kind

# A few shapes of request for each of a few designs.
_REMEMBERED = 256

# Layers that show no picture, whatever is said of them.
_WITHOUT_PICTURE = frozenset(("container", "text", "shape", "rating", "code"))

_STAND_INS = {Kind.URL: "https://picture.invalid/{}", Kind.BASE64: "sha256:{:064x}"}


class Needs:
    def __init__(self, picture_refs: PictureRefs) -> None:
        self._picture_refs = picture_refs
        self._known: OrderedDict[tuple[Any, ...], Mapping[str, str]] = OrderedDict()

    def __repr__(self) -> str:
        return f"Needs(known={len(self._known)})"

    def pictures(self, entry: Entry, format_ids: Sequence[str], elements: Mapping[str, Any]) -> dict[str, str]:
        shape, named = _shape(entry, elements)
        key = (entry.design.id, entry.stamp, tuple(format_ids), orjson.dumps(shape, option=orjson.OPT_SORT_KEYS))
        refs = self._known.get(key)
        if refs is None:
            refs = self._picture_refs(entry.design, format_ids, shape)
            self._known[key] = refs
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return {named.get(ref, ref): layer for ref, layer in refs.items()}


def _shape(entry: Entry, elements: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """What of the elements decides, with stand-ins for addresses; and the addresses by their stand-ins."""
    shape: dict[str, Any] = {}
    named: dict[str, str] = {}
    for name in sorted(elements):
        element = entry.design.element(name)
        if element is None or element.type in _WITHOUT_PICTURE:
            continue
        table = PROPERTIES.get(element.type, {})
        shape[name] = {}
        for prop, value in sorted(elements[name].items()):
            stand_in = _STAND_INS.get(table[prop].kind) if prop in table and value else None
            if stand_in is not None:
                text = stand_in.format(len(named))
                named[text] = value
                shape[name][prop] = text
            else:
                shape[name][prop] = value
    return shape, named
