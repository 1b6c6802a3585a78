"""Batches over real HTTP: partial success, bounds, and what each entry says (rules 55, 56)."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.sim.codes import ExchangeError
from sixmm.sim.core import Core
from sixmm.sim.engine.request import read_order
from sixmm.sim.engine.symbols import DEFAULT_SYMBOLS
from sixmm.sim.picture import picture
from sixmm.sim.rest import order_batches, orders
from sixmm.sim.rest.call import Call
from sixmm.sim.rest.caller import Caller

from ..bench import NOW
from ..client import Rest

BASE = "/v1/private/order"
ORDER = {"symbol": "BTCUSDT", "type": "LIMIT", "side": "BUY", "price": "85000", "quantity": "0.01"}


def batch(rest: Rest, name: str, orders: list[dict[str, Any]], **more: Any) -> Any:
    """Send a batch and return the reply's data."""
    return rest.data("POST", f"{BASE}/{name}", "", {"orders": orders, **more})


def place(rest: Rest, count: int) -> list[str]:
    """Place orders in one batch and return their ids."""
    data = batch(rest, "batch-place", [ORDER] * count)
    return [row["orderId"] for row in data["results"]]


def test_a_batch_placement_may_succeed_in_part(rest: Rest) -> None:
    """One result for each entry in its order; a failed one names its code and what was sent."""
    data = batch(
        rest,
        "batch-place",
        [
            {**ORDER, "clientOrderId": "a"},
            {**ORDER, "clientOrderId": "a"},
            {**ORDER, "price": None},
            {**ORDER, "side": "SELL", "clientOrderId": "b"},
        ],
    )
    good, twice, priceless, last = data["results"]

    assert (data["successCount"], data["failedCount"]) == (2, 2)
    assert set(good) == {
        "success",
        "symbol",
        "orderId",
        "clientOrderId",
        "status",
        "timestamp",
    }
    assert (good["success"], good["clientOrderId"], good["status"]) == (True, "a", "PENDING")
    assert set(twice) == {"success", "symbol", "orderId", "clientOrderId", "code", "message"}
    assert (twice["success"], twice["code"], twice["clientOrderId"]) == (False, 3004, "a")
    assert (priceless["code"], priceless["symbol"], priceless["orderId"]) == (2001, "BTCUSDT", "")
    assert (last["success"], last["status"]) == (True, "FILLED")


def test_a_batch_that_fails_as_a_whole_is_code_0(rest: Rest) -> None:
    """The envelope tells that the batch was taken, the entries tell that nothing came of it."""
    data = batch(rest, "batch-place", [{**ORDER, "symbol": "NOPE"}, {**ORDER, "type": "STOP"}])

    assert (data["successCount"], data["failedCount"]) == (0, 2)
    assert [row["code"] for row in data["results"]] == [2002, 2002]


def test_a_batch_amendment_has_one_symbol(rest: Rest) -> None:
    """The symbol stands at the top, and entries of another symbol are not found (rule 55)."""
    ids = place(rest, 2)
    other = batch(rest, "batch-place", [{**ORDER, "symbol": "ETHUSDT", "price": "3000"}])
    orders = [
        {"orderId": ids[0], "price": "84000", "quantity": "0.02"},
        {"orderId": ids[1]},
        {"orderId": other["results"][0]["orderId"], "price": "2900"},
        {"orderId": "1", "price": "84000", "symbol": "ETHUSDT"},
    ]
    data = batch(rest, "batch-move", orders, symbol="BTCUSDT")
    row = rest.data("GET", BASE, f"symbol=BTCUSDT&orderId={ids[0]}")

    assert [one.get("code", 0) for one in data["results"]] == [0, 2001, 3003, 3003]
    assert (data["successCount"], data["failedCount"]) == (1, 3)
    assert (row["price"], row["quantity"]) == ("84000", "0.02")


def test_a_batch_cancel_names_the_symbol_per_entry(rest: Rest) -> None:
    """By orderId or clientOrderId; one that has ended is 3005, an unknown one 3003."""
    ids = place(rest, 2)
    named = batch(rest, "batch-place", [{**ORDER, "clientOrderId": "mine"}])["results"][0]
    orders = [
        {"symbol": "BTCUSDT", "orderId": ids[0]},
        {"symbol": "BTCUSDT", "orderId": ids[0]},
        {"symbol": "ETHUSDT", "orderId": ids[1]},
        {"orderId": ids[1]},
        {"symbol": "BTCUSDT", "clientOrderId": "mine"},
    ]
    results = batch(rest, "batch-cancel", orders)["results"]

    assert [one.get("code", 0) for one in results] == [0, 3005, 3003, 2001, 0]
    assert (results[4]["orderId"], results[4]["status"]) == (named["orderId"], "CANCELED")
    current = rest.data("GET", f"{BASE}/current")["list"]
    assert [row["orderId"] for row in current] == [ids[1]]


@pytest.mark.parametrize("name", ["batch-place", "batch-move", "batch-cancel"])
@pytest.mark.parametrize(
    ("orders", "code"),
    [(None, 2001), ([], 2001), ("x", 2002), ([1], 2002), ([{}] * 21, 2003), ([{}] * 20, 0)],
)
def test_bounds_of_a_batch(rest: Rest, name: str, orders: Any, code: int) -> None:
    """None is 2001, more than twenty 2003, what is no list of objects 2002."""
    assert rest.code("POST", f"{BASE}/{name}", "", {"orders": orders, "symbol": "BTCUSDT"}) == code


def test_a_batch_amendment_needs_a_symbol(rest: Rest) -> None:
    """Without one it is 2001, with an unknown one 2002."""
    body = {"orders": [{"orderId": "1", "price": "1"}]}
    assert rest.code("POST", f"{BASE}/batch-move", "", body) == 2001
    assert rest.code("POST", f"{BASE}/batch-move", "", {**body, "symbol": "NOPE"}) == 2002


class Desk:
    """An exchange without a server, whose handlers are called for one account."""

    def __init__(self) -> None:
        """Open it, with somebody else's orders in the book."""
        self.core = Core(
            DEFAULT_SYMBOLS,
            seed=7,
            listen_key_life_ms=1,
            access_token_life_s=1,
            clock_ms=lambda: NOW,
        )
        with self.core.transaction() as engine:
            self.account = engine.open_account("a")
            engine.deposit(self.account, Decimal(1000), NOW)
            house = engine.open_account("house", house=True)
            for side, price in (("SELL", "85002"), ("BUY", "84998")):
                body = {**ORDER, "side": side, "price": price, "quantity": "0.03"}
                engine.place(house, read_order(body), NOW)

    def ask(self, handler: Any, body: object) -> Any:
        """Return what a handler answers, or the code with which it refuses."""
        call = Call(method="POST", path="/", body=json.dumps(body).encode())
        try:
            with self.core.transaction():
                return handler(self.core, call, Caller(account=self.account))
        except ExchangeError as exc:
            return exc.code

    def picture(self) -> Any:
        """Return all that is known of the account."""
        return picture(self.account, self.core.engine.state.markets)


ENTRIES = st.lists(
    st.fixed_dictionaries(
        {
            "symbol": st.sampled_from(("BTCUSDT", "BTCUSDT", "NOPE")),
            "type": st.sampled_from(("LIMIT", "MARKET")),
            "side": st.sampled_from(("BUY", "SELL")),
            "price": st.integers(84_997, 85_003).map(str),
            "quantity": st.sampled_from(("0.01", "0.02", "9", "0.0001")),
        },
        optional={
            "clientOrderId": st.sampled_from(("a", "b")),
            "timeInForce": st.sampled_from(("GTC", "IOC", "FOK")),
            "reduceOnly": st.booleans(),
        },
    ),
    min_size=1,
    max_size=8,
)


@given(ENTRIES, st.data())
def test_a_batch_is_its_entries_one_by_one(entries: list[dict[str, Any]], data: Any) -> None:
    """Whatever is placed, amended and cancelled: a batch does what single calls would do."""
    many, single = Desk(), Desk()
    results = many.ask(order_batches.place, {"orders": entries})["results"]
    alone = [single.ask(orders.place, entry) for entry in entries]
    _same(results, alone)
    assert many.picture() == single.picture()

    ids = [row["orderId"] for row in results if row["success"]] + ["1"]
    named = data.draw(st.lists(st.sampled_from(ids), min_size=1, max_size=5))
    moves = [{"orderId": key, "price": str(84_990 + n)} for n, key in enumerate(named)]
    results = many.ask(order_batches.amend, {"symbol": "BTCUSDT", "orders": moves})["results"]
    _same(results, [single.ask(orders.amend, {**one, "symbol": "BTCUSDT"}) for one in moves])
    wanted = [{"symbol": "BTCUSDT", "orderId": key} for key in named]
    results = many.ask(order_batches.cancel, {"orders": wanted})["results"]
    _same(results, [single.ask(orders.cancel, one) for one in wanted])
    assert many.picture() == single.picture()


def _same(results: list[dict[str, Any]], alone: list[Any]) -> None:
    """Assert that each result tells what the single call told."""
    for row, answer in zip(results, alone, strict=True):
        if row["success"]:
            shared = ("orderId", "clientOrderId", "timestamp")
            assert [row[name] for name in shared] == [answer[name] for name in shared]
        else:
            assert row["code"] == answer
