"""What is told of one order never goes back."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sixmm.cli.claims import OrderClaim
from sixmm.cli.course import Course, Rising


def _state(status: str | None, executed: str | None) -> OrderClaim:
    filled = None if executed is None else Decimal(executed)
    return OrderClaim("1", status, filled, Decimal(100), Decimal(2), None)


def test_rising() -> None:
    """A number below one that was taken falls; the same again and a snapshot do not."""
    rising = Rising()

    assert [rising.falls(seq) for seq in (3, 3, None, 5, 4, 5)] == [False] * 4 + [True, False]


@pytest.mark.parametrize("end", ["FILLED", "CANCELED", "REJECTED", "PARTIALLY_FILLED_CANCELED"])
def test_ends(end: str) -> None:
    """An order that has ended does not open again (rules 60 to 62); its end may be told again."""
    course = Course()

    assert course.take(_state(end, "1"), None) is None
    assert course.take(_state(end, "1"), None) is None
    assert course.take(_state("PENDING", "1"), None) == f"order 1 PENDING 1 after {end}"
    assert course.last == _state("PENDING", "1")


def test_executed() -> None:
    """What was filled never becomes less than it was at any time."""
    course = Course()
    for executed in ("0", "1", "1", "2"):
        assert course.take(_state("PARTIALLY_FILLED", executed), None) is None

    assert course.take(_state("CANCELED", "1"), None) == "order 1 CANCELED 1 after 2"
    assert course.take(_state("CANCELED", "1.5"), None) == "order 1 CANCELED 1.5 after 2"


def test_late_push() -> None:
    """A push after a later one goes back although its figures do not."""
    course = Course()
    course.take(_state("PENDING", "0"), 2)

    assert course.take(_state("NEW", "0"), 1) == "order 1 NEW 0 after a later push"


def test_unknown() -> None:
    """What a telling leaves out goes nowhere."""
    course = Course()
    course.take(_state("FILLED", "2"), None)

    assert course.take(_state(None, None), None) is None
