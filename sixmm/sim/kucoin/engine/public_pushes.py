"""What everybody is told on the public Pro streams when an order of an account is filled."""

from __future__ import annotations

from decimal import Decimal

from ...engine.numbers import plain
from .account import Account
from .records import Push

__all__ = ["push_trade"]

_OTHER = {"buy": "sell", "sell": "buy"}
_TICK = Decimal("0.1")


def push_trade(
    account: Account,
    *,
    market: str,
    symbol: str,
    side: str,
    liquidity: str,
    price: Decimal,
    size: str,
    trade_id: str,
    now_ns: int,
) -> None:
    """Push a trade, and the ticker that a trade brings; `side` is that of the account's order.

    Neither tells whose trade it was. There is no book here: what the ticker has as the best prices
    is one step to either side of the trade.
    """
    taken = side if liquidity == "taker" else _OTHER[side]
    # Documented so: the sequence of spot is the id of the trade, and the case differs.
    trade: dict[str, object] = {
        "E": int(trade_id),
        "M": now_ns,
        "S": taken,
        "p": plain(price),
        "q": size,
        "s": symbol,
        "ti": trade_id,
    }
    ticker: dict[str, object] = {
        "A": "1",
        "B": "1",
        "E": int(trade_id),
        "M": now_ns,
        "S": taken.upper() if market == "SPOT" else taken,
        "a": plain(price + _TICK),
        "b": plain(price - _TICK),
        "l": plain(price),
        "q": size,
        "s": symbol,
    }
    if market == "FUTURES":
        trade["rpi"] = False
    for channel, data in (("trade", trade), ("ticker", ticker)):
        account.push(
            Push(
                topic=f"{channel}.{market}:{symbol}",
                subject=f"{channel}.{market}",
                data=data,
                key=(channel, symbol, trade_id),
                ts_ns=now_ns,
                pro=True,
                everyone=True,
            )
        )
