"""Figures of an account over time, worked out from its ledger and its daily sums. No I/O.

Days, weeks (from Monday) and months are those of UTC (rule 8). Profit is realized profit
before fees and funding, as the fills tell it; a balance is the whole wallet.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import zip_longest

from .engine.account import Account
from .engine.candles import open_time
from .engine.ledger import ChangeKind, DayTotals, LedgerRow
from .engine.numbers import ONE, ZERO, ratio

__all__ = ["DAY_MS", "Bucket", "Drawdown", "buckets", "drawdown", "since"]

DAY_MS = 86_400_000
_EPOCH = date(1970, 1, 1).toordinal()
_TRANSFERS = (ChangeKind.TRANSFER_IN, ChangeKind.TRANSFER_OUT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """One day, week or month: `start` and `end` (of what has passed of it) in ms.

    `balance` is the wallet at the end, `total_pnl` the profit of the account's life up to
    there, and `pnl_rate` the profit by the money that was there to make it.
    """

    start: int
    end: int
    balance: Decimal
    pnl: Decimal
    pnl_rate: Decimal
    total_pnl: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawdown:
    """The largest fall from a peak: as an amount, and as a fraction from 0 to 1 of its peak."""

    amount: Decimal = ZERO
    rate: Decimal = ZERO


def buckets(account: Account, interval: str, count: int, now_ms: int) -> list[Bucket]:
    """Return the newest `count` buckets of an `interval` (1d, 1w, 1M), oldest first.

    The first one is that of the account's first change; there is always the present one. The
    figures are reckoned backwards from what the account has now, so they cannot disagree
    with it.
    """
    sums: dict[int, DayTotals] = defaultdict(DayTotals)
    for name, day in account.days.items():
        _add(sums[open_time(interval, _day_ms(name))], day)
    start, end = open_time(interval, now_ms), now_ms
    first = min(sums, default=start)
    balance, total_pnl = account.wallet, account.totals.realized_pnl
    for later in (one for opened, one in sums.items() if opened > start):
        # A clock that was set back leaves days behind that have not come yet.
        balance, total_pnl = balance - later.net, total_pnl - later.realized_pnl
    found: list[Bucket] = []
    while len(found) < count and (start >= first or not found):
        own = sums.get(start) or DayTotals()
        found.append(
            Bucket(
                start=start,
                end=end,
                balance=balance,
                pnl=own.realized_pnl,
                pnl_rate=ratio(own.realized_pnl, balance - own.net + own.transfer_in),
                total_pnl=total_pnl,
            )
        )
        balance, total_pnl = balance - own.net, total_pnl - own.realized_pnl
        start, end = open_time(interval, start - 1), start
    return found[::-1]


def since(account: Account, days: int, now_ms: int) -> DayTotals:
    """Return the sums of the last `days` UTC days, the present one included."""
    today = now_ms // DAY_MS
    found = DayTotals()
    for name, day in account.days.items():
        if today - days < _day_ms(name) // DAY_MS <= today:
            _add(found, day)
    return found


def drawdown(account: Account, days: int, now_ms: int) -> Drawdown:
    """Return the largest fall of the wallet in the last `days` UTC days.

    Money that was moved in or out is neither a rise nor a fall. Only the part of those days
    that the ledger still has is looked at.
    """
    first = (now_ms // DAY_MS - days + 1) * DAY_MS
    return _largest_fall([row for row in account.ledger if row.at_ms >= first])


def _largest_fall(rows: list[LedgerRow]) -> Drawdown:
    peak = rows[0].before if rows else ZERO
    amount = rate = ZERO
    for row, following in zip_longest(rows, rows[1:]):
        if row.kind in _TRANSFERS:
            peak += row.amount
        elif following is None or not _same_event(row, following):
            peak = max(peak, row.after)
            amount = max(amount, peak - row.after)
            rate = max(rate, min(ONE, ratio(peak - row.after, peak)))
    return Drawdown(amount=amount, rate=rate)


def _same_event(row: LedgerRow, following: LedgerRow) -> bool:
    """Tell whether both are about one thing, as profit and fee of one fill are."""
    return bool(row.reference_id) and row.reference_id == following.reference_id


def _add(total: DayTotals, day: DayTotals) -> None:
    """Add the sums of a day; what a wallet was before and after is not a sum."""
    total.realized_pnl += day.realized_pnl
    total.fees += day.fees
    total.funding += day.funding
    total.volume += day.volume
    total.transfer_in += day.transfer_in
    total.transfer_out += day.transfer_out
    total.liquidation += day.liquidation


def _day_ms(name: str) -> int:
    """Return the first ms of a day that is written ``YYYY-MM-DD``."""
    return (date.fromisoformat(name).toordinal() - _EPOCH) * DAY_MS
