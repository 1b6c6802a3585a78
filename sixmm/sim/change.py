"""Waiting for "something has changed" without sleeping for a guessed time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

__all__ = ["Change"]

RECHECK = 0.05
"""Seconds after which a predicate is asked again even if nothing here has changed: it may
look at something that lives outside of the exchange."""


class Change:
    """A counter of changes that threads can wait on."""

    def __init__(self) -> None:
        """Begin with nothing changed."""
        self._condition = threading.Condition()
        self._count = 0
        self._waiters = 0

    def announce(self) -> None:
        """Count a change and wake those who wait."""
        # Nobody waits most of the time. A waiter that registers at this very moment misses
        # this change by at most RECHECK seconds.
        if self._waiters:
            with self._condition:
                self._count += 1
                self._condition.notify_all()

    def wait_until(self, predicate: Callable[[], object], timeout: float) -> bool:
        """Return True as soon as `predicate` is true, and False after `timeout` seconds.

        The predicate is asked on the caller's thread with no lock held.
        """
        deadline = time.monotonic() + timeout
        with self._condition:
            self._waiters += 1
        try:
            while True:
                seen = self._count
                if predicate():
                    return True
                left = deadline - time.monotonic()
                if left <= 0:
                    return False
                with self._condition:
                    if self._count == seen:
                        self._condition.wait(min(left, RECHECK))
        finally:
            with self._condition:
                self._waiters -= 1
