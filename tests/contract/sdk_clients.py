"""Whom the tests of the API's own client call, and through what.

    Running (a studio in a thread) | the hosted API -> Api -> Calls (one face for both clients)

Apart from the tests because those of the studio's description call the same studio.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import abyssale
import pytest
from abyssale import _transport as sdk_transport
from abyssale.models import CreditBlock, CreditsBalance
from contract_designs import DESIGN, FILM, FONTS, PAGES, PROJECT_ID

from bulkgen.studio.options import StudioOptions
from bulkgen.studio.server import StudioServer

PATIENCE_SECONDS = 60


class Running:
    """A studio in a thread of its own, for clients that wait."""

    def __init__(self, folder: Path, **options: Any) -> None:
        card = DESIGN | {"project_id": PROJECT_ID}
        for name, body in (("card", card), ("flyer", PAGES), ("film", FILM)):
            (folder / "designs" / name).mkdir(parents=True)
            (folder / "designs" / name / "design.json").write_text(json.dumps(body), encoding="utf-8")
        (folder / "designs" / "card" / "preview.png").write_bytes(b"\x89PNG preview")
        settings = StudioOptions(
            folder=folder / "studio", designs=(folder / "designs",), fonts=(FONTS,), workers=1, **options
        )
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.server = self.call(self._start(settings))
        self.url = self.server.base_url

    async def _start(self, settings: StudioOptions) -> StudioServer:
        server = StudioServer(settings)
        await server.start()
        return server

    def call(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE_SECONDS)

    def settle(self, *_: Any) -> None:
        """Until all that was accepted is final."""
        assert self.server._production is not None
        self.call(self.server._production.idle())

    def stop(self) -> None:
        self.call(self.server.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE_SECONDS)
        self._loop.close()


@dataclass
class Api:
    """Where the client is pointed to, and a static design that is there."""

    url: str
    key: str
    design_id: str
    format_id: str
    text_layer: str
    studio: Running | None = None

    @property
    def is_ours(self) -> bool:
        return self.studio is not None

    def settle(self) -> None:
        if self.studio is not None:
            self.studio.settle()

    def ours_only(self, why: str) -> None:
        if not self.is_ours:
            pytest.skip(f"not against the hosted API: {why}")


class Calls:
    """One face for both clients: `client.get_design(id)` answers, whichever it is."""

    def __init__(self, kind: str, **settings: Any) -> None:
        self._runner = asyncio.Runner() if kind == "async" else None
        self._client = abyssale.AsyncAbyssale(**settings) if self._runner else abyssale.Abyssale(**settings)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._client, name)

        def call(*given: Any, **named: Any) -> Any:
            return self._runner.run(method(*given, **named)) if self._runner else method(*given, **named)

        return call

    def end(self) -> None:
        if self._runner:
            self._runner.run(self._client.aclose())
            self._runner.close()
        else:
            self._client.close()


def design_with_a_text(client: abyssale.Abyssale, named: str | None) -> tuple[str, str, str] | None:
    """Design, format, layer. What is sent names this one layer, so no other may be mandatory."""
    static = client.list_designs(type="static", page=1, per_page=25)
    for design_id in [named] if named else [str(design.id) for design in static]:
        format_id = client.get_design(design_id).formats[0].id
        elements = client.get_design_format(design_id, format_id).elements
        settings = {element.name: getattr(element, "settings", None) for element in elements}
        needed = {name for name, given in settings.items() if getattr(given, "is_mandatory", False)}
        for element in elements:
            if element.type.value == "text" and needed <= {element.name}:
                return design_id, format_id, element.name
    return None


def hold_to_the_models(monkeypatch: pytest.MonkeyPatch) -> None:
    """The client forgives a body that is not what its models say. Ours has to be."""
    monkeypatch.setattr(sdk_transport, "_tolerant", _not_what_the_models_say)


def _not_what_the_models_say(model: type, body: Any) -> Any:
    # An unlimited balance is null, as the API's description has it; its models do not know that.
    if model in (CreditsBalance, CreditBlock):
        return _forgiving(model, body)
    return model.model_validate(body)  # type: ignore[attr-defined]


_forgiving = sdk_transport._tolerant
