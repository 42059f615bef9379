"""What can be made here is known before anything is drawn."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bulkgen.render.file_types import makeable, missing_extra
from bulkgen.wire.design import FILE_TYPES

HIDDEN = """
import sys
from importlib.machinery import PathFinder
class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name in ("av", "pikepdf"):
            return None
        return PathFinder.find_spec(name, path, target)
sys.meta_path = [finder for finder in sys.meta_path if finder is not PathFinder] + [Hidden()]
from bulkgen.render.file_types import makeable, missing_extra
print(sorted(makeable("static")), sorted(makeable("animated")), sorted(makeable("printer")))
print(missing_extra("animated", "gif").remedy, missing_extra("printer", "pdf").remedy, missing_extra("static", "pdf"))
"""


@pytest.mark.parametrize("design_type", list(FILE_TYPES))
def test_with_all_extras_everything_the_api_makes_is_made(design_type: str) -> None:
    assert makeable(design_type) == set(FILE_TYPES[design_type])


def test_without_the_extras_what_needs_them_names_them() -> None:
    """A run that finds out at its first film has already asked for all the others."""
    told = subprocess.run([sys.executable, "-c", HIDDEN], capture_output=True, text=True, check=True).stdout
    assert told.splitlines() == [
        "['avif', 'jpeg', 'pdf', 'png', 'webp'] ['html5'] []",
        "pip install 'bulkgen[video]' pip install 'bulkgen[print]' None",
    ]
    assert missing_extra("animated", "html5") is None
