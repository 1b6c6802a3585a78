"""Margin accounts, positions and loans."""

from __future__ import annotations

from decimal import Decimal

from sixmm.venues.kucoin.enums import IsolatedStatus, MarginEvent
from sixmm.venues.kucoin.stream_schema import (
    IsolatedAsset,
    IsolatedPositionUpdate,
    MarginAsset,
    MarginDebt,
    MarginDebtRatio,
    MarginLoanUpdate,
    MarginPositionStatus,
)

from ..examples import push, read, texts


def test_debt_ratio() -> None:
    """Assets and debts are rows, and a JSON number is exact."""
    event = read(MarginDebtRatio, texts("/margin/position")[0])

    assert event.total_asset == Decimal("0.0005243177228408")
    assert event.assets[0] == MarginAsset(
        currency="BTC", total=Decimal("0.00002"), available=Decimal(0), hold=Decimal("0.00002")
    )
    assert event.debts == (
        MarginDebt(currency="BTC", amount=Decimal(0)),
        MarginDebt(currency="USDT", amount=Decimal(0)),
    )
    assert event.ts == 1_729_912_435_657


def test_status_under_either_subject() -> None:
    """A status is one under its own subject and under that of the debts, as is printed, too."""
    events = [read(MarginPositionStatus, text) for text in texts("/margin/position")[1:]]

    assert {event.subject for event in events} == {"position.status", "debt.ratio"}
    assert {event.type for event in events} == {MarginEvent.FROZEN_LIQUIDATION}


def test_isolated() -> None:
    """An isolated position has its symbol, its state and what changed."""
    event = read(IsolatedPositionUpdate, texts("/margin/isolatedPosition:BTC-USDT")[0])

    assert (event.symbol, event.status) == ("BTC-USDT", IsolatedStatus.DEBT)
    assert event.change_assets[1] == IsolatedAsset(
        currency="USDT",
        total=Decimal("0.98092004"),
        hold=Decimal(0),
        liability_principal=Decimal(26),
        liability_interest=Decimal("0.00025644"),
    )


def test_isolated_symbol_of_the_topic() -> None:
    """Where the message does not say the symbol, the topic does."""
    text = push("/margin/isolatedPosition:KCS-USDT", "positionChange", {"status": "CLEAR"})

    assert read(IsolatedPositionUpdate, text).symbol == "KCS-USDT"


def test_loans() -> None:
    """The three messages about a loan are one class, told apart by their subject."""
    events = [read(MarginLoanUpdate, text) for text in texts("/margin/loan:BTC")]

    assert [event.subject for event in events] == ["order.open", "order.update", "order.done"]
    assert [event.lent_size for event in events] == [None, Decimal("0.5"), None]
    assert events[2].reason == "filled"
    assert events[0].daily_interest_rate == Decimal("0.0001")
