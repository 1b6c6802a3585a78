"""The calls that read the futures account."""

from __future__ import annotations

import pytest

from sixmm.venues.base import Call
from sixmm.venues.kucoin import calls
from sixmm.venues.kucoin.calls import futures
from sixmm.venues.kucoin.hosts import Host

from .reads import Row, check_read, functions, operations

CALLS: list[Row] = [
    (calls.futures_orders(page=2), "/api/v1/orders", "status=active&currentPage=2&pageSize=100"),
    (calls.futures_order("o1"), "/api/v1/orders/o1", ""),
    (
        calls.futures_fills(symbol="XBTUSDTM"),
        "/api/v1/fills",
        "symbol=XBTUSDTM&tradeTypes=trade,adl,liquid,settlement&pageSize=100",
    ),
    (calls.futures_account("XBT"), "/api/v1/account-overview", "currency=XBT"),
    (calls.futures_positions(), "/api/v1/positions", ""),
    (
        calls.futures_order_by_client_oid("c1"),
        "/api/v1/orders/byClientOid",
        "clientOid=c1",
    ),
    (calls.futures_recent_done_orders(), "/api/v1/recentDoneOrders", ""),
    (calls.futures_stop_orders(page=1), "/api/v1/stopOrders", "currentPage=1"),
    (calls.futures_recent_fills(symbol="X"), "/api/v1/recentFills", "symbol=X"),
    (calls.futures_position("XBTUSDTM"), "/api/v1/position", "symbol=XBTUSDTM"),
]


@pytest.mark.parametrize(("call", "path", "query"), CALLS, ids=lambda value: str(value)[:40])
def test_reads(call: Call, path: str, query: str) -> None:
    """Each call is signed, changes nothing, and asks for what it is told to."""
    check_read(call, path, query, Host.FUTURES)


def test_every_call_is_tested() -> None:
    """The table has each function of the module."""
    assert operations(CALLS) == functions(futures.__all__)
