"""Positions: profit and cost, without a rounding that gets lost."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from sixmm.sim.engine.numbers import ZERO
from sixmm.sim.engine.position import Position

FILLS = st.lists(
    st.tuples(
        st.integers(-50, 50).filter(bool).map(lambda n: Decimal(n) / 1000),
        st.integers(800_000, 900_000).map(lambda n: Decimal(n) / 10),
        st.integers(0, 1000).map(lambda n: Decimal(n) / 100),
    ),
    max_size=30,
)


@given(FILLS)
def test_profit_less_cost_is_the_cash_flow(fills: list[tuple[Decimal, Decimal, Decimal]]) -> None:
    """Over any fills, realized profit minus the cost still held is exactly the money that moved."""
    position = Position(symbol="BTCUSDT", side="BOTH")
    realized = cash = ZERO
    for change, price, fee in fills:
        realized += position.apply(change, price, fee)
        cash -= change * price

        assert cash == realized - position.cost
        assert (position.size == 0) == (position.cost == 0)
        assert position.size * position.cost >= 0


def test_a_larger_opposite_fill_turns_the_position() -> None:
    """What is left after closing opens the other way at the new price."""
    position = Position(symbol="BTCUSDT", side="BOTH")
    position.apply(Decimal(2), Decimal(100), Decimal(1))

    assert position.apply(Decimal(-3), Decimal(110), Decimal(3)) == 20
    assert (position.size, position.entry_price, position.fees) == (-1, 110, 1)
    assert position.wire_quantity == -1


def test_short_legs_show_no_sign() -> None:
    """LONG and SHORT quantities are never negative on the wire."""
    position = Position(symbol="BTCUSDT", side="SHORT")
    position.apply(Decimal(-2), Decimal(100), ZERO)

    assert (position.wire_quantity, position.held) == (2, 2)
    assert (position.reducible_by(1), position.reducible_by(-1)) == (2, 0)


def test_a_part_closed_releases_its_share_of_cost_and_fees() -> None:
    """Closing half realizes the profit of that half and leaves the entry price alone."""
    position = Position(symbol="BTCUSDT", side="BOTH")
    position.apply(Decimal(4), Decimal(100), Decimal(8))

    assert position.apply(Decimal(-2), Decimal(110), Decimal(1)) == 20
    assert (position.size, position.entry_price, position.fees) == (2, 100, 4)
