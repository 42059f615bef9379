"""What the handlers work with, as one value: the studio's parts, put together by `server`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bulkgen.studio.assets import Assets
from bulkgen.studio.clock import Clock
from bulkgen.studio.designs import Catalog, Entry
from bulkgen.studio.events import Events
from bulkgen.studio.immediate import Immediate
from bulkgen.studio.options import StudioOptions
from bulkgen.studio.previews import Previews
from bulkgen.studio.renderer import Renderer
from bulkgen.studio.store import Store
from bulkgen.studio.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Parts:
    options: StudioOptions
    store: Store
    catalog: Catalog
    workspace: Workspace
    events: Events
    assets: Assets
    immediate: Immediate
    previews: Previews
    renderer: Renderer
    clock: Clock
    base_url: Callable[[], str]
    on_accepted: Callable[[], None]
    on_export: Callable[[], None]

    def preview_url(self, entry: Entry) -> str | None:
        return f"{self.base_url()}/previews/{entry.design.id}.png" if entry.preview else None
