"""Films and sounds from outside, opened with care: the kind is told by the first bytes, and few kinds are let in.

    bytes -> opened container, or a RenderError in words for people

The library behind reads hundreds of kinds, some of which name other files to be read. Here the kind is never guessed by
it, no second file is ever opened, and only decoders that the web's own players have are let near the bytes. It comes
with the `video` extra and is loaded when the first film is made, never before.

Left out: what is in them (`media`, `sound`).
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from bulkgen.render.failures import RenderError, picture_error

NEEDS_EXTRA = "mp4, gif and layers of video or audio need the video extra: pip install 'bulkgen[video]'"

# A frame of 8K. A decoder keeps up to sixteen of them, so a larger one would take the memory of the machine.
FRAME_PIXELS_MAX = 8192 * 4320

# Bytes at an offset -> the reader for them.
_MOV_ATOMS = (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot")
_MATROSKA = b"\x1aE\xdf\xa3"
FILM_KINDS = frozenset(("mov", "matroska"))
SOUND_KINDS = FILM_KINDS | frozenset(("mp3", "wav", "ogg", "flac", "aac"))

FILM_DECODERS = frozenset(("h264", "hevc", "vp8", "vp9", "av1", "libdav1d", "mpeg4", "prores", "mjpeg"))
SOUND_DECODERS = frozenset(
    ("mp3", "mp3float", "aac", "opus", "libopus", "vorbis", "flac", "alac", "pcm_u8", "pcm_mulaw", "pcm_alaw")
) | frozenset(f"pcm_{kind}{end}" for kind in ("s16", "s24", "s32", "f32", "f64") for end in ("le", "be"))


@dataclass(frozen=True, slots=True)
class Trim:
    """The part of a film that is played, in its own seconds. `end_s` None: to its end."""

    start_s: float = 0.0
    end_s: float | None = None


WHOLE = Trim()


def read_trim(address: str) -> Trim:
    """`?trim_start=2.5&trim_end=10` of an address (reference 7.7). Raises RenderError."""
    try:
        given = parse_qs(urlsplit(address).query)
    except ValueError:
        return WHOLE
    start = _seconds(given, "trim_start")
    end = _seconds(given, "trim_end")
    if end is not None and end <= (start or 0.0):
        raise picture_error(None, f"trim_end is {end:g}, and must be after trim_start ({start or 0.0:g})")
    return Trim(start or 0.0, end)


def _seconds(given: Mapping[str, list[str]], name: str) -> float | None:
    if name not in given:
        return None
    text = given[name][0]
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds <= 86_400:
        raise picture_error(None, f"{name} is {text[:40]!r}, and must be seconds from the start of the video")
    return seconds


def load_av() -> Any:
    """The library of the `video` extra. Raises RenderError that names the extra."""
    try:
        import av
    except ImportError:
        raise RenderError(NEEDS_EXTRA) from None
    return av


def sniff(body: bytes) -> str | None:
    """What these bytes are by their beginning; None for what is not let in."""
    head = body[:12]
    if head[4:8] in _MOV_ATOMS:
        return "mov"
    if head.startswith(_MATROSKA):
        return "matroska"
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return "wav"
    if head.startswith(b"OggS"):
        return "ogg"
    if head.startswith(b"fLaC"):
        return "flac"
    if head.startswith(b"ID3"):
        return "mp3"
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
        # The two bits for the layer are zero in the one and never in the other.
        return "mp3" if head[1] & 0x06 else "aac"
    return None


def open_container(body: bytes, kinds: frozenset[str], noun: str) -> Any:
    """Raises RenderError: these bytes are no film or sound, or a damaged one."""
    av = load_av()
    if not body:
        raise picture_error(None, f"the {noun} is empty (0 bytes)")
    kind = sniff(body)
    if kind is None or kind not in kinds:
        raise picture_error(None, _what_instead(body, noun))
    if kind == "mov" and not _has_whole_index(body):
        raise picture_error(None, f"the {noun} is cut short: its index, at the end, is not all there")
    with reading(noun):
        return av.open(
            io.BytesIO(body),
            format=kind,
            options={
                "max_pixels": str(FRAME_PIXELS_MAX),
                "threads": "1",
                "codec_whitelist": ",".join(sorted(FILM_DECODERS | SOUND_DECODERS)),
            },
            io_open=_refuse,
        )


def _has_whole_index(body: bytes) -> bool:
    """The library takes what is left of an index: a film whose sound was told in the rest of it would be silent."""
    at = 0
    while at + 8 <= len(body):
        size = int.from_bytes(body[at : at + 4])
        if size == 1:
            size = int.from_bytes(body[at + 8 : at + 16])
        if body[at + 4 : at + 8] == b"moov":
            return size == 0 or at + size <= len(body)
        if size < 8:
            break
        at += size
    # Without one it is the library's to say what is missing.
    return True


@contextmanager
def reading(noun: str) -> Iterator[None]:
    """The border: what the library raises on bad bytes depends on the bytes; all of it means the same."""
    try:
        yield
    except RenderError:
        raise
    except MemoryError:
        raise picture_error(None, f"the {noun} needs more memory than there is") from None
    except Exception as error:
        raise picture_error(None, f"the {noun} is damaged") from error


def prepared(stream: Any, decoders: frozenset[str], noun: str) -> Any:
    """The stream, ready to be decoded by one thread. Raises RenderError: its codec is not let in."""
    context = stream.codec_context
    name = None if context is None else str(context.codec.name)
    if name not in decoders:
        how = f"as {name}, which cannot be read" if name else "in a way that nobody knows"
        raise picture_error(None, f"the {noun} is coded {how} (use {'H.264' if noun == 'video' else 'mp3 or AAC'})")
    # A worker has a core of its own; more threads would be taken from the others.
    context.thread_count = 1
    context.options = {"max_pixels": str(FRAME_PIXELS_MAX), "threads": "1"}
    return stream


def start_of(container: Any) -> float:
    """The container's zero, in seconds: sound and picture are measured from the same one."""
    start = container.start_time
    return 0.0 if start is None else float(start) / 1_000_000


def _refuse(url: str, flags: int, options: Mapping[str, str]) -> Any:
    raise OSError("a film does not open other files")


def _what_instead(body: bytes, noun: str) -> str:
    head = body[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    accepted = "mp4, mov or webm" if noun == "video" else "mp3, wav, m4a, ogg or flac"
    if head.startswith((b"<!doctype html", b"<html", b"<head", b"<body")) or b"<html" in head:
        return f"this is a web page, not a {noun}"
    if head.startswith((b"\xff\xd8\xff", b"\x89png", b"gif8")) or head[8:12] == b"webp":
        return f"this is a picture, not a {noun} (accepted: {accepted})"
    return f"unidentifiable {noun} (accepted: {accepted})"
