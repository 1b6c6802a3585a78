"""Telling what a read has brought, without a link: the mirror, the inbox, and who follows."""

from __future__ import annotations

from unittest import mock

import pytest

from sixmm.clock import ManualClock
from sixmm.errors import ClientClosed
from sixmm.events import DecodeFailed, Event
from sixmm.schema_report import SchemaReport
from sixmm.state.models import Facts, Fill, Order
from sixmm.stream import handing
from sixmm.stream.handing import HandOver
from sixmm.stream.inbox import Inbox
from sixmm.stream.shared import Deliver, Shared
from sixmm.stream.taking import Taker

from .fakes import FakeVenue, Pushed, push_text


def parts(deliver: Deliver = "all") -> Shared:
    """Return the parts of a session without a link."""
    clock = ManualClock()
    return Shared(
        venue=FakeVenue(),
        rest=mock.Mock(),
        inbox=Inbox(clock=clock),
        desk=mock.Mock(),
        options=mock.Mock(),
        clock=clock,
        private=True,
        deliver=deliver,
    )


def push(number: int) -> bytes:
    """Return the push of a fill."""
    order = Order(order_id="1", status="PARTLY", rank=2, updated_at_ms=number)
    fill = Fill(fill_id=f"f{number}", order_id="1")
    return push_text(Facts(ts_ms=number, orders=(order,), fills=(fill,))).encode()


def taken(shared: Shared) -> list[Event]:
    """Take everything from the inbox."""
    shared.inbox.end(ClientClosed("closed"))
    return list(Taker(shared, report=SchemaReport()).events(None, check=lambda: None))


def fills(shared: Shared) -> list[str]:
    """Take everything from the inbox; return the fills."""
    events = [event for event in taken(shared) if isinstance(event, Pushed)]
    return [fill.fill_id for event in events for fill in event.facts.fills]


def state(number: int, at_ms: int) -> bytes:
    """Return the push of an order state."""
    order = Order(order_id="1", status=f"s{number}", rank=1, updated_at_ms=at_ms)
    return push_text(Facts(ts_ms=at_ms, orders=(order,))).encode()


@pytest.mark.parametrize("waiting", [0, 5_000])
def test_a_late_push_is_told_as_such(waiting: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where so much waits that pushes wait as text; those around it have no mark."""
    shared = parts()
    monkeypatch.setattr(Inbox, "private_depth", property(lambda _: waiting))
    hand = HandOver(shared)
    assert hand.hand_over([state(1, 10)], received_at=1)
    assert hand.hand_over([state(2, 20), state(3, 15), state(4, 30)], received_at=2)
    assert [event.late for event in taken(shared)] == [False, False, True, False]
    order = shared.mirror.order("1")
    assert order is not None
    assert order.status == "s4"


def test_into_the_mirror_and_the_inbox() -> None:
    """In order, and what repeats is counted and left out."""
    shared = parts()
    hand = HandOver(shared)

    assert hand.hand_over([push(1), push(2), push(1)], received_at=7)
    assert shared.mirror.knows_fill("f2")
    assert shared.counters.repeated == 1
    assert fills(shared) == ["f1", "f2"]


def test_what_follows_a_push_that_nobody_can_read_does_not_move_on_what_is_certain() -> None:
    """Else the next comparison would not reach back to it, and a fill in it would be lost."""
    shared = parts()
    hand = HandOver(shared)
    shared.mirror.mark_checked(1_000)
    assert hand.hand_over([push(2_000)], received_at=7)
    assert shared.mirror.certain_ms == 2_000

    garbled = b'{"push": "user.9", "fault": true}'
    assert not hand.hand_over([garbled, push(60_000)], received_at=8)
    assert shared.mirror.certain_ms == 2_000
    assert not hand.hand_over([push(70_000), garbled], received_at=9)
    assert shared.mirror.certain_ms == 2_000


def test_events_only() -> None:
    """The mirror rests, and the texts are kept once it has a beginning."""
    shared = parts("events")
    hand = HandOver(shared)
    hand.hand_over([push(1)], received_at=7)
    assert hand.tail.take() == ([], False)
    hand.is_primed = True
    hand.hand_over([push(2)], received_at=8)

    assert not shared.mirror.knows_fill("f1")
    assert hand.tail.take() == ([(8, [push(2)])], False)
    assert fills(shared) == ["f1", "f2"]


def test_attention_passes() -> None:
    """For a while pushes are held against the mirror although it rests."""
    shared = parts("events")
    hand = HandOver(shared)
    hand.be_attentive()
    now_ms = shared.clock.time_ms()
    for received_at in (now_ms, now_ms, now_ms + 10_000):
        hand.hand_over([push(1)], received_at=received_at)

    assert fills(shared) == ["f1", "f1"]
    assert shared.counters.repeated == 1


def test_state_only() -> None:
    """Nothing goes to the inbox."""
    shared = parts("state")
    HandOver(shared).hand_over([push(1)], received_at=7)

    assert shared.mirror.knows_fill("f1")
    assert taken(shared) == []


def test_what_cannot_be_decoded() -> None:
    """It is told, counted, and makes the account uncertain; its neighbours come as they are."""
    shared = parts()
    shared.mirror.mark_stale(())

    assert not HandOver(shared).hand_over([push(1), b"?", push(2)], received_at=7)
    assert shared.mirror.picture().stale
    assert shared.counters.decode_failures == 1
    assert [type(event) for event in taken(shared)] == [Pushed, DecodeFailed, Pushed]


@pytest.mark.parametrize("deliver", ["all", "events"])
def test_who_follows_an_order_is_told(deliver: Deliver) -> None:
    """Also where nothing is decoded otherwise."""
    shared = parts(deliver)
    with shared.watch.follow(order_id="1") as following:
        HandOver(shared).hand_over([push(1)], received_at=7)
        assert [fill.fill_id for fill in following.fills] == ["f1"]


def test_a_backlog_is_kept_as_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """That takes less memory, and gives the same."""
    monkeypatch.setattr(handing, "_MAX_DECODED", 1)
    shared = parts()
    hand = HandOver(shared)
    for number in (1, 2, 3):
        hand.hand_over([push(number)], received_at=number)

    assert fills(shared) == ["f1", "f2", "f3"]


def test_nothing_to_settle() -> None:
    """A hand-over that has come to its end is not done again."""
    shared = parts()
    hand = HandOver(shared)
    hand.hand_over([push(1)], received_at=7)
    hand.settle()

    assert fills(shared) == ["f1"]
