"""Runs of the real command against a provider that bills, in another process: log, notice, profile, and no secret in
any of them."""

from __future__ import annotations

import contextlib
import csv
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from listening import Listening

from bulkgen.cli.guard import INTERRUPTED

ROOT = Path(__file__).parents[2]
STUDIO = ROOT / "tests" / "studio" / "studio_process.py"
MAPPING = """\
design: product-card
key: sku
formats: [medium-rectangle]
elements: {title: "{{ name }}", photo: "{{ photo }}"}
"""
KEY, PAYLOAD, NOTICE_TOKEN = "k3y-of-acme", "The secret offer", "n0tice-token"


@dataclass
class Customer:
    """A folder with a sheet, and a configuration with a profile for it."""

    folder: Path
    api: str = ""
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.environment = dict(os.environ) | {"XDG_CONFIG_HOME": str(self.folder / "config")}
        (self.folder / "config" / "bulkgen").mkdir(parents=True)
        (self.folder / "mapping.yaml").write_text(MAPPING)
        self.sheet([f"{PAYLOAD} {n}" for n in range(3)])

    @property
    def path(self) -> Path:
        return self.folder / "sheet.csv"

    def sheet(self, names: list[str], photo: str = "") -> None:
        with self.path.open("w", newline="") as stream:
            csv.writer(stream).writerows(
                [["sku", "name", "photo"], *([n, name, photo] for n, name in enumerate(names))]
            )

    def profile(self, more: str = "") -> None:
        text = f'[profiles.acme]\nbase_url = "{self.api}"\nkey = {{ env = "ACME_KEY" }}\n{more}'
        (self.folder / "config" / "bulkgen" / "config.toml").write_text(text)
        self.environment["ACME_KEY"] = KEY

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "bulkgen", *arguments]

    def call(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            self.command(*arguments),
            capture_output=True,
            text=True,
            check=False,
            env=self.environment,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.call("run", self.path.name, "--progress", "none", *arguments)

    def ledger(self, query: str) -> list[str]:
        with contextlib.closing(sqlite3.connect(self.folder / ".bulkgen" / "ledger.sqlite3")) as ledger:
            return [str(value) for (value,) in ledger.execute(query)]


@pytest.fixture
def customer(tmp_path: Path) -> Customer:
    return Customer(tmp_path)


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A provider with 1,000 credits; its address."""
    templates = ROOT / "templates"
    folder = tmp_path_factory.mktemp("provider")
    command = [sys.executable, str(STUDIO), str(folder), str(templates), str(templates / "fonts"), "1000"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.communicate("\n")


def webhooks_here() -> str:
    """Results come by themselves, sooner than anybody looks."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{found.getsockname()[1]}"
    return f'rate = 10\nwebhook = {{ url = "http://{place}", listen = "{place}" }}\n'


def test_a_run_of_a_profile_leaves_its_story_in_log_ledger_and_notice_and_no_secret_in_any(
    customer: Customer, studio: str
) -> None:
    """A log is mailed, a notice is read by a whole channel, a terminal is recorded by CI."""
    customer.api = studio
    customer.profile(webhooks_here())
    with Listening() as chat:
        done = customer.run(
            "--profile", "acme", "--yes", "--log-file", "run.log", "--notify", f"{chat.url}/{NOTICE_TOKEN}"
        )
    assert done.returncode == 0, done.stdout + done.stderr

    log = (customer.folder / "run.log").read_text("utf-8")
    actions = re.findall(r"^\S+Z (?:INFO|WARNING|ERROR) action=(\w+)", log, re.MULTILINE)
    assert len(actions) == len(log.splitlines())
    assert actions[0] == "run_begun"
    assert {"planned", "submitted", "settled", "run_ended", "report_written"} <= set(actions)
    assert actions.count("submitted") == 3

    (call,) = chat.calls
    told = json.loads(call.body)
    assert (told["exit_code"], told["rows"], told["credits"]) == (0, {"done": 3}, 3.0)
    assert told["job"] == "sheet-product-card-abyssale"
    assert told["report"] == str(customer.folder / "sheet.generated.csv")
    assert told["started_at"] <= told["ended_at"]

    tokens = customer.ledger("SELECT token FROM attempts")
    assert len(tokens) == 3
    everything = log + done.stdout + done.stderr + call.body.decode()
    for secret in (KEY, PAYLOAD, NOTICE_TOKEN, *tokens):
        assert secret not in everything
    assert customer.ledger("SELECT profile FROM runs") == ["acme"]


def test_a_run_that_reaches_its_bound_says_so_where_nothing_shows_progress(customer: Customer, studio: str) -> None:
    """Cron has the exit code, what was printed and the summary: one of them must say why."""
    customer.api = studio
    customer.profile(webhooks_here())
    done = customer.run("--profile", "acme", "--yes", "--max-credits", "1", "--summary", "last-run.json")
    assert done.returncode == 3, done.stdout + done.stderr
    told = json.loads((customer.folder / "last-run.json").read_text())
    assert "the one credit that this run was given" in told["stopped"]
    assert told["stopped"].splitlines()[0] in done.stdout
    customer.path.unlink()
    assert customer.run("--profile", "acme", "--summary", "last-run.json").returncode == 2
    assert "no such file" in json.loads((customer.folder / "last-run.json").read_text())["stopped"]


def test_the_jobs_of_a_profile_are_told_with_their_credits(customer: Customer, studio: str) -> None:
    customer.api = studio
    customer.profile(webhooks_here())
    assert customer.run("--profile", "acme", "--yes").returncode == 0
    customer.sheet([f"{PAYLOAD} {n}" for n in range(2, 7)])
    customer.environment["BULKGEN_PROFILE"] = "acme"
    done = customer.run("--yes")
    assert done.returncode == 0, done.stderr
    del customer.environment["BULKGEN_PROFILE"]
    assert customer.run("--provider", "studio", "--limit", "1", "--job", "dry").returncode == 3

    of_all = customer.call("status").stdout.splitlines()
    assert [line.split()[:2] for line in of_all] == [
        ["job", "provider"],
        ["dry", "studio"],
        ["sheet-product-card-abyssale", "abyssale"],
    ]
    assert "acme" in of_all[2]
    of_acme = customer.call("status", "--profile", "acme").stdout
    assert "dry" not in of_acme
    assert re.search(r"^\d+ credits used in 2 runs$", of_acme, re.MULTILINE), of_acme
    assert "profile    acme" in customer.call("status", "sheet-product-card-abyssale").stdout
    (customer.folder / "config" / "bulkgen" / "config.toml").unlink()
    assert customer.call("status", "--profile", "acme").stdout == of_acme, "a history outlives its profile"
    unknown = customer.call("status", "--profile", "acne")
    assert (unknown.returncode, "nothing was run here" in unknown.stderr) == (2, True)


def test_check_and_designs_ask_the_profiles_provider(customer: Customer, studio: str) -> None:
    customer.api = studio
    customer.profile()
    assert "product-card" in customer.call("designs", "list", "--profile", "acme").stdout
    assert "title" in customer.call("designs", "show", "product-card", "--profile", "acme").stdout
    checked = customer.call("check", str(customer.path), "--profile", "acme")
    assert (checked.returncode, "3 good" in checked.stdout) == (0, True), checked.stderr
    customer.environment.pop("ACME_KEY")
    for command in (("designs", "list"), ("check", str(customer.path)), ("run", str(customer.path))):
        refused = customer.call(*command, "--profile", "acme")
        assert (refused.returncode, "ACME_KEY, which is not set" in refused.stderr) == (2, True)


def test_a_run_that_is_refused_is_told_of_and_logged(customer: Customer) -> None:
    customer.path.unlink()
    with Listening() as chat:
        done = customer.run("--log-file", "run.log", "--notify", chat.url)
    assert done.returncode == 2
    (call,) = chat.calls
    told = json.loads(call.body)
    assert (told["exit_code"], told["job"], told["report"], told["credits"]) == (2, "sheet", None, None)
    assert "no such file" in told["stopped"]
    assert "ERROR action=run_failed exit_code=2" in (customer.folder / "run.log").read_text("utf-8")


def test_a_provider_that_refuses_the_key_is_told_of(customer: Customer) -> None:
    refusal = json.dumps({"id": "UNAUTHORIZED", "message": f"No {KEY}"}).encode()
    with Listening(lambda call: (401, refusal)) as provider, Listening() as chat:
        customer.environment |= {"ABYSSALE_API_KEY": KEY, "ABYSSALE_BASE_URL": provider.url}
        done = customer.run("--log-file", "run.log", "--notify", chat.url)
    assert done.returncode == 3, done.stderr
    (call,) = chat.calls
    assert json.loads(call.body)["exit_code"] == 3
    log = (customer.folder / "run.log").read_text("utf-8")
    assert "exit_code=3" in log
    assert KEY not in log + call.body.decode()


def test_a_notice_that_does_not_arrive_is_a_warning_and_no_exit_code(customer: Customer) -> None:
    """A night's work is not lost for a chat channel that was closed."""
    with Listening(lambda call: (404, b"")) as chat:
        done = customer.run("--provider", "studio", "--notify", f"{chat.url}/{NOTICE_TOKEN}")
        assert done.returncode == 0, done.stderr
        assert "127.0.0.1 was not told how the run ended: it answered HTTP 404" in done.stderr
        assert NOTICE_TOKEN not in done.stdout + done.stderr
        customer.environment["BULKGEN_NOTIFY_URL"] = chat.url
        again = customer.call("run", str(customer.path), "--provider", "studio", "--progress", "json")
    assert again.returncode == 0
    assert "was not told" in json.loads(again.stderr.splitlines()[-1])["text"], "still a line of JSON"
    assert len(chat.calls) == 2


def test_who_interrupts_twice_is_not_kept_waiting_and_the_notice_still_goes(customer: Customer) -> None:
    with Listening() as chat, socket.create_server(("127.0.0.1", 0)) as silent:
        customer.environment |= {
            "ABYSSALE_API_KEY": KEY,
            "ABYSSALE_BASE_URL": f"http://127.0.0.1:{silent.getsockname()[1]}",
        }
        command = customer.command("run", str(customer.path), "--progress", "none", "--notify", chat.url)
        with (
            subprocess.Popen(
                command,
                env=customer.environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            ) as process,
            silent.accept()[0],
        ):  # it is asking for the workspace now, and will hear nothing
            process.send_signal(signal.SIGINT)
            process.send_signal(signal.SIGTERM)
            _, said = process.communicate()
    assert process.returncode == INTERRUPTED, said
    (call,) = chat.calls
    assert json.loads(call.body)["exit_code"] == INTERRUPTED
    assert b"Traceback" not in said
