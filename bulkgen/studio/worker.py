"""What runs in a worker process: one generation's formats -> files in the files folder.

    RenderTask -> RenderResult

`render_generation` may be called in any process; the time limits hold only where `enter_worker` has run, since they
end the process that does not keep them. Left out: fetching pictures, and anything that writes to the store.
"""

from __future__ import annotations

import contextlib
import ctypes
import faulthandler
import functools
import logging
import multiprocessing
import multiprocessing.connection
import os
import resource
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import orjson

from bulkgen.render.banner import RenderCache, render_banner
from bulkgen.render.document import render_document, write_document
from bulkgen.render.failures import IMAGE_FETCHING, RenderError
from bulkgen.render.fonts import FontLibrary
from bulkgen.studio import files
from bulkgen.studio.task import Failed, Made, Outcome, Picture, RenderResult, RenderTask
from bulkgen.wire.design import Design, parse_design
from bulkgen.wire.envelope import INTERNAL_SERVER_ERROR

log = logging.getLogger("bulkgen.studio")

# Low enough that the server and whatever else the machine does go first; rendering takes what is left.
_NICENESS = 10

# The soft limit raises between two steps of Python; one long call into C is ended by the hard one, with its process.
_HARD_AFTER_SECONDS = 5.0

_PR_SET_PDEATHSIG = 1


class TookTooLongError(Exception):
    """Raised inside a render by the timer."""


@dataclass(slots=True)
class _Process:
    """What this process is: a worker, or whoever called."""

    is_worker: bool = False
    silence: IO[str] | None = None


_process = _Process()


def enter_worker(memory_bytes: int) -> None:
    """First thing in a worker: it goes last, stays small, and does not outlive its parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides
    with contextlib.suppress(OSError):
        os.nice(_NICENESS)
    limit = resource.RLIMIT_DATA if sys.platform == "linux" else resource.RLIMIT_AS
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(limit, (memory_bytes, memory_bytes))
    if sys.platform == "linux":
        # Of the fork server, which ends when the studio does; the thread below is for where there is no such call.
        with contextlib.suppress(OSError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_die_with, args=(parent.sentinel,), name="parent-watch", daemon=True).start()
    _process.is_worker = True
    _process.silence = open(os.devnull, "w")  # noqa: SIM115, PTH123 - for as long as the process lives


def render_generation(task: RenderTask) -> RenderResult:
    """Each format is made or has a reason; nothing is raised for a picture, a text or a design that does not do."""
    design = _design(task.design_body)
    fonts = _fonts(task.fonts)
    if task.pages is not None:
        (format_id,) = task.format_ids
        return RenderResult((_outcome(task, format_id, lambda: _document(task, design, fonts, format_id)),))
    pictures = {ref: _load(picture) for ref, picture in task.pictures.items()}
    outcomes: list[Outcome] = [_render(task, design, fonts, pictures, format_id) for format_id in task.format_ids]
    return RenderResult(tuple(outcomes))


def _render(
    task: RenderTask,
    design: Design,
    fonts: FontLibrary,
    pictures: Mapping[str, bytes | RenderError],
    format_id: str,
) -> Outcome:
    def make() -> Made:
        banner = render_banner(
            design,
            format_id,
            task.elements,
            pictures,
            fonts,
            file_type=task.file_type,
            quality=task.quality,
            max_bytes=task.max_bytes,
            options=task.options,
            cache=_cache(),
        )
        folder, item = Path(task.files_folder), design.format(format_id)
        is_printed = design.type == "printer" and item is not None
        with _writing():
            key = files.keep(folder, banner.body, banner.file_type)
            fallback = files.keep(folder, banner.fallback, "jpeg") if banner.fallback else None
        return Made(
            format_id=format_id,
            key=key,
            file_type=banner.file_type,
            # Paper has parts of a millimetre, and its size is told in its own unit.
            width=item.width if is_printed and item else banner.width,
            height=item.height if is_printed and item else banner.height,
            size_bytes=len(banner.body),
            warnings=tuple(banner.warnings),
            fallback_key=fallback,
            duration_seconds=banner.duration_s,
        )

    return _outcome(task, format_id, make)


def _document(task: RenderTask, design: Design, fonts: FontLibrary, format_id: str) -> Made:
    """All pages as one file, which goes to the disk page by page: a catalogue may be larger than memory."""
    folder, first = Path(task.files_folder), design.formats[0]
    loaded = _Loaded(task.pictures)
    pages = task.pages or {}
    own: dict[str, Any] = {"options": task.options, "quality": task.quality, "cache": _cache()}
    with _writing(), files.part_of(folder) as (part, stream):
        if task.max_bytes is None:
            warnings = write_document(part, design, pages, loaded, fonts, **own).warnings
        else:
            # A limit is met by trying, and what is tried is not for the disk.
            banner = render_document(design, pages, loaded, fonts, max_bytes=task.max_bytes, **own)
            part.write_bytes(banner.body)
            warnings = banner.warnings
        size_bytes = part.stat().st_size
        key = files.keep_part(folder, part, stream, "pdf")
    size = (first.width, first.height, size_bytes)
    return Made(format_id, key, "pdf", *size, tuple(warnings), pages=len(design.formats))


def _outcome(task: RenderTask, format_id: str, make: Callable[[], Made]) -> Outcome:
    """What was made, or why it was not."""
    try:
        with _limited(task.timeout_seconds):
            try:
                return make()
            except MemoryError:
                # What the cache holds may be what there was no room for.
                _cache.cache_clear()
                return make()
    except RenderError as error:
        return Failed(format_id, error.reason, code=error.code)
    except TookTooLongError:
        return Failed(format_id, took_too_long(task.timeout_seconds), code=INTERNAL_SERVER_ERROR)
    except MemoryError:
        return Failed(format_id, "it needs more memory than a worker may use", code=INTERNAL_SERVER_ERROR)
    except _UnwrittenError as error:
        return Failed(format_id, f"the file cannot be written: {error}", is_passing=True)
    except Exception as error:
        log.exception("render failed", extra={"action": "render_failed"})
        reason = f"it could not be drawn: {type(error).__name__} in the renderer"
        return Failed(format_id, reason, code=INTERNAL_SERVER_ERROR)


def took_too_long(seconds: float) -> str:
    return f"it took longer than {seconds:g} s"


@contextlib.contextmanager
def _limited(seconds: float) -> Iterator[None]:
    if not _process.is_worker or threading.current_thread() is not threading.main_thread():
        yield
        return
    assert _process.silence is not None
    signal.signal(signal.SIGALRM, _raise_too_long)
    faulthandler.dump_traceback_later(seconds + _HARD_AFTER_SECONDS, exit=True, file=_process.silence)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        faulthandler.cancel_dump_traceback_later()


def _raise_too_long(*_: object) -> None:
    raise TookTooLongError


def _die_with(sentinel: int) -> None:
    multiprocessing.connection.wait([sentinel])
    os._exit(1)


class _UnwrittenError(Exception):
    """Not the banner's fault: the disk is full, or not ours to write."""


@contextlib.contextmanager
def _writing() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _UnwrittenError(error.strerror or str(error)) from error


class _Loaded(Mapping[str, bytes | RenderError]):
    """Pictures by reference, read when they are asked for: those of a catalogue are more than memory holds."""

    def __init__(self, pictures: Mapping[str, Picture]) -> None:
        self._pictures = pictures

    def __repr__(self) -> str:
        return f"_Loaded({len(self._pictures)} pictures)"

    def __getitem__(self, reference: str) -> bytes | RenderError:
        return _load(self._pictures[reference])

    def __iter__(self) -> Iterator[str]:
        return iter(self._pictures)

    def __len__(self) -> int:
        return len(self._pictures)


def _load(picture: Picture) -> bytes | RenderError:
    reason = picture.reason
    if picture.path is not None:
        try:
            return Path(picture.path).read_bytes()
        except OSError as error:
            reason = f"the picture cannot be read: {error.strerror}"
    told = f"{picture.layer}: {reason}" if picture.layer else reason
    return RenderError(told, layer=picture.layer or None, code=IMAGE_FETCHING)


# A worker meets few designs, but many times.
@functools.lru_cache(maxsize=32)
def _design(body: bytes) -> Design:
    return parse_design(orjson.loads(body))


@functools.lru_cache(maxsize=4)
def _fonts(folders: tuple[str, ...]) -> FontLibrary:
    return FontLibrary([Path(folder) for folder in folders])


@functools.cache
def _cache() -> RenderCache:
    """One for the process: photos and what stands still in a design are the same from row to row."""
    return RenderCache()
