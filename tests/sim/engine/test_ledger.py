"""The ledger: every change of a wallet, and sums by UTC day (rule 8)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sixmm.sim.engine.account import Account
from sixmm.sim.engine.ledger import day_of

from ..bench import NOW
from .street import Street

D = Decimal
DAY_MS = 86_400_000


def consistent(account: Account) -> None:
    """Assert that rows follow on each other and that all sums are those of the wallet."""
    wallet = D(0)
    for row in account.ledger:
        assert (row.before, row.after) == (wallet, wallet + row.amount)
        wallet = row.after
    assert wallet == account.wallet == account.totals.net == account.totals.closing
    assert sum((day.net for day in account.days.values()), D(0)) == wallet
    assert sum((day.volume for day in account.days.values()), D(0)) == account.totals.volume


def test_every_change_is_a_row(street: Street) -> None:
    """Money paid in, profit and fee, each with what caused it."""
    trader = street.account("trader", "1000")
    street.hold(trader, "0.1")
    street.hold(trader, "-0.1", 86_600)
    opening, closing = trader.fills

    assert [(row.kind, row.amount) for row in trader.ledger] == [
        ("TRANSFER_IN", D(1000)),
        ("FEE", D("-4.325")),
        ("REALIZED_PNL", D(10)),
        ("FEE", D("-4.33")),
    ]
    assert [row.reference_id for row in trader.ledger] == [
        "",
        opening["fillId"],
        closing["fillId"],
        closing["fillId"],
    ]
    assert [row.at_ms for row in trader.ledger][1:] == [
        opening["createdAt"],
        closing["createdAt"],
        closing["createdAt"],
    ]
    consistent(trader)


def test_days_are_cut_at_utc_midnight(street: Street) -> None:
    """Each day has its own sums, and knows the wallet before and after."""
    trader = street.account("trader", "1000")
    street.now = (NOW // DAY_MS + 1) * DAY_MS - 4
    street.hold(trader, "0.1")
    street.now = (NOW // DAY_MS + 1) * DAY_MS
    street.hold(trader, "-0.1", 86_600)
    first, second = trader.days.values()

    assert list(trader.days) == [day_of(NOW), day_of(NOW + DAY_MS)]
    assert (first.realized_pnl, first.fees, first.volume) == (0, D("4.325"), 8650)
    assert (first.transfer_in, first.opening, first.closing) == (1000, 0, D("995.675"))
    assert (second.realized_pnl, second.fees, second.volume) == (10, D("4.33"), 8660)
    assert (second.opening, second.closing) == (D("995.675"), trader.wallet)
    consistent(trader)


def test_the_day_of_a_time() -> None:
    """As text, in UTC."""
    assert day_of(0) == "1970-01-01"
    assert day_of(DAY_MS - 1) == "1970-01-01"
    assert day_of(1_582_934_400_000) == "2020-02-29"


def test_both_are_bounded(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest days go first; the sums over the whole life stay whole."""
    monkeypatch.setattr("sixmm.sim.engine.account.KEPT_DAYS", 3)
    trader = street.account("trader", "1000")
    for _ in range(5):
        street.now += DAY_MS
        street.engine.deposit(trader, D(1), street.tick())

    assert list(trader.days) == [day_of(street.now - n * DAY_MS) for n in (2, 1, 0)]
    assert trader.totals.transfer_in == 1005
    assert trader.ledger.maxlen == 10_000


def test_the_house_keeps_no_books(street: Street) -> None:
    """Accounts of the house trade all the time; nothing of it is kept."""
    street.trade(86_500)

    assert len(street.maker.ledger) == len(street.maker.days) == 0
    assert len(street.maker.closed_positions) == 0
