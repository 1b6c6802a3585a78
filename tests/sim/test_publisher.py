"""Public pushes, without a socket (rules 85, 91)."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from sixmm.sim.core import Core
from sixmm.sim.engine.request import read_order
from sixmm.sim.engine.symbols import DEFAULT_SYMBOLS
from sixmm.sim.hub import Outlet
from sixmm.sim.publisher import Publisher

DEPTH = "market.depth.BTCUSDT"


class Stage:
    """A core with one subscriber and one account."""

    def __init__(self) -> None:
        """Open it at a time that stands still."""
        self.core = Core(
            DEFAULT_SYMBOLS,
            seed=7,
            listen_key_life_ms=1,
            access_token_life_s=1,
            clock_ms=lambda: 1_800_000_000_000,
        )
        self.publisher = Publisher(self.core)
        self.outlet = Outlet(1000)
        self.core.hub.add(self.outlet)
        self.account = self.core.engine.open_account("a")
        self.core.engine.deposit(self.account, Decimal(10**6), 0)

    def place(self, side: str, price: str) -> None:
        """Place an order of 0.1."""
        order = {"symbol": "BTCUSDT", "side": side, "type": "LIMIT", "price": price}
        self.core.engine.place(self.account, read_order({**order, "quantity": "0.1"}), 1)

    def take(self) -> list[dict[str, Any]]:
        """Publish, and return what the subscriber has got."""
        self.publisher.publish()
        messages = [json.loads(text) for text, _ in self.outlet.queue]
        self.outlet.queue.clear()
        return messages


@pytest.fixture
def stage() -> Stage:
    """Give a stage."""
    return Stage()


def test_many_changes_are_one_depth_push(stage: Stage) -> None:
    """One push tells every level that changed, best first, and taken out levels as 0."""
    stage.core.hub.subscribe(stage.outlet, [DEPTH])
    stage.place("BUY", "85000")
    stage.place("BUY", "85001")
    stage.place("SELL", "85001")
    (push,) = stage.take()

    assert push["data"]["bids"] == [["85001", "0"], ["85000", "0.1"]]
    assert push["data"]["asks"] == []
    assert push["data"]["endVersion"] == 2
    assert stage.take() == []


def test_versions_follow_on_each_other_and_on_the_snapshot(stage: Stage) -> None:
    """A snapshot repeats the version of the last push; the next push has one more."""
    stage.core.hub.subscribe(stage.outlet, [DEPTH])
    versions = []
    for price in ("85000", "85001", "85002"):
        stage.place("BUY", price)
        versions += [push["data"]["endVersion"] for push in stage.take()]
    stage.publisher.snapshot(stage.outlet, "BTCUSDT")
    (snapshot,) = stage.take()

    assert versions == [2, 3, 4]
    assert (snapshot["data"]["endVersion"], snapshot["data"]["snapshot"]) == (4, True)
    assert snapshot["data"]["bids"][0] == ["85002", "0.1"]


def test_a_lost_push_leaves_a_gap(stage: Stage) -> None:
    """The version of a push that is left out is left out too."""
    stage.core.hub.subscribe(stage.outlet, [DEPTH])
    stage.core.faults.lost_depth = 1
    stage.place("BUY", "85000")
    lost = stage.take()
    stage.place("BUY", "85001")
    (push,) = stage.take()

    assert lost == []
    assert push["data"]["endVersion"] == 3


def test_each_trade_is_one_push(stage: Stage) -> None:
    """Two trades are two pushes of the trade topic and one of the candle."""
    topics = ["market.trade.BTCUSDT", "market.kline.BTCUSDT.1h"]
    stage.core.hub.subscribe(stage.outlet, topics)
    for _ in range(2):
        stage.place("BUY", "85000")
        stage.place("SELL", "85000")

    assert [push["topic"] for push in stage.take()] == [topics[0], topics[0], topics[1]]


def test_what_nobody_heard_is_not_told_later(stage: Stage) -> None:
    """Changes from before a subscription are not pushed after it."""
    stage.place("BUY", "85000")
    stage.take()
    stage.core.hub.subscribe(stage.outlet, [DEPTH, "market.tickers"])

    assert stage.take() == []
