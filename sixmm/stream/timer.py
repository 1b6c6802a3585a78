"""One thread for everything that is due at a time: a heap of named jobs and one event.

A job that fails is logged and does not end the thread; a periodic job is put back before it runs,
so that no failure loses it. The schedule itself is a value that takes ``now``.
"""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
from collections.abc import Callable
from typing import Protocol

import attrs

from ..clock import Clock, SystemClock
from ..errors import ConfigurationError, SixmmError

__all__ = ["Flag", "Jobs", "Schedule", "Timer", "TimerShare"]

_log = logging.getLogger("sixmm.timer")

Action = Callable[[], None]

_LONGEST_WAIT = 3_600.0


@attrs.define(order=False)
class _Job:
    name: str
    action: Action
    interval: float | None
    number: int


class Schedule:
    """Named jobs by the time at which they are due, in monotonic seconds. Not thread-safe."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, _Job]] = []
        self._current: dict[str, int] = {}
        self._numbers = itertools.count()

    def put(self, name: str, at: float, action: Action, *, interval: float | None = None) -> None:
        """Have ``action`` run at ``at``, and then every ``interval`` seconds where that is given.

        A job of the same name is replaced.

        Raises:
            ConfigurationError: an interval that is not above 0 would always be due.
        """
        if interval is not None and not interval > 0:
            raise ConfigurationError("the interval of a job must be above 0")
        job = _Job(name, action, interval, next(self._numbers))
        self._current[name] = job.number
        heapq.heappush(self._heap, (at, job.number, job))

    def cancel(self, name: str) -> None:
        """Drop the job of that name, where there is one."""
        self._current.pop(name, None)

    def next_at(self) -> float | None:
        """Return when the next job is due, or None where there is none."""
        while self._heap and not self._is_current(self._heap[0][2]):
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def pop_due(self, now: float) -> list[tuple[str, Action]]:
        """Return the jobs that are due at ``now``, each once, and put periodic ones back.

        A clock that jumped over several periods makes a periodic job run once, not several times.
        """
        due: list[tuple[str, Action]] = []
        while (at := self.next_at()) is not None and at <= now:
            _, _, job = heapq.heappop(self._heap)
            due.append((job.name, job.action))
            if job.interval is None:
                del self._current[job.name]
            else:
                heapq.heappush(self._heap, (now + job.interval, job.number, job))
        return due

    def __len__(self) -> int:
        return len(self._current)

    def _is_current(self, job: _Job) -> bool:
        return self._current.get(job.name) == job.number


class Flag:
    """An event that a signal handler may set while the same thread is setting it.

    The lock of :class:`threading.Event` is not re-entrant, so that a handler that closes the client
    would wait for the thread that it interrupts.
    """

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._is_set = False

    def is_set(self) -> bool:
        """Whether the flag is set."""
        return self._is_set

    def set(self) -> None:
        """Set the flag and wake everybody who waits for it."""
        with self._condition:
            self._is_set = True
            self._condition.notify_all()

    def clear(self) -> None:
        """Unset the flag."""
        with self._condition:
            self._is_set = False

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the flag is set, at most ``timeout`` seconds; return whether it is."""
        with self._condition:
            return self._condition.wait_for(self.is_set, timeout)


class Jobs(Protocol):
    """Has named jobs run at a later time."""

    def every(self, name: str, interval: float, action: Action) -> None:
        """Run ``action`` every ``interval`` seconds, for the first time after one interval."""

    def after(self, name: str, delay: float, action: Action) -> None:
        """Run ``action`` once, in ``delay`` seconds."""

    def cancel(self, name: str) -> None:
        """Drop the job of that name; one that runs at this moment is not waited for."""


class Timer:
    """The timer thread of a client.

    Jobs run one after another on the thread, outside the lock. A job may put and cancel jobs.

    Args:
        name: the name of the thread.
        clock: where the time comes from.
    """

    def __init__(self, *, name: str = "sixmm-timer", clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._lock = threading.RLock()
        self._wake = Flag()
        self._schedule = Schedule()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def every(self, name: str, interval: float, action: Action) -> None:
        """Run ``action`` every ``interval`` seconds, for the first time after one interval."""
        self._put(name, interval, action, interval)

    def after(self, name: str, delay: float, action: Action) -> None:
        """Run ``action`` once, in ``delay`` seconds."""
        self._put(name, delay, action, None)

    def cancel(self, name: str) -> None:
        """Drop the job of that name; one that runs at this moment is not waited for."""
        with self._lock:
            self._schedule.cancel(name)

    def stop(self) -> None:
        """Make the thread end after the job that it is running; returns at once."""
        self._stopping = True
        self._wake.set()

    def join(self, timeout: float | None) -> bool:
        """Wait for the thread to end; return whether it has. The thread itself does not wait."""
        if self._thread is not threading.current_thread() and self._thread.ident is not None:
            self._thread.join(timeout)
        return not self._thread.is_alive()

    def _put(self, name: str, delay: float, action: Action, interval: float | None) -> None:
        with self._lock:
            self._schedule.put(name, self._clock.monotonic() + delay, action, interval=interval)
        self._wake.set()

    def _run(self) -> None:
        while not self._stopping:
            # Cleared before looking: a job that is put after the look sets it again.
            self._wake.clear()
            with self._lock:
                due = self._schedule.pop_due(self._clock.monotonic())
                next_at = self._schedule.next_at()
            for name, action in due:
                self._run_one(name, action)
            if not due:
                self._wake.wait(self._delay_until(next_at))

    def _run_one(self, name: str, action: Action) -> None:
        if self._stopping:
            return
        try:
            action()
        except SixmmError as error:
            _log.warning("the timed job %r failed: %s", name, error)
        except Exception:
            _log.exception("the timed job %r failed", name)

    def _delay_until(self, at: float | None) -> float | None:
        return None if at is None else min(max(0.0, at - self._clock.monotonic()), _LONGEST_WAIT)


class TimerShare:
    """A share of a timer that several use: its jobs have names of their own.

    Whoever made the timer starts and joins it; the end of a share drops its jobs and no others.

    Args:
        timer: runs the jobs.
        user: tells the jobs of this share from those of others.
    """

    def __init__(self, timer: Timer, user: str) -> None:
        self._timer = timer
        self._user = user
        self._lock = threading.RLock()
        self._names: set[str] = set()
        self._is_over = False

    def start(self) -> None:
        """Do nothing: the timer is started by whoever made it."""

    def every(self, name: str, interval: float, action: Action) -> None:
        """Run ``action`` every ``interval`` seconds, for the first time after one interval."""
        with self._lock:
            if not self._is_over:
                self._timer.every(self._own(name), interval, action)

    def after(self, name: str, delay: float, action: Action) -> None:
        """Run ``action`` once, in ``delay`` seconds."""
        with self._lock:
            if not self._is_over:
                self._timer.after(self._own(name), delay, action)

    def cancel(self, name: str) -> None:
        """Drop the job of that name; one that runs at this moment is not waited for."""
        self._timer.cancel(f"{self._user}:{name}")

    def stop(self) -> None:
        """Drop every job of this share, and take no more."""
        with self._lock:
            self._is_over = True
            for name in self._names:
                self._timer.cancel(name)

    def join(self, timeout: float | None) -> bool:  # noqa: ARG002
        """Return True at once: the thread is joined by whoever made the timer."""
        return True

    def _own(self, name: str) -> str:
        own = f"{self._user}:{name}"
        self._names.add(own)
        return own
