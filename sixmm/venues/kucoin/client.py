"""The blocking client of KuCoin: the class that users hold."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import attrs

from ...arguments import hidden, require_address, require_visible
from ...errors import ConfigurationError
from ...pace import Rate, RestPace
from ...redaction import Secret, one_line
from ...several import LinePlan, SeveralStreamsClient
from ...stream.backoff import BackoffPolicy
from ...stream.inbox import InboxLimits
from ...stream.options import SessionOptions
from ...stream.shared import Deliver
from ...transport.base import HttpTransport, WsTransport
from ...transport.defaults import default_http, default_ws
from ..base import Credentials
from . import dialing, topics
from .enums import Connection
from .hosts import Host, Hosts
from .venue import ACCOUNT_TOPICS, LOGINS, KuCoinVenue

__all__ = ["REGIONS", "KuCoinClient"]

REGIONS: Mapping[str, Hosts] = {
    "global": Hosts(),
    "europe": Hosts(spot="https://api.kucoin.eu"),
    "australia": Hosts(site_type="australia"),
}
"""Where the REST API is, by the region of the account."""

_PUBLIC = (Connection.SPOT_PUBLIC_V1, Connection.FUTURES_PUBLIC_V1)
_DEFAULT = (Connection.SPOT_PRIVATE_V1, Connection.FUTURES_PRIVATE_V1, *_PUBLIC)
_PACE = RestPace()
# A hundred messages may be sent in any ten seconds. A burst and ten seconds of the rate are ninety;
# the rest is left to the pings.
_REQUEST_PACE = Rate(5.0, 40)
# Thirty dials may be made in a minute, by all connections of the account together.
_BACKOFF = BackoffPolicy(base=2.0, maximum=60.0, stable_after=30.0)
_OPTIONS = SessionOptions(request_pace=_REQUEST_PACE, backoff=_BACKOFF)
_ROTATE_AFTER = dialing.ROTATE_AFTER_MS / 1_000.0
_PASSPHRASE_LENGTH = 4_096
_FROM_ENVIRONMENT = (
    *("api_key", "api_secret", "passphrase", "key_version", "region", "pro_login_by"),
)
_PRO = {
    Connection.PRIVATE_PRO_V2: "pro_url",
    Connection.SPOT_PUBLIC_PRO_V2: "pro_spot_url",
    Connection.FUTURES_PUBLIC_PRO_V2: "pro_futures_url",
}
_ADDRESSES = ("rest_url", "futures_url", *_PRO.values())


class KuCoinClient(SeveralStreamsClient):
    """A blocking client of KuCoin: live events of the account and of markets, in one inbox.

    Used in a ``with`` block it has the verbs of :class:`sixmm.Client`. With a key it opens a
    connection for spot and margin and one for futures, subscribes on each to what the account needs
    (orders, balances, positions), and compares the account after each (re)connect;
    :attr:`account` is the picture of both. Every other topic of :mod:`sixmm.venues.kucoin.topics`,
    private or public, is asked for with :meth:`subscribe`; the client knows which connection
    carries it, and opens that where it is not there. Orders are not placed by this client.

    A comparison tells orders, fills, balances and positions. What else a private topic pushes while
    there is no connection, such as the working of stop orders or a funding fee, is not told later.

    The account is not compared without a reason, as the client of 6MM does each minute: private
    topics are subscriptions here, so a difference may be about something that was not subscribed,
    and would replace a link that is well. Turn it on with ``audit_interval`` where the topics of
    the account are left as they are.

    Args:
        api_key: the public part of an API key; None follows markets only.
        api_secret: its secret.
        passphrase: what was chosen when the key was made.
        connections: those that may be opened, by name: ``"spot_private_v1"``,
            ``"futures_private_v1"``, ``"private_pro_v2"`` of a unified account, and for market data
            ``"spot_public_v1"``, ``"futures_public_v1"``, and the unified ``"spot_public_pro_v2"``
            and ``"futures_public_pro_v2"``. None is all of them but the unified ones; without a
            key, the public ones of these. A private one is opened when the client starts, a public
            one with the first of its topics.
        key_version: of the key: 3, or 2 for an older one; the API management shows it.
        region: ``"global"``, ``"europe"`` or ``"australia"``.
        rest_url: the address of the REST API, in place of that of the region.
        futures_url: the same for futures.
        pro_url: the address of the private unified stream, which no reply tells.
        pro_spot_url: that of the public unified stream of the spot market.
        pro_futures_url: that of the futures.
        pro_login_by: what opens the private unified stream: ``"token"``, a token in the address
            that a REST call has made, or ``"frame"``, a message after the welcome that is signed
            with the key, as the newer documentation has it.
        http: sends REST requests; None means ``requests``. It is closed with the client.
        ws: makes links; None means websocket-client. It is closed with the client.
        account_topics: the private topics that are subscribed from the start; None is what
            :attr:`account` needs of each connection, and an empty list is none.
        symbols: the spot symbols that are traded, such as ``BTC-USDT``. The exchange tells spot
            orders by symbol only, so an order that was placed and filled while there was no
            connection is told only where its symbol is named here, or had an open order.
        margin: whether comparisons of the spot account have the margin accounts, too.
        deliver: ``"all"`` gives events and :attr:`account`; ``"state"`` keeps only the account and
            has no events; ``"events"`` has no account and decodes each event when it is taken.
        proxy: the address of an HTTP or SOCKS5 proxy for both transports.
        verify: whether certificates are checked; can be switched off for loopback only.
        ca_file: a file of certificate authorities that replaces those of the system.
        rest_timeout: seconds that one REST call may take, with its repeats.
        pace: how fast REST calls follow one another, for each connection; None sends each at once.
        rotate_after: seconds after which a connection is replaced, before its server ends it.
        backoff: how long to wait before another attempt.
        audit_interval: seconds between comparisons of the account that nothing calls for; None is
            off.
        limits: the bounds of the inbox, and what happens to market data at its bound.
        options: every other figure of the sessions; the arguments above go before it. The server
            says how often it is to be pinged.

    Raises:
        ConfigurationError: an argument cannot work; the text says which, and what would.
    """

    def __init__(
        self,
        api_key: str | Secret | None = None,
        api_secret: str | Secret | None = None,
        passphrase: str | Secret | None = None,
        *,
        connections: Sequence[Connection | str] | None = None,
        key_version: int = 3,
        # Where
        region: str = "global",
        rest_url: str | None = None,
        futures_url: str | None = None,
        pro_url: str | None = None,
        pro_spot_url: str | None = None,
        pro_futures_url: str | None = None,
        pro_login_by: Literal["token", "frame"] = "token",
        http: HttpTransport | None = None,
        ws: WsTransport | None = None,
        # What
        account_topics: Iterable[str] | None = None,
        symbols: Iterable[str] = (),
        margin: bool = False,
        deliver: Deliver = "all",
        # TCP and TLS, for the default transports
        proxy: str | None = None,
        verify: bool = True,
        ca_file: str | None = None,
        # Timeouts
        rest_timeout: float = 10.0,
        pace: RestPace | None = _PACE,
        rotate_after: float | None = _ROTATE_AFTER,
        # Limits
        backoff: BackoffPolicy | None = None,
        audit_interval: float | None = None,
        limits: InboxLimits | None = None,
        options: SessionOptions | None = None,
    ) -> None:
        # Bound anew at once: what shows the variables of this frame shows the mask.
        api_key, api_secret, passphrase = hidden(api_key), hidden(api_secret), hidden(passphrase)
        credentials = _credentials(api_key, api_secret, passphrase)
        hosts = _hosts(region, rest_url, futures_url)
        pro_hosts = _pro_hosts(pro_url, pro_spot_url, pro_futures_url)
        _require_addresses(hosts, pro_hosts, verify=verify)
        if pro_login_by not in LOGINS:
            raise ConfigurationError('pro_login_by is "token" or "frame"')
        options = options or _OPTIONS
        chosen = _connections(connections, has_key=credentials.present)
        lines = [
            LinePlan(
                name=str(connection),
                venue=KuCoinVenue(
                    connection,
                    hosts=hosts,
                    key_version=key_version,
                    rotate_after=rotate_after,
                    symbols=symbols,
                    margin=margin,
                    pro_hosts=pro_hosts,
                    login_by=pro_login_by,
                ),
                rest_url=hosts.url_of(Host.FUTURES if connection.is_futures else Host.SPOT),
                private=connection.is_private,
                starts=connection.is_private,
            )
            for connection in chosen
        ]
        super().__init__(
            lines,
            credentials=credentials,
            http=http or default_http(proxy=proxy, verify=verify, ca_file=ca_file),
            ws=ws or default_ws(proxy=proxy, verify=verify, ca_file=ca_file),
            deliver=deliver,
            rest_timeout=rest_timeout,
            pace=pace,
            limits=limits,
            options=attrs.evolve(
                options,
                backoff=backoff or options.backoff,
                audit_interval=audit_interval,
                request_pace=options.request_pace or _REQUEST_PACE,
            ),
        )
        self._want_from_the_start(_account_topics(chosen, account_topics))

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None, **options: Any) -> KuCoinClient:
        """Return a client that is set up by the environment.

        It reads ``KUCOIN_API_KEY``, ``KUCOIN_API_SECRET``, ``KUCOIN_PASSPHRASE``,
        ``KUCOIN_KEY_VERSION``, ``KUCOIN_REGION``, ``KUCOIN_REST_URL``, ``KUCOIN_FUTURES_URL``,
        ``KUCOIN_PRO_URL``, ``KUCOIN_PRO_SPOT_URL``, ``KUCOIN_PRO_FUTURES_URL`` and
        ``KUCOIN_PRO_LOGIN_BY``; what is not set has its default.

        Args:
            environ: the variables; None means those of the process.
            options: arguments of :class:`KuCoinClient`; they go before the environment.
        """
        found = _found(os.environ if environ is None else environ)
        del environ
        return cls(**{**found, **options})

    def subscribe(self, *topics: str, timeout: float | None = 10.0) -> None:
        """Ask for topics; returns when the exchange has acknowledged every one of them.

        A topic of several symbols counts as one of each; public ones of a path share messages of up
        to a hundred symbols. They are asked for again after each reconnect, until
        :meth:`unsubscribe`.

        Raises:
            ConfigurationError: a topic does not have the form of one, none of the connections
                carries it, or it tells what another one does; nothing was sent.
            StreamRefused: the exchange refused, with its code; the topics are not asked for again.
            DeadlineExceeded: no answer within ``timeout`` seconds; the same.
        """
        self._check_together(self._checked(topics))
        super().subscribe(*topics, timeout=timeout)

    # Inside

    def _checked(self, given: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one for topic in given for one in topics.single_topics(topic)))

    def _check_together(self, given: Sequence[str]) -> None:
        wanted = [topic for shared in self._shares for topic in shared.desk.wanted()]
        topics.check_together((*wanted, *given))

    def _want_from_the_start(self, given: Iterable[str]) -> None:
        wanted = self._checked(tuple(given))
        self._check_together(wanted)
        for plan, shared in zip(self._plans, self._shares, strict=True):
            carried = [topic for topic in wanted if plan.private and plan.venue.carries(topic)]
            wanted = tuple(topic for topic in wanted if topic not in carried)
            if carried:
                # Asked for at each connection, before the account is compared.
                shared.desk.want(carried)
        if wanted:
            raise ConfigurationError(
                f"no private connection of this client carries {one_line(wanted[0], limit=80)}"
            )


def _found(environ: Mapping[str, str]) -> dict[str, Any]:
    """Return the arguments that the environment gives; the secrets among them are hidden."""
    found: dict[str, Any] = {}
    for name in (*_FROM_ENVIRONMENT, *_ADDRESSES):
        value = environ.get(f"KUCOIN_{name.upper()}")
        if not value:
            continue
        if name == "key_version":
            found[name] = int(value) if value in ("2", "3") else 0
        else:
            is_secret = name in ("api_key", "api_secret", "passphrase")
            found[name] = Secret(value) if is_secret else value
    return found


def _credentials(
    api_key: Secret | None, api_secret: Secret | None, passphrase: Secret | None
) -> Credentials:
    given = (api_key, api_secret, passphrase)
    if any(given) and not all(given):
        raise ConfigurationError("give all of api_key, api_secret and passphrase, or none of them")
    require_visible(api_key=api_key, api_secret=api_secret)
    # It is not sent, but signed with, and may be any text that a person has chosen.
    if passphrase is not None and len(passphrase.reveal()) > _PASSPHRASE_LENGTH:
        raise ConfigurationError(f"passphrase has more than {_PASSPHRASE_LENGTH:,} characters")
    return Credentials(api_key=api_key, api_secret=api_secret, passphrase=passphrase)


def _connections(
    given: Sequence[Connection | str] | None, *, has_key: bool
) -> tuple[Connection, ...]:
    """Return the connections, private ones first: a topic that two may carry goes to those."""
    if given is None:
        return _DEFAULT if has_key else _PUBLIC
    chosen = dict.fromkeys(map(_connection, [given] if isinstance(given, str) else given))
    if not chosen:
        raise ConfigurationError("a client needs at least one connection")
    private = [connection for connection in chosen if connection.is_private]
    if private and not has_key:
        raise ConfigurationError(f"{private[0]} needs api_key, api_secret and passphrase")
    return (*private, *(connection for connection in chosen if not connection.is_private))


def _connection(name: Connection | str) -> Connection:
    if name in set(Connection):
        return Connection(name)
    known = ", ".join(Connection)
    raise ConfigurationError(f"{one_line(name, limit=40)!r} is no connection; they are {known}")


def _hosts(region: str, rest_url: str | None, futures_url: str | None) -> Hosts:
    hosts = REGIONS.get(region)
    if hosts is None:
        raise ConfigurationError(f"region must be one of {', '.join(REGIONS)}")
    return attrs.evolve(hosts, spot=rest_url or hosts.spot, futures=futures_url or hosts.futures)


def _pro_hosts(*urls: str | None) -> Mapping[Connection, str]:
    told = zip(_PRO, urls, strict=True)
    return {**dialing.PRO_HOSTS, **{connection: url for connection, url in told if url is not None}}


def _require_addresses(hosts: Hosts, pro_hosts: Mapping[Connection, str], *, verify: bool) -> None:
    require_address("rest_url", hosts.spot, schemes=("https", "http"), verify=verify)
    require_address("futures_url", hosts.futures, schemes=("https", "http"), verify=verify)
    for connection, name in _PRO.items():
        require_address(name, pro_hosts[connection], schemes=("wss", "ws"), verify=verify)


def _account_topics(chosen: Iterable[Connection], given: Iterable[str] | None) -> tuple[str, ...]:
    if given is not None:
        return (given,) if isinstance(given, str) else tuple(given)
    return tuple(topic for connection in chosen for topic in ACCOUNT_TOPICS.get(connection, ()))
