"""One look at an unfinished request, or one webhook about it, to what it came to.

    look | webhook -> finalized | gone | not yet

A look that brings nothing new only sets the next one. A result is written before anyone hears of it, and by the first
that brings it.
"""

from __future__ import annotations

from dataclasses import dataclass

from bulkgen.engine import record
from bulkgen.engine.client import CallFailure
from bulkgen.engine.desk import Desk, with_hint
from bulkgen.engine.polling import SLOW_AFTER_SECONDS
from bulkgen.engine.quota import seen
from bulkgen.engine.retry import Verdict
from bulkgen.engine.settle import failed, settle
from bulkgen.engine.transport import Ticket
from bulkgen.events import Said
from bulkgen.wire import envelope
from bulkgen.wire.messages import GenerationStatus

# A finalized body never changes, so a few looks at one that lacks a field are enough to believe it.
UNREADABLE_LIMIT = 4

GONE_REASON = "the provider has no result of this request any more; it keeps them for 7 days"


@dataclass(slots=True)
class Follower:
    desk: Desk
    has_said_slow: bool = False

    async def look(self, generation_id: int, ticket: Ticket) -> None:
        desk, state = self.desk, self.desk.state
        found = state.open.get(generation_id)
        with ticket:
            if found is None:
                return  # a webhook was faster than the ticket
            state.tally.polls += 1
            try:
                status = await desk.client.generation_status(found.request_id, ticket)
            except CallFailure as failure:
                answer: GenerationStatus | CallFailure = failure
            else:
                answer = status
        if ticket.quota is not None:
            course = state.course
            course.quota = seen(course.quota, ticket.quota, course.open_looks - 1, desk.clock.monotonic())
        if isinstance(answer, CallFailure):
            await self._failed(generation_id, answer, ticket.granted_at)
            return
        state.answered()
        if answer.is_finalized:
            await self.conclude(generation_id, found.formats, answer)
        else:
            self._missed(generation_id)

    async def conclude(self, generation_id: int, formats: tuple[str, ...], status: GenerationStatus) -> None:
        """The request is finalized, by a look's word or a webhook's."""
        desk, state = self.desk, self.desk.state
        settled = settle(formats, status, keeps_files=desk.provider.keeps_files, is_multipage=desk.is_multipage)
        concluded = await desk.writer.do(
            record.conclude, desk.ledger, generation_id, status.id, settled, desk.clock.now()
        )
        if concluded is None:
            return
        if concluded.is_accepted_by_this:
            desk.accepted(generation_id, status.id, len(formats))
        if generation_id in state.doubtful:
            state.doubtful.discard(generation_id)
            state.tally.in_doubt -= 1
        state.tally.finalized += 1
        state.tally.banners += concluded.done
        state.course.came_well += concluded.done > 0
        reason = "; ".join(dict.fromkeys(one.reason for one in settled if one.reason))
        desk.settled(generation_id, "finalized", done=concluded.done, failed=concluded.failed, reason=reason)

    async def _failed(self, generation_id: int, failure: CallFailure, granted_at: float) -> None:
        desk, state = self.desk, self.desk.state
        if _is_gone(failure):
            await self._gone(generation_id)
            return
        now = desk.clock.monotonic()
        after = failure.plan.after_seconds
        is_answered = failure.status is not None and failure.status < 500 and failure.status != 429
        if is_answered:
            state.heard()
        match failure.plan.verdict:
            case Verdict.STOP_RUN:
                desk.end(with_hint(failure), is_cut=True)
            case Verdict.WAIT:
                desk.pause("polls", after, failure.message)
            case Verdict.AGAIN if failure.status == 429:
                desk.at_ceiling(failure, granted_at)
            case Verdict.AGAIN if failure.status is None or failure.status >= 500:
                desk.silent(failure, granted_at)
            case _:
                pass
        if failure.is_final_unreadable and await self._believe_unreadable(generation_id, failure):
            return
        self._missed(generation_id, is_answered=is_answered, not_before=now + after)

    async def _believe_unreadable(self, generation_id: int, failure: CallFailure) -> bool:
        desk = self.desk
        found = desk.state.open.get(generation_id)
        if found is None:
            return True
        found.unreadable_looks += 1
        if found.unreadable_looks < UNREADABLE_LIMIT:
            return False
        settled = failed(found.formats, failure.message)
        concluded = await desk.writer.do(
            record.conclude, desk.ledger, generation_id, found.request_id, settled, desk.clock.now()
        )
        if concluded is not None:
            desk.state.tally.finalized += 1
            desk.settled(generation_id, "finalized", failed=len(settled), reason=failure.message)
        return True

    async def _gone(self, generation_id: int) -> None:
        desk = self.desk
        if await desk.writer.do(record.gone, desk.ledger, generation_id, GONE_REASON, desk.clock.now()):
            desk.state.tally.expired += 1
            desk.settled(generation_id, "expired", reason=GONE_REASON)

    def _missed(self, generation_id: int, *, is_answered: bool = True, not_before: float = 0.0) -> None:
        desk, looks = self.desk, self.desk.state.looks
        now = desk.clock.monotonic()
        looks.missed(generation_id, now, not_before=not_before, is_answered=is_answered)
        if generation_id not in looks:
            return
        if is_answered and looks.is_given_up(generation_id, now):
            desk.state.close(generation_id)
            desk.state.tally.left += 1
            desk.alarm.ring()
        elif not self.has_said_slow and looks.age(generation_id, now) >= SLOW_AFTER_SECONDS:
            self.has_said_slow = True
            desk.tell(Said("a request has been rendering for more than 10 minutes; it is still looked at"))


def _is_gone(failure: CallFailure) -> bool:
    """Only the API's own word: a 404 of something in between is no reason to give up a banner that was paid for."""
    return failure.status == 410 or failure.error_id in (
        envelope.GENERATION_REQUEST_GONE,
        envelope.GENERATION_REQUEST_NOT_FOUND,
    )
