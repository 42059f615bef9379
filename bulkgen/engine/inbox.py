"""What a delivery means for the run: the result of a request, a reason to look at one, or nothing of ours.

    Delivery -> follower | looks | nothing

With `keeps_ids` a delivery is known again after a restart too; the studio on this machine makes its deliveries while
the run lives, and there the ledger's own rule, one result a request, is enough.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from bulkgen.engine.desk import Desk
from bulkgen.engine.following import Follower
from bulkgen.engine.polling import LookPolicy, as_safety_net
from bulkgen.engine.webhook import Delivery
from bulkgen.events import Said
from bulkgen.ledger.states import GenerationState

_UNDER_WAY = (GenerationState.SUBMITTING, GenerationState.SUBMITTED, GenerationState.IN_DOUBT)


@dataclass(slots=True)
class Inbox:
    desk: Desk
    follower: Follower
    keeps_ids: bool
    look_policy: LookPolicy
    has_taken: bool = field(default=False, init=False)
    has_said_forged: bool = field(default=False, init=False)

    def rely(self) -> None:
        """Webhooks bring the results; looks are for what gets lost."""
        self.desk.state.looks.use(as_safety_net(self.look_policy))
        self.desk.meter.has_looks = False

    async def take(self, delivery: Delivery) -> bool:
        """Whether it is about a request of ours. Raises LedgerError when that cannot be kept."""
        desk = self.desk
        if self.keeps_ids and delivery.id and await desk.writer.do(desk.ledger.deliveries.is_known, delivery.id):
            return True
        is_ours = await (self._by_token(delivery) if delivery.token else self._by_request(delivery))
        self.has_taken = self.has_taken or is_ours
        if self.keeps_ids and delivery.id and is_ours:
            await desk.writer.do(desk.ledger.deliveries.remember, delivery.id, desk.clock.now())
        return is_ours

    def forged(self) -> None:
        """A delivery was refused. Where none was taken before, all of them may be: looks must do without webhooks."""
        if not self.has_taken:
            self.desk.state.looks.use(self.look_policy)
            self.desk.meter.has_looks = True
        if not self.has_said_forged:
            self.has_said_forged = True
            self.desk.tell(
                Said(
                    "Warning: a webhook was refused, since it was not signed with ABYSSALE_WEBHOOK_SECRET or bears a "
                    "token that no attempt has. Is the secret this workspace's? Results are looked for all the same."
                )
            )

    async def _by_token(self, delivery: Delivery) -> bool:
        desk, token = self.desk, delivery.token
        found = desk.state.by_token.get(token)
        if found is not None:
            await self.follower.conclude(found.generation_id, found.formats, delivery.status)
            return True
        generation = await desk.writer.do(desk.ledger.moves.by_token, token)
        if generation is None:
            return False
        if generation.token == token and generation.state in _UNDER_WAY:
            await self.follower.conclude(generation.id, generation.formats, delivery.status)
        elif generation.request_id != delivery.status.id:
            await desk.writer.do(desk.ledger.deliveries.late, token, delivery.status.id)
            desk.tell(
                Said(
                    f"Warning: the request {delivery.status.id} was accepted after it had been given up, and may have "
                    "been billed; `bulkgen status JOB --row KEY` has its story."
                )
            )
        return True

    async def _by_request(self, delivery: Delivery) -> bool:
        """The workspace may make banners without us, so one that is not ours is no forgery."""
        desk, status = self.desk, delivery.status
        found = desk.state.by_request.get(status.id)
        if found is None:
            generation = await desk.writer.do(desk.ledger.moves.by_request, status.id)
            if generation is None:
                desk.state.foretell(status.id)
                return False
            if delivery.is_signed and generation.state in _UNDER_WAY:
                await self.follower.conclude(generation.id, generation.formats, status)
            else:
                # Its answer may be written and not yet acted on.
                desk.state.foretell(status.id)
            return True
        if delivery.is_signed:
            await self.follower.conclude(found.generation_id, found.formats, status)
        else:
            desk.state.looks.look_now(found.generation_id, desk.clock.monotonic())
            desk.alarm.ring()
        return True
