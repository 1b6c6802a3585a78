"""The REST groups of the client: each method makes the call that it is named after."""

from __future__ import annotations

from typing import Any

from sixmm.venues.base import Call
from sixmm.venues.sixmm import calls
from sixmm.venues.sixmm.groups import MarketGroup, OrdersGroup, PositionsGroup, UserGroup


class Caller:
    """Takes calls and answers each with itself."""

    def __call__(self, call: Call) -> Any:
        """Return the call."""
        return call


def plain(call: Any) -> tuple[Any, ...]:
    """Return what identifies a call."""
    return call.operation, call.method, call.path, call.query, call.body


def test_market() -> None:
    """Market calls pass their arguments on."""
    group = MarketGroup(Caller())

    assert plain(group.symbols()) == plain(calls.symbols())
    assert plain(group.klines("X", "1m", start_time=1, end_time=2, limit=3)) == plain(
        calls.klines(symbol="X", interval="1m", start_time=1, end_time=2, limit=3)
    )


def test_user() -> None:
    """User calls have no arguments."""
    group = UserGroup(Caller())

    assert plain(group.info()) == plain(calls.user_info())
    assert plain(group.asset()) == plain(calls.user_asset())


def test_orders() -> None:
    """Order queries pass their filters on."""
    group = OrdersGroup(Caller())

    assert plain(group.get("X", order_id="1")) == plain(calls.order(symbol="X", order_id="1"))
    assert plain(group.current(symbol="X", limit=5, last_order_id="1")) == plain(
        calls.current_orders(symbol="X", limit=5, last_order_id="1")
    )
    assert plain(group.trades(symbol="X", order_id="1", start_time=1, page=2)) == plain(
        calls.trades(symbol="X", order_id="1", start_time=1, page=2)
    )


def test_positions() -> None:
    """Position queries pass their symbol on."""
    group = PositionsGroup(Caller())

    assert plain(group.list(symbol="X")) == plain(calls.positions(symbol="X"))
    assert plain(group.setting("X")) == plain(calls.position_setting(symbol="X"))
