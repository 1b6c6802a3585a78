"""One message in, one event out: every recorded message, unknown ones, and wrong ones."""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.errors import DecodeError
from sixmm.events import Event, Origin, UnknownEvent
from sixmm.venues.kucoin import decode
from sixmm.venues.kucoin.decoder import CONTROL_EVENTS, Decoder
from sixmm.venues.kucoin.routes import PRO_EVENTS, PUSH_EVENTS
from sixmm.venues.kucoin.stream_schema import (
    Ack,
    ClientRequest,
    FundingSettlement,
    FuturesPositionUpdate,
    KuCoinEvent,
    MarginDebtRatio,
    MarginPositionStatus,
    Notice,
    Pong,
    ProAck,
    ProBalanceUpdate,
    ProExecution,
    ProPong,
    ProRefusal,
    ProWelcome,
    Refusal,
    RiskLimitAdjustment,
    SpotOrderUpdate,
    Welcome,
)

from .examples import compact, examples, pro_push, push, read, texts

NO_DATA = compact({"type": "message", "topic": "/account/balance", "subject": "account.balance"})


class TestRecorded:
    """The messages that documentation, tests of others, and logs have."""

    def test_every_example_is_typed(self) -> None:
        """Each recorded message is an event of a class, as text and as bytes, with all it had."""
        found = examples()

        assert len(found) == 80
        for topic, text in found:
            event = decode(text, received_at=7)
            assert type(event) not in (Event, UnknownEvent), topic
            assert decode(text.encode(), received_at=7) == event
            assert (event.raw, event.received_at, event.origin) == (text, 7, Origin.STREAM)

    def test_nothing_is_left_over(self) -> None:
        """The schema names every field of every recorded message."""
        left = {topic: dict(decode(text).extra) for topic, text in examples()}

        assert {topic: extra for topic, extra in left.items() if extra} == {}

    def test_every_class_is_recorded(self) -> None:
        """There is a recorded message of every class, but for those that were never captured."""
        seen = Counter(type(decode(text)) for _, text in examples())
        pushes = {cls for subjects in PUSH_EVENTS.values() for cls in subjects.values()}
        every = {*pushes, *PRO_EVENTS.values(), *CONTROL_EVENTS.values()}
        missing = sorted(cls.__name__ for cls in every - set(seen))

        assert missing == ["Notice", "ProAck", "ProPong", "SpotTradeFill"]

    def test_times_are_milliseconds(self) -> None:
        """Whatever unit a message counts in, the time of its event is in milliseconds."""
        first, last = 1_545_000_000_000, 1_800_000_000_000
        strange = {15_538_460_812_100}  # Printed like this in the documentation.
        timeless = {"/contract/marginMode", "/contract/crossLeverage"}
        for topic, text in examples():
            event = decode(text)
            if isinstance(event, RiskLimitAdjustment) or topic in timeless:
                assert event.ts == 0
            elif isinstance(event, KuCoinEvent):
                assert first < event.ts < last or event.ts in strange, text

    def test_amounts_keep_their_digits(self) -> None:
        """An amount is what was printed: with its zeros, and exact in scientific notation."""
        text = texts("/contract/position:XBTUSDM")[0]
        position = read(FuturesPositionUpdate, text)
        execution = read(ProExecution, texts("execution.SPOT")[0])

        assert '"posComm":3.92e-06' in text
        assert position.pos_comm == Decimal("0.00000392")
        assert position.pos_cross == Decimal("0.00000012")
        assert str(position.realised_gross_pnl) == "0.0"
        assert str(execution.fee) == "0.00078823600000000000"


class TestTopicAndSubject:
    """What decides about the class."""

    def test_every_subject_of_every_topic(self) -> None:
        """A push becomes the class of its path and subject, with a symbol after the path or not."""
        data = {"orderId": "1", "currency": "USDT", "debtRatio": 1}
        for path, subjects in PUSH_EVENTS.items():
            for subject, cls in subjects.items():
                if cls is MarginPositionStatus:
                    continue
                table = {} if subject == "user.config" else data
                assert type(decode(push(path, subject, table))) is cls
                assert type(decode(push(f"{path}:X", subject, table))) is cls

    def test_every_channel(self) -> None:
        """A push of the unified stream becomes the class of its channel, of any account."""
        for channel, cls in PRO_EVENTS.items():
            event = decode(pro_push(f"{channel}.UNIFIED", {"oi": "1", "c": "USDT"}))
            assert type(event) is cls
            assert isinstance(event, KuCoinEvent)
            assert (event.subject, event.topic) == (channel, f"{channel}.UNIFIED")

    def test_margin_position_is_told_by_its_fields(self) -> None:
        """The two kinds of message of one topic are told apart whatever their subject says."""
        debt, status = {"debtRatio": "0.1"}, {"type": "FROZEN_FL"}

        for subject in ("debt.ratio", "position.status", "new"):
            assert type(decode(push("/margin/position", subject, debt))) is MarginDebtRatio
            assert type(decode(push("/margin/position", subject, status))) is MarginPositionStatus
            assert type(decode(push("/margin/position", subject, {}))) is UnknownEvent

    def test_symbol_of_the_topic(self) -> None:
        """A message without a symbol has that of its topic; one with a symbol keeps its own."""
        topic, everything = "/contract/position:XBTUSDTM", "/contract/positionAll"
        price = {"markPrice": 1}

        settled = read(FundingSettlement, push(topic, "position.settlement", {"qty": 1}))
        adjusted = read(RiskLimitAdjustment, push(topic, "position.adjustRiskLimit", {}))
        partial = read(FuturesPositionUpdate, push(topic, "position.change", price))
        other = read(FuturesPositionUpdate, push(topic, "position.change", {"symbol": "ETHUSDTM"}))
        unnamed = read(FuturesPositionUpdate, push(everything, "position.change", price))

        assert [settled.symbol, adjusted.symbol, partial.symbol] == ["XBTUSDTM"] * 3
        assert other.symbol == "ETHUSDTM"
        assert unnamed.symbol is None

    def test_without_a_type(self) -> None:
        """A push of old documentation has no type; topic and data make it one."""
        text = compact({"topic": "/spotMarket/tradeOrders", "subject": "orderChange", "data": {}})
        with pytest.raises(DecodeError, match="orderId"):
            decode(text)

    def test_envelope(self) -> None:
        """Id and account of a message are fields; what is new around the data is in extra."""
        event = read(
            SpotOrderUpdate,
            push("/spotMarket/tradeOrders", "orderChange", {"orderId": "1", "x": 2}, id=5, sn=9),
        )

        assert (event.message_id, event.user_id, event.subject) == ("5", "u1", "orderChange")
        assert event.extra == {"sn": 9, "x": 2}

    @pytest.mark.parametrize(
        "text",
        [
            push("/spotMarket/tradeOrders", "somethingNew", {"orderId": "1"}),
            push("/new/topic", "orderChange", {"orderId": "1"}),
            pro_push("tickers.SPOT", {"s": "X"}),
            pro_push("nochannel", {}),
            compact({"type": "message", "data": {}}),
            compact({"type": "unheard"}),
            compact({"topic": "/account/balance"}),
            compact({"id": "1"}),
            "[]",
            "null",
            '"welcome"',
            "{}",
        ],
    )
    def test_unknown(self, text: str) -> None:
        """What no schema knows is an unknown event with all of its data, never an error."""
        event = decode(text)

        assert isinstance(event, UnknownEvent)
        assert event.data == json.loads(text)
        assert event.raw == text

    def test_unknown_keeps_topic_and_subject(self) -> None:
        """An unknown push can still be told from another."""
        event = decode(push("/new/topic", "new.subject", {"a": 1}))

        assert isinstance(event, UnknownEvent)
        assert (event.topic, event.event_type, event.extra) == (
            "/new/topic",
            "new.subject",
            {"a": 1},
        )


class TestControl:
    """What the server says about the connection."""

    def test_classic(self) -> None:
        """The frames of the spot and futures streams; an id may be a number or missing."""
        pong = read(Pong, '{"type":"pong","timestamp":1768823101106020}')
        refusal = read(Refusal, '{"id":7,"type":"error","code":404,"data":"no such topic"}')

        assert read(Welcome, '{"id":"c1","type":"welcome"}').request_id == "c1"
        assert read(Ack, '{"id":1545910660739,"type":"ack"}').request_id == "1545910660739"
        assert (pong.request_id, pong.timestamp_us, pong.ts) == (
            None,
            1_768_823_101_106_020,
            1_768_823_101_106,
        )
        assert (refusal.request_id, refusal.code, refusal.message) == ("7", 404, "no such topic")

    def test_notice(self) -> None:
        """A notice, whose content nobody has described, keeps it in extra."""
        event = read(Notice, '{"type":"notice","topic":"/x","data":{"a":1},"code":3}')

        assert (event.type, event.topic) == ("notice", "/x")
        assert event.extra == {"data": {"a": 1}, "code": 3}

    def test_a_request_of_a_client(self) -> None:
        """A recorded request is typed, with its flags as booleans or as text."""
        text = (
            '{"id":1,"type":"subscribe","topic":"/account/balance","privateChannel":"true",'
            '"response":false}'
        )
        event = read(ClientRequest, text)

        assert (event.type, event.topic) == ("subscribe", "/account/balance")
        assert (event.private_channel, event.response) == (True, False)

    def test_unified(self) -> None:
        """The frames of the unified stream, each in both of its spellings."""
        welcome = read(ProWelcome, '{"sessionId":"s","message":"welcome","pingInterval":18000}')
        pong = read(ProPong, '{"type":"pong","id":"1","ts":1790113111261396000}')
        other = read(ProPong, '{"op":"pong","id":"1","timestamp":1790113111261}')
        reason = read(ProRefusal, '{"id":"1","result":false,"reason":"missing `symbol`"}')
        gateway = read(ProRefusal, '{"code":"400004","msg":"Invalid KC-API-PASSPHRASE"}')

        assert (welcome.session_id, welcome.ping_interval_ms) == ("s", 18_000)
        assert read(ProWelcome, '{"sessionId":"s","data":"welcome"}').ping_interval_ms is None
        assert pong.ts == other.ts == 1_790_113_111_261
        assert read(ProAck, '{"id":"p1","result":true}').request_id == "p1"
        assert read(ProAck, '{"id":"p1","result":"true"}').request_id == "p1"
        assert reason.message == "missing `symbol`"
        assert (gateway.code, gateway.message) == ("400004", "Invalid KC-API-PASSPHRASE")


class TestWrong:
    """What the schema refuses."""

    @pytest.mark.parametrize(
        ("text", "path"),
        [
            ("{", "$"),
            (push("/account/balance", "account.balance", []), "$.data"),
            (push("/account/balance", "account.balance", {}), "$.data.currency"),
            (push("/account/balance", "account.balance", {"currency": 5}), "$.data.currency"),
            (
                push("/account/balance", "account.balance", {"currency": "A", "time": "soon"}),
                "$.data.time",
            ),
            (
                push("/account/balance", "account.balance", {"currency": "A", "total": True}),
                "$.data.total",
            ),
            (
                push(
                    "/account/balance",
                    "account.balance",
                    {"currency": "A", "relationContext": {"symbol": 1}},
                ),
                "$.data.relationContext.symbol",
            ),
            (
                push("/spotMarket/tradeOrders", "orderChange", {"orderId": "1", "size": "1,5"}),
                "$.data.size",
            ),
            (
                push(
                    "/margin/position",
                    "debt.ratio",
                    {"debtRatio": 0, "assetList": {"BTC": {"total": []}}},
                ),
                "$.data.assetList.BTC.total",
            ),
            (
                push("/margin/position", "debt.ratio", {"debtRatio": 0, "debtList": {"BTC": {}}}),
                "$.data.debtList.BTC",
            ),
            (
                push("/margin/position", "debt.ratio", {"debtRatio": 0, "debtList": []}),
                "$.data.debtList",
            ),
            (push("/contract/marginMode", "user.config", {"X": 5}), "$.data.X"),
            (push("/contract/crossLeverage", "user.config", {"X": "5"}), "$.data.X"),
            (
                push("/contract/position:X", "position.change", {"isOpen": "true"}),
                "$.data.isOpen",
            ),
            (push("/account/balance", "account.balance", {"currency": "A"}, userId=5), "$.userId"),
            (pro_push("balance.UNIFIED", {"c": "A", "a": "x"}), "$.d.a"),
            (pro_push("balance.UNIFIED", {"c": "A"}, push_time_ns=True), "$.P"),
            (NO_DATA, "$.data"),
            ('{"id":[],"type":"ack"}', "$.id"),
            ('{"id":"1","type":"error","code":"404"}', "$.code"),
        ],
    )
    def test_wrong_types(self, text: str, path: str) -> None:
        """A wrong JSON type is refused and never coerced; the error says where it is."""
        with pytest.raises(DecodeError) as caught:
            decode(text)
        assert caught.value.path == path

    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
            max_leaves=20,
        )
    )
    def test_anything(self, value: Any) -> None:
        """Any JSON is an event or a DecodeError."""
        with contextlib.suppress(DecodeError):
            assert isinstance(decode(compact(value)), Event)

    @given(st.data())
    def test_anything_in_the_place_of_a_member(self, data: st.DataObject) -> None:
        """A recorded message with another value in one place is an event or a DecodeError."""
        _, text = data.draw(st.sampled_from(examples()))
        message = json.loads(text)
        inner = message.get("data", message.get("d"))
        target = inner if isinstance(inner, dict) and data.draw(st.booleans()) else message
        name = data.draw(st.sampled_from(sorted(target)))
        wrong: list[Any] = [None, True, 1, -1, 1.5, "", "x", "1e5", "NaN", [], {}, {"a": {}}]
        target[name] = data.draw(st.sampled_from(wrong))

        with contextlib.suppress(DecodeError):
            event = decode(compact(message))
            assert dict(event.extra) is not None
            assert repr(event)


class TestDecoder:
    """The object behind the function."""

    def test_decoders_are_independent(self) -> None:
        """A decoder of one's own gives the same events."""
        text = texts("balance.FUNDING")[0]

        assert Decoder().decode(text) == decode(text)

    def test_empty_text_is_not_applicable(self) -> None:
        """An empty text where an amount or a word may be is None."""
        event = read(ProBalanceUpdate, pro_push("balance.UNIFIED", {"c": "A", "e": "", "cS": ""}))

        assert (event.equity, event.collateral_status) == (None, None)
