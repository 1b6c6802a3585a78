"""A Ctrl-C that comes at the worst moment of a wait."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections.abc import Iterator

import pytest

__all__ = ["LONG", "interrupted_unawares"]

LONG = 30.0
"""Seconds of the wait that is interrupted: far more than it may take to notice."""
_PROMPT = 10.0


@contextlib.contextmanager
def interrupted_unawares() -> Iterator[None]:
    """Send this process SIGINT inside the block, which must end with KeyboardInterrupt promptly.

    Another thread than this one catches the signal. So the system call in which this one waits goes
    on, just as where the signal comes a microsecond before the call. Python tells this thread once
    that call returns by itself.
    """
    may_end = threading.Event()
    catcher = threading.Thread(target=may_end.wait, args=(LONG,), daemon=True)
    catcher.start()
    # A process that a shell has started in the background ignores it.
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    sender = threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGINT))
    began = time.monotonic()
    sender.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            yield
        assert time.monotonic() - began < _PROMPT
    finally:
        # One that the block has not noticed must not end the whole run.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        sender.cancel()
        sender.join()
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        signal.signal(signal.SIGINT, handler)
        may_end.set()
        catcher.join()
