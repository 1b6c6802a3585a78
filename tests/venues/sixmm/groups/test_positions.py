"""The caller's positions: each method makes the call that it is named after."""

from __future__ import annotations

from typing import Any

from sixmm.venues.sixmm import calls
from sixmm.venues.sixmm.enums import MarginMode
from sixmm.venues.sixmm.groups import PositionsGroup

from .caller import Echo, Exchange, page_of, plain

FILTERS: dict[str, Any] = {"symbol": "X", "side": "LONG", "start_time": 1, "end_time": 2}


def test_calls() -> None:
    """Position calls pass their arguments on."""
    group = PositionsGroup(Echo())

    assert plain(group.list(symbol="X")) == plain(calls.positions(symbol="X"))
    assert plain(group.setting("X")) == plain(calls.position_setting(symbol="X"))
    assert plain(group.history(**FILTERS, page=2, page_size=3)) == plain(
        calls.position_history(**FILTERS, page=2, page_size=3)
    )
    assert plain(group.set_leverage("X", 5)) == plain(calls.set_leverage(symbol="X", leverage=5))
    assert plain(group.set_margin_mode("X", MarginMode.ISOLATED)) == plain(
        calls.set_margin_mode(symbol="X", margin_mode=2)
    )


def test_the_whole_history() -> None:
    """Closed positions come in pages, each once, although they have no id."""
    rows = [{"symbol": "X", "closedAt": n} for n in range(25, 0, -1)]
    exchange = Exchange(lambda call: page_of(rows, call))
    found = list(PositionsGroup(exchange).iter_history(**FILTERS, page_size=10))

    assert [row.closed_at for row in found] == list(range(25, 0, -1))
    assert {dict(call.query)["side"] for call in exchange.made} == {"long"}
