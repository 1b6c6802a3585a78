"""Position calls over real HTTP (rules 66, 67)."""

from __future__ import annotations

from typing import Any

import pytest

from sixmm.sim import Account, Exchange

from ..client import Rest

LEVERAGE = "/v1/private/position/leverage"
MODE = "/v1/private/position/margin-mode"


def test_settings_are_numbers_and_positions_are_words(
    exchange: Exchange, account: Account, rest: Rest
) -> None:
    """marginMode is 1 or 2 in requests and settings, text in positions (rules 66, 67)."""
    rest.data("POST", MODE, "", {"symbol": "BTCUSDT", "marginMode": 2})
    rest.data("POST", LEVERAGE, "", {"symbol": "BTCUSDT", "leverage": 7})
    settings = rest.data("GET", "/v1/private/position/settings", "symbol=BTCUSDT")
    other = exchange.create_account(username="other")
    order = {"symbol": "BTCUSDT", "price": "85000", "quantity": "0.1", "type": "LIMIT"}
    exchange.place_order(other, side="SELL", **order)
    exchange.place_order(account, side="BUY", **order)
    (row,) = rest.data("GET", "/v1/private/position/positions", "symbol=BTCUSDT")["positions"]

    assert settings == {"symbol": "BTCUSDT", "marginMode": 2, "leverage": 7}
    assert (row["marginMode"], row["leverage"], row["quantity"]) == ("ISOLATED", 7, "0.1")
    assert rest.data("GET", "/v1/private/position/positions", "symbol=ETHUSDT") == {"positions": []}


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        (LEVERAGE, {"symbol": "BTCUSDT"}, 2001),
        (LEVERAGE, {"symbol": "BTCUSDT", "leverage": "5"}, 2002),
        (LEVERAGE, {"symbol": "BTCUSDT", "leverage": True}, 2002),
        (LEVERAGE, {"symbol": "BTCUSDT", "leverage": 126}, 2003),
        (LEVERAGE, {"symbol": "NOPE", "leverage": 5}, 2002),
        (MODE, {"symbol": "BTCUSDT", "marginMode": 3}, 2002),
        (MODE, {"symbol": "BTCUSDT", "marginMode": "CROSS"}, 2002),
        (MODE, {"marginMode": 1}, 2001),
    ],
)
def test_bad_settings(rest: Rest, path: str, body: Any, code: int) -> None:
    """Numbers have to be numbers, in their range, of a symbol that exists."""
    assert rest.code("POST", path, "", body) == code
