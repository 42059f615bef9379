"""The documents of a job as one PDF, in the order of its rows (`--merge`).

    outputs that are done -> their files, fetched where the provider keeps them -> one file, whole or not at all

What documents share is stored once (`render/print/gathering`). In groups, so that a thousand documents need neither a
thousand open files nor the memory for all. A document that cannot be had is left out and said: the others are still
wanted. Left out: making documents.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AsyncExitStack, ExitStack, closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from bulkgen import atomic
from bulkgen.errors import OutputError
from bulkgen.fetch.exchange import Exchange, FetchLimits
from bulkgen.fetch.failure import FetchError
from bulkgen.fetch.guard import Reach
from bulkgen.ledger.records import RowRecord
from bulkgen.ledger.states import OutputState
from bulkgen.render.file_types import PRINT

PDF = "pdf"

# Well below the open files that systems allow a process.
_GROUP = 100

# Of one document, and time to read it over a slow line.
_LIMITS = FetchLimits(max_bytes=500_000_000, timeout_seconds=300)

_NAMED = 5


@dataclass(frozen=True, slots=True)
class Document:
    """A file of a row's, by its path or by its address. `row` is the sheet's own number."""

    row: int
    format: str
    path: Path | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class Merged:
    """`notes` say what is not in it."""

    path: Path
    documents: int
    pages: int
    notes: tuple[str, ...] = ()


def check_merge(out: Path) -> None:
    """What can be known before anything is sent. Raises OutputError."""
    problem, hint = "", "Choose another place with --merge. Nothing was sent."
    if out.suffix.lower() != ".pdf":
        problem = "one file of all documents is a PDF: its name must end in .pdf"
    elif not out.absolute().parent.is_dir():
        problem = "there is no such folder"
    elif out.is_dir():
        problem = "this is a folder"
    elif not PRINT.is_here:
        problem, hint = "to merge documents needs the print extra", PRINT.remedy
    if problem:
        raise OutputError(problem, code="merge_unwritable", where=str(out), hint=hint)


def documents_of(
    rows: Iterable[RowRecord], formats: Sequence[str], files: Path | None
) -> tuple[list[Document], list[str]]:
    """Those that are done, in the order of the rows and the design's formats; and what rows lack.

    `files` is where the studio keeps its files by key; None on a hosted provider.
    """
    found: list[Document] = []
    lacking: list[int] = []
    for row in rows:
        outputs = [
            row.outputs[name] for name in (*formats, *sorted(set(row.outputs) - {*formats})) if name in row.outputs
        ]
        ready = [one for one in outputs if one.state is OutputState.DONE and one.file_type == PDF]
        for one in ready:
            path = files / one.file_key if files is not None and one.file_key else None
            found.append(Document(row.number, one.format, path, one.url))
        if len(ready) < len(outputs):
            lacking.append(row.number)
    return found, [f"{_rows(lacking)} not in it: not every document was made as a PDF"] if lacking else []


async def merge(documents: Sequence[Document], out: Path, *, notes: Sequence[str] = ()) -> Merged:
    """Raises OutputError: there is nothing to merge, or the file cannot be written."""
    if not documents:
        raise OutputError(
            "there is no document to merge: no row has a PDF",
            code="nothing_to_merge",
            where=str(out),
            hint="Designs for print make PDFs; others do with image_file_type: pdf under output:.",
        )
    said = list(notes)
    try:
        with tempfile.TemporaryDirectory(prefix=".bulkgen-merge-", dir=out.parent) as name:
            folder = Path(name)
            parts: list[Path] = []
            pages, count, is_mixed = 0, 0, False
            async with AsyncExitStack() as stack:
                exchange = await stack.enter_async_context(Exchange(Reach(), _LIMITS, "bulkgen", trust_env=True))
                for number, group in enumerate(_groups(documents)):
                    paths = await _at_hand(exchange, group, folder, said)
                    part = folder / f"part-{number}.pdf"
                    added, kept, mixed = await asyncio.to_thread(_join, paths, part, said)
                    pages, count, is_mixed = pages + added, count + kept, is_mixed or mixed
                    parts.append(part)
            is_mixed = await asyncio.to_thread(_write, parts, out) or is_mixed
    except OSError as error:
        raise OutputError(
            f"the documents cannot be merged: {error.strerror}",
            code="merge_unwritable",
            where=str(out),
            hint="The results are safe in the ledger: bulkgen report JOB -o OUT --merge FILE.",
        ) from error
    if is_mixed:
        said.append("its documents are for different colour profiles, so the file names none")
    return Merged(out, count, pages, tuple(said))


def _groups(documents: Sequence[Document]) -> Iterator[list[Document]]:
    left = iter(documents)
    while group := list(islice(left, _GROUP)):
        yield group


async def _at_hand(
    exchange: Exchange, group: Sequence[Document], folder: Path, said: list[str]
) -> list[tuple[Document, Path]]:
    """In the order of the group; those that cannot be fetched are said and left out."""

    async def fetched(index: int, document: Document) -> Path | None:
        if document.path is not None:
            return document.path
        target = folder / f"fetched-{index}.pdf"
        try:
            with target.open("wb") as stream:
                await exchange.get(document.url, {}, stream.write)
        except FetchError as error:
            said.append(f"row {document.row} is not in it: {error.words}")
            return None
        return target

    paths = await asyncio.gather(*(fetched(index, document) for index, document in enumerate(group)))
    return [(document, path) for document, path in zip(group, paths, strict=True) if path is not None]


def _join(paths: Sequence[tuple[Document, Path]], part: Path, said: list[str]) -> tuple[int, int, bool]:
    """(pages, documents) that came in, and whether their colour profiles differ."""
    import pikepdf

    from bulkgen.render.print.gathering import Gathering

    pages = count = 0
    with ExitStack() as opened, closing(Gathering()) as whole:
        for document, path in paths:
            try:
                added = whole.add(opened.enter_context(pikepdf.open(path)))
            except (pikepdf.PdfError, OSError):
                said.append(f"row {document.row} is not in it: its file {path.name} cannot be read")
                continue
            pages, count = pages + added, count + 1
        whole.save(part)
        return pages, count, whole.has_mixed_profiles


def _write(parts: Sequence[Path], out: Path) -> bool:
    """Whether the colour profiles of the parts differ."""
    import pikepdf

    from bulkgen.render.print.gathering import Gathering

    with ExitStack() as opened, closing(Gathering()) as whole, atomic.writing(out) as stream:
        for part in parts:
            whole.add(opened.enter_context(pikepdf.open(part)))
        whole.save(stream)
        return whole.has_mixed_profiles


def _rows(numbers: Sequence[int]) -> str:
    shown = ", ".join(str(number) for number in numbers[:_NAMED])
    more = f" and {len(numbers) - _NAMED:,} more" if len(numbers) > _NAMED else ""
    return f"row {shown} is" if len(numbers) == 1 else f"rows {shown}{more} are"
