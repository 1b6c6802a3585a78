"""System calls of sockets that fail at random, also with errors that make no sense."""

from __future__ import annotations

import contextlib
import errno
import os
import random
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

__all__ = ["CALLS", "ERRNOS", "Failing", "failing"]

ERRNOS = (
    errno.ECONNRESET,
    errno.EPIPE,
    errno.ETIMEDOUT,
    errno.EHOSTUNREACH,
    errno.ENETDOWN,
    errno.ENOBUFS,
    errno.ENOMEM,
    errno.EIO,
    errno.EBADF,
    errno.ENOTSOCK,
)
CALLS = ("recv", "recv_into", "send", "sendall", "shutdown", "setsockopt", "connect", "connect_ex")


class Failing:
    """Decides which call fails, and how; counts them.

    Args:
        dice: decide.
        probability: of each call.
        spared: the threads whose names begin like this see no fault.
    """

    def __init__(self, dice: random.Random, *, probability: float, spared: tuple[str, ...]) -> None:
        self._dice = dice
        self._probability = probability
        self._spared = spared
        self._lock = threading.Lock()
        self.is_on = True
        self.counts: Counter[str] = Counter()

    def next_error(self, call: str) -> OSError | None:
        """Return the error of this call, or None where it is to go on."""
        if not self.is_on or threading.current_thread().name.startswith(self._spared):
            return None
        with self._lock:
            if self._dice.random() >= self._probability:
                return None
            number = self._dice.choice(ERRNOS)
            self.counts[f"{call} {errno.errorcode[number]}"] += 1
        return OSError(number, os.strerror(number))


@contextlib.contextmanager
def failing(faults: Failing) -> Iterator[None]:
    """Let the calls of all sockets of this process fail as decided, for the time of the block."""
    with contextlib.ExitStack() as stack:
        for call in CALLS:
            real = getattr(socket.socket, call)
            stack.enter_context(
                mock.patch.object(socket.socket, call, _replacement(call, real, faults))
            )
        yield


def _replacement(call: str, real: Callable[..., Any], faults: Failing) -> Callable[..., Any]:
    def replacement(*args: Any, **options: Any) -> Any:
        error = faults.next_error(call)
        if error is None:
            return real(*args, **options)
        if call == "connect_ex":
            return error.errno
        raise error

    return replacement
