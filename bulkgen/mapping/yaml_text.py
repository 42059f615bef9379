"""YAML text -> plain values, with the line of each. Pure.

All scalars stay text as written: `9.90` is a price to print, not 9.9, `no` is a word, `00123` keeps its zeros. What
a text means is decided by the property it is mapped to. Left out: tags, anchors that refer to themselves, merge keys.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import yaml

Path = tuple[str, ...]

# A mapping of every property of every layer of a large design is a tenth of this; aliases can multiply without end.
_MAX_NODES = 20_000
_MAX_LEVELS = 20


class YamlError(ValueError):
    """Text that is no YAML of ours; `line` is 1-based, 0 when unknown."""

    def __init__(self, message: str, line: int = 0, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.hint = hint


@dataclass(frozen=True, slots=True)
class YamlText:
    """`value` is made of dicts, lists, texts and None; `lines` tells where a path stands."""

    value: Any
    lines: dict[Path, int]


def read_yaml(text: str) -> YamlText:
    """Raises YamlError."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        # A quote that is never closed is noticed at the end of the file; it is wanted where it opens.
        is_open = "quoted scalar" in str(error.context)
        mark = (error.context_mark if is_open else error.problem_mark) or error.context_mark
        line = mark.line + 1 if mark else 0
        raise YamlError(_problem(error), line, _hint(text, line)) from None
    except yaml.reader.ReaderError as error:
        raise YamlError(f"it holds a character that is no text: {error.reason}") from None
    except (yaml.YAMLError, RecursionError, ValueError):
        raise YamlError("it is not YAML") from None
    reader = _Reader({}, 0)
    return YamlText(None if node is None else reader.read(node, ()), reader.lines)


@dataclass(slots=True)
class _Reader:
    lines: dict[Path, int]
    count: int

    def read(self, node: yaml.Node, path: Path) -> Any:
        line = node.start_mark.line + 1
        self.lines.setdefault(path, line)
        self.count += 1
        if self.count > _MAX_NODES or len(path) > _MAX_LEVELS:
            raise YamlError("it is too large, or nested too deep", line)
        match node:
            case yaml.ScalarNode(value=value, tag=tag, style=style):
                return None if tag == "tag:yaml.org,2002:null" and style is None else value
            case yaml.SequenceNode(value=items):
                return [self.read(item, (*path, str(index))) for index, item in enumerate(items)]
            case yaml.MappingNode(value=pairs):
                return self._mapping(pairs, path)
        raise YamlError(f"{node.tag} is not read here", line)

    def _mapping(self, pairs: list[tuple[yaml.Node, yaml.Node]], path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in pairs:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                raise YamlError("a name is expected here", line, _QUOTE)
            key = key_node.value
            if key in found:
                raise YamlError(f"{key!r} stands here twice", line, "keep one of them")
            self.lines[(*path, key)] = line
            found[key] = self.read(value_node, (*path, key))
        return found


_QUOTE = 'an expression stands in quotes: title: "{{ title }}"'


def _problem(error: yaml.MarkedYAMLError) -> str:
    return " ".join(part for part in (error.context, error.problem) if part) or "it is not YAML"


def _hint(text: str, line: int) -> str:
    lines = text.splitlines()
    near = lines[max(0, line - 2) : line + 1]
    return _QUOTE if any("{{" in part or "{%" in part for part in near) else "check the indentation and the quotes"
