"""Whether what is told goes back, in the order of delivery."""

from __future__ import annotations

from decimal import Decimal

from .claims import OrderClaim

__all__ = ["Course", "Rising"]


class Rising:
    """The numbers of the pushes about one thing, which have to be delivered as they were sent."""

    def __init__(self) -> None:
        self._highest = 0

    def falls(self, seq: int | None) -> bool:
        """Take in the number of a push, None for a snapshot; return whether a later one was told.

        The same push again is a repeat, and does not go back.
        """
        if seq is None:
            return False
        is_late = seq < self._highest
        self._highest = max(self._highest, seq)
        return is_late


class Course:
    """The tellings of one order.

    What was filled never becomes less, and an order that has ended does not open again. A missed
    fill may be told with the state that was told last.
    """

    def __init__(self) -> None:
        self.last: OrderClaim | None = None
        """The last telling."""
        self._pushes = Rising()
        self._executed = Decimal(0)
        self._end: str | None = None

    def take(self, order: OrderClaim, seq: int | None) -> str | None:
        """Take in one telling; return in words how it goes back, or None where it does not.

        Args:
            order: the state that is told.
            seq: the number of the log's entry where it is a push, None where it is from REST.
        """
        self.last = order
        is_late = self._pushes.falls(seq)
        reason = self._backwards(order) or (f"{order} after a later push" if is_late else None)
        self._executed = max(self._executed, order.executed or Decimal(0))
        if order.has_ended:
            self._end = order.status
        return reason

    def _backwards(self, order: OrderClaim) -> str | None:
        if self._end is not None and order.status is not None and not order.has_ended:
            return f"{order} after {self._end}"
        if order.executed is not None and order.executed < self._executed:
            return f"{order} after {self._executed}"
        return None
