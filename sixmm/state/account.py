"""The mirror of the account: what was told so far, and whether a new telling is new.

The mirror is also the memory that keeps repeats away from the caller: it compares each push with
what it knows. A late, older state of an order is recognised and changes nothing. It is a
value that is changed under the session's lock and has no lock of its own.
"""

from __future__ import annotations

import enum
from collections.abc import Container, Iterable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, TypeVar, cast

import attrs

from .models import Balance, Baseline, Facts, Fill, Order, Position, Snapshot

__all__ = ["PARTS", "Account", "AccountMirror", "Telling", "compare_orders", "is_later"]

PARTS = ("fills", "orders", "positions", "balances")
"""The parts of an account that a snapshot can check."""

_ZERO = Decimal(0)
_MAX_ENDED_ORDERS = 10_000
_MAX_FILLS = 50_000
_MAX_ROWS = 50_000
"""Open orders, positions and balances, each; an account has far fewer."""
_BASELINE_OVERLAP_MS = 10_000

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
    """A balance or position, with the time of its newest push, and whether a snapshot told it."""

    value: Balance | Position
    pushed_ms: int
    by_rest: bool


def compare_orders(known: Order | None, told: Order) -> Telling:
    """Say how the order state ``told`` stands to the state that is known.

    Time decides where both carry it and it differs; else rank and executed quantity, which never go
    down. States that are equal in all of these are a repeat.
    """
    if known is None:
        return Telling.NEW
    if _went_back(known, told):
        return Telling.OLDER
    if is_later(known.updated_at_ms, told.updated_at_ms):
        return Telling.NEW
    return Telling.REPEAT if _adds_nothing(known, told) else Telling.NEW


def _went_back(known: Order, told: Order) -> bool:
    if known.updated_at_ms != told.updated_at_ms and None not in (
        known.updated_at_ms,
        told.updated_at_ms,
    ):
        return is_later(told.updated_at_ms, known.updated_at_ms)
    if told.rank < known.rank:
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
        self._by_rest: set[str] = set()
        self._executed_before: dict[str, Decimal] = {}
        self._fills: dict[str, Fill] = {}
        self._pushes: dict[int, None] = {}
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
        """Take over what a push tells; return whether the caller has to be told.

        On one link the order of arrival is the truth, and what a push adds may be in fields that no
        schema names. So a push is left out for two reasons only: its very text was taken before, or
        a snapshot has told all of it already.
        """
        if self._is_repeat(facts):
            return False
        told = [not self.tell_fill(fill) for fill in facts.fills]
        has_known_fills = bool(told) and all(told)
        told += [self._push_order(order, has_known_fills) for order in facts.orders]
        told += [self._push_position(position, facts.ts_ms) for position in facts.positions]
        told += [self._push_balance(balance, facts.ts_ms) for balance in facts.balances]
        self._as_of_ms = max(self._as_of_ms, facts.ts_ms)
        if not self._stale:
            self._certain_ms = self._as_of_ms
        return not (told and all(told))

    def news_of(self, facts: Facts) -> Facts:
        """Return what of a push is later than what is known; the mirror stays as it is."""
        if facts.push and hash(facts.push) in self._pushes:
            return Facts()
        return Facts(
            ts_ms=facts.ts_ms,
            orders=tuple(
                order
                for order in facts.orders
                if compare_orders(self.order(order.order_id), order) is Telling.NEW
            ),
            fills=tuple(fill for fill in facts.fills if fill.fill_id not in self._fills),
            positions=tuple(
                position
                for position in facts.positions
                if _is_newer(self._positions.get(position.key), facts.ts_ms)
            ),
            balances=tuple(
                balance
                for balance in facts.balances
                if _is_newer(self._balances.get(balance.asset), facts.ts_ms)
            ),
        )

    def tell_order(self, told: Order) -> Telling:
        """Take over an order state of a snapshot unless it is a repeat or older; say which."""
        known = self.order(told.order_id)
        telling = compare_orders(known, told)
        if telling is Telling.NEW:
            self._keep_order(told if known is None else _merge(known, told))
            self._by_rest.add(told.order_id)
        return telling

    def tell_fill(self, fill: Fill) -> bool:
        """Take over a fill; return whether it was not known."""
        if fill.fill_id in self._fills:
            return False
        self._fills[fill.fill_id] = fill
        _forget_oldest(self._fills, self._max_fills)
        return True

    def tell_balance(self, balance: Balance) -> bool:
        """Take over a balance of a snapshot; return whether it differs from what is known."""
        known = self._balances.get(balance.asset)
        is_news, self._balances[balance.asset] = _compare_with_snapshot(known, balance)
        return is_news

    def tell_position(self, position: Position) -> bool:
        """Take over a position of a snapshot; return whether it differs from what is known."""
        known = self._positions.get(position.key)
        is_news, self._positions[position.key] = _compare_with_snapshot(known, position)
        return is_news

    def adopt(self, snapshot: Snapshot) -> None:
        """Take over a snapshot as what was there before anything is told."""
        for fill in snapshot.fills or ():
            self.tell_fill(fill)
        self._note_executed_before(snapshot)
        for order in (*(snapshot.open_orders or ()), *snapshot.ended_orders):
            self.tell_order(order)
        for position in snapshot.positions or ():
            self.tell_position(position)
        for balance in snapshot.balances or ():
            self.tell_balance(balance)
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

    def executed_before(self, order_id: str) -> Decimal:
        """Return how much of an order was executed by fills that the mirror never knew."""
        return self._executed_before.get(order_id, _ZERO)

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

    def _note_executed_before(self, snapshot: Snapshot) -> None:
        for order in snapshot.open_orders or ():
            known = (fill.quantity or _ZERO for fill in self.fills_of({order.order_id}))
            before = (order.executed_quantity or _ZERO) - sum(known, _ZERO)
            if before > 0:
                self._executed_before[order.order_id] = before

    def _keep_order(self, order: Order) -> None:
        if order.is_open:
            self._open[order.order_id] = order
            _forget_oldest(self._open, _MAX_ROWS)
            return
        self._open.pop(order.order_id, None)
        self._ended[order.order_id] = order
        while len(self._ended) > self._max_ended:
            oldest = next(iter(self._ended))
            del self._ended[oldest]
            self._executed_before.pop(oldest, None)
            self._by_rest.discard(oldest)

    def _is_repeat(self, facts: Facts) -> bool:
        """Whether the text of a push was taken before; remembers it."""
        if not (facts.push and facts.ts_ms):
            return False
        digest = hash(facts.push)
        if digest in self._pushes:
            return True
        self._pushes[digest] = None
        _forget_oldest(self._pushes, self._max_fills)
        return False

    def _push_order(self, told: Order, has_known_fills: bool) -> bool:
        """Take over the state of a push; return whether it was told already, by a snapshot.

        A push about a fill that was told is contained in that telling where it adds nothing.
        """
        known = self.order(told.order_id)
        telling = compare_orders(known, told)
        adds_nothing = known is not None and _adds_nothing(known, told)
        if telling is not Telling.OLDER:
            self._keep_order(told if known is None else _merge(known, told))
        by_rest = told.order_id in self._by_rest
        if has_known_fills:
            return adds_nothing or telling is Telling.OLDER
        if telling is Telling.NEW:
            self._by_rest.discard(told.order_id)
        return by_rest and telling is not Telling.NEW

    def _push_balance(self, told: Balance, ts_ms: int) -> bool:
        known = self._balances.get(told.asset)
        was_told, self._balances[told.asset] = _compare_with_push(known, told, ts_ms)
        _forget_oldest(self._balances, _MAX_ROWS)
        return was_told

    def _push_position(self, told: Position, ts_ms: int) -> bool:
        known = self._positions.get(told.key)
        was_told, self._positions[told.key] = _compare_with_push(known, told, ts_ms)
        _forget_oldest(self._positions, _MAX_ROWS)
        return was_told


def _merge(known: Model, told: Model) -> Model:
    """Return ``told``, with what it leaves out taken from ``known``."""
    gaps = {
        name: getattr(known, name)
        for name in _FIELD_NAMES[type(told)]
        if getattr(told, name) is None and getattr(known, name) is not None
    }
    return attrs.evolve(cast(Any, told), **gaps) if gaps else told


def _compare_with_snapshot(known: _Known | None, told: Balance | Position) -> tuple[bool, _Known]:
    """Say whether a row of a snapshot is news, and what to keep; it is compared by value.

    Figures that follow the mark price differ at every look, and are no news by themselves.
    """
    if known is None:
        # A snapshot that says "nothing there" about something never seen tells nothing.
        is_news = isinstance(told, Balance) or bool(told.quantity)
        return is_news, _Known(told, 0, True)
    merged = _merge(known.value, told)
    is_news = _core(merged) != _core(known.value)
    return is_news, _Known(merged, known.pushed_ms, is_news or known.by_rest)


def _compare_with_push(
    known: _Known | None, told: Balance | Position, ts_ms: int
) -> tuple[bool, _Known]:
    """Say whether a snapshot has told the value of a push already, and what to keep of it."""
    if known is None:
        return False, _Known(told, ts_ms, False)
    merged = _merge(known.value, told)
    was_told = known.by_rest and merged == known.value
    return was_told, _Known(merged, max(ts_ms, known.pushed_ms), False)


def _core(value: Balance | Position) -> Balance | Position:
    return attrs.evolve(value, detail=()) if isinstance(value, Position) else value


def _is_newer(known: _Known | None, ts_ms: int) -> bool:
    """Whether a push of ``ts_ms`` is later than every push that was taken."""
    return known is None or ts_ms > known.pushed_ms


def _forget_oldest(memory: dict[Key, Value], bound: int) -> None:
    while len(memory) > bound:
        del memory[next(iter(memory))]
