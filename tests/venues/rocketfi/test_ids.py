"""Ids in one form each."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.venues.rocketfi.ids import Address, InstrumentId, OrderId, is_address

from .examples import ACCOUNT, INSTRUMENT, NUMBER


def test_addresses_have_no_case() -> None:
    """Whatever case an address came in, it is equal, and it is still text."""
    assert Address(ACCOUNT) == Address(ACCOUNT.lower()) == ACCOUNT.lower()
    assert {Address(ACCOUNT.upper().replace("0X", "0x"))} == {Address(ACCOUNT)}
    assert is_address(ACCOUNT)
    assert not any(map(is_address, ("", "0x", ACCOUNT[:-1], ACCOUNT + "0", "0x" + "g" * 40)))


@pytest.mark.parametrize(
    "form",
    [INSTRUMENT, INSTRUMENT.upper().replace("0X", "0x"), NUMBER, str(NUMBER), NUMBER - (1 << 64)],
)
def test_one_instrument_in_all_forms(form: str | int) -> None:
    """Hex in any case, a number, its digits, and a number that was taken for a signed one."""
    assert InstrumentId(form) == INSTRUMENT


@pytest.mark.parametrize("form", ["BTC-PERP", "", "0x12", "0x" + "0" * 17, "\u0661"])
def test_other_texts_are_kept(form: str) -> None:
    """What is in neither form may be the id of another version: it is opaque."""
    assert InstrumentId(form) == form


def test_numbers_out_of_range_are_kept_as_digits() -> None:
    """They cannot be 8 bytes; nothing is raised for what a server sends."""
    assert InstrumentId(1 << 64) == str(1 << 64)
    assert InstrumentId(-(1 << 63) - 1) == str(-(1 << 63) - 1)


@given(st.integers(0, (1 << 64) - 1))
def test_the_two_forms_are_one(number: int) -> None:
    """No two numbers are one id, and the hex form leads back to the number."""
    told = InstrumentId(number)

    assert int.from_bytes(bytes.fromhex(told[2:]), "little") == number
    assert InstrumentId(told) == InstrumentId(str(number)) == told


def test_order_ids_are_digits() -> None:
    """They may be beyond 2^53, where a floating point number is not exact."""
    assert OrderId(9_007_199_254_740_993) == "9007199254740993"
    assert OrderId("x") == "x"


def test_ids_can_be_pickled() -> None:
    """Events may be handed to another process."""
    for made in (Address(ACCOUNT), InstrumentId(5), OrderId(5)):
        again = pickle.loads(pickle.dumps(made))
        assert (again, type(again)) == (made, type(made))
