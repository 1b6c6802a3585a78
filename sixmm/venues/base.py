"""What a venue must tell the engine: its interface, and the values that pass through it.

A venue is pure: it opens no socket, starts no thread and reads no clock. Where it needs the network
it says so in a *plan*: a generator that yields one :class:`Call` at a time and is sent the result,
or has the error thrown into it. Whoever runs the plan decides about deadlines, threads and what
happens between two calls.
"""

from __future__ import annotations

import abc
import enum
from collections.abc import Callable, Generator, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeVar

import attrs

from ..errors import ConfigurationError, SixmmError
from ..events import Event
from ..redaction import Secret
from ..state.book_keeper import BookChange
from ..state.models import (
    Balance,
    Baseline,
    ConditionOrder,
    Facts,
    Fill,
    Order,
    Position,
    Snapshot,
)
from ..transport.base import HttpRequest, HttpResponse

__all__ = [
    "Answers",
    "Auth",
    "Call",
    "Credentials",
    "Dial",
    "Frame",
    "FrameKind",
    "PaceClass",
    "Plan",
    "StreamKey",
    "Venue",
]

T = TypeVar("T")


class Auth(enum.Enum):
    """What a call must carry to be accepted."""

    NONE = "none"
    ACCOUNT = "account"
    """An API key with a signature, or an access token."""
    TOKEN = "token"
    """An access token only."""
    COOKIE = "cookie"
    """The cookie of the login reply."""
    TOKEN_AND_COOKIE = "token+cookie"
    """Both."""


class PaceClass(enum.Enum):
    """Which calls share one pace; the value is the name of its figure in ``RestPace``."""

    PUBLIC_READ = "public_read"
    PRIVATE_READ = "private_read"
    ORDER_WRITE = "order_write"
    """What makes or changes an order."""
    CANCEL = "cancel"
    """What withdraws orders: on its own, so that it never waits behind what makes them."""
    OTHER_WRITE = "other_write"
    SESSION = "session"
    """The calls that a client makes of its own accord: clock, stream key, token, comparison."""

    def __str__(self) -> str:
        return self.value.replace("_", " ")


@attrs.frozen(kw_only=True)
class Call:
    """One REST call as a value, before it is signed."""

    operation: str
    """Its name in errors and logs, such as ``getUserAsset``."""
    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    """Query pairs in the order in which they are sent."""
    body: Mapping[str, Any] | None = attrs.field(default=None, repr=False)
    """The JSON object to send, or None for no body."""
    auth: Auth = Auth.NONE
    writes: bool = False
    """Whether it changes state; such a call is never sent again by itself."""
    result: Callable[[Any], Any] | None = attrs.field(default=None, repr=False)
    """Turns the reply's data into a typed result; None returns the data as it is."""
    pace: PaceClass | None = None
    """Which pace it keeps; None works it out from the rest, see :attr:`pace_class`."""

    @property
    def pace_class(self) -> PaceClass:
        """Which pace the call keeps: as it says itself, or by credential, effect and path."""
        if self.pace is not None:
            return self.pace
        if not self.writes:
            return PaceClass.PUBLIC_READ if self.auth is Auth.NONE else PaceClass.PRIVATE_READ
        if not any(part.startswith("order") for part in self.path.split("/")):
            return PaceClass.OTHER_WRITE
        withdraws = self.method == "DELETE" or "cancel" in self.path
        return PaceClass.CANCEL if withdraws else PaceClass.ORDER_WRITE


Plan = Generator[Call, Any, T]
"""A procedure that needs REST calls: yields calls, is sent results, returns a ``T``."""


@attrs.frozen(kw_only=True)
class Credentials:
    """What proves who the caller is. Every member is a secret or None."""

    api_key: Secret | None = None
    api_secret: Secret | None = None
    passphrase: Secret | None = None
    access_token: Secret | None = None
    account: str | None = None
    """Names the account where no secret is needed to read it."""
    access_expires_at_ms: int | None = None
    cookies: Mapping[str, Secret] = attrs.field(factory=dict, repr=False)

    @property
    def present(self) -> bool:
        """Whether private calls can be made."""
        return any((self.api_key, self.access_token, self.account))


@attrs.frozen(kw_only=True)
class StreamKey:
    """A key that opens the private stream for some time."""

    value: Secret
    created_at_ms: int
    """When it was made or last renewed, by the exchange's clock."""
    expires_at_ms: int
    """When it ends, by the exchange's clock."""

    @property
    def renew_at_ms(self) -> int:
        """Half of its remaining life."""
        return (self.created_at_ms + self.expires_at_ms) // 2


@attrs.frozen(kw_only=True)
class Dial:
    """How to open one connection."""

    url: Secret
    """The address with whatever authenticates it."""
    headers: Mapping[str, str] = attrs.field(factory=dict, repr=False)
    key: StreamKey | None = None
    """The stream key that the address uses, where it needs to be kept alive."""
    awaits_login: bool = False
    """Whether the server says by a frame that the connection, or its credential, is accepted."""
    is_for_once: bool = False
    """Whether what opens it was made for this dial alone. Refused, it is made anew a few times."""
    rotate_after: float | None = None
    """Seconds after which the next connection is made beside this one, before the server ends it;
    None leaves it alone."""
    ping_interval: float | None = None
    """How often the server asks to be pinged, in seconds; None leaves it to the client."""
    ping_timeout: float | None = None
    """How long the server says that an answer takes at most; None leaves it to the client."""


class FrameKind(enum.Enum):
    """What an inbound message is for."""

    PRIVATE = "private"
    MARKET = "market"
    REPLY = "reply"
    """An answer to a request of ours."""
    PING = "ping"
    """A question whether we are there, which is to be answered."""
    LOGIN = "login"
    GREETING = "greeting"
    """The server is ready, and is now to be told by a message who the caller is."""
    OTHER = "other"
    """None of these; it reaches the caller as an unknown event."""


class Answers(enum.Enum):
    """What an answer that has no id is meant for."""

    SUBSCRIBE = "subscribe"
    """The oldest request for the topic that it names."""
    UNSUBSCRIBE = "unsubscribe"
    """The oldest request to drop the topic that it names."""
    REQUEST = "request"
    """The oldest request of either kind."""
    PING = "ping"
    """The oldest ping."""


@attrs.frozen(kw_only=True)
class Frame:
    """How one inbound message is to be handled; worked out without decoding more than is needed."""

    kind: FrameKind
    topic: str = ""
    request_id: str | None = None
    """Which request it answers, where it says so."""
    answers: Answers | None = None
    """What an answer without an id is meant for; None for nothing."""
    error: SixmmError | None = None
    """Why the request or the login was refused, or None where it was accepted."""
    may_pass: bool = False
    """Whether a refusal says nothing of what was asked for, which is accepted another time."""
    pong: str = ""
    """The text that answers a ping."""


class Venue(abc.ABC):
    """How one venue speaks. Its methods take values and return values."""

    name: str
    """Its name in logs and errors."""

    most_topics: int | None = None
    """How many topics one request may name; None for as many as there are, and 1 for those that
    :meth:`batches` puts together."""

    ping_spacing: float = 0.0
    """Seconds between two application pings at least: a server may drop whoever pings more often.
    In between, a ping of the protocol is sent alone."""

    # REST

    @abc.abstractmethod
    def prepare(
        self,
        call: Call,
        *,
        rest_url: str,
        credentials: Credentials,
        timestamp_ms: int,
        request_id: str,
    ) -> HttpRequest:
        """Return the request that is sent for ``call``: encoded once, then signed as it is.

        Raises:
            ConfigurationError: the call needs a credential that is not there.
        """

    @abc.abstractmethod
    def parse(self, call: Call, response: HttpResponse) -> Any:
        """Return the typed result of a reply, or raise the error that it tells.

        Raises:
            ApiError: the reply has a code other than success.
            HttpStatusError: the reply is not one of the venue's API.
            DecodeError: the reply is not what the schema says.
        """

    @abc.abstractmethod
    def server_time_call(self) -> Call | None:
        """Return the call whose result is the exchange's clock in Unix milliseconds.

        None where the exchange tells no time: the local clock is taken for it.
        """

    @abc.abstractmethod
    def is_clock_error(self, error: SixmmError) -> bool:
        """Whether ``error`` says that the timestamp of the request was off."""

    @abc.abstractmethod
    def is_replay_error(self, error: SixmmError) -> bool:
        """Whether ``error`` says that an equal request was seen before; to sign anew helps."""

    @abc.abstractmethod
    def login_call(self, *, username: str, password: Secret) -> Call:
        """Return the call that makes an access token; its result is :class:`Credentials`."""

    @abc.abstractmethod
    def refresh_call(self) -> Call:
        """Return the call that renews the access token; its result is :class:`Credentials`."""

    # The stream

    @abc.abstractmethod
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

        ``held`` is a stream key that is believed to be alive, or None; ``now_ms`` is exchange time.
        """

    @abc.abstractmethod
    def renew_plan(self, key: StreamKey, *, now_ms: int) -> Plan[StreamKey]:
        """Return the plan that keeps ``key`` alive and ends with its new life."""

    @abc.abstractmethod
    def release_plan(self, key: StreamKey) -> Plan[None]:
        """Return the plan that deletes ``key`` at the exchange."""

    @abc.abstractmethod
    def check_topic(self, topic: str) -> str:
        """Return ``topic`` where it has the form of a market topic.

        Raises:
            ConfigurationError: it cannot be a topic of this venue; the text shows the known forms.
        """

    def carries(self, topic: str) -> bool:  # noqa: ARG002
        """Whether a topic, which has the form of one, is carried by this connection of the venue.

        It is asked of a client with several connections only.
        """
        return True

    def batches(self, topics: Sequence[str]) -> list[tuple[str, ...]]:
        """Return ``topics`` in the groups that share a request, where :attr:`most_topics` is 1.

        A topic is alone in its group but where the venue takes several together. A group that is
        refused is asked for again topic by topic, so that a refused one does not take others along.
        """
        return [(topic,) for topic in topics]

    @abc.abstractmethod
    def subscribe_text(self, request_id: str, topics: Sequence[str]) -> str:
        """Return the message that asks for ``topics``."""

    @abc.abstractmethod
    def unsubscribe_text(self, request_id: str, topics: Sequence[str]) -> str:
        """Return the message that drops ``topics``."""

    def login_text(self, *, credentials: Credentials, timestamp_ms: int) -> Secret:  # noqa: ARG002
        """Return the message that answers a greeting; ``timestamp_ms`` is exchange time.

        It is asked for anew on each connection, and sent as it is, before anything else.

        Raises:
            ConfigurationError: a credential is missing, or the venue has no login by a message; its
                frames are then no greetings either.
        """
        raise ConfigurationError(f"{self.name} has no login by a message")

    @abc.abstractmethod
    def ping_text(self, request_id: str) -> str:
        """Return the application-level ping."""

    @abc.abstractmethod
    def classify(self, message: bytes) -> Frame:
        """Say what an inbound message is for. Never raises: what cannot be read is ``OTHER``."""

    def classify_many(self, messages: Sequence[bytes]) -> list[Frame]:
        """Return what :meth:`classify` says of each message.

        A venue whose pushes can be told apart more cheaply in numbers does that here. Frames that
        are equal should be one object, so that whoever takes them can compare by identity.
        """
        return [self.classify(message) for message in messages]

    @abc.abstractmethod
    def decode(self, message: str | bytes, *, received_at: int = 0) -> Event:
        """Return the typed event of one inbound message.

        Raises:
            DecodeError: it is not JSON, or not what the schema says.
        """

    def decoder(self) -> Callable[..., Event]:
        """Return what :meth:`decode` calls in the end, for whoever decodes many messages."""
        return self.decode

    # Order books

    def book_topic(self, symbol: str) -> str:  # noqa: ARG002
        """Return the topic that tells the order book of a symbol: a snapshot, then changes.

        Raises:
            ConfigurationError: no topic can have that symbol, or the venue has no order books.
        """
        raise ConfigurationError(f"{self.name} has no order books")

    def book_change(self, event: Event) -> BookChange | None:  # noqa: ARG002
        """Return what an event of such a topic tells, or None where it tells nothing."""
        return None

    # The account

    @abc.abstractmethod
    def facts(self, event: Event) -> Facts | None:
        """Return what a private event tells about the account, or None where it tells nothing."""

    @abc.abstractmethod
    def snapshot_plan(self, baseline: Baseline, *, now_ms: int) -> Plan[Snapshot]:
        """Return the plan that reads the account by REST; a part that fails is told, not raised.

        ``now_ms`` is exchange time before the first call, and not later than it.
        """

    @abc.abstractmethod
    def partly_filled(self, order: Order, executed_quantity: Decimal) -> Order:
        """Return ``order`` as it was when ``executed_quantity`` of it had been filled, not more."""

    @abc.abstractmethod
    def order_event(
        self, order: Order, fill: Fill | None, *, topic: str, received_at: int
    ) -> Event:
        """Return the event with ``origin=REST`` that tells an order's state, or one fill of it."""

    @abc.abstractmethod
    def account_events(
        self,
        *,
        balances: Sequence[Balance],
        positions: Sequence[Position],
        ts: int,
        topic: str,
        received_at: int,
    ) -> Sequence[Event]:
        """Return the events, with ``origin=REST``, that tell balances and positions.

        A venue whose client keeps a checkpoint makes one of them: each has a number there.
        """

    def condition_event(
        self,
        condition: ConditionOrder,  # noqa: ARG002
        *,
        topic: str,  # noqa: ARG002
        received_at: int,  # noqa: ARG002
    ) -> Event:
        """Return the event, with ``origin=REST``, that tells a condition order.

        Raises:
            ConfigurationError: the venue has none; its snapshots then tell of none either.
        """
        raise ConfigurationError(f"{self.name} has no condition orders")
