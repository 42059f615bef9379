"""A catalogue in the memory of one page."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent

# Prints the peak of its own memory in kB, for as many pages as it is told, each with a picture of its own.
PROGRAM = """
import io, sys
from collections.abc import Mapping
from pathlib import Path
import numpy as np
from PIL import Image
from print_cases import FONTS, document, layer
from bulkgen.render.banner import RenderCache
from bulkgen.render.document import write_document

class Pictures(Mapping):
    def __getitem__(self, reference):
        pixels = np.zeros((700, 1100, 3), np.uint8)
        pixels[...] = np.arange(1100)[:, None] % 251
        pixels[..., int(reference) % 3] += int(reference)
        body = io.BytesIO()
        Image.fromarray(pixels).save(body, "JPEG")
        return body.getvalue()
    def __iter__(self): return iter(())
    def __len__(self): return 0

count = int(sys.argv[1])
made = document(count, layer("p", "image", (0, 0, 90, 40), image_url="0"),
                layer("t", "text", (5, 42, 60, 8), payload="x", font_size=10))
pages = {f"page_{n + 1}": {"p": {"image_url": str(n)}, "t": f"Item {n}"} for n in range(count)}
write_document(Path(sys.argv[2]), made, pages, Pictures(), FONTS, cache=RenderCache(8_000_000))
status = Path("/proc/self/status").read_text().splitlines()
print(next(line.split()[1] for line in status if line.startswith("VmHWM:")))
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system does not tell a process's peak memory")
def test_the_memory_of_a_catalogue_does_not_grow_with_its_pages(tmp_path: Path) -> None:
    """Two hundred pages of photos that are held until the end are a worker that the system kills."""
    peaks = {count: _peak_mb(count, tmp_path / f"{count}.pdf") for count in (5, 45)}
    # Each page has a picture of 3 MB as pixels: forty more would be 120 MB.
    assert peaks[45] - peaks[5] < 25, peaks


def _peak_mb(count: int, path: Path) -> float:
    command = [sys.executable, "-c", PROGRAM, str(count), str(path)]
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return int(done.stdout) / 1024
