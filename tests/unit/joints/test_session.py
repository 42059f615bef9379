"""A run that finds the studio's folder taken, with no address in it yet."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bulkgen.config import ProviderName, Settings
from bulkgen.errors import StudioError
from bulkgen.ledger.home import Home
from bulkgen.session import STARTS_WITHIN_SECONDS, Pace, open_session
from bulkgen.studio.lease import Lease
from bulkgen.testing import ManualClock


def test_a_studio_that_never_says_where_it_is_is_waited_for_and_then_told_of(tmp_path: Path) -> None:
    """Waiting without an end would hang a cron job behind a process that hangs."""
    home = Home(tmp_path / "home")
    home.make()
    lease = Lease(home.studio)
    lease.take()
    clock = ManualClock()

    async def main() -> None:
        with pytest.raises(StudioError, match="another studio is working") as refused:
            async with open_session(ProviderName.STUDIO, Settings(), home, Pace(), clock):
                pass
        assert refused.value.code == "studio_busy"

    try:
        asyncio.run(main())
    finally:
        lease.release()
    assert clock.monotonic() >= STARTS_WITHIN_SECONDS
