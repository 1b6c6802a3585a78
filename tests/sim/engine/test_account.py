"""Accounts: times, bounds and bound money."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ..bench import NOW, Bench


def test_history_is_bounded(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ended orders beyond the bound are forgotten, with their client ids; open ones never."""
    monkeypatch.setattr("sixmm.sim.engine.account.KEPT_ORDERS", 3)
    account = bench.account()
    kept = bench.place(account, "BUY", "80000", "0.1", clientOrderId="kept")
    for number in range(6):
        bench.cancel(
            account, bench.place(account, "BUY", "80000", "0.1", clientOrderId=f"c{number}")
        )

    assert len(account.orders) == 4
    assert {"kept", "c3", "c4", "c5"} == set(account.by_client_id)
    assert account.orders[kept.order_id] is kept


def test_times_of_an_account_rise_even_if_the_clock_does_not(bench: Bench) -> None:
    """No two events of an account have the same time, also when the clock is set back."""
    account = bench.account()
    bench.place(account, "BUY", "85000", "0.1")
    bench.now = NOW - 60_000
    bench.place(account, "BUY", "85000", "0.1")
    times = [event.ts for event in bench.engine.drain()]

    assert times == sorted(set(times))


def test_topic_number_and_public_id_differ(bench: Bench) -> None:
    """Neither number can be had from the other's text (rule 76)."""
    account = bench.account()

    assert account.topic == f"user.{account.number}"
    assert str(account.number) != account.user_id


def test_frozen_margin_is_that_of_the_opening_part(bench: Bench) -> None:
    """What closes a position binds nothing; what is filled is no longer frozen."""
    trader, other = bench.account("trader"), bench.account("other")
    bench.place(other, "SELL", "85000", "0.1")
    bench.place(trader, "BUY", None, "0.1")
    order = bench.place(trader, "SELL", "86000", "0.3")
    before = order.frozen
    bench.place(other, "BUY", None, "0.2")

    assert before == Decimal(86000) * Decimal("0.2") / 20
    assert order.frozen == Decimal(86000) * Decimal("0.1") / 20 == trader.frozen
