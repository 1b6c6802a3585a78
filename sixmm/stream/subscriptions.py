"""Which topics are wanted, which are acknowledged, and which request waits for which answer.

What is wanted is kept apart from any connection and is asked for again after each reconnect (rule
87). Each request has an id that was never used before (rule 83), so a late answer finds nobody and
never reaches another caller. The book is a value that is changed under the session's lock; it does
no I/O and never waits.
"""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from ..errors import ConfigurationError

__all__ = ["Request", "SubscriptionBook"]

_MAX_TOPICS = 1_000


@attrs.frozen(kw_only=True)
class Request:
    """A request that was sent and has not been answered."""

    request_id: str
    op: str
    """``subscribe`` or ``unsubscribe``."""
    topics: tuple[str, ...]


class SubscriptionBook:
    """The topics of one client.

    Args:
        max_topics: how many topics may be wanted at once.
    """

    def __init__(self, *, max_topics: int = _MAX_TOPICS) -> None:
        self._max_topics = max_topics
        self._wanted: dict[str, None] = {}
        self.topics: frozenset[str] = frozenset()
        """What is wanted, as another object after each change: it can be read without the lock."""
        self._live: set[str] = set()
        self._pending: dict[str, Request] = {}
        # Of several requests about one topic the newest decides, whichever is answered first.
        self._newest: dict[str, str] = {}
        self._last_id = 0

    @property
    def wanted(self) -> tuple[str, ...]:
        """The topics that the caller has asked for, in the order of asking."""
        return tuple(self._wanted)

    @property
    def live(self) -> frozenset[str]:
        """The topics that the current connection has acknowledged."""
        return frozenset(self._live)

    @property
    def pending(self) -> int:
        """How many requests wait for an answer."""
        return len(self._pending)

    def is_wanted(self, topic: str) -> bool:
        """Whether ``topic`` was asked for (rule 86)."""
        return topic in self._wanted

    def want(self, topics: Iterable[str]) -> None:
        """Add topics to what is wanted.

        Raises:
            ConfigurationError: more topics than the bound.
        """
        merged = {**self._wanted, **dict.fromkeys(topics)}
        if len(merged) > self._max_topics:
            raise ConfigurationError(f"at most {self._max_topics} topics can be subscribed at once")
        self._wanted = merged
        self.topics = frozenset(merged)

    def drop(self, topics: Iterable[str]) -> None:
        """Remove topics from what is wanted; they are not asked for again."""
        for topic in topics:
            self._wanted.pop(topic, None)
        self.topics = frozenset(self._wanted)

    def no_longer_live(self, topics: Iterable[str]) -> None:
        """Note that the connection was asked to drop ``topics``."""
        self._live.difference_update(topics)

    def missing(self, topics: Iterable[str] | None = None) -> tuple[str, ...]:
        """Return those of ``topics`` (or of all that is wanted) that are not acknowledged."""
        return tuple(t for t in (self._wanted if topics is None else topics) if t not in self._live)

    def unasked(self, topics: Iterable[str] | None = None) -> tuple[str, ...]:
        """Return those of ``topics`` (or of all that is wanted) that are neither live nor asked."""
        asked = {
            topic
            for request in self._pending.values()
            if request.op == "subscribe"
            for topic in request.topics
            if self._newest.get(topic) == request.request_id
        }
        return tuple(topic for topic in self.missing(topics) if topic not in asked)

    def new_id(self, now_ms: int) -> str:
        """Return an id that was never used before: a rising number near ``now_ms``."""
        self._last_id = max(self._last_id + 1, now_ms)
        return str(self._last_id)

    def sent(self, request: Request) -> None:
        """Note that ``request`` is about to be sent."""
        self._pending[request.request_id] = request
        self._newest.update(dict.fromkeys(request.topics, request.request_id))

    def forget_topics(self, topics: Iterable[str]) -> None:
        """Stop waiting for the answers of requests that ask for nothing but ``topics``."""
        gone = set(topics)
        self._pending = {
            key: request
            for key, request in self._pending.items()
            if request.op != "subscribe" or not gone.issuperset(request.topics)
        }

    def forget(self, request_id: str) -> Request | None:
        """Stop waiting for the answer to a request; return it, if it was still waited for."""
        return self._pending.pop(request_id, None)

    def oldest(self, op: str = "", topic: str = "") -> str | None:
        """Return the id of the oldest request that waits, or None.

        Args:
            op: only ``subscribe`` or ``unsubscribe``; empty for either.
            topic: only about this topic; empty for any.
        """
        for request in self._pending.values():
            if op in ("", request.op) and (not topic or topic in request.topics):
                return request.request_id
        return None

    def is_pending(self, request_id: str) -> bool:
        """Whether a request waits for its answer."""
        return request_id in self._pending

    def answered(self, request_id: str, *, accepted: bool) -> Request | None:
        """Return the request that an answer belongs to, or None where nobody waits for it.

        An accepted request is returned with those of its topics about which no newer request was
        sent: for the others the newer one decides.
        """
        request = self._pending.pop(request_id, None)
        if request is None or not accepted:
            return request
        decided = tuple(t for t in request.topics if self._newest.get(t) == request_id)
        if request.op == "subscribe":
            self._live.update(topic for topic in decided if topic in self._wanted)
        else:
            self._live.difference_update(decided)
        return attrs.evolve(request, topics=decided)

    def connection_lost(self) -> None:
        """Forget everything that belongs to the connection; what is wanted stays."""
        self._pending.clear()
        self._live.clear()
        self._newest.clear()
