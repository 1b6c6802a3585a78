"""The data of public pushes has exactly the fields of the wire page."""

from __future__ import annotations

from decimal import Decimal

from sixmm.sim import payloads
from sixmm.sim.engine.market import Market, PublicTrade
from sixmm.sim.engine.symbols import DEFAULT_SYMBOLS

NOW = 1_800_000_000_000


def market() -> Market:
    """Return a market with one trade at 86600."""
    one = Market(DEFAULT_SYMBOLS[0], 7)
    one.record(
        PublicTrade(
            trade_id="1", price=Decimal(86600), quantity=Decimal(2), side="BUY", created_at=NOW
        )
    )
    return one


def test_a_ticker() -> None:
    """Prices, volumes and changes since the start, and the next funding on an 8 h grid."""
    row = payloads.ticker(market(), NOW)

    assert row == {
        "symbol": "BTCUSDT",
        "lastPrice": "86600",
        "markPrice": "86600",
        "indexPrice": "86600",
        "bidPrice": "0",
        "askPrice": "0",
        "highPrice": "86600",
        "lowPrice": "86500",
        "volume": "2",
        "turnover": "173200",
        "priceChange": "100",
        "priceChangePercent": "0.11560694",
        "fundingRate": "0.0001",
        "nextFundingTime": row["nextFundingTime"],
    }
    assert 0 < row["nextFundingTime"] - NOW <= 8 * 3_600_000
    assert row["nextFundingTime"] % (8 * 3_600_000) == 0


def test_a_trade() -> None:
    """One trade with the side of its taker."""
    one = market()

    assert payloads.trade("BTCUSDT", one.trades[0]) == {
        "symbol": "BTCUSDT",
        "tradeId": "1",
        "price": "86600",
        "quantity": "2",
        "side": "BUY",
        "createdAt": NOW,
    }


def test_a_candle() -> None:
    """The fields of the klines call, with symbol and interval in front."""
    candle = market().candles["1m"].last()
    assert candle is not None
    row = payloads.kline("BTCUSDT", "1m", candle)

    assert (row["symbol"], row["interval"]) == ("BTCUSDT", "1m")
    assert (row["open"], row["close"], row["volume"]) == ("86600", "86600", "2")
    assert row["closeTime"] - row["openTime"] == 59_999
