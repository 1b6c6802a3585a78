"""The rows that REST replies and private pushes are made of.

REST names and stream names are kept apart on purpose (rule 79): an order row has ``status``
where a push has ``orderStatus``, an asset row has ``frozenMargin`` where a push has
``frozenBalance``.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from .account import Account
from .margin import (
    break_even_price,
    initial_margin,
    liq_price_cross,
    liq_price_isolated,
    maintenance,
    unrealized,
)
from .market import Market
from .numbers import ZERO, plain, ratio
from .orders import Order
from .position import Position

__all__ = [
    "Row",
    "asset_row",
    "balance_push",
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
    profit = unrealized(position.size, position.cost, market.mark_price)
    margin = initial_margin(position.cost, settings.leverage)
    need = maintenance(position.size, market.mark_price, market.spec.maintenance_rate)
    equity = _other_equity(account, position, markets)
    isolated = settings.margin_mode == "ISOLATED"
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
        "nextFundingFee": "0",
        "fundingFeeAccum": "0",
        "tpPrice": "0",
        "slPrice": "0",
    }


def _liq_price(
    position: Position, market: Market, leverage: int, equity: Decimal | None
) -> Decimal:
    """Return the liquidation price; without `equity` the position stands alone (isolated)."""
    if not position.size:
        return ZERO
    rate = market.spec.maintenance_rate
    if equity is None:
        return liq_price_isolated(position.size, position.entry_price, leverage, rate)
    return liq_price_cross(position.size, position.cost, equity, rate)


def _other_equity(account: Account, own: Position, markets: dict[str, Market]) -> Decimal:
    """Return what the cross positions share, without `own`.

    That is the wallet, less the margin that isolated positions have to themselves, plus the
    open profit and less the maintenance of every other cross position.
    """
    equity = account.wallet
    for other in account.positions.values():
        if other is own or not other.size:
            continue
        settings = account.settings[other.symbol]
        market = markets[other.symbol]
        if settings.margin_mode == "ISOLATED":
            equity -= initial_margin(other.cost, settings.leverage)
        else:
            mark, rate = market.mark_price, market.spec.maintenance_rate
            equity += unrealized(other.size, other.cost, mark)
            equity -= maintenance(other.size, mark, rate)
    return equity
