"""Pushes read by msgspec: what it settles by itself, and what it leaves to the strict way."""

from __future__ import annotations

from typing import Any

import pytest

from sixmm.codec import Read

from .wire_pushes import DEPTH, STRICT, USER, WHOLE, facts, form_of

pytest.importorskip("msgspec", reason="the fast reader needs the extra 'fast'")

from sixmm.codec.pushes_fast import push_reader

TRADE = "market.trade.BTCUSDT"


def reader(topic: str) -> Read:
    """Return what reads the pushes of a topic."""
    form, told = form_of(topic)
    return push_reader(form)(topic, told)


@pytest.mark.parametrize(("topic", "cls", "text"), WHOLE)
def test_pushes_are_settled(topic: str, cls: type[Any], text: str) -> None:
    """It reads each push, the first too: otherwise it would be correct, and of no use."""
    event = reader(topic)(text, 7)

    assert type(event) is cls
    assert facts(event) == facts(STRICT.decode(text, received_at=7))


SETTLED = [
    '{"data":{"price":"1"},"topic":"T"}',
    '{ "topic" : "T" , "data" : { "price" : "1" } }',
    '{"topic":"T","ts":null,"event":null,"id":null,"data":{}}',
    '{"topic":"T","event":"data","id":"7","data":{}}',
    '{"topic":"T","event":"data","id":7,"data":{}}',
    '{"topic":"T","event":"snapshot","data":{}}',
    '{"t\\u006fpic":"T","data":{"pric\\u0065":"\\u0031"}}',
    '{"topic":"T","new":[{"a":1.5e3}],"data":{"x":"\\ud83d\\ude00","y":[[]]}}',
    '{"topic":"T","data":{"price":"-' + "9" * 30 + "." + "9" * 30 + '"}}',
    '{"topic":"T","data":{"price":"1","price":"2"}}',
    '{"topic":"T","topic":"T","data":{"side":null,"createdAt":-9223372036854775808}}',
]


@pytest.mark.parametrize("text", SETTLED)
def test_other_forms_are_settled(text: str) -> None:
    """Order, white space, escapes and members that nobody knows do not slow it down."""
    message = text.replace('"T"', f'"{TRADE}"')

    assert facts(reader(TRADE)(message, 7)) == facts(STRICT.decode(message, received_at=7))


LEFT = [
    # Another topic, or none.
    '{"topic":"market.trade.ETHUSDT","data":{}}',
    '{"topic":"T","topic":"market.trade.ETHUSDT","data":{}}',
    '{"topic":null,"data":{}}',
    '{"data":{}}',
    # It may be an answer.
    '{"topic":"T","id":"7","data":{}}',
    '{"topic":"T","id":"7","event":"subscribe","data":{}}',
    '{"topic":"T","id":7,"event":null,"data":{}}',
    # Not of the type that the field has.
    '{"topic":"T","event":5,"data":{}}',
    '{"topic":"T","event":1e70,"data":{}}',
    '{"topic":"T","id":1.5,"event":"data","data":{}}',
    '{"topic":"T","ts":"1","data":{}}',
    '{"topic":"T","ts":1.0,"data":{}}',
    '{"topic":"T","ts":true,"data":{}}',
    '{"topic":"T","ts":9223372036854775808,"data":{}}',
    '{"topic":"T"}',
    '{"topic":"T","data":null}',
    '{"topic":"T","data":[]}',
    '{"topic":"T","data":{"price":1}}',
    '{"topic":"T","data":{"price":"1e5"}}',
    '{"topic":"T","data":{"price":""}}',
    '{"topic":"T","data":{"price":"1-2"}}',
    '{"topic":"T","data":{"tradeId":5}}',
    '{"topic":"T","data":{"tradeId":"' + "a" * 4_097 + '"}}',
    '{"topic":"T","data":{"side":"UNHEARD"}}',
    '{"topic":"T","data":{"side":true}}',
    '{"topic":"T","data":{"createdAt":1e3}}',
    '{"topic":"T","data":{"createdAt":"1"}}',
    '{"topic":"T","data":{"createdAt":18446744073709551616}}',
    # No JSON.
    "",
    "{",
    '{"topic":"T","data":{}',
    '{"topic":"T","data":{}}x',
    '{"topic":"T","data":{"x":01}}',
    '{"topic":"T","data":{"x":"\ud800"}}',
    '{"topic":"T","data":{"x":"\\ud800"}}',
    '{"topic":"T","data":{"x":' + "[" * 100_000 + "]" * 100_000 + "}}",
]


@pytest.mark.parametrize("text", LEFT, ids=lambda text: text[:60])
def test_what_is_not_beyond_doubt_is_left(text: str) -> None:
    """It gives nothing, and raises nothing, for a push that the strict way may see otherwise."""
    assert reader(TRADE)(text.replace('"T"', f'"{TRADE}"'), 7) is None


TAGS = ['"OTHER"', "null", "5", '"ACCOUNT_UPDATE","eventType":"ORDER_TRADE_UPDATE"', "[]"]


@pytest.mark.parametrize("tag", TAGS)
def test_private_events_of_no_one_class(tag: str) -> None:
    """Without exactly one known event type nothing is given."""
    for data in (
        f'"eventType":{tag}',
        f'"price":"1","eventType":{tag}',
        f'"x":{{"eventType":{tag}}}',
    ):
        assert reader(USER)(f'{{"topic":"{USER}","data":{{{data}}}}}', 7) is None
    assert reader(USER)(f'{{"topic":"{USER}","data":{{}}}}', 7) is None


@pytest.mark.parametrize(
    "levels", ["[[1,2]", "[[1 2]]", "[01]", '["\\x"]', "[1,]", "nul", "{]", ""]
)
def test_levels_are_json(levels: str) -> None:
    """Levels are kept as text, and yet no broken text passes."""
    for data in (f'"bids":{levels}', f'"asks":[],"bids":{levels},"endVersion":1'):
        assert reader(DEPTH)(f'{{"topic":"{DEPTH}","data":{{{data}}}}}', 7) is None


def test_levels_hold_no_message() -> None:
    """The levels are a text of their own: they do not keep a second copy of the message."""
    event: Any = reader(DEPTH)(f'{{"topic":"{DEPTH}","data":{{"bids":[["1","2"]], "x":5}}}}', 7)

    assert repr(event.bids) == repr(STRICT.decode(event.raw).bids)  # type: ignore[attr-defined]
    assert event.bids == ((1, 2),)
