"""What of a banner was left undone is in the sheet that comes back, beside the banner."""

from __future__ import annotations

import csv
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from bulkgen_command import bulkgen, environment

DESIGN = {
    "id": "3b1c2f8e-6a41-4d0e-9a57-0c1d2e3f4a5b",
    "name": "Film",
    "type": "animated",
    "animation": {"duration": 1},
    "formats": [
        {"id": "wide", "uid": "3b1c2f8e-6a41-4d0e-9a57-0c1d2e3f4a51", "width": 60, "height": 40},
        {"id": "tall", "uid": "3b1c2f8e-6a41-4d0e-9a57-0c1d2e3f4a52", "width": 40, "height": 60},
    ],
    "elements": [
        {
            "name": "photo",
            "type": "image",
            "layout": {"x": 0, "y": 0, "width": 40, "height": 40},
            "attributes": [{"id": "auto_focus", "value": True}, {"id": "focus_framing", "value": "head"}],
        },
        {
            "name": "title",
            "type": "text",
            "layout": {"x": 0, "y": 0, "width": 40, "height": 40},
            "attributes": [{"id": "payload", "value": "Hi"}, {"id": "font_size", "value": 12}],
        },
    ],
}


MAPPING = """\
design: Film
elements: {title: "{{ title }}"}
output: {image_file_type: html5}
"""


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Path]:
    """A folder whose home has a studio with a design of its own."""
    (tmp_path / "designs" / "film").mkdir(parents=True)
    (tmp_path / "designs" / "film" / "design.json").write_text(json.dumps(DESIGN))
    command = [sys.executable, "-m", "bulkgen", "studio", "--port", "0", "--designs", "designs", "--workers", "1"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, env=environment()) as studio:
        assert studio.stdout is not None
        assert b"http://" in studio.stdout.readline()
        yield tmp_path
        studio.send_signal(signal.SIGTERM)


def test_a_warning_of_the_renderer_reaches_the_report(shop: Path) -> None:
    """Nobody looks at ten thousand banners: what is not as ordered must be where the order was."""
    (shop / "sheet.csv").write_text("title\nOne\n")
    (shop / "mapping.yaml").write_text(MAPPING)
    done = bulkgen("run", "sheet.csv", "--progress", "none", cwd=shop)
    assert done.returncode == 0, done.stderr + done.stdout
    with (shop / "sheet.generated.csv").open(newline="") as stream:
        (row,) = csv.DictReader(stream)
    assert row["bulkgen detail"].startswith("tall, wide: photo: focus_framing")
    assert (row["wide duration"], row["wide file"]) == ("1", "sheet.generated/row-0002-wide.zip")
    assert (shop / row["wide fallback"]).read_bytes()[:3] == b"\xff\xd8\xff"
