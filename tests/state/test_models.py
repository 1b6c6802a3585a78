"""Orders, fills, positions and balances as values."""

from __future__ import annotations

from decimal import Decimal

import attrs
import pytest

from sixmm.state.models import Balance, Fill, Order, Position, Snapshot


@pytest.mark.parametrize(("rank", "is_open"), [(0, True), (1, True), (2, True), (3, False)])
def test_an_order_is_open_until_it_has_ended(rank: int, is_open: bool) -> None:
    """Rank 3 is the end (rule 61)."""
    assert Order(order_id="1", status="X", rank=rank).is_open is is_open


def test_a_position_is_identified_by_symbol_and_side() -> None:
    """A hedged account has two positions in one symbol."""
    long = Position(symbol="BTCUSDT", position_side="LONG")
    assert long.key == ("BTCUSDT", "LONG")
    assert long.key != attrs.evolve(long, position_side="SHORT").key


@pytest.mark.parametrize(
    "model",
    [
        Order(order_id="1", status="NEW", rank=0),
        Fill(fill_id="1", order_id="1"),
        Position(symbol="BTCUSDT", position_side="BOTH"),
        Balance(asset="USDT", wallet=Decimal(1)),
    ],
)
def test_the_wire_text_does_not_make_a_difference(model: attrs.AttrsInstance) -> None:
    """Two tellings of one thing are equal whatever text they came in; the text is not shown."""
    other = attrs.evolve(model, raw='{"secret": 1}')  # type: ignore[misc]
    assert other == model
    assert "secret" not in repr(other)


def test_what_was_not_told_is_none() -> None:
    """Zero and unknown are different things."""
    order = Order(order_id="1", status="NEW", rank=0)
    assert order.executed_quantity is None
    assert Snapshot(as_of_ms=0).fills is None


def test_models_do_not_change() -> None:
    """What a caller holds stays as it was."""
    order = Order(order_id="1", status="NEW", rank=0)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        order.status = "FILLED"  # type: ignore[misc]
