"""Decimal texts (rule 9)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.sim.codes import ExchangeError
from sixmm.sim.engine.numbers import is_multiple, money, parse_decimal, plain, ratio

AMOUNTS = st.decimals(min_value=0, max_value=10**14, places=8)


@given(AMOUNTS)
def test_text_and_back_is_the_same_number(value: Decimal) -> None:
    """Every amount survives its text form (rule 9)."""
    assert value == parse_decimal(plain(value), "x")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0.10", "0.1"),
        ("-0", "0"),
        ("1E+3", "1000"),
        ("100", "100"),
        ("-2.50", "-2.5"),
        ("1E-8", "0.00000001"),
    ],
)
def test_plain_has_no_exponent_and_no_idle_zeros(value: str, text: str) -> None:
    """The shortest text without an exponent is written."""
    assert text == plain(Decimal(value))


@pytest.mark.parametrize(
    "value",
    [
        1,
        1.5,
        True,
        None,
        "",
        "1e3",
        "-1",
        "+1",
        ".5",
        "5.",
        "NaN",
        "Infinity",
        "1_0",
        " 1",
        "1\n",
        "\u0661",
        "9" * 16,
    ],
)
def test_anything_but_a_plain_decimal_text_is_bad(value: object) -> None:
    """A JSON number, an exponent, a sign or a foreign digit is refused with 2002."""
    with pytest.raises(ExchangeError) as caught:
        parse_decimal(value, "price")

    assert caught.value.code == 2002
    assert caught.value.message.startswith("price ")


def test_grid_ratio_and_rounding() -> None:
    """Grids are exact, money is kept to eight decimals, and nothing over nothing is zero."""
    assert is_multiple(Decimal("85000.1"), Decimal("0.1"))
    assert not is_multiple(Decimal("85000.15"), Decimal("0.1"))
    assert Decimal("0.33333333") == ratio(Decimal(1), Decimal(3))
    assert ratio(Decimal(1), Decimal(0)) == 0
    assert Decimal("0.00000002") == money(Decimal("0.000000015"))
