"""What `run` and `check` do alike before anything is planned: sheet, mapping file, design, mapper.

    RunOptions -> Inputs -> Prepared

Nothing is written and nothing is sent here; all that is knowable before row 1 is refused here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from bulkgen.config import RunOptions
from bulkgen.designs import DesignSource, read_design
from bulkgen.errors import DesignError
from bulkgen.events import Listener, Said
from bulkgen.mapping.automatic import guess_mapping
from bulkgen.mapping.file import MappingFile, load_mapping
from bulkgen.mapping.guess import Guess
from bulkgen.mapping.keys import KeyDecision, resolve_keys
from bulkgen.mapping.mapper import Mapper
from bulkgen.mapping.model import MappedRow
from bulkgen.mapping.names import Columns
from bulkgen.mapping.pictures import Pictures
from bulkgen.names import slug
from bulkgen.plan.planner import LIMITED
from bulkgen.sheet.model import Row, Sheet
from bulkgen.sheet.problems import Problem
from bulkgen.sheet.read import open_sheet
from bulkgen.wire.design import Design

# A mapping file of this name beside the sheet is used without being asked for.
MAPPING_NAMES = ("{stem}.mapping.yaml", "mapping.yaml")

# How many rows the automatic mapping may look at to tell an address from a text.
SAMPLE_ROWS = 50


@dataclass(frozen=True, slots=True)
class Inputs:
    """What the person brought: the sheet, and a mapping if there is one; `mapping_path` where it came from a file."""

    sheet: Sheet
    mapping: MappingFile | None
    mapping_path: Path | None


@dataclass(frozen=True, slots=True)
class Prepared:
    """Ready to map: `rows` can be asked for as often as needed. `keys` has a decision for each row, or is empty.
    `found` are all problems of the rows, by position, in which preflight found more than the mapping."""

    sheet: Sheet
    design: Design
    mapper: Mapper
    keys: tuple[KeyDecision, ...]
    limit: int | None
    found: Mapping[int, tuple[Problem, ...]] = field(default_factory=dict)

    def rows(self) -> Iterator[MappedRow]:
        for row in self.sheet.rows():
            yield self._mapped(row)

    def notes(self) -> tuple[str, ...]:
        """What was noticed in the sheet and its mapping; complete once `rows` has been read to its end."""
        return (*self.sheet.notes, *self.mapper.notes)

    def _mapped(self, row: Row) -> MappedRow:
        decision = self.keys[row.position] if self.keys else _NO_KEY
        if self.limit is not None and row.position >= self.limit:
            return MappedRow(row, decision.key, skipped=LIMITED)
        if decision.problem is not None:
            return MappedRow(row, decision.key, problems=(decision.problem,))
        if decision.skipped:
            return MappedRow(row, decision.key, skipped=decision.skipped)
        mapped = replace(self.mapper.map(row), key=decision.key)
        found = self.found.get(row.position)
        return mapped if found is None else replace(mapped, problems=found)


_NO_KEY = KeyDecision("")


def read_inputs(options: RunOptions) -> Inputs:
    """Raises SheetError and MappingError."""
    sheet = open_sheet(options.sheet, tab=options.tab)
    if isinstance(options.mapping, MappingFile):
        return Inputs(sheet, options.mapping, None)
    path = options.mapping or _mapping_beside(options.sheet)
    return Inputs(sheet, load_mapping(path) if path else None, path)


def design_reference(options: RunOptions, inputs: Inputs) -> str | None:
    return options.design or (inputs.mapping.design if inputs.mapping else None)


async def prepare(
    options: RunOptions,
    inputs: Inputs,
    source: DesignSource,
    listener: Listener,
    *,
    rows_from: Sheet | None = None,
    kept: Path | None = None,
) -> Prepared:
    """`rows_from`: read the rows from a copy of the sheet; `kept`: where pictures of archives and cells are kept.

    Raises DesignError and MappingError.
    """
    reference = design_reference(options, inputs)
    if reference is None:
        names = sorted({slug(str(entry.get("name", ""))) for entry in await source.designs()})
        raise DesignError(
            "no design is named",
            code="no_design",
            hint=f"Use -d DESIGN, or 'design:' in a mapping file. There is: {', '.join(names) or 'none'}.",
        )
    design = await read_design(source, reference)
    sheet = rows_from or inputs.sheet
    mapping = inputs.mapping
    if mapping is None:
        guess = guess_mapping(design, sheet.outline.names, [row.cells for row in islice(sheet.rows(), SAMPLE_ROWS)])
        mapping = guess.mapping
        key = Columns(sheet.outline.names).find(options.key) if options.key else None
        _say_guess(guess, key, listener)
    elif options.mapping is None:
        listener(Said(f"Mapping: {inputs.mapping_path}"))
    mapper = Mapper(
        mapping,
        design,
        sheet.outline,
        folder=options.place,
        key=options.key,
        formats=options.formats or None,
        max_kb=options.max_kb,
        pictures=Pictures(options.place, images=options.images, book=sheet.outline.path, kept=kept),
    )
    return Prepared(sheet, design, mapper, _decide_keys(sheet, mapper, options), options.limit)


def _decide_keys(sheet: Sheet, mapper: Mapper, options: RunOptions) -> tuple[KeyDecision, ...]:
    """A decision for every row; a row that `where` leaves out has no part in who is repeated."""
    column = mapper.key
    if column is None:
        return ()
    keyed = [(row.origin(column), row.cells[column].strip(), mapper.leaves_out(row)) for row in sheet.rows()]
    wanted = iter(resolve_keys([(origin, key) for origin, key, is_out in keyed if not is_out], options.duplicates))
    return tuple(KeyDecision(key) if is_out else next(wanted) for _, key, is_out in keyed)


def _mapping_beside(sheet: Path) -> Path | None:
    for pattern in MAPPING_NAMES:
        candidate = sheet.parent / pattern.format(stem=sheet.stem)
        if candidate.is_file():
            return candidate
    return None


def _say_guess(guess: Guess, key: str | None, listener: Listener) -> None:
    listener(Said("No mapping file: columns were matched to layers by their names."))
    for line in guess.lines:
        listener(Said(f"  {line}"))
    if unused := [header for header in guess.unused if header != key]:
        listener(Said(f"  not used: {', '.join(unused)}"))
