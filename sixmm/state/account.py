"""The mirror of the account: what was told so far, and whether a new telling is new.

The mirror is also the memory that keeps repeats away from the caller: it compares each push with
what it knows. A late, older state of an order is recognised and changes nothing. It is a
value that is changed under the session's lock and has no lock of its own.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any, TypeVar, cast

from .conditions import ConditionMemory
from .kept import Kept
from .memory import FillMemory, TextMemory
from .models import (
    Balance,
    Baseline,
    ConditionOrder,
    Facts,
    Fill,
    Order,
    Position,
    Snapshot,
)
from .orders import OrderMemory
from .picture import Account, Orders
from .pushes import AccountPush, OrderPush
from .rows import BALANCE, BEFORE, COMPARED, CONDITION, FILL, ORDER, POSITION, Row
from .telling import Telling, compare_orders, is_later
from .values import (
    BalanceValues,
    FillValues,
    OrderValues,
    PositionValues,
    model_of,
    values_of,
)

__all__ = [
    "MAX_ENDED_ORDERS",
    "MAX_FILLS",
    "PARTS",
    "Account",
    "AccountMirror",
    "Telling",
    "compare_orders",
    "is_later",
]

PARTS = ("fills", "orders", "positions", "balances", "conditions")
"""The parts of an account that a snapshot can check."""

_CONDITIONS = "conditions"
_ZERO = Decimal(0)
MAX_ENDED_ORDERS = 10_000
"""How many ended orders are remembered."""
MAX_FILLS = 50_000
"""How many fills are remembered."""
_MAX_PUSHES = 50_000
_MAX_ROWS = 50_000
"""Positions and balances, each; an account has far fewer."""
_BASELINE_OVERLAP_MS = 10_000
_POSITION_COMPARED, _BALANCE_COMPARED = 6, 4
"""The first values of a row that make a difference: all but the detail and the text."""

Key = TypeVar("Key", str, tuple[str, str])
Held = TypeVar("Held", Position, Balance)


class AccountMirror:
    """What is known about the account.

    Args:
        max_ended_orders: how many ended orders are remembered.
        max_fills: how many fills are remembered.
        max_pushes: how many texts of pushes are remembered at least.
    """

    def __init__(
        self,
        *,
        max_ended_orders: int = MAX_ENDED_ORDERS,
        max_fills: int = MAX_FILLS,
        max_pushes: int = _MAX_PUSHES,
    ) -> None:
        self._orders = OrderMemory(max_ended_orders)
        self._fills = FillMemory(max_fills)
        self._pushes = TextMemory(max_pushes)
        self._positions: dict[tuple[str, str], Kept[Position]] = {}
        self._balances: dict[str, Kept[Balance]] = {}
        self._conditions = ConditionMemory()
        self._stale: tuple[str, ...] = PARTS
        self._as_of_ms = 0
        # Up to here nothing can be missing; a push moves it on only while nothing is stale.
        self._certain_ms = 0
        self._has_met_older = False
        self._late: list[Facts] = []
        # When the condition orders were read last, or None for never: no push tells of them, so
        # that none moves it on.
        self._conditions_ms: int | None = None

    def begin(self, now_ms: int) -> None:
        """Note that nothing before ``now_ms`` (exchange time) has to be told."""
        self._certain_ms = max(self._certain_ms, now_ms)

    # Telling

    def apply(self, facts: Facts, *, again: bool = False) -> bool:
        """Take over what a push tells; return whether the caller has to be told.

        On one link the order of arrival is the truth, and what a push adds may be in fields that no
        schema names. So a push is left out for two reasons only: its very text was taken before, or
        a snapshot has told all of it already.

        Args:
            facts: what it tells.
            again: it was begun before, and interrupted.
        """
        ts_ms = facts.ts_ms
        if ts_ms and facts.push and not self._pushes.take(facts.push, ts_ms) and not again:
            return False
        if isinstance(facts, OrderPush):
            fill = facts.fill_values
            if fill is None:
                is_told = self._orders.push(facts.order_values)
            else:
                is_known = not self._fills.take(fill)
                is_told = self._orders.push(facts.order_values, is_known) and is_known
        else:
            told = self._push_all(facts)
            is_told = bool(told) and all(told)
        if self._orders.has_met_older or self._has_met_older:
            self._orders.has_met_older = self._has_met_older = False
            self._late.append(facts)
        if ts_ms > self._as_of_ms:
            self._as_of_ms = ts_ms
        if not self._stale:
            self._certain_ms = self._as_of_ms
        return not is_told

    def take_late(self) -> list[Facts]:
        """Return, once, which of the pushes that were applied tell an older state than is known."""
        late = self._late
        if late:
            self._late = []
        return late

    def news_of(self, facts: Facts) -> Facts:
        """Return what of a push is later than what is known; the mirror stays as it is."""
        if facts.push and self._pushes.knows(facts.push, facts.ts_ms):
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
        return self._orders.tell(values_of(told))

    def tell_fill(self, fill: Fill) -> bool:
        """Take over a fill; return whether it was not known."""
        return self._fills.take(values_of(fill))

    def tell_balance(self, balance: Balance, *, known_ms: int = 0) -> bool:
        """Take over a balance of a snapshot; return whether it differs from what is known.

        Args:
            balance: what the snapshot says.
            known_ms: a push about it that is older comes late; 0 where that is not known.
        """
        values, kept = values_of(balance), self._balances.get(balance.asset)
        if kept is None:
            self._balances[balance.asset] = Kept(values, by_rest=True, known_ms=known_ms)
            return True
        return kept.tell(values, compared=_BALANCE_COMPARED, known_ms=known_ms)

    def tell_position(self, position: Position, *, known_ms: int = 0) -> bool:
        """Take over a position of a snapshot; return whether it differs from what is known.

        Args:
            position: what the snapshot says.
            known_ms: a push about it that is older comes late; 0 where that is not known.
        """
        values, kept = values_of(position), self._positions.get(position.key)
        if kept is None:
            self._positions[position.key] = Kept(values, by_rest=True, known_ms=known_ms)
            # A snapshot that says "nothing there" about something never seen tells nothing.
            return bool(position.quantity)
        return kept.tell(values, compared=_POSITION_COMPARED, known_ms=known_ms)

    def tell_condition(self, condition: ConditionOrder) -> ConditionOrder | None:
        """Take over a condition order of a snapshot; return it whole where it is news."""
        return self._conditions.tell(condition)

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
        for condition in (*(snapshot.conditions or ()), *snapshot.ended_conditions):
            self.tell_condition(condition)
        self.mark_checked(snapshot.as_of_ms, unchecked=snapshot.unchecked)

    # What outlives the program

    @property
    def certain_ms(self) -> int:
        """Up to when (exchange time) nothing can be missing."""
        return self._certain_ms

    def rows_of(self, facts: Facts) -> list[Row]:
        """Return what is known now of everything that ``facts`` tell."""
        if isinstance(facts, OrderPush):
            order_id, fill = facts.order_values[0], facts.fill_values
            order = self._orders.values(order_id)
            # An order that was forgotten at once has no row.
            rows: list[Row] = [] if order is None else [(ORDER, order_id, order, 0)]
            return rows if fill is None else [*rows, (FILL, fill[0], fill, 0)]
        if isinstance(facts, AccountPush):
            keys = [(row[0], row[1]) for row in facts.position_values]
            rows = _kept_rows(POSITION, self._positions, keys)
            assets = [row[0] for row in facts.balance_values]
            return rows + _kept_rows(BALANCE, self._balances, assets)
        found = [(o.order_id, self._orders.values(o.order_id)) for o in facts.orders]
        rows = [(ORDER, key, values, 0) for key, values in found if values is not None]
        rows += [(FILL, fill.fill_id, values_of(fill), 0) for fill in facts.fills]
        rows += _kept_rows(POSITION, self._positions, [row.key for row in facts.positions])
        return rows + _kept_rows(BALANCE, self._balances, [row.asset for row in facts.balances])

    @property
    def knows_conditions(self) -> bool:
        """Whether the condition orders were read before, so that a difference is news."""
        return self._conditions_ms is not None

    def rows_of_conditions(self, told: Iterable[ConditionOrder] = ()) -> list[Row]:
        """Return these condition orders, and up to when they are known."""
        rows: list[Row] = [(CONDITION, one.condition_id, values_of(one), 0) for one in told]
        if self._conditions_ms is not None:
            rows.append((COMPARED, _CONDITIONS, (self._conditions_ms,), 0))
        return rows

    def rows(self) -> list[Row]:
        """Return everything that is known."""
        rows: list[Row] = [(ORDER, row[0], row, 0) for row in self._orders.values_of_all()]
        rows += [(BEFORE, key, (n,), 0) for key, n in self._orders.executed_before.items()]
        rows += [(FILL, row[0], row, 0) for row in self._fills.values_of_all()]
        rows += _kept_rows(POSITION, self._positions, self._positions)
        rows += _kept_rows(BALANCE, self._balances, self._balances)
        return rows + self.rows_of_conditions(self._conditions.read_all())

    def restore(self, rows: Iterable[Row], *, certain_ms: int) -> None:
        """Take over what was known before the program ended; nothing of it is certain now.

        What a push repeats of it is no news: it was told before.

        Args:
            rows: as :meth:`rows` gives them; of orders and fills the newest come last.
            certain_ms: up to when nothing can be missing.
        """
        for kind, key, values, known_ms in rows:
            if kind == ORDER:
                self._orders.restore(cast(OrderValues, values))
            elif kind == FILL:
                self._fills.take(cast(FillValues, values))
            elif kind == BEFORE:
                self._orders.executed_before[key] = values[0]
            elif kind == POSITION:
                position: Kept[Position] = Kept(values, by_rest=True, known_ms=known_ms)
                self._positions[values[0], values[1]] = position
            elif kind == BALANCE:
                self._balances[key] = Kept(values, by_rest=True, known_ms=known_ms)
            elif kind == CONDITION:
                self._conditions.tell(model_of(ConditionOrder, values))
            elif kind == COMPARED and key == _CONDITIONS:
                self._conditions_ms = values[0]
        self.begin(certain_ms)
        self.mark_stale()

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
        if _CONDITIONS not in self._stale:
            self._conditions_ms = max(self._conditions_ms or 0, as_of_ms)

    # Asking

    def order(self, order_id: str) -> Order | None:
        """Return the order as it is known, or None."""
        return self._orders.read(order_id)

    def knows_fill(self, fill_id: str) -> bool:
        """Whether the fill was told."""
        return fill_id in self._fills

    def fills_of(self, order_ids: Container[str]) -> list[Fill]:
        """Return the known fills of these orders, oldest first."""
        return self._fills.of(order_ids)

    def executed_before(self, order_id: str) -> Decimal:
        """Return how much of an order was executed by fills that the mirror never knew."""
        return self._orders.executed_before.get(order_id, _ZERO)

    def open_positions(self) -> list[Position]:
        """Return the positions whose quantity is not 0."""
        return [position for position in self.positions() if position.quantity]

    def positions(self) -> list[Position]:
        """Return every known position, the closed ones too."""
        return [kept.read(Position) for kept in self._positions.values()]

    def baseline(self) -> Baseline:
        """Return what a snapshot has to be compared with."""
        return Baseline(
            since_ms=max(0, self._certain_ms - _BASELINE_OVERLAP_MS),
            open_orders=self._orders.open_symbols(),
            # No copy: there are many, and this is asked for every minute.
            fills=self._fills,
            conditions_since_ms=None
            if self._conditions_ms is None
            else max(0, self._conditions_ms - _BASELINE_OVERLAP_MS),
            conditions={
                key: one.created_at_ms or 0 for key, one in self._conditions.waiting().items()
            },
        )

    def picture(self) -> Account:
        """Return the account as it is now, as a value that does not change."""
        return Account(
            orders=Orders(self._orders.read_all()),
            positions=MappingProxyType({p.key: p for p in self.open_positions()}),
            balances=MappingProxyType(
                {key: kept.read(Balance) for key, kept in self._balances.items()}
            ),
            fills=self._fills.read(),
            conditions=MappingProxyType(self._conditions.waiting()),
            stale=self._stale,
            as_of_ms=self._as_of_ms,
        )

    # Inside

    def _note_executed_before(self, snapshot: Snapshot) -> None:
        for order in snapshot.open_orders or ():
            known = (fill.quantity or _ZERO for fill in self.fills_of({order.order_id}))
            before = (order.executed_quantity or _ZERO) - sum(known, _ZERO)
            if before > 0:
                self._orders.executed_before[order.order_id] = before

    def _push_all(self, facts: Facts) -> list[bool]:
        """Take over each thing that a push tells; return for each whether it was told already."""
        if isinstance(facts, AccountPush):
            return self._push_rows(facts.position_values, facts.balance_values, facts.ts_ms)
        told = [not self.tell_fill(fill) for fill in facts.fills]
        has_known_fills = bool(told) and all(told)
        told += [self._orders.push(values_of(order), has_known_fills) for order in facts.orders]
        positions = [values_of(position) for position in facts.positions]
        balances = [values_of(balance) for balance in facts.balances]
        return told + self._push_rows(positions, balances, facts.ts_ms)

    def _push_rows(
        self, positions: Sequence[PositionValues], balances: Sequence[BalanceValues], ts_ms: int
    ) -> list[bool]:
        told = [self._push_row(self._positions, (row[0], row[1]), row, ts_ms) for row in positions]
        return told + [self._push_row(self._balances, row[0], row, ts_ms) for row in balances]

    def _push_row(
        self, rows: dict[Key, Kept[Held]], key: Key, told: tuple[Any, ...], ts_ms: int
    ) -> bool:
        """Take over a position or balance of a push; return whether a snapshot told it already."""
        kept = rows.get(key)
        if kept is None:
            rows[key] = Kept(told, by_rest=False, known_ms=ts_ms)
            if len(rows) > _MAX_ROWS:
                del rows[next(iter(rows))]
            return False
        if kept.is_after(ts_ms):
            self._has_met_older = True
            return False
        return kept.push(told, ts_ms)


def _kept_rows(kind: str, rows: Mapping[Key, Kept[Held]], keys: Iterable[Key]) -> list[Row]:
    """Return the rows of these keys; one that was forgotten has none."""
    found = [(key, rows.get(key)) for key in keys]
    return [
        (kind, key if isinstance(key, str) else "\n".join(key), kept.values, kept.known_ms)
        for key, kept in found
        if kept is not None
    ]


def _is_newer(kept: Kept[Held] | None, ts_ms: int) -> bool:
    """Whether a push of ``ts_ms`` is later than everything that is known."""
    return kept is None or ts_ms > kept.known_ms
