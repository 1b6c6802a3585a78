"""Several sessions behind the verbs of one: where they stand, and what their figures come to."""

from __future__ import annotations

import attrs
import pytest

from sixmm.stream.group import Member, SessionGroup
from sixmm.stream.states import State
from sixmm.stream.stats import Stats
from sixmm.stream.timer import Timer


def stats(**figures: object) -> Stats:
    """Return figures that are all zero but these."""
    values: dict[str, object] = {
        field.name: 0 if field.type == "int" else None for field in attrs.fields(Stats)
    }
    values.update(state=State.LIVE, topics=())
    return Stats(**{**values, **figures})  # type: ignore[arg-type]


@attrs.define
class _Session:
    """Stands where the test puts it."""

    state: State
    figures: Stats = attrs.field(factory=stats)

    def start(self) -> None:
        """Stay where it is."""

    def stats(self) -> Stats:
        """Return the figures that the test has set."""
        return self.figures


def group(*sessions: _Session) -> SessionGroup:
    """Return a started group of sessions that need no start."""
    members = [
        Member(
            name=str(number),
            session=session,  # type: ignore[arg-type]
            carries=lambda _: True,
            starts=False,
        )
        for number, session in enumerate(sessions)
    ]
    made = SessionGroup(members, timer=_NoTimer())
    made.start()
    return made


class _NoTimer(Timer):
    """Starts no thread."""

    def start(self) -> None:
        """Do nothing."""


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ([State.LIVE, State.LIVE], State.LIVE),
        ([State.LIVE, State.IDLE], State.LIVE),
        ([State.IDLE, State.IDLE], State.LIVE),
        ([State.LIVE, State.SYNCING], State.SYNCING),
        ([State.SUBSCRIBING, State.SYNCING], State.SUBSCRIBING),
        ([State.BACKING_OFF, State.DIALING], State.BACKING_OFF),
        ([State.LIVE, State.CLOSED], State.CLOSED),
    ],
)
def test_a_group_is_where_the_slowest_is(states: list[State], expected: State) -> None:
    """A connection that nobody needs yet does not count."""
    assert group(*map(_Session, states)).state is expected


def test_every_state_has_its_place() -> None:
    """A state that were missing would break the figures of a client."""
    for state in set(State) - {State.IDLE}:
        assert group(_Session(state)).state is state


def test_figures_are_summed_up() -> None:
    """Counts add up; of ages, round trips and ends of keys the worst is told."""
    one = stats(
        connects=2,
        reconnects=1,
        audits=3,
        repeated=5,
        last_frame_age=1.0,
        round_trip=0.5,
        stream_key_expires_at_ms=50,
        topics=("a",),
        private_waiting=7,
        dropped=9,
    )
    other = stats(
        connects=1,
        decode_failures=4,
        unrequested=6,
        last_frame_age=3.0,
        topics=("b",),
        last_error="why",
        private_waiting=7,
        dropped=9,
    )
    sums = group(_Session(State.LIVE, one), _Session(State.SYNCING, other)).stats()
    assert sums == stats(
        state=State.SYNCING,
        connects=3,
        reconnects=1,
        audits=3,
        repeated=5,
        decode_failures=4,
        unrequested=6,
        last_frame_age=3.0,
        round_trip=0.5,
        stream_key_expires_at_ms=50,
        topics=("a", "b"),
        last_error="why",
        # Of the inbox, which is one.
        private_waiting=7,
        dropped=9,
    )
