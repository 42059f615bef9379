"""A studio in a process of its own, with real workers: `studio_process.py FOLDER DESIGNS FONTS CREDITS`.

Prints its address; a line on stdin makes it finish its work and end well.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from bulkgen.studio.options import StudioOptions
from bulkgen.studio.server import StudioServer


async def main(folder: str, designs: str, fonts: str, credit: str) -> None:
    options = StudioOptions(
        folder=Path(folder), designs=(Path(designs),), fonts=(Path(fonts),), workers=2, credits=int(credit)
    )
    server = StudioServer(options)
    print(await server.start(), flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    await server.stop(finish=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
