"""The ground truth: every private push with its topic and its exact text, sent or not."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections import deque
from collections.abc import Container
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, cast

from ..log import LoggedEvent

__all__ = ["LoggedPush", "PushLog"]

KEPT_PUSHES = 120_000


@dataclass(slots=True, kw_only=True, eq=False)
class LoggedPush(LoggedEvent):
    """One push; `event_type` is its subject, and `receivers` counts whom it was written to.

    `topic` is what has to be subscribed to have it: for the Pro stream the channel and its type,
    such as ``order.SPOT:BTC-USDT``. What happens once is pushed on several topics, and `key` is
    the same on all of those that tell the same: ``("order", id, type, trade id or time)``.
    """

    topic: str
    key: tuple[str, ...]

    @property
    def data(self) -> dict[str, Any]:
        """The ``data`` member of the push (``d`` on the Pro stream), read afresh from the text."""
        message = json.loads(self.text)
        return cast("dict[str, Any]", message["data"] if "data" in message else message["d"])


class PushLog:
    """The pushes of each account, the newest 120,000."""

    def __init__(self) -> None:
        """Begin an empty log."""
        self._last_seq = 0
        self._pushes: dict[str, deque[LoggedPush]] = {}

    def append(
        self, user_id: str, *, topic: str, subject: str, key: tuple[str, ...], text: str, ts_ms: int
    ) -> LoggedPush:
        """Add one push and return its entry."""
        self._last_seq += 1
        entry = LoggedPush(
            seq=self._last_seq, ts_ms=ts_ms, event_type=subject, text=text, topic=topic, key=key
        )
        self._pushes.setdefault(user_id, deque(maxlen=KEPT_PUSHES)).append(entry)
        return entry

    def after(
        self, user_id: str, seq: int, topics: Container[str] | None = None
    ) -> list[LoggedPush]:
        """Return the pushes with a number above `seq`, oldest first; of `topics` only, if named."""
        pushes = list(self._pushes.get(user_id, ()))
        newer = pushes[bisect_right(pushes, seq, key=attrgetter("seq")) :]
        return [one for one in newer if topics is None or one.topic in topics]
