"""Who is connected, to what each has subscribed, and what waits to be written to whom.

The hub knows no socket. It is changed under the lock of the `Core`; what it puts into the
queue of an `Outlet` is written later by the thread that owns the sockets.
"""

from __future__ import annotations

import json
from collections import OrderedDict, deque
from collections.abc import Iterable
from typing import Any

from .log import LoggedEvent

__all__ = ["Hub", "Outlet", "encode"]


def encode(message: object) -> str:
    """Return the JSON text of a message: no blanks, and ASCII only."""
    return json.dumps(message, separators=(",", ":"))


class Outlet:
    """One connection, seen from the side that has something to say.

    The queue is bounded: an outlet that has `limit` frames waiting and is offered another
    one is marked as overflowed and takes no more. Its owner then closes it as a slow consumer.
    """

    def __init__(self, limit: int) -> None:
        """Make an outlet with room for `limit` frames."""
        self.limit = limit
        self.queue: deque[tuple[str, LoggedEvent | None]] = deque()
        self.topics: set[str] = set()
        self.used_ids: OrderedDict[str, None] = OrderedDict()
        self.user_id: str | None = None
        self.listen_key: str | None = None
        self.alive = True
        self.overflowed = False

    def wake(self) -> None:
        """Say that the queue has something, or that it has overflowed. On the loop's thread."""
        raise NotImplementedError

    def freeze(self, on: bool) -> None:
        """Stop or resume reading and writing. On the loop's thread."""
        raise NotImplementedError

    def cut(self, how: str, code: int, reason: str) -> None:
        """End the connection in one of the ways of `Faults.cut`. On the loop's thread."""
        raise NotImplementedError

    def close(self, code: int, reason: str) -> None:
        """End the connection with a close frame. On the loop's thread."""
        raise NotImplementedError

    def offer(self, text: str, event: LoggedEvent | None = None) -> None:
        """Queue one frame; `event` is the log entry whose receivers the write will raise."""
        if not self.alive or self.overflowed:
            return
        if len(self.queue) >= self.limit:
            self.overflowed = True
        else:
            self.queue.append((text, event))


class Hub:
    """All outlets. Every method is called under the lock of the `Core`."""

    def __init__(self) -> None:
        """Begin with nobody connected."""
        self._outlets: dict[Outlet, None] = {}
        self._users: dict[str, dict[Outlet, None]] = {}
        self._topics: dict[str, dict[Outlet, None]] = {}
        self._dirty: dict[Outlet, None] = {}

    def outlets(self, user_id: str | None = None) -> list[Outlet]:
        """Return the live outlets of one user, or all of them for None."""
        return list(self._outlets if user_id is None else self._users.get(user_id, ()))

    def add(self, outlet: Outlet) -> None:
        """Take in a new connection."""
        self._outlets[outlet] = None

    def join(self, outlet: Outlet, user_id: str) -> None:
        """Let the outlet have the private pushes of `user_id` from now on."""
        outlet.user_id = user_id
        self._users.setdefault(user_id, {})[outlet] = None

    def remove(self, outlet: Outlet) -> None:
        """Forget a connection; what waits in its queue is never written."""
        outlet.alive = False
        self._outlets.pop(outlet, None)
        self._dirty.pop(outlet, None)
        if outlet.user_id is not None:
            self._users[outlet.user_id].pop(outlet, None)
        self.unsubscribe(outlet, list(outlet.topics))

    def subscribe(self, outlet: Outlet, topics: Iterable[str]) -> None:
        """Add topics to an outlet."""
        for topic in topics:
            outlet.topics.add(topic)
            self._topics.setdefault(topic, {})[outlet] = None

    def unsubscribe(self, outlet: Outlet, topics: Iterable[str]) -> None:
        """Take topics from an outlet; one that it does not have is passed over."""
        for topic in topics:
            outlet.topics.discard(topic)
            subscribers = self._topics.get(topic, {})
            subscribers.pop(outlet, None)
            if not subscribers:
                self._topics.pop(topic, None)

    def subscribed(self, topic: str) -> bool:
        """Tell whether anybody listens to `topic`, so that nothing is built for nobody."""
        return topic in self._topics

    def topics(self) -> Iterable[str]:
        """Return the topics that somebody listens to."""
        return self._topics.keys()

    def tell(self, outlet: Outlet, message: dict[str, Any]) -> None:
        """Queue one message for one outlet."""
        self._offer(outlet, encode(message), None)

    def publish(self, topic: str, ts: int, data: object) -> None:
        """Queue one public push for all subscribers of `topic` (rule 85)."""
        subscribers = self._topics.get(topic)
        if not subscribers:
            return
        text = encode({"topic": topic, "event": "data", "ts": ts, "data": data})
        for outlet in subscribers:
            self._offer(outlet, text, None)

    def broadcast(self, text: str, user_id: str | None) -> int:
        """Queue `text` for the connections of one user, or all; return how many there are."""
        outlets = self.outlets(user_id)
        for outlet in outlets:
            self._offer(outlet, text, None)
        return len(outlets)

    def push_private(self, user_id: str, event: LoggedEvent, *, twice: bool) -> None:
        """Queue one private push for every connection of the user; `twice` repeats it."""
        for outlet in self._users.get(user_id, ()):
            self._offer(outlet, event.text, event)
            if twice:
                self._offer(outlet, event.text, None)

    @property
    def has_dirty(self) -> bool:
        """Whether any outlet has got something since it was last woken."""
        return bool(self._dirty)

    def take_dirty(self) -> list[Outlet]:
        """Return the outlets that have got something since the last call."""
        dirty = list(self._dirty)
        self._dirty.clear()
        return dirty

    def _offer(self, outlet: Outlet, text: str, event: LoggedEvent | None) -> None:
        outlet.offer(text, event)
        self._dirty[outlet] = None
