"""The trading rules of one symbol: orders that break them are refused before anything is sent.

The rules are those of ``GET /v1/public/market/symbols`` (rules 43 and 44). What a symbol does not
tell is not checked. Every refusal is an :class:`~sixmm.errors.InvalidOrder`. Its ``rule`` is one of
the words of :mod:`.order_shape`, or:

=================== ===========================================================
``symbol``          the order is for another symbol
``positive``        a price or a quantity is 0 or less
``tick_size``       a price is not a multiple of the tick size
``price_precision`` a price has too many digits after the point
``step_size``       a quantity is not a multiple of the step size
``min_quantity``    a quantity is too small
``max_quantity``    a quantity is too large for the kind of order
``min_notional``    price times quantity is too small
``filled``          an amended quantity is less than what is filled (rule 54)
=================== ===========================================================

Its ``nearest`` keeps all rules of its field, or is None where nothing does. Prices are checked
before the quantity: with ``nearest`` in place of a price, the quantity may be the next to break a
rule, and with ``nearest`` in its place, too, nothing does.
"""

from __future__ import annotations

from decimal import Decimal

import attrs

from ...errors import DecodeError
from .enums import OrderType
from .order_forms import Amendment, Amount, NewConditionOrder, NewOrder
from .order_shape import (
    PRICED_BY_ORDER,
    check_condition_shape,
    check_order_shape,
    exact_amount,
    positive_amount,
    refusal,
)
from .rest_schema import LeverageTier, SymbolRow
from .symbol_figures import QuantityBounds, SymbolFigures

__all__ = ["SymbolRules"]


@attrs.frozen(kw_only=True)
class SymbolRules(SymbolFigures):
    """What the orders of one symbol have to keep; made by :meth:`of`.

    It is immutable and does no I/O: any number of threads may share it.

    Args:
        leverage_tiers: the leverage tiers of the symbol, rising; only a preview looks at them.
    """

    leverage_tiers: tuple[LeverageTier, ...] = ()

    @classmethod
    def of(cls, row: SymbolRow) -> SymbolRules:
        """Return the rules that a row of the symbols reply tells."""
        return cls(
            symbol=row.symbol,
            tick_size=row.tick_size,
            step_size=row.step_size,
            min_quantity=row.min_quantity,
            min_notional=row.min_notional,
            max_limit_quantity=row.max_limit_order_quantity,
            max_market_quantity=row.max_market_order_quantity,
            price_precision=row.price_precision,
            leverage_tiers=_tiers(row),
        )

    def check(
        self, order: NewOrder | NewConditionOrder, *, reference_price: Amount | None = None
    ) -> None:
        """Refuse an order of either kind: :meth:`check_order` or :meth:`check_condition`."""
        if isinstance(order, NewOrder):
            self.check_order(order, reference_price=reference_price)
        else:
            self.check_condition(order)

    def check_order(self, order: NewOrder, *, reference_price: Amount | None = None) -> None:
        """Refuse a limit or market order that cannot work, or that breaks a rule of its symbol.

        The smallest notional is not asked of an order with ``reduce_only`` or ``close_position``
        (*assumed*): the documentation does not say, and a small rest has to be closable.

        Args:
            order: what is to be placed.
            reference_price: about what a market order, or one that takes its price from the book
                (rule 49), will be filled at. Without it, their notional is not checked.

        Raises:
            InvalidOrder: with the rule, the field, its value, and the nearest valid value.
        """
        self._check_symbol(order.symbol)
        check_order_shape(order)
        price = self._price("price", order.price)
        market = order.type == OrderType.MARKET
        if market or order.price_type:
            price = self.reference(reference_price)
        self._check_size(order, market=market, price=price)

    def check_condition(self, order: NewConditionOrder) -> None:
        """Refuse a condition order that cannot work, or that breaks a rule of its symbol.

        Its notional is reckoned with its limit price, or with its stop price where it becomes a
        market order. That of a trailing order is not checked, because its price is not known.

        Raises:
            InvalidOrder: as :meth:`check_order`.
        """
        self._check_symbol(order.symbol)
        check_condition_shape(order)
        price = self._price("price", order.price)
        stop_price = self._price("stop_price", order.stop_price)
        self._price("activate_price", order.activate_price)
        market = order.type not in PRICED_BY_ORDER
        self._check_size(order, market=market, price=stop_price if market else price)

    def check_amendment(
        self,
        amendment: Amendment,
        *,
        order_price: Amount | None = None,
        order_quantity: Amount | None = None,
        filled_quantity: Amount | None = None,
        reduce_only: bool = False,
    ) -> None:
        """Refuse a change that breaks a rule of the symbol; its quantity is the new total (54).

        Args:
            amendment: what is to be changed.
            order_price: the price of the order now, where it is known.
            order_quantity: the whole quantity of the order now, where it is known.
            filled_quantity: how much of it is filled, where that is known.
            reduce_only: whether the order only reduces; no notional is asked of it then.

        Raises:
            InvalidOrder: as :meth:`check_order`; also where there is nothing to change.
        """
        if amendment.price is None and amendment.quantity is None:
            text = "price and quantity are missing: give a new price, a new quantity, or both"
            raise refusal(text, rule="required", field="price", value=None)
        price = self._price("price", amendment.price)
        if amendment.quantity is not None:
            known = price or _known("order_price", order_price)
            bounds = QuantityBounds(
                kind="limit",
                most=self.max_limit_quantity,
                price=None if reduce_only else known,
                filled=_known("filled_quantity", filled_quantity),
            )
            self.check_quantity(amendment.quantity, bounds)
        elif amendment.price is not None and price is not None and not reduce_only:
            quantity = _known("order_quantity", order_quantity)
            if quantity is not None:
                self.check_notional(amendment.price, price, quantity)

    def reference(self, value: Amount | None) -> Decimal | None:
        """Return a reference price as the exact number, and None for None.

        It need not be on a tick, because it may be an average.

        Raises:
            InvalidOrder: it is not exact, or not positive.
        """
        return None if value is None else positive_amount("reference_price", value)

    def _check_symbol(self, symbol: str) -> None:
        if symbol != self.symbol:
            text = f"an order for another symbol cannot be held against the rules of {self.symbol}"
            raise refusal(text, rule="symbol", field="symbol", value=symbol)

    def _price(self, name: str, value: Amount | None) -> Decimal | None:
        return None if value is None else self.check_price(name, value)

    def _check_size(
        self, order: NewOrder | NewConditionOrder, *, market: bool, price: Decimal | None
    ) -> None:
        if order.quantity is None:
            return
        bounds = QuantityBounds(
            kind="market" if market else "limit",
            most=self.max_market_quantity if market else self.max_limit_quantity,
            price=None if order.reduce_only or order.close_position else price,
        )
        self.check_quantity(order.quantity, bounds)


def _tiers(row: SymbolRow) -> tuple[LeverageTier, ...]:
    """Return the leverage tiers, or none where they do not have the form that is assumed."""
    try:
        return row.leverage_tiers
    except DecodeError:
        # What is documented has to be checked all the same.
        return ()


def _known(name: str, value: Amount | None) -> Decimal | None:
    """Return a figure of an order as it is now, or None for one that says nothing."""
    exact = None if value is None else exact_amount(name, value)
    return exact if exact is not None and exact > 0 else None
