"""The words and numbers that 6MM uses for a choice.

Every enum is open: where a message has a value that is not listed here, the field keeps it as the
text or the number that came. A member equals its wire value and prints as it.
"""

from __future__ import annotations

import enum
from typing import TypeVar

__all__ = [
    "BboPriceType",
    "CancelType",
    "MarginMode",
    "MarginModeCode",
    "OrderStatus",
    "OrderType",
    "PositionSide",
    "Role",
    "Side",
    "TimeInForce",
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
