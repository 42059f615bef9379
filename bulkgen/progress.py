"""Events -> a bar, JSON lines, or silence. The counters live here; nothing else prints while a run is on."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from enum import StrEnum
from types import TracebackType
from typing import Any, TextIO

from tqdm import tqdm

from bulkgen.events import (
    Checked,
    Event,
    Planned,
    Pulse,
    RowsSettled,
    RunEnded,
    Said,
    Stopped,
    Throttled,
)

# What takes no longer needs no bar: it would flicker.
QUIET_SECONDS = 1.0


class ProgressKind(StrEnum):
    BAR = "bar"
    JSON = "json"
    NONE = "none"


class Progress:
    """A listener that is opened and closed. The silent one; the others build on it."""

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __call__(self, event: Event) -> None:
        """Take note of `event`."""

    def close(self) -> None:
        """The run is over."""


class BarProgress(Progress):
    """A bar of rows on a terminal, and beside it how the run stands. Lines of text go above it."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._bar: tqdm[Any] | None = None
        self._failed = 0
        self._pulse: Pulse | None = None
        self._looked_at = ""

    def __repr__(self) -> str:
        return f"<BarProgress failed={self._failed} {self._pulse}>"

    def __call__(self, event: Event) -> None:
        match event:
            case Said(text):
                self._say(text)
            case Checked():
                self._check(event)
            case Planned(rows_open=rows) if rows:
                self._open(rows)
            case Pulse():
                self._pulse = event
                self._show()
            case RowsSettled(done, failed):
                self._failed += failed
                if self._bar is not None:
                    self._bar.update(done + failed)
                    self._show()
            case Throttled(seconds, scope, reason):
                self._say(f"pausing {scope} for {seconds:,.0f} s: {reason}")
            case Stopped(reason):
                self._say(f"no more submissions: {reason}")
            case RunEnded():
                self.close()

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None
        self._looked_at = ""

    def _check(self, event: Checked) -> None:
        """Before the run: a bar of its own for each thing that is looked at, gone when it is done."""
        if event.what != self._looked_at:
            self.close()
            self._looked_at = event.what
            layout = "preflight: {n_fmt} {unit} [{elapsed}]"
            if event.of_all:
                layout = "preflight: {l_bar}{bar}| {n_fmt}/{total_fmt} {unit} [{elapsed}<{remaining}]"
            self._bar = tqdm(
                total=event.of_all or None,
                unit=event.what,
                file=self._stream,
                bar_format=layout,
                leave=False,
                delay=QUIET_SECONDS,
            )
        assert self._bar is not None
        self._bar.update(event.done - self._bar.n)
        if event.done == event.of_all:
            self.close()

    def _open(self, rows: int) -> None:
        self.close()
        layout = "{l_bar}{bar}| {n_fmt}/{total_fmt} rows [{elapsed}{postfix}]"
        self._bar = tqdm(total=rows, unit="row", file=self._stream, bar_format=layout, dynamic_ncols=True)
        self._show()

    def _show(self) -> None:
        # Never a refresh of its own: at thousands of updates a second that would cost more than the work.
        if self._bar is not None:
            self._bar.set_postfix_str(standing(self._pulse, self._failed), refresh=False)

    def _say(self, text: str) -> None:
        if self._bar is not None:
            tqdm.write(text, file=self._stream)
        else:
            self._stream.write(f"{text}\n")
            self._stream.flush()


def standing(pulse: Pulse | None, failed: int) -> str:
    """How a run stands, in a line: what a person waits for first, then what may be wrong, then the budget."""
    said = []
    if pulse is not None and pulse.seconds_left is not None:
        said.append(f"{_duration(pulse.seconds_left)} left")
    if failed:
        said.append(f"{failed:,} failed")
    if pulse is not None:
        if pulse.in_doubt:
            said.append(f"{pulse.in_doubt:,} in doubt")
        said.append(f"{pulse.submitted:,} sent, {pulse.unfinished:,} open")
        if pulse.pace is not None:
            said.append(f"{pulse.calls_per_second:.1f} of {pulse.pace:.1f} calls/s")
            said.append(f"{pulse.polls_per_row:.2f} polls/row")
        if pulse.credits is not None:
            said.append(f"{pulse.credits:,} credits")
    return ", ".join(said)


def _duration(seconds: float) -> str:
    return str(tqdm.format_interval(seconds))


class JsonProgress(Progress):
    """One JSON object a line: `event` names the kind, the other keys are its fields."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __repr__(self) -> str:
        return "<JsonProgress>"

    def __call__(self, event: Event) -> None:
        body = {"event": _snake(type(event).__name__)} | asdict(event)
        self._stream.write(json.dumps(body, ensure_ascii=False) + "\n")
        self._stream.flush()


def open_progress(kind: ProgressKind | None, stream: TextIO | None = None) -> Progress:
    """The listener for `--progress`; by default a bar, also where there is no terminal, but then without redrawing."""
    target = stream or sys.stderr
    match kind:
        case ProgressKind.JSON:
            return JsonProgress(target)
        case ProgressKind.NONE:
            return Progress()
        case _:
            return BarProgress(target)


def _snake(name: str) -> str:
    return "".join(f"_{char.lower()}" if char.isupper() else char for char in name).lstrip("_")
