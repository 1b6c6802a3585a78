"""Holds what a client delivered against the exchange's own log: what was lost, what came twice.

It also finds what came in the wrong order, and what never was.

Every private event that the exchange logged while the client was live counts as *sent*, and is
exactly one of these:

* *streamed*: its exact text was delivered as a push, and the typed event says what the text says;
* *recovered*: it was not, but another event tells the same change: a fill by its id, order, price,
  quantity, symbol, sides and costs, where the state of the order that came with it, or a later one,
  was told too; an order state by order, status, executed quantity, price and quantity; balances and
  positions by a snapshot with their values;
* *superseded*: an intermediate state that was not told itself, but a later state of the same
  order, balance or position was, or what was told last is the truth. A fill is never superseded;
* *lost*: none of these, or the end of an order whose last telling has another status or quantity.

An event is *duplicated* where it repeats a push, a fill, an order state that the exchange reached
no second time, or balances and positions that a snapshot has told already. It is a *disorder* where
an order goes back: less is executed than was told, it is open after it has ended; or where a push
comes after a later push about the same order, balance or position. It is an *invention* where it
tells a push, a fill, or values that the exchange's log has at no time.

Everything here is pure: it takes values and returns values.
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import attrs

from ..events import Event
from ..state.account import Account
from .claims import NOTHING_HELD, AccountKey, FillClaim, LoggedEvent, OrderClaim, Values
from .history import Entry, History
from .ledger import Ledger
from .picture import differences, true_values

__all__ = ["Audit", "Verdict", "audit"]


class Verdict(enum.Enum):
    """What became of one logged event; the better ones come first."""

    STREAMED = 0
    RECOVERED = 1
    SUPERSEDED = 2
    LOST = 3


@attrs.frozen(kw_only=True)
class Audit:
    """The result: how many events were sent, and what became of them."""

    sent: int
    streamed: int
    recovered: int
    superseded: int
    missing: tuple[str, ...] = ()
    """The logged events that were lost, each in words."""
    differences: tuple[str, ...] = ()
    """How the client's picture of the account differs from the exchange's; each counts as lost."""
    repeats: tuple[str, ...] = ()
    """The delivered events that repeat something, each in words."""
    disorders: tuple[str, ...] = ()
    """The delivered events that go back, each in words."""
    inventions: tuple[str, ...] = ()
    """The delivered events that tell what never was, each in words."""

    @property
    def delivered(self) -> int:
        """How many logged events reached the caller in one of the three ways."""
        return self.streamed + self.recovered + self.superseded

    @property
    def lost(self) -> int:
        """How many logged events were lost, and how many differences there are at the end."""
        return len(self.missing) + len(self.differences)

    @property
    def duplicated(self) -> int:
        """How many delivered events repeat something."""
        return len(self.repeats)

    @property
    def clean(self) -> bool:
        """Whether nothing was lost, came twice, went back or was invented."""
        return not (self.lost or self.duplicated or self.disorders or self.inventions)


def audit(
    log: Iterable[LoggedEvent],
    delivered: Sequence[Event],
    *,
    truth: Mapping[str, Any],
    mirror: Account | None = None,
    after_seq: int = 0,
) -> Audit:
    """Return what became of every logged event, and which delivered ones were repeats.

    Args:
        log: the exchange's private log of the account, complete and oldest first.
        delivered: everything that the caller got, in that order; market data and events about the
            connection may be among it.
        truth: the exchange's picture of the account at the end, as ``Exchange.truth`` gives it.
        mirror: the client's picture at the end; None leaves the comparison out.
        after_seq: the entries of the log after this one count as sent.
    """
    true = true_values(truth)
    history = History(log, after_seq=after_seq)
    history.reached.add_values(true)
    ledger = Ledger(history)
    repeats = [f"event {i}: {why}" for i, e in enumerate(delivered) if (why := ledger.take(e))]
    judge = _Judge(history, ledger, true)
    verdicts = [(entry, judge.verdict(entry)) for entry in history.sent]
    count = Counter(verdict for _, verdict in verdicts)
    return Audit(
        sent=len(history.sent),
        streamed=count[Verdict.STREAMED],
        recovered=count[Verdict.RECOVERED],
        superseded=count[Verdict.SUPERSEDED],
        missing=tuple(str(entry) for entry, verdict in verdicts if verdict is Verdict.LOST),
        differences=() if mirror is None else tuple(differences(mirror, truth)),
        repeats=tuple(repeats),
        disorders=tuple(ledger.disorders),
        inventions=tuple(ledger.inventions),
    )


class _Judge:
    def __init__(
        self, history: History, ledger: Ledger, truth: Mapping[AccountKey, Values]
    ) -> None:
        self._history = history
        self._ledger = ledger
        self._truth = truth

    def verdict(self, entry: Entry) -> Verdict:
        order = entry.claims.order
        if order is not None and self._history.is_end(entry) and not self._ledger.ends_as(order):
            return Verdict.LOST
        if self._ledger.was_streamed(entry):
            return Verdict.STREAMED
        if order is not None:
            return self._of_order(order, entry.claims.fill)
        rows = entry.claims.account.items()
        found = [self._of_values(key, values, entry) for key, values in rows]
        return max(found, key=lambda verdict: verdict.value, default=Verdict.LOST)

    def _of_order(self, order: OrderClaim, fill: FillClaim | None) -> Verdict:
        if fill is not None and not self._ledger.told_fill(fill):
            return Verdict.LOST
        if self._ledger.told_state(order):
            return Verdict.RECOVERED
        if not self._ledger.told_later_order(order):
            return Verdict.LOST
        return Verdict.SUPERSEDED if fill is None else Verdict.RECOVERED

    def _of_values(self, key: AccountKey, values: Values, entry: Entry) -> Verdict:
        if self._ledger.told_values(key, values, entry.seq):
            return Verdict.RECOVERED
        later = self._ledger.told_later_values(key, entry)
        return Verdict.SUPERSEDED if later or self._ends_true(key) else Verdict.LOST

    def _ends_true(self, key: AccountKey) -> bool:
        """Whether what was told last is the truth, or nothing had to be told to get there."""
        final = self._ledger.final_values(key) or self._history.before(key)
        closed = NOTHING_HELD if key[0] == "position" else None
        return final is not None and final == self._truth.get(key, closed)
