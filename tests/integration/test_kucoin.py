"""The KuCoin client, from REST and sockets to typed events, against the embedded exchange."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest

from sixmm import Connected, Disconnected, Event, Origin, Resynced, SubscriptionFailed
from sixmm.cli.kucoin_audit import KuCoinAudit
from sixmm.errors import (
    AuthenticationError,
    DeadlineExceeded,
    HandshakeRefused,
    LoginRefused,
    SixmmError,
    Throttled,
)
from sixmm.records import ReplayTransport
from sixmm.sim.kucoin import Limits, Manners
from sixmm.stream.options import SessionOptions
from sixmm.venues.kucoin import (
    AccountBalanceUpdate,
    FuturesOrderUpdate,
    FuturesPositionUpdate,
    KuCoinClient,
    MarketMatch,
    ProBalanceUpdate,
    ProExecution,
    ProOrderUpdate,
    ProPositionUpdate,
    SpotOrderUpdate,
    SpotStopOrderUpdate,
    StreamRefused,
    WalletBalanceUpdate,
)
from sixmm.venues.kucoin.venue import ACCOUNT_TOPICS

from .kucoin_world import DEADLINE, Course, Taker, World

MakeWorld = Callable[..., World]
PRO: dict[str, Any] = {"connections": ["private_pro_v2"]}
# With topics of which no comparison tells anything: only the text says what was told before.
MANY: dict[str, Any] = {
    "account_topics": (
        *(topic for topics in list(ACCOUNT_TOPICS.values())[:2] for topic in topics),
        "/spotMarket/advancedOrders",
        "/contractMarket/advancedOrders",
        "/contract/marginMode",
        "/contract/crossLeverage",
    )
}


@pytest.fixture
def make() -> Iterator[MakeWorld]:
    """Make served worlds; all are closed at the end, and no thread of a client may be left."""
    made: list[World] = []

    def make(**options: Any) -> World:
        made.append(World(**options).__enter__())
        return made[-1]

    yield make
    for world in made:
        world.exchange.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("sixmm-")]


def take_until(client: KuCoinClient, wanted: Callable[[Event], bool]) -> list[Event]:
    """Return the events up to and with the first that is wanted."""
    taken: list[Event] = []
    while not taken or not wanted(taken[-1]):
        taken.append(client.get(timeout=DEADLINE))
    return taken


def until_told(world: World, client: KuCoinClient, *kinds: type[Event]) -> list[Event]:
    """Have things happen until an event of each kind was told; return all that was taken."""
    taken: list[Event] = []
    for _ in range(2_000):
        world.exchange.step(world.account)
        while True:
            try:
                taken.append(client.get(timeout=0.01))
            except DeadlineExceeded:
                break
        if set(kinds) <= {type(event) for event in taken}:
            return taken
    raise AssertionError("not every kind was told")


def first_end(client: KuCoinClient) -> Disconnected:
    """Return what ended a link, or an attempt at one, first."""
    *_, event = take_until(client, lambda event: isinstance(event, Disconnected))
    assert isinstance(event, Disconnected)
    return event


def live_through(
    world: World, over: Callable[[Course, Taker], bool], *, cut_every: int = 0, **options: Any
) -> tuple[KuCoinAudit, Taker]:
    """Have things happen to a client until that is over; return what became of it."""
    with world.client(**options) as client:
        client.wait_live(DEADLINE)
        taker, after_seq = Taker(client), world.seq
        with Course(world, cut_every=cut_every) as course:
            assert course.wait_for(lambda: over(course, taker))
        world.settle(taker, client)
        result = world.audit(taker, client, after_seq=after_seq)
    taker.join()
    return result, taker


# What a client is told


def test_spot_and_futures_are_told_in_one_inbox(make: MakeWorld) -> None:
    """Typed events of both connections, and each tells of itself which one it was."""
    world = make()
    with world.client() as client:
        client.wait_live(DEADLINE)
        events = until_told(
            world,
            client,
            SpotOrderUpdate,
            AccountBalanceUpdate,
            FuturesOrderUpdate,
            WalletBalanceUpdate,
            FuturesPositionUpdate,
        )
        assert {event.line for event in events if isinstance(event, Connected | Resynced)} == {
            "spot_private_v1",
            "futures_private_v1",
        }
        assert not [event for event in events if event.origin is Origin.REST]
        assert client.ping(timeout=DEADLINE) > 0


def test_the_picture_is_the_account(make: MakeWorld) -> None:
    """Orders, positions and balances of both markets; and one can wait for a later picture."""
    result, _ = live_through(make(), lambda course, _: course.steps >= 100)
    assert result.wrong == ()
    assert (result.sent, result.passing) == (result.streamed, 0)
    assert result.sent > 100


def test_any_other_topic_is_asked_for_by_its_name(make: MakeWorld) -> None:
    """The client knows which connection carries it, and makes that where it is not there."""
    world = make()
    with world.client() as client:
        client.wait_live(DEADLINE)
        client.subscribe("/spotMarket/advancedOrders", "/market/match:BTC-USDT,ETH-USDT")
        assert world.exchange.connections() == 2
        client.subscribe("/market/ticker:BTC-USDT", "/contractMarket/ticker:XBTUSDTM")
        assert world.exchange.connections() == 4
        until_told(world, client, SpotStopOrderUpdate, MarketMatch)
        client.unsubscribe("/spotMarket/advancedOrders", "/market/ticker:BTC-USDT")
        topics = set().union(*world.exchange.subscriptions())
        assert "/spotMarket/advancedOrders" not in topics
        assert {"/market/match:BTC-USDT", "/market/match:ETH-USDT"} <= topics


def test_a_client_of_markets_needs_no_key(make: MakeWorld) -> None:
    """It opens a connection with the first topic, and asks nothing of any account."""
    exchange = make().exchange
    with KuCoinClient(rest_url=exchange.rest_url, futures_url=exchange.futures_url) as client:
        client.subscribe("/market/ticker:BTC-USDT", timeout=DEADLINE)
        assert exchange.connections() == 1
        calls = {record.path for record in exchange.requests}
        assert "spot:/api/v1/bullet-public" in calls
        assert not [path for path in calls if "private" in path]


@pytest.mark.parametrize(
    "manners",
    [
        {"pong": "bare", "envelope": "bare", "fields": "live"},
        {"pong": "plain", "envelope": "mixed", "fields": "mixed", "symbol_topics": True},
    ],
)
def test_it_does_not_matter_how_the_exchange_says_it(
    make: MakeWorld, manners: dict[str, Any]
) -> None:
    """Pongs without ids, pushes without a user, fields that come and go: nothing is lost."""
    world = make(manners=Manners(**manners))
    result, taker = live_through(
        world, lambda course, _: course.cuts >= 4 and course.steps >= 60, cut_every=15
    )
    assert result.wrong == ()
    assert taker.resyncs("reconnect") >= 1


# How a connection is opened


@pytest.mark.parametrize("dead_token", ["refuse", "frame"])
def test_a_refused_token_is_made_anew(make: MakeWorld, dead_token: str) -> None:
    """Whether the upgrade is refused or an error comes after it: 401 is not the end."""
    world = make(manners=Manners(dead_token=dead_token))
    world.exchange.faults.refuse_login(1)
    with world.client() as client:
        error = first_end(client).error
        assert isinstance(error, HandshakeRefused if dead_token == "refuse" else LoginRefused)
        client.wait_live(DEADLINE)


@pytest.mark.parametrize("dead_token", ["refuse", "frame"])
def test_tokens_that_are_always_refused_end_the_client(make: MakeWorld, dead_token: str) -> None:
    """Three new ones in a row: then the caller is told."""
    world = make(manners=Manners(dead_token=dead_token))
    world.exchange.faults.refuse_login(1_000)
    refused: type[SixmmError] = HandshakeRefused if dead_token == "refuse" else LoginRefused
    with world.client() as client, pytest.raises(refused):
        client.wait_live(DEADLINE)


def test_a_wrong_key_ends_the_client(make: MakeWorld) -> None:
    """It is told by the call for a token, before anything is dialled."""
    world = make()
    world.exchange.revoke_key(world.key)
    with world.client() as client, pytest.raises(AuthenticationError):
        client.wait_live(DEADLINE)


def test_nothing_is_sent_before_the_welcome(make: MakeWorld) -> None:
    """The server refuses what comes too early, and nothing is refused."""
    world = make()
    world.exchange.faults.late_welcome(0.3)
    with world.client() as client:
        client.wait_live(DEADLINE)
        events = take_until(client, lambda event: isinstance(event, Resynced))
        assert {type(event) for event in events} == {Connected, Resynced}
        assert client.stats().reconnects == 0


def test_a_welcome_that_does_not_come_is_not_waited_for_for_ever(make: MakeWorld) -> None:
    """The attempt is given up after its deadline, and the next one goes well."""
    world = make()
    world.exchange.faults.lose_welcomes(1)
    with world.client(options=SessionOptions(login_timeout=0.3)) as client:
        assert isinstance(first_end(client).error, DeadlineExceeded)
        client.wait_live(DEADLINE)


def test_a_server_that_is_not_there_is_passed_over(make: MakeWorld) -> None:
    """The reply names several, and each dial takes the next."""
    world = make()
    world.exchange.faults.dead_endpoints(1)
    with world.client() as client:
        first_end(client)
        client.wait_live(DEADLINE)


def test_a_busy_server_is_tried_again(make: MakeWorld) -> None:
    """Too many sessions says nothing of the credential; the client waits and dials."""
    world = make(limits=Limits(sessions=1))
    with world.client() as client:
        event = first_end(client)
        assert isinstance(event.error, Throttled)
        assert (event.error.code, event.retry_in is None) == (509, False)


# What is asked for


@pytest.mark.parametrize("code", [400, 403, 404, 406, 509])
def test_a_refused_topic_is_told_with_its_code(make: MakeWorld, code: int) -> None:
    """To the caller who asked for it; the topic is not asked for again."""
    world = make()
    with world.client() as client:
        client.wait_live(DEADLINE)
        world.exchange.faults.stream_error(1, code=code, text="exceed max permits per second")
        with pytest.raises(StreamRefused) as caught:
            client.subscribe("/spotMarket/advancedOrders", timeout=DEADLINE)
        assert caught.value.code == code
        assert caught.value.topics == ("/spotMarket/advancedOrders",)
        assert "/spotMarket/advancedOrders" not in client.stats().topics
        client.subscribe("/spotMarket/advancedOrders", timeout=DEADLINE)


def test_a_topic_of_the_account_that_is_refused_at_the_start_is_told(make: MakeWorld) -> None:
    """Nobody asked for it in a call, so it is an event; the next connection asks once more."""
    world = make()
    world.exchange.faults.stream_error(1, code=509, text="exceed max permits per second")
    with world.client(connections=["spot_private_v1"]) as client:
        ends = (Resynced, SubscriptionFailed)
        event = next(e for e in client.events(timeout=DEADLINE) if isinstance(e, ends))
        assert isinstance(event, SubscriptionFailed)
        assert isinstance(event.error, StreamRefused)
        assert (event.topics, event.error.code) == (("/spotMarket/tradeOrdersV2",), 509)
        client.wait_live(DEADLINE)
        world.exchange.faults.cut("rst")
        topics = {"/spotMarket/tradeOrdersV2", "/account/balance"}
        assert world.exchange.wait_until(
            lambda: world.exchange.subscriptions() == [topics], DEADLINE
        )


def test_public_topics_share_messages(make: MakeWorld) -> None:
    """A hundred symbols are asked for at once, before and after a reconnect, within the limits."""
    world = make(limits=Limits(messages=10))
    topics = {f"/market/ticker:A{number}-USDT" for number in range(100)}
    with world.client() as client:
        client.subscribe(*topics, timeout=DEADLINE)
        world.exchange.faults.cut("rst", host="spot")
        assert world.exchange.wait_until(lambda: topics in world.exchange.subscriptions(), DEADLINE)
        client.unsubscribe(*topics, timeout=DEADLINE)
        assert topics.isdisjoint(client.stats().topics)


def test_a_refused_topic_does_not_take_others_along(make: MakeWorld) -> None:
    """A message of several topics that is refused is sent again topic by topic."""
    world = make()
    good, bad = ("/market/ticker:A-USDT", "/market/ticker:C-USDT"), "/market/ticker:B-USDT"
    world.exchange.faults.refuse_topics(bad)
    with world.client() as client:
        with pytest.raises(StreamRefused) as caught:
            client.subscribe(good[0], bad, good[1], timeout=DEADLINE)
        assert caught.value.topics == (bad,)
        client.subscribe(*good, timeout=DEADLINE)
        assert set(good) <= set(client.stats().topics)
        assert bad not in client.stats().topics


def test_a_busy_server_is_asked_for_the_topic_of_the_account_again(make: MakeWorld) -> None:
    """On the same connection; what it did not tell meanwhile is found by a comparison."""
    world = make()
    options = SessionOptions(ack_retry=0.05, resync_retry=0.05)
    with world.client(connections=["spot_private_v1"], options=options) as client:
        client.wait_live(DEADLINE)
        world.exchange.faults.stream_error(1, code=509, text="exceed max permits per second")
        world.exchange.faults.cut("rst")
        events = client.events(timeout=DEADLINE)
        failed = next(event for event in events if isinstance(event, SubscriptionFailed))
        assert failed.topics == ("/spotMarket/tradeOrdersV2",)
        reasons = [event.reason for event in itertools.islice(_resyncs(events), 2)]
        assert reasons == ["reconnect", "retry"]
        assert failed.topics[0] in client.stats().topics
        assert client.stats().reconnects == 1


def _resyncs(events: Iterator[Event]) -> Iterator[Resynced]:
    return (event for event in events if isinstance(event, Resynced))


def test_each_topic_is_acknowledged_by_itself(make: MakeWorld) -> None:
    """One whose answer is lost is told; another is there."""
    world = make()
    with world.client() as client:
        client.wait_live(DEADLINE)
        world.exchange.faults.lose_acks(1)
        with pytest.raises(DeadlineExceeded):
            client.subscribe("/contract/marginMode", "/contract/crossLeverage", timeout=0.3)
        assert "/contract/crossLeverage" in client.stats().topics
        assert "/contract/marginMode" not in client.stats().topics


def test_pings_keep_a_connection_although_data_flows(make: MakeWorld) -> None:
    """The server drops whoever sends nothing for a while; the shortened while passes twice."""
    idle = 2.0
    world = make(idle_limit=idle, ping_interval_ms=1_000)
    with world.client() as client:
        client.wait_live(DEADLINE)
        taker, end = Taker(client), time.monotonic() + 2 * idle
        with Course(world, pause=0.02) as course:
            assert course.wait_for(lambda: time.monotonic() >= end)
        assert client.stats().reconnects == 0
        assert any(event.origin is Origin.STREAM for event in taker.events)
    taker.join()


# Whatever the network does


def test_nothing_is_lost_in_a_cut(make: MakeWorld) -> None:
    """What happened meanwhile is told by REST before Resynced, once."""
    world = make()
    with world.client() as client:
        client.wait_live(DEADLINE)
        taker, after_seq = Taker(client), world.seq
        world.exchange.faults.down()
        world.exchange.step(world.account, 200)
        world.exchange.faults.down(False)
        world.settle(taker, client)
        result = world.audit(taker, client, after_seq=after_seq)
    taker.join()
    assert result.wrong == ()
    assert result.recovered > 20
    told = [event for event in taker.events if isinstance(event, Resynced)]
    assert sum(event.delivered for event in told) > 20


def test_nothing_is_lost_in_many_cuts(make: MakeWorld) -> None:
    """Resets, ends, half frames and closes, while orders are filled on both markets."""
    result, taker = live_through(make(), lambda course, _: course.cuts >= 25, cut_every=15)
    assert result.wrong == ()
    assert result.recovered > 0
    assert taker.resyncs("reconnect") >= 5


@pytest.mark.parametrize("unified", [False, True])
def test_nothing_is_lost_when_a_connection_is_replaced(make: MakeWorld, unified: bool) -> None:
    """The shortened day ends ten times under load: all is told by the stream, and once."""
    result, taker = live_through(
        make(unified=unified),
        lambda _, taker: taker.resyncs("rotation") >= 10,
        rotate_after=0.3,
        **(PRO if unified else MANY),
    )
    assert result.wrong == ()
    assert (result.passing, result.sent) == (0, result.streamed + result.superseded)
    assert not [event for event in taker.events if isinstance(event, Disconnected)]


def test_a_connection_is_replaced_before_its_server_ends_it(make: MakeWorld) -> None:
    """Sessions live for eight seconds, and are replaced after one: no end is ever told."""
    world = make(session_life=8.0)
    # On two connections, so for longer than a session lives.
    result, taker = live_through(
        world, lambda _, taker: taker.resyncs("rotation") >= 18, rotate_after=1.0
    )
    assert result.wrong == ()
    assert not [event for event in taker.events if isinstance(event, Disconnected)]


# The unified stream


def test_the_unified_stream(make: MakeWorld) -> None:
    """Binary frames and short names; each channel of the account has its events."""
    world = make(unified=True, manners=Manners(pro_ack="text"))
    with world.client(**PRO) as client:
        client.wait_live(DEADLINE)
        until_told(world, client, ProOrderUpdate, ProExecution, ProBalanceUpdate, ProPositionUpdate)


def test_nothing_is_lost_on_the_unified_stream(make: MakeWorld) -> None:
    """Cut as the others are; pings keep their distance, and nothing is ended for them."""
    world = make(unified=True, limits=Limits(messages=0, dials=0, sessions=0))
    result, taker = live_through(world, lambda course, _: course.cuts >= 10, cut_every=40, **PRO)
    assert result.wrong == ()
    assert taker.resyncs("reconnect") >= 1


# The audit can fail


def test_the_audit_finds_what_is_wrong(make: MakeWorld) -> None:
    """A fill left out is lost, one told again is doubled, one made up is an invention."""
    world = make()
    with world.client() as client:
        client.wait_live(DEADLINE)
        taker, after_seq = Taker(client), world.seq
        world.exchange.step(world.account, 60)
        world.settle(taker, client)
        events = list(taker.events)

        def judged(changed: list[Event]) -> KuCoinAudit:
            taker.events = changed
            return world.audit(taker, client, after_seq=after_seq)

        place, fill = next(
            (place, event)
            for place, event in enumerate(events)
            if isinstance(event, SpotOrderUpdate) and event.type == "match"
        )
        assert judged(list(events)).wrong == ()
        assert judged([*events[:place], *events[place + 1 :]]).lost == 1
        assert judged([*events, fill]).duplicated >= 1
        made_up = attrs.evolve(fill, raw=fill.raw + " ", trade_id="1")
        assert len(judged([*events, made_up]).inventions) == 2
    taker.join()


def test_a_record_of_all_connections_is_played_again(make: MakeWorld, tmp_path: Path) -> None:
    """The same private events, line by line, without the exchange; nothing is asked beyond it."""
    world, path = make(), tmp_path / "session.jsonl.gz"
    client = world.client()
    client.record(path)
    with client:
        client.wait_live(DEADLINE)
        told = until_told(world, client, SpotOrderUpdate, FuturesOrderUpdate, FuturesPositionUpdate)

    def texts(events: list[Event], kind: type[Event]) -> list[str]:
        return [event.raw for event in events if isinstance(event, kind)]

    replay, again = ReplayTransport(path), list[Event]()
    with world.client(http=replay.http, ws=replay.ws) as client:
        # What came at the very end is in the record, and may not have been taken from the client.
        for kind in (SpotOrderUpdate, FuturesOrderUpdate, FuturesPositionUpdate):
            wanted = texts(told, kind)
            while len(texts(again, kind)) < len(wanted):
                again.append(client.get(timeout=DEADLINE))
            assert texts(again, kind)[: len(wanted)] == wanted != []
        assert replay.wait_over(DEADLINE)
        assert replay.missing == []


def test_threads_and_connections_end_with_the_client(make: MakeWorld) -> None:
    """Whatever was opened; and closing again does nothing."""
    world = make()
    client = world.client()
    client.start()
    client.wait_live(DEADLINE)
    client.subscribe("/market/ticker:BTC-USDT", timeout=DEADLINE)
    for _ in itertools.repeat(None, 2):
        client.close()
    assert world.exchange.wait_until(lambda: world.exchange.connections() == 0)
