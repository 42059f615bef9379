"""The operations that we call, one thin typed method each, on the transport.

The two that make up a run (`generate`, `generation_status`) make one attempt and raise a CallFailure that carries the
verdict of the retry table: the runner decides. The others wait and repeat by themselves, as long as the patience that
they were given, and raise a ProviderError that says what to do. No message holds a key or a payload.
"""

from __future__ import annotations

from typing import Any

from bulkgen.engine.patience import BRIEF, Patience, Waiting
from bulkgen.engine.provider import Provider
from bulkgen.engine.retry import Outcome, Plan, Reach, Silence, Verdict, judge
from bulkgen.engine.transport import Answer, NoAnswer, Ticket, Transport
from bulkgen.errors import ProviderError
from bulkgen.wire import envelope, routes
from bulkgen.wire.messages import GenerationStatus, Json, MessageError, accepted_id
from bulkgen.wire.routes import Route

IDEMPOTENCY_HEADER = "Idempotency-Key"

_DAY_SECONDS = 86_400.0


class CallFailure(ProviderError):
    """A call that brought no success, with the plan for it. `status` is None without an answer, `silence` with one."""

    def __init__(
        self,
        message: str,
        plan: Plan,
        *,
        status: int | None = None,
        silence: Silence | None = None,
        error_id: str = "",
        is_final_unreadable: bool = False,
        code: str | None = None,
        where: str = "",
        hint: str = "",
    ) -> None:
        super().__init__(message, code=code, where=where, hint=hint)
        self.plan = plan
        self.status = status
        self.silence = silence
        self.error_id = error_id
        self.is_final_unreadable = is_final_unreadable


class ApiClient:
    def __init__(self, transport: Transport, patience: Patience = BRIEF) -> None:
        self._transport = transport
        self._patience = patience

    def __repr__(self) -> str:
        return f"<ApiClient {self._transport!r}>"

    @property
    def provider(self) -> Provider:
        return self._transport.provider

    @property
    def pace(self) -> float | None:
        """Calls per second that are allowed now; None where there is no bound."""
        return self._transport.pacing.pace

    async def room(self) -> None:
        """Wait until one more call could be open; see `Transport.room`."""
        await self._transport.room()

    async def ticket(self) -> Ticket:
        """The right to make the next call; see `Transport.ticket`."""
        return await self._transport.ticket()

    async def auth(self) -> str:
        """The name of the key's workspace."""
        body = await self._read(routes.AUTH, routes.AUTH.path())
        company = body.get("company") if isinstance(body, dict) else None
        return company if isinstance(company, str) else ""

    async def designs(self) -> list[Json]:
        body = await self._read(routes.DESIGNS, routes.DESIGNS.path())
        return [item for item in body if isinstance(item, dict)] if isinstance(body, list) else []

    async def design(self, design_id: str) -> Json:
        """The advanced read: all layers, per format."""
        return _object(await self._read(routes.DESIGN, routes.DESIGN.path(design_id=design_id), {"i": "advanced"}))

    async def design_format(self, design_id: str, format_specifier: str) -> Json:
        path = routes.DESIGN_FORMAT.path(design_id=design_id, format_specifier=format_specifier)
        return _object(await self._read(routes.DESIGN_FORMAT, path))

    async def fonts(self) -> list[Json]:
        body = await self._read(routes.FONTS, routes.FONTS.path())
        return [item for item in body if isinstance(item, dict)] if isinstance(body, list) else []

    async def credits(self) -> Json | None:
        """The balance, or None where the provider knows no credits. Never waited for long: it is asked within a run and
        after it, and nothing hangs on it."""
        try:
            return _object(await self._repeat(routes.CREDITS, routes.CREDITS.path(), None, BRIEF))
        except CallFailure as failure:
            if failure.status in (404, 405):
                return None
            raise

    async def is_ready(self, ticket: Ticket) -> bool:
        """Whether the provider answers a call that costs nothing, with whatever but an error of its own."""
        try:
            await self._call(routes.CREDITS, routes.CREDITS.path(), ticket, True)
        except CallFailure as failure:
            return failure.status is not None and failure.status < 500
        return True

    async def generate(self, design_id: str, body: bytes, ticket: Ticket, *, token: str | None = None) -> str:
        """Ask for a generation; the id under which it was accepted. One attempt. Raises CallFailure."""
        headers = {IDEMPOTENCY_HEADER: token} if token else None
        is_repeatable = bool(token)
        path = routes.GENERATE.path(design_id=design_id)
        answer = await self._call(routes.GENERATE, path, ticket, is_repeatable, body=body, headers=headers)
        try:
            return accepted_id(answer.body)
        except MessageError as error:
            raise self._unreadable(answer, str(error), is_repeatable) from error

    async def generation_status(self, request_id: str, ticket: Ticket) -> GenerationStatus:
        """Look at a generation request. One attempt. Raises CallFailure."""
        path = routes.GENERATION_REQUEST.path(generation_request_id=request_id)
        answer = await self._call(routes.GENERATION_REQUEST, path, ticket, True)
        try:
            return GenerationStatus.from_json(answer.body)
        except MessageError as error:
            raise self._unreadable(answer, str(error), True) from error

    async def _read(self, route: Route, path: str, query: dict[str, str] | None = None) -> Any:
        return await self._patience.until_stopped(self._repeat(route, path, query, self._patience))

    async def _repeat(self, route: Route, path: str, query: dict[str, str] | None, patience: Patience) -> Any:
        waiting = Waiting(patience, self._transport.clock)
        while True:
            try:
                with await self.ticket() as ticket:
                    return (await self._call(route, path, ticket, True, query=query, failures=waiting.failures)).body
            except CallFailure as failure:
                if not await waiting.pause(failure.plan, failure.silence, failure.message):
                    raise

    async def _call(
        self,
        route: Route,
        path: str,
        ticket: Ticket,
        is_repeatable: bool,
        *,
        body: bytes | None = None,
        query: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
        failures: int = 0,
    ) -> Answer:
        try:
            answer = await self._transport.call(route, path, ticket, body=body, query=query, headers=headers)
        except NoAnswer as error:
            plan = judge(Outcome(is_repeatable, None, reach=error.reach), failures)
            raise self._silent(error, plan) from error
        if answer.error is None:
            return answer
        outcome = Outcome(
            is_repeatable,
            answer.status,
            error_id=answer.error.id,
            retry_after_seconds=answer.error.retry_after_seconds,
        )
        raise self._refusal(answer.error, judge(outcome, failures))

    def _silent(self, error: NoAnswer, plan: Plan) -> CallFailure:
        verb = "cannot be reached" if error.reach is Reach.NOTHING else "gave no answer"
        return CallFailure(
            f"the provider {verb}: {error}",
            plan,
            silence=error.silence,
            code="unreachable",
            where=self._transport.where,
            hint="Check the network and the provider's address, then run the same command again.",
        )

    def _unreadable(self, answer: Answer, path: str, is_repeatable: bool) -> CallFailure:
        is_final = isinstance(answer.body, dict) and answer.body.get("is_finalized") is True
        return CallFailure(
            f"the provider's answer cannot be read: {path} is missing",
            judge(Outcome(is_repeatable, answer.status, is_readable=False)),
            status=answer.status,
            is_final_unreadable=is_final,
            code="unreadable_answer",
            where=self._transport.where,
            hint="Check that the provider's address is that of the API.",
        )

    def _refusal(self, error: envelope.ApiError, plan: Plan) -> CallFailure:
        message, code, hint = _REFUSALS.get(error.id) or _REFUSALS.get(error.status) or ("", "", "")
        if not message and plan.verdict is Verdict.STOP_RUN and (seconds := error.retry_after_seconds):
            days = round(seconds / _DAY_SECONDS)
            message = f"the provider wants no more calls for {days:,} day{'s' * (days != 1)} ({{said}})"
            code, hint = "blocked", "Ask the provider why; then run the same command again."
        # Without the API's envelope the text is a page of something in between, and says nothing to a person.
        said = error.message if error.id else f"HTTP {error.status}"
        if not message:
            message = _GENERAL.get(error.status) or (
                "the provider has an error of its own ({said})" if error.status >= 500 else "{said}"
            )
            code = error.id or f"http_{error.status}"
        return CallFailure(
            message.format(said=said),
            plan,
            status=error.status,
            error_id=error.id,
            code=code,
            where=self._transport.where,
            hint=hint,
        )


_PAY_HINT = "Settle it in the provider's account settings, then run the same command again."
_KEY_HINT = "Check ABYSSALE_API_KEY (or the key of the profile), then run the same command again."

# What to say, by error id, else by status: (message, code, remedy). `{said}` is the provider's own text.
_REFUSALS: dict[str | int, tuple[str, str, str]] = {
    envelope.API_ACCESS_DENIED: (
        "the plan of this workspace does not include access to the API",
        envelope.API_ACCESS_DENIED,
        "Ask for API access in the provider's settings, then run the same command again.",
    ),
    401: ("the provider does not accept the API key", envelope.UNAUTHORIZED, _KEY_HINT),
    403: ("the provider does not allow this API key to do that", envelope.UNAUTHORIZED, _KEY_HINT),
    407: ("the proxy wants a password", "proxy", "Put it into the HTTPS_PROXY variable."),
    envelope.FEATURE_NOT_IN_PLAN: (
        "the plan of this workspace does not include this kind of design or file: {said}",
        envelope.FEATURE_NOT_IN_PLAN,
        "Choose another file type, or a plan that includes it.",
    ),
    402: ("the provider wants a payment before it goes on ({said})", envelope.COMPANY_PAYMENT_REQUIRED, _PAY_HINT),
    envelope.COMPANY_PAYMENT_REQUIRED: (
        "the provider wants a payment for this workspace before it goes on: {said}",
        envelope.COMPANY_PAYMENT_REQUIRED,
        _PAY_HINT,
    ),
    envelope.COMPANY_DISABLED: (
        "the provider has closed this workspace: {said}",
        envelope.COMPANY_DISABLED,
        "Ask the provider why; then run the same command again.",
    ),
    envelope.TEMPLATE_NOT_FOUND: (
        "there is no such design in this workspace",
        envelope.TEMPLATE_NOT_FOUND,
        "See `bulkgen designs list` for those there are.",
    ),
    # The reason that stands in the row: a plan knows by the id that the next request goes without an original.
    **{
        error_id: (
            "the banner that this was to be a new version of is not there any more, or not of this design and format"
            f" ({error_id}); --retry-failed makes this one as a banner of its own",
            error_id,
            "",
        )
        for error_id in sorted(envelope.ORIGINAL_REFUSED)
    },
    **dict.fromkeys(
        (301, 302, 303, 307, 308),
        (
            "the provider answers with a redirect, so this is not the address of the API",
            "bad_address",
            "Check ABYSSALE_BASE_URL.",
        ),
    ),
}

_GENERAL: dict[int, str] = {
    404: "the provider does not know it: {said}",
    429: "the provider asks for fewer calls ({said})",
}


def _object(body: Any) -> Json:
    return body if isinstance(body, dict) else {}
