"""Calls about what has become of the money: the ledger, and figures by UTC day (rule 8)."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from ..codes import Code, ExchangeError
from ..core import Core
from ..engine.account import Account
from ..engine.ledger import ChangeKind, LedgerRow
from ..engine.numbers import plain
from ..engine.request import choice, text_field
from ..figures import Bucket, buckets, drawdown, since
from .call import Call
from .caller import Caller
from .route import MOST_ROWS, page_of, span, whole_number

__all__ = [
    "CHANGE_TYPES",
    "balance_history",
    "change_log",
    "summary",
    "trade_overview",
    "trend",
    "volume_stats",
]

CHANGE_TYPES = tuple(value for name, value in vars(ChangeKind).items() if name.isupper())
MONTH_DAYS = 30
_PERIODS = {"1D": "1d", "1W": "1w", "1M": "1M"}
_RANGES = {"1D": 1, "1W": 7, "1M": 30, "3M": 90, "6M": 180, "1Y": 365}


def change_log(_core: Core, call: Call, caller: Caller) -> object:
    """Answer with the changes of the wallet, newest first, the newest ten thousand of them."""
    query = call.query()
    account = caller.account
    asset, kind = text_field(query, "assetType"), text_field(query, "changeType")
    if kind is not None and kind not in CHANGE_TYPES:
        raise ExchangeError(Code.BAD, f"changeType must be one of {', '.join(CHANGE_TYPES)}")
    start, end = span(query)
    found = [
        row
        for row in reversed(account.ledger)
        if start <= row.at_ms <= end and kind in (None, row.kind) and asset in (None, account.asset)
    ]
    rows = [_ledger_row(account.asset, row) for row in found[page_of(query)]]
    return {"list": rows, "total": len(found)}


def volume_stats(core: Core, _call: Call, caller: Caller) -> object:
    """Answer with turnover and fees of the last 30 UTC days, today included."""
    sums = since(caller.account, MONTH_DAYS, core.now_ms())
    return {"volume30d": plain(sums.volume), "feeTotal30d": plain(sums.fees)}


def balance_history(core: Core, call: Call, caller: Caller) -> object:
    """Answer with the balance at the end of each day, week or month, oldest first."""
    query = call.query()
    interval = _PERIODS[choice(query, "period", tuple(_PERIODS), None)]
    limit = whole_number(query, "limit", 30, least=1, most=MOST_ROWS)
    found = buckets(caller.account, interval, limit, core.now_ms())
    return {"items": [_balance(bucket) for bucket in found]}


def _balance(bucket: Bucket) -> dict[str, Any]:
    return {
        "date": _date(bucket.start),
        "balance": plain(bucket.balance),
        "pnl": plain(bucket.pnl),
    }


def summary(core: Core, _call: Call, caller: Caller) -> object:
    """Answer with the headline figures."""
    return _headline(caller.account, core.now_ms())


def trend(core: Core, call: Call, caller: Caller) -> object:
    """Answer with one snapshot for each UTC day of the range, oldest first."""
    return {"items": _snapshots(core, call, caller)}


def trade_overview(core: Core, call: Call, caller: Caller) -> object:
    """Answer with the headline figures and the snapshots together."""
    items = _snapshots(core, call, caller)
    return {**_headline(caller.account, core.now_ms()), "items": items}


def _snapshots(core: Core, call: Call, caller: Caller) -> list[dict[str, Any]]:
    days = _RANGES[choice(call.query(), "type", tuple(_RANGES), None)]
    return [_snapshot(day) for day in buckets(caller.account, "1d", days, core.now_ms())]


def _snapshot(day: Bucket) -> dict[str, Any]:
    return {
        "snapshotTime": day.end,
        "balance": plain(day.balance),
        "pnl": plain(day.pnl),
        "pnlRate": plain(day.pnl_rate),
        "totalPnl": plain(day.total_pnl),
    }


def _headline(account: Account, now_ms: int) -> dict[str, Any]:
    today, life = since(account, 1, now_ms), account.totals
    fall = drawdown(account, MONTH_DAYS, now_ms)
    return {
        "todayPnl": plain(today.realized_pnl),
        "todayVolume": plain(today.volume),
        "totalVolume": plain(life.volume),
        "totalPnl": plain(life.realized_pnl),
        "maxDrawdown30d": plain(fall.amount),
        "maxDrawdown30dRate": plain(fall.rate),
        "transferIn": plain(life.transfer_in),
        "transferOut": plain(life.transfer_out),
    }


def _ledger_row(asset: str, row: LedgerRow) -> dict[str, Any]:
    return {
        "assetType": asset,
        "amount": plain(row.amount),
        "walletBalanceBefore": plain(row.before),
        "walletBalanceAfter": plain(row.after),
        "frozenBalanceBefore": plain(row.frozen_before),
        "frozenBalanceAfter": plain(row.frozen_after),
        "changeType": row.kind,
        "referenceId": row.reference_id,
        "createdAt": row.at_ms,
    }


def _date(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms // 1000, timezone.utc).strftime("%Y-%m-%d")
