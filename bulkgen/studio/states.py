"""The life of a generation and of its callback in the studio, as tables. Pure: `store` writes what these allow.

generation: accepted -> rendering -> finalized        rendering -> accepted when the process died
delivery:   none | waiting -> due -> delivered | given up
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
    ACCEPTED = "accepted"
    RENDERING = "rendering"
    FINALIZED = "finalized"


class Event(StrEnum):
    START = "start"
    FINISH = "finish"
    RESTART = "restart"


class Delivery(StrEnum):
    """Where the one POST to a generation's `callback_url` stands."""

    NONE = "none"
    WAITING = "waiting"
    DUE = "due"
    DELIVERED = "delivered"
    GIVEN_UP = "given up"


class DeliveryEvent(StrEnum):
    FINALIZE = "finalize"
    ANSWERED = "answered"
    POSTPONE = "postpone"
    EXHAUST = "exhaust"
    REAIM = "reaim"  # the same idempotency key came again with an address of its own
    REAIM_FINALIZED = "reaim finalized"


class IllegalMoveError(Exception):
    """A move that the table does not list: a bug of ours. Nothing was changed."""


TRANSITIONS: Mapping[tuple[State, Event], State] = {
    (State.ACCEPTED, Event.START): State.RENDERING,
    (State.RENDERING, Event.FINISH): State.FINALIZED,
    (State.RENDERING, Event.RESTART): State.ACCEPTED,
}

DELIVERIES: Mapping[tuple[Delivery, DeliveryEvent], Delivery] = {
    (Delivery.NONE, DeliveryEvent.FINALIZE): Delivery.NONE,
    (Delivery.WAITING, DeliveryEvent.FINALIZE): Delivery.DUE,
    (Delivery.DUE, DeliveryEvent.ANSWERED): Delivery.DELIVERED,
    (Delivery.DUE, DeliveryEvent.POSTPONE): Delivery.DUE,
    (Delivery.DUE, DeliveryEvent.EXHAUST): Delivery.GIVEN_UP,
    (Delivery.NONE, DeliveryEvent.REAIM): Delivery.WAITING,
    (Delivery.WAITING, DeliveryEvent.REAIM): Delivery.WAITING,
    **{(state, DeliveryEvent.REAIM_FINALIZED): Delivery.DUE for state in Delivery if state is not Delivery.WAITING},
}


def move(state: State, event: Event) -> State:
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise IllegalMoveError(f"a generation that is {state} cannot {event}") from None


def move_delivery(state: Delivery, event: DeliveryEvent) -> Delivery:
    try:
        return DELIVERIES[state, event]
    except KeyError:
        raise IllegalMoveError(f"a delivery that is {state} cannot {event}") from None
