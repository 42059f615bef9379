"""Starts the real command over and over, each time as a process of its own that can be killed, without loading it anew.

    (stdin) one request a line  ->  fork, run the command  ->  (stdout) its pid; how it ended when that is asked for

The program is loaded once and forked for each command, which halves the cost of the many commands that the crash tests
need. A child shares nothing with the next: it has its own memory, files and signals, and `kill -9` ends it like any
other.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# Longer than any command here takes: one that reaches it hangs.
PATIENCE_SECONDS = 300


@dataclass
class Ended:
    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        return f"exit code {self.code}\n{self.out}{self.err}"

    @property
    def was_killed(self) -> bool:
        return self.code == -signal.SIGKILL


@dataclass
class Running:
    nursery: Nursery
    pid: int
    out: Path
    err: Path

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)

    def wait_for(self, *words: str) -> None:
        """Until the command has said one of them."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not any(word in self.err.read_text() for word in words):
            assert time.monotonic() < deadline, self.err.read_text()
            time.sleep(0.005)

    def wait(self) -> Ended:
        code = self.nursery.ask({"wait": self.pid})
        assert code is not None, f"the command hung:\n{self.err.read_text()}"
        return Ended(code, self.out.read_text(), self.err.read_text())


@dataclass
class Nursery:
    process: subprocess.Popen[str]
    numbers: list[int] = field(default_factory=list)

    def ask(self, request: dict[str, Any]) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def start(
        self,
        folder: Path,
        arguments: Sequence[str],
        *,
        environment: dict[str, str] | None = None,
        trap: tuple[str, int] | None = None,
        loses: Path | None = None,
        pace: float | None = None,
    ) -> Running:
        """`loses`: a file that is gone when the rows are about to be sent. `pace`: calls a second; None: no limit."""
        self.numbers.append(len(self.numbers))
        out, err = (folder / f"{len(self.numbers)}.{name}" for name in ("out", "err"))
        out.touch()
        err.touch()
        request = {
            "arguments": list(arguments),
            "folder": str(folder),
            "environment": environment or {},
            "trap": trap,
            "loses": str(loses) if loses else None,
            "pace": pace,
            "out": str(out),
            "err": str(err),
        }
        return Running(self, self.ask(request), out, err)

    def run(self, folder: Path, arguments: Sequence[str], **more: Any) -> Ended:
        return self.start(folder, arguments, **more).wait()


@contextlib.contextmanager
def open_nursery() -> Iterator[Nursery]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("ABYSSALE_", "BULKGEN_"))}
    with subprocess.Popen(
        [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        try:
            yield Nursery(process)
        finally:
            assert process.stdin is not None
            process.stdin.close()
            process.wait(PATIENCE_SECONDS)


def _serve() -> None:
    import bulkgen.cli.main
    import bulkgen.cli.run
    import bulkgen.pipeline  # noqa: F401

    for line in sys.stdin:
        request = json.loads(line)
        answer = _end_of(request["wait"]) if "wait" in request else _fork(request)
        print(json.dumps(answer), flush=True)


def _fork(request: dict[str, Any]) -> int:
    pid = os.fork()
    if pid:
        return pid
    try:
        _run(request)
    except SystemExit as ended:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(ended.code if isinstance(ended.code, int) else 1)
    except BaseException:
        import traceback

        traceback.print_exc()
        sys.stderr.flush()
    os._exit(99)


def _run(request: dict[str, Any]) -> None:
    for path, number, flags in (
        (os.devnull, 0, os.O_RDONLY),
        (request["out"], 1, os.O_WRONLY | os.O_CREAT | os.O_TRUNC),
        (request["err"], 2, os.O_WRONLY | os.O_CREAT | os.O_TRUNC),
    ):
        os.dup2(os.open(path, flags), number)
    os.chdir(request["folder"])
    os.environ.update({"BULKGEN_TRACEBACK": "1"} | request["environment"])
    import trap

    trap.hurry(request["pace"])
    if request["trap"]:
        trap.arm(*request["trap"])
    if request["loses"]:
        trap.lose(Path(request["loses"]))
    from bulkgen.cli.entry import main

    sys.argv = ["bulkgen", *request["arguments"]]
    main()


def _end_of(pid: int) -> int | None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() > deadline:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            return None
        time.sleep(0.005)


if __name__ == "__main__":
    _serve()
