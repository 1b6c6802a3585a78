"""Pings that keep a link alive, at the interval that its server has asked for or the client's own.

The timer thread sends them. A server may tell another interval at each dial, so the plan follows
the link. Where the client's pings are off they stay off, whatever a server says.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from ..clock import Deadline
from ..errors import SixmmError
from ..transport.base import WsLink
from ..venues.base import Dial
from .options import SessionOptions
from .shared import Shared
from .timer import Jobs
from .waiter import Waiter

__all__ = ["Heartbeat"]

_log = logging.getLogger("sixmm.stream")

_JOB = "ping"


class Heartbeat:
    """Pings the link of one session.

    Args:
        shared: the parts of the session.
        timer: runs the pings.
        link: returns the link that is open and may be pinged now, or None.
    """

    def __init__(self, shared: Shared, *, timer: Jobs, link: Callable[[], WsLink | None]) -> None:
        self._shared = shared
        self._timer = timer
        self._link = link
        self._interval: float | None = None

    def start(self) -> None:
        """Plan the pings of the client's own interval, where there are any."""
        self._plan(self._shared.options.ping_interval)

    def follow(self, dial: Dial) -> SessionOptions:
        """Return the figures of the link of ``dial``, and ping it as its server wants."""
        options = self._shared.options.told(
            ping_interval=dial.ping_interval, ping_timeout=dial.ping_timeout
        )
        self._plan(options.ping_interval)
        return options

    def send(self, link: WsLink, waiter: Waiter | None, deadline: Deadline) -> None:
        """Send an application ping and a protocol ping with the same id: either answer counts.

        Raises:
            SixmmError: a ping could not be sent; the link is over then.
        """
        request_id, text = self._shared.desk.ping(waiter)
        if text is not None:
            link.send(text, deadline=deadline)
        link.ping(request_id.encode("ascii"), deadline=deadline)

    def _plan(self, interval: float | None) -> None:
        if interval is not None and interval != self._interval:
            self._timer.every(_JOB, interval, self._beat)
        self._interval = interval

    def _beat(self) -> None:
        link = self._link()
        if link is None:
            return
        deadline = Deadline(self._shared.options.send_timeout, clock=self._shared.clock)
        try:
            self.send(link, None, deadline)
        except SixmmError as error:
            # The send has dropped the link; the reader sees its end and says why.
            _log.info("the ping could not be sent: %s", error)
