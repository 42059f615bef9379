"""The log file of `--log-file`: a listener that writes a line an event, in files of bounded size.

    Event -> (`logline`) -> FILE, FILE.1 … FILE.4

It never stops a run: a line that cannot be written is counted, and told of at the end. One process, one file; two that
write the same file lose lines when it is turned over.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Mapping
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import Self

from bulkgen.clock import Clock
from bulkgen.errors import OutputError
from bulkgen.events import Event, Pulse
from bulkgen.logline import Entry, Level, entry_of, line_of

# Two lines a request of some 120 bytes: the last file alone holds forty thousand requests, all together some 200,000.
FILE_BYTES = 10_000_000
OLD_FILES = 4

# A run tells how it stands each second; in a log that would push out what happened.
PULSE_SECONDS = 60.0


class LogFile:
    """Use as `with`; call it with each event. `secrets` are written nowhere, whatever an event may hold."""

    def __init__(
        self, path: Path, clock: Clock, secrets: frozenset[str] = frozenset(), *, file_bytes: int = FILE_BYTES
    ) -> None:
        """Raises OutputError where the file cannot be written."""
        self._path = path
        self._clock = clock
        self._secrets = secrets
        self._pulse_due_at = 0.0
        self.lines = 0
        try:
            self._handler = _Handler(
                path, maxBytes=file_bytes, backupCount=OLD_FILES, encoding="utf-8", errors="backslashreplace"
            )
        except OSError as error:
            raise OutputError(
                f"the log cannot be written: {error.strerror or error}",
                code="bad_log_file",
                where=str(path),
                hint="Give --log-file a place that is there and that you can write to.",
            ) from error

    def __repr__(self) -> str:
        return f"<LogFile {self._path.name} lines={self.lines} lost={self.lost}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Closing writes what is buffered, which fails as the lines before it did; the run's own end matters more.
        with contextlib.suppress(OSError):
            self._handler.close()

    def __call__(self, event: Event) -> None:
        if isinstance(event, Pulse):
            if self._clock.monotonic() < self._pulse_due_at:
                return
            self._pulse_due_at = self._clock.monotonic() + PULSE_SECONDS
        self.write(entry_of(event))

    @property
    def lost(self) -> int:
        """Lines that could not be written."""
        return self._handler.lost

    def note(self, action: str, facts: Mapping[str, object], *, level: Level = Level.INFO) -> None:
        """A line for what is no event: the run's begin, and an end before its events."""
        self.write(Entry(level, action, facts))

    def write(self, entry: Entry) -> None:
        line = line_of(entry, self._clock.now(), self._secrets)
        self.lines += 1
        self._handler.handle(logging.LogRecord("bulkgen", entry.level, "", 0, line, None, None))


class _Handler(RotatingFileHandler):
    """Of the library's own; but what goes wrong is counted, not printed into the person's terminal."""

    lost = 0

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802, the name is the library's
        self.lost += 1
