"""Redirects that would carry a credential somewhere else: status, scheme, host and method.

A stock HTTP client follows them with ``X-API-KEY``, and repeats the body after a 307 or a 308.
"""

from __future__ import annotations

import contextlib
import itertools
import ssl
import tempfile
import threading
from collections.abc import Iterator

import trustme

from sixmm import Client
from sixmm.clock import Deadline
from sixmm.errors import HandshakeRefused, HttpStatusError, OutcomeUnknown, SixmmError
from sixmm.transport import WebSocketClientTransport
from tests.transport.servers import Connection, Request, Server, read_request

from .canaries import Canaries, Log, shown_by_error
from .liar import reply
from .secrets_shown import canaries
from .tally import Tally

__all__ = ["CASES", "figure", "run"]

STATUSES = (301, 302, 303, 307, 308)
PLACES = ("same host", "other host", "other scheme")
WAYS = ("GET", "POST", "upgrade")
CASES = list(itertools.product(STATUSES, PLACES, WAYS))
"""Every status, to every place, in every way."""


class _Server:
    """Redirects every request but the clock's, and remembers what it was asked for."""

    def __init__(self, *, tls: ssl.SSLContext | None = None) -> None:
        self.asked: list[Request] = []
        self.connections = 0
        self.location = ""
        self.status = 302
        self._lock = threading.Lock()
        self._server = Server(self._serve, tls=tls)
        self.scheme = "http" if tls is None else "https"

    def __enter__(self) -> _Server:
        self._server.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.__exit__(*error)  # type: ignore[arg-type]

    @property
    def netloc(self) -> str:
        return f"127.0.0.1:{self._server.port}"

    @property
    def seen(self) -> int:
        """How many connections there were."""
        return self._server.connections

    def _serve(self, connection: Connection) -> None:
        while True:
            request = read_request(connection)
            if request.target.startswith("/v1/time"):
                connection.send(reply('{"code":0,"data":{"timestampMs":1700000000000}}'))
                continue
            with self._lock:
                self.asked.append(request)
            place = self.location + ("&" if "?" in self.location else "?") + "moved=1"
            connection.send(reply(request.raw, f"{self.status} Go", f"Location: {place}"))


@contextlib.contextmanager
def _servers(folder_of_ca: str) -> Iterator[tuple[_Server, _Server, _Server]]:
    """Run the server that is called, another one like it, and one with another scheme."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder_of_ca)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with _Server() as first, _Server() as other, _Server(tls=context) as secure:
        yield first, other, secure


def run(seed: int, ca_file: str) -> Tally:
    """Try every case; ``ca_file`` is where the certificate of a new authority may be written."""
    tally = Tally(f"redirects that were followed, or that told a secret, seed {seed}")
    secrets = canaries(seed)
    with _servers(ca_file) as (plain, other, secure):
        for status, place, way in CASES:
            # The other scheme is tried in both directions, by turns.
            called = secure if place == "other scheme" and status % 2 else plain
            trap = {"same host": called, "other host": other}.get(
                place, plain if called is secure else secure
            )
            called.status = status
            target = trap.scheme.replace("http", "ws") if way == "upgrade" else trap.scheme
            called.location = f"{target}://{trap.netloc}/elsewhere"
            name = f"{status} to {place} for {way}"
            tally.take(name, _one(secrets, called, trap, way, ca_file))
    return tally


def _one(secrets: Canaries, called: _Server, trap: _Server, way: str, ca_file: str) -> str | None:
    called.asked.clear()
    connections = trap.seen
    action = _call if way != "upgrade" else _dial
    with Log() as log:
        error = action(secrets, called, way, ca_file)
    if error is None:
        return "was taken for an answer"
    if len(called.asked) != 1:
        return f"{len(called.asked)} requests"
    if trap is not called and trap.seen != connections:
        return "was followed"
    wanted: type[SixmmError] = HandshakeRefused if way == "upgrade" else HttpStatusError
    cause = error.__cause__ if isinstance(error, OutcomeUnknown) else error
    if not isinstance(cause, wanted):
        return f"told as {type(cause).__name__}"
    hits = secrets.hits([*shown_by_error(error), *log.texts])
    return hits[0] if hits else None


def _client(secrets: Canaries, called: _Server, ca_file: str, **options: object) -> Client:
    return Client(
        secrets.values["api key"],
        secrets.values["api secret"],
        rest_url=f"{called.scheme}://{called.netloc}",
        ws_url=f"{called.scheme.replace('http', 'ws')}://{called.netloc}/ws",
        ca_file=ca_file,
        pace=None,
        **options,  # type: ignore[arg-type]
    )


def _call(secrets: Canaries, called: _Server, way: str, ca_file: str) -> SixmmError | None:
    client = _client(secrets, called, ca_file)
    order = {"symbol": "BTCUSDT", "side": "BUY", "price": "1", "quantity": "1"}
    try:
        if way == "POST":
            client.orders.place(**order, check=False)  # type: ignore[arg-type]
        else:
            client.user.asset()
    except SixmmError as error:
        return error
    finally:
        client.close()
    return None


def _dial(secrets: Canaries, called: _Server, _: str, ca_file: str) -> SixmmError | None:
    transport = WebSocketClientTransport(ca_file=ca_file)
    base = f"{called.scheme.replace('http', 'ws')}://{called.netloc}/ws"
    token = secrets.values["access token"].replace("/+=", "%2F%2B%3D")
    try:
        transport.dial(
            f"{base}?listenKey={secrets.values['api key']}&token={token}",
            headers={"X-API-KEY": secrets.values["api key"]},
            deadline=Deadline(5.0),
        ).abort()
    except SixmmError as error:
        return error
    finally:
        transport.close()
    return None


def figure(seed: int) -> Tally:
    """Return which redirects were followed or told a secret; none may (F3)."""
    with tempfile.TemporaryDirectory() as folder:
        return run(seed, f"{folder}/ca.pem")
