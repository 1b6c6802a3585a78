"""What the KuCoin streams tell, typed: a module for each family of topics.

Nearly every field is optional, because live messages lack some that the documentation always has.
What no field names is in ``extra``.
"""

from __future__ import annotations

from .account import AccountReading
from .control import (
    Ack,
    ClientRequest,
    Notice,
    Pong,
    ProAck,
    ProPong,
    ProRefusal,
    ProWelcome,
    Refusal,
    Welcome,
)
from .event import KuCoinEvent, time_of
from .futures import (
    AvailableBalanceChange,
    FuturesOrderUpdate,
    FuturesStopOrderUpdate,
    OrderMarginChange,
    WalletBalanceUpdate,
    WithdrawHoldChange,
)
from .margin import (
    IsolatedAsset,
    IsolatedPositionUpdate,
    MarginAsset,
    MarginDebt,
    MarginDebtRatio,
    MarginLoanUpdate,
    MarginPositionStatus,
)
from .positions import (
    CrossLeverageUpdate,
    FundingSettlement,
    FuturesPositionUpdate,
    MarginModeUpdate,
    RiskLimitAdjustment,
    SymbolLeverage,
    SymbolMarginMode,
)
from .pro import (
    ProBalanceUpdate,
    ProEvent,
    ProExecution,
    ProLeverageUpdate,
    ProLiquidationWarning,
    ProOrderUpdate,
    ProPositionUpdate,
)
from .spot import (
    AccountBalanceUpdate,
    MarketMatch,
    RelationContext,
    SpotOrderUpdate,
    SpotStopOrderUpdate,
    SpotTradeFill,
)

__all__ = [
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
    "IsolatedAsset",
    "IsolatedPositionUpdate",
    "KuCoinEvent",
    "MarginAsset",
    "MarginDebt",
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
    "ProEvent",
    "ProExecution",
    "ProLeverageUpdate",
    "ProLiquidationWarning",
    "ProOrderUpdate",
    "ProPong",
    "ProPositionUpdate",
    "ProRefusal",
    "ProWelcome",
    "Refusal",
    "RelationContext",
    "RiskLimitAdjustment",
    "SpotOrderUpdate",
    "SpotStopOrderUpdate",
    "SpotTradeFill",
    "SymbolLeverage",
    "SymbolMarginMode",
    "WalletBalanceUpdate",
    "Welcome",
    "WithdrawHoldChange",
    "time_of",
]
