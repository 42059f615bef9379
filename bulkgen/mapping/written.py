"""A guess as a mapping file: what `bulkgen map` writes, with the reasons as comments. Pure.

    Guess + Design (+ Proposal) -> YAML text

The text reads back as the same mapping. Layers that got nothing are listed as comments, so that the file shows what
could be filled.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from bulkgen.mapping.draft import own_value
from bulkgen.mapping.file import MappingFile
from bulkgen.mapping.guess import Certainty, Guess, GuessLine
from bulkgen.mapping.proposal import Proposal
from bulkgen.wire.design import Design, Element
from bulkgen.wire.overrides import MAIN_PROPERTY

_PLAIN_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
# Words that YAML readers take for something else when they stand alone.
_YAML_WORDS = frozenset(("true", "false", "yes", "no", "on", "off", "null", "y", "n"))
_WIDTH = 100
# More of a sample text than that is not needed to know it again.
_OWN_CHARACTERS = 40


def mapping_yaml(guess: Guess, design: Design, proposal: Proposal | None = None, *, reference: str = "") -> str:
    """Ends with a line break. `reference` is how the design is called in the file, its id if not given."""
    lines = (
        *_head(guess, design, reference),
        *(_of_rows(guess, proposal) if proposal else ()),
        *_body(guess, design),
        *_tail(guess),
    )
    return "\n".join(lines) + "\n"


def _head(guess: Guess, design: Design, reference: str) -> Iterator[str]:
    yield f"# Which column fills which layer of {_one_line(design.name)}, and how sure that is:"
    yield "# certain, the header names the layer; likely, a feed's name for it; possible, look at it."
    yield "# Change what is wrong. Each layer without a column is a comment, with what the design shows there."
    yield f"design: {_text(reference or design.id)}"
    if guess.mapping.formats is not None:
        yield from _said(f"formats: {_text(guess.mapping.formats)}", guess.why.get("formats"))
    elif not design.is_multipage:
        yield f"# formats: [{', '.join(_one_line(item.id) for item in design.formats)}]  # all, when absent"


def _of_rows(guess: Guess, proposal: Proposal) -> Iterator[str]:
    """What only the whole sheet tells."""
    key = proposal.key
    if key.column:
        line = GuessLine(key.column, "key", key.reason, Certainty.LIKELY)
        yield from _said(f"key: {_text(key.column)}", line)
    else:
        yield from _comment(f"key: a column that names a row for good. None is proposed: {key.reason}.")
    for gap in proposal.gaps:
        if gap.condition and gap.layer == proposal.title_layer:
            why = f"leaves out the {gap.rows:,} rows without a {_one_line(gap.layer)}"
            yield f"# where: {_text(gap.condition)}  # {why}"


def _body(guess: Guess, design: Design) -> Iterator[str]:
    yield "elements:" if guess.mapping.elements else "# elements:"
    yield from _layers(guess.mapping.elements, "  ", "", guess, design)
    for element in design.layers():
        if not _is_filled(element, guess.mapping):
            own = own_value(element)
            what = f"keeps the design's own {_shortened(own)}" if own else "nothing in the design"
            # Pages have layers of equal names, each its own.
            page = f"{next(iter(element.layout), '')}." if design.is_multipage else ""
            yield f"  # {_one_line(page + element.name)}: {element.type}, {what}"
    if guess.mapping.pages:
        yield "pages:"
        for page, layers in guess.mapping.pages.items():
            yield f"  {_key(page)}:"
            yield from _layers(layers, "    ", f"{page}.", guess, design)
    if guess.mapping.vars:
        yield "vars:"
        for name, source in guess.mapping.vars.items():
            yield from _said(f"  {_key(name)}: {_text(source)}", guess.why.get(f"vars.{name}"))


def _is_filled(element: Element, mapping: MappingFile) -> bool:
    """By all pages, or by each that has the layer."""
    on_pages = [page in mapping.pages and element.name in mapping.pages[page] for page in element.layout]
    return element.name in mapping.elements or (bool(on_pages) and all(on_pages))


def _tail(guess: Guess) -> Iterator[str]:
    questions = [line for line in guess.lines if line.certainty in (Certainty.QUESTION, Certainty.NEVER)]
    if questions:
        yield "# Not mapped:"
        for line in questions:
            yield from _comment(str(line), gap="  ")
    told = {line.column for line in questions}
    rest = [column for column in guess.unused if column not in told]
    if rest:
        yield from _comment(f"Columns without a layer: {', '.join(rest)}")


def _layers(layers: Mapping[str, Any], indent: str, page: str, guess: Guess, design: Design) -> Iterator[str]:
    for name, spec in layers.items():
        element = design.element(name)
        main = MAIN_PROPERTY[element.type] if element else "background_color"
        if not isinstance(spec, dict):
            yield from _said(f"{indent}{_key(name)}: {_text(spec)}", guess.why.get(f"{page}{name}.{main}"))
            continue
        yield f"{indent}{_key(name)}:"
        for prop, source in spec.items():
            yield from _said(f"{indent}  {_key(prop)}: {_text(source)}", guess.why.get(f"{page}{name}.{prop}"))


def _said(text: str, line: GuessLine | None) -> list[str]:
    """A line of the file with its reason: behind it where there is room, else above it."""
    if line is None:
        return [text]
    reason = f"{line.certainty}: {_one_line(line.reason)}"
    if len(text) + len(reason) + 4 <= _WIDTH:
        return [f"{text}  # {reason}"]
    return [*_comment(reason, " " * (len(text) - len(text.lstrip()))), text]


def _comment(text: str, indent: str = "", gap: str = "") -> list[str]:
    return textwrap.wrap(
        _one_line(text),
        _WIDTH,
        initial_indent=f"{indent}# {gap}",
        subsequent_indent=f"{indent}#   {gap}",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _shortened(text: str) -> str:
    plain = _one_line(text)
    return repr(plain if len(plain) <= _OWN_CHARACTERS else f"{plain[: _OWN_CHARACTERS - 1]}…")


def _key(name: str) -> str:
    return name if _PLAIN_KEY.fullmatch(name) and name.lower() not in _YAML_WORDS else _text(name)


def _text(value: object) -> str:
    """Quoted as JSON, which YAML reads the same; DEL and the C1 controls it would refuse are escaped as well."""
    quoted = json.dumps(str(value), ensure_ascii=False)
    return re.sub(r"[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]", lambda c: f"\\u{ord(c[0]):04x}", quoted)


def _one_line(text: str) -> str:
    """A text fit for a comment."""
    return re.sub(r"[^\S ]+|[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]", " ", text)
