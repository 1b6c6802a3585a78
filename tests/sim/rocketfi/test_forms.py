"""Ids and lists in the forms that are asked for."""

from __future__ import annotations

from sixmm.sim.rocketfi.forms import Forms
from sixmm.sim.rocketfi.manners import Manners

ADDRESS = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
INSTRUMENT = "0x0100000000000000"


def test_addresses() -> None:
    """They are in checksum case, or in lower case."""
    assert Forms(Manners()).account(ADDRESS.lower()) == ADDRESS
    assert Forms(Manners(checksum_case=False)).account(ADDRESS.lower()) == ADDRESS.lower()


def test_instruments() -> None:
    """They are in hex, numbers, or both in turns; as a name a number is text."""
    assert Forms(Manners()).instrument(INSTRUMENT) == INSTRUMENT
    assert Forms(Manners(instrument_ids="int")).instrument(INSTRUMENT) == 1
    assert Forms(Manners(instrument_ids="int")).key(INSTRUMENT) == "1"
    mixed = Forms(Manners(instrument_ids="mixed"))
    assert {mixed.instrument(INSTRUMENT) for _ in range(4)} == {1, INSTRUMENT}


def test_what_is_empty() -> None:
    """It is null, or empty."""
    forms, plain = Forms(Manners()), Forms(Manners(null_lists=False))

    assert (forms.rows([]), forms.members({})) == (None, None)
    assert (plain.rows([]), plain.members({})) == ([], {})
    assert (forms.rows([1]), forms.members({"a": 1})) == ([1], {"a": 1})
