"""The HTTP and WebSocket server: one port for each host of KuCoin, all on one event loop."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import parse_qs

from aiohttp import web

from ..hub import encode
from ..log import RequestRecord
from .classic import ClassicDesk
from .connection import GOODBYE, Connection
from .core import Core
from .limits import Limits, Window
from .pro import ProDesk
from .rest import Call, Reply, answer
from .tokens import Token, TokenRefused

__all__ = ["HOSTS", "Server", "Timing"]

HOSTS = ("spot", "futures", "pro", "pro_spot", "pro_futures")
"""Two of Classic, the private one of Pro, and the public ones of Pro."""

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

SHUTDOWN = 0.5
"""Seconds that calls in progress have when the server stops."""

WELCOME_PAUSE = 0.01
"""Seconds between upgrade and welcome, so that a client that does not wait for it is found out."""

_HELD = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How long connections may live, in seconds."""

    idle_limit: float
    session_life: float


class Server:
    """Serves a core. Everything here runs on the loop's thread."""

    def __init__(self, core: Core, *, limits: Limits, timing: Timing, outgoing_limit: int) -> None:
        """Prepare a server; nothing listens yet."""
        self._core = core
        self._limits = limits
        self._timing = timing
        self._outgoing_limit = outgoing_limit
        self._classic = ClassicDesk(core, limits)
        self._pro = ProDesk(core, limits, core.ping_interval_ms, self._busy)
        self._dials: dict[str, Window] = {}
        self._stopped = asyncio.Event()
        self._runners: list[web.AppRunner] = []

    async def start(self, host: str, ports: dict[str, int]) -> dict[str, int]:
        """Listen, and return the port of each host; one that is in use raises `OSError`."""
        found = {}
        for name in HOSTS:
            app = web.Application()
            app.router.add_route("*", "/{tail:.*}", self._handler(name))
            runner = web.AppRunner(
                app, access_log=None, handle_signals=False, shutdown_timeout=SHUTDOWN
            )
            self._runners.append(runner)
            await runner.setup()
            await web.TCPSite(runner, host, ports.get(name, 0)).start()
            found[name] = int(runner.addresses[0][1])
        return found

    async def stop(self) -> None:
        """Close all connections (1001) and stop listening."""
        self._stopped.set()
        frozen = self._core.faults.frozen
        with self._core.transaction():
            connections = self._core.hub.outlets()
            for outlet in connections:
                self._core.hub.remove(outlet)
        for outlet in connections:
            outlet.cut("rst" if frozen else "close", 1001, "exchange is closing")
        for runner in self._runners:
            await runner.cleanup()

    def _handler(self, host: str) -> _Handler:
        async def serve(request: web.Request) -> web.StreamResponse:
            return await self._serve(host, request)

        return serve

    async def _serve(self, host: str, request: web.Request) -> web.StreamResponse:
        if self._core.faults.down:
            return _gone(request)
        if request.headers.get("upgrade", "").lower() == "websocket":
            return await self._stream(host, request)
        try:
            body = await request.read()
        except web.HTTPRequestEntityTooLarge:
            return _respond(Reply(code="400100", message="the body is too large", status=413))
        except ConnectionError:
            # The caller left in the middle of its request: nothing was asked, nobody listens.
            return web.Response(status=400)
        call = Call(
            method=request.method,
            host=host,
            # As it came: aiohttp would decode and quote it anew, and it is what was signed.
            target=request.raw_path,
            body=body,
            headers={name.lower(): value for name, value in request.headers.items()},
            peer=request.remote or "",
        )
        reply = self._faulty(call.path) or answer(self._core, call)
        await self._wait(self._core.faults.slow)
        self._note(call.method, f"{host}:{call.path}", call.target, reply.status, reply.code)
        return _respond(reply)

    def _faulty(self, path: str) -> Reply | None:
        with self._core.transaction():
            error = self._core.faults.take_rest_error(path)
        if error is None:
            return None
        headers = {} if error.retry_after is None else {"Retry-After": str(error.retry_after)}
        return Reply(
            code=str(error.code),
            message="injected fault",
            status=error.http_status,
            headers=headers,
        )

    async def _wait(self, seconds: float) -> None:
        """Wait, but no longer than the server lives."""
        if seconds:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._stopped.wait(), seconds)

    def _note(self, method: str, path: str, target: str, status: int, code: str) -> None:
        query = target.partition("?")[2]
        self._core.record(
            RequestRecord(
                method=method,
                path=path,
                query="" if "token=" in query else query,
                status=status,
                code=int(code),
            )
        )

    # Streams

    async def _stream(self, host: str, request: web.Request) -> web.StreamResponse:
        """Answer a WebSocket handshake, and serve the connection until it ends."""
        while self._core.faults.frozen and self._core.faults.freeze_new:
            await self._wait(_HELD)
            if self._stopped.is_set():
                raise web.HTTPServiceUnavailable
        query = parse_qs(request.raw_path.partition("?")[2])
        refused, token = self._admit(host, query.get("token", [""])[-1])
        if refused is not None and refused.status != 200:
            self._note("GET", f"{host}:stream", "", refused.status, refused.code)
            return _respond(refused)
        connection = Connection(
            self._core,
            self._pro if host.startswith("pro") else self._classic,
            host=host,
            queue_limit=self._outgoing_limit,
            idle_limit=self._timing.idle_limit,
            session_life=self._timing.session_life,
        )
        connection.connect_id = query.get("connectId", [secrets.token_hex(5)])[-1][:128]
        try:
            await connection.accept(request)
        except web.HTTPException as exc:
            self._note("GET", f"{host}:stream", "", exc.status, "400100")
            raise
        except ConnectionError:
            return web.Response(status=400)
        self._note("GET", f"{host}:stream", "", 101, "0")
        if refused is not None:
            error = {
                "id": connection.connect_id,
                "type": "error",
                "code": int(refused.code),
                "data": refused.message,
            }
            await connection.refuse(error, *GOODBYE)
        else:
            connection.messages = Window(self._limits.messages, 10.0)
            self._join(connection, token)
        return await connection.serve()

    def _admit(self, host: str, text: str) -> tuple[Reply | None, Token | None]:
        """Return how a dial is refused, or with which token it is let in.

        A refusal with HTTP status 200 is told by an error frame after the upgrade.
        """
        core = self._core
        with core.transaction():
            refusal = core.faults.take_refusal()
            if refusal is not None:
                pause = refusal.retry_after
                headers = {} if pause is None else {"Retry-After": str(pause)}
                message = "injected fault"
                reply = Reply(
                    code="500000", message=message, status=refusal.status, headers=headers
                )
                return reply, None
            if host in ("pro_spot", "pro_futures") or (host == "pro" and not text):
                # There is no token for public data; for private data a login may take its place.
                return None, None
            try:
                if core.faults.take("refused_logins"):
                    raise TokenRefused("token is invalid")
                token = core.tokens.use(text, host, core.machine_ms())
            except TokenRefused as exc:
                status = 401 if core.manners.dead_token == "refuse" else 200
                return Reply(code="401", message=str(exc), status=status), None
            busy = self._busy(token.user_id)
            if busy is not None:
                return Reply(code="509", message=busy), None
            return None, token

    def _busy(self, user_id: str | None) -> str | None:
        """Return the text of the refusal for one who dials too often, or has too much open."""
        if user_id is None:
            return None
        window = self._dials.setdefault(user_id, Window(self._limits.dials, 60.0))
        if not window.take(asyncio.get_running_loop().time()):
            return "service is busy, please retry later"
        most = self._limits.sessions
        if most and len(self._core.hub.outlets(user_id)) >= most:
            return f"exceed max session count limitation of {most}"
        return None

    def _join(self, connection: Connection, token: Token | None) -> None:
        """Take in a connection, and have it welcomed a moment later."""
        core = self._core
        with core.transaction():
            core.hub.add(connection)
            if token is not None and token.user_id is not None:
                core.hub.join(connection, token.user_id)
            lost = core.faults.take("lost_welcomes")
        if not lost:
            loop = asyncio.get_running_loop()
            pause = core.faults.late_welcome or WELCOME_PAUSE
            loop.call_later(pause, self._welcome, connection)

    def _welcome(self, connection: Connection) -> None:
        with self._core.transaction():
            if connection.alive:
                desk = self._pro if connection.is_pro else self._classic
                desk.greet(connection)


def _respond(reply: Reply) -> web.Response:
    return web.Response(
        status=reply.status,
        text=encode(reply.envelope()),
        content_type="application/json",
        headers=dict(reply.headers),
    )


def _gone(request: web.Request) -> web.Response:
    """End the connection without an answer, as an exchange does that is down."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=503)
