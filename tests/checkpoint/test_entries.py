"""What is told, to the journal and back."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sixmm.checkpoint.entries import (
    Entry,
    Numbered,
    Tell,
    TellAccount,
    TellCondition,
    TellOrder,
    is_numbered,
    item_of,
)
from sixmm.events import DecodeFailed, Event
from sixmm.state.models import Balance, ConditionOrder, Fill, Position
from sixmm.venues.sixmm.venue import SixmmVenue

from .making import order

VENUE = SixmmVenue()
ORDER = order(1, rank=2)
FILL = Fill(
    fill_id="f1", order_id="o1", price=Decimal("60000.10"), time_ms=5, raw='{"fillId":"f1"}'
)
BALANCE = Balance(asset="USDT", wallet=Decimal("1.50"), raw='{"assetType":"USDT"}')
POSITION = Position(
    symbol="BTCUSDT", position_side="LONG", quantity=Decimal(2), detail=(None, True)
)


def again(tell: Tell) -> Event | bytes:
    """Return what goes to the caller after a way through the journal."""
    numbered = item_of(Entry.of(3, tell, 7, "user.9"), VENUE)

    assert is_numbered(numbered)
    assert (numbered.number, numbered.received_at, numbered.redelivered) == (3, 7, True)
    return numbered.item


def test_push() -> None:
    """A push stays its text; it is decoded when it is taken."""
    assert again(b'{"a":1}') == b'{"a":1}'


@pytest.mark.parametrize("fill", [None, FILL])
def test_order_of_rest(fill: Fill | None) -> None:
    """What REST told of an order is the same event again, and it is marked."""
    event = again(TellOrder(ORDER.__class__(order_id="o1", status="FILLED", rank=3), fill))
    first = VENUE.order_event(
        ORDER.__class__(order_id="o1", status="FILLED", rank=3), fill, topic="user.9", received_at=7
    )

    assert event == first
    assert isinstance(event, Event)
    assert event.redelivered
    assert event.raw == first.raw


def test_account_of_rest() -> None:
    """So is what it told of balances and positions."""
    event = again(TellAccount((BALANCE,), (POSITION,), 9))

    (told,) = VENUE.account_events(
        balances=[BALANCE], positions=[POSITION], ts=9, topic="user.9", received_at=7
    )
    assert event == told
    assert isinstance(event, Event)
    assert event.redelivered


def test_condition_of_rest() -> None:
    """So is what it told of a condition order."""
    condition = ConditionOrder(
        condition_id="c1",
        status="TRIGGERED",
        is_waiting=False,
        order_id="o1",
        stop_price=Decimal("60000.10"),
        close_position=True,
        updated_at_ms=5,
        raw='{"conditionId":"c1"}',
    )
    event = again(TellCondition(condition))

    assert event == VENUE.condition_event(condition, topic="user.9", received_at=7)
    assert isinstance(event, Event)
    assert event.redelivered
    assert event.raw == condition.raw


@pytest.mark.parametrize("kind", ["order", "account", "condition", "other"])
@pytest.mark.parametrize("body", ["[]", "[1,2]", "[[1],null,3]", "{", "[[[]],[[]],1]"])
def test_unreadable(kind: str, body: str) -> None:
    """An entry that cannot be read reaches the caller as such: never an error, never dropped."""
    event = item_of(Entry(1, kind, body, 7, ""), VENUE).item

    assert isinstance(event, DecodeFailed)
    assert event.redelivered
    assert event.raw == body


def test_measured_as_an_event() -> None:
    """An item with a number has the text by which the inbox measures it."""
    assert Numbered(1, b"abc", 7).raw == b"abc"
    assert Numbered(1, Event(raw="abc"), 7).raw == "abc"
