"""Holds what a KuCoin client delivered against the log of the embedded exchange.

Every push of a subscribed topic about orders, fills, balances or positions, which was logged while
the client was live, counts as *sent*, and is exactly one of these:

* *streamed*: its exact text was delivered;
* *recovered*: it tells a fill, and a comparison has told that fill by its symbol, trade and order;
* *superseded*: it tells a state of an order, balance or position, and what was told last is so at
  the end: the order's own end, or the picture of the account;
* *lost*: none of these.

A push about anything else, such as a funding fee, is told by the stream alone. One that came while
there was no connection is *passing*.

An event is *duplicated* where it repeats a push, a fill, or the state of an order that was told
last. It is an *invention* where it is a push that the exchange has not logged, or a fill of none.
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import attrs

from ..events import Event, Origin
from ..sim.kucoin import LoggedPush
from ..state.account import Account
from ..venues.kucoin import (
    AccountBalanceUpdate,
    FuturesOrderUpdate,
    FuturesPositionUpdate,
    KuCoinEvent,
    ProBalanceUpdate,
    ProExecution,
    ProOrderUpdate,
    ProPositionUpdate,
    SpotOrderUpdate,
    WalletBalanceUpdate,
    decode,
)
from .audit import Audit

__all__ = ["KuCoinAudit", "audit_kucoin"]

FillKey = tuple[str | None, str, str | None]
OrderUpdate = SpotOrderUpdate | FuturesOrderUpdate | ProOrderUpdate
Ending = tuple[bool, Decimal]
"""Whether an order has ended, and how much of it is filled."""

_COMPARED = (
    SpotOrderUpdate,
    FuturesOrderUpdate,
    ProOrderUpdate,
    ProExecution,
    AccountBalanceUpdate,
    WalletBalanceUpdate,
    FuturesPositionUpdate,
    ProBalanceUpdate,
    ProPositionUpdate,
)
"""The events that a comparison tells as well."""


class _Fate(enum.Enum):
    STREAMED = "streamed"
    RECOVERED = "recovered"
    SUPERSEDED = "superseded"
    PASSING = "passing"
    BESIDE = "beside"
    """It came, and is about something else."""
    LOST = "lost"


@attrs.frozen(kw_only=True)
class KuCoinAudit(Audit):
    """The result, with what no comparison could have told."""

    passing: int = 0
    """How many pushes about something else did not come."""

    @property
    def wrong(self) -> tuple[str, ...]:
        """Everything that should not be, in words."""
        return (*self.missing, *self.differences, *self.repeats, *self.inventions)


def audit_kucoin(
    log: Sequence[LoggedPush],
    delivered: Sequence[Event],
    *,
    topics: Iterable[str],
    truth: Mapping[str, Any],
    mirror: Account,
    after_seq: int = 0,
) -> KuCoinAudit:
    """Return what became of every push that was sent, and which events should not be.

    Args:
        log: everything that the exchange has logged of the account.
        delivered: everything that the caller got, in order.
        topics: those that were subscribed all the while.
        truth: the exchange's picture at the end.
        mirror: the client's picture at the end.
        after_seq: the entries after this one count as sent.
    """
    told = _Told(delivered, log)
    carried = frozenset(topics)
    sent = [push for push in log if push.seq > after_seq and push.topic in carried]
    ends = {
        event.order_id: (push.seq, _ending(event))
        for push in sent
        if isinstance(event := decode(push.text), OrderUpdate)
    }
    fates = [(push, _fate(push, told, ends)) for push in sent]
    count = Counter(fate for _, fate in fates)
    return KuCoinAudit(
        sent=sum(fate not in (_Fate.PASSING, _Fate.BESIDE) for fate in count.elements()),
        streamed=count[_Fate.STREAMED],
        recovered=count[_Fate.RECOVERED],
        superseded=count[_Fate.SUPERSEDED],
        passing=count[_Fate.PASSING],
        missing=tuple(f"{push.seq}: {push.text}" for push, fate in fates if fate is _Fate.LOST),
        differences=tuple(_differences(truth, mirror)),
        repeats=tuple(told.repeats),
        inventions=tuple(told.inventions),
    )


class _Told:
    """What was delivered, arranged for questions."""

    def __init__(self, delivered: Sequence[Event], log: Sequence[LoggedPush]) -> None:
        self.repeats: list[str] = []
        self.inventions: list[str] = []
        self.texts: Counter[str] = Counter()
        self.fills: set[FillKey] = set()
        self.orders: dict[str, Ending] = {}
        # What has no time in it may be pushed again in the same words.
        known = Counter(push.text for push in log)
        matched = {fill for push in log if (fill := _fill_of(decode(push.text))) is not None}
        for event in delivered:
            if isinstance(event, KuCoinEvent):
                self._take(event, known, matched)

    def _take(self, event: KuCoinEvent, known: Counter[str], matched: set[FillKey]) -> None:
        if event.origin is Origin.STREAM:
            self.texts[event.raw] += 1
            if event.raw in known:
                self._note(self.texts[event.raw] > known[event.raw], self.repeats, event)
            else:
                self._note(True, self.inventions, event)
        fill = _fill_of(event)
        if fill is not None:
            self._note(fill in self.fills, self.repeats, event)
            self._note(fill not in matched, self.inventions, event)
            self.fills.add(fill)
        if isinstance(event, OrderUpdate):
            ending = _ending(event)
            is_old = event.origin is Origin.REST and fill is None
            # An order that is opened is told by a comparison with a size that may be another.
            repeats = is_old and ending[0] and self.orders.get(event.order_id) == ending
            self._note(repeats, self.repeats, event)
            self.orders[event.order_id] = ending

    @staticmethod
    def _note(is_wrong: bool, where: list[str], event: Event) -> None:
        if is_wrong:
            where.append(f"{event.origin} {event.raw}")


def _fate(push: LoggedPush, told: _Told, ends: Mapping[str, tuple[int, Ending]]) -> _Fate:
    event = decode(push.text)
    if isinstance(event, OrderUpdate):
        last, ending = ends[event.order_id]
        if last == push.seq and told.orders.get(event.order_id) != ending:
            return _Fate.LOST
    is_told = push.text in told.texts
    if not isinstance(event, _COMPARED):
        return _Fate.BESIDE if is_told else _Fate.PASSING
    if is_told:
        return _Fate.STREAMED
    fill = _fill_of(event)
    if fill is not None:
        return _Fate.RECOVERED if fill in told.fills else _Fate.LOST
    return _Fate.SUPERSEDED


def _fill_of(event: Event) -> FillKey | None:
    """Return what identifies the fill that an event tells, or None where it tells none."""
    if isinstance(event, SpotOrderUpdate | FuturesOrderUpdate):
        if event.type != "match" or event.trade_id is None:
            return None
        return event.symbol, event.trade_id, event.order_id
    if isinstance(event, ProExecution) and event.trade_id is not None:
        return event.symbol, event.trade_id, event.order_id
    if isinstance(event, ProOrderUpdate) and event.origin is Origin.REST and event.last_trade_id:
        return event.symbol, event.last_trade_id, event.order_id
    return None


def _ending(event: OrderUpdate) -> Ending:
    return event.has_ended, event.filled_size or Decimal(0)


def _differences(truth: Mapping[str, Any], mirror: Account) -> Iterable[str]:
    """Name what differs between the client's picture and the exchange's."""
    orders = {**truth["spot_orders"], **truth["futures_orders"]}
    true = {key: Decimal(row[3]) for key, row in orders.items()}
    seen = {key: o.executed_quantity or Decimal(0) for key, o in mirror.orders.open.items()}
    yield from _unequal("open orders", true, seen)
    held = {key: Decimal(row[0]) for key, row in truth["positions"].items()}
    yield from _unequal(
        "positions", held, {symbol: row.quantity for (symbol, _), row in mirror.positions.items()}
    )
    for name, (available, hold) in truth["balances"].items():
        row = mirror.balances.get(name)
        wallet = Decimal(available) + Decimal(hold)
        if row is not None and (row.wallet, row.frozen) != (wallet, Decimal(hold)):
            yield f"{name}: {row.wallet}, {row.frozen} instead of {wallet}, {hold}"
    if mirror.stale:
        yield f"not certain at the end: {', '.join(mirror.stale)}"


def _unequal(what: str, true: Mapping[str, object], seen: Mapping[str, object]) -> Iterable[str]:
    for key in sorted(true.keys() | seen.keys()):
        if true.get(key) != seen.get(key):
            yield f"{what}: {key} is {seen.get(key)} instead of {true.get(key)}"
