"""One order update in the words of each exchange, all of the same size.

Each form is what that exchange documents for an order that was just taken, with one unknown member
that pads it to :data:`SIZE` bytes. A long unknown text is cheaper to read than the members that it
stands for, so the padding is in favour of the clients whose messages need most of it.
"""

from __future__ import annotations

import json
from typing import Any

__all__ = ["FIRST_ID", "FORMS", "SIZE", "OrderForm"]

SIZE = 560
"""Bytes of one message."""
FIRST_ID = 4_000_000_000
"""The id of the first order; the others count up from it."""

# What stands for the id of the order, the same where it is a JSON number, and four varying digits.
_ID, _INT, _TICK = "@ID@", "@INT@", "@TICK@"
_TICKS = 10_000
_MS = 1_772_007_815_000
_NS = _MS * 1_000_000
_WHEN = "2026-02-25T08:23:35.123456Z"
_UUID = f"904837e3-3b76-47ec-b432-04{_ID}"


class OrderForm:
    """Makes the order updates of one exchange; no two of them are alike.

    Args:
        message: an update with ``@ID@`` for the ten digits of the id, ``@INT@`` for the id as a
            number, and ``@TICK@`` for four digits of a price.
        padded: the keys that lead to the object that gets the padding.

    Raises:
        ValueError: the update is too long without any padding.
    """

    def __init__(self, message: dict[str, Any], *padded: str | int) -> None:
        target: Any = message
        for key in padded:
            target = target[key]
        target["note"] = ""
        self._template = _compact(message)
        missing = SIZE - len(self.text(0))
        if missing < 0:
            raise ValueError(f"{-missing} bytes too long")
        target["note"] = "n" * missing
        self._template = _compact(message)

    def text(self, number: int) -> str:
        """Return update ``number``, from 0: exactly :data:`SIZE` bytes of ASCII."""
        tick = f"{number % _TICKS:04d}"
        return self._template.replace(_ID, str(FIRST_ID + number)).replace(_TICK, tick)


def _compact(message: dict[str, Any]) -> str:
    return json.dumps(message, separators=(",", ":")).replace(f'"{_INT}"', _ID)


def _sixmm() -> dict[str, Any]:
    data = {
        "eventType": "ORDER_TRADE_UPDATE",
        "orderStatus": "NEW",
        "orderId": f"202254380{_ID}",
        "clientOrderId": f"ext-{_ID}",
        "symbol": "BTCUSDT",
        "side": "BUY",
        "positionSide": "BOTH",
        "type": "LIMIT",
        "timeInForce": "GTC",
        "price": f"85{_TICK}.5",
        "quantity": "0.125",
        "executedQuantity": "0",
        "averagePrice": "0",
        "reduceOnly": False,
        "makerOnly": True,
        "closePosition": False,
        "createdAt": _MS,
        "updatedAt": _MS,
    }
    return {"topic": "user.5794", "ts": _MS, "data": data}


def _binance() -> dict[str, Any]:
    order = {
        "s": "BTCUSDT",
        "c": f"ext-{_ID}",
        "S": "BUY",
        "o": "LIMIT",
        "f": "GTC",
        "q": "0.125",
        "p": f"85{_TICK}.5",
        "ap": "0",
        "sp": "0",
        "x": "NEW",
        "X": "NEW",
        "i": _INT,
        "l": "0",
        "z": "0",
        "L": "0",
        "n": "0",
        "N": "USDT",
        "T": _MS,
        "t": 0,
        "b": "0",
        "a": "9.91",
        "m": False,
        "R": False,
        "wt": "CONTRACT_PRICE",
        "ot": "LIMIT",
        "ps": "BOTH",
        "cp": False,
        "rp": "0",
        "pP": False,
        "si": 0,
        "ss": 0,
        "V": "EXPIRE_TAKER",
        "pm": "NONE",
        "gtd": 0,
    }
    return {"e": "ORDER_TRADE_UPDATE", "E": _MS, "T": _MS, "o": order}


def _bybit() -> dict[str, Any]:
    order = {
        "category": "linear",
        "symbol": "BTCUSDT",
        "orderId": _UUID,
        "orderLinkId": f"ext-{_ID}",
        "side": "Buy",
        "positionIdx": 0,
        "orderStatus": "New",
        "orderType": "Limit",
        "timeInForce": "GTC",
        "price": f"85{_TICK}.5",
        "qty": "0.125",
        "avgPrice": "",
        "leavesQty": "0.125",
        "cumExecQty": "0",
        "reduceOnly": False,
        "createdTime": str(_MS),
        "updatedTime": str(_MS),
    }
    return {"id": f"5923240c-{_ID}", "topic": "order", "creationTime": _MS, "data": [order]}


def _hyperliquid() -> dict[str, Any]:
    order = {
        "coin": "BTC",
        "side": "B",
        "limitPx": f"85{_TICK}.5",
        "sz": "0.125",
        "oid": _INT,
        "timestamp": _MS,
        "origSz": "0.125",
        "cloid": f"0x0000000000000000000000{_ID}",
        "reduceOnly": False,
        "orderType": "Limit",
        "tif": "Gtc",
    }
    update = {"order": order, "status": "open", "statusTimestamp": _MS}
    return {"channel": "orderUpdates", "data": [update]}


def _kucoin() -> dict[str, Any]:
    data = {
        "symbol": "XBTUSDTM",
        "orderType": "limit",
        "side": "buy",
        "canceledSize": "0",
        "orderId": _ID,
        "marginMode": "ISOLATED",
        "type": "open",
        "orderTime": _MS,
        "size": "1",
        "filledSize": "0",
        "price": f"85{_TICK}.5",
        "remainSize": "1",
        "status": "open",
        "ts": _NS,
        "clientOid": f"ext-{_ID}",
        "tradeType": "trade",
    }
    return {
        "topic": "/contractMarket/tradeOrders",
        "type": "message",
        "subject": "orderChange",
        "userId": "633559791e1cbc0001f319bc",
        "channelType": "private",
        "data": data,
    }


def _alpaca() -> dict[str, Any]:
    order = {
        "id": _UUID,
        "client_order_id": _ID,
        "created_at": _WHEN,
        "updated_at": _WHEN,
        "submitted_at": _WHEN,
        "symbol": "AAPL",
        "qty": "1",
        "filled_qty": "0",
        "order_class": "simple",
        "type": "limit",
        "side": "buy",
        "time_in_force": "gtc",
        "limit_price": f"85{_TICK}.5",
        "status": "new",
        "extended_hours": False,
    }
    data = {"event": "new", "timestamp": _WHEN, "order": order}
    return {"stream": "trade_updates", "data": data}


def _coinbase() -> dict[str, Any]:
    order = {
        "order_id": _ID,
        "client_order_id": f"ext-{_ID}",
        "product_id": "BTC-USD",
        "order_side": "BUY",
        "order_type": "Limit",
        "status": "OPEN",
        "limit_price": f"85{_TICK}.5",
        "leaves_quantity": "0.125",
        "cumulative_quantity": "0",
        "avg_price": "0",
        "total_fees": "0",
        "creation_time": _WHEN,
    }
    event = {"type": "update", "orders": [order], "positions": {}}
    return {
        "channel": "user",
        "client_id": "",
        "timestamp": _WHEN,
        "sequence_num": _INT,
        "events": [event],
    }


FORMS: dict[str, OrderForm] = {
    "alpaca": OrderForm(_alpaca(), "data", "order"),
    "binance": OrderForm(_binance(), "o"),
    "binance-combined": OrderForm({"stream": "bench-key", "data": _binance()}, "data", "o"),
    "bybit": OrderForm(_bybit(), "data", 0),
    "coinbase": OrderForm(_coinbase(), "events", 0, "orders", 0),
    "hyperliquid": OrderForm(_hyperliquid(), "data", 0, "order"),
    "kucoin": OrderForm(_kucoin(), "data"),
    "sixmm": OrderForm(_sixmm(), "data"),
}
"""The forms by the name of their dialect."""
