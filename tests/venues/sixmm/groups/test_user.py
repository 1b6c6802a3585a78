"""The caller: each method makes the call that it is named after."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sixmm.redaction import Secret
from sixmm.venues.base import Call
from sixmm.venues.sixmm import calls
from sixmm.venues.sixmm.groups import UserGroup

from .caller import Echo, Exchange, page_of, plain

GROUP = UserGroup(Echo())
FILTERS: dict[str, Any] = {
    "asset_type": "USDT",
    "change_type": "FEE",
    "start_time": 1,
    "end_time": 2,
}

MADE: list[tuple[Callable[[], Any], Call]] = [
    (GROUP.info, calls.user_info()),
    (GROUP.asset, calls.user_asset()),
    (
        lambda: GROUP.change_log(**FILTERS, page=3, page_size=4),
        calls.account_change_log(**FILTERS, page=3, page_size=4),
    ),
    (GROUP.volume_stats, calls.volume_stats()),
    (
        lambda: GROUP.balance_history("1D", limit=5),
        calls.balance_history(period="1D", limit=5),
    ),
    (lambda: GROUP.trade_overview("1M"), calls.trade_overview(range="1M")),
    (GROUP.asset_summary, calls.asset_summary()),
    (lambda: GROUP.asset_trend("1Y"), calls.asset_trend(range="1Y")),
    (lambda: GROUP.save_favorites(["X"]), calls.save_favorite_symbols(symbols=["X"])),
    (GROUP.create_listen_key, calls.create_listen_key()),
    (lambda: GROUP.renew_listen_key("k"), calls.renew_listen_key(Secret("k"))),
    (lambda: GROUP.close_listen_key(Secret("k")), calls.close_listen_key(Secret("k"))),
]


@pytest.mark.parametrize(("method", "wanted"), MADE, ids=lambda item: getattr(item, "path", ""))
def test_calls(method: Callable[[], Any], wanted: Call) -> None:
    """User calls pass their arguments on."""
    assert plain(method()) == plain(wanted)


def test_favorites_are_a_tuple() -> None:
    """The favorites come without their wrapping."""
    exchange = Exchange(lambda _: {"symbols": ["X", "Y"]})

    assert UserGroup(exchange).favorites() == ("X", "Y")


def test_the_whole_ledger() -> None:
    """Every change comes once, also where new ones arrive while the pages are read."""
    rows = [{"amount": str(n), "createdAt": n} for n in range(25, 0, -1)]

    def answer(call: Call) -> Any:
        found = page_of(rows, call)
        rows.insert(0, {"amount": str(len(rows) + 1), "createdAt": len(rows) + 1})
        return found

    exchange = Exchange(answer)
    found = list(UserGroup(exchange).iter_change_log(**FILTERS, page_size=10))

    assert [row.created_at for row in found] == list(range(25, 0, -1))
    assert dict(exchange.made[0].query)["changeType"] == "FEE"
