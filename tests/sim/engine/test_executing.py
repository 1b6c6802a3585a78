"""Matching: what is filled, in which order, and what is told about it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ..bench import SYMBOL, Bench

BOTH = (SYMBOL, "BOTH")


def test_a_resting_order_is_new_and_then_pending(bench: Bench) -> None:
    """Accepted is NEW, in the book is PENDING (rule 60), and the frozen margin follows."""
    account = bench.account()
    bench.drain()
    bench.place(account, "BUY", "85000", "0.1")
    new, pending, balance = bench.drain(account)

    assert (new["orderStatus"], pending["orderStatus"]) == ("NEW", "PENDING")
    assert new["createdAt"] == new["updatedAt"] < pending["updatedAt"]
    assert balance["balances"][0]["frozenBalance"] == "425"
    assert balance["positions"] == []


def test_one_push_tells_exactly_one_fill(bench: Bench) -> None:
    """A sweep is one push per fill with a cumulative size, then one ACCOUNT_UPDATE."""
    maker, taker = bench.account("maker"), bench.account("taker")
    for price in ("85002", "85000", "85001"):
        bench.place(maker, "SELL", price, "0.1")
    bench.drain()
    order = bench.place(taker, "BUY", "85001", "0.3")
    pushes = bench.drain(taker)
    fills = [push for push in pushes if "fillId" in push]

    assert [fill["lastPrice"] for fill in fills] == ["85000", "85001"]
    assert [fill["executedQuantity"] for fill in fills] == ["0.1", "0.2"]
    assert [fill["orderStatus"] for fill in fills] == ["PARTIALLY_FILLED"] * 2
    assert {"taker"} == {fill["roleType"] for fill in fills}
    assert [fill["handlingFee"] for fill in fills] == ["4.25", "4.25005"]
    assert [p["eventType"] for p in pushes] == ["ORDER_TRADE_UPDATE"] * 3 + ["ACCOUNT_UPDATE"]
    assert ("PARTIALLY_FILLED", Decimal("85000.5")) == (order.status, order.average_price)


def test_time_decides_between_equal_prices(bench: Bench) -> None:
    """Of two orders at one price the older is filled first."""
    first, second, taker = (bench.account(name) for name in "abc")
    older = bench.place(first, "SELL", "85000", "0.1")
    newer = bench.place(second, "SELL", "85000", "0.1")
    bench.place(taker, "BUY", None, "0.15")

    assert (Decimal("0.1"), Decimal("0.05")) == (older.executed, newer.executed)
    assert (older.status, newer.status) == ("FILLED", "PARTIALLY_FILLED")


def test_ioc_and_market_orders_do_not_rest(bench: Bench) -> None:
    """What is not filled at once ends as PARTIALLY_FILLED_CANCELED or CANCELED (rule 61)."""
    maker, taker = bench.account("maker"), bench.account("taker")
    bench.place(maker, "SELL", "85000", "0.1")
    part = bench.place(taker, "BUY", "85000", "0.3", timeInForce="IOC")
    none = bench.place(taker, "BUY", "85000", "0.3", timeInForce="IOC")
    market = bench.place(taker, "BUY", None, "0.3")

    assert [order.status for order in (part, none, market)] == [
        "PARTIALLY_FILLED_CANCELED",
        "CANCELED",
        "CANCELED",
    ]
    assert taker.open == {}
    assert bench.levels() == ([], [])


@pytest.mark.parametrize(("size", "status"), [("0.2", "FILLED"), ("0.201", "CANCELED")])
def test_fok_is_all_or_nothing(bench: Bench, size: str, status: str) -> None:
    """A FOK order is filled whole or not at all (rule 48)."""
    maker, taker = bench.account("maker"), bench.account("taker")
    for price in ("85000", "85001", "85009"):
        bench.place(maker, "SELL", price, "0.1")
    order = bench.place(taker, "BUY", "85001", size, timeInForce="FOK")

    assert status == order.status
    assert order.executed in (0, order.quantity)


def test_reduce_only_orders_go_when_their_position_shrinks(bench: Bench) -> None:
    """A resting reduce-only order larger than the position is cancelled, so it cannot turn it."""
    maker, taker = bench.account("maker"), bench.account("taker")
    bench.place(taker, "SELL", "85000", "0.1")
    bench.place(maker, "BUY", "85000", "0.1")
    reducing = bench.place(maker, "SELL", "86000", "0.1", reduceOnly=True)
    bench.place(maker, "SELL", "85500", "0.05")
    bench.place(taker, "BUY", None, "0.1")

    assert reducing.status == "CANCELED"
    assert Decimal("0.05") == maker.position(BOTH).size


def test_an_account_may_meet_itself(bench: Bench) -> None:
    """Both sides of a self-trade are filled; the position stays, two fees are paid."""
    account = bench.account()
    resting = bench.place(account, "SELL", "85000", "0.1")
    order = bench.place(account, "BUY", "85000", "0.1")

    assert (resting.status, order.status) == ("FILLED", "FILLED")
    assert account.position(BOTH).size == 0
    assert Decimal("5.95") == account.fees_paid


def test_hedge_legs_are_kept_apart(bench: Bench) -> None:
    """LONG and SHORT are two positions, and closing one is reduce-only by itself."""
    hedged, other = bench.account("hedged", hedge=True), bench.account("other")
    bench.place(other, "SELL", "85000", "0.1")
    bench.place(other, "BUY", "84000", "0.2")
    bench.place(hedged, "BUY", None, "0.1", positionSide="LONG")
    bench.place(hedged, "SELL", None, "0.2", positionSide="SHORT")
    close = bench.place(hedged, "BUY", "83000", "0.2", positionSide="SHORT")

    assert Decimal("0.1") == hedged.held((SYMBOL, "LONG"))
    assert Decimal("0.2") == hedged.held((SYMBOL, "SHORT"))
    assert close.reduce_only
    assert close.frozen == 0


def test_profit_and_fees_reach_the_wallet(bench: Bench) -> None:
    """A round trip of 0.1 from 85000 to 86000 earns 100 less the two taker fees."""
    trader, other = bench.account("trader"), bench.account("other")
    bench.place(other, "SELL", "85000", "0.1")
    bench.place(trader, "BUY", None, "0.1")
    bench.place(other, "BUY", "86000", "0.1")
    bench.drain()
    bench.place(trader, "SELL", None, "0.1")
    account = bench.drain(trader)[-1]

    assert Decimal("100000") + 100 - Decimal("4.25") - Decimal("4.3") == trader.wallet
    assert trader.used == 0
    assert (account["positions"][0]["quantity"], account["positions"][0]["entryPrice"]) == (
        "0",
        "0",
    )


SIDES = st.sampled_from(("BUY", "SELL"))
ORDERS = st.lists(st.tuples(SIDES, st.integers(0, 6), st.integers(1, 4)), max_size=25)


@given(ORDERS)
def test_fills_equal_those_of_a_naive_matcher(orders: list[tuple[str, int, int]]) -> None:
    """Price-time priority: the same fills as a list that is searched for the best order."""
    bench = Bench()
    account = bench.account(balance="1000000000")
    resting: list[list[int]] = []
    expected: list[tuple[int, int, int]] = []
    numbers: dict[str, int] = {}
    for number, (side, price, size) in enumerate(orders):
        left, sign = size, 1 if side == "BUY" else -1
        while left:
            fits = [r for r in resting if r[1] == -sign and sign * (price - r[2]) >= 0]
            if not fits:
                break
            best = min(fits, key=lambda r: (sign * r[2], r[0]))
            taken = min(left, best[3])
            expected.append((best[0], number, taken))
            left, best[3] = left - taken, best[3] - taken
            resting = [r for r in resting if r[3]]
        if left:
            resting.append([number, sign, price, left])
        order = bench.place(account, side, str(85000 + price), str(Decimal(size) / 1000))
        numbers[order.order_id] = number
    fills = [push for push in bench.drain(account) if "fillId" in push]
    pairs = zip(fills[::2], fills[1::2], strict=True)

    assert expected == [
        (numbers[m["orderId"]], numbers[t["orderId"]], int(Decimal(t["lastQuantity"]) * 1000))
        for m, t in pairs
    ]
