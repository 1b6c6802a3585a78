"""One WebSocket connection: that of the house, which is dropped when its client is silent."""

from __future__ import annotations

import asyncio
from typing import cast

from aiohttp import WSMessage, WSMsgType, web

from ..connection import Connection as AnyConnection
from ..connection import Desk
from .core import Core
from .hub import Outlet

__all__ = ["Connection"]

GOODBYE = (1000, "Bye")
"""Code and reason with which KuCoin closes."""


class Connection(AnyConnection, Outlet):
    """An `Outlet` with a socket."""

    def __init__(
        self,
        core: Core,
        desk: Desk,
        *,
        host: str,
        queue_limit: int,
        idle_limit: float,
        session_life: float,
    ) -> None:
        """Prepare a connection that may be silent for `idle_limit` seconds; it is not accepted yet.

        It ends after `session_life` seconds whatever happens.
        """
        super().__init__(core, desk, queue_limit)
        self.host = host
        self._manners = core.manners
        self._idle_limit = idle_limit
        self._life = session_life
        self._last_frame = 0.0

    async def serve(self) -> web.WebSocketResponse:
        """Read and write until the connection has ended, however it ends."""
        watcher = asyncio.create_task(self._watch())
        try:
            return await super().serve()
        finally:
            watcher.cancel()

    async def _watch(self) -> None:
        """Drop a connection whose client is silent, or that is too old."""
        loop = asyncio.get_running_loop()
        self._last_frame = loop.time()
        end = loop.time() + self._life
        while self.alive:
            now = loop.time()
            until = min(self._idle_end(), end, now + self._idle_limit)
            await asyncio.sleep(max(0.001, until - now))
            if not self._thawed.is_set():
                await self._thawed.wait()
                self._last_frame = loop.time()
            if loop.time() >= end:
                self.close(*GOODBYE)
            elif loop.time() >= self._idle_end():
                error = {"type": "error", "code": 400, "data": "ping timeout"}
                await self.refuse(error, *GOODBYE)

    def _idle_end(self) -> float:
        """Return when the client has been silent for too long."""
        if self.is_pro and self.topics:
            # Measured: a Pro connection with subscriptions is not dropped.
            return float("inf")
        return self._last_frame + self._idle_limit

    async def _read(self, message: WSMessage) -> bool:
        """Handle one frame; only texts count as a sign of life, pings of the protocol do not."""
        if message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
            self._last_frame = asyncio.get_running_loop().time()
        if message.type is WSMsgType.BINARY and self.is_pro and self.alive:
            text = cast("bytes", message.data).decode("utf-8", "replace")
            self._desk.handle(self, text)
            return True
        return await super()._read(message)

    async def _send(self, text: str) -> None:
        if self.is_pro and not self._manners.pro_text:
            await self._socket.send_bytes(text.encode())
        else:
            await super()._send(text)
