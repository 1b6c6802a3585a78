"""The REST calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sixmm.errors import ConfigurationError
from sixmm.venues.base import Auth, Call, PaceClass
from sixmm.venues.rocketfi import calls

from .examples import ACCOUNT, INSTRUMENT, NUMBER

OF = ("account", ACCOUNT.lower())
PAGE = (("pageNumber", "0"), ("pageSize", "100"))


@pytest.mark.parametrize(
    ("call", "path", "query"),
    [
        (calls.open_orders(account=ACCOUNT), "/open-orders", (OF, *PAGE)),
        (calls.order_events(account=ACCOUNT), "/order-events", (OF, *PAGE)),
        (
            calls.position_funding_events(account=ACCOUNT, page=2, page_size=5),
            "/position-funding-events",
            (OF, ("pageNumber", "2"), ("pageSize", "5")),
        ),
        (calls.positions(account=ACCOUNT), "/position", (OF,)),
        (
            calls.positions(account=ACCOUNT, instrument_id=NUMBER),
            "/position",
            (OF, ("instrumentId", INSTRUMENT)),
        ),
        (calls.collateral(account=ACCOUNT), "/collateral", (OF,)),
        (calls.collateral(account=ACCOUNT, asset_id=0), "/collateral", (OF, ("assetId", "0"))),
        (calls.instruments(), "/instruments", PAGE),
        (calls.assets(), "/assets", ()),
    ],
)
def test_what_is_asked(call: Call, path: str, query: tuple[Any, ...]) -> None:
    """Everything is read, nothing is signed, and the account is a parameter."""
    assert (call.method, call.path, call.query) == ("GET", path, query)
    assert (call.auth, call.writes, call.body) == (Auth.NONE, False, None)
    is_public = call.operation in ("getInstruments", "getAssets")
    assert call.pace_class is (PaceClass.PUBLIC_READ if is_public else PaceClass.PRIVATE_READ)


@pytest.mark.parametrize(
    "call",
    [
        lambda: calls.open_orders(account="alice"),
        lambda: calls.open_orders(account=ACCOUNT, page=-1),
        lambda: calls.order_events(account=ACCOUNT, page_size=0),
        lambda: calls.order_events(account=ACCOUNT, page=True),
        lambda: calls.positions(account=ACCOUNT, instrument_id=""),
        lambda: calls.collateral(account=ACCOUNT, asset_id=-1),
        lambda: calls.instruments(page_size=10**9),
    ],
)
def test_what_is_refused(call: Callable[[], Call]) -> None:
    """It is refused before anything is sent."""
    with pytest.raises(ConfigurationError):
        call()


def test_results_are_typed() -> None:
    """Each call knows how its reply is read."""
    replies: list[tuple[Call, Any]] = [
        (calls.open_orders(account=ACCOUNT), {"orders": None}),
        (calls.order_events(account=ACCOUNT), {"orderEvents": None}),
        (calls.position_funding_events(account=ACCOUNT), {"events": None}),
        (calls.positions(account=ACCOUNT), {"positions": None}),
        (calls.collateral(account=ACCOUNT), {"collaterals": {}}),
        (calls.instruments(), {"instruments": {}}),
    ]
    for call, reply in replies:
        assert call.result is not None
        assert call.result(reply).rows == ()
    read_assets = calls.assets().result
    assert read_assets is not None
    assert read_assets({"assets": {}}) == ()
