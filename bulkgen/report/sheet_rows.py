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
        self._read_head()
        self.rest = b""
        self.last_gap = b""

    def __repr__(self) -> str:
        return f"<SheetRows {self._part} head={len(self.head)} buffer={len(self._buffer)} rest={len(self.rest)}>"

    def _refuse(self, what: str) -> ReportError:
        return ReportError(f"the worksheet cannot be edited: {what}", code="unsupported_workbook", where=self._part)

    def _more(self) -> bool:
        chunk = self._stream.read(_CHUNK_BYTES)
        self._buffer += chunk
        return bool(chunk)

    def _read_head(self) -> None:
        self._more()
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
        # `row_start`: where the open row's tag begins, with the tag; `gap_start`: where the bytes before it do.
        gap_start, scan = 0, 0
        open_row: re.Match[bytes] | None = None
        while not self._has_no_rows:
            found = self._next_token(scan)
            if found is None:
                kept_from = gap_start
                self._buffer, scan = self._buffer[kept_from:], max(self._last_tag(scan) - kept_from, 0)
                # A match keeps the bytes it was made on, so only its distance to the buffer changes.
                gap_start = 0
                open_shift = kept_from
                if open_row is not None:
                    open_row = self._row_token.match(self._buffer, open_row.start() - open_shift)
                if not self._more():
                    raise self._refuse("it ends within its rows")
                continue
            scan = found.end()
            is_end, name = bool(found[1]), found[2]
            if name == b"sheetData":
                self.last_gap = self._buffer[gap_start : found.start()]
                self._buffer = self._buffer[found.end() :]
                break
            if not is_end and open_row is None:
                number = self._number_of(found[0], number)
                if found[0].endswith(b"/>"):
                    yield RawRow(number, self._buffer[gap_start : found.start()], found[0], b"", True)
                    gap_start = found.end()
                else:
                    open_row = found
            elif is_end and open_row is not None:
                gap = self._buffer[gap_start : open_row.start()]
                yield RawRow(number, gap, open_row[0], self._buffer[open_row.end() : found.start()], False)
                gap_start, open_row = found.end(), None
            else:
                raise self._refuse("its rows are not well formed")
        while self._more():
            pass
        self.rest, self._buffer = self._buffer, b""

    def _next_token(self, scan: int) -> re.Match[bytes] | None:
        """The next tag of a row or of the end, past comments and literal text; None when more bytes are needed."""
        while (found := self._row_token.search(self._buffer, scan)) is not None:
            closer = _OPAQUE.get(found[0])
            if closer is None:
                return found
            end = self._buffer.find(closer, found.end())
            if end < 0:
                return None
            scan = end + len(closer)
        return None

    def _last_tag(self, scan: int) -> int:
        """From where to look again when more bytes have come: an unfinished comment or tag must be seen whole."""
        for opener, closer in _OPAQUE.items():
            start = self._buffer.rfind(opener, scan)
            if start >= 0 and self._buffer.find(closer, start) < 0:
                return start
        last = self._buffer.rfind(b"<", scan)
        return last if last >= 0 else len(self._buffer)

    @staticmethod
    def _number_of(tag: bytes, before: int) -> int:
        match = _NUMBER.search(tag)
        return int(match[1]) if match else before + 1
