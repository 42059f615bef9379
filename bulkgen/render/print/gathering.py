"""Documents -> one, with what they have in common stored once. Needs pikepdf (the `print` extra).

    pages of each -> the whole: equal pictures and font files one, the colour profile that all of them are for

The documents of a job are one design in many fillings: the same photos, letters and profile in each of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pikepdf

# Of the page language that our own prints are written in, and newer than what most others need.
_VERSION = "1.7"

_FONT_FILES = ("/FontFile", "/FontFile2", "/FontFile3")


class Gathering:
    """Documents that are added must stay open until all is saved."""

    def __init__(self) -> None:
        self._whole = pikepdf.new()
        self._streams: dict[bytes, pikepdf.Object] = {}
        self._looked_at: dict[tuple[int, int], pikepdf.Object] = {}
        self._intents: bytes | None = None
        self.has_mixed_profiles = False

    def __repr__(self) -> str:
        return f"Gathering({len(self._whole.pages)} pages, {len(self._streams)} pictures and font files)"

    def add(self, source: pikepdf.Pdf) -> int:
        """The number of its pages."""
        start = len(self._whole.pages)
        self._whole.pages.extend(source.pages)
        for page in list(self._whole.pages)[start:]:
            # What others have put together oddly is only stored twice.
            with suppress(pikepdf.PdfError, AttributeError, KeyError, TypeError, ValueError):
                self._share(page.obj.get("/Resources"))
        self._mean(source, is_first=start == 0)
        return len(source.pages)

    def save(self, target: Any) -> None:
        """To a path or a stream; the same documents give the same bytes."""
        self._whole.docinfo["/Producer"] = "bulkgen"
        kept = pikepdf.ObjectStreamMode.generate
        self._whole.save(target, min_version=_VERSION, deterministic_id=True, object_stream_mode=kept)

    def close(self) -> None:
        self._whole.close()

    def _mean(self, source: pikepdf.Pdf, *, is_first: bool) -> None:
        """What the colours of all are meant for; where two differ, nothing is said."""
        found = source.Root.get("/OutputIntents")
        digest = None if found is None else _digest(found)
        if is_first:
            self._intents = digest
            if found is not None:
                self._whole.Root.OutputIntents = self._whole.copy_foreign(source.make_indirect(found))
        elif digest != self._intents and not self.has_mixed_profiles:
            self.has_mixed_profiles = True
            if "/OutputIntents" in self._whole.Root:
                del self._whole.Root.OutputIntents

    def _share(self, resources: Any) -> None:
        """Pictures and font files, wherever a page or what is drawn on it names them."""
        for name, owner in _each(resources, "/XObject"):
            owner[name] = self._shared(owner[name])
        for name, owner in _each(resources, "/Pattern"):
            self._shared(owner[name])
        for name, owner in _each(resources, "/ExtGState"):
            mask = owner[name].get("/SMask")
            if isinstance(mask, pikepdf.Dictionary) and "/G" in mask:
                self._shared(mask.G)
        for name, owner in _each(resources, "/Font"):
            font = owner[name]
            if font.is_indirect and self._looked_at.setdefault(font.objgen, font) is not font:
                continue
            self._share(font.get("/Resources"))
            for part in font.get("/DescendantFonts", (font,)):
                described = part.get("/FontDescriptor", pikepdf.Dictionary())
                for key in _FONT_FILES:
                    if key in described:
                        described[key] = self._shared(described[key])

    def _shared(self, found: pikepdf.Object) -> pikepdf.Object:
        """The one that is kept of all that are equal. Forms and patterns stay, with what is in them shared."""
        if not isinstance(found, pikepdf.Stream):
            return found
        known = self._looked_at.get(found.objgen)
        if known is not None:
            return known
        self._looked_at[found.objgen] = found
        if found.get("/Subtype") == pikepdf.Name.Form or "/PatternType" in found:
            self._share(found.get("/Resources"))
            return found
        one = self._looked_at[found.objgen] = self._streams.setdefault(_digest(found), found)
        return one


def _each(resources: Any, kind: str) -> Iterator[tuple[str, pikepdf.Dictionary]]:
    """Names of a kind, each with the dictionary that it is in."""
    owner = resources.get(kind) if isinstance(resources, pikepdf.Dictionary) else None
    if isinstance(owner, pikepdf.Dictionary):
        for name in _keys(owner):
            yield name, owner


def _digest(found: Any) -> bytes:
    """Of all that it is and refers to: equal ones are interchangeable. Nothing in it refers back."""
    if isinstance(found, pikepdf.Stream):
        entries = [(key, _digest(found[key])) for key in _keys(found)]
        return _hash(repr(entries).encode() + hashlib.sha256(found.read_raw_bytes()).digest())
    if isinstance(found, pikepdf.Dictionary):
        return _hash(repr([(key, _digest(found[key])) for key in _keys(found)]).encode())
    if isinstance(found, pikepdf.Array):
        return _hash(repr([_digest(item) for item in found]).encode())
    return _hash(found.unparse() if isinstance(found, pikepdf.Object) else repr(found).encode())


def _hash(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()


def _keys(owner: Any) -> list[str]:
    return sorted(str(key) for key in owner.keys())  # noqa: SIM118 - iterating one gives objects of the library
