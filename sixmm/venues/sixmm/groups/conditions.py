"""The caller's condition orders and strategies, as queries."""

from __future__ import annotations

from collections.abc import Iterator

from .. import calls
from .. import rest_schema as rest
from ..calls.arguments import Time
from ..enums import OrderSideCode, Side
from ..operations import operation
from ..paging import MAX_ROWS, PAGE_SIZE, Progress
from .group import Group

__all__ = ["ConditionQueries"]


class ConditionQueries(Group):
    """The part of the order queries that is about condition orders and strategies."""

    @operation("getCurrentConditionOrders")
    def current_conditions(self, *, symbol: str | None = None) -> rest.ConditionPage:
        """Return the condition orders that wait for their price, oldest first.

        ``GET /v1/private/order/current-condition``; permission Trade. The fields of a row are
        *assumed*.

        Args:
            symbol: only this symbol.
        """
        result: rest.ConditionPage = self._call(calls.current_condition_orders(symbol=symbol))
        return result

    @operation("getConditionOrderHistory")
    def condition_history(
        self,
        *,
        symbol: str | None = None,
        side: OrderSideCode | Side | str | int | None = None,
        status: int | None = None,
        start_time: Time | None = None,
        end_time: Time | None = None,
        page: int | None = None,
        page_size: int | None = None,
    ) -> rest.ConditionPage:
        """Return one page of past condition orders, newest first.

        ``GET /v1/private/order/history-condition``; permission Trade. The fields of a row are
        *assumed*.

        Args:
            symbol: only this symbol.
            side: ``BUY`` or ``SELL``, or its number (rule 63).
            status: the number of a status; the numbers are not documented (rule 113).
            start_time: from when on.
            end_time: until when.
            page: which page, from 1 (rule 64).
            page_size: how many rows a page, 20 by default.
        """
        result: rest.ConditionPage = self._call(
            calls.condition_order_history(
                symbol=symbol,
                side=side,
                status=status,
                start_time=start_time,
                end_time=end_time,
                page=page,
                page_size=page_size,
            )
        )
        return result

    @operation("getConditionOrderHistory")
    def iter_condition_history(
        self,
        *,
        symbol: str | None = None,
        side: OrderSideCode | Side | str | int | None = None,
        status: int | None = None,
        start_time: Time | None = None,
        end_time: Time | None = None,
        page_size: int = PAGE_SIZE,
        max_rows: int | None = MAX_ROWS,
        progress: Progress | None = None,
    ) -> Iterator[rest.ConditionRow]:
        """Yield past condition orders, each once, newest first.

        ``GET /v1/private/order/history-condition``, once a page; permission Trade.

        Args:
            symbol: only this symbol.
            side: ``BUY`` or ``SELL``, or its number (rule 63).
            status: the number of a status; the numbers are not documented (rule 113).
            start_time: from when on.
            end_time: until when.
            page_size: how many rows a call asks for.
            max_rows: after how many rows to stop, 100,000 by default; None for no bound.
            progress: is told after each call how many rows there are so far, and how many there
                will be, or None.
        """
        return self._pages(
            lambda page: calls.condition_order_history(
                symbol=symbol,
                side=side,
                status=status,
                start_time=start_time,
                end_time=end_time,
                page=page,
                page_size=page_size,
            ),
            key=lambda row: row.condition_id,
            page_size=page_size,
            max_rows=max_rows,
            progress=progress,
        )

    @operation("getStrategyOrder")
    def strategy(self, strategy_id: str) -> rest.StrategyRow:
        """Return a strategy and its legs.

        ``GET /v1/private/order/strategy``; permission Trade. The fields of a leg are *assumed*.

        Args:
            strategy_id: the exchange's id of the strategy.
        """
        result: rest.StrategyRow = self._call(calls.strategy(strategy_id))
        return result
