"""The REST calls."""

from __future__ import annotations

from typing import Any

import pytest

from sixmm.sim.rocketfi import Account, RocketFiExchange

from .client import Rest


@pytest.fixture
def busy(exchange: RocketFiExchange, account: Account) -> RocketFiExchange:
    """A server on which the account has 5 open orders, 2 positions, and 12 order events."""
    btc, eth = exchange.instruments
    for _ in range(5):
        exchange.place_order(account, price="9", instrument=eth)
    for instrument in (btc, eth):
        exchange.place_order(account, instrument=instrument)
    exchange.cancel_order(account, exchange.place_order(account, price="9"))
    exchange.reject_order(account)
    exchange.deposit(account, "3", asset=2)
    return exchange


def pages(rest: Rest, path: str, name: str, size: int, **query: object) -> list[Any]:
    """Return the rows of all pages, read until a short one."""
    rows: list[Any] = []
    number = 0
    while True:
        reply = rest.get(path, pageNumber=number, pageSize=size, **query)
        assert (reply["pageNumber"], reply["pageSize"]) == (number, size)
        page = reply[name] or []
        rows += page
        if len(page) < size:
            return rows
        number += 1


@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_pages(busy: RocketFiExchange, account: Account, rest: Rest, size: int) -> None:
    """However large a page is, all of them together are the account."""
    truth = busy.truth(account)
    orders = pages(rest, "/open-orders", "orders", size, account=account.address)
    events = pages(rest, "/order-events", "orderEvents", size, account=account.address)

    assert [str(row["orderId"]) for row in orders] == list(truth["orders"])
    assert [row["eventData"] for row in reversed(events)] == [
        row["eventData"] for row in truth["events"]
    ]


def test_the_oldest_may_come_first(serve: Any) -> None:
    """In which order events come is not documented."""
    exchange = serve(newest_first=False, most_rows=1)
    account = exchange.create_account(scripted=False)
    exchange.cancel_order(account, exchange.place_order(account, price="9"))
    rest = Rest(exchange.rest_url)
    reply = rest.get("/order-events", account=account.address, pageSize=50)
    rest.close()

    assert reply["pageSize"] == 1
    assert list(reply["orderEvents"][0]["eventData"]) == ["placed"]


def test_positions_and_collateral(busy: RocketFiExchange, account: Account, rest: Rest) -> None:
    """Of all instruments and assets, or of one."""
    btc, eth = (instrument.instrument_id for instrument in busy.instruments)
    truth = busy.truth(account)

    assert rest.get("/position", account=account.address) == {"positions": truth["positions"]}
    assert list(truth["positions"]) == [btc, eth]
    one = rest.get("/position", account=account.address, instrumentId=eth)
    assert list(one["positions"]) == [eth]
    both = rest.get("/collateral", account=account.address)["collaterals"]
    assert list(both) == ["0", "2"]
    one = rest.get("/collateral", account=account.address, assetId=2)
    assert one == {"collaterals": {"2": "3"}}


def test_instrument_ids_as_numbers(serve: Any) -> None:
    """As the name of a member a number is text."""
    exchange = serve(instrument_ids="int", checksum_case=False)
    account = exchange.create_account(scripted=False)
    exchange.place_order(account)
    rest = Rest(exchange.rest_url)
    (key,) = rest.get("/position", account=account.address)["positions"]
    rows = rest.get("/order-events", account=account.address)["orderEvents"]
    rest.close()

    assert {row["instrument"] for row in rows} == {int(key)}
    assert {row["account"] for row in rows} == {account.address.lower()}


def test_funding(exchange: RocketFiExchange, account: Account, rest: Rest) -> None:
    """Payments come in pages, as events do."""
    exchange.place_order(account)
    for _ in range(3):
        exchange.pay_funding(account)
    rows = pages(rest, "/position-funding-events", "events", 2, account=account.address)

    assert [row["round"] for row in rows] == [3, 2, 1]


def test_an_account_that_did_nothing(rest: Rest) -> None:
    """Any address has an account; what is empty is null."""
    nobody = "0x" + "0" * 40

    assert rest.get("/open-orders", account=nobody)["orders"] is None
    assert rest.get("/order-events", account=nobody)["orderEvents"] is None
    assert rest.get("/position", account=nobody) == {"positions": None}
    assert rest.get("/collateral", account=nobody) == {"collaterals": {}}
    assert rest.get("/account-nonce", account=nobody) == {"nonce": 0}


def test_public_calls(exchange: RocketFiExchange, rest: Rest) -> None:
    """Instruments, assets and candles are asked for without an account."""
    ids = [instrument.instrument_id for instrument in exchange.instruments]
    listed = rest.get("/instruments")

    assert list(listed["instruments"]) == list(listed["instrumentStats"]) == ids
    assert list(rest.get("/instruments", pageSize=1, pageNumber=1)["instruments"]) == ids[1:]
    assert rest.get("/assets")["assets"]["0"]["ticker"] == "USDC"
    (candle,) = rest.get("/candles", instrumentId=ids[0], interval="1m")["candles"]
    assert candle.keys() == {"slot", "timestamp", "open", "high", "low", "close", "volume"}


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/open-orders", {}),
        ("/open-orders", {"account": "alice"}),
        ("/open-orders", {"account": "0x" + "0" * 40, "pageSize": "0"}),
        ("/open-orders", {"account": "0x" + "0" * 40, "pageNumber": "-1"}),
        ("/position", {"account": "0x" + "0" * 40, "instrumentId": "x"}),
        ("/collateral", {"account": "0x" + "0" * 40, "assetId": "x"}),
        ("/candles", {"instrumentId": "x", "interval": "1m"}),
    ],
)
def test_what_is_refused(rest: Rest, path: str, query: dict[str, str]) -> None:
    """It is HTTP 400 with a reason."""
    reply = rest.get(path, **query)

    assert (rest.last.status_code, reply["code"]) == (400, 400)
    assert reply["message"]


def test_no_such_call(rest: Rest) -> None:
    """An unknown path is 404, and nothing can be written."""
    rest.get("/nothing")
    assert rest.last.status_code == 404
    rest.post("/open-orders", {})
    assert rest.last.status_code == 405
