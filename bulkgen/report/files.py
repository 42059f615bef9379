"""Names for the picture files beside a report, and putting a file there without copying it.

A name must be good on every system the folder is copied to, and in a URL when it is published: so ASCII, no reserved
names, unique whatever the case. Left out: which file belongs to which row; the pipeline knows.
"""

from __future__ import annotations

import filecmp
import os
import re
import secrets
import shutil
import unicodedata
from pathlib import Path

from bulkgen import atomic

# Bytes; with a folder name of the same length and a temporary suffix it stays under the 255 of common file systems.
MAX_NAME_BYTES = 120

_NOT_SAFE = re.compile(r"[^A-Za-z0-9._-]+")
# Windows takes these for devices, whatever the extension.
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")
# Letters that have no accent to lose: what people write when they have only ASCII.
_SPELLED = str.maketrans(
    {"ß": "ss", "æ": "ae", "Æ": "Ae", "ø": "o", "Ø": "O", "œ": "oe", "Œ": "Oe", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D"}
)


def file_name(key_or_row: str, format_id: str, extension: str, taken: set[str]) -> str:
    """A name for one banner, added to `taken` (which holds names in lower case).

    `key_or_row` is the row's key, or its number where it has none; a key with nothing to keep (other scripts only)
    gives a name from the format and a number.
    """
    ending = f".{slug(extension.lstrip('.').lower())}" if extension.strip(".") else ""
    stem = "-".join(part for part in (slug(key_or_row), slug(format_id)) if part) or "banner"
    if _RESERVED.fullmatch(stem):
        stem = f"_{stem}"
    stem = stem[: MAX_NAME_BYTES - len(ending)].rstrip(".-")
    name, number = f"{stem}{ending}", 1
    while name.lower() in taken:
        number += 1
        mark = f"-{number}"
        name = f"{stem[: MAX_NAME_BYTES - len(ending) - len(mark)]}{mark}{ending}"
    taken.add(name.lower())
    return name


def slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.translate(_SPELLED))
    letters = "".join(character for character in plain if not unicodedata.combining(character))
    return _NOT_SAFE.sub("-", letters).strip("-.")


def place_file(source: Path, target: Path) -> None:
    """Make `target` be `source`: a hard link where the disk can, else a copy; whole or not at all.

    Nothing happens where `target` already has the same bytes. Raises OSError as the file system does.
    """
    try:
        # The usual case in one call: nothing there yet. A report of thousands of banners does little else here.
        os.link(source, target)
    except FileExistsError:
        if not _is_same(source, target) and not _relink(source, target):
            _copy(source, target)
    except FileNotFoundError:
        # The folder is missing, which the next try changes, or the source is, which it says.
        target.parent.mkdir(parents=True, exist_ok=True)
        if not _relink(source, target):
            _copy(source, target)
    except OSError:
        # Another disk, a file system without links, too many links: a copy says what is really wrong, if anything is.
        if not _is_same(source, target):
            _copy(source, target)


def _is_same(source: Path, target: Path) -> bool:
    try:
        return target.samefile(source) or filecmp.cmp(source, target, shallow=False)
    except FileNotFoundError:
        return False


def _relink(source: Path, target: Path) -> bool:
    """Through a name of its own, since a link does not replace what is there."""
    part = target.with_name(f".{secrets.token_hex(8)}.part")
    try:
        os.link(source, part)
        part.replace(target)
    except OSError:
        return False
    finally:
        # A rename onto another link of the same file does nothing and leaves both names.
        part.unlink(missing_ok=True)
    return True


def _copy(source: Path, target: Path) -> None:
    # Not flushed to the disk one by one: the bytes are safe where they came from, and the next report compares.
    with source.open("rb") as stream, atomic.writing(target, durable=False) as out:
        shutil.copyfileobj(stream, out, 1 << 20)
