"""How near does a run come to what its request budget allows, and what does the ledger cost?

    python benchmarks/engine.py worlds [--rows 400] [--seeds 1] [--world NAME ...] [--speed 20] [--rate 9] [--webhooks]
                                       [--full]
    python benchmarks/engine.py throughput [--rows 3000] [--rounds 3]

`worlds`: the real runner, ledger and sockets against a provider with the hosted ceiling, in another process, in time
that goes up to 20 times as fast. The figure is the makespan of an oracle over ours: it submits first, at the mean pace
at which our calls were admitted while rows remained, and looks at each row once, after it is finished. `--full` is
2,000 rows and three seeds, for which the bounds are meant: the canary, whose answer is waited for, weighs five times
as much on 400 rows.

`throughput`: the same runner on a mock that answers at once and limits nothing, with its ledger and with one in memory
that keeps nothing, beside a bare loop of POST and GET and, where it is installed, the official SDK. The exit code is 1
where a bound is missed. docs/scale.md says how to read it.
"""

from __future__ import annotations

import argparse
import sys

from engine_throughput import throughput
from engine_worlds import MOST_SPEED, WORLDS, worlds

from bulkgen.cli.entry import calm_collector
from bulkgen.engine.provider import HOSTED_CALLS_PER_SECOND

FULL_ROWS = 2_000
FULL_SEEDS = 3


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    kinds = parser.add_subparsers(dest="kind", required=True)
    of_worlds = kinds.add_parser("worlds")
    of_worlds.add_argument("--rows", type=int, default=400)
    of_worlds.add_argument("--seeds", type=int, default=1)
    of_worlds.add_argument("--world", action="append", choices=list(WORLDS))
    of_worlds.add_argument("--speed", type=float, default=MOST_SPEED)
    of_worlds.add_argument("--rate", type=float, default=HOSTED_CALLS_PER_SECOND)
    of_worlds.add_argument("--webhooks", action="store_true")
    of_worlds.add_argument("--full", action="store_true")
    of_throughput = kinds.add_parser("throughput")
    of_throughput.add_argument("--rows", type=int, default=3_000)
    of_throughput.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    if given.kind == "worlds":
        if not 1.0 <= given.speed <= MOST_SPEED:
            parser.error(f"--speed is from 1 to {MOST_SPEED:g}")
        rows, seeds = (FULL_ROWS, FULL_SEEDS) if given.full else (given.rows, given.seeds)
        names = given.world or list(WORLDS)
        missed = worlds(rows, seeds, names, given.speed, given.rate, webhooks=given.webhooks)
    else:
        calm_collector()  # as the command does, for each pipeline alike
        missed = throughput(given.rows, given.rounds)
    for words in missed:
        print(f"MISSED: {words}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
