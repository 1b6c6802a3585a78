"""What a RocketFi client told, held against the log: each way to be wrong is found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs
import pytest

from sixmm.cli.audit import Audit
from sixmm.cli.rocketfi_audit import audit_rocketfi
from sixmm.events import Event, Origin
from sixmm.sim.rocketfi import Account, RocketFiExchange
from sixmm.state.account import Account as Mirror
from sixmm.state.account import AccountMirror
from sixmm.venues.rocketfi import decode
from sixmm.venues.rocketfi.facts import facts_of


class World:
    """A server that nobody listens to, and what its pushes would have told."""

    def __init__(self) -> None:
        self.exchange = RocketFiExchange(seed=3, running=False)
        self.account: Account = self.exchange.create_account(scripted=False)
        self.before = self.exchange.truth(self.account)

    def trade(self) -> None:
        """Place an order, fill it in part, cancel the rest; place another and have one refused."""
        order = self.exchange.place_order(self.account, quantity="2", price="85000")
        self.exchange.fill_order(self.account, order, quantity="1")
        self.exchange.cancel_order(self.account, order)
        self.exchange.place_order(self.account, quantity="1", price="84000")
        self.exchange.reject_order(self.account)

    @property
    def pushes(self) -> list[Event]:
        """Everything that the stream would have told, as events."""
        log = self.exchange.private_log(self.account)
        return [decode(entry.text, received_at=entry.ts_ms) for entry in log]

    def judge(self, events: Sequence[Event]) -> Audit:
        """Hold events against the log; the picture is made of all that was pushed."""
        return audit_rocketfi(
            self.exchange.private_log(self.account),
            events,
            truth=self.exchange.truth(self.account),
            before=self.before,
            mirror=self._mirror(),
        )

    def _mirror(self) -> Mirror:
        mirror = AccountMirror()
        for event in self.pushes:
            facts = facts_of(event, account=self.account.address)
            if facts is not None:
                mirror.apply(facts)
        return mirror.picture()


@pytest.fixture
def world() -> World:
    """A world in which something has happened."""
    made = World()
    made.trade()
    return made


def kind_of(event: Event) -> str:
    """Return what happened to an order first, or the class of the event."""
    rows: Any = getattr(event, "order_events", ())
    return str(rows[0].type) if rows else type(event).__name__


def by_rest(event: Event) -> Event:
    """Return the event as a comparison would tell it."""
    return attrs.evolve(event, origin=Origin.REST, raw="")


def test_everything_streamed(world: World) -> None:
    """What was told as it was pushed is streamed, and nothing is wrong."""
    found = world.judge(world.pushes)

    assert found.clean
    assert found.sent == found.streamed == found.delivered > 8


def test_everything_told_by_rest(world: World) -> None:
    """The same by comparisons is recovered."""
    found = world.judge([by_rest(event) for event in world.pushes])

    assert (found.lost, found.inventions, found.disorders) == (0, (), ())
    assert found.streamed == 0
    assert found.recovered > 8


@pytest.mark.parametrize("kind", ["fill", "canceled", "rejected"])
def test_what_has_to_be_told_by_itself(world: World, kind: str) -> None:
    """A fill, a cancel and a rejection are lost where nothing tells them."""
    found = world.judge([event for event in world.pushes if kind_of(event) != kind])

    assert found.lost == 1
    assert not found.clean


def test_a_later_state_will_do(world: World) -> None:
    """Where an order that is open was placed is told by what came later."""
    found = world.judge([event for event in world.pushes if kind_of(event) != "placed"])

    assert found.clean
    assert found.superseded > 0


def test_what_comes_twice(world: World) -> None:
    """A push, a fill by both ways, and a balance that was told already."""
    pushes = world.pushes
    fill = next(event for event in pushes if kind_of(event) == "fill")
    balance = next(event for event in reversed(pushes) if kind_of(event) == "CollateralUpdate")

    assert world.judge([*pushes, pushes[-1]]).duplicated > 0
    assert world.judge([*pushes, by_rest(fill)]).duplicated == 1
    assert world.judge([*pushes, by_rest(balance)]).duplicated == 1


def test_what_goes_back(world: World) -> None:
    """Pushes in another order than they were sent."""
    pushes = world.pushes

    assert world.judge(pushes[::-1]).disorders


def test_what_never_was(world: World) -> None:
    """A push, an event of an order, and a balance that the log does not have."""
    other = World()
    other.exchange.deposit(other.account, "5")
    other.exchange.place_order(other.account, quantity="3", price="1")
    foreign = other.pushes

    for told in (foreign[0], by_rest(foreign[0])):
        assert world.judge([*world.pushes, told]).inventions


def test_a_picture_that_differs(world: World) -> None:
    """What the client holds at the end is compared, too."""
    pushes = world.pushes
    found = world.judge(pushes)
    assert found.differences == ()
    truth = world.exchange.truth(world.account)
    truth["collateral"]["0"] = "1"
    again = audit_rocketfi(
        world.exchange.private_log(world.account),
        pushes,
        truth=truth,
        before=world.before,
        mirror=world._mirror(),
    )

    assert len(again.differences) == 1
    assert again.lost == 1
