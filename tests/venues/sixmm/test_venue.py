"""6MM as the engine sees it: dialling, keys, and the parts behind the interface."""

from __future__ import annotations

import ast
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import sixmm
from sixmm.errors import ApiError, ConfigurationError, DeadlineExceeded, DecodeError, api_error
from sixmm.redaction import Secret
from sixmm.state.models import Baseline, Order
from sixmm.venues import sixmm as package
from sixmm.venues.base import Credentials, Dial, FrameKind, StreamKey, Venue
from sixmm.venues.sixmm import SixmmVenue
from sixmm.venues.sixmm.envelope import parse
from sixmm.venues.sixmm.stream_schema import AccountUpdate, OrderTradeUpdate
from sixmm.venues.sixmm.venue import LISTEN_KEY_LIFE_MS

from .examples import BOTH, KEY, TOKEN, examples, reply, run, success

NOW = 1_777_536_318_867
WS = "wss://6mm.com/ws"


def dial(
    venue: SixmmVenue,
    answer: Any = None,
    *,
    private: bool = True,
    credentials: Credentials = KEY,
    held: StreamKey | None = None,
    ws_url: str = WS,
) -> tuple[Dial, int]:
    """Run the dial plan; return how to dial, and how many calls it took."""
    plan = venue.dial_plan(
        ws_url=ws_url, private=private, credentials=credentials, held=held, now_ms=NOW
    )
    result, made = run(plan, lambda _: answer)
    assert isinstance(result, Dial)
    return result, len(made)


def key(*, life_ms: int, value: str = "held") -> StreamKey:
    """Return a stream key with so long to live."""
    return StreamKey(value=Secret(value), created_at_ms=NOW - 1_000, expires_at_ms=NOW + life_ms)


class TestDial:
    """How a connection is opened (rules 70-76)."""

    def test_public(self) -> None:
        """Market data need no key, no login and no call (rule 14)."""
        result, calls = dial(SixmmVenue(), private=False)

        assert (result.url.reveal(), result.key, result.awaits_login, calls) == (WS, None, False, 0)

    def test_with_a_new_key(self) -> None:
        """A listenKey is made, lives as long as the reply says, and goes into the address."""
        data = examples("rest-response")["createListenKey.response"]["data"]
        result, calls = dial(SixmmVenue(), data)

        assert result.url.reveal() == f"{WS}?listenKey={data['listenKey']}"
        assert result.key == StreamKey(
            value=Secret(data["listenKey"]), created_at_ms=NOW, expires_at_ms=data["expireAt"]
        )
        assert (result.awaits_login, result.headers, calls) == (True, {}, 1)

    def test_with_the_held_key(self) -> None:
        """A key with more than five seconds to live is used again, another is replaced."""
        held = key(life_ms=5_001)
        again, calls = dial(SixmmVenue(), held=held)
        new, more = dial(SixmmVenue(), {"listenKey": "new"}, held=key(life_ms=5_000))

        assert (again.key, calls) == (held, 0)
        assert again.url.reveal().endswith("?listenKey=held")
        assert (new.url.reveal(), more) == (f"{WS}?listenKey=new", 1)

    def test_a_key_without_an_end_lives_sixty_minutes(self) -> None:
        """Where the reply does not say it, the documented life counts from now (rule 71)."""
        result, _ = dial(SixmmVenue(), {"listenKey": "k"})

        assert result.key is not None
        assert result.key.expires_at_ms == NOW + LISTEN_KEY_LIFE_MS == NOW + 3_600_000
        assert result.key.renew_at_ms == NOW + 1_800_000

    def test_keys_are_percent_encoded(self) -> None:
        """A key cannot add to the address, and an address may have a query already (F7)."""
        result, _ = dial(SixmmVenue(), {"listenKey": "a&b=c#d e"}, ws_url="ws://h/ws?x=1")

        assert result.url.reveal() == "ws://h/ws?x=1&listenKey=a%26b%3Dc%23d%20e"

    @pytest.mark.parametrize("data", [{}, {"listenKey": ""}, {"listenKey": None}])
    def test_a_reply_without_a_key(self, data: Any) -> None:
        """Without a key there is no private stream, and the error says what is missing."""
        with pytest.raises(DecodeError, match=r"\$\.data\.listenKey"):
            dial(SixmmVenue(), data)

    def test_by_token(self) -> None:
        """The compatible alternative needs no call, only a token (rule 70)."""
        venue = SixmmVenue(login_by="token")
        result, calls = dial(venue, credentials=BOTH)

        assert result.url.reveal() == f"{WS}?token=jwt.jwt.jwt"
        assert (result.key, result.awaits_login, calls) == (None, True, 0)
        with pytest.raises(ConfigurationError, match="access token"):
            dial(venue, credentials=KEY)

    def test_the_key_works_with_a_token_login_too(self) -> None:
        """A listenKey can be made with an access token as well (rule 12)."""
        result, _ = dial(SixmmVenue(), {"listenKey": "k"}, credentials=TOKEN)

        assert result.url.reveal().endswith("listenKey=k")

    def test_an_error_of_the_call_passes_through(self) -> None:
        """What the exchange says about the key reaches whoever dials."""
        refused = api_error("Invalid token", code=1003)
        with pytest.raises(ApiError) as caught:
            dial(SixmmVenue(), refused)

        assert caught.value is refused

    def test_the_key_does_not_show(self) -> None:
        """The way to dial shows neither key nor token."""
        result, _ = dial(SixmmVenue(), {"listenKey": "c4n4ry"})

        assert "c4n4ry" not in repr(result) + str(result.url)

    def test_options_are_checked(self) -> None:
        """A way to log in that does not exist is told at once."""
        with pytest.raises(ConfigurationError, match="login_by"):
            SixmmVenue(login_by="cookie")


class TestKeys:
    """Keeping a listenKey alive and giving it up."""

    def test_renewal(self) -> None:
        """The renewed key lives as long as the reply says, under the same value."""
        plan = SixmmVenue().renew_plan(key(life_ms=1), now_ms=NOW)
        renewed, made = run(plan, lambda _: {"listenKey": "held", "expireAt": NOW + 99})

        assert renewed == StreamKey(value=Secret("held"), created_at_ms=NOW, expires_at_ms=NOW + 99)
        assert made[0].body == {"listenKey": "held"}
        assert (made[0].method, made[0].writes) == ("PUT", True)

    @pytest.mark.parametrize("data", [{}, None])
    def test_a_renewal_that_says_nothing(self, data: Any) -> None:
        """The reply is undocumented: an empty one means sixty minutes more (rule 111)."""
        plan = SixmmVenue().renew_plan(key(life_ms=1), now_ms=NOW)
        renewed, _ = run(plan, lambda _: data)

        assert (renewed.value, renewed.expires_at_ms) == (Secret("held"), NOW + 3_600_000)

    def test_release(self) -> None:
        """Deleting the key is one call with the key in its body (rule 72)."""
        result, made = run(SixmmVenue().release_plan(key(life_ms=1)), lambda _: {})

        assert result is None
        assert [(call.method, call.body) for call in made] == [("DELETE", {"listenKey": "held"})]


class TestInterface:
    """The parts behind the interface are reached through it."""

    def test_is_a_venue(self) -> None:
        """It implements everything that the engine asks for, and shows no secret."""
        venue = SixmmVenue()

        assert isinstance(venue, Venue)
        assert venue.name == "6mm"
        assert repr(venue) == "<SixmmVenue login_by=listen_key>"

    def test_rest(self) -> None:
        """A call is prepared, its reply is parsed."""
        venue = SixmmVenue()
        call = venue.server_time_call()
        request = venue.prepare(
            call, rest_url="https://h", credentials=KEY, timestamp_ms=1, request_id="r"
        )

        assert request.url == "https://h/v1/time"
        assert venue.parse(call, success({"timestampMs": 5})) == 5
        assert venue.login_call(username="u", password=Secret("p")).operation == "login"
        assert venue.refresh_call().operation == "refreshToken"

    @pytest.mark.parametrize(
        ("error", "says"),
        [
            (api_error("Timestamp outside of tolerance window", code=1003), True),
            (api_error("timestamp outside of tolerance window.", code=2002), True),
            (api_error("Invalid token", code=1003), False),
            (DeadlineExceeded("Timestamp outside of tolerance window"), False),
        ],
    )
    def test_clock_errors(self, error: Any, says: bool) -> None:
        """The message, not the code, says that the timestamp was off (rule 40)."""
        assert SixmmVenue().is_clock_error(error) is says

    def test_stream(self) -> None:
        """Topics, texts, frames and events are those of the protocol."""
        venue = SixmmVenue()
        text = '{"topic":"user.1","data":{"eventType":"ACCOUNT_UPDATE"}}'

        assert venue.check_topic("market.tickers") == "market.tickers"
        assert venue.subscribe_text("1", ["market.tickers"]).endswith('"args":["market.tickers"]}')
        assert '"op":"unsubscribe"' in venue.unsubscribe_text("1", ["market.tickers"])
        assert '"op":"ping","args":[]' in venue.ping_text("1")
        assert venue.classify(text.encode()).kind is FrameKind.PRIVATE
        assert isinstance(venue.decode(text, received_at=1), AccountUpdate)

    def test_account(self) -> None:
        """Facts, snapshot and the way back to events are reached, too."""
        venue = SixmmVenue()
        order = Order(order_id="1", status="FILLED", rank=3, executed_quantity=Decimal(2))
        event = venue.order_event(order, None, topic="t", received_at=1)
        (account,) = venue.account_events(balances=[], positions=[], ts=1, topic="t", received_at=1)
        first = next(venue.snapshot_plan(Baseline(since_ms=1), now_ms=1))

        assert isinstance(event, OrderTradeUpdate)
        assert venue.facts(event) is not None
        assert venue.partly_filled(order, Decimal(1)).rank == 2
        assert venue.facts(account) is None
        assert first.operation == "getTrades"

    def test_login_reply_makes_credentials_that_work(self) -> None:
        """The result of a login can be used for the next call as it is."""
        venue = SixmmVenue()
        call = venue.login_call(username="u", password=Secret("p"))
        credentials = parse(call, reply(examples("rest-response")["login.response"]))
        result, _ = dial(SixmmVenue(login_by="token"), credentials=credentials)

        assert result.url.reveal() == f"{WS}?token=YOUR_ACCESS_TOKEN"


class TestPurity:
    """The venue opens no socket, starts no thread and reads no clock."""

    FORBIDDEN = {"socket", "ssl", "threading", "time", "requests", "websocket", "asyncio", "select"}

    def test_imports(self) -> None:
        """No module of the venue or the codec imports what has effects."""
        root = Path(sixmm.__file__).parent
        for folder in (root / "venues", root / "codec"):
            for path in folder.rglob("*.py"):
                names = {
                    name.split(".")[0]
                    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
                    for name in _imported(node)
                }
                assert not names & self.FORBIDDEN, path

    def test_nothing_heavy_comes_along(self) -> None:
        """Decoding a message loads neither an HTTP nor a WebSocket library."""
        program = (
            "import sys; from sixmm.venues.sixmm import decode, SixmmVenue; decode('{}');"
            "print([name for name in ('requests', 'websocket', 'ssl') if name in sys.modules])"
        )
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
        )

        assert done.stdout.strip() == "[]"

    def test_exports(self) -> None:
        """Everything that the package promises is there, and nothing else is."""
        assert all(getattr(package, name) is not None for name in package.__all__)
        with pytest.raises(AttributeError, match="no attribute"):
            package.nothing  # noqa: B018


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.level == 0:
        return [node.module or ""]
    return []
