"""`designs check`: design files -> everything that is wrong with them, by line and column.

    folders -> design.json files -> body, design -> lint and trial -> findings

Left out: what is looked for (`render.design_body`, `render.design_lint`, `render.design_trial`).
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from bulkgen.errors import ConfigError, DesignError
from bulkgen.render.design_body import lint_body
from bulkgen.render.design_faults import ERROR, WARNING, Fault
from bulkgen.render.design_lint import lint_design
from bulkgen.render.design_places import Places
from bulkgen.render.design_trial import addresses, try_design
from bulkgen.render.failures import RenderError, picture_error
from bulkgen.render.fonts import FontCatalogueError, FontLibrary
from bulkgen.shipped import font_folders
from bulkgen.studio.design_file import DesignFileError, read_design_file
from bulkgen.studio.json_lines import place_of, repeated_keys
from bulkgen.wire.design import Design

FILE = "design.json"


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault in a file. `line` and `column` are from 1; both are 0 where the fault has no place in the file."""

    file: Path
    line: int
    column: int
    fault: Fault

    def to_json(self) -> dict[str, Any]:
        fault = self.fault
        return {
            "file": str(self.file),
            "line": self.line,
            "column": self.column,
            "path": fault.path,
            "severity": fault.severity,
            "code": fault.code,
            "message": fault.message,
            "remedy": fault.remedy,
        }


@dataclass(frozen=True, slots=True)
class Checked:
    """`addresses` are pictures that were not looked at, since they are elsewhere."""

    designs: int
    findings: tuple[Finding, ...]
    addresses: tuple[str, ...]

    def count(self, severity: str) -> int:
        return sum(finding.fault.severity == severity for finding in self.findings)

    def to_json(self) -> dict[str, Any]:
        return {
            "designs": self.designs,
            "errors": self.count(ERROR),
            "warnings": self.count(WARNING),
            "addresses": list(self.addresses),
            "findings": [finding.to_json() for finding in self.findings],
        }


def check_designs(folders: Sequence[Path]) -> Checked:
    """Raises ConfigError where there is no design, DesignError where the fonts cannot be read."""
    check = _Check()
    files = list(dict.fromkeys(file for folder in folders for file in design_files(folder)))
    findings = [finding for file in files for finding in check.file(file)]
    return Checked(len(files), tuple(findings), tuple(check.addresses))


def design_files(folder: Path) -> list[Path]:
    """Of a design's folder, of a folder of designs, or the file itself."""
    if folder.is_file():
        return [folder]
    if not folder.is_dir():
        raise ConfigError("there is no such folder", code="no_folder", where=str(folder))
    own = folder / FILE
    files = [own] if own.is_file() else sorted(folder.glob(f"*/{FILE}"))
    if not files:
        hint = f"Name the folder of a design, which has a {FILE} in it, or a folder of such folders."
        raise ConfigError("there is no design in this folder", code="no_design", where=str(folder), hint=hint)
    return files


class _Check:
    """Remembers what is one for all files: fonts, the ids that are taken, addresses that were seen."""

    def __init__(self) -> None:
        self.addresses: dict[str, None] = {}
        self._fonts: dict[Path, FontLibrary] = {}
        self._by_id: dict[str, Path] = {}

    def __repr__(self) -> str:
        return f"_Check(designs={len(self._by_id)}, addresses={len(self.addresses)})"

    def file(self, file: Path) -> list[Finding]:
        """In the order of the file."""
        try:
            text = file.read_bytes()
            orjson.loads(text)
        except OSError as error:
            fault = Fault("not_a_design", f"the file cannot be read: {error.strerror}")
            return [Finding(file, 0, 0, fault)]
        except orjson.JSONDecodeError as error:
            return [Finding(file, error.lineno, error.colno, Fault("not_a_design", f"this is not JSON: {error.msg}"))]
        written = text.decode()
        faults = dict.fromkeys(self._faults(file, text, written))
        found = [Finding(file, *place_of(written, fault.path), fault) for fault in faults]
        return sorted(found, key=lambda finding: (finding.line, finding.column))

    def _faults(self, file: Path, text: bytes, written: str) -> Iterator[Fault]:
        body = orjson.loads(text)
        for path in repeated_keys(written):
            yield Fault("repeated_id", f"{path}: the key is there twice, and the first is lost", path)
        in_body = lint_body(body)
        yield from in_body
        try:
            design = read_design_file(text)
        except DesignFileError as error:
            if not _is_told(error.path, in_body):
                yield Fault("not_a_design", error.message, error.path)
            return
        other = self._by_id.setdefault(design.id, file)
        if other != file:
            yield Fault("repeated_id", f"id: {design.id} is that of {other} too", "id", None, "Give it a new UUID.")
        places = Places(body)
        in_design = lint_design(design, places)
        yield from (fault for fault in in_design if fault.code != "bad_group" or not _is_told(fault.path, in_body))
        at_fault = frozenset(fault.layer for fault in (*in_body, *in_design) if fault.layer and fault.is_error)
        yield from self._tried(design, file.parent, places, at_fault)

    def _tried(self, design: Design, folder: Path, places: Places, at_fault: frozenset[str]) -> list[Fault]:
        self.addresses.update(dict.fromkeys(addresses(design)))
        read: dict[str, bytes | RenderError] = {}

        def read_once(reference: str) -> bytes | RenderError:
            if reference not in read:
                read[reference] = _read_picture(folder, reference)
            return read[reference]

        return try_design(design, self._fonts_of(folder.resolve().parent), read_once, places, at_fault)

    def _fonts_of(self, designs: Path) -> FontLibrary:
        """What the studio has at hand when it is given this folder of designs."""
        if designs not in self._fonts:
            try:
                self._fonts[designs] = FontLibrary(font_folders((designs,)))
            except FontCatalogueError as error:
                raise DesignError(str(error), code="bad_fonts") from error
        return self._fonts[designs]


def _is_told(path: str, faults: Sequence[Fault]) -> bool:
    """Whether what is wrong at a path was found before, there or deeper in it."""
    return any(not path or fault.path == path or fault.path.startswith((f"{path}.", f"{path}[")) for fault in faults)


def _read_picture(folder: Path, reference: str) -> bytes | RenderError:
    """A picture beside the design; like the studio, none that its path or a link leads out of the folder to."""
    try:
        root = folder.resolve()
        path = (root / reference).resolve()
        if not path.is_relative_to(root):
            return picture_error(None, f"{reference} lies outside of the design's folder")
        if not path.is_file():
            there = [str(file.relative_to(root)) for file in sorted(root.rglob("*")) if file.is_file()]
            meant = difflib.get_close_matches(reference, there, n=1, cutoff=0.6)
            hint = f"; did you mean {meant[0]!r}?" if meant else ""
            return picture_error(None, f"{reference} is not in the design's folder{hint}")
        return path.read_bytes()
    except (OSError, ValueError) as error:
        return picture_error(None, f"{reference} cannot be read: {error}")
