"""What one event, or one entry of the exchange's log, says about the account, in a comparable form.

The log is read from its JSON data and an event from its typed fields, so that the comparison covers
the way from the one to the other. Amounts are compared as numbers: ``"0.10"`` is ``"0.1"``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Protocol

import attrs

from ..events import Event
from ..venues.sixmm.stream_schema import AccountUpdate, OrderTradeUpdate

__all__ = [
    "NOTHING_HELD",
    "AccountKey",
    "Claims",
    "FillClaim",
    "LoggedEvent",
    "OrderClaim",
    "Values",
    "agree",
    "balance_values",
    "claims_of_data",
    "claims_of_event",
    "position_values",
]

AccountKey = tuple[str, ...]
"""``("balance", asset)`` or ``("position", symbol, position side)``."""

Values = tuple[object, ...]
"""The values of a balance or position that must agree."""

NOTHING_HELD: Values = (Decimal(0),)
"""The values of a position that is closed, whatever its other fields say."""

_ENDS = ("FILLED", "CANCELED", "REJECTED", "PARTIALLY_FILLED_CANCELED")
"""The statuses that an order keeps (rules 60 to 62)."""


class LoggedEvent(Protocol):
    """One entry of the exchange's own log of the private events of an account."""

    @property
    def seq(self) -> int:
        """Its number; it rises by the order of events."""

    @property
    def ts_ms(self) -> int:
        """When it happened, by the exchange's clock, in Unix milliseconds."""

    @property
    def text(self) -> str:
        """The exact text of the push."""

    @property
    def data(self) -> Mapping[str, Any]:
        """The ``data`` member of the push."""


@attrs.frozen
class OrderClaim:
    """One state of one order."""

    order_id: str
    status: str | None
    executed: Decimal | None
    price: Decimal | None
    quantity: Decimal | None
    updated_at_ms: int | None
    kind: Values = (None, None, None)
    """Symbol, side and position side, which never change."""

    @property
    def state(self) -> Values:
        """What identifies the state, whenever it was reached."""
        return self.order_id, self.status, self.executed, self.price, self.quantity

    @property
    def moment(self) -> Values:
        """What identifies the state at the time when it was reached."""
        return *self.state, self.updated_at_ms

    @property
    def has_ended(self) -> bool:
        """Whether it is the end of the order."""
        return self.status in _ENDS

    def __str__(self) -> str:
        """Return the order, its status and what was filled of it."""
        return f"order {self.order_id} {self.status} {self.executed}"


@attrs.frozen
class FillClaim:
    """One fill of one order."""

    fill_id: str
    order_id: str
    price: Decimal | None
    quantity: Decimal | None
    kind: Values = (None, None, None)
    """Symbol, side and position side."""
    costs: Values = (None, None)
    """The fee and the realized profit."""

    @property
    def values(self) -> Values:
        """Everything that must agree where both sides have it."""
        return self.order_id, self.price, self.quantity, *self.kind, *self.costs


@attrs.frozen
class Claims:
    """Everything that one event or log entry says."""

    order: OrderClaim | None = None
    fill: FillClaim | None = None
    account: Mapping[AccountKey, Values] = attrs.field(factory=dict)


def claims_of_data(data: Mapping[str, Any]) -> Claims:
    """Return what the ``data`` of a logged push says; nothing for a type that is not known."""
    event_type = data.get("eventType")
    if event_type == "ORDER_TRADE_UPDATE":
        return Claims(order=_order_of_data(data), fill=_fill_of_data(data))
    if event_type == "ACCOUNT_UPDATE":
        balances = [_balance_of_data(row) for row in data.get("balances", ())]
        positions = [_position_of_data(row) for row in data.get("positions", ())]
        return Claims(account=dict([*balances, *positions]))
    return Claims()


def claims_of_event(event: Event) -> Claims:
    """Return what a delivered event says; nothing for one that is not about the account."""
    if isinstance(event, OrderTradeUpdate):
        return Claims(order=_order_of_event(event), fill=_fill_of_event(event))
    if isinstance(event, AccountUpdate):
        return Claims(account=dict(_account_of_event(event)))
    return Claims()


def agree(told: Values, true: Values) -> bool:
    """Whether the values are equal wherever both sides have one."""
    if len(told) != len(true):
        return False
    return all(
        one is None or other is None or one == other for one, other in zip(told, true, strict=True)
    )


def balance_values(wallet: object, frozen: object, used: object) -> Values:
    """Return what must agree of a balance."""
    return _decimal(wallet), _decimal(frozen), _decimal(used)


def position_values(quantity: object, entry: object, mode: object, leverage: object) -> Values:
    """Return what must agree of a position; a closed one has nothing but its quantity."""
    held = _decimal(quantity)
    if not held:
        return NOTHING_HELD
    return held, _decimal(entry), _text(mode), leverage


def _decimal(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _order_of_data(data: Mapping[str, Any]) -> OrderClaim:
    return OrderClaim(
        order_id=data["orderId"],
        status=data["orderStatus"],
        executed=_decimal(data.get("executedQuantity")),
        price=_decimal(data.get("price")),
        quantity=_decimal(data.get("quantity")),
        updated_at_ms=data.get("updatedAt"),
        kind=_kind_of_data(data),
    )


def _fill_of_data(data: Mapping[str, Any]) -> FillClaim | None:
    if data.get("fillId") is None:
        return None
    return FillClaim(
        fill_id=data["fillId"],
        order_id=data["orderId"],
        price=_decimal(data.get("lastPrice")),
        quantity=_decimal(data.get("lastQuantity")),
        kind=_kind_of_data(data),
        costs=(_decimal(data.get("handlingFee")), _decimal(data.get("realizedPnl"))),
    )


def _kind_of_data(data: Mapping[str, Any]) -> Values:
    return data.get("symbol"), data.get("side"), data.get("positionSide")


def _balance_of_data(row: Mapping[str, Any]) -> tuple[AccountKey, Values]:
    names = ("walletBalance", "frozenBalance", "usedMargin")
    return ("balance", row["assetType"]), balance_values(*(row.get(name) for name in names))


def _position_of_data(row: Mapping[str, Any]) -> tuple[AccountKey, Values]:
    key = ("position", row["symbol"], row["positionSide"])
    names = ("quantity", "entryPrice", "marginMode", "leverage")
    return key, position_values(*(row.get(name) for name in names))


def _order_of_event(event: OrderTradeUpdate) -> OrderClaim | None:
    if event.order_id is None:
        return None
    return OrderClaim(
        order_id=event.order_id,
        status=_text(event.order_status),
        executed=event.executed_quantity,
        price=event.price,
        quantity=event.quantity,
        updated_at_ms=event.updated_at,
        kind=_kind_of_event(event),
    )


def _fill_of_event(event: OrderTradeUpdate) -> FillClaim | None:
    if event.fill_id is None or event.order_id is None:
        return None
    return FillClaim(
        fill_id=event.fill_id,
        order_id=event.order_id,
        price=event.last_price,
        quantity=event.last_quantity,
        kind=_kind_of_event(event),
        costs=(event.handling_fee, event.realized_pnl),
    )


def _kind_of_event(event: OrderTradeUpdate) -> Values:
    return event.symbol, _text(event.side), _text(event.position_side)


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _account_of_event(event: AccountUpdate) -> Iterable[tuple[AccountKey, Values]]:
    for b in event.balances:
        values = balance_values(b.wallet_balance, b.frozen_balance, b.used_margin)
        yield ("balance", str(b.asset_type)), values
    for p in event.positions:
        values = position_values(p.quantity, p.entry_price, p.margin_mode, p.leverage)
        yield ("position", str(p.symbol), str(p.position_side)), values
