"""Names of public topics (rule 90)."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass

from .engine.candles import INTERVALS

__all__ = ["Topic", "read_topic"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A public topic: its channel, and the symbol and interval where it has one."""

    channel: str
    symbol: str = ""
    interval: str = ""


def read_topic(name: str, symbols: Container[str]) -> Topic | None:
    """Return the topic that `name` stands for, or None when there is no such topic."""
    parts = name.split(".")
    if parts == ["market", "tickers"]:
        return Topic(channel="tickers")
    if len(parts) < 3 or parts[0] != "market" or parts[2] not in symbols:
        return None
    channel, symbol = parts[1], parts[2]
    if channel in ("depth", "trade", "ticker") and len(parts) == 3:
        return Topic(channel=channel, symbol=symbol)
    if channel == "kline" and len(parts) == 4 and parts[3] in INTERVALS:
        return Topic(channel=channel, symbol=symbol, interval=parts[3])
    return None
