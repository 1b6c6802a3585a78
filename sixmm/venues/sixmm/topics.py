"""The names of the five market topics (rule 90)."""

from __future__ import annotations

import re

from ...errors import ConfigurationError
from ...redaction import one_line

__all__ = ["check_topic", "depth", "kline", "ticker", "tickers", "trade"]

_SYMBOL = r"[A-Za-z0-9_-]{1,40}"
_INTERVAL = r"[A-Za-z0-9]{1,8}"
_TOPIC = re.compile(
    rf"market\.(?:(?:depth|trade|ticker)\.{_SYMBOL}|kline\.{_SYMBOL}\.{_INTERVAL}|tickers)",
    re.ASCII,
)
_FORMS = (
    "market.depth.BTCUSDT, market.trade.BTCUSDT, market.kline.BTCUSDT.1m, "
    "market.ticker.BTCUSDT, market.tickers"
)


def depth(symbol: str) -> str:
    """Return the topic of a symbol's order book: one snapshot, then increments (rule 91)."""
    return check_topic(f"market.depth.{symbol}")


def trade(symbol: str) -> str:
    """Return the topic of a symbol's public trades."""
    return check_topic(f"market.trade.{symbol}")


def kline(symbol: str, interval: str) -> str:
    """Return the topic of a symbol's candles; ``interval`` is a width such as ``1m`` or ``4h``."""
    return check_topic(f"market.kline.{symbol}.{interval}")


def ticker(symbol: str) -> str:
    """Return the topic of a symbol's summary."""
    return check_topic(f"market.ticker.{symbol}")


def tickers() -> str:
    """Return the topic of every symbol's summary."""
    return "market.tickers"


def check_topic(topic: str) -> str:
    """Return ``topic`` where it has one of the five forms.

    The private topic is not among them: the server joins it by itself (rule 74).

    Raises:
        ConfigurationError: it has none of the forms; the text shows them.
    """
    if isinstance(topic, str) and _TOPIC.fullmatch(topic):
        return topic
    if isinstance(topic, str) and topic.startswith("user."):
        raise ConfigurationError("the user topic is joined by the server: do not subscribe to it")
    shown = one_line(topic, limit=80)
    raise ConfigurationError(f"{shown!r} is not a market topic; the forms are {_FORMS}")
