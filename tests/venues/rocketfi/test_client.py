"""The client of RocketFi: arguments, environments, what it asks for by itself, and no secret."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from sixmm import BackoffPolicy, SessionOptions
from sixmm.errors import ConfigurationError
from sixmm.sim.rocketfi import Account, RocketFiExchange
from sixmm.transport.base import HttpResponse
from sixmm.transport.memory import MemoryHttp, MemoryPeer, MemoryWs
from sixmm.venues import rocketfi
from sixmm.venues.rocketfi import PriceFeed, RocketFiClient
from sixmm.venues.rocketfi.client import ENVIRONMENTS

from .examples import ACCOUNT, INSTRUMENT

DEADLINE = 60.0
FAST = BackoffPolicy(base=0.005, maximum=0.05, stable_after=0.2)
LOOPBACK = {"rest_url": "http://127.0.0.1:1", "ws_url": "ws://127.0.0.1:1/ws"}


@pytest.mark.parametrize("environment", ["beta", "testnet", "devnet"])
def test_environments(environment: str) -> None:
    """Each known one has both addresses; nothing is dialled before the start."""
    rest, ws = ENVIRONMENTS[environment]
    client = RocketFiClient(environment=environment)

    assert repr(client) == f"<RocketFiClient IDLE public {ws} 0 topics>"
    assert rest == f"https://{environment}.rocket-cluster-1.com"
    assert ws == f"wss://{environment}.rocket-cluster-1.com/ws"
    client.close()


def test_addresses_go_before_the_environment() -> None:
    """Each of them by itself."""
    client = RocketFiClient(environment="devnet", ws_url="ws://127.0.0.1:1/ws")

    assert "ws://127.0.0.1:1/ws" in repr(client)
    client.close()


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ({"environment": "production"}, "one of beta, testnet, devnet; or give rest_url and ws_"),
        ({"rest_url": "http://exchange.test"}, "not encrypted"),
        ({"ws_url": "https://exchange.test"}, "ws_url must begin with wss"),
        ({"ws_url": "wss://exchange.test/ws?x=1"}, "ws_url must not have a query"),
        ({"verify": False}, "verify=False is for loopback only, and rest_url"),
        ({"account": "someone"}, "0x and 40 hex digits"),
        ({"account": ACCOUNT, "assets": [-1]}, "the id of an asset"),
        ({"account": ACCOUNT, "assets": [True]}, "the id of an asset"),
        ({"book": "half"}, "book must be"),
        ({"ping": "frame"}, "ping must be"),
        ({"deliver": "nothing"}, "deliver is"),
        ({"rest_timeout": 0.0}, "rest_timeout"),
        ({"ping_interval": -1.0}, "ping_interval"),
        ({"audit_interval": 0.0}, "audit_interval"),
    ],
)
def test_arguments_that_cannot_work_are_refused(arguments: dict[str, Any], complaint: str) -> None:
    """Before anything is dialled, and the text says which."""
    with pytest.raises(ConfigurationError, match=complaint):
        RocketFiClient(**arguments)


def test_arguments_go_before_the_options() -> None:
    """What has an argument of its own is taken from there; the back-off only where it is given."""
    options = SessionOptions(ping_interval=99.0, audit_interval=99.0, backoff=FAST)
    client = RocketFiClient(options=options, ping_interval=7.0, audit_interval=None)
    used = client._shared.options

    assert (used.ping_interval, used.audit_interval, used.backoff) == (7.0, None, FAST)
    client.close()


def test_is_set_up_by_the_environment() -> None:
    """from_env() reads four variables; arguments go before them, and an empty one is none."""
    environ = {
        "ROCKETFI_ACCOUNT": ACCOUNT,
        "ROCKETFI_ENVIRONMENT": "",
        "ROCKETFI_REST_URL": LOOPBACK["rest_url"],
        "ROCKETFI_WS_URL": LOOPBACK["ws_url"],
    }
    client = RocketFiClient.from_env(environ)
    other = RocketFiClient.from_env(environ, account=None, ws_url="ws://127.0.0.1:2/ws")
    default = RocketFiClient.from_env({})

    assert repr(client) == f"<RocketFiClient IDLE private {LOOPBACK['ws_url']} 0 topics>"
    assert repr(other) == "<RocketFiClient IDLE public ws://127.0.0.1:2/ws 0 topics>"
    assert ENVIRONMENTS["beta"][1] in repr(default)
    for one in (client, other, default):
        one.close()


def test_reads_the_variables_of_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where none are given; a wrong one is refused."""
    monkeypatch.setenv("ROCKETFI_ENVIRONMENT", "nowhere")

    with pytest.raises(ConfigurationError, match="environment must be one of"):
        RocketFiClient.from_env()


def wanted(account: Account, *assets: int) -> set[str]:
    """Return what the server calls the feeds of an account."""
    kinds = {f"{kind}|{account.key}|||" for kind in ("OrderEvents", "OpenOrders", "Position")}
    return kinds | {f"Collateral|{account.key}||{asset}|" for asset in assets}


def test_the_account_is_asked_for_at_each_connection() -> None:
    """Order events, orders, positions and each asset: once, after each dial, without a call."""
    with RocketFiExchange(seed=3, running=False) as exchange:
        account = exchange.create_account()
        with RocketFiClient(
            account.address,
            rest_url=exchange.rest_url,
            ws_url=exchange.ws_url,
            assets=(0, 1),
            backoff=FAST,
        ) as client:
            client.wait_live(DEADLINE)
            for cuts in range(3):
                assert exchange.wait_until(lambda: exchange.connections() == 1, DEADLINE)
                assert exchange.wait_until(
                    lambda: [*map(set, exchange.subscriptions())] == [wanted(account, 0, 1)],
                    DEADLINE,
                )
                (asked,) = exchange.subscriptions()
                assert set(asked.values()) == {1}
                assert client.account.wait_for(lambda seen: not seen.stale, DEADLINE)
                assert client.stats().connects == cuts + 1
                exchange.faults.cut("rst")


def test_without_an_account_nothing_is_asked_for() -> None:
    """A client of markets neither subscribes nor reads by itself."""
    with RocketFiExchange(seed=3, running=False) as exchange:
        exchange.create_account()
        addresses = {"rest_url": exchange.rest_url, "ws_url": exchange.ws_url}
        with RocketFiClient(**addresses, backoff=FAST) as client:
            client.wait_live(DEADLINE)
            assert client.ping(DEADLINE) >= 0.0
            assert exchange.subscriptions() == [{}]
            topic = str(PriceFeed(instrument_id=exchange.instruments[0].instrument_id))
            client.subscribe(topic, timeout=DEADLINE)
            assert client.stats().topics == (topic,)
        assert {request.path for request in exchange.requests} == {"/ws"}


def test_only_what_is_public_is_sent() -> None:
    """Whatever goes over the wire names feeds and the address, and nothing that authenticates."""
    dialled: list[str] = []

    def on_dial(peer: MemoryPeer, url: str) -> None:
        dialled.append(url)
        peer.on_message = lambda message: _answer(peer, message)

    http, ws = MemoryHttp(lambda _: HttpResponse(status=200, body=b"{}")), MemoryWs(on_dial)
    with RocketFiClient(ACCOUNT, http=http, ws=ws, backoff=FAST, **LOOPBACK) as client:
        peer = ws.wait_peer(timeout=DEADLINE)
        assert client.ping(DEADLINE) >= 0.0
        peer.wait_sent(lambda message: "Collateral" in message, timeout=DEADLINE)
    sent = [json.loads(message) for message in peer.sent]

    assert (dialled, dict(peer.headers)) == ([LOOPBACK["ws_url"]], {})
    assert {name for message in sent if message != "Ping" for name in message} == {"Subscribe"}
    assert all(set(request.headers) <= {"X-Request-ID"} for request in http.requests)
    assert all(request.body is None for request in http.requests)


def _answer(peer: MemoryPeer, message: str) -> None:
    value = json.loads(message)
    if value == "Ping":
        peer.push('"Pong"')
    else:
        peer.push(json.dumps({"SubscribeConfirmation": value["Subscribe"]}))


def test_shows_no_secret(caplog: pytest.LogCaptureFixture) -> None:
    """A proxy with a password is in neither representation nor log; nothing else is secret."""
    with caplog.at_level("DEBUG", logger="sixmm"):
        client = RocketFiClient(ACCOUNT, proxy="http://someone:c4n4ry-word@127.0.0.1:1", **LOOPBACK)
        client.start()
        client.close()

    assert "c4n4ry" not in repr(client) + caplog.text


def test_is_exported_lazily() -> None:
    """The package gives the client when it is asked for, and decoding alone does not load it."""
    assert rocketfi.RocketFiClient is RocketFiClient
    assert all(getattr(rocketfi, name) is not None for name in rocketfi.__all__)
    with pytest.raises(AttributeError, match="no attribute"):
        rocketfi.nothing  # noqa: B018
    program = (
        "import sys; from sixmm.venues.rocketfi import decode; decode('\"Pong\"');"
        "names = ('requests', 'websocket', 'ssl', 'sixmm.venues.rocketfi.client');"
        "print([name for name in names if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )

    assert done.stdout.strip() == "[]"


def test_a_topic_is_a_value_or_its_text() -> None:
    """Both name the same feed."""
    client = RocketFiClient(**LOOPBACK)
    topic = str(PriceFeed(instrument_id=INSTRUMENT))

    assert topic == f"PriceFeed?instrumentId={INSTRUMENT}"
    with pytest.raises(ConfigurationError, match="the forms are"):
        client.subscribe("PriceFeed")
    client.close()
