"""The forms in which a change of a spot order is told."""

from __future__ import annotations

from ..bench import Bench, D

V2 = "/spotMarket/tradeOrdersV2"


def test_captures_have_fewer_fields(bench: Bench) -> None:
    """With that switch there is no origin size, and a push time that is not documented."""
    bench.manners.fields = "live"
    order = bench.spot.place("BTC-USDT", "buy", funds=D(12))
    bench.spot.match(order, D("0.1"), price=D(100))
    row = bench.data(V2)[-1]

    assert row.keys() == {
        "feeType",
        "filledSize",
        "funds",
        "liquidity",
        "matchPrice",
        "matchSize",
        "orderId",
        "orderTime",
        "orderType",
        "pt",
        "remainFunds",
        "side",
        "status",
        "symbol",
        "tradeId",
        "ts",
        "type",
    }


def test_both_forms_mixed(bench: Bench) -> None:
    """Another switch changes from one push to the next."""
    bench.manners.fields = "mixed"
    for _ in range(20):
        bench.spot.place("BTC-USDT", "buy", price=D(100), size=D(1))
    forms = {"pt" in row for row in bench.data(V2)}

    assert forms == {True, False}


def test_times(bench: Bench) -> None:
    """The time of the order is in ms, that of the push in ns of a whole ms."""
    bench.spot.place("BTC-USDT", "buy", price=D(100), size=D(1))
    row = bench.data(V2)[0]

    assert row["orderTime"] == 1_790_000_000_123
    assert row["ts"] == 1_790_000_000_123_000_000


def test_capitals(bench: Bench) -> None:
    """A page has the trigger of a stop order in capitals."""
    bench.manners.capital_stops = True
    stop = bench.spot.place_stop(
        "BTC-USDT", "sell", stop="loss", stop_price=D(90), price=D(89), size=D(1)
    )
    bench.spot.trigger(stop)

    assert [row["type"] for row in bench.data("/spotMarket/advancedOrders")] == [
        "open",
        "TRIGGERED",
    ]


def test_the_tape(bench: Bench) -> None:
    """A fill is on the public tape, with the ids of both orders and nothing of the account."""
    order = bench.spot.place("BTC-USDT", "buy", price=D(100), size=D(1), client_oid="mine")
    bench.pushes()
    bench.spot.match(order, D(1))
    push = bench.pushes("/market/match:BTC-USDT")[0]

    assert push.everyone
    assert push.bare
    assert push.data["makerOrderId"] == order.order_id
    assert push.data["side"] == "sell"
    assert push.data["price"] == "100.00000000000000000000"
    assert "mine" not in str(push.data)


def test_pro_channels(bench: Bench) -> None:
    """An order goes to the channel of all and to that of its symbol, a fill to two more."""
    order = bench.spot.place("BTC-USDT", "buy", price=D(100), size=D(2), client_oid="mine")
    bench.spot.match(order, D(1))
    bench.spot.cancel(order)
    private = [one for one in bench.pushes() if one.pro and not one.everyone]
    pro = [one for one in private if not one.topic.startswith("balance")]
    rows = [one.data for one in pro if one.topic == "orderAll.SPOT"]

    assert {one.topic for one in pro} == {
        "orderAll.SPOT",
        "order.SPOT:BTC-USDT",
        "execution.SPOT",
        "execution.lite.SPOT",
    }
    assert {one.subject for one in pro} >= {"order.SPOT"}
    assert [(row["eT"], row["os"], row["fS"]) for row in rows] == [
        ("OPEN", 2, "0"),
        ("MATCH", 4, "1"),
        ("CANCEL", 6, "1"),
    ]
    fills = {one.topic: one for one in pro if one.topic.startswith("execution")}
    assert fills["execution.SPOT"].data["f"] == "0.10000000000000000000"
    assert "f" not in fills["execution.lite.SPOT"].data
    assert str(fills["execution.lite.SPOT"].data["ti"]) == fills["execution.SPOT"].data["ti"]
    assert len({one.key for one in fills.values()}) == 1


def test_pro_names_of_borrowed_money(bench: Bench) -> None:
    """Cross and isolated margin have types of their own."""
    for trade_type in ("MARGIN_TRADE", "MARGIN_ISOLATED_TRADE"):
        bench.spot.place("BTC-USDT", "buy", price=D(1), size=D(1), trade_type=trade_type)
    topics = {one.topic for one in bench.pushes() if one.topic.startswith("orderAll")}

    assert topics == {"orderAll.CROSS", "orderAll.ISOLATED"}


def test_keys_are_the_same_on_every_topic(bench: Bench) -> None:
    """What happens once has one key on all Classic topics, and no two things share one."""
    order = bench.spot.place("BTC-USDT", "buy", price=D(100), size=D(2))
    bench.spot.match(order, D(1))
    bench.spot.match(order, D(1))
    pushes = bench.pushes()
    new, old = ([one.key for one in pushes if one.topic == t] for t in (V2, V2[:-2]))

    assert new[1:] == old
    assert len(set(new)) == len(new) == 5
