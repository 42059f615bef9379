"""The fonts at hand -> the nearest face for a weight and a style, and the face that has a character.

Folders come first, in the order given; font packages of the environment are asked only for what the folders lack.
Left out: where families come from (`families`), and the font files themselves, which `face` opens when needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bulkgen.render.failures import RenderError
from bulkgen.render.families import (
    CATALOGUE,
    Family,
    FontCatalogueError,
    FontFile,
    family_key,
    installed_families,
    read_folder,
)

if TYPE_CHECKING:
    from bulkgen.render.face import Face

__all__ = ["CATALOGUE", "WEIGHTS", "Family", "FontCatalogueError", "FontFile", "FontLibrary"]

WEIGHTS = tuple(range(100, 1000, 100))

# The category of fonts that are asked last: they have figures and stars too, and nobody wants those in a headline.
EMOJI = "emoji"

# Characters whose font is remembered; a run in one language asks for some thousand.
_REMEMBERED_MAX = 20_000


class FontLibrary:
    """Families of all folders; the first is what a layer without a font gets. Not for sharing between threads."""

    def __init__(
        self, folders: Sequence[Path], *, installed: Callable[[], Iterator[Family]] = installed_families
    ) -> None:
        self._folders = tuple(folders)
        self._families = tuple(family for folder in folders for family in read_folder(Path(folder)))
        if not self._families:
            where = ", ".join(str(folder) for folder in folders) or "no folder"
            raise FontCatalogueError(
                f"no fonts found in {where}: a font folder has TTF or OTF files, or a {CATALOGUE} that lists them"
            )
        self._by_key = _keyed(self._families)
        self._installed = installed
        self._packaged: tuple[Family, ...] | None = None
        self._faces: dict[tuple[Path, tuple[tuple[str, float], ...]], Face] = {}
        self._nearest: dict[tuple[str, int, str, int], Face] = {}
        self._having: dict[tuple[str, bool], Family | None] = {}

    def __repr__(self) -> str:
        names = ", ".join(family.name for family in self._families)
        return f"FontLibrary({names}; {len(self._faces)} faces open)"

    @property
    def default(self) -> Family:
        return self._families[0]

    def family(self, reference: str) -> Family | None:
        """By id, else by family name (case, accents and spaces do not matter)."""
        found = self._by_key.get(reference.lower()) or self._by_key.get(family_key(reference))
        if found is None:
            by_key = _keyed(self._packages())
            found = by_key.get(reference.lower()) or by_key.get(family_key(reference))
        return found

    def face(self, family: Family, weight: int, style: str, size_px: float) -> Face:
        """The nearest face: style first, then weight. `size_px` sets the optical size of fonts that have one."""
        asked = (family.id, weight, style, round(size_px))
        known = self._nearest.get(asked)
        if known is None:
            known = self._nearest[asked] = self._open(family, weight, style, size_px)
        return known

    def _open(self, family: Family, weight: int, style: str, size_px: float) -> Face:
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
            try:
                self._faces[key] = Face(file.path, dict(position))
            except (OSError, ValueError) as error:
                reason = getattr(error, "strerror", None) or error
                raise RenderError(
                    f"the font file {file.path.name} of {family.name} cannot be read: {reason}"
                ) from error
        return self._faces[key]

    def fallback(
        self, characters: str, weight: int, style: str, size_px: float, *, in_color: bool = False
    ) -> Face | None:
        """The first face of any family that has all of the characters; with `in_color`, that has them as pictures."""
        key = (characters, in_color)
        if key not in self._having:
            if len(self._having) >= _REMEMBERED_MAX:
                self._having.clear()
            self._having[key] = self._search(characters, weight, style, size_px, in_color=in_color)
        family = self._having[key]
        return None if family is None else self.face(family, weight, style, size_px)

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
            for family in (*self._families, *self._packages())
        ]

    def _search(self, characters: str, weight: int, style: str, size_px: float, *, in_color: bool) -> Family | None:
        for family in self._in_turn():
            face = self.face(family, weight, style, size_px)
            if (face.is_color or not in_color) and face.covers(characters):
                return family
        return None

    def _in_turn(self) -> Iterator[Family]:
        """Letters before pictures; packages are looked for only once the folders have failed."""
        yield from (family for family in self._families if family.category != EMOJI)
        yield from (family for family in self._families if family.category == EMOJI)
        yield from self._packages()

    def _packages(self) -> tuple[Family, ...]:
        if self._packaged is None:
            self._packaged = tuple(item for item in self._installed() if family_key(item.name) not in self._by_key)
        return self._packaged


def _keyed(families: Sequence[Family]) -> dict[str, Family]:
    return {key: family for family in reversed(families) for key in (family.id, family_key(family.name))}


def _weights(family: Family) -> list[int | str]:
    found: dict[int | str, None] = {}
    for file in family.files:
        low, high = file.weights()
        for weight in WEIGHTS:
            if low <= weight <= high:
                found[f"{weight}-italic" if file.style == "italic" else weight] = None
    return list(found)
