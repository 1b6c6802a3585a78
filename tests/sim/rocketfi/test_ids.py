"""The forms of addresses and of instrument ids."""

from __future__ import annotations

import pytest

from sixmm.sim.rocketfi.ids import (
    checksum_form,
    instrument_id,
    number_form,
    read_address,
    read_instrument_id,
)

# The examples of EIP-55.
CHECKED = [
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
    "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
    "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
]


@pytest.mark.parametrize("address", CHECKED)
def test_checksum_form(address: str) -> None:
    """The case of the letters is the check, whatever case they came in."""
    assert checksum_form(address.lower()) == address
    assert checksum_form("0x" + address[2:].upper()) == address
    assert read_address(address) == address.lower()


@pytest.mark.parametrize("value", ["", "0x12", 5, None, "0x" + "g" * 40, "0x" + "1" * 41])
def test_no_address(value: object) -> None:
    """Anything but 20 bytes in hex is none."""
    assert read_address(value) is None


@pytest.mark.parametrize(
    "value",
    ["0x0123456789abcdef", "0x0123456789ABCDEF", 17279655951921914625, "17279655951921914625"],
)
def test_all_forms_are_one_id(value: object) -> None:
    """The number has its bytes the other way round."""
    assert read_instrument_id(value) == "0x0123456789abcdef"
    assert number_form("0x0123456789abcdef") == 17_279_655_951_921_914_625


@pytest.mark.parametrize("value", [None, True, -1, 1 << 64, "0x12", "BTC-PERP", 1.5])
def test_no_instrument(value: object) -> None:
    """Anything else is none."""
    assert read_instrument_id(value) is None


def test_ids_of_tickers_fit_into_a_signed_number() -> None:
    """The documentation calls an id an int64."""
    for ticker in ("BTC-PERP", "ETH-PERP", "SOL-PERP", "a", "b", "c"):
        assert 0 <= number_form(instrument_id(ticker)) < 1 << 63
