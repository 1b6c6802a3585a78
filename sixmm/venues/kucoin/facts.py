"""What the events of the streams tell about the account, in the terms of the mirror.

An order message that tells of a match tells a fill as well, but for the unified stream, where the
executions do. A position message may tell a few figures only: what it leaves out is None, and the
mirror keeps what it knows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from operator import attrgetter
from typing import Any

from ...events import Event
from ...state.models import Facts, Fill
from ...state.pushes import AccountPush, OrderPush
from ...state.values import BalanceValues, FillValues, OrderValues, PositionValues
from .enums import OrderEvent, OrderStatus
from .kinds import ms_of
from .stream_schema import (
    AccountBalanceUpdate,
    FuturesOrderUpdate,
    FuturesPositionUpdate,
    IsolatedPositionUpdate,
    MarginDebtRatio,
    ProBalanceUpdate,
    ProExecution,
    ProOrderUpdate,
    ProPositionUpdate,
    SpotOrderUpdate,
    WalletBalanceUpdate,
)
from .words import (
    ONLY_SIDE,
    RANKS,
    OrderWord,
    amount_or_none,
    balance_key,
    fill_key,
    plain,
    pro_quantity,
    pro_word,
    set_leverage,
)

__all__ = ["POSITION_DETAIL", "PRO_POSITION_DETAIL", "facts_of", "word_of"]

POSITION_DETAIL = (
    "mark_price",
    "mark_value",
    "maint_margin",
    "real_leverage",
    "unrealised_pnl",
    "unrealised_pnl_percent",
    "unrealised_roe_percent",
    "deleverage_percentage",
)
"""The figures of a futures position that follow the mark price.

Each message about it has all of them, so that they are replaced together; others would be lost.
"""

PRO_POSITION_DETAIL = (
    "position_value",
    "mark_price",
    "unrealised_pnl",
    "realised_pnl",
    "initial_margin",
    "maintenance_margin_rate",
    "maintenance_margin",
)
"""The same of a position of the unified account."""

_detail_of: Callable[[Any], tuple[object, ...]] = attrgetter(*POSITION_DETAIL)
_pro_detail_of: Callable[[Any], tuple[object, ...]] = attrgetter(*PRO_POSITION_DETAIL)
_ZERO = Decimal(0)
_PUSH_TIME = re.compile(r'"pt":[0-9]+')
"""When a message was pushed, which need not be the same on two connections that both bring it."""


def facts_of(event: Event) -> Facts | None:
    """Return what an event tells about the account, or None where it tells nothing.

    A balance of an account that the message does not name tells nothing that could be kept, and so
    does a position of an unnamed symbol.
    """
    read = _READERS.get(type(event))
    return None if read is None else read(event)


# Orders and fills


def word_of(event: SpotOrderUpdate | FuturesOrderUpdate) -> OrderWord:
    """Return where an order is after a message; what was filled says how it ended."""
    if event.has_ended:
        return OrderWord.FILLED if event.is_filled else OrderWord.CANCELED
    if event.status == OrderStatus.NEW or event.type == OrderEvent.RECEIVED:
        return OrderWord.NEW
    return OrderWord.MATCH if event.filled_size else OrderWord.OPEN


def _spot_order(event: SpotOrderUpdate) -> Facts:
    word = word_of(event)
    order: OrderValues = (
        event.order_id,
        word,
        RANKS[word],
        event.client_oid,
        event.symbol,
        event.side,
        None,
        event.order_type,
        None,
        amount_or_none(event.price),
        amount_or_none(event.size) or amount_or_none(event.origin_size),
        event.filled_size,
        None,
        event.order_time_ms,
        ms_of(event.ts_ns),
        "",
    )
    text = event.raw if event.push_time_ms is None else _PUSH_TIME.sub("", event.raw)
    return OrderPush(event.ts, text, order, _match(event, None))


def _futures_order(event: FuturesOrderUpdate) -> Facts:
    word = word_of(event)
    order: OrderValues = (
        event.order_id,
        word,
        RANKS[word],
        event.client_oid,
        event.symbol,
        event.side,
        event.position_side,
        event.order_type,
        None,
        amount_or_none(event.price),
        amount_or_none(event.size),
        event.filled_size,
        None,
        ms_of(event.order_time_ns),
        ms_of(event.ts_ns),
        "",
    )
    return OrderPush(event.ts, event.raw, order, _match(event, event.position_side))


def _match(
    event: SpotOrderUpdate | FuturesOrderUpdate, position_side: str | None
) -> FillValues | None:
    """Return the fill of a match; one without size or price is left to the next comparison."""
    if event.type != OrderEvent.MATCH or event.trade_id is None:
        return None
    if event.match_size is None or event.match_price is None:
        return None
    return (
        fill_key(event.symbol, event.trade_id, event.order_id),
        event.order_id,
        event.trade_id,
        event.symbol,
        event.side,
        position_side,
        event.liquidity,
        event.match_price,
        event.match_size,
        None,
        None,
        None,
        event.ts or None,
        "",
    )


def _pro_order(event: ProOrderUpdate) -> Facts:
    word = pro_word(event.status, event.filled_size)
    order: OrderValues = (
        event.order_id,
        word,
        RANKS[word],
        event.client_oid,
        event.symbol,
        event.side,
        event.position_side,
        event.order_type,
        event.time_in_force,
        amount_or_none(event.price),
        pro_quantity(event.quantity, event.quantity_unit),
        event.filled_size,
        amount_or_none(event.average_price),
        ms_of(event.created_at_ns),
        ms_of(event.updated_at_ns),
        "",
    )
    return OrderPush(event.ts, event.raw, order, None)


def _execution(event: ProExecution) -> Facts | None:
    trade_id, order_id = event.trade_id, event.order_id or "0"
    if trade_id is None:
        return None
    fill = Fill(
        fill_id=fill_key(event.symbol, trade_id, order_id),
        order_id=order_id,
        trade_id=trade_id,
        symbol=event.symbol,
        side=plain(event.side),
        role=plain(event.liquidity),
        price=event.price,
        quantity=event.quantity,
        fee=event.fee,
        realized_pnl=event.closed_pnl,
        time_ms=ms_of(event.executed_at_ns) or event.ts or None,
    )
    return Facts(ts_ms=event.ts, push=event.raw, fills=(fill,))


# Balances


def _spot_balance(event: AccountBalanceUpdate) -> Facts | None:
    if event.account is None:
        return None
    return _balances(event, [_balance(event.account, event.currency, event.total, event.hold)])


def _wallet(event: WalletBalanceUpdate) -> Facts:
    margins = (event.cross_order_margin, event.isolated_order_margin)
    told = [margin for margin in margins if margin is not None]
    frozen = sum(told, _ZERO) if told else None
    return _balances(event, [_balance("futures", event.currency, event.wallet_balance, frozen)])


def _pro_balance(event: ProBalanceUpdate) -> Facts:
    account = (event.account_type or "unified").lower()
    return _balances(event, [_balance(account, event.currency, event.balance, event.hold)])


def _cross_margin(event: MarginDebtRatio) -> Facts | None:
    rows = [_balance("margin", row.currency, row.total, row.hold) for row in event.assets]
    return _balances(event, rows) if rows else None


def _isolated_margin(event: IsolatedPositionUpdate) -> Facts | None:
    if event.symbol is None or not event.change_assets:
        return None
    account = f"isolated_{event.symbol}"
    return _balances(
        event,
        [_balance(account, row.currency, row.total, row.hold) for row in event.change_assets],
    )


def _balance(
    account: str, currency: str, wallet: Decimal | None, frozen: Decimal | None
) -> BalanceValues:
    return (balance_key(account, currency), wallet, frozen, None, "")


def _balances(event: Event, rows: list[BalanceValues]) -> Facts:
    return AccountPush(event.ts, event.raw, [], rows)


# Positions


def _position(event: FuturesPositionUpdate) -> Facts | None:
    if event.symbol is None:
        return None
    quantity = event.current_qty
    if quantity is None and event.is_open is False:
        quantity = _ZERO
    values: PositionValues = (
        event.symbol,
        str(event.position_side or ONLY_SIDE),
        quantity,
        event.avg_entry_price,
        event.margin_mode,
        set_leverage(event.leverage, event.margin_mode),
        _detail_of(event),
        "",
    )
    return AccountPush(event.ts, event.raw, [values], [])


def _pro_position(event: ProPositionUpdate) -> Facts | None:
    if event.symbol is None:
        return None
    values: PositionValues = (
        event.symbol,
        str(event.position_side or ONLY_SIDE),
        event.quantity,
        event.entry_price,
        event.margin_mode,
        set_leverage(event.leverage, event.margin_mode),
        _pro_detail_of(event),
        "",
    )
    return AccountPush(event.ts, event.raw, [values], [])


_READERS: Mapping[type[Event], Callable[[Any], Facts | None]] = {
    SpotOrderUpdate: _spot_order,
    FuturesOrderUpdate: _futures_order,
    ProOrderUpdate: _pro_order,
    ProExecution: _execution,
    AccountBalanceUpdate: _spot_balance,
    WalletBalanceUpdate: _wallet,
    ProBalanceUpdate: _pro_balance,
    MarginDebtRatio: _cross_margin,
    IsolatedPositionUpdate: _isolated_margin,
    FuturesPositionUpdate: _position,
    ProPositionUpdate: _pro_position,
}
