"""The orders that the mirror knows: the open ones, and the last ones that ended."""

from __future__ import annotations

from collections import deque
from decimal import Decimal
from typing import cast

from .models import ENDED_RANK, Order
from .telling import Telling, adds_nothing, compare_values
from .values import RANK, SYMBOL, UPDATED, OrderValues, filled, model_of, values_of

__all__ = ["OrderMemory"]

_MAX_OPEN = 50_000
"""An account has far fewer."""


class OrderMemory:
    """Each order as it was last told, by its id; models of them are made when they are read.

    Args:
        max_ended: how many ended orders are remembered.
    """

    __slots__ = (
        "_by_rest",
        "_ended",
        "_max_ended",
        "_most",
        "_orders",
        "executed_before",
        "has_met_older",
    )

    def __init__(self, max_ended: int) -> None:
        self._max_ended = max_ended
        self._most = max_ended + _MAX_OPEN
        # A tuple becomes an Order, in its place, when it is read.
        self._orders: dict[str, OrderValues | Order] = {}
        self._ended: deque[str] = deque()
        # The orders whose last news came from a snapshot: a push that adds nothing is no news.
        self._by_rest: set[str] = set()
        self.executed_before: dict[str, Decimal] = {}
        """How much of an order was executed by fills that nobody told, where it is any."""
        self.has_met_older = False
        """Whether a push told an older state than the known one; whoever looks sets it back."""

    # Asking

    def read(self, order_id: str) -> Order | None:
        """Return the order as it is known, or None."""
        order = self._orders.get(order_id)
        if isinstance(order, tuple):
            order = self._orders[order_id] = model_of(Order, order)
        return order

    def read_all(self) -> dict[str, Order]:
        """Return every known order by its id."""
        orders = self._orders
        for order_id, order in orders.items():
            if isinstance(order, tuple):
                orders[order_id] = model_of(Order, order)
        return cast(dict[str, Order], orders.copy())

    def values(self, order_id: str) -> OrderValues | None:
        """Return the values of the order as it is known, or None."""
        order = self._orders.get(order_id)
        return values_of(order) if isinstance(order, Order) else order

    def open_symbols(self) -> dict[str, str]:
        """Return the open orders, each with its symbol, or "" where that is not known."""
        found = ((order_id, self.values(order_id)) for order_id in self._orders)
        return {
            order_id: values[SYMBOL] or ""
            for order_id, values in found
            if values is not None and values[RANK] < ENDED_RANK
        }

    def values_of_all(self) -> list[OrderValues]:
        """Return the values of every known order; the ended ones come in the order of their end."""
        ended = dict.fromkeys(self._ended)
        open_ids = [order_id for order_id in self._orders if order_id not in ended]
        found = (self.values(order_id) for order_id in (*ended, *open_ids))
        return [values for values in found if values is not None]

    # Telling

    def restore(self, values: OrderValues) -> None:
        """Take over an order that was known before; a push that adds nothing to it is no news."""
        self._keep(values, None)
        self._by_rest.add(values[0])

    def tell(self, told: OrderValues) -> Telling:
        """Take over a state of a snapshot unless it is a repeat or older; say which."""
        known = self.values(told[0])
        telling = Telling.NEW if known is None else compare_values(known, told)
        if telling is Telling.NEW:
            self._keep(told, known)
            self._by_rest.add(told[0])
        return telling

    def push(self, told: OrderValues, has_known_fill: bool = False) -> bool:
        """Take over the state of a push; return whether it was told already, by a snapshot.

        Args:
            told: the state.
            has_known_fill: whether the push is about a fill that was told. It is contained in that
                telling where it adds nothing.
        """
        # The common case runs on a straight line: a call costs as much as five lines of it.
        order_id, orders = told[0], self._orders
        known = orders.get(order_id)
        if known is None:
            orders[order_id] = told
            if told[RANK] >= ENDED_RANK or len(orders) > self._most:
                self._bound(order_id, told)
            return False
        if isinstance(known, Order):
            known = values_of(known)
        before_ms, now_ms = known[UPDATED], told[UPDATED]
        if has_known_fill or before_ms is None or now_ms is None or now_ms <= before_ms:
            return self._push_in_doubt(told, known, has_known_fill=has_known_fill)
        # It is later for certain: there is nothing to compare.
        orders[order_id] = filled(told, known)
        if (told[RANK] < ENDED_RANK) is not (known[RANK] < ENDED_RANK):
            self._move(order_id, told)
        self._by_rest.discard(order_id)
        return False

    # Inside

    def _push_in_doubt(
        self, told: OrderValues, known: OrderValues, *, has_known_fill: bool
    ) -> bool:
        telling = compare_values(known, told)
        if telling is Telling.OLDER:
            self.has_met_older = True
        else:
            self._keep(told, known)
        if has_known_fill:
            return telling is Telling.OLDER or adds_nothing(known, told)
        if telling is Telling.NEW:
            self._by_rest.discard(told[0])
            return False
        return told[0] in self._by_rest

    def _keep(self, told: OrderValues, known: OrderValues | None) -> None:
        """Keep what is told in the place of what is known, which fills its gaps.

        The time of another state is no gap: what comes next would be held against it.
        """
        order_id = told[0]
        if known is None:
            self._orders[order_id] = told
            self._bound(order_id, told)
        else:
            whole = filled(told, known)
            if told[UPDATED] is None and not adds_nothing(known, told):
                whole = cast(OrderValues, (*whole[:UPDATED], None, *whole[UPDATED + 1 :]))
            self._orders[order_id] = whole
            if (told[RANK] < ENDED_RANK) is not (known[RANK] < ENDED_RANK):
                self._move(order_id, told)

    def _bound(self, order_id: str, told: OrderValues) -> None:
        """Make room after an order that was not known."""
        if told[RANK] >= ENDED_RANK:
            self._move(order_id, told)
        elif len(self._orders) > self._most:
            ended = set(self._ended)
            self._forget(next(key for key in self._orders if key not in ended))

    def _move(self, order_id: str, told: OrderValues) -> None:
        """Count an order among the ended ones, or no longer, should it come back to life."""
        if told[RANK] < ENDED_RANK:
            self._ended.remove(order_id)
            return
        ended = self._ended
        ended.append(order_id)
        if len(ended) > self._max_ended:
            self._forget(ended.popleft())

    def _forget(self, order_id: str) -> None:
        del self._orders[order_id]
        if self._by_rest:
            self._by_rest.discard(order_id)
        if self.executed_before:
            self.executed_before.pop(order_id, None)
