"""The calls about orders and trades."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from sixmm.codec import dump_json
from sixmm.errors import ConfigurationError
from sixmm.venues.base import Call
from sixmm.venues.sixmm import calls
from sixmm.venues.sixmm.enums import BboPriceType, OrderType, Side
from sixmm.venues.sixmm.envelope import parse

from ..examples import compact, examples, success

ORDER = "2022543809547603968"

DOCUMENTED: dict[str, Callable[[], Call]] = {
    "placeOrder.request": lambda: calls.place_order(
        symbol="BTCUSDT",
        type=OrderType.LIMIT,
        side=Side.BUY,
        price=Decimal(85000),
        quantity="0.1",
        time_in_force="GTC",
        maker_only=True,
        client_order_id="ext-1772710377808-001",
    ),
    "cancelOrder.request": lambda: calls.cancel_order(symbol="BTCUSDT", order_id=ORDER),
    "amendOrder.request": lambda: calls.amend_order(
        symbol="BTCUSDT", order_id=ORDER, price=85100, quantity="0.2"
    ),
    "setLeverage.request": lambda: calls.set_leverage(symbol="BTCUSDT", leverage=20),
    "setMarginMode.request": lambda: calls.set_margin_mode(symbol="BTCUSDT", margin_mode=1),
}


@pytest.mark.parametrize("name", DOCUMENTED)
def test_bodies_are_the_documented_ones(name: str) -> None:
    """Each body is byte for byte the documented example."""
    body = DOCUMENTED[name]().body

    assert dump_json(body).decode() == compact(examples("rest-request")[name])


@pytest.mark.parametrize(
    "arguments",
    [
        {"type": "LIMIT", "quantity": "1"},
        {"type": "LIMIT", "quantity": "1", "price_type": 0},
        {"type": "MARKET"},
        {"type": "MARKET", "close_position": False},
        {"type": "MARKET", "quantity": 0.1},
        {"type": "LIMIT", "quantity": "1", "price": 85000.0},
        {"type": "MARKET", "quantity": "1e3"},
        {"type": "MARKET", "quantity": "1", "client_order_id": "a b"},
        {"type": "MARKET", "quantity": "1", "side": "BUY&SELL"},
    ],
)
def test_an_order_that_cannot_be_is_not_sent(arguments: dict[str, Any]) -> None:
    """A limit needs a price, a quantity may be missing only when closing, floats never (46, 9)."""
    with pytest.raises(ConfigurationError):
        calls.place_order(**{"symbol": "BTCUSDT", "side": "BUY", **arguments})


def test_orders_without_price_or_quantity() -> None:
    """A price from the book replaces the price, and closing replaces the quantity (46, 49)."""
    at_best = calls.place_order(
        symbol="X", side="BUY", type="LIMIT", quantity="1", price_type=BboPriceType.OPPOSITE_1
    )
    closing = calls.place_order(symbol="X", side="SELL", type="MARKET", close_position=True)

    assert at_best.body == {
        "symbol": "X",
        "type": "LIMIT",
        "side": "BUY",
        "quantity": "1",
        "priceType": 1,
    }
    assert closing.body == {"symbol": "X", "type": "MARKET", "side": "SELL", "closePosition": True}


def test_an_order_is_named_by_one_of_its_ids() -> None:
    """A cancel or a look-up needs one of the two ids (rules 52, 53); an amend changes something."""
    with pytest.raises(ConfigurationError, match="order_id or client_order_id"):
        calls.cancel_order(symbol="X")
    with pytest.raises(ConfigurationError, match="order_id or client_order_id"):
        calls.order(symbol="X")
    with pytest.raises(ConfigurationError, match="a new price"):
        calls.amend_order(symbol="X", order_id="1")
    assert calls.order(symbol="X", client_order_id="c").query == (
        ("symbol", "X"),
        ("clientOrderId", "c"),
    )


@pytest.mark.parametrize("data", [None, {}, {"orderId": "1", "odd": 2}])
def test_replies_of_cancel_and_amend_may_be_empty(data: Any) -> None:
    """Their result is undocumented and says "accepted" at most (rules 59, 111)."""
    for call in (
        calls.cancel_order(symbol="X", order_id="1"),
        calls.amend_order(symbol="X", order_id="1", price="1"),
    ):
        reply = parse(call, success(data))
        assert reply.order_id == (data or {}).get("orderId")


def test_cancel_all_is_plain() -> None:
    """Everything is optional, and the reply has no fields (rules 57, 58)."""
    assert calls.cancel_all_orders().body == {}
    assert calls.cancel_all_orders(symbol="X", cancel_type=2).body == {
        "symbol": "X",
        "cancelType": 2,
    }
    assert parse(calls.cancel_all_orders(), success({})) == {}


def test_lists() -> None:
    """Pages and filters go under their wire names, rows come back typed."""
    history = calls.order_history(symbol="X", type=1, side=2, start_time=5, page=1, page_size=20)
    current = calls.current_orders(limit=100, last_order_id=ORDER)

    assert dict(history.query) == {
        "symbol": "X",
        "type": "1",
        "side": "2",
        "startTime": "5",
        "page": "1",
        "pageSize": "20",
    }
    assert current.query == (("limit", "100"), ("lastOrderId", ORDER))
    page = parse(current, success({"list": [{"orderId": "1"}], "total": 1}))
    assert (page.rows[0].order_id, page.total) == ("1", 1)
    trades = parse(calls.trades(), success({"list": [{"fillId": "1", "orderId": "2"}]}))
    assert (trades.rows[0].fill_id, trades.total) == ("1", None)
