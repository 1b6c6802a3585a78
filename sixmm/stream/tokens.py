"""Keeping the access token of a login alive, in the timer thread."""

from __future__ import annotations

import logging

from ..errors import SixmmError, without_frames
from ..events import SessionExpiring
from .shared import Shared
from .timer import Jobs

__all__ = ["TokenKeeper"]

_log = logging.getLogger("sixmm.rest")

_JOB = "refresh-token"
_RETRY_MIN = 1.0
_RETRY_MAX = 60.0


class TokenKeeper:
    """Refreshes the access token at half of its remaining life, by the cookie of the login.

    A token that was given rather than got by a login has no cookie and is left alone. A refresh
    that fails is told and tried again; once the token has ended, calls say so too.

    Args:
        shared: the parts of the session.
        timer: runs the refreshes.
    """

    def __init__(self, shared: Shared, *, timer: Jobs) -> None:
        self._shared = shared
        self._timer = timer

    def plan(self) -> None:
        """Have the token refreshed in time; does nothing where there is no login."""
        left = self._seconds_left()
        if left is not None:
            self._timer.after(_JOB, max(left / 2, _RETRY_MIN), self._refresh)

    def _refresh(self) -> None:
        if self._seconds_left() is None:
            return
        expires_at_ms = self._shared.rest.credentials.access_expires_at_ms or 0
        try:
            self._shared.rest.refresh()
        except SixmmError as error:
            _log.warning("the access token could not be refreshed: %s", error)
            self._shared.tell(
                SessionExpiring(error=without_frames(error), expires_at_ms=expires_at_ms)
            )
            self._plan_retry()
        else:
            self.plan()

    def _plan_retry(self) -> None:
        left = self._seconds_left()
        if left is not None:
            # Also after the end: the cookie may still be good when the exchange is back.
            delay = min(max(left / 4, _RETRY_MIN), _RETRY_MAX) if left else _RETRY_MAX
            self._timer.after(_JOB, delay, self._refresh)

    def _seconds_left(self) -> float | None:
        """Return the seconds until the token ends, at least 0, or None where there is no login."""
        credentials = self._shared.rest.credentials
        if credentials.access_expires_at_ms is None or not credentials.cookies:
            return None
        now_ms = self._shared.rest.server_clock.now_ms()
        return max(0.0, (credentials.access_expires_at_ms - now_ms) / 1_000.0)
