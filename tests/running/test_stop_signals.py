"""Which signals end a run in order, and which at once."""

from __future__ import annotations

import asyncio
import signal

import pytest

from bulkgen.cli import guard


@pytest.mark.parametrize(
    ("second", "later", "is_cancelled"),
    [
        (signal.SIGTERM, 0.01, False),
        (signal.SIGTERM, 0.6, True),
        (signal.SIGINT, 0.01, True),
    ],
    ids=["the echo of a group", "a person who insists", "another kind"],
)
def test_the_signal_that_timeout_sends_twice_is_one(second: signal.Signals, later: float, is_cancelled: bool) -> None:
    """Cancelled, a run leaves in doubt what was sent and may be billed; stopped, it waits for the answers."""
    now = 100.0

    async def main(stop: asyncio.Event) -> str:
        nonlocal now
        handled = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, handled.set)
        signal.raise_signal(signal.SIGTERM)
        await stop.wait()
        now += later
        signal.raise_signal(second)
        # Signals are handled in their order.
        signal.raise_signal(signal.SIGUSR1)
        await handled.wait()
        await asyncio.sleep(0)
        return "ended in order"

    async def ending() -> str:
        try:
            return await guard.with_signals(main, lambda: now)
        except KeyboardInterrupt:
            return "cancelled"

    # Past the test itself, an interrupt would end all tests.
    assert asyncio.run(ending()) == ("cancelled" if is_cancelled else "ended in order")
