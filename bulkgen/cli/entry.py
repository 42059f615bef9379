"""The entry point, apart from the program so that a Ctrl-C while the program is still loading is no traceback."""

from __future__ import annotations

import sys

INTERRUPTED = 130


def main() -> None:
    try:
        from bulkgen.cli.main import app

        sys.exit(app(prog_name="bulkgen"))
    except KeyboardInterrupt:
        sys.stderr.write("bulkgen: interrupted\n")
        sys.exit(INTERRUPTED)
