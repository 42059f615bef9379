"""The colour profile of a print: the id that a request names -> the bytes of an ICC file.

    id -> name -> a file in one of the folders whose description says that name, else the generic one, with a warning

The six built-in ids are those of the API (reference 8.2); the profiles behind them may not be passed on, so they are
looked for where systems keep such files.
"""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import ImageCms

from bulkgen.render.failures import RenderError

# Folders to look in before the system's own, separated as in PATH.
FOLDERS_VARIABLE = "BULKGEN_ICC"

# What a colour folder holds at most before we stop looking; a profile is read only as far as its header first.
_FILES_MAX = 2_000
_CMYK = b"CMYK"


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """`said` are descriptions that ICC files of this name bear, in small letters and figures only."""

    name: str
    said: tuple[str, ...] = ()
    is_rgb: bool = False


BUILT_IN: Mapping[str, BuiltIn] = {
    "be2ab219-8fe4-4d85-91ba-65bdc9ddaf01": BuiltIn("ISO Coated v2 (ECI)", ("isocoatedv2eci", "isocoatedv2")),
    "03738f37-5b6f-4be9-9100-706b1711f9dd": BuiltIn(
        "ISO Coated v2 300% (ECI)", ("isocoatedv2300eci", "isocoatedv2300")
    ),
    "e0c86a8a-050c-41f1-885a-0f74b9baac50": BuiltIn("ISO Uncoated", ("isouncoated",)),
    "0e0355e6-2931-4c83-92f2-64db9f5ddffc": BuiltIn(
        "US Web Coated (SWOP 2006 5v2)", ("swop2006coated5v2", "uswebcoatedswop20065v2")
    ),
    "fac91df8-1155-11ef-b77e-f93002785645": BuiltIn("ISO Newspaper 26 v4", ("isonewspaper26v4",)),
    "db3c123e-1127-11ef-b77e-f93002785645": BuiltIn("RGB, no colour profile", is_rgb=True),
}

GENERIC_NAME = "generic CMYK"


@dataclass(frozen=True, slots=True)
class Profile:
    """`body` is None for a print that keeps its RGB. `warning` says that it is not the one that was asked for."""

    name: str
    body: bytes | None
    warning: str | None = None


def find_profile(profile_id: str | None, folders: Sequence[Path] | None = None) -> Profile:
    """Raises RenderError for an id that is none of the built-in ones."""
    if not profile_id:
        return Profile(GENERIC_NAME, generic_profile())
    built_in = BUILT_IN.get(profile_id.lower())
    if built_in is None:
        known = ", ".join(f"{key} ({item.name})" for key, item in BUILT_IN.items())
        raise RenderError(f"print.color_profile {profile_id} is not known here; known are {known}")
    if built_in.is_rgb:
        return Profile(built_in.name, None)
    places = tuple(default_folders() if folders is None else folders)
    body = _installed(places, built_in.said)
    if body is not None:
        return Profile(built_in.name, body)
    return Profile(
        GENERIC_NAME,
        generic_profile(),
        f"print: the profile {built_in.name} is not installed, and the generic one stands in for it; put its ICC file "
        f"into a folder that {FOLDERS_VARIABLE} names, or into the system's colour folder",
    )


def default_folders() -> tuple[Path, ...]:
    own = [Path(folder) for folder in os.environ.get(FOLDERS_VARIABLE, "").split(os.pathsep) if folder]
    home = Path.home()
    if sys.platform == "darwin":
        system = [home / "Library/ColorSync/Profiles", Path("/Library/ColorSync/Profiles")]
    elif sys.platform == "win32":
        system = [Path(os.environ.get("SYSTEMROOT", "C:/Windows")) / "System32/spool/drivers/color"]
    else:
        shared = Path(os.environ.get("XDG_DATA_HOME") or home / ".local/share")
        system = [shared / "icc", shared / "color/icc", home / ".color/icc"]
        system += [Path("/usr/local/share/color/icc"), Path("/usr/share/color/icc"), Path("/var/lib/color/icc")]
    return (*own, *system)


@lru_cache(maxsize=1)
def generic_profile() -> bytes:
    return (Path(__file__).parent / "generic.icc").read_bytes()


def is_meant_for(own: bytes | None, press: bytes) -> bool:
    """Whether a picture in the inks of `own` is right as it is on a press of this profile.

    One that names no profile was separated by somebody who knew; and the generic profile names no press that the
    picture's could be wrong for.
    """
    return own is None or press == generic_profile() or own == press or _plain_name(own) == _plain_name(press)


@lru_cache(maxsize=16)
def _installed(folders: tuple[Path, ...], said: tuple[str, ...]) -> bytes | None:
    """The first file whose description is one of `said`, the earlier name before the later."""
    found: dict[str, bytes] = {}
    seen = 0
    for folder in folders:
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            if path.suffix.lower() not in (".icc", ".icm") or seen >= _FILES_MAX:
                continue
            seen += 1
            described = _described(path)
            if described is not None:
                found.setdefault(described[0], described[1])
    return next((found[name] for name in said if name in found), None)


def _described(path: Path) -> tuple[str, bytes] | None:
    """The plain description and the bytes of a CMYK profile for output; None for any other file."""
    try:
        with path.open("rb") as file:
            head = file.read(20)
        if head[16:20] != _CMYK or head[12:16] != b"prtr":
            return None
        body = path.read_bytes()
        if int.from_bytes(body[:4], "big") != len(body):
            return None  # cut short; reading it would give no error and wrong colours
        return _plain_name(body), body
    except (OSError, ValueError, TypeError, ImageCms.PyCMSError):
        return None


def _plain_name(profile: bytes) -> str:
    """The profile's description in small letters and figures only."""
    description = ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(profile)))
    return re.sub(r"[^a-z0-9]", "", description.lower())
