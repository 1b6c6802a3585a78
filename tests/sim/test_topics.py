"""Names of public topics (rule 90)."""

from __future__ import annotations

import pytest

from sixmm.sim.topics import Topic, read_topic


@pytest.mark.parametrize(
    ("name", "topic"),
    [
        ("market.depth.BTCUSDT", Topic(channel="depth", symbol="BTCUSDT")),
        ("market.trade.BTCUSDT", Topic(channel="trade", symbol="BTCUSDT")),
        ("market.ticker.BTCUSDT", Topic(channel="ticker", symbol="BTCUSDT")),
        ("market.kline.BTCUSDT.1M", Topic(channel="kline", symbol="BTCUSDT", interval="1M")),
        ("market.tickers", Topic(channel="tickers")),
        ("market.depth.NOPE", None),
        ("market.depth", None),
        ("market.depth.BTCUSDT.1m", None),
        ("market.kline.BTCUSDT", None),
        ("market.kline.BTCUSDT.2m", None),
        ("market.tickers.BTCUSDT", None),
        ("market.fills.BTCUSDT", None),
        ("user.5794", None),
        ("", None),
    ],
)
def test_names(name: str, topic: Topic | None) -> None:
    """The five channels with a symbol that is traded and an interval that is known."""
    assert read_topic(name, {"BTCUSDT"}) == topic
