"""The caller's positions, their history and their settings."""

from __future__ import annotations

from collections.abc import Iterator

from .. import calls
from .. import rest_schema as rest
from ..calls.arguments import Time
from ..enums import MarginMode, MarginModeCode, PositionHistorySide, PositionSide
from ..operations import operation
from ..paging import MAX_ROWS, PAGE_SIZE, Progress
from .group import Group, text_of

__all__ = ["PositionsGroup"]


class PositionsGroup(Group):
    """The caller's positions; an API key needs the permission Trade, for queries too (rule 18).

    Every method raises what the tree in :mod:`sixmm.errors` says; ``ConfigurationError`` where an
    argument cannot be, before anything is sent. Prices and sizes are exact decimals, times that
    come are Unix milliseconds, times that are given may also be datetimes with a zone.
    """

    @operation("getPositions")
    def list(self, *, symbol: str | None = None) -> rest.Positions:
        """Return the open positions.

        ``GET /v1/private/position/positions``; permission Trade.

        Args:
            symbol: only this symbol; None for all.
        """
        result: rest.Positions = self._call(calls.positions(symbol=symbol))
        return result

    @operation("getPositionSettings")
    def setting(self, symbol: str) -> rest.PositionSetting:
        """Return leverage and margin mode of a symbol; the mode is a number here (rule 67).

        ``GET /v1/private/position/settings``; permission Trade.

        Args:
            symbol: such as ``BTCUSDT``.
        """
        result: rest.PositionSetting = self._call(calls.position_setting(symbol=symbol))
        return result

    @operation("getPositionHistory")
    def history(
        self,
        *,
        symbol: str | None = None,
        side: PositionHistorySide | PositionSide | str | None = None,
        start_time: Time | None = None,
        end_time: Time | None = None,
        page: int | None = None,
        page_size: int | None = None,
    ) -> rest.PositionHistoryPage:
        """Return one page of closed positions, newest first.

        ``GET /v1/private/position/history``; permission Trade.

        Args:
            symbol: only this symbol.
            side: ``long`` or ``short``, in upper or lower case; it is sent in lower (rule 68).
            start_time: from when on.
            end_time: until when.
            page: which page, from 1 (rule 64).
            page_size: how many rows a page, 20 by default.
        """
        result: rest.PositionHistoryPage = self._call(
            calls.position_history(
                symbol=symbol,
                side=side,
                start_time=start_time,
                end_time=end_time,
                page=page,
                page_size=page_size,
            )
        )
        return result

    @operation("getPositionHistory")
    def iter_history(
        self,
        *,
        symbol: str | None = None,
        side: PositionHistorySide | PositionSide | str | None = None,
        start_time: Time | None = None,
        end_time: Time | None = None,
        page_size: int = PAGE_SIZE,
        max_rows: int | None = MAX_ROWS,
        progress: Progress | None = None,
    ) -> Iterator[rest.PositionHistoryRow]:
        """Yield closed positions, each once, newest first.

        ``GET /v1/private/position/history``, once a page; permission Trade.

        Args:
            symbol: only this symbol.
            side: ``long`` or ``short``, in upper or lower case; it is sent in lower (rule 68).
            start_time: from when on.
            end_time: until when.
            page_size: how many rows a call asks for.
            max_rows: after how many rows to stop, 100,000 by default; None for no bound.
            progress: is told after each call how many rows there are so far, and how many there
                will be, or None.
        """
        return self._pages(
            lambda page: calls.position_history(
                symbol=symbol,
                side=side,
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

    @operation("setLeverage")
    def set_leverage(self, symbol: str, leverage: int) -> rest.LeverageSetting:
        """Set the leverage of a symbol, and return what was set.

        ``POST /v1/private/position/leverage``; permission Trade.

        Args:
            symbol: such as ``BTCUSDT``.
            leverage: a whole number; ``leverage_tiers`` of the symbol say how much is possible.

        Raises:
            InvalidRequest: the leverage is out of range.
            OutcomeUnknown: it was sent, and no clear answer came; :meth:`setting` tells.
        """
        result: rest.LeverageSetting = self._call(
            calls.set_leverage(symbol=symbol, leverage=leverage)
        )
        return result

    @operation("setMarginMode")
    def set_margin_mode(
        self, symbol: str, mode: MarginMode | MarginModeCode | str | int
    ) -> rest.Accepted:
        """Set the margin mode of a symbol.

        ``POST /v1/private/position/margin-mode``; permission Trade. The result is not documented.

        Args:
            symbol: such as ``BTCUSDT``.
            mode: ``CROSS`` or ``ISOLATED``, or its number; it is sent as a number (rule 66).

        Raises:
            OutcomeUnknown: it was sent, and no clear answer came; :meth:`setting` tells.
        """
        result: rest.Accepted = self._call(calls.set_margin_mode(symbol=symbol, margin_mode=mode))
        return result
