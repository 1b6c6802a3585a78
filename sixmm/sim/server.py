"""The HTTP and WebSocket server, and the timers of the exchange. All on one event loop.

This is the only module besides `connection` that needs aiohttp.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from urllib.parse import parse_qs

from aiohttp import web

from .codes import Code, ExchangeError
from .connection import Connection
from .control import control
from .core import Core
from .faults import Faults
from .hub import encode
from .log import RequestRecord
from .maker import MarketMaker
from .publisher import Publisher
from .rest import Call, Reply, answer
from .rest.login import COOKIE
from .signing import redact
from .stream import Desk

__all__ = ["Server"]

GATHER = 0.02
"""Seconds for which market changes that accounts cause are gathered into one push."""

SHUTDOWN = 0.5
"""Seconds that calls in progress have when the server stops."""

_FAULTS_PATH = "/_sim/faults"

_TOO_LARGE = Reply(code=Code.OUT_OF_RANGE, message="the body is too large", status=413)


class Server:
    """Serves a core on one address. Everything here runs on the loop's thread."""

    def __init__(self, core: Core, faults: Faults, *, outgoing_limit: int) -> None:
        """Prepare a server; nothing listens yet."""
        self._core = core
        self._faults = faults
        self._publisher = Publisher(core)
        self._desk = Desk(core, self._publisher)
        self._limit = outgoing_limit
        self._gathering: asyncio.TimerHandle | None = None
        self._expiring: asyncio.TimerHandle | None = None
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
        site = web.TCPSite(self._runner, host, port)
        await site.start()
        self._core.on_moved = self._gather
        self._core.on_listen_keys = self._expire_listen_keys
        return int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Close all connections (1001) and stop listening."""
        self._stopped.set()
        for timer in (self._gathering, self._expiring):
            if timer is not None:
                timer.cancel()
        frozen = self._core.faults.frozen
        with self._core.transaction():
            connections = self._core.hub.outlets()
            for outlet in connections:
                self._core.hub.remove(outlet)
        for outlet in connections:
            outlet.cut("rst" if frozen else "close", 1001, "exchange is closing")
        if self._runner is not None:
            await self._runner.cleanup()

    async def make_market(self, maker: MarketMaker, updates_per_second: float) -> None:
        """Step every market that often, until the server stops.

        At high rates several steps are made in a row, so that the timer never has to fire
        more than a hundred times a second.
        """
        batch = max(1, round(updates_per_second / 100))
        pause = batch / updates_per_second
        while not self._stopped.is_set():
            for _ in range(batch):
                self._step(maker)
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._stopped.wait(), pause)

    def _step(self, maker: MarketMaker) -> None:
        with self._core.transaction() as engine:
            for symbol in engine.state.markets:
                maker.step(symbol, self._core.now_ms())
            self._publisher.publish()

    def _gather(self) -> None:
        if self._gathering is None and not self._stopped.is_set():
            loop = asyncio.get_running_loop()
            self._gathering = loop.call_later(GATHER, self._publish)

    def _publish(self) -> None:
        self._gathering = None
        with self._core.transaction():
            self._publisher.publish()

    def _expire_listen_keys(self) -> None:
        """Close the sockets of dead listen keys, and come back when the next key dies."""
        if self._expiring is not None:
            self._expiring.cancel()
            self._expiring = None
        now_ms = self._core.machine_ms()
        with self._core.transaction():
            hub, keys = self._core.hub, self._core.listen_keys
            dead = [
                outlet
                for outlet in hub.outlets()
                if outlet.listen_key is not None and keys.owner(outlet.listen_key, now_ms) is None
            ]
            for outlet in dead:
                hub.remove(outlet)
            until = keys.next_end(now_ms)
        for outlet in dead:
            outlet.close(1008, "listenKey expired")
        if until is not None and not self._stopped.is_set():
            delay = (until - now_ms) / 1000 + 0.001
            loop = asyncio.get_running_loop()
            self._expiring = loop.call_later(delay, self._expire_listen_keys)

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        # The target exactly as it came: yarl and aiohttp would decode and quote it anew.
        path, _, raw_query = request.raw_path.partition("?")
        if path == "/ws":
            return await self._stream(request, raw_query)
        try:
            body = await request.read()
        except web.HTTPRequestEntityTooLarge:
            self._note(request.method, path, raw_query, _TOO_LARGE.status, _TOO_LARGE.code)
            return self._respond(_bare(request), _TOO_LARGE)
        except ConnectionError:
            # The caller left in the middle of its request: nothing was asked, and nobody listens.
            return web.Response(status=400)
        call = Call(
            method=request.method,
            path=path,
            raw_query=raw_query,
            body=body,
            headers={name.lower(): value for name, value in request.headers.items()},
            cookies=request.cookies,
            peer=request.remote or "",
        )
        if path == _FAULTS_PATH:
            return self._respond(call, control(self._faults, call))
        reply = self._faulty(path) or answer(self._core, call)
        await self._delay()
        self._note(call.method, path, raw_query, reply.status, reply.code)
        return self._respond(call, reply)

    def _faulty(self, path: str) -> Reply | None:
        with self._core.transaction():
            error = self._core.faults.take_rest_error(path)
        if error is None:
            return None
        return Reply(
            code=error.code,
            message="injected fault",
            status=error.http_status,
            retry_after=error.retry_after,
        )

    async def _delay(self) -> None:
        """Wait as the slow fault has it, but no longer than the server lives."""
        if self._core.faults.slow:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._stopped.wait(), self._core.faults.slow)

    def _respond(self, call: Call, reply: Reply) -> web.Response:
        request_id = call.headers.get("x-request-id") or f"req-{secrets.token_hex(4)}"
        response = web.Response(
            status=reply.status,
            text=encode(reply.envelope(request_id)),
            content_type="application/json",
        )
        if reply.retry_after is not None:
            pause = reply.retry_after
            response.headers["Retry-After"] = pause if isinstance(pause, str) else f"{pause:.15g}"
        if reply.cookie is not None:
            response.set_cookie(COOKIE, reply.cookie, httponly=True, samesite="Strict")
        return response

    def _note(self, method: str, path: str, raw_query: str, status: int, code: int) -> None:
        self._core.record(
            RequestRecord(
                method=method, path=path, query=redact(raw_query), status=status, code=int(code)
            )
        )

    async def _stream(self, request: web.Request, raw_query: str) -> web.StreamResponse:
        """Answer a WebSocket handshake, and serve the connection until it ends."""
        while self._core.faults.frozen and self._core.faults.freeze_new:
            await self._hold_handshake()
        query = parse_qs(raw_query)
        listen_key = query.get("listenKey", [None])[-1]
        refused = self._refused(listen_key)
        if refused is not None:
            self._note("GET", "/ws", raw_query, refused.status, refused.code)
            return self._respond(_bare(request), refused)
        connection = Connection(self._core, self._desk, self._limit)
        try:
            await connection.accept(request)
        except web.HTTPException as exc:
            self._note("GET", "/ws", raw_query, exc.status, Code.BAD)
            raise
        except ConnectionError:
            return web.Response(status=400)
        self._note("GET", "/ws", raw_query, 101, Code.OK)
        token = query.get("token", [None])[-1] if listen_key is None else None
        await self._join(connection, listen_key, token)
        return await connection.serve()

    async def _hold_handshake(self) -> None:
        """Wait a moment; when the server stops meanwhile, the handshake is refused."""
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._stopped.wait(), 0.02)
        if self._stopped.is_set():
            raise web.HTTPServiceUnavailable

    def _refused(self, listen_key: str | None) -> Reply | None:
        """Return the refusal of a handshake: by a fault, or with 401 for a dead listen key."""
        with self._core.transaction():
            refusal = self._core.faults.take_refusal()
            if refusal is not None:
                return Reply(
                    code=Code.UNAVAILABLE,
                    message="injected fault",
                    status=refusal.status,
                    retry_after=refusal.retry_after,
                )
            now_ms = self._core.machine_ms()
            if listen_key is None or self._core.listen_keys.owner(listen_key, now_ms) is not None:
                return None
        return Reply.error(ExchangeError(Code.NOT_ACCEPTED, "listenKey expired or unknown"))

    async def _join(
        self, connection: Connection, listen_key: str | None, token: str | None
    ) -> None:
        """Take in a connection; one with credentials is told so first and gets its pushes after."""
        core = self._core
        try:
            with core.transaction():
                core.hub.add(connection)
                user_id = self._user(listen_key, token)
                if user_id is not None:
                    connection.listen_key = listen_key
                    hello = {"event": "auth", "success": True, "data": user_id}
                    core.hub.tell(connection, hello)
                    core.hub.join(connection, user_id)
        except ExchangeError as exc:
            await connection.refuse(
                {"event": "auth", "success": False, "code": exc.code, "message": exc.message},
                1008,
                "login refused",
            )

    def _user(self, listen_key: str | None, token: str | None) -> str | None:
        """Return the user of a connection, None for a public one; a refused login raises."""
        core = self._core
        if listen_key is None and token is None:
            return None
        if core.faults.take("refused_logins"):
            raise ExchangeError(Code.NOT_ACCEPTED, "login refused")
        if listen_key is not None:
            user_id = core.listen_keys.owner(listen_key, core.machine_ms())
            if user_id is None:
                raise ExchangeError(Code.NOT_ACCEPTED, "listenKey expired")
            return user_id
        return core.sessions.check(token or "", core.machine_ms()).user_id


def _bare(request: web.Request) -> Call:
    """Return as much of a request as the answer to it needs when nothing of it is done."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Call(method=request.method, path=request.path, headers=headers)
