"""The plans that read spot, futures and unified accounts by REST.

Fills are read before orders, so that every fill is contained in the order states. Each plan tells
what its account has; a client with several connections has a picture for each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import attrs

from ...state.models import Balance, Baseline, Fill, Order, Position, Snapshot
from ..base import Call, Plan
from . import calls, row_facts
from .reading_plan import Notes, by_cursor, by_page, look_up, part, wanted_orders, windows

__all__ = [
    "FUTURES_CURRENCIES",
    "PRO_MARKETS",
    "futures_snapshot_plan",
    "pro_snapshot_plan",
    "spot_snapshot_plan",
]

FUTURES_CURRENCIES = ("USDT", "USDC", "XBT")
"""The currencies whose futures wallets are read."""
PRO_MARKETS = ("SPOT", "FUTURES")
"""The markets of a unified account whose orders and fills are read."""

_MARGIN_TYPES = ("MARGIN_TRADE", "MARGIN_ISOLATED_TRADE")


# Spot and margin


@attrs.frozen(kw_only=True)
class _Market:
    """The calls of one kind of spot trading; a list is asked for by symbol."""

    symbols: Callable[[], Call]
    open: Callable[[str], Call]
    done: Callable[..., Call]
    fills: Callable[..., Call]
    order: Callable[[str, str], Call]


_SPOT = _Market(
    symbols=calls.spot_active_symbols,
    open=calls.spot_active_orders,
    done=calls.spot_done_orders,
    fills=calls.spot_fills,
    order=calls.spot_order,
)


def _margin(trade_type: str) -> _Market:
    return _Market(
        symbols=lambda: calls.margin_active_symbols(trade_type),
        open=lambda symbol: calls.margin_active_orders(symbol, trade_type),
        done=lambda symbol, **span: calls.margin_done_orders(symbol, trade_type, **span),
        fills=lambda symbol, **span: calls.margin_fills(symbol, trade_type, **span),
        order=calls.margin_order,
    )


def spot_snapshot_plan(
    baseline: Baseline, *, now_ms: int, symbols: Iterable[str] = (), margin: bool = False
) -> Plan[Snapshot]:
    """Return the plan that reads the spot account, and where asked the margin accounts.

    The exchange tells orders and fills by symbol only. Those are asked for in which there are open
    orders, were any before, and the ones that are given: an order that was placed and filled
    meanwhile in any other symbol is not found.

    Args:
        baseline: what is known.
        now_ms: exchange time before the first call.
        symbols: the symbols that are traded.
        margin: whether cross and isolated margin are read, too.
    """
    notes = Notes()
    markets = [_SPOT, *(map(_margin, _MARGIN_TYPES) if margin else ())]
    before = {key: symbol for key, symbol in baseline.open_orders.items() if "-" in symbol}
    known = {*symbols, *before.values()}
    active = yield from part("orders", _active_symbols(markets), notes)
    wanted = [sorted(known | found) for found in active or [set()] * len(markets)]
    fills = yield from part("fills", _spot_fills(markets, wanted, baseline, now_ms), notes)
    orders: _Orders | None = None
    if active is not None:
        orders = yield from part("orders", _spot_orders(markets, wanted), notes)
    ended: dict[str, Order] = {}
    if orders is not None:
        history = _spot_history(markets, wanted, baseline, now_ms)
        asked = _Asked(before, fills or (), baseline, _spot_look_ups(markets))
        ended = yield from _add_ended(orders, history, asked, notes)
    balances = yield from part("balances", _spot_balances(margin=margin), notes)
    return _snapshot(now_ms, notes, fills=fills, orders=orders, ended=ended, balances=balances)


def _active_symbols(markets: Sequence[_Market]) -> Plan[list[set[str]]]:
    found = []
    for market in markets:
        reply = yield market.symbols()
        found.append(set(reply.symbols))
    return found


def _spot_fills(
    markets: Sequence[_Market],
    wanted: Sequence[Sequence[str]],
    baseline: Baseline,
    now_ms: int,
) -> Plan[tuple[Fill, ...]]:
    fills: dict[str, Fill] = {}
    spans = windows(baseline.since_ms, now_ms)
    for market, symbol, start, end in _asked_for(markets, wanted, spans):
        rows = yield from by_cursor(
            _spanned(market.fills, symbol, start, end), key_of=_key_of_spot_fill
        )
        fills.update((fill.fill_id, fill) for fill in map(row_facts.spot_fill, rows))
    return _since(fills, baseline)


def _key_of_spot_fill(row: Any) -> object:
    return row.trade_id or row.fill_id, row.order_id


def _asked_for(
    markets: Sequence[_Market],
    wanted: Sequence[Sequence[str]],
    spans: Sequence[tuple[int, int | None]],
) -> list[tuple[_Market, str, int, int | None]]:
    return [
        (market, symbol, start, end)
        for market, names in zip(markets, wanted, strict=True)
        for symbol in names
        for start, end in spans
    ]


def _spanned(
    call: Callable[..., Call], symbol: str, start: int, end: int | None
) -> Callable[[str | None], Call]:
    return lambda cursor: call(symbol, start_ms=start, end_ms=end, last_id=cursor)


def _spot_orders(
    markets: Sequence[_Market], wanted: Sequence[Sequence[str]]
) -> Plan[dict[str, Order]]:
    orders: dict[str, Order] = {}
    for market, names in zip(markets, wanted, strict=True):
        for symbol in names:
            for row in (yield market.open(symbol)):
                orders[row.order_id] = row_facts.spot_order(row, active=True)
    return orders


def _spot_history(
    markets: Sequence[_Market],
    wanted: Sequence[Sequence[str]],
    baseline: Baseline,
    now_ms: int,
) -> Plan[dict[str, Order]]:
    orders: dict[str, Order] = {}
    spans = windows(baseline.since_ms, now_ms)
    for market, symbol, start, end in _asked_for(markets, wanted, spans):
        rows = yield from by_cursor(_spanned(market.done, symbol, start, end), key_of=_key_of_order)
        orders.update((row.order_id, row_facts.spot_order(row, active=False)) for row in rows)
    return orders


def _spot_look_ups(markets: Sequence[_Market]) -> _LookUps:
    # Whether an order is one of spot or of margin is not remembered: each market is asked.
    found = {market.order: market for market in markets}
    return lambda order_id, symbol: [
        _one(market.order(symbol, order_id), row_facts.spot_order) for market in found.values()
    ]


def _spot_balances(*, margin: bool) -> Plan[tuple[Balance, ...]]:
    balances = [row_facts.spot_balance(row) for row in (yield calls.spot_accounts())]
    if margin:
        # The margin accounts say more about themselves than the list of all accounts does.
        own = [balance for balance in balances if not balance.asset.startswith("margin:")]
        cross = yield calls.cross_margin()
        own += [row_facts.margin_balance(row, "margin") for row in cross.accounts]
        isolated = yield calls.isolated_margin()
        for account in isolated.accounts:
            sides = (account.base, account.quote)
            name = f"isolated_{account.symbol}"
            own += [row_facts.margin_balance(row, name) for row in sides if row is not None]
        balances = own
    return tuple(balances)


# Futures


def futures_snapshot_plan(
    baseline: Baseline, *, now_ms: int, currencies: Iterable[str] = FUTURES_CURRENCIES
) -> Plan[Snapshot]:
    """Return the plan that reads the futures account.

    Args:
        baseline: what is known.
        now_ms: exchange time before the first call.
        currencies: the currencies whose wallets are read, beside those of the positions.
    """
    notes, wallets = Notes(), set(currencies)
    before = {key: symbol for key, symbol in baseline.open_orders.items() if "-" not in symbol}
    fills = yield from part("fills", _futures_fills(baseline, now_ms), notes)
    orders = yield from part("orders", _futures_orders(), notes)
    ended: dict[str, Order] = {}
    if orders is not None:
        asked = _Asked(before, fills or (), baseline, _futures_look_ups)
        ended = yield from _add_ended(orders, _futures_history(baseline, now_ms), asked, notes)
    positions = yield from part("positions", _futures_positions(wallets), notes)
    balances = yield from part("balances", _futures_balances(sorted(wallets)), notes)
    return _snapshot(
        now_ms,
        notes,
        fills=fills,
        orders=orders,
        ended=ended,
        positions=positions,
        balances=balances,
    )


def _futures_fills(baseline: Baseline, now_ms: int) -> Plan[tuple[Fill, ...]]:
    fills: dict[str, Fill] = {}
    for start, end in windows(baseline.since_ms, now_ms):
        call = _paged(calls.futures_fills, start, end)
        rows = yield from by_page(call, key_of=lambda row: (row.trade_id, row.order_id))
        fills.update((fill.fill_id, fill) for fill in map(row_facts.futures_fill, rows))
    return _since(fills, baseline)


def _paged(
    call: Callable[..., Call], start: int, end: int | None, **query: str
) -> Callable[[int], Call]:
    return lambda page: call(start_ms=start, end_ms=end, page=page, **query)


def _futures_orders() -> Plan[dict[str, Order]]:
    rows = yield from by_page(
        lambda page: calls.futures_orders(status="active", page=page), key_of=_key_of_order
    )
    return {row.order_id: row_facts.futures_order(row) for row in rows}


def _futures_history(baseline: Baseline, now_ms: int) -> Plan[dict[str, Order]]:
    orders: dict[str, Order] = {}
    for start, end in windows(baseline.since_ms, now_ms):
        call = _paged(calls.futures_orders, start, end, status="done")
        rows = yield from by_page(call, key_of=_key_of_order)
        orders.update((row.order_id, row_facts.futures_order(row)) for row in rows)
    return orders


def _futures_look_ups(order_id: str, _: str) -> Sequence[Plan[Order]]:
    return [_one(calls.futures_order(order_id), row_facts.futures_order)]


def _futures_positions(wallets: set[str]) -> Plan[tuple[Position, ...]]:
    """Return the positions; add the wallets that they are settled in."""
    rows = yield calls.futures_positions()
    wallets.update(row.settle_currency for row in rows if row.settle_currency)
    return tuple(row_facts.futures_position(row) for row in rows)


def _futures_balances(currencies: Iterable[str]) -> Plan[tuple[Balance, ...]]:
    balances = []
    for currency in currencies:
        row = yield calls.futures_account(currency)
        balances.append(row_facts.futures_balance(row))
    return tuple(balances)


# Unified


def pro_snapshot_plan(
    baseline: Baseline, *, now_ms: int, markets: Sequence[str] = PRO_MARKETS
) -> Plan[Snapshot]:
    """Return the plan that reads a unified account.

    Args:
        baseline: what is known.
        now_ms: exchange time before the first call.
        markets: whose orders and fills are read: ``SPOT``, ``FUTURES`` or both.
    """
    notes = Notes()
    fills = yield from part("fills", _pro_fills(markets, baseline, now_ms), notes)
    orders = yield from part("orders", _pro_orders(markets), notes)
    ended: dict[str, Order] = {}
    if orders is not None:
        asked = _Asked(baseline.open_orders, fills or (), baseline, _pro_look_ups)
        history = _pro_history(markets, baseline, now_ms)
        ended = yield from _add_ended(orders, history, asked, notes)
    positions = yield from part("positions", _pro_positions(), notes)
    balances = yield from part("balances", _pro_balances(), notes)
    return _snapshot(
        now_ms,
        notes,
        fills=fills,
        orders=orders,
        ended=ended,
        positions=positions,
        balances=balances,
    )


def _pro_fills(markets: Sequence[str], baseline: Baseline, now_ms: int) -> Plan[tuple[Fill, ...]]:
    fills: dict[str, Fill] = {}
    spans = windows(baseline.since_ms, now_ms)
    for market, (start, end) in ((market, span) for market in markets for span in spans):
        rows = yield from by_cursor(
            _spanned(calls.pro_fills, market, start, end),
            key_of=lambda row: (row.trade_id, row.order_id),
        )
        fills.update((fill.fill_id, fill) for fill in map(row_facts.pro_fill, rows))
    return _since(fills, baseline)


def _pro_orders(markets: Sequence[str]) -> Plan[dict[str, Order]]:
    orders: dict[str, Order] = {}
    for market in markets:
        rows = yield from by_page(_market_pages(market), key_of=_key_of_order)
        orders.update((row.order_id, row_facts.pro_order(row)) for row in rows)
    return orders


def _market_pages(market: str) -> Callable[[int], Call]:
    return lambda page: calls.pro_open_orders(market, page=page)


def _pro_history(markets: Sequence[str], baseline: Baseline, now_ms: int) -> Plan[dict[str, Order]]:
    orders: dict[str, Order] = {}
    spans = windows(baseline.since_ms, now_ms)
    for market, (start, end) in ((market, span) for market in markets for span in spans):
        call = _spanned(calls.pro_order_history, market, start, end)
        rows = yield from by_cursor(call, key_of=_key_of_order)
        orders.update((row.order_id, row_facts.pro_order(row)) for row in rows)
    return orders


def _pro_look_ups(order_id: str, symbol: str) -> Sequence[Plan[Order]]:
    market = "SPOT" if "-" in symbol else "FUTURES"
    return [_one(calls.pro_order(market, symbol, order_id), row_facts.pro_order)]


def _pro_positions() -> Plan[tuple[Position, ...]]:
    rows = yield calls.pro_positions()
    return tuple(row_facts.pro_position(row) for row in rows)


def _pro_balances() -> Plan[tuple[Balance, ...]]:
    reply = yield calls.pro_balances()
    account_type = reply.account_type or "UNIFIED"
    return tuple(
        row_facts.pro_balance(row, account_type)
        for account in reply.accounts
        for row in account.currencies
    )


# What they share

_Orders = dict[str, Order]
_LookUps = Callable[[str, str], Sequence[Plan[Order]]]


@attrs.frozen
class _Asked:
    """What is needed to know which orders to ask for one by one."""

    open_before: Mapping[str, str]
    fills: Sequence[Fill]
    baseline: Baseline
    look_ups: _LookUps


def _key_of_order(row: Any) -> object:
    return row.order_id


def _since(fills: Mapping[str, Fill], baseline: Baseline) -> tuple[Fill, ...]:
    """Return the fills from the baseline on, oldest first."""
    kept = [
        fill for fill in fills.values() if fill.time_ms is None or fill.time_ms >= baseline.since_ms
    ]
    return tuple(sorted(kept, key=_when))


def _when(fill: Fill) -> tuple[int, int, str]:
    """Return when a fill was: ids of trades grow, and several may be of one millisecond."""
    trade_id = fill.trade_id or ""
    return fill.time_ms or 0, len(trade_id), trade_id


def _one(call: Call, order_of: Callable[[Any], Order]) -> Plan[Order]:
    return order_of((yield call))


def _add_ended(
    orders: _Orders, history: Plan[_Orders], asked: _Asked, notes: Notes
) -> Plan[_Orders]:
    """Return the orders that ended, from the history and by asking for those in neither list.

    The history was read after the open orders, so an order in both has ended and is taken out of
    ``orders``; one that turns out to be open is put in.
    """
    ended = (yield from part("orders", history, notes)) or {}
    ended = {key: order for key, order in ended.items() if not order.is_open}
    for order_id in ended.keys() & orders.keys():
        del orders[order_id]
    told = ended.keys() | orders.keys()
    wanted = wanted_orders(asked.open_before, asked.fills, asked.baseline, told)
    # The exchange itself trades in a liquidation, under an id that is no order's.
    wanted.pop("0", None)
    found = yield from look_up(wanted, asked.look_ups, notes)
    for order in found:
        (orders if order.is_open else ended)[order.order_id] = order
    return ended


def _snapshot(
    now_ms: int,
    notes: Notes,
    *,
    fills: tuple[Fill, ...] | None,
    orders: _Orders | None,
    ended: _Orders,
    balances: tuple[Balance, ...] | None,
    positions: tuple[Position, ...] | None = None,
) -> Snapshot:
    return Snapshot(
        as_of_ms=now_ms,
        fills=fills,
        open_orders=None if orders is None else tuple(orders.values()),
        ended_orders=tuple(ended.values()),
        positions=positions,
        balances=balances,
        final=frozenset(notes.final),
        unchecked=dict(notes),
    )
