"""The real command with `--webhook-url`, against a provider that bills and signs: the studio as another process."""

from __future__ import annotations

import csv
import json
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from billing_provider import KEY, billing_provider, key_and_address
from bulkgen_command import environment

ROWS = 12
MAPPING = """\
design: product-card
key: sku
formats: [medium-rectangle]
elements: {title: "{{ name }}"}
"""


@dataclass
class Hosted:
    folder: Path
    url: str
    secret: str

    def command(self, *more: str) -> list[str]:
        sheet = str(self.folder / "sheet.csv")
        return [sys.executable, "-m", "bulkgen", "run", sheet, "--progress", "json", "--yes", *more]

    def environment(self, secret: str) -> dict[str, str]:
        return environment(**key_and_address(self.url), ABYSSALE_WEBHOOK_SECRET=secret)

    def run(self, *more: str, secret: str) -> subprocess.CompletedProcess[str]:
        environment = self.environment(secret)
        return subprocess.run(self.command(*more), capture_output=True, text=True, check=False, env=environment)

    def statuses(self) -> list[str]:
        with (self.folder / "sheet.generated.csv").open(newline="") as stream:
            return [row["bulkgen status"] for row in csv.DictReader(stream)]


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@pytest.fixture
def hosted(tmp_path: Path) -> Iterator[Hosted]:
    (tmp_path / "mapping.yaml").write_text(MAPPING)
    with (tmp_path / "sheet.csv").open("w", newline="") as stream:
        csv.writer(stream).writerows([["sku", "name"], *([f"{n}", f"Vase {n}"] for n in range(ROWS))])
    with billing_provider(tmp_path / "provider") as url:
        asked = urllib.request.Request(f"{url}/signing-secret", headers={"x-api-key": KEY})
        with urllib.request.urlopen(asked) as answer:
            secret = json.load(answer)["secret"]
        yield Hosted(tmp_path, url, secret)


def pulses(done: subprocess.CompletedProcess[str]) -> list[dict[str, float]]:
    events = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    return [event for event in events if event["event"] == "pulse"]


def test_a_run_is_called_back_and_looks_at_nothing(hosted: Hosted) -> None:
    port = free_port()
    place = ("--webhook-url", f"http://127.0.0.1:{port}/hooks", "--webhook-listen", f"127.0.0.1:{port}")
    done = hosted.run(*place, secret=hosted.secret)
    assert done.returncode == 0, done.stderr
    assert hosted.statuses() == ["done"] * ROWS
    assert "Warning" not in done.stderr
    last = pulses(done)[-1]
    assert (last["submitted"], last["polls_per_row"]) == (ROWS, 0.0)
    assert hosted.secret not in done.stderr + done.stdout


def test_deliveries_that_are_not_signed_with_our_secret_are_refused_and_looks_bring_the_rest(hosted: Hosted) -> None:
    """The wrong secret must cost time, not banners, and the person must hear which it is."""
    port = free_port()
    place = ("--webhook-url", f"http://127.0.0.1:{port}", "--webhook-listen", f"127.0.0.1:{port}")
    stopped = subprocess.Popen(
        hosted.command(*place),
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        env=hosted.environment("whsec_" + "0" * 64),
    )
    with stopped:
        assert stopped.stderr is not None
        said = next(line for line in stopped.stderr if "a webhook was refused" in line)
        stopped.send_signal(signal.SIGINT)
        assert next(line for line in stopped.stderr if "Ctrl-C again stops at once" in line)
        stopped.send_signal(signal.SIGINT)
        stopped.stderr.read()
    assert stopped.returncode == 130
    assert "ABYSSALE_WEBHOOK_SECRET" in json.loads(said)["text"]
    done = hosted.run(secret=hosted.secret)
    assert done.returncode == 0, done.stderr
    assert set(hosted.statuses()) <= {"done", "reused"}
    assert len(hosted.statuses()) == ROWS


def test_an_address_in_use_ends_the_run_before_anything_is_sent(hosted: Hosted) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        place = ("--webhook-url", f"http://127.0.0.1:{port}", "--webhook-listen", f"127.0.0.1:{port}")
        done = hosted.run(*place, secret=hosted.secret)
    assert done.returncode == 2
    assert "webhooks cannot be listened for" in done.stderr
    assert "Traceback" not in done.stderr
