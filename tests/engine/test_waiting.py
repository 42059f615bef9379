"""The alarm, and the clock that jumps."""

from __future__ import annotations

import asyncio

from bulkgen.engine.alarm import Alarm
from bulkgen.testing import START, ManualClock


def test_the_clock_moves_only_when_something_sleeps_and_in_order() -> None:
    async def main() -> list[tuple[str, float]]:
        clock, woken = ManualClock(), []

        async def sleeper(name: str, seconds: float) -> None:
            await clock.sleep(seconds)
            woken.append((name, clock.monotonic()))

        assert clock.now() == START
        async with asyncio.TaskGroup() as group:
            for name, seconds in (("hour", 3600.0), ("second", 1.0), ("minute", 60.0), ("again", 1.0)):
                group.create_task(sleeper(name, seconds))
        clock.advance(5.0)
        assert clock.now() == START + 3605.0
        return woken

    assert asyncio.run(main()) == [("second", 1.0), ("again", 1.0), ("minute", 60.0), ("hour", 3600.0)]


def test_the_clock_stands_still_while_work_is_under_way_elsewhere() -> None:
    async def main() -> None:
        clock, busy = ManualClock(), True
        clock.is_busy = lambda: busy

        async def work() -> None:
            nonlocal busy
            await asyncio.to_thread(lambda: None)
            assert clock.monotonic() == 0.0
            busy = False

        await asyncio.gather(clock.sleep(10.0), work())
        assert clock.monotonic() == 10.0

    asyncio.run(main())


def test_a_cancelled_sleeper_holds_nobody_up() -> None:
    async def main() -> None:
        clock = ManualClock()
        short = asyncio.create_task(clock.sleep(1.0))
        await asyncio.sleep(0)
        short.cancel()
        await clock.sleep(5.0)
        assert clock.monotonic() == 5.0
        assert "0 asleep" in repr(clock)

    asyncio.run(main())


def test_a_ring_is_not_missed_though_nobody_waited() -> None:
    async def main() -> None:
        async with Alarm(ManualClock()) as alarm:
            alarm.ring()
            await alarm.wait(None)

    asyncio.run(main())


def test_the_alarm_rings_at_its_time_and_early_ones_are_left_standing() -> None:
    """Arming it anew for each wait would cost a task for each event of a run."""

    async def main() -> None:
        clock = ManualClock()
        async with Alarm(clock) as alarm:
            await alarm.wait(10.0)
            assert clock.monotonic() == 10.0
            alarm.ring()
            await alarm.wait(20.0)  # rung at once; the sleeper for 20 stands
            await alarm.wait(30.0)  # woken by it
            assert clock.monotonic() == 20.0
            await alarm.wait(30.0)
            assert clock.monotonic() == 30.0

    asyncio.run(main())


def test_an_earlier_time_replaces_a_later_one() -> None:
    async def main() -> None:
        clock = ManualClock()
        async with Alarm(clock) as alarm:
            alarm.ring()
            await alarm.wait(3600.0)
            await alarm.wait(1.0)
            assert clock.monotonic() == 1.0

    asyncio.run(main())
