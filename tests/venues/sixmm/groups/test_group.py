"""What the groups have in common: lists that are read while their rows are taken."""

from __future__ import annotations

from typing import Any

import pytest

from sixmm.errors import ConfigurationError, Throttled
from sixmm.venues.base import Call
from sixmm.venues.sixmm.groups import MarketGroup, OrderQueries, OrdersGroup, UserGroup
from sixmm.venues.sixmm.groups.group import text_of
from sixmm.venues.sixmm.rest_schema import ChangeRow

from .caller import Echo, Exchange, page_of


def test_what_cannot_be_is_refused_before_a_row_is_taken() -> None:
    """An iterator with a wrong argument fails when it is made, not when it is used."""
    with pytest.raises(ConfigurationError, match="page_size must be from 1"):
        UserGroup(Echo()).iter_change_log(page_size=0)
    with pytest.raises(ConfigurationError, match="max_rows must be a positive integer"):
        OrderQueries(Echo()).iter_trades(max_rows=0)
    with pytest.raises(ConfigurationError, match="side is one of"):
        OrderQueries(Echo()).iter_history(side="UP")
    with pytest.raises(ConfigurationError, match="limit must be from 1"):
        OrderQueries(Echo()).iter_current(page_size=-1)
    with pytest.raises(ConfigurationError, match="'1 m'"):
        MarketGroup(Echo()).iter_klines("X", "1 m", start_time=0)


def test_nothing_is_asked_before_a_row_is_taken() -> None:
    """Making an iterator makes no call."""
    exchange = Exchange(lambda call: page_of([], call))
    rows = UserGroup(exchange).iter_change_log()

    assert exchange.made == []
    assert list(rows) == []
    assert len(exchange.made) == 1


def test_an_error_of_a_page_reaches_the_caller() -> None:
    """What one call raises ends the iterator; the rows before it were given."""

    def call(made: Call) -> Any:
        if dict(made.query)["page"] == "2":
            raise Throttled("slow down", code=5003, retry_after=2.0)
        return Exchange(lambda one: page_of([{"fillId": "1", "orderId": "1"}] * 2, one))(made)

    rows = OrderQueries(call).iter_trades(page_size=1)

    assert next(rows).fill_id == "1"
    with pytest.raises(Throttled):
        next(rows)


def test_rows_without_an_id_are_told_by_their_text() -> None:
    """All that the exchange says of such a row tells it from another."""
    assert text_of(ChangeRow(raw='{"amount":"1"}')) == '{"amount":"1"}'


def test_the_old_name_is_kept() -> None:
    """The queries have the name under which they were known, too."""
    assert OrdersGroup is OrderQueries
