"""The books of a client: who feeds them, who reads them, and how a stale one is healed."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.clock import Deadline, ManualClock
from sixmm.errors import (
    ClientClosed,
    ConfigurationError,
    ConnectionClosed,
    DeadlineExceeded,
    DecodeError,
    LocalStateError,
)
from sixmm.events import ConnectionEvent, Event, UnknownEvent
from sixmm.state.book import Book, Level
from sixmm.state.book_keeper import BookChange
from sixmm.stream.backoff import BackoffPolicy
from sixmm.stream.books import BookLive, Books, BookStale

from .waiting import GENEROUS, wait_until

TOPIC = "depth.X"
NOW = Deadline(0.0)
POLICY = BackoffPolicy(base=1.0, maximum=60.0, stable_after=10.0)


def topic_of(symbol: str) -> str:
    """Return the topic of a symbol."""
    if not symbol:
        raise ConfigurationError("no symbol")
    return f"depth.{symbol}"


def decode(message: bytes, *, received_at: int) -> Event:
    """Return the event of a message of this venue."""
    try:
        data = json.loads(message)
    except ValueError:
        raise DecodeError("not JSON") from None
    if data == "fault":
        raise RuntimeError("a fault of the schema")
    return UnknownEvent(data=data, received_at=received_at)


def change_of(event: Event) -> BookChange | None:
    """Return what an event tells about a book."""
    data = getattr(event, "data", None)
    if not isinstance(data, dict):
        return None
    return BookChange(
        symbol="X",
        bids=[(Decimal(price), Decimal(size)) for price, size in data["bids"]],
        end_version=data["v"],
        is_snapshot=data["whole"],
        ts_ms=data["v"],
    )


def push(version: int, *bids: tuple[str, str], whole: bool | None = False) -> bytes:
    """Return a message."""
    return json.dumps({"v": version, "bids": bids, "whole": whole}).encode()


def whole(version: int, *bids: tuple[str, str]) -> bytes:
    """Return a snapshot."""
    return push(version, *bids, whole=True)


class FakeDesk:
    """Notes what is asked for; the test says when the exchange confirms."""

    def __init__(self) -> None:
        self.topics: set[str] = set()
        self.open = True
        self.renewed: list[str] = []
        self.flushes = 0
        self.failure: ConnectionClosed | None = None
        self._dropped: list[Callable[[], None]] = []

    def wanted(self) -> frozenset[str]:
        """Return what was asked for."""
        return frozenset(self.topics)

    def renew(self, topic: str, dropped: Callable[[], None]) -> bool:
        """Note a renewal."""
        if not self.open or topic not in self.topics:
            return False
        self.renewed.append(topic)
        self._dropped.append(dropped)
        return True

    def flush(self) -> None:
        """Note that something is to be sent."""
        self.flushes += 1
        if self.failure is not None:
            raise self.failure

    def confirm(self) -> None:
        """Confirm that the topics were dropped."""
        confirmed, self._dropped = self._dropped, []
        for dropped in confirmed:
            dropped()


class FakeTimer:
    """Holds what is due later; the test runs it."""

    def __init__(self) -> None:
        self.jobs: dict[str, tuple[float, Callable[[], None]]] = {}

    def after(self, name: str, delay: float, action: Callable[[], None]) -> None:
        """Keep a job."""
        self.jobs[name] = (delay, action)

    def cancel(self, name: str) -> None:
        """Drop a job."""
        self.jobs.pop(name, None)

    @property
    def delay(self) -> float | None:
        """When the only job is due, in seconds from when it was put."""
        assert len(self.jobs) <= 1
        return next((delay for delay, _ in self.jobs.values()), None)

    def run(self) -> None:
        """Run the only job."""
        ((name, (_, action)),) = self.jobs.items()
        del self.jobs[name]
        action()


class World:
    """Books with everything around them made up."""

    def __init__(self, **options: Any) -> None:
        self.desk, self.timer, self.clock = FakeDesk(), FakeTimer(), ManualClock()
        self.told: list[ConnectionEvent] = []
        self.books = Books(
            self.desk,
            clock=self.clock,
            topic_of=topic_of,
            decode=decode,
            change_of=change_of,
            tell=self.told.append,
            policy=POLICY,
            **options,
        )
        self.books.timer = self.timer

    def feed(self, *messages: bytes, topic: str = TOPIC) -> list[bytes]:
        """Read these messages at once; return what the caller would get."""
        passed, topics = self.books.feed(messages, [topic] * len(messages), received_at=1)
        assert len(passed) == len(topics)
        return list(passed)

    def subscribe(self) -> None:
        """Do what a caller's first call for the book does."""
        topic = self.books.begin("X")
        if topic is not None:
            self.desk.topics.add(topic)

    def begin(self) -> None:
        """Have a live book."""
        self.subscribe()
        self.feed(whole(1, ("5", "1")))

    @property
    def book(self) -> Book:
        """The book as it is known now."""
        return self.books.read("X", NOW)

    @property
    def last(self) -> Any:
        """The event that was told last."""
        return self.told[-1]


@pytest.fixture
def world() -> World:
    """Books with everything around them made up."""
    return World()


def test_the_first_call_says_what_to_subscribe_to(world: World) -> None:
    """A topic that nobody has asked for yet is to be asked for; later calls have nothing to do."""
    assert not world.books.kept
    assert world.books.begin("X") == TOPIC
    world.desk.topics.add(TOPIC)
    assert world.books.begin("X") is None
    assert world.books.kept
    assert world.desk.renewed == []


def test_a_symbol_that_cannot_be_one_is_refused(world: World) -> None:
    """Nothing is kept then."""
    with pytest.raises(ConfigurationError):
        world.books.begin("")
    assert not world.books.kept


def test_a_book_is_fed_without_anybody_taking_events(world: World) -> None:
    """Snapshot, then increments; the pushes of a topic that only the book wants end here."""
    world.subscribe()
    passed = world.feed(whole(1, ("5", "1")), push(2, ("6", "2")))

    assert passed == []
    assert list(world.book.bids) == [Level(Decimal(6), Decimal(2)), Level(Decimal(5), Decimal(1))]
    assert (world.book.end_version, world.book.received_at) == (2, 1)
    assert [type(event) for event in world.told] == [BookLive]
    assert (world.last.symbol, world.last.topic, world.last.end_version) == ("X", TOPIC, 1)


def test_other_topics_pass_untouched(world: World) -> None:
    """Only the wanted topics are decoded: a broken message of another one is not looked at."""
    world.begin()
    messages = [b"not JSON", push(2), b"more"]
    passed, topics = world.books.feed(messages, ["a", TOPIC, "b"], received_at=1)

    assert (list(passed), list(topics)) == ([b"not JSON", b"more"], ["a", "b"])
    same, _ = world.books.feed(messages, ["a", "b", "c"], received_at=1)
    assert same is messages


def test_who_has_subscribed_gets_the_pushes_as_before(world: World) -> None:
    """The book reads along; and since its snapshot has gone by, another one is asked for."""
    world.desk.topics.add(TOPIC)

    assert world.books.begin("X") is None
    assert world.desk.renewed == [TOPIC]
    assert world.desk.flushes
    assert world.feed(push(50)) == [push(50)]
    world.desk.confirm()
    assert world.feed(whole(51, ("1", "1")), b"{") == [whole(51, ("1", "1")), b"{"]
    assert [type(event) for event in world.told] == [BookLive, BookStale]


def test_reading_waits_for_the_first_snapshot(world: World) -> None:
    """A caller is woken when it comes, whichever thread brings it."""
    world.subscribe()
    with ThreadPoolExecutor(2) as pool:
        found = [pool.submit(world.books.read, "X", Deadline(GENEROUS)) for _ in range(2)]
        wait_until(lambda: world.books._waiting == 2)
        world.feed(whole(1, ("5", "1")))
        assert [future.result(GENEROUS).end_version for future in found] == [1, 1]


def test_without_a_snapshot_reading_gives_up(world: World) -> None:
    """At its deadline, and says why."""
    world.subscribe()
    with pytest.raises(DeadlineExceeded, match="no snapshot yet"):
        world.books.read("X", NOW)


def test_a_stale_book_is_read_at_once_unless_a_live_one_is_asked_for(world: World) -> None:
    """Who asks for a live one waits for the healing."""
    world.begin()
    world.feed(push(3))
    assert world.book.stale
    with pytest.raises(DeadlineExceeded, match="a gap"):
        world.books.read("X", NOW, live=True)
    with ThreadPoolExecutor(1) as pool:
        found = pool.submit(world.books.read, "X", Deadline(GENEROUS), live=True)
        wait_until(lambda: world.books._waiting)
        world.desk.confirm()
        world.feed(whole(9, ("5", "1")))
        assert not found.result(GENEROUS).stale


BAD = [push(3), push(1), push(0), b"{", b'"fault"', b'"other"', push(2, ("5", "-1"))]


@pytest.mark.parametrize("bad", BAD)
def test_the_first_bad_message_makes_the_book_stale_and_is_answered_once(
    world: World, bad: bytes
) -> None:
    """A gap, a repeat, an older one, one that cannot be read: told, and healed by one renewal."""
    world.begin()
    world.feed(bad)
    assert world.book.stale
    assert isinstance(world.last, BookStale)
    assert world.last.reason == world.book.reason
    world.feed(push(4), push(5), whole(6, ("1", "1")), push(7))
    assert world.book.stale
    world.desk.confirm()
    world.feed(push(7))
    assert world.book.stale
    world.feed(whole(8, ("7", "1")), push(9))

    assert world.desk.renewed == [TOPIC]
    assert (world.book.stale, world.book.end_version) == (False, 9)
    assert [type(event) for event in world.told] == [BookLive, BookStale, BookLive]
    assert world.timer.jobs == {}


def test_what_belongs_to_the_dropped_subscription_is_left_out(world: World) -> None:
    """Before the confirmation even a snapshot is of the old one: nothing would follow on it."""
    world.begin()
    world.feed(push(3), whole(4, ("1", "1")))
    assert world.book.stale
    world.desk.confirm()
    world.feed(push(5, whole=None), push(6, whole=None))
    assert (world.book.stale, world.book.end_version) == (False, 6)


def test_a_book_that_keeps_failing_is_asked_for_less_and_less(world: World) -> None:
    """Once at once, then after waits that grow up to a bound, each at least half of it."""
    world.begin()
    delays: list[float] = []
    for version in range(10, 200, 10):
        world.feed(push(version))
        if world.timer.delay is not None and len(world.desk.renewed) == len(delays):
            delays.append(world.timer.delay)
            world.timer.run()
        else:
            delays.append(0.0)
        world.desk.confirm()
        world.feed(whole(version + 1, ("1", "1")))
        assert not world.book.stale
    bounds = [0.0, *(min(60.0, 2.0**n) for n in range(len(delays) - 1))]

    assert len(world.desk.renewed) == len(delays)
    assert all(bound / 2 <= d <= bound for d, bound in zip(delays, bounds, strict=True))


def test_a_book_that_was_sound_for_a_while_is_healed_at_once(world: World) -> None:
    """The series of waits begins again."""
    world.begin()
    for version in (10, 20, 30):
        world.feed(push(version))
        assert len(world.desk.renewed) == version // 10
        world.desk.confirm()
        world.feed(whole(version + 1))
        world.clock.advance(POLICY.stable_after)


def test_a_snapshot_that_the_exchange_sends_by_itself_heals(world: World) -> None:
    """While the next renewal is waited for; then it is not made."""
    world.begin()
    world.feed(push(9))
    world.desk.confirm()
    world.feed(whole(10), push(12))
    assert len(world.desk.renewed) == 1
    world.feed(whole(13))

    assert not world.book.stale
    assert world.timer.jobs == {}


def test_a_renewal_without_an_answer_is_repeated(world: World) -> None:
    """A lost confirmation, or a lost snapshot, does not leave the book stale for ever."""
    world.begin()
    world.feed(push(9))
    world.timer.run()
    assert len(world.desk.renewed) == 1
    world.timer.run()
    assert len(world.desk.renewed) == 2
    world.desk.confirm()
    world.feed(whole(20))
    assert not world.book.stale


def test_a_first_snapshot_that_never_comes_is_asked_for_again(world: World) -> None:
    """Also right after the first subscription."""
    world.subscribe()
    world.timer.run()
    assert world.desk.renewed == [TOPIC]


def test_a_snapshot_that_is_wrong_is_asked_for_again(world: World) -> None:
    """It is no reason to wait: the next one is on its way at once, the one after it is not."""
    world.subscribe()
    world.feed(b"{")
    assert world.desk.renewed == [TOPIC]
    world.desk.confirm()
    world.feed(whole(1, ("1", "-1")))
    assert world.desk.renewed == [TOPIC]
    assert world.timer.delay is not None
    world.timer.run()
    assert world.desk.renewed == [TOPIC, TOPIC]
    assert world.told == []


def test_a_lost_connection_makes_every_book_stale_at_once(world: World) -> None:
    """The snapshot of the next connection heals it; nothing is asked for beside that."""
    world.begin()
    world.books.lost()
    assert world.book.reason == "the connection was lost"
    assert world.book.end_version == 1
    assert isinstance(world.last, BookStale)
    world.books.opened()
    world.feed(push(40, ("3", "1"), whole=None), push(41, whole=None))

    assert world.desk.renewed == []
    assert (world.book.stale, world.book.end_version) == (False, 41)
    assert world.timer.jobs == {}


def test_a_renewal_ends_with_its_connection(world: World) -> None:
    """A confirmation that never comes does not keep the next connection from healing the book."""
    world.begin()
    world.feed(push(9))
    world.books.lost()
    assert world.timer.jobs == {}
    world.feed(whole(1, ("2", "1")))
    assert not world.book.stale
    world.books.opened()
    assert world.timer.jobs == {}


def test_what_was_told_is_not_told_again(world: World) -> None:
    """One event for each time that a book becomes stale, whatever happens to it meanwhile."""
    world.begin()
    world.feed(push(9))
    world.books.lost()
    world.books.lost()
    world.books.share([TOPIC])
    assert [type(event) for event in world.told] == [BookLive, BookStale]


def test_a_topic_that_brings_no_snapshot_after_a_reconnect_is_asked_for_again(
    world: World,
) -> None:
    """Its subscription may have been lost or refused."""
    world.begin()
    world.books.lost()
    assert world.timer.jobs == {}
    world.books.opened()
    world.timer.run()
    assert world.desk.renewed == [TOPIC]


def test_a_timer_that_is_too_late_does_nothing(world: World) -> None:
    """The book has healed, was dropped, or the client is closed meanwhile."""
    world.begin()
    world.feed(push(9))
    _, action = world.timer.jobs[f"book {TOPIC}"]
    world.desk.confirm()
    world.feed(whole(10))
    action()
    world.feed(push(99))
    ((_, later),) = world.timer.jobs.values()
    world.books.drop([TOPIC])
    later()
    action()
    assert len(world.desk.renewed) == 1


def test_a_dead_link_does_not_disturb_the_reading(world: World) -> None:
    """The request cannot be sent; the end of the link is seen by who reads it."""
    world.begin()
    world.desk.failure = ConnectionClosed(reason="gone")
    world.feed(push(9))
    assert world.book.stale


def test_without_a_connection_the_next_one_brings_the_snapshot(world: World) -> None:
    """Asked for a book while there is no link, nothing can be renewed."""
    world.desk.topics.add(TOPIC)
    world.desk.open = False
    world.subscribe()
    world.feed(push(7, ("1", "1"), whole=None))
    assert not world.book.stale


def test_who_subscribes_later_begins_with_a_snapshot(world: World) -> None:
    """The caller's pushes start at the snapshot of a new subscription, not in the middle."""
    world.begin()
    world.books.share([TOPIC, "depth.OTHER"])
    assert world.book.stale
    assert world.feed(push(2)) == []
    world.desk.confirm()
    assert world.feed(whole(3), push(4)) == [whole(3), push(4)]
    assert isinstance(world.last, BookLive)
    world.books.share([TOPIC])
    assert world.desk.renewed == [TOPIC]


def test_a_dropped_book_is_gone(world: World) -> None:
    """Who waits for it is told; the next call for it begins anew."""
    world.subscribe()
    with ThreadPoolExecutor(1) as pool:
        found = pool.submit(world.books.read, "X", Deadline(GENEROUS))
        wait_until(lambda: world.books._waiting)
        world.books.drop(["depth.OTHER"])
        world.books.drop([TOPIC])
        with pytest.raises(LocalStateError, match="dropped"):
            found.result(GENEROUS)
    assert not world.books.kept
    assert world.timer.jobs == {}
    assert world.feed(whole(1)) == [whole(1)]


def test_a_refused_topic_is_subscribed_to_again_by_the_next_call(world: World) -> None:
    """The exchange may have changed its mind."""
    world.begin()
    world.books.lost()
    world.feed(b"{")
    world.desk.topics.clear()
    assert world.books.begin("X") == TOPIC
    world.feed(push(7, ("1", "1"), whole=None))
    assert world.book.end_version == 7


def test_the_end_of_the_client_ends_every_wait(world: World) -> None:
    """With its reason; a book that was known can still be read, as a stale one."""
    world.begin()
    world.books.begin("Y")
    with ThreadPoolExecutor(1) as pool:
        found = pool.submit(world.books.read, "Y", Deadline(GENEROUS))
        wait_until(lambda: world.books._waiting)
        world.books.end()
        with pytest.raises(ClientClosed):
            found.result(GENEROUS)
    assert world.book.reason == "the client is closed"
    with pytest.raises(ClientClosed):
        world.books.read("X", NOW, live=True)
    assert world.timer.jobs == {}


def test_a_handler_may_look_at_a_book_while_it_is_fed(world: World) -> None:
    """The lock is re-entrant: a signal handler that interrupts the feeding does not hang."""
    world.begin()
    world.books._tell = lambda _: seen.append(world.book.stale)
    seen: list[bool] = []
    with world.books._lock:
        world.feed(push(9))
    assert seen == [True]


def test_threads_read_whole_books_while_they_are_fed(world: World) -> None:
    """Each message moves one unit from one level to another: every picture has the same sum."""
    world.subscribe()
    world.feed(whole(0, ("1", "50"), ("2", "50")))
    stop, torn, seen = threading.Event(), [], set()

    def watch() -> None:
        while not stop.is_set():
            book = world.book
            seen.add(book.end_version)
            sums = {sum(level.quantity for level in book.bids) for _ in range(2)}
            if book.stale or sums != {Decimal(100)}:
                torn.append(book)

    with ThreadPoolExecutor(3) as pool:
        watching = [pool.submit(watch) for _ in range(3)]
        for version in range(1, 2_000):
            left = version % 50
            world.feed(push(version, ("1", str(left)), ("2", str(100 - left))))
        wait_until(lambda: 1_999 in seen)
        stop.set()
        for future in watching:
            future.result(GENEROUS)
    assert torn == []


STEPS = st.sampled_from(["next", "gap", "again", "old", "broken", "lose", "confirm", "late", "cut"])


@given(st.lists(STEPS, max_size=40))
def test_no_wrong_book_is_ever_live(steps: list[str]) -> None:
    """Whatever happens in whichever order: live means equal to the exchange's; and it heals."""
    world = World()
    exchange = Exchange(world)
    for step in steps:
        exchange.do(step)
        exchange.check()
    exchange.heal()
    assert not world.book.stale


class Exchange:
    """The other side: one level, and versions that it may lose or repeat."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.version = 0
        self.size = 1
        self.truth = {0: 1}
        """The quantity of the only level, by version."""
        self.sent: list[bytes] = []
        self.renewals = 0
        world.subscribe()
        self.snapshot()

    def snapshot(self) -> None:
        """Answer a subscription."""
        self.world.feed(whole(self.version, ("1", str(self.size))))

    def move(self) -> bytes:
        """Change the level."""
        self.version, self.size = self.version + 1, self.size + 1
        self.truth[self.version] = self.size
        return push(self.version, ("1", str(self.size)))

    def do(self, step: str) -> None:
        """Do one thing."""
        world = self.world
        if step in ("next", "gap"):
            if step == "gap":
                self.move()
            message = self.move()
            self.sent.append(message)
            self.world.feed(message)
        elif step in ("again", "old"):
            for message in (self.sent[-1:] if step == "again" else self.sent[:-1])[:1]:
                self.world.feed(message)
        elif step == "broken":
            self.move()
            self.world.feed(b"{")
        elif step == "lose":
            self.move()
        elif step == "late" and world.timer.jobs:
            world.clock.advance(world.timer.delay or 0.0)
            world.timer.run()
        elif step == "confirm":
            self.confirm()
        elif step == "cut":
            world.books.lost()
            world.desk._dropped.clear()
            world.books.opened()
            self.snapshot()

    def confirm(self) -> None:
        """Answer the renewals that were asked for."""
        if len(self.world.desk.renewed) > self.renewals and self.world.desk._dropped:
            self.renewals = len(self.world.desk.renewed)
            self.world.desk.confirm()
            self.snapshot()

    def heal(self) -> None:
        """Go on without a fault."""
        for _ in range(3):
            self.do("next")
            self.do("late")
            self.confirm()
            self.check()

    def check(self) -> None:
        """Hold the book against the truth of its version."""
        book = self.world.book
        if not book.stale:
            assert book.end_version in self.truth
            assert list(book.bids) == [Level(Decimal(1), Decimal(self.truth[book.end_version]))]
