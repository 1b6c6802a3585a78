"""One message in, one event out."""

from __future__ import annotations

import copy
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.errors import DecodeError
from sixmm.events import Origin, UnknownEvent
from sixmm.venues import rocketfi
from sixmm.venues.rocketfi import (
    AccountRiskUpdate,
    AssetMarkPriceUpdate,
    CandleUpdate,
    ErrorMessage,
    Interval,
    MarkPriceUpdate,
    OpenOrdersUpdate,
    OrderbookUpdate,
    OrderEventType,
    OrderEventUpdate,
    OrderType,
    Pong,
    PositionUpdate,
    RejectionReason,
    ServerPing,
    Side,
    SubscribeConfirmation,
    TriggerType,
    UnsubscribeConfirmation,
    decode,
)
from sixmm.venues.rocketfi.decoder import EVENTS, Decoder

from .examples import ACCOUNT, INSTRUMENT, MESSAGES, NOW, NUMBER, ORDER, TOPICS, event, text


@pytest.mark.parametrize("name", MESSAGES)
def test_every_message(name: str) -> None:
    """Each has its class, its topic and its text; no field is left to its default but the iv."""
    message = text({name: MESSAGES[name]})
    told = decode(message, received_at=7)

    assert type(told) is EVENTS[name]
    assert (told.topic, told.received_at, told.raw) == (TOPICS[name], 7, message)
    assert told.origin is Origin.STREAM
    assert decode(message.encode(), received_at=7) == told


def test_when_it_happened() -> None:
    """It is told by some messages, and by the last of several events; else it is 0."""
    times = {name: decode(text({name: MESSAGES[name]})).ts for name in MESSAGES}

    assert times.pop("OrderEventUpdate") == NOW + 2
    assert {name for name, ts in times.items() if ts == NOW} == {
        *("PositionFundingUpdate", "QuoteUpdate", "MarkPriceUpdate", "AssetMarkPriceUpdate"),
        *("FundingRateUpdate", "CandleUpdate"),
    }
    assert set(times.values()) == {NOW, 0}


def test_order_events() -> None:
    """Variants of both forms, with cases mixed; ids are text, and larger than 2^53."""
    told = decode(text({"OrderEventUpdate": MESSAGES["OrderEventUpdate"]}))
    assert isinstance(told, OrderEventUpdate)
    placed, fill, modified, rejected, canceled = told.order_events

    assert {one.order_id for one in told.order_events} == {str(ORDER)}
    assert {one.account for one in told.order_events} == {ACCOUNT.lower()}
    assert (placed.type, placed.price) == (OrderEventType.PLACED, Decimal("86000.5"))
    assert (fill.remaining_size, fill.pnl, fill.is_adl) == (Decimal("1.5"), Decimal("-3.25"), False)
    assert (modified.size, modified.remaining_size) == (3, None)
    assert (rejected.reason, rejected.timestamp) == (RejectionReason.MARGIN_VIOLATED, None)
    assert (canceled.type, canceled.timestamp) == (OrderEventType.CANCELED, None)


def test_orders_positions_and_risk() -> None:
    """Words are open enums, amounts exact, and the ids of positions are those of instruments."""
    orders = decode(text({"OpenOrdersUpdate": MESSAGES["OpenOrdersUpdate"]}))
    assert isinstance(orders, OpenOrdersUpdate)
    (order,) = orders.orders
    words = (order.side, order.order_type, order.trigger_type)
    assert words == (Side.BUY, OrderType.LIMIT, TriggerType.STOP_LOSS)
    held = {"account": ACCOUNT, "positions": {str(NUMBER): {"quantity": "-1.50"}}}
    positions = decode(text({"PositionUpdate": held}))
    assert isinstance(positions, PositionUpdate)
    (position,) = positions.positions
    assert (position.instrument_id, str(position.quantity)) == (INSTRUMENT, "-1.50")
    assert position.leverage_setting is None
    risk = decode(text({"AccountRiskUpdate": MESSAGES["AccountRiskUpdate"]}))
    assert isinstance(risk, AccountRiskUpdate)
    assert (risk.available_collateral, risk.unrealized_pnl) == (1, -6)


def test_markets() -> None:
    """Levels are pairs; a mark price may have a volatility; JSON numbers are exact."""
    book = decode(text({"OrderbookUpdate": MESSAGES["OrderbookUpdate"]}))
    assert isinstance(book, OrderbookUpdate)
    assert book.bids == ((Decimal(1), Decimal(2)), (Decimal("0.5"), Decimal(3)))
    plain = decode(text({"MarkPriceUpdate": MESSAGES["MarkPriceUpdate"]}))
    with_iv = decode(text({"AssetMarkPriceUpdate": MESSAGES["AssetMarkPriceUpdate"]}))
    assert isinstance(plain, MarkPriceUpdate)
    assert isinstance(with_iv, AssetMarkPriceUpdate)
    assert (plain.iv, with_iv.iv) == (None, Decimal("0.5"))
    candle = decode(text({"CandleUpdate": MESSAGES["CandleUpdate"]}))
    assert isinstance(candle, CandleUpdate)
    assert (candle.interval, candle.high) == (Interval.M1, 86001)
    assert (candle.low, str(candle.volume)) == (Decimal("0.0000001"), "0.1")


def test_what_is_null_or_missing() -> None:
    """A list may be null, and a member that no page promises may be missing."""
    for name, members in (
        ("OrderEventUpdate", {"orderEvents": None}),
        ("OpenOrdersUpdate", {"account": ACCOUNT, "orders": None}),
        ("PositionUpdate", {"account": ACCOUNT, "positions": None}),
        ("OrderbookUpdate", {"instrumentId": INSTRUMENT, "orderbook": {"bids": None}}),
        ("AccountRiskUpdate", {"account": ACCOUNT}),
    ):
        assert type(decode(text({name: members}))) is EVENTS[name]


def test_open_enums() -> None:
    """A word that nobody knows is kept as it came."""
    told = decode(
        text({"OrderEventUpdate": {"orderEvents": [event({"rejected": {"reason": "x"}})]}})
    )
    assert isinstance(told, OrderEventUpdate)
    assert told.order_events[0].reason == "x"
    candle = {**MESSAGES["CandleUpdate"]["candle"], "interval": "3m"}
    told = decode(text({"CandleUpdate": {"candle": candle}}))
    assert isinstance(told, CandleUpdate)
    assert (told.interval, told.topic) == ("3m", "")


@pytest.mark.parametrize(
    ("message", "cls"),
    [
        ('"Pong"', Pong),
        ('{"Pong":null}', Pong),
        ('"Ping"', ServerPing),
        ('{"Ping":null}', ServerPing),
    ],
)
def test_pings_and_pongs(message: str, cls: type) -> None:
    """Both forms of each are known."""
    assert type(decode(message)) is cls


def test_confirmations_and_errors() -> None:
    """A confirmation names its topic, whatever the case of its address; an error has its text."""
    payload = {"Collateral": {"assetId": 0, "account": ACCOUNT}}
    confirmed = decode(text({"SubscribeConfirmation": payload}))
    dropped = decode(text({"UnsubscribeConfirmation": payload}))
    assert isinstance(confirmed, SubscribeConfirmation)
    assert isinstance(dropped, UnsubscribeConfirmation)
    assert confirmed.topic == dropped.topic == TOPICS["CollateralUpdate"]
    unclear = decode(text({"SubscribeConfirmation": {"Trades": {}}}))
    assert (type(unclear), unclear.topic) == (SubscribeConfirmation, "")
    error = decode('{"Error":"subscription rejected: unknown instrument"}')
    assert isinstance(error, ErrorMessage)
    assert error.message == "subscription rejected: unknown instrument"


@pytest.mark.parametrize(
    ("message", "name"),
    [
        ('{"TradesUpdate":{"x":1}}', "TradesUpdate"),
        ('"Hello"', "Hello"),
        ('"CollateralUpdate"', "CollateralUpdate"),
        ('{"Pong":{"x":1}}', "Pong"),
        ('{"Error":{"code":1}}', "Error"),
        ('{"type":"Subscribe","subscription":{}}', None),
        ("[]", None),
        ("5", None),
        ("null", None),
        ("{}", None),
    ],
)
def test_what_nobody_knows(message: str, name: str | None) -> None:
    """It is an event as well, with everything that came."""
    told = decode(message)

    assert isinstance(told, UnknownEvent)
    assert (told.event_type, told.data, told.raw) == (name, json.loads(message), message)


def with_value(payload: Any, way: tuple[Any, ...], value: Any) -> Any:
    """Return a copy of a payload with another value at one place."""
    changed = copy.deepcopy(payload)
    target = changed
    for step in way[:-1]:
        target = target[step]
    target[way[-1]] = value
    return changed


def leaves(value: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the way to every text, number and flag in a value."""
    if isinstance(value, dict):
        return [way for key, item in value.items() for way in leaves(item, (*here, key))]
    if isinstance(value, list):
        return [way for place, item in enumerate(value) for way in leaves(item, (*here, place))]
    return [here]


def path_of(name: str, way: tuple[Any, ...]) -> str:
    """Return the way as the path of an error."""
    return f"$.{name}" + "".join(f"[{s}]" if isinstance(s, int) else f".{s}" for s in way)


@pytest.mark.parametrize("name", MESSAGES)
def test_every_wrong_type_is_refused_where_it_is(name: str) -> None:
    """A list in the place of any value is refused, and the path leads to it."""
    for way in leaves(MESSAGES[name]):
        message = text({name: with_value(MESSAGES[name], way, [])})
        with pytest.raises(DecodeError) as caught:
            decode(message)
        assert caught.value.path == path_of(name, way)


@pytest.mark.parametrize("name", MESSAGES)
def test_amounts_are_not_coerced(name: str) -> None:
    """What is a decimal text is not a number, and not a text with an exponent."""
    for way in leaves(MESSAGES[name]):
        told: Any = MESSAGES[name]
        for step in way:
            told = told[step]
        if isinstance(told, str) and told[:1] in "-0123456789" and not told.startswith("0x"):
            if way[-1] == "interval":
                continue
            for wrong in ("1e5", "", " 1", "NaN", 1.5):
                with pytest.raises(DecodeError):
                    decode(text({name: with_value(MESSAGES[name], way, wrong)}))


@pytest.mark.parametrize("name", MESSAGES)
@pytest.mark.parametrize("payload", [None, [], "x", 5, {}])
def test_payloads_that_are_none(name: str, payload: Any) -> None:
    """A known message without its payload is refused, or has nothing in it; it is not unknown."""
    if name == "OrderEventUpdate" and payload == {}:
        assert isinstance(decode(text({name: payload})), OrderEventUpdate)
        return
    with pytest.raises(DecodeError):
        decode(text({name: payload}))


@pytest.mark.parametrize("message", ["", "{", b"\xff", '{"a":NaN}', '"\\ud800"'])
def test_what_is_no_json(message: str | bytes) -> None:
    """It is refused, and the error repeats nothing of it."""
    with pytest.raises(DecodeError):
        decode(message)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from([*MESSAGES, "account", "orders", "eventData"]), inner)
        ),
        max_leaves=8,
    )
)
def test_nothing_else_is_raised(value: Any) -> None:
    """Whatever JSON comes, there is an event or a DecodeError; extra can always be asked for."""
    message = text(value)
    try:
        told = Decoder().decode(message)
    except DecodeError:
        return
    assert told.raw == message
    assert isinstance(dict(told.extra), dict)


def test_the_module_decodes_as_well() -> None:
    """``sixmm.venues.rocketfi.decode`` is the way in."""
    assert isinstance(rocketfi.decode('"Pong"'), Pong)
