"""The commands that show what the account has: its balance and its positions."""

from __future__ import annotations

import click

from .columns import Column, Form, Kind
from .options import account_options, format_options, symbol_option

__all__ = ["ACCOUNT", "POSITIONS", "account", "positions"]

ACCOUNT = (
    Column("user_id", kind=Kind.ID),
    Column("username"),
    Column("vip_level", kind=Kind.NUMBER),
    Column("asset_type"),
    Column("wallet_balance", kind=Kind.NUMBER),
    Column("frozen_margin", kind=Kind.NUMBER),
    Column("used_margin", kind=Kind.NUMBER),
)

POSITIONS = (
    Column("symbol"),
    Column("position_side", title="side"),
    Column("margin_mode", detail=True),
    Column("leverage", kind=Kind.NUMBER),
    Column("quantity", kind=Kind.NUMBER),
    Column("entry_price", kind=Kind.NUMBER),
    Column("unrealized_pnl", kind=Kind.NUMBER),
    Column("liq_price", kind=Kind.NUMBER),
    Column("roe", kind=Kind.NUMBER, detail=True),
    Column("margin_ratio", kind=Kind.NUMBER, detail=True),
    Column("break_even_price", kind=Kind.NUMBER, title="break even", detail=True),
    Column("next_funding_fee", kind=Kind.NUMBER, title="next funding", detail=True),
    Column("funding_fee_accum", kind=Kind.NUMBER, title="funding so far", detail=True),
    Column("tp_price", kind=Kind.NUMBER, title="take profit", detail=True),
    Column("sl_price", kind=Kind.NUMBER, title="stop loss", detail=True),
)


@click.command()
@account_options
@format_options
def account(credentials: str | None, rest_url: str | None, form: Form) -> int:
    """Show who the caller is, and the balance: wallet, held for orders, held for positions."""
    from . import rest  # only now: it imports the client

    with rest.account_client(rest_url, credentials) as client:
        info, asset = client.user.info(), client.user.asset()
    found = {
        column.key: getattr(asset if hasattr(asset, column.key) else info, column.key)
        for column in ACCOUNT
    }
    rest.show_record(form, found, ACCOUNT)
    return 0


@click.command()
@symbol_option
@account_options
@format_options
def positions(symbol: str | None, credentials: str | None, rest_url: str | None, form: Form) -> int:
    """List the open positions."""
    from . import rest

    with rest.account_client(rest_url, credentials) as client:
        rows = client.positions.list(symbol=symbol).rows
    rest.show_rows(form, rows, POSITIONS, nothing="no open positions")
    return 0
