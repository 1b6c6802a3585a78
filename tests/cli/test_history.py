"""The log is counted, and what each entry changed is known."""

from __future__ import annotations

import attrs

from sixmm.cli.claims import NOTHING_HELD, balance_values, claims_of_data
from sixmm.cli.history import History

from .world import World

_USDT = ("balance", "USDT")


def test_counts_what_follows() -> None:
    """Entries after the given number are sent; those before it are only known."""
    world = World()
    world.place()
    world.place()

    history = History(world.log, after_seq=3)

    assert [entry.seq for entry in history.sent] == [4, 5, 6]
    assert len(history.by_text) == 6


def test_values_before() -> None:
    """The values before the first sent entry are those of the last entry before it."""
    world = World()
    world.place()
    world.place()

    history = History(world.log, after_seq=3)

    assert history.before(_USDT) == balance_values("1000", "1", "0")
    assert history.before(("position", "BTCUSDT", "BOTH")) == NOTHING_HELD
    assert History(world.log).before(_USDT) is None


def test_states_are_counted() -> None:
    """A state that an order reached twice is counted twice."""
    world = World()
    order_id = world.place(price="100")
    world.amend(order_id, price="101")
    world.amend(order_id, price="100")
    state = claims_of_data(world.log[-1].data).order

    assert state is not None
    assert History(world.log).states[state.state] == 2


def test_news() -> None:
    """An entry knows which balances and positions it changed."""
    world = World()
    world.fill(world.place())
    entries = History([*world.log, world.log[-1]]).sent

    assert entries[0].news == frozenset()
    assert entries[-2].news == {_USDT, ("position", "BTCUSDT", "BOTH")}
    assert entries[-1].news == frozenset()


def test_end_of_an_order() -> None:
    """The last entry of an order is its end where the order can go no further."""
    world = World()
    world.place()
    world.cancel(world.place())
    entries = History(world.log).sent

    history = History(world.log)
    late = History([*world.log, attrs.evolve(world.log[0], data=world.log[3].data, seq=99)])

    assert [e.seq for e in entries if history.is_end(e)] == [7]
    assert not any(late.is_end(entry) for entry in entries)


def test_words() -> None:
    """An entry is described by its number and what it is about."""
    world = World()
    order_id = world.place()
    world.fill(order_id)

    words = [str(entry) for entry in History(world.log).sent]

    assert words[0] == f"entry 1: order {order_id} NEW"
    assert words[2] == "entry 3: balance/USDT"
    assert words[3] == f"entry 4: order {order_id} PARTIALLY_FILLED, fill f1"
