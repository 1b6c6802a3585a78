"""The event that tells balances and positions which only a REST reply has shown."""

from __future__ import annotations

import attrs

from ....events import Event, Origin
from ....state.models import Balance, Position

__all__ = ["AccountReading"]


@attrs.frozen(kw_only=True)
class AccountReading(Event):
    """Balances and positions as a comparison with the exchange found them.

    They come from several calls with rows of several forms, so that they are in the terms of the
    mirror: see :func:`sixmm.venues.kucoin.words.balance_key` for the names of the balances.
    """

    origin: Origin = Origin.REST
    balances: tuple[Balance, ...] = ()
    positions: tuple[Position, ...] = ()
