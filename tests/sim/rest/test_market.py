"""Public calls over real HTTP."""

from __future__ import annotations

from itertools import pairwise

import pytest

from sixmm.sim import Exchange

from ..client import Rest


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("symbol=BTCUSDT", 2001),
        ("interval=1m", 2001),
        ("symbol=NOPE&interval=1m", 2002),
        ("symbol=BTCUSDT&interval=2m", 2002),
        ("symbol=BTCUSDT&interval=1m&limit=1001", 2003),
        ("symbol=BTCUSDT&interval=1m&priceType=lastPrice", 2002),
        ("symbol=BTCUSDT&interval=1m&priceType=markPrice", 0),
    ],
)
def test_bad_candle_queries(rest: Rest, query: str, code: int) -> None:
    """Symbol and interval are required, limit stops at 1000 (rule 64)."""
    assert rest.send("GET", "/v1/public/market/klines", query)["code"] == code


@pytest.mark.parametrize("interval", ["1m", "4h", "1d", "1w", "1M"])
def test_candles_follow_on_each_other(rest: Rest, interval: str) -> None:
    """500 candles by default, oldest first, each beginning where the one before ends."""
    reply = rest.send("GET", "/v1/public/market/klines", f"symbol=BTCUSDT&interval={interval}")
    rows = reply["data"]["list"]

    assert len(rows) == 500
    for before, after in pairwise(rows):
        assert before["closeTime"] + 1 == after["openTime"]
    for row in rows:
        assert float(row["low"]) <= min(float(row["open"]), float(row["close"]))
        assert float(row["high"]) >= max(float(row["open"]), float(row["close"]))


def test_the_clock_in_both_units(rest: Rest) -> None:
    """/v1/time tells seconds and milliseconds of one moment (rule 7)."""
    data = rest.send("GET", "/v1/time")["data"]

    assert data["timestamp"] == data["timestampMs"] // 1000
    assert data["iso"].endswith("Z")


def test_symbols_tell_the_limits_that_are_enforced(exchange: Exchange, rest: Rest) -> None:
    """An order on the edge of every figure of the symbols reply is taken (rule 43)."""
    account = exchange.create_account(username="edge", balance="1000000000")
    for row in rest.send("GET", "/v1/public/market/symbols")["data"]["list"]:
        price = exchange.mid_price(row["symbol"])
        for quantity in (row["minQuantity"], row["maxLimitOrderQty"]):
            placed = exchange.place_order(
                account,
                symbol=row["symbol"],
                side="BUY",
                type="LIMIT",
                price=price,
                quantity=quantity,
            )
            assert placed["status"] == "PENDING"


def test_the_version_is_no_real_one(rest: Rest) -> None:
    """Nobody takes this for the real exchange."""
    assert rest.send("GET", "/v1/version")["data"]["name"] == "sixmm.sim"
