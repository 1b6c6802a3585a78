"""The figures that tests compare with."""

from __future__ import annotations

from sixmm.sim.kucoin.picture import picture

from .bench import Bench, D


def test_a_picture(bench: Bench) -> None:
    """It has balances, what is open, fills and positions as plain texts."""
    bench.spot.transfer("trade", "USDT", D(1000))
    order = bench.spot.place("BTC-USDT", "buy", price=D(100), size=D(2))
    fill = bench.spot.match(order, D(1))
    contract = bench.futures.place("XBTUSDTM", "buy", 4, price=D(70_000))
    bench.futures.match(contract, 1)
    found = picture(bench.account)

    assert found["balances"] == {
        "trade:USDT": ("799.8", "100.1"),
        "trade:BTC": ("1", "0"),
    }
    assert found["spot_orders"] == {order.order_id: ("BTC-USDT", "buy", "2", "1")}
    assert found["spot_fills"] == [("BTC-USDT", str(fill.trade_id), order.order_id)]
    assert found["futures_orders"] == {contract.order_id: ("XBTUSDTM", "buy", 4, 1)}
    assert found["spot_ended"] == found["futures_ended"] == {}
    bench.spot.cancel(order)
    bench.futures.cancel(contract)
    ended = picture(bench.account)
    assert ended["spot_ended"] == {order.order_id: "1"}
    assert ended["futures_ended"] == {contract.order_id: 1}
    assert found["positions"] == {"XBTUSDTM": (1, "70000", "70000")}
