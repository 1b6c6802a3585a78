"""Requests on a Pro connection, over a socket."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from sixmm.sim.kucoin import Account, ApiKey, KuCoinExchange, Limits

from .bench import D
from .client import Caller, Pro
from .conftest import Opener


def test_login_by_a_frame(exchange: KuCoinExchange, key: ApiKey, pro: Pro) -> None:
    """Private channels are refused before it, and taken after it."""
    before = pro.request(action="SUBSCRIBE", channel="orderAll", tradeType="SPOT")
    answer = pro.auth(key)

    assert (before["result"], before["message"]) == (False, "login is required")
    assert answer == {"id": "2", "result": True}
    pro.subscribe("orderAll", tradeType="SPOT")
    assert exchange.subscriptions() == [{"orderAll.SPOT"}]


@pytest.mark.parametrize(
    ("fault", "code"), [({"off_ms": -60_000}, "400002"), ({"secret": "x"}, "400005")]
)
def test_a_login_that_is_wrong(
    exchange: KuCoinExchange, key: ApiKey, pro: Pro, fault: dict[str, object], code: str
) -> None:
    """The refusal says what is."""
    answer = pro.auth(key, **fault)  # type: ignore[arg-type]

    assert answer["result"] is False
    assert answer["message"].startswith(code)
    assert [record.code for record in exchange.requests if record.method == "AUTH"] == [int(code)]


def test_a_refusal_as_a_code(exchange: KuCoinExchange, key: ApiKey, pro: Pro) -> None:
    """As a gateway tells it: without the id of the request."""
    exchange.manners.login_refusal = "code"
    pro.tell({"op": "auth", "kc-api-key": key.api_key})

    assert pro.next() == {
        "code": "400001",
        "msg": "Please check the header of your request for KC-API-SIGN",
    }


def test_one_login_for_each_connection(
    exchange: KuCoinExchange, key: ApiKey, pro: Pro, opener: Opener
) -> None:
    """A second one is refused, and so is one that was seen on another connection."""
    fields = pro.auth_fields(key)
    assert pro.request(**fields)["result"] is True
    assert pro.auth(key)["message"].startswith("400100")
    other = opener(Pro, exchange.pro_url)
    assert isinstance(other, Pro)
    other.next()

    assert other.request(**fields)["message"] == "400005 KC-API-SIGN was used before"
    assert other.auth(key)["result"] is True


def test_a_login_counts_from_its_acknowledgement(
    exchange: KuCoinExchange, key: ApiKey, pro: Pro
) -> None:
    """Whoever does not wait for it is refused; one that is lost is none."""
    exchange.faults.late_ack(1.5)
    request_id = pro.tell(pro.auth_fields(key))
    early = pro.request(action="SUBSCRIBE", channel="orderAll", tradeType="SPOT")
    assert early["message"] == "login is required"
    assert pro.until(request_id)[0]["result"] is True
    exchange.faults.clear()
    pro.subscribe("orderAll", tradeType="SPOT")


def test_a_login_whose_acknowledgement_is_lost(
    exchange: KuCoinExchange, key: ApiKey, pro: Pro
) -> None:
    """It never was."""
    exchange.faults.lose_acks(1)
    pro.tell(pro.auth_fields(key))

    early = pro.request(action="SUBSCRIBE", channel="orderAll", tradeType="SPOT")
    assert early["message"] == "login is required"


def test_login_by_a_token(
    exchange: KuCoinExchange, account: Account, spot: Caller, opener: Opener
) -> None:
    """The token of the v2 call comes without an address, and opens the Pro host."""
    data = spot.bullet("/api/v2/bullet-private")
    assert data.keys() == {"token"}
    stream = opener(Pro, f"{exchange.pro_url}?token={quote(data['token'], safe='')}")
    assert isinstance(stream, Pro)
    welcome = stream.next()
    stream.subscribe("balance", accountType="SPOT")

    assert welcome.keys() == {"sessionId", "message", "pingInterval"}
    assert (welcome["message"], welcome["pingInterval"]) == ("welcome", 18_000)
    assert exchange.connections(account) == 1


def test_pushes_are_those_of_the_log(
    exchange: KuCoinExchange, account: Account, key: ApiKey, pro: Pro
) -> None:
    """In binary frames, in order, for every channel."""
    pro.auth(key)
    for kind in ("SPOT", "FUTURES", "CROSS", "ISOLATED"):
        for channel in ("orderAll", "execution", "execution.lite", "positionAll"):
            pro.subscribe(channel, tradeType=kind)
        pro.subscribe("balance", accountType=kind)
    pro.subscribe("order", tradeType="SPOT", symbol="BTC-USDT")
    pro.subscribe("position", tradeType="FUTURES", symbol="XBTUSDTM")
    since = exchange.private_log(account)[-1].seq
    exchange.step(account, 60)
    log = exchange.private_log(account, since, exchange.subscriptions()[0])
    got = pro.pending()

    assert got == [json.loads(one.text) for one in log]
    assert {one["T"] for one in got} >= {"orderAll.SPOT", "execution.SPOT", "order.SPOT"}


def test_forms_of_pings(pro: Pro) -> None:
    """The old one and the new one are answered alike, in ns."""
    old, new = pro.request(type="ping"), pro.request(op="ping", timestamp=1)

    assert (old["type"], new["op"]) == ("pong", "pong")
    assert old["ts"] > 10**18


def test_refusals(key: ApiKey, pro: Pro) -> None:
    """They have a message, or a reason when it is the symbol that is missing."""
    pro.auth(key)
    nothing = pro.request(action="NOTHING")
    symbol = pro.request(action="subscribe", channel="position", tradeType="FUTURES")
    pro.socket.send("hello")

    assert nothing["message"] == "invalid request data"
    assert symbol["reason"] == "missing `symbol` for topic: Position"
    assert pro.next() == {"id": "", "result": False, "message": "invalid request data"}


def test_unsubscribing(exchange: KuCoinExchange, account: Account, key: ApiKey, pro: Pro) -> None:
    """Nothing comes any more."""
    pro.auth(key)
    pro.subscribe("balance", accountType="SPOT")
    assert pro.request(action="unsubscribe", channel="balance", accountType="SPOT")["result"]
    with exchange.moment(account) as trader:
        trader.spot.transfer("trade", "USDT", D(1))

    assert pro.pending() == []


def test_a_result_as_text(exchange: KuCoinExchange, key: ApiKey, pro: Pro) -> None:
    """The documentation prints it so."""
    exchange.manners.pro_ack = "text"

    assert pro.auth(key)["result"] == "true"


def test_too_many_pings(opener: Opener) -> None:
    """More than one in a second ends the connection."""
    with KuCoinExchange(limits=Limits(pro_ping_spacing=1.0)) as exchange:
        stream = opener(Pro, exchange.pro_url)
        assert isinstance(stream, Pro)
        stream.next()
        stream.tell({"type": "ping"})
        stream.tell({"type": "ping"})

        assert stream.end()[:2] == (1000, "Bye")


def test_limits(opener: Opener) -> None:
    """Topics of a connection, and messages in ten seconds."""
    with KuCoinExchange(limits=Limits(pro_topics=1, messages=4)) as exchange:
        stream = opener(Pro, exchange.pro_url)
        assert isinstance(stream, Pro)
        stream.next()
        stream.auth(exchange.create_key(exchange.create_account()))
        stream.subscribe("orderAll", tradeType="SPOT")
        stream.subscribe("orderAll", tradeType="SPOT")
        topics = stream.request(action="SUBSCRIBE", channel="orderAll", tradeType="CROSS")
        messages = stream.request(action="SUBSCRIBE", channel="orderAll", tradeType="CROSS")

    assert topics["message"] == "exceed max subscription count limitation of 1 per session"
    assert messages["message"] == "exceed max permits per second"


def test_limits_of_a_user(opener: Opener) -> None:
    """A login counts as a dial with a token does: so many at once, and in a minute."""
    with KuCoinExchange(limits=Limits(sessions=1, dials=2)) as exchange:
        key = exchange.create_key(exchange.create_account())
        answers = []
        for _ in range(3):
            stream = opener(Pro, exchange.pro_url)
            assert isinstance(stream, Pro)
            stream.next()
            answers.append(stream.auth(key))

    assert answers[0]["result"] is True
    assert [one["message"] for one in answers[1:]] == [
        "509 exceed max session count limitation of 1",
        "509 service is busy, please retry later",
    ]


def test_before_the_welcome(exchange: KuCoinExchange, opener: Opener) -> None:
    """Nothing is accepted, as on a Classic connection."""
    exchange.faults.late_welcome(30)
    stream = opener(Pro, exchange.pro_url)
    assert isinstance(stream, Pro)

    assert stream.request(type="ping")["message"] == "nothing is accepted before the welcome"


def test_a_subscription_that_is_refused(exchange: KuCoinExchange, key: ApiKey, pro: Pro) -> None:
    """By a fault, which names the channel with its type."""
    exchange.faults.refuse_topics("orderAll.SPOT")
    pro.auth(key)

    assert pro.request(action="SUBSCRIBE", channel="orderAll", tradeType="SPOT")["result"] is False
    pro.subscribe("orderAll", tradeType="CROSS")


def test_text_frames(exchange: KuCoinExchange, pro: Pro) -> None:
    """They can be had by a switch; the client may send either kind."""
    pro.socket.send(b'{"id":"b","type":"ping"}')
    assert pro.next()["id"] == "b"
    exchange.manners.pro_text = True
    pro.tell({"type": "ping"})

    assert isinstance(pro.socket.recv(timeout=10), str)


def test_a_login_that_is_refused(exchange: KuCoinExchange, key: ApiKey, pro: Pro) -> None:
    """By a fault, as often as it says."""
    exchange.faults.refuse_login(1)

    assert pro.auth(key)["result"] is False
    assert pro.auth(key)["result"] is True


def test_public_streams(exchange: KuCoinExchange, account: Account, opener: Opener) -> None:
    """Without a login, in binary frames; each tells the trades of its market, and nobody's name."""
    told = {}
    for market, url, symbol in (
        ("SPOT", exchange.pro_spot_url, "BTC-USDT"),
        ("FUTURES", exchange.pro_futures_url, "XBTUSDTM"),
    ):
        stream = opener(Pro, url)
        assert isinstance(stream, Pro)
        assert stream.next()["message"] == "welcome"
        for channel in ("trade", "ticker"):
            stream.subscribe(channel, tradeType=market, symbol=symbol)
        private = stream.request(action="SUBSCRIBE", channel="orderAll", tradeType="UNIFIED")
        assert private["message"] == "login is required"
        told[market] = stream
    exchange.step(account, 120)
    for market, stream in told.items():
        got = stream.pending()
        assert {one["T"] for one in got} == {f"trade.{market}", f"ticker.{market}"}
        assert len({one["d"]["s"] for one in got}) == 1
        assert account.user_id not in json.dumps(got)


def test_no_login_on_a_public_stream(exchange: KuCoinExchange, key: ApiKey, opener: Opener) -> None:
    """It is of no use there."""
    stream = opener(Pro, exchange.pro_spot_url)
    assert isinstance(stream, Pro)
    stream.next()

    assert stream.auth(key)["message"] == "invalid request data"
    assert not [record for record in exchange.requests if record.method == "AUTH"]
