"""Servers that are not who they say, and an environment that says whom to trust instead.

Each case is tried on both transports. A server that is to be refused must not see one byte of the
request; what the environment says must not matter. ``exchange.test`` leads to loopback here by a
look-up of our own, since loopback addresses are never reached through a proxy.
"""

from __future__ import annotations

import contextlib
import datetime
import os
import socket
import ssl
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import attrs
import trustme

from sixmm.clock import Deadline
from sixmm.errors import ConfigurationError, SixmmError, TlsFailed
from sixmm.transport import HttpRequest, RequestsTransport, WebSocketClientTransport
from tests.transport.servers import Connection, Server, accept_upgrade, read_request

from .liar import reply
from .tally import Tally

__all__ = ["CASES", "World", "figure", "run", "world"]

HOST = "exchange.test"
TOKEN = "Bearer C4naryC4naryC4nary"


@attrs.define
class World:
    """An authority, another one, and a folder."""

    folder: Path
    ours: trustme.CA = attrs.field(factory=trustme.CA)
    theirs: trustme.CA = attrs.field(factory=trustme.CA)

    @property
    def ca_file(self) -> str:
        """The certificate that the client is told to trust."""
        return self._file(self.ours, "ours.pem")

    @property
    def their_file(self) -> str:
        """The certificate that the environment says is to be trusted."""
        return self._file(self.theirs, "theirs.pem")

    def _file(self, authority: trustme.CA, name: str) -> str:
        path = self.folder / name
        authority.cert_pem.write_to_path(str(path))
        return str(path)


def context(authority: trustme.CA, *names: str, **options: Any) -> ssl.SSLContext:
    """Return the settings of a server with a certificate for ``names``."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*(names or (HOST, "127.0.0.1")), **options).configure_cert(made)
    return made


def _old(version: ssl.TLSVersion) -> Callable[[World], ssl.SSLContext]:
    """Return the settings of a server that speaks an old version and nothing else."""

    def make(world: World) -> ssl.SSLContext:
        made = context(world.ours)
        made.set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            made.minimum_version = ssl.TLSVersion.TLSv1
            made.maximum_version = version
        return made

    return make


def _days(days: int) -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)


def _self_signed(world: World) -> ssl.SSLContext:
    """Return the settings of a server whose certificate nobody has signed but itself."""
    authority = trustme.CA()
    path = world.folder / "self.pem"
    path.write_bytes(authority.private_key_pem.bytes() + authority.cert_pem.bytes())
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(str(path))
    return made


REFUSED: dict[str, Callable[[World], ssl.SSLContext]] = {
    "self-signed": _self_signed,
    "signed by a stranger": lambda world: context(world.theirs),
    "for another host": lambda world: context(world.ours, "other.test"),
    "for a name below": lambda world: context(world.ours, f"api.{HOST}"),
    "for any name above": lambda world: context(world.ours, "*.exchange.test", "*.test.test"),
    "expired": lambda world: context(world.ours, not_before=_days(-30), not_after=_days(-1)),
    "not yet valid": lambda world: context(world.ours, not_before=_days(1), not_after=_days(30)),
    "TLS 1.0": _old(ssl.TLSVersion.TLSv1),
    "TLS 1.1": _old(ssl.TLSVersion.TLSv1_1),
}
"""Servers that must not see a byte of the request."""

CASES = [
    *REFUSED,
    *("plain text", "verify is off", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"),
    *("WEBSOCKET_CLIENT_CA_BUNDLE", "SSLKEYLOGFILE", "proxies", ".netrc"),
]
"""Every case."""


@contextlib.contextmanager
def world() -> Iterator[World]:
    """Make a world in which ``exchange.test`` is this machine."""
    look_up = socket.getaddrinfo

    def answer(host: Any, *args: Any, **kwargs: Any) -> Any:
        known = "127.0.0.1" if host in (HOST, HOST.encode()) else host
        return look_up(known, *args, **kwargs)

    with (
        tempfile.TemporaryDirectory() as folder,
        mock.patch("socket.getaddrinfo", answer),
    ):
        yield World(Path(folder))


def _send(base: str, ca_file: str | None, headers: dict[str, str], **options: Any) -> None:
    transport = RequestsTransport(ca_file=ca_file, **options)
    try:
        request = HttpRequest(method="POST", url=f"https://{base}/v1", headers=headers, body=b"{}")
        transport.send(request, deadline=Deadline(10.0))
    finally:
        transport.close()


def _dial(base: str, ca_file: str | None, headers: dict[str, str], **options: Any) -> None:
    transport = WebSocketClientTransport(ca_file=ca_file, **options)
    try:
        transport.dial(f"wss://{base}/ws", headers=headers, deadline=Deadline(10.0)).abort()
    finally:
        transport.close()


TRANSPORTS: dict[str, Callable[..., None]] = {"requests": _send, "websocket-client": _dial}


class _Listening:
    """A server that agrees to everything, and keeps what it got."""

    def __init__(self, tls: ssl.SSLContext | None) -> None:
        self.heads: list[dict[str, str]] = []
        self.raw = b""
        self._server = Server(self._serve, tls=tls)

    def __enter__(self) -> _Listening:
        self._server.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.__exit__(*error)  # type: ignore[arg-type]

    @property
    def port(self) -> int:
        return self._server.port

    @property
    def connections(self) -> int:
        return self._server.connections

    def _serve(self, connection: Connection) -> None:
        first = connection.sock.recv(1, socket.MSG_PEEK) if self._server._tls is None else b""
        if first and first not in b"GPC":
            self.raw += connection.sock.recv(4_096)
            return
        if b"ws" in self._path(connection):
            accept_upgrade(connection)
        else:
            read_request(connection)
            connection.send(reply("{}"))

    def _path(self, connection: Connection) -> bytes:
        head = connection.read_until(b"\r\n\r\n") + b"\r\n\r\n"
        self.raw += head
        lines = (line.split(": ", 1) for line in head.decode("latin-1").split("\r\n")[1:] if line)
        self.heads.append({name.lower(): value for name, value in lines})
        connection._buffer = head + connection._buffer
        return head.split(b" ")[1]


def run(transport: str) -> Tally:
    """Try every case on one transport."""
    tally = Tally(f"TLS and environment, {transport}")
    reach = TRANSPORTS[transport]
    with world() as made:
        for name, make in REFUSED.items():
            tally.take(f"{transport}, {name}", _is_refused(reach, made, make(made)))
        tally.take(f"{transport}, plain text", _is_refused_before(reach, plain=True))
        tally.take(f"{transport}, verify is off", _is_refused_before(reach, plain=False))
        for variable in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "WEBSOCKET_CLIENT_CA_BUNDLE"):
            tally.take(f"{transport}, {variable}", _is_not_trusted(reach, made, {variable: ""}))
        certificates = {"SSL_CERT_FILE": "", "SSL_CERT_DIR": str(made.folder)}
        tally.take(f"{transport}, SSL_CERT_FILE", _is_not_trusted(reach, made, certificates))
        tally.take(f"{transport}, SSLKEYLOGFILE", _keys_are_kept(reach, made))
        tally.take(f"{transport}, proxies", _goes_straight(reach, made))
        tally.take(f"{transport}, .netrc", _keeps_its_headers(reach, made))
    return tally


def _is_refused(
    reach: Callable[..., None], made: World, tls: ssl.SSLContext, ca_file: str | None = ""
) -> str | None:
    ca_file = made.ca_file if ca_file == "" else ca_file
    with _Listening(tls) as server:
        try:
            reach(f"{HOST}:{server.port}", ca_file, {"Authorization": TOKEN})
        except TlsFailed:
            return f"the server has seen {server.raw!r}" if server.raw else None
        except SixmmError as error:
            return f"told as {type(error).__name__}"
    return "was trusted"


def _is_refused_before(reach: Callable[..., None], *, plain: bool) -> str | None:
    """Plain text, and any certificate, are for loopback only; nobody is even dialled."""
    with _Listening(None) as server:
        base = f"{HOST}:{server.port}"
        options: dict[str, Any] = {} if plain else {"verify": False}
        try:
            if plain:
                _plainly(reach, base)
            else:
                reach(base, None, {"Authorization": TOKEN}, **options)
        except ConfigurationError:
            return f"{server.connections} connections" if server.connections else None
        except SixmmError as error:
            return f"told as {type(error).__name__}"
    return "was accepted"


def _plainly(reach: Callable[..., None], base: str) -> None:
    deadline = Deadline(5.0)
    if reach is _send:
        request = HttpRequest(method="GET", url=f"http://{base}/v1", headers={})
        RequestsTransport().send(request, deadline=deadline)
    else:
        WebSocketClientTransport().dial(f"ws://{base}/ws", deadline=deadline)


def _is_not_trusted(
    reach: Callable[..., None], made: World, variables: dict[str, str]
) -> str | None:
    """The environment adds no authority, neither to the usual ones nor to one's own."""
    told = {name: value or made.their_file for name, value in variables.items()}
    with mock.patch.dict(os.environ, told):
        tls = context(made.theirs)
        return _is_refused(reach, made, tls) or _is_refused(reach, made, tls, ca_file=None)


def _keys_are_kept(reach: Callable[..., None], made: World) -> str | None:
    """Session keys are written nowhere."""
    path = made.folder / "keys.log"
    with mock.patch.dict(os.environ, {"SSLKEYLOGFILE": str(path)}):
        fault = _reaches(reach, made)
    return fault or ("the keys were written" if path.exists() else None)


def _goes_straight(reach: Callable[..., None], made: World) -> str | None:
    """No proxy of the environment is asked."""
    with _Listening(None) as trap:
        address = f"http://user:pass@127.0.0.1:{trap.port}"
        names = ("http_proxy", "https_proxy", "all_proxy", "ws_proxy", "wss_proxy", "socks_proxy")
        told = {form: address for name in names for form in (name, name.upper())}
        with mock.patch.dict(os.environ, {**told, "no_proxy": "", "NO_PROXY": ""}):
            fault = _reaches(reach, made)
        return fault or (f"the proxy was asked: {trap.raw!r}" if trap.connections else None)


def _keeps_its_headers(reach: Callable[..., None], made: World) -> str | None:
    """A ``.netrc`` neither replaces a credential nor adds one."""
    for name in (".netrc", "_netrc"):
        path = made.folder / name
        path.write_text(f"machine {HOST} login x password y\ndefault login x password y\n")
        path.chmod(0o600)
        told = {"HOME": str(made.folder), "USERPROFILE": str(made.folder), "NETRC": str(path)}
        with mock.patch.dict(os.environ, told):
            fault = _reaches(reach, made) or _reaches(reach, made, {})
        if fault is not None:
            return fault
    return None


def _reaches(
    reach: Callable[..., None], made: World, headers: dict[str, str] | None = None
) -> str | None:
    """Reach an honest server, which must see the credential that was given, and no other."""
    given = {"Authorization": TOKEN} if headers is None else headers
    with _Listening(context(made.ours)) as server:
        try:
            reach(f"{HOST}:{server.port}", made.ca_file, given)
        except SixmmError as error:
            return f"an honest server was refused as {type(error).__name__}"
        authorization = server.heads[0].get("authorization")
    return None if authorization == given.get("Authorization") else f"it sent {authorization}"


def figure(seed: int) -> Tally:  # noqa: ARG001 - there is nothing to draw
    """Return which cases were not refused or ignored; none may be (F4, F5)."""
    return Tally("TLS").add(run(transport) for transport in TRANSPORTS)
