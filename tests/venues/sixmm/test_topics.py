"""The names of topics: the five forms and nothing else (rule 90)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.errors import ConfigurationError
from sixmm.venues.sixmm import topics


def test_helpers_give_the_documented_forms() -> None:
    """Each helper gives the name as the documentation writes it."""
    assert topics.depth("BTCUSDT") == "market.depth.BTCUSDT"
    assert topics.trade("BTCUSDT") == "market.trade.BTCUSDT"
    assert topics.kline("BTCUSDT", "1M") == "market.kline.BTCUSDT.1M"
    assert topics.ticker("1000PEPE_USDT") == "market.ticker.1000PEPE_USDT"
    assert topics.tickers() == "market.tickers"


@given(
    st.sampled_from(["depth", "trade", "ticker"]),
    st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=1, max_size=40),
)
def test_every_symbol_is_taken(family: str, symbol: str) -> None:
    """A topic of a proper symbol is returned as it is."""
    topic = f"market.{family}.{symbol}"

    assert topics.check_topic(topic) == topic


@pytest.mark.parametrize(
    "topic",
    [
        "",
        "market",
        "market.depth",
        "market.depth.",
        "market.depth.BTC USDT",
        "market.depth.BTCUSDT.5",
        "market.kline.BTCUSDT",
        "market.kline.BTCUSDT.1m.2",
        "market.tickers.BTCUSDT",
        "market.book.BTCUSDT",
        "Market.depth.BTCUSDT",
        " market.depth.BTCUSDT",
        "market.depth.BTCUSDT\n",
        'market.depth.B","op":"x',
        "market.depth.\u0661",
        "market.depth." + "A" * 41,
        "market.depth.BTC\x00",
    ],
)
def test_everything_else_is_refused_with_the_forms(topic: str) -> None:
    """A name that cannot be a topic is refused before it is sent, and the text helps (F7)."""
    with pytest.raises(ConfigurationError, match=r"the forms are market\.depth\.BTCUSDT") as caught:
        topics.check_topic(topic)

    assert str(caught.value).isprintable()


def test_a_helper_refuses_a_bad_symbol() -> None:
    """The helpers check what they are given."""
    with pytest.raises(ConfigurationError):
        topics.depth("BTC.USDT")
    with pytest.raises(ConfigurationError):
        topics.kline("BTCUSDT", "1 m")


def test_the_private_topic_is_explained() -> None:
    """Who subscribes to the user topic learns that the server joins it (rule 74)."""
    with pytest.raises(ConfigurationError, match="joined by the server"):
        topics.check_topic("user.5794")
