"""The two ways of paging."""

from __future__ import annotations

from typing import Any

import pytest

from sixmm.sim.kucoin import KuCoinError
from sixmm.sim.kucoin.rest.route import cursor, numbered, within

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


def test_names() -> None:
    """The helpers are the ones that the handlers use."""
    helpers: list[Any] = [cursor, numbered, within]

    assert all(callable(one) for one in helpers)
