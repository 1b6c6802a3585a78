"""The calls that ask for orders, condition orders, strategies and trades."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from sixmm.errors import ConfigurationError, DecodeError
from sixmm.venues.sixmm import calls
from sixmm.venues.sixmm.enums import OrderSideCode, OrderType, Side
from sixmm.venues.sixmm.envelope import parse

from ..examples import success

ORDER = "2022543809547603968"


def test_one_order() -> None:
    """A look-up needs one of the two ids, or both (rule 52)."""
    assert calls.order(symbol="X", client_order_id="c").query == (
        ("symbol", "X"),
        ("clientOrderId", "c"),
    )
    with pytest.raises(ConfigurationError, match="order_id or client_order_id"):
        calls.order(symbol="X")


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


@pytest.mark.parametrize("side", [Side.SELL, "SELL", OrderSideCode.SELL, 2])
def test_filters_take_words_and_send_numbers(side: Any) -> None:
    """Orders use words, the filters of their history numbers: both are taken (rule 63)."""
    assert dict(calls.order_history(side=side).query) == {"side": "2"}
    assert dict(calls.condition_order_history(side=side).query) == {"side": "2"}
    assert dict(calls.order_history(type=OrderType.MARKET).query) == {"type": "2"}


@pytest.mark.parametrize("side", ["sell", 3, True, 2.0, b"SELL"])
def test_a_filter_is_one_of_the_choices(side: Any) -> None:
    """What is no side is refused, with the sides that there are."""
    with pytest.raises(ConfigurationError, match=r"side is one of BUY \(1\), SELL \(2\), and not"):
        calls.order_history(side=side)


def test_times_have_a_zone() -> None:
    """A datetime without a zone could be any moment of a day, so it is refused."""
    with pytest.raises(ConfigurationError, match="start_time has no time zone"):
        calls.trades(start_time=datetime(2026, 6, 3))
    assert dict(calls.trades(end_time=datetime(1970, 1, 2, tzinfo=timezone.utc)).query) == {
        "endTime": "86400000"
    }


def test_condition_orders() -> None:
    """Waiting and past condition orders have the same rows; a list is there, if only an empty one.

    A reply without it would otherwise look like one that knows no condition order.
    """
    row = {"conditionId": "1", "conditionStatus": "NEW", "stopPrice": "9", "odd": 1}
    for call in (calls.current_condition_orders(symbol="X"), calls.condition_order_history()):
        page = parse(call, success({"list": [row], "total": 1}))
        assert str(page.rows[0].stop_price) == "9"
        assert page.rows[0].extra == {"odd": 1}
        with pytest.raises(DecodeError, match="list"):
            parse(call, success({}))


def test_a_strategy() -> None:
    """A strategy has its legs, whose fields are assumed (rules 62, 112)."""
    data = {
        "strategyId": "1",
        "strategyStatus": "WORKING",
        "subOrders": [{"strategySubId": 1, "status": "WAITING", "price": "1.0"}],
    }
    found = parse(calls.strategy("1"), success(data))

    assert calls.strategy("1").query == (("strategyId", "1"),)
    assert (found.strategy_id, found.sub_orders[0].status) == ("1", "WAITING")
    with pytest.raises(ConfigurationError):
        calls.strategy("1&2")
