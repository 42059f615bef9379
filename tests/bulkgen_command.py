"""The command as a process of its own, with no settings but those that a test gives, and nobody to answer questions."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ABYSSALE_", "BULKGEN_"))}
    return kept | more


def python(*arguments: str | Path, cwd: Path | None = None, **more: str) -> subprocess.CompletedProcess[str]:
    """The interpreter, for what stands around the command in a test. `more` are variables of its environment."""
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        cwd=cwd,
        env=environment(**more),
    )


def bulkgen(*arguments: str | Path, cwd: Path | None = None, **more: str) -> subprocess.CompletedProcess[str]:
    """However it ends, it must not end with a traceback."""
    done = python("-m", "bulkgen", *arguments, cwd=cwd, **more)
    assert "Traceback" not in done.stdout + done.stderr, done.stdout + done.stderr
    return done
