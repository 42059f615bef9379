"""Where the parts of a design stand in the JSON it was read from, as paths such as `elements[2].attributes[0].value`.
Pure.

    body -> Places; element by its position in `Design.elements`, attribute, format -> path

The parser normalises what may be written in several ways, so the way back is here, in one place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Json = Mapping[str, Any]


class Places:
    """Of one body that was parsed. One without a body gives the paths of the usual form."""

    def __init__(self, body: Json | None = None) -> None:
        self._entries = list(elements_of({} if body is None else body))

    def __repr__(self) -> str:
        return f"Places({len(self._entries)} elements)"

    def element(self, index: int) -> str:
        return self._entry(index)[0]

    def part(self, index: int, key: str, format_id: str = "") -> str:
        """`key` of an element, and in it what is said of a format, where it is said for that alone."""
        path, entry = self._entry(index)
        value = entry.get(key)
        is_by_format = isinstance(value, Mapping) and format_id in value
        return f"{path}.{key}.{format_id}" if is_by_format else f"{path}.{key}"

    def attribute(self, index: int, name: str, format_id: str = "") -> str:
        """The value of an attribute, that of a format if it has one of its own."""
        path, entry = self._entry(index)
        attributes = entry.get("attributes")
        if isinstance(attributes, Mapping):
            return f"{path}.attributes.{name}{_value(attributes.get(name), format_id)}"
        for at, attribute in enumerate(attributes if isinstance(attributes, list) else ()):
            if isinstance(attribute, Mapping) and attribute.get("id") == name:
                return f"{path}.attributes[{at}]{_value(attribute, format_id)}"
        return path

    def _entry(self, index: int) -> tuple[str, Json]:
        return self._entries[index] if index < len(self._entries) else (f"elements[{index}]", {})


def elements_of(body: Json) -> Iterator[tuple[str, Json]]:
    """Path and entry of every element, in the order in which the parser takes them."""
    pages = body.get("elements_per_page")
    if isinstance(pages, Mapping) and isinstance(body.get("pages"), list):
        for page in body["pages"]:
            name = page.get("id") if isinstance(page, Mapping) else None
            entries = pages.get(name) if isinstance(name, str) else None
            yield from _listed(entries, f"elements_per_page.{name}")
    else:
        yield from _listed(body.get("elements"), "elements")


def _listed(entries: Any, path: str) -> Iterator[tuple[str, Json]]:
    for index, entry in enumerate(entries if isinstance(entries, list) else ()):
        yield f"{path}[{index}]", entry if isinstance(entry, Mapping) else {}


def _value(attribute: Any, format_id: str) -> str:
    if not isinstance(attribute, Mapping):
        return ""
    values = attribute.get("values")
    if isinstance(values, Mapping) and format_id in values:
        return f".values.{format_id}"
    return ".value" if "value" in attribute else ""
