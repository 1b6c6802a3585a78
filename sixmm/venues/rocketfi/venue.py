"""RocketFi as the engine sees it: the pure parts of this folder behind the venue interface."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, Literal, NoReturn

from ...errors import ConfigurationError, SixmmError
from ...events import Event
from ...redaction import Secret
from ...state.book_keeper import BookChange
from ...state.models import Balance, Baseline, Facts, Fill, Order, Position, Snapshot
from ...transport.base import HttpRequest, HttpResponse
from ..base import Call, Credentials, Dial, Frame, Plan, StreamKey, Venue
from . import envelope, facts, protocol, rest_events, snapshot, topics
from .decoder import Decoder
from .ids import Address
from .stream_schema import OrderbookUpdate, QuoteUpdate

__all__ = ["RocketFiVenue"]


class RocketFiVenue(Venue):
    """How RocketFi speaks, to a client of one account or of none.

    Args:
        account: whose events are private; None for a client of markets only.
        book: whether a book push is the whole book (``"full"``), or only the first one is and the
            others have what changed (``"delta"``); it is not documented.
        ping: the form of the ping: ``"text"`` or ``"object"``; it is not documented.
    """

    name = "rocketfi"
    most_topics = 1

    def __init__(
        self,
        account: str | None = None,
        *,
        book: Literal["full", "delta"] = "full",
        ping: Literal["text", "object"] = "text",
    ) -> None:
        if book not in ("full", "delta"):
            raise ConfigurationError('book must be "full" or "delta"')
        if ping not in ("text", "object"):
            raise ConfigurationError('ping must be "text" or "object"')
        # The topic checks the form of the address.
        self._account = None if account is None else topics.Position(account=account).account
        self._book = book
        self._ping: Literal["text", "object"] = ping
        self._decoder = Decoder()

    def __repr__(self) -> str:
        return f"<RocketFiVenue account={self._account}>"

    # REST

    def prepare(
        self,
        call: Call,
        *,
        rest_url: str,
        credentials: Credentials,  # noqa: ARG002
        timestamp_ms: int,  # noqa: ARG002
        request_id: str,
    ) -> HttpRequest:
        """Return the request that is sent for ``call``; nothing is signed."""
        return envelope.prepare(call, rest_url=rest_url, request_id=request_id)

    def parse(self, call: Call, response: HttpResponse) -> Any:
        """Return the typed result of a reply, or raise its error; see :func:`.envelope.parse`."""
        return envelope.parse(call, response)

    def server_time_call(self) -> None:
        """Return None: no call tells the time."""

    def is_clock_error(self, error: SixmmError) -> bool:  # noqa: ARG002
        """Nothing is signed, so no timestamp can be off."""
        return False

    def is_replay_error(self, error: SixmmError) -> bool:  # noqa: ARG002
        """Nothing is signed, so nothing can be seen twice."""
        return False

    def login_call(self, *, username: str, password: Secret) -> Call:  # noqa: ARG002
        """Refuse: there is no login."""
        _refuse("there is no login: what is told of an account needs no secret")

    def refresh_call(self) -> Call:
        """Refuse: there is no login."""
        _refuse("there is no login to refresh")

    # The stream

    def dial_plan(
        self,
        *,
        ws_url: str,
        private: bool,
        credentials: Credentials,  # noqa: ARG002
        held: StreamKey | None,  # noqa: ARG002
        now_ms: int,  # noqa: ARG002
    ) -> Plan[Dial]:
        """Return the plan that ends with the address as it is, without any call."""
        if private and self._account is None:
            _refuse("the private stream needs the address of an account")
        yield from ()
        return Dial(url=Secret(ws_url))

    def renew_plan(self, key: StreamKey, *, now_ms: int) -> Plan[StreamKey]:  # noqa: ARG002
        """Refuse: there are no stream keys."""
        _refuse("there are no stream keys")

    def release_plan(self, key: StreamKey) -> Plan[None]:  # noqa: ARG002
        """Refuse: there are no stream keys."""
        _refuse("there are no stream keys")

    def check_topic(self, topic: str) -> str:
        """Return the canonical text of a topic, given as a value or as a text."""
        return topics.check_topic(topic)

    def subscribe_text(self, request_id: str, topics: Sequence[str]) -> str:  # noqa: ARG002
        """Return the message that asks for one topic; it has no place for an id."""
        (topic,) = topics
        return protocol.subscribe_text(_parsed(topic))

    def unsubscribe_text(self, request_id: str, topics: Sequence[str]) -> str:  # noqa: ARG002
        """Return the message that drops one topic; it has no place for an id."""
        (topic,) = topics
        return protocol.unsubscribe_text(_parsed(topic))

    def ping_text(self, request_id: str) -> str:  # noqa: ARG002
        """Return the application-level ping; it has no place for an id."""
        return protocol.ping_text(self._ping)

    def classify(self, message: bytes) -> Frame:
        """Say what an inbound message is for; see :func:`.protocol.classify`."""
        inbound = protocol.classify(message, account=self._account)
        is_ping = inbound.purpose is protocol.Purpose.PING
        return protocol.frame_of(inbound, pong=protocol.pong_text(message) if is_ping else "")

    def decode(self, message: str | bytes, *, received_at: int = 0) -> Event:
        """Return the typed event of one inbound message; see :class:`.decoder.Decoder`."""
        return self._decoder.decode(message, received_at=received_at)

    def decoder(self) -> Callable[..., Event]:
        """Return what decodes a message, without the detour by way of the venue."""
        return self._decoder.decode

    # Order books

    def book_topic(self, symbol: str) -> str:
        """Return the topic of the book of an instrument, which is called by its id."""
        return str(topics.Orderbook(instrument_id=symbol))

    def book_change(self, event: Event) -> BookChange | None:
        """Return what a book push tells; nothing in it says what it is (*assumed*: all of it).

        Quotes come by the same feed, and change nothing.
        """
        if isinstance(event, QuoteUpdate):
            return BookChange(
                symbol=str(event.instrument_id), has_versions=False, is_snapshot=False
            )
        if not isinstance(event, OrderbookUpdate):
            return None
        return BookChange(
            symbol=str(event.instrument_id),
            bids=event.bids,
            asks=event.asks,
            has_versions=False,
            is_snapshot=True if self._book == "full" else None,
            ts_ms=event.ts,
        )

    # The account

    def facts(self, event: Event) -> Facts | None:
        """Return what an event tells about the account, or None where it tells nothing."""
        return None if self._account is None else facts.facts_of(event, account=self._account)

    def snapshot_plan(self, baseline: Baseline, *, now_ms: int) -> Plan[Snapshot]:
        """Return the plan that reads the account by REST; see :mod:`.snapshot`."""
        return snapshot.snapshot_plan(self._own(), baseline, now_ms=now_ms)

    def partly_filled(self, order: Order, executed_quantity: Decimal) -> Order:
        """Return ``order`` as it was when ``executed_quantity`` of it had been filled, not more."""
        return facts.partly_filled(order, executed_quantity)

    def order_event(
        self,
        order: Order,
        fill: Fill | None,
        *,
        topic: str,  # noqa: ARG002
        received_at: int,
    ) -> Event:
        """Return the event that tells an order as REST told it, under the topic of its feed."""
        return rest_events.order_event(order, fill, account=self._own(), received_at=received_at)

    def account_events(
        self,
        *,
        balances: Sequence[Balance],
        positions: Sequence[Position],
        ts: int,
        topic: str,  # noqa: ARG002
        received_at: int,
    ) -> Sequence[Event]:
        """Return the events that tell balances and positions, each under the topic of its feed."""
        return rest_events.account_events(
            balances=balances,
            positions=positions,
            account=self._own(),
            ts=ts,
            received_at=received_at,
        )

    def _own(self) -> Address:
        if self._account is None:
            _refuse("there is no account: give its address")
        return self._account


def _parsed(topic: str) -> topics.Topic:
    return topics.parse_topic(topic)


def _refuse(why: str) -> NoReturn:
    raise ConfigurationError(why)
