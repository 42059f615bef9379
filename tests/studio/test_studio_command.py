"""`bulkgen studio` with a file of faults, as a process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from workshop import PATIENCE_SECONDS

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
