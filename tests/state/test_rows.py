"""The memory of the mirror as rows, and a mirror that is made of them."""

from __future__ import annotations

from decimal import Decimal

from sixmm.state.account import PARTS, AccountMirror
from sixmm.state.models import Balance, Facts, Fill, Order, Position, Snapshot
from sixmm.state.rows import BALANCE, FILL, ORDER, POSITION

ORDER_1 = Order(
    order_id="1", status="PART", rank=2, executed_quantity=Decimal("0.1"), updated_at_ms=5
)
FILL_1 = Fill(fill_id="f1", order_id="1", quantity=Decimal("0.1"), time_ms=5)
BALANCE_1 = Balance(asset="USDT", wallet=Decimal(3))
POSITION_1 = Position(symbol="BTCUSDT", position_side="LONG", quantity=Decimal(2))
FACTS = Facts(
    ts_ms=5,
    push="text",
    orders=(ORDER_1,),
    fills=(FILL_1,),
    positions=(POSITION_1,),
    balances=(BALANCE_1,),
)


def known() -> AccountMirror:
    """Return a mirror that knows one of each, and an order that was executed before in part."""
    mirror = AccountMirror()
    before = Order(order_id="0", status="OPEN", rank=1, executed_quantity=Decimal(4))
    mirror.begin(3)
    mirror.adopt(Snapshot(as_of_ms=3, open_orders=(before,)))
    mirror.apply(FACTS)
    return mirror


def restored() -> AccountMirror:
    """Return another mirror that is made of its rows."""
    mirror, first = AccountMirror(), known()
    mirror.restore(first.rows(), certain_ms=first.certain_ms)
    return mirror


def test_what_facts_touch() -> None:
    """The rows of a push are what is known now of everything that it tells."""
    mirror = known()

    assert {row[:2] for row in mirror.rows_of(FACTS)} == {
        (ORDER, "1"),
        (FILL, "f1"),
        (POSITION, "BTCUSDT\nLONG"),
        (BALANCE, "USDT"),
    }
    assert set(mirror.rows_of(FACTS)) < set(mirror.rows())
    assert AccountMirror().rows_of(Facts(orders=(ORDER_1,))) == []


def test_the_same_again() -> None:
    """A mirror of the rows knows the same, and holds none of it for certain."""
    first, second = known(), restored()

    assert set(second.rows()) == set(first.rows())
    assert second.baseline() == first.baseline()
    assert second.executed_before("0") == 4
    assert second.picture().orders == first.picture().orders
    assert second.picture().stale == PARTS


def test_repeats_are_known() -> None:
    """A push that repeats what was told before the end is no news, and a later one is."""
    mirror = restored()

    assert not mirror.apply(FACTS)
    later = Order(
        order_id="1", status="DONE", rank=3, executed_quantity=Decimal("0.2"), updated_at_ms=6
    )
    assert mirror.apply(Facts(ts_ms=6, push="other", orders=(later,)))
    assert mirror.apply(
        Facts(ts_ms=7, push="more", balances=(Balance(asset="USDT", wallet=Decimal(4)),))
    )


def test_ended_orders_keep_their_order() -> None:
    """The orders that ended first are forgotten first, also after a restart."""
    mirror = AccountMirror(max_ended_orders=2)
    ended = [Order(order_id=str(n), status="DONE", rank=3, updated_at_ms=n) for n in range(2)]
    for order in reversed(ended):
        mirror.tell_order(order)
    second = AccountMirror(max_ended_orders=2)
    second.restore(mirror.rows(), certain_ms=1)
    second.tell_order(Order(order_id="9", status="DONE", rank=3, updated_at_ms=9))

    assert second.order("1") is None
    assert second.order("0") == ended[0]
