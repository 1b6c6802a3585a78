"""The channels of the unified streams, and how their topics are written."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.codec import parse_json
from sixmm.errors import ConfigurationError, DecodeError
from sixmm.venues.base import Frame, FrameKind
from sixmm.venues.kucoin.enums import Connection
from sixmm.venues.kucoin.pro_topics import (
    PRO_CHANNELS,
    PRO_PUBLIC_CHANNELS,
    read_pro_topic,
    topic_of_push,
)
from sixmm.venues.kucoin.protocol import _peek, classify, frame_of
from sixmm.venues.kucoin.topics import check_topic, is_private

# In the forms that the documentation and captures of the public streams have.
PUSHES = {
    "ticker.SPOT:BTC-USDT": '{"T":"ticker.SPOT","P":1768206966101166007,"d":{"A":"0.9","B":"0.02",'
    '"E":25958853459,"M":1768206966096000000,"S":"BUY","a":"90968.2","b":"90968.1","l":"90968.2",'
    '"q":"0.00109929","s":"BTC-USDT"}}',
    "ticker.FUTURES:ETHUSDTM": '{"T":"ticker.FUTURES","P":5,"d":{"S":"sell","s":"ETHUSDTM"}}',
    "kline.SPOT:BTC-USDT:1min": '{"T":"kline.SPOT","P":1776090720846219590,"d":{"o":"71725.1",'
    '"c":"71728.1","S":false,"i":"1min","C":1776090780,"s":"BTC-USDT","O":1776090720}}',
    "trade.FUTURES:XBTUSDTM": '{"T":"trade.FUTURES","P":1768218157098477768,"d":{"p":"90551.8",'
    '"q":"12","s":"XBTUSDTM","S":"buy","E":1905973690439,"ti":"1905973690439","rpi":false}}',
    "obu.SPOT:BTC-USDT:increment@10ms": '{"T":"obu.SPOT","dp":"increment@10ms","t":"delta",'
    '"P":1781672136338555550,"d":{"C":2,"O":1,"a":[],"b":[["65928.9","0"]],"s":"BTC-USDT"}}',
    "obu.FUTURES:XBTUSDTM:5": '{"t":"snapshot","T":"obu.FUTURES","d":{"O":1,"b":[["8","9"]],'
    '"s":"XBTUSDTM","a":[],"C":1},"P":1767323800305802104,"dp":"5"}',
    "obu.SPOT:BTC-USDT:1": '{"T":"obu.spot","dp":"1","P":1,"d":{"s":"BTC-USDT"}}',
    "mark-price:XBTUSDTM": '{"T":"mark-price","P":1731899129000,"d":{"s":"XBTUSDTM","mp":"9"}}',
    "funding-fee:XBTUSDTM": '{"T":"funding-fee","P":1786809901214267234,"d":{"s":"XBTUSDTM"}}',
    "funding-fee-all-symbols": '{"T":"funding-fee-all-symbols","P":1,"d":[{"s":"XBTUSDTM"}]}',
    "callAuctionInfo.SPOT:GROVE-USDT": '{"T":"callAuctionInfo.SPOT","t":"snapshot","P":1,'
    '"d":{"s":"GROVE-USDT","eq":0.05568}}',
}


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object that has each of its members once."""
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a member is there twice")
    return value


class TestReading:
    """What a topic says."""

    def test_every_channel_has_an_example(self) -> None:
        """The example is a topic of the channel, and of nothing else."""
        for channels, private in ((PRO_CHANNELS, True), (PRO_PUBLIC_CHANNELS, False)):
            for channel in channels.values():
                topic = read_pro_topic(channel.example)
                assert topic is not None
                assert topic.channel is channel
                assert is_private(channel.example) is private

    def test_its_parts(self) -> None:
        """Channel, market, symbol and option; and the connection that carries it."""
        lite = read_pro_topic("execution.lite.SPOT")
        assert lite is not None
        assert (lite.channel.name, lite.market, lite.symbol) == ("execution.lite", "SPOT", None)
        assert lite.connection is Connection.PRIVATE_PRO_V2
        book = read_pro_topic("obu.FUTURES:XBTUSDTM:50")
        assert book is not None
        assert (book.market, book.symbol, book.option) == ("FUTURES", "XBTUSDTM", "50")
        assert book.connection is Connection.FUTURES_PUBLIC_PRO_V2
        mark = read_pro_topic("mark-price:XBTUSDTM")
        assert mark is not None
        assert mark.connection is Connection.FUTURES_PUBLIC_PRO_V2

    @pytest.mark.parametrize(
        ("topic", "hint"),
        [
            ("ticker.SPOT", "ticker needs a symbol: ticker.SPOT:BTC-USDT"),
            ("kline.SPOT:BTC-USDT", "kline needs a symbol and interval: kline.SPOT:BTC-USDT:1min"),
            ("obu.FUTURES:XBTUSDTM", "obu needs a symbol and depth"),
            ("mark-price", "mark-price needs a symbol: mark-price:XBTUSDTM"),
        ],
    )
    def test_what_is_missing(self, topic: str, hint: str) -> None:
        """It is told, with a topic that has it."""
        with pytest.raises(ConfigurationError, match=hint):
            read_pro_topic(topic)

    @pytest.mark.parametrize(
        "topic",
        [
            "ticker",
            "ticker.UNIFIED:BTC-USDT",
            "ticker.SPOT:A,B",
            "ticker.SPOT:A:1min",
            "kline.SPOT:A:1",
            "obu.SPOT:A:7",
            "mark-price.FUTURES:XBTUSDTM",
            "callAuctionInfo.FUTURES:XBTUSDTM",
            "callAuctionInfo:GROVE-USDT",
            "funding-fee-all-symbols:X",
            "orderAll.UNIFIED:X",
            "orderAll",
            "",
            ":",
        ],
    )
    def test_what_is_none(self, topic: str) -> None:
        """Another market, symbol or option than there is, or more than one of it."""
        assert read_pro_topic(topic) is None


class TestPushes:
    """Which topic a push was asked for by."""

    @pytest.mark.parametrize(("topic", "text"), PUSHES.items())
    def test_public(self, topic: str, text: str) -> None:
        """It is put together from what the push says, and is the one that was asked for."""
        assert topic_of_push(parse_json(text)) == check_topic(topic) == topic
        assert classify(text.encode()) == Frame(kind=FrameKind.MARKET, topic=topic)
        assert classify(text.encode()) is classify(text.encode())
        has_usual_order = text.startswith('{"T"') and '"d":{' in text
        assert _peek(text.encode()) == (classify(text.encode()) if has_usual_order else None)

    @given(
        st.sampled_from(sorted(PUSHES.values())),
        st.lists(
            st.sampled_from(
                ['"s"', '"i"', '"dp"', '"T"', '"P"', '"d"', ":", ",", "{", "}", "[", "]", "1", "\\"]
            ),
            min_size=1,
            max_size=8,
        ).map("".join)
        | st.sampled_from(
            [
                '"s":"X",',
                '"x":{"s":"X"},',
                '"x":"s",',
                '"i":"5min",',
                '"i":"5MIN",',
                '"dp":"5",',
                '"x":"}}",',
                '"T":"trade.SPOT",',
            ]
        ),
        st.integers(0, 400),
    )
    def test_a_look_says_what_reading_says(self, text: str, more: str, place: int) -> None:
        """Whatever else is in a push, wherever: a quick look at it is right, or is not taken."""
        spots = [n for n, c in enumerate(text) if c in "{,["]
        spot = spots[place % len(spots)] + 1
        changed = (text[:spot] + more + text[spot:]).encode()
        looked = _peek(changed)
        try:
            json.loads(changed, object_pairs_hook=once)
            message = parse_json(changed)
        except (ValueError, DecodeError):
            return
        assert looked in (None, frame_of(message))

    @pytest.mark.parametrize(
        "data", [{}, {"s": 5}, {"s": ""}, [], None, "BTC-USDT", {"S": "BTC-USDT"}]
    )
    def test_without_a_symbol(self, data: Any) -> None:
        """It is what the push names, which nobody has asked for."""
        assert topic_of_push({"T": "ticker.SPOT", "d": data}) == "ticker.SPOT"

    def test_private(self) -> None:
        """A private push is not looked into."""
        message = {"T": "order.UNIFIED", "d": {"s": "XBTUSDTM"}}
        assert topic_of_push(message) == "order.UNIFIED"

    @given(
        st.dictionaries(
            st.sampled_from(["s", "i", "dp", "t"]), st.text(max_size=5) | st.integers()
        ),
        st.sampled_from([*PRO_PUBLIC_CHANNELS, "ticker.SPOT", "kline.spot", "obu.FUTURES", "x.y"]),
    )
    def test_whatever_it_says(self, members: dict[str, Any], named: str) -> None:
        """Nothing that a server sends makes it fail."""
        assert topic_of_push({"T": named, "d": members, **members}).startswith(
            named.partition(".")[0]
        )
