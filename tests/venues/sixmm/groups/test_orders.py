"""Order queries: each method makes the call that it is named after."""

from __future__ import annotations

from typing import Any

from sixmm.venues.base import Call
from sixmm.venues.sixmm import calls
from sixmm.venues.sixmm.groups import OrderQueries

from .caller import Echo, Exchange, page_of, plain

HISTORY: dict[str, Any] = {
    "symbol": "X",
    "type": "LIMIT",
    "side": "SELL",
    "status": 1,
    "start_time": 1,
    "end_time": 2,
}


def test_calls() -> None:
    """Order queries pass their filters on."""
    group = OrderQueries(Echo())

    assert plain(group.get("X", order_id="1")) == plain(calls.order(symbol="X", order_id="1"))
    assert plain(group.current(symbol="X", limit=5, last_order_id="1")) == plain(
        calls.current_orders(symbol="X", limit=5, last_order_id="1")
    )
    ids = {"order_id": "1", "client_order_id": "c", "page": 2, "page_size": 3}
    assert plain(group.history(**HISTORY, **ids)) == plain(
        calls.order_history(**HISTORY, **ids)  # type: ignore[arg-type]
    )
    assert plain(group.trades(symbol="X", order_id="1", start_time=1, page=2)) == plain(
        calls.trades(symbol="X", order_id="1", start_time=1, page=2)
    )


def test_every_open_order() -> None:
    """Open orders are read with the last one as the cursor."""
    rows = [{"orderId": f"{n:03}"} for n in range(25)]

    def answer(call: Call) -> Any:
        query = dict(call.query)
        after = [row for row in rows if row["orderId"] > query.get("lastOrderId", "")]
        return {"list": after[: int(query["limit"])], "total": len(rows)}

    exchange = Exchange(answer)
    found = list(OrderQueries(exchange).iter_current(symbol="X", page_size=10))

    assert [row.order_id for row in found] == [row["orderId"] for row in rows]
    assert [dict(call.query).get("lastOrderId") for call in exchange.made] == [None, "009", "019"]
    assert all(dict(call.query)["symbol"] == "X" for call in exchange.made)


def test_the_whole_history() -> None:
    """Past orders come in pages, each once; the filters are sent with every page."""
    rows = [{"orderId": str(n)} for n in range(25)]
    exchange = Exchange(lambda call: page_of(rows, call))
    found = list(OrderQueries(exchange).iter_history(**HISTORY, page_size=10))

    assert [row.order_id for row in found] == [row["orderId"] for row in rows]
    assert [dict(call.query)["page"] for call in exchange.made] == ["1", "2", "3"]
    assert {dict(call.query)["side"] for call in exchange.made} == {"2"}


def test_every_trade() -> None:
    """Trades come in pages, each once, with their progress."""
    rows = [{"fillId": str(n), "orderId": "1"} for n in range(5)]
    told: list[tuple[int, int | None]] = []
    exchange = Exchange(lambda call: page_of(rows, call))
    found = list(
        OrderQueries(exchange).iter_trades(
            symbol="X",
            order_id="1",
            start_time=1,
            end_time=2,
            page_size=2,
            progress=lambda *f: told.append(f),
        )
    )

    assert [row.fill_id for row in found] == list("01234")
    assert told == [(2, 5), (4, 5), (5, 5)]
    assert dict(exchange.made[0].query)["orderId"] == "1"
