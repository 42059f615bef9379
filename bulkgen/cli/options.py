"""Options that `run` and `check` take alike: what is asked of a sheet before anything is sent."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bulkgen.config import DEFAULT_RATE
from bulkgen.mapping.keys import Duplicates

DesignOption = Annotated[str | None, typer.Option("-d", "--design", help="Name or id of the design.")]
MappingOption = Annotated[Path | None, typer.Option("-m", "--mapping", help="Mapping file. [mapping.yaml beside it]")]
FormatsOption = Annotated[str, typer.Option(help="Formats to make, comma-separated. [all]")]
MaxKbOption = Annotated[
    int | None, typer.Option(help="Most kB (1,000 bytes) a file may have; quality is lowered until it fits. Studio.")
]
MergeOption = Annotated[
    Path | None, typer.Option(help="Also write all documents as one PDF, in the order of the rows.")
]
KeyOption = Annotated[str | None, typer.Option(help="The column that names a row.")]
ProfileOption = Annotated[str | None, typer.Option(help="Settings of this name from config.toml.")]
RateOption = Annotated[float | None, typer.Option(help=f"Most API calls per second, hosted API. [{DEFAULT_RATE:g}]")]
ImagesOption = Annotated[Path | None, typer.Option(help="Folder or ZIP file in which picture names are looked up.")]
SampleOption = Annotated[
    int | None, typer.Option("--preflight-sample", help="Look at N rows only, spread over the sheet. [all]")
]
DuplicatesOption = Annotated[Duplicates, typer.Option(help="Which rows of a repeated key.")]


def split_names(text: str) -> tuple[str, ...]:
    """`square, story` -> its names, without the empty ones."""
    return tuple(name.strip() for name in text.split(",") if name.strip())
