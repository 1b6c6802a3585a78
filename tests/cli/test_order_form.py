"""What is typed about an order is what the client is asked for, and nothing besides."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import click
import pytest
from click.testing import CliRunner

from sixmm.cli.order_form import asked_for, order_form
from sixmm.venues.sixmm.enums import BboPriceType
from sixmm.venues.sixmm.order_forms import NewOrder

_SEEN: list[dict[str, Any]] = []


@click.command()
@order_form
def _command(**fields: Any) -> None:
    _SEEN.append(asked_for(fields))


def _asked(*argv: str) -> dict[str, Any]:
    _SEEN.clear()
    result = CliRunner().invoke(_command, argv, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return _SEEN[-1]


def test_least() -> None:
    """What was not given is not sent: the exchange's defaults hold (rule 47)."""
    assert _asked("btcusdt", "buy", "--quantity", "0.10", "--price", "85000") == {
        "symbol": "BTCUSDT",
        "side": "BUY",
        "type": "LIMIT",
        "quantity": Decimal("0.10"),
        "price": Decimal(85000),
    }


def test_everything() -> None:
    """Every option is an argument of the client under its own name."""
    found = _asked(
        *("BTCUSDT", "SELL", "--type", "market", "--quantity", "1", "--time-in-force", "ioc"),
        *("--position-side", "short", "--price-type", "opposite-5", "--reduce-only"),
        *("--maker-only", "--close-position", "--client-order-id", "mine-1", "--price", "2"),
    )

    assert NewOrder(**found) == NewOrder(
        symbol="BTCUSDT",
        side="SELL",
        type="MARKET",
        price=Decimal(2),
        quantity=Decimal(1),
        position_side="SHORT",
        time_in_force="IOC",
        reduce_only=True,
        maker_only=True,
        close_position=True,
        client_order_id="mine-1",
        price_type=BboPriceType.OPPOSITE_5,
    )


@pytest.mark.parametrize(
    ("name", "member"),
    [
        ("opposite-1", BboPriceType.OPPOSITE_1),
        ("opposite-5", BboPriceType.OPPOSITE_5),
        ("same-1", BboPriceType.SAME_1),
        ("same-5", BboPriceType.SAME_5),
    ],
)
def test_price_types(name: str, member: BboPriceType) -> None:
    """The words for the levels of the book are the numbers of rule 49."""
    assert _asked("BTCUSDT", "BUY", "--price-type", name)["price_type"] == member


def test_zero_is_an_amount() -> None:
    """An amount of 0 is passed on, so that it is refused, and not taken for nothing."""
    assert _asked("BTCUSDT", "BUY", "--quantity", "0")["quantity"] == Decimal(0)


@pytest.mark.parametrize(
    ("argv", "reason"),
    [
        (["BTCUSDT"], "Missing argument"),
        (["BTCUSDT", "hold"], "is not one of"),
        (["BTCUSDT", "BUY", "--quantity", "1e-3"], "plain digits"),
        (["BTCUSDT", "BUY", "--price", "-1"], "plain digits"),
        (["BTCUSDT", "BUY", "--type", "STOP"], "is not one of"),
        (["BTCUSDT", "BUY", "--time-in-force", "GTE_GTC"], "is not one of"),
    ],
)
def test_refused(argv: list[str], reason: str) -> None:
    """What cannot be meant is refused; GTE_GTC is for condition orders only (rule 48)."""
    result = CliRunner().invoke(_command, argv)

    assert result.exit_code == 2
    assert reason in result.output
