"""The calls about the caller, and about the keys of the private stream."""

from __future__ import annotations

from collections.abc import Sequence

from ....redaction import Secret
from ...base import Call
from .. import rest_schema as rest
from ..enums import BalancePeriod, ChangeType, TrendRange
from .arguments import (
    Time,
    as_,
    choice,
    hidden,
    integer,
    maybe_empty,
    needed,
    result_of,
    span_and_page,
    symbol_text,
    texts,
    word,
)
from .endpoints import make_call

__all__ = [
    "account_change_log",
    "asset_summary",
    "asset_trend",
    "balance_history",
    "close_listen_key",
    "create_listen_key",
    "favorite_symbols",
    "renew_listen_key",
    "save_favorite_symbols",
    "trade_overview",
    "user_asset",
    "user_info",
    "volume_stats",
]


def user_info() -> Call:
    """Return the call for the caller's profile."""
    return make_call(
        "getUserInfo", result=lambda data: result_of(rest.UserInfoReply, data).user_info
    )


def user_asset() -> Call:
    """Return the call for the caller's balance."""
    return make_call(
        "getUserAsset", result=lambda data: result_of(rest.UserAssetReply, data).user_asset
    )


# Statistics


def account_change_log(
    *,
    asset_type: str | None = None,
    change_type: ChangeType | str | None = None,
    start_time: Time | None = None,
    end_time: Time | None = None,
    page: int | None = None,
    page_size: int | None = None,
) -> Call:
    """Return the call for the ledger of the wallet, in pages."""
    query = {
        "assetType": word(asset_type, "an asset type"),
        "changeType": word(change_type, "a change type"),
        **span_and_page(start_time, end_time, page, page_size),
    }
    return make_call("getAccountChangeLog", query=query, result=as_(rest.ChangePage))


def volume_stats() -> Call:
    """Return the call for turnover and fees of 30 days."""
    return make_call("getVolumeStats", result=as_(rest.VolumeStats))


def balance_history(*, period: BalancePeriod | str, limit: int | None = None) -> Call:
    """Return the call for the balance per day, week or month, 30 of them by default."""
    query = {
        "period": needed(choice(period, BalancePeriod, "period"), "period"),
        "limit": integer(limit, "limit", least=1),
    }
    return make_call("getBalanceHistory", query=query, result=as_(rest.BalanceHistory))


def trade_overview(*, range: TrendRange | str) -> Call:
    """Return the call for profit, turnover and the trend of the assets."""
    return make_call("getTradeOverview", query=_type(range), result=as_(rest.TradeOverview))


def asset_summary() -> Call:
    """Return the call for the headline figures of the account."""
    return make_call("getAssetOverviewSummary", result=as_(rest.AssetSummary))


def asset_trend(*, range: TrendRange | str) -> Call:
    """Return the call for the figures of the account over time."""
    return make_call("getAssetOverviewTrend", query=_type(range), result=as_(rest.AssetTrend))


def _type(range: TrendRange | str) -> dict[str, str]:
    return {"type": needed(choice(range, TrendRange, "range"), "range")}


# Favorites


def save_favorite_symbols(*, symbols: Sequence[str]) -> Call:
    """Return the call that replaces the list of favorites."""
    found = needed(texts(symbols, symbol_text, "symbols"), "symbols")
    return make_call(
        "saveFavoriteSymbols", body={"symbols": found}, result=maybe_empty(rest.Accepted)
    )


def favorite_symbols() -> Call:
    """Return the call for the list of favorites."""
    return make_call("getFavoriteSymbols", result=as_(rest.FavoriteSymbols))


# Keys of the private stream


def create_listen_key() -> Call:
    """Return the call that makes a key for the private stream (rule 70)."""
    return make_call("createListenKey", result=as_(rest.ListenKey))


def renew_listen_key(key: Secret | str) -> Call:
    """Return the call that keeps a stream key alive (rules 71, 72); its result is undocumented."""
    return make_call(
        "renewListenKey",
        body={"listenKey": hidden(key, "key")},
        result=lambda data: result_of(rest.ListenKey, {} if data is None else data),
    )


def close_listen_key(key: Secret | str) -> Call:
    """Return the call that deletes a stream key (rule 72); its result is undocumented."""
    # The reply may repeat the key, so no object is made of it that keeps its text.
    return make_call(
        "closeListenKey", body={"listenKey": hidden(key, "key")}, result=maybe_empty(rest.ListenKey)
    )
