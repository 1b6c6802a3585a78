"""The calls about normal orders and trades."""

from __future__ import annotations

from typing import Any

from ....errors import ConfigurationError
from ...base import Auth, Call
from .. import rest_schema as rest
from .arguments import (
    Amount,
    amount,
    as_,
    given,
    id_text,
    integer,
    plain_object,
    query_pairs,
    result_of,
    symbol_text,
    word,
)

__all__ = [
    "amend_order",
    "cancel_all_orders",
    "cancel_order",
    "current_orders",
    "order",
    "order_history",
    "place_order",
    "trades",
]


def place_order(
    *,
    symbol: str,
    side: str,
    type: str,
    position_side: str | None = None,
    price: Amount | None = None,
    quantity: Amount | None = None,
    time_in_force: str | None = None,
    reduce_only: bool | None = None,
    maker_only: bool | None = None,
    close_position: bool | None = None,
    client_order_id: str | None = None,
    place_type: str | None = None,
    price_type: int | None = None,
) -> Call:
    """Return the call that submits a limit or market order.

    Give every order its own ``client_order_id``, so that its state can be asked for after a broken
    connection (rule 45). What is left out takes the exchange's default (rule 47).

    Raises:
        ConfigurationError: a limit order has neither price nor ``price_type``, or there is no
            quantity although the position is not to be closed (rule 46).
    """
    if type == "LIMIT" and price is None and not price_type:
        raise ConfigurationError("a LIMIT order needs a price")
    if quantity is None and not close_position:
        raise ConfigurationError("quantity may be left out only with close_position=True")
    body = {
        "symbol": symbol_text(symbol),
        "type": word(type, "an order type"),
        "side": word(side, "a side"),
        "positionSide": word(position_side, "a position side"),
        "price": amount(price),
        "quantity": amount(quantity),
        "timeInForce": word(time_in_force, "a time in force"),
        "reduceOnly": reduce_only,
        "makerOnly": maker_only,
        "closePosition": close_position,
        "clientOrderId": id_text(client_order_id, "a client order id"),
        "placeType": word(place_type, "a place type"),
        "priceType": integer(price_type, "price_type"),
    }
    return Call(
        operation="placeOrder",
        method="POST",
        path="/v1/private/order/place",
        body=given(body),
        auth=Auth.ACCOUNT,
        writes=True,
        result=as_(rest.PlacedOrder),
    )


def _which(order_id: str | None, client_order_id: str | None) -> dict[str, Any]:
    if order_id is None and client_order_id is None:
        raise ConfigurationError("give order_id or client_order_id")
    return {
        "orderId": id_text(order_id),
        "clientOrderId": id_text(client_order_id, "a client order id"),
    }


def cancel_order(
    *, symbol: str, order_id: str | None = None, client_order_id: str | None = None
) -> Call:
    """Return the call that withdraws an order (rule 53); the reply does not say it is done (59)."""
    return Call(
        operation="cancelOrder",
        method="POST",
        path="/v1/private/order/cancel",
        body=given({"symbol": symbol_text(symbol), **_which(order_id, client_order_id)}),
        auth=Auth.ACCOUNT,
        writes=True,
        result=lambda data: result_of(rest.CancelReply, plain_object(data)),
    )


def amend_order(
    *, symbol: str, order_id: str, price: Amount | None = None, quantity: Amount | None = None
) -> Call:
    """Return the call that changes a resting order; ``quantity`` is the new total (rule 54)."""
    if price is None and quantity is None:
        raise ConfigurationError("give a new price, a new quantity, or both")
    body = {
        "symbol": symbol_text(symbol),
        "orderId": id_text(order_id),
        "price": amount(price),
        "quantity": amount(quantity),
    }
    return Call(
        operation="amendOrder",
        method="POST",
        path="/v1/private/order/move",
        body=given(body),
        auth=Auth.ACCOUNT,
        writes=True,
        result=lambda data: result_of(rest.CancelReply, plain_object(data)),
    )


def cancel_all_orders(*, symbol: str | None = None, cancel_type: int | None = None) -> Call:
    """Return the call that withdraws every order of a kind; it is asynchronous (rules 57, 58)."""
    body = {"symbol": symbol_text(symbol), "cancelType": integer(cancel_type, "cancel_type")}
    return Call(
        operation="cancelAllOrders",
        method="POST",
        path="/v1/private/order/batch-cancel-all",
        body=given(body),
        auth=Auth.ACCOUNT,
        writes=True,
        result=plain_object,
    )


def order(*, symbol: str, order_id: str | None = None, client_order_id: str | None = None) -> Call:
    """Return the call for one order; given both ids, it has to match both (rule 52)."""
    return Call(
        operation="getOrder",
        method="GET",
        path="/v1/private/order",
        query=query_pairs({"symbol": symbol_text(symbol), **_which(order_id, client_order_id)}),
        auth=Auth.ACCOUNT,
        result=as_(rest.OrderRow),
    )


def current_orders(
    *, symbol: str | None = None, limit: int | None = None, last_order_id: str | None = None
) -> Call:
    """Return the call for open orders; ``last_order_id`` is the last one that is known."""
    query = {
        "symbol": symbol_text(symbol),
        "limit": integer(limit, "limit"),
        "lastOrderId": id_text(last_order_id),
    }
    return Call(
        operation="getCurrentOrders",
        method="GET",
        path="/v1/private/order/current",
        query=query_pairs(query),
        auth=Auth.ACCOUNT,
        result=as_(rest.OrderPage),
    )


def order_history(
    *,
    symbol: str | None = None,
    order_id: str | None = None,
    client_order_id: str | None = None,
    type: int | None = None,
    side: int | None = None,
    status: int | None = None,
    start_time: int | None = None,
    end_time: int | None = None,
    page: int | None = None,
    page_size: int | None = None,
) -> Call:
    """Return the call for past orders; its filters are numbers (rule 63), times are in ms."""
    query = {
        "symbol": symbol_text(symbol),
        "orderId": id_text(order_id),
        "clientOrderId": id_text(client_order_id, "a client order id"),
        "type": integer(type, "type"),
        "side": integer(side, "side"),
        "status": integer(status, "status"),
        **_page(start_time, end_time, page, page_size),
    }
    return Call(
        operation="getOrderHistory",
        method="GET",
        path="/v1/private/order/history",
        query=query_pairs(query),
        auth=Auth.ACCOUNT,
        result=as_(rest.OrderPage),
    )


def trades(
    *,
    symbol: str | None = None,
    order_id: str | None = None,
    start_time: int | None = None,
    end_time: int | None = None,
    page: int | None = None,
    page_size: int | None = None,
) -> Call:
    """Return the call for the caller's trades; times are in ms, pages count from 1 (rule 64)."""
    query = {
        "symbol": symbol_text(symbol),
        "orderId": id_text(order_id),
        **_page(start_time, end_time, page, page_size),
    }
    return Call(
        operation="getTrades",
        method="GET",
        path="/v1/private/order/trades",
        query=query_pairs(query),
        auth=Auth.ACCOUNT,
        result=as_(rest.TradePage),
    )


def _page(
    start_time: int | None, end_time: int | None, page: int | None, page_size: int | None
) -> dict[str, Any]:
    return {
        "startTime": integer(start_time, "start_time"),
        "endTime": integer(end_time, "end_time"),
        "page": integer(page, "page"),
        "pageSize": integer(page_size, "page_size"),
    }
