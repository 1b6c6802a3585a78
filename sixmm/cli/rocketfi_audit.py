"""Holds what a RocketFi client delivered against the log of the embedded server.

The words are those of :mod:`.audit`, for feeds that tell an account by fields of another kind: what
happened to orders (*marks*, each of which happens once) and how things stand (*values*).

Every logged push of the feeds that a client has of its own accord counts as *sent*. It was
*streamed* where its exact text was delivered. Otherwise each fill in it, and each cancel and
rejection, has to be told by another event, and of everything else the same or a later state. What
was told last of an order, a position or a balance is the truth, too. Everything else is *lost*.

Everything here is pure: it takes values and returns values.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import attrs

from ..events import Event, Origin
from ..state.account import Account
from ..venues.rocketfi import (
    CollateralUpdate,
    InstrumentId,
    OpenOrdersUpdate,
    OrderEventUpdate,
    PositionUpdate,
)
from .audit import Audit, Verdict
from .claims import LoggedEvent

__all__ = ["COUNTED", "audit_rocketfi"]

COUNTED = ("OrderEventUpdate", "OpenOrdersUpdate", "PositionUpdate", "CollateralUpdate")
"""The pushes that a client of an account gets of its own accord."""

Mark = tuple[object, ...]
"""Something that happened to an order: its id, what, and what tells it from others of the kind."""
Key = tuple[str, str]
Values = tuple[object, ...]

_ENDS = ("canceled", "rejected")
_CLOSED: Values = (Decimal(0), None)


@attrs.frozen
class _Told:
    """What one push or event says."""

    marks: tuple[Mark, ...] = ()
    values: Mapping[Key, Values] = attrs.field(factory=dict)


def audit_rocketfi(
    log: Iterable[LoggedEvent],
    delivered: Sequence[Event],
    *,
    truth: Mapping[str, Any],
    before: Mapping[str, Any],
    mirror: Account,
    after_seq: int = 0,
) -> Audit:
    """Return what became of every logged push, and which events were repeats.

    Args:
        log: the server's log of the account, complete and oldest first.
        delivered: everything that the caller got, in that order.
        truth: the server's picture of the account at the end.
        before: the same before anything was logged.
        mirror: the client's picture at the end.
        after_seq: the entries of the log after this one count as sent.
    """
    history = _History([entry for entry in log if _kind(entry) in COUNTED], before, truth)
    course = _Course(history)
    for number, event in enumerate(delivered):
        course.take(number, event)
    sent = [one for one in history.entries if one[0].seq > after_seq]
    verdicts = [(entry, course.verdict(entry, told)) for entry, told in sent]
    count = Counter(verdict for _, verdict in verdicts)
    return Audit(
        sent=len(sent),
        streamed=count[Verdict.STREAMED],
        recovered=count[Verdict.RECOVERED],
        superseded=count[Verdict.SUPERSEDED],
        missing=tuple(f"push {e.seq}" for e, verdict in verdicts if verdict is Verdict.LOST),
        differences=tuple(_differences(mirror, truth)),
        repeats=tuple(course.repeats),
        disorders=tuple(course.disorders),
        inventions=tuple(course.inventions),
    )


class _History:
    """Everything that the log has, and what was true before and at the end."""

    def __init__(
        self, log: Sequence[LoggedEvent], before: Mapping[str, Any], truth: Mapping[str, Any]
    ) -> None:
        self.entries = [(entry, _told_by_log(entry)) for entry in log]
        self.texts = Counter(entry.text for entry in log)
        self.final = _values_of_truth(truth)
        self.marks: dict[Mark, int] = {}
        self.seqs: dict[str, list[int]] = {}
        self.causes: dict[tuple[int, Key], Mark] = {}
        """What had happened last to an order when a push told how it stands."""
        last: dict[Key, Mark] = {}
        self._reached = {key: {values} for key, values in _values_of_truth(before).items()}
        for entry, told in self.entries:
            self.marks.update(dict.fromkeys(told.marks, entry.seq))
            self.seqs.setdefault(entry.text, []).append(entry.seq)
            last.update({("order", str(mark[0])): mark for mark in told.marks})
            self.causes.update({(entry.seq, key): last[key] for key in told.values if key in last})
            self._reach(told.values)
        self._reach(self.final)

    def _reach(self, values: Mapping[Key, Values]) -> None:
        for key, value in values.items():
            self._reached.setdefault(key, set()).add(value)

    def has_reached(self, key: Key, values: Values) -> bool:
        """Whether something stood like this at some time; a position begins with nothing."""
        is_nothing = key[0] == "position" and values == _CLOSED
        return is_nothing or values in self._reached.get(key, ())


class _Course:
    """What was told, in the order of delivery."""

    def __init__(self, history: _History) -> None:
        self._history = history
        self._texts: Counter[str] = Counter()
        self._marks: set[Mark] = set()
        self._last_mark: dict[object, int] = {}
        self._last_push = 0
        self._last: dict[Key, Values] = {}
        self._newest: dict[Key, float] = {}
        self._told_values: set[tuple[Key, Values]] = set()
        self.repeats: list[str] = []
        self.disorders: list[str] = []
        self.inventions: list[str] = []

    def take(self, number: int, event: Event) -> None:
        told = _told_by_event(event)
        if told is None:
            return
        is_push = event.origin is Origin.STREAM
        seq = self._take_push(number, event.raw) if is_push else None
        for mark in told.marks:
            self._take_mark(number, mark)
        for key, values in told.values.items():
            self._take_values(number, key, values, seq=seq, is_push=is_push)

    def _take_push(self, number: int, text: str) -> int | None:
        """Count a push; return its number in the log."""
        self._texts[text] += 1
        seqs = self._history.seqs.get(text, [])
        if not seqs:
            self.inventions.append(f"event {number}: a push that never was")
            return None
        if self._texts[text] > len(seqs):
            self.repeats.append(f"event {number}: a push a second time")
        # The same text may have been sent again, and the earlier one may have been missed.
        seq = next((seq for seq in seqs if seq > self._last_push), seqs[-1])
        if seq < self._last_push:
            self.disorders.append(f"event {number}: a push after a later one")
        self._last_push = max(seq, self._last_push)
        return seq

    def _take_mark(self, number: int, mark: Mark) -> None:
        seq = self._history.marks.get(mark)
        if seq is None:
            self.inventions.append(f"event {number}: order {mark[0]} {mark[1]} never was")
            return
        if mark in self._marks:
            self.repeats.append(f"event {number}: order {mark[0]} {mark[1]} a second time")
        if seq < self._last_mark.get(mark[0], 0):
            self.disorders.append(
                f"event {number}: order {mark[0]} {mark[1]} after what came later"
            )
        self._marks.add(mark)
        self._last_mark[mark[0]] = max(seq, self._last_mark.get(mark[0], 0))

    def _take_values(
        self, number: int, key: Key, values: Values, *, seq: int | None, is_push: bool
    ) -> None:
        name = " ".join(key)
        if not is_push and not self._history.has_reached(key, values):
            self.inventions.append(f"event {number}: {name} {_words(values)} never was")
        if not is_push and self._last.get(key) == values:
            self.repeats.append(f"event {number}: {name} {_words(values)} a second time")
        self._last[key] = values
        # What REST tells is newer than every push that was delivered before it.
        newest = float(self._last_push) + 0.5 if seq is None else float(seq)
        self._newest[key] = max(newest, self._newest.get(key, 0.0))
        self._told_values.add((key, values))

    def verdict(self, entry: LoggedEvent, told: _Told) -> Verdict:
        """Return what became of one logged push."""
        if self._texts[entry.text]:
            return Verdict.STREAMED
        found = [self._of_mark(mark, entry.seq) for mark in told.marks]
        found += [self._of_values(key, values, entry.seq) for key, values in told.values.items()]
        # A push that tells nothing, such as an empty list, has nothing that could be lost.
        return max(found, key=lambda verdict: verdict.value, default=Verdict.SUPERSEDED)

    def _of_mark(self, mark: Mark, seq: int) -> Verdict:
        if mark in self._marks:
            return Verdict.RECOVERED
        if mark[1] == "fill" or mark[1] in _ENDS:
            return Verdict.LOST
        key = ("order", str(mark[0]))
        is_later = self._last_mark.get(mark[0], 0) >= seq or self._newest.get(key, 0.0) > seq
        return Verdict.SUPERSEDED if is_later or self._ends_true(key) else Verdict.LOST

    def _of_values(self, key: Key, values: Values, seq: int) -> Verdict:
        # What happened to an order tells how it stands after that.
        if (key, values) in self._told_values or self._history.causes.get(
            (seq, key)
        ) in self._marks:
            return Verdict.RECOVERED
        is_later = self._newest.get(key, 0.0) > seq or self._last_mark.get(key[1], 0) >= seq
        return Verdict.SUPERSEDED if is_later or self._ends_true(key) else Verdict.LOST

    def _ends_true(self, key: Key) -> bool:
        """Whether what was told last is the truth."""
        nothing = _CLOSED if key[0] == "position" else None
        return key in self._last and self._last[key] == self._history.final.get(key, nothing)


# What is said


def _kind(entry: LoggedEvent) -> str:
    return str(getattr(entry, "event_type", ""))


def _told_by_log(entry: LoggedEvent) -> _Told:
    data = entry.data
    kind = _kind(entry)
    if kind == "OrderEventUpdate":
        return _Told(marks=tuple(map(_mark_of_row, data["orderEvents"] or ())))
    if kind == "OpenOrdersUpdate":
        return _Told(values=dict(map(_order_of_row, data["orders"] or ())))
    if kind == "PositionUpdate":
        return _Told(values=dict(_positions_of_rows(data["positions"] or {})))
    asset = ("collateral", str(data["assetId"]))
    return _Told(values={asset: (Decimal(data["collateral"]),)})


def _told_by_event(event: Event) -> _Told | None:
    """Return what an event says of the account; None where it says nothing of it."""
    if isinstance(event, OrderEventUpdate):
        return _Told(marks=tuple(_marks_of_event(event)))
    if isinstance(event, OpenOrdersUpdate):
        return _Told(
            values={
                ("order", str(row.order_id)): (row.price, row.quantity, row.filled_quantity)
                for row in event.orders
            }
        )
    if isinstance(event, PositionUpdate):
        rows = {
            str(row.instrument_id): (row.quantity, row.average_price) for row in event.positions
        }
        return _Told(values={("position", key): _held(*row) for key, row in rows.items()})
    if isinstance(event, CollateralUpdate):
        return _Told(values={("collateral", str(event.asset_id)): (event.collateral,)})
    return None


def _mark_of_row(row: Mapping[str, Any]) -> Mark:
    order_id, data = str(row["orderId"]), row["eventData"]
    if isinstance(data, str):
        return order_id, data
    ((name, fields),) = data.items()
    if name == "fill":
        return order_id, name, fields["timestamp"], Decimal(fields["remaining_size"])
    if name == "modified":
        figures = Decimal(fields["price"]), Decimal(fields["size"])
        return order_id, name, fields["timestamp"], *figures
    return order_id, name


def _marks_of_event(event: OrderEventUpdate) -> Iterator[Mark]:
    for row in event.order_events:
        order_id, name = str(row.order_id), str(row.type)
        if name == "fill":
            yield order_id, name, row.timestamp, row.remaining_size
        elif name == "modified":
            yield order_id, name, row.timestamp, row.price, row.size
        else:
            yield order_id, name


def _order_of_row(row: Mapping[str, Any]) -> tuple[Key, Values]:
    names = ("price", "quantity", "filledQuantity")
    return ("order", str(row["orderId"])), tuple(Decimal(row[name]) for name in names)


def _positions_of_rows(rows: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[Key, Values]]:
    for name, row in rows.items():
        held = _held(Decimal(row["quantity"]), Decimal(row["averagePrice"]))
        yield ("position", _instrument(name)), held


def _instrument(name: str) -> str:
    """Return the id of an instrument in one form, whichever it is told in."""
    return str(InstrumentId(int(name) if name.isdigit() else name))


def _held(quantity: Decimal | None, average: Decimal | None) -> Values:
    return (quantity, average) if quantity else _CLOSED


def _values_of_truth(truth: Mapping[str, Any]) -> dict[Key, Values]:
    """Return how everything stands by the server's picture."""
    collateral = truth["collateral"].items()
    return {
        **dict(map(_order_of_row, truth["orders"].values())),
        **dict(_positions_of_rows(truth["positions"])),
        **{("collateral", str(asset)): (Decimal(held),) for asset, held in collateral},
    }


def _differences(mirror: Account, truth: Mapping[str, Any]) -> Iterator[str]:
    """Yield how the client's picture differs from the server's, in words."""
    true = _values_of_truth(truth)
    mine: dict[Key, Values] = {
        ("order", order_id): (order.price, order.quantity, order.executed_quantity or Decimal(0))
        for order_id, order in mirror.orders.open.items()
    }
    for (symbol, _), position in mirror.positions.items():
        mine["position", symbol] = _held(position.quantity, position.entry_price)
    for asset, balance in mirror.balances.items():
        mine["collateral", str(asset)] = (balance.wallet,)
    for key in sorted({*mine, *true}):
        told = mine.get(key, _CLOSED)
        if told != true.get(key, _CLOSED):
            yield f"{' '.join(key)}: {_words(told)} is not {_words(true.get(key, _CLOSED))}"


def _words(values: Values) -> str:
    return "/".join("-" if value is None else str(value) for value in values)
