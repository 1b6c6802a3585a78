"""The two ways of paging."""

from __future__ import annotations

import pytest

from sixmm.sim.kucoin import KuCoinError

from .conftest import Ask


def test_pages_by_number(ask: Ask) -> None:
    """They tell how many there are; one behind the last is empty."""
    first = ask("/api/v1/stop-order?pageSize=2&currentPage=3")

    assert first == {
        "currentPage": 3,
        "pageSize": 2,
        "totalNum": 0,
        "totalPage": 0,
        "items": [],
    }
    for query in ("pageSize=0", "pageSize=501", "currentPage=0"):
        with pytest.raises(KuCoinError):
            ask(f"/api/v1/stop-order?{query}")


def test_pages_by_a_cursor_have_bounds(ask: Ask) -> None:
    """At most a hundred rows, and a last id that is a number."""
    assert ask("/api/v1/hf/fills?symbol=BTC-USDT&limit=100") == {"lastId": 0, "items": []}
    for query in ("limit=0", "limit=101", "lastId=x", "startAt=-1"):
        with pytest.raises(KuCoinError):
            ask(f"/api/v1/hf/fills?symbol=BTC-USDT&{query}")
