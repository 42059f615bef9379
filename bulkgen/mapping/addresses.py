"""Addresses in cells: the first of several, made whole, with its spaces encoded. Pure.

Left out: whether anybody answers there, which is preflight's to find out.
"""

from __future__ import annotations

import json
import re
from typing import Any

# Separators are only those after which an address begins, since all of them also occur inside addresses.
_NEXT = re.compile(r"[\s,;|]+(?=(?:https?:)?//)", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:https?:)?//", re.IGNORECASE)
_MAX_JSON_CHARACTERS = 100_000


def is_address(text: str) -> bool:
    return _ADDRESS.match(text) is not None


def addresses(cell: str) -> list[str]:
    """All addresses of a cell, in its order, completed. A cell that starts with none gives []."""
    text = cell.strip()
    if text[:1] in "[{" and text[:1]:
        return [complete(found) for found in _from_json(text)]
    if not is_address(text):
        return []
    return [complete(part) for part in _NEXT.split(text)]


def first_address(cell: str) -> str:
    """The first address of a cell; the cell itself when it holds none."""
    found = addresses(cell)
    return found[0] if found else cell.strip()


def complete(address: str) -> str:
    """`//host/a b.jpg` -> `https://host/a%20b.jpg`. What is percent-encoded already stays as it is."""
    whole = address.strip().strip(",;|").strip()
    if whole.startswith("//"):
        whole = f"https:{whole}"
    return re.sub(r"\s", lambda space: "%20" if space[0] in " \u00a0" else "", whole)


def _from_json(text: str) -> list[str]:
    """Feeds write `["https://…"]` or `[{"url": "https://…"}]` into a cell."""
    if len(text) > _MAX_JSON_CHARACTERS:
        return []
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return []
    items: list[Any] = found if isinstance(found, list) else [found]
    texts = (item.get("url") if isinstance(item, dict) else item for item in items)
    return [item for item in texts if isinstance(item, str) and is_address(item)]
