"""The entry point, apart from the program so that a Ctrl-C while the program is still loading is no traceback."""

from __future__ import annotations

import gc
import sys

INTERRUPTED = 130

# Python looks for cycles whenever 700 objects more are alive than at the last time. A run that has 64 calls open, and
# pages of rows, is always past that: the collector took a sixth of its time and found next to nothing. A cycle that
# there is after all waits for so many objects, some megabytes of them.
NEW_OBJECTS_BEFORE_COLLECTING = 50_000
COLLECTIONS_BEFORE_AN_OLDER = 20


def calm_collector() -> None:
    """For a process that is ours: a library leaves this setting to its caller."""
    gc.set_threshold(NEW_OBJECTS_BEFORE_COLLECTING, COLLECTIONS_BEFORE_AN_OLDER, COLLECTIONS_BEFORE_AN_OLDER)
    gc.freeze()


def main() -> None:
    try:
        from bulkgen.cli.main import app

        calm_collector()
        sys.exit(app(prog_name="bulkgen"))
    except KeyboardInterrupt:
        sys.stderr.write("bulkgen: interrupted\n")
        sys.exit(INTERRUPTED)
