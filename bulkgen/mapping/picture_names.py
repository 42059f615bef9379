"""The names of picture files, and which of them a cell means. Pure.

    names of files + a cell's name -> the files that it may mean

People write names as they remember them: in another case, without the folder, without the ending, or with the whole
path that the file had on their own machine. Each step is tried on all files before the next; a step that finds several
has found no one, and which was meant only the person knows.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from pathlib import PurePosixPath

from bulkgen.mapping.names import near

# What cameras, shops and drawing programs write, and what `audio_url` takes.
PICTURE_ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".svg", ".tif", ".tiff", ".avif")
SOUND_ENDINGS = (".mp3", ".wav")
# How many names are compared for a near miss: it is a kindness, and must not cost more than the run.
_COMPARED = 5_000


class PictureNames:
    """`names` are paths within a folder or archive, with `/`."""

    def __init__(self, names: Iterable[str]) -> None:
        self._exact = frozenset(names)
        self._by_path: dict[str, list[str]] = {}
        self._by_base: dict[str, list[str]] = {}
        self._by_stem_path: dict[str, list[str]] = {}
        self._by_stem: dict[str, list[str]] = {}
        for name in sorted(self._exact):
            path = PurePosixPath(fold(name))
            self._by_path.setdefault(str(path), []).append(name)
            self._by_base.setdefault(path.name, []).append(name)
            if path.suffix in PICTURE_ENDINGS or path.suffix in SOUND_ENDINGS:
                self._by_stem_path.setdefault(str(path.with_suffix("")), []).append(name)
                self._by_stem.setdefault(path.stem, []).append(name)

    def __repr__(self) -> str:
        return f"<PictureNames {len(self._exact)}>"

    def __len__(self) -> int:
        return len(self._exact)

    def exact(self, wanted: str) -> str | None:
        name = plain_path(wanted)
        return name if name in self._exact else None

    def find(self, wanted: str, endings: tuple[str, ...] = PICTURE_ENDINGS) -> tuple[str, ...]:
        """One name, several that it may mean, or none."""
        exact = self.exact(wanted)
        if exact is not None:
            return (exact,)
        name = fold(plain_path(wanted))
        base = name.rpartition("/")[2]
        if not base:
            return ()
        steps = [self._by_path.get(name), self._by_base.get(base)]
        if not name.endswith((*PICTURE_ENDINGS, *SOUND_ENDINGS)):
            by_stem = (self._by_stem_path.get(name, []), self._by_stem.get(base, []))
            steps += [[one for one in found if fold(one).endswith(endings)] for found in by_stem]
        return next((tuple(found) for found in steps if found), ())

    def near(self, wanted: str) -> tuple[str, ...]:
        """The files that were perhaps meant."""
        stem = PurePosixPath(plain_path(wanted)).stem
        stems: dict[str, str] = {}
        for name in sorted(self._exact)[:_COMPARED]:
            # Endings are alike in all of them and would make everything look near.
            stems.setdefault(PurePosixPath(name).stem, name)
        return tuple(stems[found] for found in near(stem, stems, limit=2))


def plain_path(name: str) -> str:
    """With the separators of all systems as one, and without a dot in front."""
    parts = [part for part in name.strip().replace("\\", "/").split("/") if part not in ("", ".")]
    return "/".join(parts)


def fold(name: str) -> str:
    """Letters alike whatever their case, and however a system writes their accents."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
