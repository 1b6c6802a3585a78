"""What the judge makes of what a caller was told: it is right, or the judge says what is not."""

from __future__ import annotations

import json

import attrs

from sixmm.errors import DecodeError
from sixmm.events import DecodeFailed, Event, Origin, Resynced

from .judge import faults
from .tape import Tape
from .world import KINDS, Taken, World

_LATE = next(kind for kind in KINDS if kind.late)


def world_after(*quantities: int) -> tuple[World, list[str]]:
    """Return a world whose position has had these quantities, and the pushes that tell of them."""
    world = World(Tape([]), _LATE)
    world.begin()
    for quantity in quantities:
        world.exchange.set_position("BTCUSDT", quantity)
    return world, [logged.text for logged in world.pushed]


def told(text: str, *, late: bool = False) -> Taken:
    """Return an event of a push, as a caller takes it."""
    return Taken(Event(raw=text, ts=json.loads(text)["ts"], late=late, origin=Origin.STREAM), 0)


def given(world: World, *texts: str) -> None:
    """Give the client these pushes, in this order."""
    for text in texts:
        world.deliver(text.encode())


def test_a_late_value_does_not_hold_where_the_client_was_given_a_later_one() -> None:
    """It says that it is from before; the later one was left out, for a snapshot had told it."""
    world, (three, none, three_again) = world_after(3, 0, 3)
    given(world, three, three_again, none)
    world.taken = [told(three), told(none, late=True)]

    assert faults(world) == []


def test_a_late_value_holds_where_the_client_was_not_given_a_later_one() -> None:
    """A mark excuses nothing by itself: what comes after it has to be told."""
    world, (three, none, _) = world_after(3, 0, 3)
    given(world, three, none)
    world.taken = [told(three), told(none, late=True)]

    assert faults(world) == ["lost: position BTCUSDT is 3, and was told last as 0"]


def test_a_value_without_a_mark_holds() -> None:
    """Whatever the client was given before it: nobody tells the caller that it is an old one."""
    world, (three, none, three_again) = world_after(3, 0, 3)
    given(world, three, three_again, none)
    world.taken = [told(three), told(none)]

    assert faults(world) == ["lost: position BTCUSDT is 3, and was told last as 0"]


def test_a_value_from_before_one_that_rest_told_has_to_be_marked() -> None:
    """As far as the clocks allow to say so: what may be from after it need not be."""
    world, (three, none) = world_after(3, 0)
    given(world, three, none)
    row = json.loads(none)
    for seconds, is_told in ((1, False), (3, True)):
        by_rest = Event(raw=none, ts=row["ts"] + seconds * 1_000, origin=Origin.REST)
        world.taken = [Taken(by_rest, 0), told(three), told(none)]
        texts = [text for text in faults(world) if text.startswith("back")]
        assert bool(texts) is is_told
        world.taken = [Taken(by_rest, 0), told(three, late=True), told(none, late=True)]
        assert faults(world) == []


def test_of_one_late_push_each_thing_is_judged_by_itself() -> None:
    """A balance of it may be an old one while its position is the newest."""
    world = World(Tape([]), _LATE)
    world.begin()
    world.exchange.place(1, "BTCUSDT")
    world.exchange.fill("o1", 1)
    world.exchange.set_balance("USDT", 5)
    *orders, both, balance = (logged.text for logged in world.pushed)
    given(world, *orders, balance, both)
    world.taken = [*map(told, orders), told(balance), told(both, late=True)]

    assert faults(world) == []
    last = world.taken[-1]
    wrong = json.loads(both)
    wrong["positions"][0]["quantity"] = "2"
    world.given.push(json.dumps(wrong))
    world.taken[-1] = attrs.evolve(last, event=attrs.evolve(last.event, raw=json.dumps(wrong)))
    assert "lost: position BTCUSDT is 1, and was told last as 2" in faults(world)


def test_an_audit_may_tell_what_was_in_a_push_that_nobody_can_read() -> None:
    """Only the comparison right after it: what another one tells was kept back by the client."""
    world = World(Tape([]), KINDS[0])
    audit = Taken(Resynced(reason="audit", connection=1, checked=(), unchecked={}), 0)
    garbled = Taken(DecodeFailed(error=DecodeError("not JSON")), 0)
    world.taken = [garbled, audit]
    assert faults(world) == []

    world.taken = [audit, garbled]
    (found,) = faults(world)
    assert found.startswith("alarm")
    world.taken = [garbled, audit, audit]
    (found,) = faults(world)
    assert found.startswith("alarm")
