"""The ledger answers what was told, when, and which telling was a repeat."""

from __future__ import annotations

from sixmm.cli.claims import balance_values
from sixmm.cli.history import History
from sixmm.cli.ledger import Ledger

from .world import World, streamed, told_by_rest

_USDT = ("balance", "USDT")


def _ledger(world: World) -> tuple[History, Ledger]:
    history = History(world.log)
    return history, Ledger(history)


def test_streamed() -> None:
    """Only an entry whose own text was delivered counts as streamed."""
    world = World()
    world.place()
    history, ledger = _ledger(world)

    assert ledger.take(streamed(world.log[0])) is None

    assert ledger.was_streamed(history.sent[0])
    assert not ledger.was_streamed(history.sent[1])


def test_reasons() -> None:
    """A repeat is named after the first thing that it repeats."""
    world = World()
    world.fill(world.place())
    _, ledger = _ledger(world)
    fill = world.log[3]
    ledger.take(streamed(fill))
    ledger.take(told_by_rest(world.log[2].data, ts=1))

    assert ledger.take(streamed(fill)) == "the same push"
    assert ledger.take(told_by_rest(fill.data, ts=1)) == "fill f1"
    assert ledger.take(told_by_rest(world.log[2].data, ts=2)) == "balance/USDT"


def test_told_values_only_after_what_came_before() -> None:
    """A snapshot tells of an entry only if it came after the pushes before that entry."""
    world = World()
    world.place()
    world.cancel(world.place())
    history, ledger = _ledger(world)
    accounts = [e for e in history.sent if e.claims.account]
    first, _, third = accounts
    values = third.claims.account[_USDT]

    ledger.take(told_by_rest(world.log[third.seq - 1].data, ts=third.ts_ms))
    ledger.take(streamed(world.log[first.seq - 1]))

    assert ledger.told_values(_USDT, values, first.seq)
    assert not ledger.told_values(_USDT, balance_values("7", "7", "7"), first.seq)
    assert not ledger.told_values(_USDT, values, third.seq)
    assert not ledger.told_values(("balance", "BTC"), values, third.seq)


def test_later_values() -> None:
    """A push of a later entry, or a snapshot of a later time, tells something later."""
    world = World()
    world.place()
    world.place()
    history, ledger = _ledger(world)
    first, second = (e for e in history.sent if e.claims.account)

    assert not ledger.told_later_values(_USDT, first)
    ledger.take(told_by_rest(world.log[second.seq - 1].data, ts=second.ts_ms - 1))
    assert not ledger.told_later_values(_USDT, second)
    ledger.take(told_by_rest(world.log[first.seq - 1].data, ts=second.ts_ms))
    assert ledger.told_later_values(_USDT, second)
    ledger.take(streamed(world.log[second.seq - 1]))
    assert ledger.told_later_values(_USDT, first)
    assert ledger.final_values(_USDT) == balance_values("1000", "2", "0")


def test_pushes_out_of_order() -> None:
    """The newest push counts, in whatever order pushes were delivered."""
    world = World()
    for _ in range(3):
        world.place()
    history, ledger = _ledger(world)
    accounts = [e for e in history.sent if e.claims.account]

    for entry in (accounts[2], accounts[0]):
        ledger.take(streamed(world.log[entry.seq - 1]))

    assert ledger.told_later_values(_USDT, accounts[1])
    assert not ledger.told_later_values(_USDT, accounts[2])


def test_orders() -> None:
    """A state counts as told when its own time was told, and as overtaken by a later one."""
    world = World()
    order_id = world.place(price="100")
    world.amend(order_id, price="101")
    world.amend(order_id, price="100")
    history, ledger = _ledger(world)
    resting, amended, back = (
        e.claims.order for e in history.sent[1:] if e.claims.order is not None
    )
    assert resting is not None
    assert amended is not None
    assert back is not None

    ledger.take(streamed(world.log[1]))

    assert ledger.told_state(resting)
    assert not ledger.told_state(back)
    assert not ledger.told_later_order(amended)
    ledger.take(streamed(world.log[4]))
    assert ledger.told_state(back)
    assert ledger.told_later_order(amended)


def test_end_as_it_was_told_last() -> None:
    """An order ends as its last telling says, and not as an earlier one does."""
    world = World()
    order_id = world.place()
    world.cancel(order_id)
    history, ledger = _ledger(world)
    resting, end = (history.sent[i].claims.order for i in (1, 3))
    assert resting is not None
    assert end is not None

    assert not ledger.ends_as(end)
    ledger.take(streamed(world.log[3]))
    assert ledger.ends_as(end)
    ledger.take(streamed(world.log[1]))
    assert not ledger.ends_as(end)
    assert ledger.disorders == [f"event 1: order {order_id} PENDING 0 after CANCELED"]


def test_state_without_time() -> None:
    """A state that is told without its time tells itself, and nothing later."""
    world = World()
    world.place()
    history, ledger = _ledger(world)
    new, resting = (e.claims.order for e in history.sent[:2])
    assert new is not None
    assert resting is not None

    ledger.take(told_by_rest({**world.log[1].data, "updatedAt": None}, ts=1))

    assert ledger.told_state(resting)
    assert not ledger.told_state(new)
    assert not ledger.told_later_order(new)
