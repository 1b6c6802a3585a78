"""Public calls over real HTTP."""

from __future__ import annotations

from itertools import pairwise

import pytest

from sixmm.sim import Account, Exchange

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


def test_symbols_tell_the_limits_that_are_enforced(exchange: Exchange, rest: Rest) -> None:
    """An order on the edge of every figure of the symbols reply is taken (rule 43)."""
    account = exchange.create_account(username="edge", balance="1000000000")
    for row in rest.send("GET", "/v1/public/market/symbols")["data"]["list"]:
        price = exchange.mid_price(row["symbol"])
        # The largest order is worth more than what may be held with the default leverage.
        exchange.set_leverage(account, row["symbol"], 5)
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


def test_tiers_rise_and_follow_on_each_other(rest: Rest) -> None:
    """Each tier begins where the one before ends, with less leverage and more maintenance."""
    for row in rest.send("GET", "/v1/public/market/symbols")["data"]["list"]:
        tiers = row["leverageTiers"]
        assert [tier["tier"] for tier in tiers] == list(range(1, len(tiers) + 1))
        for one, two in pairwise(tiers):
            assert one["maxNotional"] == two["minNotional"]
            assert one["maxLeverage"] > two["maxLeverage"]
            assert float(one["maintenanceRate"]) < float(two["maintenanceRate"])


def test_fee_levels(rest: Rest) -> None:
    """There is one level, with the rates that fills are charged."""
    (level,) = rest.send("GET", "/v1/public/market/symbols")["data"]["handlingFeeLevelConfig"]

    assert level == {"level": 0, "makerRate": "0.0002", "takerRate": "0.0005"}


@pytest.mark.parametrize("price_type", ["markPrice", "indexPrice"])
def test_candles_of_the_mark_price(
    exchange: Exchange, account: Account, rest: Rest, price_type: str
) -> None:
    """They move with the quotes, without any trade, and have no volume."""
    for side, price in (("BUY", "86000"), ("SELL", "86200")):
        exchange.place_order(
            account, symbol="BTCUSDT", side=side, type="LIMIT", price=price, quantity="0.1"
        )
    query = f"symbol=BTCUSDT&interval=1d&limit=2&priceType={price_type}"

    def newest() -> str:
        rows = rest.send("GET", "/v1/public/market/klines", query)["data"]["list"]
        assert {row["volume"] for row in rows} == {"0"}
        return str(rows[-1]["close"])

    # The price is looked at ten times a second, so the newest quote may take that long.
    assert exchange.wait_until(lambda: newest() == "86100")


def test_candles_of_the_first_months(rest: Rest) -> None:
    """Nothing is made up for times that some systems do not know."""
    query = "symbol=BTCUSDT&interval=1M&endTime=1"

    assert rest.send("GET", "/v1/public/market/klines", query)["data"]["list"] == []
