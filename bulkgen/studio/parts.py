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
from bulkgen.studio.previews import Previews, preview_url
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

    def preview_url(self, entry: Entry) -> str:
        """The picture in its folder, else that of its first format (reference 2.2); "" where there is none."""
        if entry.preview:
            return f"{self.base_url()}/previews/{entry.design.id}.png"
        return preview_url(entry.design, 0, self.base_url())
