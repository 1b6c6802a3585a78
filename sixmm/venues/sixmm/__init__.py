"""6MM: how its stream and its REST API speak, and how the account is read.

:func:`decode` is the pure decoder of the stream: one message in, one typed event out. Everything
is imported on first use.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .condition_facts import ConditionOrderUpdate as ConditionOrderUpdate
    from .decoder import decode as decode
    from .enums import MarginMode as MarginMode
    from .enums import OrderStatus as OrderStatus
    from .enums import OrderType as OrderType
    from .enums import PositionSide as PositionSide
    from .enums import Role as Role
    from .enums import Side as Side
    from .enums import TimeInForce as TimeInForce
    from .stream_schema import AccountUpdate as AccountUpdate
    from .stream_schema import AuthAck as AuthAck
    from .stream_schema import BalanceUpdate as BalanceUpdate
    from .stream_schema import DepthUpdate as DepthUpdate
    from .stream_schema import Kline as Kline
    from .stream_schema import MarketTrade as MarketTrade
    from .stream_schema import OrderTradeUpdate as OrderTradeUpdate
    from .stream_schema import Pong as Pong
    from .stream_schema import PositionUpdate as PositionUpdate
    from .stream_schema import Refusal as Refusal
    from .stream_schema import SubscribeAck as SubscribeAck
    from .stream_schema import Ticker as Ticker
    from .stream_schema import Tickers as Tickers
    from .stream_schema import UnsubscribeAck as UnsubscribeAck
    from .topics import check_topic as check_topic
    from .topics import depth as depth
    from .topics import kline as kline
    from .topics import ticker as ticker
    from .topics import tickers as tickers
    from .topics import trade as trade
    from .venue import SixmmVenue as SixmmVenue

_HOMES = {
    "condition_facts": ("ConditionOrderUpdate",),
    "decoder": ("decode",),
    "enums": (
        "MarginMode",
        "OrderStatus",
        "OrderType",
        "PositionSide",
        "Role",
        "Side",
        "TimeInForce",
    ),
    "stream_schema": (
        "AccountUpdate",
        "AuthAck",
        "BalanceUpdate",
        "DepthUpdate",
        "Kline",
        "MarketTrade",
        "OrderTradeUpdate",
        "Pong",
        "PositionUpdate",
        "Refusal",
        "SubscribeAck",
        "Ticker",
        "Tickers",
        "UnsubscribeAck",
    ),
    "topics": ("check_topic", "depth", "kline", "ticker", "tickers", "trade"),
    "venue": ("SixmmVenue",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "AccountUpdate",
    "AuthAck",
    "BalanceUpdate",
    "ConditionOrderUpdate",
    "DepthUpdate",
    "Kline",
    "MarginMode",
    "MarketTrade",
    "OrderStatus",
    "OrderTradeUpdate",
    "OrderType",
    "Pong",
    "PositionSide",
    "PositionUpdate",
    "Refusal",
    "Role",
    "Side",
    "SixmmVenue",
    "SubscribeAck",
    "Ticker",
    "Tickers",
    "TimeInForce",
    "UnsubscribeAck",
    "check_topic",
    "decode",
    "depth",
    "kline",
    "ticker",
    "tickers",
    "trade",
]


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f".{home}", __name__), name)
    globals()[name] = value
    return value
