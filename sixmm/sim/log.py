"""The ground truth: every private push with its exact text, and every request with its outcome."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections import deque
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, cast

__all__ = ["LoggedEvent", "PrivateLog", "RequestRecord"]

KEPT_EVENTS = 200_000
KEPT_REQUESTS = 20_000


@dataclass(slots=True, kw_only=True, eq=False)
class LoggedEvent:
    """One private push.

    `seq` counts from 1 over all accounts of an exchange. `text` is the JSON text to the last
    character. `receivers` is a live count of the connections that the text was written to:
    it rises shortly after the event, and stays 0 when nobody was there.
    """

    seq: int
    ts_ms: int
    event_type: str
    text: str
    receivers: int = 0

    @property
    def data(self) -> dict[str, Any]:
        """The ``data`` member of the push, read afresh from the text."""
        return cast("dict[str, Any]", json.loads(self.text)["data"])


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRecord:
    """One request that was answered; secrets in `query` are replaced.

    `code` is the one of the envelope, and 0 for a WebSocket handshake (`status` 101).
    """

    method: str
    path: str
    query: str
    status: int
    code: int


class PrivateLog:
    """The private pushes per account, the newest 200,000 of each."""

    def __init__(self) -> None:
        """Begin an empty log."""
        self._last_seq = 0
        self._events: dict[str, deque[LoggedEvent]] = {}

    def append(self, user_id: str, ts_ms: int, event_type: str, text: str) -> LoggedEvent:
        """Add one push and return its entry."""
        self._last_seq += 1
        event = LoggedEvent(seq=self._last_seq, ts_ms=ts_ms, event_type=event_type, text=text)
        events = self._events.get(user_id)
        if events is None:
            events = self._events[user_id] = deque(maxlen=KEPT_EVENTS)
        events.append(event)
        return event

    def after(self, user_id: str, seq: int) -> list[LoggedEvent]:
        """Return the account's pushes with a number above `seq`, oldest first."""
        events = self._events.get(user_id)
        if not events or events[-1].seq <= seq:
            return []
        if events[0].seq > seq:
            return list(events)
        kept = list(events)
        return kept[bisect_right(kept, seq, key=attrgetter("seq")) :]
