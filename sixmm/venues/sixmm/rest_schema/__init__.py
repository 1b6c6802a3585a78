"""What the 6MM REST API tells, typed; kept apart from the stream, whose names differ (rule 79).

The documentation never says that a member of a reply is always there, so every field is optional
but those without which a row cannot be told from another, and the list of a reply that is a list:
no rows would say that there are none. Rows of undocumented calls have the fields that
``docs/wire.md`` assumes, and are marked *assumed*; what no field names is in ``extra``.

Each module is imported on first use: who only streams needs few of them.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .conditions import ConditionCancelReply as ConditionCancelReply
    from .conditions import ConditionPage as ConditionPage
    from .conditions import ConditionRow as ConditionRow
    from .conditions import PlacedCondition as PlacedCondition
    from .conditions import PlacedStrategy as PlacedStrategy
    from .conditions import StrategyLegRow as StrategyLegRow
    from .conditions import StrategyRow as StrategyRow
    from .keys import ApiKeyRow as ApiKeyRow
    from .keys import ApiKeys as ApiKeys
    from .keys import DeletedApiKeys as DeletedApiKeys
    from .market import FeeLevel as FeeLevel
    from .market import FundingConfig as FundingConfig
    from .market import FundingConfigs as FundingConfigs
    from .market import FundingHistoryPage as FundingHistoryPage
    from .market import FundingHistoryRow as FundingHistoryRow
    from .market import FundingRate as FundingRate
    from .market import FundingRatePage as FundingRatePage
    from .market import KlineRow as KlineRow
    from .market import Klines as Klines
    from .market import LeverageTier as LeverageTier
    from .market import SymbolRow as SymbolRow
    from .market import Symbols as Symbols
    from .orders import BatchEntry as BatchEntry
    from .orders import BatchReply as BatchReply
    from .orders import CancelReply as CancelReply
    from .orders import FillRow as FillRow
    from .orders import OrderPage as OrderPage
    from .orders import OrderRow as OrderRow
    from .orders import PlacedOrder as PlacedOrder
    from .orders import TradePage as TradePage
    from .positions import AccountRows as AccountRows
    from .positions import LeverageSetting as LeverageSetting
    from .positions import PositionHistoryPage as PositionHistoryPage
    from .positions import PositionHistoryRow as PositionHistoryRow
    from .positions import PositionRow as PositionRow
    from .positions import Positions as Positions
    from .positions import PositionSetting as PositionSetting
    from .public import Leaderboard as Leaderboard
    from .public import LeaderboardRow as LeaderboardRow
    from .public import ServerTime as ServerTime
    from .row import Accepted as Accepted
    from .row import Row as Row
    from .row import make_rest_converter as make_rest_converter
    from .statistics import AssetPoint as AssetPoint
    from .statistics import AssetSummary as AssetSummary
    from .statistics import AssetTrend as AssetTrend
    from .statistics import BalanceHistory as BalanceHistory
    from .statistics import BalanceRow as BalanceRow
    from .statistics import ChangePage as ChangePage
    from .statistics import ChangeRow as ChangeRow
    from .statistics import TradeOverview as TradeOverview
    from .statistics import VolumeStats as VolumeStats
    from .tokens import AgentLogin as AgentLogin
    from .tokens import AgentToken as AgentToken
    from .tokens import ListenKey as ListenKey
    from .tokens import NewApiKey as NewApiKey
    from .tokens import Token as Token
    from .user import FavoriteSymbols as FavoriteSymbols
    from .user import UserAsset as UserAsset
    from .user import UserAssetReply as UserAssetReply
    from .user import UserInfo as UserInfo
    from .user import UserInfoReply as UserInfoReply

_HOMES = {
    "conditions": (
        "ConditionCancelReply",
        "ConditionPage",
        "ConditionRow",
        "PlacedCondition",
        "PlacedStrategy",
        "StrategyLegRow",
        "StrategyRow",
    ),
    "keys": (
        "ApiKeyRow",
        "ApiKeys",
        "DeletedApiKeys",
    ),
    "market": (
        "FeeLevel",
        "FundingConfig",
        "FundingConfigs",
        "FundingHistoryPage",
        "FundingHistoryRow",
        "FundingRate",
        "FundingRatePage",
        "KlineRow",
        "Klines",
        "LeverageTier",
        "SymbolRow",
        "Symbols",
    ),
    "orders": (
        "BatchEntry",
        "BatchReply",
        "CancelReply",
        "FillRow",
        "OrderPage",
        "OrderRow",
        "PlacedOrder",
        "TradePage",
    ),
    "positions": (
        "AccountRows",
        "LeverageSetting",
        "PositionHistoryPage",
        "PositionHistoryRow",
        "PositionRow",
        "PositionSetting",
        "Positions",
    ),
    "public": (
        "Leaderboard",
        "LeaderboardRow",
        "ServerTime",
    ),
    "row": (
        "Accepted",
        "Row",
        "make_rest_converter",
    ),
    "statistics": (
        "AssetPoint",
        "AssetSummary",
        "AssetTrend",
        "BalanceHistory",
        "BalanceRow",
        "ChangePage",
        "ChangeRow",
        "TradeOverview",
        "VolumeStats",
    ),
    "tokens": (
        "AgentLogin",
        "AgentToken",
        "ListenKey",
        "NewApiKey",
        "Token",
    ),
    "user": (
        "FavoriteSymbols",
        "UserAsset",
        "UserAssetReply",
        "UserInfo",
        "UserInfoReply",
    ),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "Accepted",
    "AccountRows",
    "AgentLogin",
    "AgentToken",
    "ApiKeyRow",
    "ApiKeys",
    "AssetPoint",
    "AssetSummary",
    "AssetTrend",
    "BalanceHistory",
    "BalanceRow",
    "BatchEntry",
    "BatchReply",
    "CancelReply",
    "ChangePage",
    "ChangeRow",
    "ConditionCancelReply",
    "ConditionPage",
    "ConditionRow",
    "DeletedApiKeys",
    "FavoriteSymbols",
    "FeeLevel",
    "FillRow",
    "FundingConfig",
    "FundingConfigs",
    "FundingHistoryPage",
    "FundingHistoryRow",
    "FundingRate",
    "FundingRatePage",
    "KlineRow",
    "Klines",
    "Leaderboard",
    "LeaderboardRow",
    "LeverageSetting",
    "LeverageTier",
    "ListenKey",
    "NewApiKey",
    "OrderPage",
    "OrderRow",
    "PlacedCondition",
    "PlacedOrder",
    "PlacedStrategy",
    "PositionHistoryPage",
    "PositionHistoryRow",
    "PositionRow",
    "PositionSetting",
    "Positions",
    "Row",
    "ServerTime",
    "StrategyLegRow",
    "StrategyRow",
    "SymbolRow",
    "Symbols",
    "Token",
    "TradeOverview",
    "TradePage",
    "UserAsset",
    "UserAssetReply",
    "UserInfo",
    "UserInfoReply",
    "VolumeStats",
    "make_rest_converter",
]


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f".{home}", __name__), name)
    globals()[name] = value
    return value
