"""The cross and the isolated margin accounts."""

from __future__ import annotations

from ...engine.numbers import ZERO, plain
from ..engine.margin import debt_ratio, in_bitcoin
from ..engine.records import Balance
from .route import Visit

__all__ = ["cross", "isolated"]


def cross(visit: Visit) -> object:
    """Answer with the cross account: what is there, what is owed."""
    balances = _of_kind(visit, "margin")
    assets = in_bitcoin({one.currency: one.total for one in balances})
    debts = in_bitcoin({one.currency: one.liability + one.interest for one in balances})
    return {
        "totalAssetOfQuoteCurrency": plain(assets),
        "totalLiabilityOfQuoteCurrency": plain(debts),
        "debtRatio": plain(debt_ratio(balances)),
        "status": "EFFECTIVE",
        "accounts": [{**_row(one), "borrowEnabled": True} for one in balances],
    }


def isolated(visit: Visit) -> object:
    """Answer with the isolated accounts, one for each symbol."""
    kinds = sorted({kind for kind, _ in visit.account.balances if kind.startswith("isolated_")})
    wanted = visit.call.query().get("symbol")
    assets = []
    for kind in kinds:
        symbol = kind.removeprefix("isolated_")
        if wanted in (None, symbol):
            assets.append(_isolated_row(visit, symbol))
    return {
        "totalAssetOfQuoteCurrency": "0",
        "totalLiabilityOfQuoteCurrency": "0",
        "timestamp": visit.core.now_ms(),
        "assets": assets,
    }


def _isolated_row(visit: Visit, symbol: str) -> dict[str, object]:
    kind = f"isolated_{symbol}"
    base, _, quote = symbol.partition("-")
    balances = _of_kind(visit, kind)
    account = visit.account
    owed = any(one.liability for one in balances)
    return {
        "symbol": symbol,
        "status": "DEBT" if owed else "CLEAR",
        "debtRatio": plain(debt_ratio(balances)),
        "baseAsset": _row(account.balance(kind, base)),
        "quoteAsset": _row(account.balance(kind, quote)),
    }


def _of_kind(visit: Visit, kind: str) -> list[Balance]:
    return [one for (name, _), one in visit.account.balances.items() if name == kind]


def _row(balance: Balance) -> dict[str, object]:
    return {
        "currency": balance.currency,
        "total": plain(balance.total),
        "available": plain(balance.available),
        "hold": plain(balance.hold),
        "liability": plain(balance.liability + balance.interest),
        "liabilityPrincipal": plain(balance.liability),
        "liabilityInterest": plain(balance.interest or ZERO),
        "maxBorrowSize": "100000",
    }
