"""What an order would meet in the book."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sixmm.sim.engine.matching import crosses, sweep_price

from ..bench import SYMBOL, Bench


@pytest.mark.parametrize(
    ("side", "limit", "taken"),
    [("BUY", 100, True), ("BUY", 99, False), ("SELL", 100, True), ("SELL", 101, False)],
)
def test_a_limit_takes_its_price_and_better(side: str, limit: int, taken: bool) -> None:
    """A buyer takes what costs no more, a seller what pays no less, a market order anything."""
    assert crosses(side, Decimal(limit), Decimal(100)) is taken
    assert crosses(side, None, Decimal(100))


@pytest.mark.parametrize(("quantity", "price"), [("0.1", 85000), ("0.2", 85001), ("9", 85002)])
def test_the_worst_price_of_a_sweep(bench: Bench, quantity: str, price: int) -> None:
    """It is the last level that the size reaches, or the deepest."""
    account = bench.account()
    for step in range(3):
        bench.place(account, "SELL", str(85000 + step), "0.1")
    book = bench.engine.state.markets[SYMBOL].book

    assert sweep_price(book, "BUY", Decimal(quantity)) == price
    assert sweep_price(book, "SELL", Decimal(quantity)) is None


def test_fok_sees_reduce_only_orders_that_will_be_gone(bench: Bench) -> None:
    """A FOK sweep does not count on a reduce-only order that its own first fill takes away."""
    maker, taker, other = (bench.account(name) for name in "abc")
    bench.place(other, "SELL", "85000", "0.1")
    bench.place(maker, "BUY", "85000", "0.1")
    bench.place(maker, "SELL", "85001", "0.1")
    doomed = bench.place(maker, "SELL", "85002", "0.1", reduceOnly=True)
    order = bench.place(taker, "BUY", "85002", "0.2", timeInForce="FOK")

    assert (order.status, order.executed) == ("CANCELED", 0)
    assert doomed.is_open
