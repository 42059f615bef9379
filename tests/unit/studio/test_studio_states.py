"""The tables of a generation's and a delivery's life."""

from __future__ import annotations

import pytest

from bulkgen.studio.states import (
    DELIVERIES,
    TRANSITIONS,
    Delivery,
    DeliveryEvent,
    Event,
    IllegalMoveError,
    State,
    move,
    move_delivery,
)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("event", Event)
def test_a_generation_makes_the_listed_moves_and_no_others(state: State, event: Event) -> None:
    """A finalized generation that moves again would change a result that was already handed out."""
    if (state, event) in TRANSITIONS:
        assert move(state, event) is TRANSITIONS[state, event]
    else:
        with pytest.raises(IllegalMoveError, match=str(state)):
            move(state, event)


@pytest.mark.parametrize("state", Delivery)
@pytest.mark.parametrize("event", DeliveryEvent)
def test_a_delivery_makes_the_listed_moves_and_no_others(state: Delivery, event: DeliveryEvent) -> None:
    """A delivered callback that becomes due again by accident would be told twice."""
    if (state, event) in DELIVERIES:
        assert move_delivery(state, event) is DELIVERIES[state, event]
    else:
        with pytest.raises(IllegalMoveError, match=str(state)):
            move_delivery(state, event)


def test_nothing_leads_out_of_finalized() -> None:
    """Results never change."""
    assert not [pair for pair in TRANSITIONS if pair[0] is State.FINALIZED]
