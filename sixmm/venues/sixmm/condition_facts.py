"""Condition orders: what their REST rows say, and the event that tells one.

The stream tells nothing of a condition order before it is a normal order (``docs/wire.md``), so
that every event here comes of a comparison by REST.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import attrs

from ...codec import extra_of
from ...events import Origin
from ...state.models import ConditionOrder
from .enums import (
    ConditionOrderType,
    ConditionStatus,
    PositionSide,
    Side,
    TimeInForce,
    WorkingType,
    known,
)
from .rest_schema import ConditionRow
from .stream_schema import StreamEvent

__all__ = ["ConditionOrderUpdate", "condition_event", "condition_of_row", "has_ended"]

_ENDS = (ConditionStatus.TRIGGERED, ConditionStatus.CANCELED, ConditionStatus.REJECTED)


@attrs.frozen(kw_only=True)
class ConditionOrderUpdate(StreamEvent):
    """A condition order waits, or waits no more: it has fired, was cancelled or refused (rule 50).

    No push tells of it, so its ``origin`` is always ``REST``: it is told when the account is
    compared, after a (re)connect and at every audit. The normal order that it becomes is told by
    :class:`.stream_schema.OrderTradeUpdate` as any other. ``raw`` is the JSON text of the row.
    """

    origin: Origin = Origin.REST
    condition_id: str
    is_waiting: bool
    """Whether it may still fire."""
    condition_status: ConditionStatus | str | None = None
    """None where it is listed nowhere any more: then nobody says what has become of it."""
    order_id: str | None = None
    """The normal order that it has become, or None."""
    strategy_id: str | None = None
    """The strategy that it belongs to, or None."""
    client_order_id: str | None = None
    symbol: str | None = None
    type: ConditionOrderType | str | None = None
    side: Side | str | None = None
    position_side: PositionSide | str | None = None
    price: Decimal | None = None
    quantity: Decimal | None = None
    time_in_force: TimeInForce | str | None = None
    reduce_only: bool | None = None
    close_position: bool | None = None
    stop_price: Decimal | None = None
    working_type: WorkingType | str | None = None
    price_protect: bool | None = None
    activate_price: Decimal | None = None
    callback_rate: Decimal | None = None
    """A fraction: 0.01 is 1 %."""
    created_at: int | None = None
    updated_at: int | None = None

    @property
    def extra(self) -> Mapping[str, Any]:
        """The members of the REST row that its schema does not name."""
        return extra_of(ConditionRow, self.raw)


def has_ended(row: ConditionRow) -> bool:
    """Whether the status of a row is one that a condition order keeps; an unknown word is not."""
    return row.condition_status in _ENDS


def condition_of_row(row: ConditionRow, *, is_waiting: bool) -> ConditionOrder:
    """Return the condition order that a REST row tells.

    Args:
        row: the row.
        is_waiting: whether it may still fire: which list it is from says so, since the words of its
            status are assumed (rule 113).
    """
    return ConditionOrder(
        condition_id=row.condition_id,
        status=_text(row.condition_status) or "",
        is_waiting=is_waiting,
        order_id=row.order_id or None,
        strategy_id=row.strategy_id or None,
        client_order_id=row.client_order_id,
        symbol=row.symbol,
        side=_text(row.side),
        position_side=_text(row.position_side),
        type=_text(row.type),
        time_in_force=_text(row.time_in_force),
        price=row.price,
        quantity=row.quantity,
        stop_price=row.stop_price,
        activate_price=row.activate_price,
        callback_rate=row.callback_rate,
        working_type=_text(row.working_type),
        reduce_only=row.reduce_only,
        close_position=row.close_position,
        price_protect=row.price_protect,
        created_at_ms=row.created_at,
        updated_at_ms=row.updated_at,
        raw=row.raw,
    )


def condition_event(
    condition: ConditionOrder, *, topic: str, received_at: int
) -> ConditionOrderUpdate:
    """Return the event that tells a condition order as REST told it."""
    return ConditionOrderUpdate(
        topic=topic,
        ts=condition.updated_at_ms or condition.created_at_ms or 0,
        received_at=received_at,
        raw=condition.raw,
        condition_id=condition.condition_id,
        is_waiting=condition.is_waiting,
        condition_status=known(ConditionStatus, condition.status or None),
        order_id=condition.order_id,
        strategy_id=condition.strategy_id,
        client_order_id=condition.client_order_id,
        symbol=condition.symbol,
        type=known(ConditionOrderType, condition.type),
        side=known(Side, condition.side),
        position_side=known(PositionSide, condition.position_side),
        price=condition.price,
        quantity=condition.quantity,
        time_in_force=known(TimeInForce, condition.time_in_force),
        reduce_only=condition.reduce_only,
        close_position=condition.close_position,
        stop_price=condition.stop_price,
        working_type=known(WorkingType, condition.working_type),
        price_protect=condition.price_protect,
        activate_price=condition.activate_price,
        callback_rate=condition.callback_rate,
        created_at=condition.created_at_ms,
        updated_at=condition.updated_at_ms,
    )


def _text(value: str | None) -> str | None:
    return None if value is None else str(value)
