"""One condition order: what waits for a price, and when it fires (rule 50)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from .closing import TriggerMode
from .numbers import ONE, ZERO
from .orders import Order

__all__ = ["CONDITION_TYPES", "Condition", "ConditionStatus"]

CONDITION_TYPES = (
    "STOP_MARKET",
    "STOP_LIMIT",
    "TAKE_PROFIT_MARKET",
    "TAKE_PROFIT_LIMIT",
    "TRAILING_STOP",
)


class ConditionStatus:
    """States of a condition order; their spelling is assumed (rule 113)."""

    NEW = "NEW"
    TRIGGERED = "TRIGGERED"
    CANCELED = "CANCELED"
    REJECTED = "REJECTED"


@dataclass(slots=True, kw_only=True, eq=False)
class Condition:
    """A condition order of one account; figures that were not given are zero.

    `best` is what a trailing order follows: the best price since it became active, zero
    before. Condition orders compare by identity.
    """

    condition_id: str
    client_order_id: str
    owner: str
    symbol: str
    type: str
    side: str
    position_side: str
    price: Decimal
    quantity: Decimal
    time_in_force: str
    reduce_only: bool
    close_position: bool
    stop_price: Decimal
    working_type: str
    price_protect: bool
    activate_price: Decimal
    callback_rate: Decimal
    strategy_id: str = ""
    status: str = ConditionStatus.NEW
    order: Order | None = None
    created_at: int = 0
    updated_at: int = 0
    best: Decimal = ZERO

    @property
    def order_id(self) -> str:
        """Id of the order that it became, empty before."""
        return self.order.order_id if self.order else ""

    @property
    def waits(self) -> bool:
        """Whether the order may still fire."""
        return self.status == ConditionStatus.NEW

    @property
    def is_limit(self) -> bool:
        """Whether a limit order comes of it, and not a market order."""
        return self.type.endswith("_LIMIT")

    @property
    def leg(self) -> tuple[str, str]:
        """The position that the order it becomes changes: symbol and position side."""
        return self.symbol, self.position_side

    @property
    def reduces(self) -> bool:
        """Whether its order only reduces a position, in an account of either mode."""
        closes = (self.side == "SELL") == (self.position_side == "LONG")
        return self.reduce_only or self.close_position or (self.position_side != "BOTH" and closes)

    @property
    def sign(self) -> int:
        """Return 1 for a buy and -1 for a sell."""
        return 1 if self.side == "BUY" else -1

    @property
    def trigger_mode(self) -> int:
        """What a position that it closes is closed by (rule 69)."""
        profit = self.type.startswith("TAKE_PROFIT")
        return TriggerMode.TAKE_PROFIT if profit else TriggerMode.STOP_LOSS

    @property
    def fires_above(self) -> bool:
        """Whether it fires when the price rises to the stop price, and not when it falls to it.

        A stop buys into a rise and sells into a fall; a take-profit does the opposite.
        """
        return (self.side == "BUY") != self.type.startswith("TAKE_PROFIT")

    def fires_at(self, price: Decimal) -> bool:
        """Tell whether `price` fires it; a trailing order remembers the price meanwhile."""
        if self.type == "TRAILING_STOP":
            return self._trail(price)
        return price >= self.stop_price if self.fires_above else price <= self.stop_price

    def _trail(self, price: Decimal) -> bool:
        """Follow the best price from the activation on, and fire when it has come back enough.

        A sell follows the highest price and a buy the lowest.
        """
        sells = self.side == "SELL"
        if not self.best:
            reached = price >= self.activate_price if sells else price <= self.activate_price
            if self.activate_price and not reached:
                return False
            self.best = price
            return False
        self.best = max(self.best, price) if sells else min(self.best, price)
        if sells:
            return price <= self.best * (ONE - self.callback_rate)
        return price >= self.best * (ONE + self.callback_rate)
