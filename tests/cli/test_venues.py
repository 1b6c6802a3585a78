"""Which client listens, and which demo is shown: decided by the name of the venue alone."""

from __future__ import annotations

import io
import json
import subprocess
import sys

import pytest

from sixmm import Client
from sixmm.cli import main, venues
from sixmm.cli.output import JsonOutput
from sixmm.cli.venues import DEFAULT, NAMES, Wanted, open_listener, show_demo
from sixmm.errors import ConfigurationError
from sixmm.sim.kucoin import KuCoinExchange
from sixmm.sim.rocketfi import RocketFiExchange
from sixmm.venues.kucoin import KuCoinClient
from sixmm.venues.rocketfi import PriceFeed, RocketFiClient

ADDRESS = "0xfe0F5544a746dA9BEb8046b10bE24a20659a9D83"
REST, WS = "http://127.0.0.1:1", "ws://127.0.0.1:1/ws"
_VARIABLES = [
    f"{venue}_{name}"
    for venue in ("SIXMM", "ROCKETFI", "KUCOIN")
    for name in (
        *("ACCOUNT", "ENVIRONMENT", "REST_URL", "WS_URL", "API_KEY", "API_SECRET"),
        *("PASSPHRASE", "KEY_VERSION", "REGION", "FUTURES_URL", "PRO_URL"),
    )
]


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in _VARIABLES:
        monkeypatch.delenv(name, raising=False)


def shown(venue: str, wanted: Wanted) -> str:
    """Return what the client of a venue says of itself."""
    client = open_listener(venue, wanted)
    client.close()
    return repr(client).replace("CLOSED", "IDLE")


def test_every_venue_has_everything() -> None:
    """The default one is among them."""
    assert DEFAULT in NAMES
    assert set(venues._LISTENERS) == set(venues._DEMOS) == set(NAMES)


def test_the_client_is_that_of_the_venue() -> None:
    """With the addresses of the venue, and without an account."""
    for venue, kind, place in (
        ("6mm", Client, "wss://6mm.com/ws"),
        ("kucoin", KuCoinClient, "https://api.kucoin.com"),
        ("rocketfi", RocketFiClient, "wss://beta.rocket-cluster-1.com/ws"),
    ):
        client = open_listener(venue, Wanted())
        client.close()
        assert type(client) is kind
        assert f"public {place}" in repr(client)


def test_addresses_of_one_venue_are_not_those_of_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each has variables of its own; an option goes before them."""
    monkeypatch.setenv("SIXMM_WS_URL", "ws://127.0.0.1:6/ws")
    monkeypatch.setenv("ROCKETFI_WS_URL", "ws://127.0.0.1:7/ws")

    assert "127.0.0.1:6" in shown("6mm", Wanted())
    assert "127.0.0.1:7" in shown("rocketfi", Wanted())
    for venue in ("6mm", "rocketfi"):
        assert WS in shown(venue, Wanted(rest_url=REST, ws_url=WS))
    monkeypatch.setenv("KUCOIN_REST_URL", "http://127.0.0.1:8")
    assert "127.0.0.1:8" in shown("kucoin", Wanted())
    assert REST in shown("kucoin", Wanted(rest_url=REST))


def test_an_account_is_followed_only_where_that_was_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The variable alone follows nothing; an address that was given goes before it."""
    monkeypatch.setenv("ROCKETFI_ACCOUNT", "no address")

    assert "public" in shown("rocketfi", Wanted())
    assert "private" in shown("rocketfi", Wanted(private=True, account=ADDRESS))
    with pytest.raises(ConfigurationError, match="no address"):
        open_listener("rocketfi", Wanted(private=True))
    monkeypatch.setenv("ROCKETFI_ACCOUNT", ADDRESS)
    assert "private" in shown("rocketfi", Wanted(private=True))


@pytest.mark.parametrize(
    ("venue", "wanted", "complaint"),
    [
        ("6mm", Wanted(topics=("PriceFeed?instrumentId=1",)), "is not a market topic"),
        ("6mm", Wanted(private=True), "no credentials"),
        ("6mm", Wanted(private=True, account=ADDRESS), "by its credentials, not by an address"),
        ("kucoin", Wanted(topics=("market.tickers",)), "is not a topic; the forms are"),
        ("kucoin", Wanted(private=True), "Set KUCOIN_API_KEY"),
        ("kucoin", Wanted(private=True, account=ADDRESS), "KUCOIN_API_KEY"),
        ("kucoin", Wanted(private=True, credentials_file="x"), "KUCOIN_API_KEY"),
        ("kucoin", Wanted(ws_url=WS), "give --rest-url"),
        ("rocketfi", Wanted(topics=("market.tickers",)), "is no topic; the forms are"),
        ("rocketfi", Wanted(private=True), "--account, or set ROCKETFI_ACCOUNT"),
        ("rocketfi", Wanted(private=True, account="0x1"), "40 hex digits"),
        ("rocketfi", Wanted(private=True, credentials_file="x"), "needs no credentials"),
    ],
)
def test_what_cannot_work_is_refused(venue: str, wanted: Wanted, complaint: str) -> None:
    """Before anything is dialled, and with what would work."""
    with pytest.raises(ConfigurationError, match=complaint):
        open_listener(venue, wanted)


def test_a_venue_is_imported_where_it_is_wanted() -> None:
    """The command line alone loads neither a client nor an embedded exchange."""
    program = (
        "import sys, sixmm.cli.app;"
        "print([n for n in sys.modules if 'rocketfi' in n or 'kucoin' in n or n == 'aiohttp'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )

    assert done.stdout.strip() == "[]"


def test_listening_to_rocketfi(capsys: pytest.CaptureFixture[str]) -> None:
    """Events of the account and of a topic, one JSON object a line."""
    with RocketFiExchange(seed=5, steps_per_second=50) as exchange:
        account = exchange.create_account()
        topic = str(PriceFeed(instrument_id=exchange.instruments[0].instrument_id))
        words = ["--account", account.address, "--seconds", "3", "--json", topic]
        urls = ["--rest-url", exchange.rest_url, "--ws-url", exchange.ws_url]
        code = main(["listen", "--venue", "rocketfi", *words, *urls])

    said = capsys.readouterr()
    kinds = {json.loads(line)["kind"] for line in said.out.splitlines()}
    assert (code, said.err) == (0, "")
    assert kinds >= {"Connected", "Resynced", "MarkPriceUpdate"}


def test_listening_to_kucoin(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Events of the account by the key of the environment, and of a topic."""
    with KuCoinExchange(seed=5, steps_per_second=50) as exchange:
        key = exchange.create_key(exchange.create_account())
        for name, value in (
            ("API_KEY", key.api_key),
            ("API_SECRET", key.api_secret),
            ("PASSPHRASE", key.passphrase),
            ("FUTURES_URL", exchange.futures_url),
        ):
            monkeypatch.setenv(f"KUCOIN_{name}", value)
        words = ["--private", "--seconds", "3", "--json", "/market/match:BTC-USDT"]
        code = main(["listen", "--venue", "kucoin", *words, "--rest-url", exchange.rest_url])

    said = capsys.readouterr()
    kinds = {json.loads(line)["kind"] for line in said.out.splitlines()}
    assert (code, said.err) == (0, "")
    assert kinds >= {"Connected", "Resynced", "MarketMatch", "SpotOrderUpdate"}


def test_a_key_is_used_only_where_that_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client of markets does not have it."""
    for name in ("API_KEY", "API_SECRET", "PASSPHRASE"):
        monkeypatch.setenv(f"KUCOIN_{name}", "canary")
    assert "public" in shown("kucoin", Wanted())
    assert "private" in shown("kucoin", Wanted(private=True))


def test_a_key_does_not_go_where_nobody_has_sent_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has an account elsewhere names both hosts, or signed calls would go to KuCoin itself."""
    for name in ("API_KEY", "API_SECRET", "PASSPHRASE"):
        monkeypatch.setenv(f"KUCOIN_{name}", "canary")
    with pytest.raises(ConfigurationError, match="Set KUCOIN_FUTURES_URL"):
        open_listener("kucoin", Wanted(private=True, rest_url=REST))
    monkeypatch.setenv("KUCOIN_REST_URL", REST)
    with pytest.raises(ConfigurationError, match="Set KUCOIN_FUTURES_URL"):
        open_listener("kucoin", Wanted(private=True))
    assert REST in shown("kucoin", Wanted())
    monkeypatch.setenv("KUCOIN_FUTURES_URL", "http://127.0.0.1:9")
    assert REST in shown("kucoin", Wanted(private=True))


def test_the_demo_is_that_of_the_venue(monkeypatch: pytest.MonkeyPatch) -> None:
    """It gets what was asked for, and its code is the one of the command."""
    asked: list[object] = []

    def demo(*words: object) -> int:
        asked.extend(words)
        return 7

    monkeypatch.setitem(venues._DEMOS, "rocketfi", demo)  # type: ignore[arg-type]
    output = JsonOutput(io.StringIO())

    assert show_demo("rocketfi", seconds=3.0, seed=5, output=output) == 7
    assert asked == [3.0, 5, output]
