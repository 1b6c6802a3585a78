"""Through any number of cuts: every fill is told once, and the mirror is the account.

The parts of this folder are put together as the engine does it: what is pushed while a link is up,
a snapshot after each new one, and the merge of both. There is no socket and no thread: the server's
log is the stream, and its calls are made directly, with things happening between any two of them.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest

from sixmm.codec import dump_json, parse_json
from sixmm.state.account import AccountMirror
from sixmm.state.models import Facts, Order, Snapshot
from sixmm.stream.reconcile import OrderChange, reconcile, torn_orders, without_orders
from sixmm.venues.rocketfi import decode
from sixmm.venues.rocketfi.facts import facts_of, partly_filled
from sixmm.venues.rocketfi.snapshot import snapshot_plan

pytest.importorskip("aiohttp", reason="the embedded exchange needs the extra 'sim'")

SEEDS = range(10)
LINKS = 8
MOST_READS = 20
MANNERS: list[dict[str, Any]] = [
    {},
    {"newest_first": False, "instrument_ids": "mixed", "most_rows": 7},
    {"partial_updates": False, "closed_orders": "shown"},
    {"copies": 2},
]


class Clock:
    """A clock that goes on by a few milliseconds, or by none, whenever it is asked."""

    def __init__(self, seed: int) -> None:
        """Begin some time ago."""
        self._random = random.Random(seed)
        self._now = 1_700_000_000_000

    def __call__(self) -> int:
        """Return the time."""
        self._now += self._random.choice((0, 0, 1, 5))
        return self._now


class World:
    """A server without sockets, and a client that is told what its links carry."""

    def __init__(self, seed: int, *, copies: int = 1, **manners: Any) -> None:
        """Open one account that trades by a script; each push comes in so many copies."""
        from sixmm.sim.rocketfi import world
        from sixmm.sim.rocketfi.core import Core
        from sixmm.sim.rocketfi.feeds import Feeds
        from sixmm.sim.rocketfi.ledger import Ledger
        from sixmm.sim.rocketfi.manners import Manners
        from sixmm.sim.rocketfi.market import INSTRUMENTS

        self.address = "0x" + "a" * 40
        self.clock = Clock(seed)
        self.random = random.Random(f"cuts:{seed}")
        self.core = Core(INSTRUMENTS, seed=seed, manners=Manners(**manners), clock_ms=self.clock)
        self.ledger = Ledger(self.address, {0: Decimal(10_000)}, self.core.order_ids)
        self.core.ledgers[self.address] = self.ledger
        self.world = world.World(self.core, Feeds(self.core))
        self.world.follow(self.ledger)
        self.mirror = AccountMirror()
        self.told: Counter[str] = Counter()
        self._copies = copies
        self._read = 0

    def happen(self, most: int) -> None:
        """Let a few things happen."""
        self.world.step(self.random.randint(0, most))

    def pushed(self) -> list[Facts]:
        """Return the facts that were pushed since the last look."""
        entries = self.core.log.after(self.address, self._read)
        self._read = entries[-1].seq if entries else self._read
        found = [
            facts_of(decode(entry.text), account=self.address, at_ms=entry.ts_ms)
            for entry in entries
            for _ in range(self._copies)
        ]
        return [facts for facts in found if facts is not None]

    def hear(self, pushed: Iterable[Facts]) -> None:
        """Take over pushes, and count the fills of those that are told."""
        for facts in pushed:
            if self.mirror.apply(facts):
                self.told.update(fill.fill_id for fill in facts.fills)

    def read(self) -> Snapshot:
        """Return the account as REST tells it; things happen between the calls."""
        from sixmm.sim.rocketfi.rest import answer

        plan = snapshot_plan(self.address, self.mirror.baseline(), now_ms=self.clock())
        call = next(plan)
        while True:
            reply = answer(self.core, call.method, call.path, urlencode(call.query))
            assert reply.status == 200
            assert call.result is not None
            result = call.result(parse_json(dump_json(reply.body)))
            self.happen(1)
            try:
                call = plan.send(result)
            except StopIteration as end:
                told: Snapshot = end.value
                return told

    def resync(self) -> None:
        """Do what follows a new link: read, merge, tell; once more while it could not be whole."""
        self.happen(2)
        for _ in range(MOST_READS):
            if self._merge(self.read(), self.pushed()):
                return
        raise AssertionError("the account could not be read while nothing else happened")

    def _merge(self, snapshot: Snapshot, buffered: list[Facts]) -> bool:
        """Tell what the snapshot shows, then what was pushed; return whether it was whole.

        An order that was filled while it was read is left to the next reading.
        """
        torn = torn_orders(self.mirror, snapshot, buffered)
        whole = without_orders(snapshot, torn) if torn else snapshot
        for change in reconcile(self.mirror, whole, buffered, partly_filled=partly_filled):
            if isinstance(change, OrderChange) and change.fill is not None:
                self.told[change.fill.fill_id] += 1
        self.hear(buffered)
        self.mirror.mark_checked(whole.as_of_ms, unchecked=whole.unchecked)
        return not whole.unchecked

    def miss(self) -> None:
        """Let things happen that no link carries."""
        self.mirror.mark_stale()
        self.happen(12)
        self.pushed()

    def start(self) -> None:
        """Begin: what was there before is not told."""
        self.happen(20)
        self.pushed()
        self.mirror.begin(self.clock())
        snapshot = self.read()
        buffered = self.pushed()
        torn = torn_orders(self.mirror, snapshot, buffered)
        self.mirror.adopt(without_orders(snapshot, torn))
        self.hear(buffered)


@pytest.mark.parametrize("manners", MANNERS, ids=lambda manners: ",".join(manners) or "usual")
@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_lost_and_nothing_is_doubled(seed: int, manners: dict[str, Any]) -> None:
    """Of all fills since the beginning each is told once, and the account is what it is."""
    world = World(seed, **manners)
    world.start()
    before = {fill.fill_id for fill in world.mirror.picture().fills}
    for _ in range(LINKS):
        world.happen(10)
        world.hear(world.pushed())
        world.miss()
        world.resync()
    world.hear(world.pushed())

    assert {fill: count for fill, count in world.told.items() if count > 1} == {}
    assert {*world.told, *before} == set(fills_of(world))
    assert_same(world)


def fills_of(world: World) -> list[str]:
    """Return the names of all fills that there were."""
    rows = [event for event in world.ledger.events if event.variant == "fill"]
    named = [(event.order_id, event.fields or {}) for event in rows]
    return [
        f"{order_id}-{fields['timestamp']}-{_plain(fields['remaining_size'])}"
        for order_id, fields in named
    ]


def _plain(value: Any) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def assert_same(world: World) -> None:
    """The mirror has the orders, positions and collateral of the ledger."""
    picture = world.mirror.picture()
    known: dict[str, Order] = {key: one for key, one in picture.orders.items() if one.is_open}
    assert known.keys() == set(map(str, world.ledger.orders))
    for order_id, order in world.ledger.orders.items():
        told = known[str(order_id)]
        assert (told.price, told.quantity) == (order.price, order.quantity)
        assert told.executed_quantity == order.filled
    assert {key[0]: held.quantity for key, held in picture.positions.items()} == {
        key: held.quantity for key, held in world.ledger.positions.items() if held.quantity
    }
    assert picture.balances["0"].wallet == world.ledger.collateral[0]
