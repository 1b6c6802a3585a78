"""What is checked when an order is placed (rules 43, 46 to 49, 101 to 104)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from sixmm.sim.codes import ExchangeError

from ..bench import SYMBOL, Bench


def refused(bench: Bench, *args: Any, **more: Any) -> int:
    """Return the code of a refused placement, which must leave no trace."""
    before = len(args[0].orders)
    with pytest.raises(ExchangeError) as caught:
        bench.place(*args, **more)
    assert before == len(args[0].orders)
    assert bench.engine.drain() == []
    return caught.value.code


@pytest.fixture
def trader(bench: Bench) -> Any:
    """Give an account in a drained engine."""
    account = bench.account()
    bench.drain()
    return account


@pytest.mark.parametrize(
    ("price", "quantity"),
    [
        ("85000.05", "0.1"),
        ("0", "0.1"),
        ("2000000000", "0.1"),
        ("85000", "0.0005"),
        ("85000", "0.0015"),
        ("85000", "0"),
        ("85000", "1001"),
        ("1000", "0.004"),
    ],
)
def test_figures_outside_the_symbol_limits_are_2003(
    bench: Bench, trader: Any, price: str, quantity: str
) -> None:
    """Tick, step, smallest value and largest size are enforced (rule 43)."""
    assert refused(bench, trader, "BUY", price, quantity) == 2003


def test_a_market_order_has_its_own_cap(bench: Bench, trader: Any) -> None:
    """The cap of market orders is lower than that of limit orders."""
    assert refused(bench, trader, "BUY", None, "200.001") == 2003


def test_an_unknown_symbol_is_2002(bench: Bench, trader: Any) -> None:
    """A symbol that is not traded is a bad value."""
    assert refused(bench, trader, "BUY", "1", "1", symbol="NOPE") == 2002


def test_too_little_money_is_3001(bench: Bench) -> None:
    """Margin and fee have to be covered by what is not bound yet (rule 102)."""
    poor = bench.account("poor", "100")
    bench.drain()

    assert refused(bench, poor, "BUY", "85000", "0.024") == 3001
    bench.place(poor, "BUY", "85000", "0.023")
    bench.drain()
    assert refused(bench, poor, "BUY", "85000", "0.001") == 3001


def test_a_client_id_is_refused_while_its_order_is_open(bench: Bench, trader: Any) -> None:
    """A repeat of an open order's clientOrderId is 3004; once it has ended the id is free."""
    first = bench.place(trader, "BUY", "85000", "0.1", clientOrderId="mine")
    bench.drain()

    assert refused(bench, trader, "BUY", "85000", "0.1", clientOrderId="mine") == 3004
    bench.cancel(trader, first)
    assert bench.place(trader, "BUY", "85000", "0.1", clientOrderId="mine").is_open


def test_the_position_side_has_to_fit_the_mode(bench: Bench, trader: Any) -> None:
    """One-way accounts say BOTH, accounts in hedge mode LONG or SHORT."""
    hedged = bench.account("hedged", hedge=True)
    bench.drain()

    assert refused(bench, trader, "BUY", "85000", "0.1", positionSide="LONG") == 2002
    assert refused(bench, hedged, "BUY", "85000", "0.1") == 2002


def test_reduce_only_needs_a_position_that_is_large_enough(bench: Bench, trader: Any) -> None:
    """Without a position, or beyond its size, a reduce-only order is 2003."""
    other = bench.account("other")
    bench.place(other, "SELL", "85000", "0.1")
    bench.drain()

    assert refused(bench, trader, "SELL", "86000", "0.1", reduceOnly=True) == 2003
    bench.place(trader, "BUY", "85000", "0.1")
    bench.drain()
    assert refused(bench, trader, "SELL", "86000", "0.101", reduceOnly=True) == 2003
    assert refused(bench, trader, "BUY", "80000", "0.1", reduceOnly=True) == 2003
    assert bench.place(trader, "SELL", "86000", "0.1", reduceOnly=True).is_open


def test_close_position_takes_the_whole_size(bench: Bench, trader: Any) -> None:
    """With closePosition the size is that of the position, and without one it is 2003 (rule 46)."""
    other = bench.account("other")
    bench.place(other, "SELL", "85000", "0.123")
    bench.place(trader, "BUY", None, "0.123")
    bench.place(other, "BUY", "84000", "1")
    order = bench.place(trader, "SELL", None, "0.001", closePosition=True)

    assert ("FILLED", Decimal("0.123")) == (order.status, order.executed)
    assert trader.held((SYMBOL, "BOTH")) == 0
    bench.drain()
    assert refused(bench, trader, "SELL", None, "0.001", closePosition=True) == 2003


@pytest.mark.parametrize(("kind", "price"), [(1, 86600), (2, 86604), (3, 86400), (4, 86396)])
def test_price_types_take_a_level_of_the_book(
    bench: Bench, trader: Any, kind: int, price: int
) -> None:
    """1 and 2 are the opposite side's level 1 and 5, 3 and 4 the own side's (rule 49)."""
    other = bench.account("other")
    for step in range(6):
        bench.place(other, "BUY", str(86400 - step), "0.01")
        bench.place(other, "SELL", str(86600 + step), "0.01")
    order = bench.place(trader, "BUY", "1", "0.001", priceType=kind)

    assert price == order.price


def test_a_price_type_needs_a_book(bench: Bench, trader: Any) -> None:
    """An empty side has no price to give."""
    assert refused(bench, trader, "BUY", "1", "0.001", priceType=1) == 2003


def test_maker_only_never_takes(bench: Bench, trader: Any) -> None:
    """A maker-only order that would take is REJECTED and told so once; else it rests."""
    other = bench.account("other")
    bench.place(other, "SELL", "86000", "0.1")
    bench.drain()
    order = bench.place(trader, "BUY", "86000", "0.1", makerOnly=True)

    assert (order.status, order.executed) == ("REJECTED", 0)
    assert bench.statuses(trader) == ["REJECTED"]
    bench.place(trader, "BUY", "85999.9", "0.1", makerOnly=True)
    assert bench.statuses(trader) == ["NEW", "PENDING"]


def test_open_orders_are_capped(bench: Bench, trader: Any) -> None:
    """Beyond the symbol's cap of open orders an order is 2003."""
    market = bench.engine.state.markets[SYMBOL]
    market.spec = replace(market.spec, max_open_orders=2)
    for _ in range(2):
        bench.place(trader, "BUY", "80000", "0.001")
    bench.drain()

    assert refused(bench, trader, "BUY", "80000", "0.001") == 2003
