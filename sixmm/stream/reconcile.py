"""What a REST snapshot shows that the caller was not told: the pure part of a resync.

The stream is subscribed before the snapshot is read, so every change is in the pushes that were
told before the link broke, in the snapshot, or in the pushes that were buffered meanwhile. A fill
or a state that a buffered push tells is left to that push; everything else that differs from the
mirror is told from the snapshot. A second pass over the same facts finds nothing.

Each missed fill is told on its own, with the order as it was right after it, or as it was told last
where that is later; then the state of the order, where it went on from there. States between two
tellings that left no trace in REST are not invented.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TypeVar

import attrs

from ..state.account import AccountMirror, Telling, compare_orders, is_later
from ..state.models import Balance, ConditionOrder, Facts, Fill, Order, Position, Snapshot

__all__ = [
    "AccountChange",
    "Change",
    "ConditionChange",
    "OrderChange",
    "expects_fills",
    "reconcile",
    "torn_orders",
    "without_orders",
]

_ZERO = Decimal(0)

PartlyFilled = Callable[[Order, Decimal], Order]
_READING_MS = 120_000
"""Longer than a reading takes, with what the clocks at the exchange may differ."""

Row = TypeVar("Row", Fill, Order)


@attrs.frozen(kw_only=True)
class OrderChange:
    """The state of an order, or one fill of it with the state right after the fill."""

    order: Order
    fill: Fill | None = None

    @property
    def at_ms(self) -> int:
        """When it happened, as far as that is known."""
        if self.fill is not None and self.fill.time_ms is not None:
            return self.fill.time_ms
        return self.order.updated_at_ms or self.order.created_at_ms or 0


@attrs.frozen(kw_only=True)
class AccountChange:
    """Balances and positions that differ from what was told."""

    balances: tuple[Balance, ...]
    positions: tuple[Position, ...]
    at_ms: int


@attrs.frozen(kw_only=True)
class ConditionChange:
    """A condition order that waits, or waits no more; no push would have told it."""

    condition: ConditionOrder


Change = OrderChange | AccountChange | ConditionChange


@attrs.frozen
class _Mentioned:
    """What the buffered pushes tell, by identity."""

    fills: frozenset[str]
    orders: Mapping[str, int]
    """With the time of the earliest push about each."""
    positions: frozenset[tuple[str, str]]
    balances: frozenset[str]

    @classmethod
    def by(cls, buffered: Sequence[Facts], mirror: AccountMirror) -> _Mentioned:
        """Return what the pushes tell anew; a repeat of what is known tells nothing."""
        news = [mirror.news_of(facts) for facts in buffered]
        return cls(
            frozenset(fill.fill_id for facts in news for fill in facts.fills),
            # The pushes are in order, so that the first one about an order is put in last.
            {order.order_id: facts.ts_ms for facts in reversed(news) for order in facts.orders},
            frozenset(position.key for facts in news for position in facts.positions),
            frozenset(balance.asset for facts in news for balance in facts.balances),
        )

    def tells(self, fill: Fill) -> bool:
        """Whether a push tells ``fill``, or will: what follows a push on a link comes on it too."""
        since_ms = self.orders.get(fill.order_id)
        is_later = since_ms is not None and fill.time_ms is not None and fill.time_ms >= since_ms
        return is_later or fill.fill_id in self.fills


def reconcile(
    mirror: AccountMirror,
    snapshot: Snapshot,
    buffered: Sequence[Facts],
    *,
    partly_filled: PartlyFilled,
    known_ms: int = 0,
) -> list[Change]:
    """Return what the snapshot tells anew, in a sensible order, and take it into the mirror.

    Condition orders come first, then fills and order states, each by time; balances and positions
    come last, in one change.

    Args:
        mirror: what was told so far; it is brought up to date with what is returned.
        snapshot: what REST says.
        buffered: what the pushes tell that came since the subscription, oldest first.
        partly_filled: makes the state of an order at a given executed quantity.
        known_ms: what was before that (exchange time) is in the snapshot for certain: a push that
            comes later and tells of a balance or position from then is a late one. 0 where that is
            not known.
    """
    mentioned = _Mentioned.by(buffered, mirror)
    rows = _latest_rows(snapshot)
    pushed = [fill for facts in buffered for fill in facts.fills]
    orders, ends = _order_changes(mirror, snapshot, pushed, mentioned, rows, partly_filled)
    for order in ends:
        mirror.tell_order(order)
    for change in orders:
        mirror.tell_order(change.order)
        if change.fill is not None:
            mirror.tell_fill(change.fill)
    account = _account_change(mirror, snapshot, mentioned, known_ms)
    conditions = _condition_changes(mirror, snapshot)
    return [*conditions, *orders, *([] if account is None else [account])]


def _condition_changes(mirror: AccountMirror, snapshot: Snapshot) -> list[ConditionChange]:
    """Return the condition orders that are news; where they are read for the first time none is."""
    was_known = mirror.knows_conditions
    told = [
        mirror.tell_condition(condition)
        for condition in (*(snapshot.conditions or ()), *snapshot.ended_conditions)
    ]
    news = [condition for condition in told if condition is not None and was_known]
    news.sort(key=lambda one: one.updated_at_ms or one.created_at_ms or 0)
    return [ConditionChange(condition=condition) for condition in news]


def torn_orders(
    mirror: AccountMirror, snapshot: Snapshot, buffered: Sequence[Facts]
) -> frozenset[str]:
    """Return the orders that were filled between the reading of the fills and that of the orders.

    Such a row contains a fill that nothing has told yet. To tell the row would be to tell the end
    before what led to it, so the snapshot is better read once more. The same goes for a fill that
    may have completed its order, where the orders could not be read: nobody knows its state.
    """
    if snapshot.fills is None:
        return frozenset()
    pushed = {fill.fill_id: fill for facts in buffered for fill in facts.fills}
    missed = [
        fill
        for fill in snapshot.fills
        if fill.fill_id not in pushed and not mirror.knows_fill(fill.fill_id)
    ]
    rows = {
        order_id: row
        for order_id, row in _latest_rows(snapshot).items()
        if compare_orders(mirror.order(order_id), row) is Telling.NEW
    }
    told = (*mirror.fills_of(rows), *snapshot.fills, *pushed.values())
    executed = {order_id: mirror.executed_before(order_id) for order_id in rows}
    for fill in {fill.fill_id: fill for fill in told}.values():
        if fill.order_id in executed:
            executed[fill.order_id] += fill.quantity or _ZERO
    return _unread_orders(mirror, snapshot, missed) | {
        key
        for key, row in rows.items()
        if (row.executed_quantity or _ZERO) > executed[key] and _may_be_torn(row, snapshot)
    }


def _may_be_torn(row: Order, snapshot: Snapshot) -> bool:
    """Whether the last change of an order may have fallen into the reading.

    Where it is older the exchange does not list a fill that it has, and will not do so later: to
    read again and again would leave the order as it was for ever.
    """
    return row.updated_at_ms is None or row.updated_at_ms >= snapshot.as_of_ms - _READING_MS


def _unread_orders(
    mirror: AccountMirror, snapshot: Snapshot, missed: Sequence[Fill]
) -> frozenset[str]:
    """Return the orders that a missed fill may have completed, where their state is not at hand.

    Where the key may never read orders there is nothing to wait for.
    """
    if "orders" not in snapshot.unchecked or "orders" in snapshot.final:
        return frozenset()
    rows = _latest_rows(snapshot)
    executed: dict[str, Decimal] = {}
    for fill in missed:
        if fill.order_id in rows:
            continue
        known = mirror.order(fill.order_id)
        before = _ZERO if known is None else known.executed_quantity or _ZERO
        told = executed.get(fill.order_id, before)
        executed[fill.order_id] = told + (fill.quantity or _ZERO)
    return frozenset(
        order_id
        for order_id, quantity in executed.items()
        if (known := mirror.order(order_id)) is None
        or known.quantity is None
        or quantity >= known.quantity
    )


def expects_fills(mirror: AccountMirror, snapshot: Snapshot, buffered: Sequence[Facts]) -> bool:
    """Whether a fill of the snapshot is left to a push that has not come yet.

    That is judged by time, and the clocks of pushes and trades may differ: look again later.
    """
    mentioned = _Mentioned.by(buffered, mirror)
    return any(
        mentioned.tells(fill)
        for fill in snapshot.fills or ()
        if not (mirror.knows_fill(fill.fill_id) or fill.fill_id in mentioned.fills)
    )


def without_orders(snapshot: Snapshot, order_ids: Container[str]) -> Snapshot:
    """Return the snapshot without what it says about some orders, and with a note that it is so.

    A part that was not read stays None: an empty one would say that there is nothing.
    """
    note = "an order was filled while it was read"
    fills, open_orders = snapshot.fills, snapshot.open_orders
    return attrs.evolve(
        snapshot,
        fills=None if fills is None else _without(fills, order_ids),
        open_orders=None if open_orders is None else _without(open_orders, order_ids),
        ended_orders=_without(snapshot.ended_orders, order_ids),
        unchecked={"fills": note, "orders": note, **snapshot.unchecked},
    )


def _without(rows: Iterable[Row], order_ids: Container[str]) -> tuple[Row, ...]:
    return tuple(row for row in rows if row.order_id not in order_ids)


def _order_changes(
    mirror: AccountMirror,
    snapshot: Snapshot,
    pushed: Sequence[Fill],
    mentioned: _Mentioned,
    rows: Mapping[str, Order],
    partly_filled: PartlyFilled,
) -> tuple[list[OrderChange], list[Order]]:
    """Return what is to be told, and the ends that were told with less than the snapshot knows."""
    fills = _fills_by_order(mirror, (*(snapshot.fills or ()), *pushed))
    changes: list[tuple[int, OrderChange]] = []
    ends: list[Order] = []
    for order_id in dict.fromkeys((*fills, *rows)):
        known = mirror.order(order_id)
        own = fills.get(order_id, [])
        row = rows.get(order_id) or known or _order_of(own[0])
        told: list[OrderChange] = [
            OrderChange(order=state, fill=fill)
            for state, fill in _states_after(row, known, own, partly_filled)
            if not (mirror.knows_fill(fill.fill_id) or mentioned.tells(fill))
        ]
        if order_id in rows and order_id not in mentioned.orders:
            before = [known, *(change.order for change in told[-1:])]
            if all(compare_orders(state, row) is Telling.NEW for state in before):
                if _is_same_end(known, row) and _has_fills(mirror, row, own):
                    ends.append(row)
                else:
                    told.append(OrderChange(order=row))
        changes += _timed(told)
    return [change for _, change in sorted(changes, key=lambda timed: timed[0])], ends


def _is_same_end(known: Order | None, row: Order) -> bool:
    """Whether the order is known to have ended as ``row`` says.

    A push about an end may say nothing but that, and what REST knows of the order besides is no
    second end.
    """
    return known is not None and not (known.is_open or row.is_open) and known.status == row.status


def _has_fills(mirror: AccountMirror, row: Order, fills: Iterable[Fill]) -> bool:
    """Whether everything that was executed of an order was told as fills, these included."""
    unique = {fill.fill_id: fill for fill in (*mirror.fills_of({row.order_id}), *fills)}
    told = sum((fill.quantity or _ZERO for fill in unique.values()), _ZERO)
    return (row.executed_quantity or _ZERO) <= told + mirror.executed_before(row.order_id)


def _timed(changes: Iterable[OrderChange]) -> list[tuple[int, OrderChange]]:
    """Pair the changes of one order with times that do not fall: sorting keeps their order."""
    at_ms = 0
    timed = []
    for change in changes:
        at_ms = max(at_ms, change.at_ms)
        timed.append((at_ms, change))
    return timed


def _latest_rows(snapshot: Snapshot) -> dict[str, Order]:
    """Return the state of each order by id; an order that ended meanwhile is in both lists."""
    rows = {order.order_id: order for order in snapshot.open_orders or ()}
    for order in snapshot.ended_orders:
        known = rows.get(order.order_id)
        if known is None or order.rank >= known.rank:
            rows[order.order_id] = order
    return rows


def _fills_by_order(mirror: AccountMirror, fills: Sequence[Fill]) -> dict[str, list[Fill]]:
    """Return the fills of each order that has a missed one, oldest first, the known ones too.

    The known ones are needed to say how much was executed after a missed one: a fill can be missed
    although a later one was told.
    """
    missed = {fill.order_id for fill in fills if not mirror.knows_fill(fill.fill_id)}
    unique = {fill.fill_id: fill for fill in (*mirror.fills_of(missed), *fills)}
    by_order: dict[str, list[Fill]] = {}
    for fill in sorted(unique.values(), key=lambda fill: fill.time_ms or 0):
        if fill.order_id in missed:
            by_order.setdefault(fill.order_id, []).append(fill)
    return by_order


def _states_after(
    row: Order, known: Order | None, fills: Sequence[Fill], partly_filled: PartlyFilled
) -> list[tuple[Order, Fill]]:
    """Return each fill with the order as it was right after it, or as it was told last.

    ``row`` is the order after the last of them: the executed quantities are counted back from it.
    """
    contained = [fill for fill in fills if not is_later(row.updated_at_ms, fill.time_ms)]
    total = sum((fill.quantity or _ZERO for fill in contained), _ZERO)
    executed = max(_ZERO, (row.executed_quantity or _ZERO) - total)
    states = []
    for fill in fills:
        executed += fill.quantity or _ZERO
        state = row
        if not _is_state_after(row, executed):
            state = partly_filled(row, executed)
            if state != row:
                # Else nothing came after the fill, and the row has the better time.
                state = attrs.evolve(state, updated_at_ms=fill.time_ms or row.updated_at_ms)
            if known is not None and compare_orders(known, state) is Telling.OLDER:
                # A push has told a later state already: what is told never goes back. Where REST
                # knows more of the same end, that is told with the fill, and not once more.
                is_more = compare_orders(known, row) is Telling.NEW and _is_same_end(known, row)
                state = row if is_more else known
        states.append((state, fill))
    return states


def _is_state_after(row: Order, executed: Decimal) -> bool:
    """Whether ``row`` can be told as the state that a fill which brought it to ``executed`` left.

    An open order may have been amended since; its newest price and quantity are then told with the
    fill, because no REST call knows those from before.
    """
    return row.executed_quantity == executed and (row.is_open or row.quantity == executed)


def _order_of(fill: Fill) -> Order:
    """Return what a fill tells about an order of which nothing else is known."""
    return Order(
        order_id=fill.order_id,
        status="",
        rank=2,
        symbol=fill.symbol,
        side=fill.side,
        position_side=fill.position_side,
    )


def _account_change(
    mirror: AccountMirror, snapshot: Snapshot, mentioned: _Mentioned, known_ms: int
) -> AccountChange | None:
    as_of_ms = snapshot.as_of_ms
    balances = tuple(
        balance
        for balance in snapshot.balances or ()
        if balance.asset not in mentioned.balances
        and mirror.tell_balance(balance, known_ms=known_ms)
    )
    positions = tuple(
        position
        for position in (*(snapshot.positions or ()), *_closed(mirror, snapshot))
        if position.key not in mentioned.positions
        and mirror.tell_position(position, known_ms=known_ms)
    )
    if not balances and not positions:
        return None
    return AccountChange(balances=balances, positions=positions, at_ms=as_of_ms)


def _closed(mirror: AccountMirror, snapshot: Snapshot) -> list[Position]:
    """Return, with quantity 0, the positions that the snapshot no longer has.

    Those that were closed before are among them: that they still are is known anew.
    """
    if snapshot.positions is None:
        return []
    listed = {position.key for position in snapshot.positions}
    return [
        attrs.evolve(position, quantity=_ZERO, raw="")
        for position in mirror.positions()
        if position.quantity is not None and position.key not in listed
    ]
