"""Pictures by address that are no pictures, at the real command: each keeps its row back, or fails its format, with the
reason; never a wrong picture."""

from __future__ import annotations

import csv
import http.server
import io
import struct
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from bulkgen_command import bulkgen
from PIL import Image

MAPPING = """\
design: product-card
key: name
formats: [medium-rectangle]
elements: {title: "{{ name }}", photo: "{{ photo }}"}
"""
FIFTY_MEGABYTES = 50 * 1024 * 1024


def _png_of(width: int, height: int) -> bytes:
    """A header that promises `width` x `height` and next to nothing behind it."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


def _jpeg() -> bytes:
    stream = io.BytesIO()
    Image.effect_noise((400, 300), 60).convert("RGB").save(stream, "JPEG", quality=90)
    return stream.getvalue()


GOOD = _jpeg()
PAGES = {
    "/good.jpg": ("image/jpeg", GOOD),
    "/page.jpg": ("text/html", b"<!DOCTYPE html><html><body>Please sign in</body></html>"),
    "/bomb.png": ("image/png", _png_of(60_000, 60_000)),
    "/cut.jpg": ("image/jpeg", GOOD[: len(GOOD) // 3]),
    "/garbage.jpg": ("image/jpeg", b"\xff\xd8\xff" + b"not a picture" * 50),
    "/empty.jpg": ("image/jpeg", b""),
}


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/big.jpg":
            self._send("image/jpeg", (b"\xff\xd8\xff" + b"\0" * 65_533 for _ in range(FIFTY_MEGABYTES // 65_536)))
        elif self.path in PAGES:
            kind, body = PAGES[self.path]
            self._send(kind, iter([body]))
        else:
            self.send_error(404)

    def _send(self, kind: str, pieces: Iterator[bytes]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.end_headers()
        try:
            for piece in pieces:
                self.wfile.write(piece)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def log_message(self, *_: object) -> None:
        """Silence."""


@pytest.fixture
def server() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as found:
        thread = threading.Thread(target=found.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{found.server_address[1]}"
        found.shutdown()
        thread.join()


# The words of preflight, then those of the studio.
CASES = {
    "good.jpg": ("", ""),
    "dead.jpg": ("404", "404"),
    "page.jpg": ("page", "page"),
    "big.jpg": ("20 MB", "20 MB"),
    "bomb.png": ("pixels", "pixels"),
    "cut.jpg": ("cut short", "truncated"),
    "garbage.jpg": ("picture", "picture"),
    "empty.jpg": ("empty", "empty"),
}


@pytest.mark.parametrize(
    ("more", "where"),
    [((), "bulkgen detail"), (("--no-preflight",), "medium-rectangle error")],
    ids=["preflight", "no"],
)
def test_each_kind_of_bad_picture_stops_its_row_with_its_reason(
    tmp_path: Path, server: str, more: tuple[str, ...], where: str
) -> None:
    """One run for all: the good row must be made although its neighbours are a bomb and fifty megabytes."""
    (tmp_path / "mapping.yaml").write_text(MAPPING)
    path = tmp_path / "sheet.csv"
    with path.open("w", newline="") as stream:
        csv.writer(stream).writerows([["name", "photo"], *([name, f"{server}/{name}"] for name in CASES)])
    done = bulkgen("run", path, "--progress", "none", *more, BULKGEN_ALLOW_PRIVATE_ASSETS="1")
    assert done.returncode == 1, done.stdout + done.stderr
    with (tmp_path / "sheet.generated.csv").open(newline="") as stream:
        rows = {row["name"]: row for row in csv.DictReader(stream)}
    for name, words in CASES.items():
        word = words[bool(more)]
        row = rows[name]
        assert word in row[where], row
        assert bool(row["medium-rectangle url"]) is (not word), row
