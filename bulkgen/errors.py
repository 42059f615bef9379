"""Everything bulkgen raises on purpose: one root, one family per stage.

Callers branch on `code`, which is stable; people read the message (what, where, what was seen, what is
allowed) and the `hint` (what to do next). A bad *row* is not here: it is a `sheet.problems.Problem`, data that
travels beside the row while the run goes on.
"""

from __future__ import annotations


class BulkgenError(Exception):
    """The root. Never raised itself; catch it to catch all that bulkgen refuses."""

    code: str = "bulkgen_error"

    def __init__(self, message: str, *, code: str | None = None, where: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        text = f"{self.where}: {self.message}" if self.where else self.message
        return f"{text}\n  {self.hint}" if self.hint else text


class ConfigError(BulkgenError):
    """An option, an environment variable or a combination of them that cannot be used."""

    code = "bad_option"


class SheetError(BulkgenError):
    """The input cannot be read as a sheet of rows."""

    code = "bad_sheet"


class MappingError(BulkgenError):
    """The mapping file, or the mapping it asks for, does not fit the sheet or the design."""

    code = "bad_mapping"


class DesignError(BulkgenError):
    """The design is not there, or its description cannot be used."""

    code = "bad_design"


class LedgerError(BulkgenError):
    """The ledger cannot be opened, written or trusted."""

    code = "ledger"


class JobRunningError(LedgerError):
    """Another process is working on the same job."""

    code = "job_running"


class ProviderError(BulkgenError):
    """The provider refuses to work for us at all: key, plan, credits, or it cannot be reached."""

    code = "provider"


class ReportError(BulkgenError):
    """The report cannot be written; the results are safe in the ledger."""

    code = "report"


class OutputError(BulkgenError):
    """The place asked for the report cannot be used; said before anything is sent."""

    code = "bad_output"


class StudioError(BulkgenError):
    """The embedded studio cannot be started."""

    code = "studio"
