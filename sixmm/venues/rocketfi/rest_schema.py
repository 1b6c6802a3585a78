"""What the REST replies of RocketFi tell, typed; kept apart from the stream, also where they agree.

A reply has no envelope. The calls are those that a client needs to read an account again after its
connection was gone, and the lists of what there is.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import attrs
import cattrs
from attrs import field

from ...codec import RAW, dump_json, extra_of, structure, wire
from ...errors import DecodeError
from ...redaction import one_line
from .enums import OrderEventType, OrderType, RejectionReason, Side, TriggerType
from .ids import Address, InstrumentId, OrderId
from .payloads import fields_of
from .wire_types import make_rocketfi_converter, read_order_events, read_positions

__all__ = [
    "AssetRow",
    "CollateralRow",
    "Collaterals",
    "InstrumentRow",
    "Instruments",
    "OpenOrderRow",
    "OpenOrdersPage",
    "OrderEventRow",
    "OrderEventsPage",
    "PositionFundingPage",
    "PositionFundingRow",
    "PositionRow",
    "Positions",
    "Row",
    "make_rest_converter",
    "read_assets",
    "read_collaterals",
    "read_instruments",
    "read_order_events_page",
    "read_positions_reply",
]


@attrs.frozen(kw_only=True)
class Row:
    """The base of what a reply tells about one thing."""

    raw: str = field(default="", repr=False, eq=False, metadata=RAW)
    """Its JSON text."""

    @property
    def extra(self) -> Mapping[str, Any]:
        """The members that the class does not name, worked out on access."""
        return extra_of(type(self), self.raw)


@attrs.frozen(kw_only=True)
class OpenOrderRow(Row):
    """One open order."""

    order_id: OrderId = field(metadata=wire("orderId"))
    trader: Address | None = field(default=None, metadata=wire("trader"))
    order_type: OrderType | str | None = field(default=None, metadata=wire("orderType"))
    trigger_type: TriggerType | str | None = field(default=None, metadata=wire("triggerType"))
    instrument_id: InstrumentId | None = field(default=None, metadata=wire("instrumentId"))
    price: Decimal | None = field(default=None, metadata=wire("price"))
    quantity: Decimal | None = field(default=None, metadata=wire("quantity"))
    filled_quantity: Decimal | None = field(default=None, metadata=wire("filledQuantity"))
    side: Side | str | None = field(default=None, metadata=wire("side"))
    timestamp: int | None = field(default=None, metadata=wire("timestamp"))
    trigger_price: Decimal | None = field(default=None, metadata=wire("triggerPrice"))


@attrs.frozen(kw_only=True)
class OpenOrdersPage:
    """One page of open orders; neither a total nor a next page is told.

    ``page_size`` is how many rows the page could have: the server may allow fewer than asked for.
    """

    rows: tuple[OpenOrderRow, ...] = field(default=(), metadata=wire("orders"))
    page_number: int | None = field(default=None, metadata=wire("pageNumber"))
    page_size: int | None = field(default=None, metadata=wire("pageSize"))


@attrs.frozen(kw_only=True)
class OrderEventRow:
    """Something that happened to an order; the fields are those of the variant ``type``."""

    order_id: OrderId
    account: Address | None = None
    instrument_id: InstrumentId | None = None
    type: OrderEventType | str = ""
    price: Decimal | None = None
    size: Decimal | None = None
    remaining_size: Decimal | None = None
    original_size: Decimal | None = None
    settlement_asset: int | None = None
    pnl: Decimal | None = None
    timestamp: int | None = None
    is_passive: bool | None = None
    is_filled: bool | None = None
    fee_rate: Decimal | None = None
    fee_amount: Decimal | None = None
    is_liquidation: bool | None = None
    is_adl: bool | None = None
    reason: RejectionReason | str | None = None
    raw: str = field(default="", repr=False, eq=False)
    """Its JSON text."""


@attrs.frozen(kw_only=True)
class OrderEventsPage:
    """One page of order events; in which order they come is not documented."""

    rows: tuple[OrderEventRow, ...] = ()
    page_size: int | None = None


@attrs.frozen(kw_only=True)
class PositionRow:
    """What an account holds of one instrument."""

    instrument_id: InstrumentId
    quantity: Decimal | None = None
    average_price: Decimal | None = None
    liquidation_price: Decimal | None = None
    accrued_funding: Decimal | None = None
    unrealized_pnl: Decimal | None = None
    reserved_margin: Decimal | None = None
    leverage_setting: int | None = None
    raw: str = field(default="", repr=False, eq=False)
    """The JSON text of what is told of it, without the instrument."""


@attrs.frozen(kw_only=True)
class Positions:
    """The positions of an account."""

    rows: tuple[PositionRow, ...] = ()


@attrs.frozen(kw_only=True)
class CollateralRow:
    """What an account has of one asset."""

    asset_id: int
    collateral: Decimal


@attrs.frozen(kw_only=True)
class Collaterals:
    """The collateral of an account."""

    rows: tuple[CollateralRow, ...] = ()


@attrs.frozen(kw_only=True)
class PositionFundingRow(Row):
    """Funding that was paid to an account, or by it."""

    account: Address | None = field(default=None, metadata=wire("account"))
    funding_rate: Decimal | None = field(default=None, metadata=wire("fundingRate"))
    timestamp: int | None = field(default=None, metadata=wire("timestamp"))
    round: int | None = field(default=None, metadata=wire("round"))
    instrument_id: InstrumentId | None = field(default=None, metadata=wire("instrumentId"))
    pnl: Decimal | None = field(default=None, metadata=wire("pnl"))


@attrs.frozen(kw_only=True)
class PositionFundingPage:
    """One page of payments of funding."""

    rows: tuple[PositionFundingRow, ...] = field(default=(), metadata=wire("events"))


@attrs.frozen(kw_only=True)
class InstrumentRow(Row):
    """The settings of one instrument."""

    instrument_id: InstrumentId = field(metadata=wire("id"))
    ticker: str | None = field(default=None, metadata=wire("ticker"))
    instrument_type: str | None = field(default=None, metadata=wire("instrumentType"))
    underlying_asset: str | None = field(default=None, metadata=wire("underlyingAsset"))
    settlement_asset: str | None = field(default=None, metadata=wire("settlementAsset"))
    is_trading: bool | None = field(default=None, metadata=wire("isTrading"))
    price_scale: int | None = field(default=None, metadata=wire("priceScale"))
    quantity_scale: int | None = field(default=None, metadata=wire("quantityScale"))
    last_match_price: Decimal | None = field(default=None, metadata=wire("lastMatchPrice"))


@attrs.frozen(kw_only=True)
class Instruments:
    """One page of instruments."""

    rows: tuple[InstrumentRow, ...] = ()


@attrs.frozen(kw_only=True)
class AssetRow(Row):
    """One asset."""

    asset_id: int = field(metadata=wire("id"))
    ticker: str | None = field(default=None, metadata=wire("ticker"))
    haircut: Decimal | None = field(default=None, metadata=wire("haircut"))
    mark_price: Decimal | None = field(default=None, metadata=wire("markPrice"))


@attrs.frozen(kw_only=True)
class _Reply:
    """The members of the replies whose rows are read one by one."""

    positions: Any = field(default=None, metadata=wire("positions"))
    collaterals: Any = field(default=None, metadata=wire("collaterals"))
    order_events: Any = field(default=None, metadata=wire("orderEvents"))
    instruments: Any = field(default=None, metadata=wire("instruments"))
    page_size: int | None = field(default=None, metadata=wire("pageSize"))
    assets: Any = field(default=None, metadata=wire("assets"))


def make_rest_converter() -> cattrs.Converter:
    """Return a converter for the classes of this module."""
    return make_rocketfi_converter()


def read_positions_reply(converter: cattrs.Converter, data: Any) -> Positions:
    """Return the reply of ``/position``."""
    held = structure(converter, data, _Reply).positions
    rows = [
        PositionRow(instrument_id=key, raw=_text(value), **fields_of(row))
        for key, row, value in read_positions(converter, held, path="$.positions")
    ]
    return Positions(rows=tuple(rows))


def read_order_events_page(converter: cattrs.Converter, data: Any) -> OrderEventsPage:
    """Return the reply of ``/order-events``."""
    reply = structure(converter, data, _Reply)
    told = reply.order_events
    rows = read_order_events(converter, told, path="$.orderEvents")
    made = [
        OrderEventRow(**row, raw=_text(value)) for row, value in zip(rows, told or (), strict=True)
    ]
    return OrderEventsPage(rows=tuple(made), page_size=reply.page_size)


def read_collaterals(converter: cattrs.Converter, data: Any) -> Collaterals:
    """Return the reply of ``/collateral``: a map of which the names are the ids of assets."""
    held = _members(structure(converter, data, _Reply).collaterals, "$.collaterals")
    rows = []
    for key, value in held.items():
        path = f"$.collaterals.{one_line(key, limit=40)}"
        if not (key.isascii() and key.isdigit() and len(key) <= 20):
            raise DecodeError("expected the id of an asset", path=path)
        amount = structure(converter, value, Decimal, path=path)
        rows.append(CollateralRow(asset_id=int(key), collateral=amount))
    return Collaterals(rows=tuple(rows))


def read_instruments(converter: cattrs.Converter, data: Any) -> Instruments:
    """Return the reply of ``/instruments``."""
    held = _members(structure(converter, data, _Reply).instruments, "$.instruments")
    rows = [
        structure(converter, row, InstrumentRow, path=f"$.instruments.{one_line(key, limit=40)}")
        for key, row in held.items()
    ]
    return Instruments(rows=tuple(rows))


def read_assets(converter: cattrs.Converter, data: Any) -> tuple[AssetRow, ...]:
    """Return the reply of ``/assets``."""
    held = _members(structure(converter, data, _Reply).assets, "$.assets")
    return tuple(
        structure(converter, row, AssetRow, path=f"$.assets.{one_line(key, limit=40)}")
        for key, row in held.items()
    )


def _members(value: Any, path: str) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise DecodeError("expected an object", path=path)
    return value


def _text(value: Any) -> str:
    return dump_json(value, numbers=True).decode()
