"""Where the designs and fonts that come with bulkgen lie: in the package when installed, beside it in a checkout."""

from __future__ import annotations

from pathlib import Path

from bulkgen.errors import StudioError


def templates_folder() -> Path:
    package = Path(__file__).parent
    for candidate in (package / "templates", package.parent / "templates"):
        if (candidate / "fonts").is_dir():
            return candidate
    raise StudioError(
        "the designs that come with bulkgen are missing", where=str(package), hint="Install bulkgen again."
    )
