"""A guess as a mapping file: what `bulkgen map` writes, with the reasons as comments. Pure.

    Guess + Design -> YAML text

The text reads back as the same mapping. Layers that got nothing are listed as comments, so that the file shows what
could be filled.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from bulkgen.mapping.automatic import Certainty, Guess
from bulkgen.wire.design import Design
from bulkgen.wire.overrides import MAIN_PROPERTY

_PLAIN_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
# Words that YAML readers take for something else when they stand alone.
_YAML_WORDS = frozenset(("true", "false", "yes", "no", "on", "off", "null", "y", "n"))


def mapping_yaml(guess: Guess, design: Design) -> str:
    """Ends with a line break."""
    return "\n".join((*_head(guess, design), *_body(guess, design), *_tail(guess))) + "\n"


def _head(guess: Guess, design: Design) -> Iterator[str]:
    yield f"# Which column fills which layer of {_one_line(design.name)}."
    yield "# Written by matching names; change what is wrong."
    yield f"design: {_text(design.id)}"
    yield "# key: the column that names a row for good, so that a changed row is known as the same"
    if guess.mapping.formats is not None:
        yield f"formats: {_text(guess.mapping.formats)}"
    else:
        yield f"# formats: [{', '.join(_one_line(item.id) for item in design.formats)}]  # all, when absent"


def _body(guess: Guess, design: Design) -> Iterator[str]:
    reasons = {line.target.split(", ")[0]: line for line in guess.lines if line.target}
    yield "elements:" if guess.mapping.elements else "# elements:"
    yield from _layers(guess.mapping.elements, "  ", reasons)
    filled = set(guess.mapping.elements) | {name for page in guess.mapping.pages.values() for name in page}
    for element in design.layers():
        if element.name not in filled:
            main = MAIN_PROPERTY[element.type]
            yield f"  # {_one_line(element.name)}: {element.type}, keeps what the design has ({main})"
    if guess.mapping.pages:
        yield "pages:"
        for page, layers in guess.mapping.pages.items():
            yield f"  {_key(page)}:"
            yield from _layers(layers, "    ", reasons)
    if guess.mapping.vars:
        yield "vars:"
        for name, source in guess.mapping.vars.items():
            yield f"  {_key(name)}: {_text(source)}"


def _tail(guess: Guess) -> Iterator[str]:
    questions = [line for line in guess.lines if line.certainty in (Certainty.QUESTION, Certainty.NEVER)]
    if questions:
        yield "# Not mapped:"
        for line in questions:
            yield f"#   {_one_line(str(line))}"
    told = {line.column for line in questions}
    rest = [column for column in guess.unused if column not in told]
    if rest:
        yield f"# Columns without a layer: {', '.join(map(_one_line, rest))}"


def _layers(layers: Mapping[str, Any], indent: str, reasons: Mapping[str, Any]) -> Iterator[str]:
    for name, spec in layers.items():
        line = next((line for target, line in reasons.items() if target.split(".")[-2:-1] == [name]), None)
        why = f"  # {line.certainty}: {_one_line(line.reason)}" if line else ""
        if not isinstance(spec, dict):
            yield f"{indent}{_key(name)}: {_text(spec)}{why}"
            continue
        yield f"{indent}{_key(name)}:{why}"
        for prop, source in spec.items():
            yield f"{indent}  {_key(prop)}: {_text(source)}"


def _key(name: str) -> str:
    return name if _PLAIN_KEY.fullmatch(name) and name.lower() not in _YAML_WORDS else _text(name)


def _text(value: object) -> str:
    """Quoted as JSON, which YAML reads the same; DEL and the C1 controls it would refuse are escaped as well."""
    quoted = json.dumps(str(value), ensure_ascii=False)
    return re.sub(r"[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]", lambda c: f"\\u{ord(c[0]):04x}", quoted)


def _one_line(text: str) -> str:
    """A text fit for a comment."""
    return re.sub(r"[^\S ]+|[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]", " ", text)
