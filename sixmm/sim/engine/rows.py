"""The rows that REST replies and private pushes are made of.

REST names and stream names are kept apart on purpose (rule 79): an order row has ``status``
where a push has ``orderStatus``, an asset row has ``frozenMargin`` where a push has
``frozenBalance``.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from .account import Account
from .closing import ClosedPosition
from .condition import Condition
from .funding import funding_fee
from .margin import break_even_price, liq_price_cross, liq_price_isolated
from .market import Market
from .numbers import ZERO, plain, ratio
from .orders import Order
from .position import Position
from .tiers import maintenance_terms
from .valuing import cross_equity, is_isolated, maintenance_need, margin_of, profit_of

__all__ = [
    "Row",
    "asset_row",
    "balance_push",
    "closed_position_row",
    "condition_row",
    "fill_fields",
    "order_push",
    "order_row",
    "position_row",
]

Row = dict[str, Any]


def _order_fields(order: Order) -> Row:
    return {
        "orderId": order.order_id,
        "clientOrderId": order.client_order_id,
        "symbol": order.symbol,
        "side": order.side,
        "positionSide": order.position_side,
        "type": order.type,
        "timeInForce": order.time_in_force,
        "price": plain(order.price),
        "quantity": plain(order.quantity),
        "executedQuantity": plain(order.executed),
        "averagePrice": plain(order.average_price),
        "reduceOnly": order.reduce_only,
        "makerOnly": order.maker_only,
        "closePosition": order.close_position,
        "createdAt": order.created_at,
        "updatedAt": order.updated_at,
    }


def order_row(order: Order) -> Row:
    """Return the order as REST shows it."""
    return {**_order_fields(order), "status": order.status}


def order_push(order: Order, fill: Row | None) -> Row:
    """Return the ``data`` of an ORDER_TRADE_UPDATE; `fill` holds the fields of exactly one fill."""
    head = {"eventType": "ORDER_TRADE_UPDATE", "orderStatus": order.status}
    return {**head, **_order_fields(order), **(fill or {})}


def fill_fields(row: Row) -> Row:
    """Return the fields of a fill as a push has them, from the row of the trades call."""
    same = ("fillId", "tradeId", "roleType", "tradeValue", "handlingFee", "realizedPnl")
    fields = {name: row[name] for name in same}
    fields["lastPrice"] = row["price"]
    fields["lastQuantity"] = row["quantity"]
    return fields


def asset_row(account: Account) -> Row:
    """Return the balance as the asset call shows it."""
    return {
        "userId": account.user_id,
        "assetType": account.asset,
        "walletBalance": plain(account.wallet),
        "frozenMargin": plain(account.frozen),
        "usedMargin": plain(account.used),
    }


def balance_push(account: Account) -> Row:
    """Return the balance as an ACCOUNT_UPDATE shows it."""
    return {
        "assetType": account.asset,
        "walletBalance": plain(account.wallet),
        "frozenBalance": plain(account.frozen),
        "usedMargin": plain(account.used),
    }


def position_row(account: Account, position: Position, markets: dict[str, Market]) -> Row:
    """Return the position with the figures of this moment's mark price."""
    market = markets[position.symbol]
    settings = account.settings[position.symbol]
    profit, margin = profit_of(position, market), margin_of(account, position)
    need = maintenance_need(position, market)
    equity = cross_equity(account, markets, without=position)
    isolated = is_isolated(account, position.symbol)
    rate = market.funding_rate
    return {
        "symbol": position.symbol,
        "marginMode": settings.margin_mode,
        "positionSide": position.side,
        "leverage": settings.leverage,
        "quantity": plain(position.wire_quantity),
        "entryPrice": plain(position.entry_price),
        "breakEvenPrice": plain(break_even_price(position.size, position.cost, position.fees)),
        "liqPrice": plain(
            _liq_price(position, market, settings.leverage, None if isolated else equity)
        ),
        "marginRatio": plain(ratio(need, (margin if isolated else equity) + profit)),
        "unrealizedPnl": plain(profit),
        "roe": plain(ratio(profit, margin)),
        "nextFundingFee": plain(funding_fee(position.size, market.mark_price, rate)),
        "fundingFeeAccum": plain(position.funding),
        "tpPrice": plain(_guard(account, position, "TAKE_PROFIT")),
        "slPrice": plain(_guard(account, position, "STOP")),
    }


def _guard(account: Account, position: Position, kind: str) -> Decimal:
    """Return the stop price of the oldest waiting order of that kind that reduces the position."""
    found = (
        one.stop_price
        for one in account.waiting.values()
        if one.type.startswith(kind)
        and one.leg == position.leg
        and one.reduces
        and one.sign * position.direction < 0
    )
    return next(found, ZERO)


def _liq_price(
    position: Position, market: Market, leverage: int, equity: Decimal | None
) -> Decimal:
    """Return the liquidation price; without `equity` the position stands alone (isolated).

    The tier is that of today's mark price, also where the liquidation price is in another.
    """
    if not position.size:
        return ZERO
    value = position.held * market.mark_price
    rate, deduction = maintenance_terms(market.spec.tiers, value)
    if equity is None:
        price = liq_price_isolated(position.size, position.entry_price, leverage, rate)
        return max(ZERO, price - ratio(deduction, position.size))
    return liq_price_cross(position.size, position.cost, equity + deduction, rate)


def closed_position_row(closed: ClosedPosition) -> Row:
    """Return a closed position as the position history shows it (rules 67 and 69)."""
    return {
        "symbol": closed.symbol,
        "positionSide": closed.side,
        "leverage": closed.leverage,
        "maxQuantity": plain(closed.max_quantity),
        "entryPrice": plain(closed.entry_price),
        "closePrice": plain(closed.close_price),
        "pnl": plain(closed.pnl),
        "roe": plain(closed.roe),
        "marginMode": closed.margin_mode,
        "triggerMode": closed.trigger_mode,
        "fundingFeeAccum": plain(closed.funding),
        "openedAt": closed.opened_at,
        "closedAt": closed.closed_at,
    }


def condition_row(one: Condition) -> Row:
    """Return a condition order as REST shows it; figures that were not given are zero."""
    return {
        "conditionId": one.condition_id,
        "conditionStatus": one.status,
        "orderId": one.order_id,
        "strategyId": one.strategy_id,
        "clientOrderId": one.client_order_id,
        "symbol": one.symbol,
        "type": one.type,
        "side": one.side,
        "positionSide": one.position_side,
        "price": plain(one.price),
        "quantity": plain(one.quantity),
        "timeInForce": one.time_in_force,
        "reduceOnly": one.reduce_only,
        "closePosition": one.close_position,
        "stopPrice": plain(one.stop_price),
        "workingType": one.working_type,
        "priceProtect": one.price_protect,
        "activatePrice": plain(one.activate_price),
        "callbackRate": plain(one.callback_rate),
        "createdAt": one.created_at,
        "updatedAt": one.updated_at,
    }
