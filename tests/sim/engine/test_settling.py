"""Settling funding: who pays, how it is told, and when (rule 111: figures assumed)."""

from __future__ import annotations

from decimal import Decimal

from sixmm.sim.engine.account import Account
from sixmm.sim.engine.funding import FUNDING_MS, next_funding_ms
from sixmm.sim.engine.rows import position_row

from ..bench import NOW, SYMBOL
from .street import LEG, Street

D = Decimal
DUE = next_funding_ms(NOW)


def pair(street: Street) -> tuple[Account, Account]:
    """Return an account that is long 0.1 at 86500 and one that is short by as much."""
    long, short = street.account("long"), street.account("short")
    street.place(short, "SELL", "86500", "0.1")
    street.place(long, "BUY", "86500", "0.1")
    street.drain()
    return long, short


def test_both_sides_are_settled_and_told(street: Street) -> None:
    """One ACCOUNT_UPDATE each, with the wallet and the funding of the position in it."""
    long, short = pair(street)
    before = long.wallet, short.wallet
    assert street.engine.set_funding_rate(SYMBOL, D("0.001")) == D("0.001")
    street.engine.settle_funding(street.now, DUE)

    assert (long.wallet - before[0], short.wallet - before[1]) == (D("-8.65"), D("8.65"))
    (data,) = street.drain(long)
    assert data["eventType"] == "ACCOUNT_UPDATE"
    assert data["balances"][0]["walletBalance"] == str(long.wallet.normalize())
    assert data["positions"][0]["fundingFeeAccum"] == "-8.65"
    row = long.ledger[-1]
    assert (row.kind, row.amount, row.at_ms) == ("FUNDING", D("-8.65"), DUE)
    assert row.reference_id == f"funding-{SYMBOL}-{DUE}"


def test_every_settlement_on_the_way_is_made(street: Street) -> None:
    """A clock that goes a day ahead meets three of them, each kept with rate and price."""
    long, _ = pair(street)
    street.engine.settle_funding(street.now, street.now + 3 * FUNDING_MS)
    street.engine.settle_funding(street.now + 3 * FUNDING_MS, street.now + 3 * FUNDING_MS)

    assert [one.at_ms for one in street.market.settlements] == [
        DUE + n * FUNDING_MS for n in range(3)
    ]
    assert {(one.rate, one.mark_price) for one in street.market.settlements} == {
        (D("0.0001"), D(86_500))
    }
    assert long.position(LEG).funding == 3 * D("-0.865")


def test_the_forecast_is_what_is_paid(street: Street) -> None:
    """nextFundingFee is the fee of the next settlement, if nothing changes until then."""
    long, _ = pair(street)
    row = position_row(long, long.position(LEG), street.engine.state.markets)
    street.engine.settle_funding(street.now, DUE)

    assert row["nextFundingFee"] == "-0.865"
    assert D(row["nextFundingFee"]) == long.position(LEG).funding


def test_the_rate_is_clamped_to_the_cap(street: Street) -> None:
    """No rate is larger than the cap of the symbol, on either side."""
    cap = street.market.spec.funding_cap

    assert street.engine.set_funding_rate(SYMBOL, D(1)) == cap
    assert street.engine.set_funding_rate(SYMBOL, D(-1)) == -cap


def test_without_a_position_nothing_is_paid_or_told(street: Street) -> None:
    """Orders and closed positions pay nothing; a new position begins at zero."""
    long, short = pair(street)
    street.place(short, "BUY", "86500", "0.1")
    street.place(long, "SELL", "86500", "0.1")
    street.place(long, "BUY", "80000", "0.1")
    street.drain()
    street.engine.settle_funding(street.now, DUE)

    assert street.drain() == []
    assert long.position(LEG).funding == 0


def test_settlements_come_with_time_only_where_somebody_waits(street: Street) -> None:
    """By default a command pays nothing, however late it is; else the first one after it does."""
    long, _ = pair(street)
    street.now = DUE + 5
    street.trade(86_500)
    assert len(street.market.settlements) == 0
    street.engine.state.next_funding_ms = DUE + FUNDING_MS
    street.now = DUE + FUNDING_MS - 10
    street.trade(86_500)
    assert len(street.market.settlements) == 0
    street.now = DUE + FUNDING_MS
    street.trade(86_500)
    street.trade(86_500)

    assert [one.at_ms for one in street.market.settlements] == [DUE + FUNDING_MS]
    assert long.position(LEG).funding == D("-0.865")
