"""Bad input, each kind provoked at the real command: clear message, right exit code, nothing lost, no traceback."""

from __future__ import annotations

import contextlib
import csv
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import bulkgen_command
import openpyxl
import pytest
from bulkgen_command import environment

DATA = Path(__file__).parents[3] / "shared" / "data"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MAPPING = """\
design: product-card
key: sku
formats: [medium-rectangle]
elements:
  title: "{{ name }}"
  price: "{{ price }}"
  photo: "{{ photo }}"
"""
ROWS = [["0001", "Vase", "9.90 EUR", ""], ["0002", "Bowl", "12.00 EUR", ""]]


class Done:
    """A finished command: its exit code and what it said."""

    def __init__(self, process: subprocess.CompletedProcess[str]) -> None:
        self.code = process.returncode
        self.text = process.stdout + process.stderr


def bulkgen(*arguments: str | Path, **more: str) -> Done:
    return Done(bulkgen_command.bulkgen(*arguments, **more))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mapping.yaml").write_text(MAPPING)
    return tmp_path


def sheet(folder: Path, rows: Sequence[Sequence[str]] = ROWS, name: str = "sheet.csv") -> Path:
    path = folder / name
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([["sku", "name", "price", "photo"], *rows])
    return path


def report(folder: Path) -> list[dict[str, str]]:
    with (folder / "sheet.generated.csv").open(newline="", encoding="utf-8-sig") as stream:
        return list(csv.DictReader(stream))


def test_a_missing_file_is_named_with_its_near_miss(folder: Path) -> None:
    sheet(folder)
    done = bulkgen("run", folder / "shet.csv")
    assert done.code == 2
    assert "sheet.csv" in done.text


@pytest.mark.parametrize(
    ("name", "body", "word"),
    [
        ("sheet.csv", b"", "empty"),
        ("sheet.csv", b"sku,name,price\r\n", "row"),
        ("sheet.xlsx", OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 2000, "password"),
        ("sheet.xlsx", b"PK\x03\x04" + b"\0" * 40, ""),
        ("sheet.csv", b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "PNG"),
        ("sheet.csv", b"%PDF-1.7\n" + b"\0" * 100, "PDF"),
        ("sheet.csv", b"<!DOCTYPE html><html><body>sign in</body></html>", "page"),
    ],
    ids=["empty", "header only", "password", "truncated", "png", "pdf", "page"],
)
def test_a_file_that_is_no_sheet_is_called_what_it_is(folder: Path, name: str, body: bytes, word: str) -> None:
    (folder / name).write_bytes(body)
    done = bulkgen("run", folder / name)
    assert done.code == 2, done.text
    assert word.lower() in done.text.lower()
    assert not (folder / ".bulkgen").exists(), "nothing is kept of a sheet that cannot be read"


def test_a_truncated_workbook_is_refused(folder: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["sku", "name"])
    book.active.append(["1", "Vase"])
    path = folder / "sheet.xlsx"
    book.save(path)
    path.write_bytes(path.read_bytes()[:-200])
    done = bulkgen("run", path)
    assert done.code == 2
    assert "sheet.xlsx" in done.text


def test_a_password_protected_workbook_of_excel_is_refused(folder: Path) -> None:
    path = DATA / "sheets" / "password_protected.xlsx"
    if not path.exists():
        pytest.skip("the shared data is not here")
    done = bulkgen("run", path, "-d", "product-card", BULKGEN_HOME=str(folder / "home"))
    assert done.code == 2
    assert "password" in done.text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("key: sku", "key: skuu"), ("skuu", "sku")),
        (("  title:", "  tilte:"), ("tilte", "title")),
        (('  title: "{{ name }}"', '  title: {payload: "{{ name }}", colour: "#fff"}'), ("colour", "color")),
        (("formats: [medium-rectangle]", "formats: [medium-rectangel]"), ("medium-rectangel", "medium-rectangle")),
        (("{{ name }}", "{{ nmae }}"), ("nmae", "name")),
        (("{{ name }}", "{{ name | truncte(3) }}"), ("truncte", "truncate")),
        (("{{ name }}", "{{ name "), ("mapping.yaml",)),
        (("elements:", "elements: ["), ("mapping.yaml", "line")),
        (("elements:", "elemnts:"), ("elemnts", "elements")),
        (("design: product-card", "design: product-crad"), ("product-crad", "product-card")),
    ],
    ids=["key", "layer", "property", "format", "column", "filter", "expression", "yaml", "field", "design"],
)
def test_an_unknown_name_in_a_mapping_is_refused_with_its_near_miss(
    folder: Path, change: tuple[str, str], words: tuple[str, ...]
) -> None:
    """The API ignores unknown names in silence: this is the only place where they are seen."""
    (folder / "mapping.yaml").write_text(MAPPING.replace(*change))
    done = bulkgen("run", sheet(folder))
    assert done.code == 2, done.text
    for word in words:
        assert word in done.text


def test_a_key_option_that_is_no_column_is_refused(folder: Path) -> None:
    done = bulkgen("run", sheet(folder), "--key", "SKUU")
    assert done.code == 2
    assert "SKUU" in done.text


def test_empty_and_repeated_keys_are_problems_of_their_rows_and_name_each_other(folder: Path) -> None:
    rows = [
        ["1", "Vase", "1 EUR", ""],
        ["", "Bowl", "1 EUR", ""],
        ["2", "Lamp", "1 EUR", ""],
        ["1", "Mug", "1 EUR", ""],
    ]
    done = bulkgen("run", sheet(folder, rows))
    assert done.code == 1, done.text
    found = report(folder)
    assert [row["bulkgen status"] for row in found] == ["invalid", "invalid", "done", "invalid"]
    assert "row 5" in found[0]["bulkgen detail"]
    assert "row 2" in found[3]["bulkgen detail"]


@pytest.mark.parametrize(("policy", "made"), [("first", [0, 2]), ("last", [2, 3]), ("each", [0, 2, 3])])
def test_duplicates_are_decided_by_the_option(folder: Path, policy: str, made: list[int]) -> None:
    rows = [
        ["1", "Vase", "1 EUR", ""],
        ["", "Bowl", "1 EUR", ""],
        ["2", "Lamp", "1 EUR", ""],
        ["1", "Mug", "1 EUR", ""],
    ]
    done = bulkgen("run", sheet(folder, rows), "--duplicates", policy)
    assert done.code == 1
    assert [index for index, row in enumerate(report(folder)) if row["bulkgen status"] == "done"] == made


def test_a_cell_over_ten_thousand_characters_stops_its_row_only(folder: Path) -> None:
    done = bulkgen("run", sheet(folder, [["1", "x" * 10_001, "1 EUR", ""], ROWS[1]]))
    assert done.code == 1
    first, second = report(folder)
    assert (first["bulkgen status"], second["bulkgen status"]) == ("invalid", "done")
    assert "10,0" in first["bulkgen detail"]


def test_a_row_without_its_job_is_refused(folder: Path) -> None:
    """All jobs were listed instead, and whoever looked for a row's story took it for none."""
    done = bulkgen("status", "--row", "1")
    assert done.code == 2
    assert "--row needs the job" in done.text


LONG = [["1", "Vase", "123456789 " * 60, ""]]


def test_a_text_that_does_not_fit_is_not_sent(folder: Path) -> None:
    done = bulkgen("run", sheet(folder, LONG))
    assert done.code == 1
    (row,) = report(folder)
    assert row["bulkgen status"] == "invalid"
    assert "does not fit" in row["bulkgen detail"]
    assert row["medium-rectangle url"] == ""


def test_a_text_that_does_not_fit_fails_its_format_with_the_reason(folder: Path) -> None:
    done = bulkgen("run", sheet(folder, LONG), "--no-preflight")
    assert done.code == 1
    (row,) = report(folder)
    assert row["bulkgen status"] == "failed"
    assert "cannot fit" in row["medium-rectangle error"]
    assert row["medium-rectangle url"] == ""


def test_control_characters_and_half_characters_do_no_harm(folder: Path) -> None:
    book = openpyxl.Workbook()
    for row in (
        ["sku", "name", "price", "photo"],
        ["1", "Va_x0007_se", "1 EUR", None],
        ["2", "Bo_xD800_wl", "1 EUR", None],
    ):
        book.active.append(row)
    path = folder / "sheet.xlsx"
    book.save(path)
    done = bulkgen("run", path)
    assert done.code in (0, 1), done.text
    back = openpyxl.load_workbook(folder / "sheet.generated.xlsx").worksheets[0]
    statuses = [cell.value for cell in next(column for column in back.columns if column[0].value == "bulkgen status")]
    assert len(statuses) == 3
    assert all(statuses)


def test_an_empty_mandatory_layer_is_refused_before_it_is_sent(tmp_path: Path) -> None:
    path = tmp_path / "quotes.csv"
    path.write_text("quote,author\n,Ada\nIt just works.,Grace\n")
    done = bulkgen("check", path, "-d", "customer-quote")
    assert done.code == 1, done.text
    assert "quote" in done.text
    assert "A2" in done.text


def test_a_missing_picture_file_names_its_cell(folder: Path) -> None:
    done = bulkgen("run", sheet(folder, [["1", "Vase", "1 EUR", "vsae.jpg"], ROWS[1]]))
    assert done.code == 1
    first, second = report(folder)
    assert (first["bulkgen status"], second["bulkgen status"]) == ("invalid", "done")
    assert "vsae.jpg" in first["bulkgen detail"]


@pytest.mark.parametrize(
    ("more", "status", "where"),
    [((), "invalid", "bulkgen detail"), (("--no-preflight",), "failed", "medium-rectangle error")],
    ids=["preflight", "no preflight"],
)
def test_a_dead_address_is_said_with_its_row(folder: Path, more: tuple[str, ...], status: str, where: str) -> None:
    rows = [["1", "Vase", "1 EUR", "https://pictures.example.invalid/vase.jpg"], ROWS[1]]
    done = bulkgen("run", sheet(folder, rows), *more)
    assert done.code == 1
    first, second = report(folder)
    assert (first["bulkgen status"], second["bulkgen status"]) == (status, "done")
    assert "pictures.example.invalid" in first[where]


@pytest.mark.parametrize(
    ("more", "where"),
    [((), "bulkgen detail"), (("--no-preflight",), "medium-rectangle error")],
    ids=["preflight", "no"],
)
def test_a_private_address_is_not_fetched(folder: Path, more: tuple[str, ...], where: str) -> None:
    """A sheet from a stranger must not read what only this machine can reach."""
    done = bulkgen("run", sheet(folder, [["1", "Vase", "1 EUR", "http://127.0.0.1:9/vase.jpg"]]), *more)
    assert done.code == 1
    (row,) = report(folder)
    assert "127.0.0.1" in row[where]
    assert "not on the public internet" in row[where]


def test_the_report_must_not_be_the_input_nor_a_folder(folder: Path) -> None:
    path = sheet(folder)
    for out in (path, folder, folder / "none" / "out.csv"):
        done = bulkgen("run", path, "-o", out)
        assert done.code == 2, done.text
        assert "-o" in done.text
    assert not (folder / ".bulkgen").exists()


def test_no_design_lists_the_designs(tmp_path: Path) -> None:
    done = bulkgen("run", sheet(tmp_path))
    assert done.code == 2
    assert "product-card" in done.text


def test_a_key_that_appears_between_runs_stops_the_run(folder: Path) -> None:
    """The same cron line would otherwise start to bill one night, because somebody exported a key."""
    path = sheet(folder)
    assert bulkgen("run", path).code == 0
    done = bulkgen("run", path, ABYSSALE_API_KEY="secret-key-of-mine", ABYSSALE_BASE_URL="http://127.0.0.1:9")
    assert done.code == 2
    assert "studio" in done.text
    assert "abyssale" in done.text
    assert "secret-key-of-mine" not in done.text
    assert bulkgen("run", path, "--provider", "studio", ABYSSALE_API_KEY="k").code == 0


def test_the_hosted_api_out_of_reach_is_exit_three_and_keeps_the_key_to_itself(folder: Path) -> None:
    hosted = {"ABYSSALE_API_KEY": "secret-key", "ABYSSALE_BASE_URL": "http://127.0.0.1:9"}
    done = bulkgen("check", sheet(folder), "--provider", "abyssale", **hosted)
    assert done.code == 3, done.text
    assert "secret-key" not in done.text


def test_a_run_waits_for_the_hosted_api_until_it_is_interrupted(folder: Path) -> None:
    """A restart of the provider just as the night's run begins would be a night without banners."""
    hosted = {"ABYSSALE_API_KEY": "secret-key", "ABYSSALE_BASE_URL": "http://127.0.0.1:9"}
    command = [sys.executable, "-m", "bulkgen", "run", str(sheet(folder)), "--provider", "abyssale", "--yes"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, env=environment(**hosted)) as run:
        assert run.stderr is not None
        said = next(line for line in run.stderr if b"pausing" in line)
        run.send_signal(signal.SIGINT)
        _, rest = run.communicate(timeout=60)
    assert run.returncode == 130, rest
    assert b"pausing all for 1 s: the provider cannot be reached: no connection could be made" in said
    assert b"Traceback" not in rest
    assert b"secret-key" not in said + rest


def test_the_hosted_provider_without_a_key_says_what_to_set(folder: Path) -> None:
    done = bulkgen("run", sheet(folder), "--provider", "abyssale")
    assert done.code == 2
    assert "ABYSSALE_API_KEY" in done.text


def test_a_second_run_of_the_same_job_is_refused(folder: Path) -> None:
    path = sheet(folder, [[f"{n}", f"Vase {n}", "1 EUR", ""] for n in range(900)])
    first = subprocess.Popen(
        [sys.executable, "-m", "bulkgen", "run", str(path), "--progress", "json"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    )
    with first:
        assert first.stderr is not None
        assert any('"event": "submitted"' in line for line in first.stderr)
        # Read on, or the pipe fills, and a process that waits for its reader answers nobody.
        with ThreadPoolExecutor(1) as reader:
            rest = reader.submit(first.stderr.read)
            done = bulkgen("run", path)
            assert done.code == 2, done.text
            assert str(first.pid) in done.text
            rest.result()
    assert first.returncode == 0


@pytest.mark.parametrize("event", ["planned", "submitted", "settled"])
def test_ctrl_c_ends_with_130_and_the_same_command_goes_on(folder: Path, event: str) -> None:
    path = sheet(folder, [[f"{n}", f"Vase {n}", "1 EUR", ""] for n in range(60)])
    command = [sys.executable, "-m", "bulkgen", "run", str(path), "--progress", "json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment()) as run:
        assert run.stderr is not None
        seen = _until(run.stderr, f'"{event}"')
        run.send_signal(signal.SIGINT)
        rest = run.stderr.read()
    assert "Traceback" not in seen + rest
    assert run.returncode == 130, seen + rest
    assert {row["bulkgen status"] for row in report(folder)} <= {"done", "waiting"}
    assert bulkgen("run", path).code == 0
    assert {row["bulkgen status"] for row in report(folder)} <= {"done", "reused"}


def _until(stream: Iterator[str], word: str) -> str:
    seen = ""
    for line in stream:
        seen += line
        if word in line:
            return seen
    raise AssertionError(f"no {word} in:\n{seen}")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own, so small that it can be filled."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(place)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("a file system cannot be mounted here")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def fill(disk: Path) -> None:
    """To the last block: a write of any size fails."""
    with (disk / "ballast").open("wb", buffering=0) as stream, contextlib.suppress(OSError):
        while stream.write(b"\0" * 4096):
            pass


def test_a_full_disk_under_the_report_loses_no_result(folder: Path, small_disk: Path) -> None:
    path = sheet(folder)
    fill(small_disk)
    done = bulkgen("run", path, "-o", small_disk / "out.csv")
    assert done.code == 1, done.text
    assert "bulkgen report" in done.text
    home = str(folder / ".bulkgen")
    again = bulkgen("report", "sheet-product-card", "-o", folder / "later.csv", BULKGEN_HOME=home)
    assert again.code == 0, again.text
    with (folder / "later.csv").open(newline="", encoding="utf-8-sig") as stream:
        assert [row["bulkgen status"] for row in csv.DictReader(stream)] == ["done", "done"]


def test_a_full_disk_under_the_home_says_so_and_the_run_goes_on_with_room(folder: Path, small_disk: Path) -> None:
    path = sheet(folder, [[f"{n}", f"Vase {n}", "1 EUR", ""] for n in range(40)])
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"\0" * (6 * 1024 * 1024 - 400_000))
    done = bulkgen("run", path, BULKGEN_HOME=str(small_disk / "home"))
    assert done.code in (1, 2, 3), done.text
    assert "disk" in done.text or "space" in done.text
    ballast.unlink()
    # What the studio could not write for long is a failure of its format; the first run with room may be the one to
    # hear of it.
    again = [bulkgen("run", path, "--retry-failed", BULKGEN_HOME=str(small_disk / "home")) for _ in range(2)][-1]
    assert again.code == 0, again.text
    assert {row["bulkgen status"] for row in report(folder)} <= {"done", "reused"}


def test_a_workbook_with_a_lying_part_is_no_bomb(folder: Path) -> None:
    """A sheet part that unpacks to gigabytes must be refused, not read."""
    path = folder / "sheet.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["sku", "name"])
    book.save(path)
    bomb = folder / "bomb.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as target:
        for item in source.infolist():
            if item.filename == "xl/worksheets/sheet1.xml":
                with target.open(item.filename, "w", force_zip64=True) as stream:
                    stream.write(
                        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
                    )
                    for _ in range(700):
                        stream.write(b" " * 1_000_000)
                    stream.write(b"</sheetData></worksheet>")
            else:
                target.writestr(item, source.read(item))
    done = bulkgen("run", bomb)
    assert done.code == 2, done.text
