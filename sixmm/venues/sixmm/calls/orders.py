"""The calls that ask for orders, condition orders, strategies and trades."""

from __future__ import annotations

from ...base import Call
from .. import rest_schema as rest
from ..enums import OrderSideCode, OrderType, OrderTypeCode, Side
from .arguments import (
    Time,
    as_,
    code,
    id_text,
    integer,
    needed,
    span_and_page,
    symbol_text,
)
from .endpoints import make_call
from .members import which_order

__all__ = [
    "condition_order_history",
    "current_condition_orders",
    "current_orders",
    "order",
    "order_history",
    "strategy",
    "trades",
]


def order(*, symbol: str, order_id: str | None = None, client_order_id: str | None = None) -> Call:
    """Return the call for one order; given both ids, it has to match both (rule 52)."""
    query = {
        "symbol": needed(symbol_text(symbol), "symbol"),
        **which_order(order_id, client_order_id),
    }
    return make_call("getOrder", query=query, result=as_(rest.OrderRow))


def current_orders(
    *, symbol: str | None = None, limit: int | None = None, last_order_id: str | None = None
) -> Call:
    """Return the call for open orders; ``last_order_id`` is the last one that is known."""
    query = {
        "symbol": symbol_text(symbol),
        "limit": integer(limit, "limit", least=1),
        "lastOrderId": id_text(last_order_id),
    }
    return make_call("getCurrentOrders", query=query, result=as_(rest.OrderPage))


def order_history(
    *,
    symbol: str | None = None,
    order_id: str | None = None,
    client_order_id: str | None = None,
    type: OrderTypeCode | OrderType | str | int | None = None,
    side: OrderSideCode | Side | str | int | None = None,
    status: int | None = None,
    start_time: Time | None = None,
    end_time: Time | None = None,
    page: int | None = None,
    page_size: int | None = None,
) -> Call:
    """Return the call for past orders; its filters are sent as numbers (rule 63)."""
    query = {
        "symbol": symbol_text(symbol),
        "orderId": id_text(order_id),
        "clientOrderId": id_text(client_order_id, "a client order id"),
        "type": code(type, OrderTypeCode, "type"),
        "side": code(side, OrderSideCode, "side"),
        "status": integer(status, "status"),
        **span_and_page(start_time, end_time, page, page_size),
    }
    return make_call("getOrderHistory", query=query, result=as_(rest.OrderPage))


def trades(
    *,
    symbol: str | None = None,
    order_id: str | None = None,
    start_time: Time | None = None,
    end_time: Time | None = None,
    page: int | None = None,
    page_size: int | None = None,
) -> Call:
    """Return the call for the caller's trades; pages count from 1 (rule 64)."""
    query = {
        "symbol": symbol_text(symbol),
        "orderId": id_text(order_id),
        **span_and_page(start_time, end_time, page, page_size),
    }
    return make_call("getTrades", query=query, result=as_(rest.TradePage))


def current_condition_orders(*, symbol: str | None = None) -> Call:
    """Return the call for the condition orders that wait."""
    return make_call(
        "getCurrentConditionOrders",
        query={"symbol": symbol_text(symbol)},
        result=as_(rest.ConditionPage),
    )


def condition_order_history(
    *,
    symbol: str | None = None,
    side: OrderSideCode | Side | str | int | None = None,
    status: int | None = None,
    start_time: Time | None = None,
    end_time: Time | None = None,
    page: int | None = None,
    page_size: int | None = None,
) -> Call:
    """Return the call for past condition orders; its filters are sent as numbers (rule 63)."""
    query = {
        "symbol": symbol_text(symbol),
        "side": code(side, OrderSideCode, "side"),
        "status": integer(status, "status"),
        **span_and_page(start_time, end_time, page, page_size),
    }
    return make_call("getConditionOrderHistory", query=query, result=as_(rest.ConditionPage))


def strategy(strategy_id: str) -> Call:
    """Return the call for one strategy and its legs."""
    return make_call(
        "getStrategyOrder",
        query={"strategyId": needed(id_text(strategy_id, "a strategy id"), "strategy_id")},
        result=as_(rest.StrategyRow),
    )
