"""What callers made of the workspace: projects they created, designs they renamed, moved and deleted. In the store.

All of it is read when the studio opens and kept in memory, since every design that is asked for is looked up in it;
each change is on the disk before it shows. What the values mean is in `projects`.
"""

from __future__ import annotations

import asyncio
import dataclasses
import sqlite3
import uuid
from collections.abc import Mapping
from typing import Any

from bulkgen.studio.projects import DesignChange, Project
from bulkgen.studio.store import Store


class Workspace:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._changing = asyncio.Lock()
        self._projects = [
            Project(*row) for row in store.read("SELECT id, name, created_at FROM projects ORDER BY created_at, id")
        ]
        self._changes = {
            row[0]: DesignChange(row[1], row[2], row[3], row[4], bool(row[5]))
            for row in store.read(
                "SELECT design_id, changed_at, name, project_id, project_name, is_deleted FROM design_changes"
            )
        }

    def __repr__(self) -> str:
        return f"Workspace(projects={len(self._projects)}, changed_designs={len(self._changes)})"

    @property
    def projects(self) -> tuple[Project, ...]:
        return tuple(self._projects)

    @property
    def changes(self) -> Mapping[str, DesignChange]:
        """By design id; it grows as designs are changed."""
        return self._changes

    async def create_project(self, name: str, now: float) -> Project:
        project = Project(str(uuid.uuid4()), name, now)

        def insert(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT INTO projects (id, name, created_at) VALUES (?, ?, ?)",
                (project.id, project.name, project.created_at),
            )

        # Told of at once, so that two who ask for one name at the same time do not both get it.
        self._projects.append(project)
        try:
            await self._store.write(insert)
        except BaseException:
            self._projects.remove(project)
            raise
        return project

    async def rename(self, design_id: str, name: str, now: float) -> None:
        await self._change(design_id, changed_at=now, name=name)

    async def move(self, design_id: str, project: Project, now: float) -> None:
        await self._change(design_id, changed_at=now, project_id=project.id, project_name=project.name)

    async def delete(self, design_id: str, now: float) -> None:
        await self._change(design_id, changed_at=now, is_deleted=True)

    async def _change(self, design_id: str, **fields: Any) -> None:
        # One after the other: a change is made on top of what was changed before.
        async with self._changing:
            change = dataclasses.replace(self._changes.get(design_id, DesignChange(0.0)), **fields)

            def write(connection: sqlite3.Connection) -> None:
                connection.execute(
                    "INSERT OR REPLACE INTO design_changes"
                    " (design_id, changed_at, name, project_id, project_name, is_deleted) VALUES (?, ?, ?, ?, ?, ?)",
                    (
                        design_id,
                        change.changed_at,
                        change.name,
                        change.project_id,
                        change.project_name,
                        int(change.is_deleted),
                    ),
                )

            await self._store.write(write)
            self._changes[design_id] = change
