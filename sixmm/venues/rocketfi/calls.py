"""The REST calls: whose account is read is said by its address, and nothing is signed."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import cattrs

from ...codec import structure
from ...errors import ConfigurationError
from ..base import Call, PaceClass
from . import rest_schema as rest
from .topics import Collateral, OrderEvents, Position

__all__ = [
    "FIRST_PAGE",
    "assets",
    "collateral",
    "instruments",
    "open_orders",
    "order_events",
    "position_funding_events",
    "positions",
]

FIRST_PAGE = 0
"""Pages are counted from here (*assumed*: the defaults of the official clients say so)."""

_MOST_PAGE = 1_000_000_000

Read = Callable[[cattrs.Converter, Any], Any]


def open_orders(*, account: str, page: int = FIRST_PAGE, page_size: int = 100) -> Call:
    """Return the call for one page of the open orders; its result is an ``OpenOrdersPage``."""
    return _of_account(
        "getOpenOrders",
        "/open-orders",
        (*_account(account), *_paged(page, page_size)),
        lambda converter, data: structure(converter, data, rest.OpenOrdersPage),
    )


def positions(*, account: str, instrument_id: str | int | None = None) -> Call:
    """Return the call for the positions, of all instruments or of one."""
    query = _account(account)
    if instrument_id is not None:
        topic = OrderEvents(instrument_id=instrument_id)
        query += (("instrumentId", str(topic.instrument_id)),)
    return _of_account("getPosition", "/position", query, rest.read_positions_reply)


def collateral(*, account: str, asset_id: int | None = None) -> Call:
    """Return the call for the collateral, of all assets or of one."""
    query = _account(account)
    if asset_id is not None:
        topic = Collateral(asset_id=asset_id, account=account)
        query += (("assetId", str(topic.asset_id)),)
    return _of_account("getCollateral", "/collateral", query, rest.read_collaterals)


def order_events(*, account: str, page: int = FIRST_PAGE, page_size: int = 100) -> Call:
    """Return the call for one page of what happened to orders: an ``OrderEventsPage``."""
    return _of_account(
        "getOrderEvents",
        "/order-events",
        (*_account(account), *_paged(page, page_size)),
        rest.read_order_events_page,
    )


def position_funding_events(*, account: str, page: int = FIRST_PAGE, page_size: int = 100) -> Call:
    """Return the call for one page of payments of funding: a ``PositionFundingPage``."""
    return _of_account(
        "getPositionFundingEvents",
        "/position-funding-events",
        (*_account(account), *_paged(page, page_size)),
        lambda converter, data: structure(converter, data, rest.PositionFundingPage),
    )


def instruments(*, page: int = FIRST_PAGE, page_size: int = 100) -> Call:
    """Return the call for one page of the instruments: an ``Instruments``."""
    return _public("getInstruments", "/instruments", _paged(page, page_size), rest.read_instruments)


def assets() -> Call:
    """Return the call for the assets: a tuple of ``AssetRow``."""
    return _public("getAssets", "/assets", (), rest.read_assets)


Pairs = tuple[tuple[str, str], ...]


def _account(account: str) -> Pairs:
    # The topic checks the address, and knows the one form in which it is sent.
    return (("account", str(Position(account=account).account)),)


def _paged(page: int, page_size: int) -> Pairs:
    for name, value, least in (("page", page, FIRST_PAGE), ("page_size", page_size, 1)):
        if not isinstance(value, int) or isinstance(value, bool):
            raise ConfigurationError(f"{name} must be an integer")
        if not least <= value < _MOST_PAGE:
            raise ConfigurationError(f"{name} must be from {least} to {_MOST_PAGE - 1}")
    return (("pageNumber", str(page)), ("pageSize", str(page_size)))


def _of_account(operation: str, path: str, query: Pairs, read: Read) -> Call:
    # Nothing is signed, but what is read is an account: it keeps the pace of such calls.
    return _call(operation, path, query, read, PaceClass.PRIVATE_READ)


def _public(operation: str, path: str, query: Pairs, read: Read) -> Call:
    return _call(operation, path, query, read, PaceClass.PUBLIC_READ)


def _call(operation: str, path: str, query: Pairs, read: Read, pace: PaceClass) -> Call:
    return Call(
        operation=operation,
        method="GET",
        path=path,
        query=query,
        result=lambda data: read(_converter(), data),
        pace=pace,
    )


@functools.lru_cache(maxsize=1)
def _converter() -> cattrs.Converter:
    return rest.make_rest_converter()
