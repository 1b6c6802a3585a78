"""One WebSocket connection: reads requests, writes what the hub has queued for it.

Everything here runs on the loop's thread. Requests are handled one after the other, and all
text frames leave through the one queue, so answers and pushes keep their order.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import sys
from contextlib import AbstractContextManager
from typing import Any, Protocol, cast

from aiohttp import WSMessage, WSMsgType, web

from .change import Change
from .hub import Hub, Outlet, encode

__all__ = ["Connection", "Delays", "Desk", "Shared"]

CLOSE_GRACE = 1.0
"""Seconds that a peer has for its part of the closing handshake."""

MAX_REQUEST = 64 * 1024

_RESET_ON_CLOSE = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
"""SO_LINGER switched on with no time to linger: closing the socket resets the connection."""


class Delays(Protocol):
    """The one fault that a connection looks at for itself."""

    slow: float


class Shared(Protocol):
    """What a connection needs of the exchange that it belongs to."""

    slow_closes: int

    @property
    def hub(self) -> Hub:
        """Who is connected."""

    @property
    def faults(self) -> Delays:
        """What is to go wrong."""

    @property
    def change(self) -> Change:
        """Where those wait who want to know that something has been written."""

    def transaction(self) -> AbstractContextManager[object]:
        """Hold the lock."""


class Desk(Protocol):
    """Whoever answers the frames of a connection."""

    def handle(self, outlet: Any, text: str) -> None:
        """Answer one frame."""


class Connection(Outlet):
    """An `Outlet` with a socket."""

    def __init__(self, core: Shared, desk: Desk, limit: int) -> None:
        """Prepare a connection; it is not accepted yet."""
        super().__init__(limit)
        self._core = core
        self._desk = desk
        self._socket = web.WebSocketResponse(
            timeout=CLOSE_GRACE,
            autoclose=False,
            autoping=False,
            compress=False,
            max_msg_size=MAX_REQUEST,
        )
        self._transport: asyncio.Transport | None = None
        self._ready = asyncio.Event()
        self._thawed = asyncio.Event()
        self._thawed.set()
        self._closing: asyncio.Task[None] | None = None

    async def accept(self, request: web.Request) -> None:
        """Answer the handshake."""
        await self._socket.prepare(request)
        self._transport = cast("asyncio.Transport", request.transport)

    async def serve(self) -> web.WebSocketResponse:
        """Read and write until the connection has ended, however it ends."""
        writer = asyncio.create_task(self._write_all())
        try:
            await self._read_all()
        finally:
            with self._core.transaction():
                self._core.hub.remove(self)
            writer.cancel()
            if self._closing is not None:
                await asyncio.wait([self._closing], timeout=2 * CLOSE_GRACE)
            self._end()
        return self._socket

    async def refuse(self, message: dict[str, object], code: int, reason: str) -> None:
        """Write one last message and close."""
        with contextlib.suppress(ConnectionError):
            await self._send(encode(message))
        self.close(code, reason)

    def wake(self) -> None:
        """Write what is queued, or close an outlet that has overflowed."""
        if self.overflowed and self._thawed.is_set():
            if self._closing is None:
                self._core.slow_closes += 1
            self.close(1008, "slow consumer")
        self._ready.set()

    def freeze(self, on: bool) -> None:
        """Stop or resume reading and writing; the socket stays as it is."""
        if on:
            self._thawed.clear()
        else:
            self._thawed.set()
            self.wake()

    def close(self, code: int, reason: str) -> None:
        """Send a close frame; a peer that does not answer within a second is cut off."""
        self.alive = False
        if self._closing is None:
            self._closing = asyncio.create_task(self._close(code, reason))

    def cut(self, how: str, code: int, reason: str) -> None:
        """End the connection in one of the ways of `Faults.cut`."""
        self.alive = False
        if how == "close":
            self.close(code, reason)
        elif how == "fin":
            self._end()
        elif how == "mid_frame":
            self._half_frame()
            self._abort()
        else:
            self._reset()

    async def _close(self, code: int, reason: str) -> None:
        message = reason.encode()[:120]
        with contextlib.suppress(asyncio.TimeoutError, ConnectionError, RuntimeError):
            await asyncio.wait_for(
                self._socket.close(code=code, message=message, drain=False), 2 * CLOSE_GRACE
            )
        self._end()

    def _end(self) -> None:
        """Close the TCP connection in order, without a close frame; what is unsent has a second."""
        if self._transport is not None:
            self._transport.close()
            asyncio.get_running_loop().call_later(CLOSE_GRACE, self._transport.abort)
        self._thawed.set()

    def _half_frame(self) -> None:
        """Announce a text of 300 bytes and write half of it."""
        if self._transport is not None:
            self._transport.write(b"\x81\x7e\x01\x2c" + b'{"topic":"user.' + b"0" * 135)

    def _reset(self) -> None:
        """Let the peer see a connection reset: no FIN, unsent data is thrown away."""
        if self._transport is not None:
            raw = self._transport.get_extra_info("socket")
            if raw is not None:
                with contextlib.suppress(OSError):
                    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self._abort()

    def _abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()
        self._thawed.set()

    async def _read_all(self) -> None:
        while True:
            message = await self._socket.receive()
            await self._thawed.wait()
            if not await self._read(message):
                return

    async def _read(self, message: WSMessage) -> bool:
        """Handle one frame; tell whether there may be another."""
        if message.type is WSMsgType.TEXT:
            # A connection that was cut may have requests left that were read before.
            if self.alive:
                self._desk.handle(self, cast("str", message.data))
        elif message.type is WSMsgType.PING:
            await self._delay()
            with contextlib.suppress(ConnectionError):
                await self._socket.pong(cast("bytes", message.data))
        elif message.type is WSMsgType.BINARY:
            self.close(1003, "text frames only")
        elif message.type is WSMsgType.CLOSE:
            self.close(cast("int", message.data) or 1000, "")
            return False
        elif message.type in (WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR):
            return False
        return True

    async def _write_all(self) -> None:
        with contextlib.suppress(ConnectionError):
            while True:
                await self._ready.wait()
                self._ready.clear()
                while self.queue and self.alive:
                    await self._write_one()
                self._core.change.announce()

    async def _write_one(self) -> None:
        if not self._thawed.is_set():
            await self._thawed.wait()
        await self._delay()
        if not (self.alive and self.queue):
            return
        text, event = self.queue.popleft()
        await self._send(text)
        if event is not None:
            event.receivers += 1

    async def _send(self, text: str) -> None:
        await self._socket.send_str(text)

    async def _delay(self) -> None:
        if self._core.faults.slow:
            await asyncio.sleep(self._core.faults.slow)
