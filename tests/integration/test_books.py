"""Order books against the embedded exchange: current without taking events, and healed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest

from sixmm import (
    BackoffPolicy,
    Book,
    BookLive,
    BookStale,
    Client,
    ClientClosed,
    ConfigurationError,
    Connected,
    DeadlineExceeded,
    DepthUpdate,
    Disconnected,
    LocalStateError,
    OrderTradeUpdate,
    SubscriptionFailed,
    SubscriptionRefused,
)
from sixmm.clock import Deadline
from sixmm.sim import Exchange

from .conftest import DEADLINE, FAST, is_kind, take_until

TOPIC = "market.depth.BTCUSDT"
Order = Callable[..., Any]


@pytest.fixture
def client(exchange: Exchange) -> Iterator[Client]:
    """A public client."""
    with Client(rest_url=exchange.rest_url, ws_url=exchange.ws_url, backoff=FAST) as running:
        running.wait_live(DEADLINE)
        yield running


@pytest.fixture
def order(exchange: Exchange, maker: Any) -> Order:
    """What rests an order on the exchange."""

    def rest(side: str, price: str, quantity: str = "1") -> Any:
        return exchange.place_order(
            maker, symbol="BTCUSDT", side=side, type="LIMIT", price=price, quantity=quantity
        )

    return rest


def wait_for(client: Client, wanted: Callable[[Book], bool]) -> Book:
    """Return the book as soon as it is as wanted."""
    deadline, pause = Deadline(DEADLINE), threading.Event()
    while not wanted(book := client.book("BTCUSDT")):
        assert not deadline.expired, book
        pause.wait(0.002)
    return book


def lose_a_push(exchange: Exchange, client: Client, order: Order) -> tuple[BookStale, list[str]]:
    """Lose one push; return what is told, and the prices that were ordered at meanwhile.

    Orders that are placed together may be told by one push, so more are placed until it shows.
    """
    exchange.faults.lose_depth(1)
    prices: list[str] = []
    for price in range(80001, 80500):
        order("BUY", str(price), "0.001")
        prices.insert(0, str(price))
        for event in client.events(timeout=0.02):
            if isinstance(event, BookStale):
                return event, prices
    raise AssertionError("the gap was not noticed")


def levels(side: Any) -> list[tuple[str, str]]:
    """Return levels as plain numbers."""
    return [(f"{p.normalize():f}", f"{q.normalize():f}") for p, q in side]


def test_a_book_is_the_one_of_the_exchange(client: Client, order: Order) -> None:
    """The first call brings it, with nobody taking events; then it follows every change."""
    order("BUY", "80000", "0.5")
    order("SELL", "90000")
    first = client.book("BTCUSDT")
    order("BUY", "81000", "0.25")
    second = wait_for(client, lambda book: len(book.bids) == 2)
    order("BUY", "90000")
    third = wait_for(client, lambda book: not book.asks)

    assert levels(first.bids) == [("80000", "0.5")]
    assert levels(first.asks) == [("90000", "1")]
    assert levels(second.bids) == [("81000", "0.25"), ("80000", "0.5")]
    assert second.mid == Decimal("85500")
    assert levels(third.bids) == levels(second.bids)
    assert not third.stale
    assert (first.end_version or 0) < (second.end_version or 0) < (third.end_version or 0)


def test_a_lost_push_is_noticed_and_healed_once(
    client: Client, order: Order, exchange: Exchange
) -> None:
    """The gap makes the book stale; one subscription later it is whole again (rules 91-93)."""
    order("BUY", "80000")
    client.book("BTCUSDT")
    take_until(client, is_kind(BookLive))
    stale, prices = lose_a_push(exchange, client, order)
    (live,) = take_until(client, is_kind(BookLive))
    book = client.book("BTCUSDT", live=True)

    assert "a gap" in stale.reason
    assert (stale.symbol, stale.topic) == ("BTCUSDT", TOPIC)
    assert isinstance(live, BookLive)
    assert [price for price, _ in levels(book.bids)] == [*prices, "80000"]
    assert client.stats().topics == (TOPIC,)


def test_a_lost_link_makes_the_book_stale_until_the_next_snapshot(
    client: Client, order: Order, exchange: Exchange
) -> None:
    """It is told before the disconnection is, and what is shown is what was certain."""
    order("BUY", "80000")
    client.book("BTCUSDT")
    take_until(client, is_kind(BookLive))
    exchange.faults.refuse(1)
    exchange.faults.cut(how="rst")
    lost = take_until(client, is_kind(Disconnected))
    order("BUY", "80001")
    again = take_until(client, is_kind(BookLive))

    assert [type(event) for event in lost] == [BookStale, Disconnected]
    assert isinstance(again[-1], BookLive)
    assert [price for price, _ in levels(client.book("BTCUSDT").bids)] == ["80001", "80000"]


def test_a_stale_book_shows_why(client: Client, order: Order, exchange: Exchange) -> None:
    """While there is no link the last levels are shown, and a live book is refused."""
    order("BUY", "80000")
    client.book("BTCUSDT")
    exchange.faults.refuse(1_000)
    exchange.faults.cut(how="rst")
    book = wait_for(client, lambda book: book.stale)

    assert book.reason == "the connection was lost"
    assert levels(book.bids) == [("80000", "1")]
    with pytest.raises(DeadlineExceeded):
        client.book("BTCUSDT", live=True, timeout=0.05)


def test_a_book_adds_nothing_to_the_events(client: Client, order: Order) -> None:
    """Who asks for a book and subscribes to nothing gets no pushes."""
    client.book("BTCUSDT")
    order("BUY", "80000")
    wait_for(client, lambda book: bool(book.bids))
    events = list(client.events(timeout=0.05))

    assert {type(event) for event in events} == {Connected, BookLive}


def test_a_subscriber_gets_every_push_as_before(client: Client, order: Order) -> None:
    """From a snapshot on, also where the book was asked for earlier; and the book follows."""
    order("BUY", "80000")
    client.book("BTCUSDT")
    client.subscribe(TOPIC)
    order("BUY", "80001")
    events = take_until(
        client, lambda e: isinstance(e, DepthUpdate) and bool(e.bids) and e.bids[0][0] == 80001
    )
    updates = [event for event in events if isinstance(event, DepthUpdate)]
    book = client.book("BTCUSDT")

    assert updates[0].snapshot
    versions = [update.end_version or 0 for update in updates]
    assert versions == list(range(versions[0], versions[0] + len(versions)))
    assert not book.stale
    assert (book.end_version or 0) >= versions[-1]


def test_a_book_of_a_topic_that_is_subscribed_to(client: Client, order: Order) -> None:
    """Its snapshot has gone by; the book gets one of its own."""
    client.subscribe(TOPIC)
    order("BUY", "80000")
    book = client.book("BTCUSDT")

    assert not book.stale
    assert levels(book.bids) == [("80000", "1")]


def test_to_unsubscribe_ends_the_book(client: Client, order: Order) -> None:
    """The next call begins a new one."""
    order("BUY", "80000")
    client.book("BTCUSDT")
    client.unsubscribe(TOPIC)
    assert client.stats().topics == ()
    order("BUY", "80001")
    assert levels(client.book("BTCUSDT").bids) == [("80001", "1"), ("80000", "1")]
    assert client.stats().topics == (TOPIC,)


def test_a_refused_topic_is_told_and_leaves_nothing_behind(
    client: Client, exchange: Exchange
) -> None:
    """Later the same call works."""
    exchange.faults.refuse_topics(TOPIC)
    with pytest.raises(SubscriptionRefused):
        client.book("BTCUSDT")
    exchange.faults.refuse_topics([])
    assert not client.book("BTCUSDT").stale


def test_a_confirmation_that_is_lost_does_not_leave_the_book_stale(
    exchange: Exchange, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The renewal is repeated after a while."""
    monkeypatch.setattr("sixmm.stream.books._PATIENCE", 0.2)
    with Client(
        rest_url=exchange.rest_url,
        ws_url=exchange.ws_url,
        backoff=BackoffPolicy(base=0.01, maximum=0.05, stable_after=0.0),
    ) as client:
        order("BUY", "80000")
        client.book("BTCUSDT")
        exchange.faults.lose_acks(1)
        _, prices = lose_a_push(exchange, client, order)
        book = client.book("BTCUSDT", live=True, timeout=DEADLINE)

    assert [price for price, _ in levels(book.bids)] == [*prices, "80000"]


def test_a_topic_that_is_refused_after_a_reconnect_is_asked_for_again(
    exchange: Exchange, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The refusal is told, and the book heals when the exchange has changed its mind."""
    monkeypatch.setattr("sixmm.stream.books._PATIENCE", 0.05)
    with Client(rest_url=exchange.rest_url, ws_url=exchange.ws_url, backoff=FAST) as client:
        order("BUY", "80000")
        client.book("BTCUSDT")
        exchange.faults.refuse_topics(TOPIC)
        exchange.faults.cut(how="rst")
        take_until(client, is_kind(SubscriptionFailed))
        exchange.faults.refuse_topics([])
        book = client.book("BTCUSDT", live=True, timeout=DEADLINE)

    assert levels(book.bids) == [("80000", "1")]


def test_several_threads_ask_for_the_same_book(client: Client, order: Order) -> None:
    """The topic is asked for once, and each gets the book."""
    order("BUY", "80000")
    books: list[Book] = []
    threads = [
        threading.Thread(target=lambda: books.append(client.book("BTCUSDT"))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE)

    assert [levels(book.bids) for book in books] == [[("80000", "1")]] * 4


def test_private_events_come_as_before(
    exchange: Exchange, account: Any, connect: Callable[..., Client]
) -> None:
    """A book on a private connection, also of a client that keeps only state."""
    client = connect()
    client.wait_live(DEADLINE)
    client.book("BTCUSDT")
    exchange.place_order(
        account, symbol="BTCUSDT", side="BUY", type="LIMIT", price="80000", quantity="1"
    )
    take_until(client, is_kind(OrderTradeUpdate))
    quiet = connect(deliver="state")

    assert levels(quiet.book("BTCUSDT").bids) == [("80000", "1")]
    wait_for(client, lambda book: bool(book.bids))


def test_what_cannot_be_is_refused(exchange: Exchange) -> None:
    """A symbol that is none, a client that was not started, one that is closed."""
    client = Client(rest_url=exchange.rest_url, ws_url=exchange.ws_url)
    with pytest.raises(LocalStateError):
        client.book("BTCUSDT")
    with client:
        with pytest.raises(ConfigurationError):
            client.book("no such symbol")
        client.book("BTCUSDT")
    assert client.book("BTCUSDT").reason == "the client is closed"
    with pytest.raises(ClientClosed):
        client.book("ETHUSDT")
    with pytest.raises(ClientClosed):
        client.book("BTCUSDT", live=True)


def test_a_busy_book_stays_the_one_of_the_exchange_through_gaps() -> None:
    """Pushes are lost again and again: no live book ever differs from what was sent."""
    backoff = BackoffPolicy(base=0.01, maximum=0.02, stable_after=0.0)
    with (
        Exchange(seed=11, updates_per_second=200.0, symbols=["BTCUSDT"]) as exchange,
        Client(rest_url=exchange.rest_url, ws_url=exchange.ws_url, backoff=backoff) as client,
        Client(rest_url=exchange.rest_url, ws_url=exchange.ws_url, backoff=backoff) as other,
    ):
        client.book("BTCUSDT")
        take_until(client, is_kind(BookLive))
        for _ in range(10):
            exchange.faults.lose_depth(1)
            stale = take_until(client, is_kind(BookStale))[-1]
            assert isinstance(stale, BookStale)
            take_until(client, is_kind(BookLive))
        seen = client.book("BTCUSDT", live=True)
        # The same versions, from a snapshot that was sent to somebody else.
        books = {seen.end_version: seen}
        deadline = Deadline(DEADLINE)
        while (book := other.book("BTCUSDT")).end_version not in books:
            assert not deadline.expired
            mine = client.book("BTCUSDT")
            if not mine.stale:
                books[mine.end_version] = mine
        assert books[book.end_version].depth(50) == book.depth(50)
