"""The results as they come -> one at a time by row number, in step with the rows of a sheet. Pure.

Nothing is kept: a sheet of a million rows and its results pass each other once. So results must come in the sheet's
order, and a jump backwards is refused rather than written to the wrong row.
"""

from __future__ import annotations

from collections.abc import Iterable

from bulkgen.errors import ReportError
from bulkgen.report.model import ResultRow


class ResultRows:
    def __init__(self, rows: Iterable[ResultRow]) -> None:
        self._rows = iter(rows)
        self._last_number = 0
        self._next: ResultRow | None = None
        self._advance()

    def __repr__(self) -> str:
        return f"<ResultRows next={self._next.number if self._next else None}>"

    def _advance(self) -> None:
        self._next = next(self._rows, None)
        if self._next is None:
            return
        if self._next.number <= self._last_number:
            raise ReportError(
                f"result of row {self._next.number} came after that of row {self._last_number}", code="report_order"
            )
        self._last_number = self._next.number

    def take(self, number: int) -> ResultRow | None:
        """The result of row `number`, if the next one is its."""
        result = self._next
        if result is None or result.number != number:
            return None
        self._advance()
        return result

    def take_before(self, number: int | None) -> ResultRow | None:
        """The next result if its row comes before `number`; None as the number: any."""
        result = self._next
        if result is None or (number is not None and result.number >= number):
            return None
        self._advance()
        return result
