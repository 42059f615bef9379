"""`kill -9` on both sides of every move of the state table, and whatever is true then stays true.

The moves are the ledger's own table: one that is added there without a way to provoke it here fails this file. Each is
provoked on a provider that bills and on the studio of the home, killed before its commit, killed again after it, and
run to the end.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import web
from nursery import Nursery
from provider import open_provider, write_sheet
from trap import Move, name_of

from bulkgen.ledger.states import TRANSITIONS, GenerationEvent, GenerationState
from bulkgen.studio.fault_calls import PERFORMANCES, Struck
from bulkgen.studio.faults import KINDS, Kind, Place, Rule

_State, _Event = GenerationState, GenerationEvent
ROWS = 5
PIXEL = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mP4DwABAQEAHLCMmQAAAABJRU5ErkJggg==")
EVERY_OTHER = frozenset(range(2, 40, 2))
REFUSES = "400_refused"


@dataclass(frozen=True)
class Way:
    """How a move is provoked: the provider's faults, the options of the run, and a kill that must come before it."""

    faults: tuple[Rule, ...] = ()
    options: tuple[str, ...] = ()
    first: Move | None = None
    first_ends_well: bool = False
    loses_picture: bool = False
    has_webhooks: bool = False


def at_generate(fault: str, seconds: float | None = None) -> Way:
    return Way((Rule(fault, Place.GENERATE, EVERY_OTHER, seconds=seconds),))


PLAIN = Way()
GONE = Way((Rule("gone", nth=EVERY_OTHER),))
NOT_ACCEPTED = (_State.SUBMITTING, _Event.NOT_ACCEPTED)

# "bills": the hosted API, which knows no idempotency key. "studio": the studio of the home, which does.
WAYS: dict[tuple[str, Move], Way] = {
    ("bills", (_State.PLANNED, _Event.INTENDED)): PLAIN,
    ("bills", (_State.PLANNED, _Event.UNSENDABLE)): Way(loses_picture=True),
    ("bills", (_State.PLANNED, _Event.REPLANNED)): Way(at_generate("429_bare").faults, first=NOT_ACCEPTED),
    ("bills", (_State.SUBMITTING, _Event.ACCEPTED)): PLAIN,
    ("bills", NOT_ACCEPTED): at_generate("429_bare"),
    ("bills", (_State.SUBMITTING, _Event.REFUSED)): Way((Rule(REFUSES, Place.GENERATE),)),
    ("bills", (_State.SUBMITTING, _Event.UNANSWERED)): at_generate("503_after"),
    ("bills", (_State.SUBMITTING, _Event.TOKEN_SEEN)): Way(at_generate("stall", 0.5).faults, has_webhooks=True),
    ("bills", (_State.IN_DOUBT, _Event.TOKEN_SEEN)): Way(
        (*at_generate("503_after").faults, Rule("slow_render", seconds=0.3, distribution="fixed")), has_webhooks=True
    ),
    ("bills", (_State.IN_DOUBT, _Event.RESUBMITTED)): Way(
        (Rule("503_after", Place.GENERATE, frozenset({1, 4})),), ("--resubmit-in-doubt",), first_ends_well=True
    ),
    ("bills", (_State.SUBMITTED, _Event.FINALIZED)): PLAIN,
    ("bills", (_State.SUBMITTED, _Event.GONE)): GONE,
    ("studio", (_State.PLANNED, _Event.INTENDED)): PLAIN,
    ("studio", (_State.PLANNED, _Event.UNSENDABLE)): Way(loses_picture=True),
    ("studio", (_State.PLANNED, _Event.REPLANNED)): Way(at_generate("429_plan").faults, first=NOT_ACCEPTED),
    ("studio", (_State.SUBMITTING, _Event.REPEATED)): Way(first=(_State.PLANNED, _Event.INTENDED)),
    ("studio", (_State.SUBMITTING, _Event.ACCEPTED)): PLAIN,
    ("studio", NOT_ACCEPTED): at_generate("429_plan"),
    ("studio", (_State.SUBMITTING, _Event.REFUSED)): Way((Rule(REFUSES, Place.GENERATE),)),
    ("studio", (_State.SUBMITTING, _Event.TOKEN_SEEN)): at_generate("stall", 0.5),
    ("studio", (_State.SUBMITTED, _Event.FINALIZED)): PLAIN,
    ("studio", (_State.SUBMITTED, _Event.GONE)): Way((*GONE.faults, Rule("lost_callback"))),
}

NEVER: dict[tuple[str, Move], str] = {
    ("bills", (_State.SUBMITTING, _Event.REPEATED)): "a token means nothing to it, so nothing is sent again under one",
    ("studio", (_State.SUBMITTING, _Event.UNANSWERED)): "it answers a token once, so it is asked again",
    ("studio", (_State.IN_DOUBT, _Event.TOKEN_SEEN)): "nothing is ever in doubt there",
    ("studio", (_State.IN_DOUBT, _Event.RESUBMITTED)): "nothing is ever in doubt there",
}


async def refuse_odd_rows(struck: Struck) -> web.StreamResponse:
    """The studio refuses nothing that was checked before it was sent; another provider may."""
    body = await struck.request.json()
    if int(body["elements"]["title"]["payload"].removeprefix("Vase ")) % 2:
        return web.json_response({"id": "invalid_payload", "message": "title: Not today."}, status=400)
    return await struck.handler(struck.request)


def test_every_move_of_the_table_has_its_kills() -> None:
    """A move that nobody kills is one whose order of disk and wire nobody has looked at."""
    assert set(WAYS) | set(NEVER) == {(kind, move) for kind in ("bills", "studio") for move in TRANSITIONS}
    assert not set(WAYS) & set(NEVER)


@pytest.mark.parametrize("is_written", [False, True], ids=["not yet on disk", "on disk"])
@pytest.mark.parametrize(
    ("kind", "move"), WAYS, ids=[f"{kind}: {state.value}, {event.value}" for kind, (state, event) in WAYS]
)
def test_a_kill_on_either_side_of_a_move_loses_and_doubles_nothing(
    tmp_path: Path, nursery: Nursery, monkeypatch: pytest.MonkeyPatch, kind: str, move: Move, is_written: bool
) -> None:
    """A wrong order of disk and wire at any of them is a banner lost, or one paid for twice."""
    way = WAYS[kind, move]
    monkeypatch.setitem(KINDS, REFUSES, Kind("400"))
    monkeypatch.setitem(PERFORMANCES, REFUSES, refuse_odd_rows)
    picture = tmp_path / "photo.png" if way.loses_picture else None
    if picture is not None:
        picture.write_bytes(PIXEL)
    write_sheet(tmp_path, ROWS, picture=picture)
    with open_provider(tmp_path, nursery, *way.faults, bills=kind == "bills") as provider:
        if way.first_ends_well:
            provider.finish()
        if way.first is not None:
            assert provider.run(trap=(name_of(way.first, is_written=True), 1)).was_killed
        in_doubt = [row["name"] for row in provider.report() if row["bulkgen status"] == "in doubt"]
        options = way.options + (provider.webhooks() if way.has_webhooks else ())
        killed = provider.run(*options, trap=(name_of(move, is_written=is_written), 1), loses=picture)
        assert killed.was_killed, killed.text
        provider.finish()
        outcomes = provider.assert_true(ROWS, asked_again=in_doubt)
    if kind == "studio" and move[1] not in (_Event.UNSENDABLE, _Event.REFUSED, _Event.GONE):
        assert set(outcomes.values()) <= {"done", "reused"}, "the studio is asked again, so nothing is missing"


def test_what_is_in_doubt_after_a_kill_is_told_row_by_row(tmp_path: Path, nursery: Nursery) -> None:
    """Whoever has to decide whether to pay again must be able to read what happened."""
    write_sheet(tmp_path, ROWS)
    with open_provider(tmp_path, nursery, bills=True) as provider:
        assert provider.run(trap=(name_of((_State.PLANNED, _Event.INTENDED), is_written=True), 2)).was_killed
        provider.finish()
        outcomes = provider.assert_true(ROWS)
    in_doubt = [name for name, outcome in outcomes.items() if outcome == "in doubt"]
    assert in_doubt, "the answer to an intent that was on disk is not known"
    key = in_doubt[0].removeprefix("Vase ")
    told = nursery.run(tmp_path, ["status", "sheet-product-card-abyssale", "--row", key])
    assert told.code == 0, told.text
    assert "in doubt" in told.out
    assert "the process ended before the answer came" in told.out
