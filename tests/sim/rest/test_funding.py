"""Funding settings, present rates and those of the past, with a clock that the test moves."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest

from .desk import Desk

SETTINGS = "/v1/public/market/funding-rate"
CURRENT = f"{SETTINGS}/current"
HISTORY = f"{SETTINGS}/history"
EIGHT_HOURS = 8 * 3_600_000


@pytest.fixture
def desk() -> Desk:
    """Give a desk."""
    return Desk()


def test_settings_of_one_symbol_or_of_all(desk: Desk) -> None:
    """Every eight hours, between a floor and a cap."""
    rows = desk.get(SETTINGS)["list"]
    (one,) = desk.get(SETTINGS, symbol="ETHUSDT")["list"]

    assert [row["symbol"] for row in rows] == ["BTCUSDT", "ETHUSDT", "SOLUSDT"]
    assert one == rows[1]
    assert one["fundingIntervalHours"] == 8
    floor, cap = Decimal(one["fundingRateFloor"]), Decimal(one["fundingRateCap"])
    assert floor < Decimal(one["interestRate"]) < cap


def test_present_rates(desk: Desk) -> None:
    """They are those of the ticker, for the next full eight hours of UTC."""
    (row,) = desk.get(CURRENT, symbol="BTCUSDT")["list"]

    assert row["nextFundingTime"] == (desk.now // EIGHT_HOURS + 1) * EIGHT_HOURS
    assert row["markPrice"] == row["indexPrice"] == "86500"
    assert Decimal(row["fundingRate"]) == Decimal("0.0001")


def test_present_rates_come_in_pages(desk: Desk) -> None:
    """Page 1 and 20 rows by default (rule 64)."""
    every = desk.get(CURRENT)["list"]

    assert len(every) == 3
    assert desk.get(CURRENT, page=2, pageSize=2)["list"] == every[2:]
    assert desk.get(CURRENT, page=2)["list"] == []


def test_the_past_is_newest_first(desk: Desk) -> None:
    """Every eight hours one row, the newest no later than now; the rates keep their bounds."""
    data = desk.get(HISTORY, symbol="BTCUSDT", pageSize=1000)
    rows = data["list"]

    assert data["total"] == len(rows) == 90
    assert 0 <= desk.now - rows[0]["fundingTime"] < EIGHT_HOURS
    for newer, older in pairwise(rows):
        assert newer["fundingTime"] - older["fundingTime"] == EIGHT_HOURS
    (settings,) = desk.get(SETTINGS, symbol="BTCUSDT")["list"]
    cap = Decimal(settings["fundingRateCap"])
    assert all(abs(Decimal(row["fundingRate"])) <= cap for row in rows)
    assert desk.get(HISTORY, symbol="BTCUSDT", pageSize=1000) == data


def test_the_past_by_time_and_page(desk: Desk) -> None:
    """Both ends of the time are included, and pages follow on each other."""
    rows = desk.get(HISTORY, symbol="BTCUSDT", pageSize=1000)["list"]
    span = {"startTime": rows[5]["fundingTime"], "endTime": rows[2]["fundingTime"]}
    found = desk.get(HISTORY, symbol="BTCUSDT", **span)

    assert found == {"list": rows[2:6], "total": 4}
    page = desk.get(HISTORY, symbol="BTCUSDT", page=2, pageSize=7)["list"]
    assert page == rows[7:14]


@pytest.mark.parametrize("path", [SETTINGS, CURRENT, HISTORY])
def test_an_unknown_symbol(desk: Desk, path: str) -> None:
    """What is not traded has no funding: 2002; the history needs a symbol: 2001."""
    assert desk.reply(path, symbol="NOPE")["code"] == 2002
    assert desk.reply(path)["code"] == (2001 if path == HISTORY else 0)
