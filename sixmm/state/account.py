"""The mirror of the account: what was told so far, and whether a new telling is new.

The mirror is also the memory that keeps repeats away from the caller: it compares each push with
what it knows. It never goes back: a late, older telling is recognised and changes nothing. It is a
value that is changed under the session's lock and has no lock of its own.
"""

from __future__ import annotations

import enum
from collections.abc import Container, Iterable, Mapping
from types import MappingProxyType
from typing import Any, TypeVar, cast

import attrs

from .models import Balance, Baseline, Facts, Fill, Order, Position, Snapshot

__all__ = ["PARTS", "Account", "AccountMirror", "Telling", "compare_orders", "is_later"]

PARTS = ("fills", "orders", "positions", "balances")
"""The parts of an account that a snapshot can check."""

_MAX_ENDED_ORDERS = 10_000
_MAX_FILLS = 50_000
_BASELINE_OVERLAP_MS = 10_000

# The time of a push and the time of a REST reply come from different machines of the exchange. A
# push is only taken for older than a snapshot where it is so by more than this: to tell a value
# twice is a nuisance, to leave one out is a loss.
_CLOCK_DOUBT_MS = 2_000

Key = TypeVar("Key")
Value = TypeVar("Value")
Model = TypeVar("Model", bound=attrs.AttrsInstance)
_FIELD_NAMES: dict[type, tuple[str, ...]] = {
    cls: tuple(field.name for field in attrs.fields(cls)) for cls in (Order, Position, Balance)
}


class Telling(enum.Enum):
    """How something that is told stands to what is known."""

    NEW = "new"
    REPEAT = "repeat"
    OLDER = "older"


@attrs.frozen(kw_only=True)
class Account:
    """A picture of the account at one moment; it does not change."""

    orders: Mapping[str, Order]
    """Every known order by its id: the open ones, and the last ones that ended."""
    positions: Mapping[tuple[str, str], Position]
    """The open positions by symbol and side."""
    balances: Mapping[str, Balance]
    """The balances by asset."""
    fills: tuple[Fill, ...]
    """The last fills, oldest first."""
    stale: tuple[str, ...]
    """The parts that are not certain now; empty while the stream is live and compared."""
    as_of_ms: int
    """Exchange time of the last change or comparison."""

    @property
    def open_orders(self) -> Mapping[str, Order]:
        """The orders that can still change by a trade, by id."""
        return {key: order for key, order in self.orders.items() if order.is_open}


@attrs.frozen
class _Known:
    """A balance or position, with what is needed to tell news from repeats."""

    value: Balance | Position
    pushed_ms: int
    """When the newest push about it happened; 0 where none was taken."""
    contained_ms: int
    """Pushes from before this are contained in what a snapshot told; 0 where none did."""
    by_rest: bool
    """Whether a snapshot told the value."""


def compare_orders(known: Order | None, told: Order) -> Telling:
    """Say how the order state ``told`` stands to the state that is known.

    Time decides where both carry it, then rank and executed quantity, which never go down. States
    that are equal in all of these are a repeat.
    """
    if known is None:
        return Telling.NEW
    if _went_back(known, told):
        return Telling.OLDER
    if is_later(known.updated_at_ms, told.updated_at_ms):
        return Telling.NEW
    return Telling.REPEAT if _adds_nothing(known, told) else Telling.NEW


def _went_back(known: Order, told: Order) -> bool:
    if is_later(told.updated_at_ms, known.updated_at_ms) or told.rank < known.rank:
        return True
    before, after = known.executed_quantity, told.executed_quantity
    return before is not None and after is not None and after < before


def is_later(one: int | None, other: int | None) -> bool:
    """Whether ``other`` is certainly later than ``one``."""
    return one is not None and other is not None and other > one


def _adds_nothing(known: Order, told: Order) -> bool:
    pairs = (
        (known.status, told.status),
        (known.executed_quantity, told.executed_quantity),
        (known.price, told.price),
        (known.quantity, told.quantity),
    )
    return all(after is None or after == before for before, after in pairs)


class AccountMirror:
    """What is known about the account.

    Args:
        max_ended_orders: how many ended orders are remembered.
        max_fills: how many fills are remembered.
    """

    def __init__(
        self, *, max_ended_orders: int = _MAX_ENDED_ORDERS, max_fills: int = _MAX_FILLS
    ) -> None:
        self._max_ended = max_ended_orders
        self._max_fills = max_fills
        self._open: dict[str, Order] = {}
        self._ended: dict[str, Order] = {}
        self._fills: dict[str, Fill] = {}
        self._positions: dict[tuple[str, str], _Known] = {}
        self._balances: dict[str, _Known] = {}
        self._stale: tuple[str, ...] = PARTS
        self._as_of_ms = 0
        # Up to here nothing can be missing; a push moves it on only while nothing is stale.
        self._certain_ms = 0

    def begin(self, now_ms: int) -> None:
        """Note that nothing before ``now_ms`` (exchange time) has to be told."""
        self._certain_ms = max(self._certain_ms, now_ms)

    # Telling

    def apply(self, facts: Facts) -> bool:
        """Take over what a push tells; return whether any of it is new.

        A push that tells nothing that the mirror keeps is new: it must reach the caller.
        """
        news = [self.tell_fill(fill) for fill in facts.fills]
        # A fill that a snapshot has told comes with a state that is only later by the clock.
        by_time = not facts.fills or any(news)
        news += [self._push_order(order, by_time=by_time) for order in facts.orders]
        news += [self._push_position(position, facts.ts_ms) for position in facts.positions]
        news += [self._push_balance(balance, facts.ts_ms) for balance in facts.balances]
        self._as_of_ms = max(self._as_of_ms, facts.ts_ms)
        if not self._stale:
            self._certain_ms = self._as_of_ms
        return any(news) or not news

    def news_of(self, facts: Facts) -> Facts:
        """Return what of ``facts`` is not known yet; the mirror stays as it is."""
        ts_ms = facts.ts_ms
        return Facts(
            ts_ms=ts_ms,
            orders=tuple(
                o for o in facts.orders if compare_orders(self.order(o.order_id), o) is Telling.NEW
            ),
            fills=tuple(f for f in facts.fills if f.fill_id not in self._fills),
            positions=tuple(
                p for p in facts.positions if _is_newer(self._positions.get(p.key), ts_ms)
            ),
            balances=tuple(
                b for b in facts.balances if _is_newer(self._balances.get(b.asset), ts_ms)
            ),
        )

    def tell_order(self, told: Order) -> Telling:
        """Take over an order state unless it is a repeat or older; say which it is."""
        known = self.order(told.order_id)
        telling = compare_orders(known, told)
        if telling is Telling.NEW:
            self._keep_order(told if known is None else _merge(known, told))
        return telling

    def tell_fill(self, fill: Fill) -> bool:
        """Take over a fill; return whether it was not known."""
        if fill.fill_id in self._fills:
            return False
        self._fills[fill.fill_id] = fill
        _forget_oldest(self._fills, self._max_fills)
        return True

    def tell_snapshot_balance(self, balance: Balance, as_of_ms: int) -> bool:
        """Take over a balance of a snapshot; return whether it differs from what is known."""
        known = self._balances.get(balance.asset)
        is_news, self._balances[balance.asset] = _compare_with_snapshot(known, balance, as_of_ms)
        return is_news

    def tell_snapshot_position(self, position: Position, as_of_ms: int) -> bool:
        """Take over a position of a snapshot; return whether it differs from what is known."""
        known = self._positions.get(position.key)
        is_news, self._positions[position.key] = _compare_with_snapshot(known, position, as_of_ms)
        return is_news

    def adopt(self, snapshot: Snapshot) -> None:
        """Take over a snapshot as what was there before anything is told."""
        for fill in snapshot.fills or ():
            self.tell_fill(fill)
        for order in (*(snapshot.open_orders or ()), *snapshot.ended_orders):
            self.tell_order(order)
        for position in snapshot.positions or ():
            self.tell_snapshot_position(position, snapshot.as_of_ms)
        for balance in snapshot.balances or ():
            self.tell_snapshot_balance(balance, snapshot.as_of_ms)
        self.mark_checked(snapshot.as_of_ms, unchecked=snapshot.unchecked)

    # Staleness

    def mark_stale(self, parts: Iterable[str] = PARTS) -> None:
        """Note that ``parts`` are not certain; the others are."""
        self._stale = tuple(parts)

    def mark_checked(self, as_of_ms: int, *, unchecked: Iterable[str] = ()) -> None:
        """Note that every part but ``unchecked`` was compared with a snapshot of ``as_of_ms``."""
        self._stale = tuple(unchecked)
        self._as_of_ms = max(self._as_of_ms, as_of_ms)
        if not {"fills", "orders"} & set(self._stale):
            self._certain_ms = max(self._certain_ms, as_of_ms)

    # Asking

    def order(self, order_id: str) -> Order | None:
        """Return the order as it is known, or None."""
        return self._open.get(order_id) or self._ended.get(order_id)

    def knows_fill(self, fill_id: str) -> bool:
        """Whether the fill was told."""
        return fill_id in self._fills

    def fills_of(self, order_ids: Container[str]) -> list[Fill]:
        """Return the known fills of these orders, oldest first."""
        return [fill for fill in self._fills.values() if fill.order_id in order_ids]

    def open_positions(self) -> list[Position]:
        """Return the positions whose quantity is not 0."""
        values = (known.value for known in self._positions.values())
        return [p for p in values if isinstance(p, Position) and p.quantity]

    def baseline(self) -> Baseline:
        """Return what a snapshot has to be compared with."""
        return Baseline(
            since_ms=max(0, self._certain_ms - _BASELINE_OVERLAP_MS),
            open_orders={order.order_id: order.symbol or "" for order in self._open.values()},
            fills=frozenset(self._fills),
        )

    def picture(self) -> Account:
        """Return the account as it is now, as a value that does not change."""
        return Account(
            orders=MappingProxyType({**self._ended, **self._open}),
            positions=MappingProxyType({p.key: p for p in self.open_positions()}),
            balances=MappingProxyType(
                {
                    key: known.value
                    for key, known in self._balances.items()
                    if isinstance(known.value, Balance)
                }
            ),
            fills=tuple(self._fills.values()),
            stale=self._stale,
            as_of_ms=self._as_of_ms,
        )

    # Inside

    def _keep_order(self, order: Order) -> None:
        if order.is_open:
            self._open[order.order_id] = order
            return
        self._open.pop(order.order_id, None)
        self._ended[order.order_id] = order
        _forget_oldest(self._ended, self._max_ended)

    def _push_order(self, told: Order, *, by_time: bool) -> bool:
        """Take over a state; return whether it is news, where a later time alone may be."""
        known = self.order(told.order_id)
        is_new = self.tell_order(told) is Telling.NEW
        return is_new and (by_time or known is None or not _adds_nothing(known, told))

    def _push_balance(self, told: Balance, ts_ms: int) -> bool:
        is_news, keep = _compare_with_push(self._balances.get(told.asset), told, ts_ms)
        if keep is not None:
            self._balances[told.asset] = keep
        return is_news

    def _push_position(self, told: Position, ts_ms: int) -> bool:
        is_news, keep = _compare_with_push(self._positions.get(told.key), told, ts_ms)
        if keep is not None:
            self._positions[told.key] = keep
        return is_news


def _merge(known: Model, told: Model) -> Model:
    """Return ``told``, with what it leaves out taken from ``known``."""
    gaps = {
        name: getattr(known, name)
        for name in _FIELD_NAMES[type(told)]
        if getattr(told, name) is None and getattr(known, name) is not None
    }
    return attrs.evolve(cast(Any, told), **gaps) if gaps else told


def _compare_with_snapshot(
    known: _Known | None, told: Balance | Position, as_of_ms: int
) -> tuple[bool, _Known]:
    """Say whether a row of a snapshot is news, and what to keep; it is compared by value."""
    contained_ms = as_of_ms - _CLOCK_DOUBT_MS
    if known is None:
        # A snapshot that says "nothing there" about something never seen tells nothing.
        is_news = isinstance(told, Balance) or bool(told.quantity)
        return is_news, _Known(told, 0, contained_ms, True)
    merged = _merge(known.value, told)
    is_news = merged != known.value
    return is_news, _Known(merged, known.pushed_ms, contained_ms, is_news or known.by_rest)


def _compare_with_push(
    known: _Known | None, told: Balance | Position, ts_ms: int
) -> tuple[bool, _Known | None]:
    """Say whether a push is news, and what to keep of it.

    It is older where an earlier telling contains it. It is a repeat where it has the time and the
    value of the push before it, or the value that a snapshot has told.
    """
    if known is None:
        return True, _Known(told, ts_ms, 0, False)
    same_push = ts_ms == known.pushed_ms
    if not _is_newer(known, ts_ms) and not (same_push and not known.by_rest):
        return False, None
    merged = _merge(known.value, told)
    is_news = merged != known.value or not (known.by_rest or same_push)
    return is_news, _Known(merged, ts_ms, known.contained_ms, False)


def _is_newer(known: _Known | None, ts_ms: int) -> bool:
    """Whether a push of ``ts_ms`` is later than everything that was told."""
    return known is None or (ts_ms > known.pushed_ms and ts_ms >= known.contained_ms)


def _forget_oldest(memory: dict[Key, Value], bound: int) -> None:
    while len(memory) > bound:
        del memory[next(iter(memory))]
