"""Each kind of event has a row that a person can read and an object that a program can."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal

import attrs
import pytest

from sixmm import events as base
from sixmm.cli.layout import Layout
from sixmm.cli.render import flat, rows_of
from sixmm.errors import ConnectionClosed, DecodeError
from sixmm.venues.sixmm import stream_schema as wire
from sixmm.venues.sixmm.condition_facts import ConditionOrderUpdate
from sixmm.venues.sixmm.enums import OrderStatus, Side

_FILL = wire.OrderTradeUpdate(
    topic="user.5794",
    ts=1_772_000_000_123,
    received_at=1_772_000_000_125,
    raw='{"secret":"wire text"}',
    order_id="9007199254740993",
    symbol="BTCUSDT",
    side=Side("BUY"),
    price=Decimal("86500"),
    quantity=Decimal("0.5"),
    executed_quantity=Decimal("0.20"),
    order_status=OrderStatus("PARTIALLY_FILLED"),
    fill_id="7",
    last_price=Decimal("86499.9"),
    last_quantity=Decimal("0.1"),
)
_ACCOUNT = wire.AccountUpdate(
    ts=1,
    balances=(
        wire.BalanceUpdate(
            asset_type="USDT", wallet_balance=Decimal("1234.567"), frozen_balance=Decimal(8)
        ),
    ),
)
_POSITION = wire.PositionUpdate(
    symbol="ETHUSDT",
    position_side="BOTH",
    quantity=Decimal("-0.15"),
    entry_price=Decimal("3200.56"),
)

_EVENTS: dict[str, tuple[base.Event, str]] = {
    "fill": (_FILL, "fill BTCUSDT BUY 86499.9 0.1 PARTLY_FILLED 40%"),
    "order": (
        attrs.evolve(_FILL, fill_id=None, order_status="NEW"),
        "order BTCUSDT BUY 86500 0.5 NEW",
    ),
    "recovered": (attrs.evolve(_FILL, origin=base.Origin.REST), "fill/REST BTCUSDT"),
    "unfilled": (
        attrs.evolve(_FILL, quantity=None, fill_id=None),
        "order BTCUSDT BUY 86500 PARTLY_FILLED",
    ),
    "nothing known": (wire.OrderTradeUpdate(), "order"),
    "a condition order": (
        ConditionOrderUpdate(
            condition_id="1",
            is_waiting=False,
            condition_status="TRIGGERED",
            symbol="BTCUSDT",
            side="SELL",
            stop_price=Decimal("85000.5"),
            quantity=Decimal("0.1"),
        ),
        "trigger/REST BTCUSDT SELL 85000.5 0.1 TRIGGERED",
    ),
    "a condition order that is gone": (
        ConditionOrderUpdate(condition_id="1", is_waiting=False),
        "trigger/REST UNKNOWN",
    ),
    "balance": (_ACCOUNT, "account USDT frozen 8.00 1,234.57"),
    "position": (
        attrs.evolve(_ACCOUNT, positions=(_POSITION,)),
        "account ETHUSDT BOTH 3200.56 -0.15 position 1,234.57",
    ),
    "trade": (
        wire.MarketTrade(symbol="BTCUSDT", side="SELL", price=Decimal(5), quantity=Decimal(2)),
        "trade BTCUSDT SELL 5 2",
    ),
    "kline": (
        wire.Kline(symbol="BTCUSDT", interval="1m", close=Decimal(5), volume=Decimal(2)),
        "kline BTCUSDT 5 2 1m",
    ),
    "ticker": (
        wire.Ticker(
            symbol="BTCUSDT", last_price=Decimal(5), bid_price=Decimal(4), ask_price=Decimal(6)
        ),
        "ticker BTCUSDT 5 4/6",
    ),
    "tickers": (
        wire.Tickers(tickers=(wire.Ticker(symbol="A", last_price=Decimal(5)),)),
        "tickers A 5",
    ),
    "no tickers": (wire.Tickers(), "tickers none"),
    "depth": (
        wire.DepthUpdate(symbol="BTCUSDT", bids=((Decimal(5), Decimal(1)),), end_version=7),
        "depth BTCUSDT update 7: 1 bids, 0 asks",
    ),
    "book": (
        wire.DepthUpdate(symbol="BTCUSDT", snapshot=True, end_version=1),
        "depth BTCUSDT snapshot 1: 0 bids, 0 asks",
    ),
    "connected": (
        base.Connected(connection=2, private=True, topics=("market.tickers",)),
        "CONNECTED connection 2, private, market.tickers",
    ),
    "public": (base.Connected(connection=1, private=False), "CONNECTED connection 1"),
    "cut": (
        base.Disconnected(connection=1, error=ConnectionClosed(), retry_in=0.25),
        "CUT OFF ConnectionClosed: connection lost; next attempt in 0.2 s",
    ),
    "ended": (
        base.Disconnected(connection=1, error=ConnectionClosed(), retry_in=None),
        "CUT OFF ConnectionClosed: connection lost",
    ),
    "resynced": (
        base.Resynced(reason="reconnect", connection=2, delivered=7, repeated=2),
        "RESYNCED after reconnect: 7 missed events told, 2 repeats left out",
    ),
    "nothing missed": (
        base.Resynced(reason="start", connection=1),
        "RESYNCED after start: nothing was missed",
    ),
    "unchecked": (
        base.Resynced(reason="start", connection=1, unchecked={"fills": "code 3006"}),
        "RESYNCED after start: nothing was missed; not checked: fills",
    ),
    "unreadable": (
        base.DecodeFailed(error=DecodeError("expected text", path="$.data.price")),
        "UNREADABLE DecodeError: $.data.price: expected text",
    ),
    "unknown": (base.UnknownEvent(raw='{"new":1}'), 'unknown {"new":1}'),
    "empty": (base.UnknownEvent(), "unknown an empty message"),
    "no form": (base.SessionRenewed(expires_at_ms=5), "sessionrenewed expires_at_ms 5"),
    "no fields": (base.Event(), "event Event"),
}


@pytest.mark.parametrize("name", _EVENTS)
def test_row(name: str) -> None:
    """An event is told in one line with what matters about it."""
    event, expected = _EVENTS[name]

    (row,) = rows_of(event)

    assert " ".join(Layout(300).line(row).split()[1:]).startswith(expected)


def test_several_positions() -> None:
    """Each position has a row; the balance is in the first one only."""
    event = attrs.evolve(_ACCOUNT, positions=(_POSITION, _POSITION))

    first, second = rows_of(event)

    assert (first.balance, second.balance) == ("1,234.57", "")


@pytest.mark.parametrize("name", _EVENTS)
def test_flat(name: str) -> None:
    """The object of every event is JSON, names its class, and leaves out the wire text."""
    event, _ = _EVENTS[name]

    found = json.loads(json.dumps(flat(event)))

    assert found["kind"] == type(event).__name__
    assert found["origin"] == event.origin.value
    assert "raw" not in found


def test_flat_fill() -> None:
    """Amounts and ids are texts, enums are their wire values, and what is not set is left out."""
    assert flat(_FILL) == {
        "kind": "OrderTradeUpdate",
        "topic": "user.5794",
        "ts": 1_772_000_000_123,
        "received_at": 1_772_000_000_125,
        "origin": "STREAM",
        "event_type": "ORDER_TRADE_UPDATE",
        "order_id": "9007199254740993",
        "symbol": "BTCUSDT",
        "side": "BUY",
        "price": "86500",
        "quantity": "0.5",
        "executed_quantity": "0.20",
        "order_status": "PARTIALLY_FILLED",
        "fill_id": "7",
        "last_price": "86499.9",
        "last_quantity": "0.1",
    }


def test_flat_nested() -> None:
    """Rows inside an event, mappings and errors become plain objects and texts."""
    account = flat(attrs.evolve(_ACCOUNT, positions=(_POSITION,)))
    resynced = flat(base.Resynced(reason="start", connection=1, unchecked={"fills": "why"}))
    cut = flat(base.Disconnected(connection=1, error=ConnectionClosed(), retry_in=None))

    assert account["positions"][0]["quantity"] == "-0.15"
    assert resynced["unchecked"] == {"fills": "why"}
    assert cut["error"] == "ConnectionClosed: connection lost"


_EVIL = "\x1b[2J\r\nforged\u202e"


def test_hostile_text() -> None:
    """No text of the other side can move the cursor, forge a line or turn the reading direction."""
    events: list[base.Event] = [
        attrs.evolve(_FILL, symbol=_EVIL, side=_EVIL, order_status=_EVIL),
        base.UnknownEvent(raw=_EVIL, topic=_EVIL, data={_EVIL: [_EVIL]}),
        base.Disconnected(connection=1, error=ConnectionClosed(reason=_EVIL), retry_in=1.0),
        wire.MarketTrade(symbol=_EVIL, side=_EVIL),
        wire.Tickers(tickers=(wire.Ticker(symbol=_EVIL),)),
        wire.DepthUpdate(symbol=_EVIL),
        base.SubscriptionFailed(topics=(_EVIL,), error=ConnectionClosed(reason=_EVIL)),
    ]

    for event in events:
        assert all(Layout(300).line(row).isprintable() for row in rows_of(event))
        assert all(text.isprintable() for text in _texts(flat(event)))


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [text for pair in value.items() for part in pair for text in _texts(part)]
    return [text for part in value for text in _texts(part)] if isinstance(value, list) else []
