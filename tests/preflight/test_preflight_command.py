"""Preflight at the real commands: `check` in all that it writes, `run` with what it keeps back, and how both end."""

from __future__ import annotations

import csv
import http.server
import io
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar

import openpyxl
import pytest
from feed_shop import shop
from PIL import Image

MAPPING = """\
design: product-card
key: no
formats: [landscape, medium-rectangle]
elements:
  title: {payload: "{{ title }}", color: "{{ colour }}"}
  subtitle: {payload: "{{ line }}", empty: hide}
  photo: "{{ photo }}"
  price: "{{ price }}"
"""
HEADER = ("no", "title", "line", "photo", "price", "colour")
LONG = "Delivered to your door within two working days wherever you live, and taken back free of charge. " * 3
DONE, INVALID = "done", "invalid"

Rows = Sequence[Sequence[str]]


def environment(**more: str) -> dict[str, str]:
    """Without proxies: everything that is called is on loopback."""
    left_out = ("ABYSSALE_", "BULKGEN_", "HTTP_", "HTTPS_", "ALL_PROXY", "NO_PROXY")
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith(left_out)}
    return kept | {"BULKGEN_ALLOW_PRIVATE_ASSETS": "1"} | more


def bulkgen(folder: Path, *arguments: str, code: int = 0, **more: str) -> str:
    """What the command wrote to its output."""
    done = subprocess.run(
        [sys.executable, "-m", "bulkgen", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        env=environment(**more),
    )
    said = done.stdout + done.stderr
    assert done.returncode == code, said
    assert "Traceback" not in said
    return done.stdout if "--json" in arguments else said


def write(folder: Path, rows: Rows) -> Path:
    path = folder / "sheet.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([HEADER, *rows])
    return path


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8-sig") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mapping.yaml").write_text(MAPPING)
    return tmp_path


@pytest.fixture
def address() -> Iterator[str]:
    with shop() as found:
        yield found


def sheet_of(address: str) -> list[list[str]]:
    """Good but for three: a dead picture, a colour that is none, a price that does not fit."""
    good = f"{address}/good.jpg"
    return [
        ["1", "Oak Desk", "Solid wood", good, "€80", "#112233"],
        ["2", "Elm Desk", "Solid wood", f"{address}/absent.jpg", "€80", ""],
        ["3", "Ash Desk", "Solid wood", good, "€80", "rather red"],
        ["4", "Fir Desk", "Solid wood", good, "€80 ABCDEFGHIJKLMNOPQRSTUVW, and more", ""],
        ["5", "Yew Desk", "{{ line }}", good, "€80", ""],
    ]


def test_a_run_sends_the_good_rows_and_the_mended_one_the_next_time(folder: Path, address: str) -> None:
    """The bad rows wait in the report, by cell, and nothing that is good waits for them."""
    rows = sheet_of(address)
    write(folder, rows)
    said = bulkgen(folder, "run", "sheet.csv", "--summary", "one.json", code=1)
    assert "Preflight: 3 of 5 rows are bad and are not sent" in said
    found = {row["no"]: row for row in read(folder / "sheet.generated.csv")}
    statuses = {number: row["bulkgen status"] for number, row in found.items()}
    assert statuses == {"1": DONE, "2": INVALID, "3": INVALID, "4": INVALID, "5": DONE}
    for number, column, words in (("2", "photo", "404"), ("3", "colour", "rather red"), ("4", "price", "does not fit")):
        assert found[number]["bulkgen detail"].startswith(f"{column}: "), found[number]
        assert words in found[number]["bulkgen detail"], found[number]
        assert not found[number]["landscape url"]
    first = json.loads((folder / "one.json").read_text())
    assert first["attempts"] == {"accepted": 2}
    # The row of the bad colour was not looked at: the mapping had refused it.
    assert first["preflight"]["outputs"] - first["preflight"]["held"] == 4 == first["preflight"]["fine"]
    assert first["preflight"]["kinds"] == {"text": {"held": 2}, "picture": {"held": 2}}

    rows[1][3] = f"{address}/good.png"
    write(folder, rows)
    bulkgen(folder, "run", "sheet.csv", "--summary", "two.json", code=1)
    second = json.loads((folder / "two.json").read_text())
    assert second["attempts"] == {"accepted": 1}
    assert second["rows"] == {"done": 1, "reused": 2, "invalid": 2}
    assert second["preflight"]["fine"] == 2, "what was there already is not looked at again"
    assert "as forecast" in bulkgen(folder, "status", "sheet-product-card")


def test_strict_sends_nothing_if_a_row_is_bad(folder: Path, address: str) -> None:
    """Who asks for all or nothing must not find half of a campaign published."""
    write(folder, sheet_of(address))
    said = bulkgen(folder, "run", "sheet.csv", "--strict", code=2)
    assert "3 of 5 rows are bad" in said
    assert "Nothing was sent" in said
    assert not (folder / "sheet.generated.csv").exists()
    assert not list((folder / ".bulkgen").rglob("*.jpeg"))


def test_check_says_the_same_in_every_form(folder: Path, address: str) -> None:
    """A person, a program and a spreadsheet must not be told three different things."""
    write(folder, sheet_of(address))
    told = json.loads(bulkgen(folder, "check", "sheet.csv", "--json", "-o", "problems.jsonl", code=1))
    assert {name: told[name] for name in ("rows", "looked_at", "bad_rows", "skipped_rows")} == {
        "rows": 5,
        "looked_at": 5,
        "bad_rows": 3,
        "skipped_rows": 0,
    }
    errors = {one["code"]: one for one in told["findings"] if one["severity"] == "error"}
    assert {code: [place["cell"] for place in one["places"]] for code, one in errors.items()} == {
        "bad_value": ["F4"],
        "picture_dead": ["D3"],
        "text_does_not_fit": ["E5"],
    }
    assert all(one["message"] and one["hint"] and one["count"] == one["rows"] == 1 for one in errors.values())
    assert told["cost"]["sent"] == 4
    assert told["cost"]["counts"]["refused"] == 6

    lines = [json.loads(line) for line in (folder / "problems.jsonl").read_text(encoding="utf-8").splitlines()]
    codes = {line["row"]: {one["code"] for one in line["problems"] if one["severity"] == "error"} for line in lines}
    assert codes == {2: set(), 3: {"picture_dead"}, 4: {"bad_value"}, 5: {"text_does_not_fit"}, 6: set()}

    said = bulkgen(folder, "check", "sheet.csv", "-o", "problems.xlsx", code=1)
    assert "5 rows: 0 good, 2 good with warnings, 3 bad" in said
    book = openpyxl.load_workbook(folder / "problems.xlsx")
    commented = {cell.coordinate for sheet in book for row in sheet.iter_rows() for cell in row if cell.comment}
    assert len(commented) >= 3
    bulkgen(folder, "check", "sheet.csv", "-o", "problems.csv", code=1)
    table = read(folder / "problems.csv")
    assert ["error" in row.values() for row in table] == [False, True, True, True, False]


def test_check_ends_with_0_when_all_can_be_sent_and_with_2_when_nothing_can_be_read(folder: Path, address: str) -> None:
    write(folder, sheet_of(address)[:1])
    assert "0 bad" in bulkgen(folder, "check", "sheet.csv")
    assert not (folder / ".bulkgen").exists(), "a look leaves nothing behind"
    bulkgen(folder, "check", "absent.csv", code=2)
    bulkgen(folder, "check", "sheet.csv", "-o", "problems.docx", code=2)


def test_a_sample_looks_at_some_rows_and_sends_all_that_were_not_found_bad(folder: Path, address: str) -> None:
    """For a sheet of a million rows: what was not looked at is sent as it always was."""
    rows = [[str(number), f"Desk {number}", "Wood", f"{address}/absent.jpg", "€8", ""] for number in range(8)]
    write(folder, rows)
    told = json.loads(bulkgen(folder, "check", "sheet.csv", "--json", "--preflight-sample", "2", code=1))
    assert (told["rows"], told["looked_at"], told["bad_rows"], told["unknown_rows"]) == (8, 2, 2, 6)
    # Who decides by the forecast pays for all rows, not for those that were looked at.
    assert (told["cost"]["sent"], told["cost"]["counts"]["refused"]) == (12, 4)
    said = bulkgen(folder, "check", "sheet.csv", "--preflight-sample", "2", code=1)
    assert "8 rows: 0 good, 2 bad, 6 not looked at" in said
    bulkgen(folder, "run", "sheet.csv", "--preflight-sample", "2", "--summary", "run.json", code=1)
    body = json.loads((folder / "run.json").read_text())
    assert body["rows"] == {"failed": 6, "invalid": 2}
    # Nothing was foretold of the six, so nothing of them counts for or against preflight.
    assert body["preflight"]["outputs"] == body["preflight"]["held"] == 4


@pytest.mark.parametrize("command", ["check", "run"])
def test_ctrl_c_in_the_middle_of_a_preflight_ends_it(folder: Path, command: str) -> None:
    """Somebody sees a wrong sheet go by and stops it: at once, without a word about the inside of a program."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(1)
        picture = f"http://127.0.0.1:{silent.getsockname()[1]}/never.jpg"
        write(folder, [["1", "Oak Desk", "", picture, "€80", ""]])
        with subprocess.Popen(
            [sys.executable, "-m", "bulkgen", command, "sheet.csv"],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            env=environment(),
            text=True,
        ) as process:
            silent.settimeout(60)
            connection, _ = silent.accept()
            process.send_signal(signal.SIGINT)
            out, said = process.communicate(timeout=60)
            connection.close()
    assert process.returncode == 130, out + said
    assert "Traceback" not in said
    assert "interrupted" in said


def test_of_a_provider_whose_renderer_is_not_ours_a_text_is_a_warning(folder: Path, address: str) -> None:
    """The hosted service may find room where we find none: a row is not kept from it on a guess. What is certain
    anywhere, such as a dead picture, keeps the row back there too."""
    provider = folder / "provider"
    provider.mkdir()
    command = [sys.executable, "-m", "bulkgen", "studio", "--port", "0"]
    there = environment(BULKGEN_STUDIO_KEY="a-key")
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=provider, env=there) as server:
        assert server.stdout is not None
        try:
            hosted = {"ABYSSALE_API_KEY": "a-key", "ABYSSALE_BASE_URL": server.stdout.readline().split()[1]}
            rows = sheet_of(address)
            rows[4][1] = "Sale 𓀀"
            write(folder, rows)
            told = json.loads(bulkgen(folder, "check", "sheet.csv", "--json", code=1, **hosted))
            severities = {one["code"]: one["severity"] for one in told["findings"]}
            assert {code: severities[code] for code in ("picture_dead", "bad_value")} == {
                "picture_dead": "error",
                "bad_value": "error",
            }
            assert {code: severities[code] for code in ("text_may_not_fit", "glyph_uncertain")} == {
                "text_may_not_fit": "warning",
                "glyph_uncertain": "warning",
            }
            assert told["bad_rows"] == 2
            _check_is_paced_as_its_run_would_be(folder, told["cost"], hosted)
            bulkgen(folder, "run", "sheet.csv", "--yes", "--summary", "run.json", code=1, **hosted)
            body: dict[str, Any] = json.loads((folder / "run.json").read_text())
            # Both forecasts came true in the end, and that is on record.
            assert body["preflight"]["kinds"]["text"]["right"] > 0
            assert body["preflight"]["kinds"]["glyph"] == {"unknown": 2}
            assert "false_alarm" not in json.dumps(body["preflight"])
        finally:
            server.terminate()


def _check_is_paced_as_its_run_would_be(folder: Path, cost: dict[str, Any], hosted: dict[str, str]) -> None:
    """By options or by a profile, whose secrets a look has no need of."""
    hook = "https://hooks.example.com/bulkgen"
    config = folder / "config" / "bulkgen" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(
        f'[profiles.shop]\nrate = 2\nnotify = {{ env = "UNSET" }}\n[profiles.shop.webhook]\nurl = "{hook}"\n'
    )
    hosted = hosted | {"XDG_CONFIG_HOME": str(folder / "config")}
    slow = json.loads(bulkgen(folder, "check", "sheet.csv", "--json", "--rate", "2", code=1, **hosted))["cost"]
    assert slow["hours"] > 4 * cost["hours"] > 0
    ways = (("--rate", "2", "--webhook-url", hook), ("--profile", "shop"))
    requests = cost["counts"]["requests"]
    for way in ways:
        quick = json.loads(bulkgen(folder, "check", "sheet.csv", "--json", *way, code=1, **hosted))["cost"]
        assert (quick["calls"], quick["looks"], quick["hours"]) == (requests, 0, slow["hours_with_webhooks"])


class _Counting(http.server.BaseHTTPRequestHandler):
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        body = io.BytesIO()
        Image.effect_noise((1200, 1200), 40).convert("RGB").save(body, "JPEG")
        self.send_response(200)
        self.send_header("Content-Type", "image/jpeg")
        self.send_header("ETag", '"1"')
        self.end_headers()
        self.wfile.write(body.getvalue())

    def log_message(self, *_: object) -> None:
        """Silence."""


def test_a_check_before_the_first_run_remembers_pictures_in_the_users_cache(folder: Path) -> None:
    """Who mends a sheet checks it ten times; the shop is asked for its ten thousand pictures once."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Counting) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            write(folder, [["1", "Oak Desk", "", f"http://127.0.0.1:{server.server_address[1]}/a.jpg", "€80", ""]])
            cache = {"XDG_CACHE_HOME": str(folder / "cache")}
            bulkgen(folder, "check", "sheet.csv", **cache)
            first = len(_Counting.asked)
            bulkgen(folder, "check", "sheet.csv", **cache)
        finally:
            server.shutdown()
            thread.join()
    assert (first, len(_Counting.asked)) == (1, 1)
    assert not (folder / ".bulkgen").exists(), "a check leaves nothing beside the sheet"
    assert any((folder / "cache" / "bulkgen").rglob("*.sqlite3"))
