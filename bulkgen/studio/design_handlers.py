"""Designs and projects: listed, read, renamed, moved, deleted, created (reference 2.2 to 2.4, 2.13)."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from bulkgen.studio.answers import plain, refuse, refuse_fields, stamped
from bulkgen.studio.listing import QueryError, list_designs
from bulkgen.studio.parts import Parts
from bulkgen.studio.previews import with_previews
from bulkgen.studio.projects import Project, all_projects, list_projects
from bulkgen.studio.requests import design_entry, read_object, serve, text_field
from bulkgen.wire import envelope, routes
from bulkgen.wire.design import Format
from bulkgen.wire.design_reads import format_body, read_body, summary_body
from bulkgen.wire.values import Violation, is_uuid

# A design's name is measured after it is trimmed, a project's before (reference 2.4, 2.13).
_DESIGN_NAME = (1, 100)
_PROJECT_NAME = (2, 100)


@dataclass(frozen=True, slots=True)
class DesignHandlers:
    parts: Parts

    def routes(self) -> list[web.RouteDef]:
        return [
            serve(routes.DESIGNS, self.designs),
            serve(routes.DESIGN, self.design),
            serve(routes.DESIGN_FORMAT, self.design_format),
            serve(routes.DESIGN_NAME, self.rename),
            serve(routes.DESIGN_PROJECT, self.move),
            serve(routes.DESIGN_DELETE, self.delete),
            serve(routes.PROJECTS, self.projects),
            serve(routes.PROJECT_CREATE, self.create_project),
        ]

    async def designs(self, request: web.Request) -> web.Response:
        entries = {entry.design.id: entry for entry in self.parts.catalog.scan()}
        try:
            found, total = list_designs([entry.design for entry in entries.values()], request.query)
        except QueryError as error:
            raise refuse_fields([error.violation]) from None
        bodies = [summary_body(design, self.parts.preview_url(entries[design.id])) for design in found]
        return plain(bodies, headers={"X-Total-Count": str(total)})

    async def design(self, request: web.Request) -> web.Response:
        entry = design_entry(request, self.parts.catalog)
        design = with_previews(entry.design, self.parts.base_url())
        body = read_body(design, advanced=request.query.get("i") == "advanced")
        if preview_url := self.parts.preview_url(entry):
            body["preview_url"] = preview_url
        return stamped(body)

    async def design_format(self, request: web.Request) -> web.Response:
        design = with_previews(design_entry(request, self.parts.catalog).design, self.parts.base_url())
        specifier = request.match_info["format_specifier"]
        found: Format | None = None if design.is_multipage else design.format(specifier)
        if found is None and is_uuid(specifier) and not design.is_multipage:
            found = design.format(specifier.lower())
        if found is None:
            raise refuse(404, envelope.FORMAT_NOT_FOUND, f"The design has no format {specifier[:100]!r}.")
        return stamped(format_body(design, found))

    async def rename(self, request: web.Request) -> web.Response:
        design = design_entry(request, self.parts.catalog).design
        name = text_field(await read_object(request), "name")
        if isinstance(name, str):
            name = name.strip()
        found = name if isinstance(name, Violation) else _length_problem(name, *_DESIGN_NAME)
        if found is not None:
            raise refuse_fields([found])
        await self.parts.workspace.rename(design.id, str(name), self.parts.clock.now())
        return stamped({"id": design.id, "name": name})

    async def move(self, request: web.Request) -> web.Response:
        design = design_entry(request, self.parts.catalog).design
        project_id = text_field(await read_object(request), "project_id")
        if isinstance(project_id, Violation):
            raise refuse_fields([project_id])
        if not is_uuid(project_id):
            text = "project_id is not a UUID"
            raise refuse_fields([Violation("project_id", envelope.WRONG_TYPE, text, "uuid", project_id)])
        for project in self._projects():
            if project.id.lower() == project_id.lower():
                await self.parts.workspace.move(design.id, project, self.parts.clock.now())
                return stamped({"id": design.id, "name": design.name})
        raise refuse(404, envelope.PROJECT_NOT_FOUND, "There is no such project.")

    async def delete(self, request: web.Request) -> web.Response:
        design = design_entry(request, self.parts.catalog).design
        await self.parts.workspace.delete(design.id, self.parts.clock.now())
        return stamped({"id": design.id, "name": design.name})

    async def projects(self, request: web.Request) -> web.Response:
        try:
            found, total = list_projects(self._projects(), request.query)
        except QueryError as error:
            raise refuse_fields([error.violation]) from None
        bodies = [project.body() | {"category_name": project.name} for project in found]
        return plain(bodies, headers={"X-Total-Count": str(total)})

    async def create_project(self, request: web.Request) -> web.Response:
        name = text_field(await read_object(request), "name")
        found = name if isinstance(name, Violation) else _length_problem(name, *_PROJECT_NAME)
        if found is not None:
            raise refuse_fields([found])
        name = str(name).strip()
        if not name:
            raise refuse_fields(
                [Violation("name", envelope.OUT_OF_RANGE, "a name is more than spaces", {"min": 1}, "")]
            )
        if any(project.name == name for project in self._projects()):
            raise refuse(400, envelope.PROJECT_ALREADY_EXISTS, "A project of this name exists.")
        project = await self.parts.workspace.create_project(name, self.parts.clock.now())
        return stamped(project.body())

    def _projects(self) -> list[Project]:
        self.parts.catalog.scan()
        return all_projects(self.parts.workspace.projects, self.parts.catalog.in_files)


def _length_problem(text: str, low: int, high: int) -> Violation | None:
    if low <= len(text) <= high:
        return None
    told = f"a name has {low} to {high} characters, not {len(text)}"
    return Violation("name", envelope.OUT_OF_RANGE, told, {"min": low, "max": high}, text[:200])
