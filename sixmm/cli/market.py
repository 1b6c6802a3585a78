"""The commands for public market data; none of them needs a credential (rule 14)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from .columns import Column, Form, Kind
from .options import (
    format_options,
    limit_option,
    rest_url_option,
    symbol_argument,
    time_option,
)

if TYPE_CHECKING:
    from ..client import Client
    from ..venues.sixmm.rest_schema import FundingRatePage

__all__ = ["FUNDING", "KLINES", "MARKETS", "funding", "klines", "markets"]

MARKETS = (
    Column("symbol"),
    Column("base_asset", detail=True),
    Column("quote_asset", detail=True),
    Column("tick_size", kind=Kind.NUMBER),
    Column("step_size", kind=Kind.NUMBER),
    Column("min_quantity", kind=Kind.NUMBER),
    Column("min_notional", kind=Kind.NUMBER),
    Column("max_limit_order_quantity", kind=Kind.NUMBER, title="max limit", detail=True),
    Column("max_market_order_quantity", kind=Kind.NUMBER, title="max market", detail=True),
    Column("price_precision", kind=Kind.NUMBER, detail=True),
    Column("max_open_orders", kind=Kind.NUMBER, title="max open", detail=True),
    Column("default_leverage", kind=Kind.NUMBER, title="leverage", detail=True),
    Column("default_margin_mode", kind=Kind.NUMBER, title="margin mode", detail=True),
)

KLINES = (
    Column("open_time", kind=Kind.TIME, title="open time (UTC)"),
    Column("open", kind=Kind.NUMBER),
    Column("high", kind=Kind.NUMBER),
    Column("low", kind=Kind.NUMBER),
    Column("close", kind=Kind.NUMBER),
    Column("volume", kind=Kind.NUMBER),
    Column("close_time", kind=Kind.TIME, title="close time (UTC)", detail=True),
)

FUNDING = (
    Column("symbol"),
    Column("funding_rate", kind=Kind.NUMBER),
    Column("next_funding_time", kind=Kind.TIME, title="next funding (UTC)"),
    Column("mark_price", kind=Kind.NUMBER),
    Column("index_price", kind=Kind.NUMBER),
)

_DEFAULT_KLINES = 500
_PRICES = {"index": "indexPrice", "mark": "markPrice"}


@click.command()
@symbol_argument(required=False, many=True)
@rest_url_option
@format_options
def markets(symbols: tuple[str, ...], rest_url: str | None, form: Form) -> int:
    """List the symbols with their trading rules: tick size, step size and limits."""
    from . import rest  # only now: it imports the client

    with rest.public_client(rest_url) as client:
        rows = client.market.symbols().rows
    wanted = [row for row in rows if not symbols or row.symbol in symbols]
    rest.show_rows(form, wanted, MARKETS, nothing="no such symbol" if symbols else "no symbols")
    return 0


@click.command()
@symbol_argument()
@click.option(
    "--interval", default="1h", show_default=True, help="The width: 1m, 15m, 1h, 4h, 1d, 1w, 1M."
)
@time_option("start", "From this time on.")
@time_option("end", "Up to this time.")
@click.option("--price", type=click.Choice(list(_PRICES)), help="Instead of the traded price.")
@limit_option(_DEFAULT_KLINES)
@rest_url_option
@format_options
def klines(
    symbol: str,
    interval: str,
    start_ms: int | None,
    end_ms: int | None,
    price: str | None,
    limit: int,
    rest_url: str | None,
    form: Form,
) -> int:
    """Show candles of SYMBOL, oldest first; more than 1000 are fetched in several calls.

    With --start they are the first ones from there on, otherwise the last ones before --end, or
    before now. A TIME is a date (2026-06-18), a date and time (2026-06-18T12:30, in UTC), Unix
    milliseconds, or an age (7d).
    """
    from . import rest
    from .candles import candles

    with (
        rest.public_client(rest_url) as client,
        rest.pulling(f"{symbol} {interval}", limit=limit, form=form) as bar,
    ):
        rows = candles(
            client.market,
            symbol,
            interval,
            price_type=None if price is None else _PRICES[price],
            start_ms=start_ms,
            end_ms=end_ms,
            limit=limit,
            progress=bar,
        )
        rest.show_rows(form, bar.over(rows), KLINES, nothing="no candles in this time")
    rest.note_cut(bar)
    return 0


@click.command()
@symbol_argument(required=False)
@rest_url_option
@format_options
def funding(symbol: str | None, rest_url: str | None, form: Form) -> int:
    """Show the present funding rate of SYMBOL, or of all symbols."""
    from . import rest

    with rest.public_client(rest_url) as client:
        rest.show_rows(form, _rates(client, symbol), FUNDING, nothing="no funding rates")
    return 0


def _rates(client: Client, symbol: str | None) -> Iterator[object]:
    from ..venues.sixmm.paging import PAGE_SIZE, by_number

    def page(number: int) -> FundingRatePage:
        return client.market.funding_rates(symbol=symbol, page=number, page_size=PAGE_SIZE)

    return by_number(page, key=lambda row: row.symbol, page_size=PAGE_SIZE)
