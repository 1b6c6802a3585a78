"""One order: what was asked for, and how far it has come."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from .numbers import ZERO, ratio

__all__ = ["TERMINAL", "Order", "Status"]


class Status:
    """Order states as they stand on the wire (rules 60, 61)."""

    NEW = "NEW"
    PENDING = "PENDING"
    PARTIALLY_FILLED = "PARTIALLY_FILLED"
    FILLED = "FILLED"
    CANCELED = "CANCELED"
    REJECTED = "REJECTED"
    PARTIALLY_FILLED_CANCELED = "PARTIALLY_FILLED_CANCELED"


TERMINAL = frozenset(
    {Status.FILLED, Status.CANCELED, Status.REJECTED, Status.PARTIALLY_FILLED_CANCELED}
)


@dataclass(slots=True, kw_only=True, eq=False)
class Order:
    """A normal order of one account; `price` is zero for a market order.

    `opening` is the part of the size that does not reduce a position; only that part holds
    margin, and `frozen` is how much it holds now. `trigger_mode` is what a position that this
    order closes was closed by (rule 69), and `strategy_id` names the strategy that the order
    is a leg of, if it is one. Orders compare by identity.
    """

    order_id: str
    client_order_id: str
    owner: str
    symbol: str
    side: str
    position_side: str
    type: str
    time_in_force: str
    price: Decimal
    quantity: Decimal
    reduce_only: bool
    maker_only: bool
    close_position: bool
    opening: Decimal
    trigger_mode: int = 1
    strategy_id: str = ""
    created_at: int = 0
    updated_at: int = 0
    status: str = Status.NEW
    executed: Decimal = ZERO
    turnover: Decimal = ZERO
    frozen: Decimal = ZERO

    @property
    def remaining(self) -> Decimal:
        """Size that is still to be filled."""
        return self.quantity - self.executed

    @property
    def average_price(self) -> Decimal:
        """Mean price of the fills so far, zero before the first."""
        return ratio(self.turnover, self.executed)

    @property
    def is_open(self) -> bool:
        """Whether the order may still be filled."""
        return self.status not in TERMINAL

    @property
    def sign(self) -> int:
        """Return 1 for a buy and -1 for a sell."""
        return 1 if self.side == "BUY" else -1

    @property
    def leg(self) -> tuple[str, str]:
        """The position that fills of this order change: symbol and position side."""
        return self.symbol, self.position_side

    def fill(self, price: Decimal, quantity: Decimal) -> None:
        """Count one fill; the state follows from what is left."""
        self.executed += quantity
        self.turnover += price * quantity
        full = self.executed == self.quantity
        self.status = Status.FILLED if full else Status.PARTIALLY_FILLED

    def end(self) -> None:
        """Take the order off for good; its state tells whether anything was filled."""
        self.status = Status.PARTIALLY_FILLED_CANCELED if self.executed else Status.CANCELED

    def rest(self) -> None:
        """Mark the order as one that waits in the book."""
        self.status = Status.PARTIALLY_FILLED if self.executed else Status.PENDING
