"""What the drawing library may touch, and what importing this package may cost."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

RENDER = Path(__file__).parents[3] / "bulkgen" / "render"
OWNER = "skia_memory.py"
_MEMORY = re.compile(r"\bskia\.Data\b|MakeRaster|MemoryStream|MemoryWStream|^\s*import skia\b", re.MULTILINE)
# What would read a user's bytes in the drawing library itself.
_READERS = re.compile(r"MakeFromEncoded|makeFromData|makeFromFile|SVGDOM|skia\.Codec")


@pytest.mark.parametrize("path", sorted(RENDER.rglob("*.py")), ids=lambda path: path.name)
def test_only_one_module_hands_memory_to_the_drawing_library(path: Path) -> None:
    """Its objects do not own their buffers: a second place that makes them is a crash some time later."""
    assert path.name == OWNER or not _MEMORY.search(path.read_text("utf-8"))


@pytest.mark.parametrize("path", sorted(RENDER.rglob("*.py")), ids=lambda path: path.name)
def test_only_one_module_lets_the_drawing_library_read_bytes(path: Path) -> None:
    """It draws half of a photo without a word and dies of a deep SVG: bytes go through `pictures` and `svg` first."""
    text = path.read_text("utf-8")
    assert path.name == OWNER or not _READERS.search(text)
    assert "MakeFromEncoded" not in text


def test_importing_the_package_and_its_outline_loads_no_drawing_library() -> None:
    """Hosted runs and --help work without it; measuring texts does too."""
    code = (
        "import sys, bulkgen.render, bulkgen.render.failures, bulkgen.render.extras, bulkgen.render.layout\n"
        "assert 'skia' not in sys.modules and 'PIL' not in sys.modules and 'simplejpeg' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=RENDER.parents[1])


def test_a_missing_system_library_is_named_with_the_remedy() -> None:
    code = (
        "import sys\n"
        "sys.modules['skia'] = None\n"
        "try:\n"
        "    import bulkgen.render.banner\n"
        "except ImportError as error:\n"
        "    assert 'apt-get install libgl1 libegl1 libexpat1' in str(error), error\n"
        "else:\n"
        "    raise SystemExit('imported')\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=RENDER.parents[1])
