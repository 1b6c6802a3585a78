"""The words and numbers that KuCoin uses for a choice.

Every enum is open: where a message has a value that is not listed here, the field keeps it as the
text or the number that came. A member equals its wire value, and a word prints as it. Words of the
spot and futures streams are in lower case, those of the unified stream in capitals, so that they
are different enums.
"""

from __future__ import annotations

import enum
from typing import TypeVar

__all__ = [
    "ChangeReason",
    "Connection",
    "FuturesTradeType",
    "IsolatedStatus",
    "Liquidity",
    "MarginEvent",
    "MarginMode",
    "OrderEvent",
    "OrderStatus",
    "OrderType",
    "PositionSide",
    "ProFillType",
    "ProLiquidity",
    "ProMarginAlert",
    "ProOrderEvent",
    "ProOrderStatus",
    "ProOrderType",
    "ProSide",
    "ProTradeType",
    "Side",
    "StopDirection",
    "StopEvent",
    "StopPriceType",
    "StreamErrorCode",
    "known",
]

E = TypeVar("E", bound=enum.Enum)


def known(cls: type[E], value: str | None) -> E | str | None:
    """Return the member of an open enum for a wire text, or the text itself where there is none."""
    return next((member for member in cls if member.value == value), value)


class _Word(str, enum.Enum):
    # As what is equal has to; that of Enum also takes ten times as long.
    __hash__ = str.__hash__

    def __str__(self) -> str:
        return str(self.value)


class Connection(_Word):
    """A connection, by what it carries; each needs a token, or an address, of its own."""

    SPOT_PRIVATE_V1 = "spot_private_v1"
    FUTURES_PRIVATE_V1 = "futures_private_v1"
    PRIVATE_PRO_V2 = "private_pro_v2"
    SPOT_PUBLIC_V1 = "spot_public_v1"
    FUTURES_PUBLIC_V1 = "futures_public_v1"
    SPOT_PUBLIC_PRO_V2 = "spot_public_pro_v2"
    FUTURES_PUBLIC_PRO_V2 = "futures_public_pro_v2"

    @property
    def is_private(self) -> bool:
        """Whether it needs a credential."""
        return "private" in self.value

    @property
    def is_pro(self) -> bool:
        """Whether it speaks the unified protocol."""
        return self.value.endswith("pro_v2")

    @property
    def is_futures(self) -> bool:
        """Whether its token comes from the host of the futures."""
        return self.value.startswith("futures")


class StreamErrorCode(enum.IntEnum):
    """Why the server of a spot or futures stream refuses something."""

    BAD_REQUEST = 400
    """A topic that is invalid, text that is no JSON, or no ping for a minute."""
    BAD_TOKEN = 401
    LOGIN_REQUIRED = 403
    """A private topic on a connection with a public token."""
    NO_SUCH_TOPIC = 404
    TOPIC_MISSING = 406
    UNKNOWN_COMMAND = 415
    SYSTEM_ERROR = 500
    TOO_MUCH = 509
    """Too many messages, topics or sessions, or a busy service; the text says which."""


# Spot, margin and futures


class Side(_Word):
    """Which way an order goes."""

    BUY = "buy"
    SELL = "sell"


class OrderType(_Word):
    """How an order is priced."""

    LIMIT = "limit"
    MARKET = "market"
    STOP = "stop"


class OrderEvent(_Word):
    """What a message tells about an order."""

    RECEIVED = "received"
    OPEN = "open"
    MATCH = "match"
    UPDATE = "update"
    FILLED = "filled"
    CANCELED = "canceled"


class OrderStatus(_Word):
    """Where an order is; ``match`` as a taker, and ``done`` however it ended."""

    NEW = "new"
    OPEN = "open"
    MATCH = "match"
    DONE = "done"


class StopEvent(_Word):
    """What a message tells about a stop order, in lower case; sources also have ``TRIGGERED``."""

    OPEN = "open"
    TRIGGERED = "triggered"
    CANCEL = "cancel"


class Liquidity(_Word):
    """The role in a match; taker also where the counterparty is hidden or an iceberg."""

    MAKER = "maker"
    TAKER = "taker"


class FuturesTradeType(_Word):
    """Why a futures order exists."""

    TRADE = "trade"
    LIQUIDATION = "liquid"
    ADL = "adl"
    SETTLEMENT = "settlement"


class MarginMode(_Word):
    """Whether a position shares its margin with others."""

    CROSS = "CROSS"
    ISOLATED = "ISOLATED"


class PositionSide(_Word):
    """Which position an order belongs to; a symbol has two of them in hedge mode."""

    BOTH = "BOTH"
    LONG = "LONG"
    SHORT = "SHORT"


class StopDirection(_Word):
    """Which way the price has to go for a futures stop order."""

    UP = "up"
    DOWN = "down"


class StopPriceType(_Word):
    """Which price triggers a stop order: of the last trade, of the index, or the mark price."""

    TRADE = "TP"
    INDEX = "IP"
    MARK = "MP"


class ChangeReason(_Word):
    """Why a position changed."""

    MARGIN = "marginChange"
    POSITION = "positionChange"
    LIQUIDATION = "liquidation"
    AUTO_DEPOSIT = "autoAppendMarginStatusChange"
    ADL = "adl"
    RISK_LIMIT = "changeRiskLimit"
    MARK_PRICE = "markPriceChange"


class MarginEvent(_Word):
    """What happened to the cross margin account."""

    FROZEN_LIQUIDATION = "FROZEN_FL"
    UNFROZEN_LIQUIDATION = "UNFROZEN_FL"
    FROZEN_RENEWAL = "FROZEN_RENEW"
    UNFROZEN_RENEWAL = "UNFROZEN_RENEW"
    LIABILITY = "LIABILITY"
    NO_LIABILITY = "UNLIABILITY"


class IsolatedStatus(_Word):
    """Where an isolated margin position is."""

    DEBT = "DEBT"
    CLEAR = "CLEAR"
    IN_BORROW = "IN_BORROW"
    IN_REPAY = "IN_REPAY"
    IN_LIQUIDATION = "IN_LIQUIDATION"
    IN_AUTO_RENEW = "IN_AUTO_RENEW"


# Unified


class ProSide(_Word):
    """Which way an order goes, on the unified stream."""

    BUY = "BUY"
    SELL = "SELL"


class ProOrderType(_Word):
    """How an order is priced, on the unified stream."""

    LIMIT = "LIMIT"
    MARKET = "MARKET"


class ProTradeType(_Word):
    """Which market or account a channel of the unified stream is about."""

    SPOT = "SPOT"
    FUTURES = "FUTURES"
    MARGIN = "MARGIN"
    ISOLATED = "ISOLATED"
    CROSS = "CROSS"
    UNIFIED = "UNIFIED"
    FUNDING = "FUNDING"


class ProOrderEvent(_Word):
    """What a message of the unified stream tells about an order."""

    OPEN = "OPEN"
    UPDATE = "UPDATE"
    FILL = "FILL"
    MATCH = "MATCH"
    CANCEL = "CANCEL"
    TRIGGER = "TRIGGER"


class ProOrderStatus(enum.IntEnum):
    """Where an order of the unified stream is."""

    NOT_TRIGGERED = 0
    TRIGGERED = 1
    LIVE = 2
    FILLED = 3
    PARTIALLY_FILLED = 4
    CANCELED = 5
    PARTIALLY_CANCELED = 6


class ProLiquidity(_Word):
    """The role in a match, on the unified stream."""

    MAKER = "MAKER"
    TAKER = "TAKER"


class ProFillType(_Word):
    """Why a fill of the unified stream happened; all but ``NORMAL`` have the order id 0."""

    NORMAL = "NORMAL"
    LIQUIDATION = "LIQUID"
    ADL = "ADL"
    SETTLEMENT = "SETTLEMENT"


class ProMarginAlert(_Word):
    """How close an account is to liquidation."""

    MARGIN_CALL = "MARGIN_CALL"
    REDUCE_ONLY = "REDUCE_ONLY"
    LIQUIDATION_WARNING = "LIQUIDATION_WARNING"
    FORCE_LIQUIDATION = "FORCE_LIQUIDATION"
