"""The forms in which contracts are told."""

from __future__ import annotations

from ..bench import Bench, D

X = "XBTUSDTM"


def traded(bench: Bench) -> None:
    """Have an order filled in two parts."""
    order = bench.futures.place(X, "sell", 4, price=D(70_000), client_oid="mine")
    bench.futures.match(order, 1)
    bench.futures.match(order, 3)


def test_pro_channels(bench: Bench) -> None:
    """Orders and positions go to a channel of all and to that of the symbol."""
    traded(bench)
    pushes = [one for one in bench.pushes() if one.pro and not one.everyone]
    rows = [one.data for one in pushes if one.topic == "orderAll.FUTURES"]
    positions = [one.data for one in pushes if one.topic == f"position.FUTURES:{X}"]

    assert {one.topic for one in pushes} == {
        "orderAll.FUTURES",
        f"order.FUTURES:{X}",
        "execution.FUTURES",
        "execution.lite.FUTURES",
        "positionAll.FUTURES",
        f"position.FUTURES:{X}",
        "balance.FUTURES",
    }
    assert [(row["eT"], row["os"], row["fS"]) for row in rows] == [
        ("OPEN", 2, "0"),
        ("MATCH", 4, "1"),
        ("MATCH", 4, "4"),
        ("FILL", 3, "4"),
    ]
    assert [row["q"] for row in positions] == ["-1", "-4"]


def test_forced_fills(bench: Bench) -> None:
    """A liquidation names no order on the Pro stream, and its kind on both."""
    order = bench.futures.place(X, "buy", 8)
    bench.futures.match(order, 8, price=D("63962.48"), trade_type="liquid")
    pushes = bench.pushes()
    fill = next(one.data for one in pushes if one.topic == "execution.FUTURES")

    assert (fill["oi"], fill["fT"], fill["oT"]) == ("0", "LIQUID", "")


def test_a_unified_account(bench: Bench) -> None:
    """Everything of it is UNIFIED, and the leverage says more."""
    unified = Bench(unified=True)
    traded(unified)
    unified.futures.set_leverage(X, D(5))
    pro = [one for one in unified.pushes() if one.pro and not one.everyone]

    assert all("UNIFIED" in one.topic for one in pro)
    assert pro[-1].data == {"s": X, "l": "5.00", "mM": "CROSS", "tT": "FUTURES"}
    assert bench.pushes() == []
