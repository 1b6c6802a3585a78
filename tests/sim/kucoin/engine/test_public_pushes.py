"""The public Pro streams: what a trade tells everybody."""

from __future__ import annotations

from sixmm.sim.kucoin.engine.public_pushes import push_trade

from ..bench import START_NS, Bench, D


def test_a_trade_of_futures(bench: Bench) -> None:
    """The side is that of the taker, whoever the account was; the ticker follows the trade."""
    push_trade(
        bench.account,
        market="FUTURES",
        symbol="XBTUSDTM",
        side="buy",
        liquidity="maker",
        price=D("90551.8"),
        size="12",
        trade_id="1905973690439",
        now_ns=START_NS,
    )
    trade, ticker = bench.pushes()

    assert (trade.topic, trade.subject) == ("trade.FUTURES:XBTUSDTM", "trade.FUTURES")
    assert (ticker.topic, ticker.subject) == ("ticker.FUTURES:XBTUSDTM", "ticker.FUTURES")
    assert all(one.pro and one.everyone for one in (trade, ticker))
    assert trade.data == {
        "E": 1905973690439,
        "M": START_NS,
        "S": "sell",
        "p": "90551.8",
        "q": "12",
        "s": "XBTUSDTM",
        "ti": "1905973690439",
        "rpi": False,
    }
    assert ticker.data == {
        "A": "1",
        "B": "1",
        "E": 1905973690439,
        "M": START_NS,
        "S": "sell",
        "a": "90551.9",
        "b": "90551.7",
        "l": "90551.8",
        "q": "12",
        "s": "XBTUSDTM",
    }


def test_a_trade_of_the_spot_market(bench: Bench) -> None:
    """The documented ticker has the side in capitals there; the trade does not."""
    push_trade(
        bench.account,
        market="SPOT",
        symbol="BTC-USDT",
        side="buy",
        liquidity="taker",
        price=D(90_000),
        size="0.001",
        trade_id="1",
        now_ns=START_NS,
    )
    trade, ticker = (one.data for one in bench.pushes())

    assert (trade["S"], ticker["S"]) == ("buy", "BUY")
    assert "rpi" not in trade
