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
    """close() works from any state and leads to the end; what is over stays over."""
    after = next_state(state, Trigger.CLOSE)
    assert after is (State.CLOSED if state is State.CLOSED else State.CLOSING)
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


S, T = State, Trigger


@pytest.mark.parametrize(
    ("trigger", "states", "after"),
    [
        # A client is started once, and dials again only after a pause.
        (T.START, {S.IDLE}, S.DIALING),
        (T.RETRY, {S.BACKING_OFF}, S.DIALING),
        # A link is opened, then logged in where that is needed, then topics are asked for.
        (T.LOGIN_NEEDED, {S.DIALING}, S.AUTHENTICATING),
        (T.READY, {S.DIALING, S.AUTHENTICATING}, S.SUBSCRIBING),
        # The account is compared once topics are there, and again while all is well.
        (T.SYNC_NEEDED, {S.SUBSCRIBING, S.LIVE}, S.SYNCING),
        (T.UP, {S.SUBSCRIBING, S.SYNCING}, S.LIVE),
        # An attempt or a link can be lost wherever there is one.
        (
            T.LOST,
            {S.DIALING, S.AUTHENTICATING, S.SUBSCRIBING, S.SYNCING, S.LIVE},
            S.BACKING_OFF,
        ),
        # Whatever was begun can end at once, by a fatal error.
        (T.END, set(State) - {S.IDLE}, S.CLOSED),
    ],
)
def test_what_happens_where_and_where_it_leads(
    trigger: Trigger, states: set[State], after: State
) -> None:
    """Each event is possible in these states, in no other, and always leads to the same one."""
    found = {state: row[trigger] for state, row in TABLE.items() if trigger in row}
    assert found == dict.fromkeys(states, after)


def test_a_link_is_open_from_its_upgrade_until_it_is_lost() -> None:
    """What can be lost is a link, but for the attempt to open one."""
    can_be_lost = {state for state in State if Trigger.LOST in TABLE[state]}
    assert can_be_lost - {State.DIALING} == CONNECTED_STATES


def test_states_and_triggers_are_told_by_their_names() -> None:
    """Events, logs and errors have the words that the documentation has."""
    assert [str(state) for state in State] == [state.name for state in State]
    assert [trigger.value for trigger in Trigger] == [trigger.name for trigger in Trigger]


def test_a_refusal_says_what_could_not_happen_where() -> None:
    """Whoever reads the error knows which fault of the program it is."""
    with pytest.raises(LocalStateError, match=r"^UP cannot happen in state BACKING_OFF$"):
        next_state(State.BACKING_OFF, Trigger.UP)
