"""The condition orders that the mirror knows: those that wait, and the last ones that ended."""

from __future__ import annotations

from collections import deque
from operator import attrgetter

from .models import ConditionOrder
from .values import filled, model_of, values_of

__all__ = ["MAX_ENDED_CONDITIONS", "ConditionMemory"]

MAX_ENDED_CONDITIONS = 5_000
"""How many condition orders that wait no more are remembered: more than one comparison reads."""
_MAX_WAITING = 50_000
"""An account has far fewer."""

_state_of = attrgetter(
    "status",
    "is_waiting",
    "order_id",
    "price",
    "quantity",
    "stop_price",
    "activate_price",
    "callback_rate",
)
"""What makes a difference. Times do not: that of a trailing one may change with every price."""


class ConditionMemory:
    """Each condition order as it was last told, by its id.

    Args:
        max_ended: how many of those that wait no more are remembered.
    """

    __slots__ = ("_ended", "_ended_ids", "_max_ended", "_waiting")

    def __init__(self, max_ended: int = MAX_ENDED_CONDITIONS) -> None:
        self._max_ended = max_ended
        self._waiting: dict[str, ConditionOrder] = {}
        self._ended: dict[str, ConditionOrder] = {}
        self._ended_ids: deque[str] = deque()

    def waiting(self) -> dict[str, ConditionOrder]:
        """Return those that wait, by id."""
        return self._waiting.copy()

    def read_all(self) -> list[ConditionOrder]:
        """Return every known one; those that wait no more come in the order of their end."""
        return [*(self._ended[key] for key in self._ended_ids), *self._waiting.values()]

    def tell(self, told: ConditionOrder) -> ConditionOrder | None:
        """Take over what a snapshot tells; return it whole where it is news.

        What it leaves out stays as it is known. One that waits no more never waits again, and an
        end that nobody explains says nothing of one that has ended.
        """
        condition_id = told.condition_id
        known = self._ended.get(condition_id) or self._waiting.get(condition_id)
        if known is None:
            self._keep(told)
            return told
        if not known.is_waiting and (told.is_waiting or not told.status):
            return None
        now = model_of(ConditionOrder, filled(values_of(told), values_of(known)))
        self._keep(now)
        return None if _state_of(now) == _state_of(known) else now

    def _keep(self, now: ConditionOrder) -> None:
        condition_id = now.condition_id
        if now.is_waiting:
            self._waiting[condition_id] = now
            if len(self._waiting) > _MAX_WAITING:
                del self._waiting[next(iter(self._waiting))]
            return
        self._waiting.pop(condition_id, None)
        if condition_id not in self._ended:
            self._ended_ids.append(condition_id)
        self._ended[condition_id] = now
        if len(self._ended_ids) > self._max_ended:
            del self._ended[self._ended_ids.popleft()]
