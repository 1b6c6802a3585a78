"""Every way in which the client's picture can differ from the exchange's is found and named."""

from __future__ import annotations

from decimal import Decimal

import attrs
import pytest

from sixmm.cli.picture import differences, true_values
from sixmm.state.account import Account
from sixmm.state.models import Balance

from .world import World, mirror_of


@pytest.fixture
def world() -> World:
    """An account with a resting order, a filled part, and a position."""
    made = World()
    made.fill(made.place())
    return made


def _mirror(world: World, **changes: object) -> Account:
    return attrs.evolve(mirror_of(world), **changes)  # type: ignore[arg-type]


def test_equal(world: World) -> None:
    """Pictures of the same account do not differ."""
    assert list(differences(mirror_of(world), world.truth())) == []


def test_stale(world: World) -> None:
    """A part that the client calls stale is a difference."""
    assert list(differences(_mirror(world, stale=("fills",)), world.truth())) == ["fills stale"]


def test_orders(world: World) -> None:
    """An open order is missing, unexpected, or differs in one of its figures."""
    (order_id,) = world.open_orders
    mirror = mirror_of(world)
    changed = attrs.evolve(mirror.orders[order_id], price=Decimal(7))
    ended = {**world.truth(), "open_orders": {}}

    found = differences(_mirror(world, orders={}), world.truth())
    assert list(found) == [f"open order {order_id} missing"]
    assert list(differences(mirror, ended)) == [f"open order {order_id} unexpected"]
    found = differences(_mirror(world, orders={order_id: changed}), world.truth())
    assert list(found) == [f"open order {order_id} differs"]


def test_positions(world: World) -> None:
    """An open position that the client does not have is a difference."""
    found = list(differences(_mirror(world, positions={}), world.truth()))

    assert found == ["position/BTCUSDT/BOTH missing"]


def test_balances(world: World) -> None:
    """Another balance is a difference; one that is worth nothing need not be listed."""
    balances = mirror_of(world).balances
    nothing = Balance(asset="BTC", wallet=Decimal(0), frozen=Decimal(0), used=Decimal(0))
    less = attrs.evolve(balances["USDT"], wallet=Decimal(1))

    more = {**balances, "BTC": nothing}
    assert list(differences(_mirror(world, balances=more), world.truth())) == []
    found = differences(_mirror(world, balances={"USDT": less}), world.truth())
    assert list(found) == ["balance/USDT differs"]


def test_fills(world: World) -> None:
    """A fill that the client does not remember is a difference."""
    found = list(differences(_mirror(world, fills=()), world.truth()))

    assert found == ["fill f1 missing"]


def test_true_values(world: World) -> None:
    """The exchange's picture has a value for each balance and each open position."""
    assert set(true_values(world.truth())) == {
        ("balance", "USDT"),
        ("position", "BTCUSDT", "BOTH"),
    }
