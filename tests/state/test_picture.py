"""The picture of an account: a value, with ways to look at it."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from sixmm.errors import LocalStateError
from sixmm.state.models import Balance, Fill, Order, Position
from sixmm.state.picture import Account, Orders, merged

OPEN = Order(order_id="1", status="PENDING", rank=1, client_order_id="a", created_at_ms=5)
ENDED = Order(order_id="2", status="FILLED", rank=3, client_order_id="a", created_at_ms=4)
ORDERS = Orders({"1": OPEN, "2": ENDED})


def picture() -> Account:
    """Return a picture with one order of each kind."""
    return Account(
        orders=ORDERS, positions={}, balances={}, fills=(), stale=(), as_of_ms=1_772_710_377_808
    )


def test_orders() -> None:
    """A mapping by id, with the open ones apart."""
    assert (ORDERS["1"], len(ORDERS), list(ORDERS)) == (OPEN, 2, ["1", "2"])
    assert dict(ORDERS.open) == {"1": OPEN} == dict(picture().open_orders)
    assert repr(ORDERS) == "<Orders 1 open, 2 known>"


def test_by_the_id_of_the_caller() -> None:
    """Where an id was used twice it is the newest order."""
    assert ORDERS.by_client_id("a") == OPEN
    assert ORDERS.by_client_id("b") is None


def test_as_of() -> None:
    """The moment, as milliseconds and as a time with its zone."""
    expected = datetime(2026, 3, 5, 11, 32, 57, 808_000, tzinfo=timezone.utc)
    assert picture().as_of == expected


def test_a_picture_without_a_client() -> None:
    """Nothing will change it, so waiting for that is a mistake."""
    with pytest.raises(LocalStateError):
        picture().wait_for(lambda _: False)


def test_parts_of_an_account_in_one_picture() -> None:
    """What is not certain is named with its part; it is as old as the oldest."""
    spot = Account(
        orders=Orders({"1": OPEN}),
        positions={},
        balances={"A": Balance(asset="A")},
        fills=(Fill(fill_id="f", order_id="1"),),
        stale=("fills",),
        as_of_ms=9,
    )
    position = Position(symbol="S", position_side="LONG")
    futures = Account(
        orders=Orders({"2": ENDED}),
        positions={position.key: position},
        balances={"B": Balance(asset="B")},
        fills=(),
        stale=(),
        as_of_ms=5,
    )
    whole = merged({"spot": spot, "futures": futures})
    assert dict(whole.orders) == {"1": OPEN, "2": ENDED}
    assert list(whole.positions) == [position.key]
    assert list(whole.balances) == ["A", "B"]
    assert [fill.fill_id for fill in whole.fills] == ["f"]
    assert (whole.stale, whole.as_of_ms) == (("spot: fills",), 5)
    assert merged({}).as_of_ms == 0
