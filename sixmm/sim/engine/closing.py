"""What is remembered of a position that has been closed (rules 67 to 69)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from .margin import initial_margin
from .numbers import ratio
from .position import Position

__all__ = ["ClosedPosition", "TriggerMode", "close_record"]


class TriggerMode:
    """Why a position was closed (rule 69)."""

    MANUAL = 1
    TAKE_PROFIT = 2
    STOP_LOSS = 3
    LIQUIDATION = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedPosition:
    """One life of a position, from its first fill to the one that closed it; times in ms.

    `direction` is 1 for a long and -1 for a short; `pnl` is the realized profit before fees and
    funding, and `roe` is that over the margin of the largest size.
    """

    symbol: str
    side: str
    direction: int
    leverage: int
    margin_mode: str
    max_quantity: Decimal
    entry_price: Decimal
    close_price: Decimal
    pnl: Decimal
    roe: Decimal
    funding: Decimal
    trigger_mode: int
    opened_at: int
    closed_at: int

    @property
    def leg(self) -> tuple[str, str]:
        """Symbol and position side."""
        return self.symbol, self.side


def close_record(
    position: Position,
    *,
    direction: int,
    entry_price: Decimal,
    leverage: int,
    margin_mode: str,
    trigger_mode: int,
    at_ms: int,
) -> ClosedPosition:
    """Return the record of `position`, whose last piece of mean `entry_price` is closed now."""
    margin = initial_margin(position.peak * entry_price, leverage)
    return ClosedPosition(
        symbol=position.symbol,
        side=position.side,
        direction=direction,
        leverage=leverage,
        margin_mode=margin_mode,
        max_quantity=position.peak,
        entry_price=entry_price,
        close_price=position.close_price,
        pnl=position.realized,
        roe=ratio(position.realized, margin),
        funding=position.funding,
        trigger_mode=trigger_mode,
        opened_at=position.opened_at,
        closed_at=at_ms,
    )
