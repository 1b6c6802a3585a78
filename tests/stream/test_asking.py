"""Asking again for topics: what is sent when, and what is told in the end."""

from __future__ import annotations

from collections.abc import Callable

from sixmm.clock import ManualClock
from sixmm.events import SubscriptionFailed
from sixmm.stream.asking import Asking

from .server import Rig


def test_a_topic_is_asked_for_again_and_then_given_up(rig: Callable[..., Rig]) -> None:
    """Nothing is done before it is due; the waits are those of the options."""
    clock = ManualClock()
    client = rig(clock=clock, ack_timeout=5.0, ack_retry=1.0, ack_retry_max=1.0)
    sent: list[str] = []
    desk = client.shared.desk
    asking = Asking(client.shared, client.shared.options)
    desk.subscribe(["a"])
    desk.open(sent.append)
    desk.flush()
    asking.note()

    assert not asking.act()
    clock.advance(1.0)
    assert asking.act()
    assert len(sent) == 2
    clock.advance(4.0)
    assert not asking.act()
    clock.advance(1.0)
    assert asking.act()
    assert asking.due_at is None
    (failed,) = client.waiting()
    assert isinstance(failed, SubscriptionFailed)
    assert failed.topics == ("a",)
