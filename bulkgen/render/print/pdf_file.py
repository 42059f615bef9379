"""A PDF written from front to back: each object goes out as soon as it is whole, so a long document needs no memory.

Numbers, offsets, the table at the end. Left out: what the objects mean.
"""

from __future__ import annotations

import hashlib
import zlib
from typing import BinaryIO

_LEVEL = 6
# Four bytes past ASCII tell programs that move files that this one is not text.
_HEAD = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


class PdfFile:
    """Objects get the numbers 1, 2, … in the order they are asked for."""

    def __init__(self, target: BinaryIO) -> None:
        self._target = target
        self._position = 0
        self._offsets: list[int] = []
        # The file's ID: equal contents, equal ID, and no clock in it.
        self._digest = hashlib.sha256()
        self._write(_HEAD)

    def __repr__(self) -> str:
        return f"PdfFile({len(self._offsets)} objects, {self._position:,} bytes)"

    def reserve(self) -> int:
        """A number for an object that is put later."""
        self._offsets.append(0)
        return len(self._offsets)

    def put(self, number: int, body: bytes) -> None:
        self._offsets[number - 1] = self._position
        self._write(b"%d 0 obj\n%b\nendobj\n" % (number, body))

    def put_stream(self, number: int, entries: bytes, body: bytes) -> None:
        """`entries` without brackets and length; `body` as it stands in the file."""
        self.put(number, b"<<%b/Length %d>>\nstream\n%b\nendstream" % (entries, len(body), body))

    def add(self, body: bytes) -> int:
        number = self.reserve()
        self.put(number, body)
        return number

    def add_stream(self, entries: bytes, body: bytes, *, is_packed: bool = False) -> int:
        """`is_packed`: it is compressed already, as its entries say."""
        number = self.reserve()
        if not is_packed:
            entries, body = entries + b"/Filter/FlateDecode", zlib.compress(body, _LEVEL)
        self.put_stream(number, entries, body)
        return number

    def close(self, root: int, description: int) -> None:
        """The table of the objects and where it starts. Every reserved number has been put."""
        start, digest = self._position, self._digest.hexdigest()[:32].encode()
        count = len(self._offsets) + 1
        rows = b"".join(b"%010d 00000 n \n" % offset for offset in self._offsets)
        self._write(b"xref\n0 %d\n0000000000 65535 f \n%b" % (count, rows))
        self._write(b"trailer\n<</Size %d/Root %d 0 R/Info %d 0 R" % (count, root, description))
        self._write(b"/ID[<%b><%b>]>>\nstartxref\n%d\n%%%%EOF\n" % (digest, digest, start))

    def _write(self, body: bytes) -> None:
        self._target.write(body)
        self._digest.update(body)
        self._position += len(body)
