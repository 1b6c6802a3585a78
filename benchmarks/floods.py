"""How the sender sends: as fast as the connection takes it, or in bursts at fixed times."""

from __future__ import annotations

import abc
import contextlib
import itertools
import threading
import time
from collections.abc import Iterator, Sequence

from .channels import Bounds, Channel
from .messages import BLOCK, Block, make_block
from .plan import Flood

__all__ = ["Bursts", "FullSpeed", "Sending", "block_of", "prepare"]

_SEALED_BYTES = 96 * 1024 * 1024
"""How much is made ready before "go", over all connections."""

# A number that no earlier run of this sender has used, and that is near the present time.
_last_second = 0


def _next_second(rounds: int) -> int:
    global _last_second
    first = max(int(time.time()), _last_second)
    _last_second = first + rounds
    return first


def _rounds(block: Block, count: int) -> Iterator[tuple[bytes, Bounds]]:
    """Yield ``count`` distinct messages, a block or less at a time."""
    first = _next_second(count // BLOCK + 1)
    for second, left in enumerate(range(count, 0, -BLOCK), first):
        bounds = block.bounds[:left]
        yield block.render(second)[: bounds[-1][1]], bounds


class Sending(abc.ABC):
    """Something to send that is ready.

    Args:
        channels: the connections that it goes to.
    """

    def __init__(self, channels: Sequence[Channel]) -> None:
        self._channels = channels

    @abc.abstractmethod
    def run(self) -> list[tuple[int, int]]:
        """Send it; return when each burst was sent (ns) and how many messages it had."""

    def hang_up(self) -> None:
        """End the connections."""
        for channel in self._channels:
            channel.hang_up()


class FullSpeed(Sending):
    """Messages that are sent to one or more connections as fast as they take them.

    Up to a bound they are made ready, and encrypted, before "go".
    """

    def __init__(self, channels: Sequence[Channel], block: Block, count: int) -> None:
        super().__init__(channels)
        share = count // len(channels)
        self._parts = [(channel, _rounds(block, share)) for channel in channels]
        room = _SEALED_BYTES // len(channels) // len(block.template)
        self._ready = [_take(channel, rounds, room) for channel, rounds in self._parts]

    def run(self) -> list[tuple[int, int]]:
        """Send everything, with a thread for each connection."""
        threads = [
            threading.Thread(target=_send_all, args=(*part, ready), daemon=True, name="bench-flood")
            for part, ready in zip(self._parts, self._ready, strict=True)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return []


def _take(channel: Channel, rounds: Iterator[tuple[bytes, Bounds]], room: int) -> list[bytes]:
    """Return the first ``room`` rounds, sealed; the channel's turn is kept until they are sent."""
    channel.turn.acquire()
    return [channel.sealed(*one) for one in itertools.islice(rounds, room)]


def _send_all(
    channel: Channel, rounds: Iterator[tuple[bytes, Bounds]], ready: Sequence[bytes]
) -> None:
    # The client goes when it has what it wanted.
    with contextlib.suppress(OSError):
        for sealed in ready:
            channel.send_sealed(sealed)
        for one in rounds:
            channel.send_sealed(channel.sealed(*one))
    channel.turn.release()


class Bursts(Sending):
    """Messages that are sent in bursts at fixed times, to the connections in turn."""

    def __init__(self, channels: Sequence[Channel], block: Block, flood: Flood) -> None:
        super().__init__(channels)
        self._interval_ns = int(flood.interval_ms * 1e6)
        self._bursts = [
            burst
            for data, bounds in _rounds(block, flood.count)
            for burst in _split(data, bounds, flood.burst)
        ]

    def run(self) -> list[tuple[int, int]]:
        """Send one burst after another; a late one does not move those after it."""
        sent: list[tuple[int, int]] = []
        due = time.perf_counter_ns() + self._interval_ns
        for place, (data, bounds) in enumerate(self._bursts):
            time.sleep(max(0, due - time.perf_counter_ns()) / 1e9)
            sent.append((time.time_ns(), len(bounds)))
            self._channels[place % len(self._channels)].send(data, bounds)
            due += self._interval_ns
        return sent


def _split(data: bytes, bounds: Bounds, size: int) -> Iterator[tuple[bytes, Bounds]]:
    for place in range(0, len(bounds), size):
        part = bounds[place : place + size]
        start, stop = part[0][0], part[-1][1]
        yield data[start:stop], [(begin - start, end - start) for begin, end in part]


def block_of(flood: Flood) -> Block:
    """Return the messages of a flood; the first time takes long, later they are at hand.

    Raises:
        ValueError: there is no such kind of message.
    """
    return make_block(flood.kind, topics=flood.topics, size=flood.size)


def prepare(flood: Flood, channels: Sequence[Channel]) -> Sending:
    """Make everything ready for "go".

    Raises:
        ValueError: there is no such kind of message.
    """
    block = block_of(flood)
    if flood.burst:
        return Bursts(channels, block, flood)
    return FullSpeed(channels, block, flood.count)
