"""An account with something of everything, and a valid call of every operation."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode

from sixmm.sim import Account, Exchange

from .client import Rest
from .contract import Operation

__all__ = ["Fields", "World", "encoded", "least", "quote_both_sides"]

Fields = dict[str, Any]

SYMBOL, OTHER_SYMBOL = "BTCUSDT", "ETHUSDT"
BID, ASK = 86_000, 87_000
PASSWORD = "pass-word"
LIMIT = {"symbol": SYMBOL, "type": "LIMIT", "side": "BUY", "price": "80000", "quantity": "0.001"}
STOP = {
    "symbol": SYMBOL,
    "type": "STOP_MARKET",
    "side": "BUY",
    "quantity": "0.001",
    "stopPrice": "95000",
}
OTO = {
    "strategyType": "OTO",
    "subOrderList": [
        {"strategySubId": 1, "firstDrivenId": 0, **LIMIT},
        {
            **STOP,
            "strategySubId": 2,
            "firstDrivenId": 1,
            "firstDrivenOn": "FILLED",
            "firstTrigger": "PLACE",
            "side": "SELL",
            "stopPrice": "70000",
        },
    ],
}
_NAMES = itertools.count(1)


def quote_both_sides(exchange: Exchange) -> None:
    """Let somebody else quote five levels and more on both sides."""
    maker = exchange.create_account(username="quotes", balance="100000000")
    exchange.set_leverage(maker, SYMBOL, 5)
    for level in range(8):
        for side, price in (("BUY", BID - level), ("SELL", ASK + level)):
            exchange.place_order(
                maker, symbol=SYMBOL, side=side, type="LIMIT", price=str(price), quantity="40"
            )


class World:
    """One account, logged in by token, that has closed one position and holds another."""

    def __init__(self, exchange: Exchange, rest: Rest, *, hedge: bool = False) -> None:
        """Open the account; `rest` gets the cookie of its login."""
        self.exchange, self.rest = exchange, rest
        self.leg = {"position_side": "LONG"} if hedge else {}
        self.client_order_id = ""
        self.account: Account = exchange.create_account(
            username=f"user-{next(_NAMES)}", password=PASSWORD, balance="1000000", hedge_mode=hedge
        )
        for side in ("BUY", "SELL", "BUY"):
            self.place(side=side, type="MARKET", quantity="0.01")
        self.login()

    def login(self) -> None:
        """Log in, which gives a token and a cookie."""
        body = json.dumps({"username": self.account.username, "password": PASSWORD})
        self.rest.session.cookies.clear()
        data = self.rest.send("POST", "/v1/public/user/login", "", body)["data"]
        self.bearer = f"Bearer {data['accessToken']}"

    def headers(self) -> dict[str, str]:
        """Return a fresh trace id and the token."""
        return {"X_Request_ID": f"trace-{next(_NAMES)}", "Authorization": self.bearer}

    def send(self, operation: Operation, fields: Fields, **headers: str) -> Any:
        """Send a call by token, and return its envelope; its trace id has to come back."""
        sent = {**self.headers(), **headers}
        query, body = encoded(operation, fields)
        envelope = self.rest.send(operation.method, operation.path, query, body, **sent)
        assert envelope["requestId"] == sent["X_Request_ID"]
        return envelope

    def data(self, method: str, path: str, body: Fields) -> Any:
        """Send a call that must succeed, and return its data."""
        text = json.dumps(body)
        envelope = self.rest.send(method, path, "", text, Authorization=self.bearer)
        assert envelope["code"] == 0, envelope
        return envelope["data"]

    def place(self, **options: str) -> Any:
        """Place an order, to buy unless it says something else, and return its row."""
        wanted = {"symbol": SYMBOL, "side": "BUY", **self.leg, **options}
        return self.exchange.place_order(self.account, **wanted)

    def order_id(self) -> str:
        """Place an order that rests, and return its id; `client_order_id` is that of the newest."""
        self.client_order_id = f"own-{next(_NAMES)}"
        row = self.place(
            type="LIMIT", price="80000", quantity="0.001", client_order_id=self.client_order_id
        )
        return str(row["orderId"])

    def condition_id(self) -> str:
        """Place a condition order that waits, and return its id."""
        return str(self.data("POST", "/v1/private/order/place-condition", STOP)["conditionId"])

    def strategy_id(self) -> str:
        """Place a strategy, and return its id."""
        return str(self.data("POST", "/v1/private/order/place-strategy", OTO)["strategyId"])

    def listen_key(self) -> str:
        """Ask for a listen key."""
        return str(self.data("POST", "/v1/private/user/listen-key", {})["listenKey"])

    def key_id(self) -> str:
        """Return the record id of an API key."""
        path = "/v1/private/user/api-key"
        if not (rows := self.data("GET", f"{path}/list", {})["list"]):
            self.data("POST", f"{path}/create", {"label": "mine"})
            rows = self.data("GET", f"{path}/list", {})["list"]
        return str(rows[0]["id"])

    def embed_token(self) -> str:
        """Return an embed token for the channel ``channel-1``."""
        return self.exchange.issue_embed_token(self.account, channel_id="channel-1")


def encoded(operation: Operation, fields: Fields) -> tuple[str, str]:
    """Return query and body of a call."""
    if operation.in_query:
        return urlencode(fields, quote_via=quote), ""
    return "", json.dumps(fields)


def _symbol(_: World) -> Fields:
    return {"symbol": SYMBOL}


def _nothing(_: World) -> Fields:
    return {}


def _after(*preparations: Callable[[World], object]) -> Callable[[World], Fields]:
    """Return a call that needs no fields, only something that was done before it."""

    def call(world: World) -> Fields:
        for prepare in preparations:
            prepare(world)
        return {}

    return call


def _save_favorites(world: World) -> None:
    world.data("POST", "/v1/private/user/favorite-symbols", {"symbols": [SYMBOL]})


def _cancel_condition(world: World) -> None:
    wanted = {"symbol": SYMBOL, "conditionId": world.condition_id()}
    world.data("POST", "/v1/private/order/cancel-condition", wanted)


CALLS: dict[str, Callable[[World], Fields]] = {
    "login": lambda world: {"username": world.account.username, "password": PASSWORD},
    "exchangeTicket": lambda world: {"ticket": world.exchange.issue_ticket(world.account)},
    "exchangeEmbedToken": lambda world: {
        "embedToken": world.embed_token(),
        "channelId": "channel-1",
    },
    "getPnlLeaderboard": lambda _: {"period": "7d"},
    "getFundingRateHistory": _symbol,
    "getKlines": lambda _: {"symbol": SYMBOL, "interval": "1m"},
    "renewListenKey": lambda world: {"listenKey": world.listen_key()},
    "closeListenKey": lambda world: {"listenKey": world.listen_key()},
    "getBalanceHistory": lambda _: {"period": "1D"},
    "getTradeOverview": lambda _: {"type": "1W"},
    "getAssetOverviewTrend": lambda _: {"type": "1W"},
    "saveFavoriteSymbols": lambda _: {"symbols": [SYMBOL, OTHER_SYMBOL]},
    "getFavoriteSymbols": _after(_save_favorites),
    "logout": _after(World.login),
    "createApiKey": lambda _: {"label": "mine"},
    "listApiKeys": _after(World.key_id),
    "updateApiKey": lambda world: {"id": world.key_id()},
    "deleteApiKey": lambda world: {"id": world.key_id()},
    "getOrder": lambda world: {"symbol": SYMBOL, "orderId": world.order_id()},
    "placeOrder": lambda _: dict(LIMIT),
    "placeConditionOrder": lambda _: dict(STOP),
    "placeStrategyOrder": lambda _: dict(OTO),
    "batchPlaceOrders": lambda _: {"orders": [dict(LIMIT), dict(LIMIT)]},
    "cancelOrder": lambda world: {"symbol": SYMBOL, "orderId": world.order_id()},
    "amendOrder": lambda world: {
        "symbol": SYMBOL,
        "orderId": world.order_id(),
        "price": "80001",
        "quantity": "0.002",
    },
    "batchAmendOrders": lambda world: {
        "symbol": SYMBOL,
        "orders": [{"orderId": world.order_id(), "price": "80001", "quantity": "0.002"}],
    },
    "batchCancelOrders": lambda world: {
        "orders": [{"symbol": SYMBOL, "orderId": world.order_id()}]
    },
    "cancelConditionOrder": lambda world: {
        "symbol": SYMBOL,
        "conditionId": world.condition_id(),
    },
    "getCurrentOrders": _after(World.order_id),
    "getCurrentConditionOrders": _after(World.condition_id),
    "getConditionOrderHistory": _after(_cancel_condition),
    "getStrategyOrder": lambda world: {"strategyId": world.strategy_id()},
    "setMarginMode": lambda _: {"symbol": OTHER_SYMBOL, "marginMode": 1},
    "setLeverage": lambda _: {"symbol": OTHER_SYMBOL, "leverage": 10},
    "getPositionSettings": _symbol,
}
"""The least that a call needs to succeed, by operation; those not listed need nothing."""


def least(world: World, operation: Operation) -> Fields:
    """Return the fields of a valid call, with living ids where it takes ids."""
    return CALLS.get(operation.name, _nothing)(world)
