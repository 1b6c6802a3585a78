"""The REST groups of the client: ``market``, ``user``, ``orders`` and ``positions``.

Each method makes one call and returns its typed result. The errors are those of the tree in
:mod:`sixmm.errors`; amounts are exact decimals, times are Unix milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..base import Call
from . import calls
from . import rest_schema as rest

__all__ = ["MarketGroup", "OrdersGroup", "PositionsGroup", "UserGroup"]

MakeCall = Callable[[Call], Any]


class _Group:
    """A group of calls that are made by ``call``."""

    def __init__(self, call: MakeCall) -> None:
        self._call = call


class MarketGroup(_Group):
    """Public market data; no credential is needed (rule 14)."""

    def symbols(self) -> rest.Symbols:
        """Return every symbol with its trading rules: tick, step and size limits (rule 43)."""
        result: rest.Symbols = self._call(calls.symbols())
        return result

    def klines(
        self,
        symbol: str,
        interval: str,
        *,
        start_time: int | None = None,
        end_time: int | None = None,
        limit: int | None = None,
    ) -> rest.Klines:
        """Return candles: 500 by default, 1000 at most (rule 64).

        Args:
            symbol: such as ``BTCUSDT``.
            interval: such as ``1m``, ``1h`` or ``1d``.
            start_time: Unix milliseconds.
            end_time: Unix milliseconds.
            limit: how many rows.
        """
        result: rest.Klines = self._call(
            calls.klines(
                symbol=symbol,
                interval=interval,
                start_time=start_time,
                end_time=end_time,
                limit=limit,
            )
        )
        return result


class UserGroup(_Group):
    """The caller's profile and balance; needs the permission Read (rule 17)."""

    def info(self) -> rest.UserInfo:
        """Return the profile."""
        result: rest.UserInfo = self._call(calls.user_info())
        return result

    def asset(self) -> rest.UserAsset:
        """Return the balance: wallet, held for orders, held for positions."""
        result: rest.UserAsset = self._call(calls.user_asset())
        return result


class OrdersGroup(_Group):
    """The caller's orders and trades; needs the permission Trade, queries too (rule 18)."""

    def get(
        self, symbol: str, *, order_id: str | None = None, client_order_id: str | None = None
    ) -> rest.OrderRow:
        """Return one order; given both ids, it has to match both (rule 52).

        Raises:
            OrderRejected: code 3003, no such order.
        """
        result: rest.OrderRow = self._call(
            calls.order(symbol=symbol, order_id=order_id, client_order_id=client_order_id)
        )
        return result

    def current(
        self,
        *,
        symbol: str | None = None,
        limit: int | None = None,
        last_order_id: str | None = None,
    ) -> rest.OrderPage:
        """Return open orders, oldest first.

        Args:
            symbol: only this symbol.
            limit: how many rows.
            last_order_id: continue after this order.
        """
        result: rest.OrderPage = self._call(
            calls.current_orders(symbol=symbol, limit=limit, last_order_id=last_order_id)
        )
        return result

    def trades(
        self,
        *,
        symbol: str | None = None,
        order_id: str | None = None,
        start_time: int | None = None,
        end_time: int | None = None,
        page: int | None = None,
        page_size: int | None = None,
    ) -> rest.TradePage:
        """Return the caller's trades, newest first; pages count from 1 (rule 64).

        Args:
            symbol: only this symbol.
            order_id: only this order.
            start_time: Unix milliseconds.
            end_time: Unix milliseconds.
            page: which page.
            page_size: how many rows a page.
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


class PositionsGroup(_Group):
    """The caller's positions; needs the permission Trade, queries too (rule 18)."""

    def list(self, *, symbol: str | None = None) -> rest.Positions:
        """Return the open positions, of one symbol or of all."""
        result: rest.Positions = self._call(calls.positions(symbol=symbol))
        return result

    def setting(self, symbol: str) -> rest.PositionSetting:
        """Return leverage and margin mode of a symbol; the mode is a number here (rule 67)."""
        result: rest.PositionSetting = self._call(calls.position_setting(symbol=symbol))
        return result
