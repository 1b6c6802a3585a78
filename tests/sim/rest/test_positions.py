"""Position calls over real HTTP (rules 66 to 69)."""

from __future__ import annotations

from decimal import Decimal
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


ORDER = {"symbol": "BTCUSDT", "type": "LIMIT", "quantity": "0.1"}
HISTORY = "/v1/private/position/history"


def trade(exchange: Exchange, account: Account, side: str, price: str, **more: Any) -> None:
    """Let the account trade at a price with somebody new."""
    other = exchange.create_account(username=f"{side}-{price}-{len(exchange.requests)}")
    contra = "SELL" if side == "BUY" else "BUY"
    exchange.place_order(other, side=contra, price=price, **{**ORDER, **more})
    exchange.place_order(account, side=side, price=price, **{**ORDER, **more})


def test_the_history_has_closed_positions(exchange: Exchange, account: Account, rest: Rest) -> None:
    """The row has the documented fields, margin mode as text and trigger mode 1 (rules 67, 69)."""
    trade(exchange, account, "BUY", "86000")
    trade(exchange, account, "SELL", "87000")
    data = rest.data("GET", HISTORY, "symbol=BTCUSDT&page=1&pageSize=20")
    (row,) = data["list"]
    fills = exchange.truth(account)["fills"]

    assert data["total"] == 1
    assert row == {
        "symbol": "BTCUSDT",
        "positionSide": "BOTH",
        "leverage": 20,
        "maxQuantity": "0.1",
        "entryPrice": "86000",
        "closePrice": "87000",
        "pnl": "100",
        "roe": "0.23255814",
        "marginMode": "CROSS",
        "triggerMode": 1,
        "fundingFeeAccum": "0",
        "openedAt": fills[0]["createdAt"],
        "closedAt": fills[1]["createdAt"],
    }


def test_the_history_has_filters_and_pages(
    exchange: Exchange, account: Account, rest: Rest
) -> None:
    """By symbol, by direction in lower case and by time; the last to be closed first (rule 68)."""
    trade(exchange, account, "BUY", "86000")
    trade(exchange, account, "SELL", "86001")
    trade(exchange, account, "SELL", "86002")
    trade(exchange, account, "BUY", "86003")
    trade(exchange, account, "BUY", "3000", symbol="ETHUSDT")
    trade(exchange, account, "SELL", "3001", symbol="ETHUSDT")

    def prices(query: str) -> list[str]:
        return [row["closePrice"] for row in rest.data("GET", HISTORY, query)["list"]]

    everything = rest.data("GET", HISTORY)
    middle = everything["list"][1]["closedAt"]
    assert (prices(""), everything["total"]) == (["3001", "86003", "86001"], 3)
    assert prices("side=long") == ["3001", "86001"]
    assert prices("side=short") == ["86003"]
    assert prices("symbol=ETHUSDT") == ["3001"]
    assert prices("page=2&pageSize=1") == ["86003"]
    assert prices(f"startTime={middle}&endTime={middle}") == ["86003"]
    assert rest.code("GET", HISTORY, "side=LONG") == 2002


@pytest.mark.parametrize(
    ("kind", "price", "mode"), [("TAKE_PROFIT_MARKET", "87000", 2), ("STOP_MARKET", "85000", 3)]
)
def test_what_closed_a_position_is_told(
    exchange: Exchange, account: Account, rest: Rest, kind: str, price: str, mode: int
) -> None:
    """2 for a take-profit and 3 for a stop (rule 69)."""
    trade(exchange, account, "BUY", "86500")
    exchange.place_condition(
        account,
        symbol="BTCUSDT",
        side="SELL",
        type=kind,
        stop_price=price,
        close_position=True,
    )
    deep = exchange.create_account(username="deep", balance="1000000")
    exchange.place_order(deep, **{**ORDER, "quantity": "1"}, side="BUY", price="84000")
    left, right = (exchange.create_account(username=name) for name in ("left", "right"))
    exchange.place_order(left, **{**ORDER, "quantity": "0.01"}, side="BUY", price=price)
    exchange.place_order(right, **{**ORDER, "quantity": "0.01"}, side="SELL", price=price)

    assert [row["triggerMode"] for row in rest.data("GET", HISTORY)["list"]] == [mode]


def test_a_liquidation_is_in_the_history(exchange: Exchange) -> None:
    """Trigger mode 4, and a wallet that is not below zero (rule 69)."""
    poor = exchange.create_account(username="poor", balance="500")
    trade(exchange, poor, "BUY", "86500")
    for side in ("BUY", "SELL"):
        other = exchange.create_account(username=side, balance="1000000")
        exchange.place_order(other, **ORDER, side=side, price="80000")
    key = exchange.create_key(poor)
    with Rest(exchange.rest_url, key.api_key, key.api_secret) as rest:
        (row,) = rest.data("GET", HISTORY)["list"]
        asset = rest.data("GET", "/v1/private/user/asset")["userAsset"]
        log = rest.data("GET", "/v1/private/user/account-change-log")

    assert row["triggerMode"] == 4
    assert (asset["walletBalance"], asset["usedMargin"]) == ("0", "0")
    assert log["list"][0]["changeType"] == "LIQUIDATION"


def test_funding_comes_when_the_clock_is_moved(
    exchange: Exchange, account: Account, rest: Rest
) -> None:
    """Eight hours are one settlement; it is pushed, kept with the position and in the ledger."""
    trade(exchange, account, "SELL", "86500")
    assert exchange.set_funding_rate("BTCUSDT", "0.001") == Decimal("0.001")
    (before,) = rest.data("GET", "/v1/private/position/positions")["positions"]
    exchange.advance(8 * 3600)
    event = exchange.private_log(account)[-1]

    assert (before["nextFundingFee"], before["fundingFeeAccum"]) == ("8.65", "0")
    assert event.data["eventType"] == "ACCOUNT_UPDATE"
    assert event.data["positions"][0]["fundingFeeAccum"] == "8.65"
    truth = exchange.truth(account)
    assert truth["positions"]["BTCUSDT:BOTH"]["fundingFeeAccum"] == "8.65"
    with pytest.raises(ValueError, match="seconds"):
        exchange.advance(-1)
    with pytest.raises(ValueError, match="rate"):
        exchange.set_funding_rate("BTCUSDT", "much")


@pytest.mark.parametrize(("funding", "paid"), [(False, "0"), (True, "-0.865")])
def test_funding_by_the_clock_has_to_be_asked_for(funding: bool, paid: str) -> None:
    """By default a run is the same at any hour of the day; with funding=True it is not."""
    exchange = Exchange(market_maker=False, funding=funding)
    account = exchange.create_account()
    trade(exchange, account, "BUY", "86500")
    exchange.faults.clock_skew(8 * 3_600_000)
    exchange.deposit(account, "1")
    exchange.deposit(account, "1")

    assert exchange.truth(account)["positions"]["BTCUSDT:BOTH"]["fundingFeeAccum"] == paid


def test_a_leverage_above_the_tier_of_the_position_is_2003(
    exchange: Exchange, account: Account, rest: Rest
) -> None:
    """The leverage tiers bound leverage by the value that is held."""
    other = exchange.create_account(username="other", balance="1000000")
    exchange.place_order(other, **{**ORDER, "quantity": "20"}, side="SELL", price="80000")
    exchange.place_order(account, **{**ORDER, "quantity": "20"}, side="BUY", price="80000")

    assert rest.code("POST", LEVERAGE, "", {"symbol": "BTCUSDT", "leverage": 51}) == 2003
    assert rest.code("POST", LEVERAGE, "", {"symbol": "BTCUSDT", "leverage": 50}) == 0


def test_the_margin_mode_stays_while_something_is_open(
    exchange: Exchange, account: Account, rest: Rest
) -> None:
    """With an order or a position another mode is 3006."""
    body = {"symbol": "BTCUSDT", "marginMode": 2}
    row = exchange.place_order(account, **ORDER, side="BUY", price="80000")
    assert rest.code("POST", MODE, "", body) == 3006
    exchange.cancel_order(account, symbol="BTCUSDT", order_id=row["orderId"])
    assert rest.code("POST", MODE, "", body) == 0
