"""The runner with the studio: tokens are answered once, callbacks come, pictures go along, nothing is ever in doubt."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from fake_provider import Call, FakeProvider, on_rows, picture_of
from harness import Bench, planned_row, run_hosted, run_studio

from bulkgen.mapping.model import LocalPicture
from bulkgen.testing import ManualClock

# With the studio: tokens are answered once, callbacks come, nothing is ever in doubt.


def test_with_callbacks_hardly_a_look_is_made(tmp_path: Path) -> None:
    bench = Bench.of(tmp_path, 30)
    provider = FakeProvider(ManualClock(), render_seconds=lambda _: 0.3)
    outcome = run_studio(bench, provider)
    assert bench.outcomes() == ["done"] * 30
    assert outcome.polls == 0
    assert provider.most_unfinished <= 8


def test_a_lost_callback_costs_a_look_and_a_repeated_one_nothing(tmp_path: Path) -> None:
    bench = Bench.of(tmp_path, 12)
    provider = FakeProvider(ManualClock(), on_rows("callback", {"row 3": ["lost"], "row 5": ["twice"]}))
    outcome = run_studio(bench, provider)
    assert bench.outcomes() == ["done"] * 12
    assert provider.looks == ["row 3"]
    assert outcome.finalized == 12


def test_a_callback_may_come_before_the_answer(tmp_path: Path) -> None:
    """A fast render beats the POST's own answer; its result must not be refused for that, nor told twice."""
    bench = Bench.of(tmp_path, 6)
    outcome = run_studio(bench, FakeProvider(ManualClock(), lambda call: "late" if call.kind == "post" else ""))
    assert bench.outcomes() == ["done"] * 6
    assert outcome.accepted == outcome.finalized == 6
    told = [type(event).__name__ for event in bench.events]
    assert told.count("Submitted") == told.count("Settled") == 6


def test_a_callback_settles_a_row_whose_answer_was_lost(tmp_path: Path) -> None:
    """The row waits to be asked for again when its result comes; asking again must not leave it open for ever."""
    bench = Bench.of(tmp_path, 6)
    clock = ManualClock()

    def script(call: Call) -> str:
        return "500 accepted late" if call.kind == "post" and call.marker == "row 2" and call.tries == 1 else ""

    outcome = run_studio(bench, FakeProvider(clock, script))
    assert outcome.exit_hint == 0
    assert bench.outcomes() == ["done"] * 6
    assert outcome.accepted == outcome.finalized == 6


@pytest.mark.parametrize("fault", ["500 accepted", "reset accepted", "junk accepted", "reset", "500", "429"])
def test_the_studio_is_asked_again_under_the_same_token(tmp_path: Path, fault: str) -> None:
    """Each row is rendered once, however often its connection breaks."""
    bench = Bench.of(tmp_path, 6)
    provider = FakeProvider(ManualClock(), on_rows("post", {"row 2": [fault, fault]}))
    outcome = run_studio(bench, provider)
    assert outcome.exit_hint == 0
    assert bench.outcomes() == ["done"] * 6
    assert provider.times_accepted("row 2") == 1
    keys = {
        headers["idempotency-key"]
        for marker, headers in zip(provider.posts, provider.headers, strict=True)
        if marker == "row 2"
    }
    assert len(keys) == 1


def test_a_row_that_breaks_the_studio_each_time_is_refused_and_the_others_come(tmp_path: Path) -> None:
    bench = Bench.of(tmp_path, 6)
    provider = FakeProvider(ManualClock(), on_rows("post", {"row 2": ["500"] * 99}))
    assert run_studio(bench, provider).exit_hint == 0
    assert bench.outcomes() == ["done", "done", "refused", "done", "done", "done"]
    assert "times in a row" in bench.details()[2]


def test_an_open_attempt_of_a_dead_run_is_repeated_to_the_studio(tmp_path: Path) -> None:
    bench = Bench.of(tmp_path, 3)
    with bench.ledger() as ledger:
        (first, *_) = ledger.moves.planned(bench.job_id, after=0, limit=9)
        ledger.moves.intend(first.id, "f" * 32, 1.0)
    provider = FakeProvider(ManualClock())
    assert run_studio(bench, provider).exit_hint == 0
    assert bench.outcomes() == ["done"] * 3
    assert provider.headers[0]["idempotency-key"] == "f" * 32
    assert provider.bodies[0]["callback_url"].endswith("/callback/" + "f" * 32)


# Pictures on this disk.


def picture(path: Path, content: bytes) -> LocalPicture:
    path.write_bytes(content)
    return LocalPicture(path, hashlib.sha256(content).hexdigest(), len(content), "image/png")


def test_a_local_picture_is_sent_with_its_row(tmp_path: Path) -> None:
    photo = picture(tmp_path / "photo.png", b"not really a png")
    bench = Bench(tmp_path, [planned_row(position, pictures={"photo": photo}) for position in range(12)])
    provider = FakeProvider(ManualClock())
    assert run_studio(bench, provider).exit_hint == 0
    assert {picture_of(body, "photo") for body in provider.bodies} == {b"not really a png"}
    assert bench.outcomes() == ["done"] * 12


def test_a_picture_that_changed_is_the_row_s_refusal_before_anything_is_sent(tmp_path: Path) -> None:
    """A banner with another picture than the one that was checked is not what was asked for."""
    kept, changed = picture(tmp_path / "kept.png", b"kept"), picture(tmp_path / "changed.png", b"before")
    missing = picture(tmp_path / "missing.png", b"missing")
    bench = Bench(
        tmp_path,
        [planned_row(n, pictures={"photo": photo}) for n, photo in enumerate((kept, changed, missing))],
    )
    changed.path.write_bytes(b"after")
    missing.path.unlink()
    provider = FakeProvider(ManualClock())
    outcome = run_hosted(bench, provider)
    assert provider.posts == ["row 0"]
    assert bench.outcomes() == ["done", "refused", "refused"]
    assert "changed.png changed while the run was going" in bench.details()[1]
    assert "missing.png cannot be read any more" in bench.details()[2]
    assert bench.attempts(1) == []
    assert outcome.refused == 2
