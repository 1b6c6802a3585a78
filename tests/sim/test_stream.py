"""The WebSocket: requests, topics and private pushes (rules 70 to 94)."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from sixmm.sim import Account, Exchange

from .client import Rest, Stream

Dial = Callable[..., Stream]
DEPTH = "market.depth.BTCUSDT"


def trade(
    exchange: Exchange, account: Account, quantity: str = "0.1", **more: str
) -> dict[str, Any]:
    """Place a resting buy order."""
    options: dict[str, Any] = {
        "symbol": "BTCUSDT",
        "side": "BUY",
        "type": "LIMIT",
        "price": "85000",
    }
    return exchange.place_order(account, quantity=quantity, **{**options, **more})


def test_a_listen_key_logs_in(rest: Rest, dial: Dial, account: Account) -> None:
    """The first frame is the auth frame without an id; its data is not the topic's number."""
    hello = dial(f"?listenKey={rest.listen_key()}").next()

    assert hello == {"event": "auth", "success": True, "data": account.user_id}
    assert account.topic != f"user.{hello['data']}"


def test_a_token_logs_in(rest: Rest, dial: Dial, account: Account) -> None:
    """?token= is the compatible alternative (rule 70)."""
    body = json.dumps({"username": account.username, "password": account.password})
    token = rest.send("POST", "/v1/public/user/login", "", body)["data"]["accessToken"]

    assert dial(f"?token={token}").next()["success"] is True


def test_a_bad_token_is_refused_in_band(dial: Dial) -> None:
    """A refused login is an auth frame with success false, then a close with 1008."""
    code, _, frames = dial("?token=nonsense").end()

    assert code == 1008
    assert frames == [{"event": "auth", "success": False, "code": 1003, "message": "Invalid token"}]


def test_a_dead_listen_key_refuses_the_handshake(
    exchange: Exchange, rest: Rest, dial: Dial
) -> None:
    """An expired or unknown key is HTTP 401, before there is a WebSocket."""
    key = rest.listen_key()
    exchange.expire_listen_keys()
    for text in (key, "unknown"):
        with pytest.raises(InvalidStatus) as caught:
            dial(f"?listenKey={text}")
        assert caught.value.response.status_code == 401
    assert exchange.connections() == 0


def test_private_pushes_come_without_asking(
    exchange: Exchange, account: Account, private: Stream
) -> None:
    """The login joins the user's topic; a push has no event member (rules 74, 77)."""
    row = trade(exchange, account, client_order_id="mine")
    new, pending, balance = (private.next() for _ in range(3))

    for push in (new, pending, balance):
        assert set(push) == {"topic", "ts", "data"}
        assert push["topic"] == account.topic
    assert [new["data"]["orderStatus"], pending["data"]["orderStatus"]] == ["NEW", "PENDING"]
    assert pending["data"]["clientOrderId"] == "mine"
    assert pending["data"]["updatedAt"] == row["updatedAt"] == pending["ts"]
    assert balance["data"]["balances"][0]["frozenBalance"] == "425"


def test_the_log_is_what_was_sent(exchange: Exchange, account: Account, private: Stream) -> None:
    """The log has the exact text of every push, in the order of the wire, and who got it."""
    for _ in range(20):
        trade(exchange, account)
    log = exchange.private_log(account)[1:]
    texts = [private.text() for _ in log]

    assert texts == [event.text for event in log]
    assert len(set(texts)) == len(texts) == 60
    assert exchange.wait_until(lambda: all(event.receivers == 1 for event in log))
    times = [event.ts_ms for event in log]
    assert times == sorted(set(times))


def test_every_connection_of_a_user_gets_every_push(
    exchange: Exchange, account: Account, rest: Rest, dial: Dial, private: Stream
) -> None:
    """Two sockets of a user are two receivers; a public socket is none."""
    second = dial(f"?listenKey={rest.listen_key()}")
    public = dial()
    second.next()
    exchange.deposit(account, "1")

    assert private.text() == second.text()
    assert public.quiet() == []
    last = exchange.private_log(account)[-1]
    assert exchange.wait_until(lambda: last.receivers == 2)
    assert (exchange.connections(account), exchange.connections()) == (2, 3)


def test_subscribe_repeats_id_and_topics(dial: Dial) -> None:
    """The reply has the id, event subscribe, success true and the topics (rule 84)."""
    stream = dial()
    topics = [DEPTH, "market.tickers"]
    request_id = stream.send("subscribe", *topics)

    assert stream.next() == {
        "id": request_id,
        "event": "subscribe",
        "success": True,
        "data": topics,
    }


def test_depth_is_a_snapshot_and_then_increments(
    exchange: Exchange, account: Account, dial: Dial
) -> None:
    """Applying the increments to the snapshot gives the book, versions without a gap (rule 91)."""
    trade(exchange, account)
    stream = dial()
    stream.ask("subscribe", DEPTH)
    snapshot = stream.next()
    order = trade(exchange, account, price="85000.1")
    first = stream.next()["data"]
    exchange.cancel_order(account, symbol="BTCUSDT", order_id=order["orderId"])
    second = stream.next()["data"]

    assert (snapshot["topic"], snapshot["event"]) == (DEPTH, "data")
    assert snapshot["data"]["snapshot"] is True
    assert snapshot["data"]["bids"] == [["85000", "0.1"]]
    assert (first["snapshot"], first["bids"]) == (False, [["85000.1", "0.1"]])
    assert second["bids"] == [["85000.1", "0"]]
    versions = [data["endVersion"] for data in (snapshot["data"], first, second)]
    assert versions == [versions[0], versions[0] + 1, versions[0] + 2]


def test_subscribing_again_gives_a_new_snapshot(
    exchange: Exchange, account: Account, dial: Dial
) -> None:
    """A resubscribe on the same connection is the way to a snapshot (rules 92, 93)."""
    stream = dial()
    stream.ask("subscribe", DEPTH)
    assert stream.next()["data"]["bids"] == []
    trade(exchange, account)
    version = stream.next()["data"]["endVersion"]
    stream.ask("subscribe", DEPTH)
    again = stream.next()["data"]

    assert (again["snapshot"], again["bids"]) == (True, [["85000", "0.1"]])
    assert again["endVersion"] == version


def test_a_trade_moves_the_other_channels(exchange: Exchange, account: Account, dial: Dial) -> None:
    """Trade, kline, ticker and tickers each tell of it, with the fields of the wire page."""
    stream = dial()
    topics = ["trade.BTCUSDT", "kline.BTCUSDT.1m", "ticker.BTCUSDT", "tickers"]
    names = [f"market.{topic}" for topic in topics]
    stream.ask("subscribe", *names)
    other = exchange.create_account(username="other")
    trade(exchange, account)
    trade(exchange, other, side="SELL")
    pushes: dict[str, Any] = {}
    while set(pushes) != set(names):
        push = stream.next()
        assert push["event"] == "data"
        pushes[push["topic"]] = push["data"]

    one = pushes["market.trade.BTCUSDT"]
    assert (one["price"], one["quantity"], one["side"]) == ("85000", "0.1", "SELL")
    assert pushes["market.kline.BTCUSDT.1m"]["close"] == "85000"
    assert pushes["market.ticker.BTCUSDT"]["lastPrice"] == "85000"
    assert pushes["market.ticker.BTCUSDT"] in pushes["market.tickers"]
    assert len(pushes["market.tickers"]) == 3


def test_after_unsubscribe_nothing_comes(exchange: Exchange, account: Account, dial: Dial) -> None:
    """The reply repeats the topics, and pushes of the topic end."""
    stream, witness = dial(), dial()
    for one in (stream, witness):
        one.ask("subscribe", DEPTH)
        one.next()
    assert stream.ask("unsubscribe", DEPTH)["data"] == [DEPTH]
    assert exchange.subscriptions() == [set(), {DEPTH}]
    trade(exchange, account)
    witness.next()

    assert stream.quiet() == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("nonsense", 2002),
        ("[]", 2002),
        ("[" * 5000, 2002),
        ('{"id":1,"op":"ping","args":[]}', 2002),
        ('{"id":"","op":"ping","args":[]}', 2002),
        ('{"id":"x","op":"login","args":[]}', 2002),
        ('{"id":"x","op":"subscribe","args":[]}', 2001),
        ('{"id":"x","op":"subscribe","args":"market.tickers"}', 2002),
        ('{"id":"x","op":"subscribe","args":[1]}', 2002),
        ('{"id":"x","op":"subscribe","args":["market.depth.NOPE"]}', 2002),
        ('{"id":"x","op":"subscribe","args":["market.tickers","market.depth.NOPE"]}', 2002),
        ('{"id":"x","op":"subscribe","args":["user.5794"]}', 3006),
        ('{"id":"\\ud800","op":"x","args":[]}', 2002),
    ],
)
def test_bad_requests_are_refused_and_change_nothing(
    exchange: Exchange, dial: Dial, text: str, code: int
) -> None:
    """A refusal frame has the id if there was one, success false, code and message."""
    stream = dial()
    stream.socket.send(text)
    refusal = stream.next()

    assert (refusal["success"], refusal["code"]) == (False, code)
    assert refusal["message"]
    assert set(refusal) == {"id", "event", "success", "code", "message"}
    assert exchange.subscriptions() == [set()]
    assert stream.ask("ping")["event"] == "pong"


def test_an_id_may_be_used_once(dial: Dial) -> None:
    """A second request with the same id is refused (rule 83)."""
    stream = dial()
    for success in (True, False):
        stream.socket.send('{"id":"same","op":"ping","args":[]}')
        assert stream.next()["success"] is success


def test_ones_own_topic_may_be_named(account: Account, private: Stream) -> None:
    """Subscribing to the private topic is not needed, and does no harm (rule 74)."""
    assert private.ask("subscribe", account.topic)["success"] is True
    assert private.ask("unsubscribe", account.topic)["success"] is True


def test_protocol_pings_are_answered(dial: Dial) -> None:
    """A ping frame of the protocol gets its pong."""
    assert dial().socket.ping().wait(10)


def test_a_binary_frame_closes(dial: Dial) -> None:
    """Only text is spoken here (1003)."""
    stream = dial()
    stream.socket.send(b"\x00")

    assert stream.end()[0] == 1003


def test_a_close_is_answered(exchange: Exchange, dial: Dial) -> None:
    """A client that closes in order gets its code back, and is gone from the books."""
    stream = dial()
    stream.socket.close(1000, "bye")

    assert stream.end()[0] == 1000
    assert exchange.wait_until(lambda: exchange.connections() == 0)


def test_a_listen_key_ends_by_itself() -> None:
    """When its life is over, its sockets are closed with 1008 and the reason."""
    with Exchange(market_maker=False, listen_key_life_ms=1500) as exchange:
        account = exchange.create_account()
        key = exchange.create_key(account)
        with Rest(exchange.rest_url, key.api_key, key.api_secret) as rest:
            stream = Stream(f"{exchange.ws_url}?listenKey={rest.listen_key()}")
        assert stream.next()["event"] == "auth"
        assert stream.end()[:2] == (1008, "listenKey expired")


def test_the_market_maker_moves_all_channels() -> None:
    """With the market maker on, all five channels move by themselves."""
    names = ["depth.BTCUSDT", "trade.BTCUSDT", "kline.BTCUSDT.1m", "ticker.BTCUSDT", "tickers"]
    topics = {f"market.{name}" for name in names}
    with Exchange(seed=7, updates_per_second=200) as exchange:
        stream = Stream(exchange.ws_url)
        stream.ask("subscribe", *sorted(topics))
        seen: dict[str, int] = {}
        while set(seen) != topics or min(seen.values()) < 3:
            topic = stream.next()["topic"]
            seen[topic] = seen.get(topic, 0) + 1
        assert abs(exchange.mid_price("BTCUSDT") - 86500) < 900
        stream.shut()


def test_a_book_built_from_pushes_is_the_book() -> None:
    """Snapshot and increments of a busy market, from any moment, give its quotes."""
    with Exchange(seed=7, updates_per_second=500) as exchange:
        stream = Stream(exchange.ws_url)
        stream.ask("subscribe", DEPTH)
        sides: dict[str, dict[Decimal, str]] = {"bids": {}, "asks": {}}
        version = None
        for _ in range(300):
            data = stream.next()["data"]
            assert data["snapshot"] is (version is None)
            assert version is None or data["endVersion"] == version + 1
            version = data["endVersion"]
            for side, levels in sides.items():
                levels.update({Decimal(price): size for price, size in data[side]})
                sides[side] = {price: size for price, size in levels.items() if size != "0"}
            assert max(sides["bids"]) < min(sides["asks"])
        assert (len(sides["bids"]), len(sides["asks"])) == (10, 10)
        stream.shut()
