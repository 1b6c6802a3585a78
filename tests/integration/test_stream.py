"""A client against the embedded exchange: the whole way of an event, over real sockets."""

from __future__ import annotations

import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from sixmm import (
    AccountUpdate,
    Client,
    ClientClosed,
    ConfigurationError,
    Connected,
    DepthUpdate,
    Disconnected,
    LocalStateError,
    LoginRefused,
    MarketTrade,
    OrderTradeUpdate,
    Origin,
    Resynced,
    SessionExpiring,
    SessionOptions,
    SessionRenewed,
    State,
    SubscriptionFailed,
    SubscriptionRefused,
)
from sixmm.errors import AuthenticationError, DeadlineExceeded
from sixmm.sim import Exchange

from .conftest import DEADLINE, is_kind, take_until

Connect = Callable[..., Client]


def _rest(exchange: Exchange, account: Any, side: str, price: str, quantity: str = "0.1") -> Any:
    return exchange.place_order(
        account, symbol="BTCUSDT", side=side, type="LIMIT", price=price, quantity=quantity
    )


def _price(exchange: Exchange, factor: str) -> str:
    """Return a valid price near a factor of the middle."""
    return str((exchange.mid_price("BTCUSDT") * Decimal(factor)).quantize(Decimal("1")))


def test_tells_orders_and_balances_as_they_happen(
    exchange: Exchange, account: Any, connect: Connect
) -> None:
    """A resting order is told as NEW, then PENDING, with exact decimals (rules 60, 77, 78)."""
    client = connect()
    start = take_until(client, is_kind(Resynced))
    row = _rest(exchange, account, "BUY", _price(exchange, "0.9"))
    events = take_until(client, lambda e: getattr(e, "order_status", None) == "PENDING")
    orders = [event for event in events if isinstance(event, OrderTradeUpdate)]

    assert [type(event) for event in start] == [Connected, Resynced]
    assert [event.order_status for event in orders] == ["NEW", "PENDING"]
    assert orders[0].order_id == row["orderId"]
    assert orders[0].quantity == Decimal("0.1")
    assert orders[0].origin is Origin.STREAM
    assert orders[0].raw in [entry.text for entry in exchange.private_log(account)]


def test_keeps_the_picture_of_the_account(
    exchange: Exchange, account: Any, maker: Any, connect: Connect
) -> None:
    """After a trade the mirror holds order, fill, position and balance as the exchange does."""
    client = connect()
    client.wait_live(DEADLINE)
    price = _price(exchange, "1")
    _rest(exchange, maker, "SELL", price)
    _rest(exchange, account, "BUY", price)
    take_until(client, is_kind(AccountUpdate))
    picture = client.account
    truth = exchange.truth(account)

    assert picture.stale == ()
    assert [fill.fill_id for fill in picture.fills] == [row["fillId"] for row in truth["fills"]]
    assert picture.positions["BTCUSDT", "BOTH"].quantity == Decimal("0.1")
    assert not picture.open_orders


def test_delivers_what_happened_while_the_link_was_down(
    exchange: Exchange, account: Any, maker: Any, connect: Connect
) -> None:
    """A fill that fell into the gap comes with origin REST before Resynced, once (rule 87)."""
    client = connect()
    client.wait_live(DEADLINE)
    price = _price(exchange, "1")
    order = _rest(exchange, account, "BUY", price, "0.3")
    take_until(client, lambda e: getattr(e, "order_status", None) == "PENDING")
    exchange.faults.refuse(2)
    exchange.faults.cut(how="rst")
    assert exchange.wait_until(lambda: exchange.connections() == 0, timeout=DEADLINE)
    _rest(exchange, maker, "SELL", price, "0.1")
    _rest(exchange, maker, "SELL", price, "0.1")
    events = take_until(client, is_kind(Resynced))
    fills = [e for e in events if isinstance(e, OrderTradeUpdate) and e.fill_id is not None]

    assert [e.origin for e in fills] == [Origin.REST, Origin.REST]
    assert [e.executed_quantity for e in fills] == [Decimal("0.1"), Decimal("0.2")]
    assert {e.order_id for e in fills} == {order["orderId"]}
    assert len({e.fill_id for e in fills}) == 2
    assert sum(isinstance(e, Disconnected) for e in events) >= 1
    assert isinstance(events[-1], Resynced)
    assert events[-1].reason == "reconnect"
    assert not events[-1].unchecked


def test_subscribes_again_after_a_reconnect(exchange: Exchange, connect: Connect) -> None:
    """Market topics are live again before the connection counts as such (rule 87)."""
    client = connect()
    client.subscribe("market.depth.BTCUSDT", "market.ticker.BTCUSDT")
    take_until(client, is_kind(Resynced))
    exchange.faults.cut(how="fin")
    events = take_until(client, is_kind(Resynced))
    connected = [event for event in events if isinstance(event, Connected)]

    assert connected[-1].topics == ("market.depth.BTCUSDT", "market.ticker.BTCUSDT")
    assert exchange.subscriptions() == [{"market.depth.BTCUSDT", "market.ticker.BTCUSDT"}]


def test_a_lost_acknowledgement_after_a_reconnect(exchange: Exchange, connect: Connect) -> None:
    """The stream goes on without the topic, asks for it again, and has it: nothing is told."""
    topics = ("market.depth.BTCUSDT", "market.ticker.BTCUSDT")
    client = connect(options=SessionOptions(ack_timeout=0.1, ack_retry=0.05))
    client.wait_live(DEADLINE)
    client.subscribe(*topics, timeout=DEADLINE)
    exchange.faults.lose_acks(3)
    exchange.faults.cut("rst")
    told = take_until(client, lambda e: isinstance(e, Resynced) and e.reason == "reconnect")
    assert exchange.wait_until(lambda: client.stats().topics == topics, timeout=DEADLINE)
    told += client.events(timeout=0.0)

    assert client.stats().connects == 2
    assert not [event for event in told if isinstance(event, SubscriptionFailed)]


def test_streams_public_topics_without_a_credential(exchange: Exchange) -> None:
    """Depth begins with a snapshot and needs no key (rules 14, 91)."""
    with Client(rest_url=exchange.rest_url, ws_url=exchange.ws_url) as client:
        client.subscribe("market.depth.BTCUSDT")
        depth = take_until(client, is_kind(DepthUpdate))[-1]

        assert isinstance(depth, DepthUpdate)
        assert depth.symbol == "BTCUSDT"
        assert depth.snapshot is True
        with pytest.raises(LocalStateError):
            _ = client.account


def test_moves_every_public_channel() -> None:
    """All five channels of rule 90 deliver typed events."""
    topics = (
        "market.depth.BTCUSDT",
        "market.trade.BTCUSDT",
        "market.kline.BTCUSDT.1m",
        "market.ticker.BTCUSDT",
        "market.tickers",
    )
    with (
        Exchange(seed=3, updates_per_second=50) as exchange,
        Client(rest_url=exchange.rest_url, ws_url=exchange.ws_url) as client,
    ):
        client.subscribe(*topics)
        missing = set(topics)
        while missing:
            event = client.get(timeout=DEADLINE)
            missing.discard(event.topic)
            assert not isinstance(event, MarketTrade) or event.price is not None


def test_a_refused_topic_is_an_error_of_the_caller(exchange: Exchange, connect: Connect) -> None:
    """The caller that asked learns the refusal, and the topic is not asked for again."""
    exchange.faults.refuse_topics({"market.ticker.BTCUSDT"})
    client = connect()

    with pytest.raises(SubscriptionRefused) as caught:
        client.subscribe("market.ticker.BTCUSDT", timeout=DEADLINE)
    assert caught.value.topics == ("market.ticker.BTCUSDT",)
    assert client.stats().topics == ()


def test_a_late_acknowledgement_reaches_nobody(exchange: Exchange, connect: Connect) -> None:
    """A caller that gave up is not answered, and the next request gets its own answer (rule 83)."""
    client = connect()
    client.wait_live(DEADLINE)
    exchange.faults.lose_acks(1)
    with pytest.raises(DeadlineExceeded):
        client.subscribe("market.ticker.BTCUSDT", timeout=0.05)

    client.subscribe("market.depth.BTCUSDT", timeout=DEADLINE)
    assert client.stats().topics == ("market.depth.BTCUSDT",)


def test_unsubscribes(exchange: Exchange, connect: Connect) -> None:
    """After unsubscribe the exchange no longer has the topic, and a reconnect does not bring it."""
    client = connect()
    client.subscribe("market.depth.BTCUSDT")
    client.unsubscribe("market.depth.BTCUSDT")

    assert exchange.subscriptions() == [set()]
    assert client.stats().topics == ()


def test_pings(connect: Connect) -> None:
    """ping() gives the round trip in seconds, and the figures show it."""
    client = connect()
    client.wait_live(DEADLINE)

    assert 0 < client.ping(timeout=DEADLINE) < DEADLINE


def test_a_frozen_link_is_noticed(exchange: Exchange, connect: Connect) -> None:
    """A half-open link is given up after interval and timeout, and replaced."""
    client = connect(ping_interval=0.1, ping_timeout=0.2)
    client.wait_live(DEADLINE)
    exchange.faults.freeze()
    lost = take_until(client, is_kind(Disconnected))[-1]
    exchange.faults.clear()
    take_until(client, is_kind(Resynced))

    assert isinstance(lost, Disconnected)
    assert isinstance(lost.error, DeadlineExceeded)


def test_renews_the_listen_key_at_half_of_its_life() -> None:
    """The key is renewed from expireAt, and the link stays (rules 71-73)."""
    with Exchange(seed=7, market_maker=False, listen_key_life_ms=2_000) as exchange:
        owner = exchange.create_account(username="one", password="two", balance="1000")
        key = exchange.create_key(owner)
        with Client(
            key.api_key, key.api_secret, rest_url=exchange.rest_url, ws_url=exchange.ws_url
        ) as client:
            events = take_until(client, is_kind(SessionRenewed, Disconnected))

            assert isinstance(events[-1], SessionRenewed)
            assert client.stats().connects == 1


def test_a_failed_renewal_brings_a_new_key_and_a_resync() -> None:
    """A renewal that fails is told; a new key, a new connection and a comparison follow."""
    with Exchange(seed=7, market_maker=False, listen_key_life_ms=3_000) as exchange:
        owner = exchange.create_account(username="one", password="two", balance="1000")
        key = exchange.create_key(owner)
        exchange.faults.fail_renewal(1)
        with Client(
            key.api_key, key.api_secret, rest_url=exchange.rest_url, ws_url=exchange.ws_url
        ) as client:
            events = take_until(client, lambda e: getattr(e, "reason", "") == "reconnect")

    kinds = [type(event) for event in events]
    assert kinds.index(SessionExpiring) < kinds.index(Disconnected) < len(kinds) - 1


def test_an_expired_key_brings_a_new_one(exchange: Exchange, connect: Connect) -> None:
    """A key that ends at the exchange is replaced and the stream goes on (rule 71)."""
    client = connect()
    client.wait_live(DEADLINE)
    exchange.expire_listen_keys()
    events = take_until(client, lambda e: getattr(e, "reason", "") == "reconnect")

    assert any(isinstance(event, Disconnected) for event in events)


def test_does_not_delete_the_listen_key_unasked(exchange: Exchange, connect: Connect) -> None:
    """Closing leaves the key alive: another program of the account may be using it."""
    client = connect()
    client.wait_live(DEADLINE)
    client.close()

    assert not [r for r in exchange.requests if r.method == "DELETE"]


def test_deletes_the_listen_key_when_asked(exchange: Exchange, connect: Connect) -> None:
    """With close_listen_key the key is deleted on close (rule 72)."""
    client = connect(close_listen_key=True)
    client.wait_live(DEADLINE)
    client.close()

    assert [r.path for r in exchange.requests if r.method == "DELETE"] == [
        "/v1/private/user/listen-key"
    ]


def test_a_refused_login_is_fatal(exchange: Exchange, connect: Connect) -> None:
    """success:false for a new key ends the stream, at the caller's next get()."""
    exchange.faults.refuse_login(1)
    client = connect()

    with pytest.raises(LoginRefused):
        take_until(client, lambda _: False)
    assert client.stats().state is State.CLOSED


def test_a_wrong_key_is_fatal(connect: Connect) -> None:
    """A key that the exchange does not know is not tried in a loop."""
    client = connect(api_secret="wrong")

    with pytest.raises(AuthenticationError):
        client.wait_live(DEADLINE)


def test_a_read_only_key_says_what_it_cannot_check(
    exchange: Exchange, account: Any, connect: Connect
) -> None:
    """Orders, fills and positions stay unchecked with permission Read alone (rule 18)."""
    reader = exchange.create_key(account, permissions=1)
    client = connect(api_key=reader.api_key, api_secret=reader.api_secret)
    report = take_until(client, is_kind(Resynced))[-1]

    assert isinstance(report, Resynced)
    assert report.checked == ("balances",)
    assert set(report.unchecked) == {"fills", "orders", "positions", "conditions"}
    assert set(client.account.stale) == {"fills", "orders", "positions", "conditions"}


def test_streams_by_access_token(exchange: Exchange, account: Any) -> None:
    """The token of a login opens the private stream, by key or in the address (rule 70)."""
    for login_by in ("listen_key", "token"):
        client = Client(
            rest_url=exchange.rest_url,
            ws_url=exchange.ws_url,
            login_by=login_by,  # type: ignore[arg-type]
        )
        client.login(account.username, account.password)
        with client:
            client.wait_live(DEADLINE)
            assert client.user.info().username == account.username
            client.logout()


def test_survives_a_skewed_clock(exchange: Exchange, connect: Connect) -> None:
    """A clock that is an hour off is measured before the first signed call (rules 38, 39)."""
    exchange.faults.clock_skew(3_600_000)
    client = connect()
    client.wait_live(DEADLINE)
    exchange.faults.clock_skew(-3_600_000)

    assert client.user.asset().wallet_balance == Decimal("100000")


def test_repeats_are_left_out(
    exchange: Exchange, account: Any, maker: Any, connect: Connect
) -> None:
    """Every push that comes twice is told once (rule 81)."""
    client = connect()
    client.wait_live(DEADLINE)
    before = exchange.private_log(account)[-1].seq
    exchange.faults.duplicate()
    price = _price(exchange, "1")
    _rest(exchange, maker, "SELL", price)
    _rest(exchange, account, "BUY", price)
    exchange.faults.clear()
    texts = [entry.text for entry in exchange.private_log(account, after_seq=before)]
    events = take_until(client, lambda event: event.raw == texts[-1])

    assert [event.raw for event in events if event.raw] == texts


def test_close_from_another_thread_ends_the_iteration(connect: Connect) -> None:
    """events() ends when the client is closed, wherever that happens."""
    client = connect()
    client.wait_live(DEADLINE)
    closer = threading.Thread(target=client.close)
    closer.start()
    list(client.events())
    closer.join(DEADLINE)

    with pytest.raises(ClientClosed):
        client.get(timeout=0)
    assert not [t for t in threading.enumerate() if t.name in ("sixmm-reader", "sixmm-timer")]


def test_bad_arguments_are_refused_before_anything_is_sent() -> None:
    """What cannot work is said at once, with what would."""
    for arguments in (
        {"rest_url": "http://api.example.com"},
        {"ws_url": "ws://stream.example.com/ws"},
        {"ws_url": "https://stream.example.com/ws"},
        {"api_key": "only"},
        {"deliver": "nothing"},
    ):
        with pytest.raises(ConfigurationError):
            Client(**arguments)  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError):
        Client(private=True).start()
