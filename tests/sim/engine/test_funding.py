"""Funding: the grid, the cap and the fee (rule 111: figures assumed)."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from sixmm.sim.engine.funding import FUNDING_MS, clamp, funding_fee, next_funding_ms

D = Decimal


@given(st.integers(0, 2**42))
def test_the_next_settlement_lies_ahead_on_the_grid(now_ms: int) -> None:
    """It is at most eight hours away, and never now."""
    due = next_funding_ms(now_ms)

    assert due % FUNDING_MS == 0
    assert 0 < due - now_ms <= FUNDING_MS


def test_a_rate_is_clamped() -> None:
    """It never leaves the cap on either side."""
    assert [clamp(D(n), D(2)) for n in (-3, -2, 1, 2, 5)] == [-2, -2, 1, 2, 2]


def test_longs_pay_shorts_at_a_positive_rate() -> None:
    """What one side pays the other receives; a negative rate turns it round."""
    assert funding_fee(D(2), D(100), D("0.01")) == D(-2)
    assert funding_fee(D(-2), D(100), D("0.01")) == D(2)
    assert funding_fee(D(2), D(100), D("-0.01")) == D(2)
