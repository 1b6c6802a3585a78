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
    status: str
    executed: Decimal | None
    price: Decimal | None
    quantity: Decimal | None
    updated_at_ms: int | None

    @property
    def state(self) -> Values:
        """What identifies the state, whenever it was reached."""
        return self.order_id, self.status, self.executed, self.price, self.quantity


@attrs.frozen
class FillClaim:
    """One fill of one order."""

    fill_id: str
    order_id: str
    price: Decimal | None
    quantity: Decimal | None


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


def balance_values(wallet: object, frozen: object, used: object) -> Values:
    """Return what must agree of a balance."""
    return _decimal(wallet), _decimal(frozen), _decimal(used)


def position_values(quantity: object, entry: object, mode: object, leverage: object) -> Values:
    """Return what must agree of a position; a closed one has nothing but its quantity."""
    held = _decimal(quantity)
    if not held:
        return NOTHING_HELD
    return held, _decimal(entry), None if mode is None else str(mode), leverage


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
    )


def _fill_of_data(data: Mapping[str, Any]) -> FillClaim | None:
    if data.get("fillId") is None:
        return None
    return FillClaim(
        fill_id=data["fillId"],
        order_id=data["orderId"],
        price=_decimal(data.get("lastPrice")),
        quantity=_decimal(data.get("lastQuantity")),
    )


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
        status=str(event.order_status),
        executed=event.executed_quantity,
        price=event.price,
        quantity=event.quantity,
        updated_at_ms=event.updated_at,
    )


def _fill_of_event(event: OrderTradeUpdate) -> FillClaim | None:
    if event.fill_id is None or event.order_id is None:
        return None
    return FillClaim(
        fill_id=event.fill_id,
        order_id=event.order_id,
        price=event.last_price,
        quantity=event.last_quantity,
    )


def _account_of_event(event: AccountUpdate) -> Iterable[tuple[AccountKey, Values]]:
    for b in event.balances:
        values = balance_values(b.wallet_balance, b.frozen_balance, b.used_margin)
        yield ("balance", str(b.asset_type)), values
    for p in event.positions:
        values = position_values(p.quantity, p.entry_price, p.margin_mode, p.leverage)
        yield ("position", str(p.symbol), str(p.position_side)), values
