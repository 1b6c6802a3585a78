"""The calls that read the spot account."""

from __future__ import annotations

import pytest

from sixmm.venues.base import Call
from sixmm.venues.kucoin import calls
from sixmm.venues.kucoin.calls import spot

from .reads import Row, check_read, functions, operations

CALLS: list[Row] = [
    (calls.spot_active_symbols(), "/api/v1/hf/orders/active/symbols", ""),
    (calls.spot_active_orders("BTC-USDT"), "/api/v1/hf/orders/active", "symbol=BTC-USDT"),
    (
        calls.spot_done_orders("BTC-USDT", start_ms=1, last_id="5"),
        "/api/v1/hf/orders/done",
        "symbol=BTC-USDT&startAt=1&lastId=5&limit=100",
    ),
    (calls.spot_order("BTC-USDT", "o1"), "/api/v1/hf/orders/o1", "symbol=BTC-USDT"),
    (
        calls.spot_fills("BTC-USDT", start_ms=1, end_ms=2),
        "/api/v1/hf/fills",
        "symbol=BTC-USDT&startAt=1&endAt=2&limit=100",
    ),
    (calls.spot_accounts(currency="USDT"), "/api/v1/accounts", "currency=USDT"),
    (
        calls.spot_active_order_page("BTC-USDT", page=2),
        "/api/v1/hf/orders/active/page",
        "symbol=BTC-USDT&pageNum=2&pageSize=100",
    ),
    (
        calls.spot_order_by_client_oid("BTC-USDT", "c1"),
        "/api/v1/hf/orders/client-order/c1",
        "symbol=BTC-USDT",
    ),
    (calls.spot_stop_orders(symbol="BTC-USDT"), "/api/v1/stop-order", "symbol=BTC-USDT"),
]


@pytest.mark.parametrize(("call", "path", "query"), CALLS, ids=lambda value: str(value)[:40])
def test_reads(call: Call, path: str, query: str) -> None:
    """Each call is signed, changes nothing, and asks for what it is told to."""
    check_read(call, path, query)


def test_every_call_is_tested() -> None:
    """The table has each function of the module."""
    assert operations(CALLS) == functions(spot.__all__)
