"""The group as a whole: helpers for prices and sizes, and what an order would cost."""

from __future__ import annotations

import pickle
from decimal import Decimal

import pytest

from sixmm.errors import InvalidOrder, OutcomeUnknown
from sixmm.ordering import OrdersGroup, Outcome
from sixmm.venues.sixmm.order_forms import NewOrder
from sixmm.venues.sixmm.rest_schema import (
    KlineRow,
    Klines,
    PositionSetting,
    SymbolRow,
    Symbols,
)

from .desks import Bench, row

SYMBOLS = Symbols(
    rows=(SymbolRow(symbol="BTCUSDT", tick_size=Decimal("0.1"), step_size=Decimal("0.001")),),
    raw='{"handlingFeeLevelConfig":[{"makerRate":"0.0002","takerRate":"0.0005"}]}',
)


@pytest.fixture
def bench() -> Bench:
    """Make an exchange that tells its rules, a price and the leverage."""
    return Bench(
        getSymbols=SYMBOLS,
        getKlines=Klines(rows=(KlineRow(open_time=1, close=Decimal(50_000)),)),
        getPositionSettings=PositionSetting(symbol="BTCUSDT", leverage=10),
    )


def test_rounding(bench: Bench) -> None:
    """To what the symbol takes, toward the passive side, and never up in size (rule 43)."""
    orders = OrdersGroup(bench.desk)

    assert str(orders.round_price("BTCUSDT", "50000.17", side="BUY")) == "50000.1"
    assert str(orders.round_price("BTCUSDT", "50000.11", side="SELL")) == "50000.2"
    assert str(orders.round_quantity("BTCUSDT", "0.0019")) == "0.001"
    orders.refresh_rules()
    assert bench.script.names() == ["getSymbols", "getSymbols"]


def test_preview(bench: Bench) -> None:
    """Notional, fee and margin, exactly; nothing that changes anything is sent."""
    orders = OrdersGroup(bench.desk)
    seen = orders.preview(symbol="BTCUSDT", side="BUY", price="50000", quantity="0.01")

    assert (seen.notional, seen.initial_margin) == (Decimal(500), Decimal(50))
    assert seen.fee == Decimal("0.25")
    maker = NewOrder(symbol="BTCUSDT", side="BUY", price="50000", quantity="0.01", maker_only=True)
    assert orders.preview(maker).fee == Decimal("0.1")
    assert not [call for call in bench.script.calls if call.writes]


def test_preview_refuses_what_would_be_refused(bench: Bench) -> None:
    """The same checks as when it is placed."""
    with pytest.raises(InvalidOrder):
        OrdersGroup(bench.desk).preview(
            symbol="BTCUSDT", side="BUY", price="50000.05", quantity="0.01"
        )


def test_an_unknown_outcome_in_another_process(bench: Bench) -> None:
    """The error has all that it takes, also after pickling."""
    bench.script.answers["placeOrder"] = OutcomeUnknown("no answer", operation="placeOrder")
    with pytest.raises(OutcomeUnknown) as caught:
        OrdersGroup(bench.desk).place(
            symbol="BTCUSDT", side="BUY", price="50000", quantity="0.01", client_order_id="a"
        )
    later = pickle.loads(pickle.dumps(caught.value))
    bench.script.answers["getOrder"] = row(client_order_id="a")

    assert OrdersGroup(bench.desk).resolve(later).outcome is Outcome.CONFIRMED
