"""What the rows of the REST API tell about the account, in the terms of the mirror.

Rows of the spot and futures API are mirrored without the time of their last change: it is not the
clock that the messages of the stream have, and a message that seems older than a row would be
taken for a late one. How far an order has come, and how much of it was filled, decide instead.
"""

from __future__ import annotations

from decimal import Decimal

from ...state.models import Balance, Fill, Order, Position
from .facts import POSITION_DETAIL, PRO_POSITION_DETAIL
from .kinds import ms_of
from .rest_schema import (
    CrossAccount,
    FuturesAccount,
    FuturesFill,
    FuturesOrder,
    FuturesPosition,
    IsolatedSide,
    ProBalance,
    ProFill,
    ProOrder,
    ProPosition,
    SpotAccount,
    SpotFill,
    SpotOrder,
)
from .words import (
    ONLY_SIDE,
    RANKS,
    OrderWord,
    account_name,
    amount_or_none,
    balance_key,
    fill_key,
    plain,
    pro_quantity,
    pro_word,
    set_leverage,
)

__all__ = [
    "futures_balance",
    "futures_fill",
    "futures_order",
    "futures_position",
    "margin_balance",
    "pro_balance",
    "pro_fill",
    "pro_order",
    "pro_position",
    "spot_balance",
    "spot_fill",
    "spot_order",
]

_ZERO = Decimal(0)


# Orders


def spot_order(row: SpotOrder, *, active: bool | None = None) -> Order:
    """Return the order of a row.

    Args:
        row: the row.
        active: whether the list that it is from has open orders, or None where the row says it.
    """
    is_open = active if active is not None else row.active is not False
    filled, size = row.deal_size or _ZERO, amount_or_none(row.size)
    word = _word(is_open=is_open, filled=filled, size=size)
    quantity = size
    if is_open and row.remain_size:
        # What was cancelled of it is not part of the size that the stream tells.
        quantity = filled + row.remain_size
    return Order(
        order_id=row.order_id,
        status=str(word),
        rank=RANKS[word],
        client_order_id=row.client_oid,
        symbol=row.symbol,
        side=plain(row.side),
        type=plain(row.order_type),
        time_in_force=row.time_in_force,
        price=amount_or_none(row.price),
        quantity=quantity,
        executed_quantity=row.deal_size,
        created_at_ms=row.created_at_ms,
        raw=row.raw,
    )


def _word(*, is_open: bool, filled: Decimal, size: Decimal | None) -> OrderWord:
    if is_open:
        return OrderWord.MATCH if filled else OrderWord.OPEN
    # A market order for an amount of money has no size: any fill is what it was for.
    is_filled = filled > 0 and (size is None or filled >= size)
    return OrderWord.FILLED if is_filled else OrderWord.CANCELED


def futures_order(row: FuturesOrder) -> Order:
    """Return the order of a row."""
    filled = row.filled_size if row.filled_size is not None else row.deal_size
    is_open = row.is_active if row.is_active is not None else row.status != "done"
    size = amount_or_none(row.size)
    word = _word(is_open=is_open, filled=filled or _ZERO, size=size)
    return Order(
        order_id=row.order_id,
        status=str(word),
        rank=RANKS[word],
        client_order_id=row.client_oid,
        symbol=row.symbol,
        side=plain(row.side),
        position_side=plain(row.position_side),
        type=plain(row.order_type),
        time_in_force=row.time_in_force,
        price=amount_or_none(row.price),
        quantity=size,
        executed_quantity=filled,
        average_price=amount_or_none(row.average_price),
        created_at_ms=row.created_at_ms or ms_of(row.order_time_ns),
        raw=row.raw,
    )


def pro_order(row: ProOrder) -> Order:
    """Return the order of a row; its times are those of the stream."""
    word = pro_word(row.status, row.filled_size)
    return Order(
        order_id=row.order_id,
        status=str(word),
        rank=RANKS[word],
        client_order_id=row.client_oid,
        symbol=row.symbol,
        side=plain(row.side),
        position_side=plain(row.position_side),
        type=plain(row.order_type),
        time_in_force=row.time_in_force,
        price=amount_or_none(row.price),
        quantity=pro_quantity(row.size, row.size_unit),
        executed_quantity=row.filled_size,
        average_price=amount_or_none(row.average_price),
        created_at_ms=ms_of(row.order_time_ns),
        updated_at_ms=ms_of(row.updated_at_ns),
        raw=row.raw,
    )


# Fills


def spot_fill(row: SpotFill) -> Fill:
    """Return the fill of a row, with its fee."""
    trade_id = row.trade_id or row.fill_id or ""
    return Fill(
        fill_id=fill_key(row.symbol, trade_id, row.order_id),
        order_id=row.order_id,
        trade_id=trade_id,
        symbol=row.symbol,
        side=plain(row.side),
        role=plain(row.liquidity),
        price=row.price,
        quantity=row.size,
        value=row.funds,
        fee=row.fee,
        time_ms=row.created_at_ms,
        raw=row.raw,
    )


def futures_fill(row: FuturesFill) -> Fill:
    """Return the fill of a row, with its fee."""
    return Fill(
        fill_id=fill_key(row.symbol, row.trade_id, row.order_id),
        order_id=row.order_id,
        trade_id=row.trade_id,
        symbol=row.symbol,
        side=plain(row.side),
        position_side=plain(row.position_side),
        role=plain(row.liquidity),
        price=row.price,
        quantity=row.size,
        value=row.value,
        fee=row.fee,
        time_ms=ms_of(row.trade_time_ns) or row.created_at_ms,
        raw=row.raw,
    )


def pro_fill(row: ProFill) -> Fill:
    """Return the fill of a row, with its fee."""
    return Fill(
        fill_id=fill_key(row.symbol, row.trade_id, row.order_id),
        order_id=row.order_id,
        trade_id=row.trade_id,
        symbol=row.symbol,
        side=plain(row.side),
        role=plain(row.liquidity),
        price=row.price,
        quantity=row.size,
        value=row.value,
        fee=row.fee,
        realized_pnl=row.fill_pnl,
        time_ms=ms_of(row.executed_at_ns),
        raw=row.raw,
    )


# Balances and positions


def spot_balance(row: SpotAccount) -> Balance:
    """Return the balance of a row; its name has the account."""
    return Balance(
        asset=balance_key(account_name(row.type), row.currency),
        wallet=row.balance,
        frozen=row.holds,
        raw=row.raw,
    )


def margin_balance(row: CrossAccount | IsolatedSide, account: str) -> Balance:
    """Return the balance of a margin account."""
    return Balance(
        asset=balance_key(account, row.currency), wallet=row.total, frozen=row.hold, raw=row.raw
    )


def futures_balance(row: FuturesAccount) -> Balance:
    """Return the balance of a futures wallet: without what is unrealised, as the stream tells."""
    return Balance(
        asset=balance_key("futures", row.currency),
        wallet=row.margin_balance,
        frozen=row.order_margin,
        raw=row.raw,
    )


def pro_balance(row: ProBalance, account_type: str) -> Balance:
    """Return the balance of a unified account."""
    return Balance(
        asset=balance_key(account_type.lower(), row.currency),
        wallet=row.balance,
        frozen=row.hold,
        raw=row.raw,
    )


def futures_position(row: FuturesPosition) -> Position:
    """Return the position of a row."""
    quantity = row.current_qty
    if quantity is None and row.is_open is False:
        quantity = _ZERO
    return Position(
        symbol=row.symbol,
        position_side=str(row.position_side or ONLY_SIDE),
        quantity=quantity,
        entry_price=row.avg_entry_price,
        margin_mode=plain(row.margin_mode),
        leverage=set_leverage(row.leverage, row.margin_mode),
        detail=tuple(getattr(row, name) for name in POSITION_DETAIL),
        raw=row.raw,
    )


def pro_position(row: ProPosition) -> Position:
    """Return the position of a row."""
    return Position(
        symbol=row.symbol,
        position_side=str(row.position_side or ONLY_SIDE),
        quantity=row.quantity,
        entry_price=row.entry_price,
        margin_mode=plain(row.margin_mode),
        leverage=set_leverage(row.leverage, row.margin_mode),
        detail=tuple(getattr(row, name) for name in PRO_POSITION_DETAIL),
        raw=row.raw,
    )
