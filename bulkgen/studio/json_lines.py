"""Where in a JSON text a path such as `elements[1].layout.square` begins, for who has to mend it. Pure.

    text, path -> line, column

Parsers keep no positions, so the way is walked once more, after something was found wrong. A path that is not there
leads to the last part of it that is: what is missing is missing from there.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

_STEP = re.compile(r"\[(\d+)\]|([^.\[\]]+)")
_SPACE = re.compile(r"[ \t\n\r]*")
_DECODER = json.JSONDecoder()


def line_of(text: str, path: str) -> int:
    """From 1. `text` is JSON; a path of the form that our refusals have."""
    return place_of(text, path)[0]


def place_of(text: str, path: str) -> tuple[int, int]:
    """Line and column, both from 1, as editors count them."""
    steps: list[int | str] = [int(match[1]) if match[1] else match[2] for match in _STEP.finditer(path)]
    at = _after_space(text, 0)
    for step in steps:
        found = _child(text, at, step)
        if found is None:
            break
        at = found
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def _child(text: str, at: int, step: int | str) -> int | None:
    """Where the value of a key or index begins, of the object or array at `at`."""
    opening = text[at : at + 1]
    if (opening, isinstance(step, str)) not in (("{", True), ("[", False)):
        return None
    at = _after_space(text, at + 1)
    index = 0
    while text[at : at + 1] not in ("}", "]", ""):
        name: int | str = index
        if opening == "{":
            name, at = _DECODER.raw_decode(text, at)
            at = _after_space(text, _after_space(text, at) + 1)
        if name == step:
            return at
        _, at = _DECODER.raw_decode(text, at)
        at = _after_space(text, at)
        if text[at : at + 1] == ",":
            at = _after_space(text, at + 1)
        index += 1
    return None


def _after_space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def repeated_keys(text: str) -> list[str]:
    """The paths of keys that an object has twice, of which readers keep the last. `text` is JSON."""
    found: list[tuple[Mapping[str, Any], str]] = []

    def keep(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            counts = Counter(name for name, _ in pairs)
            found.extend((made, name) for name, count in counts.items() if count > 1)
        return made

    root = json.loads(text, object_pairs_hook=keep)
    if not found:
        return []
    paths = {id(value): path for path, value in _containers(root, "")}
    # One that stands in a value which was itself written over is nowhere; its elder is told.
    held = [(paths[id(holder)], name) for holder, name in found if id(holder) in paths]
    return [f"{path}.{name}" if path else name for path, name in held]


def _containers(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    inner: Iterator[tuple[str, Any]] = iter(())
    if isinstance(value, dict):
        yield path, value
        inner = ((f"{path}.{name}" if path else name, part) for name, part in value.items())
    elif isinstance(value, list):
        inner = ((f"{path}[{index}]", part) for index, part in enumerate(value))
    for where, part in inner:
        yield from _containers(part, where)
