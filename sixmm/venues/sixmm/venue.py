"""6MM as the engine sees it: the pure parts of this folder behind the venue interface."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from ...errors import ApiError, ConfigurationError, DecodeError, SixmmError
from ...events import Event
from ...redaction import Secret
from ...state.book_keeper import BookChange
from ...state.models import (
    Balance,
    Baseline,
    ConditionOrder,
    Facts,
    Fill,
    Order,
    Position,
    Snapshot,
)
from ...transport.base import HttpRequest, HttpResponse
from ..base import Call, Credentials, Dial, Frame, Plan, StreamKey, Venue
from . import book_facts, calls, condition_facts, envelope, facts, protocol, snapshot, topics
from .decoder import Decoder
from .rest_schema import ListenKey

__all__ = ["LISTEN_KEY_LIFE_MS", "SixmmVenue"]

LISTEN_KEY_LIFE_MS = 60 * 60 * 1_000
"""How long a listenKey lives where a reply does not say it, in milliseconds (rule 71)."""
_LEAST_LIFE_MS = 5_000
_CLOCK_ERROR = "timestamp outside of tolerance window"
_DUPLICATE = 3004
_MAX_LIFE_MS = 24 * 60 * 60 * 1_000


class SixmmVenue(Venue):
    """How 6MM speaks.

    Args:
        login_by: what opens the private stream: ``"listen_key"``, or ``"token"``, the compatible
            alternative, which needs an access token (rule 70).
    """

    name = "6mm"

    def __init__(self, *, login_by: str = "listen_key") -> None:
        if login_by not in ("listen_key", "token"):
            raise ConfigurationError('login_by must be "listen_key" or "token"')
        self._login_by = login_by
        self._decoder = Decoder()

    def __repr__(self) -> str:
        return f"<SixmmVenue login_by={self._login_by}>"

    # REST

    def prepare(
        self,
        call: Call,
        *,
        rest_url: str,
        credentials: Credentials,
        timestamp_ms: int,
        request_id: str,
    ) -> HttpRequest:
        """Return the request that is sent for ``call``; see :func:`.envelope.prepare`."""
        return envelope.prepare(
            call,
            rest_url=rest_url,
            credentials=credentials,
            timestamp_ms=timestamp_ms,
            request_id=request_id,
        )

    def parse(self, call: Call, response: HttpResponse) -> Any:
        """Return the typed result of a reply, or raise its error; see :func:`.envelope.parse`."""
        return envelope.parse(call, response)

    def server_time_call(self) -> Call:
        """Return the call whose result is the exchange's clock in Unix milliseconds (rule 39)."""
        return calls.server_time()

    def is_clock_error(self, error: SixmmError) -> bool:
        """Whether ``error`` says that the timestamp was off; the message decides (rule 40)."""
        return isinstance(error, ApiError) and _CLOCK_ERROR in error.message.lower()

    def is_replay_error(self, error: SixmmError) -> bool:
        """Whether a read was refused as a duplicate: sign it again, later (rules 41, 104)."""
        return isinstance(error, ApiError) and error.code == _DUPLICATE

    def login_call(self, *, username: str, password: Secret) -> Call:
        """Return the call that makes an access token and a cookie (rule 25)."""
        return calls.login(username=username, password=password)

    def refresh_call(self) -> Call:
        """Return the call that renews the access token from the cookie (rule 25)."""
        return calls.refresh_token()

    # The stream

    def dial_plan(
        self,
        *,
        ws_url: str,
        private: bool,
        credentials: Credentials,
        held: StreamKey | None,
        now_ms: int,
    ) -> Plan[Dial]:
        """Return the plan that ends with how to open a connection.

        A held listenKey is used again while it has more than five seconds to live, else a new one
        is made.

        Raises:
            ConfigurationError: the login is by token and there is none.
        """
        if not private:
            return Dial(url=Secret(ws_url))
        if self._login_by == "token":
            if not credentials.access_token:
                raise ConfigurationError("login_by='token' needs an access token: log in first")
            url = _with_query(ws_url, "token", credentials.access_token)
            return Dial(url=url, awaits_login=True)
        key = held
        if key is None or key.expires_at_ms - now_ms <= _LEAST_LIFE_MS:
            reply = yield calls.create_listen_key()
            key = _created(reply, now_ms)
        return Dial(url=_with_query(ws_url, "listenKey", key.value), key=key, awaits_login=True)

    def renew_plan(self, key: StreamKey, *, now_ms: int) -> Plan[StreamKey]:
        """Return the plan that keeps ``key`` alive; 60 minutes where no reply says how long."""
        reply = yield calls.renew_listen_key(key.value)
        return _stream_key(reply.listen_key or key.value, reply, now_ms)

    def release_plan(self, key: StreamKey) -> Plan[None]:
        """Return the plan that deletes ``key``, which silences all who use it."""
        yield calls.close_listen_key(key.value)

    def check_topic(self, topic: str) -> str:
        """Return ``topic`` where it has the form of a market topic, else ConfigurationError."""
        return topics.check_topic(topic)

    def subscribe_text(self, request_id: str, topics: Sequence[str]) -> str:
        """Return the message that asks for ``topics``."""
        return protocol.subscribe_text(request_id, topics)

    def unsubscribe_text(self, request_id: str, topics: Sequence[str]) -> str:
        """Return the message that drops ``topics``."""
        return protocol.unsubscribe_text(request_id, topics)

    def ping_text(self, request_id: str) -> str:
        """Return the application-level ping."""
        return protocol.ping_text(request_id)

    def classify(self, message: bytes) -> Frame:
        """Say what an inbound message is for; see :func:`.protocol.classify`."""
        return protocol.classify(message)

    def classify_many(self, messages: Sequence[bytes]) -> list[Frame]:
        """Say what each message is for; see :func:`.protocol.classify_many`."""
        return protocol.classify_many(messages)

    def decode(self, message: str | bytes, *, received_at: int = 0) -> Event:
        """Return the typed event of one inbound message; see :class:`.decoder.Decoder`."""
        return self._decoder.decode(message, received_at=received_at)

    def decoder(self) -> Callable[..., Event]:
        """Return what decodes a message, without the detour by way of the venue."""
        return self._decoder.decode

    # Order books

    def book_topic(self, symbol: str) -> str:
        """Return the depth topic of a symbol; see :func:`.topics.depth`."""
        return topics.depth(symbol)

    def book_change(self, event: Event) -> BookChange | None:
        """Return what a depth push tells about a book; see :mod:`.book_facts`."""
        return book_facts.book_change(event)

    # The account

    def facts(self, event: Event) -> Facts | None:
        """Return what a private event tells about the account, or None where it tells nothing."""
        return facts.facts_of(event)

    def snapshot_plan(self, baseline: Baseline, *, now_ms: int) -> Plan[Snapshot]:
        """Return the plan that reads the account by REST; see :mod:`.snapshot`."""
        return snapshot.snapshot_plan(baseline, now_ms=now_ms)

    def partly_filled(self, order: Order, executed_quantity: Decimal) -> Order:
        """Return ``order`` as it was when ``executed_quantity`` of it had been filled, not more."""
        return facts.partly_filled(order, executed_quantity)

    def order_event(
        self, order: Order, fill: Fill | None, *, topic: str, received_at: int
    ) -> Event:
        """Return the event that tells an order as REST told it, or one fill of it."""
        return facts.order_event(order, fill, topic=topic, received_at=received_at)

    def account_events(
        self,
        *,
        balances: Sequence[Balance],
        positions: Sequence[Position],
        ts: int,
        topic: str,
        received_at: int,
    ) -> Sequence[Event]:
        """Return the one event, with ``origin=REST``, that tells balances and positions."""
        event = facts.account_event(
            balances=balances, positions=positions, ts=ts, topic=topic, received_at=received_at
        )
        return (event,)

    def condition_event(self, condition: ConditionOrder, *, topic: str, received_at: int) -> Event:
        """Return the event that tells a condition order; see :mod:`.condition_facts`."""
        return condition_facts.condition_event(condition, topic=topic, received_at=received_at)


def _created(reply: ListenKey, now_ms: int) -> StreamKey:
    if not reply.listen_key:
        raise DecodeError("a required field is missing", path="$.data.listenKey")
    return _stream_key(reply.listen_key, reply, now_ms)


def _stream_key(value: Secret, reply: ListenKey, now_ms: int) -> StreamKey:
    """Return the key with the life that the reply gives it (rule 73).

    An instant that is past or absurdly far away is not believed; the documented life is (rule 71).
    """
    expires_at_ms = reply.expire_at_ms or 0
    if not now_ms < expires_at_ms <= now_ms + _MAX_LIFE_MS:
        expires_at_ms = now_ms + LISTEN_KEY_LIFE_MS
    return StreamKey(value=value, created_at_ms=now_ms, expires_at_ms=expires_at_ms)


def _with_query(ws_url: str, name: str, value: Secret) -> Secret:
    mark = "&" if "?" in ws_url else "?"
    return Secret(f"{ws_url}{mark}{name}={quote(value.reveal(), safe='')}")
