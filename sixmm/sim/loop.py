"""The one way from other threads onto the thread that owns the sockets."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from collections.abc import Callable
from typing import TypeVar

__all__ = ["LoopBridge"]

T = TypeVar("T")

CALL_TIMEOUT = 10.0
"""Seconds that a call may wait for the loop; it is only ever reached when the loop hangs."""


class LoopBridge:
    """Runs functions on the event loop, and does nothing while there is none."""

    def __init__(self) -> None:
        """Begin without a loop."""
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = 0

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """Use `loop`, which runs on the calling thread."""
        self._thread = threading.get_ident()
        self._loop = loop

    def detach(self) -> None:
        """Forget the loop."""
        self._loop = None

    def soon(self, action: Callable[[], object]) -> None:
        """Run `action` on the loop soon; without a loop it is dropped."""
        loop = self._loop
        if loop is None:
            return
        if threading.get_ident() == self._thread:
            loop.call_soon(action)
            return
        try:
            loop.call_soon_threadsafe(action)
        except RuntimeError:
            # The loop was closed between the look and the call: the exchange is gone.
            return

    def call(self, action: Callable[[], T], otherwise: T) -> T:
        """Run `action` on the loop and return its result, or `otherwise` without a loop."""
        if self._loop is None:
            return otherwise
        if threading.get_ident() == self._thread:
            return action()
        done: concurrent.futures.Future[T] = concurrent.futures.Future()

        def run() -> None:
            try:
                done.set_result(action())
            except BaseException as exc:
                done.set_exception(exc)

        self.soon(run)
        return done.result(CALL_TIMEOUT)
