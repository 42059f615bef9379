"""Where fonts come from: a folder with a `fonts.json`, a folder of font files, an installed font package -> families.

Left out: opening the files, which `face` does when a text first needs one; only a folder without a list has to be
looked into. Fonts of the machine are never looked at: a banner must come out the same on every machine. Font packages
are of the environment that bulkgen is installed in, as its other parts are.
"""

from __future__ import annotations

import json
import re
import unicodedata
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

CATALOGUE = "fonts.json"

# Packages of the fontpkg family say themselves what they hold; those named here are one folder of files.
PACKAGE_GROUP = "fontpkg.family"
_BARE_PACKAGES = "noto-cjk-"

_FILES = (".ttf", ".otf", ".ttc")
_WEB_FILES = (".woff", ".woff2")

# A package whose fonts have the script, to name where a character has no font.
PACKAGES_BY_SCRIPT: Mapping[str, str] = {
    "Arab": "fontpkg-noto-sans-arabic",
    "Deva": "fontpkg-noto-sans-devanagari",
    "Hebr": "fontpkg-heebo",
    "Khmr": "fontpkg-noto-sans-khmer",
    "Taml": "fontpkg-noto-sans-tamil",
    "Telu": "fontpkg-noto-sans-telugu",
    "Thai": "fontpkg-noto-sans-thai",
    "Hani": "noto-cjk-sans-jp-regular",
    "Hira": "noto-cjk-sans-jp-regular",
    "Kana": "noto-cjk-sans-jp-regular",
    "Hang": "noto-cjk-sans-jp-regular",
    "Cyrl": "fontpkg-noto-sans",
    "Grek": "fontpkg-noto-sans",
    "Latn": "fontpkg-noto-sans",
}


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
    """Fonts that cannot be read; the message says which, where, and what would do."""


def family_key(name: str) -> str:
    """Case, accents and spaces do not matter."""
    bare = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]", "", bare.lower())


def read_folder(folder: Path) -> Iterator[Family]:
    """By its list if it has one, else what its files say of themselves; nothing if it has neither."""
    catalogue = folder / CATALOGUE
    if catalogue.is_file():
        yield from _listed(folder, catalogue)
    elif folder.is_dir():
        yield from _found(folder)


def installed_families() -> Iterator[Family]:
    """Of font packages in this environment, in the order of their names; a package that is broken is passed over."""
    roots = {entry.value.partition(":")[0] for entry in metadata.entry_points(group=PACKAGE_GROUP)}
    for module in sorted(roots):
        root = _package_folder(module)
        if root is not None and (root / "metadata.json").is_file():
            try:
                yield _packaged(root, json.loads((root / "metadata.json").read_text("utf-8")))
            except (ValueError, KeyError, TypeError, AttributeError):
                continue
    for name in sorted(name for name in _distributions() if name.startswith(_BARE_PACKAGES)):
        root = _package_folder(name.replace("-", "_"))
        if root is not None:
            try:
                yield from _found(root)
            except FontCatalogueError:
                continue


def _distributions() -> set[str]:
    # Half-removed packages leave a folder without a name behind.
    return {str(item.metadata["Name"] or "") for item in metadata.distributions()}


def _package_folder(module: str) -> Path | None:
    """Found without importing it: looking at fonts must not run anybody's code."""
    spec = find_spec(module) if module.isidentifier() else None
    return Path(spec.origin).parent if spec is not None and spec.origin else None


def _id_of(name: str) -> str:
    """The same everywhere, for a font that brings none."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"font:{family_key(name) or name}"))


def _listed(folder: Path, catalogue: Path) -> Iterator[Family]:
    try:
        for entry in json.loads(catalogue.read_text("utf-8"))["fonts"]:
            files = tuple(_file(folder, file, file.get("axes") or {}) for file in entry["files"])
            yield Family(
                str(entry["id"]).lower(), entry["family"], entry.get("category", ""), entry.get("licence", ""), files
            )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise FontCatalogueError(f"{catalogue}: {type(error).__name__}: {error}") from error


def _file(folder: Path, said: Mapping[str, Any], axes: Mapping[str, Any]) -> FontFile:
    spans = {tag: (float(low), float(high)) for tag, (low, high) in axes.items()}
    return FontFile(folder / said["path"], said.get("style", "normal"), int(said.get("weight") or 400), spans)


def _packaged(root: Path, said: Mapping[str, Any]) -> Family:
    axes = {axis["tag"]: (axis["min"], axis["max"]) for axis in said.get("axes") or ()}
    files = tuple(_file(root, file, axes if file.get("variable") else {}) for file in said["files"])
    category = str((said.get("category") or [""])[0]).lower().replace("_", "-")
    return Family(_id_of(said["family"]), said["family"], category, said.get("license", ""), files)


def _found(folder: Path) -> Iterator[Family]:
    """Families by the names that the files bear."""
    by_name: dict[str, list[FontFile]] = {}
    for path in sorted(folder.rglob("*")):
        kind = path.suffix.lower()
        if kind in _WEB_FILES:
            raise FontCatalogueError(f"{path}: a font packed for web pages; convert it to TTF or OTF first")
        if kind in _FILES:
            name, file = _described(path)
            by_name.setdefault(name, []).append(file)
    for name, files in by_name.items():
        yield Family(_id_of(name), name, "", "", tuple(files))


def _described(path: Path) -> tuple[str, FontFile]:
    from bulkgen.render.face import describe_file

    try:
        said = describe_file(path)
    except (OSError, ValueError) as error:
        raise FontCatalogueError(f"{path}: {error}") from error
    style = "italic" if said.is_italic else "normal"
    return said.family, FontFile(path, style, said.weight, said.axes)
