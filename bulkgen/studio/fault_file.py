"""A file of faults -> plan. YAML, of which JSON is a part; what it does not know it refuses, by its place."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bulkgen.studio.errors import StudioError
from bulkgen.studio.faults import FaultPlan, Place, Rule

_HINT = "docs/studio.md shows a file of faults."

# More is no file of rules, but one that was named by mistake.
_MAX_BYTES = 1024 * 1024

Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _When(_Strict):
    start: Seconds = Field(0.0, alias="from")
    to: Seconds | None = None


class _Rule(_Strict):
    fault: str
    route: Place | None = None
    nth: list[Annotated[int, Field(ge=1)]] | None = None
    share: Annotated[float, Field(ge=0, le=1)] | None = None
    when: _When = Field(default_factory=lambda: _When.model_validate({}))
    seconds: Seconds | None = None
    distribution: str | None = None
    sigma: Seconds | None = None
    most_seconds: Seconds | None = None

    def rule(self) -> Rule:
        return Rule(
            fault=self.fault,
            place=self.route,
            nth=None if self.nth is None else frozenset(self.nth),
            share=self.share,
            from_seconds=self.when.start,
            to_seconds=self.when.to,
            seconds=self.seconds,
            distribution=self.distribution,
            sigma=self.sigma,
            most_seconds=self.most_seconds,
        )


class _File(_Strict):
    rules: list[_Rule]
    seed: int = 1


def read_faults(path: Path) -> FaultPlan:
    """Raises StudioError."""
    try:
        with path.open("rb") as stream:
            text = stream.read(_MAX_BYTES + 1)
    except OSError as error:
        raise StudioError(f"the file of faults {path} cannot be read: {error.strerror}") from error
    if len(text) > _MAX_BYTES:
        raise StudioError(f"the file of faults {path} is larger than 1 MB", hint=_HINT)
    try:
        file = _File.model_validate(yaml.safe_load(text))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise StudioError(f"the file of faults {path} is not YAML: {error}", hint=_HINT) from error
    except ValidationError as error:
        problems = "; ".join(f"{_place(one['loc'])}: {one['msg']}" for one in error.errors())
        raise StudioError(f"the file of faults {path} does not do: {problems}", hint=_HINT) from error
    try:
        return FaultPlan(tuple(item.rule() for item in file.rules), file.seed)
    except StudioError as error:
        raise StudioError(f"the file of faults {path} does not do: {error.message}", hint=_HINT) from error


def _place(parts: tuple[int | str, ...]) -> str:
    """`rules[2].nth`, rules counted from 1 as in the other messages."""
    shown = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in parts)
    return shown.lstrip(".") or "the file"
