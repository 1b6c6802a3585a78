"""The public calls about funding; none of their results is documented (rule 111)."""

from __future__ import annotations

from collections.abc import Iterator

from .. import calls
from .. import rest_schema as rest
from ..calls.arguments import Time
from ..operations import operation
from ..paging import MAX_ROWS, PAGE_SIZE, Progress
from .group import Group, text_of

__all__ = ["FundingCalls"]


class FundingCalls(Group):
    """The part of the market group that is about funding."""

    @operation("getFundingRateConfig")
    def funding_rate_config(self, *, symbol: str | None = None) -> rest.FundingConfigs:
        """Return the funding settings: interval, cap and floor; the fields are *assumed*.

        ``GET /v1/public/market/funding-rate``; no permission.

        Args:
            symbol: only this symbol; None for all.
        """
        result: rest.FundingConfigs = self._call(calls.funding_rate_config(symbol=symbol))
        return result

    @operation("getCurrentFundingRates")
    def funding_rates(
        self,
        *,
        symbol: str | None = None,
        page: int | None = None,
        page_size: int | None = None,
    ) -> rest.FundingRatePage:
        """Return one page of the present funding rates; the fields are *assumed*.

        ``GET /v1/public/market/funding-rate/current``; no permission.

        Args:
            symbol: only this symbol; None for all.
            page: which page, from 1 (rule 64).
            page_size: how many rows a page, 20 by default.
        """
        result: rest.FundingRatePage = self._call(
            calls.funding_rates(symbol=symbol, page=page, page_size=page_size)
        )
        return result

    @operation("getCurrentFundingRates")
    def iter_funding_rates(
        self,
        *,
        page_size: int = PAGE_SIZE,
        max_rows: int | None = MAX_ROWS,
        progress: Progress | None = None,
    ) -> Iterator[rest.FundingRate]:
        """Yield the present funding rate of every symbol, each once; the fields are *assumed*.

        ``GET /v1/public/market/funding-rate/current``, once a page; no permission.

        Args:
            page_size: how many rows a call asks for.
            max_rows: after how many rows to stop, 100,000 by default; None for no bound.
            progress: is told after each call how many rows there are so far, and how many there
                will be, or None.
        """
        return self._pages(
            lambda page: calls.funding_rates(page=page, page_size=page_size),
            key=lambda row: row.symbol or row.raw,
            page_size=page_size,
            max_rows=max_rows,
            progress=progress,
        )

    @operation("getFundingRateHistory")
    def funding_rate_history(
        self,
        symbol: str,
        *,
        start_time: Time | None = None,
        end_time: Time | None = None,
        page: int | None = None,
        page_size: int | None = None,
    ) -> rest.FundingHistoryPage:
        """Return one page of the past funding rates of a symbol; the fields are *assumed*.

        ``GET /v1/public/market/funding-rate/history``; no permission.

        Args:
            symbol: such as ``BTCUSDT``.
            start_time: from when on.
            end_time: until when.
            page: which page, from 1 (rule 64).
            page_size: how many rows a page, 20 by default.
        """
        result: rest.FundingHistoryPage = self._call(
            calls.funding_rate_history(
                symbol=symbol,
                start_time=start_time,
                end_time=end_time,
                page=page,
                page_size=page_size,
            )
        )
        return result

    @operation("getFundingRateHistory")
    def iter_funding_rate_history(
        self,
        symbol: str,
        *,
        start_time: Time | None = None,
        end_time: Time | None = None,
        page_size: int = PAGE_SIZE,
        max_rows: int | None = MAX_ROWS,
        progress: Progress | None = None,
    ) -> Iterator[rest.FundingHistoryRow]:
        """Yield the past funding rates of a symbol, each once; the fields are *assumed*.

        ``GET /v1/public/market/funding-rate/history``, once a page; no permission.

        Args:
            symbol: such as ``BTCUSDT``.
            start_time: from when on.
            end_time: until when.
            page_size: how many rows a call asks for.
            max_rows: after how many rows to stop, 100,000 by default; None for no bound.
            progress: is told after each call how many rows there are so far, and how many there
                will be, or None.
        """
        return self._pages(
            lambda page: calls.funding_rate_history(
                symbol=symbol,
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
