"""The key of the private stream: made when there is none, renewed at half of its life, replaced.

A key may belong to the account rather than to this client, so it is deleted only when that was
asked for. When a renewal fails, a new key is made at once and the connection is replaced; where
even that fails, REST is down, and a link that works is not given up for it: the renewal is tried
again until the key ends.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from ..errors import SixmmError, without_frames
from ..events import SessionExpiring, SessionRenewed
from ..venues.base import Dial, StreamKey
from .shared import Shared
from .timer import Jobs

__all__ = ["KeyKeeper"]

_log = logging.getLogger("sixmm.stream")

_JOB = "renew-stream-key"
_RETRY_MIN = 1.0
_RETRY_MAX = 60.0
_RENEW_MIN = 0.5
"""Seconds between two renewals at least, whatever life the exchange gives a key."""


class KeyKeeper:
    """Keeps the stream key of one session.

    :meth:`next_dial` runs in the reader thread, renewals run in the timer thread.

    Args:
        shared: the parts of the session.
        timer: runs the renewals.
        ws_url: the address of the stream.
        replace_link: drops the current link, so that the reader dials again.
    """

    def __init__(
        self, shared: Shared, *, timer: Jobs, ws_url: str, replace_link: Callable[[str], None]
    ) -> None:
        self._shared = shared
        self._timer = timer
        self._ws_url = ws_url
        self._replace_link = replace_link
        # Guards which key is held, together with the plan of its renewal. Re-entrant: a signal
        # handler may close the client.
        self._lock = threading.RLock()
        self._held: StreamKey | None = None

    @property
    def expires_at_ms(self) -> int | None:
        """When the held key ends (exchange time), or None where there is none."""
        held = self._held
        return None if held is None else held.expires_at_ms

    def next_dial(self) -> tuple[Dial, bool]:
        """Return how to open the next connection, and whether its credential was made for it."""
        held, rest = self._held, self._shared.rest
        if self._shared.private and not rest.server_clock.measured:
            # A login may be signed although no call was, which would have read the clock.
            rest.measure_clock()
        dial = self._plan_dial(held)
        return dial, dial.key is None or dial.key != held

    def is_current(self, dial: Dial) -> bool:
        """Whether the key of ``dial`` is still the one that is kept alive."""
        held = self._held
        return dial.key is None or (held is not None and held.value == dial.key.value)

    def doubt(self) -> None:
        """Drop the held key: the exchange has refused it, or it has expired."""
        self._hold(None)

    def release(self, timeout: float | None) -> None:
        """Delete the held key at the exchange; ``timeout`` is in seconds."""
        held = self._held
        self.doubt()
        if held is not None:
            self._shared.rest.run(self._shared.venue.release_plan(held), timeout=timeout)

    # In the timer thread

    def _renew(self) -> None:
        held = self._held
        if held is None:
            return
        rest = self._shared.rest
        try:
            renewed = rest.run(
                self._shared.venue.renew_plan(held, now_ms=rest.server_clock.now_ms())
            )
        except SixmmError as error:
            self._renewal_failed(held, error)
        else:
            self._renewed(held, renewed)

    def _renewed(self, held: StreamKey, renewed: StreamKey) -> None:
        if renewed.expires_at_ms <= self._shared.rest.server_clock.now_ms():
            # The exchange says yes and gives no time: the key is over all the same.
            self._renewal_failed(held, None)
        elif self._hold(renewed, in_place_of=held):
            self._shared.tell(SessionRenewed(expires_at_ms=renewed.expires_at_ms))

    def _renewal_failed(self, held: StreamKey, error: SixmmError | None) -> None:
        if self._held is not held:
            return
        _log.warning("the stream key could not be renewed: %s", error or "it has expired")
        self._shared.tell(
            SessionExpiring(
                error=None if error is None else without_frames(error),
                expires_at_ms=held.expires_at_ms,
            )
        )
        try:
            self._plan_dial(None)
        except SixmmError as failure:
            _log.warning("no new stream key either: %s", failure)
            self._wait_or_expire(held)
        else:
            self._replace_link("the stream key was replaced")

    def _wait_or_expire(self, held: StreamKey) -> None:
        left = (held.expires_at_ms - self._shared.rest.server_clock.now_ms()) / 1_000.0
        if left <= 0:
            if self._hold(None, in_place_of=held):
                self._replace_link("the stream key has expired")
            return
        delay = min(max(left / 10, _RETRY_MIN), _RETRY_MAX, left)
        self._timer.after(_JOB, delay, self._renew)

    # Both

    def _plan_dial(self, held: StreamKey | None) -> Dial:
        rest = self._shared.rest
        dial = rest.run(
            self._shared.venue.dial_plan(
                ws_url=self._ws_url,
                private=self._shared.private,
                credentials=rest.credentials,
                held=held,
                now_ms=rest.server_clock.now_ms(),
            )
        )
        self._hold(dial.key)
        return dial

    def _hold(self, key: StreamKey | None, *, in_place_of: StreamKey | None = None) -> bool:
        """Hold a key; False where the reader has got another one than ``in_place_of`` meanwhile.

        What was meant for that key is then nobody's any more.
        """
        now_ms = self._shared.rest.server_clock.now_ms()
        with self._lock:
            if in_place_of is not None and self._held is not in_place_of:
                return False
            self._held = key
            if key is None:
                self._timer.cancel(_JOB)
            else:
                delay = (key.renew_at_ms - now_ms) / 1_000.0
                self._timer.after(_JOB, max(_RENEW_MIN, delay), self._renew)
        return True
