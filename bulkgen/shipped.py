"""Where the designs and fonts that come with bulkgen lie: in the package when installed, beside it in a checkout."""

from __future__ import annotations

from collections.abc import Sequence
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


def font_folders(more_designs: Sequence[Path] = ()) -> tuple[Path, ...]:
    """Where fonts are looked for, the first font being the default; `more_designs` are folders of designs."""
    found = (
        *(folder / "fonts" for folder in more_designs),
        templates_folder() / "fonts",
        # Last, so that a font that one design brings does not become the default of all.
        *(found for folder in more_designs for found in sorted(folder.glob("*/fonts"))),
    )
    return tuple(dict.fromkeys(found))
