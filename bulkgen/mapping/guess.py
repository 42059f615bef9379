"""What an automatic mapping is: a mapping, and of every decision how sure it is and why. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bulkgen.mapping.file import MappingFile

# Stands for the column in a decision that no column brought about.
NO_COLUMN = "(no column)"


class Certainty(StrEnum):
    CERTAIN = "certain"  # the header names the layer
    LIKELY = "likely"  # a feed's own name for it
    POSSIBLE = "possible"  # a weak name, or the values look like it
    QUESTION = "question"  # not mapped: only a person can decide
    NEVER = "never"  # not mapped, and should not be


@dataclass(frozen=True, slots=True)
class GuessLine:
    """One decision: `target` is where the column goes, "" for nowhere."""

    column: str
    target: str
    reason: str
    certainty: Certainty

    def __str__(self) -> str:
        arrow = f" -> {self.target}" if self.target else ""
        return f"{self.column}{arrow} ({self.certainty}: {self.reason})"


@dataclass(frozen=True, slots=True)
class Guess:
    """A mapping, why it is so, and the columns that nothing was made of.

    `why` has the decision behind each `layer.property` of the mapping (`page.layer.property` in a document).
    """

    mapping: MappingFile
    lines: tuple[GuessLine, ...]
    unused: tuple[str, ...]
    why: Mapping[str, GuessLine] = field(default_factory=dict)
