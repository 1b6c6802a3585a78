"""The public calls about symbols, candles and funding."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from sixmm.errors import ConfigurationError
from sixmm.venues.sixmm import calls
from sixmm.venues.sixmm.enums import KlineInterval, KlinePriceType
from sixmm.venues.sixmm.envelope import parse

from ..examples import success


def test_klines() -> None:
    """Filters are sent under their wire names, and candles come back typed (rule 64)."""
    call = calls.klines(symbol="BTCUSDT", interval="1m", start_time=5, limit=1000)
    data = {"list": [{"openTime": 1, "open": "1.0", "closeTime": 2}]}

    assert call.query == (
        ("symbol", "BTCUSDT"),
        ("interval", "1m"),
        ("startTime", "5"),
        ("limit", "1000"),
    )
    assert parse(call, success(data)).rows[0].open_time == 1
    with pytest.raises(ConfigurationError):
        calls.klines(symbol="BTCUSDT", interval="1 m")


def test_klines_take_enums_and_datetimes() -> None:
    """An enum is its value, and a datetime its millisecond, whatever its zone."""
    noon = datetime(2026, 6, 3, 12, 0, 0, 1_999, tzinfo=timezone(timedelta(hours=2)))
    call = calls.klines(
        symbol="X",
        interval=KlineInterval.MINUTES_15,
        price_type=KlinePriceType.MARK,
        end_time=noon,
    )

    assert dict(call.query)["interval"] == "15m"
    assert dict(call.query)["priceType"] == "markPrice"
    assert dict(call.query)["endTime"] == "1780480800001"


def test_intervals_are_open() -> None:
    """The documentation gives examples of intervals only, so another one is sent."""
    assert dict(calls.klines(symbol="X", interval="3m").query)["interval"] == "3m"


@pytest.mark.parametrize(
    "arguments",
    [{"limit": 1001}, {"limit": 0}, {"price_type": "lastPrice"}, {"symbol": None}],
)
def test_klines_that_cannot_be(arguments: dict[str, Any]) -> None:
    """A candle call has bounds that are documented (rule 64)."""
    with pytest.raises(ConfigurationError):
        calls.klines(**{"symbol": "X", "interval": "1m", **arguments})


def test_symbols_tolerate_more() -> None:
    """Fields that the documentation leaves open are kept (rule 44)."""
    data = {"list": [{"symbol": "X", "tickSize": "0.1", "leverageTiers": [1]}], "odd": 1}
    result = parse(calls.symbols(), success(data))

    assert str(result.rows[0].tick_size) == "0.1"
    assert result.rows[0].extra == {"leverageTiers": [1]}
    assert result.extra == {"odd": 1, "list": [{"leverageTiers": [1]}]}


def test_funding() -> None:
    """The three calls about funding send their filters and give rows (docs/wire.md)."""
    row = {"symbol": "X", "fundingRate": "-0.0001", "fundingTime": 7}
    history = calls.funding_rate_history(symbol="X", start_time=1, end_time=2, page=3, page_size=4)

    assert dict(history.query) == {
        "symbol": "X",
        "startTime": "1",
        "endTime": "2",
        "page": "3",
        "pageSize": "4",
    }
    assert str(parse(history, success({"list": [row], "total": 1})).rows[0].funding_rate) == (
        "-0.0001"
    )
    assert parse(calls.funding_rates(), success({"list": [row]})).rows[0].symbol == "X"
    assert parse(calls.funding_rate_config(), success({"list": []})).rows == ()
    with pytest.raises(ConfigurationError, match="symbol is missing"):
        calls.funding_rate_history(symbol=None)  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError, match="page must be from 1"):
        calls.funding_rates(page=0)
