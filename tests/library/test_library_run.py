"""The library, for real: a few rows on the embedded studio, from paths and DataFrames, with and without a loop."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import bulkgen
from bulkgen.config import API_KEY_NAME, BASE_URL_NAME
from bulkgen.errors import ConfigError, DesignError, MappingError, SheetError
from bulkgen.events import Event, RunEnded, Settled
from bulkgen.ledger.home import ENVIRONMENT_NAME
from bulkgen.mapping.file import build_mapping
from bulkgen.profiles import Profile
from bulkgen.studio.lease import live

ROOT = Path(__file__).parents[2]
MAPPING: dict[str, Any] = {
    "design": "product-card",
    "key": "sku",
    "formats": ["medium-rectangle"],
    "elements": {"title": "{{ name }}", "price": "{{ price }}"},
}
JPEG = b"\xff\xd8\xff"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (API_KEY_NAME, BASE_URL_NAME, ENVIRONMENT_NAME):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def products(count: int = 3) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "sku": [f"A-{n}" for n in range(count)],
            "name": [f"Mug number {n}" for n in range(count)],
            "price": [204.0 + n for n in range(count)],
        }
    )


def test_a_frame_becomes_banners_and_a_table_with_its_rows_and_index(tmp_path: Path) -> None:
    """Rows that fail, and rows that are empty, still have their place; a filter has left holes in the index."""
    frame = products(4)
    frame.index = pd.Index([2, 5, 7, 11])
    frame.loc[5, "name"] = None
    frame.loc[7] = None
    events: list[Event] = []
    result = bulkgen.run_sync(frame, job="spring prices", mapping=MAPPING, on_event=events.append)

    assert (result.job, result.exit_code, result.ok, result.stopped) == ("spring prices", 1, False, "")
    assert result.account["rows"] == {"done": 2, "invalid": 1}
    assert [(row.number, row.key, row.status) for row in result.rows] == [
        (2, "A-0", "done"),
        (3, "A-1", "invalid"),
        (5, "A-3", "done"),
    ]
    assert "title" in result.rows[1].detail
    banner = result.rows[0].formats["medium-rectangle"]
    assert banner.file is not None
    assert banner.file.read_bytes().startswith(JPEG)
    assert (tmp_path / banner.url).samefile(banner.file)
    assert result.report == tmp_path / "spring-prices.generated.csv"
    assert any(isinstance(event, RunEnded) and event.exit_code == 1 for event in events)

    table = result.to_pandas()
    assert list(table.index) == [2, 5, 7, 11]
    assert list(table["sku"]) == ["A-0", "A-1", "", "A-3"]
    assert list(table["price"]) == ["204", "205", "", "207"], "whole numbers are written without a point"
    assert list(table["bulkgen status"]) == ["done", "invalid", "", "done"]
    assert table.loc[2, "medium-rectangle url"] == banner.url
    report = pd.read_csv(result.report, dtype=str, keep_default_na=False, skip_blank_lines=False, encoding="utf-8-sig")
    assert list(report.columns) == list(table.columns)
    assert report.loc[0].to_list() == table.loc[2].to_list()
    assert not list(tmp_path.glob("*.csv.*")), "what the run was written to is gone with it"


def test_a_path_runs_with_the_mapping_beside_it_and_a_rerun_sends_nothing(tmp_path: Path) -> None:
    """The library and the command must know each other's work, or a banner is paid for twice."""
    sheet = tmp_path / "in" / "products.csv"
    sheet.parent.mkdir()
    products().to_csv(sheet, index=False)
    mapping = tmp_path / "in" / "mapping.yaml"
    mapping.write_text(
        "design: product-card\nkey: sku\nformats: [medium-rectangle]\nelements: {title: '{{ name }}'}\n", "utf-8"
    )
    first = bulkgen.run_sync(sheet)
    assert first.ok
    assert first.report == sheet.with_name("products.generated.csv")
    assert list(first.to_pandas()["bulkgen status"]) == ["done"] * 3

    again = bulkgen.run_sync(str(sheet), mapping=str(mapping))
    assert again.account["attempts"] == {}
    assert [row.status for row in again.rows] == ["reused"] * 3
    assert [row.formats for row in again.rows] == [row.formats for row in first.rows]
    command = [sys.executable, "-m", "bulkgen", "run", str(sheet), "--progress", "none"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "Nothing to do" in done.stdout, done.stdout + done.stderr

    fed_back = bulkgen.run_sync(first.report, mapping=mapping)
    assert list(fed_back.to_pandas().columns) == list(first.to_pandas().columns), "updated, not added"
    assert list(fed_back.to_pandas()["bulkgen status"]) == ["reused"] * 3


def test_it_is_awaited_inside_a_running_loop_where_the_synchronous_form_refuses(tmp_path: Path) -> None:
    """A notebook always has a loop running; stopping it would stop the notebook."""

    async def notebook() -> bulkgen.Result:
        with pytest.raises(ConfigError, match=r"await bulkgen\.run") as refused:
            bulkgen.run_sync(products(), job="notebook", mapping=MAPPING)
        assert refused.value.code == "running_loop"
        return await bulkgen.run(
            products(1),
            job="notebook",
            mapping=build_mapping(MAPPING),
            home=tmp_path / "state",
            out=tmp_path / "out.xlsx",
            provider="studio",
        )

    result = asyncio.run(notebook())
    assert result.ok
    assert result.report == tmp_path / "out.xlsx"
    assert result.report.read_bytes().startswith(b"PK")
    assert (tmp_path / "state" / "ledger.sqlite3").exists()
    assert not (tmp_path / ".bulkgen").exists()


def test_a_cancelled_run_ends_its_studio_and_the_next_one_goes_on(tmp_path: Path) -> None:
    """A closed notebook cell must leave neither a process that renders on, nor a banner that is made twice."""
    count = 30
    home = tmp_path / ".bulkgen"

    async def cancelled() -> int:
        settled = asyncio.Event()

        def listen(event: Event) -> None:
            if isinstance(event, Settled):
                settled.set()

        run = asyncio.create_task(bulkgen.run(products(count), job="long", mapping=MAPPING, on_event=listen))
        await settled.wait()
        assert live(home / "studio") is not None
        run.cancel()
        with pytest.raises(asyncio.CancelledError):
            await run
        left = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        return len(left)

    assert asyncio.run(cancelled()) == 0
    assert live(home / "studio") is None, "the embedded studio has ended"
    assert not list(tmp_path.glob("long.generated*")), "no half of a report"

    result = bulkgen.run_sync(products(count), job="long", mapping=MAPPING)
    assert result.ok, result.account
    assert len({row.request for row in result.rows}) == count
    assert result.account["plan"]["reused"] + result.account["plan"]["open"] > 0, "something was kept of the first run"
    last = bulkgen.run_sync(products(count), job="long", mapping=MAPPING)
    assert last.account["attempts"] == {}
    assert [row.request for row in last.rows] == [row.request for row in result.rows]


REFUSALS: dict[str, tuple[Callable[[], object], type[bulkgen.BulkgenError], str]] = {
    "a frame without a job": (lambda: bulkgen.run_sync(products(), mapping=MAPPING), ConfigError, 'job="'),
    "a job of no letters": (lambda: bulkgen.run_sync(products(), job="--", mapping=MAPPING), ConfigError, 'job="'),
    "no sheet at all": (
        lambda: bulkgen.run_sync([1, 2], job="x"),
        ConfigError,
        "path or a pandas DataFrame, not a list",
    ),  # type: ignore[arg-type]
    "no such file": (lambda: bulkgen.run_sync("nowhere.csv"), SheetError, "no such file"),
    "an unknown choice": (
        lambda: bulkgen.run_sync(products(), job="x", duplicates="frist"),
        ConfigError,
        "Did you mean 'first'",
    ),
    "an unknown provider": (lambda: bulkgen.run_sync(products(), job="x", provider="abysale"), ConfigError, "abyssale"),
    "a field that no mapping has": (
        lambda: bulkgen.run_sync(products(), job="x", mapping={**MAPPING, "desing": "a"}),
        MappingError,
        "did you mean 'design'",
    ),
    "an unknown design": (
        lambda: bulkgen.run_sync(products(), job="x", design="product-crad"),
        DesignError,
        "product-card",
    ),
    "an address that is none": (lambda: bulkgen.run_sync(products(), job="x", base_url="nowhere"), ConfigError, "http"),
    "the hosted API without a key": (
        lambda: bulkgen.run_sync(products(), job="x", mapping=MAPPING, provider="abyssale"),
        ConfigError,
        "needs an API key",
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_a_call_that_cannot_be_right_is_refused_with_the_remedy(case: str) -> None:
    call, kind, words = REFUSALS[case]
    with pytest.raises(kind) as refused:
        call()
    assert words in str(refused.value)


def test_the_key_that_is_given_comes_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a program that serves two workspaces bills the wrong one."""
    from bulkgen import library

    monkeypatch.setenv(API_KEY_NAME, "from-the-environment")
    given = library._given(None, "given", "http://127.0.0.1:1/")
    settings = Profile().settings(os.environ | given, given=given)
    assert (settings.api_key, settings.base_url) == ("given", "http://127.0.0.1:1")
    assert Profile().settings(os.environ).api_key == "from-the-environment"


def test_a_table_of_results_needs_the_copy_of_the_sheet(tmp_path: Path) -> None:
    result = bulkgen.run_sync(products(1), job="gone", mapping=MAPPING)
    for kept in (tmp_path / ".bulkgen" / "inputs").iterdir():
        kept.unlink()
    with pytest.raises(bulkgen.BulkgenError, match="copy of the input is gone"):
        result.to_pandas()


def test_the_programs_of_the_page_run_as_they_stand_and_without_a_guard(tmp_path: Path) -> None:
    """Who starts here starts with a script that has no `if __name__ == "__main__"`."""
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "library.md").read_text("utf-8"), re.DOTALL)
    (tmp_path / "program.py").write_text("".join(blocks), "utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "error", "program.py"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert [line.split()[:2] for line in lines[:2]] == [["A-1", "done"], ["A-2", "done"]], done.stdout
    assert Path(lines[0].split(" ", 2)[2]).read_bytes().startswith(JPEG)
    key, seconds, file = lines[3].split(" ", 2)
    assert (key, seconds, Path(file).read_bytes()[:2]) == ("A-1", "15.0", b"PK")


def test_pictures_of_a_frame_start_in_the_current_folder_and_its_job_can_be_reported_later(tmp_path: Path) -> None:
    """The file that a DataFrame was written to is gone after the run: nothing may still lean on it."""
    picture = next((ROOT / "examples" / "product-cards" / "images").iterdir())
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / picture.name).write_bytes(picture.read_bytes())
    frame = products(1).assign(photo=f"images/{picture.name}")
    mapping = MAPPING | {"elements": {"title": "{{ name }}", "photo": "{{ photo }}"}}
    result = bulkgen.run_sync(frame, job="pictures", mapping=mapping)
    assert result.ok, result.rows

    command = [sys.executable, "-m", "bulkgen"]
    status = subprocess.run([*command, "status", "pictures"], capture_output=True, text=True, check=False)
    assert "a DataFrame" in status.stdout, status.stdout + status.stderr
    later = subprocess.run(
        [*command, "report", "pictures", "-o", "later.csv"], capture_output=True, text=True, check=False
    )
    assert later.returncode == 0, later.stderr
    assert (tmp_path / "later.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_two_runs_in_one_loop_share_the_home_and_its_studio() -> None:
    """A program that awaits several at once must not be told that it is in its own way."""

    async def both() -> list[bulkgen.Result]:
        frames = products(4)
        runs = [bulkgen.run(frames[half::2], job=f"half {half}", mapping=MAPPING) for half in range(2)]
        return await asyncio.gather(*runs)

    results = asyncio.run(both())
    assert [result.account["rows"] for result in results] == [{"done": 2}, {"done": 2}]
    assert [list(result.to_pandas()["sku"]) for result in results] == [["A-0", "A-2"], ["A-1", "A-3"]]


def test_what_moves_has_its_length_and_the_picture_for_its_place(tmp_path: Path) -> None:
    """Who hands ads in needs both, and the table must say of them what the report does."""
    sheet = pd.DataFrame({"id": ["a"], "title": ["A chair"]})
    mapping = {
        "design": "display-set",
        "formats": ["leaderboard"],
        "elements": {"title": "{{ title }}"},
        "output": {"image_file_type": "html5", "html5": {"click_tag": "https://shop.test/"}},
    }
    result = bulkgen.run_sync(sheet, job="ads", mapping=mapping)
    banner = result.rows[0].formats["leaderboard"]
    assert (banner.error, banner.seconds) == ("", 15.0)
    assert banner.file is not None
    assert banner.file.suffix == ".zip"
    assert (result.report.parent / banner.fallback).read_bytes().startswith(JPEG)
    told = result.to_pandas().loc[0]
    assert (told["leaderboard fallback"], told["leaderboard duration"]) == (banner.fallback, "15")
