"""The words and numbers that 6MM uses for a choice.

Every enum is open: where a message has a value that is not listed here, the field keeps it as the
text or the number that came. A member equals its wire value, and a word prints as it. The values of
an enum that is marked *assumed* are not documented (rule 113); ``docs/wire.md`` has them.
"""

from __future__ import annotations

import enum
from typing import TypeVar

__all__ = [
    "ApiKeyStatus",
    "BalancePeriod",
    "BboPriceType",
    "CancelType",
    "ChangeType",
    "CloseTrigger",
    "ConditionOrderType",
    "ConditionStatus",
    "DrivenOn",
    "KlineInterval",
    "KlinePriceType",
    "LeaderboardPeriod",
    "LegTrigger",
    "MarginMode",
    "MarginModeCode",
    "OrderSideCode",
    "OrderStatus",
    "OrderType",
    "OrderTypeCode",
    "Permission",
    "PositionHistorySide",
    "PositionSide",
    "Role",
    "Side",
    "StrategyStatus",
    "StrategyType",
    "TimeInForce",
    "TrendRange",
    "WorkingType",
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


class Side(_Word):
    """Which way an order goes."""

    BUY = "BUY"
    SELL = "SELL"


class PositionSide(_Word):
    """Which position an order belongs to; a symbol has two of them in hedge mode."""

    BOTH = "BOTH"
    LONG = "LONG"
    SHORT = "SHORT"


class OrderType(_Word):
    """How a normal order is priced."""

    LIMIT = "LIMIT"
    MARKET = "MARKET"


class ConditionOrderType(_Word):
    """How an order that waits for a price is fired and priced (rule 50)."""

    STOP_MARKET = "STOP_MARKET"
    STOP_LIMIT = "STOP_LIMIT"
    TAKE_PROFIT_MARKET = "TAKE_PROFIT_MARKET"
    TAKE_PROFIT_LIMIT = "TAKE_PROFIT_LIMIT"
    TRAILING_STOP = "TRAILING_STOP"


class WorkingType(_Word):
    """Which price fires a condition order (rule 50)."""

    MARK_PRICE = "MARK_PRICE"
    CONTRACT_PRICE = "CONTRACT_PRICE"


class StrategyType(_Word):
    """How the orders of a strategy depend on each other (rule 51)."""

    OTO = "OTO"
    OCO = "OCO"
    OTOCO = "OTOCO"


class StrategyStatus(_Word):
    """Where a strategy is; spelled with two L, unlike an order (rule 62)."""

    WORKING = "WORKING"
    ALL_DONE = "ALL_DONE"
    CANCELLED = "CANCELLED"


class ConditionStatus(_Word):
    """Where the life of a condition order is; *assumed*."""

    NEW = "NEW"
    """It waits for its price."""
    TRIGGERED = "TRIGGERED"
    """It has fired, and a normal order was made of it."""
    CANCELED = "CANCELED"
    REJECTED = "REJECTED"
    """It has fired, and the order was refused."""


class DrivenOn(_Word):
    """What the driving leg of a strategy has to come to; *assumed*."""

    PARTIALLY_FILLED = "PARTIALLY_FILLED"
    FILLED = "FILLED"
    TRIGGERED = "TRIGGERED"
    CANCELED = "CANCELED"


class LegTrigger(_Word):
    """What happens to a leg of a strategy once it is driven; *assumed*."""

    PLACE = "PLACE"
    CANCEL = "CANCEL"


class TimeInForce(_Word):
    """How long an order stays; ``GTE_GTC`` is for condition orders only (rule 48)."""

    GTC = "GTC"
    IOC = "IOC"
    FOK = "FOK"
    GTE_GTC = "GTE_GTC"


class OrderStatus(_Word):
    """Where the life of an order is; the last four end it (rules 60-62)."""

    NEW = "NEW"
    """Taken and answered."""
    PENDING = "PENDING"
    """Resting as an open order."""
    PARTIALLY_FILLED = "PARTIALLY_FILLED"
    FILLED = "FILLED"
    CANCELED = "CANCELED"
    REJECTED = "REJECTED"
    PARTIALLY_FILLED_CANCELED = "PARTIALLY_FILLED_CANCELED"


class MarginMode(_Word):
    """The margin mode as text, as in positions and on the stream (rule 67)."""

    CROSS = "CROSS"
    ISOLATED = "ISOLATED"


class MarginModeCode(enum.IntEnum):
    """The margin mode as a number, as in requests and in position settings (rule 66)."""

    CROSS = 1
    ISOLATED = 2


class Role(_Word):
    """Whether a fill took liquidity or gave it; the only words in lower case."""

    MAKER = "maker"
    TAKER = "taker"


class BboPriceType(enum.IntEnum):
    """Where the price of an order comes from (rule 49)."""

    OWN = 0
    OPPOSITE_1 = 1
    OPPOSITE_5 = 2
    SAME_1 = 3
    SAME_5 = 4


class CancelType(enum.IntEnum):
    """What a cancel-all sweeps (rule 57)."""

    NORMAL = 0
    LIMIT = 1
    CONDITION = 2


class OrderTypeCode(enum.IntEnum):
    """The type of an order as a filter of the history wants it (rule 63)."""

    LIMIT = 1
    MARKET = 2


class OrderSideCode(enum.IntEnum):
    """The side of an order as a filter of a history wants it (rule 63)."""

    BUY = 1
    SELL = 2


class PositionHistorySide(_Word):
    """The side of a position as the filter of its history wants it: in lower case (rule 68)."""

    LONG = "long"
    SHORT = "short"


class CloseTrigger(enum.IntEnum):
    """Why a position was closed (rule 69)."""

    MANUAL = 1
    TAKE_PROFIT = 2
    STOP_LOSS = 3
    LIQUIDATION = 4


class KlineInterval(_Word):
    """The width of a candle; these are examples in the documentation, so there may be more."""

    MINUTES_1 = "1m"
    MINUTES_5 = "5m"
    MINUTES_15 = "15m"
    MINUTES_30 = "30m"
    HOURS_1 = "1h"
    HOURS_4 = "4h"
    DAYS_1 = "1d"
    WEEKS_1 = "1w"
    MONTHS_1 = "1M"


class KlinePriceType(_Word):
    """Which price a candle is made of, where it is not the traded one."""

    INDEX = "indexPrice"
    MARK = "markPrice"


class LeaderboardPeriod(_Word):
    """How far back the profit ranking looks."""

    DAYS_7 = "7d"
    DAYS_30 = "30d"
    DAYS_90 = "90d"


class BalancePeriod(_Word):
    """The width of a row of the balance history; cut at UTC midnight (rule 8)."""

    DAY = "1D"
    WEEK = "1W"
    MONTH = "1M"


class TrendRange(_Word):
    """How far back a trend of the account goes."""

    DAY = "1D"
    WEEK = "1W"
    MONTH = "1M"
    MONTHS_3 = "3M"
    MONTHS_6 = "6M"
    YEAR = "1Y"


class ChangeType(_Word):
    """Why a wallet changed; *assumed*."""

    TRANSFER_IN = "TRANSFER_IN"
    TRANSFER_OUT = "TRANSFER_OUT"
    REALIZED_PNL = "REALIZED_PNL"
    FEE = "FEE"
    FUNDING = "FUNDING"
    LIQUIDATION = "LIQUIDATION"


class Permission(enum.IntFlag):
    """What an API key may do; the bits add up, ``READ | TRADE`` is 3 (rule 16)."""

    READ = 1
    """Profile, assets, ledger, statistics, listenKey and favorites (rule 17)."""
    TRADE = 2
    """Every call about orders and positions, queries too (rule 18)."""
    WITHDRAW = 4
    """Reserved."""


class ApiKeyStatus(enum.IntEnum):
    """Whether an API key works."""

    DISABLED = 0
    ACTIVE = 1
