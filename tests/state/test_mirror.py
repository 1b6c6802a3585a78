"""The mirror against one that is written as plainly as possible: the same verdicts and picture."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sixmm.state.account import AccountMirror
from sixmm.state.models import Balance, Facts, Fill, Order, Position
from sixmm.state.pushes import AccountPush, OrderPush
from sixmm.state.values import values_of

from .reference import PlainMirror
from .strategies import balances, fills, orders, positions

_BOUNDS = {"max_ended_orders": 2, "max_fills": 3}
_order_pushes = st.builds(
    lambda ts_ms, order, fill: Facts(ts_ms=ts_ms, orders=(order,), fills=fill),
    st.integers(0, 4),
    orders,
    st.just(()) | st.tuples(fills),
)
_account_pushes = st.builds(
    Facts,
    ts_ms=st.integers(0, 4),
    positions=st.lists(positions, max_size=2).map(tuple),
    balances=st.lists(balances, max_size=2).map(tuple),
)
_odd_pushes = st.builds(
    Facts,
    ts_ms=st.integers(0, 4),
    orders=st.lists(orders, max_size=2).map(tuple),
    fills=st.lists(fills, max_size=2).map(tuple),
    balances=st.lists(balances, max_size=1).map(tuple),
)
_pushes = st.tuples(
    _order_pushes | _account_pushes | _odd_pushes, st.sampled_from(["", "a", "b", "c", "d"])
).map(lambda push: attrs.evolve(push[0], push=push[1] and f"{push[1]} at {push[0].ts_ms}"))


@attrs.frozen
class Snapped:
    """A row of a snapshot, which has everything up to a time."""

    row: Any
    known_ms: int


_snapped = st.builds(Snapped, positions | balances, st.integers(0, 4))
_tellings = st.one_of(
    _pushes, _pushes, _pushes, orders, orders, fills, _snapped, _snapped, st.just("read")
)
# Out of a few tellings, so that most of them are told more than once and in every order.
_steps = st.lists(_tellings, min_size=2, max_size=8).flatmap(
    lambda some: st.lists(st.sampled_from(some), max_size=40)
)


def walk(chance: random.Random) -> list[Any]:
    """Return tellings of one order and one row of each kind: nearly all bear on each other."""
    position = Position(symbol="S", position_side="LONG", quantity=Decimal(1))
    amounts = [Decimal(1), Decimal(1), None]

    def step() -> Any:
        state = Order(
            order_id="1",
            status="X",
            rank=chance.choice([1, 1, 1, 2, 3]),
            price=chance.choice(amounts),
            updated_at_ms=chance.choice([1, 1, 2, 2, 3, None]),
        )
        fill = Fill(fill_id=chance.choice("abcde"), order_id="1")
        balance = Balance(asset="U", wallet=chance.choice([Decimal(1), Decimal(2), None]))
        push = chance.choice(["", "", "a", "b"])
        at_ms = chance.choice([0, 1, 2])
        told = [
            Facts(ts_ms=at_ms, push=push and f"{push} at {at_ms}", orders=(state,)),
            Facts(ts_ms=at_ms, orders=(state,), fills=(fill,)),
            Facts(ts_ms=at_ms, balances=(balance,), positions=(position,)),
            *(Facts(ts_ms=at_ms, balances=(balance,)), state, fill, "read"),
            *(Snapped(balance, chance.choice([0, 1, 2])), Snapped(position, at_ms)),
        ]
        return chance.choice(told)

    return [step() for _ in range(30)]


def lazily(facts: Facts) -> Facts:
    """Return facts in the form that a venue gives them, where there is one."""
    if len(facts.orders) == 1 and len(facts.fills) < 2 and not facts.balances:
        fill = values_of(facts.fills[0]) if facts.fills else None
        return OrderPush(facts.ts_ms, facts.push, values_of(facts.orders[0]), fill)
    if facts.orders or facts.fills:
        return facts
    rows = [values_of(row) for row in facts.positions], [values_of(row) for row in facts.balances]
    return AccountPush(facts.ts_ms, facts.push, *rows)


def verdict(mirror: AccountMirror, plain: PlainMirror, step: Any) -> tuple[object, object]:
    """Return what the two say about one telling."""
    if isinstance(step, Facts):
        is_new = mirror.apply(lazily(step))
        return (is_new, bool(mirror.take_late())), (plain.apply(step), plain.was_late)
    if isinstance(step, Order):
        return mirror.tell_order(step).value, plain.tell_order(step)
    if isinstance(step, Fill):
        return mirror.tell_fill(step), plain.tell_fill(step)
    if isinstance(step, Snapped) and isinstance(step.row, Position):
        said = mirror.tell_position(step.row, known_ms=step.known_ms)
        return said, plain.tell_row(step.row, step.known_ms)
    if isinstance(step, Snapped):
        said = mirror.tell_balance(step.row, known_ms=step.known_ms)
        return said, plain.tell_row(step.row, step.known_ms)
    mirror.picture()
    return None, None


def compare(steps: list[Any]) -> None:
    """Check that both mirrors say the same of every telling, and show the same in the end."""
    mirror, plain = AccountMirror(**_BOUNDS), PlainMirror(**_BOUNDS)
    for step in steps:
        said, expected = verdict(mirror, plain, step)
        assert said == expected

    picture = mirror.picture()
    assert picture.orders == plain.orders
    assert list(picture.fills) == plain.fills
    told = plain.rows.items()
    assert picture.balances == {key: row for key, row in told if isinstance(row, Balance)}
    held = {key: row for key, row in told if isinstance(row, Position) and row.quantity}
    assert picture.positions == held


@settings(max_examples=300)
@given(_steps)
def test_any_sequence_of_pushes_and_snapshots(steps: list[Any]) -> None:
    """Every verdict is that of the plain rules, and so is the picture, whenever it is read."""
    compare(steps)


@pytest.mark.parametrize("seed", range(10))
def test_many_tellings_of_few_things(seed: int) -> None:
    """The same for sequences in which each telling meets the traces of others."""
    chance = random.Random(seed)
    for _ in range(100):
        compare(walk(chance))


@settings(max_examples=300)
@given(_steps)
def test_facts_may_come_in_either_form(steps: list[Any]) -> None:
    """What a push tells does not depend on whether its parts were made already."""
    one, other = AccountMirror(**_BOUNDS), AccountMirror(**_BOUNDS)
    for step in steps:
        if isinstance(step, Facts):
            assert one.news_of(lazily(step)) == other.news_of(step)
            assert one.apply(lazily(step)) is other.apply(step)
        else:
            for mirror in (one, other):
                verdict(mirror, PlainMirror(**_BOUNDS), step)

    assert one.picture() == other.picture()
    assert one.baseline() == other.baseline()
