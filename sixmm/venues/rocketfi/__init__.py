"""RocketFi: how its stream and its REST API speak, and how an account is read.

:func:`decode` is the pure decoder of the stream: one message in, one typed event out. Everything
is imported on first use.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .client import RocketFiClient as RocketFiClient
    from .decoder import decode as decode
    from .enums import Interval as Interval
    from .enums import OrderEventType as OrderEventType
    from .enums import OrderState as OrderState
    from .enums import OrderType as OrderType
    from .enums import RejectionReason as RejectionReason
    from .enums import Side as Side
    from .enums import TriggerType as TriggerType
    from .ids import Address as Address
    from .ids import InstrumentId as InstrumentId
    from .ids import OrderId as OrderId
    from .stream_schema import AccountRiskUpdate as AccountRiskUpdate
    from .stream_schema import AssetMarkPriceUpdate as AssetMarkPriceUpdate
    from .stream_schema import CandleUpdate as CandleUpdate
    from .stream_schema import CollateralUpdate as CollateralUpdate
    from .stream_schema import ErrorMessage as ErrorMessage
    from .stream_schema import FundingRateUpdate as FundingRateUpdate
    from .stream_schema import InstrumentStatsUpdate as InstrumentStatsUpdate
    from .stream_schema import LastMatchPriceUpdate as LastMatchPriceUpdate
    from .stream_schema import MarkPriceUpdate as MarkPriceUpdate
    from .stream_schema import OpenOrder as OpenOrder
    from .stream_schema import OpenOrdersUpdate as OpenOrdersUpdate
    from .stream_schema import OrderbookUpdate as OrderbookUpdate
    from .stream_schema import OrderEvent as OrderEvent
    from .stream_schema import OrderEventUpdate as OrderEventUpdate
    from .stream_schema import Pong as Pong
    from .stream_schema import PositionEntry as PositionEntry
    from .stream_schema import PositionFundingUpdate as PositionFundingUpdate
    from .stream_schema import PositionUpdate as PositionUpdate
    from .stream_schema import QuoteUpdate as QuoteUpdate
    from .stream_schema import ServerPing as ServerPing
    from .stream_schema import SubscribeConfirmation as SubscribeConfirmation
    from .stream_schema import UnsubscribeConfirmation as UnsubscribeConfirmation
    from .topics import AccountRisk as AccountRisk
    from .topics import AssetPriceFeed as AssetPriceFeed
    from .topics import Candle as Candle
    from .topics import Collateral as Collateral
    from .topics import FundingRate as FundingRate
    from .topics import InstrumentStats as InstrumentStats
    from .topics import LastMatchPrice as LastMatchPrice
    from .topics import OpenOrders as OpenOrders
    from .topics import Orderbook as Orderbook
    from .topics import OrderEvents as OrderEvents
    from .topics import Position as Position
    from .topics import PositionFunding as PositionFunding
    from .topics import PriceFeed as PriceFeed
    from .topics import Topic as Topic
    from .topics import parse_topic as parse_topic

_HOMES = {
    "client": ("RocketFiClient",),
    "decoder": ("decode",),
    "enums": (
        "Interval",
        "OrderEventType",
        "OrderState",
        "OrderType",
        "RejectionReason",
        "Side",
        "TriggerType",
    ),
    "ids": ("Address", "InstrumentId", "OrderId"),
    "stream_schema": (
        "AccountRiskUpdate",
        "AssetMarkPriceUpdate",
        "CandleUpdate",
        "CollateralUpdate",
        "ErrorMessage",
        "FundingRateUpdate",
        "InstrumentStatsUpdate",
        "LastMatchPriceUpdate",
        "MarkPriceUpdate",
        "OpenOrder",
        "OpenOrdersUpdate",
        "OrderEvent",
        "OrderEventUpdate",
        "OrderbookUpdate",
        "Pong",
        "PositionEntry",
        "PositionFundingUpdate",
        "PositionUpdate",
        "QuoteUpdate",
        "ServerPing",
        "SubscribeConfirmation",
        "UnsubscribeConfirmation",
    ),
    "topics": (
        "AccountRisk",
        "AssetPriceFeed",
        "Candle",
        "Collateral",
        "FundingRate",
        "InstrumentStats",
        "LastMatchPrice",
        "OpenOrders",
        "OrderEvents",
        "Orderbook",
        "Position",
        "PositionFunding",
        "PriceFeed",
        "Topic",
        "parse_topic",
    ),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "AccountRisk",
    "AccountRiskUpdate",
    "Address",
    "AssetMarkPriceUpdate",
    "AssetPriceFeed",
    "Candle",
    "CandleUpdate",
    "Collateral",
    "CollateralUpdate",
    "ErrorMessage",
    "FundingRate",
    "FundingRateUpdate",
    "InstrumentId",
    "InstrumentStats",
    "InstrumentStatsUpdate",
    "Interval",
    "LastMatchPrice",
    "LastMatchPriceUpdate",
    "MarkPriceUpdate",
    "OpenOrder",
    "OpenOrders",
    "OpenOrdersUpdate",
    "OrderEvent",
    "OrderEventType",
    "OrderEventUpdate",
    "OrderEvents",
    "OrderId",
    "OrderState",
    "OrderType",
    "Orderbook",
    "OrderbookUpdate",
    "Pong",
    "Position",
    "PositionEntry",
    "PositionFunding",
    "PositionFundingUpdate",
    "PositionUpdate",
    "PriceFeed",
    "QuoteUpdate",
    "RejectionReason",
    "RocketFiClient",
    "ServerPing",
    "Side",
    "SubscribeConfirmation",
    "Topic",
    "TriggerType",
    "UnsubscribeConfirmation",
    "decode",
    "parse_topic",
]


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f".{home}", __name__), name)
    globals()[name] = value
    return value
