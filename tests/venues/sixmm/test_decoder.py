"""One message in, one event out: every documented frame, unknown ones, and wrong ones."""

from __future__ import annotations

import contextlib
import json
from decimal import Decimal
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.codec import MAX_TEXT_BYTES, dump_json
from sixmm.errors import DecodeError
from sixmm.events import Event, Origin, UnknownEvent
from sixmm.venues.base import FrameKind
from sixmm.venues.sixmm import decode
from sixmm.venues.sixmm.decoder import MARKET_EVENTS, PRIVATE_EVENTS, Decoder
from sixmm.venues.sixmm.enums import OrderStatus, Side
from sixmm.venues.sixmm.protocol import classify
from sixmm.venues.sixmm.stream_schema import (
    AccountUpdate,
    AuthAck,
    BalanceUpdate,
    DepthUpdate,
    Kline,
    MarketTrade,
    OrderTradeUpdate,
    Pong,
    PositionUpdate,
    Refusal,
    SubscribeAck,
    Ticker,
    Tickers,
    UnsubscribeAck,
)

from .examples import compact, examples

DEPTH = "market.depth.BTCUSDT"


def event_of(message: Any) -> Event:
    """Return the event of a message that is written compactly."""
    return decode(compact(message))


def push(topic: str, data: Any, **more: Any) -> dict[str, Any]:
    """Return a public push (rule 85)."""
    return {"topic": topic, "event": "data", "ts": 1772007815000, "data": data, **more}


def private(event_type: str, **data: Any) -> dict[str, Any]:
    """Return a private push (rule 77)."""
    return {"topic": "user.5794", "ts": 1771047000000, "data": {"eventType": event_type, **data}}


class TestDocumented:
    """The frames that the documentation prints."""

    EXPECTED: dict[str, Event] = {
        "subscribeAck": SubscribeAck(request_id="1772007814666", topics=(DEPTH,)),
        "authAck": AuthAck(data="1188041528"),
        "publicPush": DepthUpdate(topic=DEPTH, ts=1772007815000, symbol="BTCUSDT"),
        "publicPush.publicChannels": DepthUpdate(topic=DEPTH, ts=1772007815000, symbol="BTCUSDT"),
        "privatePush.ORDER_TRADE_UPDATE": OrderTradeUpdate(topic="user.5794", ts=1771047000000),
    }

    def test_every_server_example(self) -> None:
        """Each documented frame is the typed event it is called, as text and as bytes."""
        found = examples("ws-server")

        assert set(found) == set(self.EXPECTED)
        for name, payload in found.items():
            text = compact(payload)
            event = decode(text, received_at=7)
            assert decode(text.encode(), received_at=7) == event
            assert (event.raw, event.received_at, event.origin) == (text, 7, Origin.STREAM)
            assert decode(text, received_at=0) == self._with_raw(self.EXPECTED[name], text)

    @staticmethod
    def _with_raw(event: Event, text: str) -> Event:
        return attrs.evolve(event, raw=text)

    def test_nothing_is_left_over(self) -> None:
        """The schema names every field of every documented frame."""
        assert [dict(event_of(payload).extra) for payload in examples("ws-server").values()] == (
            [{}] * len(examples("ws-server"))
        )


class TestPrivate:
    """Events of the account."""

    def test_a_fill(self) -> None:
        """Every assumed field of an order event has its type."""
        event = event_of(
            private(
                "ORDER_TRADE_UPDATE",
                orderId="2022543809547603968",
                symbol="BTCUSDT",
                side="BUY",
                price="85000",
                quantity="0.10",
                executedQuantity="0.05",
                orderStatus="PARTIALLY_FILLED",
                reduceOnly=False,
                updatedAt=1771047000000,
                fillId="f1",
                roleType="maker",
                lastPrice="84999.9",
                lastQuantity="0.05",
                handlingFee="-0.01",
            )
        )

        assert isinstance(event, OrderTradeUpdate)
        assert event.order_id == "2022543809547603968"
        assert event.side is Side.BUY
        assert event.order_status is OrderStatus.PARTIALLY_FILLED
        assert event.handling_fee == Decimal("-0.01")
        assert str(event.quantity) == "0.10"
        assert event.reduce_only is False

    def test_an_account_update(self) -> None:
        """Balances and positions are rows; the loosely placed names are read at the top, too."""
        event = event_of(
            private(
                "ACCOUNT_UPDATE",
                balances=[{"assetType": "USDT", "walletBalance": "1", "frozenBalance": "0.5"}],
                positions=[{"symbol": "BTCUSDT", "marginMode": "CROSS", "quantity": "-1"}],
                frozenBalance="2",
                marginMode="ISOLATED",
            )
        )

        assert isinstance(event, AccountUpdate)
        assert event.balances == (
            BalanceUpdate(
                asset_type="USDT", wallet_balance=Decimal(1), frozen_balance=Decimal("0.5")
            ),
        )
        assert event.positions == (
            PositionUpdate(symbol="BTCUSDT", margin_mode="CROSS", quantity=Decimal(-1)),
        )
        assert (event.frozen_balance, event.margin_mode) == (Decimal(2), "ISOLATED")

    def test_an_unheard_status_is_kept(self) -> None:
        """Enums are open: a new word is text, not an error."""
        event = event_of(private("ORDER_TRADE_UPDATE", orderStatus="EXPIRED"))

        assert isinstance(event, OrderTradeUpdate)
        assert event.order_status == "EXPIRED"

    def test_without_a_topic(self) -> None:
        """An event type alone makes a private event."""
        assert isinstance(event_of({"data": {"eventType": "ACCOUNT_UPDATE"}}), AccountUpdate)


class TestMarket:
    """Public data."""

    def test_depth(self) -> None:
        """Levels are pairs of exact decimals."""
        data = {"bids": [["1.10", "2"]], "asks": [["1.2", "0"]], "endVersion": 9, "snapshot": True}
        event = event_of(push(DEPTH, data))

        assert isinstance(event, DepthUpdate)
        assert event.bids == ((Decimal("1.10"), Decimal(2)),)
        assert event.asks == ((Decimal("1.2"), Decimal(0)),)
        assert (event.symbol, event.end_version, event.snapshot) == ("BTCUSDT", 9, True)

    def test_symbol_and_interval_of_the_topic(self) -> None:
        """What the payload lacks is taken from the topic; what it has goes first."""
        kline = event_of(push("market.kline.ETHUSDT.1M", {"close": "1"}))
        trade = event_of(push("market.trade.ETHUSDT", {"symbol": "X", "side": "SELL"}))

        assert isinstance(kline, Kline)
        assert (kline.symbol, kline.interval, kline.close) == ("ETHUSDT", "1M", Decimal(1))
        assert isinstance(trade, MarketTrade)
        assert (trade.symbol, trade.side) == ("X", Side.SELL)

    def test_tickers(self) -> None:
        """A list of tickers has topic and time in each, and its unknown fields in one place."""
        rows = [{"symbol": "A", "lastPrice": "1"}, {"symbol": "B", "new": 1}]
        event = event_of(push("market.tickers", rows))
        single = event_of(push("market.ticker.A", rows[0]))

        assert isinstance(event, Tickers)
        assert [(row.symbol, row.topic, row.ts) for row in event.tickers] == [
            ("A", "market.tickers", 1772007815000),
            ("B", "market.tickers", 1772007815000),
        ]
        assert event.extra == {"data": [{}, {"new": 1}]}
        assert isinstance(single, Ticker)
        assert single.last_price == event.tickers[0].last_price == Decimal(1)


class TestControl:
    """Answers, which the engine handles itself but decode can read."""

    @pytest.mark.parametrize(
        ("message", "event"),
        [
            (
                {"id": "7", "event": "unsubscribe", "success": True, "data": [DEPTH]},
                UnsubscribeAck(request_id="7", topics=(DEPTH,)),
            ),
            ({"id": "7", "event": "subscribe"}, SubscribeAck(request_id="7")),
            ({"id": "7", "event": "pong", "success": True, "data": 5}, Pong(request_id="7")),
            (
                {"id": "7", "event": "subscribe", "success": False, "code": 1, "message": "no"},
                Refusal(request_id="7", event="subscribe", code=1, message="no"),
            ),
            (
                {"event": "auth", "success": False, "code": 1003},
                Refusal(event="auth", code=1003),
            ),
            ({"id": "7", "code": 5}, Refusal(request_id="7", code=5)),
        ],
    )
    def test_forms(self, message: Any, event: Event) -> None:
        """Each documented or assumed answer is typed."""
        got = event_of({**message, "odd": 1})

        assert repr(got) == repr(event)
        assert got.extra == {"odd": 1}


class TestUnknown:
    """What the schema does not know is never an error and never dropped."""

    @pytest.mark.parametrize(
        ("message", "event_type"),
        [
            (private("POSITION_LIQUIDATED", x=1.5), "POSITION_LIQUIDATED"),
            ({"topic": "user.1", "ts": "soon"}, None),
            ({"topic": "user.1", "data": {"eventType": 5}}, None),
            (push("market.unheard.BTCUSDT", {"eventType": "E"}), "E"),
            (push("market.depth", {}), None),
            (push("market.depth.BTCUSDT.5", {}), None),
            (push("market.tickers.BTCUSDT", []), None),
            (push("market.", None), None),
            ({"topic": "news.1", "ts": 5, "data": []}, None),
            ({"event": "maintenance", "message": "soon"}, None),
            ({"id": "7"}, None),
            ({"code": 5}, None),
            ({"event": 6, "topic": 5, "ts": []}, None),
            ({}, None),
            ([1], None),
            ("text", None),
            (5, None),
            (None, None),
            (True, None),
        ],
    )
    def test_forms(self, message: Any, event_type: str | None) -> None:
        """Topic, type, text and decoded data of an unknown message reach the caller."""
        event = event_of(message)

        assert isinstance(event, UnknownEvent)
        assert event.event_type == event_type
        assert event.raw == compact(message)
        assert json.loads(dump_json(event.data, numbers=True)) == message
        if isinstance(message, dict) and isinstance(message.get("topic"), str):
            assert event.topic == message["topic"]


class TestWrong:
    """A known kind with wrong types is refused with the path."""

    @pytest.mark.parametrize(
        ("message", "text"),
        [
            (private("ORDER_TRADE_UPDATE", price=1), "$.data.price: expected a decimal string"),
            (private("ORDER_TRADE_UPDATE", price="NaN"), "$.data.price: expected a decimal string"),
            (private("ORDER_TRADE_UPDATE", orderId=5), "$.data.orderId: expected text"),
            (
                private("ACCOUNT_UPDATE", balances=[{}, {"frozenBalance": 0.5}]),
                "$.data.balances[1].frozenBalance: expected a decimal string",
            ),
            ({**private("ACCOUNT_UPDATE"), "ts": "1"}, "$.ts: expected an integer"),
            ({**private("ACCOUNT_UPDATE"), "topic": 5}, "$.topic: expected text"),
            (push(DEPTH, {"bids": "1"}), "$.data.bids: expected a list"),
            (push(DEPTH, {"asks": {"1": "2"}}), "$.data.asks: expected a list"),
            (push(DEPTH, {"endVersion": "9"}), "$.data.endVersion: expected an integer"),
            (push(DEPTH, None), "$.data: expected an object"),
            (push(DEPTH, []), "$.data: expected an object"),
            ({"topic": DEPTH, "event": "data"}, "$.data: a required field is missing"),
            (push("market.tickers", {}), "$.data: expected a list"),
            (push("market.tickers", [{}, []]), "$.data[1]: expected an object"),
            ({"event": "subscribe", "id": "1", "data": [1]}, "$.data[0]: expected text"),
            ({"event": "auth", "data": 5}, "$.data: expected text"),
        ],
    )
    def test_paths(self, message: Any, text: str) -> None:
        """The error names the place and what belongs there, not what was there."""
        with pytest.raises(DecodeError) as caught:
            event_of(message)

        assert str(caught.value) == text

    @pytest.mark.parametrize("message", [b"", b"{", b"pong", b"\xff", b"[" * 1000])
    def test_not_json(self, message: bytes) -> None:
        """What is not JSON is a decode error."""
        with pytest.raises(DecodeError):
            decode(message)


texts = st.sampled_from(["BTCUSDT", "BUY", "x", "1", "1.50", ""])
scalars = st.none() | st.booleans() | st.integers() | texts
names = st.sampled_from(["orderId", "price", "bids", "asks", "balances", "symbol", "odd", "ts"])
trees = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=8,
)


class TestProperties:
    """What holds for any message."""

    @given(
        st.sampled_from([*PRIVATE_EVENTS, "OTHER", None]),
        st.sampled_from(["user.1", "news.1", *(f"market.{family}.X" for family in MARKET_EVENTS)]),
        st.dictionaries(names, trees, max_size=4),
    )
    def test_typed_unknown_or_refused(
        self, event_type: str | None, topic: str, data: dict[str, Any]
    ) -> None:
        """A message is a typed event, an unknown one, or a DecodeError with a path into it (B6)."""
        message = {"topic": topic, "ts": 1, "data": {**data, "eventType": event_type}}
        try:
            event = event_of(message)
        except DecodeError as error:
            refused = error.path
        else:
            refused = "$.data"
            assert (event.topic, event.raw) == (topic, compact(message))
            assert set(event.extra) <= {*data, "data", "eventType"}

        assert refused.startswith("$.data")

    @given(st.binary(max_size=100))
    def test_raises_nothing_else(self, message: bytes) -> None:
        """Any bytes give an event or a DecodeError."""
        try:
            event = decode(message)
        except DecodeError:
            return

        assert isinstance(event, Event)

    @given(st.dictionaries(st.sampled_from(["lastFunding", "x", "y"]), trees, min_size=1))
    def test_unnamed_fields_are_kept(self, more: dict[str, Any]) -> None:
        """Every field that the schema does not name is in ``extra``, with its value."""
        event = event_of(private("ORDER_TRADE_UPDATE", orderId="1", **more))

        assert event.extra == more

    def test_a_private_push_is_decoded_as_one(self) -> None:
        """What the frame is taken for and what it becomes never disagree."""
        for event_type, cls in PRIVATE_EVENTS.items():
            text = compact(private(event_type))

            assert classify(text.encode()).kind is FrameKind.PRIVATE
            assert type(decode(text)) is cls

    def test_levels_are_checked_when_they_are_read(self) -> None:
        """A wrong level is refused by its place, and the event is there for the rest."""
        event = event_of(push(DEPTH, {"bids": [["1", "2"], ["1"]], "asks": [["1", 2]]}))

        assert isinstance(event, DepthUpdate)
        assert event.bids[0] == (Decimal(1), Decimal(2))
        with pytest.raises(DecodeError, match=r"^\$\[1\]: expected a list of 2$"):
            event.bids[1]
        with pytest.raises(DecodeError, match=r"^\$\[0\]: expected a decimal string$"):
            event.asks[0]

    def test_decoders_are_independent(self) -> None:
        """Two decoders give equal events and share nothing."""
        text = compact(push(DEPTH, {"bids": [["1", "2"]]}))

        assert Decoder().decode(text) == Decoder().decode(text)


class TestReaders:
    """Which messages have a reader of their own; what it gives is held in tests/codec."""

    TRADE = compact(push("market.trade.BTCUSDT", {"price": "1"}))

    @staticmethod
    def strictly(decoder: Decoder, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """Return the list of the messages that are read in the strict way from now on."""
        asked: list[str] = []
        real = decoder._decode_anything

        def read(message: str | bytes, raw: str, received_at: int) -> Event:
            asked.append(raw)
            return real(message, raw, received_at)

        monkeypatch.setattr(decoder, "_decode_anything", read)
        return asked

    def test_the_second_push_of_a_topic(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The first push of a topic is read in the strict way; those of its form are not."""
        decoder = Decoder()
        asked = self.strictly(decoder, monkeypatch)
        texts = [
            compact(push("market.trade.BTCUSDT", {"price": "1"})),
            compact(push("market.kline.BTCUSDT.1m", {"close": "1"})),
            compact(private("ORDER_TRADE_UPDATE", price="1")),
            compact(private("ACCOUNT_UPDATE", balances=[])),
        ]
        for _ in range(3):
            for text in texts:
                assert decoder.decode(text) == decoder.decode(text.encode())

        assert asked == texts[:3]

    @pytest.mark.parametrize(
        "other", ["{}", "[]", "pong", "", "1", '{"event":"pong"}', "\0", "\0x"]
    )
    def test_other_messages_do_not_disturb(
        self, other: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Whatever comes between two pushes, the second one is read by the reader of the topic."""
        decoder = Decoder()
        decoder.decode(self.TRADE)
        for _ in range(2):
            with contextlib.suppress(DecodeError):
                decoder.decode(other)
        asked = self.strictly(decoder, monkeypatch)

        assert isinstance(decoder.decode(self.TRADE), MarketTrade)
        assert asked == []

    @pytest.mark.parametrize(
        "message",
        [
            push("market.tickers", []),
            push("market.unheard.X", {}),
            push("market.depth", {}),
            push("market.depth.X.Y", {}),
            {"topic": "", "data": {"eventType": "ACCOUNT_UPDATE"}},
            {"topic": "account", "data": {"eventType": "ACCOUNT_UPDATE"}},
            {"topic": "account.depth.X", "data": {"eventType": "ACCOUNT_UPDATE"}},
            {"topic": "news.1", "data": {}},
            {"id": "7", "event": "subscribe", "success": True, "data": [DEPTH]},
        ],
    )
    def test_messages_without_a_reader(self, message: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        """What is no push of one typed object is read in the strict way each time, and alike."""
        decoder = Decoder()
        asked = self.strictly(decoder, monkeypatch)
        events = [decoder.decode(compact(message)) for _ in range(3)]

        assert events[0] == events[1] == events[2]
        assert len(asked) == 3
        assert decoder._readers == {}

    def test_topics_are_not_mixed_up(self) -> None:
        """A topic that begins with the name of another one has its own reader."""
        decoder = Decoder()
        for _ in range(3):
            for symbol in ("BTC", "BTCUSDT", "BTCUSD"):
                event = decoder.decode(compact(push(f"market.trade.{symbol}", {"price": "1"})))
                assert isinstance(event, MarketTrade)
                assert (event.topic, event.symbol) == (f"market.trade.{symbol}", symbol)

    def test_bounded(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The readers are forgotten when there are too many, and made again."""
        monkeypatch.setattr("sixmm.venues.sixmm.decoder._MAX_READERS", 3)
        decoder = Decoder()
        for n in range(10):
            for _ in range(2):
                event = decoder.decode(compact(push(f"market.trade.X{n}", {"price": str(n)})))
                assert isinstance(event, MarketTrade)
                assert event.price == n
            assert len(decoder._readers) <= 3

    @pytest.mark.parametrize("fill", ["x", "\u00e9"])
    def test_too_long(self, fill: str) -> None:
        """A message over the bound is refused by its bytes, whichever way it would be read."""
        decoder = Decoder()
        for _ in range(2):
            decoder.decode(compact(push("market.trade.BTCUSDT", {"odd": ""})))
        text = compact(push("market.trade.BTCUSDT", {"odd": fill * (MAX_TEXT_BYTES // 2 * 2)}))

        for message in (text, text.encode()):
            with pytest.raises(DecodeError, match="longer than"):
                decoder.decode(message)
