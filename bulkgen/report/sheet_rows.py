"""A worksheet part as a stream: bytes -> what stands before the rows, each row, what stands after them.

The bytes of everything are kept, so that a row nobody edits is written as it was. A part may be gigabytes and is never
held whole; a row and the two ends are. Left out: what is in a row (`sheet_cells`) and at the ends (`sheet_edges`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from bulkgen.errors import ReportError

# Large enough that the search dominates, small beside what the compressor holds anyway.
_CHUNK_BYTES = 1 << 20
_ROOT = re.compile(rb"<(?:([A-Za-z_][\w.-]*):)?(\w+)[\s>/]")
_ENCODING = re.compile(rb"""^<\?xml[^>]*\sencoding\s*=\s*["']([^"']+)""")
_NUMBER = re.compile(rb"""\sr\s*=\s*["'](\d+)["']""")
_REST_OF_TAG = rb"""(?:[^>"']|"[^"]*"|'[^']*')*>"""
# Where bytes that look like tags are none, and what ends it.
_OPAQUE = {b"<!--": b"-->", b"<![CDATA[": b"]]>"}

_ROW_START, _ROW_END, _ROWS_END = (False, b"row"), (True, b"row"), (True, b"sheetData")


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row. `gap` is what stands before its tag (mostly nothing); an empty row may have no content at all."""

    number: int
    gap: bytes
    tag: bytes
    content: bytes
    is_closed: bool


class SheetRows:
    """Read once: `head`, then `rows()`, then `rest`.

    `head` ends before the sheetData tag, `opening` is that tag; `rest` begins after its end tag and is there when
    the rows have been read.
    """

    def __init__(self, stream: IO[bytes], part: str) -> None:
        self._stream = stream
        self._part = part
        self._buffer = b""
        # Where in the buffer the bytes begin that are not given away, and from where the next tag is looked for.
        self._start = self._scan = 0
        self._read_head()
        self.rest = b""
        self.last_gap = b""

    def __repr__(self) -> str:
        places = f"{self._start}/{self._scan}/{len(self._buffer)}"
        return f"<SheetRows {self._part} head={len(self.head)} buffer={places} rest={len(self.rest)}>"

    def _refuse(self, what: str) -> ReportError:
        return ReportError(f"the worksheet cannot be edited: {what}", code="unsupported_workbook", where=self._part)

    def _more(self) -> bool:
        chunk = self._stream.read(_CHUNK_BYTES)
        self._buffer += chunk
        return bool(chunk)

    def _read_head(self) -> None:
        while len(self._buffer) < _CHUNK_BYTES and self._more():
            pass
        start = self._buffer.removeprefix(b"\xef\xbb\xbf")
        encoding = _ENCODING.match(start)
        if start[:2] in (b"\xff\xfe", b"\xfe\xff") or (encoding and encoding[1].lower() not in (b"utf-8", b"us-ascii")):
            raise self._refuse("it is not written in UTF-8")
        root = _ROOT.search(start)
        if root is None or root[2] != b"worksheet":
            raise self._refuse("it is not a worksheet with rows")
        prefix = root[1] + b":" if root[1] else b""
        self.prefix = prefix.decode()
        names = b"(row|sheetData)"
        self._row_token = re.compile(rb"<!--|<!\[CDATA\[|<(/?)" + prefix + names + rb"(?=[\s>/])" + _REST_OF_TAG)
        opening = re.compile(rb"<" + prefix + rb"sheetData(?=[\s>/])" + _REST_OF_TAG)
        while (match := opening.search(self._buffer)) is None:
            if not self._more():
                raise self._refuse("it has no rows")
        self.head = self._buffer[: match.start()]
        self.opening = match[0]
        self._has_no_rows = match[0].endswith(b"/>")
        if self._has_no_rows:
            self.opening = match[0].removesuffix(b"/>").rstrip() + b">"
        self.closing = b"</" + prefix + b"sheetData>"
        self._buffer = self._buffer[match.end() :]

    def rows(self) -> Iterator[RawRow]:
        number = 0
        opened: tuple[bytes, bytes] | None = None
        while not self._has_no_rows:
            found = self._next_token()
            between = self._buffer[self._start : found.start()]
            self._start = found.end()
            kind = (bool(found[1]), found[2])
            if opened is not None and kind == _ROW_END:
                yield RawRow(number, *opened, between, False)
                opened = None
            elif opened is None and kind == _ROW_START:
                number = self._number_of(found[0], number)
                if found[0].endswith(b"/>"):
                    yield RawRow(number, between, found[0], b"", True)
                else:
                    opened = (between, found[0])
            elif opened is None and kind == _ROWS_END:
                self.last_gap = between
                break
            else:
                raise self._refuse("its rows are not well formed")
        self._buffer, self._start = self._buffer[self._start :], 0
        while self._more():
            pass
        self.rest, self._buffer = self._buffer, b""

    def _next_token(self) -> re.Match[bytes]:
        """The next tag of a row or of the end. What was given away before it is dropped when more bytes are needed."""
        while True:
            found, resume = self._search(self._scan)
            if found is not None:
                self._scan = found.end()
                return found
            self._buffer = self._buffer[self._start :]
            self._scan, self._start = resume - self._start, 0
            if not self._more():
                raise self._refuse("it ends within its rows")

    def _search(self, scan: int) -> tuple[re.Match[bytes] | None, int]:
        """The next tag past comments and literal text; or None and from where to look again with more bytes, so that
        an unfinished comment or tag is then seen whole, and a finished one not from within."""
        while (found := self._row_token.search(self._buffer, scan)) is not None:
            closer = _OPAQUE.get(found[0])
            if closer is None:
                return found, found.end()
            end = self._buffer.find(closer, found.end())
            if end < 0:
                return None, found.start()
            scan = end + len(closer)
        last = self._buffer.rfind(b"<", scan)
        return None, last if last >= 0 else len(self._buffer)

    @staticmethod
    def _number_of(tag: bytes, before: int) -> int:
        match = _NUMBER.search(tag)
        return int(match[1]) if match else before + 1
