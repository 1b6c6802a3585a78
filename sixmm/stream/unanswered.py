"""The topics that a new link was asked for and has not acknowledged: when to ask again, how often.

A request or its answer can be lost on a link that is well otherwise, and then nothing else would
bring the topic back before the next link. Times are passed in; nothing is sent and nothing waits
here.
"""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["Unanswered"]


class Unanswered:
    """The topics of one link that went without an answer.

    They are asked for again after a wait that doubles each time. When the next wait would exceed
    its bound they are given up.

    Args:
        first_wait: seconds until they are asked for again the first time.
        longest_wait: seconds that such a wait may last.
        patience: seconds in which an answer has to come.
    """

    def __init__(self, *, first_wait: float, longest_wait: float, patience: float) -> None:
        self._wait = first_wait
        self._longest_wait = longest_wait
        self._patience = patience
        self.topics: tuple[str, ...] = ()
        """What went without an answer so far."""
        self.is_asked = False
        """Whether they were asked for again, so that answers may be on their way."""
        self._refused: tuple[str, ...] = ()
        self.due_at: float | None = None
        """When something is to be done about them (monotonic seconds), or None for never."""

    def is_due(self, now: float) -> bool:
        """Whether something is to be done at ``now``."""
        return self.due_at is not None and now >= self.due_at

    def went_without(self, topics: Iterable[str], now: float) -> tuple[str, ...]:
        """Note the topics that have no answer at ``now``; return them where they are given up."""
        waiting = () if self.is_asked else self.topics
        given_up = tuple(topics)
        self.topics, self._refused = (*waiting, *self._refused, *given_up), ()
        self.is_asked, self.due_at = False, None
        if not self.topics:
            return ()
        if self._wait > self._longest_wait:
            self.topics = ()
            return given_up
        self.due_at = now + self._wait
        self._wait *= 2
        return ()

    def refused(self, topics: Iterable[str], now: float) -> None:
        """Note topics that were refused at ``now`` and may be accepted another time.

        They are asked for again like those without an answer. Where that has been done often enough
        they are left: that they were refused is told each time.
        """
        if self.due_at is not None and not self.is_asked:
            self.topics = (*self.topics, *topics)
            return
        self._refused = (*self._refused, *topics)
        if not self.is_asked:
            self.went_without((), now)

    def asked(self, topics: Iterable[str], now: float) -> None:
        """Note that these were asked for again at ``now``; nobody needs the others any more."""
        self.topics = tuple(topics)
        self.is_asked = bool(self.topics)
        self.due_at = now + self._patience if self.topics else None
