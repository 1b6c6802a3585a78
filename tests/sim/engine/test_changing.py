"""Cancelling, amending and finding orders (rules 52 to 54, 57)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from sixmm.sim.codes import ExchangeError
from sixmm.sim.engine.changing import find_order
from sixmm.sim.engine.orders import Order

from ..bench import SYMBOL, Bench


@pytest.fixture
def trader(bench: Bench) -> Any:
    """Give an account in a drained engine."""
    account = bench.account()
    bench.drain()
    return account


def resting(bench: Bench, trader: Any, **more: Any) -> Order:
    """Place a buy order that rests, and forget its pushes."""
    order = bench.place(trader, "BUY", "85000", "0.1", **more)
    bench.drain()
    return order


def test_a_cancel_tells_what_was_filled_before(bench: Bench, trader: Any) -> None:
    """CANCELED without a fill, PARTIALLY_FILLED_CANCELED with one (rule 61)."""
    untouched, touched = resting(bench, trader), resting(bench, trader)
    bench.cancel(trader, untouched)
    bench.place(bench.account("other"), "SELL", None, "0.04")
    bench.cancel(trader, touched)

    assert bench.statuses(trader) == ["CANCELED", "PARTIALLY_FILLED", "PARTIALLY_FILLED_CANCELED"]
    assert trader.frozen == 0


def test_a_cancel_of_what_is_no_longer_open_is_3005(bench: Bench, trader: Any) -> None:
    """An order that has ended cannot be cancelled or amended, an unknown one is 3003 (rule 103)."""
    order = resting(bench, trader)
    bench.cancel(trader, order)
    for act in (lambda: bench.cancel(trader, order), lambda: bench.amend(trader, order, price="1")):
        with pytest.raises(ExchangeError) as caught:
            act()
        assert caught.value.code == 3005
    with pytest.raises(ExchangeError) as caught:
        bench.engine.cancel(trader, {"symbol": SYMBOL, "orderId": "1"}, bench.tick())
    assert caught.value.code == 3003


def test_lookup_by_either_id_or_by_both(bench: Bench, trader: Any) -> None:
    """Given both ids, an order has to match both (rule 52)."""
    order = resting(bench, trader, clientOrderId="mine")
    other = resting(bench, trader, clientOrderId="yours")

    def find(**wanted: str) -> Order | int:
        try:
            return find_order(bench.engine.state, trader, {"symbol": SYMBOL, **wanted})
        except ExchangeError as exc:
            return exc.code

    assert order is find(orderId=order.order_id)
    assert order is find(clientOrderId="mine")
    assert order is find(orderId=order.order_id, clientOrderId="mine")
    assert find(orderId=order.order_id, clientOrderId="yours") == 3003
    assert find(orderId=other.order_id, symbol="ETHUSDT") == 3003
    assert find() == 2001
    assert find(orderId=order.order_id, symbol="") == 2001
    assert find(orderId=order.order_id, symbol="NOPE") == 2002


def test_an_order_of_another_account_does_not_exist(bench: Bench, trader: Any) -> None:
    """Nobody finds or cancels an order of somebody else."""
    order = resting(bench, trader)
    with pytest.raises(ExchangeError) as caught:
        bench.cancel(bench.account("other"), order)

    assert caught.value.code == 3003


def test_amend_sets_the_total_size(bench: Bench, trader: Any) -> None:
    """The quantity of an amendment is the new total, not the unfilled rest (rule 54)."""
    order = resting(bench, trader)
    bench.place(bench.account("other"), "SELL", None, "0.04")
    bench.drain()
    bench.amend(trader, order, quantity="0.06")
    push = bench.drain(trader)[0]

    assert (push["orderStatus"], push["quantity"]) == ("PARTIALLY_FILLED", "0.06")
    assert bench.levels() == ([("85000", "0.02")], [])
    assert Decimal("85") == trader.frozen


@pytest.mark.parametrize(
    ("figures", "keeps"),
    [
        ({"quantity": "0.09"}, True),
        ({"quantity": "0.11"}, False),
        ({"price": "85000", "quantity": "0.1"}, True),
        ({"price": "84999"}, False),
    ],
)
def test_only_a_smaller_size_keeps_the_place(
    bench: Bench, trader: Any, figures: dict[str, str], keeps: bool
) -> None:
    """More size or a new price goes to the end of the queue."""
    first, second = resting(bench, trader), resting(bench, trader)
    bench.amend(trader, first, **figures)
    bench.place(bench.account("other"), "SELL", None, "0.01")

    assert keeps == bool(first.executed)
    assert keeps != bool(second.executed)


def test_a_new_price_may_fill_at_once(bench: Bench, trader: Any) -> None:
    """An amended order that crosses is told as amended first and as filled then."""
    order = resting(bench, trader)
    bench.place(bench.account("other"), "SELL", "85100", "0.1")
    bench.drain()
    bench.amend(trader, order, price="85100")

    assert bench.statuses(trader) == ["PENDING", "FILLED"]
    assert trader.frozen == 0


@pytest.mark.parametrize(
    ("figures", "code"),
    [
        ({}, 2001),
        ({"price": 85000}, 2002),
        ({"price": "85000.01"}, 2003),
        ({"quantity": "0.0001"}, 2003),
        ({"quantity": "0.04"}, 2003),
        ({"quantity": "900"}, 3001),
        ({"price": "85200"}, 2003),
    ],
)
def test_bad_amendments_change_nothing(
    bench: Bench, trader: Any, figures: dict[str, Any], code: int
) -> None:
    """Figures are checked like those of a new order; filled size and makerOnly bind as well."""
    order = resting(bench, trader, makerOnly=True)
    other = bench.account("other")
    bench.place(other, "SELL", None, "0.04")
    bench.place(other, "SELL", "85200", "0.1")
    bench.drain()
    before = bench.levels()
    with pytest.raises(ExchangeError) as caught:
        bench.amend(trader, order, **figures)

    assert code == caught.value.code
    assert before == bench.levels()
    assert bench.drain() == []


def test_cancel_all_by_symbol(bench: Bench, trader: Any) -> None:
    """All open orders go, or those of one symbol, oldest first (rule 57)."""
    orders = [resting(bench, trader) for _ in range(2)]
    ether = bench.place(trader, "BUY", "3000", "1", symbol="ETHUSDT")
    bench.drain()

    def sweep(symbol: str | None) -> int:
        engine = bench.engine
        return engine.cancel_all(trader, symbol=symbol, limit_only=True, now_ms=bench.tick())

    assert sweep(SYMBOL) == 2
    gone = [d["orderId"] for d in bench.drain(trader) if "orderId" in d]
    assert [order.order_id for order in orders] == gone
    assert ether.is_open
    assert (sweep(None), sweep(None)) == (1, 0)
