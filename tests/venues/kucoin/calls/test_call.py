"""What the calls share."""

from __future__ import annotations

import pytest

from sixmm.errors import ConfigurationError, DecodeError
from sixmm.venues.kucoin import calls
from sixmm.venues.kucoin.calls.call import as_, path_part, read_call, rows_of
from sixmm.venues.kucoin.hosts import Host
from sixmm.venues.kucoin.rest_schema import SpotAccount


@pytest.mark.parametrize("wrong", ["", "a/b", "../x", "a?b", "a&b", "x" * 200, "é"])
def test_what_could_leave_its_field(wrong: str) -> None:
    """An argument with another character is refused before anything is sent."""
    for call in (calls.futures_order, calls.spot_active_orders, calls.futures_account):
        with pytest.raises(ConfigurationError):
            call(wrong)
    with pytest.raises(ConfigurationError, match="order id"):
        path_part(wrong)


def test_what_is_none_is_left_out() -> None:
    """A query has what is given, in its order, and goes to the host that is named."""
    call = read_call("x", "/x", as_(int), host=Host.FUTURES, b=1, a=None, c="two")

    assert (call.query, call.host) == ((("b", "1"), ("c", "two")), Host.FUTURES)


def test_results() -> None:
    """A reply is one row or a list of them, and nothing else."""
    row = {"currency": "USDT", "type": "main"}

    assert as_(SpotAccount)(row).currency == "USDT"
    assert [found.type for found in rows_of(SpotAccount)([row, row])] == ["main", "main"]
    with pytest.raises(DecodeError, match=r"\$\.data\[0\]\.currency"):
        rows_of(SpotAccount)([{}])
    with pytest.raises(DecodeError, match="a list"):
        rows_of(SpotAccount)(row)
