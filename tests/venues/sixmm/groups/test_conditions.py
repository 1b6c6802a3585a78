"""The part of the order queries that is about condition orders and strategies."""

from __future__ import annotations

from typing import Any

from sixmm.venues.sixmm import calls
from sixmm.venues.sixmm.groups import OrderQueries

from .caller import Echo, Exchange, page_of, plain

FILTERS: dict[str, Any] = {
    "symbol": "X",
    "side": "BUY",
    "status": 1,
    "start_time": 1,
    "end_time": 2,
}


def test_calls() -> None:
    """Queries pass their filters on."""
    group = OrderQueries(Echo())

    assert plain(group.current_conditions(symbol="X")) == plain(
        calls.current_condition_orders(symbol="X")
    )
    assert plain(group.condition_history(**FILTERS, page=2, page_size=3)) == plain(
        calls.condition_order_history(**FILTERS, page=2, page_size=3)
    )
    assert plain(group.strategy("5")) == plain(calls.strategy("5"))


def test_the_whole_history() -> None:
    """Past condition orders come in pages, each once."""
    rows = [{"conditionId": str(n)} for n in range(25)]
    exchange = Exchange(lambda call: page_of(rows, call))
    found = list(OrderQueries(exchange).iter_condition_history(**FILTERS, page_size=10))

    assert [row.condition_id for row in found] == [row["conditionId"] for row in rows]
    assert [dict(call.query)["page"] for call in exchange.made] == ["1", "2", "3"]
    assert {dict(call.query)["side"] for call in exchange.made} == {"1"}
