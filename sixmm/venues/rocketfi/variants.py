"""Messages by their variant: which they are, and by which feed they come."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import attrs

from ...errors import ConfigurationError
from . import topics
from .payloads import split_variant

__all__ = ["MOST_ID_LENGTH", "OF_ACCOUNTS", "OF_MARKETS", "topic_text", "variant_of"]

MOST_ID_LENGTH = 128
"""No id has more characters."""

OF_ACCOUNTS: Mapping[str, type[topics.Topic]] = MappingProxyType(
    {
        "OrderEventUpdate": topics.OrderEvents,
        "OpenOrdersUpdate": topics.OpenOrders,
        "PositionUpdate": topics.Position,
        "CollateralUpdate": topics.Collateral,
        "AccountRiskUpdate": topics.AccountRisk,
        "PositionFundingUpdate": topics.PositionFunding,
    }
)
"""The feeds of the messages about accounts."""

OF_MARKETS: Mapping[str, type[topics.Topic]] = MappingProxyType(
    {
        "OrderbookUpdate": topics.Orderbook,
        "QuoteUpdate": topics.Orderbook,
        "MarkPriceUpdate": topics.PriceFeed,
        "AssetMarkPriceUpdate": topics.AssetPriceFeed,
        "FundingRateUpdate": topics.FundingRate,
        "InstrumentStatsUpdate": topics.InstrumentStats,
        "CandleUpdate": topics.Candle,
        "LastMatchPriceUpdate": topics.LastMatchPrice,
    }
)
"""The feeds of the messages about markets. A quote may also come by the feed of prices: which
subscription it belongs to is not documented."""


def variant_of(message: Any) -> tuple[str, Any] | None:
    """Return name and payload of a message, or None for what is no variant.

    A variant is an object with one member, or a bare text, which has no payload.
    """
    return split_variant(message)


def topic_text(variant: str, fields: Mapping[str, Any]) -> str:
    """Return the canonical text of the feed that a message comes by, or ``""`` where it is unclear.

    Args:
        variant: the name of the message.
        fields: the fields of its event, by their names in Python; ids are texts or whole numbers.
    """
    cls = OF_ACCOUNTS.get(variant) or OF_MARKETS.get(variant)
    if cls is None:
        return ""
    values = [fields.get(name) for name in _MEMBERS[cls]]
    # Topics are kept by their members: what is longer is no id.
    if any(isinstance(value, str) and len(value) > MOST_ID_LENGTH for value in values):
        return ""
    return _text(cls.kind, *values)


_MEMBERS: Mapping[type[topics.Topic], tuple[str, ...]] = {
    cls: tuple(one.name for one in attrs.fields(cls)) for cls in topics.KINDS.values()
}


@functools.lru_cache(maxsize=4096)
def _text(kind: str, *values: Any) -> str:
    # To make a topic takes longer than to read the message, and a stream has few of them.
    cls = topics.KINDS[kind]
    named = zip(_MEMBERS[cls], values, strict=True)
    try:
        return str(cls(**{name: value for name, value in named if value is not None}))
    except (ConfigurationError, TypeError):
        return ""
