"""Which class a push becomes: by the path of its topic and its subject, and in places its fields.

The topic of a push need not be the one that was subscribed: some samples have the topic of one
symbol where all were asked for. So only the path counts, and what the message says of the symbol.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from .stream_schema import (
    AccountBalanceUpdate,
    AvailableBalanceChange,
    CrossLeverageUpdate,
    FundingSettlement,
    FuturesOrderUpdate,
    FuturesPositionUpdate,
    FuturesStopOrderUpdate,
    IsolatedPositionUpdate,
    KuCoinEvent,
    MarginDebtRatio,
    MarginLoanUpdate,
    MarginModeUpdate,
    MarginPositionStatus,
    MarketMatch,
    OrderMarginChange,
    ProBalanceUpdate,
    ProEvent,
    ProExecution,
    ProLeverageUpdate,
    ProLiquidationWarning,
    ProOrderUpdate,
    ProPositionUpdate,
    RiskLimitAdjustment,
    SpotOrderUpdate,
    SpotStopOrderUpdate,
    SpotTradeFill,
    WalletBalanceUpdate,
    WithdrawHoldChange,
)

__all__ = ["PRO_EVENTS", "PUSH_EVENTS", "TOLD_BY_TOPIC", "class_of", "pro_class_of"]

_FUTURES_ORDER: Mapping[str, type[KuCoinEvent]] = {
    "orderChange": FuturesOrderUpdate,
    "symbolOrderChange": FuturesOrderUpdate,
    "orderUpdated": FuturesOrderUpdate,
}
_POSITION: Mapping[str, type[KuCoinEvent]] = {
    "position.change": FuturesPositionUpdate,
    "position.settlement": FundingSettlement,
    "position.adjustRiskLimit": RiskLimitAdjustment,
}
_LOAN: Mapping[str, type[KuCoinEvent]] = {
    "order.open": MarginLoanUpdate,
    "order.update": MarginLoanUpdate,
    "order.done": MarginLoanUpdate,
}

PUSH_EVENTS: Mapping[str, Mapping[str, type[KuCoinEvent]]] = MappingProxyType(
    {
        "/spotMarket/tradeOrders": {"orderChange": SpotOrderUpdate},
        "/spotMarket/tradeOrdersV2": {"orderChange": SpotOrderUpdate},
        "/spotMarket/advancedOrders": {"stopOrder": SpotStopOrderUpdate},
        "/spot/tradeFills": {"/spot/tradeFills": SpotTradeFill},
        "/account/balance": {"account.balance": AccountBalanceUpdate},
        "/market/match": {"trade.l3match": MarketMatch},
        "/margin/position": {
            "debt.ratio": MarginDebtRatio,
            "position.status": MarginPositionStatus,
        },
        "/margin/isolatedPosition": {"positionChange": IsolatedPositionUpdate},
        "/margin/loan": _LOAN,
        "/contractMarket/tradeOrders": _FUTURES_ORDER,
        "/contractMarket/advancedOrders": {"stopOrder": FuturesStopOrderUpdate},
        "/contractAccount/wallet": {
            "walletBalance.change": WalletBalanceUpdate,
            "orderMargin.change": OrderMarginChange,
            "availableBalance.change": AvailableBalanceChange,
            "withdrawHold.change": WithdrawHoldChange,
        },
        "/contract/position": _POSITION,
        "/contract/positionAll": _POSITION,
        "/contract/marginMode": {"user.config": MarginModeUpdate},
        "/contract/crossLeverage": {"user.config": CrossLeverageUpdate},
    }
)
"""The class of each subject, by the path of the topic."""

TOLD_BY_TOPIC: Mapping[type[KuCoinEvent], str] = MappingProxyType(
    {
        FuturesOrderUpdate: "symbol",
        FuturesPositionUpdate: "symbol",
        FundingSettlement: "symbol",
        RiskLimitAdjustment: "symbol",
        IsolatedPositionUpdate: "symbol",
        MarketMatch: "symbol",
        MarginLoanUpdate: "currency",
    }
)
"""The field that the topic tells after its colon, where a message leaves it out."""

PRO_EVENTS: Mapping[str, type[ProEvent]] = MappingProxyType(
    {
        "order": ProOrderUpdate,
        "orderAll": ProOrderUpdate,
        "execution": ProExecution,
        "execution.lite": ProExecution,
        "balance": ProBalanceUpdate,
        "position": ProPositionUpdate,
        "positionAll": ProPositionUpdate,
        "leverage": ProLeverageUpdate,
        "lw": ProLiquidationWarning,
        "risk": ProLiquidationWarning,
    }
)
"""The class of each channel of the unified stream."""


def class_of(topic: str, subject: str, data: Any) -> type[KuCoinEvent] | None:
    """Return the class of a push, or None where none is known for it.

    The two kinds of message of ``/margin/position`` are told apart by their fields, because the
    documentation prints both under the same subject.
    """
    path = topic.partition(":")[0]
    if path == "/margin/position" and isinstance(data, dict):
        if "debtRatio" in data:
            return MarginDebtRatio
        return MarginPositionStatus if "type" in data else None
    return PUSH_EVENTS.get(path, {}).get(subject)


def pro_class_of(channel: str) -> type[ProEvent] | None:
    """Return the class of a push of the unified stream, or None where the channel is not known."""
    return PRO_EVENTS.get(channel)
