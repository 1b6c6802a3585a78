"""The link of a session, and the one that is to follow it while there are two.

The reader thread makes links and changes them; callers and the timer send on the one that is in
use; whoever closes the client ends them all.
"""

from __future__ import annotations

import threading

from ..clock import Clock, Deadline
from ..errors import ConnectionClosed, SixmmError
from ..transport.base import WsLink

__all__ = ["Links"]


class Links:
    """The links of one session. Every method may be called from any thread.

    Args:
        clock: the local clock.
        send_timeout: seconds that a close frame may take.
    """

    def __init__(self, *, clock: Clock, send_timeout: float) -> None:
        self._clock = clock
        self._send_timeout = send_timeout
        # Re-entrant: close() may be called by a signal handler.
        self._lock = threading.RLock()
        self.current: WsLink | None = None
        """The link that is in use, or None; it is replaced as a whole."""
        self._spare: WsLink | None = None
        self._drop_reason: str | None = None

    def open(self, link: WsLink) -> None:
        """Put a link into use where there is none."""
        with self._lock:
            self.current, self._drop_reason = link, None

    def add_spare(self, link: WsLink) -> None:
        """Keep the link that is to follow the one in use."""
        with self._lock:
            self._spare = link

    def swap(self) -> None:
        """Put the link that was to follow into use; the other one is the spare link now."""
        with self._lock:
            self.current, self._spare = self._spare, self.current

    def drop_spare(self) -> None:
        """End the link that is not in use, politely."""
        with self._lock:
            link, self._spare = self._spare, None
        if link is not None:
            self._end(link)

    def replace(self, reason: str) -> None:
        """End the link that is in use, so that the reader makes another; ``reason`` is told."""
        with self._lock:
            link = self.current
            self._drop_reason = reason if link is not None else None
        if link is not None:
            self._end(link)

    def reason_for(self, error: SixmmError) -> SixmmError:
        """Return the error that says why the link ended, where it was :meth:`replace` that did."""
        with self._lock:
            reason, self._drop_reason = self._drop_reason, None
        if reason is None:
            return error
        dropped = ConnectionClosed(code=1000, reason=reason, by="local")
        dropped.__cause__ = error
        return dropped

    def abort(self) -> None:
        """End every link at once; they stay known until :meth:`forget`."""
        for link in (self.current, self._spare):
            if link is not None:
                link.abort()

    def forget(self) -> None:
        """End every link at once, and know none."""
        self.abort()
        with self._lock:
            self.current = self._spare = None

    def _end(self, link: WsLink) -> None:
        link.close(code=1000, deadline=Deadline(self._send_timeout, clock=self._clock))
        link.abort()
