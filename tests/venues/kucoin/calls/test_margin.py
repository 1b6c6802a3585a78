"""The calls that read the margin accounts."""

from __future__ import annotations

import pytest

from sixmm.venues.base import Call
from sixmm.venues.kucoin import calls
from sixmm.venues.kucoin.calls import margin

from .reads import Row, check_read, functions, operations

CALLS: list[Row] = [
    (
        calls.margin_active_symbols("MARGIN_TRADE"),
        "/api/v3/hf/margin/order/active/symbols",
        "tradeType=MARGIN_TRADE",
    ),
    (
        calls.margin_active_orders("BTC-USDT", "MARGIN_TRADE"),
        "/api/v3/hf/margin/orders/active",
        "symbol=BTC-USDT&tradeType=MARGIN_TRADE",
    ),
    (
        calls.margin_done_orders("BTC-USDT", "MARGIN_TRADE"),
        "/api/v3/hf/margin/orders/done",
        "symbol=BTC-USDT&tradeType=MARGIN_TRADE&limit=100",
    ),
    (calls.margin_order("BTC-USDT", "o1"), "/api/v3/hf/margin/orders/o1", "symbol=BTC-USDT"),
    (
        calls.margin_fills("BTC-USDT", "MARGIN_TRADE"),
        "/api/v3/hf/margin/fills",
        "symbol=BTC-USDT&tradeType=MARGIN_TRADE&limit=100",
    ),
    (calls.cross_margin(), "/api/v3/margin/accounts", ""),
    (calls.isolated_margin(), "/api/v3/isolated/accounts", ""),
]


@pytest.mark.parametrize(("call", "path", "query"), CALLS, ids=lambda value: str(value)[:40])
def test_reads(call: Call, path: str, query: str) -> None:
    """Each call is signed, changes nothing, and asks for what it is told to."""
    check_read(call, path, query)


def test_every_call_is_tested() -> None:
    """The table has each function of the module."""
    assert operations(CALLS) == functions(margin.__all__)
