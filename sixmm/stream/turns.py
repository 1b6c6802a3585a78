"""Who reads the link: the reader thread, or a caller who would only wait for it.

To hand a message from one thread to another takes longer than everything that is done with it. A
caller who has nothing to take therefore reads itself, where the reader thread lets it: then the
message is read, decoded and taken by one thread. The reader thread has lent it the turn. It takes
the turn back where no caller has read for a moment, because the caller is busy or gone, and it
alone does everything else: it dials, compares the account, and ends a link.
"""

from __future__ import annotations

import enum
import threading
from collections.abc import Callable

from ..clock import Clock, Deadline, SystemClock
from ..errors import ConnectionClosed, SixmmError
from .waiting import WaitingRoom, call

__all__ = ["Turn"]

_ABSENCE = 0.02
"""Seconds without a reading caller after which the reader thread reads again."""
_LONG = 3_600.0
_PARTING = 0.5
"""Seconds in which a caller that reads has to notice that the client is being closed."""

Read = Callable[[Deadline], bool]
"""Reads once before a deadline; returns False where the reader thread has something to do."""


class _Holder(enum.Enum):
    READER = "reader"
    NOBODY = "nobody"
    """It is lent, and no caller reads at this moment."""
    CALLER = "caller"


class Turn:
    """The right to read the link, which one thread has at a time.

    Args:
        clock: measures how long no caller has read.
    """

    def __init__(self, *, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._guard = threading.RLock()
        self._reader = WaitingRoom(self._guard)
        self._holder = _Holder.READER
        self._caller = 0
        self._read: Read = _read_nothing
        self._is_waiting: Callable[[], bool] = _is_idle
        self._used_at = 0.0
        self._takes = 0
        self._is_wanted = False
        self._is_recalled = False
        self._is_closing = False
        self._was_cut = False
        self._failure: SixmmError | None = None

    # The reader thread

    def lend(
        self,
        read: Read,
        *,
        limit: Deadline,
        is_waiting: Callable[[], bool],
        settle: Callable[[], None],
    ) -> None:
        """Let callers read, and return when none of them has for a moment, or on a recall.

        Args:
            read: reads once, and hands over what came; no longer than until ``limit``.
            limit: when the reader thread has something to do.
            is_waiting: whether a reading that is interrupted now has taken nothing.
            settle: does, in this thread, the rest of what an interrupted reading has begun.

        Raises:
            SixmmError: what ended the reading of a caller.
        """
        with self._guard:
            self._read, self._is_waiting = read, is_waiting
            self._failure, self._is_recalled = None, False
            self._used_at = self._clock.monotonic()
            self._holder = _Holder.NOBODY
        seen = 0
        while (ticket := self._take_back(seen, limit)) is not None:
            seen, is_last_call = self._takes, self._is_closing or self._is_recalled
            is_called = self._reader.wait(ticket, self._patience(limit))
            if not is_called and is_last_call:
                self._drop()
        with self._guard:
            failure, self._failure = self._failure, None
            was_cut, self._was_cut = self._was_cut, False
        if was_cut:
            settle()
        if failure is not None:
            raise failure

    def _take_back(self, seen: int, limit: Deadline) -> threading.Lock | None:
        """Take the turn, or return a ticket to wait with where it is not time to do so."""
        with self._guard:
            # Who reads on and on gives it back after the reading at hand.
            self._is_recalled = self._is_recalled or limit.expired
            is_free = self._holder is not _Holder.CALLER
            is_due = self._is_recalled or self._is_closing or self._rest() <= 0.0
            if is_free and is_due:
                self._holder = _Holder.READER
            if self._holder is _Holder.READER:
                return None
            # A caller that reads on and on needs no looking after; one that has waited for
            # something to read since the last look says when it stops.
            self._is_wanted = not is_free and self._takes == seen
            return self._reader.enter()

    def _patience(self, limit: Deadline) -> float:
        if self._is_closing or self._is_recalled:
            return _PARTING
        if self._holder is not _Holder.CALLER:
            return max(0.0, self._rest())
        left = limit.remaining()
        return _ABSENCE if not self._is_wanted else _LONG if left is None else left + _PARTING

    def _rest(self) -> float:
        return self._used_at + _ABSENCE - self._clock.monotonic()

    def _drop(self) -> None:
        """Go on without the caller, which stands still: it is interrupted, or was in a bad moment.

        Where the client is being closed that is by a signal handler. Else the link is given up,
        since nobody knows what the caller has read.
        """
        with self._guard:
            if self._holder is _Holder.CALLER:
                self._holder, self._caller = _Holder.READER, 0
                self._failure = None if self._is_closing else _interrupted()

    # A caller

    def read(self, deadline: Deadline) -> bool:
        """Read once in this thread, where the turn is lent; return whether it was."""
        failure: SixmmError | None = None
        goes_on = True
        try:
            if not self._take():
                return False
            goes_on = self._read(deadline)
        except SixmmError as error:
            failure = error
        except BaseException:
            # Ctrl-C, or what another signal handler of the program has raised: it is the caller's.
            # What was read and is not in the mirror is lost with this frame: the link is given up,
            # so that the comparison after the next one finds it.
            if not self._is_waiting():
                failure, self._was_cut = _interrupted(), True
            raise
        finally:
            self._give_back(failure, goes_on=goes_on)
        return True

    def _take(self) -> bool:
        with self._guard:
            if self._holder is not _Holder.NOBODY or self._is_recalled or self._is_closing:
                return False
            self._holder, self._caller = _Holder.CALLER, threading.get_ident()
            self._takes += 1
            return True

    def _give_back(self, failure: SixmmError | None, *, goes_on: bool) -> None:
        with self._guard:
            if self._caller != threading.get_ident():
                return
            self._holder, self._caller = _Holder.NOBODY, 0
            self._used_at = self._clock.monotonic()
            if failure is not None or not goes_on:
                # Nobody else reads before the reader thread has seen to it.
                self._failure, self._is_recalled = failure, True
            woken = self._reader.empty() if self._is_recalled or self._is_wanted else ()
        if woken:
            call(woken)

    @property
    def is_mine(self) -> bool:
        """Whether the thread that asks is a caller that reads."""
        return self._caller == threading.get_ident()

    # Any thread

    def recall(self) -> None:
        """Have the reader thread read at once unless somebody does: an answer is awaited."""
        with self._guard:
            if self._holder is not _Holder.NOBODY:
                return
            self._is_recalled = True
            woken = self._reader.empty()
        call(woken)

    def close(self) -> None:
        """End the lending for good."""
        with self._guard:
            self._is_closing = True
            if self._caller == threading.get_ident():
                # A signal handler has interrupted the very thread that reads.
                self._holder, self._caller = _Holder.READER, 0
            woken = self._reader.empty()
        call(woken)


def _interrupted() -> ConnectionClosed:
    return ConnectionClosed(reason="the reading thread was interrupted", by="local")


def _read_nothing(_: Deadline) -> bool:
    return False


def _is_idle() -> bool:
    return True
