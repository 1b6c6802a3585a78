"""The filters of the histories (rule 63)."""

from __future__ import annotations

from typing import Any

import pytest

from sixmm.sim.codes import ExchangeError
from sixmm.sim.rest.filters import SIDES, TYPES, coded, no_status


def test_numbers_stand_for_words() -> None:
    """1 and 2 are limit and market, buy and sell; absent or empty is no filter."""
    assert [coded({"type": code}, "type", TYPES) for code in "12"] == ["LIMIT", "MARKET"]
    assert [coded({"side": code}, "side", SIDES) for code in "12"] == ["BUY", "SELL"]
    assert coded({}, "side", SIDES) is coded({"side": ""}, "side", SIDES) is None


@pytest.mark.parametrize("query", [{"side": "3"}, {"side": "BUY"}, {"side": 1}])
def test_anything_else_is_2002(query: dict[str, Any]) -> None:
    """Words are not taken for their numbers."""
    with pytest.raises(ExchangeError) as caught:
        coded(query, "side", SIDES)
    assert caught.value.code == 2002


def test_a_status_filter_is_2002() -> None:
    """Its codes are not documented, and a guess would hide rows."""
    no_status({})
    no_status({"status": ""})
    with pytest.raises(ExchangeError) as caught:
        no_status({"status": "1"})
    assert caught.value.code == 2002
