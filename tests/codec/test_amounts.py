"""Amounts: plain notation is exact, all else is refused, and what is remembered is bounded."""

from __future__ import annotations

import decimal
import sys
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.codec.amounts import (
    PLAIN_DECIMAL,
    KnownAmounts,
    amount,
    amount_or_none,
    amount_or_number,
)

PLAIN = ["0", "-0", "1", "0.10", "1.00", "00012.50", "-85000.1", "9" * 30 + "." + "9" * 30]
NOT_PLAIN = [
    *(
        "",
        " ",
        " 1",
        "1 ",
        "1\n",
        "\n1",
        "1_0",
        "+1",
        ".5",
        "5.",
        "-",
        "-.5",
        "-5.",
        "1..2",
        "1.2.3",
    ),
    *("1-2", "--1", "1-", "1.-5", "NaN", "-NaN", "sNaN", "Infinity", "-inf", "1e5", "1E-5", "0x1"),
    *(
        "\u0661",
        "1\u0661",
        "\uff11",
        "\u00b2",
        "\u22121",
        "1,5",
        "1\x00",
        "9" * 31,
        "0." + "1" * 31,
    ),
    *("\ud800", "1" * 100_000),
]
OTHERS: list[Any] = [True, 1.5, b"1", [], {}, ("1",), object()]

texts = st.from_regex(r"\A-?[0-9]{1,31}(\.[0-9]{1,31})?\Z") | st.text(" 0123456789.-+eE_\n\u0661")


def readers() -> list[Any]:
    """Return everything that makes a decimal of a text."""
    return [amount, amount_or_none, amount_or_number, KnownAmounts().__getitem__]


@pytest.mark.parametrize("text", PLAIN)
def test_plain_notation_is_exact(text: str) -> None:
    """Each digit is kept, those behind the last one that counts included (rule 9)."""
    for read in readers():
        assert str(read(text)) == str(Decimal(text))
        assert type(read(text)) is Decimal


@pytest.mark.parametrize("text", NOT_PLAIN, ids=lambda text: repr(text[:20]))
def test_other_text_is_refused(text: str) -> None:
    """No exponent, no foreign digit, no space, no word, and at most 30 digits on either side."""
    for read in readers():
        with pytest.raises(ValueError, match="expected a decimal string"):
            read(text)


@pytest.mark.parametrize("value", OTHERS, ids=repr)
def test_other_types_are_refused(value: Any) -> None:
    """What is no text is no amount; a float least of all."""
    for read in readers():
        with pytest.raises((ValueError, TypeError)):
            read(value)


def test_numbers_and_none() -> None:
    """Only the reader that says so takes a number, and only two take None."""
    assert [str(amount_or_number(value)) for value in (5, Decimal("1.50"))] == ["5", "1.50"]
    assert amount_or_none(None) is KnownAmounts()[None] is None
    for read in (amount, amount_or_number):
        with pytest.raises(ValueError, match="expected a decimal string"):
            read(None)
    for wrong in (5, Decimal("1.50")):
        with pytest.raises(ValueError, match="expected a decimal string"):
            amount(wrong)


@given(texts)
def test_all_agree(text: str) -> None:
    """Every reader takes the same texts and gives the same decimal, at the second time as well."""
    known = KnownAmounts()
    for read in (amount, amount_or_none, amount_or_number, known.__getitem__, known.__getitem__):
        if PLAIN_DECIMAL.fullmatch(text):
            assert str(read(text)) == str(Decimal(text))
        else:
            with pytest.raises(ValueError, match="expected a decimal string"):
                read(text)


def test_foreign_decimal_context() -> None:
    """A caller's decimal settings neither round an amount nor let a wrong one through."""
    with decimal.localcontext() as context:
        context.prec = 2
        context.Emax = context.Emin = 0
        context.traps[decimal.InvalidOperation] = False
        context.traps[decimal.Inexact] = True
        for read in readers():
            assert read("123456.789").as_tuple().digits == tuple(range(1, 10))
            with pytest.raises(ValueError, match="expected a decimal string"):
                read("1-2")


class TestKnownAmounts:
    """What is remembered."""

    def test_equal_amounts_stay_apart(self) -> None:
        """1, 1.0 and 1.00 are equal, and each keeps the digits that it came with."""
        known = KnownAmounts()

        for _ in range(2):
            assert [str(known[text]) for text in ("1", "1.0", "1.00", "01", "-0", "0")] == [
                *("1", "1.0", "1.00", "1", "-0", "0")
            ]

    def test_bounded(self) -> None:
        """However many there are, no more are kept than it says, and the latest of them are."""
        known = KnownAmounts(most=80)
        for n in range(1_000):
            assert known[str(n)] == n
            assert len(known) <= 81
            assert all(str(recent) in known for recent in range(max(0, n - 68), n + 1))

    def test_wrong_ones_are_not_kept(self) -> None:
        """What is refused takes no room, and is refused again."""
        known = KnownAmounts()
        for _ in range(2):
            with pytest.raises(ValueError, match="expected a decimal string"):
                known["1" * 10_000]

        assert list(known) == [None]

    def test_threads(self) -> None:
        """Several threads may use one, also while it forgets: each gets the amount it asked for."""
        known = KnownAmounts(most=5)
        interval = sys.getswitchinterval()

        def work(start: int) -> bool:
            numbers = range(start, start + 5_000)
            return all(known[str(n % 50)] == n % 50 and known[None] is None for n in numbers)

        sys.setswitchinterval(1e-6)
        try:
            with ThreadPoolExecutor(4, thread_name_prefix="amounts") as pool:
                assert all(pool.map(work, range(4)))
        finally:
            sys.setswitchinterval(interval)
