"""The mirror as plainly as it can be written: models, lists and one rule after the other.

It is slow, has no bounds but those of the ended orders and the fills, and shares nothing with the
mirror but the models. The tests hold the mirror against it.
"""

from __future__ import annotations

from typing import Any

import attrs

from sixmm.state.models import Balance, Facts, Fill, Order, Position

__all__ = ["PlainMirror"]


class PlainMirror:
    """What is known about the account, with the verdicts of the real one.

    Args:
        max_ended_orders: how many ended orders are remembered.
        max_fills: how many fills are remembered.
    """

    def __init__(self, *, max_ended_orders: int, max_fills: int) -> None:
        self.max_ended_orders, self.max_fills = max_ended_orders, max_fills
        self.orders: dict[str, Order] = {}
        self.ended: list[str] = []
        self.order_by_rest: set[str] = set()
        self.fills: list[Fill] = []
        self.rows: dict[object, Any] = {}
        self.row_by_rest: set[object] = set()
        self.row_ms: dict[object, int] = {}
        self.pushes: set[str] = set()
        self.was_late = False

    def apply(self, facts: Facts) -> bool:
        """Take over what a push tells; return whether the caller has to be told."""
        self.was_late = False
        if facts.push and facts.ts_ms:
            if facts.push in self.pushes:
                return False
            self.pushes.add(facts.push)
        told = [not self.tell_fill(fill) for fill in facts.fills]
        has_known_fills = bool(told) and all(told)
        told += [self.push_order(order, has_known_fills) for order in facts.orders]
        told += [self.push_row(position, facts.ts_ms) for position in facts.positions]
        told += [self.push_row(balance, facts.ts_ms) for balance in facts.balances]
        return not (told and all(told))

    def tell_fill(self, fill: Fill) -> bool:
        """Take over a fill; return whether it was not known."""
        if any(known.fill_id == fill.fill_id for known in self.fills):
            return False
        self.fills = [*self.fills, fill][-self.max_fills :]
        return True

    def tell_order(self, told: Order) -> str:
        """Take over an order state of a snapshot; return how it stands to what is known."""
        telling = how(self.orders.get(told.order_id), told)
        if telling == "new":
            self.keep_order(told)
            self.order_by_rest.add(told.order_id)
        return telling

    def push_order(self, told: Order, has_known_fills: bool) -> bool:
        """Take over the state of a push; return whether it was told already."""
        known = self.orders.get(told.order_id)
        telling = how(known, told)
        by_rest = known is not None and told.order_id in self.order_by_rest
        if telling == "older":
            self.was_late = True
        else:
            self.keep_order(told)
        if has_known_fills:
            return telling == "older" or (known is not None and adds_nothing(known, told))
        if telling == "new":
            self.order_by_rest.discard(told.order_id)
        return by_rest and telling != "new"

    def keep_order(self, told: Order) -> None:
        """Keep a state in the place of the one that is known."""
        key, known = told.order_id, self.orders.get(told.order_id)
        whole = told if known is None else merged(known, told)
        if known is not None and not adds_nothing(known, told):
            whole = attrs.evolve(whole, updated_at_ms=told.updated_at_ms)
        self.orders[key] = whole
        if told.is_open and key in self.ended:
            self.ended.remove(key)
        if not told.is_open and key not in self.ended:
            self.ended.append(key)
        while len(self.ended) > self.max_ended_orders:
            oldest = self.ended.pop(0)
            del self.orders[oldest]
            self.order_by_rest.discard(oldest)

    def tell_row(self, told: Balance | Position, known_ms: int = 0) -> bool:
        """Take over a row of a snapshot; return whether it differs from what is known."""
        self.row_ms[key_of(told)] = max(known_ms, self.row_ms.get(key_of(told), 0))
        key, known = key_of(told), self.rows.get(key_of(told))
        self.rows[key] = told if known is None else merged(known, told)
        if known is None:
            is_news = isinstance(told, Balance) or bool(told.quantity)
        else:
            is_news = core(self.rows[key]) != core(known)
        if is_news or known is None:
            self.row_by_rest.add(key)
        return is_news

    def push_row(self, told: Balance | Position, ts_ms: int) -> bool:
        """Take over a row of a push; return whether a snapshot told it already."""
        if 0 < ts_ms < self.row_ms.get(key_of(told), 0):
            self.was_late = True
            return False
        self.row_ms[key_of(told)] = max(ts_ms, self.row_ms.get(key_of(told), 0))
        key, known = key_of(told), self.rows.get(key_of(told))
        self.rows[key] = told if known is None else merged(known, told)
        was_told = key in self.row_by_rest and self.rows[key] == known
        self.row_by_rest.discard(key)
        return was_told


def how(known: Order | None, told: Order) -> str:
    """Say how a state stands to the one that is known."""
    if known is None:
        return "new"
    before, after = known.updated_at_ms, told.updated_at_ms
    if before is not None and after is not None and before != after:
        return "new" if after > before else "older"
    done, now_done = known.executed_quantity, told.executed_quantity
    fell = done is not None and now_done is not None and now_done < done
    if told.rank < known.rank or fell:
        return "older"
    return "repeat" if adds_nothing(known, told) else "new"


def adds_nothing(known: Order, told: Order) -> bool:
    """Whether a state has the status and the figures of the known one, or says nothing."""
    names = ("status", "executed_quantity", "price", "quantity")
    return all(getattr(told, name) in (None, getattr(known, name)) for name in names)


def merged(known: Any, told: Any) -> Any:
    """Return what is told, with its gaps filled."""
    names = [field.name for field in attrs.fields(type(told))]
    gaps = {name: getattr(known, name) for name in names if getattr(told, name) is None}
    return attrs.evolve(told, **gaps)


def core(row: Balance | Position) -> Balance | Position:
    """Return a row without the figures that follow the mark price."""
    return attrs.evolve(row, detail=()) if isinstance(row, Position) else row


def key_of(row: Balance | Position) -> str | tuple[str, str]:
    """Return what identifies a row."""
    return row.asset if isinstance(row, Balance) else row.key
