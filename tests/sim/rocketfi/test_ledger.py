"""What commands do to an account."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sixmm.sim.rocketfi.ledger import FEE_RATE, Ledger, Position
from sixmm.sim.rocketfi.market import INSTRUMENTS

BTC = INSTRUMENTS[0]


@pytest.fixture
def ledger() -> Ledger:
    """An account with 1000 of asset 0."""
    return Ledger("0xa", {0: Decimal(1000)}, Ledger.order_ids())


def test_the_life_of_an_order(ledger: Ledger) -> None:
    """Placed, filled in part, changed, filled: sizes add up, and it is open until the end."""
    order, touched = ledger.place(BTC, side="Buy", quantity=Decimal(3), price=Decimal(10), now_ms=1)
    assert order.order_id > 2**53
    assert ledger.orders == {order.order_id: order}
    touched += ledger.fill(order, Decimal(1), Decimal(10), now_ms=2, passive=True)
    touched += ledger.modify(order, price=Decimal(11), quantity=Decimal(4), now_ms=3)
    assert order.remaining == 3
    touched += ledger.fill(order, Decimal(3), Decimal(11), now_ms=4, passive=True)

    assert ledger.orders == {}
    assert [event.variant for event in touched.events] == ["placed", "fill", "modified", "fill"]
    assert touched.events == ledger.events
    assert touched.orders == [order]
    last = touched.events[-1].fields or {}
    assert (last["remaining_size"], last["original_size"], last["is_filled"]) == (0, 4, True)
    position = ledger.positions[BTC.instrument_id]
    assert (position.quantity, position.average_price) == (4, Decimal("10.75"))
    assert ledger.collateral[0] == 1000 - 43 * FEE_RATE


def test_cancel_and_reject(ledger: Ledger) -> None:
    """A cancel has no members; a rejected order was never open."""
    order, _ = ledger.place(BTC, side="Sell", quantity=Decimal(1), price=Decimal(9), now_ms=1)
    canceled = ledger.cancel(order).events[0]
    rejected = ledger.reject(BTC, "marginViolated").events[0]

    assert (canceled.variant, canceled.fields) == ("canceled", None)
    assert rejected.fields == {"reason": "marginViolated"}
    assert rejected.order_id == order.order_id + 1
    assert ledger.orders == {}


def test_funding(ledger: Ledger) -> None:
    """Who is long pays a rate above 0, out of the collateral."""
    order, _ = ledger.place(BTC, side="Buy", quantity=Decimal(2), price=Decimal(100), now_ms=1)
    ledger.fill(order, Decimal(2), Decimal(100), now_ms=2, passive=True)
    before = ledger.collateral[0]
    touched = ledger.fund(BTC, Decimal("0.01"), now_ms=3, round_=7)

    assert touched.funding is not None
    assert touched.funding.paid == -2
    assert ledger.collateral[0] == before - 2
    assert ledger.funding == [touched.funding]


@pytest.mark.parametrize(
    ("trades", "quantity", "average", "profit"),
    [
        ([(1, 10), (1, 20)], 2, 15, 0),
        ([(2, 10), (-1, 14)], 1, 10, 4),
        ([(2, 10), (-2, 14)], 0, 0, 8),
        ([(2, 10), (-3, 14)], -1, 14, 8),
        ([(-2, 10), (1, 14)], -1, 10, -4),
    ],
)
def test_positions(trades: list[tuple[int, int]], quantity: int, average: int, profit: int) -> None:
    """More of the same moves the average; less realises profit; the rest turns round."""
    position = Position(instrument=BTC)
    made = sum(position.trade(Decimal(size), Decimal(price)) for size, price in trades)

    assert (position.quantity, position.average_price, made) == (quantity, average, profit)


def test_deposits(ledger: Ledger) -> None:
    """They may be of an asset that was not there yet."""
    assert ledger.deposit(2, Decimal(5)).assets == [2]
    assert ledger.collateral == {0: 1000, 2: 5}
