"""Reading numbers and pages of a query (rule 64)."""

from __future__ import annotations

import pytest

from sixmm.sim.codes import ExchangeError
from sixmm.sim.rest.route import page_of, whole_number


@pytest.mark.parametrize(
    ("text", "code"),
    [("x", 2002), ("-1", 2002), ("1.5", 2002), ("\u0661", 2002), ("9" * 20, 2002), ("11", 2003)],
)
def test_numbers_are_digits_within_bounds(text: str, code: int) -> None:
    """Anything but ASCII digits is 2002, a number out of bounds 2003."""
    with pytest.raises(ExchangeError) as caught:
        whole_number({"n": text}, "n", 5, most=10)

    assert caught.value.code == code


@pytest.mark.parametrize("query", [{}, {"n": ""}])
def test_an_absent_or_empty_number_is_the_default(query: dict[str, object]) -> None:
    """What is left out takes the documented default."""
    assert whole_number(query, "n", 5) == 5


def test_pages_begin_at_one_with_twenty_rows() -> None:
    """Page 1 and 20 rows by default."""
    assert page_of({}) == slice(0, 20)
    assert page_of({"page": "3", "pageSize": "7"}) == slice(14, 21)
