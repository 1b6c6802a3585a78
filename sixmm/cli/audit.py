"""Holds what a client delivered against the exchange's own log: what was lost, what came twice.

Every private event that the exchange logged while the client was live counts as *sent*, and is
exactly one of these:

* *streamed*: its exact text was delivered as a push, and the typed event says what the text says;
* *recovered*: it was not, but another event tells the same change: a fill by its id, price and
  quantity; an order state by order, status, executed quantity, price and quantity; balances and
  positions by a snapshot with their values;
* *superseded*: an intermediate state that was not told itself, but a later state of the same
  order, balance or position was, or what was told last is the truth. A fill is never superseded;
* *lost*: none of these.

An event is *duplicated* where it repeats a push, a fill, an order state that the exchange reached
no second time, or balances and positions that a snapshot has told already.

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
from .claims import NOTHING_HELD, AccountKey, LoggedEvent, Values
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
        """Whether nothing was lost and nothing came twice."""
        return not (self.lost or self.duplicated)


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
    history = History(log, after_seq=after_seq)
    ledger = Ledger(history)
    repeats = [f"event {i}: {why}" for i, e in enumerate(delivered) if (why := ledger.take(e))]
    judge = _Judge(history, ledger, true_values(truth))
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
    )


class _Judge:
    def __init__(
        self, history: History, ledger: Ledger, truth: Mapping[AccountKey, Values]
    ) -> None:
        self._history = history
        self._ledger = ledger
        self._truth = truth

    def verdict(self, entry: Entry) -> Verdict:
        if self._ledger.was_streamed(entry):
            return Verdict.STREAMED
        if entry.claims.fill is not None:
            told = self._ledger.told_fill(entry.claims.fill)
            return Verdict.RECOVERED if told else Verdict.LOST
        if entry.claims.order is not None:
            return self._of_order(entry)
        rows = entry.claims.account.items()
        found = [self._of_values(key, values, entry) for key, values in rows]
        return max(found, key=lambda verdict: verdict.value, default=Verdict.LOST)

    def _of_order(self, entry: Entry) -> Verdict:
        order = entry.claims.order
        assert order is not None
        if self._ledger.told_state(order):
            return Verdict.RECOVERED
        later = self._ledger.told_later_order(order)
        return Verdict.SUPERSEDED if later else Verdict.LOST

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
