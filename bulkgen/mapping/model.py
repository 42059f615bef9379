"""What mapping makes of a row: payloads to be had, or Problems. Pure.

A picture that lies on this disk stands in a payload as `sha256:<hex>` in its encoded property, so that a payload is
the same by content wherever the file lies; `pictures` says which file to read when the payload is sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bulkgen.sheet.model import Row
from bulkgen.sheet.problems import Problem, Severity

# How a local picture is written in a payload until the request is sent.
PICTURE_PREFIX = "sha256:"


@dataclass(frozen=True, slots=True)
class LocalPicture:
    """A picture file on this disk. `digest` is the hex SHA-256 of its bytes; `name` what people call it where the file
    has no name of theirs: it stood in a cell or an archive."""

    path: Path
    digest: str
    size_bytes: int
    media_type: str
    name: str = field(default="", compare=False)

    @property
    def called(self) -> str:
        return self.name or self.path.name


@dataclass(frozen=True, slots=True)
class OutputOptions:
    """How the banners are written (reference 8.2, and `max_kb`, which is the studio's); part of an output's identity.

    What is not asked for is no part of it: outputs keep their names when an option is added here."""

    image_file_type: str | None = None
    file_compression_level: int | None = None
    max_kb: int | None = None
    html5: Mapping[str, Any] | None = None
    gif: Mapping[str, Any] | None = None
    video: Mapping[str, Any] | None = None
    print: Mapping[str, Any] | None = None

    def to_json(self) -> dict[str, Any]:
        """Only what is set: the fields of the generate request."""
        fields = {name: getattr(self, name) for name in self.__slots__}
        return {name: value for name, value in fields.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Payload:
    """The element overrides of one generation request: `elements` (with `vars`), or `pages`."""

    elements: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    pages: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)
    pictures: Mapping[str, LocalPicture] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The part that is content: equal payloads give equal JSON."""
        return {"pages": self.pages} if self.pages else {"elements": self.elements}

    @property
    def picture_bytes(self) -> int:
        """Of the pictures that travel in its request: once for each layer that shows one."""
        if not self.pictures:
            return 0
        layers = (self.elements, *self.pages.values())
        sent = (value for elements in layers for values in elements.values() for value in values.values())
        digests = (
            value.removeprefix(PICTURE_PREFIX)
            for value in sent
            if isinstance(value, str) and value.startswith(PICTURE_PREFIX)
        )
        return sum(self.pictures[digest].size_bytes for digest in digests if digest in self.pictures)


@dataclass(frozen=True, slots=True)
class Want:
    """Formats to be had with one payload. A row with `by_format` has several."""

    formats: tuple[str, ...]
    payload: Payload
    output: OutputOptions = OutputOptions()


@dataclass(frozen=True, slots=True)
class MappedRow:
    """A row after mapping: wants, or errors among `problems`, or a reason why it is skipped."""

    row: Row
    key: str
    wants: tuple[Want, ...] = ()
    problems: tuple[Problem, ...] = ()
    skipped: str = ""

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity is Severity.ERROR)
