"""How a studio is set up: one frozen class, checked when it is made. Nothing reads the environment later."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from bulkgen.studio.errors import StudioError
from bulkgen.studio.faults import FaultPlan
from bulkgen.studio.keys import Keys
from bulkgen.studio.limits import Limits

MEGABYTE = 1024 * 1024

# A 100-megapixel picture (render's own ceiling) is 400 MB decoded and once more while it is scaled; the rest is
# fonts and canvases. Too low, and big photos fail; too high, and a bad file can make the machine swap.
DEFAULT_WORKER_MEMORY_BYTES = 2048 * MEGABYTE

# The API's own bound on a picture (reference 7.5).
DEFAULT_MAX_ASSET_BYTES = 20 * MEGABYTE
DEFAULT_MAX_PRINT_ASSET_BYTES = 500 * MEGABYTE
# Reference 7.7.
MAX_FILM_BYTES = 100 * MEGABYTE
MAX_SOUND_BYTES = 25 * MEGABYTE

# What a run made is in its ledger within the hour; less would take files away from under reports being written.
LEAST_KEPT_SECONDS = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class StudioOptions:
    """`folder` is the studio's own; `designs` are folders whose sub-folders hold a design.json."""

    folder: Path
    designs: tuple[Path, ...]
    fonts: tuple[Path, ...] = ()
    host: str = "127.0.0.1"
    port: int = 0
    workers: int | None = None
    api_key: str | None = None
    allow_private_assets: bool = False
    render_timeout_seconds: float = 60
    worker_memory_bytes: int = DEFAULT_WORKER_MEMORY_BYTES
    max_asset_bytes: int = DEFAULT_MAX_ASSET_BYTES
    max_print_asset_bytes: int = DEFAULT_MAX_PRINT_ASSET_BYTES
    company: str = "bulkgen studio"
    public_url: str | None = None  # what addresses of files begin with; None: the studio's own address
    credits: int | None = None  # what may be spent since the store was made; None: without end
    limits: Limits | None = None
    faults: FaultPlan | None = None
    require_key: bool = False  # on loopback too, as behind a proxy
    allowed_hosts: tuple[str, ...] = ()  # names it answers to, beside its own
    allow_private_callbacks: bool = False
    keep_files_seconds: float | None = None  # None: files are kept for ever
    named_files: Callable[[], Collection[str]] | None = None  # keys that somebody's report names: kept all the same

    def __post_init__(self) -> None:
        if self.needs_key and not self.api_key and not Keys(self.folder).has_active():
            told = "must ask for a key" if self.is_loopback else "can be reached from other machines"
            raise StudioError(
                f"a studio on {self.host} {told} and has no key",
                hint="Make one with `bulkgen studio keys create NAME`, set an API key, or serve on 127.0.0.1.",
            )
        if self.keep_files_seconds is not None and self.keep_files_seconds < LEAST_KEPT_SECONDS:
            raise StudioError(
                f"files must be kept for a day at least, not {self.keep_files_seconds:g} seconds",
                hint="A result names its file for seven days, and a run may need some hours to note it.",
            )
        if self.workers is not None and self.workers < 1:
            raise StudioError(f"a studio needs at least one worker, not {self.workers}")
        if self.credits is not None and self.credits < 0:
            raise StudioError(f"a studio cannot have {self.credits} credits")
        if not 0 < self.render_timeout_seconds <= 3600:
            raise StudioError(
                f"a render may take from 0 to 3600 seconds, not {self.render_timeout_seconds:g}",
                hint="The usual limit is 60.",
            )

    @property
    def needs_key(self) -> bool:
        """Whether calls are asked for a key: anywhere but on loopback, and there when one was set."""
        return not self.is_loopback or self.require_key or bool(self.api_key)

    @property
    def is_loopback(self) -> bool:
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def worker_count(self) -> int:
        return self.workers or usable_cores()

    @property
    def store_path(self) -> Path:
        return self.folder / "studio.sqlite3"

    @property
    def files_folder(self) -> Path:
        return self.folder / "files"

    @property
    def uploads_folder(self) -> Path:
        return self.folder / "uploads"

    @property
    def cache_folder(self) -> Path:
        return self.folder / "cache"

    @property
    def film_cache_folder(self) -> Path:
        return self.folder / "film-cache"

    @property
    def sound_cache_folder(self) -> Path:
        return self.folder / "sound-cache"

    @property
    def print_cache_folder(self) -> Path:
        """Apart, so that no other design is drawn with what only print may fetch."""
        return self.folder / "print-cache"

    @property
    def cache_folders(self) -> tuple[Path, ...]:
        return self.cache_folder, self.print_cache_folder, self.film_cache_folder, self.sound_cache_folder


def usable_cores() -> int:
    """The cores this process may run on, which in a container are fewer than the machine's."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1
