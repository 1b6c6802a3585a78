"""The state table: complete, closed, and the only way from state to state."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.errors import LocalStateError
from sixmm.stream.states import CONNECTED_STATES, TABLE, State, Trigger, next_state


def test_the_table_has_a_row_for_every_state() -> None:
    """No state is without a row, so no event can meet a state that the table does not know."""
    assert set(TABLE) == set(State)


@pytest.mark.parametrize("state", State)
def test_every_state_can_be_closed(state: State) -> None:
    """close() works from any state and leads to the end."""
    after = next_state(state, Trigger.CLOSE)
    assert after in (State.CLOSING, State.CLOSED)
    assert next_state(after, Trigger.END) is State.CLOSED


def test_closed_is_final() -> None:
    """Nothing leads out of CLOSED."""
    assert set(TABLE[State.CLOSED].values()) == {State.CLOSED}


def test_every_state_can_be_reached_from_the_start() -> None:
    """No row of the table is dead."""
    reached, todo = {State.IDLE}, [State.IDLE]
    while todo:
        for after in TABLE[todo.pop()].values():
            if after not in reached:
                reached.add(after)
                todo.append(after)
    assert reached == set(State)


@pytest.mark.parametrize("state", sorted({*CONNECTED_STATES, State.DIALING}, key=str))
def test_a_lost_attempt_or_link_leads_to_the_back_off(state: State) -> None:
    """Whatever is lost, and when, the next step is to wait and to dial again."""
    assert next_state(state, Trigger.LOST) is State.BACKING_OFF
    assert next_state(State.BACKING_OFF, Trigger.RETRY) is State.DIALING


@given(st.sampled_from(State), st.sampled_from(Trigger))
def test_what_the_table_does_not_have_is_refused(state: State, trigger: Trigger) -> None:
    """A transition that is not in the table raises; it is never ignored."""
    if trigger in TABLE[state]:
        assert next_state(state, trigger) is TABLE[state][trigger]
    else:
        with pytest.raises(LocalStateError, match=trigger.value):
            next_state(state, trigger)


def test_the_way_of_a_private_connection() -> None:
    """Dial, log in, subscribe, compare, live: in this order and in no other."""
    state = State.IDLE
    way = []
    for trigger in (
        Trigger.START,
        Trigger.LOGIN_NEEDED,
        Trigger.READY,
        Trigger.SYNC_NEEDED,
        Trigger.UP,
    ):
        state = next_state(state, trigger)
        way.append(str(state))
    assert way == ["DIALING", "AUTHENTICATING", "SUBSCRIBING", "SYNCING", "LIVE"]
