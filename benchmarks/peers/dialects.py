"""How each exchange talks before it pushes: what its server greets with, answers and serves.

A dialect is as much of an exchange as one client needs until its user has an open private stream;
a subscription that it asks for is granted, whoever asks.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import attrs

from ..canned import LISTEN_KEY, reply_to
from .orders import FORMS, OrderForm

__all__ = ["DIALECTS", "KEY", "Dialect"]

KEY = "bench-key"
"""The listenKey, token or stream name that the servers give and take."""

Request = Mapping[str, Any]


def _never(_: Any) -> bool:
    return False


def _silent(_: Request) -> object:
    return None


def _nothing(_path: str, _host: str) -> object:
    return {}


@attrs.frozen(kw_only=True)
class Dialect:
    """What the local server says for one exchange.

    Args:
        orders: the order updates.
        rest: takes the path of a REST call and the server's own ``host:port``, returns the reply:
            bytes as they are, anything else as JSON.
        greeting: is sent as soon as a connection is up; None is nothing.
        answer: takes a message of the client, returns the reply or None for none.
        opened_by_address: whether the address of a connection makes it a private stream.
        opened_by_message: whether a message of the client does.
    """

    orders: OrderForm
    rest: Callable[[str, str], object] = _nothing
    greeting: object = None
    answer: Callable[[Request], object] = _silent
    opened_by_address: Callable[[str], bool] = _never
    opened_by_message: Callable[[Request], bool] = _never


# 6MM


def _sixmm_rest(path: str, _host: str) -> object:
    return reply_to(path)


def _sixmm_answer(request: Request) -> object:
    if request.get("op") == "ping":
        return {"id": request["id"], "event": "pong", "success": True, "data": _now_ms()}
    reply = {"id": request["id"], "event": request["op"], "success": True}
    return {**reply, "data": request["args"]}


# Binance: a key by REST, then the stream of that address, or a subscription to the key


def _binance_rest(path: str, _host: str) -> object:
    if path.endswith("/listenKey"):
        return {"listenKey": KEY}
    return {"serverTime": _now_ms()} if path.endswith("/time") else {}


def _binance_answer(request: Request) -> object:
    return {"result": None, "id": request["id"]}


# Bybit


def _bybit_answer(request: Request) -> object:
    reply = {"success": True, "op": request["op"], "conn_id": "bench"}
    return {**reply, "ret_msg": "", "req_id": request.get("req_id", "")}


# Hyperliquid


def _hyperliquid_answer(request: Request) -> object:
    if request.get("method") == "ping":
        return {"channel": "pong"}
    return {"channel": "subscriptionResponse", "data": request}


# KuCoin: a token and the address of the stream by REST, a welcome, an acknowledged subscription


def _kucoin_rest(_path: str, host: str) -> object:
    server = {
        "endpoint": f"ws://{host}/",
        "encrypt": False,
        "protocol": "websocket",
        "pingInterval": 18_000,
        "pingTimeout": 10_000,
    }
    return {"code": "200000", "data": {"token": KEY, "instanceServers": [server]}}


def _kucoin_answer(request: Request) -> object:
    return {"id": request["id"], "type": "pong" if request["type"] == "ping" else "ack"}


# Alpaca


def _alpaca_answer(request: Request) -> object:
    if request["action"] == "listen":
        return {"stream": "listening", "data": request["data"]}
    done = {"status": "authorized", "action": "authenticate"}
    return {"stream": "authorization", "data": done}


# Coinbase


def _coinbase_answer(request: Request) -> object:
    granted = {request["channel"]: request.get("product_ids", [])}
    return {
        "channel": "subscriptions",
        "client_id": "",
        "timestamp": "2026-02-25T08:23:35.123456Z",
        "sequence_num": 0,
        "events": [{"subscriptions": granted}],
    }


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


DIALECTS: dict[str, Dialect] = {
    "alpaca": Dialect(
        orders=FORMS["alpaca"],
        answer=_alpaca_answer,
        opened_by_message=lambda request: request["action"] == "listen",
    ),
    "binance": Dialect(
        orders=FORMS["binance"],
        rest=_binance_rest,
        answer=_binance_answer,
        opened_by_address=lambda target: KEY in target,
    ),
    "binance-combined": Dialect(
        orders=FORMS["binance-combined"],
        answer=_binance_answer,
        opened_by_message=lambda request: KEY in request["params"],
    ),
    "bybit": Dialect(
        orders=FORMS["bybit"],
        answer=_bybit_answer,
        opened_by_message=lambda request: request["op"] == "subscribe",
    ),
    "coinbase": Dialect(
        orders=FORMS["coinbase"],
        answer=_coinbase_answer,
        opened_by_message=lambda request: request["channel"] == "user",
    ),
    "hyperliquid": Dialect(
        orders=FORMS["hyperliquid"],
        answer=_hyperliquid_answer,
        opened_by_message=lambda request: request["method"] == "subscribe",
    ),
    "kucoin": Dialect(
        orders=FORMS["kucoin"],
        rest=_kucoin_rest,
        greeting={"id": "bench", "type": "welcome"},
        answer=_kucoin_answer,
        opened_by_message=lambda request: request["type"] == "subscribe",
    ),
    "sixmm": Dialect(
        orders=FORMS["sixmm"],
        rest=_sixmm_rest,
        greeting={"event": "auth", "success": True, "data": "1188041528"},
        answer=_sixmm_answer,
        opened_by_address=lambda target: LISTEN_KEY in target,
    ),
}
"""The dialects by name."""
