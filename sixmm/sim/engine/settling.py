"""The funding settlements of all positions; see `funding` for what they are."""

from __future__ import annotations

from .funding import FundingSettlement, funding_fee, next_funding_ms
from .ledger import ChangeKind
from .market import Market
from .state import State

__all__ = ["settle_funding"]


def settle_funding(state: State, since_ms: int, until_ms: int) -> None:
    """Settle every time of the grid after `since_ms` up to and with `until_ms`, oldest first.

    All of them at the mark price of now, since nobody knows another. Each is told by an
    ACCOUNT_UPDATE of its own.
    """
    at_ms = next_funding_ms(since_ms)
    while at_ms <= until_ms:
        for market in state.markets.values():
            _settle(state, market, at_ms)
        state.settle(at_ms)
        at_ms = next_funding_ms(at_ms)
    if state.next_funding_ms is not None:
        state.next_funding_ms = at_ms


def _settle(state: State, market: Market, at_ms: int) -> None:
    symbol, rate, mark = market.spec.symbol, market.funding_rate, market.mark_price
    settlement = FundingSettlement(symbol=symbol, rate=rate, mark_price=mark, at_ms=at_ms)
    market.settlements.append(settlement)
    reference = f"funding-{symbol}-{at_ms}"
    for account in state.holders[symbol].values():
        for leg, position in account.positions.items():
            if leg[0] == symbol and position.size:
                fee = funding_fee(position.size, mark, rate)
                position.funding += fee
                ts = account.next_ts(at_ms)
                account.change_wallet(ChangeKind.FUNDING, fee, reference, ts)
                account.touched.add(leg)
                state.touch(account)
