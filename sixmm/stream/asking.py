"""Asking again, on one link, for the topics that were not acknowledged. For the reader thread."""

from __future__ import annotations

import logging

from ..errors import DeadlineExceeded
from ..events import SubscriptionFailed
from .desk import Refusal
from .options import SessionOptions
from .shared import Shared
from .unanswered import Unanswered

__all__ = ["Asking"]

_log = logging.getLogger("sixmm.stream")


class Asking:
    """Does what is due about the topics of one link that have no answer.

    Args:
        shared: the parts of the session.
        options: the figures of the link.
    """

    def __init__(self, shared: Shared, options: SessionOptions) -> None:
        self._shared = shared
        self._options = options
        self._unanswered = Unanswered(
            first_wait=options.ack_retry,
            longest_wait=options.ack_retry_max,
            patience=options.ack_timeout,
        )

    @property
    def due_at(self) -> float | None:
        """When something is to be done (monotonic seconds), or None for never."""
        return self._unanswered.due_at

    def note(self) -> None:
        """Note which topics have no answer in time, and tell those that are given up."""
        topics = self._shared.desk.abandon_unanswered()
        given_up = self._unanswered.went_without(topics, self._shared.clock.monotonic())
        if topics:
            _log.info("not acknowledged in time: %s", ", ".join(topics))
        if given_up:
            timeout = self._options.ack_timeout
            failure = DeadlineExceeded(f"the subscription was not acknowledged in {timeout:g} s")
            self._shared.tell(SubscriptionFailed(topics=given_up, error=failure))

    def refused(self, refusal: Refusal) -> None:
        """Tell a refusal that no caller waits for, and ask again later where that may help."""
        self._shared.tell(SubscriptionFailed(topics=refusal.topics, error=refusal.error))
        if refusal.may_pass:
            self._unanswered.refused(refusal.topics, self._shared.clock.monotonic())

    def settle(self) -> bool:
        """Whether everything that was asked for again is answered by now, and a topic came of it.

        What it tells of the account was not told from the start of the link on.
        """
        unanswered, desk = self._unanswered, self._shared.desk
        if not unanswered.is_asked or desk.is_opening:
            return False
        asked = unanswered.topics
        self.note()
        return not set(asked).isdisjoint(desk.live)

    def act(self) -> bool:
        """Do what is due now; return whether it was anything.

        Raises:
            SixmmError: a request could not be sent; the link is over then.
        """
        unanswered, now = self._unanswered, self._shared.clock.monotonic()
        if not unanswered.is_due(now):
            return False
        if unanswered.is_asked:
            self.note()
        else:
            unanswered.asked(self._shared.desk.ask_again(unanswered.topics), now)
            self._shared.desk.flush()
        return True
