"""What moves the account of a demo: a thread that acts, and cuts its connections now and then.

It stands for everything that the client does not do itself: the market, other programs of the
account, and the network that fails. Each venue says how it acts, and how a cut is made.
"""

from __future__ import annotations

import abc
import random
import threading
import time
from collections.abc import Sequence

__all__ = ["CUTS", "Mover", "cut_times"]

CUTS = ("rst", "fin", "mid_frame")
"""How the connection is cut, in turn."""

_SECONDS_BETWEEN_CUTS = 5.0


def cut_times(seconds: float) -> list[float]:
    """Return after how many seconds the connection is cut in a run of ``seconds``; never none.

    The last cut leaves time to see the client come back.
    """
    gap = min(_SECONDS_BETWEEN_CUTS, seconds * 0.4)
    count = max(1, int((seconds - 1.0) / gap))
    return [gap * (i + 1) for i in range(count)]


class Mover(abc.ABC):
    """Acts from a thread of its own until it is stopped; an error ends it, and is kept.

    Args:
        seed: decides the pauses.
        pause: seconds between two actions, on average.
        cuts: after how many seconds the connection is cut.
    """

    def __init__(self, *, seed: int, pause: float, cuts: Sequence[float] = ()) -> None:
        self.failure: Exception | None = None
        """What ended the thread, or None."""
        self.cuts_made = 0
        """How many cuts there were in which events were missed."""
        self._random = random.Random(seed)
        self._pause = pause
        self._cuts = list(cuts)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sixmm-demo-mover", daemon=True)

    def start(self) -> None:
        """Begin to act."""
        self._thread.start()

    def stop(self, *, timeout: float = 5.0) -> bool:
        """Stop, as :meth:`tidy` says; return whether the thread ended within ``timeout`` s."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join(timeout)
        return not self._thread.is_alive()

    @abc.abstractmethod
    def act(self) -> None:
        """Do one thing."""

    @abc.abstractmethod
    def cut(self, how: str) -> bool:
        """Cut the connections in one of the :data:`CUTS`; return whether there was one."""

    @abc.abstractmethod
    def act_unheard(self) -> bool:
        """Act at once after a cut; return whether that told something to nobody."""

    def tidy(self) -> None:  # noqa: B027 - most have nothing to put in order
        """Put in order what is left at the end; where nothing is done, orders stay and rest."""

    # On the thread

    def _run(self) -> None:
        try:
            started = time.monotonic()
            while not self._stopping.wait(self._random.uniform(0.5, 1.5) * self._pause):
                self._cut_if_due(time.monotonic() - started)
                self.act()
            self.tidy()
        except Exception as exc:  # the main thread tells it
            self.failure = exc

    def _cut_if_due(self, elapsed: float) -> None:
        """Cut the connections, and act at once, so that there is something to miss.

        Where the client has not come back yet from the cut before, this one waits. Where it came
        back before anything happened, the cut does not count and is made again.
        """
        if not self._cuts or elapsed < self._cuts[0]:
            return
        if self.cut(CUTS[self.cuts_made % len(CUTS)]) and self.act_unheard():
            del self._cuts[0]
            self.cuts_made += 1
