"""What the two common kinds of push tell, as tuples that become models when somebody asks."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from .models import Balance, Facts, Fill, Order, Position
from .values import BalanceValues, FillValues, OrderValues, PositionValues, model_of

__all__ = ["AccountPush", "OrderPush"]

_PARTS = tuple(field.name for field in attrs.fields(Facts))


class _Push(Facts):
    """Facts whose parts are made when they are read, and equal to facts that have the same parts.

    Setting is as in any class, since a frozen one pays for each field; nobody sets anything later.
    """

    __slots__ = ()
    __setattr__ = object.__setattr__
    __delattr__ = object.__delattr__
    __hash__ = Facts.__hash__

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Facts):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in _PARTS)


class OrderPush(_Push):
    """A push about one order, and perhaps about one fill of it.

    Args:
        ts_ms: when it happened.
        push: its text.
        order: the values of the order.
        fill: the values of the fill, or None.
    """

    __slots__ = ("fill_values", "order_values")

    def __init__(self, ts_ms: int, push: str, order: OrderValues, fill: FillValues | None) -> None:
        self.ts_ms = ts_ms  # type: ignore[misc]
        self.push = push  # type: ignore[misc]
        self.order_values = order
        self.fill_values = fill

    @property
    def orders(self) -> tuple[Order, ...]:
        """The order."""
        return (model_of(Order, self.order_values),)

    @property
    def fills(self) -> tuple[Fill, ...]:
        """The fill, where there is one."""
        return () if self.fill_values is None else (model_of(Fill, self.fill_values),)

    @property
    def positions(self) -> tuple[Position, ...]:
        """None of them."""
        return ()

    @property
    def balances(self) -> tuple[Balance, ...]:
        """None of them."""
        return ()


class AccountPush(_Push):
    """A push about balances and positions.

    Args:
        ts_ms: when it happened.
        push: its text.
        positions: the values of each position.
        balances: the values of each balance.
    """

    __slots__ = ("balance_values", "position_values")

    def __init__(
        self,
        ts_ms: int,
        push: str,
        positions: Sequence[PositionValues],
        balances: Sequence[BalanceValues],
    ) -> None:
        self.ts_ms = ts_ms  # type: ignore[misc]
        self.push = push  # type: ignore[misc]
        self.position_values = positions
        self.balance_values = balances

    @property
    def orders(self) -> tuple[Order, ...]:
        """None of them."""
        return ()

    @property
    def fills(self) -> tuple[Fill, ...]:
        """None of them."""
        return ()

    @property
    def positions(self) -> tuple[Position, ...]:
        """The positions."""
        return tuple([model_of(Position, values) for values in self.position_values])

    @property
    def balances(self) -> tuple[Balance, ...]:
        """The balances."""
        return tuple([model_of(Balance, values) for values in self.balance_values])
