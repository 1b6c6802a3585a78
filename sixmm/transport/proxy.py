"""Ways through a proxy: HTTP CONNECT, and SOCKS5 with or without a password.

The proxy sees the name of the exchange and nothing else: TLS is made through the tunnel, with the
exchange. The proxy looks the name up.
"""

from __future__ import annotations

import base64
import re
import urllib.parse

import attrs

from ..clock import Deadline
from ..errors import ConfigurationError, ConnectFailed, ProtocolViolation
from ..redaction import Secret
from .headers import parse_head
from .heads import HeadReader
from .streams import Stream

__all__ = ["Proxy"]

_HEAD_LIMIT = 16_384
_DEFAULT_PORTS = {"http": 80, "socks5": 1080, "socks5h": 1080}
_PRINTABLE = re.compile("[!-~]+")
_FORM = "a proxy must look like http://host:port"

_SOCKS_REFUSALS = {
    1: "general failure",
    2: "not allowed by its rules",
    3: "network unreachable",
    4: "host unreachable",
    5: "connection refused",
    6: "time to live expired",
    7: "command not supported",
    8: "address type not supported",
}


@attrs.frozen(kw_only=True)
class Proxy:
    """Where a proxy is, and what it asks for. The password is not shown."""

    scheme: str
    """``http``, ``socks5`` or ``socks5h``; the last two are the same here."""
    host: str
    port: int
    username: str | None = None
    password: Secret = attrs.field(factory=lambda: Secret(""))

    @classmethod
    def parse(cls, address: str) -> Proxy:
        """Return the proxy that an address such as ``socks5://user:password@host:1080`` names.

        An address without a scheme is that of an HTTP proxy. It is printable ASCII without spaces:
        what else is in a user name or a password is percent-encoded.

        Raises:
            ConfigurationError: the address cannot be read, or its scheme is not supported. The
                text does not repeat it, since a password may be in it.
        """
        read = _read(address)
        del address  # A traceback may show variables; from here on none holds a password.
        if isinstance(read, str):
            raise ConfigurationError(read)
        return read

    def tunnel(self, stream: Stream, *, host: str, port: int, deadline: Deadline) -> None:
        """Ask the proxy at the other end of ``stream`` to connect to ``host`` and ``port``.

        Afterwards the stream leads there.

        Raises:
            ConnectFailed: the proxy refused, or did not speak its protocol.
            OSError: the connection failed, or the deadline passed.
        """
        reader = HeadReader(stream, deadline=deadline, limit=_HEAD_LIMIT)
        ask = self._connect if self.scheme == "http" else self._socks
        try:
            ask(stream, reader, host, port, deadline)
        except EOFError:
            raise ConnectFailed("the proxy closed the connection") from None
        except ProtocolViolation as exc:
            raise ConnectFailed(f"the proxy did not answer properly: {exc}") from None
        if reader.rest():
            raise ConnectFailed("the proxy sent more than its answer")

    def _connect(
        self, stream: Stream, reader: HeadReader, host: str, port: int, deadline: Deadline
    ) -> None:
        """Send CONNECT and read the answer (RFC 9110, section 9.3.6)."""
        authority = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        lines = [f"CONNECT {authority} HTTP/1.1", f"Host: {authority}"]
        if self.username is not None:
            pair = f"{self.username}:{self.password.reveal()}".encode()
            lines.append(f"Proxy-Authorization: Basic {base64.b64encode(pair).decode()}")
        stream.send("\r\n".join([*lines, "", ""]).encode("ascii"), deadline)
        status, _ = parse_head(reader.head())
        if not 200 <= status < 300:
            raise ConnectFailed(f"the proxy answered with status {status}")

    def _socks(
        self, stream: Stream, reader: HeadReader, host: str, port: int, deadline: Deadline
    ) -> None:
        """Greet, log in where the proxy asks for it, and connect (RFC 1928, RFC 1929)."""
        methods = b"\x00" if self.username is None else b"\x00\x02"
        stream.send(bytes([5, len(methods)]) + methods, deadline)
        version, method = reader.exactly(2)
        if version != 5 or method not in methods:
            raise ConnectFailed("the proxy accepts none of the ways to log in")
        if method == 2:
            self._log_in(stream, reader, deadline)
        name = host.encode("ascii")
        request = b"\x05\x01\x00\x03" + bytes([len(name)]) + name + port.to_bytes(2, "big")
        stream.send(request, deadline)
        version, refusal, _, kind = reader.exactly(4)
        if version != 5 or refusal:
            why = _SOCKS_REFUSALS.get(refusal, "unknown reason")
            raise ConnectFailed(f"the proxy refused to connect: {why}")
        # The address that the proxy uses is of no interest, but it has to be read.
        lengths = {1: 4, 4: 16}
        length = reader.exactly(1)[0] if kind == 3 else lengths.get(kind, 0)
        reader.exactly(length + 2)

    def _log_in(self, stream: Stream, reader: HeadReader, deadline: Deadline) -> None:
        username = (self.username or "").encode()
        password = self.password.reveal().encode()
        message = bytes([1, len(username)]) + username + bytes([len(password)]) + password
        stream.send(message, deadline)
        if reader.exactly(2)[1] != 0:
            raise ConnectFailed("the proxy refused the user name or password")


def _read(address: str) -> Proxy | str:
    """Return the proxy that ``address`` names, or what is wrong with it.

    It raises nothing: an error of the standard library that is merely being handled would stay with
    the one raised for it, and quotes what it was given.
    """
    if not _PRINTABLE.fullmatch(address):
        return "the address of a proxy must be printable ASCII; percent-encode the rest"
    try:
        parts = urllib.parse.urlsplit(address if "://" in address else f"http://{address}")
    except ValueError:
        return _FORM
    if parts.scheme not in _DEFAULT_PORTS:
        return "a proxy must be http://, socks5:// or socks5h://"
    try:
        port = parts.port
    except ValueError:
        return "the port of the proxy is not a port number"
    if not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        return _FORM
    username = None if parts.username is None else urllib.parse.unquote(parts.username)
    password = urllib.parse.unquote(parts.password or "")
    if max(len((username or "").encode()), len(password.encode())) > 255:
        return "the user name or password of the proxy is over 255 bytes"
    return Proxy(
        scheme=parts.scheme,
        host=parts.hostname,
        port=port or _DEFAULT_PORTS[parts.scheme],
        username=username,
        password=Secret(password),
    )
