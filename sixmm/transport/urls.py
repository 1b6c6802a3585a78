"""The address check: which addresses sixmm talks to, and what is in them.

Credentials travel in headers and in query texts, so plain text is for the own machine only. Both
transports check every address here before they resolve a name, and the client checks its settings.
"""

from __future__ import annotations

import ipaddress
import re

import attrs

from ..errors import ConfigurationError

__all__ = ["Endpoint", "is_loopback", "require_safe_url"]

_DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}
_SECURE = frozenset({"https", "wss"})
_ADDRESS = re.compile(
    r"(?P<scheme>[A-Za-z]+)://(?P<authority>[^/?#@\\]*)(?P<target>[/?][!-\"$-~]*)?", re.ASCII
)
_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_AUTHORITY = re.compile(
    rf"(?:\[(?P<v6>[0-9A-Fa-f:.]+)\]|(?P<name>(?=[^:]{{1,253}}(?::|$)){_LABEL}(?:\.{_LABEL})*))"
    r"(?::(?P<port>[0-9]{1,5}))?",
    re.ASCII,
)


@attrs.frozen(kw_only=True)
class Endpoint:
    """Where an address leads: host, port, and whether the way there is encrypted."""

    scheme: str
    """In lower case: ``http``, ``https``, ``ws`` or ``wss``."""
    host: str
    """In lower case; an IPv6 address has no brackets."""
    port: int
    target: str = attrs.field(repr=False)
    """The path and query as they were given: the exact text of the request line."""

    @property
    def secure(self) -> bool:
        """Whether TLS is used."""
        return self.scheme in _SECURE

    @property
    def loopback(self) -> bool:
        """Whether the host is this machine."""
        return is_loopback(self.host)

    @property
    def authority(self) -> str:
        """The value of the Host header: the port is in it only where it is not the usual one."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"


def is_loopback(host: str) -> bool:
    """Return whether ``host`` is ``localhost``, in 127.0.0.0/8, or ``::1``."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def require_safe_url(url: str) -> Endpoint:
    """Return the parts of ``url``, an address that credentials may be sent to.

    That is ``https`` or ``wss`` to any host, and ``http`` or ``ws`` to a loopback host.

    Args:
        url: an absolute address of printable ASCII, already percent-encoded. It has no user name,
            no password and no fragment; an international host name is in its ``xn--`` form.

    Raises:
        ConfigurationError: the address is another; the text repeats neither its path nor its query.
    """
    match = _ADDRESS.fullmatch(url)
    if match is None:
        raise ConfigurationError(
            "an address must look like https://host/path, in printable ASCII, without a user name, "
            "password or fragment"
        )
    scheme = match["scheme"].lower()
    if scheme not in _DEFAULT_PORTS:
        raise ConfigurationError(f"{scheme} is not one of http, https, ws, wss")
    host, port = _split_authority(match["authority"])
    target = match["target"] or "/"
    endpoint = Endpoint(
        scheme=scheme,
        host=host,
        port=_DEFAULT_PORTS[scheme] if port is None else port,
        target=target if target.startswith("/") else f"/{target}",
    )
    if not endpoint.secure and not endpoint.loopback:
        raise ConfigurationError(
            f"{scheme} to {host} is not encrypted; use {'https' if scheme == 'http' else 'wss'} "
            "(plain text is for loopback hosts only)"
        )
    return endpoint


def _split_authority(authority: str) -> tuple[str, int | None]:
    """Return host and port; the port is None where the address has none."""
    match = _AUTHORITY.fullmatch(authority)
    if match is None:
        raise ConfigurationError("the address has no valid host and port")
    port = int(match["port"]) if match["port"] else None
    if port is not None and not 0 < port < 65_536:
        raise ConfigurationError(f"{port} is not a port number")
    if match["v6"]:
        try:
            return str(ipaddress.IPv6Address(match["v6"])), port
        except ValueError:
            raise ConfigurationError("the address has no valid host and port") from None
    return match["name"].lower(), port
