"""Exit codes: what an error means for the one who started the command. Pure.

0  every row done            1  finished, with rows that have no banner
2  bad input, nothing sent   3  stopped by the provider, resumable        130  interrupted, resumable
"""

from __future__ import annotations

from bulkgen.errors import BulkgenError, LedgerError, ProviderError, ReportError

FINISHED_WITH_ERRORS = 1
BAD_INPUT = 2
STOPPED = 3
INTERRUPTED = 130
BUG = 70  # what sysexits.h calls an internal software error


def exit_code(error: BulkgenError) -> int:
    match error:
        case ProviderError():
            return STOPPED
        case ReportError():
            return FINISHED_WITH_ERRORS
        case LedgerError(code="disk_full"):
            return STOPPED
        case _:
            return BAD_INPUT
