"""The automatic mapping, and what only the whole sheet tells: which column may be the key, and which cells are missing.

    Design + headers + all rows -> Proposal

The mapping itself is guessed from the first rows, exactly as a run without a mapping file guesses it. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bulkgen.mapping.aliases import alias
from bulkgen.mapping.automatic import guess_mapping
from bulkgen.mapping.draft import own_value
from bulkgen.mapping.guess import Guess
from bulkgen.mapping.key_guess import KeyProposal, KeySearch
from bulkgen.mapping.names import Columns
from bulkgen.wire.design import Design
from bulkgen.wire.overrides import MAIN_PROPERTY

_OF_A_PRODUCT = frozenset(("title", "price", "regular_price", "sale_price", "image", "rating"))


@dataclass(frozen=True, slots=True)
class Gap:
    """Rows in which the column of a layer is empty, so that the design's `own` value would show."""

    layer: str
    column: str
    rows: int
    own: str
    condition: str  # true of the rows without the gap


@dataclass(frozen=True, slots=True)
class Proposal:
    guess: Guess
    key: KeyProposal
    rows: int
    gaps: tuple[Gap, ...]
    title_layer: str
    unfilled: tuple[str, ...]  # layers of what every product has its own of, without a column

    @property
    def mapped(self) -> int:
        """Layers that a column fills."""
        return len({target.rpartition(".")[0] for target in self.guess.why})


def propose(design: Design, headers: tuple[str, ...], rows: Iterable[Mapping[str, str]], sample_rows: int) -> Proposal:
    """Reads every row once; holds `sample_rows` of them, and the values of columns that may be the key."""
    search = KeySearch(headers)
    sample: list[Mapping[str, str]] = []
    filled = dict.fromkeys(headers, 0)
    for cells in rows:
        search.add(cells)
        if len(sample) < sample_rows:
            sample.append(cells)
        for header in headers:
            filled[header] += bool(cells.get(header, "").strip())
    guess = guess_mapping(design, headers, sample)
    gaps = tuple(_gaps(design, guess, Columns(headers), filled, search.rows))
    titles = [gap.layer for gap in gaps if (known := alias(gap.layer)) and known.field == "title"]
    return Proposal(guess, search.proposal(), search.rows, gaps, titles[0] if titles else "", _unfilled(design, guess))


def _unfilled(design: Design, guess: Guess) -> tuple[str, ...]:
    filled = {*guess.mapping.elements, *(name for page in guess.mapping.pages.values() for name in page)}
    return tuple(
        dict.fromkeys(
            layer.name
            for layer in design.layers()
            if layer.name not in filled
            and (known := alias(layer.name))
            and known.is_strong
            and known.field in _OF_A_PRODUCT
        )
    )


def _gaps(design: Design, guess: Guess, columns: Columns, filled: Mapping[str, int], rows: int) -> Iterable[Gap]:
    for name, spec in guess.mapping.elements.items():
        element = design.element(name)
        if element is None or (isinstance(spec, dict) and "empty" in spec):
            continue
        line = guess.why.get(f"{name}.{MAIN_PROPERTY[element.type]}")
        own = own_value(element)
        # A price of several columns is missing only where all of them are: the run itself tells of that.
        if line is None or not own or " now(" in str(spec) or filled.get(line.column, rows) == rows:
            continue
        condition = columns.expression(line.column)
        yield Gap(name, line.column, rows - filled[line.column], own, condition)
