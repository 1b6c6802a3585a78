"""Log and queues under one lock."""

from __future__ import annotations

import json
from decimal import Decimal, localcontext

import pytest

from sixmm.sim.kucoin import Account, KuCoinExchange, LoggedPush


@pytest.fixture
def exchange() -> KuCoinExchange:
    """Give an exchange that is not started: the log needs no connection."""
    return KuCoinExchange(seed=7)


def envelopes(exchange: KuCoinExchange, account: Account, count: int) -> list[dict[str, object]]:
    """Return the messages of that many transfers."""
    for _ in range(count):
        with exchange.moment(account) as trader:
            trader.spot.transfer("trade", "USDT", Decimal(1))
    log = exchange.private_log(account, topics={"/account/balance"})
    return [json.loads(one.text) for one in log[-count:]]


def test_envelopes(exchange: KuCoinExchange, account: Account) -> None:
    """They have user and channel type, or neither, or change, as the switch has it."""
    full = envelopes(exchange, account, 1)[0]
    exchange.manners.envelope = "bare"
    bare = envelopes(exchange, account, 1)[0]
    exchange.manners.envelope = "mixed"
    mixed = envelopes(exchange, account, 30)

    assert full.keys() == {"topic", "type", "subject", "id", "data", "userId", "channelType"}
    assert full["userId"] == account.user_id
    assert bare.keys() == {"topic", "type", "subject", "id", "data"}
    assert {"userId" in one for one in mixed} == {True, False}


def test_documented_topics(exchange: KuCoinExchange, account: Account) -> None:
    """With that switch a push to a topic of all symbols names that of its symbol."""
    for wanted in (False, True):
        exchange.manners.symbol_topics = wanted
        with exchange.moment(account) as trader:
            trader.futures.place("XBTUSDTM", "buy", 1, price=Decimal(1))
    log = exchange.private_log(account, topics={"/contractMarket/tradeOrders"})
    told = [json.loads(one.text) for one in log]

    assert [(one["topic"], one["subject"]) for one in told] == [
        ("/contractMarket/tradeOrders", "orderChange"),
        ("/contractMarket/tradeOrders:XBTUSDTM", "symbolOrderChange"),
    ]


def test_pro_envelopes(exchange: KuCoinExchange, account: Account) -> None:
    """They have three letters; the channel of one symbol does not name it."""
    with exchange.moment(account) as trader:
        trader.spot.place("BTC-USDT", "buy", price=Decimal(1), size=Decimal(1))
    push = exchange.private_log(account, topics={"order.SPOT:BTC-USDT"})[0]
    message = json.loads(push.text)

    assert message.keys() == {"T", "P", "d"}
    assert message["T"] == "order.SPOT"
    assert isinstance(message["P"], int)
    assert message["P"] > message["d"]["U"]


def test_what_happened_before_an_error_is_logged(
    exchange: KuCoinExchange, account: Account
) -> None:
    """The log never knows less than the account."""
    before = len(exchange.private_log(account))

    def fail() -> None:
        with exchange.moment(account) as trader:
            trader.spot.transfer("trade", "USDT", Decimal(1))
            trader.spot.place("BTC-USDT", "buy")

    with pytest.raises(ValueError, match="size or funds"):
        fail()
    assert len(exchange.private_log(account)) == before + 2


def test_the_context_of_the_caller_does_not_matter(
    exchange: KuCoinExchange, account: Account
) -> None:
    """Money is reckoned with enough digits, whatever the calling thread has set."""
    with localcontext() as context:
        context.prec = 3
        with exchange.moment(account) as trader:
            trader.spot.transfer("trade", "USDT", Decimal("0.123456789"))
    last: LoggedPush = exchange.private_log(account, topics={"/account/balance"})[-1]

    assert last.data["available"] == "1000000.123456789"


def test_the_log_has_keys(exchange: KuCoinExchange, account: Account) -> None:
    """What a push is about can be read without its text."""
    with exchange.moment(account) as trader:
        order = trader.spot.place("BTC-USDT", "buy", price=Decimal(1), size=Decimal(1))
    log = exchange.private_log(account, topics={"/spotMarket/tradeOrdersV2"})

    assert [one.key[:3] for one in log] == [
        ("order", order.order_id, "received"),
        ("order", order.order_id, "open"),
    ]
    assert [one.event_type for one in log] == ["orderChange"] * 2
    assert [one.receivers for one in log] == [0, 0]
