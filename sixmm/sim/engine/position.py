"""One position: size, cost and what a fill does to them.

The size is signed inside (a short is negative, whatever the position side), and the cost
carries the same sign. Profit is booked against the cost that leaves with the closed part, so
no rounding is ever lost: over all accounts, wallet plus fees minus cost stays what was paid in.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from .numbers import SIM_CONTEXT, ZERO, money, ratio

__all__ = ["Position"]


@dataclass(slots=True, kw_only=True, eq=False)
class Position:
    """What one account holds on one leg (a symbol and a position side)."""

    symbol: str
    side: str
    size: Decimal = ZERO
    cost: Decimal = ZERO
    fees: Decimal = ZERO
    """Fees of the fills that opened what is still held; they shift the break-even price."""
    opened_at: int = 0
    funding: Decimal = ZERO
    """Funding received (negative: paid) since the position was opened."""
    peak: Decimal = ZERO
    """The largest size since the position was opened, without sign."""
    realized: Decimal = ZERO
    """Profit of what has been closed since the position was opened, before fees."""
    closed_size: Decimal = ZERO
    closed_turnover: Decimal = ZERO

    @property
    def leg(self) -> tuple[str, str]:
        """Symbol and position side."""
        return self.symbol, self.side

    @property
    def held(self) -> Decimal:
        """Size without sign."""
        return abs(self.size)

    @property
    def direction(self) -> int:
        """Return 1 for a long, -1 for a short and 0 for an empty position."""
        return (self.size > 0) - (self.size < 0)

    @property
    def wire_quantity(self) -> Decimal:
        """Size as the wire has it: signed for BOTH, never negative for LONG and SHORT."""
        return self.size if self.side == "BOTH" else abs(self.size)

    @property
    def entry_price(self) -> Decimal:
        """Mean price of what is held, zero for an empty position."""
        return ratio(self.cost, self.size)

    @property
    def close_price(self) -> Decimal:
        """Mean price of what has been closed since the position was opened."""
        return ratio(self.closed_turnover, self.closed_size)

    def start(self, at_ms: int) -> None:
        """Begin a new life of the position: what is held now was opened at `at_ms`."""
        self.opened_at = at_ms
        self.funding = self.realized = self.closed_size = self.closed_turnover = ZERO
        self.peak = self.held

    def reducible_by(self, sign: int) -> Decimal:
        """Return the size that an order in direction `sign` (1 buys) can close."""
        return self.held if self.size * sign < 0 else ZERO

    def apply(self, change: Decimal, price: Decimal, fee: Decimal) -> Decimal:
        """Take in a fill of signed size `change` and return the profit it realizes.

        A fill that is larger than an opposite position closes it and opens the rest the
        other way round.
        """
        closing = ZERO
        if self.size * change < 0:
            closing = change if abs(change) <= self.held else -self.size
        realized = self._close(closing, price) if closing else ZERO
        opening = change - closing
        self.size += opening
        self.cost += opening * price
        self.fees += fee if not closing else money(SIM_CONTEXT.divide(fee * opening, change))
        if not closing:
            self.peak = max(self.peak, self.held)
        return realized

    def _close(self, closing: Decimal, price: Decimal) -> Decimal:
        """Close the signed size `closing` (opposite to what is held) at `price`."""
        if closing == -self.size:
            released, released_fees = self.cost, self.fees
        else:
            released = money(SIM_CONTEXT.divide(-self.cost * closing, self.size))
            released_fees = money(SIM_CONTEXT.divide(-self.fees * closing, self.size))
        self.size += closing
        self.cost -= released
        self.fees -= released_fees
        realized = -closing * price - released
        self.realized += realized
        self.closed_size += abs(closing)
        self.closed_turnover += abs(closing) * price
        return realized
