"""The trading script repeats itself for a seed, and keeps its positions and orders bounded."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sixmm.cli.script import INSTRUMENTS, Action, Amend, BeTaken, Cancel, Rest, Script, Take


def _play(seed: int, count: int = 300) -> list[Action]:
    script = Script(seed)
    return [script.next(open_orders=["1", "2"], held={"BTCUSDT": 3}) for _ in range(count)]


def test_seeded() -> None:
    """The same seed gives the same actions, another seed others."""
    assert _play(7) == _play(7)
    assert _play(7) != _play(8)


def test_variety() -> None:
    """A run has every kind of action, on every contract and on both sides."""
    actions = _play(7)
    places = [a for a in actions if isinstance(a, Rest | Take | BeTaken)]

    assert {type(action) for action in actions} == {Rest, Take, BeTaken, Amend, Cancel}
    assert {a.instrument for a in places} == set(INSTRUMENTS)
    assert {a.side for a in places} == {"BUY", "SELL"}
    assert any(isinstance(a, BeTaken) and len(a.parts) > 1 for a in actions)


def test_nothing_open() -> None:
    """Without an open order nothing is amended or cancelled."""
    script = Script(7)
    actions = [script.next(open_orders=[], held={}) for _ in range(200)]

    assert not any(isinstance(action, Amend | Cancel) for action in actions)


def test_many_open() -> None:
    """With too many open orders the oldest is cancelled."""
    orders = [str(i) for i in range(50)]

    assert Script(7).next(open_orders=orders, held={}) == Cancel("0")


@pytest.mark.parametrize(("held", "side"), [(1_000, "SELL"), (-1_000, "BUY")])
def test_way_back(held: int, side: str) -> None:
    """A position that has gone far is only reduced."""
    script = Script(7)
    everywhere = {instrument.symbol: held for instrument in INSTRUMENTS}
    actions = [script.next(open_orders=[], held=everywhere) for _ in range(100)]

    assert {a.side for a in actions if isinstance(a, Rest | Take | BeTaken)} == {side}


def test_prices_lie_on_the_grid() -> None:
    """A price is rounded down to a step, and is never 0."""
    bitcoin = INSTRUMENTS[0]

    assert bitcoin.price(Decimal("86500.17")) == Decimal("86500.1")
    assert bitcoin.price(Decimal("0.01")) == bitcoin.tick
