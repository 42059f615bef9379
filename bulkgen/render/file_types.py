"""Which types of file can be made here of which designs: the API's (reference 8.1), less those an extra is missing for.

Asked before anything is drawn, so that nobody learns after a night that the films of a run could not be written.
Nothing is imported for it.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass

from bulkgen.wire.design import FILE_TYPES


@dataclass(frozen=True, slots=True)
class Extra:
    """A part of the installation that not everybody wants."""

    name: str
    module: str

    @property
    def is_here(self) -> bool:
        return importlib.util.find_spec(self.module) is not None

    @property
    def remedy(self) -> str:
        return f"pip install 'bulkgen[{self.name}]'"


VIDEO = Extra("video", "av")
PRINT = Extra("print", "pikepdf")

_NEEDED: Mapping[tuple[str, str], Extra] = {
    ("animated", "mp4"): VIDEO,
    ("animated", "gif"): VIDEO,
    ("printer", "pdf"): PRINT,
    ("printer_multipage", "pdf"): PRINT,
}


def missing_extra(design_type: str, file_type: str) -> Extra | None:
    """What must be installed before such a file can be made of such a design."""
    needed = _NEEDED.get((design_type, file_type))
    return None if needed is None or needed.is_here else needed


def makeable(design_type: str) -> frozenset[str]:
    return frozenset(kind for kind in FILE_TYPES[design_type] if missing_extra(design_type, kind) is None)
