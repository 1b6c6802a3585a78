"""Figures over time: they agree with the wallet, with the fills and with each other (rule 8)."""

from __future__ import annotations

import contextlib
from datetime import datetime, timezone
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.sim.codes import ExchangeError
from sixmm.sim.engine.account import Account
from sixmm.sim.engine.ledger import ChangeKind
from sixmm.sim.figures import DAY_MS, buckets, drawdown, since

from .bench import NOW, SYMBOL, Bench

HOUR = 3_600_000
MIDNIGHT = NOW // DAY_MS * DAY_MS


def change(account: Account, kind: str, amount: str, at_ms: int) -> None:
    """Change the wallet of an account."""
    account.change_wallet(kind, Decimal(amount), f"event {len(account.ledger)}", at_ms)


def opened(bench: Bench) -> Account:
    """Open an account that has never had money."""
    return bench.engine.open_account("fresh")


def test_days_are_cut_at_midnight_utc(bench: Bench) -> None:
    """The last ms of a day and the first of the next are in two buckets."""
    account = opened(bench)
    change(account, ChangeKind.TRANSFER_IN, "100", MIDNIGHT - 1)
    change(account, ChangeKind.REALIZED_PNL, "10", MIDNIGHT)
    first, second = buckets(account, "1d", 30, MIDNIGHT + HOUR)

    assert (first.start, first.end) == (MIDNIGHT - DAY_MS, MIDNIGHT)
    assert (second.start, second.end) == (MIDNIGHT, MIDNIGHT + HOUR)
    assert (first.balance, first.pnl, first.total_pnl) == (100, 0, 0)
    assert (second.balance, second.pnl, second.total_pnl) == (110, 10, 10)
    assert second.pnl_rate == Decimal("0.1")


def test_quiet_days_are_there_too(bench: Bench) -> None:
    """A day without a change has the balance of the day before and no profit."""
    account = opened(bench)
    change(account, ChangeKind.TRANSFER_IN, "100", MIDNIGHT)
    found = buckets(account, "1d", 30, MIDNIGHT + 4 * DAY_MS)

    assert [one.balance for one in found] == [100] * 5
    assert [one.pnl for one in found] == [0] * 5


@pytest.mark.parametrize(
    ("interval", "starts"),
    [
        ("1w", ["2027-01-04", "2027-01-11"]),
        ("1M", ["2026-12-01", "2027-01-01"]),
    ],
)
def test_weeks_begin_on_monday_and_months_on_the_first(
    bench: Bench, interval: str, starts: list[str]
) -> None:
    """The bench lives on Friday, 15 January 2027."""

    account = opened(bench)
    change(account, ChangeKind.TRANSFER_IN, "100", NOW - 40 * DAY_MS)
    found = buckets(account, interval, 2, NOW)
    days = [datetime.fromtimestamp(one.start / 1000, timezone.utc).date() for one in found]

    assert [str(day) for day in days] == starts


def test_an_account_that_never_had_anything(bench: Bench) -> None:
    """There is the present bucket, with nothing in it."""
    account = opened(bench)
    (only,) = buckets(account, "1d", 30, NOW)

    assert (only.balance, only.pnl, only.pnl_rate) == (0, 0, 0)
    assert drawdown(account, 30, NOW).amount == 0


def test_the_sums_of_some_days_include_today(bench: Bench) -> None:
    """Seven days are today and the six before it."""
    account = opened(bench)
    for days in (0, 6, 7):
        change(account, ChangeKind.FEE, "-1", MIDNIGHT - days * DAY_MS)

    assert since(account, 7, NOW).fees == 2
    assert since(account, 8, NOW).fees == 3
    assert since(account, 1, NOW).fees == 1


def test_the_largest_fall_from_a_peak(bench: Bench) -> None:
    """100 up to 150 and down to 90 is a fall by 60, two fifths of the peak."""
    account = opened(bench)
    change(account, ChangeKind.TRANSFER_IN, "100", NOW)
    for amount in ("50", "-40", "20", "-40", "30"):
        change(account, ChangeKind.REALIZED_PNL, amount, NOW)
    fall = drawdown(account, 30, NOW)

    assert (fall.amount, fall.rate) == (60, Decimal("0.4"))


def test_money_moved_in_or_out_is_no_fall(bench: Bench) -> None:
    """Taking out half and losing nothing is no drawdown at all."""
    account = opened(bench)
    change(account, ChangeKind.TRANSFER_IN, "100", NOW)
    change(account, ChangeKind.TRANSFER_OUT, "-50", NOW)
    assert drawdown(account, 30, NOW).amount == 0

    change(account, ChangeKind.REALIZED_PNL, "-10", NOW)
    assert drawdown(account, 30, NOW).rate == Decimal("0.2")


def test_profit_and_fee_of_one_fill_are_one_change(bench: Bench) -> None:
    """There is no peak between the two."""
    account = opened(bench)
    change(account, ChangeKind.TRANSFER_IN, "100", NOW)
    for kind, amount in ((ChangeKind.REALIZED_PNL, "20"), (ChangeKind.FEE, "-5")):
        account.change_wallet(kind, Decimal(amount), "fill", NOW)

    assert drawdown(account, 30, NOW).amount == 0


def test_only_the_last_thirty_days_count(bench: Bench) -> None:
    """What was lost before them is over."""
    account = opened(bench)
    change(account, ChangeKind.TRANSFER_IN, "100", NOW - 40 * DAY_MS)
    change(account, ChangeKind.REALIZED_PNL, "-50", NOW - 30 * DAY_MS)
    change(account, ChangeKind.REALIZED_PNL, "-5", NOW)

    assert drawdown(account, 30, NOW).amount == 5


def test_a_clock_that_was_set_back(bench: Bench) -> None:
    """Days that have not come yet are left out, of the balance and of the profit."""
    account = opened(bench)
    change(account, ChangeKind.TRANSFER_IN, "100", NOW)
    change(account, ChangeKind.REALIZED_PNL, "30", NOW + 3 * DAY_MS)
    (only,) = buckets(account, "1d", 30, NOW)

    assert (only.balance, only.pnl, only.total_pnl) == (100, 0, 0)
    assert since(account, 7, NOW).realized_pnl == 0


steps = st.lists(
    st.tuples(
        st.sampled_from(["buy", "sell", "rest", "cancel", "deposit", "wait"]),
        st.integers(1, 400),
    ),
    max_size=40,
)


@given(steps=steps, limit=st.integers(1, 40))
def test_ledger_days_and_fills_tell_the_same(steps: list[tuple[str, int]], limit: int) -> None:
    """The ledger sums to the wallet, in one chain; days, buckets and fills sum to the same."""
    bench = Bench()
    account, other = bench.account("a"), bench.account("b", "100000000")
    for action, size in steps:
        play(bench, account, other, action, size)
    check_chain(account)
    check_sums(account)
    for interval in ("1d", "1w", "1M"):
        check_buckets(account, interval, limit, bench.now)


def play(bench: Bench, account: Account, other: Account, action: str, size: int) -> None:
    """Do one thing; what the account has not the money for is left undone."""
    quantity = str(Decimal(size) / 1000)
    if action in ("buy", "sell"):
        bench.now += size * 1_000
        own, opposite = ("BUY", "SELL") if action == "buy" else ("SELL", "BUY")
        price = str(86_000 + size)
        bench.place(other, opposite, price, quantity)
        with contextlib.suppress(ExchangeError):
            bench.place(account, own, price, quantity)
    elif action == "rest":
        with contextlib.suppress(ExchangeError):
            bench.place(account, "BUY", str(80_000 + size), quantity)
    elif action == "cancel":
        for order in list(account.open.values())[:1]:
            bench.cancel(account, order)
    elif action == "deposit":
        bench.engine.deposit(account, Decimal(size) / 8, bench.tick())
    else:
        before, bench.now = bench.now, bench.now + size * HOUR // 4
        bench.engine.set_funding_rate(SYMBOL, Decimal(size - 200) / 100_000)
        bench.engine.settle_funding(before, bench.now)


def check_chain(account: Account) -> None:
    """Each row begins with what the one before left, and the last one leaves the wallet."""
    rows = list(account.ledger)
    assert sum(row.amount for row in rows) == account.wallet
    assert all(row.after - row.before == row.amount for row in rows)
    assert all(one.after == two.before for one, two in pairwise(rows))
    assert all(one.at_ms <= two.at_ms for one, two in pairwise(rows))
    assert rows[-1].after == account.wallet


def check_sums(account: Account) -> None:
    """Totals, days, rows and fills agree."""
    totals, days = account.totals, account.days.values()
    assert totals.net == account.wallet == sum(day.net for day in days)
    fills = account.fills
    assert totals.volume == sum(Decimal(fill["tradeValue"]) for fill in fills)
    assert totals.volume == sum(day.volume for day in days)
    assert totals.fees == sum(Decimal(fill["handlingFee"]) for fill in fills)
    assert totals.realized_pnl == sum(Decimal(fill["realizedPnl"]) for fill in fills)


def check_buckets(account: Account, interval: str, limit: int, now: int) -> None:
    """Buckets end with the wallet, follow on each other, and none is missing."""
    found = buckets(account, interval, limit, now)
    everything = buckets(account, interval, 10_000, now)
    assert found == everything[-limit:]
    assert everything[-1].balance == account.wallet
    assert everything[-1].total_pnl == account.totals.realized_pnl
    assert sum(one.pnl for one in everything) == account.totals.realized_pnl
    for one, two in pairwise(everything):
        assert one.end == two.start
        assert two.total_pnl - one.total_pnl == two.pnl
