"""Asking a provider for something and no more: its designs, one design."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from bulkgen.cli.guard import run_until_stopped
from bulkgen.config import DEFAULT_RATE, ProviderName

if TYPE_CHECKING:
    from bulkgen.engine.client import ApiClient

T = TypeVar("T")

WhoseDesigns = Annotated[
    ProviderName | None, typer.Option(help="Whose designs. [abyssale with ABYSSALE_API_KEY, else studio]")
]


def ask_provider(
    provider: ProviderName | None, profile: str | None, read: Callable[[ApiClient], Awaitable[T]], near: Path
) -> T:
    """`near` is the folder from which a home and a profile are looked for."""
    from bulkgen.clock import SystemClock
    from bulkgen.ledger.home import Home
    from bulkgen.profiles import find_profile
    from bulkgen.session import Pace, open_session

    chosen = find_profile(profile, os.environ, near)
    settings = chosen.settings(os.environ, provider=provider)
    pace = Pace(chosen.table.rate or DEFAULT_RATE)
    home = Home.find(near, settings.environment)

    async def work(stop: asyncio.Event) -> T:
        name = provider or settings.default_provider
        with home.or_scratch() as place:
            async with open_session(name, settings, place, pace, SystemClock()) as session:
                return await read(session.client)

    return run_until_stopped(work)
