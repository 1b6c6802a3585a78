"""The caller: profile, balance, ledger, statistics, favorites and keys of the private stream."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ....redaction import Secret
from .. import calls
from .. import rest_schema as rest
from ..calls.arguments import Time
from ..enums import BalancePeriod, ChangeType, TrendRange
from ..operations import operation
from ..paging import MAX_ROWS, PAGE_SIZE, Progress
from .group import Group, text_of

__all__ = ["UserGroup"]


class UserGroup(Group):
    """The caller's profile, assets and statistics; an API key needs the permission Read (rule 17).

    Every method raises what the tree in :mod:`sixmm.errors` says; ``ConfigurationError`` where an
    argument cannot be, before anything is sent. Amounts are exact decimals, times that come are
    Unix milliseconds, times that are given may also be datetimes with a zone.
    """

    @operation("getUserInfo")
    def info(self) -> rest.UserInfo:
        """Return the profile.

        ``GET /v1/private/user/info``; permission Read.
        """
        result: rest.UserInfo = self._call(calls.user_info())
        return result

    @operation("getUserAsset")
    def asset(self) -> rest.UserAsset:
        """Return the balance: wallet, held for orders, held for positions.

        ``GET /v1/private/user/asset``; permission Read.
        """
        result: rest.UserAsset = self._call(calls.user_asset())
        return result

    @operation("getAccountChangeLog")
    def change_log(
        self,
        *,
        asset_type: str | None = None,
        change_type: ChangeType | str | None = None,
        start_time: Time | None = None,
        end_time: Time | None = None,
        page: int | None = None,
        page_size: int | None = None,
    ) -> rest.ChangePage:
        """Return one page of the ledger: every change of the wallet.

        ``GET /v1/private/user/account-change-log``; permission Read.

        Args:
            asset_type: only this asset, such as ``USDT``.
            change_type: only changes for this reason; the words are *assumed*.
            start_time: from when on.
            end_time: until when.
            page: which page, from 1 (rule 64).
            page_size: how many rows a page, 20 by default.
        """
        result: rest.ChangePage = self._call(
            calls.account_change_log(
                asset_type=asset_type,
                change_type=change_type,
                start_time=start_time,
                end_time=end_time,
                page=page,
                page_size=page_size,
            )
        )
        return result

    @operation("getAccountChangeLog")
    def iter_change_log(
        self,
        *,
        asset_type: str | None = None,
        change_type: ChangeType | str | None = None,
        start_time: Time | None = None,
        end_time: Time | None = None,
        page_size: int = PAGE_SIZE,
        max_rows: int | None = MAX_ROWS,
        progress: Progress | None = None,
    ) -> Iterator[rest.ChangeRow]:
        """Yield the ledger, each change once.

        ``GET /v1/private/user/account-change-log``, once a page; permission Read.

        Args:
            asset_type: only this asset, such as ``USDT``.
            change_type: only changes for this reason; the words are *assumed*.
            start_time: from when on.
            end_time: until when.
            page_size: how many rows a call asks for.
            max_rows: after how many rows to stop, 100,000 by default; None for no bound.
            progress: is told after each call how many rows there are so far, and how many there
                will be, or None.
        """
        return self._pages(
            lambda page: calls.account_change_log(
                asset_type=asset_type,
                change_type=change_type,
                start_time=start_time,
                end_time=end_time,
                page=page,
                page_size=page_size,
            ),
            key=text_of,
            page_size=page_size,
            max_rows=max_rows,
            progress=progress,
        )

    # Statistics

    @operation("getVolumeStats")
    def volume_stats(self) -> rest.VolumeStats:
        """Return turnover and fees of the last 30 days.

        ``GET /v1/private/user/volume-stats``; permission Read.
        """
        result: rest.VolumeStats = self._call(calls.volume_stats())
        return result

    @operation("getBalanceHistory")
    def balance_history(
        self, period: BalancePeriod | str, *, limit: int | None = None
    ) -> rest.BalanceHistory:
        """Return the balance per day, week or month; days end at midnight UTC (rule 8).

        ``GET /v1/private/user/balance-history``; permission Read.

        Args:
            period: ``1D``, ``1W`` or ``1M``.
            limit: how many of them, 30 by default.
        """
        result: rest.BalanceHistory = self._call(calls.balance_history(period=period, limit=limit))
        return result

    @operation("getTradeOverview")
    def trade_overview(self, range: TrendRange | str) -> rest.TradeOverview:
        """Return profit, turnover, drawdown and transfers, with the trend of the assets.

        ``GET /v1/private/user/trade-overview``; permission Read.

        Args:
            range: how far back the trend goes: ``1D``, ``1W``, ``1M``, ``3M``, ``6M`` or ``1Y``.
        """
        result: rest.TradeOverview = self._call(calls.trade_overview(range=range))
        return result

    @operation("getAssetOverviewSummary")
    def asset_summary(self) -> rest.AssetSummary:
        """Return profit, turnover, drawdown and transfers, of today and in all.

        ``GET /v1/private/user/asset/overview/summary``; permission Read.
        """
        result: rest.AssetSummary = self._call(calls.asset_summary())
        return result

    @operation("getAssetOverviewTrend")
    def asset_trend(self, range: TrendRange | str) -> rest.AssetTrend:
        """Return balance and profit over time.

        ``GET /v1/private/user/asset/overview/trend``; permission Read.

        Args:
            range: how far back: ``1D``, ``1W``, ``1M``, ``3M``, ``6M`` or ``1Y``.
        """
        result: rest.AssetTrend = self._call(calls.asset_trend(range=range))
        return result

    # Favorites

    @operation("getFavoriteSymbols")
    def favorites(self) -> tuple[str, ...]:
        """Return the symbols that the caller has marked.

        ``GET /v1/private/user/favorite-symbols``; permission Read.
        """
        result: rest.FavoriteSymbols = self._call(calls.favorite_symbols())
        return result.symbols

    @operation("saveFavoriteSymbols")
    def save_favorites(self, symbols: Sequence[str]) -> rest.Accepted:
        """Replace the symbols that the caller has marked.

        ``POST /v1/private/user/favorite-symbols``; permission Read, although it writes (rule 17).

        Args:
            symbols: all of them; an empty list removes every mark.

        Raises:
            OutcomeUnknown: it was sent, and no clear answer came; to send it again does no harm.
        """
        result: rest.Accepted = self._call(calls.save_favorite_symbols(symbols=symbols))
        return result

    # Keys of the private stream. A client that streams makes and renews its own.

    @operation("createListenKey")
    def create_listen_key(self) -> rest.ListenKey:
        """Make a key that opens the private stream for an hour (rules 70, 71).

        ``POST /v1/private/user/listen-key``; permission Read, although it writes (rule 17).

        Raises:
            OutcomeUnknown: it was sent, and no clear answer came.
        """
        result: rest.ListenKey = self._call(calls.create_listen_key())
        return result

    @operation("renewListenKey")
    def renew_listen_key(self, key: Secret | str) -> rest.ListenKey:
        """Keep a key of the private stream alive; due about every 30 minutes (rules 71, 72).

        ``PUT /v1/private/user/listen-key``; permission Read, although it writes (rule 17). The
        fields of the result are *assumed*.

        Args:
            key: the key.

        Raises:
            OutcomeUnknown: it was sent, and no clear answer came; to send it again does no harm.
        """
        # Bound anew at once: what shows the variables of a frame shows the mask.
        key = Secret(key)
        result: rest.ListenKey = self._call(calls.renew_listen_key(key))
        return result

    @operation("closeListenKey")
    def close_listen_key(self, key: Secret | str) -> rest.ListenKey:
        """Delete a key of the private stream, which silences everyone who uses it (rule 72).

        ``DELETE /v1/private/user/listen-key``; permission Read, although it writes (rule 17). The
        result is not documented, and usually empty.

        Args:
            key: the key.

        Raises:
            OutcomeUnknown: it was sent, and no clear answer came; to send it again does no harm.
        """
        key = Secret(key)
        result: rest.ListenKey = self._call(calls.close_listen_key(key))
        return result
