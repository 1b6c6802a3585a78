"""The calls that read the unified account."""

from __future__ import annotations

import pytest

from sixmm.venues.base import Call
from sixmm.venues.kucoin import calls
from sixmm.venues.kucoin.calls import pro

from .reads import Row, check_read, functions, operations

CALLS: list[Row] = [
    (
        calls.pro_open_orders("SPOT", page=1),
        "/api/ua/v1/unified/order/open-list",
        "tradeType=SPOT&pageNumber=1&pageSize=100",
    ),
    (
        calls.pro_order_history("SPOT", last_id="5"),
        "/api/ua/v1/unified/order/history",
        "tradeType=SPOT&lastId=5&pageSize=100",
    ),
    (
        calls.pro_order("SPOT", "BTC-USDT", "o1"),
        "/api/ua/v1/unified/order/detail",
        "tradeType=SPOT&symbol=BTC-USDT&orderId=o1",
    ),
    (
        calls.pro_fills("FUTURES", start_ms=1),
        "/api/ua/v1/unified/order/execution",
        "tradeType=FUTURES&startAt=1&pageSize=100",
    ),
    (calls.pro_balances(), "/api/ua/v1/unified/account/balance", ""),
    (calls.pro_positions(), "/api/ua/v1/unified/position/open-list", ""),
    (calls.pro_overview(), "/api/ua/v1/unified/account/overview", ""),
]


@pytest.mark.parametrize(("call", "path", "query"), CALLS, ids=lambda value: str(value)[:40])
def test_reads(call: Call, path: str, query: str) -> None:
    """Each call is signed, changes nothing, and asks for what it is told to."""
    check_read(call, path, query)


def test_every_call_is_tested() -> None:
    """The table has each function of the module."""
    assert operations(CALLS) == functions(pro.__all__)
