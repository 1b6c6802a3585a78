"""What the end of a link means for the next one: how long to wait, or that there is none.

Everything here runs in the reader thread.
"""

from __future__ import annotations

import logging

from ..errors import HandshakeRefused, LoginRefused, SixmmError, without_frames
from ..events import Disconnected, SessionExpiring
from ..venues.base import Dial
from .backoff import Backoff
from .causes import Remedy, judge
from .keys import KeyKeeper
from .shared import Shared

__all__ = ["Judge"]

_log = logging.getLogger("sixmm.stream")

_MAX_REFUSALS = 3


class Judge:
    """Decides about the failures of one session, and tells the caller of each.

    Args:
        shared: the parts of the session.
        keys: keeps the stream key, which a failure may put in doubt.
        backoff: how long to wait before another attempt.
    """

    def __init__(self, shared: Shared, *, keys: KeyKeeper, backoff: Backoff) -> None:
        self._shared = shared
        self._keys = keys
        self._backoff = backoff
        self._fresh_key = True
        self._is_for_once = False
        self._refusals = 0

    def dialling(self, dial: Dial, *, fresh_key: bool) -> None:
        """Note that a link is being made, and whether its credential was made for it."""
        self._fresh_key, self._is_for_once = fresh_key, dial.is_for_once

    def accepted(self) -> None:
        """Note that the credential is accepted: refused on this link later, it is an old one."""
        self._fresh_key, self._refusals = False, 0

    def live(self) -> None:
        """Note that events are handed over."""
        self._backoff.live(self._shared.clock.monotonic())

    def decide(self, failure: SixmmError, *, number: int) -> tuple[float, SixmmError | None]:
        """Return the seconds to wait, or the fatal error; tell the caller either way.

        Args:
            failure: what ended the link or the attempt.
            number: which connection of the client it was.
        """
        error = without_frames(failure)
        is_clock_error = self._shared.venue.is_clock_error(error)
        if is_clock_error:
            # A login that was refused: of the calls, RestSession takes care.
            self._shared.rest.server_clock.forget()
        verdict = judge(
            error,
            fresh_key=self._is_final_refusal(error),
            can_refresh=bool(self._shared.rest.credentials.cookies),
            is_clock_error=is_clock_error,
        )
        if verdict.remedy is Remedy.NEW_KEY:
            self._tell_key_over(error)
            self._keys.doubt()
        fatal = verdict.remedy is Remedy.FATAL
        now = self._shared.clock.monotonic()
        delay = 0.0 if fatal else self._backoff.lost(now, floor=verdict.floor)
        self._shared.counters.last_error = str(error)
        _log.warning("%s; %s", error, "giving up" if fatal else f"next attempt in {delay:.2f} s")
        retry_in = None if fatal else delay
        self._shared.tell(Disconnected(connection=number, error=error, retry_in=retry_in))
        return delay, error if fatal else None

    def _is_final_refusal(self, error: SixmmError) -> bool:
        """Whether a refusal of the credential is not to be answered with another new key.

        A new key can end before it is used, for example because another program of the account has
        deleted it. So an upgrade may be refused a few times; a refused login is plain enough. What
        is made for one dial may be refused a few times by either.
        """
        has_key = isinstance(error, HandshakeRefused) and self._keys.expires_at_ms is not None
        if not has_key and not self._is_for_once:
            return self._fresh_key
        if isinstance(error, HandshakeRefused | LoginRefused):
            self._refusals += 1
        return self._fresh_key and self._refusals >= _MAX_REFUSALS

    def _tell_key_over(self, error: SixmmError) -> None:
        expires_at_ms = self._keys.expires_at_ms
        if expires_at_ms is not None:
            self._shared.tell(SessionExpiring(error=error, expires_at_ms=expires_at_ms))
