"""One connection of KuCoin as the engine sees it."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from sixmm.errors import (
    ApiError,
    AuthenticationError,
    ConfigurationError,
    DeadlineExceeded,
    LoginRefused,
)
from sixmm.events import Origin
from sixmm.redaction import Secret
from sixmm.state.models import Balance, Baseline, Order
from sixmm.venues.base import Call, Credentials, Dial, FrameKind, StreamKey
from sixmm.venues.kucoin import (
    AccountReading,
    Connection,
    FuturesOrderUpdate,
    ProOrderUpdate,
    SpotOrderUpdate,
    calls,
)
from sixmm.venues.kucoin.hosts import Hosts
from sixmm.venues.kucoin.pro_topics import PRO_CHANNELS, PRO_PUBLIC_CHANNELS
from sixmm.venues.kucoin.topics import FORMS, check_topic
from sixmm.venues.kucoin.venue import ACCOUNT_TOPICS, PRO_PING_SPACING, KuCoinVenue

from .rest import KEY, run, success

SPOT, FUTURES = Connection.SPOT_PRIVATE_V1, Connection.FUTURES_PRIVATE_V1
PRO, PUBLIC = Connection.PRIVATE_PRO_V2, Connection.SPOT_PUBLIC_V1
PRO_SPOT, PRO_FUTURES = Connection.SPOT_PUBLIC_PRO_V2, Connection.FUTURES_PUBLIC_PRO_V2
SERVED = (SPOT, FUTURES, PRO, PUBLIC, Connection.FUTURES_PUBLIC_V1, PRO_SPOT, PRO_FUTURES)
TOKEN = "a+/=" * 8


def servers(*hosts: str, **more: Any) -> dict[str, Any]:
    """Return the reply of a token call."""
    rows = [
        {"endpoint": f"wss://{host}/", "pingInterval": 18_000, "pingTimeout": 10_000, **more}
        for host in hosts
    ]
    return {"token": TOKEN, "instanceServers": rows}


def dial(venue: KuCoinVenue, data: Any) -> tuple[Dial, list[Any]]:
    """Return how the venue opens its connection, and the calls that it makes for that."""
    plan = venue.dial_plan(ws_url="", private=True, credentials=KEY, held=None, now_ms=0)
    found, made = run(plan, lambda _: data)
    assert isinstance(found, Dial)
    return found, made


def prepared_url(venue: KuCoinVenue, call: Any, rest_url: str) -> str:
    """Return where a call is sent to."""
    request = venue.prepare(
        call, rest_url=rest_url, credentials=KEY, timestamp_ms=1, request_id="1"
    )
    return request.url


class TestDialling:
    """A token for each dial, and what the server says of itself."""

    def test_what_the_engine_is_told(self) -> None:
        """The welcome is awaited, the token is for once, and the figures are in seconds."""
        found, made = dial(KuCoinVenue(SPOT), servers("s0"))
        assert [call.path for call in made] == ["/api/v1/bullet-private"]
        assert found.awaits_login
        assert found.is_for_once
        assert (found.ping_interval, found.ping_timeout) == (18.0, 10.0)
        assert found.rotate_after == 23 * 3_600.0
        assert "a%2B%2F%3D" in found.url.reveal()
        assert TOKEN not in repr(found)

    def test_each_dial_is_another(self) -> None:
        """Another server, so that one that fails is passed over, and an id of its own."""
        venue = KuCoinVenue(SPOT)
        urls = [dial(venue, servers("s0", "s1"))[0].url.reveal() for _ in range(3)]
        assert [url.partition("/?")[0] for url in urls] == ["wss://s0", "wss://s1", "wss://s0"]
        assert len({url.rpartition("connectId=")[2] for url in urls}) == 3

    def test_the_unified_stream_has_an_address_of_its_own(self) -> None:
        """The reply has none; and pings keep the distance that it asks for."""
        venue = KuCoinVenue(PRO, pro_hosts={PRO: "wss://pro.test"}, rotate_after=60.0)
        found, made = dial(venue, {"token": TOKEN})
        assert [call.path for call in made] == ["/api/v2/bullet-private"]
        assert found.url.reveal().startswith("wss://pro.test?token=")
        assert found.rotate_after == 60.0
        assert (venue.ping_spacing, KuCoinVenue(SPOT).ping_spacing) == (PRO_PING_SPACING, 0.0)

    def test_a_login_by_frame(self) -> None:
        """No token is got, the welcome asks for the login, and each is signed anew."""
        venue = KuCoinVenue(PRO, pro_hosts={PRO: "wss://pro.test"}, login_by="frame")
        found, made = dial(venue, None)
        assert (made, found.url.reveal()) == ([], "wss://pro.test")
        assert (found.awaits_login, found.is_for_once) == (True, True)
        assert found.rotate_after == 23 * 3_600.0
        welcome = b'{"sessionId":"s","message":"welcome","pingInterval":18000}'
        assert venue.classify(welcome).kind is FrameKind.GREETING
        assert KuCoinVenue(PRO).classify(welcome).kind is FrameKind.LOGIN
        texts = [venue.login_text(credentials=KEY, timestamp_ms=at).reveal() for at in (1, 2)]
        first, second = map(json.loads, texts)
        assert (first["op"], first["kc-api-timestamp"]) == ("auth", "1")
        assert first["id"] != second["id"]
        assert first["kc-api-sign"] != second["kc-api-sign"]
        assert venue.classify(f'{{"id":"{first["id"]}","result":true}}'.encode()).error is None
        with pytest.raises(ConfigurationError, match="passphrase"):
            venue.login_text(credentials=Credentials(api_key=KEY.api_key), timestamp_ms=1)

    def test_only_the_private_unified_stream_is_logged_in_on_by_a_frame(self) -> None:
        """The others have a token whatever is said; what is neither is refused."""
        found, made = dial(KuCoinVenue(SPOT, login_by="frame"), servers("s0"))
        assert len(made) == 1
        assert "token=" in found.url.reveal()
        with pytest.raises(ConfigurationError, match="login_by"):
            KuCoinVenue(PRO, login_by="cookie")

    @pytest.mark.parametrize("seconds", [0.0, -1.0, 24 * 3_600.0])
    def test_a_connection_is_replaced_in_time(self, seconds: float) -> None:
        """Not after its server has ended it."""
        with pytest.raises(ConfigurationError, match="rotate_after"):
            KuCoinVenue(SPOT, rotate_after=seconds)
        assert dial(KuCoinVenue(SPOT, rotate_after=None), servers("s"))[0].rotate_after is None

    @pytest.mark.parametrize(("connection", "host"), [(PRO_SPOT, "spot"), (PRO_FUTURES, "futures")])
    def test_public_unified_streams(self, connection: Connection, host: str) -> None:
        """They need no token, have an address each, and nothing ends them."""
        venue = KuCoinVenue(connection, login_by="frame")
        found, made = dial(venue, None)
        assert made == []
        assert found.url.reveal() == f"wss://x-push-{host}.kucoin.com"
        assert (found.rotate_after, found.awaits_login) == (None, True)
        welcome = b'{"sessionId":"s","message":"welcome","pingInterval":18000}'
        assert venue.classify(welcome).kind is FrameKind.LOGIN
        assert venue.ping_spacing == PRO_PING_SPACING


class TestRest:
    """Each connection calls its own host."""

    def test_the_host_of_a_call(self) -> None:
        """A futures connection reads the account and the clock where the futures are."""
        spot, futures = KuCoinVenue(SPOT), KuCoinVenue(FUTURES)
        assert prepared_url(spot, calls.spot_accounts(), "https://one").startswith("https://one/")
        call = calls.futures_positions()
        assert prepared_url(futures, call, "https://two").startswith("https://two/")
        clock = futures.server_time_call()
        assert prepared_url(futures, clock, "https://two") == "https://two/api/v1/timestamp"
        clock = spot.server_time_call()
        assert prepared_url(spot, clock, "https://one") == "https://one/api/v1/timestamp"

    def test_headers_of_key_and_region(self) -> None:
        """The version of the key, and the site of the account."""
        venue = KuCoinVenue(SPOT, hosts=Hosts(site_type="australia"), key_version=2)
        request = venue.prepare(
            calls.spot_accounts(),
            rest_url="https://one",
            credentials=KEY,
            timestamp_ms=1,
            request_id="1",
        )
        assert request.headers["KC-API-KEY-VERSION"] == "2"
        assert request.headers["X-SITE-TYPE"] == "australia"
        with pytest.raises(ConfigurationError, match="key_version"):
            KuCoinVenue(SPOT, key_version=1)

    def test_replies(self) -> None:
        """The clock is a number; a timestamp that is off is told by its code."""
        venue = KuCoinVenue(SPOT)
        assert (
            venue.parse(venue.server_time_call(), success(1_700_000_000_000)) == 1_700_000_000_000
        )
        error = ApiError("Invalid KC-API-TIMESTAMP", code=400_002)
        assert venue.is_clock_error(error)
        login = LoginRefused("400002 KC-API-TIMESTAMP Invalid")
        assert not venue.is_clock_error(login)
        login.__cause__ = AuthenticationError("KC-API-TIMESTAMP Invalid", code=400_002)
        assert venue.is_clock_error(login)
        assert not venue.is_replay_error(error)

    def test_there_is_no_login_and_no_stream_key(self) -> None:
        """What other venues have is refused by name."""
        venue, key = (
            KuCoinVenue(SPOT),
            StreamKey(value=Secret("k"), created_at_ms=0, expires_at_ms=1),
        )
        for ask in (
            lambda: venue.login_call(username="a", password=Secret("b")),
            venue.refresh_call,
            lambda: venue.renew_plan(key, now_ms=0),
            lambda: venue.release_plan(key),
        ):
            with pytest.raises(ConfigurationError, match=r"there (is|are) no"):
                ask()


class TestTopics:
    """The caller names topics; the client knows the connection."""

    def test_each_form_has_one_connection(self) -> None:
        """Private ones one, public ones the public one, and trades the private one first."""
        venues = [KuCoinVenue(connection) for connection in SERVED]
        for form in FORMS.values():
            carrying = [venue.connection for venue in venues if venue.carries(form.example)]
            assert carrying == [c for c in SERVED if c in (form.connection, form.also)]
        for channel in (*PRO_CHANNELS.values(), *PRO_PUBLIC_CHANNELS.values()):
            carrying = [venue.connection for venue in venues if venue.carries(channel.example)]
            assert len(carrying) == 1
            assert (carrying == [PRO]) is (channel.name in PRO_CHANNELS)
        assert KuCoinVenue(PRO).carries("orderAll.UNIFIED")
        assert not KuCoinVenue(SPOT).carries("orderAll.UNIFIED")

    def test_the_topics_of_the_account(self) -> None:
        """They are topics, and are carried by the connection that they are listed for."""
        for connection, wanted in ACCOUNT_TOPICS.items():
            assert all(KuCoinVenue(connection).carries(check_topic(topic)) for topic in wanted)

    def test_requests(self) -> None:
        """In the form of the stream; private topics have one each, public ones of a path share."""
        spot, pro = KuCoinVenue(SPOT), KuCoinVenue(PRO)
        asked = json.loads(spot.subscribe_text("7", ["/account/balance"]))
        assert (asked["privateChannel"], asked["response"]) == (True, True)
        assert json.loads(spot.unsubscribe_text("7", ["/account/balance"]))["type"] == "unsubscribe"
        assert json.loads(pro.subscribe_text("7", ["orderAll.UNIFIED"]))["action"] == "SUBSCRIBE"
        assert json.loads(pro.unsubscribe_text("7", ["lw.UNIFIED"]))["action"] == "UNSUBSCRIBE"
        assert json.loads(spot.ping_text("7")) == json.loads(pro.ping_text("7"))
        assert spot.most_topics == 1
        public = ["/market/ticker:A-USDT", "/market/ticker:B-USDT"]
        assert spot.batches(["/account/balance", *public]) == [("/account/balance",), tuple(public)]
        shared = json.loads(spot.subscribe_text("7", public))
        assert (shared["topic"], shared["privateChannel"]) == (
            ",".join((public[0], "B-USDT")),
            False,
        )
        assert pro.batches(["lw.UNIFIED", "leverage.UNIFIED"]) == [
            ("lw.UNIFIED",),
            ("leverage.UNIFIED",),
        ]

    def test_inbound(self) -> None:
        """A frame is told apart, and decoded, as the pure parts do it."""
        venue = KuCoinVenue(SPOT)
        text = b'{"id":"c","type":"welcome"}'
        assert venue.classify(text).kind is FrameKind.LOGIN
        assert venue.decode(text, received_at=5) == venue.decoder()(text, received_at=5)


class TestAccount:
    """Reading the account, and telling what only REST said."""

    @pytest.mark.parametrize(
        ("connection", "first"),
        [
            (SPOT, "/api/v1/hf/orders/active/symbols"),
            (FUTURES, "/api/v1/fills"),
            (PRO, "/api/ua/v1/unified/order/execution"),
        ],
    )
    def test_each_connection_reads_its_own_account(
        self, connection: Connection, first: str
    ) -> None:
        """Spot, futures or unified: the first call shows which."""
        plan = KuCoinVenue(connection).snapshot_plan(Baseline(since_ms=1), now_ms=2)
        assert next(plan).path == first

    def test_the_symbols_that_are_traded_are_asked_for(self) -> None:
        """Although nothing is open in them; and margin where that was asked for."""
        venue = KuCoinVenue(SPOT, symbols=("BTC-USDT",), margin=True)

        def answer(call: Call) -> Any:
            is_list = call.operation.endswith("ActiveSymbols")
            return {"symbols": []} if is_list else DeadlineExceeded("nobody answers")

        _, made = run(venue.snapshot_plan(Baseline(since_ms=1), now_ms=2), answer)
        assert {"spotFills", "spotActiveOrders"} <= {
            call.operation for call in made if ("symbol", "BTC-USDT") in call.query
        }
        assert any("margin" in call.path for call in made)

    def test_a_public_connection_is_about_no_account(self) -> None:
        """It has none to read."""
        with pytest.raises(ConfigurationError, match="no account"):
            KuCoinVenue(PUBLIC).snapshot_plan(Baseline(since_ms=1), now_ms=2)

    @pytest.mark.parametrize(
        ("connection", "symbol", "kind"),
        [
            (SPOT, "BTC-USDT", SpotOrderUpdate),
            (FUTURES, "XBTUSDTM", FuturesOrderUpdate),
            (PRO, "BTC-USDT", ProOrderUpdate),
        ],
    )
    def test_an_order_of_rest_has_the_topic_of_orders(
        self, connection: Connection, symbol: str, kind: type[Any]
    ) -> None:
        """Whatever the last push was about."""
        order = Order(order_id="1", status="open", rank=1, symbol=symbol)
        venue = KuCoinVenue(connection)
        event = venue.order_event(order, None, topic="/other", received_at=3)
        assert isinstance(event, kind)
        assert (event.topic, event.origin) == (ACCOUNT_TOPICS[connection][0], Origin.REST)
        partly = venue.partly_filled(order, Decimal(1))
        assert partly.executed_quantity == 1

    def test_balances_of_rest_have_the_topic_of_balances(self) -> None:
        """Whatever the last push was about."""
        rows = (Balance(asset="trade:USDT", wallet=Decimal(1)),)
        (event,) = KuCoinVenue(SPOT).account_events(
            balances=rows, positions=(), ts=1, topic="/other", received_at=3
        )
        assert isinstance(event, AccountReading)
        assert (event.topic, event.balances) == ("/account/balance", rows)
        assert KuCoinVenue(SPOT).facts(event) is None
