"""What only REST has told."""

from __future__ import annotations

from decimal import Decimal

from sixmm.events import Origin
from sixmm.state.models import Balance
from sixmm.venues.kucoin.stream_schema import AccountReading


def test_it_comes_from_rest() -> None:
    """A reading is never a push, and has the balances as they are mirrored."""
    balance = Balance(asset="trade:USDT", wallet=Decimal(1))
    event = AccountReading(balances=(balance,), ts=5)

    assert (event.origin, event.balances, event.positions) == (Origin.REST, (balance,), ())
