"""The commands that list orders and trades."""

from __future__ import annotations

import click

from .columns import Column, Form, Kind
from .options import account_options, format_options, limit_option, symbol_option, time_option

__all__ = ["ORDERS", "TRADES", "history", "open_orders", "orders", "trades"]

ORDERS = (
    Column("order_id", kind=Kind.ID),
    Column("symbol"),
    Column("side"),
    Column("type"),
    Column("price", kind=Kind.NUMBER),
    Column("quantity", kind=Kind.NUMBER),
    Column("executed_quantity", kind=Kind.NUMBER, title="executed"),
    Column("status"),
    Column("average_price", kind=Kind.NUMBER, title="average", detail=True),
    Column("updated_at", kind=Kind.TIME, title="updated (UTC)", detail=True),
    Column("created_at", kind=Kind.TIME, title="created (UTC)", detail=True),
    Column("client_order_id", kind=Kind.ID, detail=True),
    Column("position_side", detail=True),
    Column("time_in_force", detail=True),
    Column("reduce_only", kind=Kind.FLAG, detail=True),
    Column("maker_only", kind=Kind.FLAG, detail=True),
    Column("close_position", kind=Kind.FLAG, detail=True),
)

TRADES = (
    Column("created_at", kind=Kind.TIME, title="time (UTC)"),
    Column("symbol"),
    Column("side"),
    Column("price", kind=Kind.NUMBER),
    Column("quantity", kind=Kind.NUMBER),
    Column("trade_value", kind=Kind.NUMBER, title="value"),
    Column("handling_fee", kind=Kind.NUMBER, title="fee"),
    Column("realized_pnl", kind=Kind.NUMBER, title="realized"),
    Column("role_type", title="role", detail=True),
    Column("order_id", kind=Kind.ID, detail=True),
    Column("fill_id", kind=Kind.ID, detail=True),
    Column("trade_id", kind=Kind.ID, detail=True),
    Column("position_side", detail=True),
)

_DEFAULT_ROWS = 100


@click.group()
def orders() -> None:
    """Lists of orders and trades."""


@orders.command("open")
@symbol_option
@limit_option(_DEFAULT_ROWS)
@account_options
@format_options
def open_orders(
    symbol: str | None, limit: int, credentials: str | None, rest_url: str | None, form: Form
) -> int:
    """List the open orders, oldest first."""
    from . import rest  # only now: it imports the client

    with (
        rest.account_client(rest_url, credentials) as client,
        rest.pulling("open orders", limit=limit, form=form) as bar,
    ):
        rows = client.orders.iter_current(symbol=symbol, max_rows=limit, progress=bar)
        rest.show_rows(form, bar.over(rows), ORDERS, nothing="no open orders")
    rest.note_cut(bar)
    return 0


@orders.command()
@symbol_option
@time_option("since", "From this time on.")
@time_option("until", "Up to this time.")
@limit_option(_DEFAULT_ROWS)
@account_options
@format_options
def history(
    symbol: str | None,
    since_ms: int | None,
    until_ms: int | None,
    limit: int,
    credentials: str | None,
    rest_url: str | None,
    form: Form,
) -> int:
    """List past orders, newest first.

    A TIME is a date (2026-06-18), a date and time (2026-06-18T12:30, in UTC), Unix milliseconds, or
    an age (7d).
    """
    from . import rest

    with (
        rest.account_client(rest_url, credentials) as client,
        rest.pulling("orders", limit=limit, form=form) as bar,
    ):
        rows = client.orders.iter_history(
            symbol=symbol,
            start_time=since_ms,
            end_time=until_ms,
            max_rows=limit,
            progress=bar,
        )
        rest.show_rows(form, bar.over(rows), ORDERS, nothing="no orders in this time")
    rest.note_cut(bar)
    return 0


@orders.command()
@symbol_option
@click.option("--order-id", help="Only the trades of this order.")
@time_option("since", "From this time on.")
@time_option("until", "Up to this time.")
@limit_option(_DEFAULT_ROWS)
@account_options
@format_options
def trades(
    symbol: str | None,
    order_id: str | None,
    since_ms: int | None,
    until_ms: int | None,
    limit: int,
    credentials: str | None,
    rest_url: str | None,
    form: Form,
) -> int:
    """List the account's trades, newest first.

    A TIME is a date (2026-06-18), a date and time (2026-06-18T12:30, in UTC), Unix milliseconds, or
    an age (7d).
    """
    from . import rest

    with (
        rest.account_client(rest_url, credentials) as client,
        rest.pulling("trades", limit=limit, form=form) as bar,
    ):
        rows = client.orders.iter_trades(
            symbol=symbol,
            order_id=order_id,
            start_time=since_ms,
            end_time=until_ms,
            max_rows=limit,
            progress=bar,
        )
        rest.show_rows(form, bar.over(rows), TRADES, nothing="no trades in this time")
    rest.note_cut(bar)
    return 0
