"""Waiting in tests: for a condition, with a deadline that only a fault reaches."""

from __future__ import annotations

import threading
from collections.abc import Callable

from sixmm.clock import Deadline

__all__ = ["GENEROUS", "wait_until"]

GENEROUS = 20.0
"""Seconds after which something that should happen at once is taken for a deadlock."""


def wait_until(condition: Callable[[], object], timeout: float = GENEROUS) -> None:
    """Return when ``condition`` holds; it is looked at again and again."""
    deadline, pause = Deadline(timeout), threading.Event()
    while not condition():
        assert not deadline.expired, "that did not happen in time"
        pause.wait(0.002)
