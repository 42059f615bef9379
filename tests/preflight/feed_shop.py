"""A shop on loopback for the acceptance of preflight: pictures that are there, and every way in which one can be bad.

The server is threaded and apart from the event loop, since both `check` and the studio of a run ask it.
"""

from __future__ import annotations

import contextlib
import http.server
import io
import struct
import threading
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from PIL import Image

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="400" height="300">%s</svg>'
OVER_THE_LIMIT_BYTES = 21_000_000


def photo(kind: str = "JPEG", size: tuple[int, int] = (700, 500), mode: str = "RGB", orientation: int = 1) -> bytes:
    ramp = Image.linear_gradient("L").resize(size)
    found = Image.merge("RGB", (ramp, ramp.rotate(90), ramp.rotate(180)))
    if mode != "RGB":
        found = found.convert(mode)
    if mode == "RGBA":
        found.putalpha(ramp)
    exif = Image.Exif()
    exif[0x0112] = orientation
    stream = io.BytesIO()
    found.save(stream, kind, **({"exif": exif} if orientation != 1 else {}))
    return stream.getvalue()


def png_of(width: int, height: int) -> bytes:
    """A header that promises `width` x `height` and next to nothing behind it."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


GOOD = photo()

# Path -> (media type, body). Anything else is 404.
PAGES: Mapping[str, tuple[str, bytes]] = {
    "/good.jpg": ("image/jpeg", GOOD),
    "/good.png": ("image/png", photo("PNG")),
    "/good.webp": ("image/webp", photo("WEBP")),
    "/good.avif": ("image/avif", photo("AVIF")),
    "/good.gif": ("image/gif", photo("GIF")),
    "/good.tiff": ("image/tiff", photo("TIFF")),
    "/good.svg": ("image/svg+xml", SVG % b'<rect width="400" height="300" fill="#369"/>'),
    "/good-with-tail.jpg": ("image/jpeg", GOOD + b"\r\nstray bytes"),
    "/untyped": ("application/octet-stream", GOOD),
    "/mistyped.png": ("text/html", GOOD),
    "/grey.jpg": ("image/jpeg", photo(mode="L")),
    "/cmyk.jpg": ("image/jpeg", photo(mode="CMYK")),
    "/turned.jpg": ("image/jpeg", photo(orientation=6)),
    "/mirrored.jpg": ("image/jpeg", photo(orientation=5)),
    "/clear.png": ("image/png", photo("PNG", mode="RGBA")),
    "/palette.png": ("image/png", photo("PNG", mode="P")),
    "/tiny.png": ("image/png", photo("PNG", (12, 9))),
    "/dot.png": ("image/png", photo("PNG", (1, 1))),
    "/line.png": ("image/png", photo("PNG", (900, 1))),
    "/long-and-thin.jpg": ("image/jpeg", photo(size=(2400, 30))),
    "/page.jpg": ("text/html", b"<!DOCTYPE html><html><body>Please sign in</body></html>"),
    "/accounts/login": ("text/html", b"<!DOCTYPE html><html><body>Name and password</body></html>"),
    "/bomb.png": ("image/png", png_of(60_000, 60_000)),
    "/large.png": ("image/png", png_of(12_000, 9_000)),
    "/hollow.png": ("image/png", png_of(400, 300)),
    "/cut.jpg": ("image/jpeg", GOOD[: len(GOOD) // 3]),
    "/cut.png": ("image/png", photo("PNG")[:-400]),
    "/cut.webp": ("image/webp", photo("WEBP")[:-200]),
    "/head.jpg": ("image/jpeg", GOOD[:300]),
    "/garbage.jpg": ("image/jpeg", b"\xff\xd8\xff" + b"not a picture" * 50),
    "/garbage.webp": ("image/webp", b"RIFF\x40\0\0\0WEBP" + b"\0" * 64),
    "/empty.jpg": ("image/jpeg", b""),
    "/document.pdf": ("application/pdf", b"%PDF-1.7\n" + b"0" * 200),
    "/answer.json": ("application/json", b'{"error": "no such picture"}'),
    "/feed.xml": ("application/xml", b"<?xml version='1.0'?><rss/>"),
    "/note.txt": ("text/plain", b"the picture will follow"),
    "/icon.bmp": ("image/bmp", photo("BMP", (64, 64))),
    "/icon.ico": ("image/x-icon", photo("ICO", (64, 64))),
    "/words.svg": ("image/svg+xml", SVG % b'<text x="9" y="40">Sale</text>'),
    "/entities.svg": ("image/svg+xml", b'<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG % b"<rect/>"),
    "/script.svg": ("image/svg+xml", SVG % b"<script>alert(1)</script>"),
    "/unfinished.svg": ("image/svg+xml", SVG[:-8]),
    "/sizeless.svg": ("image/svg+xml", b'<svg xmlns="http://www.w3.org/2000/svg"><rect width="9" height="9"/></svg>'),
    "/thin.svg": (
        "image/svg+xml",
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9000000 1"><rect width="9" height="1"/></svg>',
    ),
}
# Path -> status, for addresses that lead nowhere.
STATUSES = {"/forbidden.jpg": 403, "/login.jpg": 401, "/broken.jpg": 500, "/busy.jpg": 503, "/gone.jpg": 410}
REDIRECTS = {"/moved.jpg": "/good.jpg", "/account.jpg": "/accounts/login", "/round.jpg": "/round.jpg"}


def pictures_of(samples: Path) -> dict[str, bytes]:
    """The sample pictures, and those that one of the feeds brings in an archive."""
    found = {path.name: path.read_bytes() for path in sorted((samples / "images").rglob("*.*")) if path.is_file()}
    for path in sorted((samples / "feeds").glob("*.zip")):
        with zipfile.ZipFile(path) as archive:
            found |= {name: archive.read(name) for name in archive.namelist()}
    return found


class _Handler(http.server.BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path in REDIRECTS:
            self.send_response(302)
            self.send_header("Location", REDIRECTS[path])
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif path == "/huge.jpg":
            self._send("image/jpeg", b"\xff\xd8\xff" + b"\0" * OVER_THE_LIMIT_BYTES)
        elif path == "/broken-off.jpg":
            self._send("image/jpeg", GOOD, announced=len(GOOD) + 5_000)
        elif path in PAGES:
            self._send(*PAGES[path])
        elif (body := self.server.pictures.get(path.rpartition("/")[2])) is not None:
            self._send("application/octet-stream", body)
        else:
            self.send_error(STATUSES.get(path, 404))

    def _send(self, kind: str, body: bytes, announced: int = 0) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(announced or len(body)))
        self.end_headers()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Silence."""


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, pictures: Mapping[str, bytes]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.pictures = pictures

    def handle_error(self, *_: object) -> None:
        """A client that hangs up in the middle of 21 MB has seen enough."""


@contextlib.contextmanager
def shop(pictures: Mapping[str, bytes] | None = None) -> Iterator[str]:
    """The address of a server that also has `pictures`, by file name whatever the path."""
    with _Server(pictures or {}) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
