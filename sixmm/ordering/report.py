"""What became of an order: its last state, with the fills that led there."""

from __future__ import annotations

from decimal import Decimal

import attrs

from ..state.models import Fill, Order

__all__ = ["OrderReport"]

_ZERO = Decimal(0)


@attrs.frozen(kw_only=True)
class OrderReport:
    """An order and its fills, as the exchange told them."""

    order: Order
    fills: tuple[Fill, ...] = ()
    """Its fills, oldest first."""

    @property
    def executed_quantity(self) -> Decimal:
        """How much of it was filled."""
        return sum((fill.quantity or _ZERO for fill in self.fills), _ZERO)

    @property
    def fees(self) -> Decimal:
        """What the fills cost together; negative where the maker is paid."""
        return sum((fill.fee or _ZERO for fill in self.fills), _ZERO)

    @property
    def average_price(self) -> Decimal | None:
        """The mean price of the fills, or None before the first."""
        quantity = self.executed_quantity
        if not quantity:
            return None
        value = sum(
            ((fill.price or _ZERO) * (fill.quantity or _ZERO) for fill in self.fills), _ZERO
        )
        return value / quantity
