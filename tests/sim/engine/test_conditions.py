"""Condition orders in the engine: taken, fired, ended (rules 50, 57, 59, 106)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from sixmm.sim.engine import conditions
from sixmm.sim.engine.account import Account
from sixmm.sim.engine.rows import position_row

from ..bench import SYMBOL
from .street import LEG, Street, code_of


@pytest.fixture
def trader(street: Street) -> Account:
    """Give an account that is long 0.01 at 86500."""
    account = street.account("trader")
    street.hold(account, "0.01")
    street.drain()
    return account


def test_a_stop_becomes_a_market_order_of_the_same_client_id(
    street: Street, trader: Account
) -> None:
    """It waits unseen and holds nothing; at the price it is a normal order, told like any other."""
    one = street.wait_for(trader, stopPrice="85000", clientOrderId="mine", reduceOnly=True)
    street.quote(84_000, 84_100)
    assert street.drain(trader) == []
    assert (one.status, one.order_id, trader.frozen) == ("NEW", "", 0)
    street.place(street.taker, "SELL", None, "0.001")
    order = trader.orders[one.order_id]

    assert (one.status, order.status, order.type) == ("TRIGGERED", "FILLED", "MARKET")
    assert (order.client_order_id, order.executed) == ("mine", Decimal("0.01"))
    assert street.statuses(trader) == ["NEW", "FILLED"]
    assert trader.position(LEG).size == 0


@pytest.mark.parametrize(
    ("kind", "side", "stop", "price"),
    [
        ("STOP_LIMIT", "BUY", "87000", "87000"),
        ("STOP_LIMIT", "SELL", "86000", "86000"),
        ("TAKE_PROFIT_LIMIT", "BUY", "86000", "86000"),
        ("TAKE_PROFIT_LIMIT", "SELL", "87000", "87000"),
    ],
)
def test_a_limit_kind_becomes_a_resting_limit_order(
    street: Street, trader: Account, kind: str, side: str, stop: str, price: str
) -> None:
    """The order that it becomes has the price and the lifetime that were asked for."""
    one = street.wait_for(trader, type=kind, side=side, stopPrice=stop, price=price)
    street.trade(86_500)
    assert one.status == "NEW"
    street.trade(stop)
    order = trader.orders[one.order_id]

    assert (order.type, order.price, order.time_in_force) == ("LIMIT", Decimal(price), "GTC")
    assert order.status == "PENDING"


def test_the_mark_price_fires_what_works_on_it_and_only_that(
    street: Street, trader: Account
) -> None:
    """CONTRACT_PRICE is the last trade, MARK_PRICE the mark; each has eyes for its own."""
    last = street.wait_for(trader, stopPrice="85000")
    body = {"type": "STOP_LIMIT", "price": "90000", "stopPrice": "85000"}
    mark = street.wait_for(trader, **body, workingType="MARK_PRICE")
    street.quote(83_000, 84_000)

    assert (last.status, mark.status) == ("NEW", "TRIGGERED")
    street.unquote()
    street.trade(84_900)
    assert last.status == "TRIGGERED"


def test_a_trailing_order_follows_the_market(street: Street, trader: Account) -> None:
    """From the activation price on it follows the top, and sells when the price comes back."""
    one = street.wait_for(
        trader, type="TRAILING_STOP", activatePrice="87000", callbackRate="0.01", reduceOnly=True
    )
    for price in (86_000, 80_000, 87_000, 88_000, 87_200):
        street.trade(price)
        assert one.status == "NEW", price
    street.trade(87_100)

    assert one.status == "TRIGGERED"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"stopPrice": "86500"}, 3102),
        ({"stopPrice": "87000"}, 3102),
        ({"stopPrice": "86000", "side": "BUY"}, 3102),
        ({"stopPrice": "86000", "type": "TAKE_PROFIT_MARKET"}, 3102),
        ({"stopPrice": "87000", "workingType": "MARK_PRICE"}, 3102),
        ({"type": "TRAILING_STOP", "callbackRate": "0.1", "activatePrice": "86000"}, 3104),
        ({"type": "TRAILING_STOP", "callbackRate": "0.1", "activatePrice": "86500"}, 3104),
        (
            {"type": "TRAILING_STOP", "callbackRate": "0.1", "activatePrice": "87000"}
            | {"side": "BUY"},
            3104,
        ),
        ({"stopPrice": "86000.05"}, 2003),
        ({"stopPrice": "86000", "type": "STOP_LIMIT", "price": "86000.01"}, 2003),
        ({"stopPrice": "86000", "quantity": "0.0001"}, 2003),
        ({"stopPrice": "86000", "quantity": "200.001"}, 2003),
        ({"stopPrice": "86000", "symbol": "NOPE"}, 2002),
        ({"stopPrice": "86000", "positionSide": "LONG"}, 2002),
    ],
)
def test_what_is_refused(
    street: Street, trader: Account, body: dict[str, Any], expected: int
) -> None:
    """A price that would fire at once is 3102 or 3104, figures are as for any order (rule 43)."""
    assert code_of(street.wait_for, trader, **body) == expected
    assert trader.conditions == {}
    assert street.drain() == []


def test_client_ids_are_unique_among_all_that_may_still_act(
    street: Street, trader: Account
) -> None:
    """An id of an open order or of a waiting condition order is 3004 for both kinds."""
    street.place(trader, "BUY", "80000", "0.01", clientOrderId="open")
    one = street.wait_for(trader, stopPrice="85000", clientOrderId="waits")

    assert code_of(street.wait_for, trader, stopPrice="85000", clientOrderId="open") == 3004
    assert code_of(street.wait_for, trader, stopPrice="85000", clientOrderId="waits") == 3004
    place = (trader, "BUY", "80000", "0.01")
    assert code_of(street.place, *place, clientOrderId="waits") == 3004
    wanted = {"symbol": SYMBOL, "conditionId": one.condition_id}
    street.engine.cancel_condition(trader, wanted, street.tick())
    assert code_of(street.place, *place, clientOrderId="waits") == 0


def test_at_most_two_hundred_wait(
    street: Street, trader: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One more than the bound is 3106; those that no longer wait do not count."""
    assert conditions.MOST_WAITING == 200
    monkeypatch.setattr(conditions, "MOST_WAITING", 3)
    for price in ("85000", "84000", "83000"):
        street.wait_for(trader, stopPrice=price)

    assert code_of(street.wait_for, trader, stopPrice="82000") == 3106
    street.trade(85_000)
    assert code_of(street.wait_for, trader, stopPrice="82000") == 0


def test_cancelling(street: Street, trader: Account) -> None:
    """An unknown one is 3003, one that has ended 3005; all of a symbol go at once (rule 57)."""
    one = street.wait_for(trader, stopPrice="85000")
    other = street.wait_for(trader, stopPrice="3000", symbol="ETHUSDT")
    wanted = {"symbol": SYMBOL, "conditionId": one.condition_id}
    cancel = street.engine.cancel_condition

    assert code_of(cancel, trader, {"symbol": SYMBOL}, street.tick()) == 2001
    assert code_of(cancel, trader, {**wanted, "conditionId": "1"}, street.tick()) == 3003
    assert code_of(cancel, trader, {**wanted, "symbol": "ETHUSDT"}, street.tick()) == 3003
    assert code_of(cancel, trader, wanted, street.tick()) == 0
    assert code_of(cancel, trader, wanted, street.tick()) == 3005
    assert street.engine.cancel_all_conditions(trader, symbol=SYMBOL, now_ms=street.tick()) == 0
    assert street.engine.cancel_all_conditions(trader, symbol=None, now_ms=street.tick()) == 1
    assert (one.status, other.status) == ("CANCELED", "CANCELED")
    street.trade(80_000)
    assert one.order_id == ""


def test_one_that_is_refused_when_it_fires_is_rejected(street: Street) -> None:
    """It has fired, no order came of it, and nothing was told."""
    poor = street.account("poor", "1")
    one = street.wait_for(poor, stopPrice="85000")
    street.drain()
    street.trade(85_000)

    assert (one.status, one.order_id, poor.orders) == ("REJECTED", "", {})
    assert street.drain(poor) == []


def test_close_position_takes_what_is_held_by_then(street: Street, trader: Account) -> None:
    """The size is that of the moment it fires; without a position it is REJECTED (rule 46)."""
    one = street.wait_for(trader, stopPrice="85000", quantity=None, closePosition=True)
    two = street.wait_for(trader, stopPrice="84000", quantity=None, closePosition=True)
    street.hold(trader, "0.02")
    street.quote(84_500, 84_501)
    street.place(street.taker, "SELL", None, "0.001")

    assert one.order is not None
    assert (one.order.executed, one.order.close_position) == (Decimal("0.03"), True)
    street.trade(84_000)
    assert two.status == "REJECTED"


def test_gte_gtc_ends_with_its_position(street: Street, trader: Account) -> None:
    """The end of the position is the end of the order; a GTC order stays, other legs do too."""
    ends = street.wait_for(trader, stopPrice="85000", timeInForce="GTE_GTC", reduceOnly=True)
    stays = street.wait_for(trader, stopPrice="85000", reduceOnly=True)
    street.hold(trader, "-0.005")
    assert ends.status == "NEW"
    street.hold(trader, "-0.005")

    assert (ends.status, stays.status) == ("CANCELED", "NEW")


def test_gte_gtc_fires_as_gtc(street: Street, trader: Account) -> None:
    """The order that comes of it has a lifetime that normal orders know (rule 48)."""
    body = {"type": "STOP_LIMIT", "price": "85500", "stopPrice": "85000", "reduceOnly": True}
    one = street.wait_for(trader, **body, timeInForce="GTE_GTC")
    street.trade(85_000)

    assert one.order is not None
    assert (one.order.time_in_force, one.order.status) == ("GTC", "PENDING")


def test_a_price_that_fires_many_fires_each_once(street: Street, trader: Account) -> None:
    """Oldest first, one by one, and one that was fired never fires again."""
    street.hold(trader, "0.05")
    ones = [street.wait_for(trader, stopPrice=str(85_000 + n)) for n in range(5)]
    street.quote(84_000, 84_001)
    street.place(street.taker, "SELL", None, "0.001")
    for price in (86_500, 84_000):
        street.trade(price)
    ids = [one.order_id for one in ones]

    assert [int(text) for text in ids] == sorted({int(text) for text in ids})
    assert [trader.orders[key].executed for key in ids] == [Decimal("0.01")] * 5
    assert trader.waiting == street.engine.state.waiting[SYMBOL] == {}


def test_one_firing_sets_off_the_next(street: Street, trader: Account) -> None:
    """The trade of one stop may be the price of another, all within one command."""
    first = street.wait_for(trader, stopPrice="86000", quantity="0.01")
    second = street.wait_for(trader, stopPrice="85000", quantity="0.01")
    street.place(street.maker, "BUY", "85900", "0.005")
    street.place(street.maker, "BUY", "84900", "5")
    street.place(street.maker, "SELL", "86000", "0.001")
    street.place(street.taker, "BUY", "86000", "0.001")

    assert (first.status, second.status) == ("TRIGGERED", "TRIGGERED")


def test_history_is_bounded(
    street: Street, trader: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Condition orders that have ended are forgotten beyond the bound, oldest first."""
    monkeypatch.setattr("sixmm.sim.engine.account.KEPT_CONDITIONS", 2)
    ones = [street.wait_for(trader, stopPrice=str(85_000 - n)) for n in range(4)]
    street.engine.cancel_all_conditions(trader, symbol=None, now_ms=street.tick())

    assert list(trader.conditions) == [one.condition_id for one in ones[2:]]
    assert list(trader.ended_conditions) == ones[2:]


def test_a_position_shows_its_guards(street: Street, trader: Account) -> None:
    """tpPrice and slPrice are the stop prices of what waits to reduce the position."""
    street.wait_for(trader, stopPrice="80000", side="SELL")
    street.wait_for(trader, stopPrice="81000", reduceOnly=True)
    street.wait_for(trader, type="TAKE_PROFIT_MARKET", stopPrice="90000", closePosition=True)
    row = position_row(trader, trader.position(LEG), street.engine.state.markets)

    assert (row["tpPrice"], row["slPrice"]) == ("90000", "81000")
