"""The exchange's log of one account, arranged for the questions of the audit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import attrs

from .claims import NOTHING_HELD, AccountKey, Claims, LoggedEvent, Values, claims_of_data
from .reached import Reached

__all__ = ["Entry", "History"]


@attrs.frozen
class Entry:
    """One private event as the exchange logged it."""

    seq: int
    ts_ms: int
    text: str
    claims: Claims
    news: frozenset[AccountKey]
    """The balances and positions that it changed, compared with the entries before it."""

    def __str__(self) -> str:
        order = self.claims.order
        if order is None:
            return f"entry {self.seq}: " + ", ".join("/".join(key) for key in self.claims.account)
        fill = f", fill {self.claims.fill.fill_id}" if self.claims.fill else ""
        return f"entry {self.seq}: order {order.order_id} {order.status}{fill}"


class History:
    """All entries of the log, oldest first.

    Args:
        log: the entries, in the order of their numbers.
        after_seq: the entries after this one count as sent; those before it are only known.
    """

    def __init__(self, log: Iterable[LoggedEvent], *, after_seq: int = 0) -> None:
        self.sent: list[Entry] = []
        self.by_text: dict[str, Entry] = {}
        self.states: Counter[Values] = Counter()
        self.reached = Reached()
        """Every value of the log."""
        self._last_of_order: dict[str, int] = {}
        self._before: dict[AccountKey, Values] = {}
        account: dict[AccountKey, Values] = {}
        for logged in log:
            self._add(logged, account, counts=logged.seq > after_seq)

    def before(self, key: AccountKey) -> Values | None:
        """Return the values that ``key`` had before the first entry that counts, where known."""
        return self._before.get(key, NOTHING_HELD if key[0] == "position" else None)

    def is_end(self, entry: Entry) -> bool:
        """Whether the entry is the last one of its order, and the end of it."""
        order = entry.claims.order
        if order is None or not order.has_ended:
            return False
        return self._last_of_order[order.order_id] == entry.seq

    def _add(self, logged: LoggedEvent, account: dict[AccountKey, Values], *, counts: bool) -> None:
        claims = claims_of_data(logged.data)
        changed = (key for key, values in claims.account.items() if account.get(key) != values)
        entry = Entry(logged.seq, logged.ts_ms, logged.text, claims, frozenset(changed))
        account.update(claims.account)
        self.by_text[entry.text] = entry
        if claims.order is not None:
            self.states[claims.order.state] += 1
            self._last_of_order[claims.order.order_id] = entry.seq
        self.reached.add(claims)
        if counts:
            self.sent.append(entry)
        else:
            self._before.update(claims.account)
