"""Real worker processes: what kills one, what it may cost, and that none is left behind."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import aiohttp
import pytest
import workshop
from workshop import PATIENCE_SECONDS, generate, result, run, studio, write_design

pytest.importorskip("skia")

from bulkgen.studio.pool import WorkerPool
from bulkgen.studio.task import Failed, Made, RenderResult, RenderTask
from bulkgen.studio.worker import enter_worker, render_generation

MEGABYTE = 1024 * 1024
FONTS = Path(__file__).parents[2] / "templates" / "fonts"

Render = Callable[[RenderTask], RenderResult]


def workers(memory_bytes: int = 1024 * MEGABYTE) -> ProcessPoolExecutor:
    return WorkerPool(2, enter_worker, memory_bytes)


def task(**more: object) -> RenderTask:
    body = workshop.json.dumps(workshop.design_body()).encode()
    facts = {"design_body": body, "format_ids": ("wide",), "elements": {}, "files_folder": "", "timeout_seconds": 0.2}
    return RenderTask(**{**facts, **more})  # type: ignore[arg-type]


def test_a_render_that_kills_its_worker_costs_its_own_format_only(tmp_path: Path) -> None:
    """A crash in C code must not lose the run, nor the rows that happened to be in flight."""

    async def main() -> None:
        async with studio(tmp_path, render=workshop.die_on_tall, make_executor=workers) as (server, client):
            titles = ["a", "b", "die", "c", "d", "e"]
            ids = [await generate(client, {"elements": {"title": {"payload": title}}}) for title in titles]
            bodies = [await result(server, client, generation_id) for generation_id in ids]
            assert [len(body["banners"]) for body in bodies] == [2, 2, 1, 2, 2, 2]
            assert "crashed the renderer" in bodies[2]["errors"][0]["reason"]
            assert server.pool.rebuilt == 2

    run(main())


def test_a_worker_lowers_quality_until_a_file_fits_and_says_so_where_none_does(tmp_path: Path) -> None:
    """A file over the limit that counts as made is found out by the network that refuses it."""
    folders = {"files_folder": str(tmp_path), "fonts": (str(FONTS),), "timeout_seconds": 30.0}
    (whole,) = render_generation(task(**folders)).outcomes
    assert isinstance(whole, Made)
    limit = whole.size_bytes * 3 // 4
    (fitted,) = render_generation(task(**folders, max_bytes=limit)).outcomes
    assert isinstance(fitted, Made)
    assert fitted.size_bytes == (tmp_path / fitted.key).stat().st_size <= limit
    (failed,) = render_generation(task(**folders, max_bytes=100, file_type="png")).outcomes
    assert isinstance(failed, Failed)
    assert "this type of file has no quality to lower; use jpeg or webp" in failed.reason


@pytest.mark.parametrize(
    ("render", "told"),
    [
        (workshop.loop_forever, "it took longer than 0.2 s"),
        (workshop.hang_in_c, "it took longer than 0.2 s"),
        (workshop.eat_memory, "it needs more memory than a worker may use"),
    ],
)
def test_a_render_is_held_to_its_time_and_memory(tmp_path: Path, render: Render, told: str) -> None:
    """One hostile picture must not stop the machine; the hard limit is for code that does not look up."""

    async def main() -> None:
        async with studio(tmp_path, render=render, make_executor=workers, render_timeout_seconds=0.2) as (
            server,
            client,
        ):
            body = await result(server, client, await generate(client, {"template_format_names": ["wide"]}))
            assert body["errors"] == [{"template_format_name": "wide", "reason": told}]

    run(main())


def test_no_worker_survives_a_stop(tmp_path: Path) -> None:
    """Left-over processes would hold memory after every run."""

    async def main() -> int:
        async with studio(tmp_path, render=workshop.process_id, make_executor=workers) as (server, client):
            body = await result(server, client, await generate(client, {"template_format_names": ["wide"]}))
            return int(body["errors"][0]["reason"])

    process_id = run(main())
    with pytest.raises(ProcessLookupError):
        os.kill(process_id, 0)


def test_a_script_without_a_guard_is_not_run_again_in_its_workers(tmp_path: Path) -> None:
    """multiprocessing would run a library user's script once more in each worker."""
    script = tmp_path / "script.py"
    script.write_text(
        "import sys\n"
        "from bulkgen.studio.pool import WorkerPool\n"
        "print('begun')\n"
        "pool = WorkerPool(1, print, 'ready')\n"
        "print(pool.submit(len, 'four').result())\n"
        "pool.shutdown()\n"
    )
    out = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=True)
    assert out.stdout.split().count("begun") == 1, out.stdout
    assert "4" in out.stdout.split()


def test_the_worker_entry_can_be_called_in_process(tmp_path: Path) -> None:
    """A benchmark compares the run against it; no limit may end its process."""
    made = render_generation(task(files_folder=str(tmp_path), fonts=(str(FONTS),), timeout_seconds=60))
    (outcome,) = made.outcomes
    assert not isinstance(outcome, Failed), outcome
    assert (tmp_path / outcome.key).stat().st_size == outcome.size_bytes
    assert (outcome.width, outcome.height) == (200, 100)


@contextlib.contextmanager
def studio_process(folder: Path, credit: int) -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [sys.executable, Path(workshop.__file__).with_name("studio_process.py"), folder / "studio"]
    process = subprocess.Popen(
        [*command, folder / "designs", FONTS, str(credit)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield process, process.stdout.readline().strip()
    finally:
        process.kill()
        process.communicate(timeout=PATIENCE_SECONDS)


def test_a_studio_killed_while_it_renders_finishes_when_it_is_back(tmp_path: Path) -> None:
    """`kill -9` loses and doubles nothing, pays nothing twice, and leaves no process of ours behind."""
    write_design(tmp_path / "designs")
    count = 40

    async def accept(url: str) -> list[str]:
        async with aiohttp.ClientSession(url) as client:
            return [
                await generate(client, {"elements": {"title": {"payload": f"row {i}"}}}, key=f"key-{i}")
                for i in range(count)
            ]

    async def refused(url: str) -> int:
        async with aiohttp.ClientSession(url) as client:
            path = f"/async/banner-builder/{workshop.DESIGN_ID}/generate"
            async with client.post(path, json={}) as answer:
                return answer.status

    # Exactly what they cost: were one paid twice, another would be refused.
    credit = 2 * count

    with studio_process(tmp_path, credit) as (process, url):
        ids = run(accept(url))
        process.kill()
        # The workers hold the other end of this pipe: it ends when the last of them is gone.
        process.communicate(timeout=PATIENCE_SECONDS)
    assert _count(tmp_path, "state = 'finalized'") < count, "it was to be killed with work left"

    with studio_process(tmp_path, credit) as (process, url):
        assert run(accept(url)) == ids, "a repeat is answered though all is spent"
        assert run(refused(url)) == 429
        process.communicate("finish\n", timeout=PATIENCE_SECONDS)
        assert process.returncode == 0
    assert _count(tmp_path, "state = 'finalized'") == count
    banners = _read(tmp_path, "SELECT count(*), count(DISTINCT id) FROM banners")
    assert banners == [(2 * count, 2 * count)]
    assert _read(tmp_path, "SELECT spent, held FROM balance") == [(2 * count, 0)], "each is paid once"
    files = [path.name for path in (tmp_path / "studio" / "files").iterdir() if not path.name.startswith(".")]
    assert len(files) == 2 * count


def _count(folder: Path, where: str) -> int:
    return int(_read(folder, f"SELECT count(*) FROM generations WHERE {where}")[0][0])


def _read(folder: Path, statement: str) -> list[tuple[int, ...]]:
    with contextlib.closing(sqlite3.connect(folder / "studio" / "studio.sqlite3")) as connection:
        return connection.execute(statement).fetchall()
