"""One WebSocket connection, and what the server asks of it: to answer pings, and to speak."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import TYPE_CHECKING, cast

from aiohttp import WSMessage, web

from ..connection import Connection
from .core import Core
from .desk import Desk

if TYPE_CHECKING:
    from .. import core as other_core
    from .. import stream as other_stream

__all__ = ["Link"]

LEAST_LOOK = 0.01
"""Seconds between two looks at a connection that may have been idle for too long."""


class Link(Connection):
    """A connection that is pinged by text, and that ends when it is idle, where it is to be so."""

    def __init__(self, core: Core, desk: Desk, limit: int) -> None:
        """Prepare a connection; it is not accepted yet."""
        # A connection asks no more of an exchange and its desk than these two have as well.
        super().__init__(cast("other_core.Core", core), cast("other_stream.Desk", desk), limit)
        self._server = core
        self._heard = 0.0

    async def serve(self) -> web.WebSocketResponse:
        """Read and write until the connection has ended, however it ends."""
        self._heard = asyncio.get_running_loop().time()
        watches = [asyncio.create_task(watch) for watch in self._watches()]
        try:
            return await super().serve()
        finally:
            for watch in watches:
                watch.cancel()

    async def _read(self, message: WSMessage) -> bool:
        self._heard = asyncio.get_running_loop().time()
        return await super()._read(message)

    async def _write_one(self) -> None:
        await super()._write_one()
        if not self.queue and self._server.hub.is_ending(self):
            self.close(1008, "error")

    def _watches(self) -> list[Coroutine[object, object, None]]:
        manners = self._server.manners
        watches = []
        if manners.server_ping is not None:
            watches.append(self._ping_all(manners.server_ping))
        if manners.idle_timeout is not None:
            watches.append(self._end_when_idle(manners.idle_timeout))
        return watches

    async def _ping_all(self, pause: float) -> None:
        """Ping until a ping is not answered before the next one is due."""
        text = '"Ping"' if self._server.manners.ping_form == "text" else '{"Ping":null}'
        while True:
            await asyncio.sleep(pause)
            with self._server.transaction():
                answered = self._server.hub.ping(self, text)
            if not answered:
                self.close(1008, "no pong")
                return

    async def _end_when_idle(self, most: float) -> None:
        loop = asyncio.get_running_loop()
        while True:
            left = self._heard + most - loop.time()
            if left <= 0:
                self.close(1008, "idle")
                return
            await asyncio.sleep(max(left, LEAST_LOOK))
