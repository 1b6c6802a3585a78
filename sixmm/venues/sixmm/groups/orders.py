"""The caller's normal orders and trades, as queries."""

from __future__ import annotations

from collections.abc import Iterator

from .. import calls
from .. import rest_schema as rest
from ..calls.arguments import Time
from ..enums import OrderSideCode, OrderType, OrderTypeCode, Side
from ..operations import operation
from ..paging import MAX_ROWS, PAGE_SIZE, Page, Progress, by_cursor, checked_bound
from .conditions import ConditionQueries

__all__ = ["OrderQueries"]


class OrderQueries(ConditionQueries):
    """The caller's orders and trades; an API key needs the permission Trade (rule 18).

    Every method raises what the tree in :mod:`sixmm.errors` says; ``ConfigurationError`` where an
    argument cannot be, before anything is sent. Prices and sizes are exact decimals, times that
    come are Unix milliseconds, times that are given may also be datetimes with a zone.
    """

    @operation("getOrder")
    def get(
        self, symbol: str, *, order_id: str | None = None, client_order_id: str | None = None
    ) -> rest.OrderRow:
        """Return one order; given both ids, it has to match both (rule 52).

        ``GET /v1/private/order``; permission Trade. The fields of the result are *assumed*.

        Args:
            symbol: such as ``BTCUSDT``.
            order_id: the exchange's id.
            client_order_id: the caller's own id.

        Raises:
            OrderNotFound: code 3003, no such order.
        """
        result: rest.OrderRow = self._call(
            calls.order(symbol=symbol, order_id=order_id, client_order_id=client_order_id)
        )
        return result

    @operation("getCurrentOrders")
    def current(
        self,
        *,
        symbol: str | None = None,
        limit: int | None = None,
        last_order_id: str | None = None,
    ) -> rest.OrderPage:
        """Return open orders, oldest first.

        ``GET /v1/private/order/current``; permission Trade. The fields of a row are *assumed*.

        Args:
            symbol: only this symbol.
            limit: how many rows.
            last_order_id: continue after this order.
        """
        result: rest.OrderPage = self._call(
            calls.current_orders(symbol=symbol, limit=limit, last_order_id=last_order_id)
        )
        return result

    @operation("getCurrentOrders")
    def iter_current(
        self,
        *,
        symbol: str | None = None,
        page_size: int = PAGE_SIZE,
        max_rows: int | None = MAX_ROWS,
        progress: Progress | None = None,
    ) -> Iterator[rest.OrderRow]:
        """Yield every open order, each once, oldest first.

        Orders that are placed or that end meanwhile may or may not be among them.
        ``GET /v1/private/order/current``, once a page; permission Trade.

        Args:
            symbol: only this symbol.
            page_size: how many rows a call asks for.
            max_rows: after how many rows to stop, 100,000 by default; None for no bound.
            progress: is told after each call how many rows there are so far, and how many the
                exchange said that there are, or None.
        """
        calls.current_orders(symbol=symbol, limit=page_size)

        def fetch(last: str | None) -> Page[rest.OrderRow]:
            return self.current(symbol=symbol, limit=page_size, last_order_id=last)

        return by_cursor(
            fetch,
            key=lambda row: row.order_id,
            page_size=page_size,
            max_rows=checked_bound(max_rows),
            progress=progress,
        )

    @operation("getOrderHistory")
    def history(
        self,
        *,
        symbol: str | None = None,
        order_id: str | None = None,
        client_order_id: str | None = None,
        type: OrderTypeCode | OrderType | str | int | None = None,
        side: OrderSideCode | Side | str | int | None = None,
        status: int | None = None,
        start_time: Time | None = None,
        end_time: Time | None = None,
        page: int | None = None,
        page_size: int | None = None,
    ) -> rest.OrderPage:
        """Return one page of past orders, newest first.

        ``GET /v1/private/order/history``; permission Trade. The fields of a row are *assumed*.

        Args:
            symbol: only this symbol.
            order_id: only the order with this id of the exchange.
            client_order_id: only the order with this id of the caller.
            type: ``LIMIT`` or ``MARKET``, or its number (rule 63).
            side: ``BUY`` or ``SELL``, or its number (rule 63).
            status: the number of a status; the numbers are not documented (rule 113).
            start_time: from when on.
            end_time: until when.
            page: which page, from 1 (rule 64).
            page_size: how many rows a page, 20 by default.
        """
        result: rest.OrderPage = self._call(
            calls.order_history(
                symbol=symbol,
                order_id=order_id,
                client_order_id=client_order_id,
                type=type,
                side=side,
                status=status,
                start_time=start_time,
                end_time=end_time,
                page=page,
                page_size=page_size,
            )
        )
        return result

    @operation("getOrderHistory")
    def iter_history(
        self,
        *,
        symbol: str | None = None,
        type: OrderTypeCode | OrderType | str | int | None = None,
        side: OrderSideCode | Side | str | int | None = None,
        status: int | None = None,
        start_time: Time | None = None,
        end_time: Time | None = None,
        page_size: int = PAGE_SIZE,
        max_rows: int | None = MAX_ROWS,
        progress: Progress | None = None,
    ) -> Iterator[rest.OrderRow]:
        """Yield past orders, each once, newest first.

        ``GET /v1/private/order/history``, once a page; permission Trade.

        Args:
            symbol: only this symbol.
            type: ``LIMIT`` or ``MARKET``, or its number (rule 63).
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
            lambda page: calls.order_history(
                symbol=symbol,
                type=type,
                side=side,
                status=status,
                start_time=start_time,
                end_time=end_time,
                page=page,
                page_size=page_size,
            ),
            key=lambda row: row.order_id,
            page_size=page_size,
            max_rows=max_rows,
            progress=progress,
        )

    @operation("getTrades")
    def trades(
        self,
        *,
        symbol: str | None = None,
        order_id: str | None = None,
        start_time: Time | None = None,
        end_time: Time | None = None,
        page: int | None = None,
        page_size: int | None = None,
    ) -> rest.TradePage:
        """Return one page of the caller's trades, newest first.

        ``GET /v1/private/order/trades``; permission Trade.

        Args:
            symbol: only this symbol.
            order_id: only this order.
            start_time: from when on.
            end_time: until when.
            page: which page, from 1 (rule 64).
            page_size: how many rows a page, 20 by default.
        """
        result: rest.TradePage = self._call(
            calls.trades(
                symbol=symbol,
                order_id=order_id,
                start_time=start_time,
                end_time=end_time,
                page=page,
                page_size=page_size,
            )
        )
        return result

    @operation("getTrades")
    def iter_trades(
        self,
        *,
        symbol: str | None = None,
        order_id: str | None = None,
        start_time: Time | None = None,
        end_time: Time | None = None,
        page_size: int = PAGE_SIZE,
        max_rows: int | None = MAX_ROWS,
        progress: Progress | None = None,
    ) -> Iterator[rest.FillRow]:
        """Yield the caller's trades, each once, newest first.

        ``GET /v1/private/order/trades``, once a page; permission Trade.

        Args:
            symbol: only this symbol.
            order_id: only this order.
            start_time: from when on.
            end_time: until when.
            page_size: how many rows a call asks for.
            max_rows: after how many rows to stop, 100,000 by default; None for no bound.
            progress: is told after each call how many rows there are so far, and how many there
                will be, or None.
        """
        return self._pages(
            lambda page: calls.trades(
                symbol=symbol,
                order_id=order_id,
                start_time=start_time,
                end_time=end_time,
                page=page,
                page_size=page_size,
            ),
            key=lambda row: row.fill_id,
            page_size=page_size,
            max_rows=max_rows,
            progress=progress,
        )
