"""The file of `--summary`: how the last run ended, also where it ended with an error.

    RunResult | exception -> JSON

Whoever reads the file after each run would take last night's for tonight's if a run that fails left it as it was. Left
out: a run that is killed, and options that are refused before the command begins.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import typer

from bulkgen.cli.output import write_json
from bulkgen.errors import OutputError
from bulkgen.logline import hidden
from bulkgen.running import told

if TYPE_CHECKING:
    from bulkgen.pipeline import RunResult


@dataclass(slots=True)
class Summary:
    """A block that ends with an exception leaves the file with what that was. Without a path nothing is written."""

    path: Path | None
    job: str | None
    # Known only after the profile was found.
    secrets: frozenset[str] = field(default=frozenset(), repr=False)

    def __enter__(self) -> Summary:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            return
        code, name, why = told(error)
        said = hidden(why, self.secrets)
        named = {"job": self.job} if self.job else {}
        try:
            self._write(named | {"exit_code": code, "code": name, "message": said, "stopped": said})
        except OutputError as second:
            # What ended the run is told by the one who catches it.
            typer.echo(f"bulkgen: {second}", err=True)

    def write(self, result: RunResult) -> None:
        """Raises OutputError."""
        self._write(result.to_json())

    def _write(self, body: dict[str, object]) -> None:
        if self.path is not None:
            write_json(self.path, body)
