"""How the commands write: JSON files whole or not at all, aligned columns and problems for people."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import typer

from bulkgen import atomic
from bulkgen.errors import ConfigError, OutputError

if TYPE_CHECKING:
    from bulkgen.merging import Merged
    from bulkgen.preflight.findings import Finding

# Lines longer than that are hard to follow, however wide the window is; where there is none, few will have less.
_WIDEST, _NARROWEST, _WIDTH_OF_A_FILE = 120, 40, 100


@dataclass(frozen=True, slots=True)
class Terminal:
    """Where lines go: how many characters have room, and whether they may be coloured."""

    width: int
    is_coloured: bool

    @classmethod
    def of(cls, stream: TextIO, environment: Mapping[str, str]) -> Terminal:
        """NO_COLOR, with anything in it, and a terminal that cannot, keep lines plain; so does a file or a pipe."""
        is_plain = environment.get("NO_COLOR") or environment.get("TERM") == "dumb"
        columns = shutil.get_terminal_size((_WIDTH_OF_A_FILE, 24)).columns
        return cls(min(max(columns, _NARROWEST), _WIDEST), stream.isatty() and not is_plain)


def write_json(path: Path, body: Mapping[str, object]) -> None:
    text = json.dumps(body, indent=2, ensure_ascii=False)
    try:
        atomic.write_bytes(path, text.encode() + b"\n")
    except OSError as error:
        raise OutputError(f"this cannot be written: {error.strerror}", where=str(path)) from error


def write_result(path: Path, body: bytes, *, sheet: Path | None, yes: bool) -> None:
    """A file that a person may have changed since: written over only when that was said.

    Raises ConfigError without a terminal to ask on, OutputError where nothing can be written.
    """
    if sheet is not None and path.absolute() == sheet.absolute():
        raise ConfigError(f"{path} is the sheet itself", code="bad_output", hint="Give -o another name.")
    if path.exists() and not yes:
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise ConfigError(
                "this file is there already",
                code="exists",
                where=str(path),
                hint="--yes writes over it; -o names another.",
            )
        if not typer.confirm(f"{path} is there already. Write over it?", default=False, err=True):
            raise ConfigError("nothing was written", code="exists", where=str(path))
    try:
        atomic.write_bytes(path, body)
    except OSError as error:
        raise OutputError(f"this cannot be written: {error.strerror}", where=str(path)) from error


def counted(count: int, noun: str) -> str:
    return f"{count:,} {plural(count, noun)}"


def plural(count: int, noun: str) -> str:
    return noun if count == 1 else f"{noun}s"


def print_merged(merged: Merged) -> None:
    if not merged.documents:
        for note in merged.notes:
            typer.echo(f"Not merged: {note}")
        return
    found = f"{counted(merged.documents, 'document')}, {counted(merged.pages, 'page')}"
    typer.echo(f"{'Merged':<28} {merged.path}: {found}")
    for note in merged.notes:
        typer.echo(f"Note: {note}")


def print_table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Columns as wide as their widest cell; nothing is cut."""
    table = [list(headers), *(list(row) for row in rows)]
    widths = [max(len(row[index]) for row in table) for index in range(len(headers))]
    for row in table:
        typer.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def print_findings(findings: Iterable[Finding], terminal: Terminal | None = None) -> None:
    """Problems by kind. What ends such a list, `closing_line`, is the caller's to print."""
    from bulkgen.cli.findings_table import findings_lines

    there = terminal or Terminal.of(sys.stdout, os.environ)
    for line in findings_lines(findings, there.width, is_coloured=there.is_coloured):
        # Said here, since typer would ask the stream only whether it is a terminal.
        typer.echo(line, color=there.is_coloured)
