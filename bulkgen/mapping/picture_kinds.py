"""What a file is by its first bytes, and what of it a request can carry. Pure.

    first bytes -> media type, or words;  size + media type -> fit, or Refused

What the API does not take is recognised too, so that the message can say what it is. Left out: whether a picture
decodes, which preflight finds out.
"""

from __future__ import annotations

from dataclasses import dataclass

from bulkgen.mapping.problems import Refused

HEAD_BYTES = 4_096

# All pictures of one request together. They travel as base64, a third longer, in one JSON body; how long a body the
# hosted API takes it does not say (reference, open question 2), and 64 MiB is where the studio stops reading.
MAX_REQUEST_BYTES = 48_000_000

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"BM", "a BMP picture"),
    (b"\x00\x00\x01\x00", "an icon file"),
    (b"8BPS", "a Photoshop file"),
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a zip archive"),
    (b"\xff\x0a", "a JPEG XL picture"),
    (b"\x01\x00\x00\x00", "a Windows metafile (EMF)"),
    (b"\xd7\xcd\xc6\x9a", "a Windows metafile (WMF)"),
)
_SOUNDS: tuple[tuple[bytes, str], ...] = (
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"\xff\xf2", "audio/mpeg"),
)
_FTYP_BRANDS = {
    b"avif": "image/avif",
    b"avis": "image/avif",
    b"heic": "a HEIC picture",
    b"heix": "a HEIC picture",
    b"mif1": "a HEIF picture",
}

# Media type -> the ending that its files are kept under.
ENDINGS = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "image/gif": ".gif",
    "image/svg+xml": ".svg",
    "image/tiff": ".tiff",
    "image/avif": ".avif",
    "audio/mpeg": ".mp3",
    "audio/wav": ".wav",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a property takes as a file: `family` begins its media type."""

    family: str
    max_bytes: int
    words: str

    def check_size(self, size_bytes: int, called: str, seen: str) -> None:
        """Raises Refused."""
        if size_bytes > self.max_bytes:
            raise Refused(
                "picture_too_big",
                f"{called} has {size_bytes:,} bytes, at most {self.max_bytes:,} can be sent along",
                seen=seen,
            )

    def check(self, body: bytes, called: str, seen: str) -> str:
        """The media type. Raises Refused."""
        self.check_size(len(body), called, seen)
        media_type = sniff(body[:HEAD_BYTES])
        if not media_type.startswith(self.family):
            raise Refused("not_a_picture", f"{called} is {self.words}: it is {media_type}", seen=seen)
        return media_type


# The API's bounds (reference 7.5, 7.7). For print it takes 500 MB at an address, which no request can carry.
SCREEN_PICTURE = Wanted("image/", 20_000_000, "not a picture that the API takes")
PRINT_PICTURE = Wanted("image/", MAX_REQUEST_BYTES, "not a picture that the API takes")
SOUND = Wanted("audio/", 25_000_000, "no sound file (MP3 or WAV)")


def sniff(head: bytes) -> str:
    """The first bytes of a file -> its media type, or in words what else it is."""
    if head[:4] == b"RIFF" and head[8:12] in (b"WEBP", b"WAVE"):
        return "image/webp" if head[8:12] == b"WEBP" else "audio/wav"
    if head[4:8] == b"ftyp":
        return _FTYP_BRANDS.get(head[8:12], "a video")
    for signature, media_type in (*_SIGNATURES, *_SOUNDS):
        if head.startswith(signature):
            return media_type
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith((b"<?xml", b"<svg", b"<!--", b"<!doctype svg")) and b"<svg" in text:
        return "image/svg+xml"
    if text.startswith((b"<!doctype html", b"<html")) or b"<html" in text[:512]:
        return "a web page"
    return "an empty file" if not head else "no kind of file we know"
