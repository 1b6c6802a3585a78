"""``client.orders``: everything about orders, with outcomes that are known."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ..errors import DecodeError, OutcomeUnknown
from ..venues.base import Call
from ..venues.sixmm import calls
from ..venues.sixmm.enums import Side
from ..venues.sixmm.groups import OrderQueries
from ..venues.sixmm.order_forms import Amount, NewOrder
from ..venues.sixmm.order_rules import SymbolRules
from ..venues.sixmm.preview import OrderPreview, preview
from ..venues.sixmm.rest_schema import BatchReply
from .changing import Changing
from .desk import WriteDesk
from .placing import Placing
from .scope import OrderScope
from .writes import Resolution

__all__ = ["OrdersGroup"]


class OrdersGroup(OrderQueries, Placing, Changing):
    """The caller's orders and trades; needs the permission Trade, queries too (rule 18).

    Every call that changes something is sent once and never again by itself. It ends in one of
    three ways: it returns what the exchange has confirmed; it raises what the exchange has refused
    (:class:`~sixmm.errors.ApiError`) or what kept it from being sent; or it raises
    :class:`~sixmm.errors.OutcomeUnknown`, for which there is :meth:`resolve`.

    Args:
        desk: sends, follows, and finds out.
    """

    def __init__(self, desk: WriteDesk) -> None:
        def call(wanted: Call) -> Any:
            return desk.call(wanted)

        OrderQueries.__init__(self, call)
        Placing.__init__(self, desk)

    def resolve(self, unknown: OutcomeUnknown, *, timeout: float = 30.0) -> Resolution:
        """Find out what became of a call whose outcome is not known; it is not sent again.

        The exchange is asked, and what the stream tells of the order counts as well. "Not found" is
        final only where it was asked for after the exchange had stopped taking the signature of
        the call, which is some twelve seconds after it was signed (rule 38).

        Args:
            unknown: what the call has raised; it may have been pickled meanwhile.
            timeout: seconds.

        Raises:
            OutcomeUnknown: the same, where it is still not certain then.
            LocalStateError: the call was not about orders, or names none.
        """
        return self._desk.resolve(unknown, timeout)

    def unclear(self, reply: BatchReply) -> OutcomeUnknown | None:
        """Return what :meth:`resolve` takes for the part of a batch that may or may not be done.

        An entry that failed with a code of the exchange's own faults, such as 5001, may have been
        carried out all the same (rule 107). None says that the reply is clear about each entry.

        Args:
            reply: what a batch has returned: one of the last 100 of this client.

        Raises:
            LocalStateError: it is none of those.
        """
        return self._desk.unclear(reply)

    def scope(self, symbol: str, *, timeout: float = 30.0) -> OrderScope:
        """Return a block that cancels what it has placed where it ends badly.

        Args:
            symbol: of all orders of the block.
            timeout: seconds that the cancelling may take.
        """
        return OrderScope(self, self._desk, symbol=symbol, timeout=timeout)

    # Rules

    def rules(self, symbol: str) -> SymbolRules:
        """Return the trading rules of a symbol; they are read once an hour (rule 43).

        Raises:
            ConfigurationError: the exchange lists no such symbol.
        """
        return self._desk.symbols.rules(symbol)

    def refresh_rules(self) -> None:
        """Read the trading rules of all symbols anew."""
        self._desk.symbols.refresh()

    def round_price(self, symbol: str, price: Amount, *, side: Side | str | None = None) -> Decimal:
        """Return the nearest price that the symbol takes.

        Args:
            symbol: such as ``BTCUSDT``.
            price: any exact price.
            side: with ``BUY`` never higher, with ``SELL`` never lower than ``price``.
        """
        return self.rules(symbol).round_price(price, side=side)

    def round_quantity(self, symbol: str, quantity: Amount) -> Decimal:
        """Return the largest size that the symbol takes and that is not above ``quantity``."""
        return self.rules(symbol).round_quantity(quantity)

    def preview(self, order: NewOrder | None = None, **arguments: Any) -> OrderPreview:
        """Return what an order would cost: notional, fee and margin; nothing is sent but queries.

        Args:
            order: the order, or
            arguments: those of :meth:`place`.

        Raises:
            InvalidOrder: a rule of the symbol is broken.
        """
        order = order or NewOrder(**arguments)
        rules = self.rules(order.symbol)
        setting = self._desk.call(calls.position_setting(symbol=order.symbol))
        candles = self._desk.call(calls.klines(symbol=order.symbol, interval="1m", limit=1)).rows
        reference_price = candles[-1].close if candles else None
        rules.check_order(order, reference_price=reference_price)
        maker_rate, taker_rate = _rates(self._desk)
        return preview(
            order,
            rules,
            reference_price=reference_price,
            leverage=setting.leverage,
            maker_rate=maker_rate,
            taker_rate=taker_rate,
        )


def _rates(desk: WriteDesk) -> tuple[Decimal | None, Decimal | None]:
    """Return the fees of the lowest level, which is what anybody pays at most."""
    try:
        levels = desk.symbols.symbols().handling_fee_levels
    except DecodeError:
        # Their form is assumed; an order costs what it costs without it, too.
        levels = ()
    if not levels:
        return None, None
    return levels[0].maker_rate, levels[0].taker_rate
