"""The lock, the clock and the waking of connections."""

from __future__ import annotations

from decimal import Decimal, localcontext

from sixmm.sim.rocketfi.core import Core
from sixmm.sim.rocketfi.log import RequestRecord
from sixmm.sim.rocketfi.manners import Manners
from sixmm.sim.rocketfi.market import INSTRUMENTS


def core() -> Core:
    """Return a core whose clock stands still."""
    return Core(INSTRUMENTS, seed=7, manners=Manners(), clock_ms=lambda: 1_000_000)


def test_the_clock_is_off_by_the_skew() -> None:
    """What the server tells as the time can be wrong."""
    own = core()
    own.faults.skew_ms = -5

    assert own.now_ms() == 999_995


def test_money_is_reckoned_the_same_on_every_thread() -> None:
    """The decimal context of the caller does not matter."""
    own = core()
    with localcontext() as context:
        context.prec = 2
        with own.transaction():
            assert Decimal(1) / 3 != Decimal("0.33")


def test_a_change_is_announced_and_a_look_is_not() -> None:
    """Who waits is woken by changes, and not by others who look."""
    own = core()
    own.record(RequestRecord(method="GET", path="/a", query="", status=200))

    assert own.change.wait_until(lambda: own.requests, timeout=10)
    with own.reading() as seen:
        assert len(seen.markets) == 2
