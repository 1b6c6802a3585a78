"""The orders that were confirmed for a client order id, so that none is taken for a later one.

The exchange may let a caller use an id again (rule 115). By their times two orders of one id can
only be told apart where they are further apart than clocks may be wrong.
"""

from __future__ import annotations

from collections import deque

from .writes import Target

__all__ = ["KnownOrders"]

_MOST = 1_000


class KnownOrders:
    """Remembers the latest orders by the names that the caller gave them; several threads may ask.

    Args:
        most: how many.
    """

    def __init__(self, *, most: int = _MOST) -> None:
        # To append, and to copy, is one step each.
        self._known: deque[tuple[str | None, str, str]] = deque(maxlen=most)

    def note(self, target: Target, order_id: str | None) -> None:
        """Remember the exchange's id, of an order or of a condition order, for a target."""
        name = target.client_order_id
        if name is not None and order_id is not None:
            self._known.append((target.symbol, name, order_id))

    def of(self, *targets: Target) -> tuple[str, ...]:
        """Return the exchange's ids of the orders that have the name of one of the targets."""
        names = {(target.symbol, target.client_order_id) for target in targets}
        return tuple(
            order_id for symbol, name, order_id in self._known.copy() if (symbol, name) in names
        )
