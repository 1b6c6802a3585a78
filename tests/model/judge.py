"""Holds what a caller was told against what the exchange of a world really did.

Everything is read from the JSON of the events, so that it depends on nothing that the client makes
of them. :func:`faults` has the whole list of what can be wrong.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import attrs

from sixmm.events import ConnectionEvent, DecodeFailed, Origin, Resynced

from .exchange import Row
from .given import Given, account_key
from .world import Taken, World

__all__ = ["faults"]

_CLOCK_DOUBT_MS = 2_000
_STATE = ("status", "rank", "executed_quantity", "price", "quantity")
_AMOUNTS = {"price", "quantity", "executed_quantity", "wallet", "frozen"}


@attrs.frozen
class _Told:
    """One private event, as plain rows."""

    by_rest: bool
    again: bool
    is_late: bool
    """Whether the client says that it tells what was before something that was told already."""
    ts: int
    run: int
    text: str
    orders: Sequence[Row]
    fills: Sequence[Row]
    accounts: Sequence[tuple[str, Row]]
    """Balances and positions, each with what identifies it."""


def faults(world: World) -> list[str]:
    """Return everything that was told wrongly, or not told; each begins with what kind it is.

    *lost*: a fill, or the last state of an order, balance or position, was never told. *twice*: it
    was told before. *back*: something older was told after something newer. *invented*: the
    exchange never said so. *differs*: the picture was not the account. *alarm*: an audit saw
    something although nothing was kept back.

    Where pushes come late and in disorder, they are told as they come; there a push may repeat a
    state, and go back, but a fill is still told once, and what REST tells is never older.
    """
    told = [_told(one) for one in world.taken if _is_private(one)]
    found = [*world.wrong]
    found += _lost(world, told)
    found += _twice(world, told)
    found += _back(world, told)
    found += _unmarked(told)
    found += _invented(world, told)
    if not world.kind.late:
        found += _alarms(world)
    return found


def _is_private(taken: Taken) -> bool:
    return not isinstance(taken.event, ConnectionEvent | DecodeFailed)


def _told(taken: Taken) -> _Told:
    event = taken.event
    told = json.loads(event.raw)
    rows = {name: [_read(row) for row in told.get(name, ())] for name in _PARTS}
    accounts = [(account_key(row), row) for row in (*rows["balances"], *rows["positions"])]
    return _Told(
        by_rest=event.origin is Origin.REST,
        again=event.redelivered,
        is_late=event.late,
        ts=event.ts,
        run=taken.run,
        text=event.raw,
        orders=rows["orders"],
        fills=rows["fills"],
        accounts=accounts,
    )


_PARTS = ("orders", "fills", "balances", "positions")


def _read(row: Row) -> Row:
    return {name: int(value) if name in _AMOUNTS else value for name, value in row.items()}


def _state(row: Row) -> tuple[Any, ...]:
    return tuple(row.get(name) for name in _STATE)


def _value(row: Row) -> int:
    value: int = row["wallet"] if "wallet" in row else row["quantity"]
    return value


# Lost


def _last_values(given: Given, told: Sequence[_Told]) -> dict[str, tuple[int, int]]:
    """Return the value of each balance and position that holds for the caller, and in which run.

    It is the last that was told, but for what is marked as late where the client was given a later
    one before it. That one need not have been told itself: it may repeat what a snapshot told.
    """
    return {
        key: (_value(row), one.run)
        for one in told
        for key, row in one.accounts
        if not (one.is_late and given.is_after(one.text, key))
    }


def _lost(world: World, told: Sequence[_Told]) -> Iterator[str]:
    fills = {fill["fill_id"] for one in told for fill in one.fills}
    states = {(order["order_id"], *_state(order)) for one in told for order in one.orders}
    # What was told right before a kill, and is as it was before that, differs from nothing.
    forgotten = max(world.forgetful, default=0)
    last = _last_values(world.given, told)
    changed: set[str] = set()
    for logged in world.pushed:
        if logged.fill is not None and logged.fill["fill_id"] not in fills:
            yield f"lost: {logged.fill['fill_id']}"
        if logged.order is not None:
            changed.add(logged.order["order_id"])
    for order_id in sorted(changed):
        true = world.exchange.orders[order_id]
        if (order_id, *_state(true)) not in states:
            yield f"lost: {order_id} as it is in the end: {_state(true)}"
    for key, value in _true_values(world).items():
        if key in last and last[key][0] != value and last[key][1] >= forgotten:
            yield f"lost: {key} is {value}, and was told last as {last[key][0]}"


def _true_values(world: World) -> dict[str, int]:
    rows = (*world.exchange.balances.values(), *world.exchange.positions.values())
    values = {account_key(row): _value(row) for row in rows}
    closed = {account_key(row): 0 for one in world.exchange.log for row in one.positions}
    return {**closed, **values}


# Twice


def _twice(world: World, told: Sequence[_Told]) -> Iterator[str]:
    yield from _fills_twice(told, world.forgetful)
    if not world.kind.late:
        yield from _texts_twice(told)
        yield from _states_twice(told)


def _fills_twice(told: Sequence[_Told], forgetful: Sequence[int]) -> Iterator[str]:
    """Name fills that come again, and are neither marked nor from before the disk was behind."""
    seen: dict[str, int] = {}
    for one in told:
        for fill in one.fills:
            key = fill["fill_id"]
            was_forgotten = any(seen.get(key, 0) < run <= one.run for run in forgetful)
            if key in seen and not (one.again or was_forgotten):
                yield f"twice: {key}"
            seen[key] = one.run


def _texts_twice(told: Sequence[_Told]) -> Iterator[str]:
    texts = Counter((one.run, one.text) for one in told if not (one.by_rest or one.again))
    yield from (f"twice: {text}" for (_, text), count in texts.items() if count > 1)


def _states_twice(told: Sequence[_Told]) -> Iterator[str]:
    """Name what says nothing new: a state without a fill, or values that REST has just told."""
    states: dict[str, tuple[Any, ...]] = {}
    values: dict[str, tuple[int, bool]] = {}
    run = 0
    for one in told:
        if one.again or one.run > run:
            states, values, run = {}, {}, one.run
            if one.again:
                continue
        for order in one.orders:
            state = (*_state(order), order.get("updated_at_ms"))
            if not one.fills and states.get(order["order_id"]) == state:
                yield f"twice: {order['order_id']} as {state}"
            states[order["order_id"]] = state
        known = [values.get(key, (None, True)) for key, _ in one.accounts]
        is_old = [
            value == _value(row) and (by_rest or one.by_rest)
            for (value, by_rest), (_, row) in zip(known, one.accounts, strict=True)
        ]
        if is_old and all(is_old):
            yield f"twice: {one.text}"
        values.update({key: (_value(row), one.by_rest) for key, row in one.accounts})


# Back


def _back(world: World, told: Sequence[_Told]) -> Iterator[str]:
    last: dict[str, tuple[int, int]] = {}
    run = 0
    for one in told:
        if one.again:
            # It is older than what was told before the end of the last run.
            continue
        if one.run > run:
            last, run = {}, one.run
        for order in one.orders:
            key, state = order["order_id"], (order["rank"], order["executed_quantity"])
            before = last.get(key, (0, 0))
            is_older = state[0] < before[0] or state[1] < before[1]
            if is_older and (one.by_rest or not world.kind.late):
                yield f"back: {key} from {before} to {state}"
            last[key] = (max(before[0], state[0]), max(before[1], state[1]))


def _unmarked(told: Sequence[_Told]) -> Iterator[str]:
    """Name what was told of a balance or position after something later, without saying so."""
    newest: dict[str, int] = {}
    run = 0
    for one in told:
        if one.again:
            continue
        if one.run > run:
            newest, run = {}, one.run
        for key, _ in one.accounts:
            if not (one.by_rest or one.is_late) and one.ts < newest.get(key, 0):
                yield f"back: {key} of {one.ts} is not told as late"
            # What REST tells is as of that moment, but for what the clocks may differ.
            at_ms = one.ts - _CLOCK_DOUBT_MS if one.by_rest else one.ts
            newest[key] = max(at_ms, newest.get(key, 0))


# Invented


def _invented(world: World, told: Sequence[_Told]) -> Iterator[str]:
    log = world.exchange.log
    texts = {logged.text for logged in log}
    fills = {row["fill_id"]: row for row in world.exchange.fills}
    reached = {
        (logged.order["order_id"], logged.order["rank"], logged.order["executed_quantity"])
        for logged in log
        if logged.order is not None
    }
    values = {
        (account_key(row), _value(row)) for one in log for row in (*one.balances, *one.positions)
    }
    values |= {(key, 0) for key, _ in values if key.startswith("position")}
    for one in told:
        if not one.by_rest:
            if one.text not in texts:
                yield f"invented: {one.text}"
            continue
        for fill in one.fills:
            if fills.get(fill["fill_id"]) != fill:
                yield f"invented: {fill}"
        for order in one.orders:
            if (order["order_id"], order["rank"], order["executed_quantity"]) not in reached:
                yield f"invented: {order}"
        for key, row in one.accounts:
            if (key, _value(row)) not in values:
                yield f"invented: {key} as {_value(row)}"


# Alarms


def _alarms(world: World) -> Iterator[str]:
    is_kept_back = False
    for taken in world.taken:
        if isinstance(taken.event, DecodeFailed):
            # What it was about is told by whichever comparison is next.
            is_kept_back = True
        elif isinstance(taken.event, Resynced):
            if taken.event.reason == "audit" and not is_kept_back:
                yield f"alarm: an audit has told {taken.event}"
            is_kept_back = False
