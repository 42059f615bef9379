"""A small XML part -> its elements with the bytes they stand in, so that it can be edited and else stay as it is. Pure.

Parsing and serialising again would change quotes, order and prefixes that other programs are picky about; here the
parser only says where things are, and edits are splices. Left out: large parts (`sheet_rows` streams those).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

# A start tag to its end; a quoted value may hold a ">".
_START_TAG = re.compile(rb"""<([^\s/>]+)((?:[^>"']|"[^"]*"|'[^']*')*)>""")


class XmlError(ValueError):
    """The part is not XML that a package may hold."""


@dataclass(slots=True)
class Element:
    """`start` to `end` is the whole element, `start` to `inner` its start tag. Attributes of a namespace have the
    name `namespace name`; others their own."""

    namespace: str
    name: str
    attributes: dict[str, str]
    start: int
    inner: int
    end: int = 0
    is_empty: bool = False
    children: list[Element] = field(default_factory=list)

    def all(self, name: str) -> Iterator[Element]:
        return (child for child in self.children if child.name == name)

    def first(self, name: str) -> Element | None:
        return next(self.all(name), None)


@dataclass(frozen=True, slots=True)
class Document:
    """`prefixes` are those the root element declares, by namespace."""

    body: bytes
    root: Element
    prefixes: dict[str, str]

    @property
    def prefix(self) -> str:
        """What stands before the names of the root's namespace, with its colon; mostly nothing."""
        return prefix_of(self.body, self.root)

    def bytes_of(self, element: Element) -> bytes:
        return self.body[element.start : element.end]


@dataclass(frozen=True, slots=True)
class Edit:
    start: int
    end: int
    text: bytes


def prefix_of(body: bytes, element: Element) -> str:
    tag = _tag_at(body, element.start)[1].decode()
    return tag.partition(":")[0] + ":" if ":" in tag else ""


def parse(body: bytes, depth: int = 3) -> Document:
    """Elements down to `depth` (the root is 1). Raises XmlError."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.ordered_attributes = False
    stack: list[Element] = []
    roots: list[Element] = []
    prefixes: dict[str, str] = {}
    level = 0

    def doctype(*_: object) -> None:
        raise XmlError("it has a document type, which a package may not")

    def declared(prefix: str | None, uri: str | None) -> None:
        if not level and uri:
            prefixes.setdefault(uri, prefix or "")

    def opened(name: str, attributes: dict[str, str]) -> None:
        nonlocal level
        level += 1
        if level > depth:
            return
        namespace, _, local = name.rpartition(" ")
        start = parser.CurrentByteIndex
        tag = _tag_at(body, start)
        element = Element(namespace, local, attributes, start, tag.end(), is_empty=tag[2].endswith(b"/"))
        (stack[-1].children if stack else roots).append(element)
        stack.append(element)

    def closed(_: str) -> None:
        nonlocal level
        level -= 1
        if level >= depth:
            return
        element = stack.pop()
        element.end = element.inner if element.is_empty else body.index(b">", parser.CurrentByteIndex) + 1

    parser.StartDoctypeDeclHandler = doctype
    parser.StartNamespaceDeclHandler = declared
    parser.StartElementHandler = opened
    parser.EndElementHandler = closed
    if body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise XmlError("it is written in UTF-16")
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        raise XmlError(str(error)) from error
    return Document(body, roots[0], prefixes)


def _tag_at(body: bytes, start: int) -> re.Match[bytes]:
    match = _START_TAG.match(body, start)
    if match is None:
        raise XmlError(f"no start tag at byte {start}")
    return match


def splice(body: bytes, edits: Iterable[Edit]) -> bytes:
    """`body` with the edits done; those at one place keep their order."""
    pieces: list[bytes] = []
    done = 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        pieces += (body[done : edit.start], edit.text)
        done = edit.end
    return b"".join((*pieces, body[done:]))


def appended(body: bytes, element: Element, text: bytes) -> Edit:
    """Put `text` at the end of an element, which may be written as `<a/>`."""
    if element.is_empty:
        tag = _tag_at(body, element.start)
        opening = body[element.start : element.inner].removesuffix(b"/>").rstrip() + b">"
        return Edit(element.start, element.end, opening + text + b"</" + tag[1] + b">")
    closing = body.rindex(b"</", element.inner, element.end)
    return Edit(closing, closing, text)


def with_attribute(tag: bytes, name: str, value: str) -> bytes:
    """A start tag with an attribute it has set to a plain value; without the attribute it stays as it is."""
    pattern = re.compile(rb"(\s" + re.escape(name.encode()) + rb"""\s*=\s*)("[^"]*"|'[^']*')""")
    return pattern.sub(lambda match: match[1] + b'"' + value.encode() + b'"', tag, count=1)
