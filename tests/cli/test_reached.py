"""What the exchange's log has at some time is known, and nothing else is."""

from __future__ import annotations

from typing import Any

import pytest

from sixmm.cli.claims import balance_values, claims_of_data
from sixmm.cli.reached import Reached

from .world import World

_USDT = ("balance", "USDT")


def _life() -> tuple[Reached, dict[str, Any]]:
    """Return what was reached, and the data of a fill at 101 of an order that began at 100."""
    world = World()
    order_id = world.place()
    world.fill(order_id)
    world.amend(order_id, price="101")
    world.fill(order_id)
    reached = Reached()
    for entry in world.log:
        reached.add(claims_of_data(entry.data))
    return reached, world.log[6].data


def test_everything_of_the_log() -> None:
    """Each entry of the log was reached, whoever tells it."""
    world = World()
    world.fill(world.place())
    reached = Reached()
    for entry in world.log:
        reached.add(claims_of_data(entry.data))

    for by_rest in (False, True):
        told = [reached.invention_in(claims_of_data(e.data), by_rest=by_rest) for e in world.log]
        assert told == [None] * len(world.log)


def test_rebuilt_state() -> None:
    """Only a snapshot may tell a fill with the price of another time, and no other price."""
    reached, fill = _life()
    other = claims_of_data({**fill, "price": "100"})
    never = claims_of_data({**fill, "price": "102"})

    assert reached.invention_in(other, by_rest=True) is None
    assert reached.invention_in(other, by_rest=False) is not None
    assert reached.invention_in(never, by_rest=True) is not None


def test_gaps() -> None:
    """What is not told is not invented."""
    reached, fill = _life()
    gaps = {"price": None, "symbol": None, "lastPrice": None, "handlingFee": None}

    assert reached.invention_in(claims_of_data({**fill, **gaps}), by_rest=True) is None


@pytest.mark.parametrize("name", ["symbol", "side"])
def test_another_kind_of_order(name: str) -> None:
    """An order of another symbol or side is another order."""
    reached, fill = _life()
    row = {k: v for k, v in fill.items() if k != "fillId"}

    assert reached.invention_in(claims_of_data(row), by_rest=True) is None
    assert reached.invention_in(claims_of_data({**row, name: "OTHER"}), by_rest=True) is not None


def test_truth() -> None:
    """Values that only the exchange's picture has were reached too."""
    reached, _ = _life()
    balance = {"assetType": "USDT", "walletBalance": "5", "frozenBalance": "0", "usedMargin": "0"}
    claims = claims_of_data({"eventType": "ACCOUNT_UPDATE", "balances": [balance]})

    assert reached.invention_in(claims, by_rest=True) == "balance/USDT never was"
    reached.add_values({_USDT: balance_values("5", "0", "0")})
    assert reached.invention_in(claims, by_rest=True) is None
