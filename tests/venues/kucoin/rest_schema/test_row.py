"""Rows and the way to them."""

from __future__ import annotations

import pytest

from sixmm.errors import DecodeError
from sixmm.venues.kucoin.rest_schema import SpotAccount, reread, result_of


def test_a_row_keeps_its_text() -> None:
    """What a row has beyond its class is told, and it can be read again from its text."""
    row = result_of(SpotAccount, {"currency": "USDT", "type": "trade", "balance": 5, "new": 1})

    assert row.extra == {"new": 1}
    assert reread(row.raw, SpotAccount) == row
    assert reread("", SpotAccount) is None


def test_wrong_types_are_refused_with_their_path() -> None:
    """A field of the wrong type says where it is."""
    with pytest.raises(DecodeError) as caught:
        result_of(SpotAccount, {"currency": "USDT", "type": "trade", "balance": []})
    assert caught.value.path == "$.data.balance"
