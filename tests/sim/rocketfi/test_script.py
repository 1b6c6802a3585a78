"""What scripted accounts do."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from sixmm.sim.rocketfi.ledger import Ledger
from sixmm.sim.rocketfi.market import INSTRUMENTS, Market
from sixmm.sim.rocketfi.script import MOST_ORDERS, Script

NOW = 1_700_000_000_000


def run(seed: int, steps: int) -> tuple[Ledger, list[int]]:
    """Return an account after so many steps, and how many orders were open after each."""
    markets = [Market.open(instrument, seed, NOW) for instrument in INSTRUMENTS]
    ledger = Ledger("0xa", {0: Decimal(1000)}, Ledger.order_ids())
    script, counts = Script(seed, "0xa"), []
    for step in range(steps):
        script.step(ledger, markets, NOW + step)
        counts.append(len(ledger.orders))
    return ledger, counts


def test_everything_happens() -> None:
    """A thousand steps have every kind of event, partial fills and funding among them."""
    ledger, counts = run(7, 1000)
    variants = Counter(event.variant for event in ledger.events)
    fills = [event.fields or {} for event in ledger.events if event.variant == "fill"]

    assert variants.keys() == {"placed", "fill", "modified", "canceled", "rejected"}
    assert min(variants.values()) > 10
    assert {fill["is_filled"] for fill in fills} == {True, False}
    assert ledger.funding
    assert max(counts) <= MOST_ORDERS


def test_the_same_seed_does_the_same() -> None:
    """Runs can be repeated, and differ by seed."""
    events = [run(seed, 100)[0].events for seed in (7, 7, 8)]

    assert events[0] == events[1] != events[2]


def test_every_fill_can_be_told_from_every_other() -> None:
    """Of one order no two fills leave the same rest at the same time."""
    ledger, _ = run(9, 2000)
    fills = [event for event in ledger.events if event.variant == "fill"]
    names = {
        (event.order_id, event.fields["timestamp"], event.fields["remaining_size"])
        for event in fills
        if event.fields is not None
    }

    assert len(names) == len(fills)
