"""The states of an order (rules 60, 61)."""

from __future__ import annotations

from decimal import Decimal

from sixmm.sim.engine.numbers import ZERO
from sixmm.sim.engine.orders import TERMINAL, Order


def order() -> Order:
    """Return a buy order of 3."""
    return Order(
        order_id="1",
        client_order_id="",
        owner="a",
        symbol="BTCUSDT",
        side="BUY",
        position_side="BOTH",
        type="LIMIT",
        time_in_force="GTC",
        price=Decimal(100),
        quantity=Decimal(3),
        reduce_only=False,
        maker_only=False,
        close_position=False,
        opening=ZERO,
    )


def test_a_life_in_fills() -> None:
    """NEW, PENDING, PARTIALLY_FILLED, FILLED, with the mean price of the fills."""
    one = order()
    states = [one.status]
    one.rest()
    states.append(one.status)
    for price, size in ((100, 1), (103, 2)):
        one.fill(Decimal(price), Decimal(size))
        states.append(one.status)

    assert states == ["NEW", "PENDING", "PARTIALLY_FILLED", "FILLED"]
    assert (one.average_price, one.remaining) == (102, 0)
    assert not one.is_open


def test_an_end_tells_whether_anything_was_filled() -> None:
    """CANCELED without a fill, PARTIALLY_FILLED_CANCELED with one; both are for good."""
    untouched, touched = order(), order()
    touched.fill(Decimal(100), Decimal(1))
    for one in (untouched, touched):
        one.end()

    assert (untouched.status, touched.status) == ("CANCELED", "PARTIALLY_FILLED_CANCELED")
    assert {untouched.status, touched.status} <= TERMINAL
    assert untouched.average_price == 0
