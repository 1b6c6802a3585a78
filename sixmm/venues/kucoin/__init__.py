"""KuCoin: a client of its spot, margin, futures and unified streams, and how they speak.

:func:`decode` is the pure decoder of all of them: one message in, one typed event out. Everything
is imported on first use.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .client import KuCoinClient as KuCoinClient
    from .decoder import decode as decode
    from .enums import Connection as Connection
    from .refusals import StreamRefused as StreamRefused
    from .stream_schema import AccountBalanceUpdate as AccountBalanceUpdate
    from .stream_schema import AccountReading as AccountReading
    from .stream_schema import Ack as Ack
    from .stream_schema import AvailableBalanceChange as AvailableBalanceChange
    from .stream_schema import ClientRequest as ClientRequest
    from .stream_schema import CrossLeverageUpdate as CrossLeverageUpdate
    from .stream_schema import FundingSettlement as FundingSettlement
    from .stream_schema import FuturesOrderUpdate as FuturesOrderUpdate
    from .stream_schema import FuturesPositionUpdate as FuturesPositionUpdate
    from .stream_schema import FuturesStopOrderUpdate as FuturesStopOrderUpdate
    from .stream_schema import IsolatedPositionUpdate as IsolatedPositionUpdate
    from .stream_schema import KuCoinEvent as KuCoinEvent
    from .stream_schema import MarginDebtRatio as MarginDebtRatio
    from .stream_schema import MarginLoanUpdate as MarginLoanUpdate
    from .stream_schema import MarginModeUpdate as MarginModeUpdate
    from .stream_schema import MarginPositionStatus as MarginPositionStatus
    from .stream_schema import MarketMatch as MarketMatch
    from .stream_schema import Notice as Notice
    from .stream_schema import OrderMarginChange as OrderMarginChange
    from .stream_schema import Pong as Pong
    from .stream_schema import ProAck as ProAck
    from .stream_schema import ProBalanceUpdate as ProBalanceUpdate
    from .stream_schema import ProExecution as ProExecution
    from .stream_schema import ProLeverageUpdate as ProLeverageUpdate
    from .stream_schema import ProLiquidationWarning as ProLiquidationWarning
    from .stream_schema import ProOrderUpdate as ProOrderUpdate
    from .stream_schema import ProPong as ProPong
    from .stream_schema import ProPositionUpdate as ProPositionUpdate
    from .stream_schema import ProRefusal as ProRefusal
    from .stream_schema import ProWelcome as ProWelcome
    from .stream_schema import Refusal as Refusal
    from .stream_schema import RiskLimitAdjustment as RiskLimitAdjustment
    from .stream_schema import SpotOrderUpdate as SpotOrderUpdate
    from .stream_schema import SpotStopOrderUpdate as SpotStopOrderUpdate
    from .stream_schema import SpotTradeFill as SpotTradeFill
    from .stream_schema import WalletBalanceUpdate as WalletBalanceUpdate
    from .stream_schema import Welcome as Welcome
    from .stream_schema import WithdrawHoldChange as WithdrawHoldChange
    from .topics import check_topic as check_topic
    from .topics import connection_of as connection_of
    from .topics import futures_orders as futures_orders
    from .topics import futures_positions as futures_positions
    from .topics import isolated_position as isolated_position
    from .topics import market_match as market_match
    from .topics import pro_topic as pro_topic

_HOMES = {
    "client": ("KuCoinClient",),
    "decoder": ("decode",),
    "enums": ("Connection",),
    "refusals": ("StreamRefused",),
    "stream_schema": (
        "AccountBalanceUpdate",
        "AccountReading",
        "Ack",
        "AvailableBalanceChange",
        "ClientRequest",
        "CrossLeverageUpdate",
        "FundingSettlement",
        "FuturesOrderUpdate",
        "FuturesPositionUpdate",
        "FuturesStopOrderUpdate",
        "IsolatedPositionUpdate",
        "KuCoinEvent",
        "MarginDebtRatio",
        "MarginLoanUpdate",
        "MarginModeUpdate",
        "MarginPositionStatus",
        "MarketMatch",
        "Notice",
        "OrderMarginChange",
        "Pong",
        "ProAck",
        "ProBalanceUpdate",
        "ProExecution",
        "ProLeverageUpdate",
        "ProLiquidationWarning",
        "ProOrderUpdate",
        "ProPong",
        "ProPositionUpdate",
        "ProRefusal",
        "ProWelcome",
        "Refusal",
        "RiskLimitAdjustment",
        "SpotOrderUpdate",
        "SpotStopOrderUpdate",
        "SpotTradeFill",
        "WalletBalanceUpdate",
        "Welcome",
        "WithdrawHoldChange",
    ),
    "topics": (
        "check_topic",
        "connection_of",
        "futures_orders",
        "futures_positions",
        "isolated_position",
        "market_match",
        "pro_topic",
    ),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "AccountBalanceUpdate",
    "AccountReading",
    "Ack",
    "AvailableBalanceChange",
    "ClientRequest",
    "Connection",
    "CrossLeverageUpdate",
    "FundingSettlement",
    "FuturesOrderUpdate",
    "FuturesPositionUpdate",
    "FuturesStopOrderUpdate",
    "IsolatedPositionUpdate",
    "KuCoinClient",
    "KuCoinEvent",
    "MarginDebtRatio",
    "MarginLoanUpdate",
    "MarginModeUpdate",
    "MarginPositionStatus",
    "MarketMatch",
    "Notice",
    "OrderMarginChange",
    "Pong",
    "ProAck",
    "ProBalanceUpdate",
    "ProExecution",
    "ProLeverageUpdate",
    "ProLiquidationWarning",
    "ProOrderUpdate",
    "ProPong",
    "ProPositionUpdate",
    "ProRefusal",
    "ProWelcome",
    "Refusal",
    "RiskLimitAdjustment",
    "SpotOrderUpdate",
    "SpotStopOrderUpdate",
    "SpotTradeFill",
    "StreamRefused",
    "WalletBalanceUpdate",
    "Welcome",
    "WithdrawHoldChange",
    "check_topic",
    "connection_of",
    "decode",
    "futures_orders",
    "futures_positions",
    "isolated_position",
    "market_match",
    "pro_topic",
]


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f".{home}", __name__), name)
    globals()[name] = value
    return value
