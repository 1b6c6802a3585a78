"""What happened to the money of an account: every change of the wallet, and sums by UTC day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from decimal import Decimal
from functools import lru_cache

from .numbers import ZERO

__all__ = ["ChangeKind", "DayTotals", "LedgerRow", "day_of"]

_DAY_MS = 86_400_000


class ChangeKind:
    """Why a wallet changed, as the account-change log spells it (values assumed, rule 113)."""

    TRANSFER_IN = "TRANSFER_IN"
    TRANSFER_OUT = "TRANSFER_OUT"
    REALIZED_PNL = "REALIZED_PNL"
    FEE = "FEE"
    FUNDING = "FUNDING"
    LIQUIDATION = "LIQUIDATION"


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """One change of a wallet.

    `amount` is signed: ``after - before``. The frozen figures are those right before and after
    the change, `reference_id` names what caused it (the fill id of a trade, ``""`` for
    nothing that has an id), and `at_ms` is its time.
    """

    kind: str
    amount: Decimal
    before: Decimal
    after: Decimal
    frozen_before: Decimal
    frozen_after: Decimal
    reference_id: str
    at_ms: int


@dataclass(slots=True, kw_only=True)
class DayTotals:
    """Sums over a UTC day (rule 8), or over the whole life of an account.

    `realized_pnl` is before fees, and `fees` are positive. `volume` is the traded value.
    `funding` is positive where it was received. `liquidation` is what the house paid for a
    wallet that a liquidation would have left below zero. `opening` and `closing` are the
    wallet before the first and after the last change.
    """

    realized_pnl: Decimal = ZERO
    fees: Decimal = ZERO
    funding: Decimal = ZERO
    volume: Decimal = ZERO
    transfer_in: Decimal = ZERO
    transfer_out: Decimal = ZERO
    liquidation: Decimal = ZERO
    opening: Decimal = ZERO
    closing: Decimal = ZERO
    changes: int = 0

    @property
    def net(self) -> Decimal:
        """What all changes together did to the wallet."""
        earned = self.realized_pnl - self.fees + self.funding + self.liquidation
        return earned + self.transfer_in - self.transfer_out

    def add(self, row: LedgerRow) -> None:
        """Take in one change."""
        if not self.changes:
            self.opening = row.before
        self.closing = row.after
        self.changes += 1
        name, sign = _SUMS[row.kind]
        setattr(self, name, getattr(self, name) + sign * row.amount)


_SUMS: dict[str, tuple[str, int]] = {
    ChangeKind.TRANSFER_IN: ("transfer_in", 1),
    ChangeKind.TRANSFER_OUT: ("transfer_out", -1),
    ChangeKind.REALIZED_PNL: ("realized_pnl", 1),
    ChangeKind.FEE: ("fees", -1),
    ChangeKind.FUNDING: ("funding", 1),
    ChangeKind.LIQUIDATION: ("liquidation", 1),
}
"""Which sum a change goes into, and with which sign."""


@lru_cache(maxsize=1024)
def _day_text(day: int) -> str:
    return datetime.fromtimestamp(day * 86_400, timezone.utc).strftime("%Y-%m-%d")


def day_of(at_ms: int) -> str:
    """Return the UTC day of a time in ms as ``YYYY-MM-DD`` (rule 8)."""
    return _day_text(at_ms // _DAY_MS)
