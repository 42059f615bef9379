"""One POST, from the intent on disk to what became of it.

    Ready -> intent -> POST -> accepted | refused | in doubt | to be sent again

Nothing is sent before its intent is committed, and nothing is done with an answer before the ledger has it. Whatever
stops this in between, a cancellation too, leaves the ledger true: not sent is planned again, sent is in doubt, and to
a provider that answers a token once the same attempt is made again.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

from bulkgen.engine import record
from bulkgen.engine.client import CallFailure
from bulkgen.engine.desk import Desk, with_hint
from bulkgen.engine.payloads import PictureChanged, Ready, request_body
from bulkgen.engine.retry import Reach, Verdict
from bulkgen.engine.transport import Ticket
from bulkgen.engine.webhook import Receiver
from bulkgen.errors import ProviderError
from bulkgen.events import Said
from bulkgen.ledger.states import GenerationState
from bulkgen.wire.messages import spendable

# One bare 429 is the ceiling, missed by some milliseconds. The second in a row may mean that the credits are spent.
CEILING_SUSPICION = 2

# A row on which the provider fails each time, while others come well, is refused by it in all but name.
ROW_FAILURE_LIMIT = 6


@dataclass(frozen=True, slots=True)
class Sender:
    desk: Desk
    receiver: Receiver | None

    async def send(self, ready: Ready, ticket: Ticket) -> None:
        desk, generation = self.desk, ready.generation
        is_repeat = generation.state is GenerationState.SUBMITTING
        token = generation.token if is_repeat else desk.new_token()
        with ticket:
            try:
                callback_url = self.receiver.url(token) if self.receiver else None
                body = await request_body(ready, is_multipage=desk.is_multipage, callback_url=callback_url)
            except PictureChanged as error:
                await self._unsendable(ready, str(error))
                return
            found = desk.state.open.get(generation.id)
            if found is None:
                return  # a webhook brought the result of a sending before, while this one was made ready
            desk.state.know(found, token)
            try:
                if not is_repeat:
                    await desk.writer.do(record.intend, desk.ledger, generation.id, token, desk.clock.now())
                request_id = await desk.client.generate(
                    generation.design_id, body, ticket, token=token if desk.provider.is_idempotent else None
                )
            except CallFailure as failure:
                answer: str | CallFailure = failure
            except asyncio.CancelledError:
                if not is_repeat:
                    self._abandon(generation.id, ticket.reach)
                raise
            else:
                answer = request_id
        if isinstance(answer, str):
            await self._accepted(generation.id, answer)
        else:
            sent = ready if is_repeat else replace(ready, generation=replace(generation, token=token))
            await self._failed(sent, answer, ticket.granted_at)

    async def _accepted(self, generation_id: int, request_id: str) -> None:
        desk, state = self.desk, self.desk.state
        is_news = await desk.writer.do(record.accept, desk.ledger, generation_id, request_id, desk.clock.now())
        state.answered()
        if state.course.door.accepted(generation_id):
            desk.tell(Said("the provider accepts rows again; going on"))
        state.failures.pop(generation_id, None)
        if not is_news:
            state.close(generation_id)  # a webhook brought the result before this answer
            return
        found = state.open[generation_id]
        is_foretold = state.named(found, request_id)
        state.uploaded(found)
        desk.accepted(generation_id, request_id, len(found.formats))
        now = desk.clock.monotonic()
        state.looks.follow(generation_id, now, now, at_once=is_foretold)

    async def _failed(self, ready: Ready, failure: CallFailure, granted_at: float) -> None:
        desk, state, generation_id = self.desk, self.desk.state, ready.generation.id
        if failure.status is not None and failure.status < 500:
            state.heard()
        match failure.plan.verdict:
            case Verdict.REFUSED:
                state.course.door.refused(generation_id)
                await self._refuse(generation_id, failure.message)
            case Verdict.IN_DOUBT:
                await self._doubt(generation_id, failure.message)
            case Verdict.STOP_RUN:
                # A repeat stays open: its first sending may have been accepted, and its token will find that out.
                if ready.generation.state is not GenerationState.SUBMITTING:
                    await self._withdraw(generation_id, failure.message)
                state.close(generation_id)
                desk.end(with_hint(failure))
            case Verdict.WAIT:
                desk.pause("submissions", failure.plan.after_seconds, failure.message)
                await self._again(ready, failure)
            case Verdict.AGAIN:
                if failure.status == 429:
                    await self._at_ceiling(failure, granted_at)
                else:
                    desk.silent(failure, granted_at)
                await self._again(ready, failure)

    async def _again(self, ready: Ready, failure: CallFailure) -> None:
        """Back among those to be sent: under the same token where that is safe, else as if it had not been tried."""
        desk, state, generation = self.desk, self.desk.state, ready.generation
        if desk.provider.is_idempotent:
            failures = state.failures.get(generation.id, 0) + (failure.status is not None and failure.status != 429)
            state.failures[generation.id] = failures
            if failures >= ROW_FAILURE_LIMIT:
                await self._refuse(generation.id, f"{failure.message} ({failures} times in a row)")
                return
            is_open = generation.id in state.open  # a webhook may have brought its result meanwhile
            ready = replace(ready, generation=replace(generation, state=GenerationState.SUBMITTING))
        else:
            is_open = await self._withdraw(generation.id, failure.message)
            ready = replace(ready, generation=replace(generation, state=GenerationState.PLANNED))
        state.close(generation.id)
        state.course.door.came_back(generation.id)
        if is_open:
            state.course.sent -= 1
            state.put_back(ready)
        desk.alarm.ring()

    async def _at_ceiling(self, failure: CallFailure, granted_at: float) -> None:
        """The ceiling and spent credits answer alike (reference 4.3); the balance, free to read, tells them apart."""
        desk, state = self.desk, self.desk.state
        if not desk.at_ceiling(failure, granted_at):
            return
        if state.ceiling.count >= CEILING_SUSPICION and await self._are_credits_spent():
            desk.end("the credits of this workspace are spent\n  Add credits, then run the same command again.")

    async def _are_credits_spent(self) -> bool:
        try:
            left = spendable(await self.desk.client.credits())
        except ProviderError:
            return False
        return left is not None and left <= 0

    async def _unsendable(self, ready: Ready, reason: str) -> None:
        desk, generation = self.desk, ready.generation
        desk.state.course.door.came_back(generation.id)
        if generation.state is GenerationState.SUBMITTING:
            await self._refuse(generation.id, reason)
            return
        await desk.writer.do(desk.ledger.moves.unsendable, generation.id, reason, desk.clock.now())
        desk.state.tally.refused += 1
        desk.state.allowance.give_back(generation.id)
        desk.settled(generation.id, "refused", failed=len(generation.formats), reason=reason)

    async def _refuse(self, generation_id: int, reason: str) -> None:
        desk = self.desk
        desk.state.failures.pop(generation_id, None)
        found = desk.state.open.get(generation_id)
        if await desk.writer.do(record.refuse, desk.ledger, generation_id, reason, desk.clock.now()):
            desk.state.tally.refused += 1
            desk.state.allowance.give_back(generation_id)
            desk.settled(generation_id, "refused", failed=len(found.formats) if found else 0, reason=reason)
        desk.state.close(generation_id)

    async def _doubt(self, generation_id: int, reason: str) -> None:
        desk, state = self.desk, self.desk.state
        door = state.course.door
        if not await desk.writer.do(record.doubt, desk.ledger, generation_id, reason, desk.clock.now()):
            state.close(generation_id)  # a webhook settled it: it was accepted
            door.accepted(generation_id)
            return
        state.tally.in_doubt += 1
        state.doubtful.add(generation_id)
        desk.settled(generation_id, "in doubt", reason=reason)
        wait = door.in_doubt(generation_id, desk.clock.monotonic())
        if wait is not None:
            desk.pause("submissions", wait, f"{door.doubts} requests in a row were sent and not answered ({reason})")

    async def ask(self, ticket: Ticket) -> None:
        """Ask whether the provider is ready for one row."""
        desk = self.desk
        with ticket:
            is_ready = await desk.client.is_ready(ticket)
        wait = desk.state.course.door.asked(is_ready, desk.clock.monotonic())
        if wait is not None:
            desk.pause("submissions", wait, "the provider is not ready yet")
        desk.alarm.ring()

    async def _withdraw(self, generation_id: int, reason: str) -> bool:
        desk = self.desk
        return await desk.writer.do(record.withdraw, desk.ledger, generation_id, reason, desk.clock.now())

    def _abandon(self, generation_id: int, reach: Reach) -> None:
        """Cancelled between the intent and the answer, in a first sending. The write is queued behind the intent, not
        waited for."""
        desk = self.desk
        now = desk.clock.now()
        if reach is Reach.NOTHING:
            desk.writer.enqueue(record.withdraw, desk.ledger, generation_id, "stopped before it was sent", now)
        elif not desk.provider.is_idempotent:
            desk.writer.enqueue(record.doubt, desk.ledger, generation_id, "stopped before the answer came", now)
