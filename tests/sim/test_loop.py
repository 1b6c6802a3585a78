"""Crossing over to the loop's thread."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from sixmm.sim.loop import LoopBridge


@pytest.fixture
def bridge() -> Iterator[LoopBridge]:
    """Give a bridge to a loop that runs on a thread of its own."""
    loop, made = asyncio.new_event_loop(), LoopBridge()

    def run() -> None:
        made.attach(loop)
        loop.run_forever()

    thread = threading.Thread(target=run)
    thread.start()
    ready = threading.Event()
    loop.call_soon_threadsafe(ready.set)
    assert ready.wait(10)
    yield made
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def test_a_call_runs_on_the_loops_thread(bridge: LoopBridge) -> None:
    """The result comes back, and a call from the loop itself runs at once."""
    here = threading.get_ident()
    there = bridge.call(threading.get_ident, 0)

    assert there not in (0, here)
    assert bridge.call(lambda: bridge.call(threading.get_ident, 0), 0) == there


def test_an_error_comes_back(bridge: LoopBridge) -> None:
    """What the function raises is raised at the caller."""
    with pytest.raises(ZeroDivisionError):
        bridge.call(lambda: 1 // 0, 0)


def test_soon_comes_in_order(bridge: LoopBridge) -> None:
    """Actions run one after the other, and one that the loop's own thread adds comes too."""
    done: list[int] = []
    ended = threading.Event()
    for number in range(100):
        bridge.soon(lambda number=number: done.append(number))
    bridge.soon(lambda: bridge.soon(ended.set))

    assert ended.wait(10)
    assert done == list(range(100))


def test_without_a_loop_nothing_happens() -> None:
    """Before the start and after the end a call gives the other result."""
    bridge = LoopBridge()
    bridge.soon(lambda: 1 // 0)

    assert bridge.call(lambda: 1, 2) == 2
    loop = asyncio.new_event_loop()
    bridge.attach(loop)
    loop.close()
    other = threading.Thread(target=bridge.soon, args=(lambda: 1 // 0,))
    other.start()
    other.join()
    bridge.detach()
    assert bridge.call(lambda: 1, 3) == 3
