"""A provider that bills, for the real command: a studio with a key, in a process of its own."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bulkgen_command import environment

KEY = "a-key-of-ours"


@contextlib.contextmanager
def billing_provider(folder: Path) -> Iterator[str]:
    """Its address. Its home is in `folder`, which must not be that of the run."""
    folder.mkdir()
    command = [sys.executable, "-m", "bulkgen", "studio"]
    there = environment(BULKGEN_STUDIO_KEY=KEY)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=folder, env=there) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().split()[1]
        finally:
            server.kill()


def key_and_address(url: str) -> dict[str, str]:
    return {"ABYSSALE_API_KEY": KEY, "ABYSSALE_BASE_URL": url}
