"""The ranking of all accounts by realized profit."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ..core import Core
from ..engine.account import Account
from ..engine.ledger import DayTotals
from ..engine.numbers import ONE, ZERO, plain, ratio
from ..engine.request import choice
from ..figures import since
from .call import Call
from .caller import Caller

__all__ = ["pnl"]

MOST_PLACES = 100
_PERIODS = {"7d": 7, "30d": 30, "90d": 90}


def pnl(core: Core, call: Call, caller: Caller | None) -> object:
    """Answer with the best hundred of those who traded in the period, and the caller's place.

    The place is 0 for nobody, for who did not trade, and for who is not among them.
    """
    days = _PERIODS[choice(call.query(), "period", tuple(_PERIODS), None)]
    now_ms = core.now_ms()
    sums = [
        (account, since(account, days, now_ms))
        for account in core.engine.state.accounts.values()
        if not account.house
    ]
    traded = [entry for entry in sums if entry[1].volume]
    traded.sort(key=lambda entry: (-entry[1].realized_pnl, entry[0].user_id))
    board = traded[:MOST_PLACES]
    rows = [_row(rank, *entry) for rank, entry in enumerate(board, 1)]
    own = caller.account if caller else None
    places = (rank for rank, (account, _) in enumerate(board, 1) if account is own)
    return {"list": rows, "myRank": next(places, 0)}


def _row(rank: int, account: Account, sums: DayTotals) -> dict[str, Any]:
    return {
        "rank": rank,
        "userId": account.user_id,
        "trader": _hidden(account.username),
        "volume": plain(sums.volume),
        "pnlAmount": plain(sums.realized_pnl),
        "pnlPct": plain(_share(account, sums)),
    }


def _share(account: Account, sums: DayTotals) -> Decimal:
    """Return the profit by the money that was there to make it, kept within 0 to 1.

    That is what the wallet held when the period began, and what was moved in since.
    """
    stake = account.wallet - sums.net + sums.transfer_in
    return max(ZERO, min(ONE, ratio(sums.realized_pnl, stake)))


def _hidden(name: str) -> str:
    """Return a name with its middle hidden: ``alice`` is ``al***e``, ``bob`` is ``b***``."""
    return f"{name[:2]}***{name[-1]}" if len(name) > 3 else f"{name[:1]}***"
