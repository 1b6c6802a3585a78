"""The start and the end of a server's thread."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import pytest

from sixmm.sim.thread import ServerThread


async def serve(started: Callable[[int], None], stopping: asyncio.Event) -> None:
    """Serve nothing."""
    started(5)
    await stopping.wait()


def test_start_and_stop() -> None:
    """The port comes back when the server listens, and the thread is joined."""
    thread = ServerThread(serve, name="a server")

    assert thread.start() == 5
    assert "a server" in {one.name for one in threading.enumerate()}
    thread.stop(10)
    thread.stop(10)
    assert "a server" not in {one.name for one in threading.enumerate()}


def test_an_error_at_the_start() -> None:
    """It is raised where the server was started, and no thread is left."""

    async def fail(_started: Callable[[int], None], _stopping: asyncio.Event) -> None:
        raise OSError("in use")

    with pytest.raises(OSError, match="in use"):
        ServerThread(fail, name="a failure").start()
    assert "a failure" not in {one.name for one in threading.enumerate()}


def test_an_error_while_it_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told as that of any thread: by the interpreter's hook."""
    told: list[BaseException | None] = []
    monkeypatch.setattr(threading, "excepthook", lambda args: told.append(args.exc_value))

    async def break_off(started: Callable[[int], None], stopping: asyncio.Event) -> None:
        started(5)
        await stopping.wait()
        raise RuntimeError("broken off")

    thread = ServerThread(break_off, name="a server that breaks off")
    thread.start()
    thread.stop(10)
    assert [str(error) for error in told] == ["broken off"]
