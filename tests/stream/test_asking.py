"""Asking again for topics: what is sent when, and what is told in the end."""

from __future__ import annotations

import json
from collections.abc import Callable

from sixmm.clock import ManualClock
from sixmm.errors import SubscriptionRefused
from sixmm.events import SubscriptionFailed
from sixmm.stream.asking import Asking
from sixmm.venues.base import Frame, FrameKind

from .server import Rig

BUSY = SubscriptionRefused("busy")


def id_of(text: str) -> str:
    """Return the id of a request."""
    return str(json.loads(text)["id"])


def test_what_may_be_accepted_another_time_is_asked_for_again(rig: Callable[..., Rig]) -> None:
    """It settles when everything is answered; a refusal that stands is told and left."""
    clock = ManualClock()
    client = rig(clock=clock, ack_timeout=5.0, ack_retry=1.0, ack_retry_max=1.0)
    sent: list[str] = []
    desk = client.shared.desk
    asking = Asking(client.shared, client.shared.options)
    desk.want(["a", "b"])
    desk.open(sent.append)
    desk.flush()
    for text, may_pass in zip(tuple(sent), (True, False), strict=True):
        frame = Frame(kind=FrameKind.REPLY, request_id=id_of(text), error=BUSY, may_pass=may_pass)
        refusal = desk.answer(frame)
        assert refusal is not None
        asking.refused(refusal)

    assert not asking.settle()
    clock.advance(1.0)
    assert asking.act()
    (again,) = sent[2:]
    assert not asking.settle()
    desk.answer(Frame(kind=FrameKind.REPLY, request_id=id_of(again)))
    assert asking.settle()
    assert desk.live == ("a",)
    assert asking.due_at is None
    told = [event for event in client.waiting() if isinstance(event, SubscriptionFailed)]
    assert [event.topics for event in told] == [("a",), ("b",)]


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
