"""One process of several that share a pace: reads a provider as fast as the pace lets it, and says how often.

pacing_process.py PACE_FOLDER BASE_URL RATE SECONDS
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

from bulkgen.clock import SystemClock
from bulkgen.engine.provider import hosted
from bulkgen.engine.transport import Transport
from bulkgen.wire import routes


async def main(folder: Path, base_url: str, rate: float, seconds: float) -> int:
    calls: set[asyncio.Task[None]] = set()
    provider = hosted(base_url, "secret-key", rate=rate, start=rate)
    async with Transport(provider, SystemClock(), pace_folder=folder) as transport:
        ends_at = time.monotonic() + seconds

        async def call() -> None:
            with ticket:
                await transport.call(routes.CREDITS, routes.CREDITS.path(), ticket)

        while time.monotonic() < ends_at:
            ticket = await transport.ticket()
            calls.add(asyncio.create_task(call()))
            await asyncio.sleep(0)
        await asyncio.gather(*calls)
    return len(calls)


if __name__ == "__main__":
    folder, base_url, rate, seconds = sys.argv[1:]
    print(asyncio.run(main(Path(folder), base_url, float(rate), float(seconds))))
