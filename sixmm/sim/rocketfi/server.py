"""The HTTP and WebSocket server, and the timer that lets markets and accounts move.

This module and `connection` need aiohttp. All of it runs on one event loop.
"""

from __future__ import annotations

import asyncio
import contextlib

from aiohttp import web

from ..control import control
from ..fault_plan import Refusal
from ..rest import Call
from .connection import Link
from .core import Core
from .desk import Desk
from .faults import Faults
from .feeds import Feeds
from .hub import encode
from .log import RequestRecord
from .rest import Reply, answer
from .world import World

__all__ = ["Server"]

SHUTDOWN = 0.5
"""Seconds that calls in progress have when the server stops."""

_FAULTS_PATH = "/_sim/faults"


class Server:
    """Serves a core on one address. Everything here runs on the loop's thread."""

    def __init__(self, core: Core, faults: Faults, feeds: Feeds, *, outgoing_limit: int) -> None:
        """Prepare a server; nothing listens yet."""
        self._core = core
        self._faults = faults
        self._desk = Desk(core, feeds)
        self._limit = outgoing_limit
        self._stopped = asyncio.Event()
        self._runner: web.AppRunner | None = None

    async def start(self, host: str, port: int) -> int:
        """Listen, and return the port; an address that is in use raises `OSError`."""
        app = web.Application()
        app.router.add_route("*", "/{tail:.*}", self._serve)
        self._runner = web.AppRunner(
            app, access_log=None, handle_signals=False, shutdown_timeout=SHUTDOWN
        )
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        return int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Close all connections (1001) and stop listening."""
        self._stopped.set()
        frozen = self._core.faults.frozen
        with self._core.transaction():
            connections = self._core.hub.outlets()
            for outlet in connections:
                self._core.hub.remove(outlet)
        for outlet in connections:
            outlet.cut("rst" if frozen else "close", 1001, "server is closing")
        if self._runner is not None:
            await self._runner.cleanup()

    async def run(self, world: World, steps_per_second: float) -> None:
        """Let the world make that many steps a second, until the server stops.

        At high rates several steps are made in a row, so that the timer never has to fire more
        than a hundred times a second.
        """
        batch = max(1, round(steps_per_second / 100))
        pause = batch / steps_per_second
        while not self._stopped.is_set():
            world.step(batch)
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._stopped.wait(), pause)

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        path, _, raw_query = request.raw_path.partition("?")
        if path == "/ws":
            return await self._stream(request, raw_query)
        try:
            body = await request.read()
        except web.HTTPRequestEntityTooLarge:
            return self._respond(request.method, path, raw_query, Reply.error(413, "too large"))
        except ConnectionError:
            # The caller left in the middle of its request: nothing was asked, and nobody listens.
            return web.Response(status=400)
        if path == _FAULTS_PATH:
            return self._control(request, body)
        reply = self._faulty(path) or answer(self._core, request.method, path, raw_query)
        if self._core.faults.slow:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._stopped.wait(), self._core.faults.slow)
        return self._respond(request.method, path, raw_query, reply)

    def _control(self, request: web.Request, body: bytes) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        call = Call(method=request.method, path=_FAULTS_PATH, body=body, headers=headers)
        reply = control(self._faults, call)
        told = encode(reply.envelope("sim"))
        return web.Response(status=reply.status, text=told, content_type="application/json")

    def _faulty(self, path: str) -> Reply | None:
        with self._core.transaction():
            error = self._core.faults.take_rest_error(path)
        if error is None:
            return None
        body = {"code": error.code, "message": "injected fault"}
        return Reply(body=body, status=error.http_status, retry_after=error.retry_after)

    def _respond(self, method: str, path: str, raw_query: str, reply: Reply) -> web.Response:
        self._core.record(
            RequestRecord(method=method, path=path, query=raw_query, status=reply.status)
        )
        response = web.Response(
            status=reply.status, text=encode(reply.body), content_type="application/json"
        )
        if reply.retry_after is not None:
            pause = reply.retry_after
            response.headers["Retry-After"] = pause if isinstance(pause, str) else f"{pause:.15g}"
        return response

    async def _stream(self, request: web.Request, raw_query: str) -> web.StreamResponse:
        """Answer a WebSocket handshake, and serve the connection until it ends."""
        while self._core.faults.frozen and self._core.faults.freeze_new:
            await self._hold_handshake()
        refusal = self._refusal()
        if refusal is not None:
            reply = Reply.error(refusal.status, "injected fault", refusal.retry_after)
            return self._respond("GET", "/ws", raw_query, reply)
        link = Link(self._core, self._desk, self._limit)
        try:
            await link.accept(request)
        except web.HTTPException as exc:
            self._core.record(
                RequestRecord(method="GET", path="/ws", query=raw_query, status=exc.status)
            )
            raise
        except ConnectionError:
            return web.Response(status=400)
        with self._core.transaction():
            self._core.hub.add(link)
        self._core.record(RequestRecord(method="GET", path="/ws", query=raw_query, status=101))
        return await link.serve()

    def _refusal(self) -> Refusal | None:
        with self._core.transaction():
            return self._core.faults.take_refusal()

    async def _hold_handshake(self) -> None:
        """Wait a moment; when the server stops meanwhile, the handshake is refused."""
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._stopped.wait(), 0.02)
        if self._stopped.is_set():
            raise web.HTTPServiceUnavailable
