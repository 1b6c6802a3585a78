"""The figures that a symbol tells, and what they say of one price or one quantity."""

from __future__ import annotations

from decimal import Decimal

import attrs
from attrs import field

from ...codec import decimal_text
from .enums import Side
from .grid import (
    LARGEST,
    above,
    below,
    common_multiple,
    is_multiple,
    nearest,
    nearest_within,
    quotient_up,
    shown,
    times,
    trimmed,
)
from .order_forms import Amount
from .order_shape import check_word, exact_amount, positive_amount, refusal

__all__ = ["QuantityBounds", "SymbolFigures"]

Fault = tuple[str, str]
"""The word for a broken rule, and the sentence about it from after the value on."""


def _told(value: Decimal | None) -> Decimal | None:
    """Return a figure that can be a bound or a step, and None for one that is not told."""
    return trimmed(Decimal(decimal_text(value))) if value is not None and value > 0 else None


@attrs.frozen(kw_only=True)
class QuantityBounds:
    """What holds for the quantity of one order beyond the steps of its symbol.

    Args:
        kind: ``limit`` or ``market``.
        most: the largest quantity of that kind of order.
        price: what the notional is reckoned with; None asks for no notional.
        filled: what is filled already of an order that is amended.
    """

    kind: str
    most: Decimal | None = None
    price: Decimal | None = None
    filled: Decimal | None = None


@attrs.frozen(kw_only=True)
class SymbolFigures:
    """The figures of one symbol (rule 43); None, or a figure of 0, is one that is not told.

    Args:
        symbol: such as ``BTCUSDT``.
        tick_size: what a price is a multiple of.
        step_size: what a quantity is a multiple of.
        min_quantity: the smallest quantity.
        min_notional: the smallest price times quantity, in the quote asset.
        max_limit_quantity: the largest quantity of a limit order.
        max_market_quantity: the largest quantity of a market order.
        price_precision: how many digits a price may have after the point.
    """

    symbol: str
    tick_size: Decimal | None = field(default=None, converter=_told)
    step_size: Decimal | None = field(default=None, converter=_told)
    min_quantity: Decimal | None = field(default=None, converter=_told)
    min_notional: Decimal | None = field(default=None, converter=_told)
    max_limit_quantity: Decimal | None = field(default=None, converter=_told)
    max_market_quantity: Decimal | None = field(default=None, converter=_told)
    price_precision: int | None = None

    price_step: Decimal | None = field(init=False, eq=False)
    """What a price is a multiple of by tick size and precision together."""

    @price_step.default
    def _tick_and_precision(self) -> Decimal | None:
        digits = self.price_precision
        if digits is None or not 0 <= digits <= 30:
            return self.tick_size
        last_digit = Decimal((0, (1,), -digits))
        return last_digit if self.tick_size is None else common_multiple(self.tick_size, last_digit)

    # Checks

    def check_price(self, name: str, value: Amount) -> Decimal:
        """Return a price that keeps the rules as the exact number; ``name`` is its field.

        Raises:
            InvalidOrder: rules ``exact``, ``positive``, ``tick_size`` and ``price_precision``.
        """
        price = exact_amount(name, value)
        fault = self._price_fault(price)
        if fault is None:
            return price
        step = self.price_step
        raise refusal(
            f"{name} {shown(price)} {fault[1]}",
            rule=fault[0],
            field=name,
            value=value,
            nearest=None if step is None else nearest_within(price, step, half_up=True),
        )

    def _price_fault(self, price: Decimal) -> Fault | None:
        if price <= 0:
            return "positive", "is not positive"
        if self.tick_size and not is_multiple(price, self.tick_size):
            return "tick_size", f"is not a multiple of the tick size {shown(self.tick_size)}"
        if self.price_step and not is_multiple(price, self.price_step):
            digits = self.price_precision
            return "price_precision", f"has more digits after the point than {digits}"
        return None

    def check_quantity(self, value: Amount, bounds: QuantityBounds) -> Decimal:
        """Return a quantity that keeps the rules as the exact number.

        Raises:
            InvalidOrder: rules ``exact``, ``positive``, ``step_size``, ``min_quantity``,
                ``max_quantity``, ``filled`` and ``min_notional``.
        """
        quantity = exact_amount("quantity", value)
        fault = self._quantity_fault(quantity, bounds)
        if fault is None:
            return quantity
        raise refusal(
            f"quantity {shown(quantity)} {fault[1]}",
            rule=fault[0],
            field="quantity",
            value=value,
            nearest=self._nearest_quantity(quantity, bounds),
        )

    def _quantity_fault(self, quantity: Decimal, bounds: QuantityBounds) -> Fault | None:
        step, least, most = self.step_size, self.min_quantity, bounds.most
        if quantity <= 0:
            return "positive", "is not positive"
        if step and not is_multiple(quantity, step):
            return "step_size", f"is not a multiple of the step size {shown(step)}"
        if least and quantity < least:
            return "min_quantity", f"is below the smallest quantity {shown(least)}"
        if most and quantity > most:
            return "max_quantity", f"is above {shown(most)}, the most for a {bounds.kind} order"
        if bounds.filled and quantity < bounds.filled:
            return "filled", f"is less than the {shown(bounds.filled)} that is filled (rule 54)"
        if bounds.price:
            return self._notional_fault(bounds.price, quantity)
        return None

    def _notional_fault(self, price: Decimal, quantity: Decimal) -> Fault | None:
        notional, least = times(price, quantity), self.min_notional
        if least is None or notional >= least:
            return None
        return "min_notional", (
            f"makes a notional of {shown(price)} x {shown(quantity)} = {shown(notional)}, "
            f"which is below the smallest of {shown(least)}"
        )

    def _nearest_quantity(self, quantity: Decimal, bounds: QuantityBounds) -> Decimal | None:
        floors = [floor for floor in (self.min_quantity, bounds.filled) if floor]
        if bounds.price and self.min_notional:
            floors.append(quotient_up(self.min_notional, bounds.price))
        if self.step_size is None and not floors and quantity <= 0:
            return None
        low = max(floors, default=None)
        return nearest_within(quantity, self.step_size, low=low, high=bounds.most, half_up=False)

    def check_notional(self, value: Amount, price: Decimal, quantity: Decimal) -> None:
        """Refuse a price that makes the notional of a given quantity too small.

        Raises:
            InvalidOrder: rule ``min_notional``; its field is ``price``, and its value ``value``.
        """
        fault = self._notional_fault(price, quantity)
        if fault is None or self.min_notional is None:
            return
        low = quotient_up(self.min_notional, quantity)
        raise refusal(
            f"price {shown(price)} {fault[1]}",
            rule=fault[0],
            field="price",
            value=value,
            nearest=nearest_within(price, self.price_step, low=low, half_up=True),
        )

    # Rounding

    def round_price(self, price: Amount, side: Side | str | None = None) -> Decimal:
        """Return the valid price that is nearest, or next on the passive side; it is never 0.

        Without a side, a price in the middle of two valid ones goes to the higher one. Where the
        symbol tells neither tick size nor precision, the price is returned as it is.

        Args:
            price: what is to be rounded.
            side: ``BUY`` rounds down and ``SELL`` up, so that the order never pays more, or gets
                less, than was asked for.

        Raises:
            InvalidOrder: the price is not exact or not positive, or would become 0; or ``side`` is
                neither of the two.
        """
        check_word("side", side, Side)
        exact = positive_amount("price", price)
        step = self.price_step
        if step is None:
            return exact
        if side is None:
            rounded = nearest(exact, step, half_up=True)
        else:
            rounded = below(exact, step) if side == Side.BUY else above(exact, step)
        return _sendable("price", price, rounded, step)

    def round_quantity(self, quantity: Amount) -> Decimal:
        """Return the quantity rounded down to the step size; it is never 0.

        The bounds of the symbol are not looked at: a rounded quantity may be too small for an
        order. Where the symbol tells no step size, the quantity is returned as it is.

        Raises:
            InvalidOrder: the quantity is not exact or not positive, or is less than one step.
        """
        exact, step = positive_amount("quantity", quantity), self.step_size
        return _sendable("quantity", quantity, below(exact, step), step) if step else exact


def _sendable(name: str, value: Amount, rounded: Decimal, step: Decimal) -> Decimal:
    """Return a rounded amount, if it is one that can be sent."""
    if 0 < rounded <= LARGEST:
        return rounded
    exact = exact_amount(name, value)
    raise refusal(
        f"{name} {shown(exact)} cannot be rounded to {shown(step)}: it would be {shown(rounded)}",
        rule="tick_size" if name == "price" else "step_size",
        field=name,
        value=value,
        nearest=nearest_within(exact, step, half_up=True),
    )
