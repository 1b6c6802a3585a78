"""A slot in which one thread waits for the answer that another one brings."""

from __future__ import annotations

import threading

from ..clock import Deadline

__all__ = ["Waiter"]


class Waiter:
    """A slot in which one thread waits for one answer.

    An answer for a waiter that has given up is refused, so that it is never lost to nobody and
    never reaches somebody else.
    """

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._done = False
        self._abandoned = False
        self._error: BaseException | None = None

    def set(self, error: BaseException | None = None) -> bool:
        """Hand over the answer; return False where the waiter has given up or has one already."""
        with self._condition:
            if self._done or self._abandoned:
                return False
            self._done, self._error = True, error
            self._condition.notify_all()
            return True

    @property
    def is_done(self) -> bool:
        """Whether the answer has come."""
        return self._done

    @property
    def is_over(self) -> bool:
        """Whether nobody waits here any more."""
        return self._done or self._abandoned

    def wait(self, deadline: Deadline) -> bool:
        """Wait for the answer; return False where the deadline passed first.

        Raises:
            BaseException: the error that was handed over.
        """
        with self._condition:
            while not self._done:
                if deadline.expired:
                    self._abandoned = True
                    return False
                self._condition.wait(deadline.slice())
        if self._error is not None:
            raise self._error
        return True
