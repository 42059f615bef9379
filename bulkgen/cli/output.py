"""How the commands write: JSON files whole or not at all, and aligned columns for people."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import typer

from bulkgen import atomic
from bulkgen.errors import OutputError


def write_json(path: Path, body: Mapping[str, object]) -> None:
    text = json.dumps(body, indent=2, ensure_ascii=False)
    try:
        atomic.write_bytes(path, text.encode() + b"\n")
    except OSError as error:
        raise OutputError(f"this cannot be written: {error.strerror}", where=str(path)) from error


def print_table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Columns as wide as their widest cell; nothing is cut."""
    table = [list(headers), *(list(row) for row in rows)]
    widths = [max(len(row[index]) for row in table) for index in range(len(headers))]
    for row in table:
        typer.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
