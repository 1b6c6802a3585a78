"""The ground truth: every private push with its exact text, and every request with its outcome."""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass
from typing import Any, cast

from .. import log

__all__ = ["LoggedEvent", "PrivateLog", "RequestRecord"]

KEPT_EVENTS = 200_000


@dataclass(slots=True, kw_only=True, eq=False)
class LoggedEvent(log.LoggedEvent):
    """One private push; `event_type` is its variant, such as ``CollateralUpdate``.

    The text is that of a subscription by account. Who subscribed otherwise got the same with
    another outer account or instrument.
    """

    @property
    def data(self) -> dict[str, Any]:
        """The payload of the variant, read afresh from the text."""
        return cast("dict[str, Any]", json.loads(self.text)[self.event_type])


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRecord:
    """One request that was answered; a WebSocket handshake has the status 101."""

    method: str
    path: str
    query: str
    status: int


class PrivateLog:
    """The private pushes per account, the newest 200,000 of each."""

    def __init__(self) -> None:
        """Begin an empty log."""
        self._last_seq = 0
        self._events: dict[str, deque[LoggedEvent]] = {}

    def append(self, address: str, ts_ms: int, event_type: str, text: str) -> LoggedEvent:
        """Add one push and return its entry."""
        self._last_seq += 1
        entry = LoggedEvent(seq=self._last_seq, ts_ms=ts_ms, event_type=event_type, text=text)
        self._events.setdefault(address, deque(maxlen=KEPT_EVENTS)).append(entry)
        return entry

    def after(self, address: str, seq: int) -> list[LoggedEvent]:
        """Return the account's pushes with a number above `seq`, oldest first."""
        return [entry for entry in self._events.get(address, ()) if entry.seq > seq]
