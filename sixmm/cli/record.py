"""What the demo has received so far, and the figures that are worked out from it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..events import Connected, Disconnected, Event, Origin, Resynced
from .audit import Audit

__all__ = ["Record", "percentile"]


class Record:
    """Everything that the caller of the client got, in that order."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.reconnects = 0
        """How many connections took the place of an earlier one."""
        self.resyncs = 0
        self._live: dict[str, bool] = {}
        self._latencies_ms: list[int] = []

    @property
    def is_live(self) -> bool:
        """Whether the newest news of each connection is that everything missed was delivered."""
        return bool(self._live) and all(self._live.values())

    def take(self, event: Event) -> None:
        """Take in one event."""
        self.events.append(event)
        if event.origin is Origin.STREAM and event.ts:
            self._latencies_ms.append(event.received_at - event.ts)
        if isinstance(event, Connected):
            self.reconnects += event.connection > 1
            # What is about no account has nothing to compare.
            self._live[event.line] = not event.private
        elif isinstance(event, Disconnected):
            self._live[event.line] = False
        elif isinstance(event, Resynced):
            self.resyncs += 1
            self._live[event.line] = not event.unchecked

    def figures(self, result: Audit) -> dict[str, Any]:
        """Return the figures of the summary in the order in which they are shown."""
        return {
            "sent": result.sent,
            "delivered": result.delivered,
            "streamed": result.streamed,
            "recovered": result.recovered,
            "superseded": result.superseded,
            "lost": result.lost,
            "duplicated": result.duplicated,
            "disorders": len(result.disorders),
            "inventions": len(result.inventions),
            "reconnects": self.reconnects,
            "latency_ms": {
                "p50": percentile(self._latencies_ms, 0.50),
                "p99": percentile(self._latencies_ms, 0.99),
            },
        }


def percentile(values: Sequence[int], share: float) -> int | None:
    """Return the smallest value that at least ``share`` of the values do not exceed, or None."""
    if not values:
        return None
    ordered = sorted(values)
    needed = -int(-share * len(ordered) // 1)  # rounded up
    return ordered[max(0, needed - 1)]
