"""The blocking client of RocketFi: the class that users hold."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import attrs

from ...arguments import require_address
from ...errors import ConfigurationError
from ...pace import RestPace
from ...stream.backoff import BackoffPolicy
from ...stream.inbox import InboxLimits
from ...stream.options import SessionOptions
from ...stream.shared import Deliver
from ...streaming import StreamClient
from ...transport.base import HttpTransport, WsTransport
from ...transport.defaults import default_http, default_ws
from ..base import Credentials
from . import topics
from .venue import RocketFiVenue

__all__ = ["ENVIRONMENTS", "RocketFiClient"]

ENVIRONMENTS: Mapping[str, tuple[str, str]] = {
    name: (f"https://{name}.rocket-cluster-1.com", f"wss://{name}.rocket-cluster-1.com/ws")
    for name in ("beta", "testnet", "devnet")
}
"""The addresses of REST and stream of each known environment; no other one is documented."""

_FROM_ENVIRONMENT = ("account", "environment", "rest_url", "ws_url")
_PACE = RestPace()


class RocketFiClient(StreamClient):
    """A blocking client of RocketFi: live events of markets, and of one account.

    Used in a ``with`` block it has the verbs of :class:`sixmm.Client`. Nothing that is told of an
    account is secret there, so an address is enough to follow it, and no key ever goes over the
    wire. With one, the client subscribes to what the account needs (order events, open orders,
    positions, and the collateral of each of ``assets``) and compares it after each (re)connect;
    :attr:`account` is its picture. Orders are not placed by this client.

    Args:
        account: the address of the account, ``0x`` and 40 hex digits; None follows markets only.
        environment: ``"beta"``, ``"testnet"`` or ``"devnet"``.
        rest_url: the address of the REST API, in place of that of the environment.
        ws_url: the address of the stream, in place of that of the environment.
        http: sends REST requests; None means ``requests``. It is closed with the client.
        ws: makes links; None means websocket-client. It is closed with the client.
        assets: the numbers of the assets whose collateral is followed.
        deliver: ``"all"`` gives events and :attr:`account`; ``"state"`` keeps only the account and
            has no events; ``"events"`` has no account and decodes each event when it is taken.
        book: whether a book push is the whole book (``"full"``), or only the first one is and the
            others have what changed (``"delta"``).
        ping: the form of the ping: ``"text"`` or ``"object"``.
        proxy: the address of an HTTP or SOCKS5 proxy for both transports.
        verify: whether certificates are checked; can be switched off for loopback only.
        ca_file: a file of certificate authorities that replaces those of the system.
        rest_timeout: seconds that one REST call may take, with its repeats.
        pace: how fast REST calls follow one another; None sends each at once.
        ping_interval: seconds between pings; None is off.
        ping_timeout: seconds after which a link without any frame is given up, beyond the interval.
        backoff: how long to wait before another attempt.
        audit_interval: seconds between comparisons of the account that nothing calls for; None is
            off.
        limits: the bounds of the inbox, and what happens to market data at its bound.
        options: every other figure of the session; the arguments above go before it.

    Raises:
        ConfigurationError: an argument cannot work; the text says which, and what would.
    """

    def __init__(
        self,
        account: str | None = None,
        *,
        # Where
        environment: str = "beta",
        rest_url: str | None = None,
        ws_url: str | None = None,
        http: HttpTransport | None = None,
        ws: WsTransport | None = None,
        # What
        assets: Sequence[int] = (0,),
        deliver: Deliver = "all",
        book: Literal["full", "delta"] = "full",
        ping: Literal["text", "object"] = "text",
        # TCP and TLS, for the default transports
        proxy: str | None = None,
        verify: bool = True,
        ca_file: str | None = None,
        # Timeouts
        rest_timeout: float = 10.0,
        pace: RestPace | None = _PACE,
        ping_interval: float | None = 15.0,
        ping_timeout: float = 10.0,
        # Limits
        backoff: BackoffPolicy | None = None,
        audit_interval: float | None = 60.0,
        limits: InboxLimits | None = None,
        options: SessionOptions | None = None,
    ) -> None:
        rest_url, ws_url = _addresses(environment, rest_url, ws_url)
        require_address("rest_url", rest_url, schemes=("https", "http"), verify=verify)
        require_address("ws_url", ws_url, schemes=("wss", "ws"), verify=verify)
        wanted = [] if account is None else _account_topics(account, assets)
        options = options or SessionOptions()
        super().__init__(
            venue=RocketFiVenue(account, book=book, ping=ping),
            credentials=Credentials(account=account),
            rest_url=rest_url,
            ws_url=ws_url,
            http=http or default_http(proxy=proxy, verify=verify, ca_file=ca_file),
            ws=ws or default_ws(proxy=proxy, verify=verify, ca_file=ca_file),
            private=account is not None,
            deliver=deliver,
            rest_timeout=rest_timeout,
            pace=pace,
            limits=limits,
            options=attrs.evolve(
                options,
                ping_interval=ping_interval,
                ping_timeout=ping_timeout,
                backoff=backoff or options.backoff,
                audit_interval=audit_interval,
            ),
        )
        if wanted:
            # Asked for at each connection, before the account is compared.
            self._shared.desk.want(wanted)

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None, **options: Any) -> RocketFiClient:
        """Return a client that is set up by the environment.

        It reads ``ROCKETFI_ACCOUNT``, ``ROCKETFI_ENVIRONMENT``, ``ROCKETFI_REST_URL`` and
        ``ROCKETFI_WS_URL``; what is not set has its default.

        Args:
            environ: the variables; None means those of the process.
            options: arguments of :class:`RocketFiClient`; they go before the environment.
        """
        variables = os.environ if environ is None else environ
        named = {name: variables.get(f"ROCKETFI_{name.upper()}") for name in _FROM_ENVIRONMENT}
        return cls(**{**{name: value for name, value in named.items() if value}, **options})


def _addresses(environment: str, rest_url: str | None, ws_url: str | None) -> tuple[str, str]:
    if environment not in ENVIRONMENTS:
        known = ", ".join(ENVIRONMENTS)
        raise ConfigurationError(f"environment must be one of {known}; or give rest_url and ws_url")
    rest, ws = ENVIRONMENTS[environment]
    return rest_url or rest, ws_url or ws


def _account_topics(account: str, assets: Sequence[int]) -> list[str]:
    wanted: list[topics.Topic] = [
        topics.OrderEvents(account=account),
        topics.OpenOrders(account=account),
        topics.Position(account=account),
        *(topics.Collateral(asset_id=asset, account=account) for asset in assets),
    ]
    return [str(topic) for topic in wanted]
