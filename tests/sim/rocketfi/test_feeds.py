"""Which push goes where, and with what in it."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from sixmm.sim.rocketfi.core import Core
from sixmm.sim.rocketfi.feeds import Feeds
from sixmm.sim.rocketfi.hub import Outlet
from sixmm.sim.rocketfi.ledger import Ledger, Touched
from sixmm.sim.rocketfi.manners import Manners
from sixmm.sim.rocketfi.market import INSTRUMENTS
from sixmm.sim.rocketfi.topics import INTERVALS, Topic

ADDRESS = "0x" + "a" * 40
BTC, ETH = INSTRUMENTS


class World:
    """A core with one account and one outlet, and no threads."""

    def __init__(self, **manners: Any) -> None:
        """Begin with nothing subscribed."""
        switches = Manners(checksum_case=False, **manners)
        self.core = Core(INSTRUMENTS, seed=7, manners=switches, clock_ms=lambda: 5)
        self.feeds = Feeds(self.core)
        self.ledger = Ledger(ADDRESS, {0: Decimal(1000)}, self.core.order_ids)
        self.core.ledgers[ADDRESS] = self.ledger
        self.outlet = Outlet(1000)
        self.core.hub.add(self.outlet)

    def subscribe(self, kind: str, **members: Any) -> Topic:
        """Subscribe the outlet."""
        topic = Topic(kind=kind, **members)
        self.core.hub.subscribe(self.outlet, [topic.key])
        return topic

    def tell(self, touched: Touched) -> None:
        """Tell a change of the account."""
        self.feeds.tell(self.ledger, touched)

    def place(self, *, instrument: Any = BTC) -> Any:
        """Place an order and tell it; return it."""
        order, touched = self.ledger.place(
            instrument, side="Buy", quantity=Decimal(2), price=Decimal(9), now_ms=5
        )
        self.tell(touched)
        return order

    def fill(self, order: Any, quantity: str = "2") -> None:
        """Fill an order and tell it."""
        self.tell(self.ledger.fill(order, Decimal(quantity), Decimal(9), now_ms=6, passive=True))

    def told(self) -> list[tuple[str, Any]]:
        """Return what waits in the outlet, as names and payloads, and empty it."""
        messages = [json.loads(text) for text, _ in self.outlet.queue]
        self.outlet.queue.clear()
        return [next(iter(message.items())) for message in messages]


def test_a_fill_is_told_by_every_feed_that_it_concerns() -> None:
    """Events, orders, position, collateral and risk, in this order; the log has the same."""
    world = World()
    for kind in ("OrderEvents", "OpenOrders", "Position", "AccountRisk", "PositionFunding"):
        world.subscribe(kind, account=ADDRESS)
    world.subscribe("Collateral", account=ADDRESS, asset=0)
    world.fill(world.place())
    told = world.told()

    assert [name for name, _ in told] == [
        *("OrderEventUpdate", "OpenOrdersUpdate"),
        *("OrderEventUpdate", "OpenOrdersUpdate"),
        *("PositionUpdate", "CollateralUpdate", "AccountRiskUpdate"),
    ]
    assert [(entry.event_type, entry.data) for entry in world.core.log.after(ADDRESS, 0)] == told


def test_order_events_by_account_by_instrument_and_by_both() -> None:
    """The outer members are those of the subscription, and each has only its own events."""
    world = World()
    world.subscribe("OrderEvents", account=ADDRESS)
    world.subscribe("OrderEvents", instrument=BTC.instrument_id)
    world.subscribe("OrderEvents", account=ADDRESS, instrument=BTC.instrument_id)
    world.subscribe("OrderEvents")
    _, touched = world.ledger.place(
        BTC, side="Buy", quantity=Decimal(1), price=Decimal(9), now_ms=5
    )
    touched += world.ledger.reject(ETH, "marginViolated")
    world.tell(touched)
    payloads = {
        (payload.get("account"), payload.get("instrumentId")): len(payload["orderEvents"])
        for _, payload in world.told()
    }

    instrument = BTC.instrument_id
    assert payloads == {
        (ADDRESS, None): 2,
        (None, instrument): 1,
        (ADDRESS, instrument): 1,
        (None, None): 2,
    }


def test_partial_updates_and_whole_ones() -> None:
    """A push has what changed, or all; nothing is null; an ended order is shown or not."""
    for partial, shown, counts in (
        (True, "absent", [1, 1, 0]),
        (False, "absent", [1, 2, 1]),
        (True, "shown", [1, 1, 1]),
        (False, "shown", [1, 2, 2]),
    ):
        world = World(partial_updates=partial, closed_orders=shown)
        world.subscribe("OpenOrders", account=ADDRESS)
        order = world.place()
        world.place(instrument=ETH)
        world.fill(order)
        rows = [payload["orders"] for _, payload in world.told()]

        assert [len(row or ()) for row in rows] == counts
        assert None in rows or 0 not in counts


def test_a_closed_position() -> None:
    """It is told with quantity 0 where only changes are told, and is gone where all are."""
    for partial in (True, False):
        world = World(partial_updates=partial)
        world.subscribe("Position", account=ADDRESS)
        world.fill(world.place())
        order, _ = world.ledger.place(
            BTC, side="Sell", quantity=Decimal(2), price=Decimal(9), now_ms=5
        )
        world.fill(order)
        last = world.told()[-1][1]["positions"]

        assert (last is None) is not partial
        assert not partial or last[BTC.instrument_id]["quantity"] == "0"


def test_the_faults_of_pushes() -> None:
    """Muted, they are in the log alone; duplicated, they come twice and count once."""
    world = World()
    world.subscribe("OrderEvents", account=ADDRESS)
    world.core.faults.muted = True
    world.place()
    assert world.told() == []
    world.core.faults.muted, world.core.faults.duplicating = False, True
    world.place()

    assert [entry is None for _, entry in world.outlet.queue] == [False, True]
    assert len(world.told()) == 2
    assert len(world.core.log.after(ADDRESS, 0)) == 4


def test_every_public_feed() -> None:
    """Each of the seven kinds tells something at a step, by its own message."""
    world = World()
    for kind in ("Orderbook", "PriceFeed", "FundingRate", "InstrumentStats", "LastMatchPrice"):
        world.subscribe(kind, instrument=BTC.instrument_id)
    world.subscribe("AssetPriceFeed", asset=1)
    for interval in INTERVALS:
        world.subscribe("Candle", instrument=BTC.instrument_id, interval=interval)
    market = world.core.markets[BTC.instrument_id]
    market.step(5)
    world.feeds.tell_market(market)
    world.feeds.tell_funding(market)
    told = world.told()

    assert {name for name, _ in told} == {
        *("OrderbookUpdate", "QuoteUpdate", "MarkPriceUpdate", "AssetMarkPriceUpdate"),
        *("FundingRateUpdate", "InstrumentStatsUpdate", "LastMatchPriceUpdate", "CandleUpdate"),
    }
    assert [name for name, _ in told].count("CandleUpdate") == len(INTERVALS)
    assert all(
        payload.get("instrumentId", BTC.instrument_id) == BTC.instrument_id for _, payload in told
    )


def test_a_book_of_changes() -> None:
    """The first push is the whole book; from then on quantity 0 takes a level away."""
    world = World(book="delta", quotes=False)
    topic = world.subscribe("Orderbook", instrument=BTC.instrument_id)
    world.feeds.tell_state(world.outlet, topic)
    market = world.core.markets[BTC.instrument_id]
    book: dict[str, str] = {}
    for _ in range(30):
        market.step(5)
        world.feeds.tell_market(market)
    for _, payload in world.told():
        rows = payload["orderbook"]
        book.update({level["price"]: level["quantity"] for level in rows["bids"] + rows["asks"]})

    kept = {Decimal(price): Decimal(size) for price, size in book.items() if size != "0"}
    assert kept == {**market.bids, **market.asks}


def test_lost_pushes_of_books() -> None:
    """Only books are lost, and only so many."""
    world = World(quotes=False)
    world.subscribe("Orderbook", instrument=BTC.instrument_id)
    world.core.faults.lost_depth = 1
    market = world.core.markets[BTC.instrument_id]
    for _ in range(3):
        world.feeds.tell_market(market)

    assert len(world.told()) == 2


def test_the_state_at_the_beginning() -> None:
    """Where it is switched on, every feed that has a state tells it; it is no event of the log."""
    world = World(snapshots=True)
    world.fill(world.place(), "1")
    logged = len(world.core.log.after(ADDRESS, 0))
    for kind in ("OpenOrders", "Position", "AccountRisk", "OrderEvents"):
        world.feeds.tell_state(world.outlet, Topic(kind=kind, account=ADDRESS))
    world.feeds.tell_state(world.outlet, Topic(kind="Collateral", account=ADDRESS, asset=0))
    world.feeds.tell_state(world.outlet, Topic(kind="Collateral", account=ADDRESS, asset=2))
    world.feeds.tell_state(world.outlet, Topic(kind="OpenOrders", account="0xnobody"))

    assert [name for name, _ in world.told()] == [
        *("OpenOrdersUpdate", "PositionUpdate", "AccountRiskUpdate", "CollateralUpdate"),
    ]
    assert len(world.core.log.after(ADDRESS, 0)) == logged


def test_funding() -> None:
    """A payment is told by its own feed, and moves the collateral."""
    world = World()
    world.subscribe("PositionFunding", account=ADDRESS)
    world.fill(world.place())
    world.tell(world.ledger.fund(BTC, Decimal("0.01"), now_ms=9, round_=3))
    ((name, payload),) = world.told()

    assert name == "PositionFundingUpdate"
    assert (payload["round"], payload["pnl"], payload["timestamp"]) == (3, "-0.18", 9)
