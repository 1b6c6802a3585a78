"""What is kept of one position or balance."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.state.kept import Kept
from sixmm.state.models import Balance, Position
from sixmm.state.values import values_of

BALANCE = Balance(asset="USDT", wallet=Decimal(1), used=Decimal(2))
POSITION = Position(symbol="X", position_side="BOTH", quantity=Decimal(1), detail=(Decimal(3),))


def test_a_model_is_made_once() -> None:
    """Who asks twice gets the same object, until something is told."""
    kept: Kept[Balance] = Kept(values_of(BALANCE), by_rest=False)
    first = kept.read(Balance)

    assert first == BALANCE
    assert kept.read(Balance) is first
    kept.replace(values_of(Balance(asset="USDT", wallet=Decimal(5))))
    assert kept.read(Balance) == Balance(asset="USDT", wallet=Decimal(5), used=Decimal(2))


def test_a_push_that_repeats_a_snapshot_was_told() -> None:
    """Once; the text of the row makes no difference, and the next push is news whatever it says."""
    kept: Kept[Balance] = Kept((*values_of(BALANCE)[:-1], '{"row": 1}'), by_rest=True)

    assert kept.push(values_of(BALANCE), 5)
    assert not kept.push(values_of(BALANCE), 6)


@given(st.lists(st.integers(0, 9), min_size=1))
def test_the_time_of_the_newest_push_is_kept(times: list[int]) -> None:
    """Times may go back; what was the newest stays the newest."""
    kept: Kept[Balance] = Kept(values_of(BALANCE), by_rest=False)
    for at_ms in times:
        kept.push(values_of(BALANCE), at_ms)

    assert kept.known_ms == max(times)


@pytest.mark.parametrize("is_news", [True, False])
def test_a_push_from_before_a_snapshot_comes_late(is_news: bool) -> None:
    """Whether the snapshot told anything new or not; one of the same moment does not."""
    kept: Kept[Balance] = Kept(values_of(BALANCE), by_rest=False, known_ms=5)
    told = Balance(asset="USDT", wallet=Decimal(9)) if is_news else BALANCE

    assert kept.tell(values_of(told), compared=4, known_ms=8) is is_news
    assert [kept.is_after(at_ms) for at_ms in (0, 5, 7, 8, 9)] == [False, True, True, False, False]


def test_a_snapshot_of_which_nobody_knows_the_time_makes_no_push_late() -> None:
    """To take a new value for an old one would be worse than the reverse."""
    kept: Kept[Balance] = Kept(values_of(BALANCE), by_rest=False, known_ms=5)
    kept.tell(values_of(BALANCE), compared=4)

    assert not kept.is_after(6)


def test_figures_that_follow_the_mark_price_are_no_news() -> None:
    """They are taken over, but not told."""
    kept: Kept[Position] = Kept(values_of(POSITION), by_rest=False)
    told = (*values_of(POSITION)[:6], (Decimal(4),), "")

    assert not kept.tell(told, compared=6)
    assert kept.read(Position).detail == (Decimal(4),)
    assert kept.tell((*told[:2], Decimal(2), *told[3:]), compared=6)
    assert kept.by_rest


def test_a_snapshot_that_repeats_a_snapshot_changes_nothing() -> None:
    """A push with the same values is still no news."""
    kept: Kept[Balance] = Kept(values_of(BALANCE), by_rest=True)

    assert not kept.tell(values_of(BALANCE), compared=4)
    assert kept.push(values_of(BALANCE), 5)
