"""KuCoin as the engine sees it: the pure parts of this folder behind the venue interface.

A venue is one connection. A client of several has one venue for each of them.
"""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NoReturn

import attrs

from ...errors import ConfigurationError, SixmmError
from ...events import Event
from ...redaction import Secret
from ...state.models import Balance, Baseline, Facts, Fill, Order, Position, Snapshot
from ...transport.base import HttpRequest, HttpResponse
from ..base import Call, Credentials, Dial, Frame, Plan, StreamKey, Venue
from . import calls, dialing, envelope, facts, pro_protocol, protocol, rest_events, snapshot, topics
from .decoder import Decoder
from .enums import Connection
from .hosts import Host, Hosts
from .signing import KEY_VERSIONS, check_key_version
from .topics import batches

__all__ = ["ACCOUNT_TOPICS", "LOGINS", "PRO_PING_SPACING", "KuCoinVenue"]

ACCOUNT_TOPICS: Mapping[Connection, tuple[str, ...]] = MappingProxyType(
    {
        Connection.SPOT_PRIVATE_V1: (topics.SPOT_ORDERS, topics.ACCOUNT_BALANCE),
        Connection.FUTURES_PRIVATE_V1: (
            topics.futures_orders(),
            topics.FUTURES_WALLET,
            topics.futures_positions(),
        ),
        Connection.PRIVATE_PRO_V2: tuple(
            topics.pro_topic(channel)
            for channel in ("orderAll", "execution", "balance", "positionAll")
        ),
    }
)
"""The topics that the picture of the account needs, by the connection that carries them."""

PRO_PING_SPACING = 2.0
"""Seconds between two pings of the unified stream, which ends a connection for two in a second."""

LOGINS = ("token", "frame")
"""What can open the private unified stream."""

_ROTATE_AFTER = dialing.ROTATE_AFTER_MS / 1_000.0
_BALANCES: Mapping[Connection, str] = {
    Connection.SPOT_PRIVATE_V1: topics.ACCOUNT_BALANCE,
    Connection.FUTURES_PRIVATE_V1: topics.FUTURES_WALLET,
    Connection.PRIVATE_PRO_V2: topics.pro_topic("balance"),
}
_RequestText = Callable[[str, Sequence[str]], str]


class KuCoinVenue(Venue):
    """How KuCoin speaks on one connection.

    Args:
        connection: which one.
        hosts: where the REST API is.
        key_version: of the API key: 3, or 2 for an older one.
        rotate_after: seconds after which the connection is replaced, before the server ends it.
        symbols: spot symbols that are traded, which a comparison asks for also where no order is
            open; the exchange tells spot orders and fills by symbol only.
        margin: whether a comparison of the spot account has the margin accounts, too.
        pro_hosts: the servers of the unified streams.
        login_by: what opens the private unified stream: ``"token"``, which is in the address, or
            ``"frame"``, a signed message after the welcome. Any other connection has a token.

    Raises:
        ConfigurationError: an argument cannot work.
    """

    name = "kucoin"
    most_topics = 1

    def __init__(
        self,
        connection: Connection,
        *,
        hosts: Hosts | None = None,
        key_version: int = KEY_VERSIONS[0],
        rotate_after: float | None = _ROTATE_AFTER,
        symbols: Iterable[str] = (),
        margin: bool = False,
        pro_hosts: Mapping[Connection, str] = dialing.PRO_HOSTS,
        login_by: str = "token",
    ) -> None:
        self.connection = connection
        if login_by not in LOGINS:
            _refuse('login_by must be "token" or "frame"')
        if rotate_after is not None and not 0 < rotate_after <= _ROTATE_AFTER:
            _refuse(f"rotate_after must be above 0 and at most {_ROTATE_AFTER:,.0f} s, or None")
        self._hosts = hosts or Hosts()
        self._key_version = check_key_version(key_version)
        self._rotate_after = rotate_after
        self._symbols = tuple(symbols)
        self._margin = margin
        self._pro_hosts = pro_hosts
        self._login_by_frame = login_by == "frame" and connection is Connection.PRIVATE_PRO_V2
        # The last login, so that what it was proved with is blanked wherever it is repeated.
        self._login: pro_protocol.Login | None = None
        self._decoder = Decoder()
        # Each dial takes the next of the servers, so that one that fails is passed over.
        self._dials = itertools.count()
        self.ping_spacing = PRO_PING_SPACING if connection.is_pro else 0.0
        requests = pro_protocol if connection.is_pro else protocol
        self._subscribe_text: _RequestText = requests.subscribe_text
        self._unsubscribe_text: _RequestText = requests.unsubscribe_text
        self._ping_text: Callable[[str], str] = requests.ping_text

    def __repr__(self) -> str:
        return f"<KuCoinVenue {self.connection}>"

    # REST

    def prepare(
        self,
        call: Call,
        *,
        rest_url: str,
        credentials: Credentials,
        timestamp_ms: int,
        request_id: str,  # noqa: ARG002
    ) -> HttpRequest:
        """Return the request that is sent for ``call``, signed; see :func:`.envelope.prepare`.

        ``rest_url`` is the host of this connection: that of the futures, or that of all the rest.
        """
        name = "futures" if self.connection.is_futures else "spot"
        return envelope.prepare(
            call,
            hosts=attrs.evolve(self._hosts, **{name: rest_url}),
            credentials=credentials,
            timestamp_ms=timestamp_ms,
            key_version=self._key_version,
        )

    def parse(self, call: Call, response: HttpResponse) -> Any:
        """Return the typed result of a reply, or raise its error; see :func:`.envelope.parse`."""
        return envelope.parse(call, response)

    def server_time_call(self) -> Call:
        """Return the call of the exchange's clock, at the host that this connection calls."""
        call = calls.server_time()
        return attrs.evolve(call, host=Host.FUTURES) if self.connection.is_futures else call

    def is_clock_error(self, error: SixmmError) -> bool:
        """Whether ``error`` says that the timestamp of the request was off."""
        return envelope.is_clock_error(error)

    def is_replay_error(self, error: SixmmError) -> bool:  # noqa: ARG002
        """Equal requests are not refused, so nothing is seen twice."""
        return False

    def login_call(self, *, username: str, password: Secret) -> Call:  # noqa: ARG002
        """Refuse: there is no login."""
        _refuse("there is no login: give an API key, its secret and its passphrase")

    def refresh_call(self) -> Call:
        """Refuse: there is no login."""
        _refuse("there is no login to refresh")

    # The stream

    def dial_plan(
        self,
        *,
        ws_url: str,  # noqa: ARG002
        private: bool,  # noqa: ARG002
        credentials: Credentials,  # noqa: ARG002
        held: StreamKey | None,  # noqa: ARG002
        now_ms: int,  # noqa: ARG002
    ) -> Plan[Dial]:
        """Return the plan that gets a token where one is needed, and ends with the server."""
        told = yield from dialing.dial_plan(
            self.connection,
            connect_id=secrets.token_hex(12),
            attempt=next(self._dials),
            login_by_frame=self._login_by_frame,
            pro_hosts=self._pro_hosts,
        )
        return Dial(
            url=told.url,
            awaits_login=True,
            is_for_once=True,
            rotate_after=None if told.rotate_after_ms is None else self._rotate_after,
            ping_interval=told.ping_interval_ms / 1_000.0,
            ping_timeout=told.ping_timeout_ms / 1_000.0,
        )

    def renew_plan(self, key: StreamKey, *, now_ms: int) -> Plan[StreamKey]:  # noqa: ARG002
        """Refuse: a token is made for one dial, and none is kept alive."""
        _refuse("there are no stream keys")

    def release_plan(self, key: StreamKey) -> Plan[None]:  # noqa: ARG002
        """Refuse: a token is made for one dial, and none is kept alive."""
        _refuse("there are no stream keys")

    def check_topic(self, topic: str) -> str:
        """Return a topic of any connection; which one carries it is asked by :meth:`carries`."""
        return topics.check_topic(topic)

    def carries(self, topic: str) -> bool:
        """Whether this connection is the one for a topic.

        One with a private token could carry public topics as well; they are left to the public
        connection, so that a flood of market data never delays what is about the account.
        """
        form = topics.FORMS.get(topic.partition(":")[0])
        return self.connection in (topics.connection_of(topic), form and form.also)

    def batches(self, topics: Sequence[str]) -> list[tuple[str, ...]]:
        """Return topics in the groups that share a message; see :func:`.topics.batches`."""
        return super().batches(topics) if self.connection.is_pro else batches(topics)

    def subscribe_text(self, request_id: str, topics: Sequence[str]) -> str:
        """Return the message that asks for a group of topics."""
        return self._subscribe_text(request_id, topics)

    def unsubscribe_text(self, request_id: str, topics: Sequence[str]) -> str:
        """Return the message that drops a group of topics."""
        return self._unsubscribe_text(request_id, topics)

    def login_text(self, *, credentials: Credentials, timestamp_ms: int) -> Secret:
        """Return the login by frame; see :func:`.pro_protocol.login`."""
        key, secret, phrase = credentials.api_key, credentials.api_secret, credentials.passphrase
        if not (key and secret and phrase):
            _refuse("a login by frame needs an API key, its secret and its passphrase")
        self._login = pro_protocol.login(
            secrets.token_hex(8),
            api_key=key,
            api_secret=secret,
            passphrase=phrase,
            timestamp_ms=timestamp_ms,
        )
        return self._login.text

    def ping_text(self, request_id: str) -> str:
        """Return the application-level ping."""
        return self._ping_text(request_id)

    def classify(self, message: bytes) -> Frame:
        """Say what an inbound message is for; see :func:`.protocol.classify`."""
        return protocol.classify(message, login_by_frame=self._login_by_frame)

    def decode(self, message: str | bytes, *, received_at: int = 0) -> Event:
        """Return the typed event of one inbound message; see :class:`.decoder.Decoder`."""
        return self._decoder.decode(message, received_at=received_at)

    def decoder(self) -> Callable[..., Event]:
        """Return what decodes a message, without the detour by way of the venue."""
        return self._decoder.decode

    # The account

    def facts(self, event: Event) -> Facts | None:
        """Return what an event tells about the account, or None where it tells nothing."""
        return facts.facts_of(event)

    def snapshot_plan(self, baseline: Baseline, *, now_ms: int) -> Plan[Snapshot]:
        """Return the plan that reads the account of this connection by REST."""
        if not self.connection.is_private:
            _refuse(f"{self.connection} is about no account")
        if self.connection.is_pro:
            return snapshot.pro_snapshot_plan(baseline, now_ms=now_ms)
        if self.connection.is_futures:
            return snapshot.futures_snapshot_plan(baseline, now_ms=now_ms)
        return snapshot.spot_snapshot_plan(
            baseline, now_ms=now_ms, symbols=self._symbols, margin=self._margin
        )

    def partly_filled(self, order: Order, executed_quantity: Decimal) -> Order:
        """Return ``order`` as it was when ``executed_quantity`` of it had been filled, not more."""
        return rest_events.partly_filled(order, executed_quantity)

    def order_event(
        self,
        order: Order,
        fill: Fill | None,
        *,
        topic: str,  # noqa: ARG002
        received_at: int,
    ) -> Event:
        """Return the event that tells an order as REST told it, or one fill of it.

        Its topic is that of the orders: the last push may have been about something else.
        """
        return rest_events.order_event(
            order,
            fill,
            topic=ACCOUNT_TOPICS[self.connection][0],
            received_at=received_at,
            unified=self.connection.is_pro,
        )

    def account_events(
        self,
        *,
        balances: Sequence[Balance],
        positions: Sequence[Position],
        ts: int,
        topic: str,  # noqa: ARG002
        received_at: int,
    ) -> Sequence[Event]:
        """Return the one event that tells balances and positions, under the topic of balances."""
        event = rest_events.account_event(
            balances=balances,
            positions=positions,
            ts=ts,
            topic=_BALANCES[self.connection],
            received_at=received_at,
        )
        return (event,)


def _refuse(why: str) -> NoReturn:
    raise ConfigurationError(why)
