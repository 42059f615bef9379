"""The results as they come -> one at a time by row number, in step with the rows of a sheet. Pure.

Nothing is kept: a sheet of a million rows and its results pass each other once. So results must come in the sheet's
order, and a jump backwards is refused rather than written to the wrong row.
"""

from __future__ import annotations

from collections.abc import Iterable

from bulkgen.errors import ReportError
from bulkgen.report.model import ResultRow


class ResultRows:
    def __init__(self, rows: Iterable[ResultRow], header_row: int) -> None:
        self._rows = iter(rows)
        self._last_number = header_row
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
                f"the result of row {self._next.number} came after row {self._last_number}", code="report_order"
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

    def check_done(self) -> None:
        """Raises ReportError if a result is left that no row of the sheet took: it would be lost without a word."""
        if self._next is not None:
            raise ReportError(
                f"the sheet has no row {self._next.number}, which has a result",
                code="report_order",
                hint="The copy of the input is not the one that was run. Run the job again.",
            )
