"""The blocking client of 6MM: the class that users hold."""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

import attrs

from .arguments import hidden, require_address, require_visible
from .checkpoint import Checkpoint, CheckpointLimits
from .errors import ConfigurationError
from .pace import RestPace
from .redaction import Secret
from .stream.backoff import BackoffPolicy
from .stream.inbox import InboxLimits
from .stream.options import SessionOptions
from .stream.shared import Deliver
from .stream.states import State
from .streaming import StreamClient
from .transport.base import HttpTransport, WsTransport
from .transport.defaults import default_http, default_ws
from .venues.base import Credentials
from .venues.sixmm import calls
from .venues.sixmm.groups import ApiKeysGroup, MarketGroup, PositionsGroup, UserGroup
from .venues.sixmm.operations import operation
from .venues.sixmm.rest_schema import AgentLogin
from .venues.sixmm.venue import SixmmVenue

if TYPE_CHECKING:
    from .ordering import OrdersGroup

__all__ = ["REST_URL", "WS_URL", "Client"]

REST_URL = "https://api.6mm.com"
WS_URL = "wss://6mm.com/ws"
_PACE = RestPace()


class Client(StreamClient):
    """A blocking client of the 6MM exchange: live events, and the REST calls around them.

    Used in a ``with`` block it runs one reader thread and one timer thread; :meth:`events` and
    :meth:`get` hand over typed events. Private events survive a broken connection: after each
    reconnect the account is compared with the exchange, and what was missed is delivered before
    :class:`~sixmm.Resynced`. Without ``start()`` it makes REST calls only.

    Give a key and its secret, or an access token, or call :meth:`login` before :meth:`start`.
    Without any of them there is no private stream and no private call.

    Args:
        api_key: the public part of an API key.
        api_secret: its secret.
        access_token: a token that was got elsewhere.
        rest_url: the address of the REST API; ``http://`` is accepted for loopback only.
        ws_url: the address of the stream; ``ws://`` is accepted for loopback only.
        http: sends REST requests; None means ``requests``. It is closed with the client.
        ws: makes links; None means websocket-client. It is closed with the client.
        private: whether to open the private stream; None means "if there are credentials".
        login_by: ``"listen_key"``, or ``"token"`` to put the access token in the address.
        deliver: ``"all"`` gives events and :attr:`account`; ``"state"`` keeps only the account and
            has no events; ``"events"`` has no account and decodes each event when it is taken:
            nothing is lost then, and no fill is told twice across a reconnect, but the present
            state of an order, position or balance may be told again although it did not change.
        close_listen_key: whether :meth:`close` deletes the listenKey. A key belongs to the account:
            deleting it silences the account's other programs.
        proxy: the address of an HTTP or SOCKS5 proxy for both transports.
        verify: whether certificates are checked; can be switched off for loopback only.
        ca_file: a file of certificate authorities that replaces those of the system.
        rest_timeout: seconds that one REST call may take, with its repeats.
        pace: how fast REST calls follow one another; None sends each at once.
        ping_interval: seconds between pings; None is off.
        ping_timeout: seconds after which a link without any frame is given up, beyond the interval.
        backoff: how long to wait before another attempt.
        audit_interval: seconds between comparisons of the account that nothing calls for; they
            unmask a stream that is mute. None is off.
        limits: the bounds of the inbox, and what happens to market data at its bound.
        options: every other figure of the session; the arguments above go before it.
        checkpoint: a file that keeps the account, and the private events that were not handled,
            beyond the end of the program; the next client on it goes on from there.
        acknowledge: with a checkpoint, whether an event is handled only once :meth:`ack` was called
            with it; else it is when the next one is asked for.
        schema_report: whether :meth:`schema_report` is to look at every event, or at a sample.

    Raises:
        ConfigurationError: an argument cannot work; the text says which, and what would.
    """

    def __init__(
        self,
        api_key: str | Secret | None = None,
        api_secret: str | Secret | None = None,
        *,
        access_token: str | Secret | None = None,
        # Where
        rest_url: str = REST_URL,
        ws_url: str = WS_URL,
        http: HttpTransport | None = None,
        ws: WsTransport | None = None,
        # What
        private: bool | None = None,
        login_by: Literal["listen_key", "token"] = "listen_key",
        deliver: Deliver = "all",
        close_listen_key: bool = False,
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
        # Restart
        checkpoint: str | os.PathLike[str] | None = None,
        acknowledge: bool = False,
        # Diagnosis
        schema_report: bool = False,
    ) -> None:
        # Bound anew at once: what shows the variables of this frame shows the mask.
        api_key, api_secret = hidden(api_key), hidden(api_secret)
        access_token = hidden(access_token)
        require_visible(api_key=api_key, api_secret=api_secret, access_token=access_token)
        require_address("rest_url", rest_url, schemes=("https", "http"), verify=verify)
        require_address("ws_url", ws_url, schemes=("wss", "ws"), verify=verify)
        options, limits = options or SessionOptions(), limits or InboxLimits()
        super().__init__(
            venue=SixmmVenue(login_by=login_by),
            credentials=_credentials(api_key, api_secret, access_token),
            rest_url=rest_url,
            ws_url=ws_url,
            http=http or default_http(proxy=proxy, verify=verify, ca_file=ca_file),
            ws=ws or default_ws(proxy=proxy, verify=verify, ca_file=ca_file),
            private=private,
            deliver=deliver,
            rest_timeout=rest_timeout,
            pace=pace,
            limits=limits,
            options=attrs.evolve(
                options,
                ping_interval=ping_interval,
                ping_timeout=ping_timeout,
                release_key=close_listen_key,
                backoff=backoff or options.backoff,
                audit_interval=audit_interval,
            ),
            schema_report=schema_report,
            checkpoint=_checkpoint(checkpoint, acknowledge=acknowledge, limits=limits),
        )

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None, **options: Any) -> Client:
        """Return a client that is set up by the environment.

        It reads ``SIXMM_API_KEY``, ``SIXMM_API_SECRET``, ``SIXMM_ACCESS_TOKEN``,
        ``SIXMM_REST_URL`` and ``SIXMM_WS_URL``; what is not set has its default.

        Args:
            environ: the variables; None means those of the process.
            options: arguments of :class:`Client`; they go before the environment.
        """
        found = _found(os.environ if environ is None else environ)
        del environ
        return cls(**{**found, **options})

    # REST

    @operation("getServerTime")
    def server_time(self) -> int:
        """Return the exchange's clock in Unix milliseconds (rule 39). ``GET /v1/time``"""
        return int(self._call(calls.server_time()))

    @operation("getVersion")
    def version(self) -> Mapping[str, Any]:
        """Return what the exchange says of its version; the fields are not documented.

        ``GET /v1/version``
        """
        result: Mapping[str, Any] = self._call(calls.version())
        return result

    @operation("login")
    def login(self, username: str, password: str | Secret) -> None:
        """Get an access token; it is refreshed by the cookie of the login before it ends (rule 25).

        Call it before :meth:`start` for a private stream. The password is not kept.

        Raises:
            AuthenticationError: name and password are not accepted.

        ``POST /v1/public/user/login``
        """
        password = Secret(password)
        self._check_process()
        self._rest.login(username, password)

    @operation("refreshToken")
    def refresh(self) -> None:
        """Renew the access token by the cookie of the login; before it ends that is done anyway.

        Raises:
            ConfigurationError: there was no login, so there is no cookie.
            AuthenticationError: the cookie is not accepted: log in again.

        ``POST /v1/public/user/refresh-token``
        """
        self._check_process()
        self._rest.refresh()

    @operation("logout")
    def logout(self) -> None:
        """End the login at the exchange, and forget token and cookie (rule 26).

        ``POST /v1/private/user/logout``
        """
        try:
            self._call(calls.logout())
        finally:
            self._rest.forget_token()

    @operation("exchangeTicket")
    def exchange_ticket(self, ticket: str | Secret, *, device_id: str | None = None) -> str | None:
        """Turn the ticket of an agent into a login; a ticket works once (rule 27).

        The token is taken over, as by :meth:`login`. It returns where the exchange advises a
        browser to go next, or None.

        Args:
            ticket: what the agent has given.
            device_id: names the device.

        Raises:
            AuthenticationError: the ticket is not accepted, or was used before.

        ``POST /v1/public/agent-sso/exchange-ticket``
        """
        ticket = Secret(ticket)
        login: AgentLogin = self._call(calls.exchange_ticket(ticket=ticket, device_id=device_id))
        self._rest.adopt(login)
        return login.redirect_path

    @operation("exchangeEmbedToken")
    def exchange_embed_token(
        self, token: str | Secret, *, channel_id: str, device_id: str | None = None
    ) -> None:
        """Turn the token of an embedded page into a login; it lives for a short time (rule 27).

        The token is taken over, as by :meth:`login`.

        Args:
            token: what the page was given.
            channel_id: of the iframe of the page.
            device_id: names the device.

        Raises:
            AuthenticationError: the token is not accepted, or is over.

        ``POST /v1/public/agent-sso/exchange-embed-token``
        """
        token = Secret(token)
        self._rest.adopt(
            self._call(
                calls.exchange_embed_token(
                    embed_token=token, channel_id=channel_id, device_id=device_id
                )
            )
        )

    @functools.cached_property
    def market(self) -> MarketGroup:
        """Public market data."""
        return MarketGroup(self._call)

    @functools.cached_property
    def user(self) -> UserGroup:
        """Profile, balance, statistics and stream keys."""
        return UserGroup(self._call)

    @functools.cached_property
    def api_keys(self) -> ApiKeysGroup:
        """The API keys of the account; it takes an access token, a key does not do (rule 15)."""
        return ApiKeysGroup(self._call)

    @functools.cached_property
    def orders(self) -> OrdersGroup:
        """Orders and trades: to place, to change, to wait for, and to read."""
        # Imported here: a client that only listens does not pay for it.
        from .ordering import OrdersGroup
        from .ordering.desk import WriteDesk

        shared = self._shared
        return OrdersGroup(
            WriteDesk(
                call=self._call,
                watch=shared.watch,
                clock=shared.clock,
                server_clock=self._rest.server_clock,
                is_live=lambda: shared.private and self._session.state is State.LIVE,
                listen=shared.inbox.turn.recall,
            )
        )

    @functools.cached_property
    def positions(self) -> PositionsGroup:
        """Positions."""
        return PositionsGroup(self._call)


_FROM_ENVIRONMENT = ("api_key", "api_secret", "access_token", "rest_url", "ws_url")


def _found(environ: Mapping[str, str]) -> dict[str, Any]:
    """Return the arguments that the environment gives; the secrets among them are hidden."""
    found: dict[str, Any] = {}
    for name in _FROM_ENVIRONMENT:
        value = environ.get(f"SIXMM_{name.upper()}")
        if value:
            found[name] = value if name.endswith("_url") else Secret(value)
    return found


def _credentials(
    api_key: Secret | None, api_secret: Secret | None, access_token: Secret | None
) -> Credentials:
    if (api_key is None) != (api_secret is None):
        raise ConfigurationError("an API key needs its secret: give both api_key and api_secret")
    return Credentials(api_key=api_key, api_secret=api_secret, access_token=access_token)


def _checkpoint(
    path: str | os.PathLike[str] | None, *, acknowledge: bool, limits: InboxLimits
) -> Checkpoint | None:
    if path is None:
        if acknowledge:
            raise ConfigurationError("acknowledge=True needs a checkpoint that keeps the events")
        return None
    least = CheckpointLimits()
    # What waits in the inbox is not handled yet, so the journal has to hold all of that.
    bounds = CheckpointLimits(
        journal_events=max(least.journal_events, 2 * limits.private_events),
        journal_bytes=max(least.journal_bytes, 2 * limits.private_bytes),
    )
    return Checkpoint(path, acknowledge=acknowledge, limits=bounds)
