"""The style sheet of an SVG -> the properties that hold for each of its elements. Pure.

    text of <style>, attributes, style="…" -> {property: value}

Selectors by element, class, id and place within others, which is what drawing programs write. What is not known is
refused, because a rule that is passed over leaves a logo black. Left out: what the properties mean (`svg_tree`).
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bulkgen.render.failures import picture_error

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_STEP = re.compile(r"\s*(>?)\s*((?:[*]|[\w-]+)?(?:[.#][\w-]+|:root)*)")
_PART = re.compile(r"[.#]?[\w-]+|\*|:root")

# States that a picture is never in.
_NEVER = re.compile(r":(?:hover|focus|active|visited|link)\b|::?selection\b")

# Blocks that say nothing of a still picture in daylight, without letters.
_NOT_FOR_US = re.compile(r"@(?:font-face|keyframes|-webkit-keyframes|page|media\s+print\b|media[^{]*scheme:\s*dark)")

_RULES_MAX = 2_000


@dataclass(frozen=True, slots=True)
class _Step:
    """One compound of a selector; `is_child` if it must stand right within the one before it."""

    parts: tuple[str, ...]
    is_child: bool

    def holds(self, element: ET.Element, *, is_root: bool) -> bool:
        classes = (element.get("class") or "").split()
        for part in self.parts:
            match part[0]:
                case ".":
                    holds = part[1:] in classes
                case "#":
                    holds = part[1:] == element.get("id")
                case ":":
                    holds = is_root
                case _:
                    holds = part in ("*", element.tag)
            if not holds:
                return False
        return True


@dataclass(frozen=True, slots=True)
class Rule:
    steps: tuple[_Step, ...]
    declarations: tuple[tuple[str, str, bool], ...]

    @property
    def weight(self) -> tuple[int, int, int]:
        """Ids before classes before element names."""
        parts = [part for step in self.steps for part in step.parts if part != "*"]
        ids = sum(part.startswith("#") for part in parts)
        classes = sum(part.startswith((".", ":")) for part in parts)
        return ids, classes, len(parts) - ids - classes

    def selects(self, path: Sequence[ET.Element]) -> bool:
        """`path`: the element, after all that it stands in."""
        return _selects(self.steps, path)


def _selects(steps: Sequence[_Step], path: Sequence[ET.Element]) -> bool:
    if not steps[-1].holds(path[-1], is_root=len(path) == 1):
        return False
    if len(steps) == 1:
        return True
    outer = range(len(path) - 1, 0, -1)
    return any(_selects(steps[:-1], path[:end]) for end in (outer[:1] if steps[-1].is_child else outer))


def read_rules(sheet: str) -> tuple[Rule, ...]:
    """The lightest first, so that the later one holds. Raises RenderError for a rule that is not understood."""
    rules = []
    for selectors, block in _blocks(_COMMENT.sub(" ", sheet)):
        if _NOT_FOR_US.match(selectors):
            continue
        declarations = tuple(read_declarations(block))
        for selector in selectors.split(","):
            if not _NEVER.search(selector):
                rules.append(Rule(_steps(selector.strip()), declarations))
    if len(rules) > _RULES_MAX:
        raise picture_error(None, f"the SVG's style sheet has more than {_RULES_MAX:,} rules")
    return tuple(sorted(rules, key=lambda rule: rule.weight))


def _blocks(sheet: str) -> Iterator[tuple[str, str]]:
    at = 0
    while (end := re.compile(r"[{;]").search(sheet, at)) is not None:
        prelude = " ".join(sheet[at : end.start()].split())
        at = end.end()
        if end.group() == ";":
            continue  # @charset, @namespace, or a stray one
        depth, start = 1, at
        while depth:
            brace = re.compile(r"[{}]").search(sheet, at)
            if brace is None:
                raise picture_error(None, "the SVG's style sheet is cut short")
            depth += 1 if brace.group() == "{" else -1
            at = brace.end()
        yield prelude, sheet[start : at - 1]


def _steps(selector: str) -> tuple[_Step, ...]:
    steps, at = [], 0
    while at < len(selector):
        found = _STEP.match(selector, at)
        if found is None or not found.group(2):
            raise picture_error(None, f"the SVG's style sheet has a rule for {selector[:60]!r}, which is not drawn")
        steps.append(_Step(tuple(_PART.findall(found.group(2))), bool(found.group(1))))
        at = found.end()
        if at < len(selector) and not re.match(r"\s|>", selector[at]):
            raise picture_error(None, f"the SVG's style sheet has a rule for {selector[:60]!r}, which is not drawn")
    if not steps:
        raise picture_error(None, "the SVG's style sheet has a rule for nothing")
    return tuple(steps)


def read_declarations(block: str) -> Iterator[tuple[str, str, bool]]:
    """(property, value, whether it is important)."""
    for declaration in block.split(";"):
        name, colon, value = declaration.partition(":")
        if colon:
            value, mark, _ = value.partition("!")
            yield name.strip().lower(), value.strip(), bool(mark)


def properties(path: Sequence[ET.Element], rules: Sequence[Rule]) -> Mapping[str, str]:
    """What rules and `style` say of the last of `path`; attributes weigh less than any of it."""
    held: dict[str, str] = {}
    important: dict[str, str] = {}
    own = list(read_declarations(_COMMENT.sub(" ", path[-1].get("style") or "")))
    for declarations in (*(rule.declarations for rule in rules if rule.selects(path)), own):
        for name, value, is_important in declarations:
            (important if is_important else held)[name] = value
    return held | important
