"""Which topics there are."""

from __future__ import annotations

import pytest

from sixmm.sim.kucoin.topics import ProError, TopicError, read_pro, read_topic

PRIVATE = [
    ("spot", "/spotMarket/tradeOrders"),
    ("spot", "/spotMarket/tradeOrdersV2"),
    ("spot", "/account/balance"),
    ("spot", "/spotMarket/advancedOrders"),
    ("spot", "/margin/position"),
    ("spot", "/margin/isolatedPosition:BTC-USDT"),
    ("spot", "/margin/loan:BTC"),
    ("futures", "/contractMarket/tradeOrders"),
    ("futures", "/contractMarket/tradeOrders:XBTUSDTM"),
    ("futures", "/contractMarket/advancedOrders"),
    ("futures", "/contractAccount/wallet"),
    ("futures", "/contract/position:XBTUSDTM"),
    ("futures", "/contract/positionAll"),
    ("futures", "/contract/marginMode"),
    ("futures", "/contract/crossLeverage"),
]


@pytest.mark.parametrize(("host", "topic"), PRIVATE)
def test_private_topics(host: str, topic: str) -> None:
    """Each is there on its host, and on no other."""
    found = read_topic(host, topic)

    assert found.private
    assert found.names == (topic,)
    with pytest.raises(TopicError) as refused:
        read_topic("futures" if host == "spot" else "spot", topic)
    assert refused.value.code == 404


def test_public_topics() -> None:
    """They take several symbols, and one that nobody knows."""
    found = read_topic("spot", "/market/match:BTC-USDT,NOT-THERE")

    assert found.names == ("/market/match:BTC-USDT", "/market/match:NOT-THERE")
    assert not found.private


@pytest.mark.parametrize(
    ("topic", "code"),
    [
        (None, 406),
        ("", 406),
        (["/account/balance"], 400),
        ("account/balance", 400),
        ("/account/balance:", 400),
        ("/account/balance:BTC", 400),
        ("/margin/isolatedPosition", 400),
        ("/margin/isolatedPosition:BTC-USDT,ETH-USDT", 400),
        ("/market/match:" + ",".join(f"S{n}" for n in range(101)), 509),
        ("/nothing/there", 404),
    ],
)
def test_topics_that_are_refused(topic: object, code: int) -> None:
    """Each with its code."""
    with pytest.raises(TopicError) as refused:
        read_topic("spot", topic)
    assert refused.value.code == code


def test_pro_channels() -> None:
    """A channel has a type, and two of them a symbol."""
    plain = read_pro("pro", {"channel": "orderAll", "tradeType": "SPOT"})
    one = read_pro("pro", {"channel": "position", "tradeType": "FUTURES", "symbol": "XBTUSDTM"})
    money = read_pro("pro", {"channel": "balance", "accountType": "FUNDING"})

    assert (plain.name, plain.private) == ("orderAll.SPOT", True)
    assert one.name == "position.FUTURES:XBTUSDTM"
    assert money.name == "balance.FUNDING"


@pytest.mark.parametrize(
    ("host", "request_", "name"),
    [
        ("pro_spot", {"channel": "trade", "tradeType": "SPOT", "symbol": "A-B"}, "trade.SPOT:A-B"),
        (
            "pro_futures",
            {"channel": "kline", "tradeType": "FUTURES", "symbol": "XM", "interval": "1min"},
            "kline.FUTURES:XM:1min",
        ),
        (
            "pro_spot",
            {"channel": "obu", "tradeType": "SPOT", "symbol": "A-B", "depth": "increment@10ms"},
            "obu.SPOT:A-B:increment@10ms",
        ),
        ("pro_spot", {"channel": "callAuctionInfo", "symbol": "A-B"}, "callAuctionInfo.SPOT:A-B"),
        ("pro_futures", {"channel": "mark-price", "symbol": "XM"}, "mark-price:XM"),
        ("pro_futures", {"channel": "funding-fee-all-symbols"}, "funding-fee-all-symbols"),
    ],
)
def test_public_pro_channels(host: str, request_: dict[str, object], name: str) -> None:
    """Each asks for what it needs, on the host of its market."""
    found = read_pro(host, request_)

    assert (found.name, found.private) == (name, False)
    with pytest.raises(ProError, match="invalid request data"):
        read_pro("pro", request_)


@pytest.mark.parametrize(
    ("request_", "text"),
    [
        ({"channel": "orderAll", "tradeType": "SPOT"}, "login is required"),
        ({"channel": "ticker", "tradeType": "SPOT"}, "missing `symbol` for topic: Ticker"),
        ({"channel": "ticker", "tradeType": "FUTURES", "symbol": "A"}, "invalid request data"),
        ({"channel": "ticker", "symbol": "A"}, "invalid request data"),
        ({"channel": "ticker", "tradeType": "SPOT", "symbols": ["A"]}, "symbols are not supported"),
        ({"channel": "kline", "tradeType": "SPOT", "symbol": "A"}, "invalid request data"),
        (
            {"channel": "obu", "tradeType": "SPOT", "symbol": "A", "depth": "7"},
            "invalid request data",
        ),
        ({"channel": "mark-price", "symbol": "A"}, "invalid request data"),
        ({"channel": "nothing"}, "invalid request data"),
    ],
)
def test_public_pro_channels_that_are_refused(request_: dict[str, object], text: str) -> None:
    """What is private, of the other market, or says too little."""
    with pytest.raises(ProError, match=text):
        read_pro("pro_spot", request_)


def test_pro_channels_that_are_refused() -> None:
    """In the two ways that were seen."""
    with pytest.raises(ProError, match="missing `symbol` for topic: Position") as refused:
        read_pro("pro", {"channel": "position", "tradeType": "FUTURES"})
    assert refused.value.member == "reason"
    for request in ({}, {"channel": "orderAll"}, {"channel": "balance", "tradeType": "SPOT"}):
        with pytest.raises(ProError, match="invalid request data") as refused:
            read_pro("pro", dict(request))
        assert refused.value.member == "message"
