"""RocketFi from end to end: whatever happens to the link, each fill is told once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Literal

import pytest

from sixmm import Disconnected, Event, Resynced, SubscriptionFailed, SubscriptionRefused
from sixmm.errors import DeadlineExceeded
from sixmm.sim.rocketfi import Manners
from sixmm.venues.rocketfi import (
    Candle,
    MarkPriceUpdate,
    Orderbook,
    OrderbookUpdate,
    OrderEventUpdate,
    PriceFeed,
)

from .rocketfi_floor import DEADLINE, floor, follow


def test_account_and_markets_in_one_inbox() -> None:
    """Typed events of both; the topics of the account need not be asked for."""
    with floor() as place, follow(place) as (client, follower), place.trading():
        instrument = place.exchange.instruments[0].instrument_id
        client.subscribe(str(PriceFeed(instrument_id=instrument)), timeout=DEADLINE)
        follower.wait_for(OrderEventUpdate, 5)
        follower.wait_for(MarkPriceUpdate, 5)
        assert client.ping(DEADLINE) >= 0.0


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("kind", ["rst", "fin"])
def test_a_cut_loses_and_doubles_nothing(seed: int, kind: str) -> None:
    """After each comparison every fill was told, and the picture is the exchange's."""
    with floor(seed=seed) as place:
        with follow(place) as (_, follower):
            with place.trading():
                for cuts in range(1, 6):
                    follower.wait_for(OrderEventUpdate, 10 * cuts)
                    place.exchange.faults.cut(kind)
                    follower.wait_for(Resynced, 1 + cuts)
                follower.wait_for(OrderEventUpdate, 100)
            follower.settle()
            verdict = follower.verdict(after_seq=0)
        assert verdict.sent > 10
        assert (verdict.lost, verdict.duplicated, verdict.invented) == ((), (), ())


def test_what_still_waits_for_a_busy_caller_is_not_lost() -> None:
    """The picture is right before the caller has taken what is told: the verdict waits for it."""
    has_time = threading.Event()

    def work(event: Event) -> None:
        if isinstance(event, OrderEventUpdate):
            assert has_time.wait(DEADLINE)

    with floor() as place, ThreadPoolExecutor(1) as pool:
        with follow(place, work=work) as (_, follower):
            log = place.exchange.private_log
            place.exchange.step(100)
            pushed = len(log(place.account))
            settled = pool.submit(follower.settle)
            try:
                # It has more pushed once the picture is right, and is to wait until that is taken.
                assert place.exchange.wait_until(
                    lambda: settled.done() or len(log(place.account)) > pushed, timeout=DEADLINE
                ), "the picture did not become right"
                assert not settled.done()
            finally:
                has_time.set()
            settled.result(DEADLINE)
            verdict = follower.verdict(after_seq=0)
        assert verdict.sent > 10
        assert (verdict.lost, verdict.duplicated, verdict.invented) == ((), (), ())


@pytest.mark.parametrize(
    "manners",
    [
        Manners(instrument_ids="mixed", checksum_case=False, null_lists=False),
        Manners(pong="object", server_ping=0.05, ping_form="text"),
        Manners(pong="text", snapshots=True, partial_updates=False, closed_orders="shown"),
        Manners(newest_first=False, quotes=False),
    ],
)
def test_whatever_is_not_documented_is_understood_both_ways(manners: Manners) -> None:
    """Ids in either form, lists that are null, pongs and pings, whole lists and parts of them."""
    with floor(manners=manners) as place:
        with follow(place) as (client, follower):
            with place.trading():
                follower.wait_for(OrderEventUpdate, 20)
                assert client.ping(DEADLINE) >= 0.0
                place.exchange.faults.cut("rst")
                follower.wait_for(Resynced, 2)
                follower.wait_for(OrderEventUpdate, 40)
            follower.settle()
            verdict = follower.verdict(after_seq=0)
            assert len(follower.of(Disconnected)) == 1
        assert (verdict.lost, verdict.duplicated, verdict.invented) == ((), (), ())


@pytest.mark.parametrize("form", ["full", "delta"])
def test_a_book_is_kept(form: Literal["full", "delta"]) -> None:
    """Each push is the whole book; where it is not, the option says so."""
    with floor(manners=Manners(book=form)) as place, place.client(book=form) as client:
        client.wait_live(DEADLINE)
        instrument = place.exchange.instruments[0].instrument_id
        with place.trading():
            books = [client.book(instrument, timeout=DEADLINE, live=True)]
            while len({book.received_at for book in books}) < 20:
                books.append(client.book(instrument))
        assert {book.reason for book in books} == {""}
        book = books[-1]
        assert book.best.bid is not None
        assert book.best.ask is not None
        assert book.best.bid.price < book.best.ask.price


def test_a_refusal_names_its_reason() -> None:
    """It says nothing of the topic, so it is for the request that waits."""
    with floor() as place, place.client() as client:
        client.wait_live(DEADLINE)
        with pytest.raises(SubscriptionRefused):
            client.subscribe("PriceFeed?instrumentId=0xffffffffffffffff", timeout=DEADLINE)


def test_a_feed_of_the_account_that_is_refused_at_the_start_is_told() -> None:
    """Nobody asked for it in a call, so it is an event; the next connection asks once more."""
    with floor() as place:
        place.exchange.faults.refuse_topics(["OrderEvents"])
        with place.client() as client:
            event = next(
                e
                for e in client.events(timeout=DEADLINE)
                if isinstance(e, Resynced | SubscriptionFailed)
            )
            assert isinstance(event, SubscriptionFailed)
            (topic,) = event.topics
            assert topic.startswith("OrderEvents?account=0x")
            place.exchange.faults.refuse_topics([])
            client.wait_live(DEADLINE)
            place.exchange.faults.cut("rst")
            subscriptions = place.exchange.subscriptions
            assert place.exchange.wait_until(
                lambda: [len(one) for one in subscriptions()] == [4], DEADLINE
            )


def test_a_missing_confirmation_is_not_waited_for_for_ever() -> None:
    """The time-out of subscribe() holds, and the link stays."""
    with floor() as place, place.client() as client:
        client.wait_live(DEADLINE)
        instrument = place.exchange.instruments[0].instrument_id
        place.exchange.faults.lose_acks(1)
        with pytest.raises(DeadlineExceeded):
            client.subscribe(str(Candle(instrument_id=instrument, interval="1m")), timeout=0.2)
        assert client.ping(DEADLINE) >= 0.0
        assert client.stats().connects == 1


def test_nothing_is_subscribed_twice() -> None:
    """Neither by two calls nor by a reconnect, and no key ever goes over the wire."""
    with floor() as place, follow(place) as (client, follower), place.trading():
        topic = str(Orderbook(instrument_id=place.exchange.instruments[0].instrument_id))
        for _ in range(2):
            client.subscribe(topic, timeout=DEADLINE)
        follower.wait_for(OrderbookUpdate, 2)
        place.exchange.faults.cut("rst")
        follower.wait_for(Resynced, 2)
        (asked,) = place.exchange.subscriptions()
        assert len(asked) == 5
        assert set(asked.values()) == {1}
