"""The mapping file: its shape, and how it is read.

    mapping.yaml -> MappingFile

Checked here is what the file alone can tell: its fields and their kinds. Whether its names are those of the design
and of the sheet is checked when a Mapper is made of it; `place` gives the line for either.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationError, field_validator

from bulkgen.errors import MappingError
from bulkgen.mapping.names import suggest
from bulkgen.mapping.yaml_text import YamlError, read_yaml

# A mapping that is larger was not written by hand or by us.
_MAX_BYTES = 1_000_000

Scalar = str | int | float | bool | None
# A layer: a bare value for its main property, or its properties by name, with `empty` and `fallback`.
Layer = Scalar | dict[str, Any]
Empty = Literal["keep", "hide", "error"]
EMPTY_CHOICES: tuple[Empty, ...] = ("keep", "hide", "error")


class MappingFile(BaseModel):
    """What a mapping says. All values are sources: constants, or text with `{{ expressions }}`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    design: str | None = None
    key: str | None = None
    formats: list[str] | str | None = None
    where: str | None = None
    elements: dict[str, Layer] = Field(default_factory=dict)
    by_format: dict[str, dict[str, Layer]] = Field(default_factory=dict)
    vars: dict[str, Layer] = Field(default_factory=dict)
    pages: dict[str, dict[str, Layer]] = Field(default_factory=dict)
    output: dict[str, Any] = Field(default_factory=dict)

    _name: str = PrivateAttr(default="mapping")
    _lines: dict[tuple[str, ...], int] = PrivateAttr(default_factory=dict)
    _is_guessed: bool = PrivateAttr(default=False)

    @field_validator("elements", "by_format", "vars", "pages", "output", mode="before")
    @classmethod
    def _nothing_is_empty(cls, value: Any) -> Any:
        return {} if value is None else value

    @field_validator("by_format", "pages", mode="before")
    @classmethod
    def _no_layers_is_empty(cls, value: Any) -> Any:
        return {key: {} if item is None else item for key, item in value.items()} if isinstance(value, dict) else value

    def place(self, path: Iterable[str]) -> str:
        """Where `path` stands, as an error says it: `mapping.yaml, line 12, elements.title`."""
        steps = tuple(path)
        dotted = ".".join(steps)
        for length in range(len(steps), 0, -1):
            if line := self._lines.get(steps[:length]):
                return f"{self._name}, line {line}" + (f", {dotted}" if dotted else "")
        return f"{self._name}, {dotted}" if dotted else self._name

    @property
    def is_guessed(self) -> bool:
        """Made of the sheet's headers, and not by a person who chose among them."""
        return self._is_guessed

    def guessed(self) -> MappingFile:
        """The same mapping, as one that was made of the sheet's headers."""
        self._is_guessed = True
        return self.named("automatic mapping")

    def named(self, name: str, lines: Mapping[tuple[str, ...], int] | None = None) -> MappingFile:
        """The same mapping, as a file called `name` with its lines."""
        self._name = name
        self._lines = dict(lines or {})
        return self


def load_mapping(path: Path) -> MappingFile:
    """Raises MappingError, with the file, the line and what to do."""
    try:
        raw = _read(path)
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise MappingError(
            "the mapping file is not UTF-8 text", where=f"{path.name}, line {line}", hint="save it as UTF-8"
        ) from None
    return parse_mapping(text, path.name)


def parse_mapping(text: str, name: str = "mapping") -> MappingFile:
    """The text of a mapping file -> MappingFile. Raises MappingError."""
    try:
        read = read_yaml(text)
    except YamlError as error:
        where = f"{name}, line {error.line}" if error.line else name
        raise MappingError(f"the mapping file cannot be read: {error.message}", where=where, hint=error.hint) from None
    if not isinstance(read.value, dict):
        what = "empty" if read.value is None else "not a mapping of names to values"
        raise MappingError(
            f"the mapping file is {what}", where=name, hint=f"it may hold: {', '.join(MappingFile.model_fields)}"
        )
    return build_mapping(read.value, name, read.lines)


def build_mapping(
    value: Mapping[str, Any], name: str = "mapping", lines: Mapping[tuple[str, ...], int] | None = None
) -> MappingFile:
    """Plain values, as a file or a program gives them -> MappingFile. Raises MappingError."""
    try:
        return MappingFile.model_validate(dict(value)).named(name, lines)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        path = tuple(str(step) for step in first["loc"])
        place = MappingFile().named(name, lines)
        raise MappingError(*_words(first, path), where=place.place(_written(path, value))) from None


def _words(error: Any, path: tuple[str, ...]) -> tuple[str]:
    kind = error["type"]
    if kind == "extra_forbidden":
        hint = suggest(path[-1], list(MappingFile.model_fields), "fields")
        return (f"there is no field {path[-1]!r}; {hint}",)
    if path[0] in ("elements", "by_format", "pages", "vars") and len(_outer(path)) > 1:
        return (f"{path[1]!r} must be a value, or names with values below it, not {type(error['input']).__name__}",)
    if kind.startswith(("dict", "mapping")) or path[0] in ("elements", "by_format", "vars", "pages", "output"):
        return (f"{path[0]} must hold names with values below them, not {type(error['input']).__name__}",)
    if path[0] == "formats":
        return ("formats must be a list of names, or one expression",)
    return (f"{path[0]} must be a text, not {type(error['input']).__name__}",)


def _outer(path: tuple[str, ...]) -> tuple[str, ...]:
    """A path without the branches of a union that pydantic adds to it."""
    return tuple(step for step in path if step not in ("str", "int", "float", "bool") and not step.startswith("dict["))


def _written(path: tuple[str, ...], value: Any) -> tuple[str, ...]:
    """Pydantic names the branches of a union in its paths; only what stands in the file is a place."""
    steps: list[str] = []
    for step in path:
        if isinstance(value, Mapping) and step in value:
            value = value[step]
        elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            break
        steps.append(step)
    return tuple(steps)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            raw = file.read(_MAX_BYTES + 1)
    except FileNotFoundError:
        raise MappingError(
            "there is no such mapping file", where=str(path), hint="`bulkgen map SHEET -d DESIGN` writes one"
        ) from None
    except OSError as error:
        raise MappingError(f"the mapping file cannot be read: {error.strerror or error}", where=str(path)) from None
    if len(raw) > _MAX_BYTES:
        raise MappingError(f"the mapping file is over {_MAX_BYTES:,} bytes", where=str(path))
    return raw
