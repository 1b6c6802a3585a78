"""The life of spot orders, and what it does to the balances."""

from __future__ import annotations

from typing import Any

import pytest

from ..bench import Bench, D

V2, V1, MONEY = "/spotMarket/tradeOrdersV2", "/spotMarket/tradeOrders", "/account/balance"


def course(rows: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Return type and status of each push."""
    return [(row["type"], row["status"]) for row in rows]


def free(bench: Bench, currency: str, kind: str = "trade") -> tuple[str, str]:
    """Return what is available and what is held."""
    found = bench.account.balance(kind, currency)
    return f"{found.available.normalize():f}", f"{found.hold.normalize():f}"


def test_a_limit_order_that_is_filled(bench: Bench) -> None:
    """It is received, open, matched in parts as a maker, and filled."""
    bench.spot.transfer("trade", "USDT", D(1000))
    order = bench.spot.place("BTC-USDT", "buy", price=D(100), size=D(2), client_oid="mine")
    bench.pushes()
    assert free(bench, "USDT") == ("799.8", "200.2")
    bench.spot.match(order, D("0.5"))
    bench.spot.match(order, D("1.5"), price=D(90))
    pushes = bench.pushes()
    rows = [one.data for one in pushes if one.topic == V2]

    assert course(rows) == [("match", "open"), ("match", "open"), ("filled", "done")]
    assert [row["filledSize"] for row in rows] == ["0.5", "2", "2"]
    assert [row["remainSize"] for row in rows] == ["1.5", "0", "0"]
    assert rows[0]["feeType"] == "makerFee"
    assert rows[0]["tradeId"] != rows[1]["tradeId"]
    assert free(bench, "BTC") == ("2", "0")
    assert free(bench, "USDT") == ("814.815", "0")
    assert order.fee == D("0.185")
    assert not bench.account.spot_open
    assert [fill.size for fill in bench.account.spot_fills] == [D("0.5"), D("1.5")]


def test_only_v2_has_the_received_event(bench: Bench) -> None:
    """Otherwise both topics tell the same."""
    bench.spot.place("BTC-USDT", "sell", price=D(100), size=D(1))
    pushes = bench.pushes()

    assert course([one.data for one in pushes if one.topic == V2]) == [
        ("received", "new"),
        ("open", "open"),
    ]
    assert course([one.data for one in pushes if one.topic == V1]) == [("open", "open")]


def test_a_buy_by_money_ends_as_canceled_though_filled(bench: Bench) -> None:
    """What is left of the money is given back, and that is what the last push tells."""
    bench.spot.transfer("trade", "USDT", D(100))
    order = bench.spot.place("BTC-USDT", "buy", funds=D(12))
    bench.spot.match(order, D("0.1"), price=D(119))
    bench.spot.settle(order)
    rows = bench.data(V2)

    assert course(rows) == [("received", "new"), ("match", "match"), ("canceled", "done")]
    assert rows[-1]["filledSize"] == "0.1"
    assert rows[-1]["canceledFunds"] == "0.1"
    assert "price" not in rows[1]
    assert free(bench, "USDT") == ("88.0881", "0")
    assert free(bench, "BTC") == ("0.1", "0")


def test_a_sale_at_the_market_ends_as_filled(bench: Bench) -> None:
    """Since it has a size."""
    bench.spot.transfer("trade", "BTC", D(1))
    order = bench.spot.place("BTC-USDT", "sell", size=D(1))
    bench.spot.match(order, D(1), price=D(100))

    assert course(bench.data(V2))[-2:] == [("match", "match"), ("filled", "done")]
    assert free(bench, "USDT") == ("99.9", "0")
    assert free(bench, "BTC") == ("0", "0")


def test_a_cancelled_order_gives_back_what_it_held(bench: Bench) -> None:
    """To the last bit."""
    bench.spot.transfer("trade", "USDT", D(1000))
    order = bench.spot.place("BTC-USDT", "buy", price=D(100), size=D(2))
    bench.spot.match(order, D(1))
    bench.spot.cancel(order)
    row = bench.data(V2)[-1]

    assert (row["type"], row["filledSize"], row["canceledSize"]) == ("canceled", "1", "1")
    assert free(bench, "USDT") == ("899.9", "0")
    assert list(bench.account.spot_done) == [order]


def test_an_order_that_shrinks(bench: Bench) -> None:
    """It tells its old size, and holds less."""
    bench.spot.transfer("trade", "USDT", D(1000))
    order = bench.spot.place("BTC-USDT", "buy", price=D(100), size=D(2))
    bench.spot.reduce(order, D(1))
    row = bench.data(V2)[-1]

    assert (row["type"], row["oldSize"], row["size"], row["canceledSize"]) == (
        "update",
        "2",
        "1",
        "1",
    )
    assert free(bench, "USDT") == ("899.9", "100.1")


def test_stop_orders(bench: Bench) -> None:
    """What is triggered goes on as an order with an id of its own."""
    stop = bench.spot.place_stop(
        "BTC-USDT", "sell", stop="loss", stop_price=D(90), price=D(89), size=D(1)
    )
    other = bench.spot.place_stop(
        "BTC-USDT", "sell", stop="loss", stop_price=D(80), price=D(79), size=D(1)
    )
    order = bench.spot.trigger(stop)
    bench.spot.cancel_stop(other)
    rows = bench.data("/spotMarket/advancedOrders")

    assert [row["type"] for row in rows] == ["open", "open", "triggered", "cancel"]
    assert rows[2]["triggerSuccess"] is True
    assert order.order_id != stop.order_id
    assert not bench.account.spot_stops


@pytest.mark.parametrize(
    ("trade_type", "kind"),
    [("MARGIN_TRADE", "margin"), ("MARGIN_ISOLATED_TRADE", "isolated_BTC-USDT")],
)
def test_borrowed_money_trades_alike(bench: Bench, trade_type: str, kind: str) -> None:
    """Only the sub-account differs, which the relation event names."""
    bench.spot.transfer(kind, "USDT", D(1000))
    order = bench.spot.place("BTC-USDT", "buy", price=D(100), size=D(2), trade_type=trade_type)
    bench.spot.match(order, D(2))
    events = [row["relationEvent"] for row in bench.data(MONEY)]

    assert events == [f"{kind}.{what}" for what in ("transfer", "hold", "setted", "setted")]
    assert free(bench, "BTC", kind) == ("2", "0")


def test_what_cannot_be(bench: Bench) -> None:
    """An order has one kind of size, is not filled beyond it, and does not grow."""
    with pytest.raises(ValueError, match="either a size or funds"):
        bench.spot.place("BTC-USDT", "buy", price=D(100))
    order = bench.spot.place("BTC-USDT", "buy", price=D(100), size=D(2))
    with pytest.raises(ValueError, match="what is left"):
        bench.spot.match(order, D(3))
    with pytest.raises(ValueError, match="only shrink"):
        bench.spot.reduce(order, D(3))
    bench.spot.cancel(order)
    with pytest.raises(ValueError, match="what is left"):
        bench.spot.match(order, D(1))
    market = bench.spot.place("BTC-USDT", "buy", size=D(2))
    with pytest.raises(ValueError, match="at a price"):
        bench.spot.match(market, D(1))
