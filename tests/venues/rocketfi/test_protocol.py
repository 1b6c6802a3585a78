"""The frames of the socket."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.errors import SubscriptionRefused
from sixmm.venues.base import Answers, FrameKind
from sixmm.venues.rocketfi import decode
from sixmm.venues.rocketfi.protocol import (
    Inbound,
    Purpose,
    classify,
    frame_of,
    ping_text,
    pong_text,
    subscribe_text,
    unsubscribe_text,
)
from sixmm.venues.rocketfi.topics import Collateral, Orderbook, OrderEvents
from sixmm.venues.rocketfi.variants import OF_ACCOUNTS, OF_MARKETS

from .examples import ACCOUNT, INSTRUMENT, MESSAGES, NUMBER, OTHER, TOPICS, event, text


class TestRequests:
    """What the client says."""

    def test_subscriptions(self) -> None:
        """They are those of the official types: one topic a message."""
        topic = Orderbook(instrument_id=INSTRUMENT)
        assert (
            subscribe_text(topic)
            == f'{{"Subscribe":{{"Orderbook":{{"instrumentId":"{INSTRUMENT}"}}}}}}'
        )
        both = OrderEvents(account=ACCOUNT, instrument_id=INSTRUMENT)
        assert json.loads(unsubscribe_text(both)) == {
            "Unsubscribe": {"OrderEvents": {"account": ACCOUNT.lower(), "instrumentId": INSTRUMENT}}
        }

    def test_pings(self) -> None:
        """Both spellings are there; the bare text is the usual one."""
        assert (ping_text(), ping_text("object")) == ('"Ping"', '{"Ping":null}')

    @pytest.mark.parametrize(
        ("ping", "pong"),
        [('"Ping"', '"Pong"'), ('{"Ping":null}', '{"Pong":null}'), (b' "Ping"', '"Pong"')],
    )
    def test_answers_to_pings(self, ping: str | bytes, pong: str) -> None:
        """The answer has the form of the ping."""
        assert pong_text(ping) == pong


@pytest.mark.parametrize("name", MESSAGES)
def test_pushes(name: str) -> None:
    """What is about the account is private, and everything has the topic that decoding gives."""
    message = text({name: MESSAGES[name]})
    mine = Purpose.PRIVATE if name in OF_ACCOUNTS else Purpose.MARKET

    assert (name in OF_ACCOUNTS) is not (name in OF_MARKETS)
    assert classify(message, account=ACCOUNT) == Inbound(purpose=mine, topic=TOPICS[name])
    assert classify(message.encode(), account=ACCOUNT.lower()).purpose is mine
    assert classify(message, account=OTHER) == Inbound(purpose=Purpose.MARKET, topic=TOPICS[name])
    assert classify(message).purpose is Purpose.MARKET
    assert decode(message).topic == TOPICS[name]


@pytest.mark.parametrize("name", MESSAGES)
def test_the_pushes_of_a_feed_are_one_object(name: str) -> None:
    """Whoever sorts them can compare by identity."""
    told = [classify(text({name: MESSAGES[name]}), account=ACCOUNT) for _ in range(2)]
    assert told[0] is told[1]
    assert frame_of(told[0]) is frame_of(told[1])


@pytest.mark.parametrize("wrong", [True, 1.5, [], {}, None, "x" * 129])
def test_ids_of_wrong_types(wrong: Any) -> None:
    """They name no feed; decoding tells what is wrong."""
    book = classify(text({"OrderbookUpdate": {"instrumentId": wrong, "orderbook": {}}}))
    price = classify(text({"AssetMarkPriceUpdate": {"assetId": wrong, "markPrice": {}}}))
    assert book == price == Inbound(purpose=Purpose.MARKET)


def test_order_events_by_instrument() -> None:
    """Everybody's events of an instrument are market data, though one's own are among them."""
    payload = {"instrumentId": NUMBER, "orderEvents": [event("canceled")]}
    told = classify(text({"OrderEventUpdate": payload}), account=ACCOUNT)
    assert told == Inbound(purpose=Purpose.MARKET, topic=f"OrderEvents?instrumentId={INSTRUMENT}")
    both = classify(text({"OrderEventUpdate": {**payload, "account": ACCOUNT}}), account=ACCOUNT)
    assert both.purpose is Purpose.PRIVATE
    assert both.topic == f"OrderEvents?account={ACCOUNT.lower()}&instrumentId={INSTRUMENT}"


def test_what_has_no_owner() -> None:
    """A message about an account that does not say whose it is must not be lost."""
    for payload in (None, {}, {"account": 5}, []):
        for name in OF_ACCOUNTS:
            told = classify(text({name: payload}), account=ACCOUNT)
            assert told == Inbound(purpose=Purpose.PRIVATE)


@pytest.mark.parametrize(
    ("name", "purpose"),
    [
        ("SubscribeConfirmation", Purpose.SUBSCRIBED),
        ("UnsubscribeConfirmation", Purpose.UNSUBSCRIBED),
    ],
)
def test_confirmations_belong_to_what_they_repeat(name: str, purpose: Purpose) -> None:
    """In another case, in another form, with members in another order: it is that topic."""
    topic = Collateral(asset_id=0, account=ACCOUNT.lower())
    told = classify(text({name: {"Collateral": {"account": ACCOUNT, "assetId": 0}}}))
    assert told == Inbound(purpose=purpose, topic=str(topic))
    book = classify(text({name: {"Orderbook": {"instrumentId": NUMBER}}}))
    assert book.topic == str(Orderbook(instrument_id=INSTRUMENT))
    assert classify(text({name: {"Trades": {}}})) == Inbound(purpose=purpose)


@pytest.mark.parametrize(
    ("message", "purpose"),
    [
        ('"Pong"', Purpose.PONG),
        ('{"Pong":null}', Purpose.PONG),
        ('"Ping"', Purpose.PING),
        ('{"Ping":null}', Purpose.PING),
        ('{"Pong":1}', Purpose.OTHER),
        ('"Hello"', Purpose.OTHER),
        ('"OrderEventUpdate"', Purpose.OTHER),
        ('{"TradesUpdate":{}}', Purpose.OTHER),
        ('{"A":1,"B":2}', Purpose.OTHER),
        ("[]", Purpose.OTHER),
        ("{", Purpose.OTHER),
        ("", Purpose.OTHER),
    ],
)
def test_the_rest(message: str, purpose: Purpose) -> None:
    """Pings and pongs in both forms; what nobody knows is for the caller."""
    assert classify(message) == Inbound(purpose=purpose)


def test_errors() -> None:
    """The text is there, in one line that cannot move a cursor; it names no topic."""
    told = classify('{"Error":"subscription rejected:\\nunknown instrument"}')

    assert (told.purpose, told.topic) == (Purpose.REFUSED, "")
    assert isinstance(told.error, SubscriptionRefused)
    assert str(told.error) == "subscription rejected:\\nunknown instrument"
    assert str(classify('{"Error":""}').error) == "no reason given"
    assert classify('{"Error":{"code":5}}').purpose is Purpose.OTHER


@given(
    st.binary(max_size=60) | st.text(max_size=60).map(lambda said: json.dumps({said: {}}).encode())
)
def test_nothing_is_raised(message: bytes) -> None:
    """Whatever comes is for something."""
    assert classify(message, account=ACCOUNT).purpose in Purpose


def test_in_the_terms_of_the_engine() -> None:
    """Every purpose has a kind of frame, as far as there is one."""
    kinds: dict[Purpose, Any] = {
        purpose: frame_of(Inbound(purpose=purpose, topic="t")).kind for purpose in Purpose
    }

    assert kinds[Purpose.PRIVATE] is FrameKind.PRIVATE
    assert kinds[Purpose.MARKET] is FrameKind.MARKET
    assert kinds[Purpose.SUBSCRIBED] is kinds[Purpose.REFUSED] is FrameKind.REPLY
    assert kinds[Purpose.OTHER] is FrameKind.OTHER
    assert frame_of(Inbound(purpose=Purpose.MARKET, topic="t")).topic == "t"


def test_answers_find_their_requests() -> None:
    """There are no ids on the wire: a confirmation repeats the topic, and an error says nothing."""
    topic = Collateral(asset_id=0, account=ACCOUNT)
    payload = {"Collateral": {"account": ACCOUNT, "assetId": 0}}
    for answers, name in ((Answers.SUBSCRIBE, "Subscribe"), (Answers.UNSUBSCRIBE, "Unsubscribe")):
        frame = frame_of(classify(text({f"{name}Confirmation": payload})))
        assert (frame.answers, frame.topic) == (answers, str(topic))
    assert frame_of(classify('"Pong"')).answers is Answers.PING
    refusal = frame_of(classify('{"Error":"x"}'))
    assert (refusal.answers, str(refusal.error)) == (Answers.REQUEST, "x")
    ping = frame_of(classify('"Ping"'), pong='"Pong"')
    assert (ping.kind, ping.pong, ping.answers) == (FrameKind.PING, '"Pong"', None)
