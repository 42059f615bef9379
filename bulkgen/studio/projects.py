"""Projects and what was changed of designs by the API: names, places, deletions (reference 2.4, 2.13). Pure.

    design as in its file, change -> design as the API shows it        designs, query -> projects

A design's file is never written: what a caller renames, moves or deletes is remembered beside it (`workspace`).
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bulkgen.studio.listing import page_of, plain
from bulkgen.wire.design import Design

# A file may name its project without an id; one name is then one project, in every studio.
_WITHOUT = "Designs"
_OF_FILES = uuid.UUID("6a7f6c0e-6b1f-5c57-9a55-2f6f1f5c7d10")


@dataclass(frozen=True, slots=True)
class Project:
    id: str
    name: str
    created_at: float

    def body(self) -> dict[str, Any]:
        return {"id": self.id, "name": self.name, "created_at_ts": int(self.created_at)}


@dataclass(frozen=True, slots=True)
class DesignChange:
    """What a caller made of a design since; None: as in the file."""

    changed_at: float
    name: str | None = None
    project_id: str | None = None
    project_name: str | None = None
    is_deleted: bool = False


def in_project(design: Design) -> Design:
    """With the id of the project that its file only names, or in the one for files that name none.

    The API shows designs of projects only, so its clients take it that each has one.
    """
    if design.project_id and design.project_name:
        return design
    name = design.project_name or _WITHOUT
    return dataclasses.replace(
        design, project_name=name, project_id=design.project_id or str(uuid.uuid5(_OF_FILES, name))
    )


def changed(design: Design, change: DesignChange | None) -> Design | None:
    """None: deleted."""
    if change is None:
        return design
    if change.is_deleted:
        return None
    return dataclasses.replace(
        design,
        name=change.name if change.name is not None else design.name,
        project_id=change.project_id if change.project_id is not None else design.project_id,
        project_name=change.project_name if change.project_id is not None else design.project_name,
        updated_at=max(design.updated_at, int(change.changed_at)),
    )


def all_projects(created: Iterable[Project], designs: Iterable[Design]) -> list[Project]:
    """Those that callers created, and those that designs' files name; the latter are as old as their first design."""
    found = {project.id: project for project in created}
    for design in designs:
        if design.project_id is None:
            continue
        known = found.get(design.project_id)
        at = min(known.created_at, design.created_at) if known else design.created_at
        found[design.project_id] = Project(design.project_id, design.project_name or design.project_id, at)
    return sorted(found.values(), key=lambda project: (plain(project.name), project.id))


def list_projects(projects: list[Project], query: Mapping[str, str]) -> tuple[list[Project], int]:
    """Raises `listing.QueryError`. The page, and how many there are."""
    phrase = plain(query.get("name", ""))
    found = [project for project in projects if phrase in plain(project.name)]
    return page_of(found, query), len(found)
