"""The ranking by realized profit, with a clock that the test moves."""

from __future__ import annotations

from typing import Any

import pytest

from sixmm.sim import Exchange
from sixmm.sim.rest import leaderboard

from ..client import Rest
from .desk import DAY_MS, Desk

PATH = "/v1/public/leaderboard/pnl"


@pytest.fixture
def desk() -> Desk:
    """Give a desk on which alice won 20, bob lost 10, and carol did not trade."""
    made = Desk()
    for name in ("bob", "carol"):
        made.open(name, "1000")
    for who, price in (("alice", 82_000), ("bob", 79_000)):
        made.trade("BUY", 80_000, who=who)
        made.trade("SELL", price, who=who)
    return made


def board(desk: Desk, period: str = "7d") -> list[Any]:
    """Return the rows without the account that everybody trades with."""
    data = desk.reply(PATH, period=period)["data"]
    return [row for row in data["list"] if row["trader"] != "qu***s"]


def test_the_best_come_first(desk: Desk) -> None:
    """By profit, with names half hidden; who did not trade is not on the board."""
    alice, bob = board(desk)

    assert (alice["trader"], alice["pnlAmount"], alice["volume"]) == ("al***e", "20", "1620")
    assert (bob["trader"], bob["pnlAmount"], bob["volume"]) == ("b***", "-10", "1590")
    assert (alice["pnlPct"], bob["pnlPct"]) == ("0.02", "0")
    assert alice["userId"] == desk.own.user_id
    ranks = [row["rank"] for row in desk.reply(PATH, period="7d")["data"]["list"]]
    assert ranks == list(range(1, len(ranks) + 1))


def test_my_own_place(desk: Desk) -> None:
    """0 for nobody and for who did not trade, else the rank of the row."""
    ranks = {row["userId"]: row["rank"] for row in board(desk)}

    assert desk.reply(PATH, period="7d")["data"]["myRank"] == 0
    assert desk.reply(PATH, desk.named("carol"), period="7d")["data"]["myRank"] == 0
    for name in ("alice", "bob"):
        account = desk.named(name)
        own = desk.reply(PATH, account, period="7d")["data"]["myRank"]
        assert own == ranks[account.user_id]


def test_the_periods(desk: Desk) -> None:
    """What was won ten days ago counts for 30 days and not for 7."""
    desk.now += 10 * DAY_MS

    assert board(desk, "7d") == []
    assert len(board(desk, "30d")) == len(board(desk, "90d")) == 2
    desk.now += 75 * DAY_MS
    assert board(desk, "30d") == []
    assert len(board(desk, "90d")) == 2


def test_the_board_is_bounded(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is off the board has no rank."""
    monkeypatch.setattr(leaderboard, "MOST_PLACES", 1)
    data = desk.reply(PATH, desk.named("bob"), period="7d")["data"]

    assert (len(data["list"]), data["myRank"]) == (1, 0)


@pytest.mark.parametrize(("query", "code"), [({}, 2001), ({"period": "1d"}, 2002)])
def test_bad_periods(desk: Desk, query: dict[str, str], code: int) -> None:
    """It is required, and one of three."""
    assert desk.reply(PATH, **query)["code"] == code


def test_any_good_credential_will_do(exchange: Exchange, rest: Rest) -> None:
    """A key with any permission is known here; a credential that is not good is refused."""
    account = exchange.create_account(username="trader")
    for permissions in (1, 2, 4):
        key = exchange.create_key(account, permissions=permissions)
        with Rest(exchange.rest_url, key.api_key, key.api_secret) as client:
            assert client.code("GET", PATH, "period=7d") == 0
    assert rest.send("GET", PATH, "period=7d")["code"] == 0
    assert rest.send("GET", PATH, "period=7d", Authorization="Bearer x")["code"] == 1003
    assert rest.send("GET", PATH, "period=7d", X_API_KEY=rest.api_key)["code"] == 1001
