"""The words that RocketFi uses for a choice.

Every enum is open: where a message has a word that is not listed here, the field keeps it as the
text that came. A member equals its wire text and prints as it.
"""

from __future__ import annotations

import enum

__all__ = [
    "Interval",
    "OrderEventType",
    "OrderState",
    "OrderType",
    "RejectionReason",
    "Side",
    "TriggerType",
]


class _Word(str, enum.Enum):
    # As what is equal has to; that of Enum also takes ten times as long.
    __hash__ = str.__hash__

    def __str__(self) -> str:
        return str(self.value)


class Side(_Word):
    """Which way an order goes."""

    BUY = "Buy"
    SELL = "Sell"


class OrderType(_Word):
    """How an order is priced."""

    LIMIT = "Limit"
    MARKET = "Market"


class TriggerType(_Word):
    """What an order waits for before it rests."""

    STOP_LOSS = "StopLoss"
    TAKE_PROFIT = "TakeProfit"


class OrderEventType(_Word):
    """What happened to an order: the variants of ``eventData``."""

    PLACED = "placed"
    FILL = "fill"
    MODIFIED = "modified"
    CANCELED = "canceled"
    REJECTED = "rejected"


class RejectionReason(_Word):
    """Why an order was rejected."""

    MARGIN_VIOLATED = "marginViolated"
    NOT_ENOUGH_LIQUIDITY = "notEnoughLiquidity"
    TOO_MUCH_SLIPPAGE = "tooMuchSlippage"
    SELF_TRADE_PREVENTION = "selfTradePrevention"


class Interval(_Word):
    """The width of a candle."""

    M1 = "1m"
    M5 = "5m"
    M15 = "15m"
    M30 = "30m"
    H1 = "1h"
    H4 = "4h"
    D1 = "1d"


class OrderState(_Word):
    """Where an order stands. RocketFi tells events and no states: these words are not on the wire.

    An order that was filled in part is open: no event tells both its size and what was filled, so
    a word for it could not be kept right.
    """

    OPEN = "open"
    FILLED = "filled"
    CANCELED = "canceled"
    REJECTED = "rejected"
