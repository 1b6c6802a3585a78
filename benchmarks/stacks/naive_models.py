"""The classes that the naive candidate makes: the fields of sixmm under their wire names."""
# ruff: noqa: N815

from __future__ import annotations

import enum
from decimal import Decimal

import attrs

__all__ = ["AccountPush", "DepthPush", "OrderPush"]


class Side(enum.Enum):
    """The side of an order."""

    BUY = "BUY"
    SELL = "SELL"


class PositionSide(enum.Enum):
    """The side of a position."""

    BOTH = "BOTH"
    LONG = "LONG"
    SHORT = "SHORT"


class OrderType(enum.Enum):
    """The type of an order."""

    LIMIT = "LIMIT"
    MARKET = "MARKET"


class TimeInForce(enum.Enum):
    """How long an order stays."""

    GTC = "GTC"
    IOC = "IOC"
    FOK = "FOK"


class OrderStatus(enum.Enum):
    """Where an order stands."""

    NEW = "NEW"
    PENDING = "PENDING"
    PARTIALLY_FILLED = "PARTIALLY_FILLED"
    FILLED = "FILLED"
    CANCELED = "CANCELED"
    REJECTED = "REJECTED"


class Role(enum.Enum):
    """The role in a trade."""

    MAKER = "maker"
    TAKER = "taker"


class MarginMode(enum.Enum):
    """How a position is margined."""

    CROSS = "CROSS"
    ISOLATED = "ISOLATED"


@attrs.frozen
class Order:
    """The data of an order push."""

    eventType: str
    orderStatus: OrderStatus
    orderId: str
    clientOrderId: str
    symbol: str
    side: Side
    positionSide: PositionSide
    type: OrderType
    timeInForce: TimeInForce
    price: Decimal
    quantity: Decimal
    executedQuantity: Decimal
    averagePrice: Decimal
    reduceOnly: bool
    makerOnly: bool
    closePosition: bool
    createdAt: int
    updatedAt: int
    fillId: str | None = None
    tradeId: str | None = None
    roleType: Role | None = None
    lastPrice: Decimal | None = None
    lastQuantity: Decimal | None = None
    tradeValue: Decimal | None = None
    handlingFee: Decimal | None = None
    realizedPnl: Decimal | None = None


@attrs.frozen
class Balance:
    """One balance of an account push."""

    assetType: str
    walletBalance: Decimal
    frozenBalance: Decimal
    usedMargin: Decimal


@attrs.frozen
class Position:
    """One position of an account push."""

    symbol: str
    marginMode: MarginMode
    positionSide: PositionSide
    leverage: int
    quantity: Decimal
    entryPrice: Decimal
    breakEvenPrice: Decimal
    liqPrice: Decimal
    marginRatio: Decimal
    unrealizedPnl: Decimal
    roe: Decimal
    nextFundingFee: Decimal
    fundingFeeAccum: Decimal
    tpPrice: Decimal
    slPrice: Decimal


@attrs.frozen
class Account:
    """The data of an account push."""

    eventType: str
    balances: list[Balance]
    positions: list[Position]


@attrs.frozen
class Depth:
    """The data of a depth push."""

    symbol: str
    bids: list[tuple[Decimal, Decimal]]
    asks: list[tuple[Decimal, Decimal]]
    endVersion: int
    snapshot: bool


@attrs.frozen
class OrderPush:
    """An order push."""

    topic: str
    ts: int
    data: Order


@attrs.frozen
class AccountPush:
    """An account push."""

    topic: str
    ts: int
    data: Account


@attrs.frozen
class DepthPush:
    """A depth push."""

    topic: str
    ts: int
    data: Depth
