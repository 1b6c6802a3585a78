"""RocketFi as the engine sees it: every method of the interface, and what has no meaning here."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from sixmm.errors import ApiError, ConfigurationError, DecodeError, api_error
from sixmm.events import Event, Origin
from sixmm.redaction import Secret
from sixmm.state.book_keeper import BookChange
from sixmm.state.models import Balance, Baseline, Fill, Order
from sixmm.state.models import Position as HeldPosition
from sixmm.transport.base import HttpResponse
from sixmm.venues.base import Answers, Credentials, Dial, Frame, FrameKind, StreamKey, Venue
from sixmm.venues.rocketfi import (
    CollateralUpdate,
    OpenOrdersUpdate,
    OrderbookUpdate,
    OrderEventType,
    OrderEventUpdate,
    PositionUpdate,
    calls,
)
from sixmm.venues.rocketfi.venue import RocketFiVenue

from .examples import ACCOUNT, INSTRUMENT, MESSAGES, NOW, NUMBER, OTHER, TOPICS, text

OWN = RocketFiVenue(ACCOUNT)
MARKETS = RocketFiVenue()
WS = "wss://exchange.test/ws"
BOOK = f"Orderbook?instrumentId={INSTRUMENT}"


def push(name: str) -> str:
    """Return one message of a kind, as it travels."""
    return text({name: MESSAGES[name]})


def dial(venue: RocketFiVenue, *, private: bool) -> Dial:
    """Run the dial plan, which must not make a call."""
    plan = venue.dial_plan(
        ws_url=WS, private=private, credentials=Credentials(), held=None, now_ms=NOW
    )
    with pytest.raises(StopIteration) as ended:
        next(plan)
    told = ended.value.value
    assert isinstance(told, Dial)
    return told


def test_is_a_venue() -> None:
    """It implements everything that the engine asks for; an account is no secret."""
    assert isinstance(OWN, Venue)
    assert (OWN.name, OWN.most_topics) == ("rocketfi", 1)
    assert repr(OWN) == f"<RocketFiVenue account={ACCOUNT.lower()}>"
    assert repr(MARKETS) == "<RocketFiVenue account=None>"


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ({"account": "0x12"}, "no address: 0x and 40 hex digits"),
        ({"account": ""}, "no address"),
        ({"account": ACCOUNT, "book": "half"}, "book must be"),
        ({"ping": "frame"}, "ping must be"),
    ],
)
def test_options_are_checked(arguments: dict[str, Any], complaint: str) -> None:
    """What cannot work is told at once, by its name."""
    with pytest.raises(ConfigurationError, match=complaint):
        RocketFiVenue(**arguments)


class TestRest:
    """Calls are not signed, whatever the credentials are."""

    def test_prepare(self) -> None:
        """No credential, and no time, gets into a request."""
        request = OWN.prepare(
            calls.collateral(account=ACCOUNT),
            rest_url="https://exchange.test",
            credentials=Credentials(api_key=Secret("c4n4ry-key"), access_token=Secret("c4n4ry-t")),
            timestamp_ms=NOW,
            request_id="r-1",
        )

        assert request.url == f"https://exchange.test/collateral?account={ACCOUNT.lower()}"
        assert dict(request.headers) == {"X-Request-ID": "r-1"}
        assert request.body is None

    def test_parse(self) -> None:
        """A reply is a typed result or an error."""
        call = calls.collateral(account=ACCOUNT)

        def reply(status: int, body: bytes) -> HttpResponse:
            return HttpResponse(status=status, headers={}, body=body, cookies={})

        (row,) = OWN.parse(call, reply(200, b'{"collaterals":{"0":"1000.10"}}')).rows
        assert (row.asset_id, row.collateral) == (0, Decimal("1000.10"))
        with pytest.raises(ApiError):
            OWN.parse(call, reply(400, b'{"error":"no"}'))

    def test_there_is_no_clock_to_be_off(self) -> None:
        """No call tells the time, and no error is taken for one about it."""
        error = api_error("Timestamp outside of tolerance window", code=1003)

        assert OWN.server_time_call() is None
        assert not OWN.is_clock_error(error)
        assert not OWN.is_replay_error(error)

    def test_there_is_no_login(self) -> None:
        """Who asks for one is told why there is none."""
        with pytest.raises(ConfigurationError, match="no login: what is told of an account"):
            OWN.login_call(username="u", password=Secret("p"))
        with pytest.raises(ConfigurationError, match="no login to refresh"):
            OWN.refresh_call()


class TestConnection:
    """The address is used as it is: no key opens a connection, and no call is made before it."""

    @pytest.mark.parametrize(("venue", "private"), [(OWN, True), (OWN, False), (MARKETS, False)])
    def test_dial(self, venue: RocketFiVenue, private: bool) -> None:
        """There is nothing in it that could be renewed, waited for, or told."""
        assert dial(venue, private=private) == Dial(url=Secret(WS))

    def test_a_private_stream_needs_an_account(self) -> None:
        """Without an address there is nothing that could be followed."""
        with pytest.raises(ConfigurationError, match="needs the address of an account"):
            dial(MARKETS, private=True)

    def test_there_are_no_keys(self) -> None:
        """None is made, so none can be renewed or given up."""
        key = StreamKey(value=Secret("key-of-another"), created_at_ms=0, expires_at_ms=1)

        with pytest.raises(ConfigurationError, match="no stream keys"):
            OWN.renew_plan(key, now_ms=NOW)
        with pytest.raises(ConfigurationError, match="no stream keys"):
            OWN.release_plan(key)


class TestRequests:
    """What is sent on the socket has no id, and one topic in each message."""

    def test_topics(self) -> None:
        """A topic is what its canonical text says, however it was written."""
        assert (
            OWN.check_topic(f"Position?account={ACCOUNT}") == f"Position?account={ACCOUNT.lower()}"
        )
        assert OWN.check_topic(f"Orderbook?instrumentId={NUMBER}") == BOOK
        with pytest.raises(ConfigurationError, match="is no topic; the forms are"):
            OWN.check_topic("market.ticker.BTCUSDT")

    @pytest.mark.parametrize(
        ("word", "ask"),
        [("Subscribe", OWN.subscribe_text), ("Unsubscribe", OWN.unsubscribe_text)],
    )
    def test_one_topic_a_message(self, word: str, ask: Callable[..., str]) -> None:
        """The id of the request is left out; more topics than one have no place."""
        assert json.loads(ask("id-7", [BOOK])) == {
            word: {"Orderbook": {"instrumentId": INSTRUMENT}}
        }
        assert "id-7" not in ask("id-7", [BOOK])
        with pytest.raises(ValueError, match="unpack"):
            ask("id-7", [BOOK, TOPICS["MarkPriceUpdate"]])

    @pytest.mark.parametrize(("form", "sent"), [("text", '"Ping"'), ("object", '{"Ping":null}')])
    def test_ping(self, form: Any, sent: str) -> None:
        """In the form that was chosen, as it is not documented."""
        assert RocketFiVenue(ping=form).ping_text("id-7") == sent


class TestFrames:
    """What each inbound message is for."""

    @pytest.mark.parametrize(
        ("venue", "kind"),
        [
            (OWN, FrameKind.PRIVATE),
            (MARKETS, FrameKind.MARKET),
            (RocketFiVenue(OTHER), FrameKind.MARKET),
        ],
    )
    def test_pushes_of_accounts(self, venue: RocketFiVenue, kind: FrameKind) -> None:
        """Private is what is told of the own account, and of no other."""
        found = venue.classify(push("CollateralUpdate").encode())

        assert found == Frame(kind=kind, topic=TOPICS["CollateralUpdate"])

    def test_pushes_of_markets(self) -> None:
        """Equal frames are one object."""
        first, second = (OWN.classify(push("OrderbookUpdate").encode()) for _ in range(2))

        assert first == Frame(kind=FrameKind.MARKET, topic=BOOK)
        assert first is second

    def test_answers(self) -> None:
        """A confirmation is for what it repeats, an error for the oldest request."""
        echoed = {"SubscribeConfirmation": {"Position": {"account": ACCOUNT}}}
        confirmed = OWN.classify(text(echoed).encode())
        refused = OWN.classify(b'{"Error":"no such instrument"}')
        pong = OWN.classify(b'"Pong"')

        assert confirmed.answers is Answers.SUBSCRIBE
        assert confirmed.topic == f"Position?account={ACCOUNT.lower()}"
        assert refused.answers is Answers.REQUEST
        assert "no such instrument" in str(refused.error)
        assert pong.answers is Answers.PING

    @pytest.mark.parametrize(
        ("ping", "pong"), [(b'"Ping"', '"Pong"'), (b'{"Ping":null}', '{"Pong":null}')]
    )
    def test_a_ping_of_the_server(self, ping: bytes, pong: str) -> None:
        """It is answered in its own form; nothing else is."""
        assert OWN.classify(ping) == Frame(kind=FrameKind.PING, pong=pong)
        assert OWN.classify(push("QuoteUpdate").encode()).pong == ""

    @pytest.mark.parametrize("message", [b"", b"\xff", b"[]", b"{", b'{"New":{}}', b"null"])
    def test_what_cannot_be_read(self, message: bytes) -> None:
        """It is told to the caller; nothing is raised in the thread that reads."""
        assert OWN.classify(message).kind is FrameKind.OTHER

    def test_decode(self) -> None:
        """By the venue, or without the detour: the same event."""
        message = push("OrderEventUpdate")
        event = OWN.decode(message, received_at=7)

        assert isinstance(event, OrderEventUpdate)
        assert (event.received_at, event.raw) == (7, message)
        assert OWN.decoder()(message.encode(), received_at=7) == event
        with pytest.raises(DecodeError):
            OWN.decode("{")


class TestBooks:
    """What the messages of a book tell of it."""

    def test_topic(self) -> None:
        """A book is called by the id of its instrument."""
        assert OWN.book_topic(INSTRUMENT) == BOOK
        with pytest.raises(ConfigurationError, match="cannot be the id of an instrument"):
            OWN.book_topic("a b")

    @pytest.mark.parametrize(("form", "is_snapshot"), [("full", True), ("delta", None)])
    def test_change(self, form: Any, is_snapshot: bool | None) -> None:
        """Whether it is the whole book is said by the option, as no message says it."""
        venue = RocketFiVenue(book=form)
        event = venue.decode(push("OrderbookUpdate"))
        assert isinstance(event, OrderbookUpdate)
        change = venue.book_change(event)

        assert change is not None
        assert list(change.bids) == [(Decimal(1), Decimal(2)), (Decimal("0.5"), Decimal(3))]
        assert list(change.asks) == [(Decimal("1.5"), Decimal(4))]
        assert (change.symbol, change.has_versions) == (INSTRUMENT, False)
        assert change.is_snapshot is is_snapshot

    def test_quotes_change_nothing(self) -> None:
        """They come by the same feed, and are no book."""
        change = OWN.book_change(OWN.decode(push("QuoteUpdate")))

        assert change == BookChange(symbol=INSTRUMENT, has_versions=False, is_snapshot=False)

    def test_nothing_else_is_one(self) -> None:
        """Other market data tell nothing of a book."""
        assert OWN.book_change(OWN.decode(push("MarkPriceUpdate"))) is None


ORDER = Order(
    order_id="1",
    status="open",
    rank=2,
    symbol=INSTRUMENT,
    side="Buy",
    price=Decimal(3),
    quantity=Decimal(4),
    executed_quantity=Decimal(2),
)


def rest_order(fill: Fill | None = None) -> Event:
    """Return the event that tells the order."""
    return OWN.order_event(ORDER, fill, topic="whatever", received_at=9)


class TestAccount:
    """Facts, snapshots, and the way back to events."""

    def test_facts(self) -> None:
        """Of the own account only; a client of markets has none."""
        event = OWN.decode(push("CollateralUpdate"), received_at=NOW)
        facts = OWN.facts(event)

        assert facts is not None
        assert facts.balances == (Balance(asset="0", wallet=Decimal("1000.10")),)
        assert MARKETS.facts(event) is None
        assert RocketFiVenue(OTHER).facts(event) is None
        assert OWN.facts(OWN.decode(push("OrderbookUpdate"))) is None

    def test_snapshot(self) -> None:
        """Read for the own account; without one there is nothing to read."""
        call = next(OWN.snapshot_plan(Baseline(since_ms=1), now_ms=NOW))

        assert dict(call.query)["account"] == ACCOUNT.lower()
        with pytest.raises(ConfigurationError, match="give its address"):
            MARKETS.snapshot_plan(Baseline(since_ms=1), now_ms=NOW)

    def test_an_order_as_it_was_before(self) -> None:
        """Filled as far as was asked, and no further."""
        assert OWN.partly_filled(ORDER, Decimal(1)).executed_quantity == Decimal(1)

    def test_orders(self) -> None:
        """An order and a fill, each under the feed that would have told it; not the one given."""
        fill = Fill(fill_id="1-5-2", order_id="1", price=Decimal(3), quantity=Decimal(2), time_ms=5)
        order, filled = rest_order(), rest_order(fill)

        assert isinstance(order, OpenOrdersUpdate)
        assert isinstance(filled, OrderEventUpdate)
        assert [row.type for row in filled.order_events] == [OrderEventType.FILL]
        assert (order.topic, filled.topic) == (
            TOPICS["OpenOrdersUpdate"],
            TOPICS["OrderEventUpdate"],
        )
        assert {event.origin for event in (order, filled)} == {Origin.REST}
        assert {event.received_at for event in (order, filled)} == {9}

    def test_balances_and_positions(self) -> None:
        """An event for each asset, and one for all positions."""
        held = HeldPosition(symbol=INSTRUMENT, position_side="BOTH", quantity=Decimal(-1))
        told = OWN.account_events(
            balances=[Balance(asset="0", wallet=Decimal(1)), Balance(asset="1", wallet=Decimal(2))],
            positions=[held],
            ts=5,
            topic="whatever",
            received_at=9,
        )

        kinds = [CollateralUpdate, CollateralUpdate, PositionUpdate]
        assert [type(event) for event in told] == kinds
        assert [event.topic for event in told] == [
            TOPICS["CollateralUpdate"],
            TOPICS["CollateralUpdate"].replace("assetId=0", "assetId=1"),
            TOPICS["PositionUpdate"],
        ]
        assert {(event.ts, event.received_at, event.origin) for event in told} == {
            (5, 9, Origin.REST)
        }

    def test_there_is_nothing_to_tell_without_an_account(self) -> None:
        """Events that REST tells belong to an account."""
        with pytest.raises(ConfigurationError, match="there is no account"):
            MARKETS.order_event(ORDER, None, topic="", received_at=1)
        with pytest.raises(ConfigurationError, match="there is no account"):
            MARKETS.account_events(balances=[], positions=[], ts=1, topic="", received_at=1)
