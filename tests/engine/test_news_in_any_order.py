"""News that come at the one moment at which nobody expects them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fake_provider import FakeProvider, on_rows
from harness import Bench, run_studio

from bulkgen.engine import sending
from bulkgen.engine.payloads import Ready
from bulkgen.ledger.states import GenerationState
from bulkgen.testing import ManualClock


def test_a_result_that_comes_while_its_row_is_made_ready_to_be_asked_again_ends_the_row_and_not_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found by random kills. Reading a row's pictures takes a moment, and in it a webhook may bring the result of the
    sending before, whose answer was lost."""
    bench = Bench.of(tmp_path, 6)
    provider = FakeProvider(ManualClock(), on_rows("post", {"row 2": ["500 accepted"]}))
    made_ready = sending.request_body

    async def slowly(ready: Ready, **more: Any) -> bytes:
        body = await made_ready(ready, **more)
        if ready.generation.state is GenerationState.SUBMITTING:
            (accepted,) = [one for one in provider.accepted.values() if one.marker == "row 2"]
            await provider._call_back(accepted.request_id)
        return body

    monkeypatch.setattr(sending, "request_body", slowly)
    assert run_studio(bench, provider).exit_hint == 0
    assert bench.outcomes() == ["done"] * 6
    assert provider.posts.count("row 2") == 1, "there is nothing left to ask for"
