"""Whom we generate with, and the limits it declares. Pure.

Two kinds speak the same API: `hosted`, which bills, has a ceiling of calls and knows no idempotency key; and `studio`,
ours, which has none of that. The engine branches on these facts, never on a name.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from bulkgen.engine.budget import START_CALLS_PER_SECOND

# The gateway's ceiling is 10 calls a second over a window of unknown kind. At 9, jitter of 50 ms costs 2.9 % refusals;
# at 10 it costs 8 to 15 %. The pace starts below and feels its way up to this.
HOSTED_CALLS_PER_SECOND = 9.0

# A low limit of unfinished requests costs makespan where the provider has no queue: slow renders fill it.
HOSTED_IN_FLIGHT = 20_000

# A mapping that fails every row is to cost twenty calls, not ten thousand.
HOSTED_CANARY = 20

# Queue behind each rendering worker. Too short and a worker idles between two requests; too long and a stop waits.
STUDIO_REQUESTS_PER_WORKER = 4
STUDIO_LEAST_IN_FLIGHT = 8


@dataclass(frozen=True, slots=True)
class Provider:
    """`is_idempotent`: a POST repeated with its token is answered with the same request, so nothing is ever in doubt.
    `keeps_files`: its addresses end with the process, so the file's key is kept instead. `callback`: it can reach
    this process, so requests name a receiver of our own and looks are a safety net."""

    name: str
    base_url: str
    api_key: str | None = field(repr=False)
    is_idempotent: bool
    keeps_files: bool
    calls_per_second: float | None
    in_flight: int
    first_look_seconds: float
    look_gap_seconds: float
    spends_spare_looks: bool
    callback: bool
    canary: int = 0
    bills: bool = True
    start_calls_per_second: float = START_CALLS_PER_SECOND


def hosted(
    base_url: str,
    api_key: str | None,
    *,
    rate: float = HOSTED_CALLS_PER_SECOND,
    in_flight: int = HOSTED_IN_FLIGHT,
    start: float = START_CALLS_PER_SECOND,
) -> Provider:
    """The hosted API: 8 s is where the simulated worlds agreed on a first look (any of 5 to 15 s did)."""
    return Provider(
        name="abyssale",
        base_url=base_url.rstrip("/"),
        api_key=api_key,
        is_idempotent=False,
        keeps_files=False,
        calls_per_second=rate,
        in_flight=in_flight,
        first_look_seconds=8.0,
        look_gap_seconds=3.0,
        spends_spare_looks=True,
        callback=False,
        canary=HOSTED_CANARY,
        start_calls_per_second=start,
    )


def studio(base_url: str, api_key: str | None, *, workers: int) -> Provider:
    """Our own studio on this machine: no pace, as much at once as keeps its workers busy."""
    return Provider(
        name="studio",
        base_url=base_url.rstrip("/"),
        api_key=api_key,
        is_idempotent=True,
        keeps_files=True,
        calls_per_second=None,
        in_flight=max(STUDIO_LEAST_IN_FLIGHT, STUDIO_REQUESTS_PER_WORKER * workers),
        first_look_seconds=1.0,
        look_gap_seconds=1.0,
        spends_spare_looks=False,
        callback=True,
        bills=False,
    )
