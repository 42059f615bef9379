"""The notice at the end of a run: what it says, how often it is tried, and that its address is never shown."""

from __future__ import annotations

import asyncio
import json
import socket

import pytest
from listening import Answer, Call, Listening

from bulkgen.notice import Notice
from bulkgen.notifying import ATTEMPTS, PAUSES_SECONDS, notify
from bulkgen.testing import START, ManualClock

TOKEN = "t0ken-in-the-path"
NOTICE = Notice("nightly", 1, START, START + 90, {"done": 1_200, "failed": 3}, 1_203.0, "/out/feed.csv", "")


def send(url: str, clock: ManualClock | None = None, *, timeout_seconds: float = 10.0) -> str:
    return asyncio.run(notify(url, NOTICE, clock or ManualClock(), timeout_seconds=timeout_seconds))


def test_a_notice_is_facts_for_a_program_and_a_text_for_people() -> None:
    body = NOTICE.to_json()
    assert body.pop("text") == (
        "bulkgen nightly: 1,200 done, 3 failed (exit code 1), 1,203 credits used\nReport: /out/feed.csv"
    )
    assert body == {
        "job": "nightly",
        "exit_code": 1,
        "rows": {"done": 1200, "failed": 3},
        "credits": 1203.0,
        "report": "/out/feed.csv",
        "stopped": None,
        "started_at": "2023-11-14T22:13:20Z",
        "ended_at": "2023-11-14T22:14:50Z",
    }
    early = Notice("feed", 2, START, START, stopped="no such file")
    assert early.text == "bulkgen feed: no rows (exit code 2)\nStopped: no such file"
    assert early.to_json()["credits"] is None


def test_it_arrives_as_one_post_of_json() -> None:
    with Listening() as server:
        assert send(f"{server.url}/services/{TOKEN}?a=b") == ""
    (call,) = server.calls
    assert (call.method, call.target) == ("POST", f"/services/{TOKEN}?a=b")
    assert call.headers["Content-Type"] == "application/json"
    assert json.loads(call.body) == NOTICE.to_json()


@pytest.mark.parametrize("fault", [(500, b"{}"), (503, b"{}"), None])
def test_what_may_pass_is_tried_again_and_then_told_of(fault: Answer) -> None:
    clock = ManualClock()
    with Listening(lambda call: fault) as server:
        why = send(f"{server.url}/{TOKEN}", clock)
    assert len(server.calls) == ATTEMPTS
    assert clock.monotonic() == sum(PAUSES_SECONDS)
    assert why.startswith("127.0.0.1 was not told")
    assert TOKEN not in why


def test_one_good_answer_is_enough() -> None:
    answers = iter([(502, b""), (200, b"ok")])

    def answer(call: Call) -> Answer:
        return next(answers)

    with Listening(answer) as server:
        assert send(server.url) == ""
    assert len(server.calls) == 2


@pytest.mark.parametrize(("status", "words"), [(404, "HTTP 404"), (403, "HTTP 403"), (302, "a redirect")])
def test_what_will_not_pass_is_tried_once_and_a_redirect_is_not_followed(status: int, words: str) -> None:
    """A repeated refusal is noise; a redirect followed would take the notice to where nobody sent it."""
    with Listening(lambda call: (status, b"")) as server:
        assert words in send(f"{server.url}/{TOKEN}")
    assert [call.target for call in server.calls] == [f"/{TOKEN}"]


def test_nobody_there_is_told_of_without_the_address() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        why = send(f"http://127.0.0.1:{taken.getsockname()[1]}/{TOKEN}")
    assert "no connection" in why
    assert TOKEN not in why


def test_silence_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        why = send(f"http://127.0.0.1:{silent.getsockname()[1]}/{TOKEN}", timeout_seconds=0.05)
    assert "no answer within 0.05 s" in why
