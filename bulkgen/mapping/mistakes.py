"""The mistakes of a mapping file, gathered while it is compiled, so that they can be mended in one go. Pure.

MappingError, … -> one MappingError that tells them all
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from bulkgen.errors import MappingError

# More are not read, and are mostly one mistake made again and again.
_TOLD = 20


class Mistakes:
    def __init__(self) -> None:
        self._found: dict[str, MappingError] = {}

    def __repr__(self) -> str:
        return f"<Mistakes {len(self._found)}>"

    @contextmanager
    def gathering(self) -> Iterator[None]:
        """What is refused inside is kept for `conclude`, and the next part is looked at."""
        try:
            yield
        except MappingError as error:
            # By its words: a layer of every page is compiled for each of them.
            self._found.setdefault(str(error), error)

    def conclude(self) -> None:
        """Raises MappingError if there was any mistake: code and place are the first one's."""
        if not self._found:
            return
        first, *others = self._found.values()
        if not others:
            raise first
        told = [f"{first.message}\n  {first.hint}" if first.hint else first.message, *map(str, others[: _TOLD - 1])]
        if len(others) >= _TOLD:
            told.append(f"and {len(others) - _TOLD + 1:,} more")
        raise MappingError("\n".join(told), code=first.code, where=first.where)
