"""Ledger and figures by UTC day, with a clock that the test moves (rule 8)."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest

from .desk import DAY_MS, Desk

USER = "/v1/private/user"
LOG = f"{USER}/account-change-log"
SUMMARY = f"{USER}/asset/overview/summary"
TREND = f"{USER}/asset/overview/trend"


@pytest.fixture
def desk() -> Desk:
    """Give a desk on which 20 were won three days ago and 10 lost today; fees are 0.0005."""
    made = Desk()
    made.trade("BUY", 80_000)
    made.trade("SELL", 82_000)
    made.now += 3 * DAY_MS
    made.trade("BUY", 82_000)
    made.trade("SELL", 81_000)
    return made


def test_the_log_is_newest_first_and_one_chain(desk: Desk) -> None:
    """Each row goes on where the next one ends; together they are the wallet."""
    data = desk.get(LOG)
    rows = data["list"]

    assert data["total"] == len(rows) == 7
    assert rows[0]["walletBalanceAfter"] == desk.get(f"{USER}/asset")["userAsset"]["walletBalance"]
    assert sum(Decimal(row["amount"]) for row in rows) == desk.own.wallet
    for newer, older in pairwise(rows):
        assert newer["walletBalanceBefore"] == older["walletBalanceAfter"]
        assert newer["createdAt"] >= older["createdAt"]
    assert rows[-1]["changeType"] == "TRANSFER_IN"


def test_rows_of_fills_name_their_fill(desk: Desk) -> None:
    """A fee and a profit refer to the fillId of the trades call."""
    fills = {fill["fillId"]: fill for fill in desk.own.fills}
    for row in desk.get(LOG, changeType="FEE")["list"]:
        assert row["amount"] == f"-{fills[row['referenceId']]['handlingFee']}"
    for row in desk.get(LOG, changeType="REALIZED_PNL")["list"]:
        assert row["amount"] == fills[row["referenceId"]]["realizedPnl"]


def test_the_log_is_filtered_and_paged(desk: Desk) -> None:
    """By asset, by kind, by time with both ends; pages have the newest rows first (rule 64)."""
    rows = desk.get(LOG)["list"]
    fees = desk.get(LOG, changeType="FEE")
    assert (fees["total"], {row["changeType"] for row in fees["list"]}) == (4, {"FEE"})
    assert desk.get(LOG, assetType="USDT")["total"] == 7
    assert desk.get(LOG, assetType="BTC") == {"list": [], "total": 0}
    start, end = rows[-1]["createdAt"], rows[-2]["createdAt"]
    found = desk.get(LOG, startTime=start, endTime=end)["list"]
    assert {row["createdAt"] for row in found} == {start, end}
    assert desk.get(LOG, page=2, pageSize=3) == {"list": rows[3:6], "total": 7}
    assert desk.get(LOG, page=9)["list"] == []
    assert desk.reply(LOG, desk.own, changeType="NOPE")["code"] == 2002


def test_turnover_and_fees_of_thirty_days(desk: Desk) -> None:
    """Today and the 29 days before it."""
    assert desk.get(f"{USER}/volume-stats") == {"volume30d": "3250", "feeTotal30d": "1.625"}
    desk.now += 27 * DAY_MS
    assert desk.get(f"{USER}/volume-stats") == {"volume30d": "1630", "feeTotal30d": "0.815"}
    desk.now += 3 * DAY_MS
    assert desk.get(f"{USER}/volume-stats") == {"volume30d": "0", "feeTotal30d": "0"}


def test_the_balance_by_day(desk: Desk) -> None:
    """One row for each UTC day, oldest first; the newest one is the wallet of this moment."""
    items = desk.get(f"{USER}/balance-history", period="1D")["items"]

    assert items == [
        {"date": "2027-01-15", "balance": "1019.19", "pnl": "20"},
        {"date": "2027-01-16", "balance": "1019.19", "pnl": "0"},
        {"date": "2027-01-17", "balance": "1019.19", "pnl": "0"},
        {"date": "2027-01-18", "balance": "1008.375", "pnl": "-10"},
    ]
    assert desk.get(f"{USER}/balance-history", period="1D", limit=1)["items"] == items[-1:]


def test_the_balance_by_week_and_month(desk: Desk) -> None:
    """15 January is a Friday and 18 January a Monday."""
    weeks = desk.get(f"{USER}/balance-history", period="1W")["items"]
    months = desk.get(f"{USER}/balance-history", period="1M")["items"]

    assert [(row["date"], row["pnl"]) for row in weeks] == [
        ("2027-01-11", "20"),
        ("2027-01-18", "-10"),
    ]
    assert months == [{"date": "2027-01-01", "balance": "1008.375", "pnl": "10"}]


def test_the_headline(desk: Desk) -> None:
    """Today's figures are those of the UTC day, the totals those of a life."""
    assert desk.get(SUMMARY) == {
        "todayPnl": "-10",
        "todayVolume": "1630",
        "totalVolume": "3250",
        "totalPnl": "10",
        "maxDrawdown30d": "10.815",
        "maxDrawdown30dRate": "0.01061137",
        "transferIn": "1000",
        "transferOut": "0",
    }


def test_the_trend_is_the_balance_by_day(desk: Desk) -> None:
    """A snapshot at the end of each UTC day, the last one now, with profit and rate."""
    items = desk.get(TREND, type="1W")["items"]
    history = desk.get(f"{USER}/balance-history", period="1D")["items"]

    assert [row["balance"] for row in items] == [row["balance"] for row in history]
    assert [row["pnl"] for row in items] == [row["pnl"] for row in history]
    assert [row["totalPnl"] for row in items] == ["20", "20", "20", "10"]
    assert items[0]["pnlRate"] == "0.02"
    assert items[-1]["snapshotTime"] == desk.now
    assert all(row["snapshotTime"] % DAY_MS == 0 for row in items[:-1])


@pytest.mark.parametrize(
    ("name", "days"), [("1D", 1), ("1W", 7), ("1M", 30), ("3M", 90), ("6M", 180), ("1Y", 365)]
)
def test_how_far_back_a_trend_goes(desk: Desk, name: str, days: int) -> None:
    """No further than asked for."""
    desk.now += 390 * DAY_MS

    assert len(desk.get(TREND, type=name)["items"]) == days


def test_the_trade_overview_is_both(desk: Desk) -> None:
    """The headline figures, and the snapshots of the trend as items."""
    overview = desk.get(f"{USER}/trade-overview", type="1M")

    assert overview.pop("items") == desk.get(TREND, type="1M")["items"]
    assert overview == desk.get(SUMMARY)


@pytest.mark.parametrize(
    ("path", "query", "code"),
    [
        (TREND, {}, 2001),
        (TREND, {"type": "2D"}, 2002),
        (f"{USER}/trade-overview", {"type": "1w"}, 2002),
        (f"{USER}/balance-history", {}, 2001),
        (f"{USER}/balance-history", {"period": "3M"}, 2002),
        (f"{USER}/balance-history", {"period": "1D", "limit": "0"}, 2003),
        (f"{USER}/balance-history", {"period": "1D", "limit": "x"}, 2002),
    ],
)
def test_bad_queries(desk: Desk, path: str, query: dict[str, str], code: int) -> None:
    """A missing period is 2001, an unknown one 2002."""
    assert desk.reply(path, desk.own, **query)["code"] == code
