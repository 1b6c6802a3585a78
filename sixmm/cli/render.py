"""Events as rows for people and as flat objects for programs.

Everything here is pure. Every text that came from the other side is made safe to print: one line,
no control characters, bounded.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import singledispatch
from typing import Any

import attrs

from .. import events as base
from ..redaction import one_line
from ..venues.sixmm import stream_schema as wire
from ..venues.sixmm.condition_facts import ConditionOrderUpdate
from .layout import Row

__all__ = ["flat", "rows_of"]

_TONES = {"BUY": "buy", "SELL": "sell"}
_SHORTER = {
    "PARTIALLY_FILLED": "PARTLY_FILLED",
    "PARTIALLY_FILLED_CANCELED": "PARTLY_CANCELED",
}
_COMMON = ("kind", "ts", "received_at", "origin", "topic")


def flat(event: base.Event) -> dict[str, Any]:
    """Return ``event`` as an object that JSON can hold: ``kind``, then its fields that are set.

    Amounts are texts, so that no digit is lost. The wire text is left out.
    """
    return {"kind": type(event).__name__, **_plain_fields(event)}


@singledispatch
def rows_of(event: base.Event) -> Iterator[Row]:
    """Yield the rows that show ``event``, at least one; a class without a form shows its fields."""
    name = type(event).__name__.lower()
    tone = "bad" if hasattr(event, "error") else "quiet"
    yield Row(time_ms=_time_ms(event), event=name, note=_fields_note(event), tone=tone)


@rows_of.register
def _order_rows(event: wire.OrderTradeUpdate) -> Iterator[Row]:
    is_fill = event.fill_id is not None
    side = _text(event.side)
    yield Row(
        time_ms=event.ts,
        event="fill" if is_fill else "order",
        symbol=_text(event.symbol),
        side=side,
        price=_amount(event.last_price if is_fill else event.price),
        quantity=_amount(event.last_quantity if is_fill else event.quantity),
        status=_progress(event),
        tone=_TONES.get(side, "") if is_fill else "",
        recovered=event.origin is base.Origin.REST,
    )


@rows_of.register
def _condition_rows(event: ConditionOrderUpdate) -> Iterator[Row]:
    yield Row(
        time_ms=_time_ms(event),
        event="trigger",
        symbol=_text(event.symbol),
        side=_text(event.side),
        price=_amount(event.stop_price or event.activate_price),
        quantity=_amount(event.quantity),
        status=_text(event.condition_status) or "UNKNOWN",
        recovered=True,
    )


@rows_of.register
def _account_rows(event: wire.AccountUpdate) -> Iterator[Row]:
    """Yield a row for each position, the first with the balances, or one for these alone."""
    balances = ", ".join(_money(b.wallet_balance) for b in event.balances)
    recovered = event.origin is base.Origin.REST
    row = Row(time_ms=event.ts, event="account", tone="quiet", recovered=recovered)
    if not event.positions:
        frozen = ", ".join(_money(b.frozen_balance) for b in event.balances)
        assets = ", ".join(_text(b.asset_type) for b in event.balances)
        yield attrs.evolve(row, symbol=assets, status=f"frozen {frozen}", balance=balances)
    for position in event.positions:
        yield attrs.evolve(
            row,
            symbol=_text(position.symbol),
            side=_text(position.position_side),
            price=_amount(position.entry_price),
            quantity=_amount(position.quantity),
            status="position",
            balance=balances,
        )
        balances = ""


@rows_of.register
def _trade_rows(event: wire.MarketTrade) -> Iterator[Row]:
    side = _text(event.side)
    yield Row(
        time_ms=event.ts,
        event="trade",
        symbol=_text(event.symbol),
        side=side,
        price=_amount(event.price),
        quantity=_amount(event.quantity),
        tone=_TONES.get(side, ""),
    )


@rows_of.register
def _kline_rows(event: wire.Kline) -> Iterator[Row]:
    yield Row(
        time_ms=event.ts,
        event="kline",
        symbol=_text(event.symbol),
        price=_amount(event.close),
        quantity=_amount(event.volume),
        status=_text(event.interval),
    )


@rows_of.register
def _ticker_rows(event: wire.Ticker) -> Iterator[Row]:
    yield Row(
        time_ms=event.ts,
        event="ticker",
        symbol=_text(event.symbol),
        price=_amount(event.last_price),
        status=f"{_amount(event.bid_price)}/{_amount(event.ask_price)}",
    )


@rows_of.register
def _tickers_rows(event: wire.Tickers) -> Iterator[Row]:
    prices = (f"{_text(t.symbol)} {_amount(t.last_price)}" for t in event.tickers)
    yield Row(time_ms=event.ts, event="tickers", note=", ".join(prices) or "none")


@rows_of.register
def _depth_rows(event: wire.DepthUpdate) -> Iterator[Row]:
    kind = "snapshot" if event.snapshot else "update"
    levels = f"{len(event.bids)} bids, {len(event.asks)} asks"
    note = f"{_text(event.symbol)} {kind} {event.end_version}: {levels}"
    yield Row(time_ms=event.ts, event="depth", note=note)


@rows_of.register
def _connected_rows(event: base.Connected) -> Iterator[Row]:
    private = ", private" if event.private else ""
    topics = f", {', '.join(event.topics)}" if event.topics else ""
    note = f"connection {event.connection}{private}{topics}"
    yield Row(time_ms=_time_ms(event), event="CONNECTED", note=note, tone="good")


@rows_of.register
def _disconnected_rows(event: base.Disconnected) -> Iterator[Row]:
    retry = "" if event.retry_in is None else f"; next attempt in {event.retry_in:.1f} s"
    note = f"{_error_text(event.error)}{retry}"
    yield Row(time_ms=_time_ms(event), event="CUT OFF", note=note, tone="bad")


@rows_of.register
def _resynced_rows(event: base.Resynced) -> Iterator[Row]:
    told = f"{event.delivered} missed events told" if event.delivered else "nothing was missed"
    repeats = f", {event.repeated} repeats left out" if event.repeated else ""
    unchecked = f"; not checked: {', '.join(event.unchecked)}" if event.unchecked else ""
    note = f"after {event.reason}: {told}{repeats}{unchecked}"
    tone = "bad" if event.unchecked else "good"
    yield Row(time_ms=_time_ms(event), event="RESYNCED", note=note, tone=tone)


@rows_of.register
def _unreadable_rows(event: base.DecodeFailed) -> Iterator[Row]:
    note = _error_text(event.error)
    yield Row(time_ms=_time_ms(event), event="UNREADABLE", note=note, tone="bad")


@rows_of.register
def _unknown_rows(event: base.UnknownEvent) -> Iterator[Row]:
    note = one_line(event.raw) or "an empty message"
    yield Row(time_ms=_time_ms(event), event="unknown", note=note, tone="quiet")


def _time_ms(event: base.Event) -> int:
    return event.ts or event.received_at


def _fields_note(event: base.Event) -> str:
    fields = {name: value for name, value in flat(event).items() if name not in _COMMON}
    return ", ".join(f"{name} {value}" for name, value in fields.items()) or type(event).__name__


def _progress(event: wire.OrderTradeUpdate) -> str:
    """Return the status, and how much is filled where the order is filled in part."""
    status = _text(event.order_status)
    shown = _SHORTER.get(status, status)
    if status in _SHORTER and event.quantity and event.executed_quantity is not None:
        return f"{shown} {event.executed_quantity / event.quantity:.0%}"
    return shown


def _text(value: object) -> str:
    return "" if value is None else one_line(value)


def _amount(value: Decimal | None) -> str:
    return "" if value is None else f"{value:f}"


def _money(value: Decimal | None) -> str:
    return "" if value is None else f"{value:,.2f}"


_MARKS = ("redelivered", "late", "line")


def _error_text(error: Exception) -> str:
    return one_line(f"{type(error).__name__}: {error}")


def _plain_fields(value: Any) -> dict[str, Any]:
    """Return the fields of an attrs object that are set, without the wire text.

    Marks of an event that say nothing are left out.
    """
    left_out = {"raw", *(name for name in _MARKS if not getattr(value, name, True))}
    names = [field.name for field in attrs.fields(type(value)) if field.name not in left_out]
    found = {name: getattr(value, name) for name in names}
    return {name: _plain(part) for name, part in found.items() if part is not None}


def _plain(value: object) -> Any:
    if isinstance(value, enum.Enum):
        return value.value
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Decimal):
        return _amount(value)
    if isinstance(value, Exception):
        return _error_text(value)
    if attrs.has(type(value)):
        return _plain_fields(value)
    if isinstance(value, Mapping):
        return {one_line(name): _plain(part) for name, part in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(part) for part in value]
    return one_line(value)
