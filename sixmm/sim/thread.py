"""A server on a thread of its own: its start, its end, and what it says when it cannot start."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable

__all__ = ["ServerThread"]

START_TIMEOUT = 10.0
"""Seconds that the server has to come up."""

Serve = Callable[[Callable[[int], None], asyncio.Event], Awaitable[None]]
"""``serve(started, stopping)`` tells its port by ``started`` and serves until ``stopping``."""


class ServerThread:
    """Runs one server once."""

    def __init__(self, serve: Serve, *, name: str) -> None:
        """Prepare a thread that runs `serve`; it is not started."""
        self._serve = serve
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._ready = threading.Event()
        self._error: BaseException | None = None
        self._port: int | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None

    def start(self) -> int:
        """Start, wait until the server listens, and return its port; its error is raised here."""
        self._thread.start()
        self._ready.wait(START_TIMEOUT)
        if self._port is None:
            self._thread.join(START_TIMEOUT)
            raise self._error or TimeoutError("the server did not start in time")
        return self._port

    def stop(self, timeout: float) -> None:
        """Stop the server; one that does not stop within `timeout` seconds raises an error."""
        loop, stopping = self._loop, self._stopping
        if loop is not None and stopping is not None and self._thread.is_alive():
            try:
                loop.call_soon_threadsafe(stopping.set)
            except RuntimeError:
                # The loop was closed between the look and the call: the server is gone.
                return
        if self._thread is not threading.current_thread():
            self._thread.join(timeout)
            if self._thread.is_alive():
                raise TimeoutError("the server did not stop in time")

    def _run(self) -> None:
        """Own the event loop. The only code of the server that runs on this thread's stack."""
        try:
            asyncio.run(self._main())
        except BaseException as exc:
            self._error = exc
            if self._port is not None:
                # Nobody waits for it any more: the interpreter's hook for threads tells it.
                raise
        finally:
            self._ready.set()

    async def _main(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        await self._serve(self._started, self._stopping)

    def _started(self, port: int) -> None:
        self._port = port
        self._ready.set()
