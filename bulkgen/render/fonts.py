"""The fonts at hand: folders with a `fonts.json` -> families, and the nearest face for a weight and a style.

Left out: the font files themselves, which `face` opens when a text first needs one; listing fonts costs no more than
reading the JSON. Fonts of the machine are never looked at: a banner must come out the same on every machine.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bulkgen.render.face import Face

CATALOGUE = "fonts.json"
WEIGHTS = tuple(range(100, 1000, 100))


@dataclass(frozen=True, slots=True)
class FontFile:
    """One file. `axes` are those of a variable font; a static one has one `weight`."""

    path: Path
    style: str
    weight: int
    axes: Mapping[str, tuple[float, float]]

    def weights(self) -> tuple[float, float]:
        return self.axes.get("wght", (self.weight, self.weight))

    def distance(self, weight: int) -> float:
        low, high = self.weights()
        return max(low - weight, weight - high, 0)


@dataclass(frozen=True, slots=True)
class Family:
    id: str
    name: str
    category: str
    licence: str
    files: tuple[FontFile, ...]


class FontCatalogueError(ValueError):
    """A `fonts.json` that cannot be read; the message says which and where."""


class FontLibrary:
    """Families of all folders, in the order given; the first is what a layer without a font gets."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folders)
        self._families = tuple(family for folder in folders for family in _read(Path(folder)))
        if not self._families:
            where = ", ".join(str(folder) for folder in folders) or "no folder"
            raise FontCatalogueError(
                f"no fonts found in {where}: a font folder has a {CATALOGUE} that lists its families"
            )
        self._by_key = {key: family for family in reversed(self._families) for key in (family.id, _key(family.name))}
        self._faces: dict[tuple[Path, tuple[tuple[str, float], ...]], Face] = {}

    def __repr__(self) -> str:
        names = ", ".join(family.name for family in self._families)
        return f"FontLibrary({names}; {len(self._faces)} faces open)"

    @property
    def default(self) -> Family:
        return self._families[0]

    def family(self, reference: str) -> Family | None:
        """By id, else by family name (case, accents and spaces do not matter)."""
        return self._by_key.get(reference.lower()) or self._by_key.get(_key(reference))

    def face(self, family: Family, weight: int, style: str, size_px: float) -> Face:
        """The nearest face: style first, then weight. `size_px` sets the optical size of fonts that have one."""
        from bulkgen.render.face import Face

        fits = [file for file in family.files if file.style == style] or list(family.files)
        file = min(fits, key=lambda candidate: candidate.distance(weight))
        position = []
        for tag, (low, high) in sorted(file.axes.items()):
            # Whole sizes, so that a fitted text or an odd override does not open a face of its own.
            wanted = {"wght": float(weight), "opsz": float(round(size_px))}.get(tag)
            if wanted is not None:
                position.append((tag, min(max(wanted, low), high)))
        key = (file.path, tuple(position))
        if key not in self._faces:
            self._faces[key] = Face(file.path, dict(position))
        return self._faces[key]

    def fallback(self, character: str, weight: int, style: str, size_px: float) -> Face | None:
        """The first face of any family that has the character."""
        for family in self._families:
            face = self.face(family, weight, style, size_px)
            if face.has(ord(character)):
                return face
        return None

    def describe(self) -> list[dict[str, Any]]:
        """`GET /fonts` (reference 2.11)."""
        return [
            {
                "id": family.id,
                "name": family.name,
                "available_weights": _weights(family),
                "type": "custom",
                "category": family.category,
            }
            for family in self._families
        ]


def _read(folder: Path) -> Iterator[Family]:
    catalogue = folder / CATALOGUE
    if not catalogue.is_file():
        return
    try:
        entries = json.loads(catalogue.read_text("utf-8"))["fonts"]
        for entry in entries:
            files = tuple(
                FontFile(
                    folder / file["path"],
                    file.get("style", "normal"),
                    int(file.get("weight") or 400),
                    {tag: (float(low), float(high)) for tag, (low, high) in (file.get("axes") or {}).items()},
                )
                for file in entry["files"]
            )
            yield Family(
                str(entry["id"]).lower(), entry["family"], entry.get("category", ""), entry.get("licence", ""), files
            )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise FontCatalogueError(f"{catalogue}: {type(error).__name__}: {error}") from error


def _key(name: str) -> str:
    bare = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]", "", bare.lower())


def _weights(family: Family) -> list[int | str]:
    found: dict[int | str, None] = {}
    for file in family.files:
        low, high = file.weights()
        for weight in WEIGHTS:
            if low <= weight <= high:
                found[f"{weight}-italic" if file.style == "italic" else weight] = None
    return list(found)
