"""`bulkgen studio` with a file of faults, and with a design that is broken, as a process."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest
from workshop import DESIGN_ID, PATIENCE_SECONDS, write_design

pytest.importorskip("typer")


@pytest.mark.parametrize(
    ("text", "told"), [("rules: [{fault: 429_bear}]", "near: 429_bare"), (None, "No such file or directory")]
)
def test_a_bad_file_of_faults_ends_the_command_with_its_name(tmp_path: Path, text: str | None, told: str) -> None:
    """A studio that started without the faults would let a test pass that tests nothing."""
    if text is not None:
        (tmp_path / "faults.yaml").write_text(text)
    command = [sys.executable, "-m", "bulkgen", "studio", "--limits", "hosted", "--faults", "faults.yaml"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
    )
    assert done.returncode == 2
    assert "faults.yaml" in done.stderr
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_the_command_tells_a_broken_design_by_its_line_and_serves_the_others(tmp_path: Path) -> None:
    """Who mends a design looks at the terminal, and not into a list."""
    pytest.importorskip("skia")
    write_design(tmp_path / "designs")
    broken = write_design(tmp_path / "designs", name="broken") / "design.json"
    broken.write_text('{\n "id": "x",\n "type": "static",\n "formats": []\n}')
    command = [sys.executable, "-m", "bulkgen", "studio", "--designs", "designs", "--workers", "1"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "BULKGEN_HOME": str(tmp_path / "home")}
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        try:
            told = process.stderr.readline()
            url = process.stdout.readline().partition("studio: ")[2].strip()
            with urlopen(f"{url}/designs/{DESIGN_ID}", timeout=PATIENCE_SECONDS) as answer:
                assert answer.status == 200
            with socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), PATIENCE_SECONDS) as connection:
                connection.sendall(b"GET /designs?query=" + b"a" * 9000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n")
                assert b" 400 Bad Request" in connection.recv(1000)
        finally:
            process.send_signal(signal.SIGTERM)
            _, errors = process.communicate(timeout=PATIENCE_SECONDS)
    assert told == "studio: designs/broken/design.json:4: formats: must be a list with at least one entry\n"
    assert process.returncode == 0
    assert errors.startswith("studio: Error handling request from 127.0.0.1\n")
    assert "Traceback" not in errors
